#include "base/mem.h"
#include "render/metrics.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char *text_of(const struct metrics *metrics, bool is_open)
{
	struct str out = {0};
	char *text;

	metrics_text(&out, metrics, is_open);
	text = xstrdup(str_text(&out));
	str_release(&out);
	return text;
}

static void check_line(const struct metrics *metrics, const char *line)
{
	char *const text = text_of(metrics, false);

	if (!strstr(text, line))
		fail_msg("there is no\n%s\nin\n%s", line, text);
	free(text);
}

/* Whatever a value holds, it ends at its quote and its line is one line. */
static void test_labels(void **state)
{
	static const struct {
		const char *value, *expected;
	} row[] = {
	    {"gmail", "\"gmail\""},
	    {"a\"b", "\"a\\\"b\""},
	    {"a\\", "\"a\\\\\""},
	    {"a\nrepwatch_x 1", "\"a\\nrepwatch_x 1\""},
	    {"逆引き", "\"逆引き\""},
	    {"\xff", "\"\xef\xbf\xbd\""},
	    {"", "\"\""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct metrics metrics = {.version = row[i].value};
		struct str line = {0};

		str_addf(&line, "\nrepwatch_build_info{version=%s} 1\n", row[i].expected);
		check_line(&metrics, str_text(&line));
		str_release(&line);
	}
}

static const struct list made_list[] = {
    {.zone = "ok.test", .is_enabled = true},
    {.zone = "sick.test", .is_enabled = true},
    {.zone = "untried.test", .is_enabled = true},
    {.zone = "off.test"},
};
static const struct list_view list_view[] = {
    {.list = &made_list[0], .has_health = true, .health = HEALTH_OK},
    {.list = &made_list[1], .has_health = true, .health = HEALTH_SICK},
    {.list = &made_list[2]},
    {.list = &made_list[3], .has_health = true, .health = HEALTH_OK},
};
static const struct standing standing[] = {
    {.check = "dnsbl",
     .subject = "ok.test",
     .belief = FINDING_LISTED,
     .since = 1700000000,
     .severity = SEVERITY_MAJOR},
    {.check = "dnsbl", .subject = "sick.test", .belief = FINDING_BLIND},
    {.check = "dnsbl", .subject = "allow.test", .belief = FINDING_NOTED},
    {.check = "ptr", .subject = "", .belief = FINDING_BROKEN},
};
static const struct receiver_view receiver[] = {
    {.receiver = "gmail", .blocked_since = 1700000500, .cause = REPLY_RATE_LIMIT},
    {.receiver = "yahoo", .sent = 9},
};
static const struct traffic traffic = {.volume = {.level = VOLUME_SPIKE, .ratio = 13.4},
				       .receiver = receiver,
				       .receivers = COUNT_OF(receiver),
				       .unmatched = 7};
static const struct address_view view[] = {
    {.address = "192.0.2.1",
     .name = "a",
     .pool = "p",
     .grade = {.letter = GRADE_POOR},
     .standing = standing,
     .standings = COUNT_OF(standing),
     .asked = 4,
     .answered = 3,
     .traffic = &traffic},
    {.address = "192.0.2.2",
     .name = "b",
     .pool = "p",
     .grade = {.letter = GRADE_GOOD},
     .asked = 4,
     .answered = 4},
    {.address = "192.0.2.3", .name = "", .pool = "", .grade = {.letter = GRADE_UNKNOWN}},
};
static const struct volume_row volume_row[] = {{19999, {5, 1, 0, 0}}, {20000, {1234567, 0, 2, 1}}};
static const struct volume_view volume = {"192.0.2.1", volume_row, COUNT_OF(volume_row)};
static const struct metrics_channel channel[] = {{"noc", false}, {"chat", true}};
static const struct metrics metrics = {
    .version = "1",
    .view = view,
    .views = COUNT_OF(view),
    .list = list_view,
    .lists = COUNT_OF(list_view),
    .volume = &volume,
    .volumes = 1,
    .today = 20000,
    .pass_at = 1700001000,
    .pass_seconds = 1.5,
    .questions = 12,
    .blind = 1,
    .pending = 3,
    .dead = 2,
    .channel = channel,
    .channels = COUNT_OF(channel),
};

static void test_figures(void **state)
{
	static const char *const line[] = {
	    "\nrepwatch_last_run_timestamp_seconds 1700001000\n",
	    "\nrepwatch_run_duration_seconds 1.5\n",
	    "\nrepwatch_run_complete 0\n",
	    "\nrepwatch_outbox_pending 3\n",
	    "\nrepwatch_outbox_dead 2\n",
	    "\nrepwatch_channel_up{channel=\"noc\"} 1\nrepwatch_channel_up{channel=\"chat\"} 0\n",
	    "\nrepwatch_list_up{list=\"ok.test\"} 1\nrepwatch_list_up{list=\"sick.test\"} 0\n# ",
	    "\nrepwatch_list_sick{list=\"sick.test\"} 1\n",
	    "\nrepwatch_addresses{pool=\"p\",grade=\"GOOD\"} 1\n",
	    "\nrepwatch_addresses{pool=\"\",grade=\"UNKNOWN\"} 1\n",
	    "\nrepwatch_addresses_listed{pool=\"p\"} 1\n",
	    "\nrepwatch_coverage_ratio{pool=\"p\"} 0.875\n# ",
	    "\nrepwatch_address_listings{address=\"192.0.2.1\",name=\"a\",pool=\"p\"} 1\n# ",
	    "pool=\"p\",list=\"ok.test\",severity=\"major\"} 1700000000\n# ",
	    "{address=\"192.0.2.1\",day=\"yesterday\",outcome=\"deferred\"} 1\n",
	    "{address=\"192.0.2.1\",day=\"today\",outcome=\"sent\"} 1234567\n",
	    "_volume_level_info{address=\"192.0.2.1\",name=\"a\",pool=\"p\",level=\"spike\"} 1\n# ",
	    "receiver=\"gmail\",cause=\"rate-limit\"} 1700000500\n# ",
	    "\nrepwatch_replies_unmatched 7\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(line); i++)
		check_line(&metrics, line[i]);
}

static void test_end_mark(void **state)
{
	char *const plain = text_of(&metrics, false);
	char *const open = text_of(&metrics, true);

	(void)state;
	assert_memory_equal(plain, open, strlen(plain));
	assert_string_equal(open + strlen(plain), "# EOF\n");
	free(plain);
	free(open);
}

static void test_without_a_pass(void **state)
{
	const struct metrics none = {.version = "1"};
	char *const text = text_of(&none, false);

	(void)state;
	assert_non_null(strstr(text, "\nrepwatch_last_run_timestamp_seconds 0\n"));
	assert_null(strstr(text, "repwatch_run_complete"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_labels),
	    cmocka_unit_test(test_figures),
	    cmocka_unit_test(test_end_mark),
	    cmocka_unit_test(test_without_a_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
