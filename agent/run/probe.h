#ifndef RUN_PROBE_H
#define RUN_PROBE_H

#include "base/arena.h"
#include "base/err.h"
#include "conf/conf.h"
#include "lists/health.h"
#include "model/auth.h"
#include "model/list.h"
#include "model/observation.h"
#include "model/target.h"
#include "run/gather.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Asks lists and name servers about targets, in two rounds: everything once, with each list's
 * canaries before its questions; then, from other source ports, what would change a belief a
 * second time, and last the canaries again. Knows nothing of beliefs: who calls decides what is
 * due, what to ask twice, and what it means. */

/* A list; or with `list` NULL the identity of addresses, or the authentication of domains. Each has
 * a lane of its own. */
struct probe_source {
	const struct list *list;
	bool is_auth;
	int lane;
	bool wants_canaries; /* in: even when nothing is due */
	bool is_asked; /* something was due */
	struct health_report opening, closing;
	uint64_t quota; /* in: questions left for today */
	size_t usable; /* first-round answers that were not blind */
	bool has_alarm; /* out of all proportion: stop asking for reasons (TXT) */
};

/* What came of one (target, source). Strings last until the callback returns. */
struct probe_result {
	size_t target;
	size_t source;
	const struct observation
	    *seen; /* one of a list; "ptr" and "helo" of identity; "spf", ... */
	size_t count;
	const struct identity *identity; /* of identity */
	const struct domain_auth *auth; /* of authentication */
};

struct probe_calls {
	bool (*is_due)(void *context, size_t target, size_t source);
	void (*first)(void *context, const struct probe_result *result);
	/* The next pair to ask a second time for a source, from `*at` on; false: no more. */
	bool (*again)(void *context, size_t source, size_t *at, size_t *target);
	void (*second)(void *context, const struct probe_result *result);
	void *context;
};

struct prober;

struct probe_plan {
	const struct target *target;
	size_t targets;
	struct probe_source *source;
	size_t sources;
	int64_t again_after_us; /* between the rounds, when anything is to be asked again */
	bool wants_text; /* the lists' reasons (TXT) */
	struct probe_calls calls;
};

struct prober *prober_new(const struct conf *conf, const struct probe_plan *plan, struct err *err);
void prober_free(struct prober *prober);
/* Both rounds. Whatever happens, every due pair has had its callback when it returns. */
void prober_run(struct prober *prober, progress_fn *progress, void *context);

struct resolver_counts prober_counts(const struct prober *prober);
uint64_t prober_asked(const struct prober *prober, size_t source);
uint64_t prober_ended(const struct prober *prober);
bool prober_is_over(const struct prober *prober);
const char *prober_notice(const struct prober *prober);

/* The worse of opening and closing canaries. */
struct health_report probe_source_health(const struct probe_source *source);

#endif
