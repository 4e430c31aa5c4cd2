#ifndef MODEL_LETTER_VIEW_H
#define MODEL_LETTER_VIEW_H

#include <stddef.h>
#include <stdint.h>

/* A message on its way, as 'alerts pending' shows it. Words are those of the store. */
struct letter_view {
	const char *key, *channel, *kind, *severity, *state;
	const char *subject; /* "" for none; foreign text */
	int64_t created_at;
	int64_t next_at; /* 0: not again */
	int64_t ended_at; /* 0: not yet */
	uint32_t attempts;
	const char *error; /* of the last attempt; foreign text */
};

/* How a channel fares. */
struct channel_view {
	const char *name;
	int64_t taken_at, failing_since; /* 0: never, not */
	const char *error; /* foreign text */
};

struct outbox_view {
	const struct letter_view *letter;
	size_t letters;
	const struct channel_view *channel;
	size_t channels;
};

#endif
