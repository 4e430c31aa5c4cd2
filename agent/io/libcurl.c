#include "io/libcurl.h"

#include "base/mem.h"

bool libcurl_load(struct libcurl *into, struct err *err)
{
	const struct library_call call[] = {LIBCURL_CALLS(LIBRARY_CALL)};

	return library_load(LIBCURL_SONAME, call, COUNT_OF(call), err);
}
