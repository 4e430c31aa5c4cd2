#include "io/libgmime.h"

#include "base/mem.h"

bool libgmime_load(struct libgmime *into, struct err *err)
{
	const struct library_call call[] = {LIBGMIME_CALLS(LIBRARY_CALL)};

	return library_load(LIBGMIME_SONAME, call, COUNT_OF(call), err);
}
