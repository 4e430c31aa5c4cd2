/* A store that fails holds no letters, and none of what was told: that a pass could not be recorded
 * goes out at once, and two marks beside the store say since when that is so and when somebody was
 * told last. A disk that went read-only takes no marks; then they stand in memory. */
#include "run/unrecorded.h"

#include "base/hash.h"
#include "run/alerts.h"
#include "run/pass_parts.h"
#include "sys/clock.h"
#include "sys/mark.h"

#include <string.h>
#include <unistd.h>

enum { MARK_PLACES = 2 };

struct marks {
	const char *since, *told;
};

struct knowledge {
	struct marks marks[MARK_PLACES]; /* the first that can be written is */
	bool is_told; /* somebody was; then: */
	int64_t since, told_at;
};

static struct marks marks_at(struct arena *arena, const char *path)
{
	return (struct marks){
	    .since = arena_printf(arena, "%s.since", path),
	    .told = arena_printf(arena, "%s.told", path),
	};
}

/* Where several places say something: the first beginning, and the last telling. */
static void read_marks(const struct marks *marks, struct knowledge *knowledge)
{
	int64_t since, told_at;

	if (!mark_read(marks->since, &since) || !mark_read(marks->told, &told_at))
		return;
	if (!knowledge->is_told || since < knowledge->since)
		knowledge->since = since;
	if (!knowledge->is_told || told_at > knowledge->told_at)
		knowledge->told_at = told_at;
	knowledge->is_told = true;
}

static struct knowledge look_up(const struct pass *pass)
{
	const char *const dir = pass->conf->state_dir;
	struct knowledge known = {
	    .marks = {
		marks_at(pass->arena, arena_printf(pass->arena, "%s/unrecorded", dir)),
		marks_at(pass->arena, arena_printf(pass->arena, "/dev/shm/repwatch-%ju-%016jx",
						   (uintmax_t)geteuid(),
						   (uintmax_t)hash_bytes(dir, strlen(dir)))),
	    }};

	for (size_t i = 0; i < MARK_PLACES; i++)
		read_marks(&known.marks[i], &known);
	return known;
}

static void note_told(const struct knowledge *known, int64_t since, int64_t now)
{
	for (size_t i = 0; i < MARK_PLACES; i++)
		if (mark_set(known->marks[i].since, since) && mark_set(known->marks[i].told, now))
			return;
}

static void forget(const struct knowledge *known)
{
	for (size_t i = 0; i < MARK_PLACES; i++) {
		unlink(known->marks[i].told);
		unlink(known->marks[i].since);
	}
}

static void notice_delivery(void *context, const char *text)
{
	pass_notice(context, text);
}

/* To all channels; false: none took it, so that the next pass tells it. */
static bool tell(struct pass *pass, const struct unrecorded *what, int64_t now)
{
	const struct deliver_options options = {
	    .zone = pass->options->zone,
	    .now = now,
	    .notice = notice_delivery,
	    .context = pass,
	};

	return deliver_unrecorded(pass->conf, &options, what, pass->arena);
}

static bool tells(const struct pass *pass)
{
	return pass->options->only & PASS_ALERTS && !pass->options->is_dry;
}

/* What is ahead of the clock was told by a clock that was wrong. */
static bool is_fresh(const struct pass *pass, const struct knowledge *known, int64_t now)
{
	return known->is_told && known->told_at <= now &&
	       now - known->told_at < pass->conf->alerts.repeat_ms / 1000;
}

void unrecorded_begin(struct pass *pass, const char *why)
{
	const int64_t now = clock_now();
	const struct knowledge known = look_up(pass);
	const struct unrecorded what = {
	    .since = known.is_told && known.since < now ? known.since : now,
	    .text = why,
	};

	if (!tells(pass) || is_fresh(pass, &known, now))
		return;
	if (tell(pass, &what, now))
		note_told(&known, what.since, now);
}

void unrecorded_end(struct pass *pass)
{
	const struct knowledge known = look_up(pass);
	const struct unrecorded what = {.since = known.since, .text = "", .is_over = true};

	if (known.is_told && tells(pass) && tell(pass, &what, clock_now()))
		forget(&known);
}
