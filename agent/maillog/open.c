#include "maillog/open.h"

#include "base/hash.h"
#include "base/mem.h"
#include "maillog/bytes.h"
#include "maillog/texts.h"

#include <stdlib.h>

enum {
	ROOM_FIRST = 1024, /* a power of two */
	/* Evicted for their age at once: a single line with a stamp of the far future must not
	 * empty the table. */
	AGED_AT_ONCE = 2
};

struct open_ids {
	struct open_id *item; /* item[0] is the end of all chains: newest and oldest hang on it */
	uint32_t *bucket; /* as many as there is room */
	uint32_t room;
	uint32_t used; /* items touched so far, with item[0] */
	uint32_t free; /* dropped ones, through `next` */
	size_t count;
	size_t max;
	struct texts *texts;
};

struct open_ids *open_new(size_t max)
{
	struct open_ids *ids = xcalloc(1, sizeof(*ids));

	ids->room = ROOM_FIRST;
	ids->used = 1;
	ids->max = max;
	ids->item = xcalloc(ids->room, sizeof(*ids->item));
	ids->bucket = xcalloc(ids->room, sizeof(*ids->bucket));
	ids->texts = texts_new();
	return ids;
}

void open_free(struct open_ids *ids)
{
	if (!ids)
		return;
	texts_free(ids->texts);
	free(ids->item);
	free(ids->bucket);
	free(ids);
}

static struct slice id_of(const struct open_id *open)
{
	return slice_of(open->id, open->id_len);
}

static uint32_t hash_of(struct slice id)
{
	return (uint32_t)near_hash(0, id.at, id.len);
}

static uint32_t *bucket_of(const struct open_ids *ids, uint32_t hash)
{
	return &ids->bucket[hash & (ids->room - 1)];
}

static uint32_t number_of(const struct open_ids *ids, const struct open_id *open)
{
	return (uint32_t)(open - ids->item);
}

static void unlink_age(struct open_ids *ids, const struct open_id *open)
{
	ids->item[open->newer].older = open->older;
	ids->item[open->older].newer = open->newer;
}

static void link_newest(struct open_ids *ids, struct open_id *open)
{
	struct open_id *end = &ids->item[0];
	const uint32_t number = number_of(ids, open);

	open->newer = 0;
	open->older = end->older;
	ids->item[end->older].newer = number;
	end->older = number;
}

static void insert(struct open_ids *ids, struct open_id *open)
{
	uint32_t *bucket = bucket_of(ids, open->hash);

	open->next = *bucket;
	*bucket = number_of(ids, open);
}

static void grow(struct open_ids *ids)
{
	ids->item = xrealloc(ids->item, ids->room * 2, sizeof(*ids->item));
	free(ids->bucket);
	ids->room *= 2;
	ids->bucket = xcalloc(ids->room, sizeof(*ids->bucket));
	/* Called when none is free: all but the end are open. */
	for (uint32_t i = 1; i < ids->used; i++)
		insert(ids, &ids->item[i]);
}

static struct open_id *find(const struct open_ids *ids, struct slice id, uint32_t hash)
{
	for (uint32_t i = *bucket_of(ids, hash); i; i = ids->item[i].next)
		if (ids->item[i].hash == hash && slice_equal(id_of(&ids->item[i]), id))
			return &ids->item[i];
	return NULL;
}

struct open_id *open_find(struct open_ids *ids, struct slice id)
{
	if (!id.len || id.len > OPEN_ID_BYTES)
		return NULL;
	return find(ids, id, hash_of(id));
}

void open_clear(struct open_ids *ids, struct open_id *open)
{
	for (int i = 0; i < OPEN_TEXT_COUNT; i++) {
		texts_drop(ids->texts, open->text[i]);
		open->text[i] = 0;
	}
	open->waiting = 0;
	open->flags = 0;
}

void open_drop(struct open_ids *ids, struct open_id *open)
{
	const uint32_t number = number_of(ids, open);
	uint32_t *link = bucket_of(ids, open->hash);

	while (*link != number)
		link = &ids->item[*link].next;
	*link = open->next;
	unlink_age(ids, open);
	open_clear(ids, open);
	open->next = ids->free;
	ids->free = number;
	ids->count--;
}

static void drop_oldest(struct open_ids *ids)
{
	open_drop(ids, &ids->item[ids->item[0].newer]);
}

static void make_room(struct open_ids *ids, int64_t at)
{
	while (ids->count &&
	       (ids->count >= ids->max || texts_bytes(ids->texts) > OPEN_TEXT_MAX_BYTES))
		drop_oldest(ids);
	for (int i = 0; i < AGED_AT_ONCE && ids->count; i++)
		if (at - ids->item[ids->item[0].newer].at > OPEN_AGE_MAX_S)
			drop_oldest(ids);
}

static struct open_id *add(struct open_ids *ids, struct slice id, uint32_t hash, int64_t at)
{
	struct open_id *open;

	if (!ids->free && ids->used == ids->room)
		grow(ids);
	open = &ids->item[ids->free ? ids->free : ids->used++];
	if (number_of(ids, open) == ids->free)
		ids->free = open->next;
	*open = (struct open_id){.at = at, .hash = hash, .id_len = (uint8_t)id.len};
	memcpy(open->id, id.at, id.len);
	insert(ids, open);
	link_newest(ids, open);
	ids->count++;
	return open;
}

struct open_id *open_put(struct open_ids *ids, struct slice id, int64_t at)
{
	struct open_id *open;
	uint32_t hash;

	if (!id.len || id.len > OPEN_ID_BYTES)
		return NULL;
	hash = hash_of(id);
	open = find(ids, id, hash);
	if (!open) {
		make_room(ids, at);
		return add(ids, id, hash, at);
	}
	unlink_age(ids, open);
	link_newest(ids, open);
	open->at = at;
	return open;
}

struct slice open_text(const struct open_ids *ids, const struct open_id *open, enum open_text which)
{
	return texts_get(ids->texts, open->text[which]);
}

void open_set(struct open_ids *ids, struct open_id *open, enum open_text which, struct slice text)
{
	const uint32_t before = open->text[which];

	open->text[which] = texts_take(ids->texts, text);
	texts_drop(ids->texts, before);
}

size_t open_count(const struct open_ids *ids)
{
	return ids->count;
}

void open_save(const struct open_ids *ids, struct str *out)
{
	bytes_add_u32(out, (uint32_t)ids->count);
	for (uint32_t i = ids->item[0].newer; i; i = ids->item[i].newer) {
		const struct open_id *open = &ids->item[i];

		bytes_add_u64(out, (uint64_t)open->at);
		bytes_add_u32(out, open->waiting);
		bytes_add_u8(out, open->flags);
		bytes_add_slice(out, id_of(open));
		for (int text = 0; text < OPEN_TEXT_COUNT; text++)
			bytes_add_slice(out, open_text(ids, open, (enum open_text)text));
	}
}

/* In the order they were saved in, without a look at ages: lines may be out of order. */
static bool restore_one(struct open_ids *ids, struct cursor *from)
{
	const int64_t at = (int64_t)bytes_u64(from);
	const uint32_t waiting = cursor_u32(from);
	const uint8_t flags = cursor_u8(from);
	const struct slice id = bytes_slice(from);
	struct open_id *open;

	if (from->is_bad || at < -OPEN_AT_MAX || at > OPEN_AT_MAX || waiting > UINT16_MAX ||
	    !id.len || id.len > OPEN_ID_BYTES || open_find(ids, id) || ids->count >= ids->max)
		return false;
	open = add(ids, id, hash_of(id), at);
	open->waiting = (uint16_t)waiting;
	open->flags = flags;
	for (int text = 0; text < OPEN_TEXT_COUNT; text++)
		open_set(ids, open, (enum open_text)text, bytes_slice(from));
	return !from->is_bad && texts_bytes(ids->texts) <= 2 * OPEN_TEXT_MAX_BYTES;
}

bool open_restore(struct open_ids *ids, struct cursor *from)
{
	const uint32_t count = cursor_u32(from);
	uint32_t done = 0;

	while (ids->count)
		drop_oldest(ids);
	while (done < count && restore_one(ids, from))
		done++;
	if (done == count && !from->is_bad)
		return true;
	while (ids->count)
		drop_oldest(ids);
	return false;
}
