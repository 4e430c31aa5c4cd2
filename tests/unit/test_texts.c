#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "maillog/texts.h"

#include <stdio.h>

enum { MANY = 600000 };

static struct slice text_of(size_t number)
{
	static char text[64];

	return slice_of(text,
			(size_t)snprintf(text, sizeof(text), "user%zu@customer.example", number));
}

static void equal_texts_have_one_number(void **state)
{
	struct texts *texts = texts_new();
	const uint32_t a = texts_take(texts, slice_text("a"));
	const uint32_t b = texts_take(texts, slice_text("b"));

	(void)state;
	assert_int_not_equal(a, b);
	assert_int_equal(texts_take(texts, slice_text("a")), a);
	assert_int_equal(texts_take(texts, slice_text("")), 0);
	assert_true(slice_is(texts_get(texts, b), "b"));
	assert_true(slice_is(texts_get(texts, 0), ""));
	texts_free(texts);
}

/* Held ones stay, however many others come and go; memory does not follow those. */
static void what_nobody_holds_is_forgotten(void **state)
{
	struct texts *texts = texts_new();
	const uint32_t kept = texts_take(texts, slice_text("kept"));
	uint32_t largest = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		const uint32_t number = texts_take(texts, text_of(i));

		assert_true(slice_equal(texts_get(texts, number), text_of(i)));
		texts_drop(texts, number);
		largest = number > largest ? number : largest;
	}
	assert_true(largest < MANY / 2);
	assert_true(slice_is(texts_get(texts, kept), "kept"));
	assert_int_equal(texts_take(texts, slice_text("kept")), kept);
	assert_true(texts_bytes(texts) < 100);
	texts_free(texts);
}

static void held_texts_stay(void **state)
{
	struct texts *texts = texts_new();

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		texts_take(texts, text_of(i));
	for (size_t i = 0; i < MANY; i++)
		assert_true(
		    slice_equal(texts_get(texts, texts_take(texts, text_of(i))), text_of(i)));
	texts_free(texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(equal_texts_have_one_number),
	    cmocka_unit_test(what_nobody_holds_is_forgotten),
	    cmocka_unit_test(held_texts_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
