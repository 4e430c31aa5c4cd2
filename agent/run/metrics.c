#include "run/metrics.h"

#include "run/look.h"
#include "run/volume_view.h"
#include "store/outbox.h"

static bool read_pass(struct store *store, struct metrics *out, struct err *err)
{
	struct stored_pass pass = {0};
	struct err none = {{0}};

	if (!store_last_pass(store, &pass, &none) && none.text[0])
		return err_set(err, "%s", none.text);
	out->pass_at = pass.at;
	out->pass_seconds = pass.seconds;
	out->questions = pass.queries;
	out->blind = pass.blind;
	out->is_complete = pass.is_complete;
	return true;
}

static bool read_channels(struct store *store, struct arena *arena, struct metrics *out,
			  struct err *err)
{
	struct metrics_channel *known;
	struct outbox_channel *channel;
	struct outbox_counts counts;
	size_t channels;

	if (!outbox_counts(store, &counts, err) ||
	    !outbox_channels(store, arena, &channel, &channels, err))
		return false;
	known = arena_calloc(arena, channels + 1, sizeof(*known));
	for (size_t i = 0; i < channels; i++)
		known[i] = (struct metrics_channel){channel[i].name, channel[i].failing_since != 0};
	out->pending = counts.pending;
	out->dead = counts.dead;
	out->channel = known;
	out->channels = channels;
	return true;
}

/* Of yesterday and today, of all that sent. */
static bool read_volumes(struct store *store, struct arena *arena, struct metrics *out,
			 struct err *err)
{
	const struct volume_choice choice = {.first_day = out->today - 1, .last_day = out->today};
	struct volume_view *view;

	if (!volume_view_show(store, &choice, arena, &view, &out->volumes, err))
		return false;
	out->volume = view;
	return true;
}

static bool read_store(struct store *store, struct arena *arena, struct metrics *out,
		       struct err *err)
{
	return read_pass(store, out, err) && read_channels(store, arena, out, err) &&
	       read_volumes(store, arena, out, err);
}

bool metrics_read(const struct conf *conf, const struct zone *zone, int64_t now,
		  struct arena *arena, struct metrics *out, struct err *err)
{
	const struct look_source source = {conf, store_open(conf->state_dir, STORE_READ, err)};
	struct list_view *list;
	struct status status;
	bool ok;

	*out = (struct metrics){.version = PACKAGE_VERSION,
				.today = civil_days(civil_date_at(zone, now))};
	ok = source.store && look_at_status(&source, NULL, 0, now, arena, &status, err) &&
	     look_at_lists(&source, false, arena, &list, &out->lists, err) &&
	     read_store(source.store, arena, out, err);
	store_close(source.store);
	if (!ok)
		return false;
	out->view = status.view;
	out->views = status.views;
	out->list = list;
	return true;
}
