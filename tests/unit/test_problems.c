#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/problems.h"
#include "base/mem.h"

#include <string.h>

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void the_worst_comes_first(void **state)
{
	struct problems list = problems_over(*state);
	struct auth_problems sorted;

	assert_int_equal(problems_state(&list), AUTH_OK);
	problems_note(&list, SEVERITY_INFO, NULL, "a note");
	assert_int_equal(problems_state(&list), AUTH_OK);
	problems_note(&list, SEVERITY_MINOR, "a fix", "number %d", 1);
	assert_int_equal(problems_state(&list), AUTH_WEAK);
	problems_note(&list, SEVERITY_MAJOR, NULL, "it is broken");
	problems_note(&list, SEVERITY_MINOR, NULL, "number %d", 2);
	assert_int_equal(problems_state(&list), AUTH_BROKEN);
	sorted = problems_sorted(&list);
	assert_int_equal(sorted.count, 4);
	assert_string_equal(sorted.problem[0].text, "it is broken");
	assert_string_equal(sorted.problem[0].fix, "");
	assert_string_equal(sorted.problem[1].text, "number 1");
	assert_string_equal(sorted.problem[1].fix, "a fix");
	assert_string_equal(sorted.problem[2].text, "number 2");
	assert_string_equal(sorted.problem[3].text, "a note");
}

/* However many small things are wrong, the one that matters is kept. */
static void a_full_list_drops_the_mildest(void **state)
{
	struct problems list = problems_over(*state);
	struct auth_problems sorted;

	for (int i = 0; i < 2 * PROBLEMS_MAX; i++)
		problems_note(&list, i == 3 ? SEVERITY_INFO : SEVERITY_MINOR, NULL, "number %d", i);
	problems_note(&list, SEVERITY_MAJOR, NULL, "it is broken");
	sorted = problems_sorted(&list);
	assert_int_equal(sorted.count, PROBLEMS_MAX);
	assert_string_equal(sorted.problem[0].text, "it is broken");
	assert_int_equal(problems_state(&list), AUTH_BROKEN);
	for (size_t i = 0; i < sorted.count; i++)
		assert_string_not_equal(sorted.problem[i].text, "number 3");
}

static void a_record_is_bounded_and_a_line_can_be_published(void **state)
{
	char long_text[5000];
	const char *line;

	memset(long_text, 'a', sizeof(long_text));
	long_text[1] = '\0';
	line = problems_record(slice_of(long_text, sizeof(long_text)), *state);
	assert_int_equal(strlen(line), 1024);
	assert_int_equal(line[1], '?');
	assert_string_equal(problems_record((struct slice){0}, *state), "");

	assert_string_equal(problems_txt("a.example", slice_text("say \"\\\" \xff"), *state),
			    "a.example. IN TXT \"say \\\"\\\\\\\" \\255\"");
	line = problems_txt("a", slice_of(long_text + 2, 256), *state);
	assert_non_null(strstr(line, "aaaa\" \"a\""));
	assert_null(strstr(problems_txt("a", slice_of(long_text + 2, 255), *state), "\" \""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_worst_comes_first),
	    cmocka_unit_test(a_full_list_drops_the_mildest),
	    cmocka_unit_test(a_record_is_bounded_and_a_line_can_be_published),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
