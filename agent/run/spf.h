#ifndef RUN_SPF_H
#define RUN_SPF_H

#include "auth/spf.h"
#include "base/arena.h"
#include "base/err.h"
#include "conf/conf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* check_host() over the network. */

/* RFC 7208 section 4.6.4: at least 20 seconds may be granted to one evaluation. */
enum { SPF_DEADLINE_MS = 20 * 1000 };

/* Evaluates all of them side by side; equal questions are asked once. What is not answered within
 * the resolver's deadline ends as SPF_TEMPERROR. One verdict a query, from `arena`; `asked` is how
 * many questions went out, and may be NULL. False: the resolver could not be set up. */
bool spf_ask_all(const struct conf *conf, const struct spf_query *query, size_t queries,
		 struct arena *arena, struct spf_verdict **verdict, uint64_t *asked,
		 struct err *err);

/* What spf_look() sees of one domain; it lasts until the callback returns. */
typedef void spf_seen_fn(void *context, const struct domain_spf *seen);
bool spf_look_now(const struct conf *conf, const struct auth_subject *subject, spf_seen_fn *seen,
		  void *context, struct err *err);

#endif
