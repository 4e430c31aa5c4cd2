#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dns/wire.h"

/* Messages are written out octet by octet: 12 octets of header, then the question for
 * "a.test", which stands at offset 12. C00C points at it. */
#define QUESTION(type)       "\1a\4test\0\0" type "\0\1"
#define HEAD(flags, answers) "\x12\x34" flags "\0\1\0" answers "\0\0\0\0"
#define OK                   "\x81\x80"
#define NXDOMAIN             "\x81\x83"
#define RR(type, ttl, len)   "\xc0\x0c\0" type "\0\1\0\0\0" ttl "\0" len
#define A_2                  RR("\1", "\x3c", "\4") "\x7f\0\0\2"
#define BYTES(text)          text, sizeof(text) - 1

static const struct {
	const char *what;
	enum dns_type type;
	const char *bytes;
	size_t len;
	enum dns_outcome outcome;
	size_t records;
	uint32_t ttl_s;
} answer_case[] = {
    {"one address", DNS_A, BYTES(HEAD(OK, "\1") QUESTION("\1") A_2), DNS_FOUND, 1, 60},
    {"two addresses, the smaller TTL", DNS_A,
     BYTES(HEAD(OK, "\2") QUESTION("\1") A_2 RR("\1", "\x0a", "\4") "\x7f\0\0\3"), DNS_FOUND, 2,
     10},
    {"NXDOMAIN", DNS_A, BYTES(HEAD(NXDOMAIN, "\0") QUESTION("\1")), DNS_NO_NAME, 0, 0},
    {"NOERROR and nothing", DNS_A, BYTES(HEAD(OK, "\0") QUESTION("\1")), DNS_NO_DATA, 0, 0},
    {"NOERROR and another type", DNS_TXT, BYTES(HEAD(OK, "\1") QUESTION("\x10") A_2), DNS_NO_DATA,
     0, 0},
    {"SERVFAIL", DNS_A, BYTES(HEAD("\x81\x82", "\0") QUESTION("\1")), DNS_SERVFAIL, 0, 0},
    {"FORMERR", DNS_A, BYTES(HEAD("\x81\x81", "\0") QUESTION("\1")), DNS_SERVFAIL, 0, 0},
    {"NOTIMP", DNS_A, BYTES(HEAD("\x81\x84", "\0") QUESTION("\1")), DNS_SERVFAIL, 0, 0},
    {"REFUSED", DNS_A, BYTES(HEAD("\x81\x85", "\0") QUESTION("\1")), DNS_REFUSED, 0, 0},
    {"SERVFAIL with an address in it is no answer", DNS_A,
     BYTES(HEAD("\x81\x82", "\1") QUESTION("\1") A_2), DNS_SERVFAIL, 0, 0},
    {"truncated: what is missing may be what matters", DNS_A,
     BYTES(HEAD("\x83\x80", "\1") QUESTION("\1") A_2), DNS_GARBLED, 0, 0},
    {"a question, not an answer", DNS_A, BYTES(HEAD("\x01\x00", "\0") QUESTION("\1")), DNS_GARBLED,
     0, 0},
    {"no question in it", DNS_A, BYTES("\x12\x34" OK "\0\0\0\0\0\0\0\0"), DNS_GARBLED, 0, 0},
    {"another name", DNS_A, BYTES(HEAD(OK, "\0") "\1b\4test\0\0\1\0\1"), DNS_GARBLED, 0, 0},
    {"another type", DNS_A, BYTES(HEAD(OK, "\0") QUESTION("\x10")), DNS_GARBLED, 0, 0},
    {"letters in another case", DNS_A, BYTES(HEAD(OK, "\0") "\1A\4test\0\0\1\0\1"), DNS_GARBLED, 0,
     0},
    {"an address of three octets", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") RR("\1", "\x3c", "\3") "\x7f\0\0"), DNS_GARBLED, 0, 0},
    {"fewer answers than announced", DNS_A, BYTES(HEAD(OK, "\2") QUESTION("\1") A_2), DNS_GARBLED,
     0, 0},
    {"data past the end", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") RR("\1", "\x3c", "\xff") "\x7f\0\0\2"), DNS_GARBLED, 0, 0},
    {"a pointer to itself", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") "\xc0\x18\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\2"), DNS_GARBLED,
     0, 0},
    {"two pointers at each other", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") "\xc0\x1a\xc0\x18\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\2"),
     DNS_GARBLED, 0, 0},
    {"a pointer past the end", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") "\xff\xff\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\2"), DNS_GARBLED,
     0, 0},
    {"a label type nobody defined", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") "\x41"
					 "a\0\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\2"),
     DNS_GARBLED, 0, 0},
    {"an address of another class is none", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") "\xc0\x0c\0\1\0\3\0\0\0\x3c\0\4\x7f\0\0\2"), DNS_NO_DATA,
     0, 0},
    {"an address of another name is none", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") "\1b\xc0\x0e\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\2"),
     DNS_NO_DATA, 0, 0},
    {"a CNAME is followed", DNS_A,
     BYTES(HEAD(OK, "\2") QUESTION("\1")
	       RR("\5", "\x05", "\4") "\1b\xc0\x0e"
				      "\1b\xc0\x0e\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\2"),
     DNS_FOUND, 1, 5},
    {"a CNAME that leads nowhere", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") RR("\5", "\x05", "\4") "\1b\xc0\x0e"), DNS_NO_DATA, 0, 0},
    {"a CNAME to itself", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") RR("\5", "\x05", "\2") "\xc0\x0c"), DNS_GARBLED, 0, 0},
    {"a TTL with the top bit set counts as zero (RFC 2181 section 8)", DNS_A,
     BYTES(HEAD(OK, "\1") QUESTION("\1") "\xc0\x0c\0\1\0\1\xff\xff\xff\xff\0\4\x7f\0\0\2"),
     DNS_FOUND, 1, 0},
    {"an empty datagram", DNS_A, BYTES(""), DNS_GARBLED, 0, 0},
    {"half a header", DNS_A, BYTES("\x12\x34\x81\x80\0"), DNS_GARBLED, 0, 0},
    {"a TXT string longer than its record", DNS_TXT,
     BYTES(HEAD(OK, "\1") QUESTION("\x10") RR("\x10", "\x3c", "\3") "\5ab"), DNS_GARBLED, 0, 0},
    {"a name longer than its record", DNS_PTR,
     BYTES(HEAD(OK, "\1") QUESTION("\x0c") RR("\x0c", "\x3c", "\2") "\1b\4test\0"), DNS_GARBLED, 0,
     0},
};

static void answers_mean_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(answer_case); i++) {
		/* Exact memory, so that the sanitizer sees a read one octet too far. */
		char *exact = xstrndup(answer_case[i].bytes, answer_case[i].len);
		struct arena *arena = arena_new();
		struct wire_flags flags;
		const struct dns_answer answer = wire_answer(exact, answer_case[i].len, "a.test",
							     answer_case[i].type, arena, &flags);

		if (answer.outcome != answer_case[i].outcome ||
		    answer.records != answer_case[i].records ||
		    answer.ttl_s != answer_case[i].ttl_s)
			fail_msg("%s: outcome %d, %zu records, ttl %u", answer_case[i].what,
				 answer.outcome, answer.records, answer.ttl_s);
		arena_free(arena);
		free(exact);
	}
}

static struct dns_answer decode(struct arena *arena, const char *bytes, size_t len,
				enum dns_type type)
{
	struct wire_flags flags;

	return wire_answer(bytes, len, "a.test", type, arena, &flags);
}

static void text_is_joined_and_keeps_its_octets(void **state)
{
	static const char bytes[] = HEAD(OK, "\2") QUESTION("\x10")
	    RR("\x10", "\x3c", "\x07") "\2ab\3c\0d" RR("\x10", "\x3c", "\1") "\0";
	struct arena *arena = arena_new();
	const struct dns_answer answer = decode(arena, bytes, sizeof(bytes) - 1, DNS_TXT);

	(void)state;
	assert_int_equal(answer.outcome, DNS_FOUND);
	assert_int_equal(answer.records, 2);
	assert_int_equal(answer.record[0].len, 5);
	assert_memory_equal(answer.record[0].data, "abc\0d", 6);
	assert_int_equal(answer.record[1].len, 0);
	arena_free(arena);
}

static void names_and_priorities_are_read(void **state)
{
	static const char ptr[] =
	    HEAD(OK, "\1") QUESTION("\x0c") RR("\x0c", "\x3c", "\7") "\4mail\xc0\x0e";
	static const char mx[] =
	    HEAD(OK, "\1") QUESTION("\x0f") RR("\x0f", "\x3c", "\6") "\0\x0a\1b\xc0\x0e";
	struct arena *arena = arena_new();
	struct dns_answer answer = decode(arena, ptr, sizeof(ptr) - 1, DNS_PTR);

	(void)state;
	assert_int_equal(answer.records, 1);
	assert_string_equal(answer.record[0].data, "mail.test");
	answer = decode(arena, mx, sizeof(mx) - 1, DNS_MX);
	assert_int_equal(answer.records, 1);
	assert_int_equal(answer.record[0].priority, 10);
	assert_string_equal(answer.record[0].data, "b.test");
	arena_free(arena);
}

/* A dot or a NUL inside a label would turn into another name in text. */
static void names_that_text_cannot_carry_are_refused(void **state)
{
	static const char dot[] =
	    HEAD(OK, "\1") QUESTION("\x0c") RR("\x0c", "\x3c", "\6") "\3a.b\xc0\x0e";
	static const char nul[] =
	    HEAD(OK, "\1") QUESTION("\x0c") RR("\x0c", "\x3c", "\6") "\3a\0b\xc0\x0e";
	struct arena *arena = arena_new();

	(void)state;
	assert_int_equal(decode(arena, dot, sizeof(dot) - 1, DNS_PTR).outcome, DNS_GARBLED);
	assert_int_equal(decode(arena, nul, sizeof(nul) - 1, DNS_PTR).outcome, DNS_GARBLED);
	arena_free(arena);
}

static void a_question_is_encoded_as_asked(void **state)
{
	static const char bytes[] = "\xbe\xef\x01\x00\0\1\0\0\0\0\0\0\2Bl\4TeSt\0\0\x10\0\1";
	uint8_t out[WIRE_QUESTION_MAX_BYTES];

	(void)state;
	assert_int_equal(wire_question(0xbeef, "Bl.TeSt", DNS_TXT, out), sizeof(bytes) - 1);
	assert_memory_equal(out, bytes, sizeof(bytes) - 1);
	assert_int_equal(wire_question(0xbeef, "Bl.TeSt.", DNS_TXT, out), sizeof(bytes) - 1);
	assert_memory_equal(out, bytes, sizeof(bytes) - 1);
}

/* Cutting a good answer anywhere never makes another good answer of it. */
static void no_prefix_of_an_answer_is_an_answer(void **state)
{
	static const char bytes[] = HEAD(OK, "\2") QUESTION("\1") A_2 A_2;

	(void)state;
	for (size_t len = 0; len < sizeof(bytes) - 1; len++) {
		char *exact = xstrndup(bytes, len);
		struct arena *arena = arena_new();

		if (decode(arena, exact, len, DNS_A).outcome != DNS_GARBLED)
			fail_msg("%zu of %zu octets are enough", len, sizeof(bytes) - 1);
		arena_free(arena);
		free(exact);
	}
}

/* An answer as long as TCP carries: so many records that hold a name of their own, or point at one
 * that is `name_bytes` long. */
static const struct {
	const char *what;
	enum dns_type type;
	size_t announced, records, name_bytes;
	enum dns_outcome outcome;
	size_t found;
} long_case[] = {
    {"more hosts than anybody needs", DNS_MX, 300, 300, 0, DNS_FOUND, 300},
    {"as many as there is room for", DNS_MX, 4000, 4000, 0, DNS_FOUND, 4000},
    {"addresses", DNS_A, 4000, 4000, 0, DNS_FOUND, 4000},
    {"hosts with long names that are written once", DNS_MX, 1000, 1000, 250, DNS_FOUND, 1000},
    {"names that would be a megabyte", DNS_MX, 4000, 4000, 250, DNS_GARBLED, 0},
    {"a promise of more", DNS_MX, 65535, 10, 0, DNS_GARBLED, 0},
};

enum { LONGEST = 65535 };

static size_t add(uint8_t *out, size_t at, const char *bytes, size_t len)
{
	assert_true(at + len <= LONGEST);
	memcpy(out + at, bytes, len);
	return at + len;
}

/* A record of another type whose data is the long name; where that stands. */
static size_t add_name(uint8_t *out, size_t *at, size_t name_bytes)
{
	size_t start;

	*at = add(out, *at, BYTES("\xc0\x0c\0\2\0\1\0\0\0\x3c\0"));
	out[(*at)++] = (uint8_t)(name_bytes + 1);
	start = *at;
	for (size_t left = name_bytes; left; left -= left < 50 ? left : 50) {
		const size_t label = (left < 50 ? left : 50) - 1;

		out[(*at)++] = (uint8_t)label;
		memset(out + *at, 'x', label);
		*at += label;
	}
	out[(*at)++] = 0;
	return start;
}

static size_t make_long(uint8_t *out, size_t i)
{
	const bool is_mx = long_case[i].type == DNS_MX;
	const size_t all = long_case[i].announced + (long_case[i].name_bytes > 0);
	size_t at = add(out, 0, BYTES(HEAD(OK, "\0")));
	size_t name = 12; /* the question's */

	out[6] = (uint8_t)(all >> 8);
	out[7] = (uint8_t)all;
	at = is_mx ? add(out, at, BYTES(QUESTION("\x0f"))) : add(out, at, BYTES(QUESTION("\1")));
	if (long_case[i].name_bytes)
		name = add_name(out, &at, long_case[i].name_bytes);
	for (size_t n = 0; n < long_case[i].records; n++) {
		at = is_mx ? add(out, at, BYTES(RR("\x0f", "\x3c", "\4") "\0\1"))
			   : add(out, at, BYTES(RR("\1", "\x3c", "\4") "\x7f\0"));
		out[at++] = is_mx ? (uint8_t)(0xc0 | name >> 8) : (uint8_t)(n >> 8);
		out[at++] = is_mx ? (uint8_t)name : (uint8_t)n;
	}
	return at;
}

static void a_long_answer_is_an_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(long_case); i++) {
		uint8_t *bytes = xcalloc(LONGEST, 1);
		const size_t len = make_long(bytes, i);
		struct arena *arena = arena_new();
		const struct dns_answer answer =
		    decode(arena, (const char *)bytes, len, long_case[i].type);

		if (answer.outcome != long_case[i].outcome || answer.records != long_case[i].found)
			fail_msg("%s: outcome %d, %zu records", long_case[i].what, answer.outcome,
				 answer.records);
		if (answer.records && long_case[i].type == DNS_MX)
			assert_int_equal(answer.record[answer.records - 1].len,
					 long_case[i].name_bytes ? long_case[i].name_bytes - 1 : 6);
		arena_free(arena);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_mean_what_they_say),
	    cmocka_unit_test(text_is_joined_and_keeps_its_octets),
	    cmocka_unit_test(names_and_priorities_are_read),
	    cmocka_unit_test(names_that_text_cannot_carry_are_refused),
	    cmocka_unit_test(a_question_is_encoded_as_asked),
	    cmocka_unit_test(no_prefix_of_an_answer_is_an_answer),
	    cmocka_unit_test(a_long_answer_is_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
