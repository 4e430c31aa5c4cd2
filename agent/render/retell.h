#ifndef RENDER_RETELL_H
#define RENDER_RETELL_H

#include "base/str.h"

#include <stdbool.h>

/* What checks and judges say is English, in the store and in every document. Who shows it to people
 * in another language finds the sentence it was made of again, among those marked as SAID, and says
 * that one with the same fillings. So the store keeps no language, and rows of older versions read
 * well: in English, where their sentence is no more.
 *
 * In a translation a place written %t, or %2$t, holds a sentence or word of ours, which is told in
 * the other language, too; one written %w where it is one of ours, else as it is; one written %s is
 * always shown as it is. The shipped catalogue is ours: what it says of lists and codes. */

/* Adds the text in the language; as it is where that is English or not known, or no sentence fits.
 * Nothing is escaped. */
void retell(struct str *out, const char *language, const char *text);
/* The same; false, and nothing is added, where no sentence fits. */
bool retell_fits(struct str *out, const char *language, const char *text);

#endif
