/* Any octets as the answer to a question. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dns/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const enum dns_type types[] = {DNS_A,  DNS_AAAA, DNS_TXT,   DNS_PTR,
				      DNS_MX, DNS_NS,   DNS_CNAME, DNS_SOA};

static void try_type(const uint8_t *data, size_t len, enum dns_type type)
{
	struct arena *arena = arena_new();
	struct wire_flags flags;
	const struct dns_answer answer = wire_answer(data, len, "a.test", type, arena, &flags);

	if ((answer.outcome == DNS_FOUND) != (answer.records > 0) ||
	    (flags.is_echo_wrong && answer.records > 0))
		abort();
	for (size_t i = 0; i < answer.records; i++)
		if (answer.record[i].data && answer.record[i].data[answer.record[i].len] != '\0')
			abort();
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(types); i++)
		try_type(data, len, types[i]);
	return 0;
}
