/* How answers become beliefs. A belief flips only when enough usable answers in a row say so;
 * an answer that could not be had says nothing, neither for the belief nor against it. */
#include "judge/standing.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/tr_mark.h"

#include <string.h>

/* How far a finding is from "all is well". An answer further out supports the nearer ones too:
 * between "clear" and "listed", a list that says one time "noted" and one time "listed" has
 * said twice that it is not clear. */
static const int level[] = {
    [FINDING_BLIND] = 0,  [FINDING_CLEAR] = 0,    [FINDING_LISTED] = 2, [FINDING_NOTED] = 1,
    [FINDING_BROKEN] = 2, [FINDING_ELEVATED] = 1, [FINDING_SPIKE] = 2,  [FINDING_COLD] = 1,
};
_Static_assert(COUNT_OF(level) == FINDING_COUNT, "one level for each finding");

bool standing_flips(const struct standing *standing, const struct observation *seen)
{
	const enum finding belief = standing ? standing->belief : FINDING_BLIND;

	if (seen->finding == FINDING_BLIND || seen->finding == belief)
		return false;
	return belief != FINDING_BLIND || seen->finding != FINDING_CLEAR;
}

/* Whether people hear of it: a note that alarms nobody comes and goes in silence. */
static bool is_loud(const struct standing *standing)
{
	if (standing->belief == FINDING_NOTED)
		return standing->severity > SEVERITY_INFO;
	return level[standing->belief] > 0;
}

static bool is_volume(enum finding finding)
{
	return finding == FINDING_ELEVATED || finding == FINDING_SPIKE || finding == FINDING_COLD;
}

/* Too much, too little and a cold start are troubles of their own: none is the end of another,
 * and a spike that falls is still too much. */
static enum change change_of_volume(const struct standing *before, const struct standing *after)
{
	if (before->belief == after->belief)
		return after->severity > before->severity ? CHANGE_ESCALATED : CHANGE_NONE;
	if (before->belief == FINDING_SPIKE && after->belief == FINDING_ELEVATED)
		return CHANGE_REMINDER;
	return before->belief == FINDING_ELEVATED && after->belief == FINDING_SPIKE
		   ? CHANGE_ESCALATED
		   : CHANGE_RAISED;
}

static enum change change_between(const struct standing *before, const struct standing *after,
				  bool watches_loss)
{
	if (is_loud(before) != is_loud(after))
		return is_loud(after) ? CHANGE_RAISED : CHANGE_CLEARED;
	if (!is_loud(after))
		return watches_loss && before->belief == FINDING_NOTED &&
			       after->belief == FINDING_CLEAR
			   ? CHANGE_CLEARED
			   : CHANGE_NONE;
	if (is_volume(before->belief) || is_volume(after->belief))
		return change_of_volume(before, after);
	if (level[after->belief] < level[before->belief])
		return CHANGE_CLEARED;
	if (level[after->belief] > level[before->belief])
		return CHANGE_ESCALATED;
	if (after->belief != before->belief)
		return CHANGE_RAISED;
	return after->severity > before->severity ? CHANGE_ESCALATED : CHANGE_NONE;
}

/* The channel that heard of the listing must hear of its end, so an end is as severe as what
 * ended, and a fall as what fell. A loss that is watched is heard of though the note never
 * alarmed. */
static enum severity severity_of(const struct standing *before, const struct standing *after,
				 enum change change)
{
	if (change == CHANGE_REMINDER)
		return before->severity;
	if (change != CHANGE_CLEARED)
		return after->severity;
	return before->severity > SEVERITY_INFO || is_loud(before) ? before->severity
								   : SEVERITY_MINOR;
}

/* "SBL, CSS (127.0.0.2, 127.0.0.3)" */
static const char *details_of(const struct standing *standing, struct arena *arena)
{
	struct str codes = {0};
	char code[CODE_TEXT_BYTES];
	const char *text;

	for (size_t i = 0; i < standing->codes; i++)
		str_addf(&codes, "%s%s", i ? ", " : "", code_text(standing->code[i], code));
	if (!codes.len)
		text = standing->means;
	else if (!*standing->means)
		text = arena_printf(arena, "(%s)", str_text(&codes));
	else
		text = arena_printf(arena, SAID("%s (%s)"), standing->means, str_text(&codes));
	str_release(&codes);
	return text;
}

static const char *is_on(const struct standing *standing, struct arena *arena)
{
	const bool is_listed = standing->belief == FINDING_LISTED;
	const char *const details = details_of(standing, arena);

	if (!*details)
		return arena_printf(arena, is_listed ? SAID("%s lists it") : SAID("it is on %s"),
				    standing->subject);
	return arena_printf(arena, is_listed ? SAID("%s lists it: %s") : SAID("it is on %s: %s"),
			    standing->subject, details);
}

/* The same list, and worse than before. */
static const char *is_worse_on(const struct standing *before, const struct standing *after,
			       struct arena *arena)
{
	return arena_printf(arena,
			    after->belief == FINDING_LISTED
				? SAID("%s lists it, now %s (was %s): %s")
				: SAID("it is on %s, now %s (was %s): %s"),
			    after->subject, severity_name(after->severity),
			    severity_name(before->severity), details_of(after, arena));
}

static const char *is_off(const struct standing *standing, struct arena *arena)
{
	const bool was_listed = standing->belief == FINDING_LISTED;

	if (!*standing->means)
		return arena_printf(arena,
				    was_listed ? SAID("%s no longer lists it")
					       : SAID("it is no longer on %s"),
				    standing->subject);
	return arena_printf(arena,
			    was_listed ? SAID("%s no longer lists it (%s)")
				       : SAID("it is no longer on %s (%s)"),
			    standing->subject, standing->means);
}

/* One sentence about one list. */
static const char *list_text(const struct standing *before, const struct standing *after,
			     struct arena *arena)
{
	const bool was_on = level[before->belief] > 0;
	const bool has_left = was_on && level[after->belief] < level[before->belief];
	const char *text;

	if (after->belief == FINDING_CLEAR)
		return has_left ? is_off(before, arena) : "";
	text = after->belief == before->belief ? is_worse_on(before, after, arena)
					       : is_on(after, arena);
	if (has_left)
		text = arena_printf(arena, SAID("%s; %s"), is_off(before, arena), text);
	return *after->text ? arena_printf(arena, SAID("%s; it says: %s"), text, after->text)
			    : text;
}

static const char *event_text(const struct standing *before, const struct standing *after,
			      enum change change, struct arena *arena)
{
	if (*after->subject)
		return list_text(before, after, arena);
	if (after->belief == FINDING_CLEAR)
		return arena_printf(arena, SAID("%s is in order again (%s)"), after->check,
				    before->text);
	if (change == CHANGE_REMINDER)
		return arena_printf(arena, SAID("%s fell from %s to %s: %s"), after->check,
				    finding_name(before->belief), finding_name(after->belief),
				    after->text);
	return arena_strdup(arena, after->text);
}

static enum change tell(const struct standing *before, const struct standing *after,
			const struct sighting *sighting, struct arena *arena, struct event *event)
{
	const enum change change = change_between(before, after, sighting->watches_loss);
	const bool is_flip = before->belief != after->belief;

	if (change == CHANGE_NONE)
		return change;
	*event = (struct event){
	    .at = after->last_good,
	    .address = "",
	    .check = after->check,
	    .subject = after->subject,
	    .change = change,
	    .from = is_flip ? finding_name(before->belief) : severity_name(before->severity),
	    .to = is_flip ? finding_name(after->belief) : severity_name(after->severity),
	    .severity = severity_of(before, after, change),
	    .text = event_text(before, after, change, arena),
	};
	return change;
}

/* A copy that lives as long as the standing, or the old one where nothing changed. */
static const char *keep(const char *old, const char *fresh, struct arena *arena)
{
	const size_t len = strnlen(fresh, FOREIGN_TEXT_MAX_BYTES);

	if (old && strlen(old) == len && memcmp(old, fresh, len) == 0)
		return old;
	return len ? arena_strndup(arena, fresh, len) : "";
}

static void adopt(struct standing *standing, const struct observation *seen, struct arena *arena)
{
	standing->belief = seen->finding;
	standing->severity = seen->severity;
	memcpy(standing->code, seen->code, sizeof(standing->code));
	standing->codes = seen->codes;
	standing->means = keep(standing->means, seen->means, arena);
	standing->text = keep(standing->text, seen->text, arena);
	standing->fix = keep(standing->fix, seen->fix, arena);
	standing->hint = seen->finding;
	standing->streak = 0;
	standing->held = 0;
}

static void name_it(struct standing *standing, const struct observation *seen, struct arena *arena)
{
	standing->check = keep(standing->check, seen->check, arena);
	standing->subject = keep(standing->subject, seen->subject, arena);
	if (!standing->means)
		standing->means = "";
	if (!standing->text)
		standing->text = "";
	if (!standing->fix)
		standing->fix = "";
}

static void go_blind(struct standing *standing, enum cause cause, int64_t now)
{
	if (standing->blind_cause == CAUSE_NONE)
		standing->blind_since = now;
	standing->blind_cause = cause;
}

static bool is_change(const struct standing *standing, const struct observation *seen)
{
	return seen->finding != standing->belief || seen->severity > standing->severity;
}

/* Counts the answer towards its finding; true once enough of them said so. */
static bool has_enough(struct standing *standing, const struct sighting *sighting, uint32_t confirm)
{
	const enum finding seen = sighting->seen.finding;
	const int there = level[seen];
	const int from = level[standing->belief];
	const int hinted = level[standing->hint];
	const bool is_on_the_way =
	    (from < there && there < hinted) || (from > there && there > hinted);

	if (standing->hint != seen && !is_on_the_way)
		standing->streak = 0;
	standing->hint = seen;
	if (__builtin_add_overflow(standing->streak, sighting->answers, &standing->streak))
		standing->streak = UINT32_MAX;
	return standing->streak >= confirm;
}

enum change standing_apply(struct standing *standing, const struct sighting *sighting,
			   uint32_t confirm, int64_t now, struct arena *arena, struct event *event)
{
	const struct observation *seen = &sighting->seen;
	struct standing before;
	bool is_hasty;

	*event = (struct event){0};
	name_it(standing, seen, arena);
	if (seen->finding == FINDING_BLIND) {
		go_blind(standing, seen->cause, now);
		return CHANGE_NONE;
	}
	if (sighting->is_held && is_change(standing, seen) &&
	    standing->held < BREAKER_HELD_PASSES) {
		standing->held++;
		go_blind(standing, CAUSE_MASS_CHANGE, now);
		return CHANGE_NONE;
	}
	standing->blind_cause = CAUSE_NONE;
	standing->blind_since = 0;
	standing->last_good = now;
	if (!is_change(standing, seen))
		standing->held = 0;
	before = *standing;
	/* The same or worse is believed at once; another finding, or a milder severity, only with
	 * patience. That a pair never seen before is clear changes nothing. */
	is_hasty = seen->finding == standing->belief ? seen->severity >= standing->severity
						     : !standing_flips(standing, seen);
	if (!is_hasty && !has_enough(standing, sighting, confirm))
		return CHANGE_NONE;
	adopt(standing, seen, arena);
	if (standing->belief != before.belief)
		standing->since = now;
	return tell(&before, standing, sighting, arena, event);
}

bool standing_is_plain(const struct standing *standing)
{
	return standing->belief == FINDING_CLEAR && standing->streak == 0 &&
	       standing->blind_cause == CAUSE_NONE;
}
