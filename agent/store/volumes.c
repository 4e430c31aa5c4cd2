#include "store/volumes.h"

#include "base/mem.h"
#include "store/domain_changes.h"
#include "store/query.h"
#include "store/volume_names.h"

#include <stdlib.h>
#include <string.h>

/* Rows are added in the order of their keys: a B-tree takes neighbours far
 * faster than rows in the order mail was sent in. */

enum { RECEIVER_BITS = 63 }; /* SQLite's integers have a sign */

struct adder {
	struct store *store;
	const struct tally *tally;
	struct volume_names names;
	int64_t oldest_detail, oldest_day, newest_day;
	struct err *err;
};

static const struct tally_key *key_at(const void *rows, size_t row_bytes, size_t i)
{
	return (const void *)((const char *)rows + i * row_bytes);
}

/* A row's place, by the ids it will have in the database. */
struct place {
	int64_t first, second, third;
	uint32_t part;
	uint32_t i;
};

#define ORDER(a, b)                                                                                \
	if ((a) != (b))                                                                            \
	return (a) < (b) ? -1 : 1

static int by_place(const void *a, const void *b)
{
	const struct place *const x = a;
	const struct place *const y = b;

	ORDER(x->first, y->first);
	ORDER(x->second, y->second);
	ORDER(x->third, y->third);
	ORDER(x->part, y->part);
	return 0;
}

/* What stands in a key behind sender and day. */
enum third { THIRD_NONE, THIRD_PART, THIRD_WHO };

struct table {
	const char *sql; /* its first parameters are sender, day and what is third */
	const void *row;
	size_t rows, row_bytes;
	enum third third;
	enum tally_kind kind; /* what `who` numbers */
	bool is_by_day; /* the key begins with the day, not with the sender */
	int64_t oldest;
	void (*put)(struct query *query, const struct adder *adder, const void *row);
};

static int64_t third_of(const struct adder *adder, const struct table *table,
			const struct tally_key *key)
{
	if (table->third == THIRD_WHO)
		return adder->names.id[table->kind][key->who];
	return table->third == THIRD_PART ? key->part : 0;
}

/* The caller frees it; `*count` rows are young enough. */
static struct place *places_of(const struct adder *adder, const struct table *table, size_t *count)
{
	struct place *place = xcalloc(table->rows + 1, sizeof(*place));

	*count = 0;
	for (size_t i = 0; i < table->rows; i++) {
		const struct tally_key *const key = key_at(table->row, table->row_bytes, i);
		const int64_t sender = adder->names.sender_id[key->address];
		struct place *const at = &place[*count];

		if (key->day < table->oldest || key->day > adder->newest_day)
			continue;
		at->first = table->is_by_day ? key->day : sender;
		at->second = table->is_by_day ? sender : key->day;
		at->third = third_of(adder, table, key);
		at->part = key->part;
		at->i = (uint32_t)i;
		++*count;
	}
	qsort(place, *count, sizeof(*place), by_place);
	return place;
}

static bool add_row(struct adder *adder, const struct table *table, const struct place *place)
{
	const struct tally_key *const key = key_at(table->row, table->row_bytes, place->i);
	struct query query;

	if (!query_open(&query, adder->store, table->sql, adder->err))
		return false;
	query_put_int(&query, adder->names.sender_id[key->address]);
	query_put_int(&query, key->day);
	if (table->third != THIRD_NONE)
		query_put_int(&query, place->third);
	table->put(&query, adder, key);
	return query_run(&query);
}

static bool add_table(struct adder *adder, const struct table *table)
{
	size_t count;
	struct place *place = places_of(adder, table, &count);
	bool ok = true;

	for (size_t i = 0; ok && i < count; i++)
		ok = add_row(adder, table, &place[i]);
	free(place);
	return ok;
}

/* --- the rows: what each table holds behind its key --- */

#define ADD_OUTCOMES                                                                               \
	" sent = sent + excluded.sent, deferred = deferred + excluded.deferred,"                   \
	" bounced = bounced + excluded.bounced, expired = expired + excluded.expired"

static const char hour_sql[] =
    "INSERT INTO volume_hour (sender_id, day, hour, sent, deferred, bounced, expired)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
    " ON CONFLICT (sender_id, day, hour) DO UPDATE SET" ADD_OUTCOMES;
static const char day_sql[] =
    "INSERT INTO volume_day (sender_id, day, sent, deferred, bounced, expired)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (sender_id, day) DO UPDATE SET" ADD_OUTCOMES;

static void put_outcomes(struct query *query, const uint64_t by_outcome[OUTCOME_COUNT])
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		query_put_int(query, (int64_t)by_outcome[i]);
}

static void put_hour(struct query *query, const struct adder *adder, const void *row)
{
	const struct tally_hour *const hour = row;

	(void)adder;
	put_outcomes(query, hour->by_outcome);
}

static const char receiver_sql[] =
    "INSERT INTO receiver_day (sender_id, day, receiver_id, sent, deferred, bounced, expired,"
    " last_sent_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    " ON CONFLICT (sender_id, day, receiver_id) DO UPDATE SET" ADD_OUTCOMES
    ", last_sent_at = max(last_sent_at, excluded.last_sent_at)";

static void put_receiver(struct query *query, const struct adder *adder, const void *row)
{
	const struct tally_receiver *const receiver = row;

	(void)adder;
	put_outcomes(query, receiver->by_outcome);
	query_put_int(query, receiver->last_sent_at);
}

static const char reply_sql[] =
    "INSERT INTO reply_day (sender_id, day, receiver_id, cause, scope, deferred, bounced,"
    " expired, unmatched, first_at, last_at, words)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    " ON CONFLICT (sender_id, day, receiver_id, cause, scope) DO UPDATE SET"
    " deferred = deferred + excluded.deferred, bounced = bounced + excluded.bounced,"
    " expired = expired + excluded.expired, unmatched = unmatched + excluded.unmatched,"
    " first_at = min(first_at, excluded.first_at),"
    " words = CASE WHEN excluded.last_at >= last_at THEN excluded.words ELSE words END,"
    " last_at = max(last_at, excluded.last_at)";

static void put_reply(struct query *query, const struct adder *adder, const void *row)
{
	const struct tally_reply *const reply = row;

	(void)adder;
	query_put_text(query, reply_cause_name(tally_cause(reply)));
	query_put_text(query, reply_scope_name(tally_scope(reply)));
	for (size_t i = OUTCOME_DEFERRED; i < OUTCOME_COUNT; i++)
		query_put_int(query, (int64_t)reply->by_outcome[i]);
	query_put_int(query, (int64_t)reply->unmatched);
	query_put_int(query, reply->first_at);
	query_put_int(query, reply->last_at);
	query_put_bytes(query, reply->words);
}

static const char account_sql[] =
    "INSERT INTO account_day (sender_id, day, account_id, sent, deferred, bounced, expired,"
    " unknown_user, blocked, receivers) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    " ON CONFLICT (day, sender_id, account_id) DO UPDATE SET" ADD_OUTCOMES
    ", unknown_user = unknown_user + excluded.unknown_user,"
    " blocked = blocked + excluded.blocked, receivers = receivers | excluded.receivers";

/* Numbers of receivers are the tally's; the stored bits go by their ids. */
static uint64_t receiver_bits(const struct adder *adder, uint64_t numbers)
{
	const size_t count = tally_texts(adder->tally, TALLY_RECEIVER);
	uint64_t bits = 0;

	for (size_t i = 0; i < count && i < 64; i++) {
		const int64_t id = adder->names.id[TALLY_RECEIVER][i];

		if (numbers >> i & 1)
			bits |= UINT64_C(1) << (id < RECEIVER_BITS ? id - 1 : RECEIVER_BITS - 1);
	}
	return bits;
}

static void put_account(struct query *query, const struct adder *adder, const void *row)
{
	const struct tally_account *const account = row;

	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		query_put_int(query, account->by_outcome[i]);
	query_put_int(query, account->unknown_user);
	query_put_int(query, account->blocked);
	query_put_int(query, (int64_t)receiver_bits(adder, account->receivers));
}

static const char domain_sql[] =
    "INSERT INTO domain_day (sender_id, day, domain_id, sent, deferred, bounced, expired,"
    " to_gmail, to_microsoft, to_yahoo) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    " ON CONFLICT (day, sender_id, domain_id) DO UPDATE SET" ADD_OUTCOMES
    ", to_gmail = to_gmail + excluded.to_gmail,"
    " to_microsoft = to_microsoft + excluded.to_microsoft,"
    " to_yahoo = to_yahoo + excluded.to_yahoo";

static void put_domain(struct query *query, const struct adder *adder, const void *row)
{
	const struct tally_domain *const domain = row;

	(void)adder;
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		query_put_int(query, domain->by_outcome[i]);
	query_put_int(query, domain->to_gmail);
	query_put_int(query, domain->to_microsoft);
	query_put_int(query, domain->to_yahoo);
}

/* Whatever address it left from. */
static const char lead_sql[] =
    "INSERT INTO domain_account (day, domain_id, account_id, lead) SELECT ?2, ?3, ?4, ?5"
    " WHERE ?5 > 0 ON CONFLICT (day, domain_id, account_id) DO UPDATE SET"
    " lead = lead + excluded.lead";

static void put_lead(struct query *query, const struct adder *adder, const void *row)
{
	const struct tally_domain *const domain = row;

	query_put_int(query, domain->lead ? adder->names.id[TALLY_ACCOUNT][domain->account] : 0);
	query_put_int(query, domain->lead);
}

static bool note_change(struct store *store, struct err *err)
{
	static const char sql[] = "UPDATE volume_change SET number = number + 1";
	struct query query;

	return query_open(&query, store, sql, err) && query_run(&query);
}

bool volumes_change(struct store *store, int64_t *number, struct err *err)
{
	return query_number(store, "SELECT number FROM volume_change", number, err);
}

static bool add_tables(struct adder *adder)
{
	const struct tally *const tally = adder->tally;
	struct table table[] = {
	    {hour_sql, .row_bytes = sizeof(struct tally_hour), .third = THIRD_PART,
	     .put = put_hour},
	    {day_sql, .row_bytes = sizeof(struct tally_hour), .put = put_hour},
	    {receiver_sql, .row_bytes = sizeof(struct tally_receiver), .third = THIRD_WHO,
	     .kind = TALLY_RECEIVER, .put = put_receiver},
	    {reply_sql, .row_bytes = sizeof(struct tally_reply), .third = THIRD_WHO,
	     .kind = TALLY_RECEIVER, .put = put_reply},
	    {account_sql, .row_bytes = sizeof(struct tally_account), .third = THIRD_WHO,
	     .kind = TALLY_ACCOUNT, .is_by_day = true, .put = put_account},
	    {domain_sql, .row_bytes = sizeof(struct tally_domain), .third = THIRD_WHO,
	     .kind = TALLY_DOMAIN, .is_by_day = true, .put = put_domain},
	    {lead_sql, .row_bytes = sizeof(struct tally_domain), .third = THIRD_WHO,
	     .kind = TALLY_DOMAIN, .is_by_day = true, .put = put_lead},
	};

	table[0].row = tally_hours(tally, &table[0].rows);
	table[1].row = tally_hours(tally, &table[1].rows);
	table[2].row = tally_receivers(tally, &table[2].rows);
	table[3].row = tally_replies(tally, &table[3].rows);
	table[4].row = tally_accounts(tally, &table[4].rows);
	table[5].row = tally_domains(tally, &table[5].rows);
	table[6].row = tally_domains(tally, &table[6].rows);
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		table[i].oldest =
		    table[i].sql == day_sql ? adder->oldest_day : adder->oldest_detail;
		if (!add_table(adder, &table[i]))
			return false;
	}
	return !table[1].rows || note_change(adder->store, adder->err);
}

/* The newest day with mail. */
static int64_t last_day(const struct adder *adder)
{
	size_t count;
	const struct tally_hour *const hour = tally_hours(adder->tally, &count);
	int64_t last = adder->oldest_day;

	for (size_t i = 0; i < count; i++)
		if (hour[i].key.day > last && hour[i].key.day <= adder->newest_day)
			last = hour[i].key.day;
	return last;
}

bool volumes_add(struct store *store, const struct tally *tally, int64_t today, struct err *err)
{
	struct adder adder = {
	    .store = store,
	    .tally = tally,
	    .oldest_detail = today - VOLUME_DETAIL_DAYS_KEPT,
	    .oldest_day = today - VOLUME_DAYS_KEPT,
	    .newest_day = today + 1,
	    .err = err,
	};
	const bool ok = volume_names_find(&adder.names, store, tally, last_day(&adder), err) &&
			add_tables(&adder) &&
			changes_mark(store, adder.names.id[TALLY_DOMAIN],
				     tally_texts(tally, TALLY_DOMAIN), err);

	volume_names_release(&adder.names);
	return ok;
}
