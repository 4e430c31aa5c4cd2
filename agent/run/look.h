#ifndef RUN_LOOK_H
#define RUN_LOOK_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "conf/conf.h"
#include "model/alert.h"
#include "model/view.h"
#include "run/pass.h"
#include "store/outbox.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Looking without recording: `check`, `lists --verify`, `status`. */

/* Where to look. Without a store the state is opened for one look alone; looks at a store that is
 * open tell of one and the same moment. */
struct look_source {
	const struct conf *conf;
	struct store *store; /* for reading; NULL: opened and closed */
};
/* The store to read, NULL with err; it is given back by look_close. */
struct store *look_open(const struct look_source *source, struct err *err);
void look_close(const struct look_source *source, struct store *store);

struct look_options {
	bool wants_lists, wants_identity;
	progress_fn *progress; /* may be NULL */
	void *context;
};

/* Identity is PTR and HELO of addresses, SPF, DKIM, DMARC and MX of domains whose `auth` is set.
 * Asks now about every target with the enabled lists of conf->catalogue that cover it. Health is
 * probed in the same go; what a sick list says is blind. One view a target, in order. */
bool look_at(const struct conf *conf, const struct look_options *options,
	     const struct target *target, size_t targets, struct arena *arena,
	     struct address_view **view, struct err *err);

/* The catalogue as it is: health from the store when there is one (state_dir "" or no database:
 * none), or with `verify` by asking the canaries of every enabled list now. */
bool look_at_lists(const struct look_source *source, bool verify, struct arena *arena,
		   struct list_view **view, size_t *views, struct err *err);

/* Whether a word is a configured address, pool or name. */
bool look_knows(const struct conf *conf, const char *word, struct arena *arena);

/* What is believed now, from the store. `word` are addresses or pools, none for all; one that is
 * neither is an error. `pass_at` is when the last pass ended (0: never). */
struct status {
	struct address_view *view;
	size_t views;
	int64_t pass_at;
	bool is_stale; /* the last pass is older than stale_after */
	struct outbox_counts letters;
	struct mute *mute; /* in force, of any of the views */
	size_t mutes;
};
bool look_at_status(const struct look_source *source, const char *const *word, size_t words,
		    int64_t now, struct arena *arena, struct status *status, struct err *err);

/* What each sent on its last days, for who looks at a terminal: of all where they are few, else of
 * those that are not GOOD. */
bool look_at_recent(const struct look_source *source, const struct zone *zone, int64_t now,
		    struct arena *arena, struct status *status, struct err *err);

#endif
