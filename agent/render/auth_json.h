#ifndef RENDER_AUTH_JSON_H
#define RENDER_AUTH_JSON_H

#include "base/arena.h"
#include "model/auth.h"

#include <jansson.h>

/* Sets "spf", "dkim", "dmarc" and "mx", each with its `result`, and what else DNS says of the
 * domain. Foreign text is made valid UTF-8. */
void auth_json_put(json_t *object, const struct domain_auth *auth);

/* The same as one line, for keeping; store/domains.h reads it again. */
const char *auth_json_text(const struct domain_auth *auth, struct arena *arena);

#endif
