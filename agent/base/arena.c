#include "base/arena.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_FIRST_BYTES = 1024, ARENA_BLOCK_BYTES = 64 * 1024 };

struct block {
	struct block *next;
	size_t used;
	size_t size;
	max_align_t data[];
};

struct arena {
	struct block *newest; /* the one with room; the first ever is the last of the chain */
	size_t next_bytes;
};

struct arena *arena_new(void)
{
	struct arena *arena = xcalloc(1, sizeof(*arena));

	arena->next_bytes = ARENA_FIRST_BYTES;
	return arena;
}

/* All but the first, which is returned. */
static struct block *free_blocks(struct arena *arena)
{
	struct block *block = arena->newest;

	while (block && block->next) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
	return block;
}

void arena_reset(struct arena *arena)
{
	struct block *const block = free_blocks(arena);

	if (block) {
		memset(block->data, 0, block->used);
		block->used = 0;
	}
	arena->newest = block;
	arena->next_bytes = ARENA_FIRST_BYTES * 2;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	free(free_blocks(arena));
	free(arena);
}

static struct block *add_block(struct arena *arena, size_t bytes)
{
	const size_t size = bytes > arena->next_bytes ? bytes : arena->next_bytes;
	struct block *block = xcalloc(1, sizeof(*block) + size);

	if (arena->next_bytes < ARENA_BLOCK_BYTES)
		arena->next_bytes *= 2;
	block->size = size;
	block->next = arena->newest;
	arena->newest = block;
	return block;
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
	struct block *block = arena->newest;
	size_t bytes;
	void *fresh;

	/* Half of all memory is more than there is, and leaves room to round up. */
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
		bug("an arena was asked for %zu objects of %zu bytes", count, size);
	bytes = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!block || block->size - block->used < bytes)
		block = add_block(arena, bytes);
	fresh = (char *)block->data + block->used;
	block->used += bytes;
	return fresh;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_calloc(arena, len + 1, 1);

	if (len)
		memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_list again;
	char *text;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len < 0)
		bug("a format string is broken: '%s'", format);
	text = arena_calloc(arena, (size_t)len + 1, 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}
