#ifndef JUDGE_STANDING_H
#define JUDGE_STANDING_H

#include "base/arena.h"
#include "model/event.h"
#include "model/observation.h"
#include "model/standing.h"

#include <stdbool.h>
#include <stdint.h>

/* Patience: how answers become beliefs. Pure; the caller stores what comes out. */

/* Whether believing this answer would flip the standing between listed (or noted, broken)
 * and clear, so that it must be asked a second time. `standing` may be NULL: never seen. A first
 * answer "clear" for a pair never seen is no flip. */
bool standing_flips(const struct standing *standing, const struct observation *seen);

/* What one pass learned about a pair. */
struct sighting {
	struct observation seen; /* the last answer */
	uint32_t answers; /* how many answers of this pass agree with it, 1 or more */
	bool is_held; /* the breaker distrusts changes of this list in this pass */
	bool watches_loss; /* list->watch_loss: the end of a note is an event */
};

/* Applies it. Strings that the standing keeps are copied to `arena`. Writes at most one event
 * (change, from, to, severity; the caller adds address and id) and returns its change, or
 * CHANGE_NONE.
 *   blind           -> belief frozen, its cause and beginning noted; no event
 *   agrees          -> last_good moves on; a worse severity is CHANGE_ESCALATED
 *                      at once, a milder one waits like a flip and is no event
 *   disagrees       -> the belief flips once `confirm` answers in a row said so, over passes;
 *                      between clear and listed, "listed" speaks for "noted" too
 *   held            -> counts as blind (mass-change); flips in the pass after BREAKER_HELD_PASSES
 * Notes of severity info come and go without an event, but for a loss that is watched. What ends
 * or becomes a note is CHANGE_CLEARED, as severe as what ended. A spike that falls to elevated goes
 * on, as CHANGE_REMINDER.
 * A standing that ends clear with nothing pending may be forgotten: standing_is_plain. */
enum change standing_apply(struct standing *standing, const struct sighting *sighting,
                           uint32_t confirm, int64_t now, struct arena *arena,
                           struct event *event);
bool standing_is_plain(const struct standing *standing);

#endif
