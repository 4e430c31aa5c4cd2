#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "conf/load.h"
#include "conf_box.h"
#include "lists/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Catalogue files: what becomes of an entry, which lists are asked, and every mistake. */

#define LISTS "lists.conf:"
#define CODES " codes = ( { code = \"127.0.0.2\"; means = \"x\"; } ); "

/* Each is the text of lists.conf. */
static const struct mistake entries[] = {
    {"an entry of nothing", "catalogue = (\n { } );\n",
     LISTS "2: 'catalogue[].zone' is missing; it is the zone of a list in quotes\n" LISTS
	   "2: 'catalogue[].covers' is missing; it is a list of words, such as [ \"ip4\", \"ip6\" "
	   "]\n" LISTS "2: 'catalogue[].codes' is missing; it is a list of groups, ( { ... }, ... "
	   ")\n"},
    {"codes that hold none",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; codes = (); } );\n",
     LISTS "1: 'catalogue[].codes' is missing; it is a list of groups, ( { ... }, ... )\n"},
    {"a typing slip", "catalogue = ( { zone = \"bl.example\"; cover = \"ip4\";" CODES "} );\n",
     LISTS "1: unknown option 'cover'; did you mean 'covers'?\n" LISTS
	   "1: 'catalogue[].covers' is missing; it is a list of words, such as [ \"ip4\", \"ip6\" "
	   "]\n"},
    {"options of the other file", "stale_after = \"3h\";\n",
     LISTS "1: unknown option 'stale_after'; 'repwatch config options' prints all there are\n"},
    {"what it covers",
     "catalogue = ( { zone = \"bl.example\"; covers = [ \"ipv4\" ];" CODES "} );\n",
     LISTS "1: 'catalogue[].covers': 'ipv4' must be one of 'ip4', 'ip6', 'domain'\n"},
    {"covers nothing", "catalogue = ( { zone = \"bl.example\"; covers = [ ];" CODES "} );\n",
     LISTS "1: 'catalogue[].covers' must name at least one\n"},
    {"a kind nobody knows",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; kind = \"black\";" CODES "} );\n",
     LISTS "1: 'catalogue[].kind': 'black' must be one of 'block', 'policy', 'reputation', "
	   "'allow', 'info'\n"},
    {"a code without meaning",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; codes = (\n { code = \"127.0.0.2\"; "
     "} ); } );\n",
     LISTS "2: 'catalogue[].codes[].means' is missing; it is a text in quotes\n"},
    {"a code twice",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; codes = (\n"
     " { code = \"127.0.0.2\"; means = \"x\"; },\n { code = \"127.0.0.2\"; means = \"y\"; } ); } "
     ");\n",
     LISTS "3: code '127.0.0.2' is given twice, first in line 2\n"},
    {"a zone twice",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\";" CODES "},\n"
     " { zone = \"BL.example.\"; covers = \"ip4\";" CODES "} );\n",
     LISTS "2: list 'bl.example' is given twice, first at lists.conf:1\n"},
    {"a zone too long for an address in front",
     "catalogue = ( { zone = "
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
     "example\"; covers = \"ip6\";" CODES "} );\n",
     LISTS "1: zone 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaa...' is too "
	   "long: an address in front of it is beyond 253 characters\n"},
    {"a zone that is none",
     "catalogue = ( { zone = \"bl example\"; covers = \"ip4\";" CODES "} );\n",
     LISTS "1: 'catalogue[].zone': 'bl example' may hold letters, digits, '.', '_' and '-' only\n"},
    {"a pattern for a zone",
     "catalogue = ( { zone = \"*.example\"; covers = \"ip4\";" CODES "} );\n",
     LISTS "1: zone '*.example': only 'retired' may hold a '*'\n"},
    {"a key in the middle",
     "catalogue = ( { zone = \"zen.<KEY>.example\"; covers = \"ip4\"; needs_key = \"k\";" CODES
     "} );\n",
     LISTS "1: 'catalogue[].zone': 'zen.<KEY>.example' must start with '<KEY>.' where it holds a "
	   "key\n"},
    {"a place for a key nobody names",
     "catalogue = ( { zone = \"<KEY>.example\"; covers = \"ip4\";" CODES "} );\n",
     LISTS "1: zone '<KEY>.example' holds <KEY>, but 'needs_key' does not say which key that "
	   "is\n"},
    {"a key without a place",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\";\n needs_key = \"k\";" CODES "} );\n",
     LISTS "2: 'needs_key' has no effect: the zone does not start with '<KEY>.'\n"},
    {"a domain to test addresses with",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; test = \"TEST\";" CODES "} );\n",
     LISTS "1: test entry 'TEST' is no IPv4 address; \"\" stands for none\n"},
    {"an IPv4 address to test IPv6 with",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip6\"; test_negative6 = "
     "\"127.0.0.1\";" CODES "} );\n",
     LISTS "1: test entry '127.0.0.1' is no IPv6 address; \"\" stands for none\n"},
    {"an address to test domains with",
     "catalogue = ( { zone = \"bl.example\"; covers = \"domain\"; test_positive_domain = "
     "\"127.0.0.2\";" CODES "} );\n",
     LISTS "1: test entry '127.0.0.2' is no domain; \"\" stands for none\n"},
    {"a test of what it does not cover",
     "catalogue = ( { zone = \"bl.example\"; covers = \"domain\"; test = \"127.0.0.2\";" CODES
     "} );\n",
     LISTS "1: test entry '127.0.0.2' has no effect: 'covers' does not hold 'ip4'\n"},
    {"one test under two names",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; test_positive = \"127.0.0.3\";\n"
     " test = \"127.0.0.2\";" CODES "} );\n",
     LISTS "2: 'test' and 'test_positive' are the same; keep one\n"},
    {"a page with unknown places",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; lookup_url = "
     "\"https://bl.example/{address}/{ip}\";" CODES "} );\n",
     LISTS "1: 'lookup_url' may hold {address} and {domain}, not '{ip}'\n"},
    {"a page by mail",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; lookup_url = "
     "\"smtp://bl.example\";" CODES "} );\n",
     LISTS "1: 'lookup_url' must start with https:// or http://\n"},
    {"a budget in quotes",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; day_budget = \"many\";" CODES
     "} );\n",
     LISTS "1: 'catalogue[].day_budget' must be a whole number without quotes, not the text "
	   "'many'\n"},
    {"a truth in quotes",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; enabled = \"no\";" CODES "} );\n",
     LISTS "1: 'catalogue[].enabled' must be true or false, without quotes, not the text 'no'\n"},
    {"an interval too short",
     "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\"; every = \"10ms\";" CODES "} );\n",
     LISTS "1: 'catalogue[].every': '10ms' is out of bounds, it must be 1s to 30d\n"},
    {"a list that was shut down",
     "catalogue = (\n { zone = \"dnsbl.sorbs.net\"; covers = \"ip4\";" CODES "} );\n"
     "retired = ( { zone = \"*.sorbs.net\"; reason = \"gone since 2024\"; } );\n",
     LISTS "2: list 'dnsbl.sorbs.net' was shut down: gone since 2024; remove it\n"},
    {"retired without reason", "retired = ( { zone = \"bl.example\"; } );\n",
     LISTS "1: 'retired[].reason' is missing; it is a text in quotes\n"},
};

static void finds_mistakes_in_entries(void **state)
{
	struct box *box = *state;
	size_t wrong = 0;

	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		box_write(box, "lists.conf", entries[i].conf);
		box_load(box, "");
		if (strcmp(box->problems, entries[i].problems) == 0)
			continue;
		print_message("%s\n  expected:\n%s  came:\n%s", entries[i].what,
			      entries[i].problems, box->problems);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void tells_what_is_wrong_with_a_code(void **state)
{
	struct box *box = *state;

	box_write(box, "lists.conf",
		  "catalogue = ( { zone = \"bl.example\"; covers = \"ip4\";\n"
		  "codes = (\n { code = \"127.0.0\"; means = \"x\"; } ); } );\n");
	box_load(box, "");
	assert_ptr_equal(strstr(box->problems,
				LISTS "3: 'catalogue[].codes[].code': '127.0.0' is no "
				      "code: "),
			 box->problems);
}

/* Each is the text of repwatch.conf, beside the lists of the box. */
static const struct mistake choices[] = {
    {"a list nobody has", "lists = { disable = [ \"zen.spamhaus.com\" ]; };\n",
     "repwatch.conf:1: no list of the catalogue has the zone 'zen.spamhaus.com'; did you mean "
     "'zen.spamhaus.org'?\n"},
    {"two, each in its line",
     "lists = { disable = [ \"zen.spamhaus.org\",\n \"a.example\" ];\n"
     " enable = \"bl.term.example\"; };\n",
     "repwatch.conf:2: no list of the catalogue has the zone 'a.example'\n"
     "repwatch.conf:3: no list of the catalogue has the zone 'bl.term.example'; did you mean "
     "'bl.terms.example'?\n"},
    {"a list that was shut down", "lists = { disable = [ \"dnsbl.sorbs.net\" ]; };\n",
     "repwatch.conf:1: list 'dnsbl.sorbs.net' was shut down: shut down 2024-06-05; remove it\n"},
    {"on and off",
     "lists = { disable = [ \"bl.terms.example\" ]; enable = [ \"bl.terms.example\" ]; };\n",
     "repwatch.conf:1: list 'bl.terms.example' is both in 'lists.disable' and in "
     "'lists.enable'\n"},
    {"on without its key", "lists = { enable = [ \"<KEY>.zen.dq.spamhaus.net\" ]; };\n",
     "repwatch.conf:1: list '<KEY>.zen.dq.spamhaus.net' needs a key: add one named 'spamhaus-dqs' "
     "to 'lists.keys'\n"},
    {"a key nobody needs",
     "lists = { keys = ( { name = \"spamhaus-dsq\"; key_file = \"dqs.key\"; } ); };\n",
     "repwatch.conf:1: no list of the catalogue needs the key 'spamhaus-dsq'; did you mean "
     "'spamhaus-dqs'?\n"},
    {"a key twice",
     "lists = { keys = ( { name = \"spamhaus-dqs\"; key_file = \"dqs.key\"; },\n"
     " { name = \"spamhaus-dqs\"; key_file = \"dqs.key\"; } ); };\n",
     "repwatch.conf:2: key 'spamhaus-dqs' is given twice, first in line 1\n"},
    {"a catalogue that is not there",
     "lists = {\n catalogue = [ \"lists.conf\",\n \"mine.conf\" ]; };\n",
     "repwatch.conf:3: 'mine.conf' cannot be opened: No such file or directory\n"},
    {"a list of a catalogue that is not there",
     "lists = {\n catalogue = [ \"lists.conf\",\n \"mine.conf\" ]; disable = \"bl.mine.example\"; "
     "};\n",
     "repwatch.conf:3: 'mine.conf' cannot be opened: No such file or directory\n"},
};

static void finds_mistakes_in_what_is_chosen(void **state)
{
	box_check_mistakes(*state, choices, COUNT_OF(choices));
}

static void says_where_the_catalogue_is_named(void **state)
{
	struct box *box = *state;

	box_remove(box, "lists.conf");
	box_load(box, "");
	assert_string_equal(
	    box->problems,
	    "repwatch.conf: 'lists.conf' cannot be opened: No such file or directory\n"
	    "repwatch.conf: the catalogue is needed; 'lists.catalogue' says where it "
	    "is\n");
}

static const struct list *list_of(const struct box *box, const char *zone)
{
	const struct list *list = catalogue_find(&box->conf.catalogue, zone);

	assert_non_null(list);
	return list;
}

static void fills_in_what_an_entry_leaves_out(void **state)
{
	struct box *box = *state;
	const struct list *list;

	box_write(box, "lists.conf",
		  "catalogue = ( { zone = \"BL.Example.\"; covers = [ \"ip4\", "
		  "\"ip6\", \"domain\" ];" CODES "} );\n");
	box_load(box, "");
	box_check_good(box);
	list = list_of(box, "bl.example");
	assert_string_equal(list->zone, "bl.example");
	assert_string_equal(list->query_zone, "bl.example");
	assert_string_equal(list->name, "bl.example");
	assert_string_equal(list->operator_name, "");
	assert_int_equal(list->covers, COVERS_IP4 | COVERS_IP6 | COVERS_DOMAIN);
	assert_int_equal(list->kind, LIST_BLOCK);
	assert_int_equal(list->severity, SEVERITY_MAJOR);
	assert_string_equal(list->test4.positive, "127.0.0.2");
	assert_string_equal(list->test4.negative, "127.0.0.1");
	assert_string_equal(list->test6.positive, "::FFFF:7F00:2");
	assert_string_equal(list->test6.negative, "::FFFF:7F00:1");
	assert_string_equal(list->test_domain.positive, "TEST");
	assert_string_equal(list->test_domain.negative, "INVALID");
	assert_true(list->is_enabled);
	assert_string_equal(list->why_disabled, "");
	assert_null(list->key_name);
	assert_int_equal(list->every_ms, 3600 * 1000);
	assert_int_equal(list->day_budget, 0);
	assert_true(list->rate == 0);
	assert_int_equal(list->servers, 0);
	assert_string_equal(list->lookup_url, "");
}

static void keeps_what_an_entry_says(void **state)
{
	struct box *box = *state;
	const struct list *list;

	box_write(box, "lists.conf",
		  "catalogue = ( { zone = \"wl.example\"; name = \"WL\"; operator = \"Example\";\n"
		  " covers = [ \"ip4\", \"ip6\" ]; kind = \"allow\"; severity = \"minor\";\n"
		  " codes = ( { code = \"127.0.1.0/24\"; means = \"none\"; },\n"
		  "  { code = \"&4\"; means = \"spam\"; kind = \"block\"; },\n"
		  "  { code = \"127.0.2.1\"; means = \"bad\"; kind = \"block\"; severity = "
		  "\"critical\"; } );\n"
		  " errors = ( { code = \"127.0.0.255\"; means = \"refused\"; } );\n"
		  " test = \"127.0.0.9\"; test_negative = \"\"; test_positive6 = \"\";\n"
		  " test_negative6 = \"2001:db8::1\"; lists_reserved = true; watch_loss = true;\n"
		  " every = \"30m\"; day_budget = 100000; rate = 2.5; terms = \"ask first\";\n"
		  " lookup_url = \"https://wl.example/?q={address}\"; removal = \"by mail\";\n"
		  " removal_by = \"mail\"; removal_url = \"https://wl.example/ask\";\n"
		  " removal_mail = \"ask@wl.example\"; removal_takes = \"36h\"; expires = \"7d\";\n"
		  " removal_needs_ptr = true; removal_costs = true;\n"
		  " servers = [ \"127.0.0.1:5300\", \"[::1]:53\" ]; } );\n");
	box_load(box, "");
	box_check_good(box);
	list = list_of(box, "wl.example");
	assert_string_equal(list->name, "WL");
	assert_string_equal(list->operator_name, "Example");
	assert_int_equal(list->kind, LIST_ALLOW);
	assert_int_equal(list->severity, SEVERITY_MINOR);
	assert_int_equal(list->codes, 3);
	assert_string_equal(list->code[0].text, "127.0.1.0/24");
	assert_int_equal(list->code[0].pattern.high[3], 255);
	assert_int_equal(list->code[0].kind, LIST_ALLOW);
	assert_int_equal(list->code[0].severity, SEVERITY_INFO);
	assert_int_equal(list->code[1].pattern.bit, 4);
	assert_int_equal(list->code[1].kind, LIST_BLOCK);
	assert_int_equal(list->code[1].severity, SEVERITY_MINOR);
	assert_int_equal(list->code[2].severity, SEVERITY_CRITICAL);
	assert_string_equal(list->error[0].means, "refused");
	assert_string_equal(list->test4.positive, "127.0.0.9");
	assert_null(list->test4.negative);
	assert_null(list->test6.positive);
	assert_string_equal(list->test6.negative, "2001:db8::1");
	assert_null(list->test_domain.positive);
	assert_string_equal(list->way.words, "by mail");
	assert_int_equal(list->way.by, REMOVAL_BY_MAIL);
	assert_string_equal(list->way.url, "https://wl.example/ask");
	assert_string_equal(list->way.mail, "ask@wl.example");
	assert_int_equal(list->way.takes_ms, 36 * 3600000);
	assert_int_equal(list->way.expires_ms, 7 * 86400000);
	assert_true(list->way.needs_ptr);
	assert_true(list->way.can_cost);
	assert_true(list->lists_reserved);
	assert_true(list->watch_loss);
	assert_int_equal(list->every_ms, 1800 * 1000);
	assert_int_equal(list->day_budget, 100000);
	assert_true(list->rate == 2.5);
	assert_int_equal(list->servers, 2);
	assert_string_equal(list->server[1], "[::1]:53");
}

static const struct {
	const char *what;
	const char *conf;
	const char *zone;
	const char *why; /* NULL: it is asked */
	const char *query_zone;
} asked[] = {
    {"as the catalogue has it", "", "zen.spamhaus.org", NULL, "zen.spamhaus.org"},
    {"named in disable", "lists = { disable = \"ZEN.spamhaus.org.\"; };", "zen.spamhaus.org",
     "the configuration disables it", "zen.spamhaus.org"},
    {"left out for its terms", "", "bl.terms.example", "terms: not for companies",
     "bl.terms.example"},
    {"named in enable", "lists = { enable = \"bl.terms.example\"; };", "bl.terms.example", NULL,
     "bl.terms.example"},
    {"without its key", "", "<KEY>.zen.dq.spamhaus.net",
     "needs a key: add one named 'spamhaus-dqs' to 'lists.keys'", "<KEY>.zen.dq.spamhaus.net"},
    {"with its key",
     "lists = { keys = ( { name = \"spamhaus-dqs\"; key_file = \"dqs.key\"; } ); };",
     "<KEY>.zen.dq.spamhaus.net", NULL, "abcdefghij0123456789klmno.zen.dq.spamhaus.net"},
    {"with its key and disabled",
     "lists = { keys = ( { name = \"spamhaus-dqs\"; key_file = \"dqs.key\"; } );"
     " disable = \"<KEY>.zen.dq.spamhaus.net\"; };",
     "<KEY>.zen.dq.spamhaus.net", "the configuration disables it",
     "abcdefghij0123456789klmno.zen.dq.spamhaus.net"},
};

static void asks_the_lists_that_may_be_asked(void **state)
{
	struct box *box = *state;

	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		const struct list *list;

		box_load(box, asked[i].conf);
		box_check_good(box);
		list = list_of(box, asked[i].zone);
		if (list->is_enabled != !asked[i].why)
			fail_msg("%s: %s", asked[i].what, list->why_disabled);
		assert_string_equal(list->why_disabled, asked[i].why ? asked[i].why : "");
		assert_string_equal(list->query_zone, asked[i].query_zone);
		assert_string_equal(list->zone, asked[i].zone);
	}
}

static void replaces_entries_by_those_of_a_later_file(void **state)
{
	struct box *box = *state;

	box_write(box, "mine.conf",
		  "catalogue = ( { zone = \"zen.spamhaus.org\"; covers = \"ip4\"; servers = "
		  "\"127.0.0.1:5300\";" CODES "},\n"
		  " { zone = \"bl.mine.example\"; covers = \"ip4\";" CODES "} );\n"
		  "retired = ( { zone = \"old.example\"; reason = \"gone\"; } );\n");
	box_load(box, "lists = { catalogue = [ \"lists.conf\", \"mine.conf\" ]; };\n");
	box_check_good(box);
	assert_int_equal(box->conf.catalogue.lists, 5);
	assert_int_equal(box->conf.catalogue.retireds, 2);
	assert_string_equal(box->conf.catalogue.list[0].zone, "zen.spamhaus.org");
	assert_int_equal(box->conf.catalogue.list[0].servers, 1);
	assert_string_equal(box->conf.catalogue.list[4].zone, "bl.mine.example");
	assert_string_equal(catalogue_retired(&box->conf.catalogue, "old.example"), "gone");
}

static void loads_a_catalogue_alone(void **state)
{
	struct box *box = *state;
	struct conf_problems problems = {0};
	char path[256];

	snprintf(path, sizeof(path), "%s/lists.conf", box->dir);
	box->arena = arena_new();
	assert_true(conf_load_catalogue(path, box->arena, &box->conf, &problems));
	assert_string_equal(box->conf.path, "");
	assert_int_equal(box->conf.catalogue.lists, 4);
	assert_int_equal(box->conf.resolver.timeout_ms, 3000);
	assert_int_equal(box->conf.addresses, 0);
	assert_false(list_of(box, "<KEY>.zen.dq.spamhaus.net")->is_enabled);
	snprintf(path, sizeof(path), "%s/nothing.conf", box->dir);
	assert_false(conf_load_catalogue(path, box->arena, &box->conf, &problems));
	assert_int_equal(problems.count, 1);
	str_release(&problems.text);
}

static void loads_the_shipped_catalogue(void **state)
{
	struct box *box = *state;
	struct conf_problems problems = {0};
	const char *top = getenv("TOP_SRCDIR");
	char path[512];
	bool is_good;

	if (!top)
		skip();
	snprintf(path, sizeof(path), "%s/etc/lists.conf", top);
	box->arena = arena_new();
	is_good = conf_load_catalogue(path, box->arena, &box->conf, &problems);
	if (!is_good)
		print_message("%s", str_text(&problems.text));
	str_release(&problems.text);
	assert_true(is_good);
	assert_true(box->conf.catalogue.lists > 50);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, box_setup, box_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(finds_mistakes_in_entries),
	    TEST(tells_what_is_wrong_with_a_code),
	    TEST(finds_mistakes_in_what_is_chosen),
	    TEST(says_where_the_catalogue_is_named),
	    TEST(fills_in_what_an_entry_leaves_out),
	    TEST(keeps_what_an_entry_says),
	    TEST(asks_the_lists_that_may_be_asked),
	    TEST(replaces_entries_by_those_of_a_later_file),
	    TEST(loads_a_catalogue_alone),
	    TEST(loads_the_shipped_catalogue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
