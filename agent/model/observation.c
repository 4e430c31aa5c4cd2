#include "model/observation.h"

#include <stdio.h>

const char *code_text(uint32_t code, char out[CODE_TEXT_BYTES])
{
	snprintf(out, CODE_TEXT_BYTES, "%u.%u.%u.%u", code >> 24, code >> 16 & 255, code >> 8 & 255,
		 code & 255);
	return out;
}

void observation_set_blind(struct observation *out, enum cause cause)
{
	out->finding = FINDING_BLIND;
	out->cause = cause;
	out->text = cause_text(cause);
}

void observation_set_broken(struct observation *out, enum severity severity, const char *text,
			    const char *fix)
{
	out->finding = FINDING_BROKEN;
	out->severity = severity;
	out->text = text;
	out->fix = fix;
}
