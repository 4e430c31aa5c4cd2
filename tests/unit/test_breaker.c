#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "lists/breaker.h"

static const struct {
	const char *why;
	size_t asked, listed_before, raised, cleared;
	double fraction;
	bool trips;
} list_case[] = {
    {"nothing happens", 100, 10, 0, 0, 0.5, false},
    {"one is raised", 100, 0, 1, 0, 0.5, false},
    {"four of four are still no mass", 4, 0, 4, 0, 0.5, false},
    {"five of five are", 5, 0, 5, 0, 0.5, true},
    {"half is not more than half", 10, 0, 5, 0, 0.5, false},
    {"six of ten", 10, 0, 6, 0, 0.5, true},
    {"many, but a small part", 1000, 0, 500, 0, 0.5, false},
    {"more than half of very many", 1000, 0, 501, 0, 0.5, true},
    {"all that was not listed yet", 100, 94, 6, 0, 0.5, true},
    {"three of six that were not", 100, 94, 3, 0, 0.5, false},
    {"everything listed already", 100, 100, 0, 0, 0.5, false},
    {"a strict operator", 1000, 0, 201, 0, 0.2, true},
    {"any five, for fraction 0", 1000, 0, 5, 0, 0.0, true},
    {"but not four", 1000, 0, 4, 0, 0.0, false},
    {"never, for fraction 1", 5, 0, 5, 0, 1.0, false},

    {"the only listing ends", 100, 1, 0, 1, 0.5, false},
    {"both listings end", 100, 2, 0, 2, 0.5, true},
    {"all listings end", 100, 40, 0, 40, 0.5, true},
    {"two of three end", 100, 3, 0, 2, 0.5, false},
    {"half of the listings end", 100, 40, 0, 20, 0.5, false},
    {"most of the listings end", 100, 40, 0, 21, 0.5, true},
    {"four of six end", 100, 6, 0, 4, 0.5, false},
    {"all end, even for fraction 1", 100, 2, 0, 2, 1.0, true},
    {"some come and all go", 100, 3, 1, 3, 0.5, true},
    {"some come and some go", 100, 30, 4, 4, 0.5, false},

    {"nobody was asked", 0, 0, 0, 0, 0.5, false},
    {"counts that do not agree: raised without being asked", 0, 5, 5, 0, 0.5, true},
};

static void a_list_that_flips_for_many_is_held(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(list_case); i++) {
		const struct list_change change = {list_case[i].asked, list_case[i].listed_before,
						   list_case[i].raised, list_case[i].cleared};

		if (breaker_trips(&change, list_case[i].fraction) != list_case[i].trips)
			fail_msg("%s", list_case[i].why);
	}
}

static const struct {
	size_t changed, lists;
	double fraction;
	bool trips;
} resolver_case[] = {
    {0, 41, 0.5, false}, {4, 4, 0.5, false},   {5, 5, 0.5, true},   {5, 10, 0.5, false},
    {6, 10, 0.5, true},  {20, 41, 0.5, false}, {21, 41, 0.5, true}, {41, 41, 0.5, true},
    {9, 41, 0.2, true},  {8, 41, 0.2, false},  {0, 0, 0.5, false},
};

static void many_lists_that_flip_are_the_resolvers_fault(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(resolver_case); i++)
		if (breaker_trips_for_all(resolver_case[i].changed, resolver_case[i].lists,
					  resolver_case[i].fraction) != resolver_case[i].trips)
			fail_msg("%zu of %zu", resolver_case[i].changed, resolver_case[i].lists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_that_flips_for_many_is_held),
	    cmocka_unit_test(many_lists_that_flip_are_the_resolvers_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
