#ifndef RUN_DELIVER_PARTS_H
#define RUN_DELIVER_PARTS_H

/* What deliver.c (the order of it), deliver_letters.c (what an answer means for a letter),
 * deliver_post.c (what a channel's server is sent), deliver_command.c and deliver_state.c share.
 * Nobody else includes it. */

#include "io/command.h"
#include "io/post.h"
#include "run/alerts.h"
#include "store/outbox.h"

/* LATERS_MAX: a letter that alone is put off must not hold up those behind it, and a channel that
 * puts everything off is left in peace. */
enum { LATERS_MAX = 3, LETTERS_MAX = 500, LIMIT_MS = 60000 };

struct sending;

/* What one channel is sent, in order. */
struct delivery_lane {
	struct sending *delivery;
	const struct conf_channel *channel; /* NULL: the heartbeat */
	bool (*next)(struct delivery_lane *lane, struct post *out);
	void (*done)(struct delivery_lane *lane, const struct post_result *result);
	/* Secrets, wiped at the end; NULL: none. */
	char *url, *password;
	struct arena *arena; /* of the letter that is on its way */
	struct outbox_letter *letter;
	size_t letters, at; /* `at`: the one that is next, or on its way */
	size_t laters;
	bool is_noted; /* the channel is known to take letters */
	bool takes_some; /* the same mail again, for those recipients that are fine */
	struct command command;
	/* deliver_state.c: documents to post, one after the other. */
	const char *path; /* behind the channel's URL */
	const char **document;
	size_t documents;
	const char *error; /* of the first that failed; NULL: none */
	const char *said; /* the last answer */
};

struct sending {
	const struct conf *conf;
	const struct deliver_options *options;
	struct store *store; /* NULL: nothing is kept */
	struct arena *arena;
	struct delivery_counts *counts;
	struct delivery_lane *lane;
	size_t lanes;
	const char *host;
	bool has_failed; /* the store: nothing is sent any more that could not be marked */
	struct err err;
};

/* deliver_letters.c */
bool letters_load(struct delivery_lane *lane, struct err *err);
/* The letter that is next; NULL: none, or the channel has had enough. */
struct outbox_letter *letters_next(struct delivery_lane *lane);
void letters_done(struct delivery_lane *lane, const struct post_result *result);
bool letters_expire(struct sending *delivery, struct err *err);
/* A sentence about the channel, once a call. */
void letters_notice(struct delivery_lane *lane, const char *what);

/* deliver.c */
const char *lane_host(const struct conf *conf, struct arena *arena);
struct delivery_lane *lane_add(struct sending *delivery, const struct conf_channel *channel);
/* False: the channel cannot be used now, which is said. */
bool lane_open(struct delivery_lane *lane);
/* What is in lane->letter goes out, one after the other. */
void lane_takes_letters(struct delivery_lane *lane);
void lanes_send(struct sending *delivery);
void lanes_close(struct sending *delivery);

/* deliver_post.c */
/* Reads the channel's secrets; false with a sentence: they cannot be, or what makes mail cannot be
 * loaded. */
bool lane_unlock(struct delivery_lane *lane, struct err *err);
void lane_lock(struct delivery_lane *lane);
/* The request of a letter, from the lane's arena; false with a sentence. */
bool lane_post(struct delivery_lane *lane, const struct outbox_letter *letter, struct post *out,
	       struct err *err);
/* URL, time, certificates and user, without a body. */
void lane_base(const struct delivery_lane *lane, struct post *out);

/* deliver_command.c: one step of every command's lane; false when none has anything left. */
bool commands_step(struct sending *delivery);
void commands_kill(struct sending *delivery);
bool channel_is_command(const struct conf_channel *channel);

/* deliver_state.c */
bool channel_is_state(const struct conf_channel *channel);
/* Whether letters go through it. */
bool channel_takes_letters(const struct conf_channel *channel);
bool state_load(struct delivery_lane *lane, struct err *err);
/* deliver_alertmanager.c: the documents that say again what is open. */
bool alertmanager_load(struct delivery_lane *lane, struct err *err);

#endif
