#include "run/plugin_parts.h"

#include "base/mem.h"
#include "store/store.h"

#include <string.h>

/* A pass that seems to have ended so long from now was recorded by a clock that was wrong then, or is
 * now; less is what two clocks differ by. */
enum { AHEAD_MAX_S = 300 };

static const char *const mode_word[] = {
    [PLUGIN_OVERALL] = "overall",   [PLUGIN_LISTS] = "lists", [PLUGIN_VOLUME] = "volume",
    [PLUGIN_IDENTITY] = "identity", [PLUGIN_AUTH] = "auth",   [PLUGIN_REPLIES] = "replies",
    [PLUGIN_AGENT] = "agent",
};
_Static_assert(COUNT_OF(mode_word) == PLUGIN_MODE_COUNT, "a word for each mode");

int plugin_mode_parse(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(mode_word); i++)
		if (strcmp(mode_word[i], word) == 0)
			return (int)i;
	return -1;
}

static bool fail_unknown(const struct plugin_request *request, struct err *err)
{
	if (request->mode == PLUGIN_AUTH && !request->scope[0])
		return err_set(err, "no sending domain is known: neither 'domains' of the "
				    "configuration nor a mail log names one");
	if (!request->scope[0])
		return err_set(err, "the last pass had no address to look at");
	return err_set(err, "'%s' is no %s that a pass has seen", request->scope,
		       request->mode == PLUGIN_AUTH ? "sending domain or pool of one"
						    : "address, pool or name");
}

bool plugin_count(const struct plugin *plugin, struct plugin_material *material, struct err *err)
{
	const struct plugin_request *const request = plugin->request;
	const struct summary_scope scope = {request->scope, request->mode == PLUGIN_AUTH};

	if (!summary_counts(material->store, &scope, &material->summary, err))
		return false;
	return material->summary.addresses || fail_unknown(request, err);
}

static bool read_material(const struct plugin *plugin, struct plugin_material *material,
			  struct err *err)
{
	const struct plugin_request *const request = plugin->request;
	const struct summary_scope scope = {request->scope, request->mode == PLUGIN_AUTH};
	struct err none = {{0}};

	material->store = store_open(request->conf->state_dir, STORE_READ, err);
	if (!material->store)
		return false;
	if (!store_last_pass(material->store, &material->pass, &none))
		return none.text[0]
			   ? err_set(err, "%s", none.text)
			   : err_set(err, "no pass has ended yet; 'repwatch run' makes one");
	if (request->mode == PLUGIN_AGENT)
		return true;
	/* What was sent is counted from other rows, and this would take as long again. */
	if (request->mode != PLUGIN_VOLUME && !plugin_count(plugin, material, err))
		return false;
	if (!summary_troubles(material->store, &scope, plugin->arena, &material->trouble,
			      &material->troubles, err))
		return false;
	plugin_keep(request->mode, material);
	return true;
}

/* Old beliefs are not what is believed now: whatever they were, it is not known. */
static void say_stale(struct plugin *plugin, const struct plugin_material *material)
{
	const int64_t age_s = plugin->request->now - material->pass.at;
	const bool is_ahead = age_s < -AHEAD_MAX_S;
	const bool is_own_limit = plugin->request->mode == PLUGIN_AGENT &&
				  (plugin->request->warn.text || plugin->request->crit.text);
	struct str text = {0};
	char age[CIVIL_TEXT_BYTES];

	if (!is_ahead && (is_own_limit || age_s <= plugin->request->conf->stale_after_ms / 1000))
		return;
	if (is_ahead)
		str_addf(&text, "the last pass is %s ahead of the clock; it said: %s",
			 civil_age(-age_s, age), str_text(&plugin->text));
	else
		str_addf(&text, "the last pass ended %s ago; then: %s", civil_age(age_s, age),
			 str_text(&plugin->text));
	str_release(&plugin->text);
	plugin->text = text;
	plugin->state = NAGIOS_UNKNOWN;
}

void plugin_run(const struct plugin_request *request, struct arena *arena, struct str *out,
		enum nagios_state *state)
{
	struct plugin plugin = {.request = request, .arena = arena};
	struct plugin_material material = {0};
	struct err err;
	const bool ok =
	    read_material(&plugin, &material, &err) && plugin_say(&plugin, &material, &err);

	if (ok)
		say_stale(&plugin, &material);
	store_close(material.store);
	plugin_finish(&plugin, ok, &err, out, state);
}
