#include "run/domain_parts.h"

#include "run/alerts.h"
#include "run/unrecorded.h"
#include "sys/ballast.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/lock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A clock may be put right by as much, or passes follow within one second. */
enum { CLOCK_STEP_S = 300 };

static bool open_store(struct pass *pass, struct err *err)
{
	const enum store_mode mode = pass->options->is_dry ? STORE_TRIAL : STORE_WRITE;
	struct err none = {{0}};

	pass->is_cramped = !pass->options->is_dry && ballast_weigh(pass->conf->state_dir);
	pass->is_unrecorded = true;
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

static void notice_delivery(void *context, const char *text)
{
	pass_notice(context, text);
}

/* The pass is recorded: whatever happens here is said, and tried again by the next one. */
static void send_letters(struct pass *pass)
{
	struct pass_summary *const summary = pass->summary;
	/* The pass's own time may be ahead of the clock, and its letters are due. */
	const int64_t now = clock_now();
	const struct deliver_options options = {
	    .zone = pass->options->zone,
	    .now = now > pass->at ? now : pass->at,
	    .tells_state = true,
	    .beats = summary->is_complete && pass->options->only == PASS_ALL,
	    .notice = notice_delivery,
	    .context = pass,
	};
	struct delivery_counts counts = {.queued = summary->letters_queued};
	struct err err;

	if (!(pass->options->only & PASS_ALERTS) || pass->options->is_dry)
		return;
	if (!deliver(pass->conf, &options, pass->store, pass->arena, &counts, &err)) {
		pass_notice(pass,
			    arena_printf(pass->arena, "messages could not be sent: %s", err.text));
		counts.failed++;
	}
	summary->letters_sent = counts.sent;
	summary->letters_pending = counts.pending;
	summary->letters_dead = counts.dead;
	summary->lacks_letters = counts.failed > 0;
}

/* --only alerts */
static bool only_send(struct pass *pass, struct err *err)
{
	if (!open_store(pass, err))
		return false;
	pass->is_unrecorded = false;
	*pass->summary = (struct pass_summary){.at = clock_now(), .is_complete = true};
	send_letters(pass);
	return true;
}

static bool work(struct pass *pass, struct err *err)
{
	if (pass->options->only == PASS_ALERTS)
		return only_send(pass, err);
	pass->targets = targets_of(pass->conf, pass->arena);
	if (pass->targets.addresses == 0)
		return err_set(err, "no addresses are configured; add them to 'addresses' in '%s'",
			       pass->conf->path);
	if (!open_store(pass, err))
		return false;
	set_time(pass);
	if (!domains_choose(pass, err) || !plan_make(pass, err) || !domains_prepare(pass, err))
		return false;
	domains_remember(pass);
	if (!pass_probe(pass, err))
		return false;
	if (!record_pass(pass, err))
		return false;
	pass->is_unrecorded = false;
	pass->is_recorded = true;
	if (!pass->options->is_dry)
		draw_series(pass);
	send_letters(pass);
	return true;
}

/* Told at once, because no store holds it; what is wrong or right again. */
static void weigh_record(struct pass *pass, const struct err *err)
{
	if (pass->is_unrecorded)
		unrecorded_begin(pass, err->text);
	else if (pass->is_recorded)
		unrecorded_end(pass);
}

static enum pass_result locked(struct pass *pass, struct err *err)
{
	enum pass_result result = PASS_FAILED;

	if (work(pass, err))
		result = pass->summary->blind || !pass->summary->is_complete ||
				 pass->summary->lacks_letters
			     ? PASS_BLIND
			     : PASS_DONE;
	weigh_record(pass, err);
	hand_over(pass);
	traffic_release(pass);
	pass_release(pass);
	return result;
}

/* The state folder cannot be used at all: a disk that went read-only, say. At a terminal it is
 * seen, and may be a wrong user's. */
static enum pass_result shut_out(struct pass *pass, const struct err *err)
{
	if (!pass->options->is_watched)
		unrecorded_begin(pass, err->text);
	hand_over(pass);
	pass_release(pass);
	return PASS_FAILED;
}

enum pass_result pass_run(const struct conf *conf, const struct pass_options *options,
			  struct arena *arena, struct pass_summary *summary, struct err *err)
{
	struct pass pass = {.conf = conf, .options = options, .arena = arena, .summary = summary};
	enum pass_result result = PASS_BUSY;
	int lock = -1;

	*summary = (struct pass_summary){0};
	if (options->is_dry)
		return locked(&pass, err);
	if (!files_state_dir(conf->state_dir, err))
		return shut_out(&pass, err);
	switch (lock_take(conf->state_dir, options->waits, &lock, err)) {
	case LOCK_HELD:
		result = locked(&pass, err);
		close(lock);
		break;
	case LOCK_BUSY:
		break;
	case LOCK_FAILED:
		result = shut_out(&pass, err);
		break;
	}
	return result;
}
