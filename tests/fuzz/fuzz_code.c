/* Patterns of the catalogue: whatever parses lies inside 127.0.0.0/8, runs forwards, and has its
 * own ends; what does not parse says why and leaves the pattern alone. */
#include "base/mem.h"
#include "lists/catalogue.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint32_t code_of(const uint8_t octet[4])
{
	return (uint32_t)octet[0] << 24 | (uint32_t)octet[1] << 16 | (uint32_t)octet[2] << 8 |
	       octet[3];
}

static void check_pattern(const struct code_pattern *pattern)
{
	const uint32_t low = code_of(pattern->low);
	const uint32_t high = code_of(pattern->high);

	if (pattern->low[0] != 127 || pattern->high[0] != 127)
		bug("a pattern outside 127.0.0.0/8");
	for (int i = 0; i < 4; i++)
		if (pattern->low[i] > pattern->high[i])
			bug("a pattern that runs backwards");
	if (pattern->bit & (pattern->bit - 1))
		bug("a pattern of several bits");
	if (!code_pattern_has(pattern, low | pattern->bit) || !code_pattern_has(pattern, high))
		bug("a pattern without its own ends");
	if (code_pattern_has(pattern, low - 1) || code_pattern_has(pattern, high + 1))
		bug("a pattern with more than its own ends");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct code_pattern untouched = {.bit = 77};
	struct code_pattern pattern = untouched;
	struct err err = {""};
	char *text = xstrndup((const char *)data, len);

	if (code_pattern_parse(text, &pattern, &err))
		check_pattern(&pattern);
	else if (!*err.text || memcmp(&pattern, &untouched, sizeof(pattern)) != 0)
		bug("a refusal without a reason");
	free(text);
	return 0;
}
