#include "conf/option.h"

#include "base/mem.h"
#include "base/parse.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const struct type_text {
	const char *word;
	const char *plural;
	const char *wants;
} type_text[] = {
    [OPTION_SECTION] = {"section", "", "a group, { ... }"},
    [OPTION_GROUPS] = {"list of groups", "", "a list of groups, ( { ... }, ... )"},
    [OPTION_TEXT] = {"text", "texts", "a text in quotes"},
    [OPTION_NAME] = {"name", "names", "a name in quotes"},
    [OPTION_PATH] = {"file", "files", "the path of a file in quotes"},
    [OPTION_LOG] = {"log", "logs", "the path of a file, or \"journal:\", in quotes"},
    [OPTION_SECRET] = {"secret file", "secret files", "the path of a file in quotes"},
    [OPTION_TIMEZONE] = {"time zone", "time zones",
			 "a time zone in quotes, such as \"Asia/Tokyo\""},
    [OPTION_HOST] = {"host name", "host names", "a host name in quotes"},
    [OPTION_DOMAIN] = {"domain", "domains", "a domain in quotes"},
    [OPTION_SELECTOR] = {"selector", "selectors", "a DKIM selector in quotes"},
    [OPTION_ZONE] = {"zone", "zones", "the zone of a list in quotes"},
    [OPTION_SERVER] = {"server", "servers", "an address in quotes, such as \"127.0.0.1:5300\""},
    [OPTION_SOCKET] = {"socket", "sockets", "unix:PATH or ADDRESS:PORT in quotes"},
    [OPTION_MAILBOX] = {"mail address", "mail addresses", "a mail address in quotes"},
    [OPTION_URL] = {"URL", "URLs", "a URL in quotes"},
    [OPTION_HOURS] = {"hours", "", "hours in quotes, such as \"22:00-07:00\""},
    [OPTION_WORD] = {"word", "words", "a word in quotes"},
    [OPTION_ENUM] = {"word", "words", "a word in quotes"},
    [OPTION_FLAGS] = {"list of words", "", "a list of words, such as [ \"ip4\", \"ip6\" ]"},
    [OPTION_ADDRESS] = {"address", "addresses", "an address in quotes, such as \"192.0.2.10\""},
    [OPTION_BLOCK] = {"address or block", "",
		      "an address or a block in quotes, such as \"192.0.2.0/28\""},
    [OPTION_CODE] = {"code", "codes", "a code in quotes, such as \"127.0.0.2\""},
    [OPTION_DURATION] = {"duration", "", "a duration in quotes, such as \"30s\""},
    [OPTION_INTEGER] = {"whole number", "", "a whole number without quotes"},
    [OPTION_NUMBER] = {"number", "", "a number without quotes"},
    [OPTION_BOOL] = {"true or false", "", "true or false, without quotes"},
};
_Static_assert(COUNT_OF(type_text) == OPTION_TYPES, "words for each type");

struct level level_top(const struct option_table *table)
{
	return (struct level){.table = table, .first = 0, .end = table->rows, .prefix_len = 0};
}

/* What stands between a path and those of the rows below it. */
static const char *joint(const struct option *option)
{
	return option->type == OPTION_GROUPS ? "[]." : ".";
}

static bool is_below(const struct option *option, const struct option *above)
{
	const size_t len = strlen(above->path);

	return strncmp(option->path, above->path, len) == 0 &&
	       strncmp(option->path + len, joint(above), strlen(joint(above))) == 0;
}

struct level level_below(const struct level *level, const struct option *option)
{
	const struct option *const row = level->table->row;
	struct level below = {
	    .table = level->table,
	    .first = (size_t)(option - row) + 1,
	    .prefix_len = strlen(option->path) + strlen(joint(option)),
	};

	for (below.end = below.first; below.end < level->end; below.end++)
		if (!is_below(&row[below.end], option))
			break;
	return below;
}

const struct option *level_next(const struct level *level, size_t *at)
{
	while (level->first + *at < level->end) {
		const struct option *option = &level->table->row[level->first + (*at)++];

		if (!strchr(option->path + level->prefix_len, '.'))
			return option;
	}
	return NULL;
}

const struct option *level_find(const struct level *level, const char *name, size_t *at)
{
	const size_t rows = level->end - level->first;

	/* Rows of levels below have a dot in what is left of their paths, and no name has one. */
	for (size_t tries = 0; tries < rows; tries++) {
		const struct option *const option =
		    &level->table->row[level->first + (*at + tries) % rows];

		if (strcmp(option->path + level->prefix_len, name) != 0)
			continue;
		*at = (*at + tries + 1) % rows;
		return option;
	}
	return NULL;
}

const char *option_name(const struct option *option)
{
	const char *dot = strrchr(option->path, '.');

	return dot ? dot + 1 : option->path;
}

bool option_is_text(enum option_type type)
{
	return type >= OPTION_TEXT && type <= OPTION_WORD;
}

const char *option_wants(enum option_type type)
{
	return type_text[type].wants;
}

void option_type_text(const struct option *option, struct str *out)
{
	if (option->is_list)
		str_addf(out, "list of %s", type_text[option->type].plural);
	else
		str_add(out, type_text[option->type].word);
}

void option_number_text(const struct option *option, double value, struct str *out)
{
	char text[DURATION_TEXT_BYTES];

	if (option->type == OPTION_DURATION)
		str_add(out, duration_text(llround(value), text));
	else
		str_addf(out, "%.15g", value);
}

void option_bounds_text(const struct option *option, struct str *out)
{
	if (option->max <= 0)
		return;
	if (option_is_text(option->type)) {
		str_addf(out, "up to %.0f bytes", option->max);
		return;
	}
	option_number_text(option, option->min, out);
	str_add(out, " to ");
	option_number_text(option, option->max, out);
	if (option->type == OPTION_BLOCK)
		str_add(out, " addresses");
}

void words_text(struct words words, struct str *out)
{
	str_add(out, words.count == 1 ? "" : "one of ");
	for (size_t i = 0; i < words.count; i++)
		str_addf(out, "%s'%s'", i == 0 ? "" : ", ", words.word[i]);
}

int words_find(struct words words, const char *word)
{
	for (size_t i = 0; i < words.count; i++)
		if (strcmp(words.word[i], word) == 0)
			return (int)i;
	return -1;
}
