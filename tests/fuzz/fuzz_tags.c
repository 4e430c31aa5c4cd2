/* Any bytes as tags: what is borrowed lies within them. */
#include "auth/mend.h"
#include "auth/tags.h"
#include "base/mem.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_within(struct slice part, struct slice text)
{
	if (part.at && (part.at < text.at || part.at + part.len > text.at + text.len))
		bug("a part outside the text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const names[] = {"v", "p", "rua"};
	const struct slice text = slice_of((const char *)data, len);
	struct arena *arena = arena_new();
	struct slice rest = text;
	struct slice part;
	struct tags tags;

	tags_read(text, &tags);
	check_within(tags.wrong, text);
	for (size_t i = 0; i < tags.count; i++) {
		check_within(tags.tag[i].name, text);
		check_within(tags.tag[i].value, text);
	}
	while (tags_next_part(&rest, ':', &part))
		check_within(part, text);
	if (mend_tags(text, names, COUNT_OF(names), arena).len > 2 * len)
		bug("a mended text that grew without end");
	arena_free(arena);
	return 0;
}
