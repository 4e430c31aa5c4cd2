#ifndef FAKEDNS_REPLY_H
#define FAKEDNS_REPLY_H

#include "script.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Builds what goes back for a question, lies included. Pure. */

struct packet {
	uint8_t data[65535];
	size_t len;
};

struct query {
	const uint8_t *data;
	size_t len;
	size_t question_end; /* of header and question */
	char name[1024]; /* lower case */
	char as_asked[1024]; /* with the letters' case */
	uint16_t type;
	bool is_tcp;
};

/* False: not one question that can be read. */
bool query_parse(const uint8_t *data, size_t len, struct query *query);
/* `rule` NULL: REFUSED. */
void reply_build(const struct rule *rule, const struct query *query, struct packet *out);
/* A lie that comes before the answer: an A record, spoilt by rule->forge. */
void reply_forge(const struct rule *rule, const struct query *query, struct packet *out);

#endif
