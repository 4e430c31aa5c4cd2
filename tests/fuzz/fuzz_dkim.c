/* Any TXT record at a selector: it ends, has a state, and what is offered as a fix can be used. */
#include "auth/dkim.h"
#include "base/mem.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	struct dkim_key key = {.selector = "s1"};
	const struct slice txt = slice_of((const char *)data, len);

	dkim_text_of(txt);
	dkim_key_read("s1._domainkey.example.jp", txt, arena, &key);
	if (key.state == AUTH_UNKNOWN || !key.type)
		bug("a record without a state");
	if ((key.state == AUTH_OK || key.state == AUTH_WEAK) && key.bits == 0)
		bug("a usable key without bits");
	if (key.state == AUTH_BROKEN && key.problems.count == 0)
		bug("a broken key without a reason");
	for (size_t i = 0; i < key.problems.count; i++)
		if (!*key.problems.problem[i].text)
			bug("a problem without a text");
	arena_free(arena);
	return 0;
}
