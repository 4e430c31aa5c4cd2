#ifndef STORE_BLOCKS_H
#define STORE_BLOCKS_H

#include "base/arena.h"
#include "base/err.h"
#include "judge/block.h"
#include "judge/warmup.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is remembered between passes about receivers that refuse an address, and about addresses
 * that are being warmed up. What writes stands between store_begin and store_commit. */

struct stored_block {
	int64_t address_id;
	const char *receiver;
	struct block block;
	const char *words; /* of the newest refusal; foreign text */
};
/* All of them, in the order of address and receiver. */
bool blocks_load(struct store *store, struct arena *arena, struct stored_block **out, size_t *count,
		 struct err *err);
/* Replaces; what is all zero is deleted. */
bool blocks_save(struct store *store, const struct stored_block *block, struct err *err);

struct stored_warmup {
	const char *address; /* canonical text */
	struct warmup_plan plan;
};
/* All of them, in the order of their addresses' text. */
bool warmups_load(struct store *store, struct arena *arena, struct stored_warmup **out,
		  size_t *count, struct err *err);
bool warmups_save(struct store *store, const struct stored_warmup *warmup, struct err *err);
/* `*was_there` false: nothing to stop. */
bool warmups_stop(struct store *store, const char *address, bool *was_there, struct err *err);

#endif
