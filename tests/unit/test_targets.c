#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "cli/targets.h"

#include <stdbool.h>
#include <string.h>

enum { WORDS_MAX = 4 };

static bool parse(const char *const *word, struct arena *arena, struct targets *targets,
		  struct err *err)
{
	struct targets_line line = {word, 0, "mail.example.jp"};

	while (line.words < WORDS_MAX && word[line.words])
		line.words++;
	return targets_parse(&line, arena, targets, err);
}

static const struct {
	const char *word[WORDS_MAX];
	const char *told; /* the targets, joined */
	unsigned covers;
} good[] = {
    {{"192.0.2.10"}, "192.0.2.10", COVERS_IP4},
    {{"2001:DB8:0::25"}, "2001:db8::25", COVERS_IP6},
    {{"192.0.2.8/30"}, "192.0.2.8 192.0.2.9 192.0.2.10 192.0.2.11", COVERS_IP4},
    {{"2001:db8::fe/127"}, "2001:db8::fe 2001:db8::ff", COVERS_IP6},
    {{"192.0.2.10/32"}, "192.0.2.10", COVERS_IP4},
    {{"::FFFF:192.0.2.10", "192.0.2.10"}, "192.0.2.10", COVERS_IP4},
    {{"Example.JP."}, "example.jp", COVERS_DOMAIN},
    {{"xn--eckwd4c7c.example"}, "xn--eckwd4c7c.example", COVERS_DOMAIN},
    {{"\346\227\245\346\234\254.jp"}, "xn--wgv71a.jp", COVERS_DOMAIN},
    {{"192.0.2.10", "example.jp", "::1"},
     "192.0.2.10 example.jp ::1",
     COVERS_IP4 | COVERS_IP6 | COVERS_DOMAIN},
    {{"192.0.2.9", "192.0.2.8/30", "192.0.2.9"},
     "192.0.2.9 192.0.2.8 192.0.2.10 192.0.2.11",
     COVERS_IP4},
};

static void takes_addresses_blocks_and_domains(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		struct arena *arena = arena_new();
		const char *told = "";
		struct targets targets;
		struct err err;

		if (!parse(good[i].word, arena, &targets, &err))
			fail_msg("row %zu: %s", i, err.text);
		for (size_t j = 0; j < targets.count; j++) {
			const struct target *target = &targets.target[j];

			told = arena_printf(arena, "%s%s%s", told, j ? " " : "", target->text);
			assert_string_equal(
			    target->helo, target->kind == TARGET_ADDRESS ? "mail.example.jp" : "");
			assert_string_equal(target->name, "");
		}
		assert_string_equal(told, good[i].told);
		assert_int_equal(targets.covers, good[i].covers);
		arena_free(arena);
	}
}

static const struct {
	const char *word[WORDS_MAX];
	const char *err;
} bad[] = {
    {{"192.0.2.256"}, "'192.0.2.256' is no address, no block and no domain"},
    {{"192.0.2"}, "'192.0.2' is no address, no block and no domain"},
    {{"localhost"}, "'localhost' is no address, no block and no domain"},
    {{"fe80::1%eth0"}, "'fe80::1%eth0' is no address, no block and no domain"},
    {{""}, "'' is no address, no block and no domain"},
    {{"a..b"}, "'a..b' is no address, no block and no domain"},
    {{"http://example.jp"}, "'http://example.jp' is not a block: 'http:' is no address"},
    {{"user@example.jp"}, "'user@example.jp' is no address, no block and no domain"},
    {{"192.0.2.10 "}, "'192.0.2.10 ' is no address, no block and no domain"},
    {{"192.0.2.10/28"},
     "'192.0.2.10/28' is an address within a block; did you mean '192.0.2.0/28' or '192.0.2.10'?"},
    {{"2001:db8::25/64"},
     "'2001:db8::25/64' is an address within a block; did you mean '2001:db8::/64' or "
     "'2001:db8::25'?"},
    {{"192.0.2.0/33"}, "'192.0.2.0/33' is not a block: behind the slash stands a number up to 32"},
    {{"192.0.2.0/"}, "'192.0.2.0/' is not a block: behind the slash stands a number up to 32"},
    {{"::/129"}, "'::/129' is not a block: behind the slash stands a number up to 128"},
    {{"10.0.0.0/8"}, "'10.0.0.0/8' holds more than 4096 addresses; name those that send mail"},
    {{"::/0"}, "'::/0' holds more than 4096 addresses; name those that send mail"},
    {{"10.0.0.0/20", "10.0.16.0"},
     "more than 4096 targets at once; put a network of this size into the configuration and use "
     "'repwatch run'"},
};

static void says_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct arena *arena = arena_new();
		struct targets targets;
		struct err err;

		if (parse(bad[i].word, arena, &targets, &err))
			fail_msg("row %zu was taken", i);
		assert_string_equal(err.text, bad[i].err);
		arena_free(arena);
	}
}

static void takes_as_many_as_it_says(void **state)
{
	const char *const word[WORDS_MAX] = {"10.0.0.0/20"};
	struct arena *arena = arena_new();
	struct targets targets;
	struct err err;

	(void)state;
	assert_true(parse(word, arena, &targets, &err));
	assert_int_equal(targets.count, TARGETS_MAX);
	assert_string_equal(targets.target[4095].text, "10.0.15.255");
	arena_free(arena);
}

static void knows_private_addresses(void **state)
{
	static const struct {
		const char *address;
		bool is_private;
	} row[] = {
	    {"10.0.0.1", true},      {"172.31.255.255", true}, {"192.168.1.1", true},
	    {"100.64.0.1", true},    {"127.0.0.2", true},      {"169.254.1.1", true},
	    {"::1", true},           {"fd00::1", true},        {"fe80::1", true},
	    {"172.32.0.1", false},   {"100.128.0.1", false},   {"192.0.2.10", false},
	    {"198.51.100.1", false}, {"2001:db8::1", false},   {"::2", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct ip ip;

		assert_true(ip_parse(row[i].address, &ip));
		if (targets_is_private(&ip) != row[i].is_private)
			fail_msg("%s", row[i].address);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_addresses_blocks_and_domains),
	    cmocka_unit_test(says_what_is_wrong),
	    cmocka_unit_test(takes_as_many_as_it_says),
	    cmocka_unit_test(knows_private_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
