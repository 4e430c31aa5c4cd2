#ifndef MODEL_TARGET_H
#define MODEL_TARGET_H

#include "base/ip.h"
#include "model/auth.h"

enum target_kind { TARGET_ADDRESS, TARGET_DOMAIN };

/* Something watched. Strings are never NULL; "" is "not given". */
struct target {
	enum target_kind kind;
	const char *text; /* canonical: the address, or the domain in lower case A-labels */
	struct ip ip; /* TARGET_ADDRESS */
	const char *name; /* the operator's name for the host */
	const char *helo;
	const char *pool;
	const char *listed_as; /* a domain: the name lists are asked for; "": none, NULL: its own */
	const struct auth_subject *auth; /* a domain: what SPF, DKIM and DMARC are held against;
					  * NULL: they are not looked at */
};

#endif
