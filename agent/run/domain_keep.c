/* What looks at domains bring, on its way into the store. */
#include "run/domain_parts.h"

#include "base/err.h"
#include "render/auth_json.h"

/* Whether anything of it could not be learned. */
static bool is_partial(const struct domain_auth *auth)
{
	return auth->spf.cause != CAUSE_NONE || auth->dkim.cause != CAUSE_NONE ||
	       auth->dmarc.cause != CAUSE_NONE || auth->mx.cause != CAUSE_NONE;
}

/* What could not be learned stays as it was known. */
static void fill_from(struct domain_auth *auth, const struct domain_auth *known)
{
	if (auth->spf.cause != CAUSE_NONE)
		auth->spf = known->spf;
	if (auth->dkim.cause != CAUSE_NONE)
		auth->dkim = known->dkim;
	if (auth->dmarc.cause != CAUSE_NONE)
		auth->dmarc = known->dmarc;
	if (auth->mx.cause != CAUSE_NONE)
		auth->mx = known->mx;
}

/* A look without a store has nothing to fall back on, nor has a new domain. */
static bool find_known(struct pass *pass, size_t target, struct arena *arena,
		       struct domain_auth *known)
{
	const char *text = pass_domain(pass, target)->stored.auth;
	struct err err;

	if (!text[0] && (!pass->store || !pass->stored[target].id ||
			 !domains_auth(pass->store, pass->stored[target].id, arena, &text, &err)))
		return false;
	return text[0] && domain_auth_parse(text, arena, known);
}

void domains_take(struct pass *pass, size_t target, const struct domain_auth *auth)
{
	struct stored_domain *const stored = &pass_domain(pass, target)->stored;
	struct domain_auth whole = *auth;
	struct domain_auth known;
	struct arena *arena;

	selectors_take(pass, target, &auth->dkim);
	if (!is_partial(auth)) {
		stored->auth = auth_json_text(auth, pass->arena);
		stored->looked_at = pass->at;
		return;
	}
	arena = arena_new();
	if (find_known(pass, target, arena, &known))
		fill_from(&whole, &known);
	stored->auth = auth_json_text(&whole, pass->arena);
	stored->looked_at = pass->at;
	arena_free(arena);
}

/* Who asks without a store is shown what was answered. */
void domains_drop(struct pass *pass, size_t target)
{
	if (!pass->store)
		return;
	pass_domain(pass, target)->stored.auth = "";
	selectors_drop(pass, target);
}

bool domains_keep(struct pass *pass, size_t target, struct err *err)
{
	return domains_save(pass->store, pass->stored[target].id,
			    &pass_domain(pass, target)->stored, err) &&
	       selectors_keep(pass, target, err);
}
