#include "run/targets.h"

struct target target_of_ip(const struct ip *ip, struct arena *arena)
{
	char text[IP_TEXT_BYTES];

	return (struct target){
	    .kind = TARGET_ADDRESS,
	    .text = arena_strdup(arena, ip_text(ip, text)),
	    .ip = *ip,
	    .name = "",
	    .helo = "",
	    .pool = "",
	};
}

struct target target_of_text(const char *text)
{
	struct target target = {.text = text, .name = "", .helo = "", .pool = ""};

	target.kind = ip_parse(text, &target.ip) ? TARGET_ADDRESS : TARGET_DOMAIN;
	return target;
}

struct targets targets_of(const struct conf *conf, struct arena *arena)
{
	struct targets targets = {0};

	for (size_t i = 0; i < conf->addresses; i++)
		targets.count += prefix_count(&conf->address[i].prefix);
	targets.target = arena_calloc(arena, targets.count, sizeof(*targets.target));
	targets.count = 0;
	for (size_t i = 0; i < conf->addresses; i++) {
		const struct conf_address *const block = &conf->address[i];
		const uint32_t count = prefix_count(&block->prefix);

		for (uint32_t j = 0; j < count; j++) {
			const struct ip ip = ip_plus(&block->prefix.ip, j);
			struct target *target = &targets.target[targets.count++];

			*target = target_of_ip(&ip, arena);
			target->name = block->name;
			target->helo = block->helo;
			target->pool = block->pool;
		}
	}
	targets.addresses = targets.count;
	return targets;
}

const char *target_canonical(const char *word, struct arena *arena)
{
	char text[IP_TEXT_BYTES];
	struct ip ip;

	return ip_parse_unmapped(word, &ip) ? arena_strdup(arena, ip_text(&ip, text)) : word;
}
