#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "judge/volume_belief.h"

#include <stdio.h>
#include <string.h>

enum { STEPS = 4, NOW = 1700000000 };

#define N VOLUME_NORMAL
#define E VOLUME_ELEVATED
#define S VOLUME_SPIKE
#define P VOLUME_OVER_PLAN
#define W VOLUME_WARM_UP
#define C VOLUME_COLD
#define L VOLUME_LOW
#define D VOLUME_NO_DATA

/* Levels of passes, and what each makes known: change, levels and severity of its event, and how
 * its text begins; "" for none. */
static const struct {
	const char *why;
	struct {
		enum volume_level level;
		const char *event, *text;
	} step[STEPS];
} story[] = {
    {"a spike that falls in two steps",
     {{N, "", ""},
      {S, "raised normal spike critical", "reason of spike"},
      {E, "reminder spike elevated critical", "volume fell from spike to elevated: reason of "},
      {N, "cleared elevated normal minor", "volume is in order again, with 70 sent yesterday"}}},
    {"one that falls at once",
     {{S, "raised normal spike critical", "reason of spike"},
      {S, "", ""},
      {N, "cleared spike normal critical", "volume is in order again, with 70 sent yesterday"}}},
    {"a rise in two steps",
     {{E, "raised normal elevated minor", "reason of elevated"},
      {S, "escalated elevated spike critical", "reason of spike"},
      {S, "", ""},
      {E, "reminder spike elevated critical", "volume fell from spike to elevated: reason of "}}},
    {"mail that stops is low, not cold",
     {{N, "", ""},
      {L, "raised normal low major", "reason of low"},
      {L, "", ""},
      {N, "cleared low normal major", "mail flows again, with 9 sent today"}}},
    {"it stops after a spike: another trouble, not an end",
     {{S, "raised normal spike critical", "reason of spike"},
      {L, "raised spike low major", "reason of low"},
      {N, "cleared low normal major", "mail flows again, with 9 sent today"}}},
    {"and a spike after silence",
     {{L, "raised normal low major", "reason of low"},
      {S, "raised low spike critical", "reason of spike"},
      {N, "cleared spike normal critical", "volume is in order again"}}},
    {"a cold address that sends much",
     {{C, "raised normal cold minor", "reason of cold"},
      {S, "raised cold spike critical", "reason of spike"}}},
    {"over the plan, then on it",
     {{W, "", ""},
      {P, "raised normal over-plan major", "reason of over-plan"},
      {W, "cleared over-plan normal major", "volume is in order again"}}},
    {"over the plan after it was only much",
     {{E, "raised normal elevated minor", "reason of elevated"},
      {P, "escalated elevated over-plan major", "reason of over-plan"},
      {E, "", ""}}},
    {"no log tells of it any more",
     {{E, "raised normal elevated minor", "reason of elevated"},
      {D, "cleared elevated normal minor", "volume is in order again"}}},
};

static struct volume_verdict verdict_of(enum volume_level level)
{
	struct volume_verdict verdict = {.level = level, .yesterday = 70, .today = 9};

	snprintf(verdict.reason, sizeof(verdict.reason), "reason of %s", volume_level_name(level));
	return verdict;
}

static void events_tell_what_became_of_a_level(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(story); i++) {
		struct standing standing = {.check = "volume", .subject = ""};

		for (size_t k = 0; k < STEPS && story[i].step[k].event; k++) {
			const struct volume_verdict verdict = verdict_of(story[i].step[k].level);
			struct event event;
			const char *got = "";

			if (volume_believe(&standing, &verdict, NOW, arena, &event) != CHANGE_NONE)
				got = arena_printf(arena, "%s %s %s %s", change_name(event.change),
						   event.from, event.to,
						   severity_name(event.severity));
			if (strcmp(got, story[i].step[k].event) != 0)
				fail_msg("%s: step %zu is '%s'", story[i].why, k, got);
			if (*got && strncmp(event.text, story[i].step[k].text,
					    strlen(story[i].step[k].text)) != 0)
				fail_msg("%s: step %zu says '%s'", story[i].why, k, event.text);
		}
	}
	arena_free(arena);
}

static void a_cold_address_that_sends_little_alarms_nobody(void **state)
{
	const struct volume_verdict quiet = {.level = VOLUME_COLD};
	const struct volume_verdict loud = verdict_of(VOLUME_COLD);

	(void)state;
	assert_int_equal(volume_observation(&quiet).finding, FINDING_CLEAR);
	assert_int_equal(volume_observation(&loud).finding, FINDING_COLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(events_tell_what_became_of_a_level),
	    cmocka_unit_test(a_cold_address_that_sends_little_alarms_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
