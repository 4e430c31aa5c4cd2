#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void sets_the_sentence_and_is_false(void **state)
{
	struct err err = {0};

	(void)state;
	assert_false(err_set(&err, "cannot open '%s': %d", "x", 2));
	assert_string_equal(err.text, "cannot open 'x': 2");
	assert_false(err_set(&err, "other"));
	assert_string_equal(err.text, "other");
}

static void cuts_what_does_not_fit(void **state)
{
	const size_t len = 2 * sizeof(struct err);
	char *text = xcalloc(len + 1, 1);
	struct err err = {0};

	(void)state;
	memset(text, 'x', len);
	assert_false(err_set(&err, "%s", text));
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sets_the_sentence_and_is_false),
	    cmocka_unit_test(cuts_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
