#include "cli/cli.h"

#include "base/ip.h"
#include "cli/verdict.h"
#include "dns/suffix.h"
#include "judge/incident.h"
#include "render/domains.h"
#include "render/json.h"
#include "render/mutes.h"
#include "run/domain_view.h"
#include "run/look.h"

/* What was asked for: words that name a domain that is looked at, and the others. */
struct named {
	const char **address; /* or a pool, or a name */
	size_t addresses;
	const char **domain;
	size_t domains;
};

static bool is_domain(const struct domains *domains, const char *word)
{
	for (size_t i = 0; i < domains->views; i++)
		if (domain_is_named(&domains->view[i], word))
			return true;
	return false;
}

/* As the store has them; what is neither address nor domain is a pool's name. */
static struct named sort_words(struct cli *cli, const struct domains *domains)
{
	struct named words = {
	    .address = arena_calloc(cli->arena, cli->arguments + 1, sizeof(*words.address)),
	    .domain = arena_calloc(cli->arena, cli->arguments + 1, sizeof(*words.domain)),
	};

	for (size_t i = 0; i < cli->arguments; i++) {
		const char *word = cli->argument[i];
		char text[IP_TEXT_BYTES], name[DNS_NAME_BYTES];
		struct ip ip;

		if (ip_parse_unmapped(word, &ip))
			word = arena_strdup(cli->arena, ip_text(&ip, text));
		else if (suffix_to_ascii(word, name) && is_domain(domains, name)) {
			words.domain[words.domains++] = arena_strdup(cli->arena, name);
			continue;
		}
		words.address[words.addresses++] = word;
	}
	return words;
}

static void keep_named(struct domains *domains, const struct named *words)
{
	size_t kept = 0;

	for (size_t i = 0; i < domains->views; i++)
		for (size_t j = 0; j < words->domains; j++)
			if (domain_is_named(&domains->view[i], words->domain[j])) {
				domains->view[kept++] = domains->view[i];
				break;
			}
	domains->views = kept;
}

struct answer {
	struct status status;
	struct domains domains; /* those named */
	struct domain_numbers numbers; /* of all, when nothing was named */
	bool has_addresses, has_domains; /* were named, or nothing was */
};

/* Addresses and blocks alone say nothing about domains. */
static bool needs_domains(const struct cli *cli)
{
	for (size_t i = 0; i < cli->arguments; i++) {
		struct prefix prefix;

		if (!prefix_parse(cli->argument[i], &prefix))
			return true;
	}
	return false;
}

static bool look(struct cli *cli, struct answer *answer, struct err *err)
{
	const struct look_source source = {.conf = &cli->conf};
	const struct domains_choice all = {.zone = &cli->zone, .now = cli->now};
	struct named words;

	*answer = (struct answer){0};
	if (!cli->arguments && !look_at_domain_numbers(&source, &answer->numbers, err))
		return false;
	if (needs_domains(cli) &&
	    !look_at_domains(&source, &all, cli->arena, &answer->domains, err))
		return false;
	words = sort_words(cli, &answer->domains);
	answer->has_addresses = words.addresses || !cli->arguments;
	answer->has_domains = words.domains > 0;
	keep_named(&answer->domains, &words);
	if (answer->has_addresses)
		return look_at_status(&source, words.address, words.addresses, cli->now, cli->arena,
				      &answer->status, err) &&
		       (cli->wants_json || !cli->style.has_blocks ||
			look_at_recent(&source, &cli->zone, cli->now, cli->arena, &answer->status,
				       err));
	answer->status = (struct status){.pass_at = answer->domains.pass_at,
					 .is_stale = answer->domains.is_stale};
	return true;
}

/* Old beliefs are not what is believed now. */
static void say_stale(const struct cli *cli, const struct status *status)
{
	char age[CIVIL_TEXT_BYTES];

	if (!status->pass_at)
		cli_error("no pass has ended yet; 'repwatch run' makes one");
	else if (status->is_stale)
		cli_error("the last pass ended %s ago, which is too long: is cron running "
			  "'repwatch run'?",
			  civil_age(cli->now - status->pass_at, age));
}

/* A message nobody gets is a silence of its own. */
static void add_letters(const struct cli *cli, const struct outbox_counts *letters, struct str *out)
{
	char age[CIVIL_TEXT_BYTES];

	if (letters->dead)
		str_addf(out, "\n%llu message%s given up: repwatch alerts pending\n",
			 (unsigned long long)letters->dead, letters->dead == 1 ? " was" : "s were");
	if (letters->pending)
		str_addf(out,
			 "\n%llu message%s to be delivered, the oldest for %s: repwatch "
			 "alerts pending\n",
			 (unsigned long long)letters->pending,
			 letters->pending == 1 ? " waits" : "s wait",
			 civil_age(cli->now - letters->oldest_pending_at, age));
}

/* What is acknowledged of each address, behind what is wrong with it. */
static void add_acks(const struct cli *cli, const struct status *status, json_t *document)
{
	json_t *const addresses = json_object_get(document, "addresses");

	for (size_t i = 0; status->mutes && i < status->views; i++) {
		const struct address_view *const view = &status->view[i];
		json_t *const acks = json_array();

		for (size_t j = 0; j < status->mutes; j++)
			if (mute_concerns(&status->mute[j], view->address, view->pool, cli->now))
				json_array_append_new(acks,
						      json_mute(&cli->zone, &status->mute[j]));
		if (json_array_size(acks))
			json_object_set(json_array_get(addresses, i), "acks", acks);
		json_decref(acks);
	}
}

static json_t *document(struct cli *cli, const struct answer *answer)
{
	const struct domains *const domains = &answer->domains;
	json_t *object = json_status(&cli->zone, cli->now, answer->status.view,
				     answer->status.views, &cli->conf.catalogue);

	add_acks(cli, &answer->status, object);
	if (answer->has_domains)
		json_object_set_new(object, "domains",
				    json_domains_array(&cli->zone, domains->view, domains->views));
	else if (answer->numbers.looked_at)
		json_object_set_new(object, "sending_domains",
				    json_domains_numbers(&answer->numbers));
	if (answer->has_addresses)
		json_object_set_new(object, "alerts",
				    json_pack("{s:I, s:I}", "pending",
					      (json_int_t)answer->status.letters.pending, "dead",
					      (json_int_t)answer->status.letters.dead));
	return object;
}

static bool show(struct cli *cli, const struct answer *answer)
{
	const struct status *const status = &answer->status;
	const struct domains *const domains = &answer->domains;
	char minute[CIVIL_TEXT_BYTES], age[CIVIL_TEXT_BYTES];
	struct str text = {0};
	bool ok;

	if (cli->wants_json)
		return cli_print_json(document(cli, answer));
	if (answer->has_addresses)
		text_addresses(&text, &cli->style, status->view, status->views,
			       &cli->conf.catalogue);
	str_add(&text,
		answer->has_addresses && (domains->views || answer->numbers.looked_at) ? "\n" : "");
	if (answer->has_domains)
		text_domains(&text, &cli->style, domains->view, domains->views,
			     &cli->conf.catalogue);
	else
		text_domains_line(&text, &cli->style, &answer->numbers);
	if (status->mutes) {
		str_add_char(&text, '\n');
		text_mutes_in_force(&text, &cli->style, status->mute, status->mutes);
	}
	add_letters(cli, &status->letters, &text);
	if (status->pass_at)
		str_addf(&text, "\nLast pass: %s (%s ago)\n",
			 civil_minute(&cli->zone, status->pass_at, minute),
			 civil_age(cli->now - status->pass_at, age));
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

/* Domains are judged where they were asked for. */
static enum cli_status verdict(const struct answer *answer)
{
	enum cli_status verdict = verdict_of(answer->status.view, answer->status.views);

	for (size_t i = 0; answer->has_domains && i < answer->domains.views; i++) {
		if (answer->domains.view[i].is_unready)
			return CLI_FOUND;
		if (answer->domains.view[i].is_blind && verdict == CLI_DONE)
			verdict = CLI_BLIND;
	}
	if (verdict == CLI_DONE && (answer->status.is_stale || !answer->status.pass_at))
		return CLI_BLIND;
	return verdict;
}

static enum cli_status run(struct cli *cli)
{
	struct answer answer;
	struct err err;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!look(cli, &answer, &err))
		return cli_fail(&err);
	say_stale(cli, &answer.status);
	return show(cli, &answer) ? verdict(&answer) : CLI_USAGE;
}

const struct cli_command command_status = {
    .name = "status",
    .arguments = "[ADDRESS|POOL|DOMAIN]...",
    .summary = "what is believed now about the configured addresses",
    .about =
	"Shows what the passes so far have found: a table with the worst on top and what is "
	"wrong with each address, or one address or domain in full. Nothing is asked; 'repwatch "
	"check' asks now.",
    .examples = "  repwatch status\n"
		"  repwatch status shared-a\n"
		"  repwatch status 192.0.2.10 --json\n",
    .found = "An address is listed, or a record of it is missing or wrong.",
    .can_be_blind = true,
    .max_arguments = SIZE_MAX,
    .run = run,
};
