#ifndef STORE_LEVELS_H
#define STORE_LEVELS_H

#include "base/arena.h"
#include "base/err.h"
#include "judge/volume.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Volumes of what is no address: pools and accounts. */

enum level_kind { LEVEL_POOL, LEVEL_ACCOUNT };

/* What was last told of one; those that are as usual have no row. */
struct stored_level {
	enum level_kind kind;
	const char *name; /* an account's is foreign text */
	enum volume_level level;
	int64_t since;
};
bool levels_load(struct store *store, struct arena *arena, struct stored_level **out, size_t *count,
		 struct err *err);
/* Replaces, or with VOLUME_NORMAL deletes. Stands between store_begin and store_commit. */
bool levels_save(struct store *store, const struct stored_level *level, struct err *err);

struct loud_account {
	const char *name; /* foreign text */
	const struct volume_day *day; /* over all addresses, ascending */
	size_t days;
};
struct loud_query {
	int64_t from_day; /* history begins here */
	int64_t loud_day; /* from this day on it must have sent `floor` or more in all */
	uint64_t floor;
};
/* The loudest LOUD_ACCOUNTS_MAX, with their days; few enough to be judged one by one. */
enum { LOUD_ACCOUNTS_MAX = 50 };
bool levels_loud_accounts(struct store *store, const struct loud_query *query, struct arena *arena,
			  struct loud_account **out, size_t *count, struct err *err);

#endif
