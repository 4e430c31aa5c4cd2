#include "conf/source.h"

#include "base/hash.h"
#include "base/mem.h"
#include "conf/splice.h"

#include <stdlib.h>
#include <string.h>

/* libconfig 1.5 forgets the string it was reading when it meets a syntax error. The leak lives as
 * long as the process, which then ends; the leak checker need not tell of it. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_LEAK_CHECKER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HAS_LEAK_CHECKER 1
#endif
#ifdef HAS_LEAK_CHECKER
#include <sanitizer/lsan_interface.h>
#else
static void __lsan_disable(void)
{
}
static void __lsan_enable(void)
{
}
#endif

struct source {
	config_t config; /* first: settings point to it, and so to the source */
	struct spliced spliced;
};

void source_free(struct source *source)
{
	if (!source)
		return;
	config_destroy(&source->config);
	spliced_release(&source->spliced);
	free(source);
}

static struct source *source_new(void)
{
	struct source *source = xcalloc(1, sizeof(*source));

	config_init(&source->config);
	/* All includes are in the text already; nothing can be opened below a device. */
	config_set_include_dir(&source->config, "/dev/null");
	return source;
}

/* What the operator can do about libconfig's words. */
static const struct hint {
	const char *text;
	const char *remedy;
} hints[] = {
    {"syntax error", "look for a missing ';', quote or bracket here or just before"},
    {"duplicate setting name", "the same name stands before it in this group; keep one"},
    {"mismatched element type in array", "between [ and ] all values must be of one type"},
    {"memory exhausted", "brackets are nested too deeply"},
    {"cannot open include file", "write each '@include' on a line of its own"},
};

static const char *remedy_of(const char *text)
{
	for (size_t i = 0; i < COUNT_OF(hints); i++)
		if (strcmp(hints[i].text, text) == 0)
			return hints[i].remedy;
	return "libconfig cannot read it";
}

static void note_syntax(struct reader *reader, const struct source *source)
{
	const struct spliced *const spliced = &source->spliced;
	const char *text = config_error_text(&source->config);
	const int line = config_error_line(&source->config);
	const struct where where = spliced_where(spliced, line > 0 ? (unsigned)line : 1);

	if (spliced->open_string && strcmp(text, hints[0].text) == 0)
		problems_add(&reader->problems, where,
			     "%s; the string that starts in line %u does not end there", text,
			     spliced_where(spliced, spliced->open_string).line);
	else
		problems_add(&reader->problems, where, "%s; %s", text, remedy_of(text));
}

static struct source *parse(struct reader *reader, struct source *source)
{
	const struct str *const text = &source->spliced.text;
	int parsed;

	reader->digest = hash_seeded(reader->digest, str_text(text), text->len);
	__lsan_disable();
	parsed = config_read_string(&source->config, str_text(text));
	__lsan_enable();
	if (parsed == CONFIG_TRUE)
		return source;
	note_syntax(reader, source);
	reader->is_cut = true;
	source_free(source);
	return NULL;
}

struct source *source_read(struct reader *reader, const char *path, struct where named)
{
	struct source *source = source_new();

	if (!splice_file(reader, &source->spliced, path, named)) {
		source_free(source);
		return NULL;
	}
	return parse(reader, source);
}

struct source *source_parse(struct reader *reader, const char *path, const char *text)
{
	struct source *source = source_new();

	splice_text(reader, &source->spliced, path, text);
	return parse(reader, source);
}

config_setting_t *source_root(struct source *source)
{
	return config_root_setting(&source->config);
}

struct where source_where(const config_setting_t *setting)
{
	const struct source *source = (const struct source *)(const void *)setting->config;

	return spliced_where(&source->spliced, setting->line);
}
