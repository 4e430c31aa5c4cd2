#ifndef RUN_REMOVAL_H
#define RUN_REMOVAL_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "conf/conf.h"
#include "conf/replies.h"
#include "model/removal.h"
#include "run/look.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Removal requests: what stands in the store put together for `delist`, and the ledger kept. */

struct removal_choice {
	const char *const *word; /* addresses, pools, names, zones, receivers; none: everything */
	size_t words;
	int64_t now;
	const struct zone *zone;
	const struct receivers *receivers;
};

/* Every open listing and block that is chosen, those to ask for first; the requests that were ever
 * made about what is chosen. A word nobody knows is an error. `pass_at` as of look.h. */
bool removal_look(const struct look_source *source, const struct removal_choice *choice,
		  struct arena *arena, struct removal_page *out, int64_t *pass_at, struct err *err);

/* What a request is about, in the spelling of the store. */
struct removal_key {
	const char *address, *check, *subject;
};
/* A zone or a receiver: sets check and subject. False: nobody knows the word. */
bool removal_subject(const struct conf *conf, const struct receivers *receivers, const char *word,
		     struct removal_key *out);
/* `address` and `word`, a zone or a receiver, as an operator writes them. */
bool removal_find(const struct conf *conf, const struct receivers *receivers, const char *address,
		  const char *word, struct arena *arena, struct removal_key *out, struct err *err);

/* Whether a word means this zone or receiver; the "<KEY>." of a zone may be left out, as nobody
 * wants to type it in a shell. */
bool removal_is_zone(const char *subject, const char *word);

/* A row of the ledger, as it stands then, in `out`. Each is one transaction. `ticket` and `note`
 * NULL: none, or those of before. */
struct removal_note {
	struct removal_key key;
	int64_t at;
	const char *ticket, *note;
};
/* Makes a request, or asks again where one is open. */
bool removal_asked(struct store *store, const struct removal_note *note, struct arena *arena,
		   struct removal *out, struct err *err);
/* The newest request got an answer. */
bool removal_answered(struct store *store, const struct removal_note *note, struct arena *arena,
		      struct removal *out, struct err *err);
/* Forgets the newest request and what came of it. */
bool removal_dropped(struct store *store, const struct removal_note *note, struct arena *arena,
		     struct removal *out, struct err *err);

#endif
