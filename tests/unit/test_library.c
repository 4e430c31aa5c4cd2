#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "io/library.h"

#include <math.h>
#include <string.h>

#define LIBM_CALLS(CALL) CALL(l, round) CALL(c, os)

struct libm {
	LIBM_CALLS(LIBRARY_FIELD)
};

static void calls_are_found(void **state)
{
	struct libm table;
	struct libm *const into = &table;
	const struct library_call call[] = {LIBM_CALLS(LIBRARY_CALL)};
	struct err err;

	(void)state;
	assert_true(library_load("libm.so.6", call, COUNT_OF(call), &err));
	assert_int_equal(into->round(2.4), 2);
	assert_true(into->os(0.0) > 0.99);
}

static void what_is_missing_is_named(void **state)
{
	static const struct {
		const char *soname, *call, *says;
	} row[] = {
	    {"libm.so.6", "lroundest", "libm.so.6 has no 'lroundest'"},
	    {"libnobody-has.so.0", "lround", "cannot load libnobody-has.so.0: "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		long (*call)(double) = NULL;
		const struct library_call wanted = {row[i].call, &call};
		struct err err;

		assert_false(library_load(row[i].soname, &wanted, 1, &err));
		assert_int_equal(strncmp(err.text, row[i].says, strlen(row[i].says)), 0);
		assert_null(call);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(calls_are_found),
	    cmocka_unit_test(what_is_missing_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
