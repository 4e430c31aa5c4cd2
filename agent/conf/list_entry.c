#include "conf/lists.h"

#include "base/ip.h"
#include "base/mem.h"
#include "conf/option.h"
#include "conf/problems.h"
#include "dns/name.h"

#include <string.h>

enum { CODES_MAX = 256 }; /* as many as the last octet can tell apart */

bool list_zone_fits(const struct list *list, const char *zone)
{
	char name[DNS_NAME_BYTES];
	struct ip longest = {.family = 4};

	memset(longest.byte, 255, 4);
	if (list->covers & COVERS_IP4 && !dns_name_of_ip(&longest, zone, name))
		return false;
	longest = (struct ip){.family = 6};
	if (list->covers & COVERS_IP6 && !dns_name_of_ip(&longest, zone, name))
		return false;
	return dns_name_fits(zone);
}

static void check_zone(struct reader *reader, const struct list_entry *entry)
{
	const struct list *const list = &entry->list;
	const struct where where = reader_where(reader, &list->zone);
	const bool has_place = *list->zone == '<';

	if (!*list->zone)
		return;
	if (*list->zone == '*')
		problems_add(&reader->problems, where, "zone %s: only 'retired' may hold a '*'",
			     quote(reader->scratch, list->zone));
	if (!list_zone_fits(list, list->zone))
		problems_add(
		    &reader->problems, where,
		    "zone %s is too long: an address in front of it is beyond %d characters",
		    quote(reader->scratch, list->zone), DNS_NAME_TEXT_MAX);
	if (has_place && !*entry->key_name)
		problems_add(&reader->problems, where,
			     "zone %s holds <KEY>, but 'needs_key' does not say which key that is",
			     quote(reader->scratch, list->zone));
	if (!has_place && *entry->key_name)
		problems_add(&reader->problems, reader_where(reader, &entry->key_name),
			     "'needs_key' has no effect: the zone does not start with '<KEY>.'");
}

/* The three kinds of test entries, RFC 5782 section 5 and, for domains, section 3. */
static const struct test_kind {
	unsigned covers;
	uint8_t family; /* 0: a domain */
	const char *what;
	const char *word;
} test_kinds[] = {
    {COVERS_IP4, 4, "IPv4 address", "ip4"},
    {COVERS_IP6, 6, "IPv6 address", "ip6"},
    {COVERS_DOMAIN, 0, "domain", "domain"},
};

static bool is_test_of(const struct test_kind *kind, const char *text)
{
	struct ip ip;

	if (!kind->family)
		return dns_name_fits(text) && !ip_parse(text, &ip);
	return ip_parse(text, &ip) && ip.family == kind->family;
}

/* NULL when the list has none, or needs none. */
static const char *check_test(struct reader *reader, const struct list *list,
			      const struct test_kind *kind, const char *const *field)
{
	const struct where where = reader_where(reader, field);

	if (!**field)
		return NULL;
	if (!is_test_of(kind, *field)) {
		problems_add(&reader->problems, where,
			     "test entry %s is no %s; \"\" stands for none",
			     quote(reader->scratch, *field), kind->what);
		return NULL;
	}
	if (list->covers & kind->covers)
		return *field;
	if (where.file && list->covers)
		problems_add(&reader->problems, where,
			     "test entry %s has no effect: 'covers' does not hold '%s'",
			     quote(reader->scratch, *field), kind->word);
	return NULL;
}

static void finish_tests(struct reader *reader, struct list_entry *entry)
{
	struct list *const list = &entry->list;
	struct list_test *const test[] = {&list->test4, &list->test6, &list->test_domain};
	const bool has_alias = reader_is_given(reader, &entry->test);

	if (has_alias && reader_is_given(reader, &entry->positive[0]))
		problems_add(&reader->problems, reader_where(reader, &entry->test),
			     "'test' and 'test_positive' are the same; keep one");
	for (size_t i = 0; i < COUNT_OF(test_kinds); i++) {
		const char **positive = i == 0 && has_alias ? &entry->test : &entry->positive[i];

		test[i]->positive = check_test(reader, list, &test_kinds[i], positive);
		test[i]->negative = check_test(reader, list, &test_kinds[i], &entry->negative[i]);
	}
}

static void check_codes(struct reader *reader, const struct list_code *code, size_t codes)
{
	if (codes > CODES_MAX) {
		problems_add(&reader->problems, reader_where(reader, &code[CODES_MAX]),
			     "a list may have %d codes; use a range such as 127.0.0.10-11",
			     CODES_MAX);
		return;
	}
	for (size_t i = 0; i < codes; i++)
		for (size_t j = 0; j < i; j++)
			if (code[i].text && code[j].text && strcmp(code[i].text, code[j].text) == 0)
				problems_add(&reader->problems, reader_where(reader, &code[i]),
					     "code %s is given twice, first in line %u",
					     quote(reader->scratch, code[i].text),
					     reader_where(reader, &code[j]).line);
}

static void finish_codes(struct reader *reader, struct list_entry *entry)
{
	struct list *const list = &entry->list;

	check_codes(reader, entry->code, entry->codes);
	check_codes(reader, entry->error, entry->errors);
	for (size_t i = 0; i < entry->codes; i++) {
		struct list_code *const code = &entry->code[i];

		if (!reader_is_given(reader, &code->kind))
			code->kind = list->kind;
		if (!reader_is_given(reader, &code->severity))
			code->severity = code->kind == LIST_BLOCK ? list->severity : SEVERITY_INFO;
	}
	for (size_t i = 0; i < entry->errors; i++)
		entry->error[i].kind = list->kind;
	list->code = entry->code;
	list->codes = entry->codes;
	list->error = entry->error;
	list->errors = entry->errors;
}

/* Only what a renderer fills in may stand in braces. */
static void check_page(struct reader *reader, const char *name, const char *const *url)
{
	const struct where where = reader_where(reader, url);

	if (**url && strncmp(*url, "http", 4) != 0)
		problems_add(&reader->problems, where, "'%s' must start with https:// or http://",
			     name);
	for (const char *at = strchr(*url, '{'); at; at = strchr(at + 1, '{'))
		if (strncmp(at, "{address}", 9) != 0 && strncmp(at, "{domain}", 8) != 0) {
			problems_add(&reader->problems, where,
				     "'%s' may hold {address} and {domain}, not %s", name,
				     quote(reader->scratch, at));
			return;
		}
}

void list_entry_finish(struct reader *reader, struct list_entry *entry)
{
	struct list *const list = &entry->list;

	check_zone(reader, entry);
	finish_tests(reader, entry);
	finish_codes(reader, entry);
	check_page(reader, "lookup_url", &list->lookup_url);
	check_page(reader, "removal_url", &list->way.url);
	list->way.words = list->removal;
	list->query_zone = list->zone;
	list->key_name = *entry->key_name ? entry->key_name : NULL;
	if (!*list->name)
		list->name = list->zone;
	if (list->is_enabled)
		list->why_disabled = "";
	else if (!*list->why_disabled)
		list->why_disabled = "the catalogue leaves it out";
}
