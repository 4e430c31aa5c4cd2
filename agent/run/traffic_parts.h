#ifndef RUN_TRAFFIC_PARTS_H
#define RUN_TRAFFIC_PARTS_H

/* Between traffic.c, which reads the logs, and traffic_judge.c, which says what they mean. */

#include "base/map.h"
#include "judge/block.h"
#include "judge/volume.h"
#include "maillog/replies.h"
#include "run/pass_parts.h"
#include "store/blocks.h"
#include "store/traffic.h"

enum { BLOCK_DAYS = 3, TRAFFIC_KEY_BYTES = 256 };

/* What the logs of this pass say of one receiver and one address, today first. Older days, which a
 * first reading brings, say nothing about whether it is blocked now. */
struct refusals {
	struct block_input day[BLOCK_DAYS];
};

struct pass_traffic {
	struct replies *replies; /* while logs are read that need them */
	struct map *refusals; /* "ADDRESS RECEIVER" */
	struct map *senders; /* addresses that ever sent */
	struct stored_block *block;
	size_t blocks;
	struct stored_warmup *warmup;
	size_t warmups;
	struct traffic *traffic; /* one a target */
	struct stored_traffic *before; /* what the store has of the last pass */
	size_t befores;
	struct stored_block **kept; /* one list a target, to be saved */
	size_t *kepts;
	int64_t today;
	unsigned hour, minute; /* as the operator's clock shows them */
};

/* `volume` of the configuration. */
struct volume_policy traffic_policy(const struct conf *conf);
/* Where map `refusals` has what is known of an address and a receiver. */
void traffic_key(char out[TRAFFIC_KEY_BYTES], const char *address, struct slice receiver);

#endif
