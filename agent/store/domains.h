#ifndef STORE_DOMAINS_H
#define STORE_DOMAINS_H

#include "base/arena.h"
#include "base/err.h"
#include "model/auth.h"
#include "model/bulk.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Domains that mail is sent for. Beliefs, pairs and coverage of a domain are those of a
 * stored_address with is_domain; what else is known of it stands here. */

enum domain_role {
	DOMAIN_PARENT, /* only asked about at domain lists: names below it send */
	DOMAIN_FOUND, /* the logs tell that it sends */
	DOMAIN_CONFIGURED,
	DOMAIN_ROLE_COUNT
};

enum { DOMAIN_DAYS_KEPT = 62 }; /* after the last pass that included it */

struct stored_domain {
	const char *registrable; /* "" for none */
	enum domain_role role;
	int64_t looked_at; /* 0: never */
	const char *auth; /* of auth_json_text(); "" for nothing */
};

/* All that are watched, in the order of their first saving; `domain[i]` belongs to `address[i]`.
 * Without `wants_auth` their `auth` is left out. */
struct stored_domains {
	struct stored_address *address;
	struct stored_domain *domain;
	size_t count;
};
bool domains_load(struct store *store, bool wants_auth, struct arena *arena,
		  struct stored_domains *out, struct err *err);
/* How many of them lists are asked about. */
bool domains_registrables(struct store *store, uint64_t *count, struct err *err);
/* Of one domain; "" for none. */
bool domains_auth(struct store *store, int64_t address_id, struct arena *arena, const char **auth,
		  struct err *err);
/* After store_save_address. An empty `auth` leaves what is kept, and its time, as they are. */
bool domains_save(struct store *store, int64_t address_id, const struct stored_domain *domain,
		  struct err *err);
/* Drops those whose last pass is too long ago. */
bool domains_trim(struct store *store, int64_t now, struct err *err);

/* What auth_json_text() wrote, in structs; false: it is not that. Strings live in `arena`. */
bool domain_auth_parse(const char *text, struct arena *arena, struct domain_auth *out);

/* Where what changes_sum() added up is of last_day, that is taken: all ask for the same days. */
struct sender_query {
	int64_t first_day, recent_day, last_day;
};

struct domain_tried {
	const char *domain; /* as the log had it: foreign text */
	uint64_t tried;
};
/* What was tried for each sender's domain on these days. */
bool domains_tried(struct store *store, const struct sender_query *query, struct arena *arena,
		   struct domain_tried **out, size_t *count, struct err *err);

/* What one address tried to send for one sender's domain. */
struct domain_sender {
	const char *domain; /* as the log had it: foreign text */
	const char *address; /* "": no log tells */
	uint64_t tried;
	uint64_t tried_lately; /* of it, from recent_day on */
};
/* The largest first. */
bool domains_senders(struct store *store, const struct sender_query *query, struct arena *arena,
		     struct domain_sender **out, size_t *count, struct err *err);

/* What one address tried to send for one sender's domain on one day. */
struct domain_count {
	int64_t day, sender_id, domain_id;
	uint64_t sent;
	uint64_t tried; /* deliveries of all outcomes */
	uint64_t to[BULK_RECEIVER_COUNT]; /* of them */
};
/* Every row of these days, by day, then sender, then domain: as they lie, because to have millions
 * of them sorted otherwise or added up by SQLite takes ten times as long. */
struct domain_counts {
	int64_t first_day, last_day;
	void (*take)(void *context, const struct domain_count *count);
	void *context;
};
bool domains_count(struct store *store, const struct domain_counts *counts, struct err *err);
/* Those of one domain, for few. */
bool domains_count_one(struct store *store, const struct domain_counts *counts, int64_t domain_id,
		       struct err *err);
/* The first day with mail from `first_day` on; INT64_MAX: there is none. */
bool domains_first_day(struct store *store, int64_t first_day, int64_t *out, struct err *err);

/* Accounts that sent most of a domain's mail in these days, by domain_id, the likeliest first. */
struct account_period {
	int64_t first_day, last_day;
	int64_t domain_id; /* 0: all */
};
struct domain_account {
	int64_t domain_id;
	const char *account; /* foreign text */
};
bool domains_accounts(struct store *store, const struct account_period *period, struct arena *arena,
		      struct domain_account **out, size_t *count, struct err *err);

/* What the ids mean, in their order: domains as the log had them, foreign text. */
struct stored_name {
	int64_t id;
	const char *name;
};
struct stored_names {
	struct stored_name *row;
	size_t count;
};
bool domains_names(struct store *store, struct arena *arena, struct stored_names *domains,
		   struct stored_names *senders, struct err *err);
/* The domains that changes_mark() noted. */
bool domains_changed(struct store *store, struct arena *arena, struct stored_names *out,
		     struct err *err);

#endif
