#include "conf/rules.h"

#include "base/ip.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/parse.h"
#include "conf/problems.h"
#include "model/log_path.h"

#include <stdlib.h>
#include <string.h>

enum { JOURNAL_NAME_MAX = 64 };

/* "FILE:LINE", for sentences about two places. */
static char *place_text(struct reader *reader, const void *field)
{
	const struct where where = reader_where(reader, field);

	return arena_printf(reader->scratch, "%s:%u", where.file, where.line);
}

static const char *prefix_text(struct arena *arena, const struct prefix *prefix)
{
	char text[IP_TEXT_BYTES];

	ip_text(&prefix->ip, text);
	if (prefix->bits == (prefix->ip.family == 4 ? 32 : 128))
		return arena_strdup(arena, text);
	return arena_printf(arena, "%s/%u", text, (unsigned)prefix->bits);
}

/* By first address, the larger block first, then as given. */
static int compare_blocks(const void *left, const void *right)
{
	const struct conf_address *const *a = left;
	const struct conf_address *const *b = right;
	const int order = ip_compare(&(*a)->prefix.ip, &(*b)->prefix.ip);

	if (order != 0)
		return order;
	if ((*a)->prefix.bits != (*b)->prefix.bits)
		return (*a)->prefix.bits < (*b)->prefix.bits ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

/* Told of the one that was given later. */
static void note_overlap(struct reader *reader, const struct conf_address *outer,
			 const struct conf_address *inner)
{
	const bool is_outer_later = outer > inner;
	const struct conf_address *const later = is_outer_later ? outer : inner;
	const struct conf_address *const first = is_outer_later ? inner : outer;
	const struct where where = reader_where(reader, &later->prefix);
	const char *text = prefix_text(reader->scratch, &later->prefix);

	if (inner->prefix.bits == outer->prefix.bits)
		problems_add(&reader->problems, where, "'%s' is given twice, first at %s", text,
			     place_text(reader, &first->prefix));
	else
		problems_add(&reader->problems, where, "'%s' %s '%s' of %s; give each address once",
			     text, is_outer_later ? "holds" : "lies inside",
			     prefix_text(reader->scratch, &first->prefix),
			     place_text(reader, &first->prefix));
}

/* Two blocks are apart or one holds the other, so in sorted order the last outermost one is the
 * only one the next can be in. */
static void check_addresses(struct reader *reader, const struct conf *conf)
{
	const struct conf_address **sorted =
	    arena_calloc(reader->scratch, conf->addresses + 1, sizeof(*sorted));
	const struct conf_address *outer = NULL;
	size_t count = 0;

	for (size_t i = 0; i < conf->addresses; i++)
		if (conf->address[i].prefix.ip.family)
			sorted[count++] = &conf->address[i];
	if (conf->addresses == 0)
		problems_add(&reader->notes, (struct where){.file = conf->path},
			     "'addresses' is empty: nothing is watched");
	if (count)
		qsort(sorted, count, sizeof(const struct conf_address *), compare_blocks);
	for (size_t i = 0; i < count; i++)
		if (outer && prefix_overlaps(&outer->prefix, &sorted[i]->prefix))
			note_overlap(reader, outer, sorted[i]);
		else
			outer = sorted[i];
}

/* Structs of `size` bytes that hold a name at `offset`. */
struct named_items {
	const void *item;
	size_t count, size, offset;
	const char *what;
};

/* Notes names that come twice. */
static void check_once(struct reader *reader, const struct named_items *items)
{
	struct map *seen = map_new();

	for (size_t i = 0; i < items->count; i++) {
		const char *at = (const char *)items->item + i * items->size + items->offset;
		const char *const *name = (const char *const *)(const void *)at;

		if (!*name || !**name)
			continue;
		if (map_get(seen, *name))
			problems_add(&reader->problems, reader_where(reader, name),
				     "%s %s is given twice, first at %s", items->what,
				     quote(reader->scratch, *name),
				     (const char *)map_get(seen, *name));
		else
			map_put(seen, *name, place_text(reader, name));
	}
	map_free(seen);
}

#define CHECK_ONCE(reader, items, n, type, member, word)                                           \
	check_once(reader, &(struct named_items){items, n, sizeof(struct type),                    \
						 offsetof(struct type, member), word})

static void check_times(struct reader *reader, const struct conf *conf)
{
	char deadline[DURATION_TEXT_BYTES];

	duration_text(conf->resolver.deadline_ms, deadline);
	if (conf->stale_after_ms <= conf->resolver.deadline_ms)
		problems_add(
		    &reader->problems,
		    reader_where(reader, reader_is_given(reader, &conf->stale_after_ms)
					     ? &conf->stale_after_ms
					     : &conf->resolver.deadline_ms),
		    "'stale_after' must be longer than 'resolver.deadline' (%s): a pass may "
		    "take that long",
		    deadline);
	if (conf->resolver.timeout_ms >= conf->resolver.deadline_ms)
		problems_add(
		    &reader->problems,
		    reader_where(reader, reader_is_given(reader, &conf->resolver.timeout_ms)
					     ? &conf->resolver.timeout_ms
					     : &conf->resolver.deadline_ms),
		    "'resolver.timeout' must be shorter than 'resolver.deadline' (%s)", deadline);
}

static void check_volume(struct reader *reader, const struct conf *conf)
{
	const double *const blamed = reader_is_given(reader, &conf->volume.spike_ratio)
					 ? &conf->volume.spike_ratio
					 : &conf->volume.elevated_ratio;

	if (conf->volume.elevated_ratio >= conf->volume.spike_ratio)
		problems_add(&reader->problems, reader_where(reader, blamed),
			     "'volume.elevated_ratio' (%g) must be below 'volume.spike_ratio' (%g)",
			     conf->volume.elevated_ratio, conf->volume.spike_ratio);
}

static void check_domains(struct reader *reader, const struct conf *conf)
{
	const char **pool = arena_calloc(reader->scratch, conf->addresses + 1, sizeof(*pool));
	struct map *known = map_new();
	size_t pools = 0;

	for (size_t i = 0; i < conf->addresses; i++) {
		const char *name = conf->address[i].pool;

		if (!*name || map_get(known, name))
			continue;
		pool[pools++] = name;
		map_put(known, name, pool);
	}
	for (size_t i = 0; i < conf->domains; i++) {
		const char *name = conf->domain[i].pool;
		const char *meant;

		if (!*name || map_get(known, name))
			continue;
		meant = nearest_of(name, pool, pools);
		problems_add(&reader->problems, reader_where(reader, &conf->domain[i].pool),
			     "no address is in the pool %s%s%s%s", quote(reader->scratch, name),
			     meant ? "; did you mean '" : "", meant ? meant : "",
			     meant ? "'?" : "");
	}
	map_free(known);
	CHECK_ONCE(reader, conf->domain, conf->domains, conf_domain, domain, "domain");
}

/* Lines of these name the address themselves, or may. */
static bool tells_address(const char *format)
{
	return strcmp(format, "exim") == 0 || strcmp(format, "opensmtpd") == 0;
}

/* A match as sd_journal_add_match(3) takes it. */
static bool is_match(const char *text)
{
	static const char bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const size_t len = strspn(text, bytes);

	return strcmp(text, "+") == 0 ||
	       (len && len <= JOURNAL_NAME_MAX && (*text < '0' || *text > '9') && text[len] == '=');
}

static void check_matches(struct reader *reader, const struct conf_maillog *log)
{
	if (log->matches && *log->path && !log_path_journal(log->path))
		problems_add(&reader->problems, reader_where(reader, &log->match),
			     "'matches' is for journals; '%s' is a file", log->path);
	for (size_t i = 0; i < log->matches; i++)
		if (!is_match(log->match[i]))
			problems_add(&reader->problems, reader_where(reader, &log->match[i]),
				     "%s is no match for a journal; write FIELD=value, such as "
				     "\"_SYSTEMD_UNIT=postfix@-.service\"",
				     quote(reader->scratch, log->match[i]));
}

static void check_maillogs(struct reader *reader, const struct conf *conf)
{
	CHECK_ONCE(reader, conf->maillog, conf->maillogs, conf_maillog, path, "log");
	for (size_t i = 0; i < conf->maillogs; i++) {
		const struct conf_maillog *const log = &conf->maillog[i];

		CHECK_ONCE(reader, log->by_service, log->by_services, conf_log_map, word,
			   "service");
		CHECK_ONCE(reader, log->by_host, log->by_hosts, conf_log_map, word, "host");
		check_matches(reader, log);
		if (!log->ip.family && !log->by_services && !log->by_hosts &&
		    !tells_address(log->format))
			problems_add(
			    &reader->problems, reader_where(reader, log),
			    "nothing says which address the mail of this log leaves from; add "
			    "'address', 'by_service' or 'by_host'");
	}
}

void rules_check(struct reader *reader, const struct conf *conf)
{
	check_addresses(reader, conf);
	check_times(reader, conf);
	check_volume(reader, conf);
	check_domains(reader, conf);
	check_maillogs(reader, conf);
	CHECK_ONCE(reader, conf->alerts.channel, conf->alerts.channels, conf_channel, name,
		   "channel");
	channels_check(reader, conf);
}
