#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "maillog/maillog.h"
#include "maillog/selectors.h"

#include <string.h>

#define OPENDKIM "Nov 21 18:00:00 mx1 opendkim[1]: "
#define DKIMPY   "Nov 21 18:00:00 mx1 dkimpy-milter[1]: "
#define AMAVIS   "Nov 21 18:00:00 mx1 amavis[1]: "
#define RSPAMD   "Nov 21 18:00:00 mx1 rspamd[37]: <7d7d2e>; task; rspamd_task_write_log: "
#define SENDMAIL "Nov 21 18:00:00 mx1 sendmail[1]: 5AL9000W001234: "
#define EXIM     "2026-11-21 18:00:00 1hqQGO-000002-Zq "
#define PASSED                                                                                     \
	"(01389-01) Passed CLEAN {RelayedOutbound}, LOCAL [192.0.2.9] <a@b.example> -> "           \
	"<c@d.example>, "

static const struct {
	const char *why;
	enum log_format format;
	const char *line;
	const char *told; /* "SOURCE SELECTOR DOMAIN; " of each */
} line_case[] = {
    {"OpenDKIM", LOG_POSTFIX,
     OPENDKIM "4F2A41A2B3: DKIM-Signature field added (s=rs2026, d=example.jp)",
     "opendkim rs2026 example.jp; "},
    {"in any case", LOG_EXIM,
     OPENDKIM "4F2A41A2B3: DKIM-Signature field added (s=RS, d=Example.JP)",
     "opendkim rs example.jp; "},
    {"a selector of two labels", LOG_POSTFIX,
     OPENDKIM "4F2A41A2B3: DKIM-Signature field added (s=a.b, d=example.jp)",
     "opendkim a.b example.jp; "},
    {"a cut line", LOG_POSTFIX, OPENDKIM "4F2A41A2B3: DKIM-Signature field added (s=rs2026, d=exam",
     ""},
    {"words further behind", LOG_POSTFIX,
     OPENDKIM "4F2A41A2B3: no signing table match for 'x: DKIM-Signature field added (s=s, "
	      "d=victim.example)'",
     ""},
    {"no name", LOG_POSTFIX, OPENDKIM "4F2A41A2B3: DKIM-Signature field added (s=s, d=a b.example)",
     ""},
    {"two in one", LOG_POSTFIX,
     OPENDKIM "4F2A41A2B3: DKIM-Signature field added (s=s, d=a.example) (s=t, d=victim.example)",
     ""},
    {"no domain", LOG_POSTFIX, OPENDKIM "4F2A41A2B3: DKIM-Signature field added (s=s, d=)", ""},
    {"a domain of one label", LOG_POSTFIX,
     OPENDKIM "4F2A41A2B3: DKIM-Signature field added (s=s, d=localhost)", ""},
    {"another program's", LOG_POSTFIX,
     "Nov 21 18:00:00 mx1 postfix/cleanup[1]: 4F2A41A2B3: DKIM-Signature field added (s=s, "
     "d=victim.example)",
     ""},
    {"dkimpy-milter", LOG_POSTFIX,
     DKIMPY "4F2A41A2B3: ed25519-sha256 DKIM signature added (s=ed1 d=example.jp)",
     "dkimpy ed1 example.jp; "},

    {"amavis", LOG_POSTFIX,
     AMAVIS PASSED "Queue-ID: 2F3, mail_id: x, Hits: -1, size: 316, queued_as: 58A9, "
		   "dkim_new=dkim:a.example, 19162 ms",
     "amavis dkim a.example; "},
    {"with two signatures", LOG_POSTFIX,
     AMAVIS PASSED "size: 316, dkim_new=s1:a.example,s2:b.example, 12 ms",
     "amavis s1 a.example; amavis s2 b.example; "},
    {"what was verified is a stranger's", LOG_POSTFIX,
     AMAVIS PASSED "size: 316, dkim_sd=s1:a.example, 12 ms", ""},
    {"a message id that looks like the field", LOG_POSTFIX,
     AMAVIS PASSED "Message-ID: <x, dkim_new=s:victim.example, 12 ms>, size: 3, 12 ms", ""},
    {"and one before the field", LOG_POSTFIX,
     AMAVIS PASSED
     "Message-ID: <x, dkim_new=s:victim.example>, size: 3, dkim_new=s1:a.example, 2 ms",
     "amavis s1 a.example; "},
    {"a part of a long line", LOG_POSTFIX, AMAVIS PASSED "dkim_new=s1:a.example, 2 ms...", ""},
    {"blocked", LOG_POSTFIX, AMAVIS "(1-1) Blocked SPAM {}, dkim_new=s1:a.example, 2 ms", ""},

    {"Rspamd", LOG_POSTFIX,
     RSPAMD
     "id: <27e@d77.example>, qid: <535>, ip: 2001:db8::1, user: delta, from: <d@d77.example>, "
     "(default: F (no action): [-0.10/15.00] [MIME_GOOD(-0.10){text/plain;},ARC_NA(0.00){},"
     "DKIM_SIGNED(0.00){d77.example:s=202601;},FROM_HAS_DN(0.00){}]), len: 428, time: 3ms, dns "
     "req: 11",
     "rspamd 202601 d77.example; "},
    {"for the domain above the sender's", LOG_POSTFIX,
     RSPAMD "id: <2>, from: <d@mail.d77.example>, (default: F (no action): [0/15] "
	    "[DKIM_SIGNED(0.00){d77.example:s=a;}]), len: 4",
     "rspamd a d77.example; "},
    {"and none beside it", LOG_POSTFIX,
     RSPAMD "id: <2>, from: <d@d77.example>, (default: F (no action): [0/15] "
	    "[DKIM_SIGNED(0.00){victim.example:s=a;}]), len: 4",
     ""},
    {"nor a part of a label", LOG_POSTFIX,
     RSPAMD "id: <2>, from: <d@notvictim.example>, (default: F (no action): [0/15] "
	    "[DKIM_SIGNED(0.00){victim.example:s=a;}]), len: 4",
     ""},
    {"a message id that looks like the rest", LOG_POSTFIX,
     RSPAMD
     "id: <x>, from: <a@victim.example>, (default: F (no action): [0/15] "
     "[DKIM_SIGNED(0.00){victim.example:s=a;}]), len: 4>, from: <d@d77.example>, (default: F "
     "(no action): [0/15] [ARC_NA(0.00){}]), len: 4",
     ""},
    {"a recipient that does", LOG_POSTFIX,
     RSPAMD "id: <2>, from: <d@d77.example>, (default: F (no action): [0/15] "
	    "[DKIM_SIGNED(0.00){d77.example:s=a;}]), len: 4, rcpts: <(default: F@x.example>",
     ""},
    {"an option with a byte of the grammar", LOG_POSTFIX,
     RSPAMD "id: <2>, from: <d@d77.example>, (default: F (no action): [0/15] "
	    "[X(0.00){a[b;},DKIM_SIGNED(0.00){d77.example:s=a;}]), len: 4",
     ""},
    {"the symbol twice", LOG_POSTFIX,
     RSPAMD "id: <2>, from: <d@d77.example>, (default: F (no action): [0/15] "
	    "[DKIM_SIGNED(0.00){d77.example:s=b;},DKIM_SIGNED(0.00){d77.example:s=a;}]), len: 4",
     ""},
    {"a list without end", LOG_POSTFIX,
     RSPAMD "id: <2>, from: <d@d77.example>, (default: F (no action): [0/15] "
	    "[DKIM_SIGNED(0.00){d77.example:s=a;}",
     ""},

    {"a milter's header", LOG_SENDMAIL,
     SENDMAIL "Milter insert (1): header: DKIM-Signature:  v=1; a=rsa-sha256; c=relaxed/simple; "
	      "d=example.jp;\\n\\ts=rs2026; t=1; bh=x=;\\n\\th=From:To;\\n\\tb=abc",
     "milter rs2026 example.jp; "},
    {"added at the end", LOG_SENDMAIL,
     SENDMAIL "Milter add: header: DKIM-Signature: v=1; d=example.jp; s=rs; b=x",
     "milter rs example.jp; "},
    {"cut in a tag", LOG_SENDMAIL,
     SENDMAIL "Milter insert (1): header: DKIM-Signature: v=1; d=example.jp; s=rs2", ""},
    {"a tag twice", LOG_SENDMAIL,
     SENDMAIL
     "Milter insert (1): header: DKIM-Signature: v=1; d=example.jp; d=victim.example; s=s;",
     ""},
    {"what a milter found in a message", LOG_SENDMAIL,
     SENDMAIL "Milter change: header Subject: from x to Milter add: header: DKIM-Signature: v=1; "
	      "d=victim.example; s=s;",
     ""},

    {"Exim verified it", LOG_EXIM,
     EXIM
     "DKIM: d=example.jp s=rs2026 c=relaxed/relaxed a=rsa-sha256 b=2048 [verification succeeded]",
     "exim rs2026 example.jp; "},
    {"and did not", LOG_EXIM,
     EXIM "DKIM: d=victim.example s=s c=relaxed/relaxed a=rsa-sha256 [verification succeeded] i=x "
	  "[verification failed - body hash mismatch (body probably modified in transit)]",
     ""},
    {"a subject", LOG_EXIM,
     EXIM "<= a@b.example H=c.example [192.0.2.9] P=esmtp S=5 T=\"DKIM: d=victim.example s=s c=x "
	  "[verification succeeded]\"",
     ""},
};

static void note(void *context, const struct signing *signing)
{
	str_addf(context, "%s %s %s; ", selector_source_name(signing->source), signing->selector,
		 signing->domain);
}

static void ignore(void *context, const struct delivery *delivery)
{
	(void)context;
	(void)delivery;
}

static void learns_by_position(void **state)
{
	static const struct zone utc = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(line_case); i++) {
		const struct log_settings settings = {
		    .format = line_case[i].format, .zone = &utc, .now = 1795300000};
		struct str told = {0};
		const struct signing_hearer hearer = {note, &told};
		struct maillog *log = maillog_new(&settings, ignore, NULL);

		maillog_hear(log, &hearer);
		maillog_line(log, line_case[i].line, strlen(line_case[i].line));
		if (strcmp(str_text(&told), line_case[i].told) != 0)
			fail_msg("%s: '%s', not '%s'", line_case[i].why, str_text(&told),
				 line_case[i].told);
		maillog_free(log);
		str_release(&told);
	}
}

/* The time is the line's; nobody needs to listen. */
static void tells_when(void **state)
{
	static const char line[] =
	    OPENDKIM "4F2A41A2B3: DKIM-Signature field added (s=s, d=a.example)";
	static const struct zone utc = {0};
	const struct log_settings settings = {
	    .format = LOG_POSTFIX, .zone = &utc, .year = 2026, .now = 1795300000};
	struct selectors *selectors = selectors_new();
	const struct signing_hearer hearer = {selectors_add, selectors};
	struct maillog *log = maillog_new(&settings, ignore, NULL);

	(void)state;
	maillog_line(log, line, sizeof(line) - 1);
	maillog_hear(log, &hearer);
	maillog_line(log, line, sizeof(line) - 1);
	assert_int_equal(selectors_count(selectors), 1);
	assert_int_equal(selectors_row(selectors, 0).at, 1795284000);
	maillog_free(log);
	selectors_free(selectors);
}

/* Each pair once, with its latest moment; who signs counts more than who hints. */
static void adds_up(void **state)
{
	static const struct signing told[] = {
	    {100, SELECTOR_RSPAMD, "a.example", "s"}, {90, SELECTOR_OPENDKIM, "a.example", "s"},
	    {120, SELECTOR_EXIM, "a.example", "s"},   {50, SELECTOR_EXIM, "a.example", "t"},
	    {60, SELECTOR_RSPAMD, "b.example", "s"},
	};
	static const struct selector_row row[] = {
	    {"a.example", "s", SELECTOR_OPENDKIM, 120},
	    {"a.example", "t", SELECTOR_EXIM, 50},
	    {"b.example", "s", SELECTOR_RSPAMD, 60},
	};
	struct selectors *selectors = selectors_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(told); i++)
		selectors_add(selectors, &told[i]);
	assert_int_equal(selectors_count(selectors), COUNT_OF(row));
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct selector_row seen = selectors_row(selectors, i);

		assert_string_equal(seen.domain, row[i].domain);
		assert_string_equal(seen.selector, row[i].selector);
		assert_int_equal(seen.source, row[i].source);
		assert_int_equal(seen.at, row[i].at);
	}
	selectors_clear(selectors);
	assert_int_equal(selectors_count(selectors), 0);
	selectors_free(selectors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(learns_by_position),
	    cmocka_unit_test(tells_when),
	    cmocka_unit_test(adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
