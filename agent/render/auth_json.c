#include "render/auth_json.h"

#include "base/mem.h"
#include "render/escape.h"

#include <stdlib.h>
#include <string.h>

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		bug("cannot set '%s' in a document", key);
}

static json_t *text_of(const char *text)
{
	struct str valid = {0};
	json_t *value;

	escape_utf8(&valid, text, strlen(text));
	value = json_stringn(str_text(&valid), valid.len);
	str_release(&valid);
	return value;
}

/* Absent values are left out, never null. */
static void put_text(json_t *object, const char *key, const char *text)
{
	if (text[0])
		put(object, key, text_of(text));
}

static void put_count(json_t *object, const char *key, uint64_t count)
{
	put(object, key, json_integer((json_int_t)count));
}

static void put_true(json_t *object, const char *key, bool value)
{
	if (value)
		put(object, key, json_true());
}

/* Of what could not be learned. */
static void put_cause(json_t *object, enum cause cause)
{
	if (cause != CAUSE_NONE)
		put_text(object, "cause", cause_name(cause));
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

		put_text(row, "severity", severity_name(problem->severity));
		put_text(row, "text", problem->text);
		put_text(row, "fix", problem->fix);
		json_array_append_new(array, row);
	}
	put(object, "problems", array);
}

static void put_tree(json_t *object, const struct domain_spf *spf)
{
	json_t *array;

	if (!spf->costs)
		return;
	array = json_array();
	for (size_t i = 0; i < spf->costs; i++) {
		json_t *row = json_object();

		put_count(row, "depth", spf->cost[i].depth);
		put_text(row, "term", spf->cost[i].term);
		put_count(row, "lookups", spf->cost[i].lookups);
		json_array_append_new(array, row);
	}
	put(object, "tree", array);
}

static json_t *spf_of(const struct domain_spf *spf)
{
	json_t *object = json_object();
	json_t *senders = json_array();
	char text[IP_TEXT_BYTES];

	put_text(object, "result", spf_record_word(spf->result, spf->senders));
	put_cause(object, spf->cause);
	put_text(object, "record", spf->record);
	put_count(object, "lookups", spf->lookups);
	put_count(object, "void_lookups", spf->voids);
	put_tree(object, spf);
	for (size_t i = 0; i < spf->senders; i++) {
		json_t *sender = json_object();

		put_text(sender, "address", ip_text(&spf->sender[i].ip, text));
		put_text(sender, "result", spf_result_name(spf->sender[i].result));
		put_text(sender, "mechanism", spf->sender[i].mechanism);
		json_array_append_new(senders, sender);
	}
	put(object, "senders", senders);
	put_problems(object, &spf->problems);
	put_text(object, "fix", spf->fix);
	put_text(object, "why", spf->why);
	return object;
}

static json_t *dkim_of(const struct domain_dkim *dkim)
{
	json_t *object = json_object();
	json_t *keys = json_array();

	put_text(object, "result", auth_state_name(dkim->state));
	put_cause(object, dkim->cause);
	for (size_t i = 0; i < dkim->keys; i++) {
		const struct dkim_key *const key = &dkim->key[i];
		json_t *row = json_object();

		put_text(row, "selector", key->selector);
		put_text(row, "result", auth_state_name(key->state));
		put_cause(row, key->cause);
		put_text(row, "type", key->type);
		if (key->bits)
			put_count(row, "bits", key->bits);
		put_true(row, "configured", key->is_configured);
		if (!key->is_configured)
			put_text(row, "known_from", selector_source_name(key->source));
		put_text(row, "told_on", key->told_on);
		put_true(row, "testing", key->is_testing);
		put_problems(row, &key->problems);
		json_array_append_new(keys, row);
	}
	put(object, "keys", keys);
	put_problems(object, &dkim->problems);
	return object;
}

static json_t *dmarc_of(const struct domain_dmarc *dmarc)
{
	json_t *object = json_object();

	put_text(object, "result", auth_state_name(dmarc->state));
	put_cause(object, dmarc->cause);
	put_text(object, "policy", dmarc_policy_name(dmarc->policy));
	put_text(object, "record", dmarc->record);
	put_text(object, "found_at", dmarc->found_at);
	put_true(object, "strict_dkim", dmarc->is_dkim_strict);
	put_true(object, "strict_spf", dmarc->is_spf_strict);
	put_true(object, "testing", dmarc->is_testing);
	if (dmarc->percent != 100)
		put_count(object, "percent", dmarc->percent);
	put_problems(object, &dmarc->problems);
	put_text(object, "fix", dmarc->fix);
	return object;
}

static json_t *mx_of(const struct domain_mx *mx)
{
	json_t *object = json_object();
	json_t *hosts = json_array();

	put_text(object, "result", auth_state_name(mx->state));
	put_cause(object, mx->cause);
	put_true(object, "null_mx", mx->is_null);
	put_true(object, "implicit", mx->is_implicit);
	for (size_t i = 0; i < mx->hosts; i++)
		json_array_append_new(hosts, text_of(mx->host[i]));
	put(object, "hosts", hosts);
	put_problems(object, &mx->problems);
	return object;
}

void auth_json_put(json_t *object, const struct domain_auth *auth)
{
	put_text(object, "registrable", auth->registrable);
	put(object, "spf", spf_of(&auth->spf));
	put(object, "dkim", dkim_of(&auth->dkim));
	put(object, "dmarc", dmarc_of(&auth->dmarc));
	put(object, "mx", mx_of(&auth->mx));
	put_text(object, "mta_sts", auth->mta_sts);
	put_text(object, "tls_rpt", auth->tls_rpt);
}

const char *auth_json_text(const struct domain_auth *auth, struct arena *arena)
{
	json_t *object = json_object();
	const char *kept;
	char *text;

	put_text(object, "domain", auth->domain);
	auth_json_put(object, auth);
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (!text)
		bug("a domain cannot be written as JSON");
	kept = arena_strdup(arena, text);
	free(text);
	return kept;
}
