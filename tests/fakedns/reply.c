#include "reply.h"

#include "base/mem.h"

#include <ctype.h>
#include <string.h>

enum {
	HEADER_BYTES = 12,
	UDP_BYTES = 512, /* RFC 1035 section 4.2.1 */
	EDNS_BYTES = 1232,
	TYPE_A = 1,
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	GARBAGE_BYTES = 200
};

static void put_u8(struct packet *out, unsigned value)
{
	if (out->len < sizeof out->data)
		out->data[out->len++] = (uint8_t)value;
}

static void put_u16(struct packet *out, unsigned value)
{
	put_u8(out, value >> 8);
	put_u8(out, value & 0xff);
}

static void put_u32(struct packet *out, uint32_t value)
{
	put_u16(out, value >> 16);
	put_u16(out, value & 0xffff);
}

static void put_bytes(struct packet *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_u8(out, bytes[i]);
}

static void set_u16(struct packet *out, size_t at, unsigned value)
{
	out->data[at] = (uint8_t)(value >> 8);
	out->data[at + 1] = (uint8_t)value;
}

/* Labels as text; bytes that are no letters stay what they are, dots in labels are not told
 * apart. Returns the place behind the name, 0 when it cannot be read. */
static size_t read_name(const uint8_t *data, size_t len, struct query *query)
{
	size_t at = HEADER_BYTES, text = 0;

	while (at < len && data[at]) {
		const size_t label = data[at++];
		if (label > 63 || at + label > len || text + label + 2 > sizeof query->name)
			return 0;
		if (text)
			query->as_asked[text++] = '.';
		memcpy(query->as_asked + text, data + at, label);
		text += label;
		at += label;
	}
	query->as_asked[text] = '\0';
	for (size_t i = 0; i <= text; i++)
		query->name[i] = (char)tolower((unsigned char)query->as_asked[i]);
	return at < len ? at + 1 : 0;
}

bool query_parse(const uint8_t *data, size_t len, struct query *query)
{
	*query = (struct query){.data = data, .len = len};
	if (len < HEADER_BYTES || (data[2] & 0x80) || data[4] != 0 || data[5] != 1)
		return false;
	const size_t end = read_name(data, len, query);
	if (end == 0 || end + 4 > len)
		return false;
	query->type = (uint16_t)(data[end] << 8 | data[end + 1]);
	query->question_end = end + 4;
	return true;
}

static void put_question(struct packet *out, const struct query *query, unsigned tricks)
{
	const size_t at = out->len;

	put_bytes(out, query->data + HEADER_BYTES, query->question_end - HEADER_BYTES);
	if (tricks & TRICK_WRONG_NAME)
		out->data[at + 1] = out->data[at + 1] == 'x' ? 'y' : 'x';
	if (tricks & TRICK_WRONG_TYPE)
		set_u16(out, out->len - 4, query->type == 33 ? 34 : 33);
	for (size_t i = at; (tricks & TRICK_WRONG_CASE) && i < out->len - 4; i++)
		if (isalpha(out->data[i]))
			out->data[i] ^= 0x20;
}

static void put_header(struct packet *out, const struct query *query, const struct rule *rule)
{
	const unsigned tricks = rule->tricks;
	const unsigned id = (unsigned)(query->data[0] << 8 | query->data[1]);
	const unsigned is_reply = tricks & TRICK_NOT_A_REPLY ? 0 : 0x8000;
	const unsigned is_cut = (tricks & TRICK_TRUNCATED) && !query->is_tcp ? 0x0200 : 0;

	put_u16(out, tricks & TRICK_WRONG_ID ? id ^ 0x5a5a : id);
	put_u16(out,
		is_reply | is_cut | 0x0480 | (unsigned)(query->data[2] & 1) << 8 | rule->rcode);
	put_u16(out, tricks & TRICK_NO_QUESTION ? 0 : 1);
	put_u16(out, 0);
	put_u16(out, 0);
	put_u16(out, 0);
}

static size_t name_bytes(const struct query *query)
{
	return query->question_end - HEADER_BYTES - 4;
}

/* The name a record belongs to: the one asked, the end of the chain so far, or a lie. */
static void put_owner(struct packet *out, const struct query *query, const struct rule *rule,
		      const struct record *chain)
{
	static const uint8_t foreign[] = "\7foreign\7example";

	if (rule->tricks & TRICK_POINTER_LOOP)
		put_u16(out, 0xc000 | (unsigned)out->len);
	else if (rule->tricks & TRICK_POINTER_OUT)
		put_u16(out, 0xffff);
	else if (rule->tricks & TRICK_FOREIGN_OWNER)
		put_bytes(out, foreign, sizeof foreign);
	else if (chain)
		put_bytes(out, chain->data, chain->len);
	else if (rule->tricks & TRICK_NO_QUESTION)
		put_bytes(out, query->data + HEADER_BYTES, name_bytes(query));
	else
		put_u16(out, 0xc000 | HEADER_BYTES);
}

static void put_record(struct packet *out, const struct query *query, const struct rule *rule,
		       const struct record *record)
{
	put_u16(out, record->type ? record->type : query->type);
	put_u16(out, 1);
	put_u32(out, rule->ttl_s);
	if (record->is_own_name) {
		put_u16(out, (unsigned)name_bytes(query));
		put_bytes(out, query->data + HEADER_BYTES, name_bytes(query));
	} else {
		put_u16(out, (unsigned)record->len);
		put_bytes(out, record->data, record->len);
	}
}

/* Answers of the type asked, and the CNAMEs on the way. Returns how many. */
static unsigned put_answers(struct packet *out, const struct query *query, const struct rule *rule)
{
	const struct record *chain = NULL;
	unsigned count = 0;

	for (size_t i = 0; i < rule->records; i++) {
		const struct record *record = &rule->record[i];
		if (record->type && record->type != TYPE_CNAME && record->type != query->type)
			continue;
		put_owner(out, query, rule, chain);
		put_record(out, query, rule, record);
		count++;
		if (record->type == TYPE_CNAME && !record->is_own_name)
			chain = record;
	}
	return count;
}

/* RFC 2308: how long "no" may be kept. */
static void put_soa(struct packet *out, const struct rule *rule)
{
	static const uint32_t numbers[] = {1, 3600, 900, 604800, 10};
	uint8_t zone[NAME_WIRE_MAX];
	const size_t len = name_to_wire(rule->name, zone);

	put_bytes(out, zone, len);
	put_u16(out, TYPE_SOA);
	put_u16(out, 1);
	put_u32(out, 10);
	put_u16(out, 22);
	put_u16(out, 0); /* two root names: nobody in particular */
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		put_u32(out, numbers[i]);
}

static bool is_negative(const struct rule *rule, unsigned answers)
{
	return answers == 0 && (rule->rcode == 0 || rule->rcode == 3) &&
	       !(rule->tricks & (TRICK_NO_SOA | TRICK_TRUNCATED));
}

/* Over UDP a message has an end; what does not fit is left out and said so. */
static void cut_to_fit(struct packet *out, const struct query *query, const struct rule *rule)
{
	const size_t room = query->len > query->question_end ? EDNS_BYTES : UDP_BYTES;

	if (query->is_tcp || out->len <= room || (rule->tricks & TRICK_BIG_UDP))
		return;
	out->len = query->question_end;
	out->data[2] |= 0x02;
	memset(out->data + 6, 0, 6);
}

static void put_garbage(struct packet *out, const struct query *query)
{
	out->len = 0;
	put_bytes(out, query->data, 2);
	for (unsigned i = 0; i < GARBAGE_BYTES; i++)
		put_u8(out, i * 37u + 0x81u);
}

static void spoil(struct packet *out, const struct query *query, const struct rule *rule)
{
	if (rule->tricks & TRICK_EMPTY)
		out->len = 0;
	if (rule->tricks & TRICK_GARBAGE)
		put_garbage(out, query);
	if (rule->cut_bytes && rule->cut_bytes < out->len)
		out->len = rule->cut_bytes;
}

void reply_build(const struct rule *rule, const struct query *query, struct packet *out)
{
	static char nobody[] = "";
	const struct rule refusal = {.name = nobody, .rcode = 5};
	unsigned answers = 0;

	if (!rule)
		rule = &refusal;
	out->len = 0;
	put_header(out, query, rule);
	if (!(rule->tricks & TRICK_NO_QUESTION))
		put_question(out, query, rule->tricks);
	if (!(rule->tricks & TRICK_TRUNCATED) || query->is_tcp)
		answers = put_answers(out, query, rule);
	set_u16(out, 6, rule->tricks & TRICK_LYING_COUNT ? answers + 3 : answers);
	if (is_negative(rule, answers)) {
		put_soa(out, rule);
		set_u16(out, 8, 1);
	}
	cut_to_fit(out, query, rule);
	spoil(out, query, rule);
}

void reply_forge(const struct rule *rule, const struct query *query, struct packet *out)
{
	uint8_t forged[sizeof rule->forged];
	struct rule lie = {.name = rule->name, .ttl_s = 60, .tricks = rule->forge, .records = 1};

	memcpy(forged, rule->forged, sizeof forged);
	lie.record[0] = (struct record){.type = TYPE_A, .data = forged, .len = sizeof forged};
	reply_build(&lie, query, out);
}
