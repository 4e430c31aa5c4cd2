#include "io/librrd.h"

#include "base/mem.h"

#include <dlfcn.h>
#include <string.h>

bool librrd_load(struct librrd *rrd, struct err *err)
{
	/* Never closed: GLib, which comes with it, cannot be unloaded. */
	void *const library = dlopen(LIBRRD_SONAME, RTLD_LAZY | RTLD_LOCAL);
	const struct {
		const char *name;
		void *call; /* where its address goes */
	} calls[] = {
	    {"rrd_create_r", &rrd->create_r},       {"rrd_updatex_r", &rrd->updatex_r},
	    {"rrd_clear_error", &rrd->clear_error}, {"rrd_get_error", &rrd->get_error},
	    {"rrd_test_error", &rrd->test_error},
	};

	if (!library)
		return err_set(err, "cannot load librrd: %s", dlerror());
	for (size_t i = 0; i < COUNT_OF(calls); i++) {
		void *const address = dlsym(library, calls[i].name);

		if (!address)
			return err_set(err, "librrd has no '%s'", calls[i].name);
		/* POSIX lets a function's address pass through an object pointer, C does not. */
		memcpy(calls[i].call, &address, sizeof(address));
	}
	return true;
}
