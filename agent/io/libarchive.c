#include "io/libarchive.h"

#include "base/mem.h"

bool libarchive_load(struct libarchive *into, struct err *err)
{
	const struct library_call call[] = {LIBARCHIVE_CALLS(LIBRARY_CALL)};

	return library_load(LIBARCHIVE_SONAME, call, COUNT_OF(call), err);
}
