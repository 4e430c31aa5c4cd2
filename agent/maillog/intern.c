#include "maillog/intern.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SLOTS = 256,
	FIRST_ITEMS = 64,
	FIRST_TEXT = 4096,
	ITEM_BYTES = 28 /* its place and its slots; at most half of the slots are taken */
};

struct head {
	uint32_t number;
	uint32_t len;
};

static struct head head_at(const struct intern *intern, uint32_t at)
{
	struct head head;

	memcpy(&head, intern->text + at, sizeof(head));
	return head;
}

static struct slice text_at(const struct intern *intern, uint32_t at)
{
	return slice_of(intern->text + at + sizeof(struct head), head_at(intern, at).len);
}

static void fill(struct intern *intern, struct intern_slot slot)
{
	const size_t mask = intern->slots - 1;
	size_t at = slot.hash & mask;

	while (intern->slot[at].at)
		at = (at + 1) & mask;
	intern->slot[at] = slot;
}

static void grow(struct intern *intern)
{
	struct intern_slot *const before = intern->slot;
	const size_t slots = intern->slots;

	intern->slots = slots ? slots * 2 : FIRST_SLOTS;
	intern->slot = xcalloc(intern->slots, sizeof(*intern->slot));
	for (size_t i = 0; i < slots; i++)
		if (before[i].at)
			fill(intern, before[i]);
	free(before);
}

/* Where it stands. */
static uint32_t add(struct intern *intern, struct slice text)
{
	const struct head head = {(uint32_t)intern->count, (uint32_t)text.len};
	const size_t bytes = sizeof(head) + text.len + 1;
	const size_t at = intern->text_used;

	if (intern->count == intern->room) {
		intern->room += intern->room / 2 + FIRST_ITEMS;
		intern->at = xrealloc(intern->at, intern->room, sizeof(*intern->at));
	}
	if (intern->text_room - at < bytes) {
		intern->text_room += intern->text_room / 2 + bytes + FIRST_TEXT;
		intern->text = xrealloc(intern->text, intern->text_room, 1);
	}
	if (at + bytes > UINT32_MAX)
		bug("the names in the logs take more than 4 GB");
	memcpy(intern->text + at, &head, sizeof(head));
	if (text.len)
		memcpy(intern->text + at + sizeof(head), text.at, text.len);
	intern->text[at + bytes - 1] = '\0';
	intern->text_used += bytes;
	intern->at[intern->count++] = (uint32_t)at;
	return (uint32_t)at;
}

static bool is_text(const struct intern *intern, uint32_t at, struct slice text)
{
	return slice_equal(text_at(intern, at), text);
}

uint32_t intern_number(struct intern *intern, struct slice text)
{
	uint32_t hash;
	size_t at;

	if (intern->last < intern->count && is_text(intern, intern->at[intern->last], text))
		return intern->last;
	if (intern->count * 2 >= intern->slots)
		grow(intern);
	hash = (uint32_t)near_hash((uintptr_t)intern, text.at, text.len);
	at = hash & (intern->slots - 1);
	for (; intern->slot[at].at; at = (at + 1) & (intern->slots - 1)) {
		const struct intern_slot *const slot = &intern->slot[at];

		if (slot->hash == hash && is_text(intern, slot->at - 1, text))
			return intern->last = head_at(intern, slot->at - 1).number;
	}
	intern->slot[at] = (struct intern_slot){hash, add(intern, text) + 1};
	return intern->last = (uint32_t)intern->count - 1;
}

struct slice intern_text(const struct intern *intern, uint32_t number)
{
	return text_at(intern, intern->at[number]);
}

size_t intern_bytes(const struct intern *intern)
{
	return intern->text_used + intern->count * ITEM_BYTES;
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
	free(intern->at);
	free(intern->slot);
	*intern = (struct intern){0};
}
