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

/* Error rows first (the list's own; the narrowest pattern wins), then 127.255.255.0/24, which
 * is an error for every list. NULL: not an error. */
const struct list_code *catalogue_error(const struct list *list, uint32_t code);
/* Whether the answer is an operator's error for any list: 127.255.255.0/24. */
bool catalogue_is_error(const struct list *list, uint32_t code);
/* The rows a code matches, narrowest first; several only for bit masks. Returns how many,
 * at most `max`. */
size_t catalogue_meanings(const struct list *list, uint32_t code, const struct list_code **out,
                          size_t max);

/* The entry of a zone, or NULL. Case-insensitive. */
const struct list *catalogue_find(const struct catalogue *catalogue, const char *zone);
/* Why a zone must not be asked, or NULL. */
const char *catalogue_retired(const struct catalogue *catalogue, const char *zone);

#endif
