#include "auth/hostname.h"

#include "dns/name.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_label(const char *label, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_letter_or_digit(label[i]) && label[i] != '-')
			return false;
	return len > 0 && label[0] != '-' && label[len - 1] != '-';
}

bool hostname_is_qualified(const char *name)
{
	const char *label = name;
	const char *dot;

	if (!dns_name_fits(name))
		return false;
	for (dot = strchr(label, '.'); dot; dot = strchr(label, '.')) {
		if (!is_label(label, (size_t)(dot - label)))
			return false;
		label = dot + 1;
	}
	/* A number at the end makes it an address, or one with a digit too few. */
	return label != name && is_label(label, strlen(label)) &&
	       strspn(label, "0123456789") != strlen(label);
}
