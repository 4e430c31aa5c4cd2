#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "maillog/open.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAY_S = 86400, MANY = 100000 };

/* "Q00000012"; valid until the next call. */
static struct slice id_of(size_t number)
{
	static char text[16];

	return slice_of(text, (size_t)snprintf(text, sizeof(text), "Q%08zu", number));
}

static struct slice account_of(size_t number)
{
	static char text[64];

	return slice_of(text,
			(size_t)snprintf(text, sizeof(text), "user%06zu@customer%04zu.example",
					 number, number % 5000));
}

static void put(struct open_ids *ids, size_t number, int64_t at)
{
	struct open_id *open = open_put(ids, id_of(number), at);

	assert_non_null(open);
	open_set(ids, open, OPEN_ACCOUNT, account_of(number));
}

static bool has(struct open_ids *ids, size_t number)
{
	const struct open_id *open = open_find(ids, id_of(number));

	return open && slice_equal(open_text(ids, open, OPEN_ACCOUNT), account_of(number));
}

static void keeps_what_it_is_told(void **state)
{
	struct open_ids *ids = open_new(OPEN_MAX);

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		put(ids, i, 1000);
	assert_int_equal(open_count(ids), MANY);
	for (size_t i = 0; i < MANY; i++)
		assert_true(has(ids, i));
	for (size_t i = 0; i < MANY; i += 2)
		open_drop(ids, open_find(ids, id_of(i)));
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(has(ids, i), i % 2);
	for (size_t i = 0; i < MANY; i += 2)
		put(ids, i, 1000);
	for (size_t i = 0; i < MANY; i++)
		assert_true(has(ids, i));
	open_free(ids);
}

static void a_full_table_forgets_the_oldest(void **state)
{
	struct open_ids *ids = open_new(3);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		put(ids, i, 1000);
	put(ids, 0, 1001); /* spoken of again */
	put(ids, 3, 1002);
	assert_true(has(ids, 0));
	assert_false(has(ids, 1));
	assert_true(has(ids, 2));
	assert_true(has(ids, 3));
	assert_int_equal(open_count(ids), 3);
	open_free(ids);
}

static void what_is_too_old_is_forgotten(void **state)
{
	struct open_ids *ids = open_new(OPEN_MAX);

	(void)state;
	put(ids, 0, 0);
	put(ids, 1, DAY_S);
	put(ids, 2, 5 * DAY_S);
	assert_true(has(ids, 0));
	put(ids, 3, 5 * DAY_S + 1);
	assert_false(has(ids, 0));
	assert_true(has(ids, 1));
	open_free(ids);
}

static void one_stamp_of_the_future_does_not_empty_it(void **state)
{
	struct open_ids *ids = open_new(OPEN_MAX);

	(void)state;
	for (size_t i = 0; i < 100; i++)
		put(ids, i, 1000);
	put(ids, 100, OPEN_AT_MAX);
	assert_true(open_count(ids) > 95);
	open_free(ids);
}

static void long_texts_stay_within_bounds(void **state)
{
	struct open_ids *ids = open_new(OPEN_MAX);
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < 2 * MANY; i++) {
		struct open_id *open = open_put(ids, id_of(i), 1000);

		snprintf(text, 20, "%018zu", i);
		text[18] = 'x';
		open_set(ids, open, OPEN_DOMAIN, slice_of(text, sizeof(text)));
		assert_int_equal(open_text(ids, open, OPEN_DOMAIN).len, 255);
	}
	assert_true(open_count(ids) < MANY);
	open_free(ids);
}

static void ids_have_limits(void **state)
{
	struct open_ids *ids = open_new(OPEN_MAX);

	(void)state;
	assert_null(open_put(ids, slice_text(""), 0));
	assert_null(open_put(ids, slice_text("1234567890123456789012345"), 0));
	assert_null(open_find(ids, slice_text("1234567890123456789012345")));
	assert_non_null(open_put(ids, slice_text("123456789012345678901234"), 0));
	assert_null(open_find(ids, slice_text("12345678901234567890123")));
	open_free(ids);
}

static void comes_back_from_bytes(void **state)
{
	struct open_ids *ids = open_new(OPEN_MAX);
	struct open_ids *again = open_new(OPEN_MAX);
	struct str saved = {0}, second = {0};
	struct open_id *open;
	struct cursor from;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		put(ids, i, (int64_t)i);
	open = open_put(ids, id_of(7), 1000);
	open->waiting = 12;
	open->flags = OPEN_LOCAL;
	open_set(ids, open, OPEN_NOTE, slice_of("a\0b", 3));
	open_save(ids, &saved);
	from = cursor_over(saved.text, saved.len);
	put(again, 5000, 1); /* is replaced */
	assert_true(open_restore(again, &from));
	assert_int_equal(open_count(again), 1000);
	open_save(again, &second);
	assert_int_equal(second.len, saved.len);
	assert_memory_equal(second.text, saved.text, saved.len);
	for (size_t len = 0; len < saved.len; len += 97) {
		from = cursor_over(saved.text, len);
		assert_false(open_restore(again, &from));
		assert_int_equal(open_count(again), 0);
	}
	str_release(&saved);
	str_release(&second);
	open_free(ids);
	open_free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_what_it_is_told),
	    cmocka_unit_test(a_full_table_forgets_the_oldest),
	    cmocka_unit_test(what_is_too_old_is_forgotten),
	    cmocka_unit_test(one_stamp_of_the_future_does_not_empty_it),
	    cmocka_unit_test(long_texts_stay_within_bounds),
	    cmocka_unit_test(ids_have_limits),
	    cmocka_unit_test(comes_back_from_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
