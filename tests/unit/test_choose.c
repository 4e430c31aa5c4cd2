#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "cli/choose.h"
#include "lists/catalogue.h"

#include <string.h>

static const struct list list[] = {
    {.zone = "one.example", .name = "One", .is_enabled = true, .covers = COVERS_IP4},
    {.zone = "off.example", .why_disabled = "register first", .covers = COVERS_IP4},
    {.zone = "<KEY>.dq.example", .key_name = "dq", .why_disabled = "there is no key 'dq'"},
};
static const struct retired_list retired[] = {{"*.dead.example", "shut down in 2019"}};
static const struct catalogue catalogue = {list, COUNT_OF(list), retired, COUNT_OF(retired)};

static bool choose(const char *zone, struct catalogue *chosen, struct arena *arena, struct err *err)
{
	const struct choice choice = {&zone, 1, COVERS_IP6};

	*chosen = catalogue;
	return choose_lists(chosen, &choice, arena, err);
}

static void takes_what_the_catalogue_knows(void **state)
{
	static const char *const zone[] = {"one.example", "OFF.example", "one.example."};
	static const char *const found[] = {"one.example", "off.example", "one.example"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(zone); i++) {
		struct arena *arena = arena_new();
		struct catalogue chosen;
		struct err err;

		assert_true(choose(zone[i], &chosen, arena, &err));
		assert_int_equal(chosen.lists, 1);
		assert_string_equal(chosen.list[0].zone, found[i]);
		assert_true(chosen.list[0].is_enabled);
		arena_free(arena);
	}
}

/* RFC 5782: 127.0.0.2 and ::FFFF:7F00:2 are listed, 127.0.0.1 and ::FFFF:7F00:1 are not. */
static void asks_an_unknown_one_by_the_rfc(void **state)
{
	struct arena *arena = arena_new();
	const struct list_code *means;
	struct catalogue chosen;
	struct err err;

	(void)state;
	assert_true(choose("New.Example", &chosen, arena, &err));
	assert_string_equal(chosen.list[0].zone, "new.example");
	assert_string_equal(chosen.list[0].query_zone, "new.example");
	assert_int_equal(chosen.list[0].covers, COVERS_IP6);
	assert_int_equal(chosen.list[0].kind, LIST_BLOCK);
	assert_int_equal(chosen.list[0].severity, SEVERITY_MAJOR);
	assert_string_equal(chosen.list[0].test6.positive, "::FFFF:7F00:2");
	assert_int_equal(catalogue_meanings(&chosen.list[0], 0x7f000002, &means, 1), 1);
	assert_int_equal(catalogue_meanings(&chosen.list[0], 0x7f0000fe, &means, 1), 1);
	assert_int_equal(catalogue_meanings(&chosen.list[0], 0x7f000001, &means, 1), 0);
	assert_int_equal(catalogue_meanings(&chosen.list[0], 0x7f0000ff, &means, 1), 0);
	arena_free(arena);
}

static void refuses_with_the_reason(void **state)
{
	static const struct {
		const char *zone, *err;
	} row[] = {
	    {"bl.dead.example", "--list: 'bl.dead.example' must not be asked: shut down in 2019"},
	    {"<KEY>.dq.example", "--list: '<KEY>.dq.example' needs a key: there is no key 'dq'"},
	    {"nodot", "--list: 'nodot' is no zone"},
	    {"two words.example", "--list: 'two words.example' is no zone"},
	    {"", "--list: '' is no zone"},
	    {"192.0.2.1", "--list: '192.0.2.1' is no zone"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct arena *arena = arena_new();
		struct catalogue chosen;
		struct err err;

		assert_false(choose(row[i].zone, &chosen, arena, &err));
		assert_string_equal(err.text, row[i].err);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_what_the_catalogue_knows),
	    cmocka_unit_test(asks_an_unknown_one_by_the_rfc),
	    cmocka_unit_test(refuses_with_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
