#include "cli/choose.h"

#include "cli/targets.h"
#include "dns/name.h"
#include "lists/catalogue.h"

/* RFC 5782 section 2.1 leaves the codes to the list; by custom they are in 127.0.0.0/24, and
 * 127.0.0.1 is no listing. */
static const struct list_code usual_code = {
    .pattern = {{127, 0, 0, 2}, {127, 0, 0, 254}, 0},
    .text = "127.0.0.2-254",
    .means = "listed",
    .kind = LIST_BLOCK,
    .severity = SEVERITY_MAJOR,
};

/* RFC 5782 section 5: test entries. */
static const struct list usual_list = {
    .operator_name = "",
    .kind = LIST_BLOCK,
    .severity = SEVERITY_MAJOR,
    .code = &usual_code,
    .codes = 1,
    .test4 = {"127.0.0.2", "127.0.0.1"},
    .test6 = {"::FFFF:7F00:2", "::FFFF:7F00:1"},
    .test_domain = {"TEST", "INVALID"},
    .is_enabled = true,
    .why_disabled = "",
    .every_ms = 3600000,
    .terms = "",
    .lookup_url = "",
    .removal = "",
    .way = {.url = "", .mail = "", .words = ""},
};

static bool take_unknown(struct list *list, const char *zone, unsigned covers, struct arena *arena,
			 struct err *err)
{
	char name[DNS_NAME_BYTES];

	if (!dns_name_normalise(zone, name) || !targets_is_domain(name))
		return err_set(err, "--list: '%s' is no zone", zone);
	*list = usual_list;
	list->covers = covers;
	list->zone = arena_strdup(arena, name);
	list->query_zone = list->zone;
	list->name = list->zone;
	return true;
}

static bool is_refused(const struct catalogue *catalogue, const char *zone, struct err *err)
{
	const char *retired = catalogue_retired(catalogue, zone);
	const struct list *known = catalogue_find(catalogue, zone);

	if (retired)
		err_set(err, "--list: '%s' must not be asked: %s", zone, retired);
	else if (known && !known->is_enabled && known->key_name)
		err_set(err, "--list: '%s' needs a key: %s", zone, known->why_disabled);
	else
		return false;
	return true;
}

bool choose_lists(struct catalogue *catalogue, const struct choice *choice, struct arena *arena,
		  struct err *err)
{
	struct list *chosen = arena_calloc(arena, choice->zones, sizeof(*chosen));

	for (size_t i = 0; i < choice->zones; i++) {
		const char *zone = choice->zone[i];
		const struct list *known = catalogue_find(catalogue, zone);

		if (is_refused(catalogue, zone, err))
			return false;
		if (known)
			chosen[i] = *known;
		else if (!take_unknown(&chosen[i], zone, choice->covers, arena, err))
			return false;
		chosen[i].is_enabled = true;
	}
	catalogue->list = chosen;
	catalogue->lists = choice->zones;
	return true;
}
