#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/map.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { MANY = 20000, KEY_BYTES = 16 };

static void an_empty_one_has_nothing(void **state)
{
	struct map *map = map_new();
	void *value = &map;
	size_t at = 0;

	(void)state;
	assert_null(map_get(map, "a"));
	assert_null(map_get(map, ""));
	assert_int_equal(map_count(map), 0);
	assert_null(map_next(map, &at, &value));
	assert_ptr_equal(value, &map);
	map_free(map);
	map_free(NULL);
}

static void keys_are_copied_and_compared_whole(void **state)
{
	struct map *map = map_new();
	char key[] = "example.org";
	int one;
	int two;

	(void)state;
	map_put(map, key, &one);
	map_put(map, "", &two);
	key[0] = 'E';
	assert_ptr_equal(map_get(map, "example.org"), &one);
	assert_ptr_equal(map_get(map, ""), &two);
	assert_null(map_get(map, key));
	assert_null(map_get(map, "example.or"));
	assert_null(map_get(map, "example.orgs"));
	map_free(map);
}

static void putting_again_replaces(void **state)
{
	struct map *map = map_new();
	int one;
	int two;

	(void)state;
	map_put(map, "a", &one);
	map_put(map, "a", &two);
	assert_ptr_equal(map_get(map, "a"), &two);
	assert_int_equal(map_count(map), 1);
	map_free(map);
}

static void holds_many_and_gives_each_back_once(void **state)
{
	static int number[MANY];
	static int seen[MANY];
	struct map *map = map_new();
	char key[KEY_BYTES];
	size_t at = 0;
	size_t pairs = 0;
	void *value;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "key-%d", i);
		map_put(map, key, &number[i]);
	}
	assert_int_equal(map_count(map), MANY);
	for (int i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "key-%d", i);
		assert_ptr_equal(map_get(map, key), &number[i]);
	}
	assert_null(map_get(map, "key-20000"));
	for (const char *name; (name = map_next(map, &at, &value)); pairs++) {
		const size_t i = (size_t)((int *)value - number);

		snprintf(key, sizeof(key), "key-%zu", i);
		assert_string_equal(name, key);
		assert_int_equal(seen[i]++, 0);
	}
	assert_int_equal(pairs, MANY);
	map_free(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_one_has_nothing),
	    cmocka_unit_test(keys_are_copied_and_compared_whole),
	    cmocka_unit_test(putting_again_replaces),
	    cmocka_unit_test(holds_many_and_gives_each_back_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
