#include "auth/mx.h"

#include "auth/problems.h"
#include "base/mem.h"
#include "base/tr_mark.h"
#include "dns/outcome.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MX_HOSTS_MAX = 16 }; /* more are neither asked for nor shown */

enum host_kind {
	HOST_GOOD,
	HOST_ALIAS, /* works with most, and RFC 2181 section 10.3 forbids it */
	HOST_BLIND,
	HOST_LITERAL,
	HOST_NO_ADDRESS,
	HOST_PRIVATE, /* nobody outside reaches it */
	HOST_IMPOSSIBLE /* no name that DNS can carry */
};

struct look {
	const char *domain;
	struct ask *ask;
	struct domain_mx *out;
	struct problems problems;
	enum cause cause;
	bool is_open;
};

/* RFC 6890: what leads nowhere from outside. */
static const char *const private_block[] = {
    "0.0.0.0/8",     "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
    "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3",   "::/127",      "::ffff:0.0.0.0/96",
    "fc00::/7",      "fe80::/10",      "ff00::/8",
};

static bool is_private(const struct ip *ip)
{
	for (size_t i = 0; i < COUNT_OF(private_block); i++) {
		struct prefix prefix;

		if (!prefix_parse(private_block[i], &prefix))
			bug("'%s' is no prefix", private_block[i]);
		if (prefix_has(&prefix, ip))
			return true;
	}
	return false;
}

static bool is_public(const struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->records; i++)
		if (!is_private(&answer->record[i].ip))
			return true;
	return false;
}

static const struct dns_answer *ask_at(struct look *look, const char *name, enum dns_type type)
{
	const struct dns_answer *answer = ask_dns(look->ask, name, type);

	if (!answer)
		look->is_open = true;
	return answer;
}

/* What the addresses of a name are worth. HOST_BLIND while questions are open, too. */
static enum host_kind addresses_of(struct look *look, const char *name)
{
	const struct dns_answer *v4 = ask_at(look, name, DNS_A);
	const struct dns_answer *v6 = ask_at(look, name, DNS_AAAA);

	if (!v4 || !v6)
		return HOST_BLIND;
	if (is_public(v4) || is_public(v6))
		return HOST_GOOD;
	if (v4->outcome == DNS_BAD_NAME)
		return HOST_IMPOSSIBLE;
	if (!dns_is_usable(v4->outcome) || !dns_is_usable(v6->outcome)) {
		look->cause = dns_cause(dns_is_usable(v4->outcome) ? v6->outcome : v4->outcome);
		return HOST_BLIND;
	}
	return v4->records || v6->records ? HOST_PRIVATE : HOST_NO_ADDRESS;
}

static bool is_literal(const char *host)
{
	char text[DNS_NAME_BYTES];
	const size_t len = strlen(host);
	struct ip ip;

	if (ip_parse(host, &ip))
		return true;
	if (len < 2 || len >= sizeof(text) || host[0] != '[' || host[len - 1] != ']')
		return false;
	memcpy(text, host + 1, len - 2);
	text[len - 2] = '\0';
	return ip_parse(text, &ip);
}

static enum host_kind kind_of(struct look *look, const char *host)
{
	const struct dns_answer *alias;
	enum host_kind kind;

	if (is_literal(host))
		return HOST_LITERAL;
	if (strcasecmp(host, "localhost") == 0)
		return HOST_PRIVATE;
	alias = ask_at(look, host, DNS_CNAME);
	kind = addresses_of(look, host);
	if (kind == HOST_GOOD && alias && alias->outcome == DNS_FOUND && alias->records)
		return HOST_ALIAS;
	return kind;
}

static int compare_records(const void *a, const void *b)
{
	const struct dns_record *const x = a, *const y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return strcasecmp(x->data, y->data);
}

/* RFC 7505 section 3: the root is no host. */
static bool is_root(const struct dns_record *record)
{
	return record->len == 0 || strcmp(record->data, ".") == 0;
}

/* By preference, and by name where that is the same, so that rotation changes nothing. */
/* Servers repeat the letters' case of the question, which is random, where a name ends like it. */
static const char *host_text(const struct dns_record *record, struct arena *arena)
{
	char *text =
	    arena_strdup(arena, problems_record(slice_of(record->data, record->len), arena));

	for (char *at = text; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return text;
}

static void keep_hosts(struct look *look, const struct dns_answer *answer)
{
	struct domain_mx *const out = look->out;
	struct dns_record *sorted =
	    arena_calloc(look->ask->arena, answer->records, sizeof(*sorted));
	const char **host = arena_calloc(look->ask->arena, MX_HOSTS_MAX, sizeof(*host));

	memcpy(sorted, answer->record, answer->records * sizeof(*sorted));
	qsort(sorted, answer->records, sizeof(*sorted), compare_records);
	for (size_t i = 0; i < answer->records; i++)
		if (is_root(&sorted[i]))
			out->is_null = true;
		else if (out->hosts < MX_HOSTS_MAX)
			host[out->hosts++] = host_text(&sorted[i], look->ask->arena);
	out->host = host;
}

static void tell_host(struct look *look, const char *host, enum host_kind kind,
		      enum severity severity)
{
	static const char *const says[] = {
	    [HOST_GOOD] = "",
	    [HOST_ALIAS] =
		SAID("is an alias (CNAME), which RFC 2181 section 10.3 forbids for MX hosts"),
	    [HOST_BLIND] = SAID("could not be asked for"),
	    [HOST_LITERAL] = SAID("is an address, and MX takes host names only"),
	    [HOST_NO_ADDRESS] = SAID("has no address"),
	    [HOST_PRIVATE] = SAID("has only addresses that nobody outside reaches"),
	    [HOST_IMPOSSIBLE] = SAID("is no name that DNS can carry"),
	};

	problems_note(&look->problems, severity, NULL, "the MX host %.*s %s",
		      QUOTED(slice_text(host)), says[kind]);
}

static void judge_hosts(struct look *look)
{
	struct domain_mx *const out = look->out;
	enum host_kind kind[MX_HOSTS_MAX];
	bool has_good = false, has_blind = false;

	for (size_t i = 0; i < out->hosts; i++) {
		kind[i] = kind_of(look, out->host[i]);
		has_good = has_good || kind[i] == HOST_GOOD || kind[i] == HOST_ALIAS;
		has_blind = has_blind || kind[i] == HOST_BLIND;
	}
	if (look->is_open)
		return;
	for (size_t i = 0; i < out->hosts; i++)
		if (kind[i] == HOST_BLIND)
			tell_host(look, out->host[i], kind[i], SEVERITY_INFO);
		else if (kind[i] != HOST_GOOD)
			tell_host(look, out->host[i], kind[i],
				  has_good || has_blind ? SEVERITY_MINOR : SEVERITY_MAJOR);
	out->state = problems_state(&look->problems);
	if (!has_good && has_blind) {
		out->state = AUTH_UNKNOWN;
		out->cause = look->cause;
	}
}

/* RFC 5321 section 5.1: without MX the domain's own address takes its mail. */
static void judge_implicit(struct look *look, bool is_nobodys)
{
	struct domain_mx *const out = look->out;
	const enum host_kind kind = is_nobodys ? HOST_NO_ADDRESS : addresses_of(look, look->domain);

	if (look->is_open)
		return;
	out->is_implicit = kind == HOST_GOOD || kind == HOST_PRIVATE;
	if (kind == HOST_GOOD)
		problems_note(&look->problems, SEVERITY_INFO, NULL,
			      "there is no MX record: mail goes to the address of %s itself",
			      look->domain);
	else if (kind == HOST_PRIVATE)
		problems_note(&look->problems, SEVERITY_MAJOR, NULL,
			      "there is no MX record, and nobody outside reaches the address of %s",
			      look->domain);
	else if (kind != HOST_BLIND)
		problems_note(&look->problems, SEVERITY_MAJOR, NULL,
			      is_nobodys
				  ? SAID("%s does not exist")
				  : SAID("%s has neither an MX record nor an address: bounces and "
					 "answers are lost, and receivers refuse such senders"),
			      look->domain);
	out->state = problems_state(&look->problems);
	if (kind == HOST_BLIND) {
		out->state = AUTH_UNKNOWN;
		out->cause = look->cause;
	} else if (!out->is_implicit) {
		out->state = AUTH_MISSING;
	}
}

static void judge_null(struct look *look, size_t records)
{
	if (records == 1) {
		problems_note(&look->problems, SEVERITY_INFO, NULL,
			      "a null MX: the domain takes no mail, and some receivers refuse what "
			      "it sends (RFC 7505 section 4.2)");
		look->out->state = AUTH_OK;
		return;
	}
	problems_note(&look->problems, SEVERITY_MAJOR, NULL,
		      "a null MX stands beside other MX records, which RFC 7505 section 3 forbids: "
		      "leave out the one or the others");
	look->out->state = AUTH_BROKEN;
}

bool mx_look(const struct auth_subject *subject, struct ask *ask, struct domain_mx *out)
{
	struct look look = {.domain = subject->domain, .ask = ask, .out = out};
	const struct dns_answer *answer = ask_at(&look, subject->domain, DNS_MX);

	*out = (struct domain_mx){.state = AUTH_UNKNOWN};
	if (!answer)
		return false;
	look.problems = problems_over(ask->arena);
	if (!dns_is_usable(answer->outcome)) {
		out->cause = dns_cause(answer->outcome);
		return true;
	}
	if (answer->records == 0) {
		judge_implicit(&look, answer->outcome == DNS_NO_NAME);
	} else {
		keep_hosts(&look, answer);
		if (out->is_null)
			judge_null(&look, answer->records);
		else
			judge_hosts(&look);
	}
	out->problems = problems_sorted(&look.problems);
	return !look.is_open;
}
