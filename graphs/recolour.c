/* Exchanges the colours of librrd's drawing. Cairo writes each as "rgb(98.4%,98.4%,98.8%)". */
#include "sheet.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

enum { FULL = 255, CHANNELS = 3 };

static bool read_channel(const char **at, char end, unsigned long *rgb)
{
	char *rest;
	const double percent = strtod(*at, &rest);

	if (rest == *at || rest[0] != '%' || rest[1] != end || !(percent >= 0 && percent <= 100))
		return false;
	*rgb = *rgb << 8 | (unsigned long)(percent * FULL / 100 + 0.5);
	*at = rest + 2;
	return true;
}

/* What stands between the parentheses; `at` is set behind them. */
static bool read_colour(const char **at, unsigned long *rgb)
{
	*rgb = 0;
	for (int i = 0; i < CHANNELS; i++)
		if (!read_channel(at, i + 1 < CHANNELS ? ',' : ')', rgb))
			return false;
	return true;
}

static const char *other_of(const struct sheet_twin *twin, unsigned long rgb)
{
	for (size_t i = 0; i < twin->colours; i++)
		if (strtoul(twin->colour[i].own + 1, NULL, 16) == rgb)
			return twin->colour[i].other;
	return NULL;
}

bool canvas_recolour(const struct sheet_twin *twin, const char *canvas, size_t len, char **image,
		     size_t *image_len)
{
	static const char mark[] = "rgb(";
	const char *const end = canvas + len;
	struct str out = {0};
	const char *at = canvas;
	const char *found;

	while ((found = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1)) != NULL) {
		const char *other = NULL;
		unsigned long rgb;

		str_add_bytes(&out, at, (size_t)(found - at));
		at = found + sizeof(mark) - 1;
		if (read_colour(&at, &rgb))
			other = other_of(twin, rgb);
		if (!other) {
			str_release(&out);
			return false;
		}
		str_add(&out, other);
	}
	str_add_bytes(&out, at, (size_t)(end - at));
	*image = out.text;
	*image_len = out.len;
	return true;
}
