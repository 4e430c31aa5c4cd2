#include "cli/cli.h"

#include "base/mem.h"
#include "dns/suffix.h"
#include "render/escape.h"
#include "render/json_parts.h"
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

static json_t *json_of(const struct spf_verdict *verdict)
{
	json_t *const object = json_object();

	json_put_text(object, "result", spf_result_name(verdict->result));
	json_put_text(object, "reason", verdict->reason);
	json_put_text(object, "explanation", verdict->explanation);
	json_put_text(object, "mechanism", verdict->mechanism);
	json_put_text(object, "record_of", verdict->at);
	if (verdict->cause != CAUSE_NONE)
		json_put_text(object, "cause", cause_name(verdict->cause));
	json_object_set_new(object, "lookups", json_integer(verdict->lookups));
	json_object_set_new(object, "void_lookups", json_integer(verdict->voids));
	return object;
}

static void add_line(struct str *out, const char *before, const char *text)
{
	if (!*text)
		return;
	str_add(out, before);
	escape_terminal(out, text, strlen(text));
	str_add_char(out, '\n');
}

static void add_verdict(struct str *out, const struct spf_verdict *verdict)
{
	add_line(out, "", spf_result_name(verdict->result));
	add_line(out, "", verdict->reason);
	add_line(out, "explanation: ", verdict->explanation);
	add_line(out, "record: ", verdict->record);
	str_addf(out, "lookups: %u of %d, void: %u of %d\n", verdict->lookups, SPF_LOOKUPS_MAX,
		 verdict->voids, SPF_VOIDS_MAX);
}

/* --- --explain: the record as a whole --- */

static json_t *json_costs(const struct domain_spf *seen)
{
	json_t *const array = json_array();

	for (size_t i = 0; i < seen->costs; i++) {
		json_t *const cost = json_object();

		json_object_set_new(cost, "depth", json_integer(seen->cost[i].depth));
		json_put_text(cost, "term", seen->cost[i].term);
		json_object_set_new(cost, "lookups", json_integer(seen->cost[i].lookups));
		json_array_append_new(array, cost);
	}
	return array;
}

static json_t *json_problems(const struct auth_problems *problems)
{
	json_t *const array = json_array();

	for (size_t i = 0; i < problems->count; i++) {
		json_t *const problem = json_object();

		json_put_text(problem, "severity", severity_name(problems->problem[i].severity));
		json_put_text(problem, "text", problems->problem[i].text);
		json_array_append_new(array, problem);
	}
	return array;
}

static void explain_json(void *context, const struct domain_spf *seen)
{
	json_t *const object = context;
	json_t *const whole = json_object();

	json_object_set_new(whole, "lookups", json_integer(seen->lookups));
	json_object_set_new(whole, "void_lookups", json_integer(seen->voids));
	json_object_set_new(whole, "tree", json_costs(seen));
	json_object_set_new(whole, "problems", json_problems(&seen->problems));
	json_put_text(whole, "fix", seen->fix);
	json_put_text(whole, "why", seen->why);
	json_object_set_new(object, "domain", whole);
}

static void explain_text(void *context, const struct domain_spf *seen)
{
	struct str *const out = context;

	str_addf(out, "lookups whoever sends: %u of %d, void: %u\n", seen->lookups, SPF_LOOKUPS_MAX,
		 seen->voids);
	for (size_t i = 0; i < seen->costs; i++) {
		str_add_fill(out, ' ', 2 * ((size_t)seen->cost[i].depth + 1));
		str_addf(out, "%u ", seen->cost[i].lookups);
		add_line(out, "", seen->cost[i].term);
	}
	for (size_t i = 0; i < seen->problems.count; i++) {
		str_addf(out, "%s: ", severity_name(seen->problems.problem[i].severity));
		add_line(out, "", seen->problems.problem[i].text);
	}
	add_line(out, "publish: ", seen->fix);
	if (*seen->fix)
		add_line(out, "because: ", seen->why);
}

/* The domain the verdict is about, or "" for none that can be looked at. */
static const char *domain_of(const struct cli *cli, const struct spf_query *query)
{
	const char *from = *query->from ? query->from : query->helo;
	const char *at = strrchr(from, '@');
	char domain[DNS_NAME_BYTES];

	if (!dns_name_normalise(at ? at + 1 : from, domain) || !strchr(domain, '.'))
		return "";
	return arena_strdup(cli->arena, domain);
}

static bool explain(struct cli *cli, const struct spf_query *query, spf_seen_fn *seen,
		    void *context, struct err *err)
{
	const struct auth_sender sender = {query->ip, query->helo};
	const struct auth_subject subject = {
	    .domain = domain_of(cli, query), .sender = &sender, .senders = 1, .now = cli->now};

	if (!cli_has(cli, "explain") || !*subject.domain)
		return true;
	return spf_look_now(&cli->conf, &subject, seen, context, err);
}

static enum cli_status print_json(struct cli *cli, const struct spf_query *query,
				  const struct spf_verdict *verdict)
{
	json_t *const object = json_of(verdict);
	struct err err;

	if (!explain(cli, query, explain_json, object, &err)) {
		json_decref(object);
		return cli_fail(&err);
	}
	return cli_print_json(object) ? CLI_DONE : CLI_USAGE;
}

static enum cli_status print_text(struct cli *cli, const struct spf_query *query,
				  const struct spf_verdict *verdict)
{
	struct str out = {0};
	struct err err;
	bool ok;

	add_verdict(&out, verdict);
	if (!explain(cli, query, explain_text, &out, &err)) {
		str_release(&out);
		return cli_fail(&err);
	}
	ok = cli_print(&out);
	str_release(&out);
	return ok ? CLI_DONE : CLI_USAGE;
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
	enum cli_status status;
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
	status = (cli->wants_json ? print_json : print_text)(cli, &query, verdict);
	return status == CLI_DONE ? status_of(verdict->result) : status;
}

static const struct cli_option option[] = {
    {"ip", 0, "ADDRESS", false, NULL, "The address of the client that sends the mail."},
    {"helo", 0, "NAME", false, NULL, "What it said after HELO or EHLO."},
    {"from", 0, "MAILBOX", false, "the null sender",
     "The MAIL FROM. Without one, or with an empty one, HELO is checked (postmaster at that "
     "name)."},
    {"receiver", 0, "NAME", false, "unknown", "The name %{r} stands for in explanations."},
    {"explain", 0, NULL, false, NULL,
     "Look at the whole record too: all lookups it can cause, what is wrong or unwise in it, and "
     "what to publish so that the client passes."},
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
		"  repwatch spf --ip 2001:db8::10 --helo www274.example.jp --from '' --json\n"
		"  repwatch spf --ip 192.0.2.10 --helo www274.example.jp --from info@example.jp "
		"--explain\n",
    .found = "The result is fail, softfail or permerror.",
    .can_be_blind = true,
    .option = option,
    .options = COUNT_OF(option),
    .run = run,
};
