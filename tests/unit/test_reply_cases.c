#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/mem.h"
#include "conf/load.h"
#include "conf/replies.h"
#include "model/delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Replies that others labelled, in $REPWATCH_REAL_CASES/bounces; without it there is nothing to
 * do. The labels are sisimai's reasons; "rejected" is about senders for whatever cause, so that
 * one is left out, as are those that are no causes.
 *
 * Three readings of a label, from the narrowest:
 * - by the letter: the cause the label's definition names, `cause`
 * - strict: the same, but `sharper` rows say where a label is wider than our words and which of them
 *   the text means, and a block whose text names a list of the catalogue has to be a blocklist's.
 *   The goals are about this one.
 * - lenient: `also` too, what a neighbour of the label might as well have said
 *
 * Half of the cases, by a hash of their names, are held out: not to be looked at while writing
 * rules, so that the other half does not flatter them. */
static const struct label {
	const char *label;
	enum reply_cause cause[3]; /* REPLY_OTHER ends the row, here and below */
	enum reply_cause also[3];
} labels[] = {
    {"authfailure", {REPLY_AUTHENTICATION}, {0}},
    {"requireptr", {REPLY_PTR}, {0}},
    {"blocked", {REPLY_IP_BLOCK, REPLY_BLOCKLIST}, {REPLY_RATE_LIMIT}},
    {"badreputation", {REPLY_IP_BLOCK, REPLY_DOMAIN_REPUTATION}, {REPLY_RATE_LIMIT}},
    {"speeding", {REPLY_RATE_LIMIT}, {0}},
    {"toomanyconn", {REPLY_RATE_LIMIT}, {0}},
    {"userunknown", {REPLY_RECIPIENT_UNKNOWN}, {0}},
    {"filtered", {REPLY_RECIPIENT_UNKNOWN, REPLY_RECIPIENT_DISABLED}, {REPLY_POLICY}},
    {"hasmoved", {REPLY_RECIPIENT_DISABLED}, {REPLY_RECIPIENT_UNKNOWN}},
    {"suspend", {REPLY_RECIPIENT_DISABLED}, {0}},
    {"mailboxfull", {REPLY_RECIPIENT_FULL}, {0}},
    {"spamdetected", {REPLY_CONTENT}, {0}},
    {"virusdetected", {REPLY_CONTENT}, {0}},
    {"contenterror", {REPLY_CONTENT}, {0}},
    {"policyviolation", {REPLY_POLICY}, {REPLY_CONTENT}},
    {"notcompliantrfc", {REPLY_POLICY}, {REPLY_CONTENT}},
    {"norelaying", {REPLY_POLICY}, {0}},
    {"securityerror", {REPLY_POLICY, REPLY_TLS}, {REPLY_AUTHENTICATION}},
    {"mesgtoobig", {REPLY_SIZE}, {0}},
    {"exceedlimit", {REPLY_SIZE}, {0}},
    {"expired", {REPLY_NETWORK}, {0}},
    {"networkerror", {REPLY_NETWORK}, {0}},
    {"hostunknown", {REPLY_NETWORK}, {REPLY_RECIPIENT_UNKNOWN}},
    {"notaccept", {REPLY_NETWORK}, {0}},
    {"systemerror", {REPLY_REMOTE_ERROR}, {0}},
    {"mailererror", {REPLY_REMOTE_ERROR}, {0}},
};

/* Where a label covers more than one of our words. */
static const struct sharper {
	const char *label;
	const char *words; /* the reply holds them */
	enum reply_cause cause;
} sharper[] = {
    /* No other label is about addresses that send too fast; 5.7.28 says it blocked for good. */
    {"blocked", "421 4.7.28", REPLY_RATE_LIMIT},
    {"blocked", "daily relay quota", REPLY_RATE_LIMIT},
    {"badreputation", "due to unexpected volume", REPLY_RATE_LIMIT},
    /* Its definition includes the parameter of HELO. */
    {"blocked", "HELO/EHLO argument", REPLY_HELO},
    /* A label of the words around the reply, "connection reset by peer". */
    {"blocked", "You cannot send E-Mail to yourself", REPLY_POLICY},
    /* What stands in the message, which policy is only the reason to look at. */
    {"policyviolation", "attachment", REPLY_CONTENT},
    {"policyviolation", "its content", REPLY_CONTENT},
    {"securityerror", "authentication level", REPLY_AUTHENTICATION},
};

/* The columns of both files, by their heads. */
struct row {
	const char *id, *reply, *label, *rhost, *replycode, *dsn;
};

enum reading { BY_LETTER, STRICT, LENIENT, READINGS };
enum half { TRAINING, HELD_OUT, HALVES };

struct score {
	size_t right[READINGS][HALVES], all[HALVES];
};

struct cases {
	struct replies *replies;
	const struct catalogue *catalogue;
	struct score by_label[COUNT_OF(labels)];
	struct score by_cause[REPLY_CAUSE_COUNT]; /* by what the strict reading says first */
};

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

static bool is_among(const enum reply_cause *cause, enum reply_cause wanted)
{
	for (size_t i = 0; i < 3 && cause[i] != REPLY_OTHER; i++)
		if (cause[i] == wanted)
			return true;
	return false;
}

static bool names_list(const struct catalogue *catalogue, const char *text)
{
	for (size_t i = 0; i < catalogue->lists; i++)
		if (catalogue->list[i].kind == LIST_BLOCK &&
		    (strcasestr(text, catalogue->list[i].zone) ||
		     (*catalogue->list[i].operator_name &&
		      strcasestr(text, catalogue->list[i].operator_name))))
			return true;
	return false;
}

/* The cause the strict reading says alone, REPLY_OTHER: those of the label. */
static enum reply_cause sharpened(const struct cases *cases, const struct row *row)
{
	for (size_t i = 0; i < COUNT_OF(sharper); i++)
		if (strcmp(sharper[i].label, row->label) == 0 &&
		    strstr(row->reply, sharper[i].words))
			return sharper[i].cause;
	if (strcmp(row->label, "blocked") == 0 && names_list(cases->catalogue, row->reply))
		return REPLY_BLOCKLIST;
	return REPLY_OTHER;
}

static void count(struct cases *cases, const struct row *row)
{
	const enum half half =
	    hash_seeded(hash_bytes(row->id, strlen(row->id)), row->reply, strlen(row->reply)) & 1;
	struct reply_verdict verdict;
	enum reply_cause sharp;
	bool is_right[READINGS];
	struct score *score[2];
	size_t at = 0;

	while (at < COUNT_OF(labels) && strcmp(labels[at].label, row->label) != 0)
		at++;
	if (at == COUNT_OF(labels))
		return;
	verdict = classify(cases->replies, row);
	sharp = sharpened(cases, row);
	is_right[BY_LETTER] = is_among(labels[at].cause, verdict.cause);
	is_right[STRICT] = sharp != REPLY_OTHER ? verdict.cause == sharp : is_right[BY_LETTER];
	is_right[LENIENT] =
	    is_right[STRICT] || is_right[BY_LETTER] || is_among(labels[at].also, verdict.cause);
	score[0] = &cases->by_label[at];
	score[1] = &cases->by_cause[sharp != REPLY_OTHER ? sharp
				    : is_right[STRICT]   ? verdict.cause
							 : labels[at].cause[0]];
	for (size_t i = 0; i < 2; i++) {
		score[i]->all[half]++;
		for (enum reading reading = 0; reading < READINGS; reading++)
			score[i]->right[reading][half] += is_right[reading];
	}
	/* What is held out stays unseen. */
	if (!is_right[STRICT] && half == TRAINING)
		print_message("# %s: %s by '%s': %.160s\n", row->label,
			      reply_cause_name(verdict.cause),
			      verdict.rule ? verdict.rule->name : "-", row->reply);
}

static void read_cases(struct cases *cases, const char *folder, const char *name)
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
			count(cases,
			      &(struct row){cell[column[0]], cell[column[1]], cell[column[2]],
					    cell[column[3]], cell[column[4]], cell[column[5]]});
	}
	free(line);
	fclose(file);
	str_release(&path);
}

static double share(size_t right, size_t all)
{
	return all ? 100.0 * (double)right / (double)all : 100;
}

static size_t both(const size_t halves[HALVES])
{
	return halves[TRAINING] + halves[HELD_OUT];
}

static void print_score(const char *name, const struct score *score)
{
	print_message("# %-18s %3zu cases, by the letter %5.1f %%, strict %5.1f %% (training %5.1f "
		      "%%, held out %5.1f %%), lenient %5.1f %%\n",
		      name, both(score->all),
		      share(both(score->right[BY_LETTER]), both(score->all)),
		      share(both(score->right[STRICT]), both(score->all)),
		      share(score->right[STRICT][TRAINING], score->all[TRAINING]),
		      share(score->right[STRICT][HELD_OUT], score->all[HELD_OUT]),
		      share(both(score->right[LENIENT]), both(score->all)));
}

static void add_score(struct score *sum, const struct score *score)
{
	for (enum half half = 0; half < HALVES; half++) {
		sum->all[half] += score->all[half];
		for (enum reading reading = 0; reading < READINGS; reading++)
			sum->right[reading][half] += score->right[reading][half];
	}
}

static void check_goals(const struct cases *cases)
{
	static const enum reply_cause about_us[] = {
	    REPLY_AUTHENTICATION, REPLY_PTR, REPLY_RATE_LIMIT, REPLY_IP_BLOCK, REPLY_BLOCKLIST};
	struct score all = {0};

	for (size_t i = 0; i < COUNT_OF(labels); i++) {
		print_score(labels[i].label, &cases->by_label[i]);
		add_score(&all, &cases->by_label[i]);
	}
	for (enum reply_cause cause = 0; cause < REPLY_CAUSE_COUNT; cause++)
		if (both(cases->by_cause[cause].all))
			print_score(reply_cause_name(cause), &cases->by_cause[cause]);
	print_score("all", &all);
	assert_true(both(all.all) > 0);
	assert_true(share(both(all.right[STRICT]), both(all.all)) >= 90);
	assert_true(share(all.right[STRICT][HELD_OUT], all.all[HELD_OUT]) >= 90);
	for (size_t i = 0; i < COUNT_OF(about_us); i++) {
		const struct score *const score = &cases->by_cause[about_us[i]];

		assert_true(both(score->all) > 0);
		assert_true(share(both(score->right[STRICT]), both(score->all)) >= 95);
	}
}

static void check_cases(void **state)
{
	const char *folder = getenv("REPWATCH_REAL_CASES");
	const char *top = getenv("TOP_SRCDIR");
	struct conf_problems problems = {0};
	struct cases cases = {0};
	struct conf conf = {0};
	struct arena *arena;

	(void)state;
	if (!folder || !*folder)
		skip();
	arena = arena_new();
	top = top ? top : ".";
	cases.replies =
	    conf_replies_file(arena_printf(arena, "%s/etc/replies.conf", top), arena, &problems);
	assert_non_null(cases.replies);
	assert_true(conf_load_catalogue(arena_printf(arena, "%s/etc/lists.conf", top), arena, &conf,
					&problems));
	cases.catalogue = &conf.catalogue;
	str_release(&problems.text);
	read_cases(&cases, folder, "sisimai-rhost.tsv");
	read_cases(&cases, folder, "sisimai-emails-dev.tsv");
	check_goals(&cases);
	replies_free(cases.replies);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(check_cases)};

	return cmocka_run_group_tests_name("replies that others labelled", tests, NULL, NULL);
}
