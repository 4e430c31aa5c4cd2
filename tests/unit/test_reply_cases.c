#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "conf/replies.h"
#include "model/delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Replies that others labelled, in $REPWATCH_REAL_CASES/bounces; without it there is nothing to
 * do. The labels are sisimai's reasons, and its notion of who is to blame differs in places: it
 * has no word for an address that sends too fast other than "blocked", and "rejected" is about
 * senders for whatever cause, so that one is left out. */
static const struct {
	const char *label;
	enum reply_cause cause[4]; /* any of them; REPLY_OTHER ends the row */
} labels[] = {
    {"authfailure", {REPLY_AUTHENTICATION}},
    {"requireptr", {REPLY_PTR}},
    {"blocked", {REPLY_IP_BLOCK, REPLY_BLOCKLIST, REPLY_RATE_LIMIT}},
    {"badreputation", {REPLY_IP_BLOCK, REPLY_DOMAIN_REPUTATION, REPLY_RATE_LIMIT}},
    {"speeding", {REPLY_RATE_LIMIT}},
    {"toomanyconn", {REPLY_RATE_LIMIT}},
    {"userunknown", {REPLY_RECIPIENT_UNKNOWN}},
    {"filtered", {REPLY_RECIPIENT_UNKNOWN, REPLY_RECIPIENT_DISABLED, REPLY_POLICY}},
    {"hasmoved", {REPLY_RECIPIENT_UNKNOWN, REPLY_RECIPIENT_DISABLED}},
    {"suspend", {REPLY_RECIPIENT_DISABLED}},
    {"mailboxfull", {REPLY_RECIPIENT_FULL}},
    {"spamdetected", {REPLY_CONTENT}},
    {"virusdetected", {REPLY_CONTENT}},
    {"contenterror", {REPLY_CONTENT}},
    {"policyviolation", {REPLY_POLICY, REPLY_CONTENT}},
    {"notcompliantrfc", {REPLY_POLICY, REPLY_CONTENT}},
    {"norelaying", {REPLY_POLICY}},
    {"securityerror", {REPLY_POLICY, REPLY_TLS, REPLY_AUTHENTICATION}},
    {"mesgtoobig", {REPLY_SIZE}},
    {"exceedlimit", {REPLY_SIZE}},
    {"expired", {REPLY_NETWORK}},
    {"networkerror", {REPLY_NETWORK}},
    {"hostunknown", {REPLY_NETWORK, REPLY_RECIPIENT_UNKNOWN}},
    {"notaccept", {REPLY_NETWORK}},
    {"systemerror", {REPLY_REMOTE_ERROR}},
    {"mailererror", {REPLY_REMOTE_ERROR}},
};

/* The columns of both files, by their heads. */
struct row {
	const char *id, *reply, *label, *rhost, *replycode, *dsn;
};

static struct {
	size_t right[COUNT_OF(labels)], all[COUNT_OF(labels)];
} score;

/* Where the file names the provider and not the host. */
static const char *host_of(const struct row *row)
{
	static const char *const hosts[][2] = {
	    {"Apple", "mx01.mail.icloud.com"},         {"Google", "aspmx.l.google.com"},
	    {"FrancePTT", "smtp-in.orange.fr"},        {"GoDaddy", "smtp.secureserver.net"},
	    {"NTTDOCOMO", "mfsmax.docomo.ne.jp"},      {"YahooInc", "mta5.am0.yahoodns.net"},
	    {"Microsoft", "x.protection.outlook.com"},
	};

	for (size_t i = 0; i < COUNT_OF(hosts); i++)
		if (strcmp(row->id, hosts[i][0]) == 0)
			return hosts[i][1];
	return row->rhost;
}

static void split(char *line, const char **cell, size_t cells)
{
	for (size_t i = 0; i < cells; i++) {
		const char *text = line ? strsep(&line, "\t") : NULL;

		cell[i] = text ? text : "";
	}
}

static bool has_code(const char *text)
{
	return strstr(text, "said: 4") || strstr(text, "said: 5") ||
	       strspn(text, "0123456789") == 3;
}

/* sisimai takes codes out of some texts into columns of their own, which say 5.0.9xx where they
 * are its own and not the receiver's. */
static struct reply_verdict classify(struct replies *replies, const struct row *row)
{
	const bool is_own = strstr(row->dsn, ".0.9") != NULL;
	const char *receiver = replies_receiver(replies, slice_text(host_of(row)));
	struct str text = {0};
	struct reply_verdict verdict;

	if (*row->replycode && !has_code(row->reply) && !strstr(row->reply, row->replycode) &&
	    !strstr(row->reply, "said: "))
		str_addf(&text, "%s ", row->replycode);
	str_add(&text, row->reply);
	verdict = replies_classify(replies, receiver, slice_text(is_own ? "" : row->dsn),
				   slice_text(str_text(&text)));
	str_release(&text);
	return verdict;
}

static void count(struct replies *replies, const struct row *row)
{
	struct reply_verdict verdict;
	bool is_right = false;
	size_t at = 0;

	while (at < COUNT_OF(labels) && strcmp(labels[at].label, row->label) != 0)
		at++;
	if (at == COUNT_OF(labels))
		return;
	verdict = classify(replies, row);
	for (size_t i = 0; i < 4 && labels[at].cause[i] != REPLY_OTHER; i++)
		is_right |= verdict.cause == labels[at].cause[i];
	score.all[at]++;
	score.right[at] += is_right;
	if (!is_right)
		print_message("# %s: %s by '%s': %.160s\n", row->label,
			      reply_cause_name(verdict.cause),
			      verdict.rule ? verdict.rule->name : "-", row->reply);
}

static void read_cases(struct replies *replies, const char *folder, const char *name)
{
	static const char *const head[] = {"id", "reply", "label", "rhost", "replycode", "dsn"};
	struct str path = {0};
	const char *cell[16];
	size_t column[COUNT_OF(head)] = {0};
	char *line = NULL;
	size_t room = 0;
	FILE *file;

	str_addf(&path, "%s/bounces/%s", folder, name);
	file = fopen(str_text(&path), "r");
	assert_non_null(file);
	for (bool is_head = true; getline(&line, &room, file) >= 0; is_head = false) {
		line[strcspn(line, "\n")] = '\0';
		split(line, cell, COUNT_OF(cell));
		for (size_t i = 0; is_head && i < COUNT_OF(head); i++) {
			column[i] = COUNT_OF(cell) - 1;
			for (size_t j = 0; j < COUNT_OF(cell); j++)
				if (strcmp(cell[j], head[i]) == 0)
					column[i] = j;
		}
		if (!is_head)
			count(replies,
			      &(struct row){cell[column[0]], cell[column[1]], cell[column[2]],
					    cell[column[3]], cell[column[4]], cell[column[5]]});
	}
	free(line);
	fclose(file);
	str_release(&path);
}

/* Over the labels that may mean one of these causes. */
static double share(const enum reply_cause *cause, size_t causes)
{
	size_t right = 0;
	size_t all = 0;

	for (size_t i = 0; i < COUNT_OF(labels); i++) {
		bool counts = causes == 0;

		for (size_t j = 0; j < causes; j++)
			counts |= labels[i].cause[0] == cause[j];
		right += counts ? score.right[i] : 0;
		all += counts ? score.all[i] : 0;
	}
	return all ? 100.0 * (double)right / (double)all : 0;
}

static void check_cases(void **state)
{
	static const enum reply_cause about_us[] = {
	    REPLY_AUTHENTICATION, REPLY_PTR, REPLY_RATE_LIMIT, REPLY_IP_BLOCK, REPLY_BLOCKLIST};
	const char *folder = getenv("REPWATCH_REAL_CASES");
	const char *top = getenv("TOP_SRCDIR");
	struct conf_problems problems = {0};
	struct arena *arena;
	struct replies *replies;

	(void)state;
	if (!folder || !*folder)
		skip();
	arena = arena_new();
	replies = conf_replies_file(arena_printf(arena, "%s/etc/replies.conf", top ? top : "."),
				    arena, &problems);
	str_release(&problems.text);
	assert_non_null(replies);
	read_cases(replies, folder, "sisimai-rhost.tsv");
	read_cases(replies, folder, "sisimai-emails-dev.tsv");
	for (size_t i = 0; i < COUNT_OF(labels); i++)
		print_message("# %-16s %3zu of %3zu\n", labels[i].label, score.right[i],
			      score.all[i]);
	print_message("# all %.1f %%, about us %.1f %%\n", share(NULL, 0),
		      share(about_us, COUNT_OF(about_us)));
	assert_true(share(NULL, 0) >= 90);
	assert_true(share(about_us, COUNT_OF(about_us)) >= 95);
	replies_free(replies);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(check_cases)};

	return cmocka_run_group_tests_name("replies that others labelled", tests, NULL, NULL);
}
