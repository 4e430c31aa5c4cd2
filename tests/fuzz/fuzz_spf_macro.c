/* A macro-string and behind a newline each the local part and the domain it is expanded with.
 * Whatever is valid expands, within bounds; a domain that comes out can be asked about. */
#include "auth/spf_macro.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct slice take_line(struct slice *rest)
{
	const char *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;
	const struct slice line = slice_of(rest->at, end ? (size_t)(end - rest->at) : rest->len);

	*rest = slice_from(*rest, line.len + 1);
	return line;
}

static void expand(struct slice text, const struct spf_macros *macros)
{
	char name[DNS_NAME_BYTES];
	struct str out = {0};

	if (spf_macro_is_valid(text, SPF_MACRO_EXPLANATION)) {
		spf_macro_explain(text, macros, &out);
		if (out.len > SPF_EXPLANATION_MAX_BYTES)
			bug("an explanation beyond its bound");
	}
	str_release(&out);
	if (!spf_macro_is_domain(text))
		return;
	if (!spf_macro_is_valid(text, SPF_MACRO_DOMAIN))
		bug("a domain that is no macro-string");
	if (spf_macro_domain(text, macros, name) && !dns_name_fits(name))
		bug("a name beyond the limits");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct slice rest = slice_of((const char *)data, len);
	const struct slice text = take_line(&rest);
	const struct slice local_part = take_line(&rest);
	const struct slice domain_bytes = take_line(&rest);
	char *domain = xstrndup(domain_bytes.len ? domain_bytes.at : "", domain_bytes.len);
	struct spf_macros macros = {.sender = rest,
				    .local_part = local_part,
				    .sender_domain = slice_text(domain),
				    .domain = domain,
				    .helo = domain,
				    .validated = domain,
				    .receiver = domain,
				    .ip = {.family = 6},
				    .now = -1};

	expand(text, &macros);
	macros.ip.family = 4;
	expand(text, &macros);
	spf_macro_has_p(text);
	free(domain);
	return 0;
}
