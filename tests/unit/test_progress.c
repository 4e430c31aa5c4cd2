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
		bool is_bytes;
	} row[] = {
	    {80, 0, 560, 1, "[..............................]   0%  0/560", false},
	    {80, 280, 560, 10, "[###############...............]  50%  280/560  28/s  11s left",
	     false},
	    {80, 560, 560, 20, "[##############################] 100%  560/560", false},
	    {60, 280, 560, 10, "[#########.........]  50%  280/560  28/s  11s left", false},
	    {40, 280, 560, 10, " 50%  280/560  28/s  11s left", false},
	    {80, 1000, 10000000, 1,
	     "[..............................]   0%  1000/10000000  1000/s  2h 46m left", false},
	    {80, 0, 0, 1, "[..............................]   0%  0/0", false},
	    {80, 280000000, 560000000, 10,
	     "[###############...............]  50%  280.0/560.0 MB  28.0 MB/s  11s left", true},
	    {80, 150000, 600000, 2,
	     "[#######.......................]  25%  0.1/0.6 MB  0.1 MB/s  7s left", true},
	    {80, 560000000, 560000000, 20, "[##############################] 100%  560.0/560.0 MB",
	     true},
	    {60, 12345678901, 12345678902, 100,
	     "[#########.] 100%  12345.7/12345.7 MB  123.5 MB/s  1s left", true},
	    {40, 280000000, 560000000, 10, " 50%  280.0/560.0 MB  28.0 MB/s  11s left", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct progress progress = {.columns = row[i].columns,
						  .is_bytes = row[i].is_bytes};
		struct str out = {0};

		progress_line(&out, &progress, row[i].done, row[i].total,
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
