#include "maillog/intern.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SLOTS = 256,
	FIRST_ITEMS = 64,
	FIRST_TEXT = 4096,
	SLOT_BYTES = 12 /* at most half of the slots are taken */
};

static void fill(struct intern *intern, uint32_t number)
{
	const size_t mask = intern->slots - 1;
	size_t at = intern->item[number].hash & mask;

	while (intern->slot[at])
		at = (at + 1) & mask;
	intern->slot[at] = number + 1;
}

static void grow(struct intern *intern)
{
	free(intern->slot);
	intern->slots = intern->slots ? intern->slots * 2 : FIRST_SLOTS;
	intern->slot = xcalloc(intern->slots, sizeof(*intern->slot));
	for (size_t i = 0; i < intern->count; i++)
		fill(intern, (uint32_t)i);
}

static void add(struct intern *intern, struct slice text, uint32_t hash)
{
	if (intern->count == intern->room) {
		intern->room = intern->room ? intern->room * 2 : FIRST_ITEMS;
		intern->item = xrealloc(intern->item, intern->room, sizeof(*intern->item));
	}
	if (intern->text_room - intern->text_used < text.len || !intern->text) {
		intern->text_room = (intern->text_room + text.len) * 2 + FIRST_TEXT;
		intern->text = xrealloc(intern->text, intern->text_room, 1);
	}
	if (text.len)
		memcpy(intern->text + intern->text_used, text.at, text.len);
	intern->item[intern->count++] =
	    (struct intern_item){intern->text_used, (uint32_t)text.len, hash};
	intern->text_used += text.len;
}

static bool is_text(const struct intern *intern, uint32_t number, struct slice text)
{
	const struct intern_item *const item = &intern->item[number];

	return slice_equal(slice_of(intern->text + item->at, item->len), text);
}

uint32_t intern_number(struct intern *intern, struct slice text)
{
	uint32_t hash;
	size_t at;

	if (intern->last < intern->count && is_text(intern, intern->last, text))
		return intern->last;
	if (intern->count * 2 >= intern->slots)
		grow(intern);
	hash = (uint32_t)near_hash((uintptr_t)intern, text.at, text.len);
	at = hash & (intern->slots - 1);
	for (; intern->slot[at]; at = (at + 1) & (intern->slots - 1)) {
		const uint32_t number = intern->slot[at] - 1;

		if (intern->item[number].hash == hash && is_text(intern, number, text))
			return intern->last = number;
	}
	intern->slot[at] = (uint32_t)intern->count + 1;
	add(intern, text, hash);
	return intern->last = (uint32_t)intern->count - 1;
}

struct slice intern_text(const struct intern *intern, uint32_t number)
{
	const struct intern_item *const item = &intern->item[number];

	return slice_of(intern->text + item->at, item->len);
}

size_t intern_bytes(const struct intern *intern)
{
	return intern->text_used + intern->count * (sizeof(*intern->item) + SLOT_BYTES);
}

void intern_clear(struct intern *intern)
{
	intern->count = 0;
	intern->text_used = 0;
	if (intern->slots)
		memset(intern->slot, 0, intern->slots * sizeof(*intern->slot));
}

void intern_release(struct intern *intern)
{
	free(intern->text);
	free(intern->item);
	free(intern->slot);
	*intern = (struct intern){0};
}
