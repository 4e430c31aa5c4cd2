#define PCRE2_CODE_UNIT_WIDTH 8
#include "maillog/reply_match.h"

#include "base/mem.h"
#include "base/parse.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum {
	CODES_MAX = 32, /* alternatives of one rule */
	MATCH_LIMIT = 200000, /* steps: honest patterns take some hundred on the longest text */
	HEAP_LIMIT_KIB = 1024,
	HOT_RUNS = 32 /* cost about as much as compiling to machine code */
};

/* What one alternative of `codes` allows; numbers from low to high. */
struct code_match {
	uint16_t smtp_low, smtp_high;
	uint16_t low[3], high[3];
	bool has_smtp, has_status;
};

struct matcher {
	struct code_match code[CODES_MAX];
	size_t codes;
	pcre2_code *pattern; /* NULL: any text */
	struct reply_words *words; /* NULL: the pattern always runs */
	unsigned runs; /* up to HOT_RUNS */
};

struct match_room {
	pcre2_match_data *data;
	pcre2_match_context *context;
};

void subject_init(struct subject *subject, const struct reply_text *text)
{
	subject->text = text;
	grams_set(&subject->grams, slice_of(text->text, text->len));
}

/* --- codes --- */

/* "26", "*" or "606-649". */
static bool parse_range(char *text, uint32_t limit, uint16_t *low, uint16_t *high)
{
	char *dash = strchr(text, '-');
	uint32_t first = 0;
	uint32_t last = limit;

	if (dash)
		*dash = '\0';
	if (strcmp(text, "*") != 0 && !parse_u32(text, &first))
		return false;
	if (dash ? !parse_u32(dash + 1, &last) : strcmp(text, "*") != 0 && (last = first) > limit)
		return false;
	*low = (uint16_t)first;
	*high = (uint16_t)last;
	return first <= last && last <= limit;
}

/* "5.7.26" with ranges. */
static bool parse_status(char *text, struct code_match *code)
{
	char *part;
	int parts = 0;

	while ((part = strsep(&text, ".")))
		if (parts == 3 || !parse_range(part, 999, &code->low[parts], &code->high[parts]))
			return false;
		else
			parts++;
	code->has_status = true;
	return parts == 3;
}

/* "550" or "5*". */
static bool parse_smtp(char *text, struct code_match *code)
{
	uint32_t value;

	code->has_smtp = true;
	if (strcmp(text, "4*") == 0 || strcmp(text, "5*") == 0) {
		code->smtp_low = (uint16_t)((text[0] - '0') * 100);
		code->smtp_high = (uint16_t)(code->smtp_low + 99);
		return true;
	}
	if (!parse_u32(text, &value) || value < 400 || value > 599)
		return false;
	code->smtp_low = code->smtp_high = (uint16_t)value;
	return true;
}

static bool parse_code(char *text, struct code_match *code)
{
	char *part;
	bool is_good = true;

	*code = (struct code_match){0};
	while ((part = strsep(&text, " ")))
		if (*part)
			is_good = is_good &&
				  (strchr(part, '.') ? !code->has_status && parse_status(part, code)
						     : !code->has_smtp && parse_smtp(part, code));
	return is_good && (code->has_smtp || code->has_status);
}

static bool parse_codes(struct matcher *matcher, const char *codes, struct err *err)
{
	char *copy = xstrdup(codes);
	char *rest = copy;
	char *part;
	bool is_good = true;

	while (*codes && is_good && (part = strsep(&rest, ","))) {
		char *const word = xstrdup(part);

		if (matcher->codes == CODES_MAX)
			is_good = err_set(err, "has more than %d codes", CODES_MAX);
		else if (!parse_code(part, &matcher->code[matcher->codes++]))
			is_good = err_set(err,
					  "has a code '%.40s' that cannot be read; write 550, 5*, "
					  "5.7.26, 5.7.*, 5.7.606-649 or an SMTP code and a "
					  "status, several with commas",
					  word);
		free(word);
	}
	free(copy);
	return is_good;
}

static bool status_matches(const struct code_match *code, const struct reply_codes *codes)
{
	const uint16_t part[] = {codes->class, codes->subject, codes->detail};

	for (size_t i = 0; i < COUNT_OF(part); i++)
		if (part[i] < code->low[i] || part[i] > code->high[i])
			return false;
	return codes->class != 0;
}

/* Without an SMTP code its class is that of the status. */
static bool smtp_matches(const struct code_match *code, const struct reply_codes *codes)
{
	const unsigned smtp = codes->smtp ? codes->smtp : codes->class * 100u;

	if (!codes->smtp && code->smtp_low == code->smtp_high)
		return false;
	return smtp >= code->smtp_low && smtp <= code->smtp_high;
}

static bool codes_match(const struct matcher *matcher, const struct reply_codes *codes)
{
	for (size_t i = 0; i < matcher->codes; i++) {
		const struct code_match *const code = &matcher->code[i];

		if ((!code->has_smtp || smtp_matches(code, codes)) &&
		    (!code->has_status || status_matches(code, codes)))
			return true;
	}
	return matcher->codes == 0;
}

/* --- patterns --- */

static bool compile(struct matcher *matcher, const char *pattern, struct err *err)
{
	PCRE2_UCHAR reason[160];
	PCRE2_SIZE at;
	int error;

	matcher->pattern = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
					 PCRE2_CASELESS | PCRE2_NEVER_UTF | PCRE2_NO_AUTO_CAPTURE,
					 &error, &at, NULL);
	if (!matcher->pattern) {
		pcre2_get_error_message(error, reason, sizeof(reason));
		return err_set(
		    err, "has a pattern that cannot be used: %s, at character %zu of '%.200s'",
		    (const char *)reason, at + 1, pattern);
	}
	matcher->words = reply_words_new(pattern);
	return true;
}

struct matcher *matcher_new(const struct reply_rule *rule, struct err *err)
{
	struct matcher *matcher = xcalloc(1, sizeof(*matcher));

	if (parse_codes(matcher, rule->codes, err) &&
	    (!*rule->pattern || compile(matcher, rule->pattern, err)))
		return matcher;
	matcher_free(matcher);
	return NULL;
}

void matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	pcre2_code_free(matcher->pattern);
	reply_words_free(matcher->words);
	free(matcher);
}

struct match_room *match_room_new(void)
{
	struct match_room *room = xcalloc(1, sizeof(*room));

	room->data = pcre2_match_data_create(1, NULL);
	room->context = pcre2_match_context_create(NULL);
	if (!room->data || !room->context)
		bug("no memory for matching");
	pcre2_set_match_limit(room->context, MATCH_LIMIT);
	pcre2_set_heap_limit(room->context, HEAP_LIMIT_KIB);
	return room;
}

void match_room_free(struct match_room *room)
{
	if (!room)
		return;
	pcre2_match_data_free(room->data);
	pcre2_match_context_free(room->context);
	free(room);
}

size_t matcher_triggers(const struct matcher *matcher, uint16_t *gram, size_t max)
{
	return matcher->words ? reply_words_triggers(matcher->words, gram, max) : 0;
}

/* Most rules of a pass run a few times or never, so only one that runs on is worth machine code.
 * Where there is no JIT, or no memory may be both written and run, it works without. */
static void note_run(struct matcher *matcher)
{
	if (matcher->runs == HOT_RUNS)
		return;
	if (++matcher->runs == HOT_RUNS)
		pcre2_jit_compile(matcher->pattern, PCRE2_JIT_COMPLETE);
}

bool matcher_matches(struct matcher *matcher, const struct subject *subject,
		     struct match_room *room)
{
	const struct reply_text *const text = subject->text;

	if (!codes_match(matcher, &text->codes))
		return false;
	if (!matcher->pattern)
		return true;
	if (matcher->words && !reply_words_may_match(matcher->words, &subject->grams))
		return false;
	note_run(matcher);
	return pcre2_match(matcher->pattern, (PCRE2_SPTR)text->text, text->len, 0, 0, room->data,
			   room->context) >= 0;
}
