#include "run/domain_parts.h"

#include "run/alerts.h"
#include "sys/ballast.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/lock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A clock may be put right by as much, or passes follow within one second. */
enum { CLOCK_STEP_S = 300 };

static bool open_store(struct pass *pass, struct err *err)
{
	const enum store_mode mode = pass->options->is_dry ? STORE_TRIAL : STORE_WRITE;
	struct err none = {{0}};

	pass->is_cramped = !pass->options->is_dry && ballast_weigh(pass->conf->state_dir);
	pass->store = store_open(pass->conf->state_dir, mode, err);
	if (!pass->store) {
		pass->is_unrecorded = true;
		return false;
	}
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
	*pass->summary = (struct pass_summary){.at = clock_now(), .is_complete = true};
	send_letters(pass);
	hand_over(pass);
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
	if (!record_pass(pass, err)) {
		pass->is_unrecorded = true;
		return false;
	}
	if (!pass->options->is_dry)
		draw_series(pass);
	send_letters(pass);
	hand_over(pass);
	return true;
}

/* A store that fails holds no letters: what it is goes out at once, and again after as long as any
 * reminder. The mark is empty, so that a full disk has room for it. */
static void tell_unrecorded(struct pass *pass, const char *mark, const char *why)
{
	const struct deliver_options options = {
	    .zone = pass->options->zone,
	    .now = clock_now(),
	};
	struct unrecorded what = {.since = options.now, .text = why, .is_over = !*why};
	struct stat st;
	const bool is_told = stat(mark, &st) == 0;
	int fd;

	if (!(pass->options->only & PASS_ALERTS) || (what.is_over && !is_told))
		return;
	if (is_told)
		what.since = st.st_mtime;
	if (is_told && !what.is_over &&
	    options.now - what.since < pass->conf->alerts.repeat_ms / 1000)
		return;
	deliver_unrecorded(pass->conf, &options, &what, pass->arena);
	if (what.is_over) {
		unlink(mark);
		return;
	}
	fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd >= 0) {
		futimens(fd, NULL);
		close(fd);
	}
}

static void weigh_record(struct pass *pass, enum pass_result result, const struct err *err)
{
	const char *const mark = arena_printf(pass->arena, "%s/unrecorded", pass->conf->state_dir);

	if (pass->is_unrecorded)
		tell_unrecorded(pass, mark, err->text);
	else if (result != PASS_FAILED)
		tell_unrecorded(pass, mark, "");
}

static enum pass_result locked(struct pass *pass, struct err *err)
{
	enum pass_result result = PASS_FAILED;

	if (work(pass, err))
		result = pass->summary->blind || !pass->summary->is_complete ||
				 pass->summary->lacks_letters
			     ? PASS_BLIND
			     : PASS_DONE;
	if (!pass->options->is_dry)
		weigh_record(pass, result, err);
	traffic_release(pass);
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
