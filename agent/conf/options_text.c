#include "conf/options.h"

#include "base/mem.h"
#include "conf/option.h"
#include "render/layout.h"

#include <string.h>

/* The table of options for people: a reference, a sample, the manual. */

static const struct option_table *const tables[] = {&options_main, &options_catalogue,
						    &options_replies};

enum { TEXT_COLUMNS = 78 };

/* The default as the file would say it, "" for none. */
static void add_initial(struct str *out, const struct option *option)
{
	const bool is_bare = option->type == OPTION_INTEGER || option->type == OPTION_NUMBER ||
			     option->type == OPTION_BOOL;

	if (option->initial)
		str_addf(out, is_bare ? "%s" : "\"%s\"", option->initial);
}

/* "duration, 100ms to 1m, default "3s"" */
static void add_facts(struct str *out, const struct option *option)
{
	struct str bounds = {0};
	struct str initial = {0};

	option_type_text(option, out);
	if (option->words) {
		str_add(out, ", ");
		words_text(option->words(), out);
	}
	option_bounds_text(option, &bounds);
	str_addf(out, "%s%s%s%s", bounds.len ? ", " : "", str_text(&bounds),
		 option->unit ? " " : "", option->unit ? option->unit : "");
	add_initial(&initial, option);
	str_addf(out, "%s%s", initial.len ? ", default " : "", str_text(&initial));
	str_add(out, option->is_required && !option->initial ? ", required" : "");
	str_release(&bounds);
	str_release(&initial);
}

typedef void line_fn(struct str *out, const char *prefix, const char *line);

/* Wrapped, each line with its end put through `add_line`. */
static void add_wrapped(struct str *out, const char *prefix, const char *text, line_fn *add_line)
{
	const struct layout layout = {.columns = TEXT_COLUMNS - strlen(prefix)};
	struct str wrapped = {0};
	char *rest;
	char *line;

	layout_wrap(&wrapped, &layout, 0, text);
	str_add_char(&wrapped, '\n');
	for (rest = wrapped.text; *rest;) {
		line = strsep(&rest, "\n");
		add_line(out, prefix, line);
	}
	str_release(&wrapped);
}

static void add_plain(struct str *out, const char *prefix, const char *line)
{
	str_addf(out, "%s%s\n", prefix, line);
}

static bool is_chosen(const struct option_table *table, const char *file)
{
	return !file || strcmp(table->file, file) == 0;
}

bool conf_options_has(const char *file)
{
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		if (is_chosen(tables[i], file))
			return true;
	return false;
}

static void add_table(struct str *out, const struct option_table *table)
{
	str_addf(out, "%sOptions of %s.\n", out->len ? "\n" : "", table->file);
	for (size_t i = 0; i < table->rows; i++) {
		const struct option *const option = &table->row[i];

		str_addf(out, "\n%s (", option->path);
		add_facts(out, option);
		str_add(out, ")\n");
		add_wrapped(out, "    ", option->text, add_plain);
	}
}

void conf_options_text(struct str *out, const char *file)
{
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		if (is_chosen(tables[i], file))
			add_table(out, tables[i]);
}

/* mdoc takes a dot or an apostrophe at the start of a line, and a backslash, for its own, and
 * wants each sentence to begin a line. */
static void add_mdoc(struct str *out, const char *prefix, const char *line)
{
	str_add(out, prefix);
	if (*line == '.' || *line == '\'')
		str_add(out, "\\&");
	for (const char *at = line; *at; at++)
		if (*at == '\\')
			str_add(out, "\\e");
		else if (*at == ' ' && at > line && at[-1] == '.')
			str_add_char(out, '\n');
		else
			str_add_char(out, *at);
	str_add_char(out, '\n');
}

static void add_mdoc_table(struct str *out, const struct option_table *table)
{
	str_add(out, ".Sh OPTIONS\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < table->rows; i++) {
		const struct option *const option = &table->row[i];
		struct str facts = {0};

		str_add_char(&facts, '(');
		add_facts(&facts, option);
		str_add(&facts, ")");
		str_addf(out, ".It Ic %s\n", option->path);
		add_wrapped(out, "", option->text, add_mdoc);
		str_add(out, ".br\n");
		add_wrapped(out, "", str_text(&facts), add_mdoc);
		str_release(&facts);
	}
	str_add(out, ".El\n");
}

void conf_options_mdoc(struct str *out, const char *file)
{
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		if (is_chosen(tables[i], file))
			add_mdoc_table(out, tables[i]);
}

/* Every line of `text` behind `prefix`, empty ones without blanks. */
static void add_behind(struct str *out, const char *prefix, const char *text)
{
	while (*text) {
		const size_t len = strcspn(text, "\n");

		str_add(out, len || *prefix == '#' ? prefix : "");
		str_add_bytes(out, text, len);
		str_add_char(out, '\n');
		text += len + (text[len] == '\n');
	}
}

static bool is_group(const struct option *option)
{
	return option->type == OPTION_SECTION || option->type == OPTION_GROUPS;
}

static void add_comment(struct str *out, const struct option *option)
{
	struct str text = {0};

	str_add(&text, option->text);
	if (!is_group(option)) {
		str_add(&text, " (");
		add_facts(&text, option);
		str_add_char(&text, ')');
	}
	add_wrapped(out, "# ", str_text(&text), add_plain);
	str_release(&text);
}

/* What an element of a list of groups holds. */
static void add_members(struct str *out, const struct level *level, const char *prefix)
{
	const struct option *option;

	for (size_t at = 0; (option = level_next(level, &at));) {
		struct str text = {0};
		struct str below_prefix = {0};

		str_addf(&text, "%s: %s (", option_name(option), option->text);
		add_facts(&text, option);
		str_add_char(&text, ')');
		add_wrapped(out, prefix, str_text(&text), add_plain);
		if (option->type == OPTION_GROUPS) {
			const struct level below = level_below(level, option);

			str_addf(&below_prefix, "%s  ", prefix);
			add_members(out, &below, str_text(&below_prefix));
		}
		str_release(&text);
		str_release(&below_prefix);
	}
}

static void add_sample(struct str *out, const struct level *level);

/* "name = value;", turned into a comment when there is no default. */
static void add_setting(struct str *out, const struct level *level, const struct option *option)
{
	const struct level below = level_below(level, option);
	const bool is_off = option->type != OPTION_SECTION && option->initial == NULL;
	struct str lines = {0};
	struct str inner = {0};

	str_addf(&lines, "%s = ", option_name(option));
	if (option->type == OPTION_SECTION) {
		add_sample(&inner, &below);
		str_add(&lines, "{\n");
		add_behind(&lines, "\t", str_text(&inner));
		str_add_char(&lines, '}');
	} else if (option->initial)
		add_initial(&lines, option);
	else
		str_add(&lines, option->example);
	str_add(&lines, ";");
	add_behind(out, is_off ? "#" : "", str_text(&lines));
	str_release(&lines);
	str_release(&inner);
}

static void add_sample(struct str *out, const struct level *level)
{
	const struct option *option;

	for (size_t at = 0; (option = level_next(level, &at));) {
		if (level->prefix_len == 0 || out->len)
			str_add_char(out, '\n');
		add_comment(out, option);
		if (option->type == OPTION_GROUPS) {
			const struct level below = level_below(level, option);

			add_members(out, &below, "#   ");
		}
		add_setting(out, level, option);
	}
}

void conf_options_sample(struct str *out)
{
	const struct level level = level_top(&options_main);

	str_add(out,
		"# repwatch.conf with every option. What has a default is set to it; what has none "
		"is an\n# example behind a '#'. Relative paths start at the folder of this file, "
		"and conf.d/*.conf\n# beside it is read as well.\n");
	add_sample(out, &level);
}

static void set_text(json_t *object, const char *name, const char *text)
{
	if (text && *text)
		json_object_set_new(object, name, json_string(text));
}

static json_t *words_json(struct words words)
{
	json_t *array = json_array();

	for (size_t i = 0; i < words.count; i++)
		json_array_append_new(array, json_string(words.word[i]));
	return array;
}

static void set_bound(json_t *object, const char *name, const struct option *option, double value)
{
	struct str text = {0};

	option_number_text(option, value, &text);
	if (option->type == OPTION_DURATION)
		set_text(object, name, str_text(&text));
	else if (option->type == OPTION_NUMBER)
		json_object_set_new(object, name, json_real(value));
	else
		json_object_set_new(object, name, json_integer((json_int_t)value));
	str_release(&text);
}

static json_t *row_json(const struct option_table *table, const struct option *option)
{
	json_t *object = json_object();
	struct str type = {0};

	option_type_text(option, &type);
	set_text(object, "file", table->file);
	set_text(object, "name", option->path);
	set_text(object, "type", str_text(&type));
	if (option->words)
		json_object_set_new(object, "words", words_json(option->words()));
	if (option->max > 0) {
		set_bound(object, "min", option, option->min);
		set_bound(object, "max", option, option->max);
	}
	set_text(object, "unit", option->unit);
	set_text(object, "default", option->initial);
	json_object_set_new(object, "required",
			    json_boolean(option->is_required && !option->initial));
	set_text(object, "text", option->text);
	str_release(&type);
	return object;
}

json_t *conf_options_json(const char *file)
{
	json_t *array = json_array();
	json_t *document = json_object();

	for (size_t i = 0; i < COUNT_OF(tables); i++)
		for (size_t j = 0; is_chosen(tables[i], file) && j < tables[i]->rows; j++)
			json_array_append_new(array, row_json(tables[i], &tables[i]->row[j]));
	json_object_set_new(document, "options", array);
	return document;
}
