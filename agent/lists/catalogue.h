#ifndef LISTS_CATALOGUE_H
#define LISTS_CATALOGUE_H

#include "base/err.h"
#include "model/list.h"

#include <stdbool.h>
#include <stdint.h>

/* Codes: what an A record of a list means. All of it is data from the catalogue. */

/* Parses a pattern as the interface writes it (section 5). `error` says what is wrong. */
bool code_pattern_parse(const char *text, struct code_pattern *pattern, struct err *err);
/* `code` is the A record in host order. */
bool code_pattern_has(const struct code_pattern *pattern, uint32_t code);

/* Why a code is an operator's error and no listing: the list's own rows first (the narrowest
 * pattern wins), then 127.255.255.0/24, which is an error for every list. NULL: not an error.
 * Look here before the meanings. */
const struct list_code *catalogue_error(const struct list *list, uint32_t code);
/* The rows a code matches: the narrowest, or all the bits that are set. Returns how many, at
 * most `max`; 0 is a code the catalogue does not know. */
size_t catalogue_meanings(const struct list *list, uint32_t code, const struct list_code **out,
                          size_t max);

/* The entry of a zone, or NULL. Case-insensitive. */
const struct list *catalogue_find(const struct catalogue *catalogue, const char *zone);
/* Why a zone must not be asked, or NULL. */
const char *catalogue_retired(const struct catalogue *catalogue, const char *zone);

#endif
