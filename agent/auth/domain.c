#include "auth/domain.h"

#include "auth/dkim.h"
#include "auth/dmarc.h"
#include "auth/mx.h"
#include "auth/spf_lint.h"
#include "auth/transport.h"
#include "dns/suffix.h"

bool domain_look(const struct auth_subject *subject, struct ask *ask, struct domain_auth *out)
{
	char registrable[DNS_NAME_BYTES];
	bool is_done = true;

	*out = (struct domain_auth){.domain = subject->domain, .registrable = subject->domain};
	if (suffix_registrable(subject->domain, registrable))
		out->registrable = arena_strdup(ask->arena, registrable);
	/* SPF comes last: it alone may cause questions without end in sight, and what there is room
	 * for shall not be missing from the others. */
	is_done = mx_look(subject, ask, &out->mx) && is_done;
	is_done = dmarc_look(subject, ask, &out->dmarc) && is_done;
	is_done = dkim_look(subject, ask, &out->dkim) && is_done;
	is_done = transport_look(subject, ask, out) && is_done;
	is_done = spf_look(subject, ask, &out->spf) && is_done;
	return is_done;
}
