/* A program of the operator's reads the same document from its standard input. */
#include "render/letter_parts.h"

void letter_command(const struct alert *alert, const struct letter_style *style,
		    struct arena *arena, struct letter *out)
{
	letter_finish(out, letter_document(alert, style, arena), arena);
}
