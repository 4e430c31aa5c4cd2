/* What `delist list` shows: open listings and blocks from what is believed, requests from the
 * ledger, and from the mail logs what tells whether the cause goes on. */
#include "run/removal.h"

#include "base/map.h"
#include "base/mem.h"
#include "judge/removal.h"
#include "lists/catalogue.h"
#include "run/look.h"
#include "store/removals.h"
#include "store/volumes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DAY_S = 86400, DAY_HOURS = 24, HISTORY_DAYS = 31, MEANINGS_MAX = 8 };

struct looking {
	const struct conf *conf;
	const struct removal_choice *choice;
	struct arena *arena;
	struct store *store;
	const char **subject; /* words that are no addresses */
	size_t subjects;
	const char **target;
	size_t targets;
	struct status status;
	struct removal *ledger;
	size_t ledgers;
	struct relisting *relisting;
	size_t relistings;
	struct removal_view *view;
	size_t views;
	int64_t today;
	unsigned hour;
};

/* --- what is chosen --- */

static bool is_subject(const struct looking *looking, const char *word)
{
	const struct receivers *const receivers = looking->choice->receivers;
	const struct catalogue *const catalogue = &looking->conf->catalogue;

	for (size_t i = 0; i < catalogue->lists; i++)
		if (removal_is_zone(catalogue->list[i].zone, word))
			return true;
	for (size_t i = 0; i < receivers->count; i++)
		if (strcasecmp(receivers->receiver[i].name, word) == 0)
			return true;
	for (size_t i = 0; i < looking->ledgers; i++)
		if (removal_is_zone(looking->ledger[i].subject, word))
			return true;
	return false;
}

static void split_words(struct looking *looking)
{
	const struct removal_choice *const choice = looking->choice;

	looking->subject = arena_calloc(looking->arena, choice->words + 1, sizeof(char *));
	looking->target = arena_calloc(looking->arena, choice->words + 1, sizeof(char *));
	for (size_t i = 0; i < choice->words; i++) {
		const char *const word = choice->word[i];

		if (is_subject(looking, word) && !look_knows(looking->conf, word, looking->arena))
			looking->subject[looking->subjects++] = word;
		else
			looking->target[looking->targets++] = word;
	}
}

static bool is_chosen(const struct looking *looking, const char *subject)
{
	for (size_t i = 0; i < looking->subjects; i++)
		if (removal_is_zone(subject, looking->subject[i]))
			return true;
	return looking->subjects == 0;
}

/* --- what is open --- */

/* Notes of allow lists, scores and facts are nothing to be taken off. */
static bool is_policy(const struct list *list, const struct standing *standing)
{
	const struct list_code *code[MEANINGS_MAX];

	for (size_t i = 0; list && i < standing->codes; i++) {
		const size_t codes =
		    catalogue_meanings(list, standing->code[i], code, MEANINGS_MAX);

		for (size_t j = 0; j < codes; j++)
			if (code[j]->kind == LIST_POLICY || code[j]->kind == LIST_BLOCK)
				return true;
	}
	return false;
}

static bool is_open(const struct list *list, const struct standing *standing)
{
	if (strcmp(standing->check, "receiver") == 0)
		return standing->belief == FINDING_LISTED;
	if (strcmp(standing->check, "dnsbl") != 0)
		return false;
	return standing->belief == FINDING_LISTED ||
	       (standing->belief == FINDING_NOTED && is_policy(list, standing));
}

static bool is_of(const char *address, const char *check, const char *subject,
		  const struct removal_view *view)
{
	return strcmp(address, view->address) == 0 && strcmp(check, view->standing->check) == 0 &&
	       strcmp(subject, view->standing->subject) == 0;
}

static void add_ledger(const struct looking *looking, struct removal_view *view)
{
	for (size_t i = 0; i < looking->ledgers; i++) {
		const struct removal *const row = &looking->ledger[i];

		if (is_of(row->address, row->check, row->subject, view))
			view->request = row;
	}
	for (size_t i = 0; i < looking->relistings; i++) {
		const struct relisting *const row = &looking->relisting[i];

		if (is_of(row->address, row->check, row->subject, view))
			view->relisted = row->times;
	}
}

static const struct removal_way *way_of(const struct looking *looking,
					const struct removal_view *view)
{
	const struct receivers *const receivers = looking->choice->receivers;

	if (view->list)
		return &view->list->way;
	for (size_t i = 0; view->is_receiver && i < receivers->count; i++)
		if (strcmp(receivers->receiver[i].name, view->standing->subject) == 0)
			return &receivers->receiver[i].way;
	return NULL;
}

static void add_identity(const struct identity *identity, struct removal_view *view)
{
	view->helo = identity->helo ? identity->helo : "";
	if (!identity->is_known)
		return;
	view->ptr = identity->ptrs ? identity->ptr[0] : "";
	view->is_ptr_good = identity->ptrs && identity->forward_confirmed && !identity->generic_ptr;
}

static void add_block(const struct traffic *traffic, struct removal_view *view)
{
	const int cause = reply_cause_parse(view->standing->means);

	view->block_cause = cause < 0 ? REPLY_OTHER : (enum reply_cause)cause;
	for (size_t i = 0; traffic && i < traffic->receivers; i++)
		if (strcmp(traffic->receiver[i].receiver, view->standing->subject) == 0)
			view->refused = traffic->receiver[i].refused;
}

/* --- from the mail logs --- */

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

static bool add_traffic(struct looking *looking, const struct traffic *traffic,
			struct removal_view *view, struct err *err)
{
	const int64_t hour = looking->today * DAY_HOURS + looking->hour;

	if (!traffic)
		return true;
	view->has_traffic = true;
	view->volume = traffic->volume;
	view->hour = looking->hour;
	return removals_attempts(looking->store, view->address, hour - REMOVAL_RECENT_HOURS, hour,
				 &view->recent, err) &&
	       add_suspects(looking, traffic, view, err) && add_replies(looking, view, err) &&
	       add_volumes(looking, view, err);
}

static bool add_view(struct looking *looking, const struct address_view *address,
		     const struct standing *standing, struct err *err)
{
	struct removal_view *const view = &looking->view[looking->views];
	const struct list *const list =
	    strcmp(standing->check, "dnsbl") == 0
		? catalogue_find(&looking->conf->catalogue, standing->subject)
		: NULL;

	if (!is_open(list, standing) || !is_chosen(looking, standing->subject))
		return true;
	*view = (struct removal_view){
	    .address = address->address,
	    .name = address->name,
	    .pool = address->pool,
	    .standing = standing,
	    .list = list,
	    .is_receiver = strcmp(standing->check, "receiver") == 0,
	};
	add_identity(&address->identity, view);
	add_ledger(looking, view);
	view->way = way_of(looking, view);
	if (view->is_receiver)
		add_block(address->traffic, view);
	if (!add_traffic(looking, address->traffic, view, err))
		return false;
	view->advice = removal_judge(view, looking->choice->now, looking->arena);
	looking->views++;
	return true;
}

static bool make_views(struct looking *looking, struct err *err)
{
	const struct status *const status = &looking->status;
	size_t room = 1;

	for (size_t i = 0; i < status->views; i++)
		room += status->view[i].standings;
	looking->view = arena_calloc(looking->arena, room, sizeof(*looking->view));
	for (size_t i = 0; i < status->views; i++)
		for (size_t j = 0; j < status->view[i].standings; j++)
			if (!add_view(looking, &status->view[i], &status->view[i].standing[j], err))
				return false;
	return true;
}

/* What can be done now comes first, what hurts most before the rest. */
static int by_use(const void *a, const void *b)
{
	static const int order[] = {
	    [REMOVAL_ASK] = 0,  [REMOVAL_LOOK_FIRST] = 1, [REMOVAL_FIX_FIRST] = 2,
	    [REMOVAL_WAIT] = 3, [REMOVAL_EXPIRES] = 4,    [REMOVAL_NOT_ADVISED] = 5,
	};
	const struct removal_view *const left = a;
	const struct removal_view *const right = b;

	_Static_assert(COUNT_OF(order) == REMOVAL_VERDICT_COUNT, "a place for each verdict");
	if (order[left->advice.verdict] != order[right->advice.verdict])
		return order[left->advice.verdict] - order[right->advice.verdict];
	if (left->standing->severity != right->standing->severity)
		return (int)right->standing->severity - (int)left->standing->severity;
	if (strcmp(left->address, right->address) != 0)
		return strcmp(left->address, right->address);
	return strcmp(left->standing->subject, right->standing->subject);
}

/* --- what was --- */

static bool is_shown(const struct looking *looking, const struct removal *row)
{
	bool is_wanted = looking->targets == 0;

	for (size_t i = 0; !is_wanted && i < looking->status.views; i++)
		is_wanted = strcmp(looking->status.view[i].address, row->address) == 0;
	return is_wanted && is_chosen(looking, row->subject);
}

static int by_time(const void *a, const void *b)
{
	const struct removal *const left = a;
	const struct removal *const right = b;

	if (left->asked_at != right->asked_at)
		return left->asked_at < right->asked_at ? -1 : 1;
	return (left->id > right->id) - (left->id < right->id);
}

static void add_history(struct looking *looking, struct removal_page *out)
{
	struct removal *history =
	    arena_calloc(looking->arena, looking->ledgers + 1, sizeof(*history));

	for (size_t i = 0; i < looking->ledgers; i++)
		if (is_shown(looking, &looking->ledger[i]))
			history[out->requests++] = looking->ledger[i];
	qsort(history, out->requests, sizeof(*history), by_time);
	out->history = history;
	out->term = removal_terms(history, out->requests, looking->arena, &out->terms);
}

static bool read_ledger(struct looking *looking, struct err *err)
{
	const int64_t since = looking->choice->now - (int64_t)REMOVAL_RELISTED_DAYS * DAY_S;

	return removals_load(looking->store, looking->arena, &looking->ledger, &looking->ledgers,
			     err) &&
	       removals_relistings(looking->store, since, looking->arena, &looking->relisting,
				   &looking->relistings, err);
}

static void set_time(struct looking *looking)
{
	const struct removal_choice *const choice = looking->choice;
	const int64_t local = choice->now + zone_offset_s(choice->zone, choice->now);

	looking->today = civil_days(civil_date_at(choice->zone, choice->now));
	looking->hour = (unsigned)((local % DAY_S + DAY_S) % DAY_S / 3600);
}

static bool look(struct looking *looking, struct removal_page *out, struct err *err)
{
	if (!read_ledger(looking, err))
		return false;
	split_words(looking);
	if (!look_at_status(looking->conf, looking->target, looking->targets, looking->choice->now,
			    looking->arena, &looking->status, err) ||
	    !make_views(looking, err))
		return false;
	qsort(looking->view, looking->views, sizeof(*looking->view), by_use);
	*out = (struct removal_page){.view = looking->view, .views = looking->views};
	add_history(looking, out);
	return true;
}

bool removal_look(const struct conf *conf, const struct removal_choice *choice, struct arena *arena,
		  struct removal_page *out, int64_t *pass_at, struct err *err)
{
	struct looking looking = {
	    .conf = conf,
	    .choice = choice,
	    .arena = arena,
	    .store = store_open(conf->state_dir, STORE_READ, err),
	};
	bool ok;

	if (!looking.store)
		return false;
	set_time(&looking);
	ok = look(&looking, out, err);
	store_close(looking.store);
	*pass_at = looking.status.pass_at;
	return ok;
}
