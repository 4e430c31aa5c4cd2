#include "model/observation.h"

#include <stdio.h>

const char *code_text(uint32_t code, char out[CODE_TEXT_BYTES])
{
	snprintf(out, CODE_TEXT_BYTES, "%u.%u.%u.%u", code >> 24, code >> 16 & 255, code >> 8 & 255,
		 code & 255);
	return out;
}
