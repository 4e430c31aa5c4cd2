#include "conf/lists.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "conf/option.h"
#include "conf/problems.h"
#include "conf/source.h"
#include "dns/name.h"
#include "lists/catalogue.h"
#include "sys/files.h"

#include <stdlib.h>
#include <string.h>

static const char place_of_key[] = "<KEY>";

/* The lists while they are put together. */
struct merge {
	struct reader *reader;
	struct catalogue catalogue;
	struct list *list; /* the catalogue's */
	bool is_whole; /* every file could be read */
};

/* The entry that stands for a zone so far. */
struct standing_entry {
	size_t index;
	size_t file;
	struct where where;
};

/* One file; `path` is where the configuration names it, or the default. */
static struct source *read_file(struct merge *merge, const struct conf *conf,
				const char *const *path)
{
	struct reader *const reader = merge->reader;
	const struct where main_file = {.file = *conf->path ? conf->path : *path};
	struct where named = reader_where(reader, path);
	struct source *source;

	if (named.file)
		return source_read(reader, *path, named);
	source = source_read(reader, *path, main_file);
	if (!source && *conf->path)
		problems_add(&reader->problems, main_file,
			     "the catalogue is needed; 'lists.catalogue' says where it is");
	return source;
}

static struct catalogue_file *read_files(struct merge *merge, const struct conf *conf)
{
	struct reader *const reader = merge->reader;
	const size_t count = conf->lists.catalogue_paths;
	struct catalogue_file *file = arena_calloc(reader->scratch, count + 1, sizeof(*file));

	/* A catalogue says what to ask, not whom to tell or where to write. */
	reader->trusts_owners = true;
	merge->is_whole = true;
	for (size_t i = 0; i < count; i++) {
		struct source *source = read_file(merge, conf, &conf->lists.catalogue_path[i]);

		merge->is_whole = merge->is_whole && source;
		reader_fill(reader, &options_catalogue, &source, 1, &file[i]);
		source_free(source);
	}
	return file;
}

static void merge_retired(struct merge *merge, const struct catalogue_file *file, size_t files)
{
	struct retired_list *retired;
	size_t count = 0;

	for (size_t i = 0; i < files; i++)
		count += file[i].retireds;
	retired = arena_calloc(merge->reader->arena, count + 1, sizeof(*retired));
	merge->catalogue.retired = retired;
	for (size_t i = 0; i < files; i++)
		for (size_t j = 0; j < file[i].retireds; j++)
			retired[merge->catalogue.retireds++] = file[i].retired[j];
}

/* A later file's entry takes the place of an earlier one's. */
static void merge_entry(struct merge *merge, struct map *by_zone, struct list_entry *entry,
			size_t file)
{
	struct reader *const reader = merge->reader;
	const char *zone = entry->list.zone;
	const struct where where = reader_where(reader, &entry->list.zone);
	const char *reason = catalogue_retired(&merge->catalogue, zone);
	struct standing_entry *before = map_get(by_zone, zone);

	if (reason) {
		problems_add(&reader->problems, where, "list %s was shut down: %s; remove it",
			     quote(reader->scratch, zone), reason);
		return;
	}
	if (before && before->file == file) {
		problems_add(&reader->problems, where, "list %s is given twice, first at %s:%u",
			     quote(reader->scratch, zone), before->where.file, before->where.line);
		return;
	}
	if (!before) {
		before = arena_calloc(reader->scratch, 1, sizeof(*before));
		before->index = merge->catalogue.lists++;
		map_put(by_zone, zone, before);
	}
	before->file = file;
	before->where = where;
	merge->list[before->index] = entry->list;
}

static void merge_entries(struct merge *merge, const struct catalogue_file *file, size_t files)
{
	struct map *by_zone = map_new();
	size_t count = 0;

	for (size_t i = 0; i < files; i++)
		count += file[i].entries;
	merge->list = arena_calloc(merge->reader->arena, count + 1, sizeof(*merge->list));
	merge->catalogue.list = merge->list;
	for (size_t i = 0; i < files; i++)
		for (size_t j = 0; j < file[i].entries; j++) {
			list_entry_finish(merge->reader, &file[i].entry[j]);
			if (*file[i].entry[j].list.zone)
				merge_entry(merge, by_zone, &file[i].entry[j], i);
		}
	map_free(by_zone);
}

static void set_why(struct merge *merge, struct list *list, const char *why)
{
	list->is_enabled = false;
	list->why_disabled = arena_strdup(merge->reader->arena, why);
}

/* The list an option names, or NULL, which is noted. */
static struct list *named_list(struct merge *merge, const char *const *zone)
{
	struct reader *const reader = merge->reader;
	const struct where where = reader_where(reader, zone);
	const struct list *list = catalogue_find(&merge->catalogue, *zone);
	const char *reason = catalogue_retired(&merge->catalogue, *zone);
	const char **known;
	const char *meant;

	if (list)
		return &merge->list[list - merge->list];
	if (reason) {
		problems_add(&reader->problems, where, "list %s was shut down: %s; remove it",
			     quote(reader->scratch, *zone), reason);
		return NULL;
	}
	if (!merge->is_whole)
		return NULL;
	known = arena_calloc(reader->scratch, merge->catalogue.lists + 1, sizeof(*known));
	for (size_t i = 0; i < merge->catalogue.lists; i++)
		known[i] = merge->list[i].zone;
	meant = nearest_of(*zone, known, merge->catalogue.lists);
	problems_add(&reader->problems, where, "no list of the catalogue has the zone %s%s%s%s",
		     quote(reader->scratch, *zone), meant ? "; did you mean '" : "",
		     meant ? meant : "", meant ? "'?" : "");
	return NULL;
}

/* One label, RFC 1035 section 2.3.1. The sentence must not hold the key. */
static bool key_fits(const char *key)
{
	const size_t len = strlen(key);

	if (len == 0 || len > DNS_LABEL_MAX || key[0] == '-' || key[len - 1] == '-')
		return false;
	return strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
	       len;
}

static void put_key(struct merge *merge, struct list *list, const char *key,
		    const struct conf_key *row)
{
	struct reader *const reader = merge->reader;

	if (strncmp(list->zone, place_of_key, strlen(place_of_key)) != 0)
		return;
	list->query_zone =
	    arena_printf(reader->arena, "%s%s", key, list->zone + strlen(place_of_key));
	if (!list_zone_fits(list, list->query_zone))
		problems_add(&reader->problems, reader_where(reader, &row->key_file),
			     "the key in %s is too long for %s",
			     quote(reader->scratch, row->key_file),
			     quote(reader->scratch, list->zone));
}

static bool needs(const struct list *list, const struct conf_key *row)
{
	return list->key_name && strcmp(list->key_name, row->name) == 0;
}

/* A key that cannot be read was noted where its file is named. */
static void use_key(struct merge *merge, const struct conf_key *row)
{
	struct reader *const reader = merge->reader;
	char *key = NULL;
	struct err err;

	if (reader->is_looking || !*row->key_file || !files_secret(row->key_file, &key, &err))
		return;
	if (!key_fits(key))
		problems_add(
		    &reader->problems, reader_where(reader, &row->key_file),
		    "the key in %s does not fit into a DNS name: it may hold letters, digits "
		    "and '-', %d at most",
		    quote(reader->scratch, row->key_file), DNS_LABEL_MAX);
	else
		for (size_t i = 0; i < merge->catalogue.lists; i++)
			if (needs(&merge->list[i], row))
				put_key(merge, &merge->list[i], key, row);
	explicit_bzero(key, strlen(key));
	free(key);
}

static void note_needless(struct merge *merge, const struct conf_key *row)
{
	struct reader *const reader = merge->reader;
	const char **known =
	    arena_calloc(reader->scratch, merge->catalogue.lists + 1, sizeof(*known));
	const char *meant;
	size_t count = 0;

	for (size_t i = 0; i < merge->catalogue.lists; i++)
		if (merge->list[i].key_name)
			known[count++] = merge->list[i].key_name;
	meant = nearest_of(row->name, known, count);
	problems_add(&reader->problems, reader_where(reader, &row->name),
		     "no list of the catalogue needs the key %s%s%s%s",
		     quote(reader->scratch, row->name), meant ? "; did you mean '" : "",
		     meant ? meant : "", meant ? "'?" : "");
}

static void apply_keys(struct merge *merge, const struct conf *conf)
{
	struct reader *const reader = merge->reader;

	for (size_t i = 0; i < conf->lists.keys; i++) {
		const struct conf_key *const row = &conf->lists.key[i];
		bool is_needed = false;

		for (size_t j = 0; j < i; j++)
			if (strcmp(conf->lists.key[j].name, row->name) == 0)
				problems_add(&reader->problems, reader_where(reader, &row->name),
					     "key %s is given twice, first in line %u",
					     quote(reader->scratch, row->name),
					     reader_where(reader, &conf->lists.key[j].name).line);
		for (size_t j = 0; j < merge->catalogue.lists; j++)
			is_needed = is_needed || needs(&merge->list[j], row);
		if (is_needed)
			use_key(merge, row);
		else if (*row->name && merge->is_whole)
			note_needless(merge, row);
	}
}

static bool lacks_key(const struct list *list)
{
	return list->key_name && list->query_zone == list->zone;
}

static void apply_enable(struct merge *merge, const struct conf *conf)
{
	struct reader *const reader = merge->reader;

	for (size_t i = 0; i < conf->lists.enables; i++) {
		struct list *const list = named_list(merge, &conf->lists.enable[i]);

		if (!list)
			continue;
		list->is_enabled = true;
		list->why_disabled = "";
		if (lacks_key(list) && !reader->is_looking)
			problems_add(&reader->problems,
				     reader_where(reader, &conf->lists.enable[i]),
				     "list %s needs a key: add one named '%s' to 'lists.keys'",
				     quote(reader->scratch, list->zone), list->key_name);
	}
}

static void apply_disable(struct merge *merge, const struct conf *conf)
{
	struct reader *const reader = merge->reader;

	for (size_t i = 0; i < conf->lists.disables; i++) {
		struct list *const list = named_list(merge, &conf->lists.disable[i]);

		if (!list)
			continue;
		set_why(merge, list, "the configuration disables it");
		for (size_t j = 0; j < conf->lists.enables; j++)
			if (dns_name_equal(conf->lists.enable[j], conf->lists.disable[i]))
				problems_add(
				    &reader->problems,
				    reader_where(reader, &conf->lists.disable[i]),
				    "list %s is both in 'lists.disable' and in 'lists.enable'",
				    quote(reader->scratch, list->zone));
	}
}

/* Whoever only looks must see what was learned with a key, though the key stays closed. */
static bool is_asked_by_others(const struct merge *merge, const struct conf *conf,
			       const struct list *list)
{
	if (!merge->reader->is_looking)
		return false;
	for (size_t i = 0; i < conf->lists.keys; i++)
		if (needs(list, &conf->lists.key[i]))
			return true;
	return false;
}

static void apply_needs(struct merge *merge, const struct conf *conf)
{
	for (size_t i = 0; i < merge->catalogue.lists; i++) {
		struct list *const list = &merge->list[i];

		if (list->is_enabled && lacks_key(list) && !is_asked_by_others(merge, conf, list))
			set_why(merge, list,
				arena_printf(merge->reader->scratch,
					     "needs a key: add one named '%s' to 'lists.keys'",
					     list->key_name));
	}
}

void lists_load(struct reader *reader, struct conf *conf)
{
	struct merge merge = {.reader = reader};
	const size_t files = conf->lists.catalogue_paths;
	struct catalogue_file *const file = read_files(&merge, conf);

	merge_retired(&merge, file, files);
	merge_entries(&merge, file, files);
	apply_keys(&merge, conf);
	apply_enable(&merge, conf);
	apply_disable(&merge, conf);
	apply_needs(&merge, conf);
	conf->catalogue = merge.catalogue;
}
