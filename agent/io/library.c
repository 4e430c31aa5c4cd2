#include "io/library.h"

#include <dlfcn.h>
#include <string.h>

bool library_load(const char *soname, const struct library_call *call, size_t calls,
		  struct err *err)
{
	/* Never closed: GLib, which comes with some, cannot be unloaded. */
	void *const library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

	if (!library)
		return err_set(err, "cannot load %s: %s", soname, dlerror());
	for (size_t i = 0; i < calls; i++) {
		void *const address = dlsym(library, call[i].name);

		if (!address)
			return err_set(err, "%s has no '%s'", soname, call[i].name);
		/* POSIX lets a function's address pass through an object pointer, C does not. */
		memcpy(call[i].pointer, &address, sizeof(address));
	}
	return true;
}
