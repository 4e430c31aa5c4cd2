#include "cli/cli.h"

#include "base/mem.h"
#include "dns/suffix.h"
#include "render/escape.h"
#include "run/spf.h"

#include <string.h>

/* A domain as DNS has it; what cannot be one stays as it was typed, and is none to check_host(). */
static const char *ascii_domain(const struct cli *cli, const char *domain)
{
	char ascii[DNS_NAME_BYTES];

	for (const char *at = domain; *at; at++)
		if ((unsigned char)*at >= 0x80)
			return suffix_to_ascii(domain, ascii) ? arena_strdup(cli->arena, ascii)
							      : domain;
	return domain;
}

/* As it stands in MAIL FROM, with or without the angle brackets. */
static const char *mailbox_of(const struct cli *cli, const char *from)
{
	const size_t len = strlen(from);
	const char *at;

	if (len >= 2 && from[0] == '<' && from[len - 1] == '>')
		from = arena_strndup(cli->arena, from + 1, len - 2);
	at = strrchr(from, '@');
	if (!at)
		return ascii_domain(cli, from);
	return arena_printf(cli->arena, "%.*s@%s", (int)(at - from), from,
			    ascii_domain(cli, at + 1));
}

static bool read_query(const struct cli *cli, struct spf_query *query, struct err *err)
{
	const char *ip = cli_value(cli, "ip");
	const char *from = cli_value(cli, "from");
	const char *helo = cli_value(cli, "helo");

	*query = (struct spf_query){.from = "", .helo = "", .now = cli->now};
	if (!ip)
		return err_set(err, "'spf' needs --ip ADDRESS, the client's");
	if (!ip_parse(ip, &query->ip))
		return err_set(err, "--ip: '%s' is no address", ip);
	if (!from && !helo)
		return err_set(err, "'spf' needs --from MAILBOX, --helo NAME or both");
	if (helo)
		query->helo = ascii_domain(cli, helo);
	if (from)
		query->from = mailbox_of(cli, from);
	query->receiver = cli_value(cli, "receiver");
	return true;
}

static void set_text(json_t *object, const char *key, const char *text)
{
	struct str valid = {0};

	escape_utf8(&valid, text, strlen(text));
	if (valid.len)
		json_object_set_new(object, key, json_string(str_text(&valid)));
	str_release(&valid);
}

static bool print_json(const struct spf_verdict *verdict)
{
	json_t *const object = json_object();

	set_text(object, "result", spf_result_name(verdict->result));
	set_text(object, "reason", verdict->reason);
	set_text(object, "explanation", verdict->explanation);
	set_text(object, "mechanism", verdict->mechanism);
	set_text(object, "record_of", verdict->at);
	if (verdict->cause != CAUSE_NONE)
		set_text(object, "cause", cause_name(verdict->cause));
	json_object_set_new(object, "lookups", json_integer(verdict->lookups));
	json_object_set_new(object, "void_lookups", json_integer(verdict->voids));
	return cli_print_json(object);
}

static void add_line(struct str *out, const char *before, const char *text)
{
	if (!*text)
		return;
	str_add(out, before);
	escape_terminal(out, text, strlen(text));
	str_add_char(out, '\n');
}

static bool print_text(const struct spf_verdict *verdict)
{
	struct str out = {0};
	bool ok;

	add_line(&out, "", spf_result_name(verdict->result));
	add_line(&out, "", verdict->reason);
	add_line(&out, "explanation: ", verdict->explanation);
	add_line(&out, "record: ", verdict->record);
	str_addf(&out, "lookups: %u of %d, void: %u of %d\n", verdict->lookups, SPF_LOOKUPS_MAX,
		 verdict->voids, SPF_VOIDS_MAX);
	ok = cli_print(&out);
	str_release(&out);
	return ok;
}

static enum cli_status status_of(enum spf_result result)
{
	switch (result) {
	case SPF_FAIL:
	case SPF_SOFTFAIL:
	case SPF_PERMERROR:
		return CLI_FOUND;
	case SPF_TEMPERROR:
		return CLI_BLIND;
	case SPF_PASS:
	case SPF_NEUTRAL:
	case SPF_NONE:
	case SPF_RESULT_COUNT:
		break;
	}
	return CLI_DONE;
}

static enum cli_status run(struct cli *cli)
{
	struct spf_verdict *verdict;
	struct spf_query query;
	struct err err;

	if (!read_query(cli, &query, &err))
		return cli_fail(&err);
	if (!cli_conf_or_defaults(cli))
		return CLI_USAGE;
	if (cli->conf.resolver.deadline_ms > SPF_DEADLINE_MS)
		cli->conf.resolver.deadline_ms = SPF_DEADLINE_MS;
	if (!spf_ask_all(&cli->conf, &query, 1, cli->arena, &verdict, NULL, &err))
		return cli_fail(&err);
	if (!(cli->wants_json ? print_json(verdict) : print_text(verdict)))
		return CLI_USAGE;
	return status_of(verdict->result);
}

static const struct cli_option option[] = {
    {"ip", 0, "ADDRESS", false, NULL, "The address of the client that sends the mail."},
    {"helo", 0, "NAME", false, NULL, "What it said after HELO or EHLO."},
    {"from", 0, "MAILBOX", false, "the null sender",
     "The MAIL FROM. Without one, or with an empty one, HELO is checked (postmaster at that "
     "name)."},
    {"receiver", 0, "NAME", false, "unknown", "The name %{r} stands for in explanations."},
};

const struct cli_command command_spf = {
    .name = "spf",
    .arguments = "",
    .summary = "what SPF says of a client and a sender",
    .about =
	"Evaluates check_host() of RFC 7208 and prints the result: none, neutral, pass, fail, "
	"softfail, temperror or permerror; behind it the reason, which names the term and the "
	"record that decided or are in error, the explanation the domain publishes, its record "
	"and the lookups that were counted.\n\n"
	"Not more is asked than an evaluation may ask; without answers within 20 seconds the "
	"result is temperror. Works without a configuration: then the system's resolver is used.",
    .examples = "  repwatch spf --ip 192.0.2.10 --helo www274.example.jp --from info@example.jp\n"
		"  repwatch spf --ip 2001:db8::10 --helo www274.example.jp --from '' --json\n",
    .found = "The result is fail, softfail or permerror.",
    .can_be_blind = true,
    .option = option,
    .options = COUNT_OF(option),
    .run = run,
};
