#include "conf/options.h"

#include "base/ip.h"
#include "base/mem.h"
#include "base/parse.h"
#include "conf/option.h"
#include "render/escape.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The configuration in force: structs to JSON by the table of options, and that to libconfig's
 * syntax. Secrets cannot get in: the structs hold only the names of their files. */

static json_t *level_json(const struct level *level, const void *base);

/* Text came in as UTF-8, but the name of the folder it is in may be anything. */
static json_t *text_json(const char *text)
{
	json_t *json = json_string(text);
	struct str valid = {0};

	if (json)
		return json;
	escape_utf8(&valid, text, strlen(text));
	json = json_string(str_text(&valid));
	str_release(&valid);
	return json;
}

static json_t *block_json(const struct prefix *block)
{
	char address[IP_TEXT_BYTES];
	char text[IP_TEXT_BYTES + 4];

	if (block->ip.family == 0)
		return NULL;
	ip_text(&block->ip, address);
	if (block->bits == (block->ip.family == 4 ? 32 : 128))
		return json_string(address);
	snprintf(text, sizeof(text), "%s/%u", address, (unsigned)block->bits);
	return json_string(text);
}

static json_t *address_json(const struct ip *ip)
{
	char text[IP_TEXT_BYTES];

	return ip->family ? json_string(ip_text(ip, text)) : NULL;
}

static json_t *duration_json(const int64_t *ms)
{
	char text[DURATION_TEXT_BYTES];

	return json_string(duration_text(*ms, text));
}

static json_t *texts_json(const char *const *text, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, text_json(text[i]));
	return array;
}

static size_t count_at(const struct option *option, const void *base)
{
	size_t count;

	memcpy(&count, (const char *)base + option->count_offset, sizeof(count));
	return count;
}

static const void *pointer_at(const void *field)
{
	const void *pointer;

	memcpy(&pointer, field, sizeof(pointer));
	return pointer;
}

static json_t *groups_json(const struct level *level, const struct option *option, const void *base)
{
	const struct level below = level_below(level, option);
	const char *item = pointer_at((const char *)base + option->offset);
	json_t *array = json_array();

	for (size_t i = 0; i < count_at(option, base); i++)
		json_array_append_new(array, level_json(&below, item + i * option->size));
	return array;
}

static json_t *word_json(const struct option *option, const void *field)
{
	int value;

	memcpy(&value, field, sizeof(value));
	return json_string(option->words().word[value]);
}

/* One value; NULL when it is not set. */
static json_t *value_json(const struct option *option, const void *field)
{
	if (option_is_text(option->type)) {
		const char *text = pointer_at(field);

		return *text ? text_json(text) : NULL;
	}
	if (option->type == OPTION_ADDRESS)
		return address_json(field);
	if (option->type == OPTION_BLOCK)
		return block_json(field);
	if (option->type == OPTION_ENUM)
		return word_json(option, field);
	if (option->type == OPTION_DURATION)
		return duration_json(field);
	if (option->type == OPTION_INTEGER)
		return json_integer(*(const int64_t *)field);
	if (option->type == OPTION_NUMBER)
		return json_real(*(const double *)field);
	bug("'%s' is of a type that is not shown", option->path);
}

static json_t *option_json(const struct level *level, const struct option *option, const void *base)
{
	const char *field = (const char *)base + option->offset;
	struct level below;

	if (option->type == OPTION_SECTION) {
		below = level_below(level, option);
		return level_json(&below, base);
	}
	if (option->type != OPTION_GROUPS && !option->is_list)
		return value_json(option, field);
	if (count_at(option, base) == 0)
		return NULL;
	if (option->type == OPTION_GROUPS)
		return groups_json(level, option, base);
	return texts_json(pointer_at(field), count_at(option, base));
}

/* What is not set is left out. */
static json_t *level_json(const struct level *level, const void *base)
{
	json_t *object = json_object();
	const struct option *option;

	for (size_t at = 0; (option = level_next(level, &at));) {
		json_t *value = option_json(level, option, base);

		if (value && json_is_object(value) && json_object_size(value) == 0)
			json_decref(value);
		else if (value)
			json_object_set_new(object, option_name(option), value);
	}
	return object;
}

json_t *conf_show_json(const struct conf *conf)
{
	const struct level level = level_top(&options_main);

	return level_json(&level, conf);
}

static void add_value(struct str *out, json_t *value, size_t indent);

static void add_string(struct str *out, const char *text)
{
	str_add_char(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			str_add_char(out, '\\');
		str_add_char(out, *text);
	}
	str_add_char(out, '"');
}

/* The shortest digits that read back as the same number; libconfig knows it by its dot. */
static void add_real(struct str *out, double value)
{
	char text[40];
	const char *exponent;

	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value && !strchr(text, 'e'))
			break;
	}
	exponent = strchrnul(text, 'e');
	str_add_bytes(out, text, (size_t)(exponent - text));
	str_addf(out, "%s%s", strchr(text, '.') ? "" : ".0", exponent);
}

static void add_group(struct str *out, json_t *group, size_t indent)
{
	const char *name;
	json_t *value;

	json_object_foreach(group, name, value)
	{
		str_add_fill(out, '\t', indent);
		str_addf(out, "%s = ", name);
		add_value(out, value, indent);
		str_add(out, ";\n");
	}
}

static void add_items(struct str *out, const json_t *array, size_t indent)
{
	const bool has_groups = json_is_object(json_array_get(array, 0));

	str_add(out, has_groups ? "(\n" : "[ ");
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (has_groups)
			str_add_fill(out, '\t', indent + 1);
		add_value(out, json_array_get(array, i), indent + 1);
		if (i + 1 < json_array_size(array))
			str_add(out, has_groups ? "," : ", ");
		if (has_groups)
			str_add_char(out, '\n');
	}
	if (has_groups)
		str_add_fill(out, '\t', indent);
	str_add(out, has_groups ? ")" : " ]");
}

static void add_value(struct str *out, json_t *value, size_t indent)
{
	if (json_is_object(value)) {
		str_add(out, "{\n");
		add_group(out, value, indent + 1);
		str_add_fill(out, '\t', indent);
		str_add_char(out, '}');
	} else if (json_is_array(value))
		add_items(out, value, indent);
	else if (json_is_string(value))
		add_string(out, json_string_value(value));
	else if (json_is_real(value))
		add_real(out, json_real_value(value));
	else if (json_is_integer(value))
		str_addf(out, "%lld", (long long)json_integer_value(value));
	else
		str_add(out, json_is_true(value) ? "true" : "false");
}

void conf_show_text(const struct conf *conf, struct str *out)
{
	json_t *json = conf_show_json(conf);

	add_group(out, json, 0);
	json_decref(json);
}
