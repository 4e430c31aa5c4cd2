#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "rows.h"

#include <string.h>

static const struct {
	const char *text;
	struct code_pattern pattern;
} form[] = {
    {"127.0.0.2", {{127, 0, 0, 2}, {127, 0, 0, 2}, 0}},
    {"127.255.255.254", {{127, 255, 255, 254}, {127, 255, 255, 254}, 0}},
    {"127.0.0.0", {{127, 0, 0, 0}, {127, 0, 0, 0}, 0}},
    {"127.0.0.10-11", {{127, 0, 0, 10}, {127, 0, 0, 11}, 0}},
    {"127.0.4.0-100", {{127, 0, 4, 0}, {127, 0, 4, 100}, 0}},
    {"127.0.0.5-5", {{127, 0, 0, 5}, {127, 0, 0, 5}, 0}},
    {"127.255.255.100-255", {{127, 255, 255, 100}, {127, 255, 255, 255}, 0}},
    {"127.0.2.0/24", {{127, 0, 2, 0}, {127, 0, 2, 255}, 0}},
    {"127.0.0.0/8", {{127, 0, 0, 0}, {127, 255, 255, 255}, 0}},
    {"127.0.16.0/20", {{127, 0, 16, 0}, {127, 0, 31, 255}, 0}},
    {"127.0.0.128/25", {{127, 0, 0, 128}, {127, 0, 0, 255}, 0}},
    {"127.0.0.2/32", {{127, 0, 0, 2}, {127, 0, 0, 2}, 0}},
    {"127.0.*.3", {{127, 0, 0, 3}, {127, 0, 255, 3}, 0}},
    {"127.*.*.*", {{127, 0, 0, 0}, {127, 255, 255, 255}, 0}},
    {"127.0.*.1-3", {{127, 0, 0, 1}, {127, 0, 255, 3}, 0}},
    {"&1", {{127, 0, 0, 0}, {127, 0, 0, 255}, 1}},
    {"&128", {{127, 0, 0, 0}, {127, 0, 0, 255}, 128}},
};

static void reads_every_form_of_a_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(form); i++) {
		struct code_pattern pattern;
		struct err err = {""};

		if (!code_pattern_parse(form[i].text, &pattern, &err))
			fail_msg("'%s': %s", form[i].text, err.text);
		assert_memory_equal(&pattern, &form[i].pattern, sizeof(pattern));
	}
}

static const char *const no_form[] = {
    "",
    "127",
    "127.0.0",
    "127.0.0.",
    "127.0.0.0.1",
    ".127.0.0.2",
    "127..0.2",
    "127.0.0.256",
    "127.0.0.-2",
    "127.0.0.+2",
    "127.0.0. 2",
    "127.0.0.2 ",
    " 127.0.0.2",
    "127.0.0.2\n",
    "127.0.0.02", /* octal to some */
    "127.0.0.0x2",
    "127.0.0.1-2-3",
    "127.0.0.11-10",
    "127.0.0.-",
    "127.0.0.1-",
    "127.0.0.1-*",
    "127.0.1-2.3", /* a range is for the last octet */
    "127.0.0.1-256",
    "127.0.0.**",
    "127.0.0.2/24", /* bits behind the mask */
    "127.0.0.1-3/24",
    "127.0.*.0/24",
    "127.0.0.0/33",
    "127.0.0.0/",
    "127.0.0.0/-1",
    "127.0.0.0/4294967320", /* 24, were it cut to 32 bits */
    "127.0.0.0/24/24",
    "0.0.0.0/0",
    "0.0.0.0/1",
    "126.0.0.0/7",
    "*.0.0.2",
    "192.0.2.1", /* outside 127.0.0.0/8 nothing is a code */
    "128.0.0.2",
    "&",
    "&0",
    "&3",
    "&256",
    "&-1",
    "& 1",
    "&1 ",
    "&&1",
    "&01",
    "127.0.0.&1",
    "::ffff:127.0.0.2",
    "127.0.0.00000000000000000000000000000000000002",
    "any",
};

static void refuses_what_is_no_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(no_form); i++) {
		struct code_pattern pattern = {.bit = 77};
		struct err err = {""};

		if (code_pattern_parse(no_form[i], &pattern, &err))
			fail_msg("'%s' was accepted", no_form[i]);
		assert_int_equal(pattern.bit, 77);
		assert_non_null(strstr(err.text, "code '"));
	}
}

static const struct {
	const char *pattern;
	uint32_t code;
	bool is_in;
} match[] = {
    {"127.0.0.2", CODE(127, 0, 0, 2), true},
    {"127.0.0.2", CODE(127, 0, 0, 3), false},
    {"127.0.0.2", CODE(127, 0, 1, 2), false},
    {"127.0.0.2", CODE(126, 0, 0, 2), false},
    {"127.0.0.10-11", CODE(127, 0, 0, 9), false},
    {"127.0.0.10-11", CODE(127, 0, 0, 10), true},
    {"127.0.0.10-11", CODE(127, 0, 0, 11), true},
    {"127.0.0.10-11", CODE(127, 0, 0, 12), false},
    {"127.0.*.3", CODE(127, 0, 200, 3), true},
    {"127.0.*.3", CODE(127, 1, 200, 3), false},
    {"127.0.16.0/20", CODE(127, 0, 15, 255), false},
    {"127.0.16.0/20", CODE(127, 0, 16, 0), true},
    {"127.0.16.0/20", CODE(127, 0, 31, 255), true},
    {"127.0.16.0/20", CODE(127, 0, 32, 0), false},
    {"127.0.0.0/8", CODE(128, 0, 0, 0), false},
    {"&4", CODE(127, 0, 0, 4), true},
    {"&4", CODE(127, 0, 0, 255), true},
    {"&4", CODE(127, 0, 0, 3), false},
    {"&4", CODE(127, 0, 0, 0), false},
    {"&4", CODE(127, 0, 1, 4), false}, /* bits are promised for the last octet alone */
};

static void a_pattern_has_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(match); i++) {
		struct code_pattern pattern;
		struct err err;

		assert_true(code_pattern_parse(match[i].pattern, &pattern, &err));
		if (code_pattern_has(&pattern, match[i].code) != match[i].is_in)
			fail_msg("%s and %08x", match[i].pattern, match[i].code);
	}
}

#define BLOCK(text, means) ROW(text, means, LIST_BLOCK, SEVERITY_MAJOR)

static struct list_code code[] = {
    BLOCK("127.0.0.0/24", "anything"), BLOCK("127.0.0.2", "SBL"),   BLOCK("127.0.0.2-9", "range"),
    BLOCK("127.0.*.9", "nine"),        BLOCK("127.0.0.2", "again"), BLOCK("127.0.7.0/24", "seven"),
};
static struct list_code bit[] = {
    BLOCK("&2", "black"),
    BLOCK("&4", "grey"),
    BLOCK("&16", "test"),
    BLOCK("127.0.0.64", "exactly 64"),
    BLOCK("127.0.0.0-199", "something"),
};
static struct list_code error[] = {
    BLOCK("127.0.0.200-255", "over the limit"),
    BLOCK("127.0.0.255", "blocked"),
    BLOCK("127.255.255.254", "public resolver"),
    BLOCK("127.255.0.0/16", "some other refusal"),
};

static const struct list plain = {.zone = "bl.example",
				  .code = code,
				  .codes = COUNT_OF(code),
				  .error = error,
				  .errors = COUNT_OF(error)};
static const struct list masked = {.zone = "multi.example", .code = bit, .codes = COUNT_OF(bit)};

static int parse_all(void **state)
{
	(void)state;
	rows_parse(code, COUNT_OF(code));
	rows_parse(bit, COUNT_OF(bit));
	rows_parse(error, COUNT_OF(error));
	return 0;
}

static const struct {
	const struct list *list;
	uint32_t code;
	const char *means; /* joined with "+", "" for a code nobody knows */
} meaning[] = {
    {&plain, CODE(127, 0, 0, 2), "SBL"}, /* the narrowest row; of equals the first */
    {&plain, CODE(127, 0, 0, 3), "range"},
    {&plain, CODE(127, 0, 0, 9), "range"}, /* 8 codes against 256 */
    {&plain, CODE(127, 0, 0, 1), "anything"},
    {&plain, CODE(127, 0, 5, 9), "nine"},
    {&plain, CODE(127, 0, 7, 9), "nine"}, /* as wide as the next, and before it */
    {&plain, CODE(127, 0, 7, 8), "seven"},
    {&plain, CODE(127, 0, 5, 8), ""},
    {&plain, CODE(127, 1, 0, 2), ""},
    {&masked, CODE(127, 0, 0, 2), "black"},
    {&masked, CODE(127, 0, 0, 6), "black+grey"},
    {&masked, CODE(127, 0, 0, 22), "black+grey+test"},
    {&masked, CODE(127, 0, 0, 255), "black+grey+test"},
    {&masked, CODE(127, 0, 0, 64), "exactly 64"},
    {&masked, CODE(127, 0, 0, 66), "black"},
    {&masked, CODE(127, 0, 0, 1), "something"}, /* a bit is half of an octet's 256 codes */
    {&masked, CODE(127, 0, 0, 0), "something"},
    {&masked, CODE(127, 0, 0, 224), ""}, /* bits without a row */
    {&masked, CODE(127, 0, 1, 2), ""},
};

static void the_narrowest_row_or_all_bits_give_the_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(meaning); i++) {
		const struct list_code *row[8];
		const size_t rows =
		    catalogue_meanings(meaning[i].list, meaning[i].code, row, COUNT_OF(row));
		char joined[64] = "";

		for (size_t j = 0; j < rows; j++) {
			strncat(joined, j ? "+" : "", sizeof(joined) - strlen(joined) - 1);
			strncat(joined, row[j]->means, sizeof(joined) - strlen(joined) - 1);
		}
		assert_string_equal(joined, meaning[i].means);
	}
}

static void never_returns_more_meanings_than_asked_for(void **state)
{
	const struct list_code *row[2] = {NULL, &code[0]};

	(void)state;
	assert_int_equal(catalogue_meanings(&masked, CODE(127, 0, 0, 255), row, 1), 1);
	assert_ptr_equal(row[1], &code[0]);
	assert_int_equal(catalogue_meanings(&masked, CODE(127, 0, 0, 255), row, 0), 0);
}

static const struct {
	const struct list *list;
	uint32_t code;
	const char *means; /* NULL: no error */
} refused[] = {
    {&plain, CODE(127, 0, 0, 2), NULL},
    {&plain, CODE(127, 0, 0, 199), NULL},
    {&plain, CODE(127, 0, 0, 200), "over the limit"},
    {&plain, CODE(127, 0, 0, 255), "blocked"},
    {&plain, CODE(127, 255, 255, 254), "public resolver"},
    {&plain, CODE(127, 255, 255, 1), "some other refusal"},
    {&plain, CODE(127, 255, 0, 1), "some other refusal"},
    {&masked, CODE(127, 255, 255, 0), "the operator refuses to answer this resolver"},
    {&masked, CODE(127, 255, 255, 255), "the operator refuses to answer this resolver"},
    {&masked, CODE(127, 255, 254, 255), NULL},
    {&masked, CODE(127, 0, 0, 1), NULL},
};

static void errors_are_the_lists_own_or_everybodys(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		const struct list_code *row = catalogue_error(refused[i].list, refused[i].code);

		if ((row != NULL) != (refused[i].means != NULL))
			fail_msg("%08x", refused[i].code);
		if (row)
			assert_string_equal(row->means, refused[i].means);
	}
}

static const struct list shelf[] = {{.zone = "zen.spamhaus.org"}, {.zone = "<KEY>.zen.dq.example"}};
static const struct retired_list grave[] = {
    {"bl.spamcannibal.org", "its domain was sold"},
    {"*.sorbs.net", "shut down"},
};
static const struct catalogue catalogue = {shelf, COUNT_OF(shelf), grave, COUNT_OF(grave)};

static const struct {
	const char *zone;
	int found; /* -1: not in the catalogue */
	const char *retired; /* NULL: not retired */
} lookup[] = {
    {"zen.spamhaus.org", 0, NULL},
    {"ZEN.Spamhaus.Org", 0, NULL},
    {"zen.spamhaus.org.", 0, NULL},
    {"<key>.zen.dq.example", 1, NULL},
    {"spamhaus.org", -1, NULL},
    {"xzen.spamhaus.org", -1, NULL},
    {"", -1, NULL},
    {"bl.spamcannibal.org", -1, "its domain was sold"},
    {"BL.SPAMCANNIBAL.ORG.", -1, "its domain was sold"},
    {"x.bl.spamcannibal.org", -1, NULL},
    {"dnsbl.sorbs.net", -1, "shut down"},
    {"spam.dnsbl.SORBS.net", -1, "shut down"},
    {"sorbs.net", -1, NULL}, /* a star stands for what is below */
    {"notsorbs.net", -1, NULL},
    {"dnsbl.sorbs.net.example", -1, NULL},
};

static void finds_zones_and_the_reason_not_to_ask(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lookup); i++) {
		const char *reason = catalogue_retired(&catalogue, lookup[i].zone);

		assert_ptr_equal(catalogue_find(&catalogue, lookup[i].zone),
				 lookup[i].found < 0 ? NULL : &shelf[lookup[i].found]);
		if ((reason != NULL) != (lookup[i].retired != NULL))
			fail_msg("'%s'", lookup[i].zone);
		if (reason)
			assert_string_equal(reason, lookup[i].retired);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_form_of_a_code),
	    cmocka_unit_test(refuses_what_is_no_code),
	    cmocka_unit_test(a_pattern_has_what_it_says),
	    cmocka_unit_test(the_narrowest_row_or_all_bits_give_the_meaning),
	    cmocka_unit_test(never_returns_more_meanings_than_asked_for),
	    cmocka_unit_test(errors_are_the_lists_own_or_everybodys),
	    cmocka_unit_test(finds_zones_and_the_reason_not_to_ask),
	};

	return cmocka_run_group_tests(tests, parse_all, NULL);
}
