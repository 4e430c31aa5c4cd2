#ifndef STORE_BYTES_H
#define STORE_BYTES_H

#include <stdint.h>

/* 32-bit little-endian numbers, as the BLOBs of schema.c hold them on every machine. */

static inline void bytes_put_u32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static inline uint32_t bytes_get_u32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

#endif
