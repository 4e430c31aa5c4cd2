#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BIND_TRIES = 100, BACKLOG = 64, SOCKET_BYTES = 4 << 20, OTHER_LOOPBACK = 0x7f000009 };

static void fail(const char *what)
{
	fprintf(stderr, "fakedns: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_socket(const struct addrinfo *at, int type)
{
	const int fd = socket(at->ai_family, type | SOCK_CLOEXEC, 0);
	const int one = 1, size = SOCKET_BYTES;

	if (fd < 0)
		fail("socket");
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	if (bind(fd, at->ai_addr, at->ai_addrlen) == 0)
		return fd;
	close(fd);
	return -1;
}

/* All of 127.0.0.0/8 is loopback. */
static int open_other_address(struct addrinfo *at)
{
	if (at->ai_family != AF_INET)
		return -1;
	((struct sockaddr_in *)(void *)at->ai_addr)->sin_addr.s_addr = htonl(OTHER_LOOPBACK);
	return open_socket(at, SOCK_DGRAM);
}

/* False: the port that UDP was given is taken for TCP. */
static bool open_pair(struct sockets *sockets, const struct addrinfo *at)
{
	struct sockaddr_storage bound;
	struct addrinfo same = *at;

	sockets->udp = open_socket(at, SOCK_DGRAM);
	if (sockets->udp < 0)
		fail("bind");
	same.ai_addr = (struct sockaddr *)&bound;
	same.ai_addrlen = sizeof bound;
	getsockname(sockets->udp, same.ai_addr, &same.ai_addrlen);
	sockets->listen = open_socket(&same, SOCK_STREAM);
	if (sockets->listen >= 0 && listen(sockets->listen, BACKLOG) == 0) {
		sockets->other_address = open_other_address(&same);
		return true;
	}
	close(sockets->udp);
	return false;
}

struct sockets sockets_open(const char *address, const char *port)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				       .ai_socktype = SOCK_DGRAM};
	struct addrinfo *at, *any;
	struct sockets sockets;
	int tries = strcmp(port, "0") == 0 ? BIND_TRIES : 1;

	if (getaddrinfo(address, port, &hints, &at) != 0 ||
	    getaddrinfo(address, "0", &hints, &any) != 0) {
		fprintf(stderr, "fakedns: not an address and port: %s %s\n", address, port);
		exit(2);
	}
	while (!open_pair(&sockets, at))
		if (--tries == 0)
			fail("bind");
	sockets.other_port = open_socket(any, SOCK_DGRAM);
	freeaddrinfo(at);
	freeaddrinfo(any);
	return sockets;
}

unsigned sockets_port(const struct sockets *sockets)
{
	struct sockaddr_storage at = {0};
	socklen_t len = sizeof at;

	getsockname(sockets->udp, (struct sockaddr *)&at, &len);
	return ntohs(((const struct sockaddr_in *)&at)->sin_port); /* as in sockaddr_in6 */
}
