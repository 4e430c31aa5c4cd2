#include "base/mem.h"
#include "render/nagios.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void test_escape(void **state)
{
	static const struct {
		const char *text, *expected;
	} row[] = {
	    {"listed, see https://bl.example/?ip=192.0.2.1",
	     "listed, see https://bl.example/?ip=192.0.2.1"},
	    {"a | b=1;2;3", "a ? b=1;2;3"},
	    {"two\nlines\r\n  and\ttabs", "two lines and tabs"},
	    {"<B>`id`", "?B??id?"},
	    {"\x1b[31mred\x07", "?[31mred?"},
	    {"\xc2\x9b"
	     "31m",
	     "?31m"},
	    {"\xe2\x80\xae"
	     "txt",
	     "?txt"},
	    {"\xff\xfe", "??"},
	    {"逆引き", "逆引き"},
	    {"", ""},
	    {" at both ends \n", "at both ends"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		nagios_escape(&out, row[i].text);
		assert_string_equal(str_text(&out), row[i].expected);
		str_release(&out);
	}
}

static void test_line(void **state)
{
	const struct nagios_perf perf[] = {
	    {"listed", 1, false, "", "0", "0", true, true, 0, 41},
	    {"blind", 0, false, "", "", "", true, false, 0, 0},
	    {"ratio", 0.8351, false, "", "~:5", "", false, false, 0, 0},
	    {"seconds", 0.0001, false, "s", "", "", true, false, 0, 0},
	    {"age", 1e9, false, "s", "", "", false, false, 0, 0},
	    {"today", 0, true, "", "", "", true, false, 0, 0},
	};
	const struct nagios_line line = {NAGIOS_CRITICAL, "192.0.2.10 listed on bl.example",
					 "critical 192.0.2.10\n", perf, COUNT_OF(perf)};
	struct str out = {0};

	(void)state;
	nagios_print(&out, &line);
	assert_string_equal(
	    str_text(&out),
	    "REPWATCH CRITICAL - 192.0.2.10 listed on bl.example | listed=1;0;0;0;41 "
	    "blind=0;;;0 ratio=0.835;~:5 seconds=0s;;;0 age=1000000000s today=U\n"
	    "critical 192.0.2.10\n");
	str_release(&out);
}

static void test_worse(void **state)
{
	(void)state;
	assert_int_equal(nagios_worse(NAGIOS_OK, NAGIOS_UNKNOWN), NAGIOS_UNKNOWN);
	assert_int_equal(nagios_worse(NAGIOS_UNKNOWN, NAGIOS_WARNING), NAGIOS_WARNING);
	assert_int_equal(nagios_worse(NAGIOS_CRITICAL, NAGIOS_UNKNOWN), NAGIOS_CRITICAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_escape),
	    cmocka_unit_test(test_line),
	    cmocka_unit_test(test_worse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
