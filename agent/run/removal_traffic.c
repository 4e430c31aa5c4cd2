#include "run/removal_parts.h"

#include "judge/suspects.h"
#include "store/removals.h"
#include "store/volumes.h"

#include <string.h>

enum { HOUR_S = 3600, DAY_S = 86400, DAY_HOURS = 24, HISTORY_DAYS = 31 };

static bool count_of(struct looking *looking, const char *address, int64_t day,
		     struct account_volume **account, size_t *accounts, struct err *err)
{
	const struct account_query query = {.address = address,
					    .usual_from = day - HISTORY_DAYS,
					    .first_day = day,
					    .last_day = day,
					    .last_part = 1};

	return volumes_accounts(looking->store, &query, looking->arena, account, accounts, err);
}

static const struct account_volume *find_account(const struct account_volume *account,
						 size_t accounts, const char *name)
{
	for (size_t i = 0; i < accounts; i++)
		if (strcmp(account[i].account, name) == 0)
			return &account[i];
	return NULL;
}

/* Of a whole day; who sent on neither is held to what made him a suspect. */
static double usual_of(const struct account_volume *now, const struct account_volume *before,
		       const struct suspect *suspect)
{
	if (now)
		return now->usual;
	return before ? before->usual : suspect->usual * DAY_HOURS / SUSPECT_HOURS;
}

static bool add_suspects(struct looking *looking, const struct traffic *traffic,
			 struct removal_view *view, struct err *err)
{
	struct removal_suspect *suspect =
	    arena_calloc(looking->arena, traffic->suspects + 1, sizeof(*suspect));
	struct account_volume *today, *yesterday;
	size_t todays, yesterdays;

	if (!traffic->suspects)
		return true;
	if (!count_of(looking, view->address, looking->today, &today, &todays, err) ||
	    !count_of(looking, view->address, looking->today - 1, &yesterday, &yesterdays, err))
		return false;
	for (size_t i = 0; i < traffic->suspects; i++) {
		const struct suspect *const from = &traffic->suspect[i];
		const struct account_volume *const now = find_account(today, todays, from->account);
		const struct account_volume *const before =
		    find_account(yesterday, yesterdays, from->account);

		suspect[i] = (struct removal_suspect){
		    .account = from->account,
		    .today = now ? now->recent : 0,
		    .yesterday = before ? before->recent : 0,
		    .usual = usual_of(now, before, from),
		};
	}
	view->suspect = suspect;
	view->suspects = traffic->suspects;
	return true;
}

static bool add_replies(struct looking *looking, struct removal_view *view, struct err *err)
{
	const struct volume_query query = {&view->address, 1,
					   looking->today - TRAFFIC_RECEIVER_DAYS, looking->today};
	struct reply_volume *reply;
	size_t replies;

	if (!volumes_replies(looking->store, &query, looking->arena, &reply, &replies, err))
		return false;
	for (size_t i = 0; i < replies; i++) {
		const struct reply_volume *const row = &reply[i];
		const bool is_its_own =
		    view->is_receiver && strcmp(row->receiver, view->standing->subject) == 0;

		if (is_its_own && row->cause == view->block_cause &&
		    row->last_at > view->refused_at)
			view->refused_at = row->last_at;
		if (row->cause != REPLY_CONTENT || row->day < looking->today - 1)
			continue;
		view->called_spam += row->deferred + row->bounced + row->expired;
		if (row->last_at > view->called_spam_at)
			view->called_spam_at = row->last_at;
	}
	return true;
}

static struct removal_volume volume_on(const struct looking *looking, const struct volume_day *day,
				       size_t days, int64_t wanted)
{
	char text[CIVIL_TEXT_BYTES];
	struct removal_volume volume = {.is_so_far = wanted == looking->today};

	for (size_t i = 0; i < days; i++)
		if (day[i].day == wanted) {
			volume.is_known = true;
			volume.sent = day[i].sent;
		}
	volume.date = arena_strdup(looking->arena, civil_date_text(civil_from_days(wanted), text));
	return volume;
}

/* The day it began against the newest whole one behind it, or today so far. */
static bool add_volumes(struct looking *looking, struct removal_view *view, struct err *err)
{
	const int64_t began =
	    civil_days(civil_date_at(looking->choice->zone, view->standing->since));
	const struct volume_query query = {&view->address, 1, began, looking->today};
	struct volume_day *day;
	size_t days;

	if (!volumes_days(looking->store, &query, looking->arena, &day, &days, err))
		return false;
	view->then = volume_on(looking, day, days, began);
	if (began >= looking->today)
		return true;
	view->now = volume_on(looking, day, days,
			      began < looking->today - 1 ? looking->today - 1 : looking->today);
	view->now.is_known =
	    true; /* its logs are read: a day without a row is a day without mail */
	return true;
}

/* A log that failed to be read holds what nobody counted. */
bool removal_find_logs(struct looking *looking, struct err *err)
{
	const struct conf *const conf = looking->conf;

	for (size_t i = 0; i < conf->maillogs; i++) {
		struct stored_log log;
		bool is_found;

		if (!volumes_log(looking->store, conf->maillog[i].path, looking->arena, &log,
				 &is_found, err))
			return false;
		if (is_found &&
		    (!looking->logs_read_at || log.position.read_at < looking->logs_read_at))
			looking->logs_read_at = log.position.read_at;
	}
	return true;
}

/* The last hours are those before the logs were read: behind it nothing is known. */
static bool add_recent(struct looking *looking, struct removal_view *view, struct err *err)
{
	const struct zone *const zone = looking->choice->zone;
	const int64_t now = looking->choice->now;
	const int64_t read_at = looking->logs_read_at < now ? looking->logs_read_at : now;
	const int64_t day = civil_days(civil_date_at(zone, read_at));
	const int64_t local = read_at + zone_offset_s(zone, read_at);
	const unsigned hour = (unsigned)((local % DAY_S + DAY_S) % DAY_S / HOUR_S);
	const int64_t last = day * DAY_HOURS + hour;

	view->logs_read_at = read_at;
	if (!read_at)
		return true;
	view->are_logs_old = now - read_at > looking->conf->stale_after_ms / 1000;
	view->are_logs_of_today = day == looking->today;
	view->hour = view->are_logs_of_today ? hour : 0;
	return removals_attempts(looking->store, view->address, last - REMOVAL_RECENT_HOURS, last,
				 &view->recent, err);
}

bool removal_traffic(struct looking *looking, const struct traffic *traffic,
		     struct removal_view *view, struct err *err)
{
	if (!traffic)
		return true;
	view->has_traffic = true;
	view->volume = traffic->volume;
	return add_recent(looking, view, err) && add_suspects(looking, traffic, view, err) &&
	       add_replies(looking, view, err) && add_volumes(looking, view, err);
}
