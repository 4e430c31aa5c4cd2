#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/near.h"

#include <stdlib.h>

enum { LEN_MAX = 70 };

/* A copy of exactly `len` bytes: a sanitizer sees a look behind them. */
static char *exactly(const char *bytes, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	return copy;
}

static void finds_what_memchr_finds(void **state)
{
	char bytes[LEN_MAX];

	(void)state;
	for (size_t len = 0; len <= LEN_MAX; len++)
		for (size_t at = 0; at <= len; at++) {
			char *copy;

			memset(bytes, 'x' + 1, sizeof(bytes));
			memset(bytes + at, 'x', sizeof(bytes) - at);
			copy = exactly(bytes, len);
			if (near_find(copy, len, 'x') != (at < len ? copy + at : NULL))
				fail_msg("'x' at %zu of %zu bytes", at, len);
			free(copy);
		}
}

static void spans_end_at_the_first_other_byte(void **state)
{
	static const char outside[] = {'0' - 1, '9' + 1, '\0', '\x7f', '\x80', '\xff', '\xb0'};

	(void)state;
	for (size_t len = 0; len <= LEN_MAX; len++)
		for (size_t at = 0; at <= len; at++) {
			char bytes[LEN_MAX + 1];
			char *copy;

			for (size_t i = 0; i < len; i++)
				bytes[i] = (char)('0' + i % 10);
			bytes[at] = outside[(len + at) % sizeof(outside)];
			copy = exactly(bytes, len);
			if (near_span(copy, len, '0', '9') != at)
				fail_msg("%zu of %zu bytes", at, len);
			free(copy);
		}
}

static void one_other_byte_makes_a_difference(void **state)
{
	char a[LEN_MAX], b[LEN_MAX];

	(void)state;
	for (size_t i = 0; i < LEN_MAX; i++)
		a[i] = b[i] = (char)(i * 37);
	for (size_t len = 0; len <= LEN_MAX; len++) {
		char *copy = exactly(a, len);

		assert_true(near_equal(copy, b, len));
		assert_true(near_hash(5, copy, len) == near_hash(5, b, len));
		for (size_t at = 0; at < len; at++) {
			copy[at] ^= 1;
			if (near_equal(copy, b, len) ||
			    near_hash(5, copy, len) == near_hash(5, b, len))
				fail_msg("byte %zu of %zu does not count", at, len);
			copy[at] ^= 1;
		}
		if (len)
			assert_true(near_hash(5, a, len) != near_hash(6, a, len));
		free(copy);
	}
}

static void only_ascii_letters_become_small(void **state)
{
	char all[256], lower[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	for (size_t from = 0; from < 16; from++) {
		char *copy = exactly(all + from, 256 - from);

		near_lower(lower, copy, 256 - from);
		for (size_t i = 0; i < 256 - from; i++) {
			const char c = copy[i];

			if (lower[i] != (c >= 'A' && c <= 'Z' ? (char)(c + 32) : c))
				fail_msg("%d becomes %d", c, lower[i]);
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_what_memchr_finds),
	    cmocka_unit_test(spans_end_at_the_first_other_byte),
	    cmocka_unit_test(one_other_byte_makes_a_difference),
	    cmocka_unit_test(only_ascii_letters_become_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
