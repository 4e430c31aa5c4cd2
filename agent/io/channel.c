#include "io/channel.h"

#include "base/ip.h"
#include "base/mem.h"

#include <ares.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CHANNELS_MAX = 6, /* kept while answers for them may still come */
	CHANNEL_QUESTIONS = 512, /* then another source port */
	RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024,
	READ_AT_ONCE = 32, /* then new questions go out, so that the server never runs dry */
	ANSWER_BUFFER_BYTES = 1536 /* what the kernel charges for a small datagram, rounded up */
};

struct channel {
	struct channel_set *set;
	ares_channel ares; /* NULL: the slot is free */
	uint16_t slot;
	uint32_t sent;
	uint32_t pending;
};

struct channel_set {
	struct channel_config config;
	struct channel channel[CHANNELS_MAX];
	struct channel *current;
	uint32_t room;
	struct pending *free_pending;
	uint32_t may_read; /* datagrams, before the caller gets its turn */
	uint64_t received; /* datagrams */
	uint64_t matched; /* of them, handed on */
	bool is_closing;
};

/* What c-ares gives back with an answer. */
struct pending {
	struct channel *channel;
	void *token;
	struct pending *next; /* of the free ones */
};

bool channel_library_init(struct err *err)
{
	const int status = ares_library_init(ARES_LIB_INIT_ALL);

	return status == ARES_SUCCESS ||
	       err_set(err, "cannot start c-ares: %s", ares_strerror(status));
}

void channel_library_cleanup(void)
{
	ares_library_cleanup();
}

/* --- sockets: ours, so that buffers are large and every datagram is counted --- */

static ares_socket_t open_socket(int domain, int type, int protocol, void *context)
{
	struct channel_set *const set = context;
	const int fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	int bytes = RECEIVE_BUFFER_BYTES;
	socklen_t len = sizeof(bytes);

	if (fd < 0 || type != SOCK_DGRAM)
		return fd;
	/* Root may pass the system's limit; for others the kernel cuts the wish. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len) == 0)
		set->room = (uint32_t)bytes / ANSWER_BUFFER_BYTES;
	return fd;
}

static int close_socket(ares_socket_t fd, void *context)
{
	(void)context;
	return close(fd);
}

static int connect_socket(ares_socket_t fd, const struct sockaddr *to, ares_socklen_t len,
			  void *context)
{
	(void)context;
	return connect(fd, to, len);
}

static ares_ssize_t receive(ares_socket_t fd, void *data, size_t len, int flags,
			    struct sockaddr *from, ares_socklen_t *from_len, void *context)
{
	struct channel_set *const set = context;
	ares_ssize_t got;

	/* c-ares wants the sender's address of datagrams only, and reads them to the last one. */
	if (from && !set->may_read) {
		errno = EAGAIN;
		return -1;
	}
	got = recvfrom(fd, data, len, flags, from, from_len);
	if (from && got >= 0) {
		set->received++;
		set->may_read--;
	}
	return got;
}

static ares_ssize_t send_all(ares_socket_t fd, const struct iovec *part, int parts, void *context)
{
	const struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)part,
				       .msg_iovlen = (size_t)parts};
	const ares_ssize_t sent = parts == 1
				      ? send(fd, part[0].iov_base, part[0].iov_len, MSG_NOSIGNAL)
				      : sendmsg(fd, &message, MSG_NOSIGNAL);
	int type = 0;
	socklen_t len = sizeof(type);

	(void)context;
	/* c-ares takes a full send buffer for a failed server. A datagram that cannot go now is
	 * lost like any other and sent again later. */
	if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS) &&
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_DGRAM)
		return (ares_ssize_t)part[0].iov_len;
	return sent;
}

static const struct ares_socket_functions socket_functions = {
    .asocket = open_socket,
    .aclose = close_socket,
    .aconnect = connect_socket,
    .arecvfrom = receive,
    .asendv = send_all,
};

static void watch_socket(void *context, ares_socket_t fd, int readable, int writable)
{
	const struct channel *const channel = context;
	const struct channel_config *const config = &channel->set->config;
	struct epoll_event event = {
	    .events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0),
	    .data.u64 = (uint64_t)config->tag << 48 | (uint64_t)channel->slot << 32 | (uint32_t)fd,
	};

	if (!event.events)
		epoll_ctl(config->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	else if (epoll_ctl(config->epoll_fd, EPOLL_CTL_MOD, fd, &event) != 0)
		epoll_ctl(config->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* --- channels --- */

static bool channel_open(struct channel *channel, struct err *err)
{
	static char no_lookups[] = "b";
	struct ares_options options = {
	    /* REFUSED and SERVFAIL are answers to us, not reasons for c-ares to ask again. */
	    .flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_STAYOPEN | ARES_FLAG_NOSEARCH |
		     ARES_FLAG_NOALIASES,
	    .timeout = (int)channel->set->config.timeout_ms,
	    .tries = 1,
	    .lookups = no_lookups,
	    .sock_state_cb = watch_socket,
	    .sock_state_cb_data = channel,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
		   ARES_OPT_DOMAINS | ARES_OPT_SOCK_STATE_CB;
	int status;

#ifdef ARES_OPT_QUERY_CACHE
	/* A monitor must not be answered from memory. */
	options.qcache_max_ttl = 0;
	mask |= ARES_OPT_QUERY_CACHE;
#endif
#ifdef ARES_OPT_MAXTIMEOUTMS
	/* These releases shorten the time-out to a few measured round trips, which would drop the
	 * late answers of a slow list. Repeats under the same id keep the question open. */
	options.tries = 2;
#endif
	status = ares_init_options(&channel->ares, &options, mask);
	if (status != ARES_SUCCESS)
		return err_set(err, "cannot start a DNS channel: %s", ares_strerror(status));
	ares_set_socket_functions(channel->ares, &socket_functions, channel->set);
	status = ares_set_servers_ports_csv(channel->ares, channel->set->config.server);
	channel->sent = 0;
	channel->pending = 0;
	return status == ARES_SUCCESS ||
	       err_set(err, "'%s' is no DNS server address: %s", channel->set->config.server,
		       ares_strerror(status));
}

static void channel_close(struct channel *channel)
{
	if (channel->ares)
		ares_destroy(channel->ares);
	channel->ares = NULL;
}

static struct pending *pending_new(struct channel_set *set)
{
	struct pending *const pending = set->free_pending;

	if (!pending)
		return xcalloc(1, sizeof(*pending));
	set->free_pending = pending->next;
	return pending;
}

struct channel_set *channel_set_new(const struct channel_config *config, struct err *err)
{
	struct channel_set *set = xcalloc(1, sizeof(*set));

	set->config = *config;
	set->room = UINT32_MAX;
	for (uint16_t i = 0; i < CHANNELS_MAX; i++) {
		set->channel[i].set = set;
		set->channel[i].slot = i;
	}
	set->current = set->channel;
	if (!channel_open(set->current, err)) {
		channel_set_free(set);
		return NULL;
	}
	return set;
}

void channel_set_free(struct channel_set *set)
{
	if (!set)
		return;
	set->is_closing = true;
	for (size_t i = 0; i < CHANNELS_MAX; i++)
		channel_close(&set->channel[i]);
	while (set->free_pending)
		free(pending_new(set));
	free(set);
}

/* The next slot that nothing waits for, or simply the next one. */
static struct channel *next_channel(struct channel_set *set)
{
	for (size_t i = 1; i < CHANNELS_MAX; i++) {
		struct channel *channel = &set->channel[(set->current->slot + i) % CHANNELS_MAX];

		if (channel->pending == 0)
			return channel;
	}
	return &set->channel[(set->current->slot + 1) % CHANNELS_MAX];
}

void channel_set_rotate(struct channel_set *set)
{
	struct channel *const next = next_channel(set);
	struct err err;

	next->sent = 0;
	if (next->pending == 0) {
		channel_close(next);
		/* Without memory or descriptors the old channel goes on serving. */
		if (!channel_open(next, &err)) {
			channel_close(next);
			set->current->sent = 0;
			return;
		}
	}
	set->current = next;
}

static void answered(void *context, int status, int timeouts, unsigned char *bytes, int len)
{
	struct pending *const pending = context;
	struct channel *const channel = pending->channel;
	struct channel_set *const set = channel->set;
	void *const token = pending->token;

	(void)timeouts;
	pending->next = set->free_pending;
	set->free_pending = pending;
	channel->pending--;
	if (set->is_closing)
		return;
	if (status == ARES_SUCCESS && bytes && len > 0) {
		set->matched++;
		set->config.end(set->config.context, token, CHANNEL_ANSWERED, bytes, (size_t)len);
	} else {
		set->config.end(set->config.context, token, CHANNEL_LOST, NULL, 0);
	}
}

void channel_set_send(struct channel_set *set, const uint8_t *packet, size_t len, void *token)
{
	struct pending *const pending = pending_new(set);

	if (set->current->sent >= CHANNEL_QUESTIONS)
		channel_set_rotate(set);
	pending->channel = set->current;
	pending->token = token;
	set->current->sent++;
	set->current->pending++;
	ares_send(set->current->ares, packet, (int)len, answered, pending);
}

void channel_set_read(struct channel_set *set, uint64_t data, bool can_write)
{
	struct channel *const channel = &set->channel[(data >> 32 & 0xffff) % CHANNELS_MAX];
	const ares_socket_t fd = (ares_socket_t)(uint32_t)data;

	set->may_read = READ_AT_ONCE;
	if (channel->ares)
		ares_process_fd(channel->ares, fd, can_write ? fd : ARES_SOCKET_BAD);
}

void channel_set_tick(struct channel_set *set)
{
	for (size_t i = 0; i < CHANNELS_MAX; i++)
		if (set->channel[i].pending)
			ares_process_fd(set->channel[i].ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

uint32_t channel_set_room(const struct channel_set *set)
{
	return set->room;
}

uint64_t channel_set_unmatched(const struct channel_set *set)
{
	return set->received > set->matched ? set->received - set->matched : 0;
}

static const char *server_text(struct arena *arena, const struct ares_addr_port_node *node)
{
	struct ip ip = {.family = node->family == AF_INET ? 4 : 6};
	char text[IP_TEXT_BYTES];
	const int port = node->udp_port ? node->udp_port : 53;

	memcpy(ip.byte, &node->addr, ip.family == 4 ? 4 : 16);
	return arena_printf(arena, ip.family == 4 ? "%s:%d" : "[%s]:%d", ip_text(&ip, text), port);
}

bool channel_system_servers(struct arena *arena, const char *const **server, size_t *servers,
			    struct err *err)
{
	struct ares_addr_port_node *first = NULL;
	const char **text;
	ares_channel ares;
	int status = ares_init(&ares);
	size_t count = 0;

	if (status == ARES_SUCCESS) {
		status = ares_get_servers_ports(ares, &first);
		ares_destroy(ares);
	}
	if (status != ARES_SUCCESS)
		return err_set(err, "cannot read the system's DNS servers: %s",
			       ares_strerror(status));
	for (const struct ares_addr_port_node *node = first; node; node = node->next)
		count++;
	text = arena_calloc(arena, count, sizeof(*text));
	count = 0;
	for (const struct ares_addr_port_node *node = first; node; node = node->next)
		text[count++] = server_text(arena, node);
	if (first)
		ares_free_data(first);
	*server = text;
	*servers = count;
	return count > 0 || err_set(err, "/etc/resolv.conf names no DNS server");
}
