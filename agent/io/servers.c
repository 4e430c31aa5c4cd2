#include "io/resolver_parts.h"

#include "base/mem.h"
#include "dns/wire.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	CASE_BIT = 'a' - 'A',
	CASE_BYTES = 32 /* a bit for each letter a name can have */
};

static const uint8_t *random_bytes(struct resolver *resolver, size_t count)
{
	if (resolver->random_used + count > RANDOM_BYTES) {
		if (getrandom(resolver->random, RANDOM_BYTES, 0) != RANDOM_BYTES)
			bug("the system has no random numbers");
		resolver->random_used = 0;
	}
	resolver->random_used += count;
	return resolver->random + resolver->random_used - count;
}

struct server *server_find(struct resolver *resolver, const char *text, struct err *err)
{
	const struct channel_config config = {
	    .server = text,
	    .timeout_ms = resolver->config.timeout_ms,
	    .epoll_fd = resolver->epoll_fd,
	    .tag = (uint16_t)resolver->servers,
	    .end = question_packet_ended,
	    .context = resolver,
	};
	struct server *server;

	for (size_t i = 0; i < resolver->servers; i++)
		if (strcmp(resolver->server[i]->text, text) == 0)
			return resolver->server[i];
	if (resolver->servers == UINT16_MAX) {
		err_set(err, "more than %d DNS servers are named", UINT16_MAX);
		return NULL;
	}
	server = arena_calloc(resolver->arena, 1, sizeof(*server));
	server->text = arena_strdup(resolver->arena, text);
	server->channels = channel_set_new(&config, err);
	if (!server->channels)
		return NULL;
	server->window = window_of(resolver->config.in_flight);
	resolver->server =
	    xrealloc(resolver->server, resolver->servers + 1, sizeof(*resolver->server));
	resolver->server[resolver->servers++] = server;
	return server;
}

void servers_free(struct resolver *resolver)
{
	for (size_t i = 0; i < resolver->servers; i++)
		channel_set_free(resolver->server[i]->channels);
	free(resolver->server);
}

struct server *server_pick(const struct lane *lane, const struct server *last)
{
	size_t after = 0;

	for (size_t i = 0; i < lane->servers; i++)
		if (lane->server[i] != last &&
		    lane->server[i]->lost_in_a_row < SERVER_LOST_IN_A_ROW)
			return lane->server[i];
	for (size_t i = 0; i < lane->servers; i++)
		if (lane->server[i] == last)
			after = i + 1;
	return lane->server[after % lane->servers];
}

void server_mix_case(struct resolver *resolver, const struct server *server, const char *name,
		     char out[DNS_NAME_BYTES])
{
	const uint8_t *bits = random_bytes(resolver, CASE_BYTES);
	size_t letters = 0;

	/* The name has been held against the limits when it was asked for. */
	for (; *name; name++, out++) {
		const char letter = (char)(*name | CASE_BIT);

		*out = *name;
		if (letter < 'a' || letter > 'z')
			continue;
		*out = letter;
		if (!server->loses_case && bits[letters / 8 % CASE_BYTES] & 1 << letters % 8)
			*out = (char)(letter & ~CASE_BIT);
		letters++;
	}
	*out = '\0';
}

void server_saw_case(struct resolver *resolver, struct server *server, bool is_right)
{
	if (is_right) {
		server->case_right++;
		return;
	}
	server->case_wrong++;
	resolver->counts.dropped++;
	if (server->case_right == 0 && server->case_wrong >= SERVER_CASE_TRIALS &&
	    !server->loses_case) {
		server->loses_case = true;
		resolver->notice = arena_printf(
		    resolver->arena,
		    "the DNS server %s does not keep the case of letters, so that forged answers "
		    "are easier to slip in; use a resolver on this machine",
		    server->text);
	}
}

/* The receive buffer is known once a socket is open. Questions spread over a few channels. */
static void size_window(struct server *server)
{
	const uint64_t room = (uint64_t)channel_set_room(server->channels) * 2;

	server->is_sized = true;
	if (room < server->window.max) {
		server->window.max = (uint32_t)(room < WINDOW_MIN ? WINDOW_MIN : room);
		if (server->window.size > server->window.max)
			server->window.size = server->window.max;
	}
}

void server_send(struct resolver *resolver, struct server *server, struct open_question *question,
		 struct sending *sending)
{
	const uint8_t *id = random_bytes(resolver, 2);
	uint8_t packet[WIRE_QUESTION_MAX_BYTES];
	const size_t len =
	    wire_question((uint16_t)(id[0] << 8 | id[1]), question->name, question->type, packet);

	resolver->counts.packets++;
	channel_set_send(server->channels, packet, len, sending);
	if (!server->is_sized)
		size_window(server);
}
