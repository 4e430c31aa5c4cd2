#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "conf/option.h"
#include "conf/options.h"
#include "conf_box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Good configurations: what they become, and how they and the table of options are shown. */

static void reads_the_interface_s_example(void **state)
{
	struct box *box = *state;
	const struct conf *conf = &box->conf;

	box_load(box, box_interface);
	box_check_good(box);
	assert_string_equal(conf->state_dir, "/var/lib/repwatch");
	assert_string_equal(conf->timezone, "Asia/Tokyo");
	assert_int_equal(conf->stale_after_ms, 3 * 3600 * 1000);
	assert_int_equal(conf->resolver.servers, 1);
	assert_string_equal(conf->resolver.server[0], "127.0.0.1");
	assert_int_equal(conf->resolver.timeout_ms, 3000);
	assert_int_equal(conf->resolver.tries, 2);
	assert_int_equal(conf->resolver.in_flight, 1000);
	assert_int_equal(conf->resolver.deadline_ms, 600 * 1000);
	assert_int_equal(conf->lists.confirm, 2);
	assert_int_equal(conf->lists.confirm_wait_ms, 200);
	assert_true(conf->lists.breaker == 0.5);
	assert_true(conf->lists.rate == 0);
	assert_string_equal(conf->series.rrdcached, "");
	assert_int_equal(conf->addresses, 3);
	assert_string_equal(conf->address[0].name, "www274");
	assert_string_equal(conf->address[1].helo, "www274.example.jp");
	assert_int_equal(conf->address[1].prefix.ip.family, 6);
	assert_int_equal(conf->address[1].prefix.bits, 128);
	assert_int_equal(conf->address[2].prefix.bits, 28);
	assert_string_equal(conf->address[2].pool, "shared-b");
	assert_string_equal(conf->address[2].helo, "");
	assert_int_equal(conf->domains, 1);
	assert_string_equal(conf->domain[0].selector[0], "rs2024");
	assert_int_equal(conf->maillogs, 1);
	assert_int_equal(conf->maillog[0].by_services, 1);
	assert_int_equal(conf->maillog[0].by_service[0].ip.byte[3], 65);
	assert_int_equal(conf->maillog[0].by_hosts, 0);
	assert_string_equal(conf->maillog[0].timezone, "");
	assert_true(conf->volume.elevated_ratio == 2 && conf->volume.spike_ratio == 5);
	assert_int_equal(conf->volume.floor, 1000);
	assert_int_equal(conf->alerts.repeat_ms, 24 * 3600 * 1000);
	assert_int_equal(conf->alerts.channels, 2);
	assert_string_equal(conf->alerts.channel[0].to[0], "noc@example.jp");
	assert_int_equal(conf->alerts.channel[0].min_severity, SEVERITY_MAJOR);
	assert_string_equal(conf->alerts.channel[1].type, "slack");
	assert_int_equal(conf->alerts.channel[1].min_severity, SEVERITY_MINOR);
}

static void notes_what_may_disappoint(void **state)
{
	struct box *box = *state;

	box_load(box, box_interface);
	assert_int_equal(box->conf.notes, 0);
	box_load(box,
		 "addresses = ( { address = \"192.0.2.0/28\"; } );\n"
		 "alerts = { channels = ( { name = \"a\"; type = \"mail\"; to = \"a@example.jp\";\n"
		 " from = \"b@example.jp\"; url = \"smtp://192.0.2.7\"; } ); };\n");
	box_check_good(box);
	assert_int_equal(box->conf.notes, 1);
	assert_non_null(strstr(box->conf.note[0],
			       "repwatch.conf:2: alerts may be sent from the very address that is "
			       "listed: add a second channel"));
	box_load(box, "");
	box_check_good(box);
	assert_int_equal(box->conf.notes, 1);
	assert_non_null(
	    strstr(box->conf.note[0], "repwatch.conf: 'addresses' is empty: nothing is watched"));
}

/* Every kind of value, none of them at its default. */
static const char everything[] =
    "state_dir = \"state \\\"of\\\" things\\\\x\";\n"
    "timezone = \"Europe/Berlin\";\nstale_after = \"90m\";\n"
    "resolver = { servers = ( \"192.0.2.53\", \"[2001:db8::53]:5353\", \"2001:db8::54\" );\n"
    " timeout = \"1500ms\"; tries = 5; in_flight = 17; deadline = \"45s\"; };\n"
    "lists = { catalogue = [ \"lists.conf\", \"mine.conf\" ]; disable = [ \"zen.spamhaus.org\" ];\n"
    " enable = [ \"bl.terms.example\" ]; confirm = 3; confirm_wait = \"0\"; breaker = 1;\n"
    " keys = ( { name = \"spamhaus-dqs\"; key_file = \"dqs.key\"; } ); rate = 0.125; };\n"
    "series = { rrdcached = \"unix:/run/rrdcached.sock\"; };\n"
    "addresses = ( { address = \"192.0.2.0/24\"; },\n"
    " { address = \"2001:DB8::/120\"; name = \"送信サーバー 7\"; helo = \"MX.Example.JP.\"; pool = "
    "\"b.1_x\"; } );\n"
    "domains = ( { domain = \"xn--wgv71a.jp\"; }, { domain = \"example.jp\"; selectors = [ \"a\", "
    "\"b._c\" ]; } );\n"
    "maillogs = ( { path = \"/l\"; format = \"sendmail\"; timezone = \"UTC\";\n"
    " by_host = ( { host = \"mx\"; address = \"::1\"; }, { host = \"my\"; address = \"192.0.2.2\"; "
    "} "
    "); } );\n"
    "volume = { elevated_ratio = 1.1; spike_ratio = 999.999; floor = 0; idle_days = 1; };\n"
    "alerts = { repeat = \"2w\"; digest_over = 1; weekly = \"sunday\";\n"
    " heartbeat_url = \"http://[::1]:1/x\"; report_url = \"https://r.example/\"; channels = ( { "
    "name = \"hook\"; type = "
    "\"webhook\";\n url = \"https://h.example/x?y=%20\"; user = \"u\"; password_file = "
    "\"dqs.key\"; "
    "min_severity = \"critical\"; }, { name = \"run\"; type = \"command\";\n"
    " command = [ \"/bin/sh\", \"-c\", \"x \\\"y\\\"\" ]; pools = [ \"b.1_x\", \"c\" ];\n"
    " language = \"ja\"; quiet_hours = \"22:00-07:00\"; timeout = \"5s\"; },\n"
    " { name = \"core\"; type = \"nagios\"; command_file = \"/run/nagios.cmd\"; } ); };\n";

static const char *const round_trips[] = {"", box_interface, everything};

static void shows_what_loads_again_to_the_same(void **state)
{
	struct box *box = *state;

	box_write(box, "mine.conf", "catalogue = ();\n");
	for (size_t i = 0; i < COUNT_OF(round_trips); i++) {
		struct str first = {0};
		struct str second = {0};
		size_t enabled = 0;

		box_load(box, round_trips[i]);
		box_check_good(box);
		conf_show_text(&box->conf, &first);
		for (size_t j = 0; j < box->conf.catalogue.lists; j++)
			enabled += box->conf.catalogue.list[j].is_enabled;
		box_load(box, str_text(&first));
		box_check_good(box);
		conf_show_text(&box->conf, &second);
		for (size_t j = 0; j < box->conf.catalogue.lists; j++)
			enabled -= box->conf.catalogue.list[j].is_enabled;
		assert_string_equal(str_text(&first), str_text(&second));
		assert_int_equal(enabled, 0);
		str_release(&first);
		str_release(&second);
	}
}

/* Against a reader and a writer that leave out the same. */
static void shows_every_value(void **state)
{
	static const char *const shown[] = {
	    "/state \\\"of\\\" things\\\\x\";",
	    "timezone = \"Europe/Berlin\";",
	    "stale_after = \"90m\";",
	    "servers = [ \"192.0.2.53\", \"[2001:db8::53]:5353\", \"2001:db8::54\" ];",
	    "timeout = \"1500ms\";",
	    "in_flight = 17;",
	    "deadline = \"45s\";",
	    "/mine.conf\" ];",
	    "disable = [ \"zen.spamhaus.org\" ];",
	    "enable = [ \"bl.terms.example\" ];",
	    "name = \"spamhaus-dqs\";",
	    "confirm_wait = \"0s\";",
	    "breaker = 1.0;",
	    "rate = 0.125;",
	    "rrdcached = \"unix:/run/rrdcached.sock\";",
	    "address = \"192.0.2.0/24\";",
	    "address = \"2001:db8::/120\";",
	    "name = \"送信サーバー 7\";",
	    "helo = \"mx.example.jp\";",
	    "pool = \"b.1_x\";",
	    "selectors = [ \"a\", \"b._c\" ];",
	    "host = \"mx\";",
	    "address = \"::1\";",
	    "spike_ratio = 999.999;",
	    "floor = 0;",
	    "repeat = \"2w\";",
	    "url = \"https://h.example/x?y=%20\";",
	    "min_severity = \"critical\";",
	};
	struct box *box = *state;
	struct str text = {0};

	box_write(box, "mine.conf", "");
	box_load(box, everything);
	conf_show_text(&box->conf, &text);
	for (size_t i = 0; i < COUNT_OF(shown); i++)
		if (!strstr(str_text(&text), shown[i]))
			fail_msg("%s is not in\n%s", shown[i], str_text(&text));
	str_release(&text);
}

static void shows_the_same_as_json(void **state)
{
	struct box *box = *state;
	json_t *json;

	box_load(box, box_interface);
	json = conf_show_json(&box->conf);
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(json, "resolver"), "timeout")), "3s");
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(json, "resolver"), "in_flight")),
	    1000);
	assert_int_equal(json_array_size(json_object_get(json, "addresses")), 3);
	assert_null(json_object_get(json, "series"));
	json_decref(json);
}

static void never_shows_a_secret(void **state)
{
	struct box *box = *state;
	struct str text = {0};
	json_t *json;
	char *dump;

	box_load(box, box_interface);
	/* The test could not fail if the key had not been read. */
	assert_non_null(strstr(box->conf.catalogue.list[1].query_zone, box_key));
	conf_show_text(&box->conf, &text);
	json = conf_show_json(&box->conf);
	dump = json_dumps(json, 0);
	assert_null(strstr(str_text(&text), box_key));
	assert_null(strstr(dump, box_key));
	assert_null(strstr(str_text(&text), "sesame"));
	assert_null(strstr(dump, "sesame"));
	free(dump);
	json_decref(json);
	str_release(&text);
}

static void says_no_secret_in_a_problem(void **state)
{
	struct box *box = *state;

	box_write_mode(box, "dqs.key", "open.sesame", 0600);
	box_write_mode(box, "slack.url", "open://sesame", 0600);
	box_load(box, box_interface);
	assert_false(box->is_good);
	assert_null(strstr(box->problems, "sesame"));
}

static void offers_a_sample_that_loads(void **state)
{
	struct box *box = *state;
	struct str sample = {0};
	struct str defaults = {0};
	struct str shown = {0};

	conf_options_sample(&sample);
	box_load(box, "");
	conf_show_text(&box->conf, &defaults);
	box_load(box, str_text(&sample));
	box_check_good(box);
	conf_show_text(&box->conf, &shown);
	assert_string_equal(str_text(&shown), str_text(&defaults));
	str_release(&sample);
	str_release(&defaults);
	str_release(&shown);
}

/* A '#' without a blank behind it stands before something that could be an option. */
static void uncomment(char *text)
{
	for (char *at = text; *at; at++)
		if (*at == '#' && at[1] != ' ' && at[1] != '#')
			*at = ' ';
}

static void offers_examples_that_load(void **state)
{
	struct box *box = *state;
	struct str sample = {0};

	conf_options_sample(&sample);
	/* Examples inside a section that is an example itself. */
	uncomment(sample.text);
	uncomment(sample.text);
	box_write(
	    box, "lists.conf",
	    "catalogue = ( { zone = \"bl.example.net\"; covers = \"ip4\"; codes = ( { code = "
	    "\"127.0.0.2\"; means = \"x\"; } ); },\n"
	    " { zone = \"dnsbl-2.uceprotect.net\"; covers = \"ip4\"; codes = ( { code = "
	    "\"127.0.0.2\"; means = \"x\"; } ); },\n"
	    " { zone = \"<KEY>.example.net\"; needs_key = \"spamhaus-dqs\"; covers = \"ip4\"; "
	    "codes = ( { code = \"127.0.0.2\"; means = \"x\"; } ); } );\n");
	box_load(box, str_text(&sample));
	box_check_good(box);
	assert_int_equal(box->conf.addresses, 3);
	assert_int_equal(box->conf.domains, 1);
	assert_int_equal(box->conf.maillogs, 1);
	assert_int_equal(box->conf.alerts.channels, 2);
	assert_int_equal(box->conf.lists.keys, 1);
	assert_int_equal(box->conf.resolver.servers, 1);
	str_release(&sample);
}

/* Every row of all tables, in each of the forms. */
static void describes_every_option(void **state)
{
	static const struct option_table *const tables[] = {&options_main, &options_catalogue,
							    &options_replies};
	struct str text = {0};
	struct str manual = {0};
	json_t *json = conf_options_json(NULL);
	size_t rows = 0;

	(void)state;
	conf_options_text(&text, NULL);
	conf_options_mdoc(&manual, NULL);
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		for (size_t j = 0; j < tables[i]->rows; j++, rows++) {
			const json_t *row = json_array_get(json_object_get(json, "options"), rows);
			char line[128];

			snprintf(line, sizeof(line), "\n%s (", tables[i]->row[j].path);
			assert_non_null(strstr(str_text(&text), line));
			snprintf(line, sizeof(line), "\n.It Ic %s\n", tables[i]->row[j].path);
			assert_non_null(strstr(str_text(&manual), line));
			assert_string_equal(json_string_value(json_object_get(row, "name")),
					    tables[i]->row[j].path);
		}
	assert_int_equal(json_array_size(json_object_get(json, "options")), rows);
	json_decref(json);
	str_release(&text);
	str_release(&manual);
}

/* What the reader and the sample take for granted. */
static void holds_rows_that_make_sense(void **state)
{
	static const struct option_table *const tables[] = {&options_main, &options_catalogue,
							    &options_replies};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		for (size_t j = 0; j < tables[i]->rows; j++) {
			const struct option *row = &tables[i]->row[j];
			const bool is_words = row->type == OPTION_WORD ||
					      row->type == OPTION_ENUM || row->type == OPTION_FLAGS;
			const size_t len = strlen(row->text);

			if (row->text[len - 1] != '.' || (row->words != NULL) != is_words ||
			    (row->max > 0 && row->min > row->max))
				fail_msg("%s", row->path);
			if (i == 0 && !strchr(row->path, '[') && row->type != OPTION_SECTION &&
			    !row->initial && !row->example)
				fail_msg("%s has neither default nor example", row->path);
			for (size_t k = 0; k < j; k++)
				assert_string_not_equal(tables[i]->row[k].path, row->path);
		}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, box_setup, box_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(reads_the_interface_s_example),
	    TEST(notes_what_may_disappoint),
	    TEST(shows_what_loads_again_to_the_same),
	    TEST(shows_every_value),
	    TEST(shows_the_same_as_json),
	    TEST(never_shows_a_secret),
	    TEST(says_no_secret_in_a_problem),
	    TEST(offers_a_sample_that_loads),
	    TEST(offers_examples_that_load),
	    cmocka_unit_test(describes_every_option),
	    cmocka_unit_test(holds_rows_that_make_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
