#include "base/arena.h"
#include "base/mem.h"
#include "conf/load.h"
#include "conf/options.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A configuration and, behind a form feed, a catalogue of its own. What loads must be shown, and
 * what is shown must load again to the same. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { PATH_BYTES = 64 };

static const char *const files[] = {"repwatch.conf", "lists.conf", "dqs.key"};

static const char catalogue[] =
    "catalogue = ( { zone = \"bl.example\"; covers = [ \"ip4\", \"ip6\" ];\n"
    "  codes = ( { code = \"127.0.0.2\"; means = \"listed\"; } ); },\n"
    "  { zone = \"<KEY>.bl.example\"; covers = \"ip4\"; needs_key = \"k\"; enabled = false;\n"
    "  codes = ( { code = \"&4\"; means = \"listed\"; } ); } );\n"
    "retired = ( { zone = \"*.old.example\"; reason = \"gone\"; } );\n";

/* One folder for the process, removed when it ends well. */
static char folder[] = "/tmp/repwatch-fuzz.XXXXXX";
static bool has_folder;

static const char *path_of(const char *name, char out[PATH_BYTES])
{
	snprintf(out, PATH_BYTES, "%s/%s", folder, name);
	return out;
}

static void remove_folder(void)
{
	char path[PATH_BYTES];

	for (size_t i = 0; i < COUNT_OF(files); i++)
		unlink(path_of(files[i], path));
	rmdir(folder);
}

static void write_file(const char *name, const char *text)
{
	char path[PATH_BYTES];
	FILE *file = fopen(path_of(name, path), "we");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		bug("cannot write '%s'", path);
}

static void make_folder(void)
{
	if (has_folder)
		return;
	umask(077);
	if (!mkdtemp(folder))
		bug("cannot make '%s'", folder);
	has_folder = true;
	atexit(remove_folder);
	write_file("dqs.key", "abc");
}

static bool load(const char *text, struct arena *arena, struct conf *conf)
{
	struct conf_problems problems = {0};
	char path[PATH_BYTES];
	const bool is_good = conf_load_text(path_of(files[0], path), text, arena, conf, &problems);
	size_t lines = 0;

	for (const char *at = str_text(&problems.text); *at; at++)
		lines += *at == '\n';
	if (lines != problems.count || is_good != (lines == 0))
		bug("%zu problems in %zu lines", problems.count, lines);
	str_release(&problems.text);
	return is_good;
}

static void check_round_trip(const struct conf *conf)
{
	struct arena *arena = arena_new();
	struct str first = {0};
	struct str second = {0};
	struct conf again;

	conf_show_text(conf, &first);
	if (!load(str_text(&first), arena, &again))
		bug("what is shown does not load:\n%s", str_text(&first));
	conf_show_text(&again, &second);
	if (strcmp(str_text(&first), str_text(&second)) != 0)
		bug("shown differently:\n%s\n%s", str_text(&first), str_text(&second));
	str_release(&first);
	str_release(&second);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = xstrndup((const char *)data, len);
	char *own = strchr(text, '\f');
	struct arena *arena = arena_new();
	struct conf conf;

	make_folder();
	if (own)
		*own++ = '\0';
	write_file("lists.conf", own ? own : catalogue);
	if (load(text, arena, &conf))
		check_round_trip(&conf);
	arena_free(arena);
	free(text);
	return 0;
}
