#include "conf/value.h"

#include "base/ip.h"
#include "base/mem.h"
#include "base/parse.h"
#include "conf/source.h"
#include "conf/text.h"
#include "lists/catalogue.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A setting for a sentence: "the number 3", "a list". */
static const char *describe(struct arena *arena, const config_setting_t *setting)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return arena_printf(arena, "the number %lld", config_setting_get_int64(setting));
	case CONFIG_TYPE_FLOAT:
		return arena_printf(arena, "the number %.15g", config_setting_get_float(setting));
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(setting) ? "true" : "false";
	case CONFIG_TYPE_STRING:
		return arena_printf(arena, "the text %s",
				    quote(arena, config_setting_get_string(setting)));
	case CONFIG_TYPE_GROUP:
		return "a group";
	case CONFIG_TYPE_ARRAY:
		return "an array";
	default:
		return "a list";
	}
}

void value_note_type(struct reader *reader, const struct option *option,
		     const config_setting_t *setting)
{
	problems_add(&reader->problems, source_where(setting), "'%s' must be %s%s, not %s",
		     option->path, option->is_list ? "a list, each " : "",
		     option_wants(option->type), describe(reader->scratch, setting));
}

/* "'resolver.timeout': '30' needs ..." */
static bool note_value(struct reader *reader, const struct option *option,
		       const config_setting_t *setting, const char *value, const char *predicate)
{
	/* A refused URL may hold a password. */
	if (option->type == OPTION_URL)
		problems_add(&reader->problems, source_where(setting), "'%s' %s", option->path,
			     predicate);
	else
		problems_add(&reader->problems, source_where(setting), "'%s': %s %s", option->path,
			     quote(reader->scratch, value), predicate);
	return false;
}

static bool is_in_bounds(const struct option *option, double value, struct err *err)
{
	struct str bounds = {0};

	if (value >= option->min && value <= option->max)
		return true;
	option_bounds_text(option, &bounds);
	err_set(err, "is out of bounds, it must be %s", str_text(&bounds));
	str_release(&bounds);
	return false;
}

static bool parse_duration(const struct option *option, const char *text, void *field,
			   struct err *err)
{
	uint64_t bare;
	int64_t ms;

	if (!parse_duration_ms(text, &ms))
		return parse_u64(text, &bare)
			   ? err_set(err, "needs a unit, such as \"%ss\"", text)
			   : err_set(err,
				     "is no duration; write a whole number and one of the units "
				     "ms, s, m, h, d, w, such as \"30s\"");
	if (!is_in_bounds(option, (double)ms, err))
		return false;
	memcpy(field, &ms, sizeof(ms));
	return true;
}

static bool parse_address(const struct option *option, const char *text, void *field,
			  struct err *err)
{
	struct ip ip;

	(void)option;
	if (!ip_parse(text, &ip))
		return err_set(err, "is no IPv4 or IPv6 address");
	if (ip_unmapped(&ip).family != ip.family)
		return err_set(err,
			       "is an IPv4 address inside an IPv6 one; write the IPv4 address");
	memcpy(field, &ip, sizeof(ip));
	return true;
}

/* Why prefix_parse refused it. */
static bool explain_block(const char *text, struct err *err)
{
	char address[IP_TEXT_BYTES] = "";
	const char *slash = strchr(text, '/');
	struct prefix block = {0};
	uint32_t bits;
	uint32_t width;

	if (slash && (size_t)(slash - text) < sizeof(address))
		memcpy(address, text, (size_t)(slash - text));
	if (!ip_parse(address, &block.ip))
		return err_set(err, "is neither an address nor a block");
	width = block.ip.family == 4 ? 32 : 128;
	if (!parse_u32(slash + 1, &bits) || bits > width)
		return err_set(err, "needs a prefix length from 0 to %u behind the '/'",
			       (unsigned)width);
	for (uint32_t bit = bits; bit < width; bit++)
		block.ip.byte[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
	return err_set(err, "has bits set behind the mask; the block is '%s/%u'",
		       ip_text(&block.ip, address), (unsigned)bits);
}

static bool parse_block(const struct option *option, const char *text, void *field, struct err *err)
{
	struct prefix block;

	if (!prefix_parse(text, &block))
		return explain_block(text, err);
	if (ip_unmapped(&block.ip).family != block.ip.family)
		return err_set(err,
			       "is an IPv4 address inside an IPv6 one; write the IPv4 address");
	if ((double)prefix_count(&block) > option->max)
		return err_set(err, "is too large: a block may hold %.0f addresses, from /%d on",
			       option->max, block.ip.family == 4 ? 16 : 112);
	memcpy(field, &block, sizeof(block));
	return true;
}

static bool parse_word(const struct option *option, const char *text, void *field, struct err *err)
{
	const struct words words = option->words();
	const int value = words_find(words, text);
	struct str choice = {0};

	if (value >= 0) {
		memcpy(field, &value, sizeof(value));
		return true;
	}
	words_text(words, &choice);
	err_set(err, "must be %s", str_text(&choice));
	str_release(&choice);
	return false;
}

static bool parse_code(const struct option *option, const char *text, void *field, struct err *err)
{
	struct list_code *const code = field;
	struct err reason;

	(void)option;
	if (code_pattern_parse(text, &code->pattern, &reason))
		return true;
	return err_set(err, "is no code: %.512s", reason.text);
}

static bool parse_bool(const struct option *option, const char *text, void *field, struct err *err)
{
	const bool value = strcmp(text, "true") == 0;

	(void)option;
	(void)err;
	memcpy(field, &value, sizeof(value));
	return true;
}

static bool store_number(const struct option *option, double value, void *field, struct err *err)
{
	int64_t whole;
	uint32_t small;

	if (!is_in_bounds(option, value, err))
		return false;
	if (option->type == OPTION_NUMBER) {
		memcpy(field, &value, sizeof(value));
		return true;
	}
	whole = (int64_t)value;
	small = (uint32_t)whole;
	if (option->size == sizeof(small))
		memcpy(field, &small, sizeof(small));
	else
		memcpy(field, &whole, sizeof(whole));
	return true;
}

static bool parse_number(const struct option *option, const char *text, void *field,
			 struct err *err)
{
	return store_number(option, strtod(text, NULL), field, err);
}

typedef bool parse_fn(const struct option *option, const char *text, void *field, struct err *err);

/* Types that are stored as something else than text. */
static parse_fn *const parse_of[OPTION_TYPES] = {
    [OPTION_ENUM] = parse_word,         [OPTION_ADDRESS] = parse_address,
    [OPTION_BLOCK] = parse_block,       [OPTION_CODE] = parse_code,
    [OPTION_DURATION] = parse_duration, [OPTION_INTEGER] = parse_number,
    [OPTION_NUMBER] = parse_number,     [OPTION_BOOL] = parse_bool,
};

static bool store_text(struct reader *reader, const struct option *option, const char *text,
		       void *field, struct err *err)
{
	const char *checked;

	if (parse_of[option->type]) {
		if (!parse_of[option->type](option, text, field, err))
			return false;
		if (option->type == OPTION_CODE)
			((struct list_code *)field)->text = arena_strdup(reader->arena, text);
		return true;
	}
	checked = text_check(reader, option, text, err);
	if (checked)
		memcpy(field, &checked, sizeof(checked));
	return checked != NULL;
}

static void read_number(struct reader *reader, const struct option *option,
			const config_setting_t *setting, void *field)
{
	const int type = config_setting_type(setting);
	const bool is_whole = type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
	struct err err;

	if (!is_whole && (type != CONFIG_TYPE_FLOAT || option->type == OPTION_INTEGER))
		value_note_type(reader, option, setting);
	else if (!store_number(option,
			       is_whole ? (double)config_setting_get_int64(setting)
					: config_setting_get_float(setting),
			       field, &err))
		problems_add(&reader->problems, source_where(setting), "'%s': %s %s", option->path,
			     describe(reader->scratch, setting), err.text);
}

static void read_bool(struct reader *reader, const struct option *option,
		      const config_setting_t *setting, void *field)
{
	const bool value = config_setting_get_bool(setting) != 0;

	if (config_setting_type(setting) == CONFIG_TYPE_BOOL)
		memcpy(field, &value, sizeof(value));
	else
		value_note_type(reader, option, setting);
}

static bool read_text(struct reader *reader, const struct option *option,
		      const config_setting_t *setting, void *field)
{
	const char *text = config_setting_get_string(setting);
	struct err err;

	if (!text) {
		value_note_type(reader, option, setting);
		return false;
	}
	return store_text(reader, option, text, field, &err) ||
	       note_value(reader, option, setting, text, err.text);
}

static void note_empty(struct reader *reader, const struct option *option,
		       const config_setting_t *setting)
{
	problems_add(&reader->problems, source_where(setting), "'%s' must name at least one",
		     option->path);
}

/* One text without brackets is a list of one. */
static size_t items_of(const config_setting_t *setting)
{
	return config_setting_is_array(setting) || config_setting_is_list(setting)
		   ? (size_t)config_setting_length(setting)
		   : 1;
}

static const config_setting_t *item_of(const config_setting_t *setting, size_t index)
{
	return config_setting_is_array(setting) || config_setting_is_list(setting)
		   ? config_setting_get_elem(setting, (unsigned)index)
		   : setting;
}

static void read_texts(struct reader *reader, const struct option *option,
		       const config_setting_t *setting, void *field, size_t *count)
{
	const size_t items = items_of(setting);
	const char **item = arena_calloc(reader->arena, items + 1, sizeof(*item));
	bool fits = true;

	for (size_t i = 0; i < items; i++) {
		fits = read_text(reader, option, item_of(setting, i), &item[i]) && fits;
		reader_place(reader, &item[i], source_where(item_of(setting, i)));
	}
	if (items == 0 && option->is_required)
		note_empty(reader, option, setting);
	else if (fits) {
		memcpy(field, &item, sizeof(item));
		*count = items;
	}
}

/* Words as bits. */
static void read_flags(struct reader *reader, const struct option *option,
		       const config_setting_t *setting, void *field)
{
	const size_t items = items_of(setting);
	unsigned flags = 0;

	for (size_t i = 0; i < items; i++) {
		const config_setting_t *const one = item_of(setting, i);
		const char *text = config_setting_get_string(one);
		int place;
		struct err err;

		if (!text)
			value_note_type(reader, option, one);
		else if (parse_word(option, text, &place, &err))
			flags |= 1u << place;
		else
			note_value(reader, option, one, text, err.text);
	}
	if (items == 0)
		note_empty(reader, option, setting);
	memcpy(field, &flags, sizeof(flags));
}

void value_read(struct reader *reader, const struct option *option, const config_setting_t *setting,
		void *field, size_t *count)
{
	if (option->is_list)
		read_texts(reader, option, setting, field, count);
	else if (option->type == OPTION_FLAGS)
		read_flags(reader, option, setting, field);
	else if (option->type == OPTION_INTEGER || option->type == OPTION_NUMBER)
		read_number(reader, option, setting, field);
	else if (option->type == OPTION_BOOL)
		read_bool(reader, option, setting, field);
	else
		read_text(reader, option, setting, field);
}

void value_initial(struct reader *reader, const struct option *option, void *field, size_t *count)
{
	static const char *const empty = "";
	const char **item;
	struct err err;

	if (!option->initial) {
		if (option_is_text(option->type) && !option->is_list)
			memcpy(field, &empty, sizeof(empty));
		return;
	}
	if (option->is_list) {
		item = arena_calloc(reader->arena, 1, sizeof(*item));
		memcpy(field, &item, sizeof(item));
		*count = 1;
		field = item;
	}
	if (!store_text(reader, option, option->initial, field, &err))
		bug("the default of '%s' %s", option->path, err.text);
}
