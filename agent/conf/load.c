#include "conf/load.h"

#include "base/mem.h"
#include "conf/lists.h"
#include "conf/option.h"
#include "conf/problems.h"
#include "conf/reader.h"
#include "conf/rules.h"
#include "conf/source.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char shipped_catalogue[] = PKGSYSCONFDIR "/lists.conf";

/* The files of one configuration. */
struct sources {
	struct source **item; /* NULL where a file could not be read */
	size_t count;
};

static void sources_add(struct sources *sources, struct source *source)
{
	sources->item = array_grow(sources->item, sources->count, sizeof(struct source *));
	sources->item[sources->count++] = source;
}

static void sources_release(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		source_free(sources->item[i]);
	free(sources->item);
}

/* The absolute folder of a file, as far as it exists. */
static const char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	const size_t len = slash ? (size_t)(slash - path) : 1;
	char *folder = arena_strndup(arena, slash ? path : ".", len ? len : 1);
	char real[PATH_MAX];

	return realpath(folder, real) ? arena_strdup(arena, real) : folder;
}

static int is_conf(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

/* By bytes: the order must not depend on the locale, as alphasort's does. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_conf_d(struct reader *reader, struct sources *sources)
{
	const char *folder = reader_path(reader, "conf.d");
	struct dirent **entry = NULL;
	const int count = scandir(folder, &entry, is_conf, by_bytes);

	if (count < 0 && errno != ENOENT)
		problems_add(&reader->problems, reader_new_file(reader, folder),
			     "cannot read the folder: %s", strerror(errno));
	for (int i = 0; i < count; i++) {
		const char *path = arena_printf(reader->arena, "%s/%s", folder, entry[i]->d_name);

		sources_add(sources,
			    source_read(reader, path, (struct where){path, 0, reader->files}));
		free(entry[i]);
	}
	free(entry);
}

/* Hands the sentences over; true when there are none. */
static bool finish(struct reader *reader, struct conf *conf, struct conf_problems *problems)
{
	const size_t count = reader->problems.count;
	const char **note = arena_calloc(reader->arena, reader->notes.count + 1, sizeof(*note));

	problems_sort(&reader->problems);
	for (size_t i = 0; i < count; i++) {
		str_add(&problems->text, problems_line(&reader->problems, i, reader->scratch));
		str_add_char(&problems->text, '\n');
	}
	problems->count += count;
	problems_sort(&reader->notes);
	for (size_t i = 0; i < reader->notes.count; i++)
		note[i] = problems_line(&reader->notes, i, reader->arena);
	conf->note = note;
	conf->notes = reader->notes.count;
	reader_release(reader);
	return count == 0;
}

/* `text` is the main file's, NULL to read it. */
static bool load(struct reader *reader, const char *path, const char *text, struct conf *conf,
		 struct conf_problems *problems)
{
	struct sources sources = {0};
	bool is_read;

	*conf = (struct conf){0};
	reader->dir = folder_of(reader->arena, path);
	path = arena_strdup(reader->arena, path);
	sources_add(&sources, text ? source_parse(reader, path, text)
				   : source_read(reader, path, (struct where){.file = path}));
	/* Where it is not there, what it would have named cannot be missed. */
	is_read = sources.item[0];
	read_conf_d(reader, &sources);
	reader_fill(reader, &options_main, sources.item, sources.count, conf);
	conf->path = path;
	conf->are_replies_given = reader_is_given(reader, &conf->replies_path);
	/* What contradicts or lacks something may be answered where it could not be read. */
	if (!reader->is_cut && !reader->is_skimming)
		rules_check(reader, conf);
	if (is_read && !reader->is_skimming)
		lists_load(reader, conf);
	conf->digest = reader->digest;
	sources_release(&sources);
	return finish(reader, conf, problems);
}

bool conf_load(const char *path, struct arena *arena, struct conf *conf,
	       struct conf_problems *problems)
{
	struct reader reader;

	reader_init(&reader, arena);
	return load(&reader, path, NULL, conf, problems);
}

bool conf_load_to_look(const char *path, struct arena *arena, struct conf *conf,
		       struct conf_problems *problems)
{
	struct reader reader;

	reader_init(&reader, arena);
	reader.is_looking = true;
	reader.trusts_owners = true;
	return load(&reader, path, NULL, conf, problems);
}

bool conf_load_top(const char *path, struct arena *arena, struct conf *conf,
		   struct conf_problems *problems)
{
	struct reader reader;

	reader_init(&reader, arena);
	reader.is_looking = true;
	reader.trusts_owners = true;
	reader.is_skimming = true;
	return load(&reader, path, NULL, conf, problems);
}

bool conf_load_text(const char *path, const char *text, struct arena *arena, struct conf *conf,
		    struct conf_problems *problems)
{
	struct reader reader;

	reader_init(&reader, arena);
	return load(&reader, path, text, conf, problems);
}

bool conf_load_catalogue(const char *path, struct arena *arena, struct conf *conf,
			 struct conf_problems *problems)
{
	const char *const file = path ? path : shipped_catalogue;
	const char **only = arena_calloc(arena, 1, sizeof(*only));
	struct reader reader;

	*conf = (struct conf){0};
	reader_init(&reader, arena);
	reader.dir = folder_of(arena, file);
	reader_fill(&reader, &options_main, NULL, 0, conf);
	only[0] = arena_strdup(arena, file);
	conf->path = "";
	conf->lists.catalogue_path = only;
	conf->lists.catalogue_paths = 1;
	lists_load(&reader, conf);
	return finish(&reader, conf, problems);
}

bool conf_load_defaults(struct arena *arena, struct conf *conf, struct conf_problems *problems)
{
	struct reader reader;

	*conf = (struct conf){0};
	reader_init(&reader, arena);
	reader.dir = "";
	reader_fill(&reader, &options_main, NULL, 0, conf);
	conf->path = "";
	return finish(&reader, conf, problems);
}
