#ifndef STORE_SAMPLES_H
#define STORE_SAMPLES_H

#include "store/store.h"

/* From the pass at `at` on the address shows nothing, until its next sample. */
bool samples_end(struct store *store, int64_t address_id, int64_t at, struct err *err);

#endif
