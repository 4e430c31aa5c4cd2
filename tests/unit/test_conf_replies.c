#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "conf/replies.h"
#include "conf_box.h"

#include <string.h>

/* Files of reply rules: how several become one, and every mistake with its line. */

static struct replies *load(const struct box *box, const char *const *name, size_t names,
			    struct arena *arena, char *problems)
{
	const char **path = arena_calloc(arena, names, sizeof(*path));
	struct conf_problems found = {0};
	struct conf conf = {.replies_path = path, .replies_paths = names};
	struct replies *replies;
	const char *at;
	const size_t dir_len = strlen(box->dir) + 1;

	for (size_t i = 0; i < names; i++)
		path[i] = arena_printf(arena, "%s/%s", box->dir, name[i]);
	replies = conf_replies(&conf, arena, &found);
	*problems = '\0';
	for (const char *rest = str_text(&found.text); *rest; rest = at) {
		at = strstr(rest, box->dir);
		at = at ? at : rest + strlen(rest);
		strncat(problems, rest, (size_t)(at - rest));
		at += *at ? dir_len : 0;
	}
	str_release(&found.text);
	return replies;
}

static void check_mistakes(void **state)
{
	static const struct {
		const char *what, *text, *problems;
	} cases[] = {
	    {"a pattern that is none",
	     "rules = (\n{ name = \"a\"; pattern = \"x(\";\ncause = \"ptr\"; });\n",
	     "r.conf:2: rule 'a' has a pattern that cannot be used: missing closing parenthesis, "
	     "at "
	     "character 3 of 'x('\n"},
	    {"two mistakes",
	     "rules = (\n{ name = \"a\"; codes = \"57\"; cause = \"ptr\"; },\n"
	     "{ name = \"b\"; codes = \"550\"; cause = \"bad\"; });\n",
	     "r.conf:2: rule 'a' has a code '57' that cannot be read; write 550, 5*, 5.7.26, "
	     "5.7.*, "
	     "5.7.606-649 or an SMTP code and a status, several with commas\n"
	     "r.conf:3: 'rules[].cause': 'bad' must be one of 'other', 'authentication', "
	     "'blocklist', 'ip-block', 'domain-reputation', 'rate-limit', 'ptr', 'helo', "
	     "'content', 'tls', 'recipient-unknown', 'recipient-full', 'recipient-disabled', "
	     "'greylist', 'policy', 'size', 'network', 'remote-error'\n"},
	    {"a receiver that is mistyped",
	     "receivers = ( { name = \"gmail\"; mx = [\"google.com\"]; } );\n"
	     "rules = ( { name = \"a\"; receiver = \"gmial\"; codes = \"550\"; cause = \"ptr\"; } "
	     ");\n",
	     "r.conf:2: no receiver has the name 'gmial'; did you mean 'gmail'?\n"},
	    {"a rule for everything", "rules = ( { name = \"a\"; cause = \"ptr\"; } );\n",
	     "r.conf:1: rule 'a' has neither 'codes' nor 'pattern': it would match every reply\n"},
	    {"a rule given twice",
	     "rules = ( { name = \"a\"; codes = \"550\"; cause = \"ptr\"; },\n"
	     "{ name = \"a\"; codes = \"551\"; cause = \"ptr\"; } );\n",
	     "r.conf:2: rule 'a' is given twice, first at r.conf:1\n"},
	    {"hosts that are none",
	     "receivers = ( { name = \"a\"; mx = [\"com\", \"a b.c\"]; } );\n",
	     "r.conf:1: 'com' is no host name with a dot in it\n"
	     "r.conf:1: 'a b.c' is no host name with a dot in it\n"},
	    {"an option that is mistyped",
	     "rules = ( { name = \"a\"; codes = \"550\"; cause = \"ptr\"; skope = \"ip\"; } );\n",
	     "r.conf:1: unknown option 'skope'; did you mean 'scope'?\n"},
	};
	static const char *const name[] = {"r.conf"};
	struct box *box = *state;
	char problems[4096];

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena *arena = arena_new();

		box_write(box, "r.conf", cases[i].text);
		print_message("# %s\n", cases[i].what);
		assert_null(load(box, name, 1, arena, problems));
		assert_string_equal(problems, cases[i].problems);
		arena_free(arena);
	}
}

static void check_missing(void **state)
{
	static const char *const name[] = {"none.conf"};
	struct box *box = *state;
	struct arena *arena = arena_new();
	char problems[4096];

	assert_null(load(box, name, 1, arena, problems));
	assert_non_null(strstr(problems, "none.conf: "));
	arena_free(arena);
}

/* The first file's rules come first, and its receivers have the hosts of all. */
static void check_two_files(void **state)
{
	static const char *const name[] = {"own.conf", "shipped.conf"};
	struct box *box = *state;
	struct arena *arena = arena_new();
	struct replies *replies;
	char problems[4096];

	box_write(
	    box, "own.conf",
	    "receivers = ( { name = \"a\"; mx = [\"own.example\"]; } );\n"
	    "rules = ( { name = \"own\"; receiver = \"b\"; codes = \"550\"; cause = \"ptr\"; } "
	    ");\n");
	box_write(
	    box, "shipped.conf",
	    "receivers = ( { name = \"a\"; mx = [\"a.example\"]; },\n"
	    "{ name = \"b\"; mx = \"b.example\"; } );\n"
	    "rules = ( { name = \"b-all\"; receiver = \"b\"; codes = \"5*\"; cause = \"tls\"; "
	    "} );\n");
	replies = load(box, name, 2, arena, problems);
	assert_string_equal(problems, "");
	assert_non_null(replies);
	assert_string_equal(replies_receiver(replies, slice_text("mx.own.example")), "a");
	assert_string_equal(replies_receiver(replies, slice_text("mx.a.example")), "a");
	assert_string_equal(
	    replies_classify(replies, "b", slice_of("", 0), slice_text("550 x")).rule->name, "own");
	assert_string_equal(
	    replies_classify(replies, "b", slice_of("", 0), slice_text("551 x")).rule->name,
	    "b-all");
	replies_free(replies);
	arena_free(arena);
}

/* How blocks are ended comes with the receivers; whose file says it first decides. */
static void check_ways(void **state)
{
	struct box *box = *state;
	struct arena *arena = arena_new();
	const char *path[2];
	struct conf conf = {.replies_path = path, .replies_paths = 2};
	struct conf_problems problems = {0};
	struct receivers receivers;

	path[0] = arena_printf(arena, "%s/own.conf", box->dir);
	path[1] = arena_printf(arena, "%s/r.conf", box->dir);
	box_write(box, "own.conf",
		  "receivers = ( { name = \"a\"; mx = [\"x.a.example\"]; },\n"
		  "{ name = \"b\"; mx = [\"b.example\"]; removal_by = \"mail\";\n"
		  "removal_mail = \"unblock@b.example\"; } );\n");
	box_write(box, "r.conf",
		  "receivers = ( { name = \"a\"; mx = [\"a.example\"]; removal_by = \"form\";\n"
		  "removal_url = \"https://a.example/\"; removal = \"a form\"; language = \"ja\";\n"
		  "removal_takes = \"48h\"; }, { name = \"b\"; mx = [\"b.test\"];\n"
		  "removal_by = \"paid\"; }, { name = \"c\"; mx = [\"c.example\"]; } );\n");
	assert_true(conf_receivers(&conf, arena, &receivers, &problems));
	assert_int_equal(receivers.count, 3);
	assert_string_equal(receivers.receiver[0].name, "a");
	assert_int_equal(receivers.receiver[0].mxs, 2);
	assert_int_equal(receivers.receiver[0].way.by, REMOVAL_BY_FORM);
	assert_string_equal(receivers.receiver[0].way.url, "https://a.example/");
	assert_string_equal(receivers.receiver[0].way.words, "a form");
	assert_int_equal(receivers.receiver[0].way.language, REMOVAL_JAPANESE);
	assert_int_equal(receivers.receiver[0].way.takes_ms, 48 * 3600000);
	assert_int_equal(receivers.receiver[1].way.by, REMOVAL_BY_MAIL);
	assert_string_equal(receivers.receiver[1].way.mail, "unblock@b.example");
	assert_int_equal(receivers.receiver[2].way.by, REMOVAL_BY_UNKNOWN);
	assert_string_equal(receivers.receiver[2].way.url, "");

	box_write(
	    box, "r.conf",
	    "receivers = ( { name = \"a\"; mx = [\"a.example\"]; removal_by = \"bribe\"; } );\n");
	assert_false(conf_receivers(&conf, arena, &receivers, &problems));
	assert_non_null(strstr(str_text(&problems.text), "'bribe' must be one of 'unknown', "));
	str_release(&problems.text);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(check_mistakes, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(check_missing, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(check_two_files, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(check_ways, box_setup, box_teardown),
	};

	return cmocka_run_group_tests_name("files of reply rules", tests, NULL, NULL);
}
