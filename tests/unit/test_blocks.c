#include "base/mem.h"
#include "render/blocks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void test_bar(void **state)
{
	static const struct {
		uint64_t value, most;
		size_t columns;
		const char *expected;
	} row[] = {
	    {0, 100, 4, ""},     {100, 100, 4, "████"},
	    {50, 100, 4, "██"},  {13, 100, 4, "▌"},
	    {15, 16, 2, "█▉"},   {1, 1000000, 4, "▏"}, /* little is not nothing */
	    {200, 100, 2, "██"}, {5, 0, 2, "▏"},
	    {0, 0, 2, ""},       {UINT64_MAX, UINT64_MAX, 1, "█"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		blocks_bar(&out, row[i].value, row[i].most, row[i].columns);
		assert_string_equal(str_text(&out), row[i].expected);
		str_release(&out);
	}
}

static void test_spark(void **state)
{
	static const struct {
		uint64_t value[8];
		size_t values;
		const char *expected;
	} row[] = {
	    {{0}, 0, ""},
	    {{0, 0, 0}, 3, "   "},
	    {{1, 2, 3, 4, 5, 6, 7, 8}, 8, "▁▂▃▄▅▆▇█"},
	    {{1, 0, 1000}, 3, "▁ █"},
	    {{7}, 1, "█"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		blocks_spark(&out, row[i].value, row[i].values);
		assert_string_equal(str_text(&out), row[i].expected);
		str_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bar),
	    cmocka_unit_test(test_spark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
