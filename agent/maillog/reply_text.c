#include "maillog/reply_text.h"

#include "base/mem.h"

#include <string.h>

/* A reply in two steps: what every logger does to bytes is undone, then what differs from one
 * message to the next is folded. Every step is bounded; a text that is too long is cut. */

enum {
	RAW_MAX_BYTES = 8192, /* looked at; wrapping included */
	ID_MIN_BYTES = 12, /* no English word with digits in it is as long */
	NUMBER_MIN_DIGITS = 6,
};

struct clean {
	size_t len;
	char text[RAW_MAX_BYTES];
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_alnum(char c)
{
	return is_letter(c) || is_digit(c);
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* How many letters and digits there are at the start: most of a reply, and taken at once. */
static size_t alnum_span(struct slice text)
{
	static const uint64_t bits[4] = {0x03ff000000000000, 0x07fffffe07fffffe};
	size_t at = 0;

	while (at < text.len) {
		const unsigned char byte = (unsigned char)text.at[at];

		if (!(bits[byte >> 6] >> (byte & 63) & 1))
			break;
		at++;
	}
	return at;
}

/* --- the bytes --- */

/* What stands for another character or for none. */
static const struct stand_in {
	const char *bytes;
	const char *means;
} stand_ins[] = {
    {"\\n", " "},           {"\\r", " "},           {"\\t", " "},          {"\\\"", "\""},
    {"#012", " "},          {"#015", " "},          {"\xc2\xa0", " "},     {"\xc2\xad", ""},
    {"\xe2\x80\x8b", ""},   {"\xe3\x80\x80", " "},  {"\xe2\x80\x98", "'"}, {"\xe2\x80\x99", "'"},
    {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""},
};

static const struct stand_in *stand_in_at(struct slice text)
{
	const unsigned char first = (unsigned char)text.at[0];

	if (first != '\\' && first != '#' && first < 0xc2)
		return NULL;
	for (size_t i = 0; i < COUNT_OF(stand_ins); i++)
		if (slice_starts(text, stand_ins[i].bytes))
			return &stand_ins[i];
	return NULL;
}

/* Puts the parts of "spec- ify" together: the next character is a small letter. */
static void join_split(struct clean *out)
{
	if (out->len >= 3 && out->text[out->len - 1] == ' ' && out->text[out->len - 2] == '-' &&
	    is_letter(out->text[out->len - 3]))
		out->len -= 2;
}

static void add_clean(struct clean *out, char c)
{
	if ((unsigned char)c < ' ' || c == '\x7f')
		c = ' ';
	if (c == ' ' && (out->len == 0 || out->text[out->len - 1] == ' '))
		return;
	if (c >= 'a' && c <= 'z')
		join_split(out);
	out->text[out->len++] = lower(c);
}

/* qmail-send logs one word: blanks become underscores, line ends slashes. */
static bool is_one_word(struct slice reply)
{
	const char *first = memchr(reply.at, '_', reply.len);

	return first && !memchr(reply.at, ' ', reply.len) &&
	       memchr(first + 1, '_', (size_t)(reply.at + reply.len - first - 1));
}

static void clean(struct clean *out, struct slice reply)
{
	const struct stand_in *stand_in;
	bool is_qmail;

	out->len = 0;
	if (reply.len > RAW_MAX_BYTES)
		reply.len = RAW_MAX_BYTES;
	is_qmail = reply.len && is_one_word(reply);
	while (reply.len) {
		const size_t run = alnum_span(reply);

		if (run > 1) {
			add_clean(out, reply.at[0]);
			near_lower(out->text + out->len, reply.at + 1, run - 1);
			out->len += run - 1;
			reply = slice_from(reply, run);
			continue;
		}
		stand_in = stand_in_at(reply);
		if (stand_in)
			for (const char *c = stand_in->means; *c; c++)
				add_clean(out, *c);
		else
			add_clean(out, is_qmail && reply.at[0] == '_' ? ' ' : reply.at[0]);
		reply = slice_from(reply, stand_in ? strlen(stand_in->bytes) : 1);
	}
}

/* --- what differs from message to message --- */

static void add(struct reply_text *out, const char *bytes, size_t len)
{
	const size_t room = REPLY_TEXT_BYTES - out->len;

	len = len < room ? len : room;
	memcpy(out->text + out->len, bytes, len);
	out->len += len;
}

static void add_word(struct reply_text *out, const char *word)
{
	add(out, word, strlen(word));
}

static bool is_in_local_part(char c)
{
	return is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c)) || (unsigned char)c >= 0x80;
}

static bool is_in_domain(char c)
{
	return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '*';
}

/* At an '@': the local part is out already. Returns how much of `text` it took, 0 for none. */
static size_t fold_address(struct reply_text *out, struct slice text)
{
	size_t start = out->len;
	size_t len = 1;

	while (start > 0 && is_in_local_part(out->text[start - 1]))
		start--;
	while (len < text.len && is_in_domain(text.at[len]))
		len++;
	while (text.at[len - 1] == '.')
		len--;
	if (start == out->len || len < 2)
		return 0;
	out->len = start;
	add_word(out, "{address}");
	return len;
}

static size_t ip4_len(struct slice text)
{
	size_t at = 0;

	for (int octet = 0; octet < 4; octet++) {
		const size_t start = at;

		while (at < text.len && at < start + 3 && is_digit(text.at[at]))
			at++;
		if (at == start || (octet < 3 && (at >= text.len || text.at[at++] != '.')))
			return 0;
	}
	return at < text.len && is_digit(text.at[at]) ? 0 : at;
}

/* Two colons side by side, or as many as no time of day has. */
static size_t ip6_len(struct slice text)
{
	bool has_gap = false;
	int colons = 0;
	size_t at = 0;

	for (; at < text.len && at < 45; at++) {
		const char c = text.at[at];

		if (c == ':') {
			has_gap |= at > 0 && text.at[at - 1] == ':';
			colons++;
		} else if (c != '.' && !is_digit(c) && !(c >= 'a' && c <= 'f'))
			break;
	}
	while (at > 0 && (text.at[at - 1] == '.' || text.at[at - 1] == ':'))
		at--;
	if (at < text.len && is_alnum(text.at[at]))
		return 0;
	return colons >= 4 || (has_gap && colons >= 2) ? at : 0;
}

static bool is_joint(char c)
{
	return c == '-' || c == '_' || c == '=' || c == '+';
}

/* A word of letters and digits that no person would write. */
static size_t id_len(struct slice text)
{
	size_t digits = 0;
	size_t letters = 0;
	size_t at = 0;

	for (; at < text.len && (is_alnum(text.at[at]) || is_joint(text.at[at])); at++) {
		digits += is_digit(text.at[at]);
		letters += is_letter(text.at[at]);
	}
	if (at < ID_MIN_BYTES || digits < 3 || letters == 0)
		return 0;
	/* Gmail's and Exim's ids go on: ".127". */
	if (at + 1 < text.len && text.at[at] == '.' && is_digit(text.at[at + 1]))
		for (at++; at < text.len && is_digit(text.at[at]);)
			at++;
	return at;
}

static size_t number_len(struct slice text)
{
	size_t at = 0;

	while (at < text.len && is_digit(text.at[at]))
		at++;
	return at >= NUMBER_MIN_DIGITS ? at : 0;
}

/* At the start of a word. */
static size_t fold_word(struct reply_text *out, struct slice text)
{
	static const struct fold {
		size_t (*len)(struct slice text);
		const char *means;
	} folds[] = {{ip4_len, "{ip}"}, {ip6_len, "{ip}"}, {id_len, "{id}"}, {number_len, "{n}"}};

	for (size_t i = 0; i < COUNT_OF(folds); i++) {
		const size_t len = folds[i].len(text);

		if (!len)
			continue;
		add_word(out, folds[i].means);
		return len;
	}
	return 0;
}

/* "550-5.7.26 " or "5.7.26 " once more, as the next line of the same reply has it. */
static size_t repeated_len(struct slice text, const struct reply_codes *codes)
{
	struct reply_codes again = {0};
	const struct slice rest = reply_codes_read(text, &again);
	const bool has_status = again.class == codes->class && again.subject == codes->subject &&
				again.detail == codes->detail;

	if (rest.at == text.at || !is_digit(text.at[0]))
		return 0;
	if (again.smtp && again.smtp != codes->smtp)
		return 0;
	if (again.class)
		return has_status ? (size_t)(rest.at - text.at) : 0;
	return text.len > 3 && text.at[3] == '-' ? (size_t)(rest.at - text.at) : 0;
}

/* Gmail echoes who connected before it says why: "[192.0.2.1 19] Our system ...". */
static void drop_echo(struct reply_text *out)
{
	static const char echo[] = "[{ip} ";
	const size_t len = strlen(echo);
	const char *end;

	if (out->len < len || memcmp(out->text, echo, len) != 0)
		return;
	end = memchr(out->text, ']', out->len);
	if (!end || strspn(out->text + len, "0123456789") != (size_t)(end - out->text) - len)
		return;
	end += 1 + (end + 1 < out->text + out->len && end[1] == ' ');
	out->len -= (size_t)(end - out->text);
	memmove(out->text, end, out->len);
}

static void fold(struct reply_text *out, struct slice text)
{
	while (text.len && out->len < REPLY_TEXT_BYTES) {
		const char before = out->len ? out->text[out->len - 1] : ' ';
		size_t taken = 0;

		if (before == ' ' && is_digit(text.at[0]))
			taken = repeated_len(text, &out->codes);
		if (!taken && text.at[0] == '@')
			taken = fold_address(out, text);
		if (!taken && !is_alnum(before) && before != '.')
			taken = fold_word(out, text);
		if (!taken) {
			/* Nothing folds inside of a word. */
			taken = alnum_span(text);
			taken = taken ? taken : 1;
			add(out, text.at, taken);
		}
		text = slice_from(text, taken);
	}
	while (out->len && strchr(" ,;-/'\"", out->text[out->len - 1]))
		out->len--;
	drop_echo(out);
}

/* --- the codes --- */

/* A code in the middle: "could not be delivered because of 550 5.1.1 ...", "(#5.1.1)". */
static void find_codes(struct slice text, struct reply_codes *codes)
{
	for (size_t at = 1; at < text.len; at++) {
		const char before = text.at[at - 1];
		struct reply_codes found = {0};
		size_t len;

		if (!is_digit(text.at[at]) || !strchr(" #('[", before))
			continue;
		len = reply_status_read(slice_from(text, at), &found);
		if (len && (before == '#' || before == '\'')) {
			*codes = (struct reply_codes){codes->smtp, found.class, found.subject,
						      found.detail};
			return;
		}
		if (len || codes->smtp)
			continue;
		reply_codes_read(slice_from(text, at), &found);
		if (found.smtp && (found.class || (at > 1 && strchr(":['", text.at[at - 2])))) {
			*codes = found;
			return;
		}
	}
}

static void use_status(struct reply_codes *codes, struct slice status)
{
	struct reply_codes given = {0};

	if (!reply_status_read(status, &given))
		return;
	/* x.0.0 is what an MTA notes when the other side gave none. */
	if (codes->class && given.subject == 0 && given.detail == 0)
		return;
	given.smtp = codes->smtp;
	*codes = given;
}

void reply_text_read(struct reply_text *out, struct slice status, struct slice reply)
{
	static const char *const mark[] = {
	    [STAGE_CONNECT] = " [at connect]", [STAGE_HELO] = " [at helo]",
	    [STAGE_MAIL] = " [at mail]",       [STAGE_RCPT] = " [at rcpt]",
	    [STAGE_DATA] = " [at data]",       [STAGE_BODY] = " [at body]",
	};
	struct clean raw;
	struct slice text;
	enum reply_stage stage;

	_Static_assert(COUNT_OF(mark) == STAGE_COUNT, "one mark for each stage");
	out->codes = (struct reply_codes){0};
	out->len = 0;
	clean(&raw, reply);
	text = reply_unwrap(slice_of(raw.text, raw.len), &stage);
	text = reply_codes_read(text, &out->codes);
	if (out->codes.class == 0)
		find_codes(text, &out->codes);
	use_status(&out->codes, status);
	fold(out, text);
	if (stage == STAGE_UNKNOWN)
		return;
	if (out->len > REPLY_TEXT_BYTES - strlen(mark[stage]))
		out->len = REPLY_TEXT_BYTES - strlen(mark[stage]);
	add_word(out, mark[stage] + (out->len == 0));
}
