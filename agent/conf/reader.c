#include "conf/reader.h"

#include "base/mem.h"
#include "base/nearest.h"
#include "conf/source.h"
#include "conf/value.h"
#include "sys/clock.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Where a field got its value. */
struct place {
	const void *field;
	size_t index; /* in the order they were set */
	struct where where;
};

/* The groups one struct is filled from: the roots of all files, or one element of a list. */
struct groups {
	config_setting_t *const *item;
	size_t count;
	config_setting_t *
	    *member; /* group by group, those of each row of the level; NULL: not given */
};

void reader_init(struct reader *reader, struct arena *arena)
{
	struct arena *scratch = arena_new();

	*reader = (struct reader){
	    .arena = arena,
	    .scratch = scratch,
	    .problems = {.arena = scratch},
	    .notes = {.arena = scratch},
	    .dir = ".",
	    .now = clock_now(),
	};
}

void reader_release(struct reader *reader)
{
	problems_release(&reader->problems);
	problems_release(&reader->notes);
	free(reader->place);
	arena_free(reader->scratch);
}

const char *reader_path(const struct reader *reader, const char *path)
{
	if (*path == '/')
		return arena_strdup(reader->arena, path);
	return arena_printf(reader->arena, "%s/%s",
			    strcmp(reader->dir, "/") == 0 ? "" : reader->dir, path);
}

struct where reader_new_file(struct reader *reader, const char *path)
{
	return (struct where){.file = path, .order = reader->files++};
}

void reader_place(struct reader *reader, const void *field, struct where where)
{
	reader->place = array_grow(reader->place, reader->places, sizeof(*reader->place));
	reader->place[reader->places] = (struct place){field, reader->places, where};
	reader->places++;
	reader->places_are_sorted = false;
}

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left;
	const struct place *b = right;
	const uintptr_t x = (uintptr_t)a->field;
	const uintptr_t y = (uintptr_t)b->field;

	if (x != y)
		return x < y ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

struct where reader_where(struct reader *reader, const void *field)
{
	size_t low = 0;
	size_t high = reader->places;

	if (!reader->places_are_sorted && reader->places)
		qsort(reader->place, reader->places, sizeof(*reader->place), compare_places);
	reader->places_are_sorted = true;
	/* The last one with this field, if any, is right below `low` in the end. */
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if ((uintptr_t)reader->place[middle].field <= (uintptr_t)field)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || reader->place[low - 1].field != field)
		return (struct where){0};
	return reader->place[low - 1].where;
}

bool reader_is_given(struct reader *reader, const void *field)
{
	return reader_where(reader, field).file != NULL;
}

static void note_unknown(struct reader *reader, const struct level *level,
			 const config_setting_t *setting)
{
	const char *name = config_setting_name(setting);
	const struct option *const row = level->table->row;
	const char **known =
	    arena_calloc(reader->scratch, level->end - level->first + 1, sizeof(*known));
	const struct option *option;
	const char *meant;
	size_t count = 0;

	for (size_t at = 0; (option = level_next(level, &at));)
		known[count++] = option_name(option);
	meant = nearest_of(name, known, count);
	if (meant) {
		problems_add(&reader->problems, source_where(setting),
			     "unknown option %s; did you mean '%s'?", quote(reader->scratch, name),
			     meant);
		return;
	}
	for (size_t i = 0; i < level->table->rows; i++)
		if (strcmp(option_name(&row[i]), name) == 0) {
			problems_add(&reader->problems, source_where(setting),
				     "option %s does not belong here; did you mean '%s'?",
				     quote(reader->scratch, name), row[i].path);
			return;
		}
	problems_add(&reader->problems, source_where(setting),
		     "unknown option %s; 'repwatch config options' prints all there are",
		     quote(reader->scratch, name));
}

static size_t rows_of(const struct level *level)
{
	return level->end - level->first;
}

static size_t row_of(const struct level *level, const struct option *option)
{
	return (size_t)(option - level->table->row) - level->first;
}

/* Most files have their settings in the order of the rows, so each is looked for behind the one
 * before. */
static void find_members(struct reader *reader, const struct level *level,
			 const config_setting_t *group, config_setting_t **member)
{
	size_t at = 0;

	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *const setting = config_setting_get_elem(group, (unsigned)i);
		const struct option *const option =
		    level_find(level, config_setting_name(setting), &at);

		if (option)
			member[row_of(level, option)] = setting;
		else
			note_unknown(reader, level, setting);
	}
}

static struct groups groups_of(struct reader *reader, const struct level *level,
			       config_setting_t *const *item, size_t count)
{
	const size_t rows = rows_of(level);
	const struct groups groups = {
	    item, count, arena_calloc(reader->scratch, count * rows + 1, sizeof(*groups.member))};

	for (size_t i = 0; i < count; i++)
		find_members(reader, level, item[i], groups.member + i * rows);
	return groups;
}

/* What is missing from the file as a whole may have been in the part that could not be read. */
static void note_missing(struct reader *reader, const struct option *option,
			 const struct groups *groups)
{
	const struct where where =
	    groups->count ? source_where(groups->item[0]) : (struct where){0};

	if (groups->count == 0 || (where.line == 0 && reader->is_cut))
		return;
	problems_add(&reader->problems, where, "'%s' is missing; it is %s", option->path,
		     option_wants(option->type));
}

/* What group `i` has for an option. */
static config_setting_t *member_of(const struct groups *groups, size_t i, const struct level *level,
				   const struct option *option)
{
	return groups->member[i * rows_of(level) + row_of(level, option)];
}

static void fill_group(struct reader *reader, const struct level *level,
		       config_setting_t *const *item, size_t count, void *base);

static void fill_value(struct reader *reader, const struct level *level,
		       const struct option *option, const struct groups *groups, void *base)
{
	void *const field = (char *)base + option->offset;
	size_t *const count =
	    option->is_list ? (size_t *)(void *)((char *)base + option->count_offset) : NULL;
	bool is_given = option->initial != NULL;

	value_initial(reader, option, field, count);
	for (size_t i = 0; i < groups->count; i++) {
		const config_setting_t *setting = member_of(groups, i, level, option);

		if (!setting)
			continue;
		is_given = true;
		value_read(reader, option, setting, field, count);
		reader_place(reader, field, source_where(setting));
	}
	if (option->is_required && !is_given)
		note_missing(reader, option, groups);
}

static void fill_section(struct reader *reader, const struct level *level,
			 const struct option *option, const struct groups *groups, void *base)
{
	config_setting_t **item = arena_calloc(reader->scratch, groups->count + 1, sizeof(*item));
	const struct level below = level_below(level, option);
	size_t count = 0;

	for (size_t i = 0; i < groups->count; i++) {
		config_setting_t *setting = member_of(groups, i, level, option);

		if (!setting)
			continue;
		if (config_setting_is_group(setting))
			item[count++] = setting;
		else
			value_note_type(reader, option, setting);
	}
	fill_group(reader, &below, item, count, base);
}

/* The groups of one list, put behind those that are there; returns how many there are then. */
static size_t gather(struct reader *reader, const struct option *option,
		     const config_setting_t *list, config_setting_t **item, size_t count)
{
	/* [] is empty as well. */
	if (!config_setting_is_list(list) &&
	    (!config_setting_is_array(list) || config_setting_length(list) > 0)) {
		value_note_type(reader, option, list);
		return count;
	}
	for (int i = 0; i < config_setting_length(list); i++) {
		config_setting_t *element = config_setting_get_elem(list, (unsigned)i);

		if (config_setting_is_group(element))
			item[count++] = element;
		else
			value_note_type(reader, option, element);
	}
	return count;
}

static void fill_list(struct reader *reader, const struct level *level, const struct option *option,
		      const struct groups *groups, void *base)
{
	const struct level below = level_below(level, option);
	config_setting_t **item = NULL;
	size_t room = 0;
	size_t count = 0;
	char *element;

	for (size_t i = 0; i < groups->count; i++) {
		const config_setting_t *list = member_of(groups, i, level, option);

		room += list && config_setting_is_aggregate(list)
			    ? (size_t)config_setting_length(list)
			    : 0;
	}
	item = arena_calloc(reader->scratch, room + 1, sizeof(*item));
	for (size_t i = 0; i < groups->count; i++) {
		const config_setting_t *list = member_of(groups, i, level, option);

		if (!list)
			continue;
		count = gather(reader, option, list, item, count);
	}
	if (option->is_required && count == 0)
		note_missing(reader, option, groups);
	element = arena_calloc(reader->arena, count + 1, option->size);
	memcpy((char *)base + option->offset, &element, sizeof(element));
	memcpy((char *)base + option->count_offset, &count, sizeof(count));
	for (size_t i = 0; i < count; i++) {
		/* The first field, which has the same address, may override it. */
		reader_place(reader, element + i * option->size, source_where(item[i]));
		fill_group(reader, &below, &item[i], 1, element + i * option->size);
	}
}

static void fill_group(struct reader *reader, const struct level *level,
		       config_setting_t *const *item, size_t count, void *base)
{
	const struct groups groups = groups_of(reader, level, item, count);
	const struct option *option;

	for (size_t at = 0; (option = level_next(level, &at));)
		if (option->type == OPTION_SECTION)
			fill_section(reader, level, option, &groups, base);
		else if (option->type == OPTION_GROUPS)
			fill_list(reader, level, option, &groups, base);
		else
			fill_value(reader, level, option, &groups, base);
}

void reader_fill(struct reader *reader, const struct option_table *table,
		 struct source *const *source, size_t sources, void *base)
{
	const struct level level = level_top(table);
	config_setting_t **item = arena_calloc(reader->scratch, sources + 1, sizeof(*item));
	size_t count = 0;

	for (size_t i = 0; i < sources; i++)
		if (source[i])
			item[count++] = source_root(source[i]);
	fill_group(reader, &level, item, count, base);
}
