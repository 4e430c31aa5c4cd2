#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "log_box.h"

#define AT   "2026-11-21 10:00:00 "
#define ID   "1hqQGO-000002-Zq "
#define HOST "H=mx.b.example [203.0.113.5]"
#define R    "R=dnslookup T=remote_smtp "
#define EVA  AT ID "<= eva@a.example H=(pc) [100.64.0.1]:4000 P=esmtpsa A=plain:eva S=900 id=1@a\n"

static const struct log_case outcome_case[] = {
    {"sent, with what the host said",
     AT ID "=> u@b.example " R HOST
	   ":25 I=[192.0.2.20]:4711 X=TLS1.3:X:256 CV=yes DN=\"C=US,CN=a b\" K "
	   "C=\"250 2.0.0 OK \\\"q\\\" x\" QT=2s DT=0.3s",
     "sent 192.0.2.20 - - > b.example @mx.b.example 2.0.0: 250 2.0.0 OK \\\"q\\\" x\n"},
    {"a second recipient of the transaction", AT ID "-> v@b.example " R HOST " C=\"250 ok\"",
     "sent - - - > b.example @mx.b.example -: 250 ok\n"},
    {"cut through", AT ID ">> v@b.example " R HOST " C=\"250 ok\"",
     "sent - - - > b.example @mx.b.example -: 250 ok\n"},
    {"an id of 4.97", AT "1hqQGO-00000000002-Zq7x => u@b.example " R HOST " C=\"250 ok\"",
     "sent - - - > b.example @mx.b.example -: 250 ok\n"},
    {"deferred by the host",
     AT ID "== u@b.example " R "defer (-44) " HOST
	   ": SMTP error from remote mail server after RCPT "
	   "TO:<u@b.example>: 451 4.7.1 Greylisted",
     "deferred - - - > b.example @mx.b.example 4.7.1: 451 4.7.1 Greylisted\n"},
    {"no host was reached", AT ID "== u@b.example " R "defer (110): Connection timed out",
     "deferred - - - > b.example @- -: Connection timed out\n"},
    {"one host was not", AT ID "== u@b.example " R "defer (111): Connection refused " HOST,
     "deferred - - - > b.example @mx.b.example -: Connection refused\n"},
    {"bounced",
     AT ID "** u@b.example " R HOST
	   " X=TLS1.3:X:256 CV=yes: SMTP error from remote mail server after end of "
	   "data: 550-5.7.1 blocked",
     "bounced - - - > b.example @mx.b.example 5.7.1: 550-5.7.1 blocked\n"},
    {"given up", AT ID "** u@b.example: retry timeout exceeded",
     "expired - - - > b.example @- -: retry timeout exceeded\n"},
    {"given up, by transport", AT ID "** u@b.example " R HOST ": retry timeout exceeded",
     "expired - - - > b.example @mx.b.example -: retry timeout exceeded\n"},
    {"given up, all hosts",
     AT ID "** u@b.example " R
	   ": all hosts for 'b.example' have been failing for a long time (and retry time not "
	   "reached)",
     "expired - - - > b.example @- -: all hosts for 'b.example' have been failing for a long time "
     "(and retry "
     "time not reached)\n"},
    {"behind syslog",
     "Nov 21 10:00:00 mx7 exim[77]: " AT ID "=> u@b.example " R HOST " C=\"250 ok\"",
     "sent 192.0.2.17 - - > b.example @mx.b.example -: 250 ok\n"},
    {"behind syslog, without its own time",
     "Nov 21 10:00:00 mx7 exim4[77]: " ID "=> u@b.example " R HOST " C=\"250 ok\"",
     "sent 192.0.2.17 - - > b.example @mx.b.example -: 250 ok\n"},
    {"with milliseconds, zone and pid",
     "2026-11-21 10:00:00.123 +0900 [77] " ID "=> u@b.example " R HOST " C=\"250 ok\"",
     "sent - - - > b.example @mx.b.example -: 250 ok\n"},
    {"the transport has an address", AT ID "=> u@b.example R=r T=bulk " HOST " C=\"250 ok\"",
     "sent 192.0.2.14 - - > b.example @mx.b.example -: 250 ok\n"},
    {"I= knows better", AT ID "=> u@b.example R=r T=bulk " HOST " I=[2001:db8::9] C=\"250 ok\"",
     "sent 2001:db8::9 - - > b.example @mx.b.example -: 250 ok\n"},
    {"parents and senders between",
     AT ID "=> u@b.example (w@a.example) <v@a.example> F=<eva@a.example> P=<\"> R=x\"@a.example> "
	   "Q=q " R HOST " C=\"250 ok\"",
     "sent - - - > b.example @mx.b.example -: 250 ok\n"},
};

static void reads_outcomes(void **state)
{
	(void)state;
	log_box_check(LOG_EXIM, outcome_case, COUNT_OF(outcome_case));
}

#define SENT AT ID "=> u@b.example " R HOST " C=\"250 ok\"\n"
#define TO_B " > b.example @mx.b.example -: 250 ok\n"

static const struct log_case account_case[] = {
    {"who logged in", EVA SENT, "sent - eva a.example" TO_B},
    {"a user of this host", AT ID "<= www@mx1.example U=www P=local S=900\n" SENT,
     "sent - www mx1.example" TO_B},
    {"relayed: none", AT ID "<= x@a.example H=app [10.0.0.3] P=esmtp S=900\n" SENT,
     "sent - - a.example" TO_B},
    {"a bounce that leaves", AT ID "<= <> R=1hqQGO-000001-Zq U=Debian-exim P=local S=900\n" SENT,
     "sent - - -" TO_B},
    {"what ident says is no account",
     AT ID "<= x@a.example H=h [192.0.2.6] U=root P=esmtp S=900\n" SENT, "sent - - a.example" TO_B},
    {"behind a certificate's name",
     AT ID "<= eva@a.example H=h [192.0.2.6] P=esmtpsa X=T:256 CV=yes DN=\"CN=A=plain:bob x\" "
	   "A=plain:eva S=900\n" SENT,
     "sent - eva a.example" TO_B},
    {"completed", EVA AT ID "Completed\n" SENT, "sent - - -" TO_B},
    {"through a filter on this host: once, with the account",
     EVA AT "1hqQGO-000003-Zq <= eva@a.example H=localhost [127.0.0.1] P=esmtp S=950\n" AT ID
	    "=> u@b.example R=amavis T=amavis_smtp H=127.0.0.1 [127.0.0.1] C=\"250 2.0.0 from "
	    "MTA(smtp:[127.0.0.1]:10025): "
	    "250 OK id=1hqQGO-000003-Zq\"\n" AT "1hqQGO-000003-Zq => u@b.example " R HOST
	    " C=\"250 ok\"\n",
     "sent - eva a.example" TO_B},
    {"several recipients, several days",
     EVA SENT "2026-11-22 10:00:00 " ID "== v@c.example " R "defer (-44) " HOST ": 451 no\n"
	      "2026-11-23 10:00:00 " ID "=> v@c.example " R HOST " C=\"250 ok\"\n",
     "sent - eva a.example" TO_B "deferred - eva a.example > c.example @mx.b.example -: 451 no\n"
     "sent - eva a.example > c.example @mx.b.example -: 250 ok\n"},
};

static void joins_the_account(void **state)
{
	(void)state;
	log_box_check(LOG_EXIM, account_case, COUNT_OF(account_case));
}

static const struct log_case other_case[] = {
    {"mail for this host",
     AT ID
     "=> u <u@a.example> R=local_user T=local_delivery\n" AT ID
     "=> u@a.example R=lmtp T=dovecot_lmtp H=localhost [127.0.0.1] C=\"250 ok\"\n" AT ID
     "=> u@a.example R=lmtp T=lmtp_tcp H=store [10.0.0.4] C=\"250 ok\"\n" AT ID
     "=> |/usr/bin/vacation u <u@a.example> R=userforward T=address_pipe\n" AT ID
     "=> /dev/null <u@a.example> R=userforward T=**bypassed**\n" AT ID
     "=> :blackhole: <u@a.example> R=system_aliases\n" AT ID
     "== u@a.example R=local_user T=local_delivery defer (-22): mailbox is full\n" AT ID
     "** u@a.example R=local_user T=local_delivery: mailbox is full: retry timeout exceeded\n",
     ""},
    {"the time has not come",
     AT ID "== u@b.example " R
	   "defer (-53): retry time not reached for any host for 'b.example'\n" AT ID
	   "== u@b.example R=dnslookup defer (-51): retry time not reached\n",
     ""},
    {"not routed",
     AT ID "** u@b.example: Unrouteable address\n" AT ID
	   "== u@b.example R=dnslookup defer (-1): host lookup did not complete\n",
     ""},
    {"-N", AT ID "*> u@b.example " R HOST " C=\"250 ok\"\n", ""},
    {"other lines",
     AT "H=(win-1) [192.0.2.6] F=<x@z.example> rejected RCPT <u@a.example>: no\n" AT
	"End queue run: pid=7\n" AT ID "Message is frozen\n" AT ID "Spool file is locked\n",
     ""},
};

static void leaves_out_what_is_no_attempt(void **state)
{
	(void)state;
	log_box_check(LOG_EXIM, other_case, COUNT_OF(other_case));
}

#define FORGED "=> x@z.example " R "H=evil [192.0.2.66] I=[192.0.2.99] C=\"250 ok\""

static const struct log_case forged_case[] = {
    {"in a quoted recipient",
     AT ID "** \"u => x@z.example " R
	   "H=evil [192.0.2.66] I=[192.0.2.99] \\\" x\"@b.example " R HOST ": 550 no\n",
     "bounced - - - > b.example @mx.b.example -: 550 no\n"},
    {"in a recipient that is quoted behind a dot",
     AT ID "** u.\"v@x.example " R "H=evil [192.0.2.66] I=[192.0.2.99]: 550 x\"@b.example " R HOST
	   ": 550 no\n",
     "bounced - - - > b.example @mx.b.example -: 550 no\n"},
    {"in a recipient, whose quotes Exim takes away",
     AT ID
     "** u@x.example " R "H=evil [192.0.2.66] I=[192.0.2.99]: 550 x@b.example <\"u@x.example "
     "R=dnslookup T=remote_smtp H=evil [192.0.2.66] I=[192.0.2.99]: 550 x\"@b.example> " R HOST
     ": 550 no\n",
     "bounced - - - > b.example @mx.b.example -: 550 no\n"},
    {"in one that looks as if its quotes stood behind it",
     AT ID "** a b@x <\"a b\"@x> " R "H=evil [192.0.2.66] I=[192.0.2.99]: z@b.example <\"a b@x "
	   "<\\\"a b\\\"@x> " R "H=evil [192.0.2.66] I=[192.0.2.99]: z\"@B.example> " R HOST
	   ": 550 no\n",
     "bounced - - - > b.example @mx.b.example -: 550 no\n"},
    {"one with a blank counts, too",
     AT ID "=> a \"(b@b.example <\"a \\\"(b\"@b.example> F=<\"x y\"@a.example> " R HOST
	   " C=\"250 ok\"\n",
     "sent - - -" TO_B},
    {"what a host says stands in quotes is no recipient",
     AT ID "** u@b.example " R HOST
	   ": 550 no <\"u@b.example R=x T=bulk H=y [192.0.2.66]\"@c.example> "
	   "R=x T=bulk H=y [192.0.2.66]\n",
     "bounced - - - > b.example @mx.b.example -: 550 no <\"u@b.example R=x T=bulk H=y "
     "[192.0.2.66]\"@c.example> R=x T=bulk H=y [192.0.2.66]\n"},
    {"a host's name that ends the words",
     AT ID "** u@b.example " R "H=mx.b.example: [203.0.113.5] I=[192.0.2.20]: 550 no\n",
     "bounced 192.0.2.20 - - > b.example @mx.b.example: -: 550 no\n"},
    {"in a parent that is quoted behind a dot",
     AT ID "** u@b.example <u.\"> R=r T=remote_smtp H=evil [192.0.2.66] I=[192.0.2.99]: "
	   "550 x\"@c.example> " R HOST ": 550 no\n",
     "bounced - - - > b.example @mx.b.example -: 550 no\n"},
    {"in the host's certificate",
     AT ID "** u@b.example " R HOST " X=T CV=no DN=\"C=x\" T=bulk H=evil [192.0.2.66] "
	   "I=[192.0.2.99] defer (-53)\": 550 no\n",
     "bounced - - - > b.example @mx.b.example -: 550 no\n"},
    {"in the client's certificate",
     AT ID "<= x@z.example H=h [192.0.2.6] P=esmtps X=T CV=no DN=\"C=x\" A=plain:bob S=1\" "
	   "S=900\n" SENT,
     "sent - - z.example" TO_B},
    {"in the name of the server a client asks for",
     AT ID "<= x@z.example H=h [192.0.2.6] P=utf8esmtps X=T SNI=\"x\" A=plain:bob S=1\" "
	   "S=900\n" SENT,
     "sent - - z.example" TO_B},
    {"in it, by one who has logged in: the account is not told",
     AT ID "<= x@z.example H=h [192.0.2.6] P=esmtpsa X=T SNI=\"x\" A=plain:bob S=1\" "
	   "A=plain:eva S=900\n" SENT,
     "sent - - z.example" TO_B},
    {"behind it, where it keeps one quote open",
     AT ID "<= x@z.example H=h [192.0.2.6] P=esmtpsa X=T SNI=x=\" A=plain:eva S=900 id=1@z "
	   "T=\"A=plain:bob S=1 x\"\n" SENT,
     "sent - eva z.example" TO_B},
    {"behind it, where it is a quote",
     AT ID "<= x@z.example H=h [192.0.2.6] P=esmtpsa X=T SNI=\" A=plain:eva S=900 id=1@z "
	   "T=\" A=plain:bob S=1 x\"\n" SENT,
     "sent - - z.example" TO_B},
    {"in the certificate of one who has logged in",
     AT ID "<= x@z.example H=h [192.0.2.6] P=esmtpsa X=T CV=no DN=\"CN=x\" A=plain:bob S=1 id=a\" "
	   "A=plain:eva S=900 id=1@z\n" SENT,
     "sent - - z.example" TO_B},
    {"in the reply",
     AT ID "== u@b.example " R "defer (-44) " HOST ": 451 later I=[192.0.2.99] " AT ID FORGED "\n",
     "deferred - - - > b.example @mx.b.example -: 451 later I=[192.0.2.99] " AT ID FORGED "\n"},
    {"in a confirmation",
     AT ID "=> u@b.example " R HOST " C=\"250 ok\\\" I=[192.0.2.99] H=x\" DT=1s\n",
     "sent - - - > b.example @mx.b.example -: 250 ok\\\" I=[192.0.2.99] H=x\n"},
    {"a reply that says the time has not come",
     AT ID "== u@b.example " R "defer (-44) " HOST ": 451 defer (-53): retry time not reached\n",
     "deferred - - - > b.example @mx.b.example -: 451 defer (-53): retry time not reached\n"},
    {"a reply that says it was given up",
     AT ID "** u@b.example " R HOST ": 550 retry timeout exceeded\n",
     "bounced - - - > b.example @mx.b.example -: 550 retry timeout exceeded\n"},
    {"an account in the sender",
     AT ID "<= \"x A=plain:bob S=1\"@z.example H=h [192.0.2.6] P=esmtpa A=plain:eva S=900\n" SENT,
     "sent - eva z.example" TO_B},
    {"in the HELO",
     AT ID "<= x@z.example H=(a) [192.0.2.1] A=plain:bob ( ) [192.0.2.6] P=esmtp S=900\n" SENT,
     "sent - - z.example" TO_B},
    {"in the HELO, without brackets",
     AT ID "<= x@z.example H=(a A=plain:bob ) [192.0.2.6] P=esmtp S=900\n" SENT,
     "sent - - z.example" TO_B},
    {"in the message id and the subject",
     AT ID "<= x@z.example H=h [192.0.2.6] P=esmtp S=900 id=1 A=plain:bob T=\"A=plain:bob " FORGED
	   "\"\n" SENT,
     "sent - - z.example" TO_B},
    {"in a rejection",
     AT "H=(" ID FORGED ") [192.0.2.6] F=<" ID FORGED "> rejected RCPT <" ID FORGED ">: no\n" AT
	"rejected EHLO from [192.0.2.6]: syntactically invalid argument(s): " ID FORGED "\n",
     ""},
    {"by another program", "Nov 21 10:00:00 mx1 sshd[7]: " ID FORGED "\n", ""},
};

static void forged_text_counts_for_nothing(void **state)
{
	(void)state;
	log_box_check(LOG_EXIM, forged_case, COUNT_OF(forged_case));
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
