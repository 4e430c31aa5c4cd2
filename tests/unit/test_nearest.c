#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/nearest.h"

#include <string.h>

static const char *const name[] = {"check", "run",      "status",  "events",
				   "lists", "no-lists", "resolver"};

static void finds_what_was_meant(void **state)
{
	static const struct {
		const char *what, *typed, *meant;
	} row[] = {
	    {"as it is", "status", "status"},
	    {"one letter less", "statu", "status"},
	    {"one letter more", "checkk", "check"},
	    {"another letter", "evemts", "events"},
	    {"neighbours swapped", "chekc", "check"},
	    {"swapped at the front", "urn", "run"},
	    {"in capitals", "STATUS", "status"},
	    {"the nearest of two", "no-list", "no-lists"},
	    {"two slips in a long word", "resovlerr", "resolver"},
	    {"something else", "frobnicate", NULL},
	    {"too short to tell", "x", NULL},
	    {"no letter right", "abc", NULL},
	    {"nothing", "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const char *nearest = nearest_of(row[i].typed, name, COUNT_OF(name));

		if (!row[i].meant ? nearest != NULL
				  : !nearest || strcmp(nearest, row[i].meant) != 0)
			fail_msg("%s: '%s' gives '%s'", row[i].what, row[i].typed,
				 nearest ? nearest : "nothing");
	}
}

static void survives_long_words(void **state)
{
	char longest[NEAREST_MAX + 2];
	const char *candidate[] = {longest, "check"};

	(void)state;
	memset(longest, 'c', sizeof(longest));
	longest[NEAREST_MAX + 1] = '\0';
	assert_null(nearest_of(longest, candidate, COUNT_OF(candidate)));
	assert_string_equal(nearest_of("chek", candidate, COUNT_OF(candidate)), "check");
	longest[NEAREST_MAX] = '\0';
	assert_string_equal(nearest_of(longest, candidate, COUNT_OF(candidate)), longest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_what_was_meant),
	    cmocka_unit_test(survives_long_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
