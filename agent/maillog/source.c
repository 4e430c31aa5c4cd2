#include "maillog/source.h"

#include "base/hash.h"
#include "base/mem.h"
#include "maillog/scan.h"

#include <stdlib.h>

enum {
	KEY_MAX_BYTES = 104, /* of service and host together; longer ones are not remembered */
	SLOTS_MIN = 256, /* a power of two */
	SLOTS_MAX = 1 << 15
};

struct slot {
	uint8_t service_len;
	uint8_t host_len;
	bool is_used;
	struct ip ip;
	char key[KEY_MAX_BYTES];
};

struct sources {
	const struct log_settings *settings;
	size_t slots;
	struct slot *slot;
};

struct sources *sources_new(const struct log_settings *settings)
{
	struct sources *sources = xcalloc(1, sizeof(*sources));

	sources->settings = settings;
	sources->slots = SLOTS_MIN;
	while (sources->slots < 4 * settings->by_services && sources->slots < SLOTS_MAX)
		sources->slots *= 2;
	sources->slot = xcalloc(sources->slots, sizeof(*sources->slot));
	return sources;
}

void sources_free(struct sources *sources)
{
	if (!sources)
		return;
	free(sources->slot);
	free(sources);
}

/* "postfix-192.0.2.10", "out-2001:db8::10": the runs of bytes that addresses are made of. */
static struct ip address_in(struct slice service)
{
	struct ip ip = {0};

	while (service.len && !ip.family) {
		size_t len = 0;

		while (len < service.len && service.at[len] &&
		       strchr("0123456789abcdefABCDEF.:", service.at[len]))
			len++;
		ip = scan_ip(slice_of(service.at, len));
		service = slice_from(service, len + 1);
	}
	return ip;
}

static bool look_up(const struct log_map *map, size_t rows, struct slice word, struct ip *ip)
{
	for (size_t i = 0; i < rows; i++) {
		if (!slice_equal(map[i].word, word))
			continue;
		*ip = map[i].ip;
		return true;
	}
	return false;
}

static struct ip decide(const struct log_settings *settings, struct slice service,
			struct slice host)
{
	struct ip ip = address_in(service);

	if (ip.family || look_up(settings->by_service, settings->by_services, service, &ip) ||
	    look_up(settings->by_host, settings->by_hosts, host, &ip))
		return ip;
	return settings->address;
}

static bool is_for(const struct slot *slot, struct slice service, struct slice host)
{
	return slot->is_used && slice_equal(slice_of(slot->key, slot->service_len), service) &&
	       slice_equal(slice_of(slot->key + slot->service_len, slot->host_len), host);
}

struct ip sources_find(struct sources *sources, struct slice service, struct slice host)
{
	const uint64_t hash =
	    hash_step(hash_bytes(service.at, service.len), hash_bytes(host.at, host.len));
	struct slot *slot = &sources->slot[hash & (sources->slots - 1)];

	if (is_for(slot, service, host))
		return slot->ip;
	if (service.len + host.len > KEY_MAX_BYTES)
		return decide(sources->settings, service, host);
	*slot = (struct slot){.service_len = (uint8_t)service.len,
			      .host_len = (uint8_t)host.len,
			      .is_used = true,
			      .ip = decide(sources->settings, service, host)};
	if (service.len)
		memcpy(slot->key, service.at, service.len);
	if (host.len)
		memcpy(slot->key + service.len, host.at, host.len);
	return slot->ip;
}
