/* What the counts mean for an address: its level, receivers that refuse it, who is behind it. */
#include "run/traffic_parts.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/tr_mark.h"
#include "judge/standing.h"
#include "judge/suspects.h"
#include "judge/volume.h"
#include "judge/volume_belief.h"
#include "judge/warmup.h"
#include "store/traffic.h"
#include "store/volumes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	HISTORY_DAYS = 800, /* two years of habits */
	USUAL_DAYS = 31, /* what an account usually sends is learned from so many */
	SUSPECT_DAYS = SUSPECT_HOURS / 24,
	HOUR_S = 3600
};

static const struct warmup_plan *plan_of(const struct pass_traffic *traffic, const char *address)
{
	for (size_t i = 0; i < traffic->warmups; i++)
		if (strcmp(traffic->warmup[i].address, address) == 0)
			return &traffic->warmup[i].plan;
	return NULL;
}

static void say_over_plan(const struct warmup_plan *plan, int64_t today,
			  struct volume_verdict *volume)
{
	const uint64_t allowed = warmup_allowed(plan, today);
	char sent[GROUPED_BYTES], most[GROUPED_BYTES];

	volume->level = VOLUME_OVER_PLAN;
	volume->is_today = volume->today > allowed;
	snprintf(volume->reason, sizeof(volume->reason),
		 volume->is_today ? SAID("sent %s today; its warm-up plan allows %s")
				  : SAID("sent %s yesterday; its warm-up plan allows %s"),
		 grouped_text(volume->is_today ? volume->today : volume->yesterday, sent),
		 grouped_text(volume->is_today ? allowed : warmup_allowed(plan, today - 1), most));
}

/* While a plan runs it is the yardstick. */
static void hold_against_plan(const struct warmup_plan *plan, int64_t today,
			      struct volume_verdict *volume)
{
	const struct warmup_sent sent = {true, volume->yesterday, volume->today};

	switch (warmup_judge(plan, today, &sent)) {
	case WARMUP_OVER_PLAN:
		say_over_plan(plan, today, volume);
		break;
	case WARMUP_ON_PLAN:
	case WARMUP_BEHIND:
		volume->level = VOLUME_WARM_UP;
		volume->reason[0] = '\0';
		break;
	case WARMUP_UNKNOWN:
	case WARMUP_WAITING:
	case WARMUP_DONE:
	case WARMUP_VERDICT_COUNT:
		break;
	}
}

struct volume_policy traffic_policy(const struct conf *conf)
{
	return (struct volume_policy){
	    .elevated_ratio = conf->volume.elevated_ratio,
	    .spike_ratio = conf->volume.spike_ratio,
	    .floor = (uint64_t)conf->volume.floor,
	    .idle_days = (uint32_t)conf->volume.idle_days,
	};
}

static bool judge_volume(struct pass *pass, size_t target, struct arena *arena, struct err *err)
{
	struct pass_traffic *const traffic = pass->traffic;
	const char *const address = pass->targets.target[target].text;
	const struct volume_query query = {&address, 1, traffic->today - HISTORY_DAYS,
					   traffic->today};
	const struct volume_policy policy = traffic_policy(pass->conf);
	const struct warmup_plan *const plan = plan_of(traffic, address);
	struct volume_input input = {
	    .today = traffic->today, .hour_now = traffic->hour, .minute_now = traffic->minute};
	struct volume_hours hours;
	struct volume_day *day;

	if (!volumes_days(pass->store, &query, arena, &day, &input.days, err) ||
	    !volumes_hours(pass->store, &query, &hours, err))
		return false;
	input.day = day;
	memcpy(input.today_hour, hours.today, sizeof(input.today_hour));
	input.hour_share = hours.has_share ? hours.share : NULL;
	traffic->traffic[target].volume = volume_judge(&input, &policy);
	if (plan)
		hold_against_plan(plan, traffic->today, &traffic->traffic[target].volume);
	return true;
}

/* What is believed; a check that was never wrong needs no belief to be in order. */
static struct standing *standing_of(struct pass *pass, size_t target,
				    const struct observation *seen)
{
	struct standing *const standing =
	    pass_find_standing(&pass->stored[target], seen->check, seen->subject);

	if (standing || seen->finding == FINDING_CLEAR)
		return standing;
	return pass_add_standing(pass, target, seen->check, seen->subject, 0);
}

static void add_event(struct pass *pass, size_t target, const struct standing *standing,
		      const struct event *event)
{
	struct event *const kept = pass_event(pass);

	*kept = *event;
	kept->at = pass->at;
	kept->address = pass->targets.target[target].text;
	kept->subject = standing->subject;
}

static void believe_volume(struct pass *pass, size_t target)
{
	const struct volume_verdict *const volume = &pass->traffic->traffic[target].volume;
	const struct observation seen = volume_observation(volume);
	struct standing *const standing = standing_of(pass, target, &seen);
	struct event event;

	if (standing &&
	    volume_believe(standing, volume, pass->at, pass->arena, &event) != CHANGE_NONE)
		add_event(pass, target, standing, &event);
}

static void believe_receiver(struct pass *pass, size_t target, const struct observation *seen,
			     const char *told)
{
	const struct sighting sighting = {.seen = *seen, .answers = 1};
	struct standing *const standing = standing_of(pass, target, seen);
	struct event event;

	if (!standing ||
	    standing_apply(standing, &sighting, 1, pass->at, pass->arena, &event) == CHANGE_NONE)
		return;
	event.text = told;
	add_event(pass, target, standing, &event);
}

/* `began`: when the block did that has ended; the days behind its end may have forgotten it. */
static const char *block_words(struct pass *pass, const struct stored_block *row,
			       enum block_change change, int64_t began)
{
	const struct block *const block = &row->block;
	char age[CIVIL_TEXT_BYTES], messages[GROUPED_BYTES];
	const char *text;

	if (change == BLOCK_ENDED)
		return arena_printf(pass->arena, SAID("%s takes its mail again, after %s"),
				    row->receiver, civil_age(pass->at - began, age));
	text =
	    arena_printf(pass->arena, SAID("%s refuses its mail: %s (%s), %s messages so far"),
			 row->receiver, reply_cause_name(block->cause),
			 reply_scope_name(block->scope), grouped_text(block->messages, messages));
	return row->words[0] ? arena_printf(pass->arena, SAID("%s; it says: %s"), text, row->words)
			     : text;
}

/* What is known of an address: its rows stand together. */
struct known_blocks {
	const struct stored_block *row;
	size_t rows;
};

/* The first row of an address or of one behind it. */
static size_t first_block(const struct pass_traffic *traffic, int64_t id)
{
	size_t low = 0;
	size_t high = traffic->blocks;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (traffic->block[middle].address_id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct known_blocks blocks_of(const struct pass *pass, size_t target)
{
	const struct pass_traffic *const traffic = pass->traffic;
	const int64_t id = pass->stored[target].id;
	const size_t first = first_block(traffic, id);

	/* An address that is new has no number yet. */
	return (struct known_blocks){traffic->block + first,
				     id ? first_block(traffic, id + 1) - first : 0};
}

static const struct stored_block *find_block(const struct known_blocks *known, const char *receiver)
{
	for (size_t i = 0; i < known->rows; i++)
		if (strcmp(known->row[i].receiver, receiver) == 0)
			return &known->row[i];
	return NULL;
}

/* The days of this pass, oldest first; without any, a day on which nothing happened. */
static enum block_change apply_days(struct stored_block *row, const struct refusals *refusals)
{
	static const struct block_input nothing = {.words = ""};
	const bool was_blocked = row->block.is_blocked;

	if (!refusals) {
		block_apply(&row->block, &nothing);
	} else {
		for (size_t ago = BLOCK_DAYS; ago-- > 0;) {
			const struct block_input *const input = &refusals->day[ago];

			block_apply(&row->block, input);
			if (input->words[0])
				row->words = input->words;
		}
	}
	if (was_blocked == row->block.is_blocked)
		return BLOCK_SAME;
	return was_blocked ? BLOCK_ENDED : BLOCK_BEGAN;
}

static const struct stored_block *judge_block(struct pass *pass, size_t target,
					      const struct known_blocks *known,
					      const char *receiver)
{
	const struct stored_block *const before = find_block(known, receiver);
	struct pass_traffic *const traffic = pass->traffic;
	struct stored_block *const row = &traffic->kept[target][traffic->kepts[target]++];
	enum block_change change;
	char key[TRAFFIC_KEY_BYTES];

	*row = before ? *before : (struct stored_block){.words = ""};
	row->receiver = receiver;
	traffic_key(key, pass->targets.target[target].text, slice_text(receiver));
	change = apply_days(row, map_get(traffic->refusals, key));
	believe_receiver(pass, target,
			 &(struct observation){
			     .check = "receiver",
			     .subject = receiver,
			     .finding = row->block.is_blocked ? FINDING_LISTED : FINDING_CLEAR,
			     .severity = row->block.is_blocked ? SEVERITY_CRITICAL : SEVERITY_INFO,
			     .means = reply_cause_name(row->block.cause),
			     .text = row->words,
			     .fix = "",
			 },
			 block_words(pass, row, change, before ? before->block.since : 0));
	return row;
}

static bool is_among(const struct receiver_volume *volume, size_t count, const char *receiver)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(volume[i].receiver, receiver) == 0)
			return true;
	return false;
}

/* A block outlasts the days that are shown. */
static void judge_old_blocks(struct pass *pass, size_t target, const struct known_blocks *known,
			     const struct receiver_volume *volume, size_t count)
{
	for (size_t i = 0; i < known->rows; i++)
		if (!is_among(volume, count, known->row[i].receiver))
			judge_block(pass, target, known, known->row[i].receiver);
}

static bool judge_receivers(struct pass *pass, size_t target, struct err *err)
{
	struct pass_traffic *const traffic = pass->traffic;
	const char *const address = pass->targets.target[target].text;
	const struct volume_query query = {&address, 1, traffic->today - TRAFFIC_RECEIVER_DAYS,
					   traffic->today};
	const struct known_blocks known = blocks_of(pass, target);
	struct receiver_volume *volume;
	struct receiver_view *view;
	size_t count;

	if (!volumes_receivers(pass->store, &query, pass->arena, &volume, &count, err) ||
	    !volumes_unmatched(pass->store, &query, &traffic->traffic[target].unmatched, err))
		return false;
	traffic->kept[target] =
	    arena_calloc(pass->arena, count + known.rows, sizeof(**traffic->kept));
	view = arena_calloc(pass->arena, count, sizeof(*view));
	for (size_t i = 0; i < count; i++) {
		const struct stored_block *const row =
		    judge_block(pass, target, &known, volume[i].receiver);
		const bool is_blocked = row->block.is_blocked;

		view[i] = (struct receiver_view){
		    .receiver = volume[i].receiver,
		    .sent = volume[i].by_outcome[OUTCOME_SENT],
		    .deferred = volume[i].by_outcome[OUTCOME_DEFERRED],
		    .bounced = volume[i].by_outcome[OUTCOME_BOUNCED] +
			       volume[i].by_outcome[OUTCOME_EXPIRED],
		    .blocked_since = is_blocked ? row->block.since : 0,
		    .refused = is_blocked ? row->block.messages : 0,
		    .cause = row->block.cause,
		    .scope = row->block.scope,
		    .words = row->words,
		};
	}
	judge_old_blocks(pass, target, &known, volume, count);
	traffic->traffic[target].receiver = view;
	traffic->traffic[target].receivers = count;
	return true;
}

/* Something is wrong with the address that an account may have caused. */
static bool has_trouble(const struct pass *pass, size_t target)
{
	const struct stored_address *const stored = &pass->stored[target];

	for (size_t i = 0; i < stored->standings; i++) {
		const struct standing *const standing = &stored->standing[i];

		if (standing->belief == FINDING_SPIKE || standing->belief == FINDING_ELEVATED ||
		    (standing->belief == FINDING_LISTED && standing->severity >= SEVERITY_MAJOR))
			return true;
	}
	return false;
}

/* How much of today's mail has usually gone out by now, 0 to 1. */
static bool part_of_today(const struct pass *pass, const char *const *address, double *part,
			  struct err *err)
{
	const int64_t today = pass->traffic->today;
	const struct volume_query query = {address, 1, today - HISTORY_DAYS, today};
	const int64_t into_hour_s =
	    (pass->at + zone_offset_s(pass->options->zone, pass->at)) % HOUR_S;
	struct volume_hours hours;

	if (!volumes_hours(pass->store, &query, &hours, err))
		return false;
	*part = 0;
	for (unsigned hour = 0; hour <= pass->traffic->hour; hour++) {
		const double share = hours.has_share ? hours.share[hour] : 1.0 / 24;

		*part += hour < pass->traffic->hour ? share : share * (double)into_hour_s / HOUR_S;
	}
	return true;
}

static bool find_suspects(struct pass *pass, size_t target, struct err *err)
{
	struct traffic *const traffic = &pass->traffic->traffic[target];
	const int64_t today = pass->traffic->today;
	struct account_query query = {
	    .address = pass->targets.target[target].text,
	    .usual_from = today - SUSPECT_DAYS - USUAL_DAYS,
	    .first_day = today - SUSPECT_DAYS,
	    .last_day = today,
	};
	struct suspect *suspect = arena_calloc(pass->arena, SUSPECTS_MAX, sizeof(*suspect));
	struct account_volume *account;
	size_t count;

	if (!part_of_today(pass, &query.address, &query.last_part, err) ||
	    !volumes_accounts(pass->store, &query, pass->arena, &account, &count, err))
		return false;
	traffic->suspects = suspects_rank(account, count, suspect, SUSPECTS_MAX);
	traffic->suspect = suspect;
	return true;
}

/* Who sends much cannot have taken a record out of DNS, or stopped the mail. */
static bool may_be_caused(const struct event *event)
{
	const bool is_bad = event->change == CHANGE_RAISED || event->change == CHANGE_ESCALATED ||
			    event->change == CHANGE_REMINDER;

	return is_bad && strcmp(event->check, "ptr") != 0 && strcmp(event->check, "helo") != 0 &&
	       strcmp(event->to, volume_level_name(VOLUME_LOW)) != 0;
}

/* From the last to the first: a sentence goes on in the next. */
static const char *suspects_text(struct pass *pass, const struct traffic *traffic)
{
	const char *text = "";

	for (size_t i = traffic->suspects; i-- > 0;) {
		const struct suspect *const suspect = &traffic->suspect[i];
		char sent[GROUPED_BYTES], usual[GROUPED_BYTES];

		text = arena_printf(pass->arena,
				    *text ? SAID("%s sent %s, usually %s, %s")
					  : SAID("%s sent %s, usually %s"),
				    suspect->account, grouped_text(suspect->sent, sent),
				    grouped_text((uint64_t)llround(suspect->usual), usual), text);
	}
	return text;
}

/* A listing without its cause is half an answer: who is behind it stands in the same line. */
static void name_suspects(struct pass *pass, size_t target)
{
	const struct traffic *const traffic = &pass->traffic->traffic[target];
	const char *const address = pass->targets.target[target].text;
	const char *const names = suspects_text(pass, traffic);

	for (size_t i = 0; *names && i < pass->events; i++) {
		struct event *const event = &pass->event[i];

		if (strcmp(event->address, address) == 0 && may_be_caused(event))
			event->text =
			    arena_printf(pass->arena, SAID("%s; suspects: %s"), event->text, names);
	}
}

bool traffic_judge(struct pass *pass, size_t target, struct arena *arena, struct err *err)
{
	if (!pass->traffic || !map_get(pass->traffic->senders, pass->targets.target[target].text))
		return true;
	if (!judge_volume(pass, target, arena, err) || !judge_receivers(pass, target, err))
		return false;
	believe_volume(pass, target);
	if (has_trouble(pass, target)) {
		if (!find_suspects(pass, target, err))
			return false;
		name_suspects(pass, target);
	}
	return true;
}

static bool is_as_before(const struct known_blocks *known, const struct stored_block *row)
{
	static const struct stored_block none = {.words = ""};
	const struct stored_block *const found = find_block(known, row->receiver);
	const struct stored_block *const before = found ? found : &none;

	return row->block.is_blocked == before->block.is_blocked &&
	       row->block.since == before->block.since &&
	       row->block.last_at == before->block.last_at &&
	       row->block.messages == before->block.messages &&
	       row->block.cause == before->block.cause && row->block.scope == before->block.scope &&
	       row->block.good_streak == before->block.good_streak &&
	       strcmp(row->words, before->words) == 0;
}

bool traffic_keep(struct pass *pass, size_t target, struct err *err)
{
	const struct pass_traffic *const traffic = pass->traffic;
	const int64_t id = pass->stored[target].id;
	struct known_blocks known;

	if (!traffic || !map_get(traffic->senders, pass->targets.target[target].text))
		return true;
	known = blocks_of(pass, target);
	for (size_t i = 0; i < traffic->kepts[target]; i++) {
		struct stored_block row = traffic->kept[target][i];

		row.address_id = id;
		if (!is_as_before(&known, &row) && !blocks_save(pass->store, &row, err))
			return false;
	}
	return traffic_is_same(traffic_find(traffic->before, traffic->befores, id),
			       &traffic->traffic[target]) ||
	       traffic_save(pass->store, id, &traffic->traffic[target], err);
}
