#include "store/volume_names.h"

#include "base/mem.h"
#include "store/query.h"

#include <stdlib.h>

/* Where one kind of names is kept. Only names that many have note their last day: receivers are
 * few and stay. */
struct shelf {
	const char *find; /* (name) -> id, last_day */
	const char *add; /* (name, last_day) */
	const char *touch; /* (id, last_day) */
	bool is_text;
};

static const struct shelf sender_shelf = {
    "SELECT id, last_day FROM sender WHERE address = ?1",
    "INSERT INTO sender (address, last_day) VALUES (?1, ?2)",
    "UPDATE sender SET last_day = ?2 WHERE id = ?1",
    true,
};

static const struct shelf shelf[TALLY_KIND_COUNT] = {
    [TALLY_ACCOUNT] = {"SELECT id, last_day FROM account WHERE name = ?1",
		       "INSERT INTO account (name, last_day) VALUES (?1, ?2)",
		       "UPDATE account SET last_day = ?2 WHERE id = ?1", false},
    [TALLY_DOMAIN] = {"SELECT id, last_day FROM sender_domain WHERE name = ?1",
		      "INSERT INTO sender_domain (name, last_day) VALUES (?1, ?2)",
		      "UPDATE sender_domain SET last_day = ?2 WHERE id = ?1", false},
    [TALLY_RECEIVER] = {"SELECT id, NULL FROM receiver WHERE name = ?1",
			"INSERT INTO receiver (name) VALUES (?1)", NULL, true},
};

static void put_name(struct query *query, const struct shelf *at, struct slice name)
{
	if (at->is_text)
		query_put_slice(query, name);
	else
		query_put_blob(query, name.at, name.len);
}

static bool touch(struct store *store, const struct shelf *at, int64_t id, int64_t day,
		  struct err *err)
{
	struct query query;

	if (!query_open(&query, store, at->touch, err))
		return false;
	query_put_int(&query, id);
	query_put_int(&query, day);
	return query_run(&query);
}

/* 0: there is none. */
static bool find(struct store *store, const struct shelf *at, struct slice name, int64_t *id,
		 int64_t *last_day, struct err *err)
{
	struct query query;
	enum query_step step;

	*id = 0;
	*last_day = INT64_MAX;
	if (!query_open(&query, store, at->find, err))
		return false;
	put_name(&query, at, name);
	while ((step = query_next(&query)) == QUERY_ROW) {
		*id = query_int(&query);
		if (!query_is_null(&query))
			*last_day = query_int(&query);
	}
	return step == QUERY_END;
}

static bool find_or_add(struct store *store, const struct shelf *at, struct slice name, int64_t day,
			int64_t *id, struct err *err)
{
	struct query query;
	int64_t last_day;

	if (!find(store, at, name, id, &last_day, err))
		return false;
	if (*id)
		return last_day >= day || touch(store, at, *id, day, err);
	if (!query_open(&query, store, at->add, err))
		return false;
	put_name(&query, at, name);
	if (at->touch)
		query_put_int(&query, day);
	*id = query_run(&query) ? sqlite3_last_insert_rowid(store->db) : 0;
	return *id != 0;
}

static bool find_senders(struct volume_names *names, struct store *store, const struct tally *tally,
			 int64_t day, struct err *err)
{
	const size_t count = tally_addresses(tally);

	names->sender_id = xcalloc(count + 1, sizeof(*names->sender_id));
	for (uint32_t i = 0; i < count; i++) {
		const struct ip ip = tally_address(tally, i);
		char text[IP_TEXT_BYTES] = "";

		if (ip.family)
			ip_text(&ip, text);
		if (!find_or_add(store, &sender_shelf, slice_text(text), day, &names->sender_id[i],
				 err))
			return false;
	}
	return true;
}

bool volume_names_find(struct volume_names *names, struct store *store, const struct tally *tally,
		       int64_t day, struct err *err)
{
	*names = (struct volume_names){0};
	for (enum tally_kind kind = 0; kind < TALLY_KIND_COUNT; kind++) {
		const size_t count = tally_texts(tally, kind);

		names->id[kind] = xcalloc(count + 1, sizeof(*names->id[kind]));
		for (uint32_t i = 0; i < count; i++)
			if (!find_or_add(store, &shelf[kind], tally_text(tally, kind, i), day,
					 &names->id[kind][i], err))
				return false;
	}
	return find_senders(names, store, tally, day, err);
}

void volume_names_release(struct volume_names *names)
{
	free(names->sender_id);
	for (size_t i = 0; i < TALLY_KIND_COUNT; i++)
		free(names->id[i]);
}

bool volume_names_sender(struct store *store, const char *address, int64_t *id, struct err *err)
{
	int64_t last_day;

	return find(store, &sender_shelf, slice_text(address), id, &last_day, err);
}
