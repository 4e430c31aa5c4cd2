#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lists/dnsbl.h"
#include "rows.h"
#include "world.h"

#include <string.h>

static struct list_code zen_code[] = {
    ROW("127.0.0.2", "SBL", LIST_BLOCK, SEVERITY_CRITICAL),
    ROW("127.0.0.3", "CSS", LIST_BLOCK, SEVERITY_MAJOR),
    ROW("127.0.0.4-7", "XBL", LIST_BLOCK, SEVERITY_CRITICAL),
    ROW("127.0.0.10-11", "PBL", LIST_POLICY, SEVERITY_MINOR),
};
static struct list_code zen_error[] = {
    ROW("127.255.255.254", "asked through a public resolver", LIST_INFO, SEVERITY_INFO),
};
static const struct list zen = {
    .zone = "zen.example",
    .query_zone = "zen.example",
    .covers = COVERS_IP4 | COVERS_IP6,
    .code = zen_code,
    .codes = COUNT_OF(zen_code),
    .error = zen_error,
    .errors = COUNT_OF(zen_error),
};

/* A list of bits; the lowest one says that the resolver is blocked. */
static struct list_code multi_code[] = {
    ROW("&4", "phishing", LIST_BLOCK, SEVERITY_MAJOR),
    ROW("&8", "malware", LIST_BLOCK, SEVERITY_CRITICAL),
    ROW("&16", "test entry", LIST_INFO, SEVERITY_INFO),
};
static struct list_code multi_error[] = {
    ROW("&1", "this resolver is blocked", LIST_INFO, SEVERITY_INFO),
};
static const struct list multi = {
    .zone = "multi.example",
    .query_zone = "multi.example",
    .covers = COVERS_DOMAIN,
    .kind = LIST_BLOCK,
    .code = multi_code,
    .codes = COUNT_OF(multi_code),
    .error = multi_error,
    .errors = COUNT_OF(multi_error),
};

/* An allow list that answers 127.0.0.1 too, which others use for "blocked". */
static struct list_code white_code[] = {
    ROW("127.0.*.0", "trust none", LIST_ALLOW, SEVERITY_INFO),
    ROW("127.0.*.1-3", "trusted", LIST_ALLOW, SEVERITY_INFO),
};
static struct list_code white_error[] = {
    ROW("127.0.0.255", "over the limit", LIST_INFO, SEVERITY_INFO),
};
static const struct list white = {
    .zone = "white.example",
    .query_zone = "white.example",
    .covers = COVERS_IP4,
    .kind = LIST_ALLOW,
    .code = white_code,
    .codes = COUNT_OF(white_code),
    .error = white_error,
    .errors = COUNT_OF(white_error),
};

/* Good, bad and indifferent in one zone, like a list of reputations. */
static struct list_code karma_code[] = {
    ROW("127.0.0.1", "white", LIST_ALLOW, SEVERITY_INFO),
    ROW("127.0.0.2", "black", LIST_BLOCK, SEVERITY_MINOR),
    ROW("127.0.0.3", "yellow", LIST_REPUTATION, SEVERITY_MINOR),
    ROW("127.0.1.0/24", "said QUIT", LIST_INFO, SEVERITY_INFO),
};
static const struct list karma = {
    .zone = "karma.example",
    .query_zone = "karma.example",
    .covers = COVERS_IP4 | COVERS_DOMAIN,
    .kind = LIST_REPUTATION,
    .code = karma_code,
    .codes = COUNT_OF(karma_code),
};

static int setup(void **state)
{
	rows_parse(zen_code, COUNT_OF(zen_code));
	rows_parse(zen_error, COUNT_OF(zen_error));
	rows_parse(multi_code, COUNT_OF(multi_code));
	rows_parse(multi_error, COUNT_OF(multi_error));
	rows_parse(white_code, COUNT_OF(white_code));
	rows_parse(white_error, COUNT_OF(white_error));
	rows_parse(karma_code, COUNT_OF(karma_code));
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

#define L FINDING_LISTED
#define N FINDING_NOTED
#define B FINDING_BLIND

static const struct verdict_case {
	const char *why;
	const struct list *list;
	const char *record[FACT_RECORDS_MAX];
	enum finding finding;
	enum cause cause;
	enum severity severity;
	const char *means;
	const char *text;
	const char *codes; /* as kept, joined with blanks */
} verdict[] = {
    {"a code of a block list",
     &zen,
     {"127.0.0.2"},
     L,
     CAUSE_NONE,
     SEVERITY_CRITICAL,
     "SBL",
     "",
     "127.0.0.2"},
    {"a code within a range",
     &zen,
     {"127.0.0.6"},
     L,
     CAUSE_NONE,
     SEVERITY_CRITICAL,
     "XBL",
     "",
     "127.0.0.6"},
    {"a policy code is a note",
     &zen,
     {"127.0.0.11"},
     N,
     CAUSE_NONE,
     SEVERITY_MINOR,
     "PBL",
     "",
     "127.0.0.11"},
    {"codes are kept in order, each once",
     &zen,
     {"127.0.0.11", "127.0.0.2", "127.0.0.11", "127.0.0.10", "127.0.0.2"},
     L,
     CAUSE_NONE,
     SEVERITY_CRITICAL,
     "SBL, PBL",
     "",
     "127.0.0.2 127.0.0.10 127.0.0.11"},
    {"the worst severity decides",
     &zen,
     {"127.0.0.3", "127.0.0.4"},
     L,
     CAUSE_NONE,
     SEVERITY_CRITICAL,
     "CSS, XBL",
     "",
     "127.0.0.3 127.0.0.4"},
    {"a note lends a listing no severity",
     &karma,
     {"127.0.0.3", "127.0.0.2"},
     L,
     CAUSE_NONE,
     SEVERITY_MINOR,
     "black, yellow",
     "",
     "127.0.0.2 127.0.0.3"},
    {"a listing of a kind that else never alarms",
     &karma,
     {"127.0.0.2"},
     L,
     CAUSE_NONE,
     SEVERITY_MINOR,
     "black",
     "",
     "127.0.0.2"},
    {"white and black at once is black",
     &karma,
     {"127.0.0.1", "127.0.0.2"},
     L,
     CAUSE_NONE,
     SEVERITY_MINOR,
     "white, black",
     "",
     "127.0.0.1 127.0.0.2"},
    {"a known and an unknown code is known",
     &zen,
     {"127.0.0.77", "127.0.0.2"},
     L,
     CAUSE_NONE,
     SEVERITY_CRITICAL,
     "SBL",
     "",
     "127.0.0.2 127.0.0.77"},
    {"a note and an unknown code is a note",
     &zen,
     {"127.0.0.77", "127.0.0.10"},
     N,
     CAUSE_NONE,
     SEVERITY_MINOR,
     "PBL",
     "",
     "127.0.0.10 127.0.0.77"},
    {"bits or-ed together",
     &multi,
     {"127.0.0.12"},
     L,
     CAUSE_NONE,
     SEVERITY_CRITICAL,
     "phishing, malware",
     "",
     "127.0.0.12"},
    {"a bit that only informs",
     &multi,
     {"127.0.0.16"},
     N,
     CAUSE_NONE,
     SEVERITY_INFO,
     "test entry",
     "",
     "127.0.0.16"},
    {"a bit that informs beside one that lists",
     &multi,
     {"127.0.0.20"},
     L,
     CAUSE_NONE,
     SEVERITY_MAJOR,
     "phishing, test entry",
     "",
     "127.0.0.20"},
    {"a bit nobody knows beside one that lists",
     &multi,
     {"127.0.0.36"},
     L,
     CAUSE_NONE,
     SEVERITY_MAJOR,
     "phishing",
     "",
     "127.0.0.36"},
    {"an allow list never lists",
     &white,
     {"127.0.5.2"},
     N,
     CAUSE_NONE,
     SEVERITY_INFO,
     "trusted",
     "",
     "127.0.5.2"},
    {"127.0.0.1 where it has a row",
     &white,
     {"127.0.0.1"},
     N,
     CAUSE_NONE,
     SEVERITY_INFO,
     "trusted",
     "",
     "127.0.0.1"},

    {"127.0.0.1 where nothing is said of it",
     &zen,
     {"127.0.0.1"},
     B,
     CAUSE_UNKNOWN_CODE,
     SEVERITY_INFO,
     "",
     "answered 127.0.0.1, which the catalogue does not know",
     "127.0.0.1"},
    {"127.0.0.1 where it is the list's error",
     &multi,
     {"127.0.0.1"},
     B,
     CAUSE_ERROR_CODE,
     SEVERITY_INFO,
     "this resolver is blocked",
     "answered 127.0.0.1: this resolver is blocked",
     "127.0.0.1"},
    {"an error bit spoils the others",
     &multi,
     {"127.0.0.5"},
     B,
     CAUSE_ERROR_CODE,
     SEVERITY_INFO,
     "this resolver is blocked",
     "answered 127.0.0.5: this resolver is blocked",
     "127.0.0.5"},
    {"an unknown code",
     &zen,
     {"127.0.0.8"},
     B,
     CAUSE_UNKNOWN_CODE,
     SEVERITY_INFO,
     "",
     "answered 127.0.0.8, which the catalogue does not know",
     "127.0.0.8"},
    {"a known last octet in another net",
     &zen,
     {"127.0.1.2"},
     B,
     CAUSE_UNKNOWN_CODE,
     SEVERITY_INFO,
     "",
     "answered 127.0.1.2, which the catalogue does not know",
     "127.0.1.2"},
    {"the list's own error",
     &zen,
     {"127.255.255.254"},
     B,
     CAUSE_ERROR_CODE,
     SEVERITY_INFO,
     "asked through a public resolver",
     "answered 127.255.255.254: asked through a public resolver",
     "127.255.255.254"},
    {"everybody's error",
     &white,
     {"127.255.255.252"},
     B,
     CAUSE_ERROR_CODE,
     SEVERITY_INFO,
     "the operator refuses to answer this resolver",
     "answered 127.255.255.252: the operator refuses to answer this resolver",
     "127.255.255.252"},
    {"an error beats the wildcard row it lies in",
     &white,
     {"127.0.0.255"},
     B,
     CAUSE_ERROR_CODE,
     SEVERITY_INFO,
     "over the limit",
     "answered 127.0.0.255: over the limit",
     "127.0.0.255"},
    {"an error spoils a listing",
     &zen,
     {"127.0.0.2", "127.255.255.254"},
     B,
     CAUSE_ERROR_CODE,
     SEVERITY_INFO,
     "asked through a public resolver",
     "answered 127.255.255.254: asked through a public resolver",
     "127.0.0.2 127.255.255.254"},
    {"a parked domain",
     &zen,
     {"203.0.113.80"},
     B,
     CAUSE_NOT_127,
     SEVERITY_INFO,
     "",
     "answered 203.0.113.80, outside 127.0.0.0/8",
     "203.0.113.80"},
    {"one address outside spoils a listing",
     &zen,
     {"127.0.0.2", "203.0.113.80"},
     B,
     CAUSE_NOT_127,
     SEVERITY_INFO,
     "",
     "answered 203.0.113.80, outside 127.0.0.0/8",
     "127.0.0.2 203.0.113.80"},
    {"outside is worse than an error",
     &zen,
     {"127.255.255.254", "10.0.0.2"},
     B,
     CAUSE_NOT_127,
     SEVERITY_INFO,
     "",
     "answered 10.0.0.2, outside 127.0.0.0/8",
     "10.0.0.2 127.255.255.254"},
    {"0.0.0.0, as filters answer",
     &zen,
     {"0.0.0.0"},
     B,
     CAUSE_NOT_127,
     SEVERITY_INFO,
     "",
     "answered 0.0.0.0, outside 127.0.0.0/8",
     "0.0.0.0"},
    {"128.0.0.2",
     &zen,
     {"128.0.0.2"},
     B,
     CAUSE_NOT_127,
     SEVERITY_INFO,
     "",
     "answered 128.0.0.2, outside 127.0.0.0/8",
     "128.0.0.2"},
};

static void assert_codes(const struct observation *seen, const char *expected)
{
	char joined[OBSERVATION_CODES_MAX * (CODE_TEXT_BYTES + 1)] = "";

	for (size_t i = 0; i < seen->codes; i++) {
		char text[CODE_TEXT_BYTES];

		strncat(joined, i ? " " : "", sizeof(joined) - strlen(joined) - 1);
		strncat(joined, code_text(seen->code[i], text),
			sizeof(joined) - strlen(joined) - 1);
	}
	assert_string_equal(joined, expected);
}

static void records_are_judged_in_order(void **state)
{
	for (size_t i = 0; i < COUNT_OF(verdict); i++) {
		const struct verdict_case *c = &verdict[i];
		struct fact fact = {.type = DNS_A, .ttl_s = 60};
		struct dns_answer answer;
		struct observation seen;

		memcpy(fact.record, c->record, sizeof(fact.record));
		answer = world_fact(&fact, *state);
		seen = dnsbl_verdict(c->list, &answer, *state);
		if (seen.finding != c->finding || seen.cause != c->cause ||
		    seen.severity != c->severity)
			fail_msg("%s: %s, %s, %s", c->why, finding_name(seen.finding),
				 cause_name(seen.cause), severity_name(seen.severity));
		assert_string_equal(seen.means, c->means);
		assert_string_equal(seen.text, c->text);
		assert_codes(&seen, c->codes);
		assert_string_equal(seen.check, "dnsbl");
		assert_string_equal(seen.subject, c->list->zone);
		assert_string_equal(seen.fix, "");
		assert_int_equal(seen.ttl_s, 60);
		assert_int_equal(seen.rtt_us, 1000);
	}
}

static const struct {
	enum dns_outcome outcome;
	enum finding finding;
	enum cause cause;
} transport[] = {
    {DNS_NO_NAME, FINDING_CLEAR, CAUSE_NONE},
    {DNS_NO_DATA, FINDING_CLEAR, CAUSE_NONE},
    {DNS_TIMEOUT, B, CAUSE_TIMEOUT},
    {DNS_SERVFAIL, B, CAUSE_SERVFAIL},
    {DNS_REFUSED, B, CAUSE_REFUSED},
    {DNS_GARBLED, B, CAUSE_GARBLED},
    {DNS_BAD_NAME, B, CAUSE_BAD_NAME},
    {DNS_DEADLINE, B, CAUSE_DEADLINE},
    {DNS_BUDGET, B, CAUSE_BUDGET},
    {DNS_FOUND, B, CAUSE_GARBLED}, /* found, and no record: never clear */
    {DNS_OUTCOME_COUNT, B, CAUSE_GARBLED},
};

/* Without an arena: the common answers must cost no memory, and the rare ones need none. */
static void what_is_no_answer_is_blind_and_free(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(transport); i++) {
		const struct dns_answer answer = {.outcome = transport[i].outcome, .rtt_us = 7};
		const struct observation seen = dnsbl_verdict(&zen, &answer, NULL);

		assert_int_equal(seen.finding, transport[i].finding);
		assert_int_equal(seen.cause, transport[i].cause);
		assert_int_equal(seen.severity, SEVERITY_INFO);
		assert_int_equal(seen.codes, 0);
		assert_string_equal(seen.means, "");
		assert_int_equal(*seen.text != '\0', transport[i].finding == B);
		assert_int_equal(seen.rtt_us, 7);
	}
}

static struct observation verdict_on(const struct list *list, const uint32_t *code, size_t codes,
				     struct arena *arena)
{
	struct dns_record record[64] = {0};
	struct dns_answer answer = {.outcome = DNS_FOUND, .record = record, .records = codes};

	for (size_t i = 0; i < codes; i++)
		record[i].ip = (struct ip){4,
					   {(uint8_t)(code[i] >> 24), (uint8_t)(code[i] >> 16),
					    (uint8_t)(code[i] >> 8), (uint8_t)code[i]}};
	return dnsbl_verdict(list, &answer, arena);
}

/* 7f00:2:: begins like 127.0.0.2, and is none. */
static void an_address_of_another_family_is_a_stranger(void **state)
{
	const struct dns_record record = {.ip = {6, {127, 0, 0, 2}}};
	const struct dns_answer answer = {.outcome = DNS_FOUND, .record = &record, .records = 1};

	assert_int_equal(dnsbl_verdict(&zen, &answer, *state).cause, CAUSE_NOT_127);
}

/* The same rules a second time, written out for each list instead of read from its rows. */
static enum finding expect_zen(uint32_t c)
{
	if (c == CODE(127, 0, 0, 2) || c == CODE(127, 0, 0, 3) ||
	    (c >= CODE(127, 0, 0, 4) && c <= CODE(127, 0, 0, 7)))
		return L;
	return c == CODE(127, 0, 0, 10) || c == CODE(127, 0, 0, 11) ? N : B;
}

static enum finding expect_multi(uint32_t c)
{
	if (c >> 8 != 0x7f0000 || (c & 1))
		return B;
	if (c & 12)
		return L;
	return c & 16 ? N : B;
}

static enum finding expect_white(uint32_t c)
{
	return c >> 16 == 0x7f00 && (c & 255) <= 3 ? N : B;
}

static enum finding expect_karma(uint32_t c)
{
	if (c == CODE(127, 0, 0, 2))
		return L;
	return c == CODE(127, 0, 0, 1) || c == CODE(127, 0, 0, 3) || c >> 8 == 0x7f0001 ? N : B;
}

static const struct {
	const struct list *list;
	enum finding (*expect)(uint32_t code);
} oracle[] = {
    {&zen, expect_zen}, {&multi, expect_multi}, {&white, expect_white}, {&karma, expect_karma}};

static const uint16_t first_half[] = {0x7f00, 0x7fff, 0x7f01, 0x7e00, 0x8000, 0x0000, 0xcb00};

static void all_second_halves_get_what_the_rows_say(void **state)
{
	(void)state;
	for (size_t o = 0; o < COUNT_OF(oracle); o++) {
		for (size_t h = 0; h < COUNT_OF(first_half); h++) {
			struct arena *arena = arena_new();

			for (uint32_t low = 0; low <= 0xffff; low++) {
				const uint32_t code = (uint32_t)first_half[h] << 16 | low;
				const struct observation seen =
				    verdict_on(oracle[o].list, &code, 1, arena);

				if (seen.finding != oracle[o].expect(code))
					fail_msg("%s answers %08x: %s", oracle[o].list->zone, code,
						 finding_name(seen.finding));
				if (seen.finding == B && seen.cause == CAUSE_NONE)
					fail_msg("%08x is blind without a cause", code);
				if (code >> 24 != 127 && seen.cause != CAUSE_NOT_127)
					fail_msg("%08x: %s", code, cause_name(seen.cause));
				if (code >> 8 == 0x7fffff && seen.cause != CAUSE_ERROR_CODE)
					fail_msg("%08x: %s", code, cause_name(seen.cause));
			}
			arena_free(arena);
		}
	}
}

/* Whatever stands beside it, in front or behind, an error or a stranger is never a verdict. */
static void one_bad_record_spoils_any_answer(void **state)
{
	static const uint32_t bad[] = {CODE(127, 255, 255, 0),
				       CODE(127, 255, 255, 255),
				       CODE(126, 255, 255, 255),
				       CODE(128, 0, 0, 0),
				       0,
				       UINT32_MAX};

	(void)state;
	for (size_t o = 0; o < COUNT_OF(oracle); o++) {
		for (size_t b = 0; b < COUNT_OF(bad); b++) {
			struct arena *arena = arena_new();

			for (uint32_t low = 0; low <= 0x3ff; low++) {
				const uint32_t good = CODE(127, 0, low >> 8, low & 255);
				const uint32_t one[] = {good, bad[b]};
				const uint32_t other[] = {bad[b], good};
				struct observation seen;

				seen = verdict_on(oracle[o].list, one, 2, arena);
				assert_int_equal(seen.finding, B);
				assert_int_not_equal(seen.cause, CAUSE_UNKNOWN_CODE);
				seen = verdict_on(oracle[o].list, other, 2, arena);
				assert_int_equal(seen.finding, B);
				assert_int_not_equal(seen.cause, CAUSE_UNKNOWN_CODE);
			}
			arena_free(arena);
		}
	}
}

/* More records than are kept: the verdict sees all, and the reason is among the kept. */
static void many_records_lose_neither_verdict_nor_reason(void **state)
{
	uint32_t code[64];
	struct observation seen;

	for (uint32_t i = 0; i < 63; i++)
		code[i] = CODE(127, 0, 1, i); /* notes */
	code[63] = CODE(127, 0, 0, 2); /* the listing, last */
	seen = verdict_on(&karma, code, 64, *state);
	assert_int_equal(seen.finding, L);
	assert_int_equal(seen.codes, OBSERVATION_CODES_MAX);
	assert_int_equal(seen.code[0], CODE(127, 0, 0, 2));
	assert_string_equal(seen.means, "black, said QUIT");

	for (uint32_t i = 0; i < 63; i++)
		code[i] = CODE(127, 0, 0, 100 + i); /* unknown, and below the others */
	code[62] = CODE(127, 0, 1, 255);
	seen = verdict_on(&karma, code, 63, *state);
	assert_int_equal(seen.finding, N);
	assert_int_equal(seen.codes, OBSERVATION_CODES_MAX);
	assert_int_equal(seen.code[OBSERVATION_CODES_MAX - 1], CODE(127, 0, 1, 255));

	code[62] = CODE(127, 255, 255, 1);
	assert_int_equal(verdict_on(&karma, code, 63, *state).cause, CAUSE_ERROR_CODE);
	code[62] = CODE(1, 2, 3, 4);
	assert_int_equal(verdict_on(&karma, code, 63, *state).cause, CAUSE_NOT_127);
}

static struct target address(const char *text)
{
	struct target target = {.kind = TARGET_ADDRESS, .text = text};

	assert_true(ip_parse(text, &target.ip));
	return target;
}

static struct target domain(const char *text)
{
	return (struct target){.kind = TARGET_DOMAIN, .text = text};
}

static void asks_only_about_what_a_list_covers(void **state)
{
	const struct target v4 = address("192.0.2.10");
	const struct target v6 = address("2001:db8::10");
	const struct target name = domain("example.jp");

	(void)state;
	for (unsigned covers = 0; covers < 8; covers++) {
		const struct list list = {.covers = covers};

		assert_int_equal(dnsbl_covers(&list, &v4), (covers & COVERS_IP4) != 0);
		assert_int_equal(dnsbl_covers(&list, &v6), (covers & COVERS_IP6) != 0);
		assert_int_equal(dnsbl_covers(&list, &name), (covers & COVERS_DOMAIN) != 0);
	}
}

static void asks_about_the_name_it_is_given(void **state)
{
	static const struct list list = {
	    .covers = COVERS_DOMAIN, .zone = "dbl.example", .query_zone = "dbl.example"};
	static const struct {
		const char *listed_as;
		const char *asked; /* NULL: nothing */
	} row[] = {
	    {NULL, "www.example.jp.dbl.example"},
	    {"example.jp", "example.jp.dbl.example"},
	    {"", NULL},
	};

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct target target = domain("www.example.jp");
		struct ask ask = ask_over(*state);
		struct observation seen;

		target.listed_as = row[i].listed_as;
		assert_int_equal(dnsbl_covers(&list, &target), row[i].asked != NULL);
		if (!row[i].asked)
			continue;
		assert_false(dnsbl_check(&list, &target, true, &ask, &seen));
		assert_int_equal(ask.questions, 1);
		assert_string_equal(ask.question[0].name, row[i].asked);
	}
}

#define V6_NAME "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.example"

static const struct fact world[] = {
    {"10.2.0.192.zen.example", DNS_A, DNS_FOUND, {"127.0.0.2"}, 60},
    {"10.2.0.192.zen.example", DNS_TXT, DNS_FOUND, {"https://zen.example/sbl/1", "", "second"}, 60},
    {"11.2.0.192.zen.example", DNS_A, DNS_FOUND, {"127.0.0.10"}, 60},
    {"11.2.0.192.zen.example", DNS_TXT, DNS_SERVFAIL, {NULL}, 0},
    {"12.2.0.192.zen.example", DNS_A, DNS_FOUND, {"127.0.0.2"}, 60},
    {"12.2.0.192.zen.example", DNS_TXT, DNS_FOUND, {"same", "same", "other", "same"}, 60},
    {"13.2.0.192.zen.example", DNS_A, DNS_FOUND, {"127.255.255.254"}, 60},
    {"13.2.0.192.zen.example", DNS_TXT, DNS_FOUND, {"must not be asked"}, 60},
    {"14.2.0.192.zen.example", DNS_A, DNS_TIMEOUT, {NULL}, 0},
    {V6_NAME, DNS_A, DNS_FOUND, {"127.0.0.3"}, 60},
    {"bad.example.multi.example", DNS_A, DNS_FOUND, {"127.0.0.8"}, 60},
    {"192.0.2.10.karma.example", DNS_A, DNS_FOUND, {"127.0.0.2"}, 60},
};

static const struct {
	const struct list *list;
	const char *target;
	bool wants_text;
	enum finding finding;
	const char *text;
	size_t questions;
} conversation[] = {
    {&zen, "192.0.2.10", true, L, "https://zen.example/sbl/1; second", 2},
    {&zen, "192.0.2.10", false, L, "", 1},
    {&zen, "192.0.2.11", true, N, "", 2}, /* no reason to be had: no harm */
    {&zen, "192.0.2.12", true, L, "same; other", 2},
    {&zen, "192.0.2.13", true, B, "answered 127.255.255.254: asked through a public resolver", 1},
    {&zen, "192.0.2.14", true, B, "no answer in time", 1},
    {&zen, "192.0.2.99", true, FINDING_CLEAR, "", 1},
    {&zen, "2001:db8::10", true, L, "", 2},
    {&zen, "2001:db8::11", true, FINDING_CLEAR, "", 1},
    {&multi, "bad.example", true, L, "", 2},
    {&multi, "good.example", true, FINDING_CLEAR, "", 1},
};

static void asks_for_the_reason_only_where_there_is_one(void **state)
{
	for (size_t i = 0; i < COUNT_OF(conversation); i++) {
		const char *text = conversation[i].target;
		struct ip ip;
		const struct target target = ip_parse(text, &ip) ? address(text) : domain(text);
		struct ask ask = ask_over(*state);
		struct observation seen;
		size_t questions = 0;

		while (!dnsbl_check(conversation[i].list, &target, conversation[i].wants_text, &ask,
				    &seen)) {
			const size_t fresh = world_answer(&ask, world, COUNT_OF(world));

			assert_int_equal(fresh, 1);
			questions += fresh;
		}
		if (seen.finding != conversation[i].finding ||
		    questions != conversation[i].questions)
			fail_msg("%s: %s after %zu", text, finding_name(seen.finding), questions);
		assert_string_equal(seen.text, conversation[i].text);
	}
}

/* The key goes where the question goes and nowhere else, whatever a list repeats. */
static const struct {
	const char *zone, *query_zone, *key_name;
	const char *txt, *text;
} key_case[] = {
    {"<KEY>.dq.example", "s3cret.dq.example", "dq", "see https://dq.example/s3cret/10",
     "see https://dq.example/<KEY>/10"},
    {"<KEY>.dq.example", "s3cret.dq.example", "dq", "10.2.0.192.S3Cret.dq.example",
     "10.2.0.192.<KEY>.dq.example"},
    {"<KEY>.dq.example", "s3cret.dq.example", "dq", "s3crets3cret", "<KEY><KEY>"},
    {"<KEY>.dq.example", "s3cret.dq.example", "dq", "s3cre", "s3cre"},
    {"bl.<KEY>.example", "bl.s3cret.example", "dq", "bl.s3cret.example", "bl.<KEY>.example"},
    {"bl.example", "bl.example", NULL, "bl.example s3cret", "bl.example s3cret"},
    /* Keys that no configuration should let through must not hang or hide either. */
    {"<KEY>dq.example", "dq.example", "dq", "dq.example", "dq.example"},
    {"<KEY>.dq.example", "x", "dq", "x.dq.example", "x.dq.example"},
    {"bl.example", "bl.example", "dq", "bl.example", "bl.example"},
};

static void the_key_is_asked_with_and_never_shown(void **state)
{
	for (size_t i = 0; i < COUNT_OF(key_case); i++) {
		const struct list keyed = {
		    .zone = key_case[i].zone,
		    .query_zone = key_case[i].query_zone,
		    .covers = COVERS_IP4,
		    .code = zen_code,
		    .codes = COUNT_OF(zen_code),
		    .key_name = key_case[i].key_name,
		};
		const struct fact fact[] = {{"*", DNS_A, DNS_FOUND, {"127.0.0.2"}, 60},
					    {"*", DNS_TXT, DNS_FOUND, {key_case[i].txt}, 60}};
		const struct target target = address("192.0.2.10");
		struct ask ask = ask_over(*state);
		char name[DNS_NAME_BYTES];
		struct observation seen;

		while (!dnsbl_check(&keyed, &target, true, &ask, &seen)) {
			assert_true(dns_name_of_ip(&target.ip, keyed.query_zone, name));
			assert_string_equal(ask.question[0].name, name);
			world_answer(&ask, fact, COUNT_OF(fact));
		}
		assert_string_equal(seen.subject, keyed.zone);
		assert_string_equal(seen.text, key_case[i].text);
	}
}

#define LABEL63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"

static const struct {
	const char *zone;
	const char *target;
	bool fits;
} length[] = {
    {"multi.example", LABEL63 "." LABEL63 "." LABEL63, true},
    {"multi.example", LABEL63 "." LABEL63 "." LABEL63 "." LABEL63, false},
    {"multi.example", LABEL63 "x.example", false},
    {"multi.example", "a..example", false},
    {"multi.example", "", false},
    {LABEL63 "." LABEL63 "." LABEL63, "2001:db8::10", false},
    {LABEL63 "." LABEL63 "." LABEL63, "192.0.2.10", true},
    {LABEL63 "." LABEL63 "." LABEL63 "." LABEL63, "192.0.2.10", false},
};

static void a_name_beyond_the_limits_is_blind_and_never_asked(void **state)
{
	for (size_t i = 0; i < COUNT_OF(length); i++) {
		const struct list list = {.zone = "x", .query_zone = length[i].zone, .covers = ~0U};
		struct ip ip;
		const struct target target = ip_parse(length[i].target, &ip)
						 ? address(length[i].target)
						 : domain(length[i].target);
		struct ask ask = ask_over(*state);
		struct observation seen;

		if (dnsbl_check(&list, &target, true, &ask, &seen) == length[i].fits)
			fail_msg("%s.%s", length[i].target, length[i].zone);
		assert_int_equal(ask.questions, length[i].fits);
		if (length[i].fits)
			continue;
		assert_int_equal(seen.finding, B);
		assert_int_equal(seen.cause, CAUSE_BAD_NAME);
	}
}

static struct observation listed_with_text(struct ask *ask, const struct dns_record *record,
					   size_t records)
{
	const struct dns_answer txt = {.outcome = DNS_FOUND, .record = record, .records = records};
	const struct target target = address("192.0.2.12");
	struct observation seen;

	assert_false(dnsbl_check(&zen, &target, true, ask, &seen));
	world_answer(ask, world, COUNT_OF(world));
	assert_false(dnsbl_check(&zen, &target, true, ask, &seen));
	ask_answer(ask, 1, &txt);
	assert_true(dnsbl_check(&zen, &target, true, ask, &seen));
	return seen;
}

static void foreign_text_is_bounded_and_else_untouched(void **state)
{
	static const char hostile[] = "a\0b\x1b[31m\r\n\x9b%n<script>|\xff";
	static char large[4000];
	const struct dns_record one = {.data = hostile, .len = sizeof(hostile) - 1};
	struct dns_record many[FACT_RECORDS_MAX * 4];
	struct ask ask = ask_over(*state);
	struct observation seen = listed_with_text(&ask, &one, 1);

	assert_int_equal(strlen(seen.text), sizeof(hostile) - 1);
	assert_memory_equal(seen.text, "a?b\x1b[31m\r\n\x9b%n<script>|\xff", sizeof(hostile));

	memset(large, 'x', sizeof(large));
	for (size_t i = 0; i < COUNT_OF(many); i++)
		many[i] = (struct dns_record){.data = large, .len = sizeof(large) - i};
	ask = ask_over(*state);
	seen = listed_with_text(&ask, many, 1);
	assert_int_equal(strlen(seen.text), FOREIGN_TEXT_MAX_BYTES);
	ask = ask_over(*state);
	seen = listed_with_text(&ask, many, COUNT_OF(many));
	assert_int_equal(strlen(seen.text), FOREIGN_TEXT_MAX_BYTES);

	/* Cut in the middle of what joins two records. */
	many[0].len = FOREIGN_TEXT_MAX_BYTES - 1;
	ask = ask_over(*state);
	seen = listed_with_text(&ask, many, 2);
	assert_int_equal(strlen(seen.text), FOREIGN_TEXT_MAX_BYTES);
	assert_int_equal(seen.text[FOREIGN_TEXT_MAX_BYTES - 1], ';');

	ask = ask_over(*state);
	seen = listed_with_text(&ask, NULL, 0);
	assert_string_equal(seen.text, "");
	assert_int_equal(seen.finding, L);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_are_judged_in_order),
	    cmocka_unit_test(what_is_no_answer_is_blind_and_free),
	    cmocka_unit_test(an_address_of_another_family_is_a_stranger),
	    cmocka_unit_test(all_second_halves_get_what_the_rows_say),
	    cmocka_unit_test(one_bad_record_spoils_any_answer),
	    cmocka_unit_test(many_records_lose_neither_verdict_nor_reason),
	    cmocka_unit_test(asks_only_about_what_a_list_covers),
	    cmocka_unit_test(asks_about_the_name_it_is_given),
	    cmocka_unit_test(asks_for_the_reason_only_where_there_is_one),
	    cmocka_unit_test(the_key_is_asked_with_and_never_shown),
	    cmocka_unit_test(a_name_beyond_the_limits_is_blind_and_never_asked),
	    cmocka_unit_test(foreign_text_is_bounded_and_else_untouched),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
