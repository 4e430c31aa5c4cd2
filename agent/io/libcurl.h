#ifndef IO_LIBCURL_H
#define IO_LIBCURL_H

#include "io/library.h"

/* Its check of the types is for calls by name. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

/* What sending letters needs. */
/* clang-format off */
#define LIBCURL_CALLS(CALL) \
	CALL(curl_, global_init) \
	CALL(curl_, global_cleanup) \
	CALL(curl_, multi_init) \
	CALL(curl_, multi_cleanup) \
	CALL(curl_, multi_add_handle) \
	CALL(curl_, multi_remove_handle) \
	CALL(curl_, multi_info_read) \
	CALL(curl_, multi_perform) \
	CALL(curl_, multi_poll) \
	CALL(curl_, easy_init) \
	CALL(curl_, easy_cleanup) \
	CALL(curl_, easy_setopt) \
	CALL(curl_, easy_getinfo) \
	CALL(curl_, easy_strerror) \
	CALL(curl_, slist_append) \
	CALL(curl_, slist_free_all)
/* clang-format on */

struct libcurl {
	LIBCURL_CALLS(LIBRARY_FIELD)
};

bool libcurl_load(struct libcurl *into, struct err *err);

#endif
