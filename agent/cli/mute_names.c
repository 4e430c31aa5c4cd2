#include "cli/mute_names.h"

#include "base/ip.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "conf/replies.h"
#include "dns/suffix.h"
#include "run/domain_view.h"
#include "run/look.h"
#include "run/targets.h"

#include <string.h>
#include <strings.h>

enum { NEAR_MAX = 3 };

/* Everything the word could have been. */
struct names {
	const char **name;
	size_t count, room;
};

static void push(struct cli *cli, struct names *names, const char *name)
{
	if (names->count == names->room) {
		const size_t room = names->room ? names->room * 2 : 64;
		const char **grown = arena_calloc(cli->arena, room, sizeof(*grown));

		if (names->count)
			memcpy(grown, names->name, names->count * sizeof(*grown));
		names->name = grown;
		names->room = room;
	}
	names->name[names->count++] = name;
}

static void add_name(struct cli *cli, struct names *names, const char *name)
{
	if (name && *name)
		push(cli, names, name);
}

static void drop(struct names *names, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < names->count; i++)
		if (strcasecmp(names->name[i], name) != 0)
			names->name[kept++] = names->name[i];
	names->count = kept;
}

/* ": near it are 'a', 'b'", or "". */
static const char *near_text(struct cli *cli, struct names *names, const char *word)
{
	const char *text = "";

	for (size_t i = 0; i < NEAR_MAX; i++) {
		const char *const near = nearest_of(word, names->name, names->count);

		if (!near)
			break;
		text =
		    arena_printf(cli->arena, "%s%s'%s'", text, i ? ", " : "; did you mean ", near);
		drop(names, near);
	}
	return *text ? arena_printf(cli->arena, "%s?", text) : "";
}

static bool is_name(const char *name, const char *word)
{
	const size_t len = strlen(word);
	const size_t plain = len && word[len - 1] == '.' ? len - 1 : len;

	return plain && strlen(name) == plain && strncasecmp(name, word, plain) == 0;
}

/* --- addresses --- */

struct search {
	struct cli *cli;
	struct targets targets;
	struct status status; /* without views when no pass has ended */
	struct domains domains;
	struct names names;
	struct names found;
	struct map *seen; /* of `found` */
};

static void take(struct search *search, const char *address)
{
	if (map_get(search->seen, address))
		return;
	map_put(search->seen, address, search);
	push(search->cli, &search->found, address);
}

static bool find_block(struct search *search, const char *word, const struct prefix *block,
		       struct err *err)
{
	char text[IP_TEXT_BYTES];

	for (size_t i = 0; i < search->targets.addresses; i++)
		if (prefix_has(block, &search->targets.target[i].ip)) {
			take(search, arena_printf(search->cli->arena, "%s/%u",
						  ip_text(&block->ip, text), block->bits));
			return true;
		}
	return err_set(err, "no configured address is in '%s'", word);
}

static bool find_pool(struct search *search, const char *word, bool any_case)
{
	const struct conf *const conf = &search->cli->conf;
	const char *pool;

	for (size_t i = 0; i < conf->addresses + conf->domains; i++) {
		pool = i < conf->addresses ? conf->address[i].pool
					   : conf->domain[i - conf->addresses].pool;
		if (!*pool || (any_case ? strcasecmp(pool, word) : strcmp(pool, word)) != 0)
			continue;
		take(search, pool);
		return true;
	}
	return false;
}

static void find_hosts(struct search *search, const char *word)
{
	for (size_t i = 0; i < search->targets.addresses; i++) {
		const struct target *const target = &search->targets.target[i];

		if (is_name(target->name, word) || is_name(target->helo, word))
			take(search, target->text);
	}
	for (size_t i = 0; i < search->status.views; i++) {
		const struct address_view *const view = &search->status.view[i];

		for (size_t j = 0; j < view->identity.ptrs; j++)
			if (is_name(view->identity.ptr[j], word))
				take(search, view->address);
	}
}

static void find_domain(struct search *search, const char *word)
{
	char name[DNS_NAME_BYTES];

	if (!suffix_to_ascii(word, name))
		return;
	for (size_t i = 0; i < search->cli->conf.domains; i++)
		if (strcmp(search->cli->conf.domain[i].domain, name) == 0)
			take(search, search->cli->conf.domain[i].domain);
	for (size_t i = 0; i < search->domains.views; i++)
		if (strcmp(search->domains.view[i].base.address, name) == 0)
			take(search, search->domains.view[i].base.address);
}

/* What passes have seen; without one the configuration has to do. */
static void read_state(struct search *search)
{
	struct cli *const cli = search->cli;
	const struct look_source source = {.conf = &cli->conf};
	const struct domains_choice all = {.zone = &cli->zone, .now = cli->now};
	struct err none;

	if (!look_at_status(&source, NULL, 0, cli->now, cli->arena, &search->status, &none))
		search->status = (struct status){0};
	if (!look_at_domains(&source, &all, cli->arena, &search->domains, &none))
		search->domains = (struct domains){0};
}

static void gather_names(struct search *search)
{
	struct cli *const cli = search->cli;

	for (size_t i = 0; i < search->targets.count; i++) {
		const struct target *const target = &search->targets.target[i];

		add_name(cli, &search->names, target->pool);
		add_name(cli, &search->names, target->name);
		add_name(cli, &search->names, target->helo);
		add_name(cli, &search->names, target->text);
	}
	for (size_t i = 0; i < search->status.views; i++)
		for (size_t j = 0; j < search->status.view[i].identity.ptrs; j++)
			add_name(cli, &search->names, search->status.view[i].identity.ptr[j]);
	for (size_t i = 0; i < search->domains.views; i++)
		add_name(cli, &search->names, search->domains.view[i].base.address);
}

static bool find_word(struct search *search, const char *word, struct err *err)
{
	if (find_pool(search, word, false) || find_pool(search, word, true))
		return true;
	read_state(search);
	find_hosts(search, word);
	if (!search->found.count)
		find_domain(search, word);
	if (search->found.count)
		return true;
	gather_names(search);
	return err_set(err, "'%s' is no address, block, pool, host or domain that is watched%s",
		       word, near_text(search->cli, &search->names, word));
}

static bool find_address(struct search *search, const char *word, const struct ip *ip,
			 struct err *err)
{
	for (size_t i = 0; i < search->targets.addresses; i++)
		if (ip_equal(&search->targets.target[i].ip, ip)) {
			take(search, search->targets.target[i].text);
			return true;
		}
	for (size_t i = 0; i < search->targets.addresses; i++)
		add_name(search->cli, &search->names, search->targets.target[i].text);
	return err_set(err, "'%s' is not configured%s", word,
		       near_text(search->cli, &search->names, word));
}

static bool find(struct search *search, const char *word, struct err *err)
{
	struct prefix block;
	struct ip ip;

	if (strcmp(word, "all") == 0) {
		take(search, "");
		return true;
	}
	if (ip_parse_unmapped(word, &ip))
		return find_address(search, word, &ip, err);
	if (prefix_parse(word, &block))
		return find_block(search, word, &block, err);
	if (strchr(word, '/'))
		return find_pool(search, word, false) ||
		       err_set(err, "'%s' is no block: bits behind its length must be zero", word);
	return find_word(search, word, err);
}

bool mute_addresses(struct cli *cli, const char *word, const char *const **out, size_t *count,
		    struct err *err)
{
	struct search search = {
	    .cli = cli,
	    .targets = targets_of(&cli->conf, cli->arena),
	    .seen = map_new(),
	};
	const bool ok = find(&search, word, err);

	map_free(search.seen);
	*out = search.found.name;
	*count = search.found.count;
	return ok;
}

/* --- lists, receivers, checks --- */

static const char *const check[] = {"dnsbl", "receiver", "volume", "ptr", "helo",
				    "spf",   "dkim",     "dmarc",  "mx",  "sight"};

static struct receivers receivers_of(struct cli *cli)
{
	struct conf_problems problems = {0};
	struct receivers receivers;

	/* Mistakes in the rules are told by 'config check'. */
	if (!conf_receivers(&cli->conf, cli->arena, &receivers, &problems))
		receivers = (struct receivers){0};
	str_release(&problems.text);
	return receivers;
}

const char *mute_subject(struct cli *cli, const char *word, struct err *err)
{
	const struct catalogue *const catalogue = &cli->conf.catalogue;
	const struct receivers receivers = receivers_of(cli);
	struct names names = {0};

	for (size_t i = 0; i < catalogue->lists; i++) {
		if (is_name(catalogue->list[i].zone, word) ||
		    is_name(catalogue->list[i].name, word))
			return catalogue->list[i].zone;
		add_name(cli, &names, catalogue->list[i].zone);
		add_name(cli, &names, catalogue->list[i].name);
	}
	for (size_t i = 0; i < COUNT_OF(check); i++)
		add_name(cli, &names, check[i]);
	for (size_t i = 0; i < receivers.count; i++)
		add_name(cli, &names, receivers.receiver[i].name);
	for (size_t i = 0; i < names.count; i++)
		if (is_name(names.name[i], word))
			return names.name[i];
	err_set(err, "'%s' is no list of the catalogue, no receiver and no check%s", word,
		near_text(cli, &names, word));
	return NULL;
}
