/* Inside the pass's transaction: what changed becomes incidents, and incidents letters. Whatever
 * kills the pass leaves neither. */
#include "run/alerts_parts.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/random.h>

const char *alerts_uid(struct alerts *alerts)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char *const uid = arena_calloc(alerts->arena, UID_BYTES + 1, 1);
	unsigned char random[UID_BYTES];

	/* Up to 256 bytes come whole. */
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		bug("the system has no random numbers");
	/* A slight preference of four digits does no harm to 100 bits. */
	for (size_t i = 0; i < UID_BYTES; i++)
		uid[i] = digits[random[i] % (sizeof(digits) - 1)];
	return uid;
}

struct stored_address *alerts_target(const struct alerts *alerts, const char *address)
{
	return map_get(alerts->target, address);
}

static void index_pass(struct alerts *alerts)
{
	struct pass *const pass = alerts->pass;

	for (size_t i = 0; i < pass->targets.count; i++)
		map_put(alerts->target, pass->stored[i].address, &pass->stored[i]);
	for (size_t i = SOURCE_LISTS; i < pass->sources; i++)
		map_put(alerts->source, pass->source[i].list->zone, &pass->source[i]);
}

static bool load(struct alerts *alerts, struct err *err)
{
	struct pass *const pass = alerts->pass;

	return alerting_load(pass->store, &alerts->alerting, err) &&
	       incidents_load(pass->store, pass->at - INCIDENT_FLAP_S - 1, alerts->arena,
			      &alerts->incident, &alerts->incidents, err) &&
	       mutes_load(pass->store, pass->at, alerts->arena, &alerts->mute, &alerts->mutes, err);
}

static bool judge(struct alerts *alerts, struct err *err)
{
	struct pass *const pass = alerts->pass;
	struct incident_outcome *const out = &alerts->outcome;
	const struct incident_input input = {
	    .now = pass->at,
	    .policy = {pass->conf->alerts.repeat_ms / 1000, !alerts->alerting.began_at},
	    .news = alerts->news,
	    .newses = alerts->newses,
	    .incident = alerts->incident,
	    .incidents = alerts->incidents,
	    .mute = alerts->mute,
	    .mutes = alerts->mutes,
	};

	incident_judge(&input, alerts->arena, out);
	for (size_t i = 0; i < out->incidents; i++) {
		if (!*out->incident[i].uid)
			out->incident[i].uid = alerts_uid(alerts);
		if (out->is_changed[i] && !incidents_save(pass->store, &out->incident[i], err))
			return false;
	}
	return incidents_trim(pass->store, pass->at, err);
}

/* The first pass is all a week's summary could tell. */
static bool begin(struct alerts *alerts, struct err *err)
{
	const struct alerting begun = {alerts->pass->at, alerts->pass->at};

	return alerts->alerting.began_at || alerting_save(alerts->pass->store, &begun, err);
}

bool alerts_raise(struct pass *pass, struct err *err)
{
	struct alerts alerts = {
	    .pass = pass, .arena = arena_new(), .target = map_new(), .source = map_new()};
	bool ok;

	index_pass(&alerts);
	ok = load(&alerts, err);
	if (ok)
		alerts_news(&alerts);
	ok = ok && judge(&alerts, err) && alerts_letters(&alerts, err) && begin(&alerts, err);
	pass->summary->letters_queued = alerts.queued;
	free(alerts.news);
	map_free(alerts.target);
	map_free(alerts.source);
	arena_free(alerts.arena);
	return ok;
}
