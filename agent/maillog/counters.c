#include "maillog/counters.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SLOTS = 256,
	FIRST_ROWS = 64,
	SLOT_BYTES = 24 /* of a row's slots: a third to two thirds are taken */
};

static char *row_at(const struct counters *counters, size_t i)
{
	return counters->row + i * counters->row_bytes;
}

static uint64_t hash_of(const struct tally_key *key)
{
	const uint64_t low = (uint64_t)key->address << 32 | key->who;
	const uint64_t high = (uint64_t)(uint32_t)key->day << 32 | key->part;

	return hash_step(hash_step(0, low), high);
}

static size_t place_of(const struct counters *counters, uint64_t hash)
{
	return (size_t)hash & (counters->slots - 1);
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

static bool is_key(const struct counters *counters, size_t i, const struct tally_key *key)
{
	return memcmp(row_at(counters, i), key, sizeof(*key)) == 0;
}

static void grow(struct counters *counters)
{
	free(counters->slot);
	counters->slots = counters->slots ? counters->slots * 2 : FIRST_SLOTS;
	counters->slot = xcalloc(counters->slots, sizeof(*counters->slot));
	for (size_t i = 0; i < counters->count; i++) {
		const char *const row = row_at(counters, i);
		struct tally_key key;
		uint64_t hash;
		size_t at;

		memcpy(&key, row, sizeof(key));
		hash = hash_of(&key);
		at = place_of(counters, hash);
		while (counters->slot[at].row)
			at = (at + 1) & (counters->slots - 1);
		counters->slot[at] = (struct counters_slot){tag_of(hash), (uint32_t)i + 1};
	}
}

static char *add(struct counters *counters, const struct tally_key *key)
{
	char *row;

	if (counters->count == counters->room) {
		counters->room += counters->room / 2 + FIRST_ROWS;
		counters->row = xrealloc(counters->row, counters->room, counters->row_bytes);
	}
	row = row_at(counters, counters->count++);
	memset(row, 0, counters->row_bytes);
	memcpy(row, key, sizeof(*key));
	return row;
}

void *counters_row(struct counters *counters, struct tally_key key)
{
	uint64_t hash;
	size_t at;

	if (counters->last < counters->count && is_key(counters, counters->last, &key))
		return row_at(counters, counters->last);
	if (counters->count * 3 >= counters->slots * 2)
		grow(counters);
	hash = hash_of(&key);
	at = place_of(counters, hash);
	for (; counters->slot[at].row; at = (at + 1) & (counters->slots - 1))
		if (counters->slot[at].tag == tag_of(hash) &&
		    is_key(counters, counters->slot[at].row - 1, &key)) {
			counters->last = counters->slot[at].row - 1;
			return row_at(counters, counters->last);
		}
	counters->last = (uint32_t)counters->count;
	counters->slot[at] = (struct counters_slot){tag_of(hash), counters->last + 1};
	return add(counters, &key);
}

size_t counters_bytes(const struct counters *counters)
{
	return counters->count * (counters->row_bytes + SLOT_BYTES);
}

void counters_clear(struct counters *counters)
{
	counters->count = 0;
	if (counters->slots)
		memset(counters->slot, 0, counters->slots * sizeof(*counters->slot));
}

void counters_release(struct counters *counters)
{
	free(counters->row);
	free(counters->slot);
	*counters = (struct counters){.row_bytes = counters->row_bytes};
}
