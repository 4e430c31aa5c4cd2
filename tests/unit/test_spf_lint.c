#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/spf.h"
#include "auth/spf_lint.h"
#include "base/mem.h"
#include "base/str.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TXT  DNS_TXT, DNS_FOUND
#define A    DNS_A, DNS_FOUND
#define AAAA DNS_AAAA, DNS_FOUND
#define MX   DNS_MX, DNS_FOUND
#define LOST DNS_TIMEOUT, {NULL}, 0
#define D    "example.jp"
#define HOST "www274.example.jp"
#define IP   "203.0.113.10"
#define IP6  "2001:db8::10"
#define HOST_A                                                                                     \
	{                                                                                          \
		HOST, A, {IP}, 9                                                                   \
	}
#define HOST_6                                                                                     \
	{                                                                                          \
		HOST, AAAA, {IP6}, 9                                                               \
	}

enum { SENDERS = 5, FACTS = 16 };

static const struct look_case {
	const char *why;
	struct fact fact[FACTS];
	struct {
		const char *ip, *host;
	} sender[SENDERS];
	enum spf_result result;
	unsigned lookups, voids;
	const char *problem; /* a part of one; "" for none at all */
	const char *fix; /* the record itself */
	const char *reason; /* a part of why */
} look_case[] = {
    {"all is well",
     {{D, TXT, {"v=spf1 a:" HOST " -all"}, 9}, HOST_A, HOST_6},
     {{IP, HOST}, {IP6, HOST}},
     SPF_PASS,
     1,
     0,
     "",
     "",
     ""},
    {"nobody is known",
     {{D, TXT, {"v=spf1 mx -all"}, 9}, {D, MX, {"m.example.jp"}, 9}},
     {{.ip = NULL}},
     SPF_NEUTRAL,
     1,
     0,
     "",
     "",
     ""},

    {"no record, mail comes in",
     {{D, MX, {"m.example.jp"}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_NONE,
     0,
     0,
     "there is no SPF record",
     "v=spf1 a:" HOST " mx ~all",
     "no record yet"},
    {"no record, and the MX is the sender",
     {{D, MX, {HOST}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_NONE,
     0,
     0,
     "there is no SPF record",
     "v=spf1 mx ~all",
     ""},
    {"no record, no mail comes in",
     {{D, DNS_MX, DNS_NO_DATA, {NULL}, 0}, HOST_A},
     {{IP, HOST}},
     SPF_NONE,
     0,
     0,
     "there is no SPF record",
     "v=spf1 a:" HOST " ~all",
     ""},
    {"no record, the null MX",
     {{D, MX, {""}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_NONE,
     0,
     0,
     "",
     "v=spf1 a:" HOST " ~all",
     ""},
    {"no record, nobody known",
     {{D, MX, {HOST}, 9}},
     {{.ip = NULL}},
     SPF_NONE,
     0,
     0,
     "there is no SPF record",
     "v=spf1 mx ~all",
     ""},
    {"no record and nothing that sends",
     {{.name = NULL}},
     {{.ip = NULL}},
     SPF_NONE,
     0,
     0,
     "there is no SPF record",
     "",
     ""},

    {"the host's name before all",
     {{D, TXT, {"v=spf1 mx -all"}, 9}, {D, MX, {"m.example.jp"}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_FAIL,
     1,
     0,
     "mail from " IP " gets fail, 1 of 1",
     "v=spf1 mx a:" HOST " -all",
     "lets " IP " send"},
    {"a softfail too",
     {{D, TXT, {"v=spf1 ~all"}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_SOFTFAIL,
     0,
     0,
     "gets softfail",
     "v=spf1 a:" HOST " ~all",
     ""},
    {"before redirect",
     {{D, TXT, {"v=spf1 redirect=b.example"}, 9}, {"b.example", TXT, {"v=spf1 -all"}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_FAIL,
     1,
     0,
     "",
     "v=spf1 a:" HOST " redirect=b.example",
     ""},
    {"at the end without either",
     {{D, TXT, {"v=spf1 mx"}, 9}, {D, MX, {"m.example.jp"}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_NEUTRAL,
     1,
     0,
     "ends without all",
     "v=spf1 mx a:" HOST,
     ""},
    {"both families by one name",
     {{D, TXT, {"v=spf1 -all"}, 9}, HOST_A, HOST_6},
     {{IP, HOST}, {IP6, HOST}},
     SPF_FAIL,
     0,
     0,
     "2 of 2",
     "v=spf1 a:" HOST " -all",
     IP ", " IP6},
    {"a name for one family is none for two",
     {{D, TXT, {"v=spf1 -all"}, 9}, HOST_A, {HOST, DNS_AAAA, DNS_NO_DATA, {NULL}, 0}},
     {{IP, HOST}, {IP6, HOST}},
     SPF_FAIL,
     0,
     0,
     "",
     "v=spf1 ip4:" IP " ip6:" IP6 " -all",
     ""},
    {"a name of another address",
     {{D, TXT, {"v=spf1 -all"}, 9}, {HOST, A, {"203.0.113.99"}, 9}},
     {{IP, HOST}},
     SPF_FAIL,
     0,
     0,
     "",
     "v=spf1 ip4:" IP " -all",
     ""},
    {"no name at all",
     {{D, TXT, {"v=spf1 -all"}, 9}},
     {{IP, ""}},
     SPF_FAIL,
     0,
     0,
     "",
     "v=spf1 ip4:" IP " -all",
     ""},
    {"a name that cannot stand in a record",
     {{D, TXT, {"v=spf1 -all"}, 9}, {"*", A, {IP}, 9}},
     {{IP, "my_host"}},
     SPF_FAIL,
     0,
     0,
     "",
     "v=spf1 ip4:" IP " -all",
     ""},
    {"neighbours are one block",
     {{D, TXT, {"v=spf1 -all"}, 9}},
     {{"192.0.2.8", ""},
      {"192.0.2.11", ""},
      {"192.0.2.10", ""},
      {"192.0.2.9", ""},
      {"192.0.2.12", ""}},
     SPF_FAIL,
     0,
     0,
     "and 1 more gets fail, 5 of 5",
     "v=spf1 ip4:192.0.2.8/30 ip4:192.0.2.12 -all",
     "and 1 more"},
    {"neighbours that are no block are none",
     {{D, TXT, {"v=spf1 -all"}, 9}},
     {{"192.0.2.9", ""}, {"192.0.2.10", ""}, {"2001:db8::2", ""}, {"2001:db8::3", ""}},
     SPF_FAIL,
     0,
     0,
     "",
     "v=spf1 ip4:192.0.2.9 ip4:192.0.2.10 ip6:2001:db8::2/127 -all",
     ""},
    {"only who is missing",
     {{D, TXT, {"v=spf1 ip4:192.0.2.1 -all"}, 9}},
     {{"192.0.2.1", ""}, {"192.0.2.2", ""}},
     SPF_FAIL,
     0,
     0,
     "mail from 192.0.2.2 gets fail, 1 of 2",
     "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all",
     ""},
    {"a name, an address",
     {{D, TXT, {"v=spf1 -all"}, 9}, HOST_A},
     {{IP, HOST}, {"192.0.2.2", ""}},
     SPF_FAIL,
     0,
     0,
     "",
     "v=spf1 a:" HOST " ip4:192.0.2.2 -all",
     ""},
    {"an earlier term refuses it",
     {{D, TXT, {"v=spf1 -ip4:203.0.113.0/24 mx -all"}, 9}, {D, MX, {"m.example.jp"}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_FAIL,
     1,
     0,
     "",
     "v=spf1 ip4:" IP " -ip4:203.0.113.0/24 mx -all",
     "before the record comes to what fails"},
    {"a question is open forever",
     {{D, TXT, {"v=spf1 a:lost.example -all"}, 9}, {"lost.example", DNS_A, LOST}},
     {{IP, ""}},
     SPF_TEMPERROR,
     1,
     0,
     "",
     "",
     ""},
    {"its own record", {{D, DNS_TXT, LOST}}, {{IP, ""}}, SPF_TEMPERROR, 0, 0, "", "", ""},
    {"what is known is worse than what is not",
     {{D, TXT, {"v=spf1 ip4:192.0.2.1 -ip4:192.0.2.2 a:lost.example -all"}, 9},
      {"lost.example", DNS_A, LOST}},
     {{"192.0.2.1", ""}, {"192.0.2.3", ""}, {"192.0.2.2", ""}},
     SPF_FAIL,
     1,
     0,
     "192.0.2.2 gets fail, 1 of 3",
     "v=spf1 ip4:192.0.2.2 ip4:192.0.2.1 -ip4:192.0.2.2 a:lost.example -all",
     ""},

    {"anybody",
     {{D, TXT, {"v=spf1 mx +all"}, 9}, {D, MX, {HOST}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_PASS,
     1,
     0,
     "'+all' lets the whole Internet send",
     "v=spf1 mx ~all",
     "'+all' lets anybody send and becomes '~all'"},
    {"anybody, not written out",
     {{D, TXT, {"v=spf1 mx ALL"}, 9}, {D, MX, {"m.example.jp"}, 9}, HOST_A},
     {{IP, HOST}},
     SPF_PASS,
     1,
     0,
     "'ALL' lets the whole",
     "v=spf1 mx a:" HOST " ~all",
     ""},
    {"two records",
     {{D, TXT, {"v=spf1 ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 ip4:" IP " ~all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "there are 2 SPF records",
     "v=spf1 ip4:192.0.2.1 ip4:" IP " ~all",
     "2 records become one"},
    {"two redirects",
     {{D, TXT, {"v=spf1 redirect=b.example", "v=spf1 ip4:" IP " redirect=c.example"}, 9},
      {"b.example", TXT, {"v=spf1 -all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "",
     "v=spf1 redirect=b.example ip4:" IP,
     ""},

    {"a slip of a word",
     {{D, TXT, {"v=spf1 ipv4:" IP " -all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "'ipv4:" IP "' is no mechanism",
     "v=spf1 ip4:" IP " -all",
     "becomes 'ip4:" IP "'"},
    {"an address without a word",
     {{D, TXT, {"v=spf1 " IP "/31 -all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "",
     "v=spf1 ip4:" IP "/31 -all",
     ""},
    {"an address of the other family",
     {{D, TXT, {"v=spf1 ip4:" IP6 " -all"}, 9}},
     {{IP6, ""}},
     SPF_PERMERROR,
     0,
     0,
     "",
     "v=spf1 ip6:" IP6 " -all",
     ""},
    {"an address as a name",
     {{D, TXT, {"v=spf1 a:" IP " -all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "",
     "v=spf1 ip4:" IP " -all",
     ""},
    {"what it refuses stays refused",
     {{D, TXT, {"v=spf1 -ipv4:192.0.2.1 ?all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "",
     "v=spf1 -ip4:192.0.2.1 ip4:" IP " ?all",
     ""},
    {"a mark too much",
     {{D, TXT, {"v=spf1 ip4:" IP ", ~all;"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "",
     "v=spf1 ip4:" IP " ~all",
     ""},
    {"a blank too much",
     {{D, TXT, {"v=spf1 include: b.example ~all"}, 9},
      {"b.example", TXT, {"v=spf1 ip4:" IP " -all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "",
     "v=spf1 include:b.example ~all",
     "'include:b.example'"},
    {"a colon for an equals sign",
     {{D, TXT, {"v=spf1 redirect:b.example"}, 9},
      {"b.example", TXT, {"v=spf1 ip4:" IP " -all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "",
     "v=spf1 redirect=b.example",
     ""},
    {"nobody can tell",
     {{D, TXT, {"v=spf1 hello ip4:1.2.3 ip4:" IP " ~all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     0,
     0,
     "'hello' is no mechanism",
     "v=spf1 ip4:" IP " ~all",
     "'hello' is not valid and is left out"},
    {"nobody known, but it is broken",
     {{D, TXT, {"v=spf1 ip4:1.2.3 ~all"}, 9}},
     {{.ip = NULL}},
     SPF_PERMERROR,
     0,
     0,
     "does not hold a valid address",
     "v=spf1 ~all",
     ""},

    {"an include of nothing",
     {{D, TXT, {"v=spf1 include:gone.example ip4:" IP " -all"}, 9}},
     {{IP, ""}},
     SPF_PERMERROR,
     1,
     0,
     "names a domain without SPF record",
     "v=spf1 ip4:" IP " -all",
     "'include:gone.example' goes"},
    {"that nobody has met yet",
     {{D, TXT, {"v=spf1 ip4:" IP " include:gone.example -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     1,
     0,
     "names a domain without SPF record",
     "v=spf1 ip4:" IP " -all",
     ""},
    {"a redirect to nothing",
     {{D, TXT, {"v=spf1 ip4:" IP " redirect=gone.example"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     1,
     0,
     "names a domain without SPF record",
     "v=spf1 ip4:" IP " ~all",
     ""},
    {"an include nobody could read is left alone",
     {{D, TXT, {"v=spf1 ip4:" IP " include:lost.example -all"}, 9},
      {"lost.example", DNS_TXT, LOST}},
     {{IP, ""}},
     SPF_PASS,
     1,
     0,
     "could not be read (timeout)",
     "",
     ""},
    {"broken far below",
     {{D, TXT, {"v=spf1 ip4:" IP " include:b.example -all"}, 9},
      {"b.example", TXT, {"v=spf1 include:c.example"}, 9},
      {"c.example", TXT, {"v=spf1 foo"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     2,
     0,
     "'include:c.example' in the record of b.example names a domain whose record is not valid",
     "",
     ""},
    {"round in a circle",
     {{D, TXT, {"v=spf1 ip4:" IP " include:b.example -all"}, 9},
      {"b.example", TXT, {"v=spf1 include:" D}, 9}},
     {{IP, ""}},
     SPF_PASS,
     12,
     0,
     "leads back to where it came from",
     "",
     ""},

    {"eleven lookups",
     {{D, TXT, {"v=spf1 ip4:" IP " include:b.example include:c.example mx -all"}, 9},
      {"b.example", TXT, {"v=spf1 a:1.x a:2.x a:3.x a:4.x a:5.x"}, 9},
      {"c.example", TXT, {"v=spf1 a:1.x a:2.x a:3.x"}, 9},
      {"*", A, {"192.0.2.1"}, 9},
      {"*", MX, {"1.x"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     11,
     0,
     "needs 11 lookups of 10 that are allowed, 'include:b.example' alone 6",
     "",
     ""},
    {"beyond the limit for a sender",
     {{D,
       TXT,
       {"v=spf1 a:1.x a:2.x a:3.x a:4.x a:5.x a:6.x a:7.x a:8.x a:9.x a:0.x a:11.x -all"},
       9},
      HOST_A,
      {"*", A, {"192.0.2.1"}, 9}},
     {{IP, HOST}},
     SPF_PERMERROR,
     11,
     0,
     "gets permerror",
     "v=spf1 ip4:" IP " a:1.x a:2.x a:3.x a:4.x a:5.x a:6.x a:7.x a:8.x a:9.x a:0.x a:11.x -all",
     ""},
    {"at the limit a name is too much",
     {{D, TXT, {"v=spf1 a:1.x a:2.x a:3.x a:4.x a:5.x a:6.x a:7.x a:8.x a:9.x a:0.x -all"}, 9},
      HOST_A,
      {"*", A, {"192.0.2.1"}, 9}},
     {{IP, HOST}},
     SPF_FAIL,
     10,
     0,
     "",
     "v=spf1 a:1.x a:2.x a:3.x a:4.x a:5.x a:6.x a:7.x a:8.x a:9.x a:0.x ip4:" IP " -all",
     ""},
    {"others would need one too many",
     {{D, TXT, {"v=spf1 a:1.x a:2.x a:3.x a:4.x a:5.x redirect=b.example"}, 9},
      {"b.example", TXT, {"v=spf1 a:6.x a:7.x a:8.x a:9.x -all"}, 9},
      HOST_A,
      {"*", A, {"192.0.2.1"}, 9}},
     {{IP, HOST}},
     SPF_FAIL,
     10,
     0,
     "",
     "v=spf1 a:1.x a:2.x a:3.x a:4.x a:5.x ip4:" IP " redirect=b.example",
     ""},
    {"names of nothing",
     {{D, TXT, {"v=spf1 ip4:" IP " a:1.x mx:2.x exists:3.x -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     3,
     3,
     "3 terms name what does not exist",
     "",
     ""},
    {"one is enough to tell",
     {{D, TXT, {"v=spf1 ip4:" IP " a:old.example -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     1,
     1,
     "'a:old.example' in the record of example.jp names what does not exist",
     "",
     ""},
    {"a host with v6 only exists",
     {{D, TXT, {"v=spf1 ip4:" IP " a:" HOST " -all"}, 9},
      {HOST, DNS_A, DNS_NO_DATA, {NULL}, 0},
      HOST_6},
     {{IP, ""}},
     SPF_PASS,
     1,
     0,
     "",
     "",
     ""},

    {"ptr",
     {{D, TXT, {"v=spf1 ip4:" IP " ptr -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     1,
     0,
     "'ptr' is slow",
     "",
     ""},
    {"%{p}",
     {{D, TXT, {"v=spf1 ip4:" IP " exists:%{p}.x -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     2,
     0,
     "uses %{p}",
     "",
     ""},
    {"terms behind all",
     {{D, TXT, {"v=spf1 ip4:" IP " -all mx include:gone.example"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     0,
     0,
     "behind '-all' is never reached",
     "v=spf1 ip4:" IP " -all mx",
     ""},
    {"redirect beside all",
     {{D, TXT, {"v=spf1 ip4:" IP " redirect=gone.example -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     0,
     0,
     "'redirect=gone.example' means nothing beside '-all'",
     "",
     ""},
    {"neutral to everybody",
     {{D, TXT, {"v=spf1 ip4:" IP " ?all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     0,
     0,
     "'?all' says nothing",
     "",
     ""},
    {"the same twice",
     {{D, TXT, {"v=spf1 ip4:" IP " IP4:" IP " -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     0,
     0,
     "'IP4:" IP "' adds nothing",
     "",
     ""},
    {"a part of what is there",
     {{D, TXT, {"v=spf1 ip4:203.0.113.0/24 ip4:" IP "/31 -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     0,
     0,
     "adds nothing to 'ip4:203.0.113.0/24'",
     "",
     ""},
    {"an address nobody sees",
     {{D, TXT, {"v=spf1 ip4:" IP " ip4:192.168.0.0/16 -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     0,
     0,
     "'ip4:192.168.0.0/16' can never match",
     "",
     ""},
    {"a v4 in v6 clothes",
     {{D, TXT, {"v=spf1 ip4:" IP " ip6:::ffff:203.0.113.1 -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     0,
     0,
     "can never match",
     "",
     ""},
    {"half the world",
     {{D, TXT, {"v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     0,
     0,
     "lets a large part of the Internet send",
     "",
     ""},
    {"a modifier for a mechanism",
     {{D, TXT, {"v=spf1 include=b.example ip4:" IP " -all"}, 9}},
     {{IP, ""}},
     SPF_PASS,
     0,
     0,
     "'include=b.example' means nothing, 'include:' was probably meant",
     "",
     ""},
};

static struct auth_subject subject_of(const struct look_case *row, struct auth_sender *sender)
{
	struct auth_subject subject = {.domain = D, .sender = sender};

	for (size_t i = 0; i < SENDERS && row->sender[i].ip; i++) {
		assert_true(ip_parse(row->sender[i].ip, &sender[i].ip));
		sender[i].host = row->sender[i].host;
		subject.senders++;
	}
	return subject;
}

static void look(const struct auth_subject *subject, const struct fact *fact, size_t facts,
		 struct ask *ask, struct domain_spf *out)
{
	size_t rounds = 0;

	while (!spf_look(subject, ask, out)) {
		assert_true(world_answer(ask, fact, facts) > 0);
		assert_true(++rounds < 64);
	}
}

/* The record inside `NAME. IN TXT "..." "..."`. */
static char *record_of(const char *fix, struct arena *arena)
{
	char *out = arena_calloc(arena, strlen(fix) + 1, 1);
	const char *at = strchr(fix, '"');
	size_t len = 0;

	assert_int_equal(strncmp(fix, D ". IN TXT \"v=spf1", sizeof(D ". IN TXT \"v=spf1") - 1), 0);
	for (; at && *at; at++)
		if (strncmp(at, "\" \"", 3) == 0)
			at += 2;
		else if (*at != '"')
			out[len++] = *at;
	return out;
}

/* The zone with that record in it, and whether every sender passes then. */
static bool all_pass(const struct auth_subject *subject, const char *record,
		     const struct fact *fact, size_t facts)
{
	struct arena *arena = arena_new();
	struct fact *changed = arena_calloc(arena, facts + 1, sizeof(*changed));
	struct domain_spf seen;
	bool ok = true;

	changed[0] = (struct fact){D, TXT, {record}, 9};
	memcpy(changed + 1, fact, facts * sizeof(*changed));
	for (size_t i = 0; i < subject->senders; i++) {
		const struct spf_query query = {
		    .ip = subject->sender[i].ip, .from = "postmaster@" D, .helo = "h.example"};
		struct ask ask = ask_over(arena);
		struct spf_verdict verdict;

		while (!spf_check(&query, &ask, &verdict))
			world_answer(&ask, changed, facts + 1);
		if (verdict.result != SPF_PASS && verdict.result != SPF_TEMPERROR) {
			print_error("'%s' gives %s: %s\n", record, spf_result_name(verdict.result),
				    verdict.reason);
			ok = false;
		}
	}
	if (ok) {
		struct ask ask = ask_over(arena);

		look(subject, changed, facts + 1, &ask, &seen);
		ok = !*seen.fix;
		if (!ok)
			print_error("'%s' is not the end: '%s'\n", record, seen.fix);
	}
	arena_free(arena);
	return ok;
}

static bool has_problem(const struct domain_spf *seen, const char *part)
{
	for (size_t i = 0; i < seen->problems.count; i++)
		if (strstr(seen->problems.problem[i].text, part))
			return true;
	return false;
}

static void check_row(const struct look_case *row)
{
	struct arena *arena = arena_new();
	struct ask ask = ask_over(arena);
	struct auth_sender sender[SENDERS];
	const struct auth_subject subject = subject_of(row, sender);
	struct domain_spf seen;
	const char *fix;

	look(&subject, row->fact, FACTS, &ask, &seen);
	for (size_t i = 0; i < seen.problems.count; i++)
		if (getenv("SPF_VERBOSE"))
			print_message("%s: %s\n", row->why, seen.problems.problem[i].text);
	fix = *seen.fix ? record_of(seen.fix, arena) : "";
	if (seen.result != row->result || seen.lookups != row->lookups ||
	    seen.voids != row->voids || strcmp(fix, row->fix) != 0 ||
	    !strstr(seen.why, row->reason))
		fail_msg("%s: %s, %u lookups, %u void, '%s' (%s)", row->why,
			 spf_result_name(seen.result), seen.lookups, seen.voids, fix, seen.why);
	if (!has_problem(&seen, row->problem) && *row->problem)
		fail_msg("%s: no word about '%s' (first: %s)", row->why, row->problem,
			 seen.problems.count ? seen.problems.problem[0].text : "none");
	if (!*row->problem && row->result == SPF_PASS && seen.problems.count)
		fail_msg("%s: %s", row->why, seen.problems.problem[0].text);
	if (*fix && !all_pass(&subject, fix, row->fact, FACTS))
		fail_msg("%s", row->why);
	arena_free(arena);
}

static void looks_and_mends(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(look_case); i++)
		check_row(&look_case[i]);
}

/* --- the tree --- */

static void tells_the_tree(void **state)
{
	static const struct fact fact[] = {
	    {D, TXT, {"v=spf1 a mx:m.example include:b.example ip4:" IP " redirect=d.example"}, 9},
	    {"b.example", TXT, {"v=spf1 include:c.example exists:%{i}.x.example ?all"}, 9},
	    {"c.example", TXT, {"v=spf1 ptr ip6:2001:db8::/32"}, 9},
	    {"d.example", TXT, {"v=spf1 a -all mx"}, 9},
	    {"*", A, {"192.0.2.1"}, 9},
	    {"*", MX, {"m.example"}, 9},
	};
	static const struct spf_cost wanted[] = {
	    {0, "a", 1},
	    {0, "mx:m.example", 1},
	    {0, "include:b.example", 4},
	    {1, "include:c.example", 2},
	    {2, "ptr", 1},
	    {1, "exists:%{i}.x.example", 1},
	    {0, "redirect=d.example", 2},
	    {1, "a", 1},
	};
	const struct auth_subject subject = {.domain = D};
	struct arena *arena = arena_new();
	struct ask ask = ask_over(arena);
	struct domain_spf seen;

	(void)state;
	look(&subject, fact, COUNT_OF(fact), &ask, &seen);
	assert_int_equal(seen.lookups, 8);
	assert_int_equal(seen.costs, COUNT_OF(wanted));
	for (size_t i = 0; i < COUNT_OF(wanted); i++) {
		assert_int_equal(seen.cost[i].depth, wanted[i].depth);
		assert_string_equal(seen.cost[i].term, wanted[i].term);
		assert_int_equal(seen.cost[i].lookups, wanted[i].lookups);
	}
	arena_free(arena);
}

/* --- made-up records: whatever is proposed, works --- */

static uint64_t dice_state;

static unsigned dice(unsigned below)
{
	dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(dice_state >> 33) % below;
}

static const char *const part[] = {
    "a",
    "mx",
    "-a",
    "ptr",
    "a:h1.x",
    "a:h2.x/28",
    "mx:m.x",
    "?mx:gone.x",
    "ip4:192.0.2.1",
    "-ip4:192.0.2.0/24",
    "~ip4:192.0.2.8/29",
    "ip6:2001:db8::/64",
    "-ip6:2001:db8::/32",
    "include:i1.x",
    "include:i2.x",
    "?include:i3.x",
    "-include:i1.x",
    "include:gone.x",
    "exists:%{i}.e.x",
    "-exists:h1.x",
    "exists:%{p}.e.x",
    "include:loop.x",
    "ipv4:192.0.2.5",
    "ip4:300.1.1.1",
    "foo",
    "include:",
    "i2.x",
    "moo=cow",
    "redirect=i3.x",
    "redirect=gone.x",
    "exp=h1.x",
    "include:deep.x",
    "a:g1.x",
    "a:g2.x",
    "exists:g3.x",
    "include:ten.x",
};
static const char *const last[] = {"-all", "~all", "?all",    "+all", "all",
				   "",     "",     "-all mx", "-all."};

static const struct fact made[] = {
    {"i1.x", TXT, {"v=spf1 ip4:198.51.100.0/24 a:h1.x -all"}, 9},
    {"i2.x", TXT, {"v=spf1 mx:m.x ?all"}, 9},
    {"i3.x", TXT, {"v=spf1 include:i1.x redirect=i2.x"}, 9},
    {"loop.x", TXT, {"v=spf1 include:loop.x"}, 9},
    {"deep.x", TXT, {"v=spf1 include:i3.x include:i1.x include:i2.x -all"}, 9},
    {"ten.x",
     TXT,
     {"v=spf1 a:h1.x a:h1.x a:h1.x a:h1.x a:h1.x a:h1.x a:h1.x a:h1.x a:h1.x -all"},
     9},
    {"h1.x", A, {"192.0.2.1", "192.0.2.9"}, 9},
    {"h1.x", AAAA, {"2001:db8::1"}, 9},
    {"h2.x", A, {"192.0.2.66"}, 9},
    {"m.x", MX, {"h1.x", "h2.x"}, 9},
    {D, MX, {"h2.x"}, 9},
    {D, A, {"192.0.2.77"}, 9},
};
static const char *const address[] = {
    "192.0.2.1",   "192.0.2.2",   "192.0.2.9",   "192.0.2.66",  "198.51.100.7",
    "203.0.113.4", "203.0.113.5", "2001:db8::1", "2001:db8::2", "2001:db8:1::9",
};
static const char *const host[] = {"", "h1.x", "h2.x", "gone.x", "bad_name"};

static void make_record(struct str *out)
{
	const unsigned terms = dice(7);

	str_add(out, dice(40) ? "v=spf1" : "v=spf2");
	for (unsigned i = 0; i < terms; i++)
		str_addf(out, "%s%s", dice(20) ? " " : "  ", part[dice(COUNT_OF(part))]);
	str_addf(out, " %s", last[dice(COUNT_OF(last))]);
}

/* Whether anybody may send that nothing in this world speaks for. */
static bool opens(const char *record, const struct fact *fact, size_t facts)
{
	struct arena *arena = arena_new();
	struct ask ask = ask_over(arena);
	struct spf_query query = {.domain = D, .from = "u@" D, .helo = "h.example"};
	struct spf_verdict verdict;

	assert_true(ip_parse("233.252.0.99", &query.ip));
	query.record = slice_text(record);
	while (!spf_check(&query, &ask, &verdict))
		world_answer(&ask, fact, facts);
	arena_free(arena);
	return verdict.result == SPF_PASS;
}

static void check_made(unsigned seed, unsigned *fixes)
{
	struct arena *arena = arena_new();
	struct ask ask = ask_over(arena);
	struct auth_sender sender[SENDERS];
	struct auth_subject subject = {.domain = D, .sender = sender};
	struct fact fact[COUNT_OF(made) + 1];
	struct str record = {0}, second = {0};
	struct domain_spf seen;
	bool passes = true;

	dice_state = seed;
	make_record(&record);
	make_record(&second);
	fact[0] = (struct fact){D, TXT, {str_text(&record), dice(8) ? NULL : str_text(&second)}, 9};
	memcpy(fact + 1, made, sizeof(made));
	subject.senders = dice(SENDERS + 1);
	for (size_t i = 0; i < subject.senders; i++) {
		assert_true(ip_parse(address[dice(COUNT_OF(address))], &sender[i].ip));
		sender[i].host = host[dice(COUNT_OF(host))];
	}
	look(&subject, fact, COUNT_OF(fact), &ask, &seen);
	for (size_t i = 0; i < seen.senders; i++)
		passes = passes && seen.sender[i].result == SPF_PASS;
	if (!passes && !*seen.fix)
		fail_msg("seed %u: no fix for '%s'", seed, str_text(&record));
	if (*seen.fix && !*seen.why)
		fail_msg("seed %u: no word why", seed);
	if (*seen.fix && !all_pass(&subject, record_of(seen.fix, arena), fact, COUNT_OF(fact)))
		fail_msg("seed %u: '%s' became '%s'", seed, str_text(&record), seen.fix);
	if (*seen.fix && opens(record_of(seen.fix, arena), fact, COUNT_OF(fact)))
		fail_msg("seed %u: '%s' is open to strangers", seed, seen.fix);
	*fixes += *seen.fix != '\0';
	str_release(&record);
	str_release(&second);
	arena_free(arena);
}

/* Nothing was silent in the world above, so every sender can be helped. */
static void mends_whatever_it_meets(void **state)
{
	enum { RECORDS = 3000 };
	unsigned fixes = 0;

	(void)state;
	for (unsigned seed = 1; seed <= RECORDS; seed++)
		check_made(seed, &fixes);
	assert_true(fixes > RECORDS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(looks_and_mends),
	    cmocka_unit_test(tells_the_tree),
	    cmocka_unit_test(mends_whatever_it_meets),
	};

	return cmocka_run_group_tests_name("spf_lint", tests, NULL, NULL);
}
