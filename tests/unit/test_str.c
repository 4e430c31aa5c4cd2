#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"

#include <string.h>

static void the_empty_one_is_an_empty_text(void **state)
{
	struct str str = {0};

	(void)state;
	assert_string_equal(str_text(&str), "");
	str_clear(&str);
	assert_string_equal(str_text(&str), "");
	str_release(&str);
	str_release(&str);
}

static void adding_nothing_leaves_a_text(void **state)
{
	struct str str = {0};

	(void)state;
	str_add(&str, "");
	str_add_bytes(&str, NULL, 0);
	str_add_fill(&str, '-', 0);
	str_addf(&str, "%s", "");
	assert_int_equal(str.len, 0);
	assert_string_equal(str_text(&str), "");
	str_release(&str);
}

static void adds_in_every_way(void **state)
{
	struct str str = {0};

	(void)state;
	str_add(&str, "one");
	str_add_char(&str, ' ');
	str_addf(&str, "%d-%s", 2, "two");
	str_add_fill(&str, '.', 3);
	str_add_bytes(&str, "threeXX", 5);
	assert_string_equal(str_text(&str), "one 2-two...three");
	assert_int_equal(str.len, strlen("one 2-two...three"));
	str_release(&str);
	assert_null(str.text);
}

static void keeps_nul_bytes(void **state)
{
	struct str str = {0};

	(void)state;
	str_add_bytes(&str, "a\0b", 3);
	str_add_char(&str, '\0');
	str_add(&str, "c");
	assert_int_equal(str.len, 5);
	assert_memory_equal(str_text(&str), "a\0b\0c", 6);
	str_release(&str);
}

static void clearing_keeps_the_memory(void **state)
{
	struct str str = {0};
	size_t room;

	(void)state;
	str_add_fill(&str, 'x', 1000);
	room = str.room;
	str_clear(&str);
	assert_string_equal(str_text(&str), "");
	assert_int_equal(str.room, room);
	str_add(&str, "y");
	assert_string_equal(str_text(&str), "y");
	str_release(&str);
}

/* Around each size at which it has to grow, the NUL must still fit. */
static void grows_at_every_length(void **state)
{
	(void)state;
	for (size_t len = 0; len < 300; len++) {
		struct str filled = {0};
		struct str formatted = {0};
		struct str grown = {0};

		str_add_fill(&filled, 'x', len);
		str_addf(&formatted, "%s", str_text(&filled));
		for (size_t i = 0; i < len; i++)
			str_add_char(&grown, 'x');
		assert_int_equal(strlen(str_text(&filled)), len);
		assert_string_equal(str_text(&formatted), str_text(&filled));
		assert_string_equal(str_text(&grown), str_text(&filled));
		str_release(&filled);
		str_release(&formatted);
		str_release(&grown);
	}
}

static void takes_a_megabyte_at_once(void **state)
{
	struct str str = {0};

	(void)state;
	str_add(&str, "a");
	str_add_fill(&str, 'b', 1 << 20);
	str_add(&str, "c");
	assert_int_equal(str.len, (1 << 20) + 2);
	assert_int_equal(str.text[0], 'a');
	assert_int_equal(str.text[str.len - 1], 'c');
	str_release(&str);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_empty_one_is_an_empty_text),
	    cmocka_unit_test(adding_nothing_leaves_a_text),
	    cmocka_unit_test(adds_in_every_way),
	    cmocka_unit_test(keeps_nul_bytes),
	    cmocka_unit_test(clearing_keeps_the_memory),
	    cmocka_unit_test(grows_at_every_length),
	    cmocka_unit_test(takes_a_megabyte_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
