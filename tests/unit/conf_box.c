#include "conf_box.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "conf/load.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char box_key[] = "abcdefghij0123456789klmno";
const char box_url[] = "https://hooks.example.com/services/T000/B000/sesame";

static const char catalogue[] =
    "catalogue = (\n"
    "  { zone = \"zen.spamhaus.org\"; covers = [\"ip4\", \"ip6\"]; severity = \"critical\";\n"
    "    codes = ( { code = \"127.0.0.2\"; means = \"SBL\"; },\n"
    "              { code = \"127.0.0.10-11\"; means = \"PBL\"; kind = \"policy\"; } ); },\n"
    "  { zone = \"<KEY>.zen.dq.spamhaus.net\"; covers = [\"ip4\"]; needs_key = \"spamhaus-dqs\";\n"
    "    codes = ( { code = \"127.0.0.2\"; means = \"SBL\"; } ); },\n"
    "  { zone = \"dnsbl-2.uceprotect.net\"; covers = [\"ip4\"];\n"
    "    codes = ( { code = \"127.0.0.2\"; means = \"network\"; } ); },\n"
    "  { zone = \"bl.terms.example\"; covers = [\"ip4\"]; enabled = false;\n"
    "    why_disabled = \"terms: not for companies\";\n"
    "    codes = ( { code = \"127.0.0.2\"; means = \"listed\"; } ); }\n"
    ");\n"
    "retired = ( { zone = \"*.sorbs.net\"; reason = \"shut down 2024-06-05\"; } );\n";

const char box_interface[] =
    "state_dir = \"/var/lib/repwatch\";\n"
    "timezone  = \"Asia/Tokyo\";              # the operator's day; default: the system's\n"
    "resolver  = { servers = [\"127.0.0.1\"]; timeout = \"3s\"; tries = 2; in_flight = 1000; };\n"
    "lists     = { catalogue = \"lists.conf\"; disable = [\"dnsbl-2.uceprotect.net\"];\n"
    "              keys = ( { name = \"spamhaus-dqs\"; key_file = \"dqs.key\"; } );\n"
    "              confirm = 2; breaker = 0.5; };\n"
    "addresses = ( { address = \"203.0.113.10\";    name = \"www274\"; helo = "
    "\"www274.example.jp\"; pool = \"shared-a\"; },\n"
    "              { address = \"2001:db8::10\";    name = \"www274\"; helo = "
    "\"www274.example.jp\"; pool = \"shared-a\"; },\n"
    "              { address = \"203.0.113.64/28\"; pool = \"shared-b\"; } );\n"
    "domains   = ( { domain = \"example.jp\"; selectors = [\"rs2024\"]; pool = \"shared-a\"; } );\n"
    "maillogs  = ( { path = \"/var/log/mail.log\"; format = \"postfix\"; address = "
    "\"203.0.113.10\";\n"
    "                by_service = ( { service = \"postfix-b\"; address = \"203.0.113.65\"; } ); "
    "by_host = (); } );\n"
    "volume    = { elevated_ratio = 2.0; spike_ratio = 5.0; floor = 1000; idle_days = 30; };\n"
    "alerts    = { repeat = \"24h\"; digest_over = 10;\n"
    "              channels = ( { name = \"noc\"; type = \"mail\"; to = [\"noc@example.jp\"]; from "
    "= "
    "\"repwatch@example.jp\"; url = \"smtp://127.0.0.1:25\"; min_severity = \"major\"; },\n"
    "                           { name = \"chat\"; type = \"slack\"; url_file = \"slack.url\"; } "
    "); "
    "};\n";

static const char *path_of(const struct box *box, const char *name, char out[256])
{
	snprintf(out, 256, "%s/%s", box->dir, name);
	return out;
}

void box_write_mode(const struct box *box, const char *name, const char *text, mode_t mode)
{
	char path[256];
	int fd;

	path_of(box, name, path);
	for (char *at = strchr(path + strlen(box->dir) + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) ||
	    fchmod(fd, mode) != 0)
		fail_msg("cannot write '%s'", path);
	close(fd);
}

void box_write(const struct box *box, const char *name, const char *text)
{
	box_write_mode(box, name, text, 0644);
}

void box_remove(const struct box *box, const char *name)
{
	char path[256];

	folder_remove(path_of(box, name, path));
}

int box_setup(void **state)
{
	struct box *box = xcalloc(1, sizeof(*box));

	folder_make(box->dir);
	box_write(box, "lists.conf", catalogue);
	box_write_mode(box, "dqs.key", box_key, 0600);
	box_write_mode(box, "slack.url", box_url, 0600);
	box_write_mode(box, "heartbeat.url", box_url, 0600);
	*state = box;
	return 0;
}

static void forget(struct box *box)
{
	arena_free(box->arena);
	free(box->problems);
	box->arena = NULL;
	box->problems = NULL;
}

int box_teardown(void **state)
{
	struct box *box = *state;

	forget(box);
	folder_remove(box->dir);
	free(box);
	return 0;
}

/* So that expectations need not know the folder. */
static char *without_dir(const struct box *box, const char *text)
{
	const size_t dir_len = strlen(box->dir);
	struct str out = {0};
	char *copy;

	while (*text) {
		const char *found = strstr(text, box->dir);
		const size_t len = found ? (size_t)(found - text) : strlen(text);

		str_add_bytes(&out, text, len);
		text += len;
		if (found)
			text += dir_len + (text[dir_len] == '/');
	}
	copy = xstrdup(str_text(&out));
	str_release(&out);
	return copy;
}

typedef bool load_fn(const char *path, struct arena *arena, struct conf *conf,
		     struct conf_problems *problems);

static void load(struct box *box, const char *text, load_fn *fn)
{
	struct conf_problems problems = {0};
	char path[256];

	if (text)
		box_write(box, "repwatch.conf", text);
	forget(box);
	box->arena = arena_new();
	box->is_good = fn(path_of(box, "repwatch.conf", path), box->arena, &box->conf, &problems);
	box->problems = without_dir(box, str_text(&problems.text));
	assert_int_equal(box->is_good, problems.count == 0);
	str_release(&problems.text);
}

void box_load(struct box *box, const char *text)
{
	load(box, text, conf_load);
}

void box_load_to_look(struct box *box, const char *text)
{
	load(box, text, conf_load_to_look);
}

void box_load_top(struct box *box, const char *text)
{
	load(box, text, conf_load_top);
}

void box_check_good(const struct box *box)
{
	if (!box->is_good)
		fail_msg("problems:\n%s", box->problems);
}

void box_check_mistakes(struct box *box, const struct mistake *mistake, size_t mistakes)
{
	size_t wrong = 0;

	for (size_t i = 0; i < mistakes; i++) {
		box_load(box, mistake[i].conf);
		if (strcmp(box->problems, mistake[i].problems) == 0)
			continue;
		print_message("%s\n  expected:\n%s  came:\n%s", mistake[i].what,
			      mistake[i].problems, box->problems);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}
