#include "cli/names.h"

#include "base/map.h"
#include "base/mem.h"
#include "conf/replies.h"
#include "run/targets.h"
#include "store/domains.h"
#include "store/incidents.h"

#include <string.h>

/* What an operator can give a command, for the shells that complete it. */

struct names {
	struct cli *cli;
	struct str text;
	struct map *seen;
};

static void add(struct names *names, const char *name)
{
	if (!name || !name[0] || strpbrk(name, "\n\t ") || map_get(names->seen, name))
		return;
	map_put(names->seen, name, names->seen);
	str_addf(&names->text, "%s\n", name);
}

/* What only the store knows; without one there is nothing to tell. */
static struct store *open_store(const struct names *names)
{
	struct err err;

	return store_open(names->cli->conf.state_dir, STORE_READ, &err);
}

static void add_addresses(struct names *names)
{
	const struct targets targets = targets_of(&names->cli->conf, names->cli->arena);

	for (size_t i = 0; i < targets.count; i++)
		add(names, targets.target[i].text);
}

static void add_pools(struct names *names)
{
	const struct conf *const conf = &names->cli->conf;

	for (size_t i = 0; i < conf->addresses; i++)
		add(names, conf->address[i].pool);
}

static void add_hosts(struct names *names)
{
	const struct conf *const conf = &names->cli->conf;

	for (size_t i = 0; i < conf->addresses; i++)
		add(names, conf->address[i].name);
}

static void add_zones(struct names *names)
{
	const struct catalogue *const catalogue = &names->cli->conf.catalogue;

	for (size_t i = 0; i < catalogue->lists; i++)
		if (catalogue->list[i].is_enabled)
			add(names, catalogue->list[i].zone);
}

static void add_domains(struct names *names)
{
	const struct conf *const conf = &names->cli->conf;
	struct store *store = open_store(names);
	struct stored_domains domains = {0};
	struct err err;

	for (size_t i = 0; i < conf->domains; i++)
		add(names, conf->domain[i].domain);
	if (store && domains_load(store, false, names->cli->arena, &domains, &err))
		for (size_t i = 0; i < domains.count; i++)
			add(names, domains.address[i].address);
	store_close(store);
}

static void add_receivers(struct names *names)
{
	struct conf_problems problems = {0};
	struct receivers receivers;

	if (conf_receivers(&names->cli->conf, names->cli->arena, &receivers, &problems))
		for (size_t i = 0; i < receivers.count; i++)
			add(names, receivers.receiver[i].name);
	str_release(&problems.text);
}

static void add_channels(struct names *names)
{
	const struct conf *const conf = &names->cli->conf;

	for (size_t i = 0; i < conf->alerts.channels; i++)
		add(names, conf->alerts.channel[i].name);
}

static void add_acks(struct names *names)
{
	struct store *store = open_store(names);
	struct mute *mute;
	size_t mutes;
	struct err err;

	if (store && mutes_load(store, names->cli->now, names->cli->arena, &mute, &mutes, &err))
		for (size_t i = 0; i < mutes; i++)
			add(names, arena_printf(names->cli->arena, "%lld", (long long)mute[i].id));
	store_close(store);
}

static const struct {
	const char *kind; /* as usages of commands have it */
	void (*add)(struct names *names);
} row[] = {
    {"ADDRESS", add_addresses}, {"POOL", add_pools},     {"HOST", add_hosts},
    {"ZONE", add_zones},        {"DOMAIN", add_domains}, {"RECEIVER", add_receivers},
    {"CHANNEL", add_channels},  {"ID", add_acks},
};

static size_t find(const char *kind, size_t len)
{
	size_t i = 0;

	while (i < COUNT_OF(row) &&
	       (strlen(row[i].kind) != len || memcmp(row[i].kind, kind, len) != 0))
		i++;
	return i;
}

bool names_has(const char *kind, size_t len)
{
	return find(kind, len) < COUNT_OF(row);
}

static enum cli_status run(struct cli *cli)
{
	struct names names = {.cli = cli};
	struct err err;
	bool ok;

	for (size_t i = 0; i < cli->arguments; i++)
		if (!names_has(cli->argument[i], strlen(cli->argument[i]))) {
			err_set(&err, "there are no names of kind '%s'", cli->argument[i]);
			return cli_fail(&err);
		}
	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	names.seen = map_new();
	for (size_t i = 0; i < cli->arguments; i++)
		row[find(cli->argument[i], strlen(cli->argument[i]))].add(&names);
	ok = cli_print(&names.text);
	map_free(names.seen);
	str_release(&names.text);
	return ok ? CLI_DONE : CLI_USAGE;
}

const struct cli_command command_config_names = {
    .name = "config names",
    .arguments = "KIND...",
    .summary = "the words that commands can be given",
    .about =
	"Prints, a line each, what is configured or known of a kind: ADDRESS, POOL, HOST, "
	"ZONE, DOMAIN, RECEIVER, CHANNEL, or ID of what is acknowledged. Shells complete by it.",
    .examples = "  repwatch config names POOL\n"
		"  repwatch config names ADDRESS HOST\n",
    .min_arguments = 1,
    .max_arguments = SIZE_MAX,
    .run = run,
};
