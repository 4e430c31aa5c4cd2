#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "told.h"

#include "base/mem.h"
#include "judge/removal.h"

#include <string.h>

enum { NOW = 1790000000, HOUR = 3600, DAY = 86400, HOUR_MS = 3600000, DAY_MS = 86400000 };

static const struct standing listed = {.check = "dnsbl", .subject = "bl.example", .means = ""};
static const struct standing noted = {
    .check = "dnsbl", .subject = "bl.example", .belief = FINDING_NOTED, .means = ""};
static const struct standing unasked = {.check = "dnsbl",
					.subject = "bl.example",
					.means = "",
					.blind_cause = CAUSE_TIMEOUT,
					.blind_since = NOW - 2 * HOUR};

static const struct removal_way self = {.by = REMOVAL_BY_SELF};
static const struct removal_way quick = {.by = REMOVAL_BY_FORM, .takes_ms = 24 * (int64_t)HOUR_MS};
static const struct removal_way fading = {.by = REMOVAL_BY_SELF, .expires_ms = 5 * (int64_t)DAY_MS};
static const struct removal_way ending = {
    .by = REMOVAL_BY_EXPIRY, .expires_ms = 7 * (int64_t)DAY_MS, .can_cost = true};
static const struct removal_way vague = {.by = REMOVAL_BY_EXPIRY};
static const struct removal_way paid = {.by = REMOVAL_BY_PAYING, .can_cost = true};
static const struct removal_way owner = {.by = REMOVAL_BY_OWNER};
static const struct removal_way strict = {.by = REMOVAL_BY_SELF, .needs_ptr = true};

#define LOUD(its_today, its_yesterday)                                                             \
	{                                                                                          \
		{                                                                                  \
			.account = "info@hanako.example", .today = its_today,                      \
			.yesterday = its_yesterday, .usual = 35                                    \
		}                                                                                  \
	}
static const struct removal_suspect loud[] = LOUD(7131, 8895);
static const struct removal_suspect quiet[] = LOUD(0, 8895);
static const struct removal_suspect usual[] = LOUD(70, 60);
static const struct removal_suspect few[] = {
    {.account = "new@shop.example", .today = 19, .yesterday = 19, .usual = 0}};

#define CALM                                                                                       \
	{                                                                                          \
		.level = VOLUME_NORMAL, .yesterday = 260, .today = 120                             \
	}
#define SPIKE                                                                                      \
	{                                                                                          \
		.level = VOLUME_SPIKE, .is_today = true, .today = 7131,                            \
		.reason = "sent 7,131 today by 21:59"                                              \
	}
#define OVER                                                                                       \
	{                                                                                          \
		.level = VOLUME_SPIKE, .yesterday = 9000, .reason = "sent 9,000 yesterday"         \
	}

#define ASKED(ago_s) .asked_at = NOW - (ago_s), .last_asked_at = NOW - (ago_s), .times = 1
static const struct removal asked_now = {ASKED(5 * HOUR)};
static const struct removal asked_once = {ASKED(2 * DAY)};
static const struct removal asked_long_ago = {ASKED(4 * DAY)};
static const struct removal asked_again = {
    .asked_at = NOW - 9 * DAY, .last_asked_at = NOW - HOUR, .times = 3};
static const struct removal answered = {ASKED(9 * DAY), .answered_at = NOW - DAY};
static const struct removal back = {ASKED(9 * DAY), .cleared_at = NOW - 5 * DAY,
				    .relisted_at = NOW - DAY};

/* Of a list that everybody may ask, with logs in which nothing is wrong, at noon. */
#define MADE(its_standing, its_way, its_ptr, is_good, its_hour, its_recent)                        \
	.address = "192.0.2.10", .standing = &(its_standing), .way = (its_way),                    \
	.has_traffic = true, .logs_read_at = NOW, .are_logs_of_today = true, .ptr = (its_ptr),     \
	.is_ptr_good = (is_good), .hour = (its_hour), .recent = (its_recent)
#define BY(its_way)              MADE(listed, its_way, "mail.example.jp", true, 12, 40)
#define VIEW                     BY(&self)
#define AT(hour, recent)         MADE(listed, &self, "mail.example.jp", true, hour, recent)
#define NAMED(way, ptr, is_good) MADE(listed, way, ptr, is_good, 12, 40)
#define SUSPECT(its)             .suspect = its, .suspects = 1
#define BLOCK(its_cause)         .is_receiver = true, .block_cause = its_cause

static const struct {
	const char *what;
	struct removal_view view;
	enum removal_verdict verdict;
	const char *first; /* what the deciding reason says */
	const char *also; /* another one; NULL: not looked for */
} row[] = {
    {"nothing stands out: ask",
     {VIEW, .volume = CALM},
     REMOVAL_ASK,
     "no account stands out; the address sent 260 yesterday and 120 today",
     NULL},
    {"no logs: nobody knows whether it goes on",
     {.standing = &listed, .way = &self},
     REMOVAL_ASK,
     "no mail log tells what the address sends: make sure that the cause is gone",
     NULL},

    {"an account sends on",
     {AT(12, 2000), .volume = SPIKE, SUSPECT(loud)},
     REMOVAL_FIX_FIRST,
     "as far as the logs tell the cause goes on: info@hanako.example sent 7,131 today, usually 35 "
     "a day; stop it first",
     "as far as the logs tell the cause goes on: the address sent 7,131 today by 21:59"},
    {"it sent much today, and now nobody sends as much",
     {AT(12, 800), .volume = SPIKE, SUSPECT(loud)},
     REMOVAL_ASK,
     "info@hanako.example, which stood out, sent 8,895 yesterday and 7,131 today; in the last "
     "hours the "
     "whole address sent 800",
     "the address sent 7,131 today by 21:59; 800 in the last hours"},
    {"the day is too young to tell that it ended",
     {AT(1, 0), .volume = SPIKE, SUSPECT(loud)},
     REMOVAL_FIX_FIRST,
     "as far as the logs tell the cause goes on: info@hanako.example sent 7,131 today, usually 35 "
     "a day; stop it first",
     NULL},
    {"stopped since yesterday",
     {VIEW, .volume = OVER, SUSPECT(quiet)},
     REMOVAL_ASK,
     "info@hanako.example, which stood out, sent 8,895 yesterday and 0 today; in the last hours "
     "the "
     "whole address sent 40",
     "the address sent 9,000 yesterday; 40 in the last hours"},
    {"in the night yesterday counts",
     {AT(2, 900), .volume = OVER, SUSPECT(quiet)},
     REMOVAL_FIX_FIRST,
     "as far as the logs tell the cause goes on: info@hanako.example sent 8,895 yesterday, usually "
     "35 a day; stop it first",
     NULL},
    {"unless the night is quiet",
     {AT(2, 12), .volume = OVER, SUSPECT(quiet)},
     REMOVAL_ASK,
     "info@hanako.example, which stood out, sent 8,895 yesterday and 0 today; in the last hours "
     "the "
     "whole address sent 12",
     NULL},
    {"twice the usual is not yet much",
     {VIEW, .volume = CALM, SUSPECT(usual)},
     REMOVAL_ASK,
     "info@hanako.example, which stood out, sent 60 yesterday and 70 today; in the last hours the "
     "whole address sent 40",
     NULL},
    {"nor are a few mails",
     {VIEW, .volume = CALM, SUSPECT(few)},
     REMOVAL_ASK,
     "new@shop.example, which stood out, sent 19 yesterday and 19 today; in the last hours the "
     "whole address sent 40",
     NULL},
    {"the volume alone says that it goes on",
     {AT(12, 3000), .volume = SPIKE},
     REMOVAL_FIX_FIRST,
     "as far as the logs tell the cause goes on: the address sent 7,131 today by 21:59",
     NULL},
    {"receivers call it spam now",
     {VIEW, .volume = CALM, .called_spam = 1037, .called_spam_at = NOW - 12 * 60},
     REMOVAL_FIX_FIRST,
     "the cause goes on: receivers refused 1,037 messages as spam since yesterday, the last one "
     "12m ago",
     NULL},
    {"they did, hours ago",
     {VIEW, .volume = CALM, .called_spam = 1037, .called_spam_at = NOW - 7 * HOUR},
     REMOVAL_ASK,
     "no account stands out; the address sent 260 yesterday and 120 today",
     NULL},
    {"some do of any mail",
     {VIEW, .volume = CALM, .called_spam = 9, .called_spam_at = NOW - 60},
     REMOVAL_ASK,
     "no account stands out; the address sent 260 yesterday and 120 today",
     NULL},

    {"a list that wants a reverse name",
     {NAMED(&strict, "", false)},
     REMOVAL_FIX_FIRST,
     "the reverse name is missing; they refuse requests until that is mended",
     NULL},
    {"one that looks generated",
     {NAMED(&strict, "mail.example.jp", false)},
     REMOVAL_FIX_FIRST,
     "the reverse name looks generated or does not lead back to the address; they refuse requests "
     "until that is mended",
     NULL},
    {"one nobody could ask for",
     {NAMED(&strict, NULL, false)},
     REMOVAL_ASK,
     "no account stands out; the address sent 0 yesterday and 0 today",
     NULL},
    {"to others it may matter",
     {NAMED(&self, "", false)},
     REMOVAL_ASK,
     "no account stands out; the address sent 0 yesterday and 0 today",
     "the reverse name is missing; many refuse requests for that"},

    {"asked this morning",
     {VIEW, .request = &asked_now},
     REMOVAL_WAIT,
     "asked 5h 0m ago; again in 2d 19h at the earliest",
     NULL},
    {"where an answer takes a day",
     {BY(&quick), .request = &asked_now},
     REMOVAL_WAIT,
     "asked 5h 0m ago; again in 19h 0m at the earliest",
     NULL},
    {"and is late",
     {BY(&quick), .request = &asked_once},
     REMOVAL_ASK,
     "asked 2d 0h ago, without an answer",
     NULL},
    {"nobody knows how long it takes",
     {VIEW, .request = &asked_once},
     REMOVAL_WAIT,
     "asked 2d 0h ago; again in 1d 0h at the earliest",
     NULL},
    {"long ago",
     {VIEW, .request = &asked_long_ago},
     REMOVAL_ASK,
     "asked 4d 0h ago, without an answer",
     NULL},
    {"again and again",
     {VIEW, .request = &asked_again},
     REMOVAL_WAIT,
     "asked 1h 0m ago; again in 2d 23h at the earliest",
     "asked 3 times, first 9d 0h ago"},
    {"answered yesterday",
     {VIEW, .request = &answered},
     REMOVAL_WAIT,
     "asked 9d 0h ago and answered; again in 2d 0h at the earliest",
     NULL},
    {"answered, and listed still",
     {BY(&quick), .request = &answered},
     REMOVAL_ASK,
     "answered 1d 0h ago, and listed still",
     NULL},
    {"a cleared request is over",
     {VIEW, .request = &back, .relisted = 1},
     REMOVAL_ASK,
     "no account stands out; the address sent 0 yesterday and 0 today",
     "came back 1 time within a year; each time they wait longer"},
    {"the cause weighs more than the waiting",
     {AT(12, 2000), SUSPECT(loud), .request = &asked_now},
     REMOVAL_FIX_FIRST,
     "as far as the logs tell the cause goes on: info@hanako.example sent 7,131 today, usually 35 "
     "a day; stop it first",
     "asked 5h 0m ago; again in 2d 19h at the earliest"},

    {"it ends by itself",
     {BY(&ending)},
     REMOVAL_EXPIRES,
     "nobody can be asked: it ends by itself 7d 0h after the last hit",
     "they take money for going faster, which is not advised"},
    {"nobody knows when",
     {BY(&vague)},
     REMOVAL_EXPIRES,
     "nobody can be asked: it ends by itself once the cause is gone",
     NULL},
    {"not while the cause goes on",
     {MADE(listed, &ending, "mail.example.jp", true, 12, 2000), SUSPECT(loud)},
     REMOVAL_FIX_FIRST,
     "as far as the logs tell the cause goes on: info@hanako.example sent 7,131 today, usually 35 "
     "a day; stop it first",
     "nobody can be asked: it ends by itself 7d 0h after the last hit"},
    {"it ends, and can be asked",
     {BY(&fading), .volume = CALM},
     REMOVAL_ASK,
     "no account stands out; the address sent 260 yesterday and 120 today",
     "it also ends by itself, 5d 0h after the last hit"},
    {"only for money",
     {BY(&paid)},
     REMOVAL_NOT_ADVISED,
     "they want money, which is not advised",
     NULL},
    {"only the owner",
     {BY(&owner)},
     REMOVAL_ASK,
     "no account stands out; the address sent 0 yesterday and 0 today",
     "only the owner of the network can ask"},
    {"a list that left the catalogue",
     {BY(NULL)},
     REMOVAL_ASK,
     "no account stands out; the address sent 0 yesterday and 0 today",
     NULL},
    {"a list nobody could ask",
     {MADE(unasked, &self, "mail.example.jp", true, 12, 40)},
     REMOVAL_LOOK_FIRST,
     "the list could not be asked since 2h 0m (timeout): look it up first, it may be over",
     NULL},

    {"the logs were not read for long",
     {VIEW, .volume = CALM, .are_logs_old = true},
     REMOVAL_LOOK_FIRST,
     "the mail logs were read 0s ago: whether the cause goes on is not known",
     NULL},
    {"what was sent is known, and not when",
     {.standing = &listed, .way = &self, .has_traffic = true, .hour = 12, SUSPECT(loud)},
     REMOVAL_FIX_FIRST,
     "as far as the logs tell the cause goes on: info@hanako.example sent 7,131 today, usually 35 "
     "a "
     "day; stop it first",
     NULL},
    {"a pass before midnight says today of yesterday",
     {.standing = &listed,
      .way = &self,
      .has_traffic = true,
      .logs_read_at = NOW - HOUR,
      .volume = SPIKE,
      .recent = 3000},
     REMOVAL_FIX_FIRST,
     "as far as the logs tell the cause goes on: as of the last pass the address sent 7,131 today "
     "by "
     "21:59",
     NULL},
    {"a pass of another day says nothing of this one",
     {.standing = &listed,
      .way = &self,
      .has_traffic = true,
      .logs_read_at = NOW - 3 * DAY,
      .are_logs_old = true,
      .volume = SPIKE,
      .recent = 3000},
     REMOVAL_LOOK_FIRST,
     "the mail logs were read 3d 0h ago: whether the cause goes on is not known",
     "as of the last pass the address sent 7,131 today by 21:59; 3,000 in the last hours"},
    {"a note about a range has another cause",
     {MADE(noted, &self, "mail.example.jp", true, 12, 2000), .volume = SPIKE, SUSPECT(loud),
      .called_spam = 99, .called_spam_at = NOW},
     REMOVAL_ASK,
     "it is about a range of addresses or a setting, not about what was sent",
     NULL},

    {"a receiver's own block",
     {BY(NULL), BLOCK(REPLY_IP_BLOCK), .refused = 6226, .refused_at = NOW - 60},
     REMOVAL_ASK,
     "no account stands out; the address sent 0 yesterday and 0 today",
     "it refused 6,226 messages so far, the last one 1m ago"},
    {"a limit of the rate",
     {BY(NULL), BLOCK(REPLY_RATE_LIMIT)},
     REMOVAL_WAIT,
     "it limits the rate of the address, which ends by itself once less is sent",
     NULL},
    {"it blames a public list",
     {BY(NULL), BLOCK(REPLY_BLOCKLIST)},
     REMOVAL_FIX_FIRST,
     "it refuses because of a public list; end that listing first",
     NULL},
    {"it blames the reverse name, which is fine",
     {BY(NULL), BLOCK(REPLY_PTR)},
     REMOVAL_FIX_FIRST,
     "it blames the reverse name; mend that first",
     NULL},
    {"it blames the reverse name, and rightly",
     {NAMED(NULL, "", false), BLOCK(REPLY_PTR)},
     REMOVAL_FIX_FIRST,
     "the reverse name is missing; they refuse requests until that is mended",
     NULL},
    {"it blames the HELO name",
     {BY(NULL), BLOCK(REPLY_HELO)},
     REMOVAL_FIX_FIRST,
     "it blames the HELO name; mend that first",
     NULL},
};

static bool says(const struct removal_advice *advice, const char *reason)
{
	for (size_t i = 0; i < advice->reasons; i++)
		if (strcmp(advice->reason[i], reason) == 0)
			return true;
	return false;
}

static void advises(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct removal_advice advice = removal_judge(&row[i].view, NOW, arena);

		if (advice.verdict != row[i].verdict)
			fail_msg("%s: %s, not %s (%s)", row[i].what,
				 removal_verdict_name(advice.verdict),
				 removal_verdict_name(row[i].verdict),
				 advice.reasons ? advice.reason[0] : "");
		if (!advice.reasons || strcmp(advice.reason[0], row[i].first) != 0)
			fail_msg("%s: says \"%s\"", row[i].what,
				 advice.reasons ? advice.reason[0] : "");
		for (size_t k = 0; k < advice.reasons; k++)
			ASSERT_TOLD(advice.reason[k]);
		if (row[i].also && !says(&advice, row[i].also))
			fail_msg("%s: does not say \"%s\"", row[i].what, row[i].also);
	}
	arena_free(arena);
}

static void tells_when_to_ask_again(void **state)
{
	struct arena *arena = arena_new();
	const struct removal_view never = {VIEW};
	const struct removal_view once = {BY(&quick), .request = &asked_now};
	const struct removal_view over_and_back = {VIEW, .request = &back};

	(void)state;
	assert_int_equal(removal_judge(&never, NOW, arena).ask_again_at, 0);
	assert_int_equal(removal_judge(&once, NOW, arena).ask_again_at, NOW + 19 * HOUR);
	assert_int_equal(removal_judge(&over_and_back, NOW, arena).ask_again_at, 0);
	arena_free(arena);
}

static void states_follow_from_times(void **state)
{
	static const struct {
		struct removal request;
		const char *word;
	} cases[] = {
	    {{.asked_at = 1}, "asked"},
	    {{.asked_at = 1, .answered_at = 2}, "answered"},
	    {{.asked_at = 1, .answered_at = 2, .cleared_at = 3}, "cleared"},
	    {{.asked_at = 1, .cleared_at = 3, .relisted_at = 4}, "relisted"},
	};

	(void)state;
	assert_string_equal(removal_state_name(removal_state_of(NULL)), "open");
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_string_equal(removal_state_name(removal_state_of(&cases[i].request)),
				    cases[i].word);
	for (int by = 0; by < REMOVAL_BY_COUNT; by++)
		assert_int_equal(removal_by_parse(removal_by_name((enum removal_by)by)), by);
	assert_int_equal(removal_by_parse("bribe"), -1);
}

static void terms_are_medians(void **state)
{
	static const struct removal request[] = {
	    {.subject = "b.example", .asked_at = 0, .cleared_at = 9 * DAY},
	    {.subject = "a.example", .asked_at = DAY},
	    {.subject = "b.example",
	     .asked_at = DAY,
	     .cleared_at = 2 * DAY,
	     .relisted_at = 3 * DAY},
	    {.subject = "b.example", .asked_at = DAY},
	    {.subject = "b.example", .asked_at = DAY, .cleared_at = 3 * DAY},
	    {.subject = "c.example", .asked_at = 0, .cleared_at = 3 * DAY},
	    {.subject = "c.example", .asked_at = 0, .cleared_at = DAY},
	};
	static const struct removal_term expected[] = {
	    {"a.example", 1, 0, 0, 0}, {"b.example", 4, 3, 1, 2}, {"c.example", 2, 2, 0, 2}};
	struct arena *arena = arena_new();
	size_t count;
	const struct removal_term *term = removal_terms(request, COUNT_OF(request), arena, &count);

	(void)state;
	assert_int_equal(count, COUNT_OF(expected));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(term[i].subject, expected[i].subject);
		assert_int_equal(term[i].requests, expected[i].requests);
		assert_int_equal(term[i].cleared, expected[i].cleared);
		assert_int_equal(term[i].relisted, expected[i].relisted);
		assert_true(term[i].median_days == expected[i].median_days);
	}
	removal_terms(NULL, 0, arena, &count);
	assert_int_equal(count, 0);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(advises),
	    cmocka_unit_test(tells_when_to_ask_again),
	    cmocka_unit_test(states_follow_from_times),
	    cmocka_unit_test(terms_are_medians),
	};

	return cmocka_run_group_tests_name("whether to ask for removal", tests, NULL, NULL);
}
