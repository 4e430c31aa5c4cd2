#ifndef RUN_DOMAIN_PARTS_H
#define RUN_DOMAIN_PARTS_H

#include "run/pass_parts.h"

/* Inside run/: the domains of a pass. */

/* Appends the domains to pass->targets: each that is looked at, and behind it the registrable
 * domain it belongs to when nobody else brings that. */
bool domains_choose(struct pass *pass, struct err *err);
/* domain_senders.c, once it is planned: what the looks need, unless none is due. */
bool domains_prepare(struct pass *pass, struct err *err);

/* DKIM selectors of a domain, on their way into a look and out of it. */
struct domain_selectors {
	struct auth_subject *subject;
	const char **found; /* where this pass found a key */
	size_t founds;
	bool has_guessed; /* and it tried common ones */
};
/* domain_selectors.c: selectors that logs and earlier looks told of, into the subjects; what a look
 * found of them, which may be taken back; that, after domains_save. */
bool selectors_give(struct pass *pass, struct err *err);
void selectors_take(struct pass *pass, size_t target, const struct domain_dkim *dkim);
void selectors_drop(struct pass *pass, size_t target);
bool selectors_keep(struct pass *pass, size_t target, struct err *err);

/* What a look brought, for the store and for views. Nothing that could not be learned replaces what
 * was known. */
void domains_take(struct pass *pass, size_t target, const struct domain_auth *auth);
/* Takes it back: what is not believed is not kept either. */
void domains_drop(struct pass *pass, size_t target);
/* After store_save_address. */
bool domains_keep(struct pass *pass, size_t target, struct err *err);

/* What domains_senders() is asked by each pass. */
struct sender_query domains_period(const struct pass *pass);
/* Before the pass believes anything. */
void domains_remember(struct pass *pass);
/* Once all of the pass is in the store: what is shown of the domains' mail, of those of which it may
 * have changed. */
bool domains_show(struct pass *pass, struct err *err);

/* An event about a domain's authentication; told once all of a pass are there. */
void domains_event(struct pass *pass, const struct event *event);
/* One event for what has one cause. */
void domains_tell(struct pass *pass);
/* Before the answers are applied to the standings. */
void domains_weigh_blindness(struct pass *pass);
/* What most changes of this pass say is wrong; "" when they say different things. */
const char *domains_commonest(struct pass *pass);

#endif
