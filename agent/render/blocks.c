#include "render/blocks.h"

enum { EIGHTHS = 8 };

/* How many of `parts` a value takes, at least one when it is not nothing. */
static size_t share(uint64_t value, uint64_t most, size_t parts)
{
	const double exact = most ? (double)value / (double)most * (double)parts : 0;
	const size_t whole = (size_t)(exact + 0.5);

	if (whole > parts)
		return parts;
	return value && !whole ? 1 : whole;
}

void blocks_bar(struct str *out, uint64_t value, uint64_t most, size_t columns)
{
	static const char *const left[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	const size_t parts = share(value, most, columns * EIGHTHS);

	for (size_t i = 0; i < parts / EIGHTHS; i++)
		str_add(out, "█");
	str_add(out, left[parts % EIGHTHS]);
}

void blocks_spark(struct str *out, const uint64_t *value, size_t values)
{
	static const char *const lower[EIGHTHS + 1] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	uint64_t most = 0;

	for (size_t i = 0; i < values; i++)
		most = value[i] > most ? value[i] : most;
	for (size_t i = 0; i < values; i++)
		str_add(out, lower[share(value[i], most, EIGHTHS)]);
}
