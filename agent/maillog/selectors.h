#ifndef MAILLOG_SELECTORS_H
#define MAILLOG_SELECTORS_H

#include "maillog/signing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What was read of selectors, each pair of domain and selector once, with its latest moment. */
struct selectors;

struct selector_row {
	const char *domain, *selector; /* borrowed until the next one is added */
	enum selector_source source; /* of a signer, when one told of it */
	int64_t at;
};

enum { SELECTORS_FULL = 20000 };

struct selectors *selectors_new(void);
void selectors_free(struct selectors *selectors);
/* A signing_fn; `context` is the selectors. */
void selectors_add(void *context, const struct signing *signing);
size_t selectors_count(const struct selectors *selectors);
struct selector_row selectors_row(const struct selectors *selectors, size_t number);
void selectors_clear(struct selectors *selectors);

#endif
