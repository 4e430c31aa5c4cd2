/* A block list that is far away, for measuring: it answers after DELAY and up to JITTER
 * milliseconds more, loses packets, refuses, or is mute for some zones, and is fast enough not
 * to be what is measured (recvmmsg, sendmmsg, a wheel for what is on its way).
 *
 *	delayns [-p PORT] [-d MS] [-j MS] [-l PERCENT] [-e RCODE] [-m ZONE]... FILE
 *
 * One address in fifty is listed, chosen by its name, and so is 127.0.0.2. FILE gets the port
 * when it answers; SIGTERM ends it and writes `received sent lost mute` there. */

#include "base/mem.h"
#include "base/parse.h"

#include <arpa/inet.h>
#include <ctype.h>
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
	BATCH = 64,
	PACKET_BYTES = 512,
	NAME_BYTES = 256,
	SOCKET_BYTES = 8 << 20,
	TICK_US = 100,
	TICKS = 8192, /* 0.8 s ahead */
	ON_THEIR_WAY_MAX = 1 << 17,
	MUTE_MAX = 16,
	NOBODY = -1,
	LISTED_ONE_IN = 50
};

struct letter {
	struct sockaddr_in to;
	int next;
	uint16_t len;
	uint8_t data[PACKET_BYTES];
};

/* What the command line says. */
struct manner {
	uint32_t port, delay_ms, jitter_ms, loss, rcode;
	const char *mute[MUTE_MAX];
	size_t mutes;
};

struct server {
	struct manner manner;
	int fd, signal_fd;
	struct letter *letter; /* ON_THEIR_WAY_MAX */
	int free_first;
	int first[TICKS], last[TICKS];
	int64_t tick; /* the last one that was emptied */
	size_t on_their_way;
	uint64_t random;
	uint64_t received, sent, lost, mute;
};

static int64_t now_tick(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000) / TICK_US;
}

/* xorshift: quick, and good enough for dice. */
static uint32_t dice(struct server *server, uint32_t below)
{
	uint64_t x = server->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	server->random = x;
	return (uint32_t)(x >> 20) % below;
}

/* --- what is on its way --- */

static void wheel_put(struct server *server, int index, int64_t tick)
{
	const size_t slot = (size_t)(tick % TICKS);

	server->letter[index].next = NOBODY;
	if (server->first[slot] == NOBODY)
		server->first[slot] = index;
	else
		server->letter[server->last[slot]].next = index;
	server->last[slot] = index;
	server->on_their_way++;
}

static void send_letters(struct server *server, int first)
{
	struct mmsghdr message[BATCH];
	struct iovec part[BATCH];

	while (first != NOBODY) {
		unsigned count = 0;
		for (int i = first; i != NOBODY && count < BATCH;
		     i = server->letter[i].next, count++) {
			struct letter *letter = &server->letter[i];
			part[count] = (struct iovec){letter->data, letter->len};
			message[count].msg_hdr = (struct msghdr){.msg_name = &letter->to,
								 .msg_namelen = sizeof letter->to,
								 .msg_iov = &part[count],
								 .msg_iovlen = 1};
		}
		const int done = sendmmsg(server->fd, message, count, 0);
		/* One that cannot be delivered is lost, as on any network. */
		for (int n = done > 0 ? done : 1; n > 0; n--) {
			const int next = server->letter[first].next;
			server->letter[first].next = server->free_first;
			server->free_first = first;
			first = next;
			server->on_their_way--;
		}
		server->sent += done > 0 ? (uint64_t)done : 0;
	}
}

static void send_due(struct server *server)
{
	for (const int64_t now = now_tick(); server->tick < now;) {
		const size_t slot = (size_t)(++server->tick % TICKS);
		const int first = server->first[slot];
		server->first[slot] = NOBODY;
		send_letters(server, first);
	}
}

/* --- answers --- */

static size_t read_name(const uint8_t *data, size_t len, char name[NAME_BYTES])
{
	size_t at = 12, text = 0;

	while (at < len && data[at]) {
		const size_t label = data[at++];
		if (label > 63 || at + label >= len || text + label + 2 > NAME_BYTES)
			return 0;
		if (text)
			name[text++] = '.';
		for (size_t i = 0; i < label; i++)
			name[text++] = (char)tolower(data[at++]);
	}
	name[text] = '\0';
	return at + 5 <= len ? at + 5 : 0;
}

/* FNV-1a over a name that is an address: four numbers, then the zone. */
static bool is_listed(const char *name)
{
	uint64_t hash = 1469598103934665603u;
	unsigned octet[4];

	if (sscanf(name, "%u.%u.%u.%u.", &octet[0], &octet[1], &octet[2], &octet[3]) != 4)
		return false;
	if (octet[3] == 127)
		return octet[0] == 2;
	if (octet[3] != 10)
		return false; /* documentation space is on no list */
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 1099511628211u;
	return (hash >> 32) % LISTED_ONE_IN == 0;
}

static bool is_mute(const struct server *server, const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < server->manner.mutes; i++) {
		const size_t tail = strlen(server->manner.mute[i]);
		if (len >= tail && strcmp(name + len - tail, server->manner.mute[i]) == 0)
			return true;
	}
	return false;
}

static size_t put_record(uint8_t *at, unsigned type, const char *text)
{
	static const uint8_t head[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 3, 0x84, 0, 4, 127, 0, 0, 2};
	const size_t len = strlen(text);

	memcpy(at, head, sizeof head);
	if (type == 1)
		return sizeof head;
	at[3] = (uint8_t)type;
	at[11] = (uint8_t)(len + 1);
	at[12] = (uint8_t)len;
	memcpy(at + 13, text, len);
	return 13 + len;
}

/* Turns the question into its answer; 0 for none. */
static size_t answer(struct server *server, uint8_t *data, size_t len)
{
	char name[NAME_BYTES];
	const size_t end = len > 12 && !(data[2] & 0x80) ? read_name(data, len, name) : 0;

	if (end == 0)
		return 0;
	const unsigned type = (unsigned)(data[end - 4] << 8 | data[end - 3]);
	if (is_mute(server, name)) {
		server->mute++;
		return 0;
	}
	if (server->manner.loss && dice(server, 100) < server->manner.loss) {
		server->lost++;
		return 0;
	}
	data[2] = 0x84 | (data[2] & 1);
	data[3] = (uint8_t)server->manner.rcode;
	memset(data + 6, 0, 6);
	if (server->manner.rcode)
		return end;
	if (!is_listed(name)) {
		data[3] = 3;
		return end;
	}
	if (type != 1 && type != 16)
		return end;
	data[7] = 1;
	return end + put_record(data + end, type, "listed, see https://example.net/");
}

static void post(struct server *server, const uint8_t *data, size_t len,
		 const struct sockaddr_in *to)
{
	const int index = server->free_first;
	const struct manner *manner = &server->manner;
	int64_t ticks = (int64_t)manner->delay_ms * (1000 / TICK_US);

	if (index == NOBODY) {
		server->lost++;
		return;
	}
	if (manner->jitter_ms)
		ticks += dice(server, manner->jitter_ms * (1000 / TICK_US));
	server->free_first = server->letter[index].next;
	server->letter[index].to = *to;
	server->letter[index].len = (uint16_t)len;
	memcpy(server->letter[index].data, data, len);
	wheel_put(server, index, now_tick() + 1 + (ticks < TICKS - 2 ? ticks : TICKS - 2));
}

static void receive(struct server *server)
{
	uint8_t data[BATCH][PACKET_BYTES];
	struct sockaddr_in from[BATCH];
	struct mmsghdr message[BATCH];
	struct iovec part[BATCH];

	for (unsigned i = 0; i < BATCH; i++) {
		part[i] = (struct iovec){data[i], PACKET_BYTES - 64};
		message[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
						     .msg_namelen = sizeof from[i],
						     .msg_iov = &part[i],
						     .msg_iovlen = 1};
	}
	const int count = recvmmsg(server->fd, message, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < count; i++) {
		const size_t len = answer(server, data[i], message[i].msg_len);
		server->received++;
		if (len > 0)
			post(server, data[i], len, &from[i]);
	}
}

/* --- the program --- */

static void write_file(const char *path, const char *text)
{
	char temporary[4096];
	FILE *f;

	snprintf(temporary, sizeof temporary, "%s.new", path);
	f = fopen(temporary, "we");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0 || rename(temporary, path) != 0) {
		perror(path);
		exit(1);
	}
}

static void open_all(struct server *server, const char *path)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)server->manner.port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	const int size = SOCKET_BYTES;
	char text[32];
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	server->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	server->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (setsockopt(server->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
		setsockopt(server->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	if (bind(server->fd, (struct sockaddr *)&at, sizeof at) != 0) {
		perror("bind");
		exit(1);
	}
	getsockname(server->fd, (struct sockaddr *)&at, &len);
	snprintf(text, sizeof text, "%u\n", ntohs(at.sin_port));
	write_file(path, text);
}

static struct server *server_new(void)
{
	struct server *server = xcalloc(1, sizeof *server);

	server->letter = xcalloc(ON_THEIR_WAY_MAX, sizeof *server->letter);
	for (int i = 0; i < ON_THEIR_WAY_MAX; i++)
		server->letter[i].next = i + 1 < ON_THEIR_WAY_MAX ? i + 1 : NOBODY;
	for (size_t i = 0; i < TICKS; i++)
		server->first[i] = NOBODY;
	server->random = 88172645463325252u;
	return server;
}

static void serve(struct server *server)
{
	struct pollfd fd[] = {{server->fd, POLLIN, 0}, {server->signal_fd, POLLIN, 0}};

	server->tick = now_tick();
	while (!fd[1].revents) {
		/* A tick is shorter than poll's millisecond: ppoll. */
		const struct timespec wait = {0, server->on_their_way ? TICK_US * 1000 : 500000000};
		ppoll(fd, COUNT_OF(fd), &wait, NULL);
		if (fd[0].revents)
			receive(server);
		send_due(server);
	}
}

static bool set_manner(struct manner *manner, int option, const char *value)
{
	switch (option) {
	case 'p':
		return parse_u32(value, &manner->port) && manner->port < 65536;
	case 'd':
		return parse_u32(value, &manner->delay_ms);
	case 'j':
		return parse_u32(value, &manner->jitter_ms);
	case 'l':
		return parse_u32(value, &manner->loss);
	case 'e':
		return parse_u32(value, &manner->rcode);
	case 'm':
		if (manner->mutes == MUTE_MAX)
			return false;
		manner->mute[manner->mutes++] = value;
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct server *server = server_new();
	char text[128];
	bool ok = true;

	for (int option; (option = getopt(argc, argv, "p:d:j:l:e:m:")) != -1;)
		ok = ok && set_manner(&server->manner, option, optarg);
	if (!ok || optind + 1 != argc) {
		fputs(
		    "usage: delayns [-p PORT] [-d MS] [-j MS] [-l PERCENT] [-e RCODE] [-m ZONE]..."
		    " FILE\n",
		    stderr);
		return 2;
	}
	open_all(server, argv[optind]);
	serve(server);
	snprintf(text, sizeof text, "%llu %llu %llu %llu\n", (unsigned long long)server->received,
		 (unsigned long long)server->sent, (unsigned long long)server->lost,
		 (unsigned long long)server->mute);
	write_file(argv[optind], text);
	return 0;
}
