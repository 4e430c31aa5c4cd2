#include "lists/dnsbl.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/tr_mark.h"
#include "dns/outcome.h"
#include "lists/catalogue.h"

#include <string.h>
#include <strings.h>

/* An octet has eight bits to match; catalogues that name one twice have room here. */
enum { MEANINGS_MAX = 16, TXT_RECORDS_MAX = 16 };

static const char TXT_BETWEEN[] = "; ";
static const char KEY_PLACE[] = "<KEY>"; /* in a zone as it is shown */

static uint32_t code_of(const struct dns_record *record)
{
	const uint8_t *byte = record->ip.byte;

	return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

static bool is_in_127(const struct dns_record *record)
{
	return record->ip.family == 4 && record->ip.byte[0] == 127;
}

/* Sorted and each once: servers rotate their records, and a rotation is no change. */
static void keep_code(struct observation *seen, uint32_t code)
{
	size_t at = 0;

	while (at < seen->codes && seen->code[at] < code)
		at++;
	if (seen->codes == OBSERVATION_CODES_MAX || (at < seen->codes && seen->code[at] == code))
		return;
	memmove(&seen->code[at + 1], &seen->code[at], (seen->codes - at) * sizeof(seen->code[0]));
	seen->code[at] = code;
	seen->codes++;
}

static enum finding finding_of(const struct list_code *row)
{
	return row->kind == LIST_BLOCK ? FINDING_LISTED : FINDING_NOTED;
}

/* A listing is worse than any note; among equals the severity decides. NULL is the best. */
static bool is_worse(const struct list_code *row, const struct list_code *than)
{
	if (!row || !than)
		return row && !than;
	if (finding_of(row) != finding_of(than))
		return finding_of(row) == FINDING_LISTED;
	return row->severity > than->severity;
}

/* The worst that a code means; NULL for one the catalogue does not know. */
static const struct list_code *worst_meaning(const struct list *list, uint32_t code)
{
	const struct list_code *row[MEANINGS_MAX];
	const size_t rows = catalogue_meanings(list, code, row, MEANINGS_MAX);
	const struct list_code *worst = NULL;

	for (size_t i = 0; i < rows; i++)
		if (is_worse(row[i], worst))
			worst = row[i];
	return worst;
}

/* What the kept codes mean, each meaning once, in the order of the codes. */
static const char *join_means(const struct list *list, const struct observation *seen,
			      struct arena *arena)
{
	const char *means[OBSERVATION_CODES_MAX * MEANINGS_MAX];
	size_t count = 0;
	struct str joined = {0};
	const char *text;

	for (size_t i = 0; i < seen->codes; i++) {
		const struct list_code *row[MEANINGS_MAX];
		const size_t rows = catalogue_meanings(list, seen->code[i], row, MEANINGS_MAX);

		for (size_t j = 0; j < rows; j++) {
			size_t k = 0;

			while (k < count && strcmp(means[k], row[j]->means) != 0)
				k++;
			if (k == count)
				means[count++] = row[j]->means;
		}
	}
	if (count == 1)
		return means[0];
	for (size_t i = 0; i < count; i++) {
		str_add(&joined, i ? ", " : "");
		str_add(&joined, means[i]);
	}
	text = arena_strdup(arena, str_text(&joined));
	str_release(&joined);
	return text;
}

/* Keeps what the answer held, for people to see, and says why none of it counts. */
static void spoil(struct observation *seen, const struct dns_answer *answer, enum cause cause,
		  const char *text)
{
	seen->finding = FINDING_BLIND;
	seen->cause = cause;
	seen->text = text;
	for (size_t i = 0; i < answer->records; i++)
		keep_code(seen, code_of(&answer->record[i]));
}

static bool spoil_by_stranger(struct observation *seen, const struct dns_answer *answer,
			      struct arena *arena)
{
	char text[CODE_TEXT_BYTES];

	for (size_t i = 0; i < answer->records; i++) {
		if (is_in_127(&answer->record[i]))
			continue;
		spoil(seen, answer, CAUSE_NOT_127,
		      arena_printf(arena, SAID("answered %s, outside 127.0.0.0/8"),
				   code_text(code_of(&answer->record[i]), text)));
		return true;
	}
	return false;
}

static bool spoil_by_error(const struct list *list, struct observation *seen,
			   const struct dns_answer *answer, struct arena *arena)
{
	for (size_t i = 0; i < answer->records; i++) {
		const uint32_t code = code_of(&answer->record[i]);
		const struct list_code *error = catalogue_error(list, code);
		char text[CODE_TEXT_BYTES];

		if (!error)
			continue;
		spoil(seen, answer, CAUSE_ERROR_CODE,
		      arena_printf(arena, SAID("answered %s: %s"), code_text(code, text),
				   error->means));
		seen->means = error->means;
		return true;
	}
	return false;
}

/* Codes of the deciding finding first, so that the limit never drops the reason; then the
 * milder ones, then the unknown. */
static void keep_by_rank(const struct list *list, struct observation *seen,
			 const struct dns_answer *answer)
{
	static const enum finding rank[] = {FINDING_LISTED, FINDING_NOTED, FINDING_BLIND};

	for (size_t r = 0; r < COUNT_OF(rank); r++)
		for (size_t i = 0; i < answer->records; i++) {
			const uint32_t code = code_of(&answer->record[i]);
			const struct list_code *row = worst_meaning(list, code);

			if ((row ? finding_of(row) : FINDING_BLIND) == rank[r])
				keep_code(seen, code);
		}
}

static void judge_records(const struct list *list, struct observation *seen,
			  const struct dns_answer *answer, struct arena *arena)
{
	const struct list_code *worst = NULL;
	char text[CODE_TEXT_BYTES];

	if (spoil_by_stranger(seen, answer, arena) || spoil_by_error(list, seen, answer, arena))
		return;
	for (size_t i = 0; i < answer->records; i++) {
		const struct list_code *row = worst_meaning(list, code_of(&answer->record[i]));

		if (is_worse(row, worst))
			worst = row;
	}
	if (!worst) {
		spoil(seen, answer, CAUSE_UNKNOWN_CODE, "");
		seen->text =
		    arena_printf(arena, SAID("answered %s, which the catalogue does not know"),
				 code_text(seen->code[0], text));
		return;
	}
	seen->finding = finding_of(worst);
	seen->severity = worst->severity;
	keep_by_rank(list, seen, answer);
	seen->means = join_means(list, seen, arena);
}

static struct observation blank(const struct list *list)
{
	return (struct observation){
	    .check = "dnsbl",
	    .subject = list->zone,
	    .means = "",
	    .text = "",
	    .fix = "",
	};
}

struct observation dnsbl_verdict(const struct list *list, const struct dns_answer *answer,
				 struct arena *arena)
{
	struct observation seen = blank(list);

	seen.ttl_s = answer->ttl_s;
	seen.rtt_us = answer->rtt_us;
	if (answer->outcome == DNS_NO_NAME || answer->outcome == DNS_NO_DATA) {
		seen.finding = FINDING_CLEAR;
	} else if (answer->outcome == DNS_FOUND && answer->records > 0) {
		judge_records(list, &seen, answer, arena);
	} else {
		seen.cause =
		    answer->outcome == DNS_FOUND ? CAUSE_GARBLED : dns_cause(answer->outcome);
		seen.text = cause_text(seen.cause);
	}
	return seen;
}

bool dnsbl_covers(const struct list *list, const struct target *target)
{
	if (target->kind == TARGET_DOMAIN)
		return list->covers & COVERS_DOMAIN && (!target->listed_as || *target->listed_as);
	return list->covers & (target->ip.family == 4 ? COVERS_IP4 : COVERS_IP6);
}

static bool has_equal_before(const struct dns_answer *answer, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (answer->record[i].len == answer->record[at].len &&
		    memcmp(answer->record[i].data, answer->record[at].data,
			   answer->record[at].len) == 0)
			return true;
	return false;
}

/* Where the key stands in the zone as asked, and how long it is; 0 without one. */
static size_t key_of(const struct list *list, const char **key)
{
	const char *place = list->key_name ? strstr(list->zone, KEY_PLACE) : NULL;
	const size_t asked = strlen(list->query_zone);
	const size_t rest = strlen(list->zone) - strlen(KEY_PLACE);

	if (!place || asked <= rest)
		return 0;
	*key = list->query_zone + (place - list->zone);
	return asked - rest;
}

/* Some lists repeat the name they were asked for, and with it the key. */
static void add_without_key(struct str *out, const struct list *list, const char *text, size_t len)
{
	const char *key = NULL;
	const size_t key_len = key_of(list, &key);

	for (size_t i = 0; i < len;) {
		if (key_len && len - i >= key_len && strncasecmp(text + i, key, key_len) == 0) {
			str_add(out, KEY_PLACE);
			i += key_len;
		} else {
			str_add_char(out, text[i++]);
		}
	}
}

/* The reasons a list gives, each once, cut to the bytes that are kept. */
static const char *join_reasons(const struct list *list, const struct dns_answer *answer,
				struct arena *arena)
{
	const size_t records =
	    answer->records < TXT_RECORDS_MAX ? answer->records : TXT_RECORDS_MAX;
	struct str joined = {0};
	char *text;

	for (size_t i = 0; i < records && joined.len < FOREIGN_TEXT_MAX_BYTES; i++) {
		if (answer->record[i].len == 0 || has_equal_before(answer, i))
			continue;
		str_add(&joined, joined.len ? TXT_BETWEEN : "");
		add_without_key(&joined, list, answer->record[i].data, answer->record[i].len);
	}
	if (joined.len > FOREIGN_TEXT_MAX_BYTES)
		joined.len = FOREIGN_TEXT_MAX_BYTES;
	text = arena_strndup(arena, str_text(&joined), joined.len);
	for (size_t i = 0; i < joined.len; i++)
		if (!text[i])
			text[i] = '?';
	str_release(&joined);
	return text;
}

/* The owner name of the question; false when DNS cannot carry it. */
static bool question_name(const struct list *list, const struct target *target,
			  char out[DNS_NAME_BYTES])
{
	if (target->kind == TARGET_DOMAIN)
		return dns_name_join(target->listed_as ? target->listed_as : target->text,
				     list->query_zone, out);
	return dns_name_of_ip(&target->ip, list->query_zone, out);
}

bool dnsbl_check(const struct list *list, const struct target *target, bool wants_text,
		 struct ask *ask, struct observation *out)
{
	static const struct dns_answer unaskable = {.outcome = DNS_BAD_NAME};
	char name[DNS_NAME_BYTES];
	const struct dns_answer *answer = &unaskable;

	/* It would say NXDOMAIN and read like good news. */
	if (!dnsbl_covers(list, target))
		bug("list '%s' has no data about '%s'", list->zone, target->text);
	if (question_name(list, target, name))
		answer = ask_dns(ask, name, DNS_A);
	if (!answer)
		return false;
	*out = dnsbl_verdict(list, answer, ask->arena);
	if (!wants_text || (out->finding != FINDING_LISTED && out->finding != FINDING_NOTED))
		return true;
	answer = ask_dns(ask, name, DNS_TXT);
	if (!answer)
		return false;
	if (answer->outcome == DNS_FOUND)
		out->text = join_reasons(list, answer, ask->arena);
	return true;
}
