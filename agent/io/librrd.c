#include "io/librrd.h"

#include "base/mem.h"

bool librrd_load(struct librrd *into, struct err *err)
{
	const struct library_call call[] = {LIBRRD_CALLS(LIBRARY_CALL)};

	return library_load(LIBRRD_SONAME, call, COUNT_OF(call), err);
}
