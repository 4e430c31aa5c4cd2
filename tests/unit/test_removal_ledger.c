#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "run/removal.h"

/* What an operator types for a list or a receiver. */

static void zones_need_no_key(void **state)
{
	static const struct {
		const char *subject, *word;
		bool is_it;
	} row[] = {
	    {"bl.example", "bl.example", true},
	    {"bl.example", "BL.Example", true},
	    {"bl.example", "l.example", false},
	    {"bl.example", "", false},
	    {"<KEY>.zen.example", "<key>.zen.example", true},
	    {"<KEY>.zen.example", "zen.example", true},
	    {"<KEY>.zen.example", "example", false},
	    {"<KEY>", "KEY", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++)
		assert_int_equal(removal_is_zone(row[i].subject, row[i].word), row[i].is_it);
}

static void words_are_zones_or_receivers(void **state)
{
	static const struct list list[] = {
	    {.zone = "bl.example"}, {.zone = "<KEY>.zen.example"}, {.zone = "gmail"}};
	static const struct receiver_rule receiver[] = {{.name = "gmail"}, {.name = "docomo"}};
	static const struct receivers receivers = {receiver, COUNT_OF(receiver)};
	static const struct conf conf = {.catalogue = {.list = list, .lists = COUNT_OF(list)}};
	static const struct {
		const char *word, *check, *subject; /* NULL: nobody knows it */
	} row[] = {
	    {"BL.EXAMPLE", "dnsbl", "bl.example"},
	    {"zen.example", "dnsbl", "<KEY>.zen.example"},
	    {"gmail", "dnsbl", "gmail"},
	    {"Docomo", "receiver", "docomo"},
	    {"other", "receiver", "other"},
	    {"docom", NULL, NULL},
	    {"", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct removal_key key = {.check = NULL};

		assert_int_equal(removal_subject(&conf, &receivers, row[i].word, &key),
				 row[i].check != NULL);
		if (!row[i].check)
			continue;
		assert_string_equal(key.check, row[i].check);
		assert_string_equal(key.subject, row[i].subject);
	}
}

static void addresses_are_configured_ones(void **state)
{
	static const struct conf_address address[] = {
	    {.prefix = {{.family = 4, .byte = {192, 0, 2, 8}}, 30}}};
	static const struct list list[] = {{.zone = "bl.example"}};
	static const struct receivers receivers = {NULL, 0};
	static const struct conf conf = {
	    .address = address,
	    .addresses = COUNT_OF(address),
	    .catalogue = {.list = list, .lists = COUNT_OF(list)},
	};
	static const struct {
		const char *address, *word, *says; /* NULL: found */
	} row[] = {
	    {"192.0.2.10", "bl.example", NULL},
	    {"192.0.2.12", "bl.example", "'192.0.2.12' is no configured address"},
	    {"mail.example", "bl.example", "'mail.example' is no address"},
	    {"192.0.2.10", "gmail",
	     "'gmail' is neither the zone of a list in the catalogue nor a receiver"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct removal_key key;
		struct err err = {""};

		assert_int_equal(
		    removal_find(&conf, &receivers, row[i].address, row[i].word, arena, &key, &err),
		    row[i].says == NULL);
		assert_string_equal(err.text, row[i].says ? row[i].says : "");
		if (!row[i].says)
			assert_string_equal(key.address, "192.0.2.10");
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zones_need_no_key),
	    cmocka_unit_test(words_are_zones_or_receivers),
	    cmocka_unit_test(addresses_are_configured_ones),
	};

	return cmocka_run_group_tests_name("what requests are about", tests, NULL, NULL);
}
