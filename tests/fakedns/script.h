#ifndef FAKEDNS_SCRIPT_H
#define FAKEDNS_SCRIPT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the server is told to do. A line is a rule:
 *
 *	NAME TYPE WORD...
 *
 * NAME is a name, or *.SUFFIX for that name and all below it. TYPE is A, TXT, ... or * for any.
 * The first rule that matches name, type and its own conditions answers; none: REFUSED.
 *
 * records     A=1.2.3.4 AAAA=::1 TXT=bytes PTR=name NS=name CNAME=name (several make a chain, @ is
 *             the name asked), raw=HEX (rdata as it stands, of the type asked); any number
 * rcode       rcode=NXDOMAIN|SERVFAIL|REFUSED|FORMERR|NOTIMP|0..15; none and no record: NODATA
 * numbers     ttl=S delay=MS jitter=MS cut=BYTES
 * conditions  from=N to=N (of the questions this rule matched), every=N, chance=PERCENT
 * forgeries   forge=TRICK forgeries=N forged=1.2.3.4: sent before the true answer
 * tricks      the words of script.c's table
 *
 * In names and text \xNN is a byte. '#' begins a comment at the start of a line. */

enum trick {
	TRICK_SILENT = 1 << 0,
	TRICK_TRUNCATED = 1 << 1, /* over UDP; TCP tells all */
	TRICK_NO_TCP = 1 << 2, /* connections are closed as soon as they ask */
	TRICK_WRONG_ID = 1 << 3,
	TRICK_WRONG_NAME = 1 << 4,
	TRICK_WRONG_TYPE = 1 << 5,
	TRICK_WRONG_CASE = 1 << 6,
	TRICK_WRONG_PORT = 1 << 7,
	TRICK_WRONG_ADDRESS = 1 << 8,
	TRICK_NO_QUESTION = 1 << 9,
	TRICK_NOT_A_REPLY = 1 << 10,
	TRICK_POINTER_LOOP = 1 << 11,
	TRICK_POINTER_OUT = 1 << 12,
	TRICK_EMPTY = 1 << 13,
	TRICK_GARBAGE = 1 << 14,
	TRICK_TWICE = 1 << 15,
	TRICK_NO_SOA = 1 << 16,
	TRICK_FOREIGN_OWNER = 1 << 17, /* the records belong to another name */
	TRICK_LYING_COUNT = 1 << 18, /* the header counts more records than there are */
	TRICK_BIG_UDP = 1 << 19 /* never truncates by itself */
};

enum { RULE_RECORDS_MAX = 64 };

struct record {
	uint16_t type; /* 0: whatever was asked */
	uint8_t *data;
	size_t len;
	bool is_own_name; /* CNAME=@ */
};

struct rule {
	unsigned line;
	char *name; /* lower case, without *. and without a dot at the end */
	bool is_suffix;
	uint16_t type; /* 0: any */
	struct record record[RULE_RECORDS_MAX];
	size_t records;
	uint32_t rcode, ttl_s, delay_ms, jitter_ms, cut_bytes;
	uint32_t from, to, every, chance;
	unsigned tricks;
	unsigned forge; /* tricks of the forgeries */
	uint32_t forgeries;
	uint8_t forged[4];
	uint64_t seen, used;
};

struct script {
	struct rule *rule;
	size_t rules;
	uint64_t unmatched;
	uint64_t random; /* state of the dice */
};

/* Replaces what `script` held; unchanged on false. */
bool script_load(const char *path, struct script *script, struct err *err);
void script_release(struct script *script);
/* The rule that answers, counted, or NULL. `name` is lower case. */
struct rule *script_match(struct script *script, const char *name, uint16_t type);
uint32_t script_dice(struct script *script, uint32_t below);

/* Wire form of a name; returns its length, 0 when it does not fit. */
enum { NAME_WIRE_MAX = 255 };
size_t name_to_wire(const char *text, uint8_t out[NAME_WIRE_MAX]);

#endif
