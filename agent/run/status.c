#include "run/look.h"

#include "base/map.h"
#include "judge/incident.h"
#include "run/snapshot.h"
#include "store/incidents.h"
#include "store/volumes.h"

#include <string.h>

enum { RECENT_DAYS = 14, FEW_VIEWS = 500 };

static bool is_wanted(const struct target *target, const char *word)
{
	struct prefix prefix;

	if (strcmp(target->pool, word) == 0 || strcmp(target->name, word) == 0)
		return true;
	return prefix_parse(word, &prefix) && prefix_has(&prefix, &target->ip);
}

bool look_knows(const struct conf *conf, const char *word, struct arena *arena)
{
	const struct targets targets = targets_of(conf, arena);

	for (size_t i = 0; i < targets.count; i++)
		if (is_wanted(&targets.target[i], word))
			return true;
	return false;
}

static bool is_selected(const struct target *target, const char *const *word, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (is_wanted(target, word[i]))
			return true;
	return words == 0;
}

static bool check_words(const struct targets *targets, const char *const *word, size_t words,
			struct err *err)
{
	for (size_t i = 0; i < words; i++) {
		bool found = false;

		for (size_t j = 0; j < targets->count && !found; j++)
			found = is_wanted(&targets->target[j], word[i]);
		if (!found)
			return err_set(err, "'%s' is no configured address, pool or name", word[i]);
	}
	return true;
}

/* The store's row of a target; an empty one for what no pass has seen yet. */
static struct stored_address row_of(const struct map *by_text, const struct target *target)
{
	const struct stored_address *const found = map_get(by_text, target->text);
	struct stored_address row =
	    found ? *found : (struct stored_address){.address = target->text};

	row.name = target->name;
	row.pool = target->pool;
	if (!found)
		row.identity.helo = target->helo;
	return row;
}

struct store *look_open(const struct look_source *source, struct err *err)
{
	return source->store ? source->store : store_open(source->conf->state_dir, STORE_READ, err);
}

void look_close(const struct look_source *source, struct store *store)
{
	if (!source->store)
		store_close(store);
}

static bool read_state(const struct look_source *source, int64_t now, struct arena *arena,
		       struct snapshot *out, struct status *status, struct err *err)
{
	struct store *const store = look_open(source, err);
	const bool ok = store && snapshot_read(store, false, arena, out, err) &&
			mutes_load(store, now, arena, &status->mute, &status->mutes, err);

	look_close(source, store);
	return ok;
}

static bool is_of_views(const struct mute *mute, const struct status *status, int64_t now)
{
	for (size_t i = 0; i < status->views; i++)
		if (mute_concerns(mute, status->view[i].address, status->view[i].pool, now))
			return true;
	return false;
}

static void keep_mutes(struct status *status, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < status->mutes; i++)
		if (is_of_views(&status->mute[i], status, now))
			status->mute[kept++] = status->mute[i];
	status->mutes = kept;
}

bool look_at_status(const struct look_source *source, const char *const *word, size_t words,
		    int64_t now, struct arena *arena, struct status *status, struct err *err)
{
	const struct conf *const conf = source->conf;
	const struct targets targets = targets_of(conf, arena);
	struct snapshot snapshot;
	struct view_context context;
	struct map *by_text;

	*status = (struct status){0};
	if (!check_words(&targets, word, words, err) ||
	    !read_state(source, now, arena, &snapshot, status, err))
		return false;
	by_text = map_new();
	for (size_t i = 0; i < snapshot.addresses; i++)
		map_put(by_text, snapshot.address[i].address, &snapshot.address[i]);
	context = snapshot_context(conf, &snapshot, &targets, now, arena);
	status->pass_at = snapshot.last.at;
	status->letters = snapshot.letters;
	status->is_stale = now - snapshot.last.at > conf->stale_after_ms / 1000;
	status->view = arena_calloc(arena, targets.count, sizeof(*status->view));
	for (size_t i = 0; i < targets.count; i++) {
		struct stored_address *row;

		if (!is_selected(&targets.target[i], word, words))
			continue;
		row = arena_calloc(arena, 1, sizeof(*row));
		*row = row_of(by_text, &targets.target[i]);
		view_make(&context, row, NULL, arena, &status->view[status->views++]);
	}
	map_free(by_text);
	keep_mutes(status, now);
	return true;
}

static bool add_recent(struct store *store, int64_t today, struct arena *arena,
		       struct address_view *view, struct err *err)
{
	const struct volume_query query = {&view->address, 1, today - RECENT_DAYS + 1, today};
	struct volume_day *day;
	uint64_t *recent;
	size_t days;

	if (!volumes_days(store, &query, arena, &day, &days, err))
		return false;
	if (!days)
		return true;
	recent = arena_calloc(arena, RECENT_DAYS, sizeof(*recent));
	for (size_t i = 0; i < days; i++)
		recent[day[i].day - query.first_day] += day[i].sent;
	view->recent = recent;
	view->recents = RECENT_DAYS;
	return true;
}

bool look_at_recent(const struct look_source *source, const struct zone *zone, int64_t now,
		    struct arena *arena, struct status *status, struct err *err)
{
	struct store *const store = look_open(source, err);
	const int64_t today = civil_days(civil_date_at(zone, now));
	bool ok = store != NULL;

	for (size_t i = 0; ok && i < status->views; i++) {
		struct address_view *const view = &status->view[i];

		if (view->traffic &&
		    (status->views <= FEW_VIEWS || view->grade.letter != GRADE_GOOD))
			ok = add_recent(store, today, arena, view, err);
	}
	look_close(source, store);
	return ok;
}
