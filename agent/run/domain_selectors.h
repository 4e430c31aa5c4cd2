#ifndef RUN_DOMAIN_SELECTORS_H
#define RUN_DOMAIN_SELECTORS_H

#include "base/arena.h"
#include "conf/conf.h"
#include "model/auth.h"

/* DKIM selectors that mail logs told of and where looks found keys, on their way to the next look. */

/* Into the subject of one domain, from what the last pass left; without a database there are none. */
void selectors_known(const struct conf *conf, struct auth_subject *subject, struct arena *arena);

#endif
