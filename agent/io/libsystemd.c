#ifdef HAVE_SYSTEMD

#include "io/libsystemd.h"

#include "base/mem.h"

bool libsystemd_load(struct libsystemd *into, struct err *err)
{
	const struct library_call call[] = {LIBSYSTEMD_CALLS(LIBRARY_CALL)};

	return library_load(LIBSYSTEMD_SONAME, call, COUNT_OF(call), err);
}

#endif
