#ifndef RUN_UNRECORDED_H
#define RUN_UNRECORDED_H

struct pass;

/* What no store can hold: that a pass could not be recorded, why, and that passes are again. To all
 * channels, at most as often as a reminder; those that fail are noticed in the pass. */
void unrecorded_begin(struct pass *pass, const char *why);
void unrecorded_end(struct pass *pass);

#endif
