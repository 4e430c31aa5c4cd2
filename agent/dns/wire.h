#ifndef DNS_WIRE_H
#define DNS_WIRE_H

#include "base/arena.h"
#include "dns/answer.h"
#include "dns/name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes DNS messages (RFC 1035 section 4). Hostile bytes end as DNS_GARBLED; no byte
 * sequence crashes, loops or allocates more than a small multiple of its own length. */

enum { WIRE_QUESTION_MAX_BYTES = 12 + DNS_NAME_TEXT_MAX + 2 + 4 };

/* A question with recursion desired. `name` must fit (dns_name_fits). The letters keep their
 * case: what goes out is what must come back. Returns the length. */
size_t wire_question(uint16_t id, const char *name, enum dns_type type,
                     uint8_t out[WIRE_QUESTION_MAX_BYTES]);

/* What a decoded answer has beside its outcome. */
struct wire_flags {
	bool is_echo_wrong; /* the question that came back is not ours, letter for letter (0x20) */
};

/* Decodes the answer to (name, type): follows CNAMEs inside the message, keeps the records of
 * the type. Records and text are taken from `arena`; for NXDOMAIN and NODATA nothing is. */
struct dns_answer wire_answer(const void *bytes, size_t len, const char *name, enum dns_type type,
                              struct arena *arena, struct wire_flags *flags);

#endif
