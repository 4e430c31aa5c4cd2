/* What `delist list` shows: open listings and blocks from what is believed, requests from the
 * ledger, and from the mail logs what tells whether the cause goes on. */
#include "run/removal_parts.h"

#include "base/map.h"
#include "base/mem.h"
#include "judge/removal.h"
#include "lists/catalogue.h"
#include "store/removals.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, MEANINGS_MAX = 8 };

/* --- what is chosen --- */

/* A list may have left the catalogue since somebody asked it. */
static bool is_subject(const struct looking *looking, const char *word)
{
	struct removal_key key;

	if (removal_subject(looking->conf, looking->choice->receivers, word, &key))
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

static const char *key_of(const struct looking *looking, const char *address, const char *check,
			  const char *subject)
{
	return arena_printf(looking->arena, "%s %s %s", address, check, subject);
}

static void add_ledger(const struct looking *looking, struct removal_view *view)
{
	const char *const key =
	    key_of(looking, view->address, view->standing->check, view->standing->subject);
	const struct relisting *const relisting = map_get(looking->relistings, key);

	view->request = map_get(looking->newest, key);
	view->relisted = relisting ? relisting->times : 0;
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
	if (!removal_traffic(looking, address->traffic, view, err))
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

static bool is_shown(const struct looking *looking, const struct map *chosen,
		     const struct removal *row)
{
	return (looking->targets == 0 || map_get(chosen, row->address)) &&
	       is_chosen(looking, row->subject);
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
	struct map *chosen = map_new();

	for (size_t i = 0; i < looking->status.views; i++)
		map_put(chosen, looking->status.view[i].address, &looking->status.view[i]);
	for (size_t i = 0; i < looking->ledgers; i++)
		if (is_shown(looking, chosen, &looking->ledger[i]))
			history[out->requests++] = looking->ledger[i];
	map_free(chosen);
	qsort(history, out->requests, sizeof(*history), by_time);
	out->history = history;
	out->term = removal_terms(history, out->requests, looking->arena, &out->terms);
}

static bool read_ledger(struct looking *looking, struct err *err)
{
	const int64_t since = looking->choice->now - (int64_t)REMOVAL_RELISTED_DAYS * DAY_S;
	struct relisting *relisting;
	size_t relistings;

	if (!removals_load(looking->store, looking->arena, &looking->ledger, &looking->ledgers,
			   err) ||
	    !removals_relistings(looking->store, since, looking->arena, &relisting, &relistings,
				 err))
		return false;
	for (size_t i = 0; i < looking->ledgers; i++) {
		struct removal *const row = &looking->ledger[i];

		map_put(looking->newest, key_of(looking, row->address, row->check, row->subject),
			row);
	}
	for (size_t i = 0; i < relistings; i++) {
		struct relisting *const row = &relisting[i];

		map_put(looking->relistings,
			key_of(looking, row->address, row->check, row->subject), row);
	}
	return true;
}

static bool look(struct looking *looking, struct removal_page *out, struct err *err)
{
	if (!read_ledger(looking, err) || !removal_find_logs(looking, err))
		return false;
	split_words(looking);
	if (!look_at_status(&(struct look_source){looking->conf, looking->store}, looking->target,
			    looking->targets, looking->choice->now, looking->arena,
			    &looking->status, err) ||
	    !make_views(looking, err))
		return false;
	qsort(looking->view, looking->views, sizeof(*looking->view), by_use);
	*out = (struct removal_page){.view = looking->view, .views = looking->views};
	add_history(looking, out);
	return true;
}

bool removal_look(const struct look_source *source, const struct removal_choice *choice,
		  struct arena *arena, struct removal_page *out, int64_t *pass_at, struct err *err)
{
	struct looking looking = {
	    .conf = source->conf,
	    .choice = choice,
	    .arena = arena,
	    .store = look_open(source, err),
	    .newest = map_new(),
	    .relistings = map_new(),
	};
	bool ok;

	looking.today = civil_days(civil_date_at(choice->zone, choice->now));
	ok = looking.store && look(&looking, out, err);
	look_close(source, looking.store);
	map_free(looking.newest);
	map_free(looking.relistings);
	*pass_at = looking.status.pass_at;
	return ok;
}
