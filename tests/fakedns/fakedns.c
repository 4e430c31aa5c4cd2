/* A name server that lies as it is told (script.h), for what no real one can be made to do.
 *
 *	fakedns [-a ADDRESS] [-p PORT] [-r PORTFILE] [-c COUNTFILE] [-l LOGFILE] [-s SEED] SCRIPT
 *
 * UDP and TCP on one port (0: a free one, written to PORTFILE once both answer). SIGHUP reads the
 * script again, SIGUSR1 writes the counts, SIGTERM too and ends. COUNTFILE has a line a rule:
 * LINE NAME SEEN USED. LOGFILE has a line a question: udp|tcp CLIENTPORT TYPE NAME LINE. */

#include "reply.h"
#include "script.h"
#include "sockets.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CLIENTS_MAX = 64,
	FD_UDP = 0,
	FD_OTHER_PORT,
	FD_OTHER_ADDRESS,
	FD_LISTEN,
	FD_SIGNAL,
	FD_CLIENT, /* the first of CLIENTS_MAX */
	FD_COUNT = FD_CLIENT + CLIENTS_MAX
};

struct peer {
	struct sockaddr_storage addr;
	socklen_t len;
	int client; /* index for TCP, -1 for UDP */
	unsigned generation;
};

/* A reply on its way, in a list sorted by when it is due. */
struct later {
	struct later *next;
	int64_t due_us;
	struct peer peer;
	int via; /* FD_UDP, FD_OTHER_PORT, FD_OTHER_ADDRESS; TCP: the client */
	size_t len;
	uint8_t data[];
};

struct client {
	unsigned generation;
	uint8_t in[65537];
	size_t got;
};

struct server {
	struct script script;
	const char *script_path, *count_path, *port_path;
	FILE *log;
	struct pollfd *fd; /* FD_COUNT of them */
	struct client client[CLIENTS_MAX];
	struct later *later;
	struct packet packet;
	bool is_over;
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void fail(const char *what)
{
	fprintf(stderr, "fakedns: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- sending --- */

static void send_stream(struct server *server, const struct later *reply)
{
	const struct client *client = &server->client[reply->peer.client];
	const int fd = server->fd[FD_CLIENT + reply->peer.client].fd;
	uint8_t head[2] = {(uint8_t)(reply->len >> 8), (uint8_t)reply->len};

	if (fd < 0 || client->generation != reply->peer.generation)
		return;
	/* The socket is blocking for writes; on loopback the client reads or is gone. */
	if (send(fd, head, sizeof head, MSG_NOSIGNAL | MSG_MORE) < 0)
		return;
	for (size_t done = 0; done < reply->len;) {
		const ssize_t n = send(fd, reply->data + done, reply->len - done, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

static void send_due(struct server *server)
{
	while (server->later && server->later->due_us <= now_us()) {
		struct later *reply = server->later;
		server->later = reply->next;
		if (reply->peer.client >= 0)
			send_stream(server, reply);
		else
			sendto(server->fd[reply->via].fd, reply->data, reply->len, MSG_NOSIGNAL,
			       (const struct sockaddr *)&reply->peer.addr, reply->peer.len);
		free(reply);
	}
}

static void send_later(struct server *server, const struct peer *peer, unsigned tricks,
		       int64_t due_us)
{
	struct later *reply = xcalloc(1, sizeof *reply + server->packet.len);
	struct later **at = &server->later;

	reply->due_us = due_us;
	reply->peer = *peer;
	reply->via = tricks & TRICK_WRONG_PORT      ? FD_OTHER_PORT
		     : tricks & TRICK_WRONG_ADDRESS ? FD_OTHER_ADDRESS
						    : FD_UDP;
	reply->len = server->packet.len;
	memcpy(reply->data, server->packet.data, reply->len);
	while (*at && (*at)->due_us <= due_us)
		at = &(*at)->next;
	reply->next = *at;
	*at = reply;
}

/* --- answering --- */

static void note(struct server *server, const struct peer *peer, const struct query *query,
		 const struct rule *rule)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&peer->addr;

	if (server->log) /* the port stands at the same place for IPv6 */
		fprintf(server->log, "%s %u %u %s %u\n", query->is_tcp ? "tcp" : "udp",
			ntohs(in->sin_port), query->type, query->as_asked, rule ? rule->line : 0);
}

static void close_client(struct server *server, int client)
{
	close(server->fd[FD_CLIENT + client].fd);
	server->fd[FD_CLIENT + client].fd = -1;
	server->client[client].generation++;
	server->client[client].got = 0;
}

static int64_t due_of(struct server *server, const struct rule *rule)
{
	int64_t ms = 0;

	if (rule)
		ms = rule->delay_ms;
	if (rule && rule->jitter_ms)
		ms += script_dice(&server->script, rule->jitter_ms);
	return now_us() + ms * 1000;
}

static void answer(struct server *server, const struct peer *peer, const uint8_t *data, size_t len)
{
	struct query query;

	if (!query_parse(data, len, &query))
		return;
	query.is_tcp = peer->client >= 0;
	const struct rule *rule = script_match(&server->script, query.name, query.type);
	const unsigned tricks = rule ? rule->tricks : 0;
	note(server, peer, &query, rule);
	if (query.is_tcp && (tricks & TRICK_NO_TCP)) {
		close_client(server, peer->client);
		return;
	}
	for (uint32_t i = 0; rule && !query.is_tcp && i < rule->forgeries; i++) {
		reply_forge(rule, &query, &server->packet);
		send_later(server, peer, rule->forge, now_us());
	}
	if (tricks & TRICK_SILENT)
		return;
	const int64_t due_us = due_of(server, rule);
	reply_build(rule, &query, &server->packet);
	send_later(server, peer, tricks, due_us);
	if (tricks & TRICK_TWICE)
		send_later(server, peer, tricks, due_us);
}

static void read_datagrams(struct server *server)
{
	uint8_t data[4096];
	struct peer peer = {.client = -1};

	for (;;) {
		peer.len = sizeof peer.addr;
		const ssize_t n = recvfrom(server->fd[FD_UDP].fd, data, sizeof data, MSG_DONTWAIT,
					   (struct sockaddr *)&peer.addr, &peer.len);
		if (n < 0)
			return;
		answer(server, &peer, data, (size_t)n);
	}
}

static void accept_client(struct server *server)
{
	const int fd = accept4(server->fd[FD_LISTEN].fd, NULL, NULL, SOCK_CLOEXEC);

	for (int i = 0; fd >= 0 && i < CLIENTS_MAX; i++)
		if (server->fd[FD_CLIENT + i].fd < 0) {
			server->fd[FD_CLIENT + i].fd = fd;
			return;
		}
	if (fd >= 0)
		close(fd);
}

/* RFC 1035 section 4.2.2: two bytes of length before each message. */
static void read_stream(struct server *server, int index)
{
	struct client *client = &server->client[index];
	struct peer peer = {.client = index, .generation = client->generation};
	const int fd = server->fd[FD_CLIENT + index].fd;
	const ssize_t n =
	    recv(fd, client->in + client->got, sizeof client->in - client->got, MSG_DONTWAIT);

	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			close_client(server, index);
		return;
	}
	peer.len = sizeof peer.addr;
	getpeername(fd, (struct sockaddr *)&peer.addr, &peer.len);
	client->got += (size_t)n;
	for (;;) {
		const size_t len = (size_t)(client->in[0] << 8 | client->in[1]);
		if (client->got < 2 || client->got < len + 2)
			return;
		answer(server, &peer, client->in + 2, len);
		if (client->generation != peer.generation)
			return;
		client->got -= len + 2;
		memmove(client->in, client->in + len + 2, client->got);
	}
}

/* --- signals and files --- */

/* Whole or not at all: whoever waits for the file must never read half of it. */
static FILE *open_beside(const char *path, char *temporary, size_t room)
{
	snprintf(temporary, room, "%s.new", path);
	return fopen(temporary, "we");
}

static void write_counts(const struct server *server)
{
	char temporary[4096];
	FILE *f = server->count_path ? open_beside(server->count_path, temporary, sizeof temporary)
				     : NULL;

	if (server->log)
		fflush(server->log);
	if (!f)
		return;
	for (size_t i = 0; i < server->script.rules; i++) {
		const struct rule *rule = &server->script.rule[i];
		fprintf(f, "%u %s%s %llu %llu\n", rule->line, rule->is_suffix ? "*." : "",
			rule->name, (unsigned long long)rule->seen, (unsigned long long)rule->used);
	}
	fprintf(f, "0 unmatched %llu 0\n", (unsigned long long)server->script.unmatched);
	if (fclose(f) == 0)
		rename(temporary, server->count_path);
}

static void read_signals(struct server *server)
{
	struct signalfd_siginfo info;
	struct err err;

	if (read(server->fd[FD_SIGNAL].fd, &info, sizeof info) != sizeof info)
		return;
	if (info.ssi_signo == SIGHUP && !script_load(server->script_path, &server->script, &err))
		fprintf(stderr, "fakedns: %s\n", err.text);
	write_counts(server);
	server->is_over = info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
}

static void open_signals(struct server *server)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	server->fd[FD_SIGNAL].fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void write_port(const struct server *server, unsigned port)
{
	char temporary[4096];
	FILE *f =
	    server->port_path ? open_beside(server->port_path, temporary, sizeof temporary) : NULL;
	if (!f) {
		printf("%u\n", port);
		fflush(stdout);
		return;
	}
	fprintf(f, "%u\n", port);
	if (fclose(f) != 0 || rename(temporary, server->port_path) != 0)
		fail(server->port_path);
}

static void open_sockets(struct server *server, const char *address, const char *port)
{
	const struct sockets sockets = sockets_open(address, port);

	server->fd[FD_UDP].fd = sockets.udp;
	server->fd[FD_LISTEN].fd = sockets.listen;
	server->fd[FD_OTHER_PORT].fd = sockets.other_port;
	server->fd[FD_OTHER_ADDRESS].fd = sockets.other_address;
	write_port(server, sockets_port(&sockets));
}

static int wait_ms(const struct server *server)
{
	if (!server->later)
		return -1;
	const int64_t us = server->later->due_us - now_us();
	return us <= 0 ? 0 : (int)(us / 1000 + 1);
}

static void serve(struct server *server)
{
	while (!server->is_over) {
		if (poll(server->fd, FD_COUNT, wait_ms(server)) < 0 && errno != EINTR)
			fail("poll");
		if (server->fd[FD_UDP].revents)
			read_datagrams(server);
		if (server->fd[FD_LISTEN].revents)
			accept_client(server);
		for (int i = 0; i < CLIENTS_MAX; i++)
			if (server->fd[FD_CLIENT + i].fd >= 0 && server->fd[FD_CLIENT + i].revents)
				read_stream(server, i);
		send_due(server);
		if (server->fd[FD_SIGNAL].revents)
			read_signals(server);
	}
}

static struct server *server_new(void)
{
	struct server *server = xcalloc(1, sizeof *server);

	server->fd = xcalloc(FD_COUNT, sizeof *server->fd);
	for (size_t i = 0; i < FD_COUNT; i++)
		server->fd[i] = (struct pollfd){.fd = -1, .events = POLLIN};
	return server;
}

static _Noreturn void usage(void)
{
	fputs("usage: fakedns [-a ADDRESS] [-p PORT] [-r PORTFILE] [-c COUNTFILE] [-l LOGFILE]"
	      " [-s SEED] SCRIPT\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	struct server *server = server_new();
	const char *address = "127.0.0.1", *port = "0", *log_path = NULL;
	struct err err;

	for (int option; (option = getopt(argc, argv, "a:p:r:c:l:s:")) != -1;) {
		if (option == 'a')
			address = optarg;
		else if (option == 'p')
			port = optarg;
		else if (option == 'r')
			server->port_path = optarg;
		else if (option == 'c')
			server->count_path = optarg;
		else if (option == 'l')
			log_path = optarg;
		else if (option != 's' || !parse_u64(optarg, &server->script.random))
			usage();
	}
	if (optind + 1 != argc)
		usage();
	server->script_path = argv[optind];
	if (!script_load(server->script_path, &server->script, &err)) {
		fprintf(stderr, "fakedns: %s\n", err.text);
		return 2;
	}
	if (log_path && !(server->log = fopen(log_path, "we")))
		fail(log_path);
	open_signals(server);
	open_sockets(server, address, port);
	serve(server);
	if (server->log)
		fclose(server->log);
	script_release(&server->script);
	free(server->fd);
	free(server);
	return 0;
}
