#include "render/auth_json.h"

#include "base/mem.h"
#include "render/json_parts.h"

#include <stdlib.h>

static void put_true(json_t *object, const char *key, bool value)
{
	if (value)
		json_put(object, key, json_true());
}

/* Of what could not be learned. */
static void put_cause(json_t *object, enum cause cause)
{
	if (cause != CAUSE_NONE)
		json_put_text(object, "cause", cause_name(cause));
}

static void put_problems(json_t *object, const struct auth_problems *problems)
{
	json_t *array;

	if (!problems->count)
		return;
	array = json_array();
	for (size_t i = 0; i < problems->count; i++) {
		const struct auth_problem *const problem = &problems->problem[i];
		json_t *row = json_object();

		json_put_text(row, "severity", severity_name(problem->severity));
		json_put_text(row, "text", problem->text);
		json_put_text(row, "fix", problem->fix);
		json_array_append_new(array, row);
	}
	json_put(object, "problems", array);
}

static void put_tree(json_t *object, const struct domain_spf *spf)
{
	json_t *array;

	if (!spf->costs)
		return;
	array = json_array();
	for (size_t i = 0; i < spf->costs; i++) {
		json_t *row = json_object();

		json_put_count(row, "depth", spf->cost[i].depth);
		json_put_text(row, "term", spf->cost[i].term);
		json_put_count(row, "lookups", spf->cost[i].lookups);
		json_array_append_new(array, row);
	}
	json_put(object, "tree", array);
}

static json_t *spf_of(const struct domain_spf *spf)
{
	json_t *object = json_object();
	json_t *senders = json_array();
	char text[IP_TEXT_BYTES];

	json_put_text(object, "result", spf_record_word(spf->result, spf->senders));
	put_cause(object, spf->cause);
	json_put_text(object, "record", spf->record);
	json_put_count(object, "lookups", spf->lookups);
	json_put_count(object, "void_lookups", spf->voids);
	put_tree(object, spf);
	for (size_t i = 0; i < spf->senders; i++) {
		json_t *sender = json_object();

		json_put_text(sender, "address", ip_text(&spf->sender[i].ip, text));
		json_put_text(sender, "result", spf_result_name(spf->sender[i].result));
		json_put_text(sender, "mechanism", spf->sender[i].mechanism);
		json_array_append_new(senders, sender);
	}
	json_put(object, "senders", senders);
	put_problems(object, &spf->problems);
	json_put_text(object, "fix", spf->fix);
	json_put_text(object, "why", spf->why);
	return object;
}

static json_t *dkim_of(const struct domain_dkim *dkim)
{
	json_t *object = json_object();
	json_t *keys = json_array();

	json_put_text(object, "result", auth_state_name(dkim->state));
	put_cause(object, dkim->cause);
	for (size_t i = 0; i < dkim->keys; i++) {
		const struct dkim_key *const key = &dkim->key[i];
		json_t *row = json_object();

		json_put_text(row, "selector", key->selector);
		json_put_text(row, "result", auth_state_name(key->state));
		put_cause(row, key->cause);
		json_put_text(row, "type", key->type);
		if (key->bits)
			json_put_count(row, "bits", key->bits);
		put_true(row, "configured", key->is_configured);
		if (!key->is_configured)
			json_put_text(row, "known_from", selector_source_name(key->source));
		json_put_text(row, "told_on", key->told_on);
		put_true(row, "testing", key->is_testing);
		put_problems(row, &key->problems);
		json_array_append_new(keys, row);
	}
	json_put(object, "keys", keys);
	put_problems(object, &dkim->problems);
	return object;
}

static json_t *dmarc_of(const struct domain_dmarc *dmarc)
{
	json_t *object = json_object();

	json_put_text(object, "result", auth_state_name(dmarc->state));
	put_cause(object, dmarc->cause);
	json_put_text(object, "policy", dmarc_policy_name(dmarc->policy));
	json_put_text(object, "record", dmarc->record);
	json_put_text(object, "found_at", dmarc->found_at);
	put_true(object, "strict_dkim", dmarc->is_dkim_strict);
	put_true(object, "strict_spf", dmarc->is_spf_strict);
	put_true(object, "testing", dmarc->is_testing);
	if (dmarc->percent != 100)
		json_put_count(object, "percent", dmarc->percent);
	put_problems(object, &dmarc->problems);
	json_put_text(object, "fix", dmarc->fix);
	return object;
}

static json_t *mx_of(const struct domain_mx *mx)
{
	json_t *object = json_object();
	json_t *hosts = json_array();

	json_put_text(object, "result", auth_state_name(mx->state));
	put_cause(object, mx->cause);
	put_true(object, "null_mx", mx->is_null);
	put_true(object, "implicit", mx->is_implicit);
	for (size_t i = 0; i < mx->hosts; i++)
		json_array_append_new(hosts, json_text(mx->host[i]));
	json_put(object, "hosts", hosts);
	put_problems(object, &mx->problems);
	return object;
}

void auth_json_put(json_t *object, const struct domain_auth *auth)
{
	json_put_text(object, "registrable", auth->registrable);
	json_put(object, "spf", spf_of(&auth->spf));
	json_put(object, "dkim", dkim_of(&auth->dkim));
	json_put(object, "dmarc", dmarc_of(&auth->dmarc));
	json_put(object, "mx", mx_of(&auth->mx));
	json_put_text(object, "mta_sts", auth->mta_sts);
	json_put_text(object, "tls_rpt", auth->tls_rpt);
}

const char *auth_json_text(const struct domain_auth *auth, struct arena *arena)
{
	json_t *object = json_object();
	const char *kept;
	char *text;

	json_put_text(object, "domain", auth->domain);
	auth_json_put(object, auth);
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (!text)
		bug("a domain cannot be written as JSON");
	kept = arena_strdup(arena, text);
	free(text);
	return kept;
}
