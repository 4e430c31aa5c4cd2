#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/slice.h"

#include <stdbool.h>

/* The host of SCHEME://[USER@]HOST[:PORT][/...], an IPv6 address without its brackets; empty when
 * there is none. */
struct slice url_host(const char *url);
/* "localhost", 127.0.0.0/8 or ::1: what is sent there does not leave the machine. */
bool url_is_loopback(const char *url);

#endif
