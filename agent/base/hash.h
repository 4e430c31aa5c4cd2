#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A hash for tables and for telling files apart, the same on every machine; eight bytes a step. */

static inline uint64_t hash_step(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
	return sum ^ sum >> 29;
}

/* Four bytes as a little-endian number; compilers make one load of it. */
static inline uint64_t hash_half(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

/* Up to eight bytes as a little-endian number: two halves, which overlap when it is less. */
static inline uint64_t hash_word(const unsigned char *at, size_t len)
{
	uint64_t word = 0;

	if (len >= 4)
		return hash_half(at) | hash_half(at + len - 4) << (8 * (len - 4));
	for (size_t i = 0; i < len; i++)
		word |= (uint64_t)at[i] << (8 * i);
	return word;
}

/* With a seed that differs from run to run (an address), strangers' texts cannot be made to
 * collide in a table. */
static inline uint64_t hash_seeded(uint64_t seed, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t sum = hash_step(0x2545f4914f6cdd1du ^ seed, len);

	for (; len >= 8; at += 8, len -= 8)
		sum = hash_step(sum, hash_word(at, 8));
	if (len)
		sum = hash_step(sum, hash_word(at, len));
	return hash_step(sum, 0);
}

static inline uint64_t hash_bytes(const void *bytes, size_t len)
{
	return hash_seeded(0, bytes, len);
}

/* Goes on with a text. */
static inline uint64_t hash_text(uint64_t sum, const char *text)
{
	return hash_seeded(sum, text, strlen(text));
}

#endif
