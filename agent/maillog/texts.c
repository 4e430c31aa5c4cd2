#include "maillog/texts.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
	ROOM_FIRST = 256, /* a power of two, as it stays */
	IDLE_MAX_BYTES = 8 << 20 /* of texts nobody holds; some 120,000 */
};

struct text {
	struct text *next; /* in its bucket */
	uint32_t hash;
	uint32_t number;
	uint32_t held;
	uint8_t len;
	char bytes[];
};

struct texts {
	struct text **item; /* by number; NULL: free */
	uint32_t *next_free; /* by number */
	struct text **bucket; /* as many as there is room */
	uint32_t room;
	uint32_t used; /* numbers given out so far; 0 is the empty text */
	uint32_t free;
	size_t held_bytes;
	size_t idle_bytes;
};

struct texts *texts_new(void)
{
	struct texts *texts = xcalloc(1, sizeof(*texts));

	texts->room = ROOM_FIRST;
	texts->used = 1;
	texts->item = xcalloc(texts->room, sizeof(*texts->item));
	texts->next_free = xcalloc(texts->room, sizeof(*texts->next_free));
	texts->bucket = xcalloc(texts->room, sizeof(*texts->bucket));
	return texts;
}

void texts_free(struct texts *texts)
{
	if (!texts)
		return;
	for (uint32_t i = 1; i < texts->used; i++)
		free(texts->item[i]);
	free(texts->item);
	free(texts->next_free);
	free(texts->bucket);
	free(texts);
}

/* Strangers choose domains: the seed differs from run to run, so that they cannot choose
 * buckets, too. */
static uint32_t hash_of(const struct texts *texts, struct slice text)
{
	return (uint32_t)near_hash((uintptr_t)texts, text.at, text.len);
}

static struct text **bucket_of(const struct texts *texts, uint32_t hash)
{
	return &texts->bucket[hash & (texts->room - 1)];
}

static size_t size_of(const struct text *text)
{
	return sizeof(*text) + text->len;
}

static void insert(struct texts *texts, struct text *text)
{
	struct text **const bucket = bucket_of(texts, text->hash);

	text->next = *bucket;
	*bucket = text;
}

static void grow(struct texts *texts)
{
	const uint32_t room = texts->room * 2;

	texts->item = xrealloc(texts->item, room, sizeof(*texts->item));
	texts->next_free = xrealloc(texts->next_free, room, sizeof(*texts->next_free));
	free(texts->bucket);
	texts->bucket = xcalloc(room, sizeof(*texts->bucket));
	texts->room = room;
	for (uint32_t i = 1; i < texts->used; i++)
		if (texts->item[i])
			insert(texts, texts->item[i]);
}

static void forget(struct texts *texts, uint32_t number)
{
	struct text *const text = texts->item[number];
	struct text **link = bucket_of(texts, text->hash);

	while (*link != text)
		link = &(*link)->next;
	*link = text->next;
	texts->idle_bytes -= size_of(text);
	free(text);
	texts->item[number] = NULL;
	texts->next_free[number] = texts->free;
	texts->free = number;
}

static void forget_idle(struct texts *texts)
{
	for (uint32_t i = 1; i < texts->used; i++)
		if (texts->item[i] && !texts->item[i]->held)
			forget(texts, i);
}

static struct text *add(struct texts *texts, struct slice slice, uint32_t hash)
{
	struct text *text = xcalloc(1, sizeof(*text) + slice.len);
	uint32_t number = texts->free;

	if (number) {
		texts->free = texts->next_free[number];
	} else {
		if (texts->used == texts->room)
			grow(texts);
		number = texts->used++;
	}
	text->hash = hash;
	text->number = number;
	text->len = (uint8_t)slice.len;
	memcpy(text->bytes, slice.at, slice.len);
	texts->item[number] = text;
	texts->idle_bytes += size_of(text);
	insert(texts, text);
	return text;
}

static uint32_t hold(struct texts *texts, struct text *text)
{
	if (text->held++ == 0) {
		texts->idle_bytes -= size_of(text);
		texts->held_bytes += size_of(text);
	}
	return text->number;
}

uint32_t texts_take(struct texts *texts, struct slice slice)
{
	struct text *text;
	uint32_t hash;

	if (!slice.len)
		return 0;
	if (slice.len > TEXT_MAX_BYTES)
		slice.len = TEXT_MAX_BYTES;
	hash = hash_of(texts, slice);
	for (text = *bucket_of(texts, hash); text; text = text->next)
		if (text->hash == hash && slice_equal(slice_of(text->bytes, text->len), slice))
			return hold(texts, text);
	if (texts->idle_bytes > IDLE_MAX_BYTES)
		forget_idle(texts);
	return hold(texts, add(texts, slice, hash));
}

uint32_t texts_keep(struct texts *texts, uint32_t number)
{
	return number ? hold(texts, texts->item[number]) : 0;
}

void texts_drop(struct texts *texts, uint32_t number)
{
	struct text *text = texts->item[number];

	if (number && --text->held == 0) {
		texts->held_bytes -= size_of(text);
		texts->idle_bytes += size_of(text);
	}
}

struct slice texts_get(const struct texts *texts, uint32_t number)
{
	const struct text *text = texts->item[number];

	return text ? slice_of(text->bytes, text->len) : slice_of("", 0);
}

size_t texts_bytes(const struct texts *texts)
{
	return texts->held_bytes;
}
