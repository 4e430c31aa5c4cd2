#include "conf/text.h"

#include "base/ip.h"
#include "base/mem.h"
#include "base/parse.h"
#include "dns/name.h"
#include "model/log_path.h"
#include "render/utf8.h"
#include "sys/clock.h"
#include "sys/files.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether it holds nothing but letters, digits and what is in `also`. */
static bool is_made_of(const char *text, const char *also)
{
	for (; *text; text++)
		if (!is_alnum(*text) && !strchr(also, *text))
			return false;
	return true;
}

static bool is_address(const char *text)
{
	struct ip ip;

	return ip_parse(text, &ip);
}

/* What holds for every text: it is shown, logged and sent. */
static bool is_printable(const char *text, struct err *err)
{
	const size_t len = strlen(text);

	for (size_t at = 0; at < len;) {
		int32_t point;

		if (text[at] >= ' ' && text[at] <= '~') {
			at++;
			continue;
		}
		at += utf8_next(text + at, len - at, &point);
		if (point == UTF8_INVALID)
			return err_set(err, "is not valid UTF-8");
		if (utf8_is_hidden(point))
			return err_set(err, "holds a control character");
	}
	return true;
}

static const char *check_text(struct reader *reader, const char *text, struct err *err)
{
	(void)err;
	return arena_strdup(reader->arena, text);
}

static const char *check_name(struct reader *reader, const char *text, struct err *err)
{
	bool fits = true;

	if (!*text)
		fits = err_set(err, "must not be empty");
	else if (!is_made_of(text, "._-") || !is_alnum(*text))
		fits =
		    err_set(err, "may hold letters, digits, '.', '_' and '-' only, and starts with "
				 "a letter or digit");
	else if (strlen(text) > DNS_LABEL_MAX)
		fits = err_set(err, "is longer than %d characters", DNS_LABEL_MAX);
	else if (strcmp(text, "all") == 0 || is_address(text))
		fits = err_set(err, "would be taken for something else on the command line; choose "
				    "another name");
	return fits ? arena_strdup(reader->arena, text) : NULL;
}

static const char *check_path(struct reader *reader, const char *text, struct err *err)
{
	if (*text)
		return reader_path(reader, text);
	err_set(err, "must not be empty");
	return NULL;
}

static const char *check_log(struct reader *reader, const char *text, struct err *err)
{
	const char *const journal = log_path_journal(text);

	if (!journal)
		return check_path(reader, text, err);
#ifndef HAVE_SYSTEMD
	err_set(err, "is a journal, and this repwatch was built without libsystemd: build it with "
		     "--with-systemd, or name a file that syslog or 'journalctl -o export' writes");
	return NULL;
#else
	return arena_printf(reader->arena, "%s%s", LOG_PATH_JOURNAL,
			    *journal ? reader_path(reader, journal) : "");
#endif
}

static const char *check_secret(struct reader *reader, const char *text, struct err *err)
{
	const char *path = files_credential(reader->arena, text);
	struct err reason;
	char *secret = NULL;

	if (!path)
		path = check_path(reader, text, err);
	if (!path || reader->is_looking)
		return path;
	if (!files_secret(path, &secret, &reason)) {
		err_set(err, "cannot be used: %s", reason.text);
		return NULL;
	}
	explicit_bzero(secret, strlen(secret));
	free(secret);
	return path;
}

static const char *check_timezone(struct reader *reader, const char *text, struct err *err)
{
	struct zone zone;
	struct err reason;

	if (clock_zone(text, reader->now, reader->scratch, &zone, &reason))
		return arena_strdup(reader->arena, text);
	err_set(err, "is no time zone of this system; write one such as \"Asia/Tokyo\" or \"UTC\"");
	return NULL;
}

/* Lower case, no dot at the end. */
static const char *canonical_name(struct reader *reader, const char *text, struct err *err)
{
	char name[DNS_NAME_BYTES];

	if (dns_name_normalise(text, name))
		return arena_strdup(reader->arena, name);
	err_set(err, "is no DNS name: 1 to %d characters between dots, %d in all", DNS_LABEL_MAX,
		DNS_NAME_TEXT_MAX);
	return NULL;
}

/* RFC 952 and RFC 1123 section 2.1: hyphens only inside a label. */
static bool has_edge_hyphen(const char *name)
{
	return *name == '-' || strstr(name, ".-") || strstr(name, "-.") ||
	       (*name && name[strlen(name) - 1] == '-');
}

static const char *check_host(struct reader *reader, const char *text, struct err *err)
{
	const char *name;

	if (!*text)
		return "";
	if (is_address(text) || *text == '[') {
		err_set(err, "is an address; a host name is needed");
		return NULL;
	}
	if (!is_made_of(text, ".-")) {
		err_set(err,
			"may hold letters, digits, '.' and '-' only; write international names "
			"as A-labels (xn--)");
		return NULL;
	}
	name = canonical_name(reader, text, err);
	if (!name)
		return NULL;
	if (has_edge_hyphen(name)) {
		err_set(err, "has a '-' at the start or end of a label");
		return NULL;
	}
	if (strchr(name, '.'))
		return name;
	err_set(err, "is not fully qualified; write the whole name, such as '%.63s.example.jp'",
		name);
	return NULL;
}

static const char *check_selector(struct reader *reader, const char *text, struct err *err)
{
	if (is_made_of(text, "._-"))
		return canonical_name(reader, text, err);
	err_set(err, "may hold letters, digits, '.', '_' and '-' only");
	return NULL;
}

/* Lower case but for <KEY>; "*." may stand before it. */
static const char *check_zone(struct reader *reader, const char *text, struct err *err)
{
	static const char place[] = "<KEY>";
	const char *key = strstr(text, place);
	const char *rest = strncmp(text, "*.", 2) == 0 ? text + 2 : text;
	char *zone;

	if (key == text && text[strlen(place)] == '.')
		rest = text + strlen(place) + 1;
	else if (key) {
		err_set(err, "must start with '<KEY>.' where it holds a key");
		return NULL;
	}
	if (!is_made_of(rest, "._-")) {
		err_set(err, "may hold letters, digits, '.', '_' and '-' only");
		return NULL;
	}
	if (!canonical_name(reader, text, err))
		return NULL;
	zone = arena_strdup(reader->arena, text);
	if (zone[strlen(zone) - 1] == '.')
		zone[strlen(zone) - 1] = '\0';
	for (char *at = zone + (rest - text); *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return zone;
}

static bool port_fits(const char *text)
{
	uint32_t port;

	return parse_u32(text, &port) && port >= 1 && port <= UINT16_MAX;
}

bool server_fits(const char *text)
{
	char address[IP_TEXT_BYTES] = "";
	const bool is_bracketed = *text == '[';
	const char *start = text + is_bracketed;
	const size_t len = strcspn(start, is_bracketed ? "]" : ":");
	const char *behind = start + len;

	if (is_address(text))
		return true;
	if (len >= sizeof(address))
		return false;
	memcpy(address, start, len);
	if (!is_address(address) || (is_bracketed && *behind++ != ']'))
		return false;
	return *behind == ':' ? port_fits(behind + 1) : is_bracketed && !*behind;
}

static const char *check_server(struct reader *reader, const char *text, struct err *err)
{
	if (server_fits(text))
		return arena_strdup(reader->arena, text);
	err_set(err, "is no address; write ADDRESS, ADDRESS:PORT or [IPv6-ADDRESS]:PORT, such as "
		     "\"127.0.0.1:5300\"");
	return NULL;
}

static const char *check_socket(struct reader *reader, const char *text, struct err *err)
{
	if (!*text || strncmp(text, "unix:/", 6) == 0 || server_fits(text))
		return arena_strdup(reader->arena, text);
	err_set(err, "must be unix:/PATH or ADDRESS:PORT");
	return NULL;
}

/* RFC 5321 section 4.1.2 without quoted local parts: what reaches an SMTP command holds neither
 * blanks nor brackets. */
static const char *check_mailbox(struct reader *reader, const char *text, struct err *err)
{
	const char *at = strrchr(text, '@');
	struct err reason;

	if (!at || at == text || at - text > 64 ||
	    strcspn(text, " <>()[],;:\\\"") != strlen(text) || strchr(text, '@') != at) {
		err_set(err, "is no mail address; write it as 'name@example.jp'");
		return NULL;
	}
	if (!at[1] || !check_host(reader, at + 1, &reason)) {
		err_set(err, "has no valid domain behind the '@'");
		return NULL;
	}
	return arena_strdup(reader->arena, text);
}

static const char *check_url(struct reader *reader, const char *text, struct err *err)
{
	static const char *const scheme[] = {"https://", "http://", "smtp://", "smtps://"};
	const char *host = NULL;

	for (size_t i = 0; i < COUNT_OF(scheme); i++)
		if (strncmp(text, scheme[i], strlen(scheme[i])) == 0)
			host = text + strlen(scheme[i]);
	if (!host || !*host || *host == '/') {
		err_set(err, "must start with https://, http://, smtp:// or smtps:// and a host");
		return NULL;
	}
	if (memchr(host, '@', strcspn(host, "/?#"))) {
		err_set(err, "must not hold user or password; use 'user' and 'password_file'");
		return NULL;
	}
	for (const char *at = text; *at; at++)
		if (*at <= ' ' || *at > '~') {
			err_set(err, "holds a blank or another character no URL may hold");
			return NULL;
		}
	return arena_strdup(reader->arena, text);
}

static const char *check_hours(struct reader *reader, const char *text, struct err *err)
{
	uint32_t from;
	uint32_t until;

	if (!*text || parse_day_span(text, &from, &until))
		return arena_strdup(reader->arena, text);
	err_set(err, "is no span of hours; write it as \"22:00-07:00\"");
	return NULL;
}

typedef const char *check_fn(struct reader *reader, const char *text, struct err *err);

static check_fn *const check_of[OPTION_TYPES] = {
    [OPTION_TEXT] = check_text,         [OPTION_NAME] = check_name,
    [OPTION_PATH] = check_path,         [OPTION_SECRET] = check_secret,
    [OPTION_TIMEZONE] = check_timezone, [OPTION_HOST] = check_host,
    [OPTION_DOMAIN] = check_host,       [OPTION_SELECTOR] = check_selector,
    [OPTION_ZONE] = check_zone,         [OPTION_SERVER] = check_server,
    [OPTION_SOCKET] = check_socket,     [OPTION_MAILBOX] = check_mailbox,
    [OPTION_URL] = check_url,           [OPTION_WORD] = check_text,
    [OPTION_LOG] = check_log,           [OPTION_HOURS] = check_hours,
};

const char *text_check(struct reader *reader, const struct option *option, const char *text,
		       struct err *err)
{
	if (!is_printable(text, err))
		return NULL;
	if (option->max > 0 && (double)strlen(text) > option->max) {
		err_set(err, "is longer than %.0f bytes", option->max);
		return NULL;
	}
	if ((option->is_required || option->is_list || option->min > 0) && !*text) {
		err_set(err, "must not be empty");
		return NULL;
	}
	if (option->words && words_find(option->words(), text) < 0) {
		struct str words = {0};

		words_text(option->words(), &words);
		err_set(err, "must be %s", str_text(&words));
		str_release(&words);
		return NULL;
	}
	return check_of[option->type](reader, text, err);
}
