#ifndef FAKEDNS_SOCKETS_H
#define FAKEDNS_SOCKETS_H

/* Where the server listens and what it lies from. A port that is taken ends the program. */
struct sockets {
	int udp, listen; /* the same port */
	int other_port; /* UDP, for answers from the wrong one */
	int other_address; /* UDP, the port of `udp` on another loopback address; -1 for IPv6 */
};

/* `port` "0" is a free one. */
struct sockets sockets_open(const char *address, const char *port);
unsigned sockets_port(const struct sockets *sockets);

#endif
