#include "judge/removal.h"

#include "base/civil.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/tr_mark.h"

#include <math.h>

enum {
	HOUR_S = 3600,
	DAY_S = 86400,
	DAY_HOURS = 24,
	MS = 1000,
	/* Where nobody says how long an answer takes. Asking every day makes nobody faster. */
	USUAL_WAIT_S = 3 * DAY_S,
	/* So early in the day what was sent yesterday tells more. */
	EARLY_HOURS = 6,
	/* Of an account that is a suspect already. */
	LOUD_MIN = 20,
	LOUD_FACTOR = 2,
	/* Some of any mail is called spam. */
	SPAM_MIN = 10,
	SPAM_LATELY_S = 6 * HOUR_S
};

struct judging {
	const struct removal_view *view;
	int64_t now;
	struct arena *arena;
};

/* The reason, or NULL where there is none. */
typedef const char *rule_fn(const struct judging *judging);

static const char *age(const struct judging *judging, int64_t seconds)
{
	char text[CIVIL_TEXT_BYTES];

	return arena_strdup(judging->arena, civil_age(seconds, text));
}

static const char *number(const struct judging *judging, uint64_t value)
{
	char text[GROUPED_BYTES];

	return arena_strdup(judging->arena, grouped_text(value, text));
}

/* A note about a range or a setting has no cause in what was sent. */
static bool is_policy(const struct removal_view *view)
{
	return view->standing->belief == FINDING_NOTED;
}

/* --- is the cause still there? --- */

/* Whether `sent` within so many hours could go on at that pace: all mail of the last hours is less
 * than half of what it would have brought alone. */
static bool has_ended(const struct removal_view *view, uint64_t sent, unsigned hours)
{
	const double pace = (double)sent / hours * REMOVAL_RECENT_HOURS;

	return view->logs_read_at && hours >= REMOVAL_RECENT_HOURS &&
	       (double)view->recent * 2 < pace;
}

static bool is_loud(uint64_t sent, double usual)
{
	return sent >= LOUD_MIN && (double)sent > usual * LOUD_FACTOR;
}

static bool goes_on_today(const struct removal_view *view, const struct removal_suspect *suspect)
{
	return is_loud(suspect->today, suspect->usual) &&
	       !has_ended(view, suspect->today, view->hour + 1);
}

static bool went_on_at_night(const struct removal_view *view, const struct removal_suspect *suspect)
{
	return view->hour < EARLY_HOURS && is_loud(suspect->yesterday, suspect->usual) &&
	       !has_ended(view, suspect->yesterday, DAY_HOURS);
}

static const char *suspect_goes_on(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;

	for (size_t i = 0; i < view->suspects && !is_policy(view); i++) {
		const struct removal_suspect *const suspect = &view->suspect[i];
		const bool is_today = goes_on_today(view, suspect);

		if (!is_today && !went_on_at_night(view, suspect))
			continue;
		return arena_printf(
		    judging->arena,
		    is_today
			? SAID("as far as the logs tell the cause goes on: %s sent %s today, "
			       "usually %s a day; stop it first")
			: SAID("as far as the logs tell the cause goes on: %s sent %s yesterday, "
			       "usually %s a day; stop it first"),
		    suspect->account,
		    number(judging, is_today ? suspect->today : suspect->yesterday),
		    number(judging, (uint64_t)llround(suspect->usual)));
	}
	return NULL;
}

static bool is_high(enum volume_level level)
{
	return level == VOLUME_SPIKE || level == VOLUME_ELEVATED || level == VOLUME_OVER_PLAN;
}

/* The reason of a level says "today" of the day of the pass. */
static const char *volume_goes_on(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;
	const struct volume_verdict *const volume = &view->volume;
	const unsigned hours = view->are_logs_of_today ? view->hour + 1 : DAY_HOURS;

	if (is_policy(view) || !is_high(volume->level) || !volume->is_today || view->are_logs_old ||
	    has_ended(view, volume->today, hours))
		return NULL;
	return arena_printf(judging->arena,
			    view->are_logs_of_today
				? SAID("as far as the logs tell the cause goes on: the address %s")
				: SAID("as far as the logs tell the cause goes on: as of the last "
				       "pass the address %s"),
			    volume->reason);
}

static const char *spam_goes_on(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;

	if (is_policy(view) || view->called_spam < SPAM_MIN ||
	    judging->now - view->called_spam_at > SPAM_LATELY_S)
		return NULL;
	return arena_printf(judging->arena,
			    SAID("the cause goes on: receivers refused %s messages as spam since "
				 "yesterday, the last one %s ago"),
			    number(judging, view->called_spam),
			    age(judging, judging->now - view->called_spam_at));
}

/* --- is what they ask for there? --- */

static const char *ptr_is_wanting(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;
	const bool is_blamed = view->is_receiver && view->block_cause == REPLY_PTR;
	const bool is_wrong = view->ptr && !view->is_ptr_good;

	if (!is_blamed && !(is_wrong && view->way && view->way->needs_ptr))
		return NULL;
	if (is_blamed && !is_wrong)
		return SAID("it blames the reverse name; mend that first");
	return *view->ptr ? SAID("the reverse name looks generated or does not lead back to the "
				 "address; they refuse requests until that is mended")
			  : SAID("the reverse name is missing; they refuse requests until that is "
				 "mended");
}

static const char *other_blame(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;

	if (!view->is_receiver)
		return NULL;
	if (view->block_cause == REPLY_HELO)
		return SAID("it blames the HELO name; mend that first");
	if (view->block_cause == REPLY_BLOCKLIST)
		return SAID("it refuses because of a public list; end that listing first");
	return NULL;
}

static const char *rate_is_limited(const struct judging *judging)
{
	if (!judging->view->is_receiver || judging->view->block_cause != REPLY_RATE_LIMIT)
		return NULL;
	return SAID("it limits the rate of the address, which ends by itself once less is sent");
}

/* --- the rest --- */

static const char *money_is_wanted(const struct judging *judging)
{
	const struct removal_way *const way = judging->view->way;

	return way && way->by == REMOVAL_BY_PAYING ? SAID("they want money, which is not advised")
						   : NULL;
}

static bool is_pending(const struct removal *request)
{
	const enum removal_state state = removal_state_of(request);

	return state == REMOVAL_ASKED || state == REMOVAL_ANSWERED;
}

/* 0: nobody is waited for. */
static int64_t ask_again_at(const struct removal_view *view)
{
	const struct removal *const request = view->request;
	const int64_t takes_ms = view->way ? view->way->takes_ms : 0;
	int64_t from;

	if (!is_pending(request))
		return 0;
	from = request->answered_at > request->last_asked_at ? request->answered_at
							     : request->last_asked_at;
	return from + (takes_ms ? takes_ms / MS : USUAL_WAIT_S);
}

static const char *asked_lately(const struct judging *judging)
{
	const struct removal *const request = judging->view->request;
	const int64_t again = ask_again_at(judging->view);

	if (again <= judging->now)
		return NULL;
	return arena_printf(judging->arena,
			    request->answered_at > request->last_asked_at
				? SAID("asked %s ago and answered; again in %s at the earliest")
				: SAID("asked %s ago; again in %s at the earliest"),
			    age(judging, judging->now - request->last_asked_at),
			    age(judging, again - judging->now));
}

static const char *nobody_can_be_asked(const struct judging *judging)
{
	const struct removal_way *const way = judging->view->way;

	if (!way || way->by != REMOVAL_BY_EXPIRY)
		return NULL;
	if (!way->expires_ms)
		return SAID("nobody can be asked: it ends by itself once the cause is gone");
	return arena_printf(judging->arena,
			    SAID("nobody can be asked: it ends by itself %s after the last hit"),
			    age(judging, way->expires_ms / MS));
}

static const char *is_blind(const struct judging *judging)
{
	const struct standing *const standing = judging->view->standing;

	if (standing->blind_cause == CAUSE_NONE)
		return NULL;
	return arena_printf(
	    judging->arena,
	    SAID("the list could not be asked since %s (%s): look it up first, it may be "
		 "over"),
	    age(judging, judging->now - standing->blind_since), cause_name(standing->blind_cause));
}

static const char *logs_are_old(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;

	if (is_policy(view) || !view->has_traffic || !view->are_logs_old)
		return NULL;
	return arena_printf(
	    judging->arena,
	    SAID("the mail logs were read %s ago: whether the cause goes on is not known"),
	    age(judging, judging->now - view->logs_read_at));
}

/* In the order of their weight: the first that holds decides, the others are told. */
static const struct {
	enum removal_verdict verdict;
	rule_fn *rule;
} rules[] = {
    {REMOVAL_FIX_FIRST, suspect_goes_on},   {REMOVAL_FIX_FIRST, volume_goes_on},
    {REMOVAL_FIX_FIRST, spam_goes_on},      {REMOVAL_FIX_FIRST, ptr_is_wanting},
    {REMOVAL_FIX_FIRST, other_blame},       {REMOVAL_WAIT, rate_is_limited},
    {REMOVAL_NOT_ADVISED, money_is_wanted}, {REMOVAL_LOOK_FIRST, is_blind},
    {REMOVAL_LOOK_FIRST, logs_are_old},     {REMOVAL_WAIT, asked_lately},
    {REMOVAL_EXPIRES, nobody_can_be_asked},
};

/* --- worth knowing --- */

static const char *logs_are_missing(const struct judging *judging)
{
	return judging->view->has_traffic
		   ? NULL
		   : SAID("no mail log tells what the address sends: make sure that "
			  "the cause is gone");
}

static const char *suspect_is_quiet(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;

	if (!view->suspects || is_policy(view) || suspect_goes_on(judging))
		return NULL;
	return arena_printf(judging->arena,
			    SAID("%s, which stood out, sent %s yesterday and %s today; in the last "
				 "hours the whole address sent %s"),
			    view->suspect[0].account, number(judging, view->suspect[0].yesterday),
			    number(judging, view->suspect[0].today), number(judging, view->recent));
}

static const char *volume_is_calm(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;

	if (!view->has_traffic || is_policy(view) || view->suspects || is_high(view->volume.level))
		return NULL;
	return arena_printf(
	    judging->arena,
	    SAID("no account stands out; the address sent %s yesterday and %s today"),
	    number(judging, view->volume.yesterday), number(judging, view->volume.today));
}

static const char *volume_was_high(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;

	if (is_policy(view) || !is_high(view->volume.level) || volume_goes_on(judging))
		return NULL;
	return arena_printf(judging->arena,
			    view->are_logs_of_today
				? SAID("the address %s; %s in the last hours")
				: SAID("as of the last pass the address %s; %s in the last hours"),
			    view->volume.reason, number(judging, view->recent));
}

static const char *is_about_a_range(const struct judging *judging)
{
	return is_policy(judging->view)
		   ? SAID("it is about a range of addresses or a setting, not about what was sent")
		   : NULL;
}

static const char *no_answer_came(const struct judging *judging)
{
	const struct removal *const request = judging->view->request;

	if (!is_pending(request) || asked_lately(judging))
		return NULL;
	if (request->answered_at > request->last_asked_at)
		return arena_printf(judging->arena, SAID("answered %s ago, and listed still"),
				    age(judging, judging->now - request->answered_at));
	return arena_printf(judging->arena, SAID("asked %s ago, without an answer"),
			    age(judging, judging->now - request->last_asked_at));
}

static const char *was_asked_often(const struct judging *judging)
{
	const struct removal *const request = judging->view->request;

	if (!is_pending(request) || request->times < 2)
		return NULL;
	return arena_printf(judging->arena, SAID("asked %u times, first %s ago"), request->times,
			    age(judging, judging->now - request->asked_at));
}

static const char *came_back(const struct judging *judging)
{
	const uint32_t times = judging->view->relisted;

	if (!times)
		return NULL;
	return arena_printf(
	    judging->arena,
	    times == 1 ? SAID("came back %u time within a year; each time they wait longer")
		       : SAID("came back %u times within a year; each time they wait longer"),
	    times);
}

static const char *ptr_is_bad(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;

	if (!view->ptr || view->is_ptr_good || ptr_is_wanting(judging))
		return NULL;
	return *view->ptr
		   ? SAID("the reverse name looks generated or does not lead back to the address; "
			  "many refuse requests for that")
		   : SAID("the reverse name is missing; many refuse requests for that");
}

static const char *owner_asks(const struct judging *judging)
{
	const struct removal_way *const way = judging->view->way;

	return way && way->by == REMOVAL_BY_OWNER ? SAID("only the owner of the network can ask")
						  : NULL;
}

static const char *ends_by_itself(const struct judging *judging)
{
	const struct removal_way *const way = judging->view->way;

	if (!way || !way->expires_ms || way->by == REMOVAL_BY_EXPIRY)
		return NULL;
	return arena_printf(judging->arena, SAID("it also ends by itself, %s after the last hit"),
			    age(judging, way->expires_ms / MS));
}

static const char *money_makes_it_faster(const struct judging *judging)
{
	const struct removal_way *const way = judging->view->way;

	if (!way || !way->can_cost || way->by == REMOVAL_BY_PAYING)
		return NULL;
	return SAID("they take money for going faster, which is not advised");
}

static const char *refuses_still(const struct judging *judging)
{
	const struct removal_view *const view = judging->view;

	if (!view->is_receiver || !view->refused)
		return NULL;
	if (!view->refused_at)
		return arena_printf(judging->arena, SAID("it refused %s messages so far"),
				    number(judging, view->refused));
	return arena_printf(
	    judging->arena, SAID("it refused %s messages so far, the last one %s ago"),
	    number(judging, view->refused), age(judging, judging->now - view->refused_at));
}

static rule_fn *const notes[] = {
    no_answer_came,        was_asked_often, is_about_a_range, suspect_is_quiet,
    volume_was_high,       volume_is_calm,  logs_are_missing, came_back,
    refuses_still,         ptr_is_bad,      owner_asks,       ends_by_itself,
    money_makes_it_faster,
};

static void tell(struct removal_advice *advice, const char *reason)
{
	if (reason && advice->reasons < REMOVAL_REASONS_MAX)
		advice->reason[advice->reasons++] = reason;
}

struct removal_advice removal_judge(const struct removal_view *view, int64_t now,
				    struct arena *arena)
{
	const struct judging judging = {view, now, arena};
	struct removal_advice advice = {.verdict = REMOVAL_ASK, .ask_again_at = ask_again_at(view)};

	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		const char *const reason = rules[i].rule(&judging);

		if (reason && !advice.reasons)
			advice.verdict = rules[i].verdict;
		tell(&advice, reason);
	}
	for (size_t i = 0; i < COUNT_OF(notes); i++)
		tell(&advice, notes[i](&judging));
	return advice;
}
