#ifndef IO_CHANNEL_H
#define IO_CHANNEL_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The c-ares channels to one server. A channel is one source port and one stream of ids; it is
 * replaced every few hundred questions, so that a forger has to guess again. c-ares carries the
 * packets (UDP, TCP after truncation, matching ids, addresses and questions); when to send
 * again and when to give up is the resolver's business, never c-ares'. */
struct channel_set;

enum channel_end {
	CHANNEL_ANSWERED, /* bytes that match id, server and question, rcode not looked at */
	CHANNEL_LOST /* no answer, or the server cannot be reached */
};

/* Called from channel_set_read and channel_set_send. It must not call back into the set. */
typedef void channel_end_fn(void *context, void *token, enum channel_end end, const void *bytes,
                            size_t len);

struct channel_config {
	const char *server; /* ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT */
	int64_t timeout_ms; /* how long a late answer is still taken */
	int epoll_fd; /* sockets are registered here with `tag` in the upper 16 bits */
	uint16_t tag;
	channel_end_fn *end;
	void *context;
};

struct channel_set *channel_set_new(const struct channel_config *config, struct err *err);
/* Ends what is open without calling `end`. */
void channel_set_free(struct channel_set *set);
/* Sends one question (an encoded message; its id is ours to choose). */
void channel_set_send(struct channel_set *set, const uint8_t *packet, size_t len, void *token);
/* From now on another channel, hence another source port. */
void channel_set_rotate(struct channel_set *set);
/* What epoll reported for this set: its 64 bits of data. */
void channel_set_read(struct channel_set *set, uint64_t data, bool can_write);
/* Now and then: lets c-ares notice what has expired. */
void channel_set_tick(struct channel_set *set);
/* How many answers the socket's receive buffer holds, as far as the system granted it. */
uint32_t channel_set_room(const struct channel_set *set);
/* Datagrams that came in and were no answer to anything open: late, doubled or forged. */
uint64_t channel_set_unmatched(const struct channel_set *set);

/* The tag of what epoll reported. */
static inline uint16_t channel_tag(uint64_t data)
{
	return (uint16_t)(data >> 48);
}

/* The servers of /etc/resolv.conf as c-ares reads them, ADDRESS:PORT. */
bool channel_system_servers(struct arena *arena, const char *const **server, size_t *servers,
                            struct err *err);

/* c-ares itself: once at start and end of the program. */
bool channel_library_init(struct err *err);
void channel_library_cleanup(void);

#endif
