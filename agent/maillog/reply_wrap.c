#include "maillog/reply_text.h"

#include "base/mem.h"

#include <string.h>

/* What mail transfer agents write around the words of the other side. Texts are clean: lower
 * case, single blanks. */

enum { LAYERS_MAX = 8 }; /* of wrapping: one agent may quote another's report */

/* Behind which words the reply begins. */
static const struct marker {
	const char *words;
	enum reply_stage stage;
	const char *end; /* the stage stands between the words and this */
} markers[] = {
    {"] said: ", STAGE_UNKNOWN, NULL}, /* Postfix */
    {"] refused to talk to me: ", STAGE_CONNECT, NULL},
    {"remote host said: ", STAGE_UNKNOWN, NULL}, /* qmail */
    {"smtp error from remote ", STAGE_UNKNOWN, ": "}, /* Exim */
    {" reason: ", STAGE_UNKNOWN, NULL}, /* and what is built on it */
    {"did not like our ", STAGE_UNKNOWN, ":"}, /* DragonFly */
    {"other server returned was: ", STAGE_UNKNOWN, NULL}, /* Gmail as a sender */
    {"the response was: ", STAGE_UNKNOWN, NULL},
    {"the remote server was: ", STAGE_UNKNOWN, NULL},
    {" returned '", STAGE_UNKNOWN, NULL}, /* Exchange */
    {"mailbox unavailable -> ", STAGE_UNKNOWN, NULL},
    {"responded as follows: [", STAGE_UNKNOWN, NULL}, /* reports of other agents */
    {"following error message: [", STAGE_UNKNOWN, NULL},
    {"<<< ", STAGE_UNKNOWN, NULL}, /* a transcript */
    {"smtp; ", STAGE_UNKNOWN, NULL}, /* a Diagnostic-Code field, RFC 3464 section 2.3.6 */
    {"x-postfix; ", STAGE_UNKNOWN, NULL},
    {"deferred: ", STAGE_UNKNOWN, NULL}, /* Sendmail */
    {"unknown address error ", STAGE_UNKNOWN, NULL}, /* AsyncOS puts its own class in front */
    {"other mail system problem ", STAGE_UNKNOWN, NULL},
};

/* Commands, as Postfix and Exim name them; the longer first where one begins another. */
static const struct marker commands[] = {
    {"initial", STAGE_CONNECT, NULL},   {"connect", STAGE_CONNECT, NULL},
    {"ehlo", STAGE_HELO, NULL},         {"helo", STAGE_HELO, NULL},
    {"lhlo", STAGE_HELO, NULL},         {"mail from", STAGE_MAIL, NULL},
    {"rcpt to", STAGE_RCPT, NULL},      {"end of data", STAGE_BODY, NULL},
    {"sending data", STAGE_BODY, NULL}, {"data", STAGE_DATA, NULL},
    {"bdat", STAGE_BODY, NULL},         {"text command", STAGE_BODY, NULL},
};

/* What qmail says before it quotes. */
static const struct marker qmail_stages[] = {
    {"greeting failed", STAGE_CONNECT, NULL},
    {"my name was rejected", STAGE_HELO, NULL},
    {"sender was rejected", STAGE_MAIL, NULL},
    {"does not like recipient", STAGE_RCPT, NULL},
    {"failed on data command", STAGE_DATA, NULL},
    {"failed after i sent the message", STAGE_BODY, NULL},
};

static const char *find(struct slice text, const char *words)
{
	return memmem(text.at, text.len, words, strlen(words));
}

static struct slice behind(struct slice text, const char *at)
{
	return slice_from(text, (size_t)(at - text.at));
}

static enum reply_stage stage_in(struct slice text, const struct marker *row, size_t rows)
{
	for (size_t i = 0; i < rows; i++)
		if (find(text, row[i].words))
			return row[i].stage;
	return STAGE_UNKNOWN;
}

/* The marker that comes first, and where the text goes on behind it. */
static const struct marker *first_marker(struct slice text, const char **rest)
{
	const struct marker *first = NULL;
	const char *at;

	for (size_t i = 0; i < COUNT_OF(markers); i++) {
		at = find(text, markers[i].words);
		if (!at)
			continue;
		first = &markers[i];
		*rest = at + strlen(first->words);
		text.len = (size_t)(at - text.at) + strlen(first->words) - 1;
	}
	return first;
}

/* "rcpt to:<a@example>: host mx [192.0.2.1]: ..." */
static struct slice skip_stage(struct slice text, const char *end, enum reply_stage *stage)
{
	const char *at = find(text, end);

	if (!at)
		return text;
	*stage = stage_in(slice_of(text.at, (size_t)(at - text.at)), commands, COUNT_OF(commands));
	text = behind(text, at + strlen(end));
	at = slice_starts(text, "host ") ? find(text, "]: ") : NULL;
	return at ? behind(text, at + 3) : text;
}

static bool starts_with_code(struct slice text)
{
	struct reply_codes codes = {0};

	reply_codes_read(text, &codes);
	return codes.smtp != 0;
}

static struct slice unwrap_front(struct slice text, enum reply_stage *stage)
{
	const struct slice whole = text;

	for (int layer = 0; layer < LAYERS_MAX && !starts_with_code(text); layer++) {
		const char *rest = NULL;
		const struct marker *const marker = first_marker(text, &rest);

		if (!marker)
			break;
		text = behind(text, rest);
		if (marker->stage != STAGE_UNKNOWN)
			*stage = marker->stage;
		if (marker->end)
			text = skip_stage(text, marker->end, stage);
	}
	if (*stage == STAGE_UNKNOWN && text.at > whole.at)
		*stage = stage_in(slice_of(whole.at, (size_t)(text.at - whole.at)), qmail_stages,
				  COUNT_OF(qmail_stages));
	return text;
}

struct slice reply_unwrap(struct slice clean, enum reply_stage *stage)
{
	static const char in_reply[] = "(in reply to ";
	static const char giving_up[] = "giving up on ";
	struct slice text = clean;
	const char *at;

	*stage = STAGE_UNKNOWN;
	text = unwrap_front(text, stage);
	at = find(text, in_reply);
	if (at) {
		*stage =
		    stage_in(behind(text, at + strlen(in_reply)), commands, COUNT_OF(commands));
		text.len = (size_t)(at - text.at);
	}
	at = text.at > clean.at ? find(text, giving_up) : NULL;
	if (at)
		text.len = (size_t)(at - text.at);
	return text;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char char_at(struct slice text, size_t at)
{
	return at < text.len ? text.at[at] : '\0';
}

/* Up to three digits and their value. */
static size_t read_number(struct slice text, size_t at, uint16_t *value)
{
	size_t digits = 0;

	*value = 0;
	for (; digits < 3 && is_digit(char_at(text, at + digits)); digits++)
		*value = (uint16_t)(*value * 10 + (text.at[at + digits] - '0'));
	return digits;
}

size_t reply_status_read(struct slice text, struct reply_codes *codes)
{
	uint16_t subject;
	uint16_t detail;
	size_t at = 2;
	size_t digits;

	if (text.len < 5 || !strchr("2457", text.at[0]) || text.at[1] != '.')
		return 0;
	digits = read_number(text, at, &subject);
	at += digits;
	if (!digits || char_at(text, at) != '.')
		return 0;
	digits = read_number(text, at + 1, &detail);
	at += 1 + digits;
	/* "5.1.1.3" is an address, "5.7.0," and "5.7.1." are codes. */
	if (!digits || is_digit(char_at(text, at)) ||
	    (char_at(text, at) == '.' && is_digit(char_at(text, at + 1))))
		return 0;
	/* Class 7 is a slip some make for 5. */
	if (codes->class == 0)
		*codes = (struct reply_codes){codes->smtp,
					      (uint16_t)(text.at[0] == '7' ? 5 : text.at[0] - '0'),
					      subject, detail};
	return at;
}

/* "550", and neither the start of a longer number nor of "550th". */
static size_t smtp_code_read(struct slice text, struct reply_codes *codes)
{
	uint16_t value;

	if (read_number(text, 0, &value) != 3 || value < 400 || value > 599)
		return 0;
	if (text.len > 3 && !strchr(" -:;,.)]}'\"#>", text.at[3]))
		return 0;
	if (char_at(text, 3) == '.' && is_digit(char_at(text, 4)))
		return 0;
	if (codes->smtp == 0)
		codes->smtp = value;
	return 3;
}

struct slice reply_codes_read(struct slice text, struct reply_codes *codes)
{
	struct slice rest = text;
	size_t len;

	/* Quotes, brackets and signs may stand before and between them. */
	for (;;) {
		struct slice next = rest;

		while (next.len && strchr(" -:;,.#'\"([", next.at[0]))
			next = slice_from(next, 1);
		len = smtp_code_read(next, codes);
		if (!len)
			len = reply_status_read(next, codes);
		if (!len)
			break;
		rest = slice_from(next, len);
		text = rest;
	}
	while (text.at == rest.at && text.len && strchr(" -:;,.)'", text.at[0]))
		rest = text = slice_from(text, 1);
	return text;
}
