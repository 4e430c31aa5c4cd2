#include "cli/subjects.h"

#include "base/ip.h"
#include "dns/name.h"
#include "run/domain_selectors.h"

#include <string.h>

struct senders {
	struct auth_sender *sender;
	size_t count;
};

static void add_sender(struct senders *senders, const struct ip *ip, const char *host)
{
	if (senders->count < AUTH_SENDERS_MAX)
		senders->sender[senders->count++] = (struct auth_sender){*ip, host};
}

static struct senders named_beside(const struct targets *targets, struct arena *arena)
{
	struct senders senders = {arena_calloc(arena, AUTH_SENDERS_MAX, sizeof(*senders.sender)),
				  0};

	for (size_t i = 0; i < targets->count; i++)
		if (targets->target[i].kind == TARGET_ADDRESS)
			add_sender(&senders, &targets->target[i].ip, targets->target[i].helo);
	return senders;
}

static struct senders of_pool(const struct conf *conf, const char *pool, struct arena *arena)
{
	struct senders senders = {arena_calloc(arena, AUTH_SENDERS_MAX, sizeof(*senders.sender)),
				  0};

	for (size_t i = 0; i < conf->addresses; i++) {
		const struct conf_address *const block = &conf->address[i];
		const uint32_t count = prefix_count(&block->prefix);

		for (uint32_t j = 0; strcmp(block->pool, pool) == 0 && j < count; j++) {
			const struct ip ip = ip_plus(&block->prefix.ip, j);

			add_sender(&senders, &ip, block->helo);
		}
	}
	return senders;
}

static const struct conf_domain *configured(const struct conf *conf, const char *domain)
{
	for (size_t i = 0; i < conf->domains; i++)
		if (strcmp(conf->domain[i].domain, domain) == 0)
			return &conf->domain[i];
	return NULL;
}

static bool read_selectors(struct cli *cli, const char *const **selector, size_t *count,
			   struct err *err)
{
	const char *const *const word = cli_values(cli, "selector", count);
	const char **out = arena_calloc(cli->arena, *count, sizeof(*out));
	char name[DNS_NAME_BYTES];

	for (size_t i = 0; i < *count; i++) {
		if (!dns_name_normalise(word[i], name) ||
		    strspn(name, "abcdefghijklmnopqrstuvwxyz"
				 "0123456789-_.") != strlen(name))
			return err_set(err,
				       "--selector: '%s' may hold letters, digits, '.', '_' and "
				       "'-' only",
				       word[i]);
		out[i] = arena_strdup(cli->arena, name);
	}
	*selector = out;
	return true;
}

bool subjects_give(struct cli *cli, struct targets *targets, struct err *err)
{
	const struct senders beside = named_beside(targets, cli->arena);
	const char *const *selector;
	size_t selectors;

	if (!read_selectors(cli, &selector, &selectors, err))
		return false;
	for (size_t i = 0; i < targets->count; i++) {
		struct target *const target = &targets->target[i];
		const struct conf_domain *const conf = configured(&cli->conf, target->text);
		struct senders senders = beside;
		struct auth_subject *subject;

		if (target->kind != TARGET_DOMAIN)
			continue;
		if (!senders.count && conf && conf->pool[0])
			senders = of_pool(&cli->conf, conf->pool, cli->arena);
		subject = arena_calloc(cli->arena, 1, sizeof(*subject));
		*subject = (struct auth_subject){
		    .domain = target->text,
		    .sender = senders.sender,
		    .senders = senders.count,
		    .selector = selectors || !conf ? selector : conf->selector,
		    .selectors = selectors || !conf ? selectors : conf->selectors,
		    .now = cli->now,
		};
		if (cli_has(cli, "config"))
			selectors_known(&cli->conf, subject, cli->arena);
		target->auth = subject;
	}
	return true;
}
