#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>

/* Whether it is empty or repwatch's, and not newer than this program. */
bool schema_is_known(struct store *store, struct err *err);
/* Brings such a database to this program's schema, a transaction for each step. */
bool schema_migrate(struct store *store, struct err *err);
/* For readers, who change nothing: it must be of this program's schema. */
bool schema_is_current(struct store *store, struct err *err);

#endif
