#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "maillog/line.h"

static const struct {
	const char *line;
	bool has_time;
	const char *host, *tag, *pid, *text;
} line_case[] = {
    {"Nov 21 18:00:00 mx1 postfix/smtp[99]: QID: x", true, "mx1", "postfix/smtp", "99", "QID: x"},
    {"Nov 21 18:00:00 mx1 qmail: 1.5 new msg 1", true, "mx1", "qmail", "", "1.5 new msg 1"},
    {"<22>Nov 21 18:00:00 mx1 exim[1]: x", true, "mx1", "exim", "1", "x"},
    {"Nov 21 18:00:00 mx1 postfix-2001:db8::1/smtp[9]: x", true, "mx1", "postfix-2001:db8::1/smtp",
     "9", "x"},
    {"2026-11-21T18:00:00+09:00 mx1 smtpd[7]: x", true, "mx1", "smtpd", "7", "x"},
    {"1795219200.123456 mx1 smtpd[7]: x", true, "mx1", "smtpd", "7", "x"},
    {"<22>1 2026-11-21T18:00:00.003Z mx1 postfix/smtp 99 - - QID: x", true, "mx1", "postfix/smtp",
     "99", "QID: x"},
    {"<22>1 2026-11-21T18:00:00Z mx1 qmail - ID7 [a@1 b=\"x] \\\" y\"][c@2] \xef\xbb\xbfnew msg 1",
     true, "mx1", "qmail", "", "new msg 1"},
    {"<22>1 2026-11-21T18:00:00Z mx1 qmail - - [a@1 b=\"never closed] x", true, "", "", "", ""},
    {"2026-11-21 18:00:00 1hqQGO-000002-Zq Completed", true, "", "", "",
     "1hqQGO-000002-Zq Completed"},
    {"@400000006a2f408a00000000 end msg 1", true, "", "", "", "end msg 1"},
    {"Nov 21 18:00:00 mx1 last message repeated 3 times", true, "mx1", "", "", ""},
    {"Nov 21 18:00:00 mx1", true, "", "", "", ""},
    {"Nov 21 18:00:00 mx1 : x", true, "mx1", "", "", ""},
    {"Nov 21 18:00:00 mx1 a]: x", true, "mx1", "a]", "", "x"},
    {"no time", false, "", "", "", ""},
    {"<999999>Nov 21 18:00:00 mx1 a: x", false, "", "", "", ""},
    {"", false, "", "", "", ""},
};

static void check_part(const char *line, const char *name, struct slice part, const char *expected)
{
	if (!slice_is(part, expected))
		fail_msg("%s: %s is '%.*s', not '%s'", line, name, (int)part.len, part.at,
			 expected);
}

static void split_row(struct stamps *stamps, struct heads *heads, size_t i)
{
	const char *line = line_case[i].line;
	struct log_line parts;

	if (line_split(stamps, heads, slice_text(line), &parts) != line_case[i].has_time)
		fail_msg("%s: has a time or has none", line);
	check_part(line, "host", parts.host, line_case[i].host);
	check_part(line, "tag", parts.tag, line_case[i].tag);
	check_part(line, "pid", parts.pid, line_case[i].pid);
	check_part(line, "text", parts.text, line_case[i].text);
}

/* The second time stamp and head are known from the first. */
static void takes_off_what_syslog_adds(void **state)
{
	static const struct zone utc = {0};
	struct heads *heads = heads_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(line_case); i++) {
		struct stamps stamps = stamps_of(&utc, 2026, 0);

		split_row(&stamps, heads, i);
		split_row(&stamps, heads, i);
	}
	heads_free(heads);
}

/* What is noted of a head comes back with it, whatever the pid, and with no other. */
static void knows_heads_again(void **state)
{
	static const struct {
		const char *line;
		const char *tag;
		uint32_t note; /* that was left before, or 0 */
	} row[] = {
	    {"Nov 21 18:00:00 mx1 postfix/smtp[9]: a", "postfix/smtp", 0},
	    {"Nov 21 18:00:00 mx1 postfix/smtp[12345]: a", "postfix/smtp", 1},
	    {"Nov 21 18:00:01 mx1 postfix/smtp[7]: a", "postfix/smtp", 2},
	    {"2026-11-21T18:00:02+00:00 mx1 postfix/smtp[7]: a", "postfix/smtp", 3},
	    {"Nov 21 18:00:02 mx1 postfix/smtpd[9]: a", "postfix/smtpd", 0},
	    {"Nov 21 18:00:02 mx2 postfix/smtp[9]: a", "postfix/smtp", 0},
	    {"Nov 21 18:00:02 mx1 postfix/smtp: a", "postfix/smtp", 0},
	    {"Nov 21 18:00:02 mx1 postfix/smtp[x]: a", "postfix/smtp", 0},
	    {"Nov 21 18:00:02 mx1 postfix/smtp[9] a", "", 0},
	    {"Nov 21 18:00:02 mx1 postfix/smtp[9", "", 0},
	    {"Nov 21 18:00:02 mx1 postfix/smtp[", "", 0},
	    {"Nov 21 18:00:02 mx[1] postfix/smtp[9]: a", "postfix/smtp", 0},
	    {"Nov 21 18:00:02 mx[1] postfix/smtp[9]: a", "postfix/smtp", 0},
	};
	static const struct zone utc = {0};
	struct stamps stamps = stamps_of(&utc, 2026, 0);
	struct heads *heads = heads_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct log_line parts;
		uint32_t note;

		assert_true(line_split(&stamps, heads, slice_text(row[i].line), &parts));
		check_part(row[i].line, "tag", parts.tag, row[i].tag);
		note = parts.head ? parts.head->service_len : 0;
		if (note != row[i].note)
			fail_msg("%s: noted is %u, not %u", row[i].line, note, row[i].note);
		if (parts.head)
			parts.head->service_len = (uint32_t)i + 1;
	}
	heads_free(heads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_off_what_syslog_adds),
	    cmocka_unit_test(knows_heads_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
