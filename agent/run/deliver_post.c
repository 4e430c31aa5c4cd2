#include "run/deliver_parts.h"

#include "io/mime.h"
#include "sys/files.h"

#include <jansson.h>
#include <nettle/hmac.h>
#include <stdlib.h>
#include <string.h>

/* What the server of each type of channel is sent: the letter as it was rendered, and around it what
 * only the channel knows. Secrets are read for the call and wiped behind it. */

enum { HEADERS_MAX = 6 };

typedef bool fill_fn(struct delivery_lane *lane, const struct outbox_letter *letter,
		     struct post *out, struct err *err);

/* --- secrets --- */

bool lane_unlock(struct delivery_lane *lane, struct err *err)
{
	const struct conf *const conf = lane->delivery->conf;
	const struct conf_channel *const channel = lane->channel;
	const char *const url_file = channel ? channel->url_file : conf->alerts.heartbeat_url_file;
	const char *const password_file = channel ? channel->password_file : "";

	return (!*url_file || files_secret(url_file, &lane->url, err)) &&
	       (!*password_file || files_secret(password_file, &lane->password, err)) &&
	       (!channel || strcmp(channel->type, "mail") != 0 || mime_is_there(err));
}

static void wipe(char **secret)
{
	if (*secret)
		explicit_bzero(*secret, strlen(*secret));
	free(*secret);
	*secret = NULL;
}

void lane_lock(struct delivery_lane *lane)
{
	wipe(&lane->url);
	wipe(&lane->password);
}

/* --- headers --- */

static void add_header(struct delivery_lane *lane, struct post *out, const char *name,
		       const char *value)
{
	const char **header = arena_calloc(lane->arena, HEADERS_MAX, sizeof(*header));

	if (out->headers)
		memcpy(header, out->header, out->headers * sizeof(*header));
	header[out->headers++] = arena_printf(lane->arena, "%s: %s", name, value);
	out->header = header;
}

static const char *hmac_hex(struct arena *arena, const char *key, const char *head,
			    struct slice body)
{
	static const char digit[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];
	char *const hex = arena_calloc(arena, 2 * sizeof(digest) + 1, 1);
	struct hmac_sha256_ctx context;

	hmac_sha256_set_key(&context, strlen(key), (const uint8_t *)key);
	hmac_sha256_update(&context, strlen(head), (const uint8_t *)head);
	hmac_sha256_update(&context, body.len, (const uint8_t *)body.at);
	hmac_sha256_digest(&context, sizeof(digest), digest);
	explicit_bzero(&context, sizeof(context));
	for (size_t i = 0; i < sizeof(digest); i++) {
		hex[2 * i] = digit[digest[i] >> 4];
		hex[2 * i + 1] = digit[digest[i] & 15];
	}
	return hex;
}

/* --- what differs --- */

static bool fill_webhook(struct delivery_lane *lane, const struct outbox_letter *letter,
			 struct post *out, struct err *err)
{
	const char *head;

	(void)letter;
	(void)err;
	if (!lane->password || *lane->channel->user)
		return true;
	head = arena_printf(lane->arena, "%lld.", (long long)lane->delivery->options->now);
	add_header(lane, out, "X-Repwatch-Signature",
		   arena_printf(lane->arena, "t=%lld,v1=%s",
				(long long)lane->delivery->options->now,
				hmac_hex(lane->arena, lane->password, head, out->body)));
	return true;
}

static bool fill_chatwork(struct delivery_lane *lane, const struct outbox_letter *letter,
			  struct post *out, struct err *err)
{
	(void)letter;
	(void)err;
	add_header(lane, out, "X-ChatWorkToken", lane->password);
	return true;
}

static bool fill_alertmanager(struct delivery_lane *lane, const struct outbox_letter *letter,
			      struct post *out, struct err *err)
{
	const size_t len = strlen(out->url);

	(void)letter;
	(void)err;
	out->url = arena_printf(lane->arena, "%s%sapi/v2/alerts", out->url,
				len && out->url[len - 1] == '/' ? "" : "/");
	return true;
}

/* The key is part of the document, which was rendered without it. */
static bool fill_pagerduty(struct delivery_lane *lane, const struct outbox_letter *letter,
			   struct post *out, struct err *err)
{
	json_t *document = json_loadb(letter->body, letter->len, 0, NULL);
	char *text;

	if (!*out->url)
		out->url = "https://events.pagerduty.com/v2/enqueue";
	json_object_set_new(document, "routing_key", json_string(lane->password));
	text = json_dumps(document, JSON_COMPACT);
	json_decref(document);
	if (!text)
		return err_set(err, "the message is no JSON document");
	out->body = slice_text(arena_strdup(lane->arena, text));
	explicit_bzero(text, strlen(text));
	free(text);
	return true;
}

static bool fill_mail(struct delivery_lane *lane, const struct outbox_letter *letter,
		      struct post *out, struct err *err)
{
	const struct conf_channel *const channel = lane->channel;
	const struct mime_mail mail = {
	    .from = channel->from,
	    .to = channel->to,
	    .tos = channel->tos,
	    .subject = letter->subject,
	    .body = slice_of(letter->body, letter->len),
	    .uid = letter->uid,
	    .seq = letter->seq,
	    .kind = letter->kind,
	    .severity = letter->severity,
	    .host = lane->delivery->host,
	    .at = letter->created_at,
	    .offset_s = zone_offset_s(lane->delivery->options->zone, letter->created_at),
	};

	out->method = POST_MAIL;
	out->header = NULL;
	out->headers = 0;
	out->mail_from = channel->from;
	out->mail_to = channel->to;
	out->mail_tos = channel->tos;
	out->takes_some = lane->takes_some;
	return mime_message(&mail, lane->arena, &out->body, err);
}

static const struct {
	const char *type;
	fill_fn *fill;
} fills[] = {
    {"mail", fill_mail},           {"chatwork", fill_chatwork},
    {"pagerduty", fill_pagerduty}, {"alertmanager", fill_alertmanager},
    {"webhook", fill_webhook},
};

void lane_base(const struct delivery_lane *lane, struct post *out)
{
	const struct conf_channel *const channel = lane->channel;

	*out = (struct post){
	    .method = POST_HTTP,
	    .url = lane->url ? lane->url : channel->url,
	    .user = channel->user,
	    .password = *channel->user ? lane->password : NULL,
	    .ca_file = channel->ca_file,
	    .total_ms = channel->timeout_ms,
	};
}

bool lane_post(struct delivery_lane *lane, const struct outbox_letter *letter, struct post *out,
	       struct err *err)
{
	lane_base(lane, out);
	out->body = slice_of(letter->body, letter->len);
	add_header(lane, out, "Content-Type", letter->content_type);
	add_header(lane, out, "Idempotency-Key", letter->key);
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++)
		if (strcmp(fills[i].type, lane->channel->type) == 0)
			return fills[i].fill(lane, letter, out, err);
	return true;
}
