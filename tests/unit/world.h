#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include "base/arena.h"
#include "dns/ask.h"

#include <stddef.h>

/* The DNS as a table. The name "*" is every name without a row of its own, "*.REST" every such
 * name below REST; what no row covers is NXDOMAIN. The first row that fits
 * is taken; a row without a name ends the table. */
enum { FACT_RECORDS_MAX = 20 };
struct fact {
	const char *name;
	enum dns_type type;
	enum dns_outcome outcome; /* with records: DNS_FOUND, which is 0 */
	const char *record[FACT_RECORDS_MAX]; /* addresses for A and AAAA, else the data */
	uint32_t ttl_s;
};

/* Answers every open question of the ask. Returns how many there were. */
size_t world_answer(struct ask *ask, const struct fact *fact, size_t facts);
/* One answer of that kind, by itself. */
struct dns_answer world_fact(const struct fact *fact, struct arena *arena);

#endif
