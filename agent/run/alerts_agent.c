/* What is wrong with watching itself: lists out of order, a resolver that gives no answers, passes
 * that are late or cut. */
#include "run/alerts_parts.h"

#include "base/mem.h"
#include "base/tr_mark.h"

#include <string.h>

struct lists_now {
	size_t asked, out;
};

/* A mass change is held back for one pass only, and then it is news or nothing. */
static bool is_out(const struct source_state *state)
{
	return tell_is_out(&state->stored) && state->stored.cause != CAUSE_MASS_CHANGE;
}

static struct lists_now count_lists(const struct pass *pass)
{
	struct lists_now now = {0};

	for (size_t i = SOURCE_LISTS; i < pass->sources; i++)
		if (pass->source[i].is_asked) {
			now.asked++;
			now.out += is_out(&pass->state[i]);
		}
	return now;
}

/* True while it explains what is wrong with lists. */
static bool hold_resolver(struct reader *reader)
{
	struct pass *const pass = reader->alerts->pass;
	const struct incident_item *const item = news_open(reader, "", "resolver", "");
	const struct lists_now now = count_lists(pass);
	const bool is_all_out =
	    breaker_trips_for_all(now.out, now.asked, pass->conf->lists.breaker);

	if (reader->is_dark)
		return true;
	if (news_is_heard(reader, "", "resolver", ""))
		return is_all_out;
	if (!item || !now.asked || is_all_out)
		return item != NULL;
	news_end(reader, item,
		 arena_printf(reader->alerts->arena, SAID("%zu of %zu lists answer again"),
			      now.asked - now.out, now.asked));
	return false;
}

static void hold_list(struct reader *reader, const struct probe_source *source,
		      const struct source_state *state)
{
	const struct incident_item *const item =
	    news_open(reader, "", CHECK_DNSBL, source->list->zone);
	struct event *event;

	if (!source->is_asked || news_is_heard(reader, "", CHECK_DNSBL, source->list->zone) ||
	    is_out(state) == (item != NULL))
		return;
	event = news_make(reader, item ? CHANGE_LIST_WELL : CHANGE_LIST_SICK, SEVERITY_MINOR);
	event->check = CHECK_DNSBL;
	event->subject = source->list->zone;
	event->to = list_health_name(state->stored.health);
	event->text = item ? SAID("its answers are believed again") : state->stored.text;
	news_add(reader, event);
}

static void hold_lists(struct reader *reader)
{
	struct pass *const pass = reader->alerts->pass;
	const bool is_resolver = hold_resolver(reader);

	for (size_t i = SOURCE_LISTS; i < pass->sources; i++)
		if (!is_resolver || !is_out(&pass->state[i]))
			hold_list(reader, &pass->source[i], &pass->state[i]);
}

/* A list that left the catalogue. */
static void end_unlisted(struct reader *reader, const struct incident_item *item)
{
	if (!item->ended_at && !*item->address && strcmp(item->check, CHECK_DNSBL) == 0 &&
	    !news_source(reader, item->subject))
		news_end(reader, item, SAID("no longer asked"));
}

static void add_pass_event(struct reader *reader, const char *subject, enum severity severity,
			   const char *text, bool is_passing)
{
	struct event *const event = news_make(reader, CHANGE_RAISED, severity);

	event->check = "pass";
	event->subject = subject;
	event->to = subject;
	event->text = text;
	news_add(reader, event)->is_passing = is_passing;
}

static void hold_disk(struct reader *reader)
{
	const struct incident_item *const item = news_open(reader, "", "pass", "disk");
	const bool is_cramped = reader->alerts->pass->is_cramped;

	if (item && !is_cramped)
		news_end(reader, item, SAID("there is room again where the state is kept"));
	else if (!item && is_cramped)
		add_pass_event(reader, "disk", SEVERITY_CRITICAL,
			       SAID("there is hardly any room left where the state is kept"),
			       false);
}

/* One that the deadline ends may have met a slow resolver; two in a row are a state. */
static void hold_passes(struct reader *reader)
{
	struct pass *const pass = reader->alerts->pass;
	const struct incident_item *const item = news_open(reader, "", "pass", "cut");
	const int64_t gap_s = pass->at - pass->last.at;
	char age[CIVIL_TEXT_BYTES];

	if (!pass->last.at)
		return;
	if (gap_s > pass->conf->stale_after_ms / 1000)
		add_pass_event(
		    reader, "late", SEVERITY_MAJOR,
		    arena_printf(reader->alerts->arena,
				 SAID("no pass ended for %s: nothing was watched meanwhile"),
				 civil_age(gap_s, age)),
		    true);
	if (item && pass->summary->is_complete)
		news_end(reader, item, SAID("passes end in time again"));
	else if (!item && !pass->summary->is_complete && !pass->last.is_complete)
		add_pass_event(reader, "cut", SEVERITY_MINOR,
			       SAID("the deadline ended two passes before everything was answered"),
			       false);
}

/* --- addresses of which nothing is known --- */

/* Of those that were asked about: a deadline may have come first. */
static bool was_asked(const struct stored_address *stored)
{
	for (size_t i = 0; i < stored->pairs; i++)
		if (stored->pair[i].asked_at)
			return true;
	return false;
}

static bool is_dark(const struct stored_address *stored)
{
	return was_asked(stored) && !stored->answered;
}

static bool lacks_names(const struct pass *pass, const struct stored_address *stored)
{
	const struct stored_pair *const pair =
	    stored->pairs > IDENTITY_SLOT ? &stored->pair[IDENTITY_SLOT] : NULL;

	return pair && pair->asked_at &&
	       pass->at - pair->good_at > pass->conf->stale_after_ms / 1000;
}

struct sight {
	size_t asked, dark;
	size_t named, nameless; /* by their reverse names */
};

static struct sight look(const struct pass *pass)
{
	struct sight sight = {0};

	for (size_t i = 0; i < pass->targets.addresses; i++) {
		const struct stored_address *const stored = &pass->stored[i];

		sight.asked += was_asked(stored);
		sight.dark += is_dark(stored);
		sight.named +=
		    stored->pairs > IDENTITY_SLOT && stored->pair[IDENTITY_SLOT].asked_at;
		sight.nameless += lacks_names(pass, stored);
	}
	return sight;
}

bool news_is_dark(const struct reader *reader)
{
	const struct sight sight = look(reader->alerts->pass);

	return sight.asked && sight.dark == sight.asked;
}

/* Begins or ends what cannot be seen, as it is now. */
static void hold(struct reader *reader, const char *address, const char *subject, bool is_out,
		 const char *text)
{
	const struct incident_item *const item = news_open(reader, address, CHECK_SIGHT, subject);
	struct event *event;

	if (is_out == (item != NULL))
		return;
	if (item) {
		news_end(reader, item, SAID("answers come again"));
		return;
	}
	event = news_make(reader, CHANGE_RAISED, SEVERITY_MAJOR);
	event->address = address;
	event->check = CHECK_SIGHT;
	event->subject = subject;
	event->to = *subject ? subject : finding_name(FINDING_BLIND);
	event->text = text;
	news_add(reader, event);
}

/* Beliefs begin blind and nothing changes while they stay so: without this a resolver that was
 * dead from the first pass on would never be heard of. */
static void hold_sight(struct reader *reader)
{
	const struct pass *const pass = reader->alerts->pass;
	const struct sight sight = look(pass);
	const bool knows_resolver = news_open(reader, "", "resolver", "") != NULL;
	const bool is_nameless = sight.named && sight.nameless == sight.named;
	struct arena *const arena = reader->alerts->arena;

	hold(reader, "", "", reader->is_dark && !knows_resolver,
	     arena_printf(arena, SAID("no usable answer came about any of %zu addresses"),
			  sight.asked));
	hold(reader, "", "identity", is_nameless && !reader->is_dark && !knows_resolver,
	     arena_printf(arena,
			  SAID("no usable answer came about the reverse names of %zu addresses"),
			  sight.named));
	for (size_t i = 0; i < pass->targets.addresses; i++)
		hold(reader, pass->stored[i].address, "",
		     is_dark(&pass->stored[i]) && !reader->is_dark && !knows_resolver,
		     SAID("no usable answer came about it"));
}

/* --- all of it --- */

void news_of_agent(struct reader *reader)
{
	const struct alerts *const alerts = reader->alerts;

	for (size_t i = 0; i < alerts->incidents; i++)
		for (size_t j = 0; j < alerts->incident[i].items; j++)
			end_unlisted(reader, &alerts->incident[i].item[j]);
	hold_lists(reader);
	hold_passes(reader);
	hold_disk(reader);
	hold_sight(reader);
}
