#ifndef RENDER_TR_H
#define RENDER_TR_H

#include "base/str.h"
#include "base/tr_mark.h"

#include <stdarg.h>

/* Sentences in the operator's language. The key is the English sentence; po/LANGUAGE.po holds the
 * others, and the build makes a sorted table of it (po/table.awk), so that looking one up needs no
 * locale, no file and no environment, and two channels may speak two languages. xgettext finds the
 * sentences by the names of these functions (make po-update). */

/* English where the language or the sentence is not known. */
const char *tr(const char *language, const char *english) __attribute__((format_arg(2)));

/* Adds the sentence with its places filled in. Places are %s, or %1$s and so on where the order
 * differs, %% is a percent sign; anything else stays as it is. There are as many fillings as the
 * English sentence has places; a translation that asks for more gets nothing there. */
void tr_fill(struct str *out, const char *language, const char *english,
	     const char *const *filling);
/* The same; every argument is a const char *. */
void tr_add(struct str *out, const char *language, const char *english, ...)
    __attribute__((format(printf, 3, 4)));
void tr_add_list(struct str *out, const char *language, const char *english, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
