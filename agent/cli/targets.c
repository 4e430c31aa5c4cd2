#include "cli/targets.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/parse.h"
#include "dns/suffix.h"

#include <string.h>

struct work {
	const char *helo;
	struct arena *arena;
	struct map *seen;
	struct targets *out;
};

bool targets_is_private(const struct ip *ip)
{
	static const char *const block[] = {
	    "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	    "192.168.0.0/16", "::1",           "fc00::/7",    "fe80::/10",
	};

	for (size_t i = 0; i < COUNT_OF(block); i++) {
		struct prefix prefix;

		if (!prefix_parse(block[i], &prefix))
			bug("'%s' is no block", block[i]);
		if (prefix_has(&prefix, ip))
			return true;
	}
	return false;
}

static unsigned covers_of(const struct target *target)
{
	if (target->kind == TARGET_DOMAIN)
		return COVERS_DOMAIN;
	return target->ip.family == 4 ? COVERS_IP4 : COVERS_IP6;
}

static bool add(struct work *work, const struct target *target, struct err *err)
{
	struct target *place = &work->out->target[work->out->count];
	char name[DNS_NAME_BYTES];

	if (map_get(work->seen, target->text))
		return true;
	if (work->out->count == TARGETS_MAX)
		return err_set(err,
			       "more than %d targets at once; put a network of this size into the "
			       "configuration and use 'repwatch run'",
			       TARGETS_MAX);
	*place = *target;
	place->text = arena_strdup(work->arena, target->text);
	place->name = "";
	place->pool = "";
	place->helo = target->kind == TARGET_ADDRESS ? work->helo : "";
	if (target->kind == TARGET_DOMAIN)
		place->listed_as =
		    suffix_registrable(target->text, name) ? arena_strdup(work->arena, name) : "";
	map_put(work->seen, place->text, place);
	work->out->count++;
	work->out->covers |= covers_of(place);
	return true;
}

static bool add_block(struct work *work, const char *word, const struct prefix *prefix,
		      struct err *err)
{
	const uint32_t count = prefix_count(prefix);

	if (count > TARGETS_MAX)
		return err_set(err, "'%s' holds more than %d addresses; name those that send mail",
			       word, TARGETS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		struct target target = {.kind = TARGET_ADDRESS, .ip = ip_plus(&prefix->ip, i)};
		char text[IP_TEXT_BYTES];

		target.text = ip_text(&target.ip, text);
		if (!add(work, &target, err))
			return false;
	}
	return true;
}

/* The block that was meant when bits behind the mask are set. */
static struct prefix masked(const struct ip *ip, uint8_t bits)
{
	struct prefix prefix = {*ip, bits};

	for (unsigned i = 0; i < sizeof(prefix.ip.byte); i++) {
		const unsigned kept = bits > i * 8 ? bits - i * 8 : 0;

		if (kept < 8)
			prefix.ip.byte[i] &= (uint8_t)(0xff00u >> kept);
	}
	return prefix;
}

static bool wrong_block(const char *word, struct arena *arena, struct err *err)
{
	const char *slash = strchr(word, '/');
	const char *left = arena_strndup(arena, word, (size_t)(slash - word));
	char text[IP_TEXT_BYTES];
	struct prefix prefix;
	struct ip ip;
	uint32_t bits;

	if (!ip_parse(left, &ip))
		return err_set(err, "'%s' is not a block: '%s' is no address", word, left);
	if (!parse_u32(slash + 1, &bits) || bits > (ip.family == 4 ? 32u : 128u))
		return err_set(err,
			       "'%s' is not a block: behind the slash stands a number up to %d",
			       word, ip.family == 4 ? 32 : 128);
	prefix = masked(&ip, (uint8_t)bits);
	return err_set(err, "'%s' is an address within a block; did you mean '%s/%u' or '%s'?",
		       word, ip_text(&prefix.ip, text), (unsigned)prefix.bits, left);
}

bool targets_is_domain(const char *name)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	const char *last = strrchr(name, '.');

	return last && last[1] && strspn(name, set) == strlen(name) && !strstr(name, "..") &&
	       name[0] != '.' && last[1 + strspn(last + 1, "0123456789")];
}

static bool add_domain(struct work *work, const char *word, struct err *err)
{
	char name[DNS_NAME_BYTES];
	struct target target = {.kind = TARGET_DOMAIN, .text = name};

	if (!suffix_to_ascii(word, name) || !targets_is_domain(name))
		return err_set(err, "'%s' is no address, no block and no domain", word);
	return add(work, &target, err);
}

static bool add_word(struct work *work, const char *word, struct err *err)
{
	struct prefix prefix;

	if (prefix_parse(word, &prefix)) {
		const struct ip plain = ip_unmapped(&prefix.ip);

		if (prefix_count(&prefix) == 1 && plain.family == 4)
			prefix = (struct prefix){plain, 32};
		return add_block(work, word, &prefix, err);
	}
	if (strchr(word, '/'))
		return wrong_block(word, work->arena, err);
	return add_domain(work, word, err);
}

bool targets_parse(const struct targets_line *line, struct arena *arena, struct targets *targets,
		   struct err *err)
{
	struct work work = {line->helo, arena, map_new(), targets};
	bool ok = true;

	*targets =
	    (struct targets){.target = arena_calloc(arena, TARGETS_MAX, sizeof(struct target))};
	for (size_t i = 0; ok && i < line->words; i++)
		ok = add_word(&work, line->word[i], err);
	map_free(work.seen);
	return ok;
}
