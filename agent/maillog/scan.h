#ifndef MAILLOG_SCAN_H
#define MAILLOG_SCAN_H

#include "base/ip.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* Reading a line from the left. `rest` is what has not been read; it moves on only when the
 * function returns true. */

enum { SCAN_NONE = -1 };

static inline bool scan_text(struct slice *rest, const char *text)
{
	if (!slice_starts(*rest, text))
		return false;
	*rest = slice_from(*rest, strlen(text));
	return true;
}

/* What stands before `stop`; `rest` is then behind it. */
static inline bool scan_until(struct slice *rest, char stop, struct slice *part)
{
	const char *end = near_find(rest->at, rest->len, stop);

	if (!end)
		return false;
	*part = slice_of(rest->at, (size_t)(end - rest->at));
	*rest = slice_from(*rest, part->len + 1);
	return true;
}

/* Digits, dots and slashes, and at least one: numbers, versions, lists of them. */
static inline bool scan_number(struct slice *rest, struct slice *number)
{
	*number = slice_of(rest->at, near_span(rest->at, rest->len, '.', '9'));
	*rest = slice_from(*rest, number->len);
	return number->len > 0;
}

static inline bool scan_is_number(struct slice text)
{
	return text.len && near_span(text.at, text.len, '.', '9') == text.len;
}

/* A value up to ", " (read, too). */
static inline bool scan_value(struct slice *rest, struct slice *value)
{
	struct slice from = *rest;
	struct slice part;

	while (scan_until(&from, ',', &part)) {
		if (!slice_starts(from, " "))
			continue;
		*value = slice_of(rest->at, (size_t)(part.at + part.len - rest->at));
		*rest = slice_from(from, 1);
		return true;
	}
	return false;
}

/* A word up to a blank (read, too) or the end; false for an empty one. */
bool scan_word(struct slice *rest, struct slice *word);

/* The bytes of an RFC 5321 quoted string at the start, with its quotes; 0: there is none. */
size_t scan_quoted(struct slice text);
/* An address up to `stop` (read, too), which may also stand in a quoted string or a comment. */
bool scan_address_to(struct slice *rest, char stop, struct slice *address);
/* Behind "<": up to its ">". */
bool scan_address(struct slice *rest, struct slice *address);
/* The same without brackets, up to a blank or the end. */
bool scan_bare_address(struct slice *rest, struct slice *address);

/* Behind the last "@"; empty when there is none. */
struct slice scan_domain(struct slice address);
/* Whether it is LOCAL@DOMAIN and the domain holds nothing but what a domain may. */
bool scan_is_address(struct slice address);
/* Only bytes of `set`, and at least one. */
bool scan_is_all(struct slice text, const char *set);

/* Where `text` begins in it for the first or last time, or SCAN_NONE. The last one is looked for
 * from the right by the first byte of `text`. */
ptrdiff_t scan_find(struct slice in, const char *text);
ptrdiff_t scan_find_last(struct slice in, const char *text);

/* An address and nothing else; family 0 when it is none. */
struct ip scan_ip(struct slice text);
/* This host: 127.0.0.0/8 or ::1. */
bool scan_is_loopback(const struct ip *ip);
/* "5.7.1" at the start of a reply, behind its code: "550 5.7.1 ...", "550-5.7.1 ..."; else empty. */
struct slice scan_status(struct slice reply);

#endif
