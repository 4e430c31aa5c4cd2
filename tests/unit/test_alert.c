/* The words of alerts: one each, and back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/alert.h"

static void words(void **state)
{
	(void)state;
	for (int i = 0; i < INCIDENT_KIND_COUNT; i++)
		assert_int_equal(incident_kind_parse(incident_kind_name((enum incident_kind)i)), i);
	for (int i = 0; i < ALERT_KIND_COUNT; i++)
		assert_int_equal(alert_kind_parse(alert_kind_name((enum alert_kind)i)), i);
	assert_string_equal(incident_kind_name(INCIDENT_SENDER), "sender");
	assert_string_equal(alert_kind_name(ALERT_GREW), "grew");
	assert_int_equal(incident_kind_parse("Address"), -1);
	assert_int_equal(alert_kind_parse(""), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(words)};

	return cmocka_run_group_tests_name("alert", tests, NULL, NULL);
}
