#ifndef STORE_SAMPLES_H
#define STORE_SAMPLES_H

#include "store/store.h"

/* From the pass at `at` on the address shows nothing, until its next sample. */
bool samples_end(struct store *store, int64_t address_id, int64_t at, struct err *err);

/* Grows each time the address shows something else, 0 for nothing ever: for those who only want to
 * know whether to look again. */
bool samples_newest(struct store *store, int64_t address_id, int64_t *pass_id, struct err *err);

#endif
