#ifndef STORE_VOLUMES_H
#define STORE_VOLUMES_H

#include "base/arena.h"
#include "base/err.h"
#include "judge/suspects.h"
#include "judge/volume.h"
#include "maillog/maillog.h"
#include "maillog/tally.h"
#include "model/log_position.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the mail logs gave. All that writes stands between store_begin and store_commit: counts
 * and the position they were read up to are kept together or not at all, so that a line counts
 * once however a pass ends. Days are civil day numbers of the operator's days. An address is
 * canonical text, "" for mail whose address no log tells. */

enum {
	VOLUME_DAYS_KEPT = 3 * 366, /* per address */
	VOLUME_DETAIL_DAYS_KEPT = 62 /* hours, accounts, domains, receivers, replies */
};

/* --- adding --- */
/* Adds the rows. Details older than they are kept are left out, and what a clock that was wrong
 * stamped later than tomorrow. */
bool volumes_add(struct store *store, const struct tally *tally, int64_t today, struct err *err);
/* A number that is another one whenever counts were added since it was read. */
bool volumes_change(struct store *store, int64_t *number, struct err *err);
/* Drops what is too old; a bounded part of it, the rest with the next call. `added` is how many
 * deliveries came in since the last one. */
bool volumes_trim(struct store *store, int64_t today, uint64_t added, struct err *err);

/* --- where logs were left --- */
struct stored_log {
	const char *path;
	struct log_position position;
	enum log_format format;
	const char *open_ids; /* of maillog_save() */
	size_t open_ids_len;
	const char *cursor; /* of a journal; "" for files */
};
/* `*is_found` false: never read. */
bool volumes_log(struct store *store, const char *path, struct arena *arena, struct stored_log *out,
		 bool *is_found, struct err *err);
bool volumes_save_log(struct store *store, const struct stored_log *log, struct err *err);

struct counted_file {
	uint64_t bytes; /* of its content, from the beginning; 0: it was only seen */
	uint64_t tail_hash; /* of model/log_position.h */
	uint32_t head_bytes; /* it was found by */
	int64_t counted_at;
	const char *path; /* its name then */
};
/* Whether a file that begins with these bytes was counted; `len` up to LOG_HEAD_BYTES. */
bool volumes_find_file(struct store *store, struct slice head, struct arena *arena,
		       struct counted_file *out, bool *is_found, struct err *err);
/* Replaces what was known of it. Device and inode of the position do not matter. */
bool volumes_save_file(struct store *store, const struct log_position *position, const char *path,
		       struct err *err);
/* A file that is not counted, so that it is known as old later. */
bool volumes_note_file(struct store *store, const struct log_position *position, const char *path,
		       struct err *err);

/* --- reading --- */
struct volume_query {
	const char *const *address; /* summed up: one, or those of a pool */
	size_t addresses;
	int64_t first_day, last_day;
};

/* Every address that ever sent, "" too, in the order of their text. */
bool volumes_addresses(struct store *store, struct arena *arena, const char *const **address,
		       size_t *count, struct err *err);
/* Ascending; days without mail are left out. */
bool volumes_days(struct store *store, const struct volume_query *query, struct arena *arena,
		  struct volume_day **out, size_t *count, struct err *err);

struct volume_hours {
	uint32_t today[24]; /* sent in each hour of last_day */
	double share[24]; /* of the days before, sum 1 */
	bool has_share; /* there was mail on a day before */
};
bool volumes_hours(struct store *store, const struct volume_query *query, struct volume_hours *out,
		   struct err *err);

/* Accounts that sent between first_day and last_day; `usual` for as long comes from usual_from up
 * to the day before: the mean of days, or that of the same weekdays if it is more. */
struct account_query {
	const char *address;
	int64_t usual_from, first_day, last_day;
	double last_part; /* how much of last_day the counts are of, 0 to 1 */
};
bool volumes_accounts(struct store *store, const struct account_query *query, struct arena *arena,
		      struct account_volume **out, size_t *count, struct err *err);

struct receiver_volume {
	const char *receiver;
	uint64_t by_outcome[OUTCOME_COUNT];
	int64_t last_sent_at; /* 0: nothing was taken */
};
/* In the order of their names. */
bool volumes_receivers(struct store *store, const struct volume_query *query, struct arena *arena,
		       struct receiver_volume **out, size_t *count, struct err *err);

struct reply_volume { /* replies of one kind on one day */
	int64_t day;
	const char *receiver;
	enum reply_cause cause;
	enum reply_scope scope;
	uint64_t deferred, bounced, expired;
	uint64_t unmatched; /* of them: no rule knew the words */
	int64_t first_at, last_at;
	const char *words; /* of the newest, foreign text */
};
/* Newest day first. */
bool volumes_replies(struct store *store, const struct volume_query *query, struct arena *arena,
		     struct reply_volume **out, size_t *count, struct err *err);
/* How many replies of those days no rule knew. */
bool volumes_unmatched(struct store *store, const struct volume_query *query, uint64_t *out,
		       struct err *err);

#endif
