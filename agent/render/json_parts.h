#ifndef RENDER_JSON_PARTS_H
#define RENDER_JSON_PARTS_H

#include "base/civil.h"

#include <jansson.h>
#include <stdint.h>

/* What documents are put together from. */

/* Takes the value over. */
void json_put(json_t *object, const char *key, json_t *value);
void json_put_count(json_t *object, const char *key, uint64_t count);
/* Two decimals are all that is meant. */
void json_put_ratio(json_t *object, const char *key, double value);

/* Any bytes, made valid UTF-8. */
json_t *json_text(const char *text);

/* Left out: NULL and "", and the time 0. */
void json_put_text(json_t *object, const char *key, const char *text);
void json_put_time(json_t *object, const char *key, const struct zone *zone, int64_t at);

#endif
