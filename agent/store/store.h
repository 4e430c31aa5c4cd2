#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/event.h"
#include "model/names.h"
#include "model/observation.h"
#include "model/standing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The SQLite database STATE/repwatch.db: WAL, synchronous=FULL, numbered migrations. It is
 * the truth; series, pages and metrics are derived from it. One writer (who holds the lock of
 * sys/lock.h), any number of readers that never write and never wait for the writer.
 * Times are UTC seconds. Functions that return bool set `err` on false. */
struct store;

enum store_mode { STORE_READ, STORE_WRITE, STORE_TRIAL };

/* STORE_WRITE creates and migrates; STORE_READ fails when there is no database, when it is
 * newer than this program, or older (the sentence says to run `repwatch run`). A reader sees one
 * commit from opening to closing, so close it soon. STORE_TRIAL writes to a copy of its own that is
 * gone when it is closed; without a database it begins empty. */
struct store *store_open(const char *state_dir, enum store_mode mode, struct err *err);
void store_close(struct store *store);

/* One transaction a pass. store_close rolls back what was not committed. Once a call failed (a
 * full disk, say) all that follow fail with the same sentence, the commit too; nothing is kept. */
bool store_begin(struct store *store, struct err *err);
bool store_commit(struct store *store, struct err *err);

/* --- lists --- */
struct stored_list {
	int64_t slot; /* small and stable: index into stored_address.pair */
	const char *zone;
	bool has_health;
	enum list_health health;
	enum cause cause;
	const char *text;
	int64_t health_since;
	int64_t last_ok; /* 0: never */
	int64_t asked_at; /* of the last pass that asked it */
	int64_t day; /* civil day number `asked_today` counts for */
	uint64_t asked_today;
};
bool store_lists(struct store *store, struct arena *arena, struct stored_list **out, size_t *count,
		 struct err *err);
/* Finds or makes the row of a zone and returns its slot, 0 or more; -1 with err. */
int64_t store_list_slot(struct store *store, const char *zone, struct err *err);
bool store_save_list(struct store *store, const struct stored_list *list, struct err *err);

/* --- addresses --- */
struct stored_pair {
	uint32_t asked_at; /* 0: never */
	uint32_t good_at; /* the last usable answer, 0: never */
};
struct stored_address {
	int64_t id;
	const char *address, *name, *pool, *helo;
	bool is_domain; /* of store/domains.h: `address` is the domain */
	enum grade_letter grade;
	int64_t grade_since;
	size_t asked, answered; /* coverage at the last pass */
	int64_t seen_at; /* the last pass that included it */
	bool is_watched; /* false: no longer configured, kept for its history */
	struct identity identity;
	struct stored_pair *pair; /* index: a list's slot; identity uses IDENTITY_SLOT */
	size_t pairs; /* slots behind it were never asked */
	struct standing *standing; /* all that are not plainly clear */
	size_t standings;
};
enum { IDENTITY_SLOT = 0 }; /* list slots start at 1 */

/* All watched addresses, no domains, in the order of store_save_address's first call, each with its
 * standings in the order of check and subject. `address` NULL for all, else one address in
 * canonical text, watched or not. */
bool store_addresses(struct store *store, const char *address, struct arena *arena,
		     struct stored_address **out, size_t *count, struct err *err);
/* Inserts (id 0, which it sets) or updates the row, its pairs and identity; standings apart. What
 * is saved is watched; one that was forgotten gets its old id and history back. */
bool store_save_address(struct store *store, struct stored_address *address, struct err *err);
/* Replaces or, when it is plainly clear, deletes one standing; one that is still as it was read is
 * left alone. */
bool store_save_standing(struct store *store, int64_t address_id, const struct standing *standing,
			 bool is_plain, struct err *err);
/* Marks every watched address whose seen_at is before `at` as no longer watched. */
bool store_forget_unseen(struct store *store, int64_t at, struct err *err);

/* --- journal --- */
/* Sets event->id. */
bool store_add_event(struct store *store, struct event *event, struct err *err);
struct event_filter {
	int64_t since; /* 0: all */
	const char *const *address; /* none: all, also those about lists */
	size_t addresses;
};
bool store_events(struct store *store, const struct event_filter *filter, struct arena *arena,
		  struct event **out, size_t *count, struct err *err);

/* --- passes, and what the series are drawn from --- */
struct stored_pass {
	int64_t at;
	double seconds;
	double latency_s; /* the resolver's smoothed round trip; negative: not measured */
	uint64_t queries, answered, listed, blind;
	bool is_complete;
};
/* Also drops some passes and events, and addresses no longer watched, older than three years. */
bool store_add_pass(struct store *store, const struct stored_pass *pass, struct err *err);
/* The newest pass; false without err text when there was none (err->text[0] == 0). */
bool store_last_pass(struct store *store, struct stored_pass *out, struct err *err);

/* What an address's series hold. Written only when it differs from the last one, so that the
 * table stays small; store_samples expands it over the passes. */
struct sample {
	int64_t at;
	double listings; /* weighted by severity */
	double blind; /* lists that could not be asked */
	double coverage; /* 0..1 */
	double latency_s; /* from the pass; negative: unknown */
};
bool store_add_sample(struct store *store, int64_t address_id, const struct sample *sample,
		      struct err *err);
/* One row for each pass from `since` on in which the address was watched, oldest first. */
bool store_samples(struct store *store, int64_t address_id, int64_t since, struct arena *arena,
		   struct sample **out, size_t *count, struct err *err);

#endif
