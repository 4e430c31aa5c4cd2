#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "cli/progress.h"

#include <string.h>

static void draws_bar_rate_and_time_left(void **state)
{
	static const struct {
		size_t columns;
		uint64_t done, total;
		int64_t elapsed_s;
		const char *line;
	} row[] = {
	    {80, 0, 560, 1, "[..............................]   0%  0/560"},
	    {80, 280, 560, 10, "[###############...............]  50%  280/560  28/s  11s left"},
	    {80, 560, 560, 20, "[##############################] 100%  560/560"},
	    {60, 280, 560, 10, "[#########.........]  50%  280/560  28/s  11s left"},
	    {40, 280, 560, 10, " 50%  280/560  28/s  11s left"},
	    {80, 1000, 10000000, 1,
	     "[..............................]   0%  1000/10000000  1000/s  2h 46m left"},
	    {80, 0, 0, 1, "[..............................]   0%  0/0"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		progress_line(&out, row[i].columns, row[i].done, row[i].total,
			      row[i].elapsed_s * 1000000);
		assert_string_equal(str_text(&out), row[i].line);
		str_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(draws_bar_rate_and_time_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
