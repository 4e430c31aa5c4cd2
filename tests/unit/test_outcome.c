#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "dns/outcome.h"

static const struct {
	enum dns_outcome outcome;
	enum cause cause;
} cause_case[] = {
    {DNS_FOUND, CAUSE_NONE},
    {DNS_NO_DATA, CAUSE_NONE},
    {DNS_NO_NAME, CAUSE_NONE},
    {DNS_TIMEOUT, CAUSE_TIMEOUT},
    {DNS_SERVFAIL, CAUSE_SERVFAIL},
    {DNS_REFUSED, CAUSE_REFUSED},
    {DNS_GARBLED, CAUSE_GARBLED},
    {DNS_BAD_NAME, CAUSE_BAD_NAME},
    {DNS_DEADLINE, CAUSE_DEADLINE},
    {DNS_BUDGET, CAUSE_BUDGET},
    {DNS_OUTCOME_COUNT, CAUSE_GARBLED}, /* no outcome at all must not read as an answer */
    {(enum dns_outcome)1000, CAUSE_GARBLED},
};

static void only_three_outcomes_say_something_about_the_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cause_case); i++) {
		const enum dns_outcome outcome = cause_case[i].outcome;

		assert_int_equal(dns_cause(outcome), cause_case[i].cause);
		assert_int_equal(dns_is_usable(outcome), cause_case[i].cause == CAUSE_NONE);
	}
}

static void finds_an_address_among_records(void **state)
{
	const struct ip first = {4, {192, 0, 2, 1}};
	const struct ip second = {6, {0x20, 1}};
	const struct ip same_bytes = {6, {192, 0, 2, 1}};
	const struct dns_record record[] = {{.ip = first}, {.ip = second}};
	const struct dns_answer answer = {.record = record, .records = 2};
	const struct dns_answer none = {.outcome = DNS_NO_NAME};

	(void)state;
	assert_true(dns_has_ip(&answer, &first));
	assert_true(dns_has_ip(&answer, &second));
	assert_false(dns_has_ip(&answer, &same_bytes));
	assert_false(dns_has_ip(&none, &first));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_three_outcomes_say_something_about_the_name),
	    cmocka_unit_test(finds_an_address_among_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
