#include "run/plugin_parts.h"

#include "run/look.h"

#include <string.h>

/* Lists whose key is a secret that is not ours to read would be asked with a wrong name. */
static struct conf without_keys(const struct conf *conf, struct arena *arena)
{
	struct list *list = arena_calloc(arena, conf->catalogue.lists + 1, sizeof(*list));
	struct conf open = *conf;

	for (size_t i = 0; i < conf->catalogue.lists; i++) {
		list[i] = conf->catalogue.list[i];
		list[i].is_enabled = list[i].is_enabled && !list[i].key_name;
	}
	open.catalogue.list = list;
	return open;
}

static void take_view(const struct address_view *view, struct arena *arena,
		      struct plugin_material *material)
{
	material->trouble = arena_calloc(arena, view->standings + 1, sizeof(*material->trouble));
	material->summary =
	    (struct summary){.addresses = 1, .asked = view->asked, .answered = view->answered};
	material->summary.by_grade[view->grade.letter] = 1;
	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *const standing = &view->standing[i];

		if (standing->belief == FINDING_BLIND || standing->belief == FINDING_CLEAR ||
		    standing->belief == FINDING_NOTED)
			continue;
		material->trouble[material->troubles++] =
		    (struct trouble){.address = view->address,
				     .name = view->name,
				     .pool = view->pool,
				     .check = standing->check,
				     .subject = standing->subject,
				     .belief = standing->belief,
				     .severity = standing->severity,
				     .since = standing->since,
				     .means = standing->means,
				     .text = standing->text};
	}
	summary_sort(material->trouble, material->troubles);
}

static bool is_live_mode(enum plugin_mode mode)
{
	return mode == PLUGIN_OVERALL || mode == PLUGIN_LISTS || mode == PLUGIN_IDENTITY;
}

void plugin_run_live(const struct plugin_request *request, struct arena *arena, struct str *out,
		     enum nagios_state *state)
{
	const struct look_options options = {.wants_lists = request->mode != PLUGIN_IDENTITY,
					     .wants_identity = request->mode != PLUGIN_LISTS};
	const struct conf conf = without_keys(request->conf, arena);
	struct plugin plugin = {.request = request, .arena = arena};
	struct plugin_material material = {.pass = {.at = request->now}};
	struct target target = {.name = "", .helo = "", .pool = "", .text = request->scope};
	struct address_view *view;
	struct err err;
	bool ok = ip_parse(request->scope, &target.ip) ||
		  err_set(&err, "--live needs -H with an address, not '%s'", request->scope);

	if (ok && !is_live_mode(request->mode))
		ok = err_set(&err, "--live knows the modes overall, lists and identity only");
	if (ok)
		ok = look_at(&conf, &options, &target, 1, arena, &view, &err);
	if (ok) {
		take_view(view, arena, &material);
		plugin_keep(request->mode, &material);
		ok = plugin_say(&plugin, &material, &err);
	}
	plugin_finish(&plugin, ok, &err, out, state);
}
