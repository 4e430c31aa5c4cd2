#include "maillog/selectors.h"

#include "base/mem.h"
#include "dns/name.h"
#include "maillog/intern.h"

#include <stdlib.h>
#include <string.h>

struct seen {
	int64_t at;
	enum selector_source source;
};

struct selectors {
	struct intern pair; /* "DOMAIN\0SELECTOR\0" */
	struct seen *seen; /* of each pair */
	size_t room;
};

struct selectors *selectors_new(void)
{
	return xcalloc(1, sizeof(struct selectors));
}

void selectors_free(struct selectors *selectors)
{
	if (!selectors)
		return;
	intern_release(&selectors->pair);
	free(selectors->seen);
	free(selectors);
}

/* What only hints gives way to what knows. */
static void merge(struct seen *seen, const struct signing *signing)
{
	if (selector_source_signs(signing->source) || !selector_source_signs(seen->source))
		seen->source = signing->source;
	if (signing->at > seen->at)
		seen->at = signing->at;
}

void selectors_add(void *context, const struct signing *signing)
{
	struct selectors *const selectors = context;
	const size_t domain_bytes = strlen(signing->domain) + 1;
	const size_t selector_bytes = strlen(signing->selector) + 1;
	const size_t known = selectors->pair.count;
	char key[2 * DNS_NAME_BYTES];
	uint32_t number;

	memcpy(key, signing->domain, domain_bytes);
	memcpy(key + domain_bytes, signing->selector, selector_bytes);
	number = intern_number(&selectors->pair, slice_of(key, domain_bytes + selector_bytes));
	if (number >= selectors->room) {
		selectors->room = (size_t)number * 2 + 64;
		selectors->seen =
		    xrealloc(selectors->seen, selectors->room, sizeof(*selectors->seen));
	}
	if (number >= known)
		selectors->seen[number] = (struct seen){signing->at, signing->source};
	else
		merge(&selectors->seen[number], signing);
}

size_t selectors_count(const struct selectors *selectors)
{
	return selectors->pair.count;
}

struct selector_row selectors_row(const struct selectors *selectors, size_t number)
{
	const char *const domain = intern_text(&selectors->pair, (uint32_t)number).at;

	return (struct selector_row){domain, domain + strlen(domain) + 1,
				     selectors->seen[number].source, selectors->seen[number].at};
}

void selectors_clear(struct selectors *selectors)
{
	intern_clear(&selectors->pair);
}
