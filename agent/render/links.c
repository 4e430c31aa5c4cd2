#include "render/links.h"

#include <string.h>
#include <strings.h>

const struct list *links_list(const struct catalogue *catalogue, const char *zone)
{
	for (size_t i = 0; catalogue && i < catalogue->lists; i++)
		if (strcasecmp(catalogue->list[i].zone, zone) == 0)
			return &catalogue->list[i];
	return NULL;
}

/* RFC 3986 section 2.3, and the colon of IPv6, which paths and queries may hold as it is. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~:", c));
}

static void add_escaped(struct str *out, const char *text)
{
	for (; *text; text++)
		if (is_plain(*text))
			str_add_char(out, *text);
		else
			str_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

void links_lookup(struct str *out, const struct list *list, const char *target)
{
	links_fill(out, list && list->lookup_url ? list->lookup_url : "", target);
}

void links_fill(struct str *out, const char *url, const char *target)
{
	const char *at = url;

	while (*at) {
		const size_t plain = strcspn(at, "{");

		str_add_bytes(out, at, plain);
		at += plain;
		if (strncmp(at, "{address}", 9) == 0 || strncmp(at, "{domain}", 8) == 0) {
			add_escaped(out, target);
			at = strchr(at, '}') + 1;
		} else if (*at) {
			str_add_char(out, *at++);
		}
	}
}

static size_t longest_known(const struct list *list, const char *rest)
{
	size_t longest = 0;

	for (size_t i = 0; list && i < list->codes; i++) {
		const size_t len = strlen(list->code[i].means);
		const bool ends = strncmp(rest, list->code[i].means, len) == 0 &&
				  (!rest[len] || strncmp(rest + len, ", ", 2) == 0);

		if (ends && len > longest)
			longest = len;
	}
	return longest;
}

bool links_next_meaning(const struct list *list, const char **rest, struct str *meaning)
{
	size_t len = longest_known(list, *rest);

	if (!**rest)
		return false;
	if (!len) {
		const char *comma = strstr(*rest, ", ");

		len = comma ? (size_t)(comma - *rest) : strlen(*rest);
	}
	str_clear(meaning);
	str_add_bytes(meaning, *rest, len);
	*rest += len;
	*rest += **rest ? 2 : 0;
	return true;
}
