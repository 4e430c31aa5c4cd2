#ifndef MODEL_OBSERVATION_H
#define MODEL_OBSERVATION_H

#include "base/ip.h"
#include "model/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one check saw of one target, once. Strings belong to whoever was asked for them
 * (the ask's arena); foreign text in `text` is bounded bytes, NOT yet escaped. */
enum { OBSERVATION_CODES_MAX = 16, FOREIGN_TEXT_MAX_BYTES = 1024 };

struct observation {
	const char *check; /* "dnsbl", "ptr", "helo", ...: a literal, which lasts for ever */
	const char *subject; /* the list's zone; "" where a check has one subject only */
	enum finding finding;
	enum cause cause; /* FINDING_BLIND only */
	enum severity severity;
	uint32_t code[OBSERVATION_CODES_MAX]; /* A records in host order: 0x7f000002 */
	size_t codes;
	const char *means; /* of the codes, joined with ", "; "" for none */
	const char *text; /* the list's TXT, or what is wrong in words; may hold any byte but NUL */
	const char *fix; /* the exact record to publish; "" for none */
	uint32_t ttl_s;
	uint32_t rtt_us;
};

/* A code as people write it: 127.0.0.2. Returns `out`. */
enum { CODE_TEXT_BYTES = 16 };
const char *code_text(uint32_t code, char out[CODE_TEXT_BYTES]);

/* What a check found, apart from check and subject. A blind one's text says what its cause is. */
void observation_set_blind(struct observation *out, enum cause cause);
void observation_set_broken(struct observation *out, enum severity severity, const char *text,
			    const char *fix);

/* The identity of an address, filled by the checks "ptr" and "helo". */
enum { IDENTITY_PTR_MAX = 16 };
struct identity {
	bool is_known; /* false: nothing could be learned yet */
	const char *ptr[IDENTITY_PTR_MAX];
	size_t ptrs;
	bool forward_confirmed;
	bool generic_ptr;
	const char *helo; /* "" when none is configured */
	bool helo_resolves;
};

#endif
