#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cursor.h"
#include "base/mem.h"

static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0xff, 0xfe, 0xfd, 0xfc};

static void reads_big_endian(void **state)
{
	struct cursor cursor = cursor_over(bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(cursor_u8(&cursor), 0x01);
	assert_int_equal(cursor_u16(&cursor), 0x0203);
	assert_int_equal(cursor_left(&cursor), 5);
	assert_int_equal(cursor_u32(&cursor), 0x04fffefd);
	assert_int_equal(cursor_u8(&cursor), 0xfc);
	assert_int_equal(cursor_left(&cursor), 0);
	assert_false(cursor.is_bad);
}

static void high_bits_are_no_signs(void **state)
{
	struct cursor cursor = cursor_over(bytes + 4, 4);

	(void)state;
	assert_int_equal(cursor_u32(&cursor), 0xfffefdfcu);
	cursor_seek(&cursor, 0);
	assert_int_equal(cursor_u16(&cursor), 0xfffe);
}

/* How many bytes are there, and whether a read of so many is good. */
static const struct {
	size_t len;
	bool u8, u16, u32;
} short_case[] = {
    {0, false, false, false}, {1, true, false, false}, {2, true, true, false},
    {3, true, true, false},   {4, true, true, true},
};

static void turns_bad_past_the_end_and_reads_zeros(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(short_case); i++) {
		struct cursor one = cursor_over(bytes, short_case[i].len);
		struct cursor two = one;
		struct cursor four = one;

		assert_int_equal(cursor_u8(&one), short_case[i].u8 ? 0x01 : 0);
		assert_int_equal(one.is_bad, !short_case[i].u8);
		assert_int_equal(cursor_u16(&two), short_case[i].u16 ? 0x0102 : 0);
		assert_int_equal(two.is_bad, !short_case[i].u16);
		cursor_u32(&four);
		assert_int_equal(four.is_bad, !short_case[i].u32);
	}
}

static void a_bad_one_stays_bad(void **state)
{
	struct cursor cursor = cursor_over(bytes, 1);

	(void)state;
	assert_int_equal(cursor_u16(&cursor), 0);
	assert_true(cursor.is_bad);
	assert_int_equal(cursor_u8(&cursor), 0);
	assert_int_equal(cursor_left(&cursor), 0);
	cursor_seek(&cursor, 0);
	assert_true(cursor.is_bad);
	assert_int_equal(cursor_u8(&cursor), 0);
	assert_null(cursor_bytes(&cursor, 1));
}

static void lends_bytes(void **state)
{
	struct cursor cursor = cursor_over(bytes, sizeof(bytes));

	(void)state;
	assert_ptr_equal(cursor_bytes(&cursor, 3), bytes);
	assert_ptr_equal(cursor_bytes(&cursor, 0), bytes + 3);
	assert_ptr_equal(cursor_bytes(&cursor, 5), bytes + 3);
	assert_non_null(cursor_bytes(&cursor, 0));
	assert_false(cursor.is_bad);
	assert_null(cursor_bytes(&cursor, 1));
	assert_true(cursor.is_bad);
}

static void a_huge_count_does_not_wrap(void **state)
{
	struct cursor cursor = cursor_over(bytes, sizeof(bytes));

	(void)state;
	cursor_u8(&cursor);
	assert_null(cursor_bytes(&cursor, SIZE_MAX));
	assert_true(cursor.is_bad);
}

static void seeks_up_to_the_end(void **state)
{
	struct cursor cursor = cursor_over(bytes, sizeof(bytes));

	(void)state;
	cursor_seek(&cursor, sizeof(bytes) - 1);
	assert_int_equal(cursor_u8(&cursor), 0xfc);
	cursor_seek(&cursor, 2);
	assert_int_equal(cursor_u8(&cursor), 0x03);
	cursor_seek(&cursor, sizeof(bytes));
	assert_int_equal(cursor_left(&cursor), 0);
	assert_false(cursor.is_bad);
	cursor_seek(&cursor, sizeof(bytes) + 1);
	assert_true(cursor.is_bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_big_endian),
	    cmocka_unit_test(high_bits_are_no_signs),
	    cmocka_unit_test(turns_bad_past_the_end_and_reads_zeros),
	    cmocka_unit_test(a_bad_one_stays_bad),
	    cmocka_unit_test(lends_bytes),
	    cmocka_unit_test(a_huge_count_does_not_wrap),
	    cmocka_unit_test(seeks_up_to_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
