#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "log_box.h"

#define AT    "@400000006a2f408a00000000 "
#define START AT "starting delivery 5: msg 12 to remote u@b.example\n"

static const struct log_case outcome_case[] = {
    {"sent",
     START AT
     "delivery 5: success: 203.0.113.5_accepted_message./Remote_host_said:_250_2.0.0_ok_77/\n",
     "sent - - - > b.example @203.0.113.5 2.0.0: 250 2.0.0 ok 77\n"},
    {"deferred",
     START AT "delivery 5: deferral: "
	      "203.0.113.5_does_not_like_recipient./Remote_host_said:_451_4.7.1_later/\n",
     "deferred - - - > b.example @203.0.113.5 4.7.1: 451 4.7.1 later\n"},
    {"bounced",
     START AT "delivery 5: failure: "
	      "203.0.113.5_does_not_like_recipient./Remote_host_said:_550_5.1.1_no/"
	      "Giving_up_on_203.0.113.5./\n",
     "bounced - - - > b.example @203.0.113.5 5.1.1: 550 5.1.1 no/Giving up on 203.0.113.5.\n"},
    {"the greeting",
     START AT "delivery 5: deferral: "
	      "Connected_to_203.0.113.5_but_greeting_failed./Remote_host_said:_421_busy/\n",
     "deferred - - - > b.example @203.0.113.5 -: 421 busy\n"},
    {"no host was reached",
     START AT
     "delivery 5: deferral: Sorry,_I_wasn't_able_to_establish_an_SMTP_connection._(#4.4.1)/\n",
     "deferred - - - > b.example @- -: Sorry, I wasn't able to establish an SMTP connection. "
     "(#4.4.1)\n"},
    {"given up",
     START AT "delivery 5: failure: "
	      "Sorry,_no_connection._(#4.4.1)/"
	      "I'm_not_going_to_try_again;_this_message_has_been_in_the_queue_too_long./\n",
     "expired - - - > b.example @- -: Sorry, no connection. (#4.4.1)/I'm not going to try again; "
     "this message has been in the queue too long.\n"},
    {"patched: the address it was sent from",
     START AT "delivery 5: success: "
	      "203.0.113.5_accepted_message_from_192.0.2.20./Remote_host_said:_250_ok/\n",
     "sent 192.0.2.20 - - > b.example @203.0.113.5 -: 250 ok\n"},
    {"patched: IPv6",
     START AT "delivery 5: success: "
	      "2001:db8::5_accepted_message_from_2001:db8::20./Remote_host_said:_250_ok/\n",
     "sent 2001:db8::20 - - > b.example @2001:db8::5 -: 250 ok\n"},
    {"through splogger",
     "Nov 21 18:00:00 mx7 qmail: 1795219200.123456 starting delivery 5: msg 12 to remote "
     "u@b.example\n"
     "Nov 21 18:00:01 mx7 qmail: 1795219201.123456 delivery 5: success: "
     "203.0.113.5_accepted_message./Remote_host_said:_250_ok/\n",
     "sent 192.0.2.17 - - > b.example @203.0.113.5 -: 250 ok\n"},
    {"the start was lost",
     AT "delivery 5: success: 203.0.113.5_accepted_message./Remote_host_said:_250_ok/\n",
     "sent - - - > - @203.0.113.5 -: 250 ok\n"},
};

static void reads_outcomes(void **state)
{
	(void)state;
	log_box_check(LOG_QMAIL, outcome_case, COUNT_OF(outcome_case));
}

#define SENT AT "delivery 5: success: 203.0.113.5_accepted_message./Remote_host_said:_250_ok/\n"
#define TO_B " > b.example @203.0.113.5 -: 250 ok\n"

static const struct log_case account_case[] = {
    {"a user of this host",
     AT "info msg 12: bytes 900 from <www@mx1.example> qp 77 uid 33\n" START SENT,
     "sent - uid:33 mx1.example" TO_B},
    {"vpopmail's: the sender",
     AT "info msg 12: bytes 900 from <eva@a.example> qp 77 uid 89\n" START SENT,
     "sent - eva@a.example a.example" TO_B},
    {"qmaild's: relayed",
     AT "info msg 12: bytes 900 from <app@a.example> qp 77 uid 82\n" START SENT,
     "sent - - a.example" TO_B},
    {"a bounce", AT "info msg 12: bytes 900 from <> qp 77 uid 87\n" START SENT, "sent - - -" TO_B},
    {"numbers are used again",
     AT "info msg 12: bytes 900 from <www@mx1.example> qp 77 uid 33\n" AT "end msg 12\n" START SENT,
     "sent - - -" TO_B},
    {"a new one begins",
     AT "info msg 12: bytes 900 from <www@mx1.example> qp 77 uid 33\n" AT "new msg 12\n" START SENT,
     "sent - - -" TO_B},
};

static void joins_the_account(void **state)
{
	(void)state;
	log_box_check(LOG_QMAIL, account_case, COUNT_OF(account_case));
}

static const struct log_case other_case[] = {
    {"mail for this host",
     AT "starting delivery 5: msg 12 to local u@a.example\n" AT "delivery 5: success: did_0+0+1/\n",
     ""},
    {"a local delivery whose start was lost",
     AT "delivery 5: success: did_0+0+1/\n" AT
	"delivery 6: failure: Sorry,_no_mailbox_here_by_that_name._(#5.1.1)/\n",
     ""},
    {"a filter on this host",
     START AT "delivery 5: success: 127.0.0.1_accepted_message./Remote_host_said:_250_ok/\n", ""},
    {"other lines",
     AT "status: local 0/10 remote 1/20\n" AT "bounce msg 12 qp 7\n" AT
	"triple bounce: discarding bounce/12\n" AT "delivery 5: report mangled, will defer\n",
     ""},
};

static void leaves_out_what_is_no_attempt(void **state)
{
	(void)state;
	log_box_check(LOG_QMAIL, other_case, COUNT_OF(other_case));
}

static const struct log_case forged_case[] = {
    {"in the recipient",
     AT "starting delivery 5: msg 12 to remote delivery?5:?success:?x@b.example\n" AT
	"delivery 5: failure: 203.0.113.5_does_not_like_recipient./Remote_host_said:_550_no/\n",
     "bounced - - - > b.example @203.0.113.5 -: 550 no\n"},
    {"in the recipient's domain, which does not exist",
     AT "starting delivery 5: msg 12 to remote "
	"u@b.example_from_192.0.2.99/Remote_host_said:_550_x\n" AT
	"delivery 5: failure: Sorry,_I_couldn't_find_any_host_named_b.example_from_192.0.2.99/"
	"Remote_host_said:_550_x._(#5.1.2)/\n",
     "bounced - - - > b.example_from_192.0.2.99/Remote_host_said:_550_x @- -: Sorry, I couldn't "
     "find any host named b.example from 192.0.2.99/Remote host said: 550 x. (#5.1.2)\n"},
    {"in the reply",
     START AT "delivery 5: deferral: "
	      "203.0.113.5_does_not_like_recipient./Remote_host_said:_451_from_192.0.2.99./"
	      "Remote_host_said:_delivery_5:_success:_250/\n",
     "deferred - - - > b.example @203.0.113.5 -: 451 from 192.0.2.99./Remote host said: delivery "
     "5: success: 250\n"},
    {"in the sender", AT "info msg 12: bytes 9 from <x>?qp?1?uid?0> qp 77 uid 33\n" START SENT,
     "sent - uid:33 -" TO_B},
    {"a local delivery that says it was remote",
     AT "starting delivery 5: msg 12 to local u@a.example\n" AT
	"delivery 5: success: 203.0.113.5_accepted_message./Remote_host_said:_250_ok/\n",
     ""},
    {"by another program",
     "Nov 21 18:00:00 mx1 sshd[9]: delivery 5: success: "
     "203.0.113.5_accepted_message./Remote_host_said:_250_ok/\n",
     ""},
};

static void forged_text_counts_for_nothing(void **state)
{
	(void)state;
	log_box_check(LOG_QMAIL, forged_case, COUNT_OF(forged_case));
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
