#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "log_box.h"

#define AT    "Nov 21 18:00:00 mx1 sm-mta[41]: "
#define TIMES ", delay=00:00:02, xdelay=00:00:01"
#define RELAY ", mailer=esmtp, pri=30000, relay=mx.b.example. [203.0.113.5]"

static const struct log_case outcome_case[] = {
    {"sent",
     AT "56FCln1K000003: to=<u@b.example>" TIMES RELAY ", dsn=2.0.0, stat=Sent (2.0.0 OK 77)",
     "sent - - - > b.example @mx.b.example 2.0.0: 2.0.0 OK 77\n"},
    {"deferred",
     AT "56FCln1K000003: to=<u@b.example>" TIMES RELAY
	", dsn=4.7.1, stat=Deferred: 451 4.7.1 Greylisted",
     "deferred - - - > b.example @mx.b.example 4.7.1: 451 4.7.1 Greylisted\n"},
    {"more recipients than one line takes",
     AT "56FCln1K000003: to=<u@b.example>,<v@b.example>, [more]" TIMES RELAY
	", dsn=2.0.0, stat=Sent (ok)\n" AT "56FCln1K000003: to=<w@b.example>" TIMES RELAY
	", dsn=2.0.0, stat=Sent (ok)",
     "sent - - - > b.example @mx.b.example 2.0.0: ok\n"
     "sent - - - > b.example @mx.b.example 2.0.0: ok\n"
     "sent - - - > b.example @mx.b.example 2.0.0: ok\n"},
    {"no host was reached",
     AT "56FCln1K000003: to=<u@b.example>" TIMES
	", mailer=esmtp, pri=3, relay=mx.b.example., dsn=4.0.0, "
	"stat=Deferred: Connection timed out with mx.b.example.",
     "deferred - - - > b.example @mx.b.example 4.0.0: Connection timed out with mx.b.example.\n"},
    {"bounced", AT "56FCln1K000003: to=<u@b.example>" TIMES RELAY ", dsn=5.1.1, stat=User unknown",
     "bounced - - - > b.example @mx.b.example 5.1.1: User unknown\n"},
    {"bounced, with what the host said",
     AT "56FCln1K000003: to=<u@b.example>" TIMES RELAY
	", dsn=5.7.1, stat=Service unavailable: 554 blocked",
     "bounced - - - > b.example @mx.b.example 5.7.1: 554 blocked\n"},
    {"a passing fault by another name",
     AT "56FCln1K000003: to=<u@b.example>" TIMES RELAY ", dsn=4.3.0, stat=I/O error",
     "deferred - - - > b.example @mx.b.example 4.3.0: I/O error\n"},
    {"no such host",
     AT "56FCln1K000003: to=<u@b.example>" TIMES
	", mailer=esmtp, pri=3, relay=b.example, dsn=5.1.2, "
	"stat=Host unknown (Name server: b.example: host not found)",
     "bounced - - - > b.example @b.example 5.1.2: Host unknown (Name server: b.example: host not "
     "found)\n"},
    {"several recipients share a line",
     AT "56FCln1K000003: to=<u@b.example>,v@b.example,<\"w,x\"@c.example>, ctladdr=<eva@a.example> "
	"(33/33)" TIMES RELAY ", dsn=2.0.0, stat=Sent (ok)",
     "sent - - - > b.example @mx.b.example 2.0.0: ok\nsent - - - > b.example @mx.b.example 2.0.0: "
     "ok\n"
     "sent - - - > c.example @mx.b.example 2.0.0: ok\n"},
    {"a mailer with an address",
     AT "56FCln1K000003: to=<u@b.example>" TIMES ", mailer=esmtp7, pri=3, relay=mx.b.example. "
	"[IPv6:2001:db8::5], dsn=2.0.0, stat=Sent (ok)",
     "sent 192.0.2.13 - - > b.example @mx.b.example 2.0.0: ok\n"},
    {"Solaris",
     "Nov 21 18:00:00 mx1 sendmail[41]: [ID 801593 mail.info] 56FCln1K000003: "
     "to=<u@b.example>" TIMES RELAY ", dsn=2.0.0, stat=Sent (ok)",
     "sent - - - > b.example @mx.b.example 2.0.0: ok\n"},
    {"given up: once for each that waits",
     AT "56FCln1K000003: from=<eva@a.example>, size=900, class=0, nrcpts=2, msgid=<1@a>, "
	"proto=ESMTP, relay=app [10.0.0.3]\n" AT
	"56FCln1K000003: to=<u@b.example>,<v@b.example>" TIMES
	", mailer=esmtp7, pri=3, relay=mx.b.example., dsn=4.0.0, stat=Deferred\n"
	"Nov 26 18:00:00 mx1 sm-mta[88]: 56FCln1K000003: to=<u@b.example>,<v@b.example>" TIMES
	", mailer=esmtp7, pri=3, relay=mx.b.example., dsn=4.0.0, stat=Deferred\n"
	"Nov 26 18:00:00 mx1 sm-mta[88]: 56FCln1K000003: 56QCln1K000003: return to sender: Cannot "
	"send message for 5 days\n",
     "deferred 192.0.2.13 - a.example > b.example @mx.b.example 4.0.0: Deferred\n"
     "deferred 192.0.2.13 - a.example > b.example @mx.b.example 4.0.0: Deferred\n"
     "deferred 192.0.2.13 - a.example > b.example @mx.b.example 4.0.0: Deferred\n"
     "deferred 192.0.2.13 - a.example > b.example @mx.b.example 4.0.0: Deferred\n"
     "expired 192.0.2.13 - a.example > - @- -: Cannot send message for 5 days\n"
     "expired 192.0.2.13 - a.example > - @- -: Cannot send message for 5 days\n"},
};

static void reads_outcomes(void **state)
{
	(void)state;
	log_box_check(LOG_SENDMAIL, outcome_case, COUNT_OF(outcome_case));
}

#define AUTH                                                                                       \
	AT "AUTH=server, relay=pc.example [100.64.0.1], authid=eva@a.example, mech=PLAIN, "        \
	   "bits=0\n"
#define FROM   AT "56FCln1K000003: from=<eva@a.example>, size=900, class=0, nrcpts=1, msgid=<1@a>"
#define CLIENT ", proto=ESMTPSA, daemon=MSA, relay=pc.example [100.64.0.1]\n"
#define SENT                                                                                       \
	AT "56FCln1K000003: to=<u@b.example>, ctladdr=<eva@a.example> (33/33)" TIMES RELAY         \
	   ", dsn=2.0.0, stat=Sent (ok)\n"
#define TO_B " > b.example @mx.b.example 2.0.0: ok\n"

static const struct log_case account_case[] = {
    {"who logged in", AUTH FROM CLIENT SENT, "sent - eva@a.example a.example" TO_B},
    {"who logged in, though the name may be forged",
     AUTH FROM ", proto=ESMTPSA, daemon=MSA, relay=x.example [100.64.0.1] (may be forged)\n" SENT,
     "sent - eva@a.example a.example" TO_B},
    {"the same process, another client",
     AUTH FROM ", proto=ESMTPSA, relay=x.example [100.64.0.2]\n" SENT, "sent - - a.example" TO_B},
    {"the same client, another process",
     AUTH "Nov 21 18:00:00 mx1 sm-mta[42]: 56FCln1K000003: from=<eva@a.example>, size=9, "
	  "proto=ESMTPSA, relay=pc.example [100.64.0.1]\n" SENT,
     "sent - - a.example" TO_B},
    {"the same client without login",
     AUTH FROM ", proto=ESMTPS, relay=pc.example [100.64.0.1]\n" SENT, "sent - - a.example" TO_B},
    {"a user of this host",
     AT "56FCln1K000003: from=<www-data>, size=900, class=0, nrcpts=1, proto=ESMTP, "
	"relay=www-data@localhost\n" SENT,
     "sent - uid:33 -" TO_B},
    {"a bounce",
     AT "56FCln1K000003: from=<>, size=900, class=0, nrcpts=1, proto=ESMTP, relay=app "
	"[10.0.0.3]\n" SENT,
     "sent - - -" TO_B},
    {"through the submission queue: once, with the account",
     "Nov 21 18:00:00 mx1 sendmail[9]: 56FCln1K000001: from=www-data, size=900, class=0, nrcpts=1, "
     "msgid=<1@a>, relay=www-data@localhost\n" AT
     "56FCln1K000003: from=<www-data@mx1.example>, size=950, class=0, nrcpts=1, msgid=<1@a>, "
     "proto=ESMTP, daemon=MTA, relay=localhost [127.0.0.1]\n"
     "Nov 21 18:00:00 mx1 sendmail[9]: 56FCln1K000001: to=u@b.example, ctladdr=www-data "
     "(33/33)" TIMES ", mailer=relay, pri=30, relay=[127.0.0.1] "
     "[127.0.0.1], dsn=2.0.0, stat=Sent (56FCln1K000003 Message accepted for delivery)\n" SENT,
     "sent - uid:33 mx1.example" TO_B},
    {"done", AUTH FROM CLIENT AT "56FCln1K000003: done; delay=00:00:02, ntries=1\n" SENT,
     "sent - - -" TO_B},
};

static void joins_the_account(void **state)
{
	(void)state;
	log_box_check(LOG_SENDMAIL, account_case, COUNT_OF(account_case));
}

static const struct log_case other_case[] = {
    {"mail for this host",
     AT
     "56FCln1K000003: to=u, delay=00:00:01, mailer=local, pri=3, dsn=2.0.0, stat=Sent\n" AT
     "56FCln1K000003: to=\"|/usr/bin/vacation u\", ctladdr=<u@a.example> (1000/1000), "
     "delay=00:00:01, mailer=prog, pri=3, dsn=2.0.0, stat=Sent\n" AT
     "56FCln1K000003: to=/var/mail/x, delay=00:00:01, mailer=*file*, pri=3, dsn=2.0.0, stat=Sent\n",
     ""},
    {"a filter on this host",
     AT "56FCln1K000003: to=<u@b.example>" TIMES
	", mailer=esmtp, pri=3, relay=localhost [127.0.0.1], dsn=4.0.0, stat=Deferred: 451 busy\n",
     ""},
    {"for a later run",
     AT "56FCln1K000003: to=<u@b.example>, delay=00:00:00, mailer=esmtp, pri=3, dsn=4.0.0, "
	"stat=queued\n",
     ""},
    {"a warning is no end",
     AT "56FCln1K000003: 56QCln1K000003: sender notify: Warning: could not send message for past 4 "
	"hours\n",
     ""},
    {"other lines",
     AT "STARTTLS=server, relay=pc [100.64.0.1], version=TLSv1.3, verify=NO\n" AT
	"56FCln1K000003: --- 250 ok\n" AT
	"ruleset=check_rcpt, arg1=<u@a.example>, relay=x [192.0.2.6], reject=550 5.7.1 no\n",
     ""},
};

static void leaves_out_what_is_no_attempt(void **state)
{
	(void)state;
	log_box_check(LOG_SENDMAIL, other_case, COUNT_OF(other_case));
}

static const struct log_case forged_case[] = {
    {"an account of this host by the client's ident server",
     FROM ", proto=ESMTP, daemon=MTA, relay=IDENT:x, relay=root@localhost, y@evil.example "
	  "[192.0.2.66]\n" SENT,
     "sent - - a.example" TO_B},
    {"another account by it",
     AT "AUTH=server, relay=IDENT:x, authid=bob, mech=PLAIN, y@pc.example [100.64.0.1], "
	"authid=eva@a.example, mech=PLAIN, bits=0\n" FROM CLIENT SENT,
     "sent - eva@a.example a.example" TO_B},
    {"in a quoted recipient",
     AT "56FCln1K000003: to=<\"u>, delay=0, mailer=esmtp, relay=x, dsn=2.0.0, stat=Sent "
	"(ok\"@b.example>" TIMES RELAY ", dsn=5.1.1, stat=User unknown",
     "bounced - - - > b.example @mx.b.example 5.1.1: User unknown\n"},
    {"in a recipient that is quoted behind a dot",
     AT "56FCln1K000003: to=<u.\"v>, delay=0, mailer=esmtp, relay=x, dsn=2.0.0, stat=Sent "
	"(ok\"@b.example>" TIMES RELAY ", dsn=5.1.1, stat=User unknown",
     "bounced - - - > b.example @mx.b.example 5.1.1: User unknown\n"},
    {"in a recipient's comment",
     AT "56FCln1K000003: to=<u@b.example (a (\\)>, delay=0, mailer=esmtp, relay=x, dsn=2.0.0, "
	"stat=Sent (ok)))@b.example>" TIMES RELAY ", dsn=5.1.1, stat=User unknown",
     "bounced - - - > b.example @mx.b.example 5.1.1: User unknown\n"},
    {"in a recipient without brackets",
     AT "56FCln1K000003: to=\"u, delay=0, mailer=local, stat=Sent\"@b.example" TIMES RELAY
	", dsn=5.1.1, stat=User unknown",
     "bounced - - - > b.example @mx.b.example 5.1.1: User unknown\n"},
    {"in ctladdr",
     AT "56FCln1K000003: to=<u@b.example>, ctladdr=<\"x> (0/0), delay=0, mailer=local, "
	"stat=Sent\"@a.example> (33/33)" TIMES RELAY ", dsn=5.1.1, stat=User unknown",
     "bounced - - - > b.example @mx.b.example 5.1.1: User unknown\n"},
    {"in the reply",
     AT "56FCln1K000003: to=<u@b.example>" TIMES RELAY
	", dsn=4.7.1, stat=Deferred: 451 no, dsn=2.0.0, stat=Sent (ok)",
     "deferred - - - > b.example @mx.b.example 4.7.1: 451 no, dsn=2.0.0, stat=Sent (ok)\n"},
    {"in the message id",
     AUTH AT "56FCln1K000003: from=<x@z.example>, size=9, class=0, nrcpts=1, msgid=<1, "
	     "proto=ESMTPA, relay=pc.example [100.64.0.1]>, "
	     "proto=ESMTP, daemon=MTA, relay=evil [192.0.2.66]\n" SENT,
     "sent - - z.example" TO_B},
    {"in the sender",
     AUTH AT "56FCln1K000003: from=<\"x@y>, relay=pc.example [100.64.0.1]\"@z.example>, size=9, "
	     "proto=ESMTP, relay=evil [192.0.2.66]\n" SENT,
     "sent - - z.example" TO_B},
    {"in a subject, by another program",
     AT "56FCln1K000003: milter=x, quarantine=to=<u@b.example>" TIMES RELAY
	", dsn=2.0.0, stat=Sent (ok)\n"
	"Nov 21 18:00:00 mx1 sshd[9]: 56FCln1K000003: to=<u@b.example>" TIMES RELAY
	", dsn=2.0.0, stat=Sent (ok)\n",
     ""},
};

static void forged_text_counts_for_nothing(void **state)
{
	(void)state;
	log_box_check(LOG_SENDMAIL, forged_case, COUNT_OF(forged_case));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_outcomes),
	    cmocka_unit_test(joins_the_account),
	    cmocka_unit_test(leaves_out_what_is_no_attempt),
	    cmocka_unit_test(forged_text_counts_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
