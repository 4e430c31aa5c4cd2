#include "dns/suffix.h"

#include <idn2.h>
#include <libpsl.h>
#include <string.h>

bool suffix_registrable(const char *domain, char out[DNS_NAME_BYTES])
{
	const char *const found = psl_registrable_domain(psl_builtin(), domain);
	size_t len;

	out[0] = '\0';
	/* A lone label is nobody's: libpsl takes "localhost" for a suffix by its default rule. */
	if (!found || !strchr(found, '.'))
		return false;
	len = strlen(found);
	if (len > DNS_NAME_TEXT_MAX)
		return false;
	memcpy(out, found, len + 1);
	return true;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

bool suffix_to_ascii(const char *name, char out[DNS_NAME_BYTES])
{
	char *found = NULL;
	bool ok;

	/* What is ASCII is what DNS has, underscores and all. */
	if (is_ascii(name))
		return dns_name_normalise(name, out);
	ok = idn2_to_ascii_8z(name, &found, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) == IDN2_OK &&
	     dns_name_normalise(found, out);
	idn2_free(found);
	return ok;
}
