/* What commands show of the domains' mail, kept by the pass that counted it. */
#include "run/domain_parts.h"

#include "render/domains.h"
#include "run/domain_view.h"
#include "store/domain_shown.h"
#include "store/volumes.h"

#include <inttypes.h>

static bool keep(struct pass *pass, const struct domain_view *view, int64_t day,
		 struct arena *arena, struct err *err)
{
	const struct stored_shown shown = {
	    .address_id = view->id,
	    .day = day,
	    .is_unready = view->is_unready,
	    .is_urgent = view->is_urgent,
	    .is_blind = view->is_blind,
	    .text = json_domain_shown(view, arena),
	};

	return !view->id || shown_save(pass->store, &shown, err);
}

/* All that the views are made of, beside what passes learn. */
static bool describe(struct pass *pass, const char **made_of, struct err *err)
{
	int64_t number;

	if (!volumes_change(pass->store, &number, err))
		return false;
	*made_of = arena_printf(pass->arena, "%" PRId64 " %" PRId64 " %016" PRIx64 " %s",
				pass_day(pass), number, pass->conf->digest, PACKAGE_VERSION);
	return true;
}

static bool learned_nothing(const struct pass *pass)
{
	const struct pass_summary *const summary = pass->summary;

	return !summary->queries && !summary->answered && !summary->blind && !pass->events &&
	       !pass->sightings;
}

static bool make_all(struct pass *pass, struct err *err)
{
	struct arena *const arena = arena_new();
	const struct targets targets = {pass->targets.target, pass->targets.addresses,
					pass->targets.addresses};
	struct snapshot snapshot;
	struct view_context context;
	const struct domain_question question = {
	    .conf = pass->conf,
	    .snapshot = &snapshot,
	    .context = &context,
	    .targets = &targets,
	    .store = pass->store,
	    .today = pass_day(pass),
	    .counts_mail = true,
	};
	struct domain_view *view = NULL;
	size_t views = 0;
	bool ok = true;

	if (pass->targets.count > pass->targets.addresses) {
		ok = snapshot_read(pass->store, true, arena, &snapshot, err);
		if (ok)
			context =
			    snapshot_context(pass->conf, &snapshot, &targets, pass->at, arena);
		ok = ok && domain_views(&question, arena, &view, &views, err);
	}
	for (size_t i = 0; ok && i < views; i++)
		ok = keep(pass, &view[i], question.today, arena, err);
	arena_free(arena);
	return ok;
}

bool domains_show(struct pass *pass, struct err *err)
{
	const char *made_of;
	bool is_same = false;

	if (!describe(pass, &made_of, err))
		return false;
	if (learned_nothing(pass) && !shown_is_of(pass->store, made_of, &is_same, err))
		return false;
	return is_same || (make_all(pass, err) && shown_made(pass->store, made_of, err));
}
