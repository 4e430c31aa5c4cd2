#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "judge/suspects.h"

#include <math.h>
#include <string.h>

enum { ACCOUNTS = 6 };

static const struct {
	const char *why;
	struct account_volume account[ACCOUNTS];
	const char *order; /* the suspects, likeliest first, one letter each */
} rank_case[] = {
    {"nobody sends", {{.account = "a"}}, ""},
    {"who sends much every day is none",
     {{.account = "a", .recent = 90000, .usual = 88000},
      {.account = "b", .recent = 40, .usual = 41}},
     ""},
    {"not even with half as much again but a little",
     {{.account = "a", .recent = 1499, .usual = 1000}},
     ""},
    {"from there on it is", {{.account = "a", .recent = 1500, .usual = 1000}}, "a"},
    {"a small account that grew beats a large one that did not",
     {{.account = "a", .recent = 90000, .usual = 88000},
      {.account = "b", .recent = 3000, .usual = 40}},
     "b"},
    {"a new account with much mail",
     {{.account = "a", .recent = 5000, .usual = 4900}, {.account = "b", .recent = 2000}},
     "b"},
    {"a new account with a letter or two is none",
     {{.account = "a", .recent = 19}, {.account = "b", .recent = 20}},
     "b"},
    {"ten times a handful is less than twice very much",
     {{.account = "a", .recent = 50, .usual = 5},
      {.account = "b", .recent = 40000, .usual = 20000}},
     "ba"},
    {"of two that grew alike, the one with unknown users",
     {{.account = "a", .recent = 4000, .usual = 100},
      {.account = "b", .recent = 4000, .bounced = 800, .unknown_user = 800, .usual = 100}},
     "ba"},
    {"unknown users say more than other bounces",
     {{.account = "a", .recent = 4000, .bounced = 800, .usual = 100},
      {.account = "b", .recent = 4000, .bounced = 800, .unknown_user = 800, .usual = 100},
      {.account = "c", .recent = 4000, .usual = 100}},
     "bac"},
    {"refused as spam says more than bounced",
     {{.account = "a", .recent = 4000, .bounced = 800, .usual = 100},
      {.account = "b", .recent = 4000, .blocked = 800, .usual = 100}},
     "ba"},
    {"a stolen account sends less than the newsletter and is still first",
     {{.account = "a", .recent = 6000, .usual = 2000, .receivers = 8},
      {.account = "b",
       .recent = 4000,
       .bounced = 1600,
       .unknown_user = 1400,
       .receivers = 300,
       .usual = 12}},
     "ba"},
    {"many receivers",
     {{.account = "a", .recent = 4000, .usual = 100, .receivers = 3},
      {.account = "b", .recent = 4000, .usual = 100, .receivers = 200}},
     "ba"},
    {"equal in all: by name",
     {{.account = "c", .recent = 500},
      {.account = "a", .recent = 500},
      {.account = "b", .recent = 500}},
     "abc"},
    {"the larger of equal scores is first",
     {{.account = "a", .recent = UINT64_MAX, .usual = NAN},
      {.account = "b", .recent = UINT64_MAX - 1, .usual = -INFINITY}},
     "ab"},
    {"a usual that is no number is none of our excuses",
     {{.account = "a", .recent = 500, .usual = INFINITY},
      {.account = "b", .recent = 500, .usual = NAN}},
     "b"},
    {"more bounced than sent is all of it",
     {{.account = "a",
       .recent = 100,
       .bounced = UINT64_MAX,
       .unknown_user = UINT64_MAX,
       .blocked = UINT64_MAX},
      {.account = "b", .recent = 100, .bounced = 100, .unknown_user = 100, .blocked = 100}},
     "ab"},
    {"never more than five",
     {{.account = "a", .recent = 600},
      {.account = "b", .recent = 500},
      {.account = "c", .recent = 400},
      {.account = "d", .recent = 300},
      {.account = "e", .recent = 200},
      {.account = "f", .recent = 700}},
     "fabcd"},
};

static size_t accounts_in(const struct account_volume *account)
{
	size_t count = 0;

	while (count < ACCOUNTS && account[count].account)
		count++;
	return count;
}

/* Whoever listed the accounts must not matter: each case also runs rotated. */
static void growth_over_ones_own_usual_makes_a_suspect(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rank_case); i++) {
		const size_t accounts = accounts_in(rank_case[i].account);

		for (size_t turn = 0; turn < accounts; turn++) {
			struct account_volume turned[ACCOUNTS];
			struct suspect suspect[SUSPECTS_MAX];
			char order[SUSPECTS_MAX + 1] = "";
			size_t found;

			for (size_t k = 0; k < accounts; k++)
				turned[k] = rank_case[i].account[(k + turn) % accounts];
			found = suspects_rank(turned, accounts, suspect, SUSPECTS_MAX);
			for (size_t k = 0; k < found; k++)
				order[k] = *suspect[k].account;
			if (strcmp(order, rank_case[i].order) != 0)
				fail_msg("%s: '%s'", rank_case[i].why, order);
		}
	}
}

static void a_suspect_has_its_figures(void **state)
{
	const struct account_volume account[] = {
	    {.account = "shop", .recent = 6000, .usual = 6000},
	    {.account = "info",
	     .recent = 4000,
	     .bounced = 1000,
	     .unknown_user = 800,
	     .usual = 160,
	     .receivers = 31},
	    {.account = "new", .recent = 30},
	};
	struct suspect suspect[SUSPECTS_MAX];

	(void)state;
	assert_int_equal(suspects_rank(account, COUNT_OF(account), suspect, SUSPECTS_MAX), 2);
	assert_ptr_equal(suspect[0].account, account[1].account);
	assert_int_equal(suspect[0].sent, 4000);
	assert_float_equal(suspect[0].usual, 160, 0);
	assert_float_equal(suspect[0].factor, 25, 0);
	assert_float_equal(suspect[0].share, 4000.0 / 10030, 1e-9);
	assert_float_equal(suspect[0].bounce_share, 0.25, 0);
	assert_float_equal(suspect[0].unknown_share, 0.2, 0);
	assert_int_equal(suspect[0].receivers, 31);
	assert_float_equal(suspect[1].factor, 30, 0);
	assert_true(suspect[0].score > suspect[1].score && suspect[1].score > 0);
}

static void no_room_and_nobody_are_fine(void **state)
{
	const struct account_volume account = {.account = "a", .recent = 5000};
	struct suspect suspect[1] = {{.sent = 7}};

	(void)state;
	assert_int_equal(suspects_rank(NULL, 0, suspect, 1), 0);
	assert_int_equal(suspects_rank(&account, 1, suspect, 0), 0);
	assert_int_equal(suspect[0].sent, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(growth_over_ones_own_usual_makes_a_suspect),
	    cmocka_unit_test(a_suspect_has_its_figures),
	    cmocka_unit_test(no_room_and_nobody_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
