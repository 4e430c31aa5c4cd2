#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "dns/ask.h"

static void a_question_is_noted_once_and_then_answered(void **state)
{
	struct arena *arena = arena_new();
	struct ask ask = ask_over(arena);
	const struct dns_answer gone = {.outcome = DNS_NO_NAME};

	(void)state;
	assert_null(ask_dns(&ask, "a.test", DNS_A));
	assert_null(ask_dns(&ask, "A.Test.", DNS_A));
	assert_int_equal(ask.questions, 1);
	assert_null(ask_dns(&ask, "a.test", DNS_TXT));
	assert_int_equal(ask.open, 2);
	ask_answer(&ask, 0, &gone);
	assert_int_equal(ask.open, 1);
	assert_int_equal(ask_dns(&ask, "a.test", DNS_A)->outcome, DNS_NO_NAME);
	assert_null(ask_dns(&ask, "a.test", DNS_TXT));
	arena_free(arena);
}

static void a_name_beyond_the_limits_is_answered_at_once(void **state)
{
	struct arena *arena = arena_new();
	struct ask ask = ask_over(arena);
	char name[300];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(ask_dns(&ask, name, DNS_A)->outcome, DNS_BAD_NAME);
	assert_int_equal(ask_dns(&ask, "", DNS_A)->outcome, DNS_BAD_NAME);
	assert_int_equal(ask.open, 0);
	arena_free(arena);
}

static void a_job_has_a_limit(void **state)
{
	struct arena *arena = arena_new();
	struct ask ask = ask_over(arena);
	char name[32];

	(void)state;
	for (int i = 0; i < ASK_QUESTIONS_MAX; i++) {
		snprintf(name, sizeof(name), "n%d.test", i);
		assert_null(ask_dns(&ask, name, DNS_A));
	}
	assert_false(ask.is_over);
	assert_int_equal(ask_dns(&ask, "one-more.test", DNS_A)->outcome, DNS_BUDGET);
	assert_true(ask.is_over);
	assert_int_equal(ask.open, ASK_QUESTIONS_MAX);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_question_is_noted_once_and_then_answered),
	    cmocka_unit_test(a_name_beyond_the_limits_is_answered_at_once),
	    cmocka_unit_test(a_job_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
