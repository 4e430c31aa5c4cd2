#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Comparing, hashing and searching the few bytes that the words of a line have: inline, and
 * with few branches, because words are of all lengths and a guess that fails costs more than
 * the work. Nothing behind `len` is read. */

enum { NEAR_BYTES = 32 }; /* what near_find looks at in one step */

static inline uint64_t near_word(const char *at)
{
	return hash_word((const unsigned char *)at, 8);
}

static inline bool near_equal(const char *a, const char *b, size_t len)
{
	if (len > 32)
		return memcmp(a, b, len) == 0;
	if (len > 16)
		return !((near_word(a) ^ near_word(b)) | (near_word(a + 8) ^ near_word(b + 8)) |
			 (near_word(a + len - 16) ^ near_word(b + len - 16)) |
			 (near_word(a + len - 8) ^ near_word(b + len - 8)));
	if (len >= 8)
		return !((near_word(a) ^ near_word(b)) |
			 (near_word(a + len - 8) ^ near_word(b + len - 8)));
	return hash_word((const unsigned char *)a, len) == hash_word((const unsigned char *)b, len);
}

/* Eight bytes with A-Z as a-z. */
static inline uint64_t near_lower_word(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101u;
	const uint64_t low = word & ones * 0x7f;
	const uint64_t from_a = low + ones * (0x80 - 'A');
	const uint64_t behind_z = low + ones * (0x7f - 'Z');

	return word | ((from_a ^ behind_z) & ~word & ones * 0x80) >> 2;
}

/* Copies `len` bytes, A-Z as a-z. */
static inline void near_lower(char *to, const char *at, size_t len)
{
	size_t i = 0;
	uint64_t word;

	for (; i + 8 <= len; i += 8) {
		memcpy(&word, at + i, 8);
		word = near_lower_word(word);
		memcpy(to + i, &word, 8);
	}
	for (; i < len; i++)
		to[i] = at[i] >= 'A' && at[i] <= 'Z' ? (char)(at[i] + 'a' - 'A') : at[i];
}

/* As hash_seeded, another hash; its value is for tables in memory only. */
static inline uint64_t near_hash(uint64_t seed, const char *at, size_t len)
{
	const uint64_t sum = 0x2545f4914f6cdd1du ^ seed ^ len;

	if (len > 32)
		return hash_seeded(seed, at, len);
	if (len > 16)
		return hash_step(
		    hash_step(hash_step(sum, near_word(at)), near_word(at + 8)),
		    hash_step(hash_step(~sum, near_word(at + len - 16)), near_word(at + len - 8)));
	if (len >= 8)
		return hash_step(hash_step(sum, near_word(at)), near_word(at + len - 8));
	return hash_step(hash_step(sum, hash_word((const unsigned char *)at, len)), 0);
}

#ifdef __SSE2__
/* Bit N: byte N of 16 is `c`. */
static inline unsigned near_bits(const char *at, char c)
{
	const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
}

/* Bit N: byte N of 16 is from `low` to `high`. */
static inline unsigned near_bits_between(const char *at, char low, char high)
{
	const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
	const __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8(low));
	const __m128i most = _mm_set1_epi8((char)(high - low));

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(above, most), above));
}
#endif

/* As memchr, for what mostly stands near. */
static inline const char *near_find(const char *at, size_t len, char c)
{
#ifdef __SSE2__
	for (; len >= NEAR_BYTES; at += NEAR_BYTES, len -= NEAR_BYTES) {
		const unsigned found = near_bits(at, c) | near_bits(at + 16, c) << 16;

		if (found)
			return at + __builtin_ctz(found);
	}
#endif
	return len ? memchr(at, c, len) : NULL;
}

/* How many bytes at the start are from `low` to `high`. */
static inline size_t near_span(const char *at, size_t len, char low, char high)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; i + 16 <= len; i += 16) {
		const unsigned others = near_bits_between(at + i, low, high) ^ 0xffff;

		if (others)
			return i + (unsigned)__builtin_ctz(others);
	}
#endif
	while (i < len && at[i] >= low && at[i] <= high)
		i++;
	return i;
}

#endif
