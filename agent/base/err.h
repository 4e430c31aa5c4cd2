#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

/* One sentence for the operator: starts with what failed, lower case, no full stop,
 * the culprit in single quotes. `cli/` prints it; nothing else does. */
struct err {
	char text[1024];
};

/* Sets the sentence (cut to fit) and returns false, so that `return err_set(...)` reads well. */
bool err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
