#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "base/str.h"

/* Fails unless the text is what tests/data/golden/NAME holds; the text then stands in NAME.got
 * in the current folder. With GOLDEN_UPDATE=1 in the environment the file is written instead. */
void golden_equal(const char *name, const struct str *text);

#endif
