#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "told.h"

#include "lists/health.h"
#include "rows.h"
#include "world.h"

#include <string.h>

static struct list_code code[] = {
    ROW("127.0.0.2", "SBL", LIST_BLOCK, SEVERITY_CRITICAL),
    ROW("127.0.0.10", "PBL", LIST_POLICY, SEVERITY_INFO),
};
static struct list_code error[] = {
    ROW("127.255.255.254", "asked through a public resolver", LIST_INFO, SEVERITY_INFO),
    ROW("127.0.0.1", "this resolver is blocked", LIST_INFO, SEVERITY_INFO),
};

#define BL                                                                                         \
	.zone = "bl", .query_zone = "bl", .code = code, .codes = COUNT_OF(code), .error = error,   \
	.errors = COUNT_OF(error)
#define TEST4       .test4 = {"127.0.0.2", "127.0.0.1"}
#define TEST6       .test6 = {"::ffff:127.0.0.2", "::ffff:127.0.0.1"}
#define TEST_DOMAIN .test_domain = {"test", "invalid"}

static const struct list v4 = {BL, .covers = COVERS_IP4, TEST4, TEST6, TEST_DOMAIN};
static const struct list v6 = {BL, .covers = COVERS_IP6, TEST4, TEST6, TEST_DOMAIN};
static const struct list names = {BL, .covers = COVERS_DOMAIN, TEST4, TEST6, TEST_DOMAIN};
static const struct list both = {BL, .covers = COVERS_IP4 | COVERS_IP6, TEST4, TEST6};
static const struct list half = {BL, .covers = COVERS_IP4 | COVERS_IP6, TEST4};
static const struct list mute = {BL, .covers = COVERS_IP4};
static const struct list empty_words = {BL, .covers = COVERS_IP4, .test4 = {"", ""}};
static const struct list hopeful = {BL, .covers = COVERS_IP4, .test4 = {"127.0.0.36", NULL}};
static const struct list reserved = {BL, .covers = COVERS_IP4, TEST4, .lists_reserved = true};

#define POS4 "2.0.0.127.bl"
#define NEG4 "1.0.0.127.bl"
#define A    DNS_A
#define YES  DNS_FOUND, {"127.0.0.2"}, 60

/* ::ffff:127.0.0.2 as RFC 5782 section 5 writes it. */
#define NAME6(digit) digit ".0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl"

static const struct {
	const char *why;
	const struct list *list;
	struct fact fact[4];
	enum list_health health;
	enum cause cause;
	const char *text; /* a part of it; NULL: must be empty */
} health[] = {
    {"both entries right", &v4, {{POS4, A, YES}}, HEALTH_OK, CAUSE_NONE, NULL},
    {"the positive entry of a policy list",
     &v4,
     {{POS4, A, DNS_FOUND, {"127.0.0.10"}, 60}},
     HEALTH_OK,
     CAUSE_NONE,
     NULL},
    {"a positive entry with a code of its own",
     &v4,
     {{POS4, A, DNS_FOUND, {"127.0.0.99"}, 60}},
     HEALTH_OK,
     CAUSE_NONE,
     NULL},
    {"v6 entries in nibbles", &v6, {{NAME6("2"), A, YES}}, HEALTH_OK, CAUSE_NONE, NULL},
    {"TEST and INVALID", &names, {{"test.bl", A, YES}}, HEALTH_OK, CAUSE_NONE, NULL},
    {"both families", &both, {{POS4, A, YES}, {NAME6("2"), A, YES}}, HEALTH_OK, CAUSE_NONE, NULL},
    {"no negative entry", &hopeful, {{"36.0.0.127.bl", A, YES}}, HEALTH_OK, CAUSE_NONE, NULL},

    {"no entries at all", &mute, {{.name = NULL}}, HEALTH_UNPROVEN, CAUSE_NONE, "(ip4)"},
    {"empty entries are none",
     &empty_words,
     {{.name = NULL}},
     HEALTH_UNPROVEN,
     CAUSE_NONE,
     "(ip4)"},
    {"one of two families without an entry",
     &half,
     {{POS4, A, YES}},
     HEALTH_UNPROVEN,
     CAUSE_NONE,
     "(ip6)"},

    {"emptied, or hits become NXDOMAIN",
     &v4,
     {{.name = NULL}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "test entry 127.0.0.2 (ip4) must be listed and is not: NXDOMAIN"},
    {"a filter against rebinding",
     &v4,
     {{POS4, A, DNS_NO_DATA, {NULL}, 0}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "test entry 127.0.0.2 (ip4) must be listed and is not: no A record"},
    {"v6 emptied alone",
     &both,
     {{POS4, A, YES}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "test entry ::ffff:127.0.0.2 (ip6) must be listed"},
    {"v4 emptied alone",
     &both,
     {{NAME6("2"), A, YES}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "test entry 127.0.0.2 (ip4) must be listed"},
    {"domains emptied",
     &names,
     {{.name = NULL}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "test entry test (domain) must be listed"},
    {"lists what must not be",
     &v4,
     {{POS4, A, YES}, {NEG4, A, YES}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "test entry 127.0.0.1 (ip4) must not be listed and is: 127.0.0.2"},
    {"lists what must not be, with a code nobody knows",
     &v4,
     {{POS4, A, YES}, {NEG4, A, DNS_FOUND, {"127.0.0.99"}, 60}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "must not be listed and is: 127.0.0.99"},
    {"notes what must not be",
     &v4,
     {{POS4, A, YES}, {NEG4, A, DNS_FOUND, {"127.0.0.10"}, 60}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "must not be listed and is: 127.0.0.10"},
    {"lists the v6 world",
     &both,
     {{POS4, A, YES}, {NAME6("2"), A, YES}, {NAME6("1"), A, YES}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "test entry ::ffff:127.0.0.1 (ip6) must not be listed"},
    {"lists the world but not 127.0.0.1",
     &v4,
     {{NEG4, A, DNS_NO_NAME, {NULL}, 0}, {"*.bl", A, YES}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "made-up name '"},
    {"lists all addresses but no made-up names",
     &v4,
     {{POS4, A, YES}, {"*.100.51.198.bl", A, YES}, {"*.113.0.203.bl", A, YES}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "it lists addresses that nobody uses: 198.51.100."},
    {"lists all v6 addresses",
     &v6,
     {{NAME6("2"), A, YES}, {"*.8.b.d.0.1.0.0.2.bl", A, YES}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "it lists addresses that nobody uses: 2001:db8:"},
    {"one documentation net is listed for a reason",
     &v4,
     {{POS4, A, YES}, {"*.113.0.203.bl", A, YES}},
     HEALTH_OK,
     CAUSE_NONE,
     NULL},
    {"carries reserved space on purpose",
     &reserved,
     {{POS4, A, YES}, {"*.100.51.198.bl", A, YES}, {"*.113.0.203.bl", A, YES}},
     HEALTH_OK,
     CAUSE_NONE,
     NULL},
    {"an unproven list of the world",
     &mute,
     {{"*", A, YES}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "made-up name '"},

    {"a parked domain",
     &v4,
     {{"*", A, DNS_FOUND, {"203.0.113.80"}, 60}},
     HEALTH_SICK,
     CAUSE_NOT_127,
     "answered 203.0.113.80, outside 127.0.0.0/8"},
    {"NXDOMAIN rewritten, hits untouched",
     &v4,
     {{POS4, A, YES}, {"*", A, DNS_FOUND, {"203.0.113.80"}, 60}},
     HEALTH_SICK,
     CAUSE_NOT_127,
     "test entry 127.0.0.1 (ip4): answered 203.0.113.80"},
    {"only a made-up name is rewritten",
     &v4,
     {{POS4, A, YES},
      {"*.127.bl", A, DNS_NO_NAME, {NULL}, 0},
      {"*.198.bl", A, DNS_NO_NAME, {NULL}, 0},
      {"*", A, DNS_FOUND, {"203.0.113.80"}, 60}},
     HEALTH_SICK,
     CAUSE_NOT_127,
     "outside 127.0.0.0/8"},
    {"a stranger says more than a missing entry",
     &v4,
     {{NEG4, A, DNS_FOUND, {"203.0.113.80"}, 60}},
     HEALTH_SICK,
     CAUSE_NOT_127,
     "test entry 127.0.0.1 (ip4): answered 203.0.113.80"},

    {"the operator's error code",
     &v4,
     {{"*", A, DNS_FOUND, {"127.255.255.254"}, 60}},
     HEALTH_REFUSED,
     CAUSE_ERROR_CODE,
     "test entry 127.0.0.2 (ip4): answered 127.255.255.254: asked through a public resolver"},
    {"an error code nobody wrote down",
     &v4,
     {{POS4, A, DNS_FOUND, {"127.255.255.77"}, 60}},
     HEALTH_REFUSED,
     CAUSE_ERROR_CODE,
     "answered 127.255.255.77: the operator refuses"},
    {"only what is not listed gets the error",
     &v4,
     {{POS4, A, YES}, {"*", A, DNS_FOUND, {"127.0.0.1"}, 60}},
     HEALTH_REFUSED,
     CAUSE_ERROR_CODE,
     "answered 127.0.0.1: this resolver is blocked"},
    {"an error for a documentation address",
     &v4,
     {{POS4, A, YES}, {"*.198.bl", A, DNS_FOUND, {"127.255.255.255"}, 60}},
     HEALTH_REFUSED,
     CAUSE_ERROR_CODE,
     "unused address '198.51.100."},
    {"REFUSED",
     &v4,
     {{"*", A, DNS_REFUSED, {NULL}, 0}},
     HEALTH_REFUSED,
     CAUSE_REFUSED,
     "test entry 127.0.0.2 (ip4): the question was refused"},

    {"time-outs",
     &v4,
     {{"*", A, DNS_TIMEOUT, {NULL}, 0}},
     HEALTH_UNREACHABLE,
     CAUSE_TIMEOUT,
     "no answer in time"},
    {"SERVFAIL",
     &v4,
     {{"*", A, DNS_SERVFAIL, {NULL}, 0}},
     HEALTH_UNREACHABLE,
     CAUSE_SERVFAIL,
     "its servers fail"},
    {"rubbish", &v4, {{"*", A, DNS_GARBLED, {NULL}, 0}}, HEALTH_UNREACHABLE, CAUSE_GARBLED, ""},
    {"the deadline",
     &v4,
     {{"*", A, DNS_DEADLINE, {NULL}, 0}},
     HEALTH_UNREACHABLE,
     CAUSE_DEADLINE,
     ""},
    {"the budget", &v4, {{"*", A, DNS_BUDGET, {NULL}, 0}}, HEALTH_UNREACHABLE, CAUSE_BUDGET, ""},
    {"the positive entry times out",
     &v4,
     {{POS4, A, DNS_TIMEOUT, {NULL}, 0}},
     HEALTH_UNREACHABLE,
     CAUSE_TIMEOUT,
     "test entry 127.0.0.2"},
    {"the negative entry times out",
     &v4,
     {{POS4, A, YES}, {NEG4, A, DNS_TIMEOUT, {NULL}, 0}},
     HEALTH_UNREACHABLE,
     CAUSE_TIMEOUT,
     "test entry 127.0.0.1"},
    {"an unproven list that is silent",
     &mute,
     {{"*", A, DNS_TIMEOUT, {NULL}, 0}},
     HEALTH_UNREACHABLE,
     CAUSE_TIMEOUT,
     "made-up name"},
    {"only the documentation addresses time out",
     &v4,
     {{POS4, A, YES}, {"*.198.bl", A, DNS_TIMEOUT, {NULL}, 0}, {"*.203.bl", A, YES}},
     HEALTH_OK,
     CAUSE_NONE,
     NULL},
    {"sick is worse than silent",
     &v4,
     {{NEG4, A, YES}, {"*", A, DNS_TIMEOUT, {NULL}, 0}},
     HEALTH_SICK,
     CAUSE_LIST_SICK,
     "test entry 127.0.0.1"},
    {"refused is worse than silent",
     &v4,
     {{NEG4, A, DNS_REFUSED, {NULL}, 0}, {"*", A, DNS_TIMEOUT, {NULL}, 0}},
     HEALTH_REFUSED,
     CAUSE_REFUSED,
     "test entry 127.0.0.1"},
};

static int setup(void **state)
{
	rows_parse(code, COUNT_OF(code));
	rows_parse(error, COUNT_OF(error));
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static size_t count_facts(const struct fact *fact, size_t max)
{
	size_t facts = 0;

	while (facts < max && fact[facts].name)
		facts++;
	return facts;
}

static void canaries_tell_the_health_of_a_list(void **state)
{
	for (size_t i = 0; i < COUNT_OF(health); i++) {
		const size_t facts = count_facts(health[i].fact, COUNT_OF(health[i].fact));
		struct ask ask = ask_over(*state);
		struct health_report report;

		/* All is asked in one round. */
		assert_false(health_check(health[i].list, i, false, &ask, &report));
		world_answer(&ask, health[i].fact, facts);
		assert_true(health_check(health[i].list, i, false, &ask, &report));
		if (report.health != health[i].health || report.cause != health[i].cause)
			fail_msg("%s: %s, %s: %s", health[i].why, list_health_name(report.health),
				 cause_name(report.cause), report.text);
		ASSERT_TOLD(report.text);
		if (!health[i].text)
			assert_string_equal(report.text, "");
		else if (!strstr(report.text, health[i].text) || !*report.text)
			fail_msg("%s: %s", health[i].why, report.text);
	}
}

static const struct {
	const struct list *list;
	bool is_closing;
	const char *asked; /* in order; ? is what chance decides */
} question[] = {
    {&v4, false, POS4 " " NEG4 " ?.bl ?.100.51.198.bl ?.113.0.203.bl"},
    {&v4, true, POS4 " " NEG4 " ?.bl"},
    {&v6, true, NAME6("2") " " NAME6("1") " ?.bl"},
    {&names, false, "test.bl invalid.bl ?.bl"},
    {&names, true, "test.bl invalid.bl ?.bl"},
    {&mute, false, "?.bl ?.100.51.198.bl ?.113.0.203.bl"},
    {&hopeful, true, "36.0.0.127.bl ?.bl"},
    {&reserved, false, POS4 " " NEG4 " ?.bl"},
    {&both, true, POS4 " " NEG4 " " NAME6("2") " " NAME6("1") " ?.bl"},
    {&both, false,
     POS4 " " NEG4 " " NAME6("2") " " NAME6("1") " ?.bl ?.100.51.198.bl ?.113.0.203.bl"},
};

/* Replaces the first label by "?" where the pattern has one. */
static void blur(const char *name, const char *pattern, char out[DNS_NAME_BYTES + 1])
{
	const char *rest = pattern[0] == '?' ? strchr(name, '.') : name;

	assert_non_null(rest);
	out[0] = '\0';
	strncat(out, pattern[0] == '?' ? "?" : "", DNS_NAME_BYTES);
	strncat(out, rest, DNS_NAME_BYTES - 1);
}

static void asks_what_the_list_can_answer(void **state)
{
	for (size_t i = 0; i < COUNT_OF(question); i++) {
		const char *expected = question[i].asked;
		struct ask ask = ask_over(*state);
		struct health_report report;

		assert_false(
		    health_check(question[i].list, 42, question[i].is_closing, &ask, &report));
		for (size_t j = 0; j < ask.questions; j++) {
			const size_t len = strcspn(expected, " ");
			char name[DNS_NAME_BYTES + 1];

			blur(ask.question[j].name, expected, name);
			if (strlen(name) != len || memcmp(name, expected, len) != 0)
				fail_msg("case %zu asks %s where %s is expected", i,
					 ask.question[j].name, expected);
			assert_int_equal(ask.question[j].type, DNS_A);
			expected += len + (expected[len] == ' ');
		}
		assert_string_equal(expected, "");
	}
}

static void chance_is_asked_in_valid_names_that_differ(void **state)
{
	char last[2][DNS_NAME_BYTES] = {"", ""};

	(void)state;
	for (uint64_t random = 0; random < 500; random++) {
		struct arena *arena = arena_new();
		struct ask ask = ask_over(arena);
		struct health_report report;
		const char *label;

		health_check(&v4, random, false, &ask, &report);
		label = ask.question[2].name;
		assert_int_equal(strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789"), 12);
		assert_string_equal(label + 12, ".bl");
		/* All digits would read like an address. */
		assert_true(label[0] >= 'a' && label[0] <= 'z');
		assert_string_not_equal(label, last[0]);
		memcpy(last[0], label, strlen(label) + 1);
		assert_null(strstr(ask.question[3].name, "255.100"));
		assert_int_not_equal(strncmp(ask.question[3].name, "0.", 2), 0);

		ask = ask_over(arena);
		health_check(&v6, random, false, &ask, &report);
		assert_string_not_equal(ask.question[3].name, ask.question[4].name);
		assert_string_not_equal(ask.question[3].name, last[1]);
		assert_true(dns_name_fits(ask.question[3].name));
		memcpy(last[1], ask.question[3].name, strlen(ask.question[3].name) + 1);
		arena_free(arena);
	}
}

static void a_zone_too_long_for_its_tests_is_not_believed(void **state)
{
	static const char zone[] =
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	const struct list list = {.zone = zone, .query_zone = zone, .covers = COVERS_IP4, TEST4};
	struct ask ask = ask_over(*state);
	struct health_report report;

	assert_true(health_check(&list, 1, false, &ask, &report));
	assert_int_equal(ask.questions, 0);
	assert_int_equal(report.health, HEALTH_UNREACHABLE);
	assert_int_equal(report.cause, CAUSE_BAD_NAME);
}

/* From best to worst; of two alike the first stays. */
static const struct health_report ladder[] = {
    {HEALTH_OK, CAUSE_NONE, ""},
    {HEALTH_UNPROVEN, CAUSE_NONE, "unproven"},
    {HEALTH_UNREACHABLE, CAUSE_TIMEOUT, "silent"},
    {HEALTH_REFUSED, CAUSE_ERROR_CODE, "refused"},
    {HEALTH_SICK, CAUSE_LIST_SICK, "sick"},
    {HEALTH_SICK, CAUSE_NOT_127, "parked"},
};

static void the_worse_of_two_keeps_its_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(ladder); i++)
		for (size_t j = 0; j < COUNT_OF(ladder); j++) {
			const struct health_report *worse = &ladder[i > j ? i : j];
			const struct health_report report = health_worse(&ladder[i], &ladder[j]);

			assert_int_equal(report.health, worse->health);
			assert_int_equal(report.cause, worse->cause);
			assert_string_equal(report.text, worse->text);
		}
	const struct health_report first = {HEALTH_SICK, CAUSE_LIST_SICK, "first"};
	const struct health_report second = {HEALTH_SICK, CAUSE_LIST_SICK, "second"};

	assert_string_equal(health_worse(&first, &second).text, "first");
}

static void only_what_passed_its_tests_changes_beliefs(void **state)
{
	(void)state;
	assert_true(health_is_believed(HEALTH_OK));
	assert_true(health_is_believed(HEALTH_UNPROVEN));
	assert_false(health_is_believed(HEALTH_SICK));
	assert_false(health_is_believed(HEALTH_REFUSED));
	assert_false(health_is_believed(HEALTH_UNREACHABLE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(canaries_tell_the_health_of_a_list),
	    cmocka_unit_test(asks_what_the_list_can_answer),
	    cmocka_unit_test(chance_is_asked_in_valid_names_that_differ),
	    cmocka_unit_test(a_zone_too_long_for_its_tests_is_not_believed),
	    cmocka_unit_test(the_worse_of_two_keeps_its_words),
	    cmocka_unit_test(only_what_passed_its_tests_changes_beliefs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
