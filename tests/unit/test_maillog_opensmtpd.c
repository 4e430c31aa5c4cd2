#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "log_box.h"

#define AT "Nov 21 18:00:00 mx7 smtpd[41]: "
#define MTA                                                                                        \
	AT "5df87c972116a049 mta delivery evpid=3d4c4a424797fe79 from=<eva@a.example> "            \
	   "to=<u@b.example> rcpt=<-> "
#define SENT                                                                                       \
	MTA "source=\"192.0.2.20\" relay=\"203.0.113.5 (mx.b.example)\" delay=1s result=\"Ok\" "   \
	    "stat=\"250 2.0.0 ok\"\n"
#define TO_B " > b.example @mx.b.example 2.0.0: 250 2.0.0 ok\n"

static const struct log_case outcome_case[] = {
    {"sent", SENT, "sent 192.0.2.20 - a.example" TO_B},
    {"the host before its address",
     MTA "source=\"192.0.2.20\" relay=\"mx.b.example (203.0.113.5)\" delay=1s result=\"Ok\" "
	 "stat=\"250 2.0.0 ok\"",
     "sent 192.0.2.20 - a.example" TO_B},
    {"deferred",
     MTA "source=\"192.0.2.20\" relay=\"203.0.113.5 (mx.b.example)\" delay=5m4s "
	 "result=\"TempFail\" stat=\"451 4.7.1 later\"",
     "deferred 192.0.2.20 - a.example > b.example @mx.b.example 4.7.1: 451 4.7.1 later\n"},
    {"bounced",
     MTA "source=\"2001:db8::9\" relay=\"2001:db8::5 (mx.b.example)\" delay=1s result=\"PermFail\" "
	 "stat=\"550 5.1.1 no\"",
     "bounced 2001:db8::9 - a.example > b.example @mx.b.example 5.1.1: 550 5.1.1 no\n"},
    {"no host was reached: the address of the log's host",
     MTA "source=\"-\" relay=\"[relay:b.example,mx]\" delay=1s result=\"TempFail\" stat=\"Network "
	 "error on destination MXs\"",
     "deferred 192.0.2.17 - a.example > b.example @- -: Network error on destination MXs\n"},
    {"given up",
     MTA
     "source=\"-\" relay=\"mx.b.example\" delay=4d result=\"Expired\" stat=\"Envelope expired\"",
     "expired 192.0.2.17 - a.example > b.example @mx.b.example -: Envelope expired\n"},
    {"6.0",
     AT "5df87c972116a049 mta event=delivery evpid=3d4c4a424797fe79 from=<eva@a.example> "
	"to=<u@b.example> rcpt=<-> source=\"192.0.2.20\" "
	"relay=\"203.0.113.5 (mx.b.example)\" delay=1s result=\"Ok\" stat=\"250 2.0.0 ok\"",
     "sent 192.0.2.20 - a.example" TO_B},
};

static void reads_outcomes(void **state)
{
	(void)state;
	log_box_check(LOG_OPENSMTPD, outcome_case, COUNT_OF(outcome_case));
}

#define LOGIN   AT "f274cf34b7d0786b smtp authentication user=eva result=ok\n"
#define MESSAGE AT "f274cf34b7d0786b smtp message msgid=3d4c4a42 size=900 nrcpt=1 proto=ESMTP\n"

static const struct log_case account_case[] = {
    {"who logged in", LOGIN MESSAGE SENT, "sent 192.0.2.20 eva a.example" TO_B},
    {"6.0",
     AT
     "f274cf34b7d0786b smtp event=authentication user=eva address=100.64.0.1 host=pc result=ok\n" AT
     "f274cf34b7d0786b smtp event=message address=100.64.0.1 host=pc msgid=3d4c4a42 "
     "from=<eva@a.example> to=<u@b.example> size=9 ndest=1 proto=ESMTP\n" SENT,
     "sent 192.0.2.20 eva a.example" TO_B},
    {"the session's end is not the message's",
     LOGIN MESSAGE AT "f274cf34b7d0786b smtp disconnected reason=quit\n" SENT,
     "sent 192.0.2.20 eva a.example" TO_B},
    {"relayed: none", MESSAGE SENT, "sent 192.0.2.20 - a.example" TO_B},
    {"a login that failed",
     AT "f274cf34b7d0786b smtp authentication user=eva result=permfail\n" MESSAGE SENT,
     "sent 192.0.2.20 - a.example" TO_B},
    {"another session", AT "a274cf34b7d0786b smtp authentication user=eva result=ok\n" MESSAGE SENT,
     "sent 192.0.2.20 - a.example" TO_B},
};

static void joins_the_account(void **state)
{
	(void)state;
	log_box_check(LOG_OPENSMTPD, account_case, COUNT_OF(account_case));
}

static const struct log_case other_case[] = {
    {"mail for this host",
     AT "5df87c9250bba470 mda delivery evpid=c405e39ad6bbc64f from=<x@b.example> to=<u@a.example> "
	"rcpt=<u@a.example> user=u delay=0s result=Ok stat=Delivered\n",
     ""},
    {"a filter on this host",
     MTA "source=\"127.0.0.1\" relay=\"127.0.0.1 (localhost)\" delay=1s result=\"Ok\" stat=\"250 "
	 "ok\"\n" MTA
	 "source=\"::1\" relay=\"localhost (::1)\" delay=1s result=\"Ok\" stat=\"250 ok\"\n",
     ""},
    {"other lines",
     AT "5df87c972116a049 mta connected\n" AT "info: OpenSMTPD 7.0.0 starting\n" AT
	"5df87c972116a049 smtp envelope evpid=3d4c4a424797fe79 from=<x> to=<y>\n",
     ""},
};

static void leaves_out_what_is_no_attempt(void **state)
{
	(void)state;
	log_box_check(LOG_OPENSMTPD, other_case, COUNT_OF(other_case));
}

#define FORGED                                                                                     \
	"source=\"192.0.2.99\" relay=\"192.0.2.66 (evil)\" delay=1s result=\"Ok\" stat=\"250 ok\""

static const struct log_case forged_case[] = {
    {"in the sender and the recipient",
     AT "5df87c972116a049 mta delivery evpid=3d4c4a424797fe79 from=<\"x> to=<y@z> rcpt=<-> "
	"result=\\\"Ok\"@a.example> to=<\"u> rcpt=<-> source=x\"@b.example> rcpt=<-> "
	"source=\"192.0.2.20\" relay=\"203.0.113.5 (mx.b.example)\" delay=1s result=\"PermFail\" "
	"stat=\"550 no\"",
     "bounced 192.0.2.20 - a.example > b.example @mx.b.example -: 550 no\n"},
    {"in the reply",
     MTA "source=\"192.0.2.20\" relay=\"203.0.113.5 (mx.b.example)\" delay=1s result=\"TempFail\" "
	 "stat=\"451 x\" result=\"Ok\" " FORGED,
     "deferred 192.0.2.20 - a.example > b.example @mx.b.example -: 451 x\" result=\"Ok\" "
     "source=\"192.0.2.99\" relay=\"192.0.2.66 (evil)\" delay=1s result=\"Ok\" stat=\"250 ok\n"},
    {"a user who says that it went well",
     AT "f274cf34b7d0786b smtp authentication user=eva result=ok result=permfail\n" MESSAGE SENT,
     "sent 192.0.2.20 - a.example" TO_B},
    {"in a command",
     AT "f274cf34b7d0786b smtp failed-command command=\"5df87c972116a049 mta delivery "
	"evpid=3d4c4a424797fe79 from=<> to=<u@b.example> rcpt=<-> " FORGED "\" result=\"500 no\"\n",
     ""},
    {"by another program",
     "Nov 21 18:00:00 mx1 sshd[9]: 5df87c972116a049 mta delivery evpid=3d4c4a424797fe79 from=<> "
     "to=<u@b.example> rcpt=<-> " FORGED "\n",
     ""},
};

static void forged_text_counts_for_nothing(void **state)
{
	(void)state;
	log_box_check(LOG_OPENSMTPD, forged_case, COUNT_OF(forged_case));
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
