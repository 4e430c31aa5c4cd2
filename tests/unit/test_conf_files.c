#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "conf/load.h"
#include "conf_box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The files of a configuration: includes, conf.d, secrets, and who may write them. */

static void check_problems(struct box *box, const char *expected)
{
	assert_string_equal(box->problems, expected);
}

static const char *path_in(const struct box *box, const char *name, char out[256])
{
	snprintf(out, 256, "%s/%s", box->dir, name);
	return out;
}

static void names_the_included_file_and_its_line(void **state)
{
	struct box *box = *state;

	box_write(box, "net.conf", "# which resolver\n\nresolver = { tris = 2; };\n");
	box_write(box, "deep.conf", "@include \"net.conf\"\nstale_aftr = \"3h\";\n");
	box_load(box, "state_dri = \"/x\";\n@include \"deep.conf\"\nzone = \"UTC\";\n");
	check_problems(box,
		       "repwatch.conf:1: unknown option 'state_dri'; did you mean 'state_dir'?\n"
		       "repwatch.conf:3: unknown option 'zone'; 'repwatch config options' prints "
		       "all there are\n"
		       "deep.conf:2: unknown option 'stale_aftr'; did you mean 'stale_after'?\n"
		       "net.conf:3: unknown option 'tris'; did you mean 'tries'?\n");
}

static void includes_what_has_no_line_end(void **state)
{
	struct box *box = *state;

	box_write(box, "a.conf", "timezone = \"Asia/Tokyo\"; # not UTC");
	box_write(box, "empty.conf", "");
	box_load(box, "@include \"a.conf\"\n  @include \"empty.conf\" # nothing\n"
		      "state_dir = \"/x\";\n# @include \"no.conf\"\n/*\n@include \"no.conf\"\n*/\n"
		      "resolver = { tries = 3; } // the end");
	box_check_good(box);
	assert_string_equal(box->conf.timezone, "Asia/Tokyo");
	assert_string_equal(box->conf.state_dir, "/x");
	assert_int_equal(box->conf.resolver.tries, 3);
}

static void goes_on_behind_an_include_that_fails(void **state)
{
	struct box *box = *state;

	mkdir(path_in(box, "conf.x", (char[256]){0}), 0755);
	box_load(box, "@include \"no.conf\"\n@include \"conf.x\"\n@include net.conf\n"
		      "@include \"/nowhere/x.conf\"\nresolver = { tris = 2; };\n");
	check_problems(box,
		       "repwatch.conf:1: 'no.conf' cannot be opened: No such file or directory\n"
		       "repwatch.conf:2: 'conf.x' is a folder, not a file\n"
		       "repwatch.conf:3: '@include' needs a file name in double quotes on the "
		       "same line\n"
		       "repwatch.conf:4: '/nowhere/x.conf' cannot be opened: No such file or "
		       "directory\n"
		       "repwatch.conf:5: unknown option 'tris'; did you mean 'tries'?\n");
}

static void refuses_files_that_include_each_other(void **state)
{
	struct box *box = *state;

	box_write(box, "a.conf", "\n@include \"b.conf\"\n");
	box_write(box, "b.conf", "@include \"a.conf\"\n");
	box_load(box, "@include \"a.conf\"\n");
	check_problems(box,
		       "b.conf:1: 'a.conf' includes itself: repwatch.conf -> a.conf -> b.conf -> "
		       "a.conf\n");
	box_load(box, "@include \"repwatch.conf\"\n");
	check_problems(box, "repwatch.conf:1: 'repwatch.conf' includes itself: repwatch.conf -> "
			    "repwatch.conf\n");
}

static void refuses_includes_without_end(void **state)
{
	struct box *box = *state;

	for (int i = 0; i < 12; i++) {
		char name[32];
		char text[64];

		snprintf(name, sizeof(name), "%d.conf", i);
		snprintf(text, sizeof(text), "@include \"%d.conf\"\n", i + 1);
		box_write(box, name, text);
	}
	box_load(box, "@include \"0.conf\"\n");
	check_problems(box,
		       "9.conf:1: '10.conf' is included too deeply, at most 10 files may include "
		       "each other\n");
}

static void refuses_two_includes_in_a_line(void **state)
{
	struct box *box = *state;

	box_write(box, "a.conf", "timezone = \"UTC\";\n");
	box_load(box, "@include \"a.conf\" @include \"a.conf\"\n");
	check_problems(box, "repwatch.conf:1: cannot open include file; write each '@include' on a "
			    "line of its own\n");
}

static void joins_the_files_of_conf_d(void **state)
{
	struct box *box = *state;

	box_write(box, "conf.d/20-b.conf",
		  "stale_after = \"5h\";\naddresses = ( { address = \"192.0.2.2\"; } );\n");
	box_write(box, "conf.d/10-a.conf",
		  "stale_after = \"4h\";\ntimezone = \"UTC\";\n"
		  "addresses = ( { address = \"192.0.2.3\"; }, { address = \"192.0.2.4\"; } );\n");
	box_write(box, "conf.d/.hidden.conf", "stale_after = \"6h\";\n");
	box_write(box, "conf.d/old.conf.bak", "stale_after = \"7h\";\n");
	box_load(box, "stale_after = \"3h\";\nresolver = { tries = 4; };\n"
		      "addresses = ( { address = \"192.0.2.1\"; } );\n");
	box_check_good(box);
	assert_int_equal(box->conf.stale_after_ms, 5 * 3600 * 1000);
	assert_string_equal(box->conf.timezone, "UTC");
	assert_int_equal(box->conf.resolver.tries, 4);
	assert_int_equal(box->conf.addresses, 4);
	assert_int_equal(box->conf.address[0].prefix.ip.byte[3], 1);
	assert_int_equal(box->conf.address[1].prefix.ip.byte[3], 3);
	assert_int_equal(box->conf.address[3].prefix.ip.byte[3], 2);
}

static void names_the_file_of_conf_d(void **state)
{
	struct box *box = *state;

	box_write(box, "conf.d/10-a.conf", "\naddresses = ( { address = \"192.0.2.1\"; } );\n");
	box_write(box, "conf.d/20-b.conf", "broken\n");
	box_write(box, "conf.d/30-c.conf", "@include \"extra.conf\"\nvolume = 3;\n");
	box_write(box, "extra.conf", "resolver = { timeout = \"3\"; };\n");
	box_load(box, "addresses = ( { address = \"192.0.2.1\"; } );\n");
	check_problems(box,
		       "conf.d/20-b.conf:2: syntax error; look for a missing ';', quote or "
		       "bracket here or just before\n"
		       "conf.d/30-c.conf:2: 'volume' must be a group, { ... }, not the number 3\n"
		       "extra.conf:1: 'resolver.timeout': '3' needs a unit, such as \"3s\"\n");
	box_write(box, "conf.d/20-b.conf", "");
	box_write(box, "conf.d/30-c.conf", "");
	box_load(box, NULL);
	check_problems(
	    box, "conf.d/10-a.conf:2: '192.0.2.1' is given twice, first at repwatch.conf:1\n");
}

static void says_why_a_file_cannot_be_read(void **state)
{
	struct box *box = *state;
	char path[256];

	box_load(box, NULL);
	check_problems(box, "repwatch.conf: 'repwatch.conf' cannot be opened: No such file or "
			    "directory\n");
	mkdir(path_in(box, "repwatch.conf", path), 0755);
	box_load(box, NULL);
	check_problems(box, "repwatch.conf: 'repwatch.conf' is a folder, not a file\n");
	rmdir(path);
	mkfifo(path, 0600);
	box_load(box, NULL);
	check_problems(box, "repwatch.conf: 'repwatch.conf' is not a regular file\n");
	box_write_mode(box, "repwatch.conf", "", 0646);
	box_load(box, NULL);
	check_problems(box, "repwatch.conf: 'repwatch.conf' can be written by everybody; take that "
			    "away with 'chmod o-w'\n");
	unlink(path);
	assert_int_equal(symlink("repwatch.conf", path), 0);
	box_load(box, NULL);
	check_problems(box, "repwatch.conf: 'repwatch.conf' cannot be opened: Too many levels of "
			    "symbolic links\n");
}

static void follows_a_link_to_a_configuration(void **state)
{
	struct box *box = *state;
	char path[256];

	box_write(box, "elsewhere/real.conf", "timezone = \"UTC\";\n");
	assert_int_equal(symlink("elsewhere/real.conf", path_in(box, "repwatch.conf", path)), 0);
	box_load(box, NULL);
	box_check_good(box);
	assert_string_equal(box->conf.timezone, "UTC");
}

static void refuses_a_file_of_another_user(void **state)
{
	struct box *box = *state;
	char path[256];

	if (geteuid() != 0)
		skip();
	box_write(box, "repwatch.conf", "timezone = \"UTC\";\n");
	assert_int_equal(chown(path_in(box, "repwatch.conf", path), 65534, 65534), 0);
	box_load(box, NULL);
	check_problems(box,
		       "repwatch.conf: 'repwatch.conf' belongs to user 65534; give it to root or "
		       "to the user who runs repwatch with 'chown'\n");
}

static void refuses_what_is_no_text(void **state)
{
	struct box *box = *state;
	char path[256];
	FILE *file;

	box_load(box, "");
	box_check_good(box);
	file = fopen(path_in(box, "repwatch.conf", path), "w");
	fwrite("\n\ntimezone\0\n", 1, 12, file);
	fclose(file);
	box_load(box, NULL);
	check_problems(box, "repwatch.conf:3: the file is no text: it holds a NUL byte\n");
}

static void takes_a_byte_order_mark_and_foreign_line_ends(void **state)
{
	struct box *box = *state;

	box_load(box, "\xef\xbb\xbftimezone = \"UTC\";\r\nresolver = {\r\n tris = 1; };\r\n");
	check_problems(box, "repwatch.conf:3: unknown option 'tris'; did you mean 'tries'?\n");
}

static void reads_text_at_hand(void **state)
{
	struct box *box = *state;
	struct conf_problems problems = {0};
	char path[256];

	path_in(box, "repwatch.conf", path);
	box->arena = arena_new();
	assert_true(conf_load_text(path, "timezone = \"UTC\";", box->arena, &box->conf, &problems));
	assert_string_equal(box->conf.path, path);
	assert_int_equal(box->conf.catalogue.lists, 4);
	str_release(&problems.text);
}

static void starts_relative_paths_at_its_folder(void **state)
{
	struct box *box = *state;
	char path[256];

	box_write(box, "conf.d/a.conf",
		  "maillogs = ( { path = \"log\"; format = \"exim\"; "
		  "address = \"192.0.2.1\"; } );\n");
	box_load(box, "state_dir = \"state\";\n");
	box_check_good(box);
	assert_string_equal(box->conf.state_dir, path_in(box, "state", path));
	assert_string_equal(box->conf.maillog[0].path, path_in(box, "log", path));
	assert_string_equal(box->conf.lists.catalogue_path[0], path_in(box, "lists.conf", path));
}

static const char with_key[] = "\nlists = { keys = ( { name = \"spamhaus-dqs\";\n"
			       " key_file = \"dqs.key\"; } ); };\n";

#define FIRST_WORDS "repwatch.conf:3: 'lists.keys[].key_file': 'dqs.key' cannot be used: "

static const struct {
	const char *what;
	const char *text;
	mode_t mode;
	const char *problem;
} secrets[] = {
    {"readable by others", "abc", 0644,
     "'lists.keys[].key_file': 'dqs.key' cannot be used: 'dqs.key' holds a secret and is open to "
     "others (mode 0644): chmod 600 it"},
    {"readable by its group", "abc", 0640,
     "'lists.keys[].key_file': 'dqs.key' cannot be used: 'dqs.key' holds a secret and is open to "
     "others (mode 0640): chmod 600 it"},
    {"empty", "", 0600,
     "'lists.keys[].key_file': 'dqs.key' cannot be used: 'dqs.key' has no secret in its first "
     "line"},
    {"empty in its first line", "\nabc\n", 0600,
     "'lists.keys[].key_file': 'dqs.key' cannot be used: 'dqs.key' has no secret in its first "
     "line"},
    {"no DNS label", "abc.def", 0600,
     "the key in 'dqs.key' does not fit into a DNS name: it may hold letters, digits and '-', 63 "
     "at most"},
    {"with a blank in front", " abc", 0600,
     "the key in 'dqs.key' does not fit into a DNS name: it may hold letters, digits and '-', 63 "
     "at most"},
    {"too long", "0123456789012345678901234567890123456789012345678901234567890123", 0600,
     "the key in 'dqs.key' does not fit into a DNS name: it may hold letters, digits and '-', 63 "
     "at most"},
};

static void refuses_secrets_that_are_none(void **state)
{
	struct box *box = *state;
	char expected[512];
	char path[256];

	for (size_t i = 0; i < COUNT_OF(secrets); i++) {
		box_write_mode(box, "dqs.key", secrets[i].text, secrets[i].mode);
		box_load(box, with_key);
		snprintf(expected, sizeof(expected), "repwatch.conf:3: %s\n", secrets[i].problem);
		check_problems(box, expected);
	}
	box_remove(box, "dqs.key");
	box_load(box, with_key);
	check_problems(box, "repwatch.conf:3: 'lists.keys[].key_file': 'dqs.key' cannot be used: "
			    "cannot open 'dqs.key': No such file or directory\n");
	box_write_mode(box, "real.key", box_key, 0600);
	assert_int_equal(symlink("real.key", path_in(box, "dqs.key", path)), 0);
	box_load(box, with_key);
	assert_non_null(strstr(box->problems, FIRST_WORDS "'dqs.key' is a symbolic link"));
}

static void refuses_a_secret_of_another_user(void **state)
{
	struct box *box = *state;
	char path[256];

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path_in(box, "dqs.key", path), 65534, 65534), 0);
	box_load(box, with_key);
	check_problems(box,
		       FIRST_WORDS "'dqs.key' holds a secret and belongs to user 65534: make it "
				   "yours with chown\n");
}

static void opens_no_secret_to_look(void **state)
{
	struct box *box = *state;
	char path[256];

	box_write_mode(box, "dqs.key", box_key, 0644);
	box_write(box, "repwatch.conf", with_key);
	if (geteuid() == 0)
		assert_int_equal(chown(path_in(box, "repwatch.conf", path), 65534, 65534), 0);
	box_load_to_look(box, NULL);
	box_check_good(box);
	assert_true(box->conf.catalogue.list[1].is_enabled);
	assert_string_equal(box->conf.catalogue.list[1].query_zone, "<KEY>.zen.dq.spamhaus.net");
	box_load_to_look(box, "resolver = { tris = 1; };\n");
	assert_false(box->is_good);
}

static void passes_over_brackets_at_the_top(void **state)
{
	static const char top[] = "/* ( */ state_dir = \"/var/a\"; # {\n"
				  "resolver = { tris = 1; # }\n"
				  " servers = [ \"}\", \"\\\"}\" ]; /* } */ };\n"
				  "addresses = ( { address = \"none\"; }, // )\n"
				  "  { x = ( { y = 1; } ); } );\n"
				  "@include \"more.conf\"\n";
	struct box *box = *state;

	box_remove(box, "lists.conf");
	box_write(box, "more.conf", "lists = { catalogue = \"none\"; }; stale_after = \"5m\";\n");
	box_load_top(box, top);
	box_check_good(box);
	assert_string_equal(box->conf.state_dir, "/var/a");
	assert_int_equal(box->conf.stale_after_ms, 5 * 60 * 1000);
	assert_int_equal(box->conf.addresses, 0);
	assert_int_equal(box->conf.resolver.tries, 2);
	box_load_top(box, "addresses = (\n);\nstale_after = 5;\n");
	assert_non_null(strstr(box->problems, "repwatch.conf:3: "));
	box_load_top(box, "addresses = ( { \n");
	assert_false(box->is_good);
	box_load_top(box, "addresses = ( \"");
	assert_false(box->is_good);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, box_setup, box_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(names_the_included_file_and_its_line),
	    TEST(includes_what_has_no_line_end),
	    TEST(goes_on_behind_an_include_that_fails),
	    TEST(refuses_files_that_include_each_other),
	    TEST(refuses_includes_without_end),
	    TEST(refuses_two_includes_in_a_line),
	    TEST(joins_the_files_of_conf_d),
	    TEST(names_the_file_of_conf_d),
	    TEST(says_why_a_file_cannot_be_read),
	    TEST(follows_a_link_to_a_configuration),
	    TEST(refuses_a_file_of_another_user),
	    TEST(refuses_what_is_no_text),
	    TEST(takes_a_byte_order_mark_and_foreign_line_ends),
	    TEST(reads_text_at_hand),
	    TEST(starts_relative_paths_at_its_folder),
	    TEST(refuses_secrets_that_are_none),
	    TEST(refuses_a_secret_of_another_user),
	    TEST(opens_no_secret_to_look),
	    TEST(passes_over_brackets_at_the_top),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
