#include "lists/health.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/tr_mark.h"
#include "lists/dnsbl.h"

#include <string.h>

enum {
	LABEL_LEN = 12,
	FAMILIES = 3,
	DOCUMENTATION_ADDRESSES = 2,
	CANARIES_MAX = FAMILIES * 2 + 1 + DOCUMENTATION_ADDRESSES
};
_Static_assert(HEALTH_CLOSING_MAX == FAMILIES * 2 + 1, "two entries a family and the label");

enum role {
	ROLE_POSITIVE, /* must be listed */
	ROLE_NEGATIVE, /* must not be */
	ROLE_MADE_UP, /* a name nobody ever had: must not be */
	ROLE_UNUSED /* one of the documentation addresses: must not be together with the other */
};

struct canary {
	enum role role;
	const char *text; /* the entry: an address, else a name */
	const char *family; /* the word of the catalogue's `covers`, "" for any */
	enum dns_outcome outcome;
	struct observation seen;
};

struct canaries {
	struct canary item[CANARIES_MAX];
	size_t count;
};

/* A family of test entries and the part of `covers` it belongs to. */
struct family {
	unsigned covers;
	const char *word;
	const struct list_test *test;
};

/* SplitMix64: each call moves the state on and gives 64 good bits. */
static uint64_t draw(uint64_t *state)
{
	uint64_t bits = *state += 0x9e3779b97f4a7c15;

	bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
	bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
	return bits ^ bits >> 31;
}

/* Begins with a letter: lists of domains take a name of digits for an address and answer it
 * with an error. */
static const char *made_up_name(uint64_t *state, struct arena *arena)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	char label[LABEL_LEN + 1] = "";

	label[0] = alphabet[draw(state) % 26];
	for (int i = 1; i < LABEL_LEN; i++)
		label[i] = alphabet[draw(state) % 36];
	return arena_strdup(arena, label);
}

/* RFC 5737: a host of 198.51.100.0/24 or of 203.0.113.0/24; RFC 3849: one of 2001:db8::/32. */
static const char *unused_address(bool is_ip4, int which, uint64_t *state, struct arena *arena)
{
	static const uint8_t net[DOCUMENTATION_ADDRESSES][3] = {{198, 51, 100}, {203, 0, 113}};
	const uint64_t bits = draw(state);
	const uint64_t more_bits = draw(state);
	char text[IP_TEXT_BYTES];
	struct ip ip = {.family = 4};

	if (is_ip4) {
		memcpy(ip.byte, net[which], sizeof(net[which]));
		ip.byte[3] = (uint8_t)(1 + bits % 254);
		return arena_strdup(arena, ip_text(&ip, text));
	}
	ip = (struct ip){.family = 6, .byte = {0x20, 0x01, 0x0d, 0xb8}};
	for (int i = 0; i < 8; i++)
		ip.byte[4 + i] = (uint8_t)(bits >> 8 * i);
	for (int i = 0; i < 4; i++)
		ip.byte[12 + i] = (uint8_t)(more_bits >> 8 * i);
	return arena_strdup(arena, ip_text(&ip, text));
}

static void add(struct canaries *canaries, enum role role, const char *family, const char *text)
{
	if (text && *text)
		canaries->item[canaries->count++] =
		    (struct canary){.role = role, .family = family, .text = text};
}

/* The same canaries for the same `random`, so that a second call finds its answers. */
static void choose(const struct list *list, const struct family *family, uint64_t random,
		   bool is_closing, struct arena *arena, struct canaries *out)
{
	const bool is_ip4 = list->covers & COVERS_IP4;
	uint64_t state = random;

	for (size_t i = 0; i < FAMILIES; i++) {
		if (!(list->covers & family[i].covers))
			continue;
		add(out, ROLE_POSITIVE, family[i].word, family[i].test->positive);
		add(out, ROLE_NEGATIVE, family[i].word, family[i].test->negative);
	}
	add(out, ROLE_MADE_UP, "", made_up_name(&state, arena));
	if (is_closing || list->lists_reserved || !(list->covers & (COVERS_IP4 | COVERS_IP6)))
		return;
	for (int i = 0; i < DOCUMENTATION_ADDRESSES; i++)
		add(out, ROLE_UNUSED, "", unused_address(is_ip4, i, &state, arena));
}

static bool ask_canary(const struct list *list, struct ask *ask, struct canary *canary)
{
	static const struct dns_answer unaskable = {.outcome = DNS_BAD_NAME};
	const struct dns_answer *answer = &unaskable;
	char name[DNS_NAME_BYTES];
	struct ip ip;

	if (ip_parse(canary->text, &ip) ? dns_name_of_ip(&ip, list->query_zone, name)
					: dns_name_join(canary->text, list->query_zone, name))
		answer = ask_dns(ask, name, DNS_A);
	if (!answer)
		return false;
	canary->outcome = answer->outcome;
	canary->seen = dnsbl_verdict(list, answer, ask->arena);
	return true;
}

/* Whether an address of the list's own came back. A code the catalogue does not know proves as
 * much as any other: this list and this resolver let answers through. */
static bool is_listed(const struct observation *seen)
{
	return seen->finding == FINDING_LISTED || seen->finding == FINDING_NOTED ||
	       (seen->finding == FINDING_BLIND && seen->cause == CAUSE_UNKNOWN_CODE);
}

/* "127.0.0.2 (IPv4)" or "'invalid'". */
static const char *name_of(const struct canary *canary, struct arena *arena)
{
	return *canary->family ? arena_printf(arena, "%s (%s)", canary->text, canary->family)
			       : arena_printf(arena, "'%s'", canary->text);
}

static const char *blind_text(const struct canary *canary, struct arena *arena)
{
	const char *const name = name_of(canary, arena);

	switch (canary->role) {
	case ROLE_POSITIVE:
	case ROLE_NEGATIVE:
		return arena_printf(arena, SAID("test entry %s: %s"), name, canary->seen.text);
	case ROLE_MADE_UP:
		return arena_printf(arena, SAID("made-up name %s: %s"), name, canary->seen.text);
	case ROLE_UNUSED:
		break;
	}
	return arena_printf(arena, SAID("unused address %s: %s"), name, canary->seen.text);
}

static const char *codes_of(const struct observation *seen, struct arena *arena)
{
	struct str joined = {0};
	char code[CODE_TEXT_BYTES];
	const char *text;

	for (size_t i = 0; i < seen->codes; i++)
		str_addf(&joined, "%s%s", i ? ", " : "", code_text(seen->code[i], code));
	text = arena_strdup(arena, str_text(&joined));
	str_release(&joined);
	return text;
}

static struct health_report ok(void)
{
	return (struct health_report){HEALTH_OK, CAUSE_NONE, ""};
}

static enum list_health health_of(enum cause cause)
{
	if (cause == CAUSE_NOT_127)
		return HEALTH_SICK;
	if (cause == CAUSE_ERROR_CODE || cause == CAUSE_REFUSED)
		return HEALTH_REFUSED;
	return HEALTH_UNREACHABLE;
}

/* What one canary alone says about the list. */
static struct health_report judge(const struct canary *canary, struct arena *arena)
{
	const struct observation *seen = &canary->seen;

	if (seen->finding == FINDING_BLIND && !is_listed(seen)) {
		const enum list_health health = health_of(seen->cause);

		/* Two more witnesses for what the others settle: their silence is no sign. */
		if (canary->role == ROLE_UNUSED && health == HEALTH_UNREACHABLE)
			return ok();
		return (struct health_report){health, seen->cause, blind_text(canary, arena)};
	}
	if (canary->role == ROLE_UNUSED || is_listed(seen) == (canary->role == ROLE_POSITIVE))
		return ok();
	if (canary->role == ROLE_POSITIVE)
		return (struct health_report){
		    HEALTH_SICK, CAUSE_LIST_SICK,
		    arena_printf(arena, SAID("test entry %s must be listed and is not: %s"),
				 name_of(canary, arena),
				 canary->outcome == DNS_NO_NAME ? SAID("NXDOMAIN")
								: SAID("no A record"))};
	return (struct health_report){
	    HEALTH_SICK, CAUSE_LIST_SICK,
	    arena_printf(arena,
			 canary->role == ROLE_MADE_UP
			     ? SAID("made-up name %s must not be listed and is: %s")
			     : SAID("test entry %s must not be listed and is: %s"),
			 name_of(canary, arena), codes_of(seen, arena))};
}

/* One of them may be listed for a reason; both by chance are a list of everything. */
static struct health_report judge_unused(const struct canaries *canaries, struct arena *arena)
{
	const struct canary *listed[DOCUMENTATION_ADDRESSES];
	size_t count = 0;

	for (size_t i = 0; i < canaries->count; i++)
		if (canaries->item[i].role == ROLE_UNUSED && is_listed(&canaries->item[i].seen))
			listed[count++] = &canaries->item[i];
	if (count < DOCUMENTATION_ADDRESSES)
		return ok();
	return (struct health_report){
	    HEALTH_SICK, CAUSE_LIST_SICK,
	    arena_printf(arena, SAID("it lists addresses that nobody uses: %s and %s (%s)"),
			 listed[0]->text, listed[1]->text, codes_of(&listed[0]->seen, arena))};
}

/* What the catalogue lets be proved at all: every family by an entry of its own. */
static struct health_report judge_proof(const struct list *list, const struct family *family,
					struct arena *arena)
{
	for (size_t i = 0; i < FAMILIES; i++) {
		const char *positive = family[i].test->positive;

		if ((list->covers & family[i].covers) && !(positive && *positive))
			return (struct health_report){
			    HEALTH_UNPROVEN, CAUSE_NONE,
			    arena_printf(arena, SAID("it has no entry that must be listed (%s)"),
					 family[i].word)};
	}
	return ok();
}

bool health_check(const struct list *list, uint64_t random, bool is_closing, struct ask *ask,
		  struct health_report *out)
{
	const struct family family[FAMILIES] = {
	    {COVERS_IP4, "ip4", &list->test4},
	    {COVERS_IP6, "ip6", &list->test6},
	    {COVERS_DOMAIN, "domain", &list->test_domain},
	};
	struct canaries canaries = {.count = 0};
	bool is_complete = true;

	choose(list, family, random, is_closing, ask->arena, &canaries);
	for (size_t i = 0; i < canaries.count; i++)
		if (!ask_canary(list, ask, &canaries.item[i]))
			is_complete = false;
	if (!is_complete)
		return false;
	*out = judge_proof(list, family, ask->arena);
	for (size_t i = 0; i < canaries.count; i++) {
		const struct health_report report = judge(&canaries.item[i], ask->arena);

		*out = health_worse(out, &report);
	}
	const struct health_report unused = judge_unused(&canaries, ask->arena);

	*out = health_worse(out, &unused);
	return true;
}

/* Sickness is proof and silence is not. Among the sick, a stranger's address says most. */
static int badness(const struct health_report *report)
{
	static const int rank[] = {
	    [HEALTH_OK] = 0,      [HEALTH_UNPROVEN] = 1, [HEALTH_UNREACHABLE] = 2,
	    [HEALTH_REFUSED] = 3, [HEALTH_SICK] = 4,
	};

	_Static_assert(COUNT_OF(rank) == HEALTH_COUNT, "one rank for each health");
	return rank[report->health] + (report->cause == CAUSE_NOT_127);
}

struct health_report health_worse(const struct health_report *a, const struct health_report *b)
{
	return badness(b) > badness(a) ? *b : *a;
}

/* An unproven list is believed too: what it lists is a fact, and what it does not list is as
 * much as can be known of it. Its negative entries, the made-up name and the breaker still
 * guard it. */
bool health_is_believed(enum list_health health)
{
	return health == HEALTH_OK || health == HEALTH_UNPROVEN;
}
