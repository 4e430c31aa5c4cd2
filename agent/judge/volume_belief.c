#include "judge/volume_belief.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/tr_mark.h"
#include "judge/standing.h"

/* Findings have a word for too much and for a cold start, none for mail that stopped: that is a
 * note, and loud. */
struct observation volume_observation(const struct volume_verdict *volume)
{
	static const struct {
		enum finding finding;
		enum severity severity;
	} meaning[] = {
	    [VOLUME_NO_DATA] = {FINDING_CLEAR, SEVERITY_INFO},
	    [VOLUME_NORMAL] = {FINDING_CLEAR, SEVERITY_INFO},
	    [VOLUME_ELEVATED] = {FINDING_ELEVATED, SEVERITY_MINOR},
	    [VOLUME_SPIKE] = {FINDING_SPIKE, SEVERITY_CRITICAL},
	    [VOLUME_WARM_UP] = {FINDING_CLEAR, SEVERITY_INFO},
	    [VOLUME_OVER_PLAN] = {FINDING_ELEVATED, SEVERITY_MAJOR},
	    [VOLUME_COLD] = {FINDING_COLD, SEVERITY_MINOR},
	    [VOLUME_LOW] = {FINDING_NOTED, SEVERITY_MAJOR},
	};
	const bool is_quiet = volume->level == VOLUME_COLD && !volume->reason[0];

	_Static_assert(COUNT_OF(meaning) == VOLUME_LEVEL_COUNT, "a meaning for each level");
	return (struct observation){
	    .check = "volume",
	    .subject = "",
	    .finding = is_quiet ? FINDING_CLEAR : meaning[volume->level].finding,
	    .severity = is_quiet ? SEVERITY_INFO : meaning[volume->level].severity,
	    .means = "",
	    .text = volume->reason,
	    .fix = "",
	};
}

/* The level a belief came from; what alarms nobody is normal. */
static enum volume_level level_of(enum finding belief, enum severity severity)
{
	switch (belief) {
	case FINDING_ELEVATED:
		return severity >= SEVERITY_MAJOR ? VOLUME_OVER_PLAN : VOLUME_ELEVATED;
	case FINDING_SPIKE:
		return VOLUME_SPIKE;
	case FINDING_COLD:
		return VOLUME_COLD;
	case FINDING_NOTED:
		return VOLUME_LOW;
	case FINDING_BLIND:
	case FINDING_CLEAR:
	case FINDING_LISTED:
	case FINDING_BROKEN:
	case FINDING_COUNT:
		break;
	}
	return VOLUME_NORMAL;
}

static const char *calm_text(const struct volume_verdict *volume, enum finding before,
			     struct arena *arena)
{
	char sent[GROUPED_BYTES];

	if (before == FINDING_NOTED && volume->today)
		return arena_printf(arena, SAID("mail flows again, with %s sent today"),
				    grouped_text(volume->today, sent));
	return arena_printf(arena, SAID("volume is in order again, with %s sent yesterday"),
			    grouped_text(volume->yesterday, sent));
}

enum change volume_believe(struct standing *standing, const struct volume_verdict *volume,
			   int64_t now, struct arena *arena, struct event *event)
{
	const struct sighting sighting = {.seen = volume_observation(volume), .answers = 1};
	const enum finding before = standing->belief;
	const enum volume_level from = level_of(before, standing->severity);
	const enum change change = standing_apply(standing, &sighting, 1, now, arena, event);

	if (change == CHANGE_NONE)
		return change;
	event->from = volume_level_name(from);
	event->to = volume_level_name(level_of(standing->belief, standing->severity));
	if (standing->belief == FINDING_CLEAR)
		event->text = calm_text(volume, before, arena);
	return change;
}
