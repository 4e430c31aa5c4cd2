#include "dns/wire.h"

#include "base/cursor.h"
#include "base/mem.h"

#include <string.h>

enum {
	CLASS_IN = 1,
	FLAG_RESPONSE = 0x8000,
	FLAG_TRUNCATED = 0x0200,
	FLAG_RECURSION_DESIRED = 0x0100,
	RCODE_MASK = 0x000f,
	POINTER_MASK = 0xc0,
	CNAMES_MAX = 16, /* longer chains are a loop or an attack */
	RECORD_MIN_BYTES = 1 + 2 + 2 + 4 + 2, /* owned by the root, without data */
	/* Of all names in an answer's data, written out: compression makes 253 octets of two, and a
	 * message has no more than 65,535. */
	NAMES_MAX_BYTES = 4 * 65536,
	HEADER_BYTES = 12
};

/* RFC 1035 section 4.1.1; what is missing here is a failure of the server. */
static const enum dns_outcome outcome_of_rcode[16] = {
    [0] = DNS_FOUND,     [1] = DNS_SERVFAIL,  [2] = DNS_SERVFAIL,  [3] = DNS_NO_NAME,
    [4] = DNS_SERVFAIL,  [5] = DNS_REFUSED,   [6] = DNS_SERVFAIL,  [7] = DNS_SERVFAIL,
    [8] = DNS_SERVFAIL,  [9] = DNS_REFUSED, /* NOTAUTH */
    [10] = DNS_SERVFAIL, [11] = DNS_SERVFAIL, [12] = DNS_SERVFAIL, [13] = DNS_SERVFAIL,
    [14] = DNS_SERVFAIL, [15] = DNS_SERVFAIL,
};

struct record {
	uint16_t type;
	uint32_t ttl_s;
	size_t at; /* of the data, in the message */
	size_t len;
	char owner[DNS_NAME_BYTES];
};

size_t wire_question(uint16_t id, const char *name, enum dns_type type,
		     uint8_t out[WIRE_QUESTION_MAX_BYTES])
{
	const uint8_t header[HEADER_BYTES] = {
	    (uint8_t)(id >> 8), (uint8_t)id, FLAG_RECURSION_DESIRED >> 8, 0, 0, 1,
	};
	const uint8_t tail[5] = {0, (uint8_t)(type >> 8), (uint8_t)type, 0, CLASS_IN};
	size_t len = sizeof(header);
	size_t label = len++;

	memcpy(out, header, sizeof(header));
	for (; *name; name++) {
		if (*name != '.') {
			out[len++] = (uint8_t)*name;
			continue;
		}
		if (!name[1])
			break;
		out[label] = (uint8_t)(len - label - 1);
		label = len++;
	}
	out[label] = (uint8_t)(len - label - 1);
	memcpy(out + len, tail, sizeof(tail));
	return len + sizeof(tail);
}

/* One label's bytes into text. A dot or NUL inside a label would make another name of it. */
static bool add_label(char *out, size_t *len, const uint8_t *bytes, size_t count)
{
	if (*len + count + 1 > DNS_NAME_TEXT_MAX + 1 || memchr(bytes, '.', count) ||
	    memchr(bytes, '\0', count))
		return false;
	if (*len)
		out[(*len)++] = '.';
	if (*len + count > DNS_NAME_TEXT_MAX)
		return false;
	memcpy(out + *len, bytes, count);
	*len += count;
	return true;
}

/* A name, compressed or not (RFC 1035 section 4.1.4). Pointers must point backwards, which
 * bounds the work: no chain can be longer than the message. */
static bool read_name(struct cursor *cursor, char out[DNS_NAME_BYTES])
{
	size_t lowest = cursor->at;
	size_t resume = 0;
	size_t len = 0;

	for (;;) {
		const uint8_t count = cursor_u8(cursor);
		const uint8_t *label;

		if (cursor->is_bad)
			return false;
		if (count == 0)
			break;
		if ((count & POINTER_MASK) == POINTER_MASK) {
			const size_t to = (size_t)(count & ~POINTER_MASK) << 8 | cursor_u8(cursor);

			if (!resume)
				resume = cursor->at;
			if (cursor->is_bad || to >= lowest)
				return false;
			lowest = to;
			cursor_seek(cursor, to);
			continue;
		}
		label = count & POINTER_MASK ? NULL : cursor_bytes(cursor, count);
		if (!label || !add_label(out, &len, label, count))
			return false;
	}
	if (resume)
		cursor_seek(cursor, resume);
	out[len] = '\0';
	return !cursor->is_bad;
}

static bool read_record(struct cursor *cursor, struct record *record)
{
	uint16_t class;

	if (!read_name(cursor, record->owner))
		return false;
	record->type = cursor_u16(cursor);
	class = cursor_u16(cursor);
	record->ttl_s = cursor_u32(cursor);
	/* RFC 2181 section 8: a TTL with the top bit set counts as zero. */
	if (record->ttl_s > INT32_MAX)
		record->ttl_s = 0;
	record->len = cursor_u16(cursor);
	record->at = cursor->at;
	if (!cursor_bytes(cursor, record->len))
		return false;
	if (class != CLASS_IN)
		record->type = 0;
	return true;
}

/* The strings of a TXT record, joined (RFC 7208 section 3.3). */
static bool decode_txt(struct cursor data, struct arena *arena, struct dns_record *out)
{
	char *text = arena_calloc(arena, data.len + 1, 1);

	while (cursor_left(&data)) {
		const uint8_t count = cursor_u8(&data);
		const uint8_t *bytes = cursor_bytes(&data, count);

		if (!bytes)
			return false;
		memcpy(text + out->len, bytes, count);
		out->len += count;
	}
	out->data = text;
	return !data.is_bad;
}

static bool decode_name(struct cursor *message, struct arena *arena, struct dns_record *out)
{
	char name[DNS_NAME_BYTES];

	if (!read_name(message, name))
		return false;
	out->data = arena_strdup(arena, name);
	out->len = strlen(name);
	return true;
}

static bool decode_data(const struct cursor *message, const struct record *record,
			struct arena *arena, struct dns_record *out)
{
	struct cursor at = *message;
	const size_t address_bytes = record->type == DNS_A ? 4 : 16;

	cursor_seek(&at, record->at);
	switch ((enum dns_type)record->type) {
	case DNS_A:
	case DNS_AAAA:
		out->ip.family = record->type == DNS_A ? 4 : 6;
		if (record->len != address_bytes)
			return false;
		memcpy(out->ip.byte, message->data + record->at, address_bytes);
		return true;
	case DNS_TXT:
		return decode_txt(cursor_over(message->data + record->at, record->len), arena, out);
	case DNS_MX:
		out->priority = cursor_u16(&at);
		return decode_name(&at, arena, out) && at.at == record->at + record->len;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		return decode_name(&at, arena, out) && at.at == record->at + record->len;
	case DNS_SOA:
		return true;
	}
	return false;
}

/* Finds the record that continues the chain from `owner`, if there is one. */
static bool next_cname(struct cursor message, size_t answers, char owner[DNS_NAME_BYTES],
		       uint32_t *ttl_s, bool *found)
{
	struct record record;

	*found = false;
	for (size_t i = 0; i < answers; i++) {
		if (!read_record(&message, &record))
			return false;
		if (record.type == DNS_CNAME && dns_name_equal(record.owner, owner)) {
			struct cursor data = message;

			cursor_seek(&data, record.at);
			if (!read_name(&data, owner))
				return false;
			*ttl_s = record.ttl_s < *ttl_s ? record.ttl_s : *ttl_s;
			*found = true;
			return true;
		}
	}
	return true;
}

/* Follows CNAMEs from the question's name to the name that holds the records. */
static bool follow(const struct cursor *message, size_t answers, char owner[DNS_NAME_BYTES],
		   uint32_t *ttl_s)
{
	for (int hops = 0; hops <= CNAMES_MAX; hops++) {
		bool found;

		if (!next_cname(*message, answers, owner, ttl_s, &found))
			return false;
		if (!found)
			return true;
	}
	return false;
}

/* All records of the type at `owner`. */
static bool collect(const struct cursor *message, size_t answers, const char *owner,
		    enum dns_type type, struct arena *arena, struct dns_answer *answer)
{
	struct dns_record *out = NULL;
	struct cursor cursor = *message;
	/* The header may promise more than there can be. */
	const size_t most = cursor_left(message) / RECORD_MIN_BYTES;
	const size_t room = answers < most ? answers : most;
	size_t data_bytes = 0;
	struct record record;

	for (size_t i = 0; i < answers; i++) {
		if (!read_record(&cursor, &record))
			return false;
		if (record.type != type || !dns_name_equal(record.owner, owner))
			continue;
		if (!out)
			out = arena_calloc(arena, room, sizeof(*out));
		if (!decode_data(message, &record, arena, &out[answer->records]))
			return false;
		data_bytes += out[answer->records].len;
		if (type != DNS_TXT && data_bytes > NAMES_MAX_BYTES)
			return false;
		answer->ttl_s = record.ttl_s < answer->ttl_s ? record.ttl_s : answer->ttl_s;
		answer->records++;
	}
	answer->record = out;
	return true;
}

static bool decode_answers(const struct cursor *message, size_t answers, const char *name,
			   enum dns_type type, struct arena *arena, struct dns_answer *answer)
{
	char owner[DNS_NAME_BYTES];

	answer->ttl_s = INT32_MAX;
	if (answers == 0)
		return true;
	if (!dns_name_normalise(name, owner))
		return false;
	if (type != DNS_CNAME && !follow(message, answers, owner, &answer->ttl_s))
		return false;
	return collect(message, answers, owner, type, arena, answer);
}

/* The header and the echoed question; false when it cannot be an answer to ours. */
static bool read_head(struct cursor *cursor, const char *name, enum dns_type type, uint16_t *bits,
		      uint16_t *answers, bool *is_echo_wrong)
{
	char echoed[DNS_NAME_BYTES];
	size_t len = strlen(name);
	uint16_t questions;

	cursor_u16(cursor);
	*bits = cursor_u16(cursor);
	questions = cursor_u16(cursor);
	*answers = cursor_u16(cursor);
	cursor_u32(cursor);
	if (cursor->is_bad || !(*bits & FLAG_RESPONSE) || questions != 1)
		return false;
	if (!read_name(cursor, echoed))
		return false;
	if (len && name[len - 1] == '.')
		len--;
	*is_echo_wrong = strlen(echoed) != len || memcmp(echoed, name, len) != 0;
	if (cursor_u16(cursor) != type || cursor_u16(cursor) != CLASS_IN)
		*is_echo_wrong = true;
	return !cursor->is_bad;
}

struct dns_answer wire_answer(const void *bytes, size_t len, const char *name, enum dns_type type,
			      struct arena *arena, struct wire_flags *flags)
{
	struct cursor cursor = cursor_over(bytes, len);
	struct dns_answer answer = {.outcome = DNS_GARBLED};
	uint16_t answers = 0;
	uint16_t bits = 0;

	*flags = (struct wire_flags){0};
	if (!read_head(&cursor, name, type, &bits, &answers, &flags->is_echo_wrong) ||
	    flags->is_echo_wrong)
		return answer;
	answer.outcome = outcome_of_rcode[bits & RCODE_MASK];
	if (answer.outcome != DNS_FOUND)
		return answer;
	/* What was cut off may be the record that matters. */
	if (bits & FLAG_TRUNCATED || !decode_answers(&cursor, answers, name, type, arena, &answer))
		return (struct dns_answer){.outcome = DNS_GARBLED};
	if (answer.records == 0) {
		answer.outcome = DNS_NO_DATA;
		answer.ttl_s = 0;
	}
	return answer;
}
