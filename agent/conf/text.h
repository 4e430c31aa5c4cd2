#ifndef CONF_TEXT_H
#define CONF_TEXT_H

#include "base/err.h"
#include "conf/option.h"
#include "conf/reader.h"

#include <stdbool.h>

/* Whether a text is what its option wants: returns it in canonical form, from the reader's arena
 * (names in lower case, paths absolute), or NULL with a sentence in `err` that goes on from the
 * value: "needs a unit, such as \"30s\"". */
const char *text_check(struct reader *reader, const struct option *option, const char *text,
		       struct err *err);

/* ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT. */
bool server_fits(const char *text);

#endif
