#include "run/domain_parts.h"

#include "sys/clock.h"
#include "sys/files.h"
#include "sys/lock.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A clock may be put right by as much, or passes follow within one second. */
enum { CLOCK_STEP_S = 300 };

static bool open_store(struct pass *pass, struct err *err)
{
	const enum store_mode mode = pass->options->is_dry ? STORE_TRIAL : STORE_WRITE;
	struct err none = {{0}};

	pass->store = store_open(pass->conf->state_dir, mode, err);
	if (!pass->store)
		return false;
	if (!store_last_pass(pass->store, &pass->last, &none)) {
		pass->last = (struct stored_pass){0};
		return !none.text[0] || err_set(err, "%s", none.text);
	}
	return true;
}

/* The journal does not run backwards over a small step of the clock. A last pass far ahead was
 * written by a clock that was wrong then: waiting for that time would stop everything. */
static void set_time(struct pass *pass)
{
	const int64_t ahead_s = pass->last.at - clock_now();

	pass->at = clock_now();
	if (ahead_s < 0)
		return;
	if (ahead_s > CLOCK_STEP_S)
		pass_notice(pass, "the last pass is ahead of the clock, which was wrong then or is "
				  "now");
	else
		pass->at = pass->last.at + 1;
}

static void count_pairs(struct pass *pass)
{
	struct pass_summary *const summary = pass->summary;

	for (size_t i = 0; i < pass->sources; i++)
		for (size_t j = 0; j < pass->targets.count; j++) {
			const struct source_state *const state = &pass->state[i];

			if (!pass_bit(state->asked, j))
				continue;
			if (state->is_believed && pass_bit(state->usable, j))
				summary->answered++;
			else
				summary->blind++;
		}
	for (size_t i = 0; i < pass->targets.count; i++)
		for (size_t j = 0; j < pass->stored[i].standings; j++) {
			const struct standing *const standing = &pass->stored[i].standing[j];

			summary->listed += standing->belief == FINDING_LISTED &&
					   strcmp(standing->check, CHECK_DNSBL) == 0;
		}
}

static void summarise(struct pass *pass, const struct prober *prober, int64_t began_us)
{
	const struct resolver_counts counts = prober_counts(prober);
	struct pass_summary *const summary = pass->summary;
	const char *const notice = prober_notice(prober);

	*summary = (struct pass_summary){
	    .at = pass->at,
	    .seconds = (double)(clock_monotonic_us() - began_us) / 1e6,
	    .addresses = pass->targets.addresses,
	    .domains = pass->targets.count - pass->targets.addresses,
	    .queries = prober_ended(prober),
	    .packets = counts.packets,
	    .dropped = counts.dropped,
	    .is_complete = !prober_is_over(prober),
	};
	pass->latency_s = counts.smoothed_us ? (double)counts.smoothed_us / 1e6 : -1;
	for (size_t i = 0; i < pass->sources; i++)
		pass->state[i].stored.asked_today += prober_asked(prober, i);
	count_pairs(pass);
	if (notice)
		pass_notice(pass, arena_strdup(pass->arena, notice));
	if (!summary->is_complete)
		pass_notice(pass, "the deadline ended the pass before everything was answered");
}

bool pass_probe(struct pass *pass, struct err *err)
{
	const struct probe_plan plan = {
	    .target = pass->targets.target,
	    .targets = pass->targets.count,
	    .source = pass->source,
	    .sources = pass->sources,
	    .again_after_us = pass->conf->lists.confirm_wait_ms * 1000,
	    .wants_text = true,
	    .calls = {plan_is_due, sight_first, sight_again, sight_second, pass},
	};
	const int64_t began_us = clock_monotonic_us();
	struct prober *prober = prober_new(pass->conf, &plan, err);

	if (!prober)
		return false;
	prober_run(prober, pass->options->progress, pass->options->context);
	believe_all(pass);
	summarise(pass, prober, began_us);
	prober_free(prober);
	/* What thousands of open questions took goes back before the store and librrd want theirs. */
	malloc_trim(0);
	return true;
}

/* The caller's summary borrows from the caller's arena only. */
static void hand_over(struct pass *pass)
{
	struct pass_summary *const summary = pass->summary;
	struct event *event = arena_calloc(pass->arena, pass->events, sizeof(*event));
	const char **notice = arena_calloc(pass->arena, pass->notices, sizeof(*notice));

	for (size_t i = 0; i < pass->events; i++)
		event[i] = pass->event[i];
	for (size_t i = 0; i < pass->notices; i++)
		notice[i] = pass->notice[i];
	summary->event = event;
	summary->events = pass->events;
	summary->notice = notice;
	summary->notices = pass->notices;
}

static bool work(struct pass *pass, struct err *err)
{
	pass->targets = targets_of(pass->conf, pass->arena);
	if (pass->targets.addresses == 0)
		return err_set(err, "no addresses are configured; add them to 'addresses' in '%s'",
			       pass->conf->path);
	if (!open_store(pass, err))
		return false;
	set_time(pass);
	if (!domains_choose(pass, err) || !plan_make(pass, err) || !pass_probe(pass, err))
		return false;
	if (!record_pass(pass, err))
		return false;
	if (!pass->options->is_dry)
		draw_series(pass);
	hand_over(pass);
	return true;
}

void pass_release(struct pass *pass)
{
	traffic_release(pass);
	store_close(pass->store);
	free(pass->sighting);
	free(pass->event);
	free(pass->domain_event);
	free(pass->notice);
}

static enum pass_result locked(struct pass *pass, struct err *err)
{
	enum pass_result result = PASS_FAILED;

	if (work(pass, err))
		result =
		    pass->summary->blind || !pass->summary->is_complete ? PASS_BLIND : PASS_DONE;
	pass_release(pass);
	return result;
}

enum pass_result pass_run(const struct conf *conf, const struct pass_options *options,
			  struct arena *arena, struct pass_summary *summary, struct err *err)
{
	struct pass pass = {.conf = conf, .options = options, .arena = arena, .summary = summary};
	enum pass_result result = PASS_FAILED;
	int lock = -1;

	if (options->is_dry)
		return locked(&pass, err);
	if (!files_state_dir(conf->state_dir, err))
		return PASS_FAILED;
	switch (lock_take(conf->state_dir, options->waits, &lock, err)) {
	case LOCK_HELD:
		result = locked(&pass, err);
		close(lock);
		break;
	case LOCK_BUSY:
		result = PASS_BUSY;
		break;
	case LOCK_FAILED:
		break;
	}
	return result;
}
