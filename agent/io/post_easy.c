#include "base/mem.h"
#include "base/url.h"
#include "io/post_parts.h"

#include <nettle/base64.h>
#include <stdlib.h>
#include <string.h>

enum {
	CONNECT_MS = 10000,
	TOTAL_MS = 30000,
	HEADERS_MAX_BYTES = 65536,
	SHOWN_MAX_BYTES = 400, /* of a reply, in a sentence */
	SEGMENT_MIN_BYTES = 8, /* shorter parts of a path are words, not secrets */
	SECRETS_MAX = 64
};

/* --- what is refused before libcurl sees it --- */

static bool has_control(const char *text)
{
	for (; text && *text; text++)
		if ((unsigned char)*text < ' ' || *text == 127)
			return true;
	return false;
}

/* libcurl sends what stands in an address as it is: RFC 5321 section 4.1.2, no quoted forms. */
static bool is_mailbox(const char *text)
{
	const char *const at = strrchr(text, '@');

	return at && at != text && at[1] && !has_control(text) && !strpbrk(text, " <>\"\\,;");
}

static bool is_url(const struct post *post)
{
	static const char *const scheme[2][2] = {{"https://", "http://"}, {"smtps://", "smtp://"}};
	const bool is_mail = post->method == POST_MAIL;
	const char *const url = post->url ? post->url : "";

	for (const char *at = url; *at; at++)
		if (*at <= ' ' || *at > '~')
			return false;
	return (strncmp(url, scheme[is_mail][0], strlen(scheme[is_mail][0])) == 0 ||
		strncmp(url, scheme[is_mail][1], strlen(scheme[is_mail][1])) == 0) &&
	       url_host(url).len;
}

const char *post_forbids(const struct post *post)
{
	if (!is_url(post))
		return "the URL is none, or holds a character it may not";
	for (size_t i = 0; i < post->headers; i++)
		if (has_control(post->header[i]) || !strchr(post->header[i], ':'))
			return "a header holds a control character";
	if (has_control(post->user) || has_control(post->password))
		return "user or password holds a control character";
	if (post->method != POST_MAIL)
		return NULL;
	if (!post->mail_tos)
		return "the mail has no recipient";
	if (post->mail_from && *post->mail_from && !is_mailbox(post->mail_from))
		return "the sender is no mail address";
	for (size_t i = 0; i < post->mail_tos; i++)
		if (!is_mailbox(post->mail_to[i]))
			return "a recipient is no mail address";
	return NULL;
}

/* --- libcurl's calls --- */

static size_t take_reply(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *const transfer = context;
	const size_t len = size * count;
	const size_t room = POST_REPLY_MAX_BYTES - transfer->reply.len;

	str_add_bytes(&transfer->reply, bytes, len < room ? len : room);
	return len <= room ? len : 0; /* ends the transfer: the status is known already */
}

/* HTTP: its headers. SMTP: each line the server says. */
static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *const transfer = context;
	const size_t len = size * count;

	transfer->header_bytes += len;
	if (transfer->header_bytes > HEADERS_MAX_BYTES)
		return 0;
	/* 221 answers the QUIT behind a failure, and says nothing of it. */
	if (transfer->post.method == POST_MAIL && (len < 3 || memcmp(bytes, "221", 3) != 0)) {
		transfer->replies += len > 3 && bytes[3] == ' ';
		str_clear(&transfer->reply);
		str_add_bytes(&transfer->reply, bytes,
			      len < POST_REPLY_MAX_BYTES ? len : POST_REPLY_MAX_BYTES);
	}
	return len;
}

static size_t give_body(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *const transfer = context;
	const struct slice rest = slice_from(transfer->post.body, transfer->body_at);
	const size_t room = size * count;
	const size_t len = rest.len < room ? rest.len : room;

	if (len)
		memcpy(bytes, rest.at, len);
	transfer->body_at += len;
	return len;
}

/* A connection that was kept may turn out to be closed; then all is sent again. */
static int rewind_body(void *context, curl_off_t offset, int origin)
{
	struct transfer *const transfer = context;

	if (origin != SEEK_SET || offset < 0 || (size_t)offset > transfer->post.body.len)
		return CURL_SEEKFUNC_FAIL;
	transfer->body_at = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* --- setting up --- */

#define SET(option, value) (curl->easy_setopt(transfer->easy, option, value) == CURLE_OK)

static bool set_common(struct transfer *transfer)
{
	const struct libcurl *const curl = transfer->curl;
	const struct post *const post = &transfer->post;
	const bool is_mail = post->method == POST_MAIL;

	return SET(CURLOPT_URL, post->url) && SET(CURLOPT_NOSIGNAL, 1L) &&
	       SET(CURLOPT_QUICK_EXIT, 1L) && SET(CURLOPT_PROXY, "") &&
	       SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) && SET(CURLOPT_FOLLOWLOCATION, 0L) &&
	       SET(CURLOPT_PROTOCOLS_STR, is_mail ? "smtp,smtps" : "http,https") &&
	       SET(CURLOPT_SSL_VERIFYPEER, 1L) && SET(CURLOPT_SSL_VERIFYHOST, 2L) &&
	       SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	       SET(CURLOPT_CONNECTTIMEOUT_MS,
		   (long)(post->connect_ms ? post->connect_ms : CONNECT_MS)) &&
	       SET(CURLOPT_TIMEOUT_MS, (long)(post->total_ms ? post->total_ms : TOTAL_MS)) &&
	       SET(CURLOPT_ERRORBUFFER, transfer->error) && SET(CURLOPT_PRIVATE, transfer) &&
	       SET(CURLOPT_WRITEFUNCTION, take_reply) && SET(CURLOPT_WRITEDATA, transfer) &&
	       SET(CURLOPT_HEADERFUNCTION, take_header) && SET(CURLOPT_HEADERDATA, transfer) &&
	       (!post->ca_file || !*post->ca_file || SET(CURLOPT_CAINFO, post->ca_file)) &&
	       (!post->user || !*post->user ||
		(SET(CURLOPT_USERNAME, post->user) && SET(CURLOPT_PASSWORD, post->password)));
}

static bool append(const struct libcurl *curl, struct curl_slist **list, const char *text)
{
	struct curl_slist *const longer = curl->slist_append(*list, text);

	if (longer)
		*list = longer;
	return longer != NULL;
}

static bool set_http(struct transfer *transfer)
{
	const struct libcurl *const curl = transfer->curl;
	const struct post *const post = &transfer->post;
	bool ok = append(curl, &transfer->header, "Expect:");

	for (size_t i = 0; ok && i < post->headers; i++)
		ok = append(curl, &transfer->header, post->header[i]);
	if (!ok || !SET(CURLOPT_HTTPHEADER, transfer->header) ||
	    !SET(CURLOPT_USERAGENT, "repwatch/" PACKAGE_VERSION) ||
	    !SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ||
	    !SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC))
		return false;
	if (post->method == POST_GET)
		return SET(CURLOPT_HTTPGET, 1L);
	return SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body.len) &&
	       SET(CURLOPT_POSTFIELDS, post->body.len ? post->body.at : "") &&
	       (post->method != POST_PUT || SET(CURLOPT_CUSTOMREQUEST, "PUT"));
}

/* CURLUSESSL_TRY would go on in clear text without a word. On loopback nobody listens, and the
 * certificate is nobody's. */
static bool set_mail(struct transfer *transfer)
{
	const struct libcurl *const curl = transfer->curl;
	const struct post *const post = &transfer->post;
	const long tls = url_is_loopback(post->url) ? CURLUSESSL_NONE : CURLUSESSL_ALL;
	bool ok = true;

	for (size_t i = 0; ok && i < post->mail_tos; i++)
		ok = append(curl, &transfer->to, post->mail_to[i]);
	return ok && SET(CURLOPT_USE_SSL, tls) &&
	       SET(CURLOPT_MAIL_FROM, post->mail_from ? post->mail_from : "") &&
	       SET(CURLOPT_MAIL_RCPT, transfer->to) &&
	       SET(CURLOPT_MAIL_RCPT_ALLLOWFAILS, (long)post->takes_some) &&
	       SET(CURLOPT_UPLOAD, 1L) && SET(CURLOPT_READFUNCTION, give_body) &&
	       SET(CURLOPT_READDATA, transfer) && SET(CURLOPT_SEEKFUNCTION, rewind_body) &&
	       SET(CURLOPT_SEEKDATA, transfer) &&
	       SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)post->body.len);
}

bool transfer_begin(struct transfer *transfer)
{
	transfer->easy = transfer->curl->easy_init();
	return transfer->easy && set_common(transfer) &&
	       (transfer->post.method == POST_MAIL ? set_mail(transfer) : set_http(transfer));
}

/* --- what came of it --- */

struct secrets {
	const char *text[SECRETS_MAX];
	size_t count;
};

static void add_secret(struct secrets *secrets, const char *text)
{
	if (text && *text && secrets->count < SECRETS_MAX)
		secrets->text[secrets->count++] = text;
}

/* The parts of a URL that a reply may repeat: path and query, and what is long in them. */
static void add_url(struct secrets *secrets, const char *url, struct arena *arena)
{
	const char *const mark = strstr(url, "://");
	const char *part = mark ? mark + 3 + strcspn(mark + 3, "/?#") : url;

	add_secret(secrets, url);
	if (strlen(part) > 1)
		add_secret(secrets, part);
	while (*part) {
		const size_t len = strcspn(part, "/?&=#");

		if (len >= SEGMENT_MIN_BYTES)
			add_secret(secrets, arena_strndup(arena, part, len));
		part += len + (part[len] != '\0');
	}
}

/* As the header of Basic authentication has it. */
static const char *basic_text(const struct post *post, struct arena *arena)
{
	const char *const pair = arena_printf(arena, "%s:%s", post->user, post->password);
	char *const text = arena_calloc(arena, BASE64_ENCODE_RAW_LENGTH(strlen(pair)) + 1, 1);

	base64_encode_raw(text, strlen(pair), (const uint8_t *)pair);
	return text;
}

static const char *redact(const struct post *post, const char *text, struct arena *arena)
{
	struct secrets secrets = {.count = 0};

	add_secret(&secrets, post->password);
	if (post->user && *post->user && post->password)
		add_secret(&secrets, basic_text(post, arena));
	if (post->method != POST_MAIL)
		add_url(&secrets, post->url, arena);
	for (size_t i = 0; i < post->headers; i++) {
		const char *value = strchr(post->header[i], ':') + 1;

		value += strspn(value, " ");
		if (strlen(value) >= SEGMENT_MIN_BYTES)
			add_secret(&secrets, value);
	}
	return post_redact(text, secrets.text, secrets.count, arena);
}

static const char *first_line(const char *text, struct arena *arena)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strcspn(text, "\r\n");
	return arena_strndup(arena, text, len < SHOWN_MAX_BYTES ? len : SHOWN_MAX_BYTES);
}

static enum post_outcome outcome_of(const struct transfer *transfer, CURLcode code, long status)
{
	enum post_outcome outcome;

	if (transfer->post.method != POST_MAIL)
		return post_http_outcome(status);
	outcome = post_smtp_outcome(status);
	/* A 250 before something else failed is about another command; a greeting that refuses is
	 * not about the letter. */
	if ((outcome == POST_TAKEN && code != CURLE_OK) ||
	    (outcome == POST_REFUSED && (transfer->replies <= 1 || code == CURLE_LOGIN_DENIED)))
		return POST_LATER;
	return outcome;
}

/* "the server answered 404: no such room" */
static const char *sentence(const struct transfer *transfer, CURLcode code, long status,
			    struct arena *arena)
{
	const bool is_mail = transfer->post.method == POST_MAIL;
	const char *const line = first_line(str_text(&transfer->reply), arena);
	const char *why = *transfer->error ? transfer->error : transfer->curl->easy_strerror(code);

	if (!status || (is_mail && status < 400))
		return first_line(code == CURLE_OK ? "no answer came" : why, arena);
	if (is_mail)
		return *line ? arena_printf(arena, "the server answered: %s", line)
			     : arena_printf(arena, "the server answered %ld", status);
	return arena_printf(arena, "the server answered %ld%s%s", status, *line ? ": " : "", line);
}

void transfer_judge(struct transfer *transfer, CURLcode code, struct arena *arena,
		    struct post_result *out)
{
	const char *const line = first_line(str_text(&transfer->reply), arena);
	curl_off_t retry_after = 0;
	long status = 0;

	transfer->curl->easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	transfer->curl->easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
	*out = (struct post_result){
	    .outcome = outcome_of(transfer, code, status),
	    .code = status,
	    .error = "",
	    .reply = redact(&transfer->post, line, arena),
	};
	if (retry_after > 0)
		out->retry_after_s =
		    retry_after < POST_RETRY_AFTER_MAX_S ? retry_after : POST_RETRY_AFTER_MAX_S;
	if (out->outcome != POST_TAKEN)
		out->error =
		    redact(&transfer->post, sentence(transfer, code, status, arena), arena);
}

void transfer_release(struct transfer *transfer)
{
	transfer->curl->easy_cleanup(transfer->easy);
	transfer->curl->slist_free_all(transfer->header);
	transfer->curl->slist_free_all(transfer->to);
	str_release(&transfer->reply);
	*transfer = (struct transfer){.curl = transfer->curl};
}
