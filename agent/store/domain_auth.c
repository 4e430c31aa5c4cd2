/* What the database keeps of a domain's records, back into structs. It was written by this program,
 * perhaps by another version of it: what is missing is empty, what is odd is unknown. */
#include "store/domains.h"

#include <jansson.h>
#include <string.h>

static const char *text_at(struct arena *arena, const json_t *object, const char *key)
{
	const char *const text = json_string_value(json_object_get(object, key));

	return text && text[0] ? arena_strdup(arena, text) : "";
}

static uint32_t count_at(const json_t *object, const char *key, uint32_t otherwise)
{
	const json_t *const value = json_object_get(object, key);
	const json_int_t number = json_integer_value(value);

	return json_is_integer(value) && number >= 0 && number <= UINT32_MAX ? (uint32_t)number
									     : otherwise;
}

static bool is_true_at(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

/* 0, the unknown or harmless value, for no word and for one nobody knows. */
static int word_at(const json_t *object, const char *key, int (*parse)(const char *word))
{
	const char *const word = json_string_value(json_object_get(object, key));
	const int value = word ? parse(word) : 0;

	return value < 0 ? 0 : value;
}

static enum spf_result spf_result_at(const json_t *object)
{
	const char *const word = json_string_value(json_object_get(object, "result"));
	const int value = word ? spf_result_parse(word) : -1;

	if (word && strcmp(word, spf_record_word(SPF_NEUTRAL, 0)) == 0)
		return SPF_NEUTRAL;
	return value < 0 ? SPF_TEMPERROR : (enum spf_result)value;
}

static enum cause cause_at(const json_t *object)
{
	return (enum cause)word_at(object, "cause", cause_parse);
}

static struct auth_problems problems_at(struct arena *arena, const json_t *object)
{
	const json_t *const array = json_object_get(object, "problems");
	const size_t count = json_array_size(array);
	struct auth_problem *problem = arena_calloc(arena, count, sizeof(*problem));

	for (size_t i = 0; i < count; i++) {
		const json_t *const row = json_array_get(array, i);

		problem[i].severity = (enum severity)word_at(row, "severity", severity_parse);
		problem[i].text = text_at(arena, row, "text");
		problem[i].fix = text_at(arena, row, "fix");
	}
	return (struct auth_problems){problem, count};
}

static void read_tree(struct arena *arena, const json_t *array, struct domain_spf *spf)
{
	struct spf_cost *cost = arena_calloc(arena, json_array_size(array), sizeof(*cost));

	spf->costs = json_array_size(array);
	spf->cost = cost;
	for (size_t i = 0; i < spf->costs; i++) {
		const json_t *const row = json_array_get(array, i);

		cost[i].depth = count_at(row, "depth", 0);
		cost[i].term = text_at(arena, row, "term");
		cost[i].lookups = count_at(row, "lookups", 0);
	}
}

static void read_spf(struct arena *arena, const json_t *object, struct domain_spf *spf)
{
	const json_t *const array = json_object_get(object, "senders");
	const size_t count = json_array_size(array);
	struct spf_sender *sender = arena_calloc(arena, count, sizeof(*sender));

	spf->result = spf_result_at(object);
	spf->cause = cause_at(object);
	spf->record = text_at(arena, object, "record");
	spf->lookups = count_at(object, "lookups", 0);
	spf->voids = count_at(object, "void_lookups", 0);
	read_tree(arena, json_object_get(object, "tree"), spf);
	for (size_t i = 0; i < count; i++) {
		const json_t *const row = json_array_get(array, i);

		if (!ip_parse(text_at(arena, row, "address"), &sender[spf->senders].ip))
			continue;
		sender[spf->senders].result = spf_result_at(row);
		sender[spf->senders++].mechanism = text_at(arena, row, "mechanism");
	}
	spf->sender = sender;
	spf->problems = problems_at(arena, object);
	spf->fix = text_at(arena, object, "fix");
	spf->why = text_at(arena, object, "why");
}

static void read_dkim(struct arena *arena, const json_t *object, struct domain_dkim *dkim)
{
	const json_t *const array = json_object_get(object, "keys");
	struct dkim_key *key;

	dkim->state = (enum auth_state)word_at(object, "result", auth_state_parse);
	dkim->cause = cause_at(object);
	dkim->keys = json_array_size(array);
	key = arena_calloc(arena, dkim->keys, sizeof(*key));
	for (size_t i = 0; i < dkim->keys; i++) {
		const json_t *const row = json_array_get(array, i);

		key[i] = (struct dkim_key){
		    .selector = text_at(arena, row, "selector"),
		    .state = (enum auth_state)word_at(row, "result", auth_state_parse),
		    .type = text_at(arena, row, "type"),
		    .bits = count_at(row, "bits", 0),
		    .is_configured = is_true_at(row, "configured"),
		    .source =
			(enum selector_source)word_at(row, "known_from", selector_source_parse),
		    .told_on = text_at(arena, row, "told_on"),
		    .is_testing = is_true_at(row, "testing"),
		    .cause = cause_at(row),
		    .problems = problems_at(arena, row),
		};
	}
	dkim->key = key;
	dkim->problems = problems_at(arena, object);
}

static void read_dmarc(struct arena *arena, const json_t *object, struct domain_dmarc *dmarc)
{
	*dmarc = (struct domain_dmarc){
	    .state = (enum auth_state)word_at(object, "result", auth_state_parse),
	    .record = text_at(arena, object, "record"),
	    .found_at = text_at(arena, object, "found_at"),
	    .policy = (enum dmarc_policy)word_at(object, "policy", dmarc_policy_parse),
	    .is_dkim_strict = is_true_at(object, "strict_dkim"),
	    .is_spf_strict = is_true_at(object, "strict_spf"),
	    .is_testing = is_true_at(object, "testing"),
	    .percent = count_at(object, "percent", 100),
	    .cause = cause_at(object),
	    .problems = problems_at(arena, object),
	    .fix = text_at(arena, object, "fix"),
	};
}

static void read_mx(struct arena *arena, const json_t *object, struct domain_mx *mx)
{
	const json_t *const array = json_object_get(object, "hosts");
	const char **host = arena_calloc(arena, json_array_size(array), sizeof(*host));

	mx->state = (enum auth_state)word_at(object, "result", auth_state_parse);
	mx->is_null = is_true_at(object, "null_mx");
	mx->is_implicit = is_true_at(object, "implicit");
	mx->hosts = json_array_size(array);
	for (size_t i = 0; i < mx->hosts; i++) {
		const char *const name = json_string_value(json_array_get(array, i));

		host[i] = name ? arena_strdup(arena, name) : "";
	}
	mx->host = host;
	mx->cause = cause_at(object);
	mx->problems = problems_at(arena, object);
}

bool domain_auth_parse(const char *text, struct arena *arena, struct domain_auth *out)
{
	json_t *const object = json_loads(text, 0, NULL);
	const bool ok = json_is_object(object);

	*out = (struct domain_auth){0};
	out->domain = text_at(arena, object, "domain");
	out->registrable = text_at(arena, object, "registrable");
	read_spf(arena, json_object_get(object, "spf"), &out->spf);
	read_dkim(arena, json_object_get(object, "dkim"), &out->dkim);
	read_dmarc(arena, json_object_get(object, "dmarc"), &out->dmarc);
	read_mx(arena, json_object_get(object, "mx"), &out->mx);
	out->mta_sts = text_at(arena, object, "mta_sts");
	out->tls_rpt = text_at(arena, object, "tls_rpt");
	json_decref(object);
	return ok;
}
