#ifndef IO_LIBRARY_H
#define IO_LIBRARY_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Libraries that few passes need, loaded when they are. With what they bring (TLS, Kerberos, XML,
 * Unicode, GLib; librrd: Pango, Cairo, X11) they are eighty files: opened at each start they would
 * cost a pass with nothing to do more than all its work, and a host where one of them is broken
 * could not even be asked for its status.
 *
 * The calls of a library are a table in libNAME.h, which makes a struct of pointers by
 * LIBRARY_FIELD; libNAME.c fills it by LIBRARY_CALL and library_load(). */

struct library_call {
	const char *name;
	void *pointer; /* to a pointer to such a function, which is set */
};

#define LIBRARY_FIELD(prefix, name) __typeof__(&prefix##name) name;
/* With `into`, the struct that is filled. */
#define LIBRARY_CALL(prefix, name) {#prefix #name, &into->name},

/* False with the loader's words. The library stays until the program ends; loading it again is
 * cheap. */
bool library_load(const char *soname, const struct library_call *call, size_t calls,
		  struct err *err);

#endif
