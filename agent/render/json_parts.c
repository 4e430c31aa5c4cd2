#include "render/json_parts.h"

#include "base/mem.h"
#include "base/str.h"
#include "render/escape.h"
#include "render/utf8.h"

#include <math.h>
#include <string.h>

void json_put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		bug("cannot set '%s' in a document", key);
}

void json_put_count(json_t *object, const char *key, uint64_t count)
{
	json_put(object, key, json_integer((json_int_t)count));
}

void json_put_ratio(json_t *object, const char *key, double value)
{
	json_put(object, key, json_real(round(value * 100) / 100));
}

/* Checking all of it in long documents takes most of the time that printing them does. */
json_t *json_text(const char *text)
{
	const size_t len = strlen(text);
	struct str valid = {0};
	json_t *value;

	if (utf8_plain(text, len) == len)
		return json_stringn_nocheck(text, len);
	escape_utf8(&valid, text, len);
	value = json_stringn(str_text(&valid), valid.len);
	str_release(&valid);
	return value;
}

void json_put_text(json_t *object, const char *key, const char *text)
{
	if (text && *text)
		json_put(object, key, json_text(text));
}

void json_put_time(json_t *object, const char *key, const struct zone *zone, int64_t at)
{
	char text[CIVIL_TEXT_BYTES];

	if (at)
		json_put(object, key, json_string(civil_rfc3339(zone, at, text)));
}
