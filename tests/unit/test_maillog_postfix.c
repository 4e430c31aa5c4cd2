#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "log_box.h"

#define AT        "Nov 21 18:00:00 mx1 "
#define RELAY     "relay=mx.b.example[203.0.113.5]:25"
#define TIMES     "delay=1.6, delays=0.1/0.01/0.8/0.7"
#define TAIL(dsn) ", " RELAY ", " TIMES ", dsn=" dsn ", "
#define SMTP      AT "postfix/smtp[99]: "

static const struct log_case outcome_case[] = {
    {"sent",
     SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL("2.0.0") "status=sent (250 2.0.0 Ok: queued as 77)",
     "sent - - - > b.example @mx.b.example 2.0.0: 250 2.0.0 Ok: queued as 77\n"},
    {"a long queue id",
     SMTP "4Xk3Gz1Tq9zFm2: to=<u@b.example>" TAIL("2.0.0") "status=sent (250 ok)",
     "sent - - - > b.example @mx.b.example 2.0.0: 250 ok\n"},
    {"deferred by the host, whose words are kept alone",
     SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "4.7.1") "status=deferred (host mx.b.example[203.0.113.5] said: "
		  "451 4.7.1 Greylisted (in reply to RCPT TO command))",
     "deferred - - - > b.example @mx.b.example 4.7.1: 451 4.7.1 Greylisted\n"},
    {"bounced",
     SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "5.1.1") "status=bounced (host mx.b.example[203.0.113.5] "
		  "said: 550 5.1.1 No such user (in reply to end of DATA command))",
     "bounced - - - > b.example @mx.b.example 5.1.1: 550 5.1.1 No such user\n"},
    {"no host was reached",
     SMTP "4A1B2C3D4E: to=<u@b.example>, relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, "
	  "status=deferred "
	  "(connect to mx.b.example[203.0.113.5]:25: Connection timed out)",
     "deferred - - - > b.example @- 4.4.1: connect to mx.b.example[203.0.113.5]:25: Connection "
     "timed out\n"},
    {"a lost connection",
     SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "4.4.2") "status=deferred (lost connection with "
		  "mx.b.example[203.0.113.5] while sending RCPT TO)",
     "deferred - - - > b.example @mx.b.example 4.4.2: lost connection with "
     "mx.b.example[203.0.113.5] while "
     "sending RCPT TO\n"},
    {"the host left in the middle",
     SMTP
     "4A1B2C3D4E: to=<u@b.example>" TAIL("4.0.0") "status=deferred (host mx.b.example[203.0.113.5] "
						  "refused to talk to me: 421 busy)",
     "deferred - - - > b.example @mx.b.example 4.0.0: host mx.b.example[203.0.113.5] refused to "
     "talk to me: "
     "421 busy\n"},
    {"a connection used again",
     SMTP "4A1B2C3D4E: to=<u@b.example>, " RELAY ", conn_use=3, " TIMES
	  ", dsn=2.0.0, status=sent (250 ok)",
     "sent - - - > b.example @mx.b.example 2.0.0: 250 ok\n"},
    {"Postfix 3.11 tells of TLS",
     SMTP "4A1B2C3D4E: to=<u@b.example>, " RELAY ", " TIMES
	  ", tls=dane/!requiretls:nocertmatch, dsn=2.1.5, "
	  "status=sent (250 ok)",
     "sent - - - > b.example @mx.b.example 2.1.5: 250 ok\n"},
    {"Postfix before 2.3",
     SMTP
     "4A1B2C3D4E: to=<u@b.example>, relay=mx.b.example[203.0.113.5], delay=2, status=sent (250 ok)",
     "sent - - - > b.example @mx.b.example -: 250 ok\n"},
    {"orig_to",
     SMTP
     "4A1B2C3D4E: to=<u@b.example>, orig_to=<info@a.example>" TAIL("2.0.0") "status=sent (250 ok)",
     "sent - - - > b.example @mx.b.example 2.0.0: 250 ok\n"},
    {"orig_to without a domain",
     SMTP "4A1B2C3D4E: to=<u@b.example>, orig_to=<root>" TAIL("2.0.0") "status=sent (250 ok)",
     "sent - - - > b.example @mx.b.example 2.0.0: 250 ok\n"},
    {"soft_bounce",
     SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "5.1.1") "status=SOFTBOUNCE (host x[192.0.2.1] said: 550 no)",
     "deferred - - - > b.example @mx.b.example 5.1.1: 550 no\n"},
    {"a line that syslog cut",
     SMTP
     "4A1B2C3D4E: to=<u@b.example>" TAIL("5.1.1") "status=bounced (host x[192.0.2.1] said: 550 n",
     "bounced - - - > b.example @mx.b.example 5.1.1: 550 n\n"},
    {"an address literal and IPv6",
     SMTP "4A1B2C3D4E: to=<u@[198.51.100.1]>, relay=mx6[2001:db8::5]:25, " TIMES
	  ", dsn=2.0.0, status=sent (250 ok)",
     "sent - - - > [198.51.100.1] @mx6 2.0.0: 250 ok\n"},
};

static void reads_outcomes(void **state)
{
	(void)state;
	log_box_check(LOG_POSTFIX, outcome_case, COUNT_OF(outcome_case));
}

#define SENT ": to=<u@b.example>" TAIL("2.0.0") "status=sent (250 ok)\n"
#define TO_B " > b.example @mx.b.example 2.0.0: 250 ok\n"

static const struct log_case address_case[] = {
    {"of the service", AT "postfix-b/smtp[9]: 4A1B2C3D4E" SENT, "sent 192.0.2.11 - -" TO_B},
    {"of the service, named in master.cf", AT "postfix/smtp-b/smtp[9]: 4A1B2C3D4E" SENT,
     "sent 192.0.2.12 - -" TO_B},
    {"in the service's name", AT "postfix-192.0.2.99/smtp[9]: 4A1B2C3D4E" SENT,
     "sent 192.0.2.99 - -" TO_B},
    {"IPv6 in the service's name", AT "postfix-2001:db8::9/smtp[9]: 4A1B2C3D4E" SENT,
     "sent 2001:db8::9 - -" TO_B},
    {"of the host", "Nov 21 18:00:00 mx7 postfix/smtp[9]: 4A1B2C3D4E" SENT,
     "sent 192.0.2.17 - -" TO_B},
    {"the service knows better than the host",
     "Nov 21 18:00:00 mx7 postfix-b/smtp[9]: 4A1B2C3D4E" SENT, "sent 192.0.2.11 - -" TO_B},
    {"a service nobody mapped", AT "postfix-c/smtp[9]: 4A1B2C3D4E" SENT, "sent - - -" TO_B},
};

static void finds_the_address(void **state)
{
	(void)state;
	log_box_check(LOG_POSTFIX, address_case, COUNT_OF(address_case));
}

static const struct log_case account_case[] = {
    {"of the session",
     AT "postfix/submission/smtpd[7]: 4A1B2C3D4E: client=c.example[100.64.0.1], sasl_method=PLAIN, "
	"sasl_username=eva@a.example\n" AT
	"postfix/qmgr[2]: 4A1B2C3D4E: from=<eva@a.example>, size=900, nrcpt=1 (queue active)\n" SMTP
	"4A1B2C3D4E" SENT,
     "sent - eva@a.example a.example" TO_B},
    {"what the client says of itself is no account",
     AT "postfix/smtpd[7]: 4A1B2C3D4E: client=c.example[100.64.0.1], sasl_method=LOGIN, "
	"sasl_username=eva, sasl_sender=x, sasl_username=bob\n" SMTP "4A1B2C3D4E" SENT,
     "sent - eva -" TO_B},
    {"of the local user",
     AT "postfix/pickup[7]: 4A1B2C3D4E: uid=33 from=<www-data>\n" AT
	"postfix/qmgr[2]: 4A1B2C3D4E: from=<www-data@mx1.example>, size=900, nrcpt=1 (queue "
	"active)\n" SMTP "4A1B2C3D4E" SENT,
     "sent - uid:33 mx1.example" TO_B},
    {"relayed: none",
     AT "postfix/smtpd[7]: 4A1B2C3D4E: client=app[10.0.0.3]\n" SMTP "4A1B2C3D4E" SENT,
     "sent - - -" TO_B},
    {"a bounce that leaves: neither account nor sender",
     AT "postfix/qmgr[2]: 4A1B2C3D4E: from=<>, size=900, nrcpt=1 (queue active)\n" SMTP
	"4A1B2C3D4E" SENT,
     "sent - - -" TO_B},
    {"short ids are used again",
     AT
     "postfix/smtpd[7]: 4A1B2C3D4E: client=c[100.64.0.1], sasl_method=PLAIN, sasl_username=eva\n" AT
     "postfix/qmgr[2]: 4A1B2C3D4E: removed\n" SMTP "4A1B2C3D4E" SENT,
     "sent - - -" TO_B},
    {"and when the end was lost",
     AT
     "postfix/smtpd[7]: 4A1B2C3D4E: client=c[100.64.0.1], sasl_method=PLAIN, sasl_username=eva\n" AT
     "postfix/smtpd[7]: 4A1B2C3D4E: client=d[100.64.0.2]\n" SMTP "4A1B2C3D4E" SENT,
     "sent - - -" TO_B},
    {"a filter behind the queue gives the mail back: counted once, account kept",
     AT
     "postfix/smtpd[7]: 4A1B2C3D4E: client=c[100.64.0.1], sasl_method=PLAIN, sasl_username=eva\n" AT
     "postfix/qmgr[2]: 4A1B2C3D4E: from=<eva@a.example>, size=900, nrcpt=1 (queue active)\n" AT
     "postfix/smtpd[8]: 5B1B2C3D4E: client=localhost[127.0.0.1]\n" AT
     "postfix/qmgr[2]: 5B1B2C3D4E: from=<eva@a.example>, size=990, nrcpt=1 (queue active)\n" SMTP
     "4A1B2C3D4E: to=<u@b.example>, relay=127.0.0.1[127.0.0.1]:10024, " TIMES
     ", dsn=2.0.0, status=sent "
     "(250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 5B1B2C3D4E)\n" AT
     "postfix/qmgr[2]: 4A1B2C3D4E: removed\n" SMTP "5B1B2C3D4E" SENT,
     "sent - eva a.example" TO_B},
    {"a filter that tells the first id",
     AT
     "postfix/smtpd[7]: 4A1B2C3D4E: client=c[100.64.0.1], sasl_method=PLAIN, sasl_username=eva\n" AT
     "postfix/smtpd[8]: 5B1B2C3D4E: client=localhost[::1], orig_queue_id=4A1B2C3D4E, "
     "orig_client=c[100.64.0.1]\n" SMTP "5B1B2C3D4E" SENT,
     "sent - eva -" TO_B},
    {"nobody else may tell it",
     AT
     "postfix/smtpd[7]: 4A1B2C3D4E: client=c[100.64.0.1], sasl_method=PLAIN, sasl_username=eva\n" AT
     "postfix/smtpd[8]: 5B1B2C3D4E: client=x[192.0.2.66], orig_queue_id=4A1B2C3D4E\n" SMTP
     "5B1B2C3D4E" SENT,
     "sent - - -" TO_B},
    {"a filter before the queue",
     AT "postfix/smtpd[7]: NOQUEUE: client=c[100.64.0.1], sasl_method=PLAIN, sasl_username=eva\n" AT
	"postfix/smtpd[8]: 5B1B2C3D4E: client=localhost[127.0.0.1]\n" AT
	"postfix/smtpd[7]: proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as 5B1B2C3D4E; "
	"from=<eva@a.example> "
	"to=<u@b.example> proto=ESMTP helo=<queued as 4A1B2C3D4E>\n" SMTP "5B1B2C3D4E" SENT,
     "sent - eva -" TO_B},
    {"an id nothing is known of is counted", SMTP "4A1B2C3D4E" SENT, "sent - - -" TO_B},
};

static void joins_the_account(void **state)
{
	(void)state;
	log_box_check(LOG_POSTFIX, account_case, COUNT_OF(account_case));
}

static const struct log_case other_case[] = {
    {"mail for this host",
     AT
     "postfix/virtual[9]: 4A1B2C3D4E: to=<u@a.example>, relay=virtual, " TIMES
     ", dsn=2.0.0, status=sent (delivered to maildir)\n" AT
     "postfix/local[9]: 4A1B2C3D4E: to=<u@a.example>, relay=local, " TIMES
     ", dsn=2.0.0, status=sent (delivered to mailbox)\n" AT
     "postfix/lmtp[9]: 4A1B2C3D4E: to=<u@a.example>, relay=a.example[private/dovecot-lmtp], " TIMES
     ", dsn=2.0.0, status=sent (250 ok)\n" AT
     "postfix/pipe[9]: 4A1B2C3D4E: to=<u@a.example>, relay=dovecot, " TIMES
     ", dsn=5.1.1, status=bounced (user unknown)\n" AT
     "postfix/discard[9]: 4A1B2C3D4E: to=<u@a.example>, relay=none, " TIMES
     ", dsn=2.0.0, status=sent (test)\n",
     ""},
    {"what error(8) says is no attempt",
     AT "postfix/error[9]: 4A1B2C3D4E: to=<u@b.example>, relay=none, " TIMES
	", dsn=4.4.1, status=deferred "
	"(delivery temporarily suspended: connect to mx.b.example[203.0.113.5]:25: Connection "
	"refused)",
     ""},
    {"a filter on this host, whatever it says",
     SMTP "4A1B2C3D4E: to=<u@b.example>, relay=127.0.0.1[127.0.0.1]:10024, " TIMES
	  ", dsn=4.0.0, status=deferred (host 127.0.0.1[127.0.0.1] said: 451 busy)\n" SMTP
	  "4A1B2C3D4E: to=<u@b.example>, relay=localhost[::1]:10024, " TIMES
	  ", dsn=5.0.0, status=bounced (host localhost[::1] said: 554 spam)\n" SMTP
	  "4A1B2C3D4E: to=<u@b.example>, relay=f[/run/filter.sock], " TIMES
	  ", dsn=2.0.0, status=sent (250 ok)",
     ""},
    {"probes of addresses",
     SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL("5.1.1") "status=undeliverable (550 no)\n" SMTP
						       "4A1B2C3D4E: to=<u@b.example>" TAIL(
							   "2.1.5") "status=deliverable (250 ok)",
     ""},
    {"what smtp says before",
     SMTP "Trusted TLS connection established to mx.b.example[203.0.113.5]:25: TLSv1.3\n" SMTP
	  "4A1B2C3D4E: host mx.b.example[203.0.113.5] said: 451 later (in reply to RCPT TO "
	  "command)\n" SMTP "connect to mx.b.example[203.0.113.5]:25: Connection refused",
     ""},
    {"expired: once for each recipient that waits, from the address that tried",
     AT
     "postfix/smtpd[7]: 4A1B2C3D4E: client=c[100.64.0.1], sasl_method=PLAIN, sasl_username=eva\n" AT
     "postfix/qmgr[2]: 4A1B2C3D4E: from=<eva@a.example>, size=900, nrcpt=2 (queue active)\n" AT
     "postfix-b/smtp[9]: 4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "4.7.1") "status=deferred (host x[192.0.2.1] said: 451 no)\n" AT
		  "postfix/qmgr[2]: 4A1B2C3D4E: from=<eva@a.example>, size=900, nrcpt=2 (queue "
		  "active)\n" AT "postfix-b/smtp[9]: 4A1B2C3D4E: to=<u@b.example>" TAIL(
		      "4.7.1") "status=deferred (host x[192.0.2.1] said: 451 no)\n" AT
			       "postfix/error[9]: 4A1B2C3D4E: to=<v@b.example>, relay=none, " TIMES
			       ", dsn=4.7.1, status=deferred (delivery temporarily suspended)\n" AT
			       "postfix/qmgr[2]: 4A1B2C3D4E: from=<eva@a.example>, status=expired, "
			       "returned to sender\n",
     "deferred 192.0.2.11 eva a.example > b.example @mx.b.example 4.7.1: 451 no\n"
     "deferred 192.0.2.11 eva a.example > b.example @mx.b.example 4.7.1: 451 no\n"
     "expired 192.0.2.11 eva a.example > - @- -: expired, returned to sender\n"
     "expired 192.0.2.11 eva a.example > - @- -: expired, returned to sender\n"},
    {"expired, of a mailbox on this host",
     AT "postfix/qmgr[2]: 4A1B2C3D4E: from=<x@b.example>, size=900, nrcpt=1 (queue active)\n" AT
	"postfix/virtual[9]: 4A1B2C3D4E: to=<u@a.example>, relay=virtual, " TIMES
	", dsn=4.2.2, status=deferred (mailbox full)\n" AT
	"postfix/qmgr[2]: 4A1B2C3D4E: from=<x@b.example>, status=expired, returned to sender\n",
     ""},
    {"expired, the attempts in another file",
     AT
     "postfix/qmgr[2]: 4A1B2C3D4E: from=<x@a.example>, status=force-expired, returned to sender\n",
     "expired - - - > - @- -: expired, returned to sender\n"},
};

static void leaves_out_what_is_no_attempt(void **state)
{
	(void)state;
	log_box_check(LOG_POSTFIX, other_case, COUNT_OF(other_case));
}

#define FORGED                                                                                     \
	"x@z.example>, relay=evil[192.0.2.66]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, "            \
	"status=sent (250 ok)"
#define TRUE_BOUNCE                                                                                \
	TAIL("5.1.1")                                                                              \
	"status=bounced (host mx.b.example[203.0.113.5] said: 550 5.1.1 no (in reply to RCPT TO "  \
	"command))\n"
#define UNREACHED                                                                                  \
	TAIL("4.4.2")                                                                              \
	"status=deferred (lost connection with x[203.0.113.5] while sending RCPT TO)\n"
#define FILL_10  "0123456789"
#define FILL_100 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10 FILL_10
#define FILL_GT  ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>"
#define FILL_900 FILL_100 FILL_100 FILL_100 FILL_100 FILL_100 FILL_100 FILL_100 FILL_100 FILL_100

static const struct log_case forged_case[] = {
    {"in a quoted recipient", SMTP "4A1B2C3D4E: to=<\"" FORGED "\"@b.example>" TRUE_BOUNCE,
     "bounced - - - > b.example @mx.b.example 5.1.1: 550 5.1.1 no\n"},
    {"with quotes in the quotes",
     SMTP "4A1B2C3D4E: to=<\"a\\\"@c.example>, relay=x[192.0.2.6]:25, delay=1, dsn=2.0.0, "
	  "status=sent (ok)\"@b.example>" TRUE_BOUNCE,
     "bounced - - - > b.example @mx.b.example 5.1.1: 550 5.1.1 no\n"},
    {"in a recipient that Postfix did not quote",
     SMTP "4A1B2C3D4E: to=<" FORGED "@b.example>" TRUE_BOUNCE,
     "bounced - - - > - @- 5.1.1: 550 5.1.1 no\n"},
    {"twice",
     SMTP "4A1B2C3D4E: to=<" FORGED
	  "@y.example>" TAIL("4.0.0") "status=deferred (no)@b.example>" TRUE_BOUNCE,
     "bounced - - - > - @- 5.1.1: 550 5.1.1 no\n"},
    {"more ends than anybody would try", SMTP "4A1B2C3D4E: to=<" FILL_GT "@b.example>" TRUE_BOUNCE,
     "bounced - - - > b.example @mx.b.example 5.1.1: 550 5.1.1 no\n"},
    {"with a bracket that the true end closes",
     SMTP "4A1B2C3D4E: to=<" FORGED "to=<ok@b.example>" TRUE_BOUNCE,
     "bounced - - - > - @- 5.1.1: 550 5.1.1 no\n"},
    {"what cannot be told apart counts as the worse, and for no receiver",
     SMTP "4A1B2C3D4E: to=<" FORGED "@b.example>" UNREACHED,
     "deferred - - - > - @- 4.4.2: lost connection with x[203.0.113.5] while sending RCPT TO\n"},
    {"the same by a receiver, in whose reply Postfix puts no such words",
     SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "2.0.0") "status=sent (250 a@gmail.com>, relay=gmail[192.0.2.66]:25, delay=1, "
		  "status=bounced (550 no))",
     "sent - - - > b.example @mx.b.example 2.0.0: 250 a@gmail.com>, relay=gmail[192.0.2.66]:25, "
     "delay=1, status=bounced (550 no)\n"},
    {"a receiver that puts them there speaks for no other",
     SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "2.0.0") "status=sent (250 a@gmail.com>, relay=gmail[192.0.2.66]:25, delay=1, dsn=5.7.1, "
		  "status=bounced (host gmail[192.0.2.66] said: 550 no (in reply to DATA command))",
     "bounced - - - > - @- 5.7.1: 550 no\n"},
    {"a filter on this host in place of the receiver",
     SMTP "4A1B2C3D4E: to=<x@z.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, "
	  "status=sent (250 ok@b.example>" UNREACHED,
     "deferred - - - > - @- 4.4.2: lost connection with x[203.0.113.5] while sending RCPT TO\n"},
    {"quotes that a receiver's echo closes",
     SMTP "4A1B2C3D4E: to=<\"@z.example>, relay=evil[192.0.2.66]:25, delay=1, dsn=2.0.0, "
	  "status=sent (250 ok)@b.example>" TAIL(
	      "5.1.1") "status=bounced (host mx.b.example[203.0.113.5] said: 550 5.1.1 "
		       "<\"@z.example>, relay=evil[192.0.2.66]:25, delay=1, dsn=2.0.0, status=sent "
		       "(250 ok)@b.example>: no (in reply to RCPT TO command))\n",
     "bounced - - - > - @- 5.1.1: 250 ok)@b.example>: no\n"},
    {"a recipient so long that its quotes are cut off: nothing is known",
     SMTP "4A1B2C3D4E: to=<\"" FORGED FILL_900 "\n", ""},
    {"a sender so long that its quotes are cut off",
     AT "postfix/qmgr[2]: 4A1B2C3D4E: from=<\"" FILL_900
	"@z.example>, status=expired, returned to sender\n" AT
	"postfix/qmgr[2]: 4A1B2C3D4E: from=<\"x@z.example>, size=1, nrcpt=1 (queue active)" FILL_900
	"\n" SMTP "4A1B2C3D4E" SENT,
     "sent - - -" TO_B},
    {"a local part without its domain",
     SMTP "4A1B2C3D4E: to=<x, status=sent (250 ok)@b.example>" TRUE_BOUNCE,
     "bounced - - - > b.example @mx.b.example 5.1.1: 550 5.1.1 no\n"},
    {"in orig_to that has no domain and no quotes",
     SMTP "4A1B2C3D4E: to=<u@b.example>, orig_to=<x>, relay=evil[192.0.2.66]:25, delay=1, "
	  "dsn=2.0.0, status=sent (250 ok)>" TRUE_BOUNCE,
     "bounced - - - > b.example @- 5.1.1: 550 5.1.1 no\n"},
    {"an orig_to in the recipient",
     SMTP "4A1B2C3D4E: to=<x@z.example>, orig_to=<" FORGED "@b.example>" TRUE_BOUNCE,
     "bounced - - - > - @- 5.1.1: 550 5.1.1 no\n"},
    {"in orig_to",
     SMTP "4A1B2C3D4E: to=<u@b.example>, orig_to=<\"" FORGED "\"@a.example>" TRUE_BOUNCE,
     "bounced - - - > b.example @mx.b.example 5.1.1: 550 5.1.1 no\n"},
    {"in the host's reply",
     SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "4.7.1") "status=deferred (host mx.b.example[203.0.113.5] said: 451 "
		  "to=<" FORGED ", status=sent (250 ok))",
     "deferred - - - > - @- 4.7.1: 250 ok), status=sent (250 ok)\n"},
    {"a reply that speaks of a filter",
     AT
     "postfix/smtpd[7]: 5B1B2C3D4E: client=c[100.64.0.1], sasl_method=PLAIN, sasl_username=bob\n" AT
     "postfix/smtpd[7]: 4A1B2C3D4E: client=c[100.64.0.1], sasl_method=PLAIN, "
     "sasl_username=eva\n" SMTP "4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "2.0.0") "status=sent (250 relay=127.0.0.1[127.0.0.1] queued as 5B1B2C3D4E)\n" SMTP
		  "5B1B2C3D4E" SENT,
     "sent - eva - > b.example @mx.b.example 2.0.0: 250 relay=127.0.0.1[127.0.0.1] queued as "
     "5B1B2C3D4E\n"
     "sent - bob -" TO_B},
    {"in the sender",
     AT "postfix/qmgr[2]: 4A1B2C3D4E: from=<\"x@z.example>, status=expired, returned to "
	"sender\"@a.example>, size=900, nrcpt=1 (queue active)\n" AT
	"postfix/qmgr[2]: 4A1B2C3D4E: from=<\"x@z.example>, size=1, nrcpt=1 (queue "
	"active)\"@a.example>, size=900, nrcpt=1 (queue active)\n" SMTP "4A1B2C3D4E" SENT,
     "sent - - a.example" TO_B},
    {"in a HELO, a subject, a header",
     AT "postfix/smtpd[7]: NOQUEUE: reject: RCPT from c[192.0.2.66]: 554 5.7.1 no; "
	"from=<x@z.example> to=<u@b.example> "
	"proto=ESMTP helo=<4A1B2C3D4E: to=<u@b.example>" TAIL(
	    "2.0.0") "status=sent (250 ok)>\n" AT
		     "postfix/cleanup[7]: 4A1B2C3D4E: info: header Subject: 4A1B2C3D4E: "
		     "to=<u@b.example>" TAIL(
			 "2.0.0") "status=sent (250 ok)\n" AT
				  "postfix/cleanup[7]: 4A1B2C3D4E: message-id=<4A1B2C3D4E: "
				  "to=<u@b.example>" TAIL(
				      "2.0.0") "status=sent (250 ok)>\n" AT
					       "postfix/smtpd[7]: warning: non-SMTP command from "
					       "c[192.0.2.66]: 4A1B2C3D4E: to=<u@b.example>" TAIL(
						   "2.0.0") "status=sent (250 ok)\n",
     ""},
    {"by another program",
     AT "dovecot: imap-login: Login: user=<postfix/smtp[9]: 4A1B2C3D4E: to=<u@b.example>" TAIL(
	 "2.0.0") "status=sent (250 ok)>\n" AT
		  "sshd[9]: Invalid user 4A1B2C3D4E: to=<u@b.example>" TAIL(
		      "2.0.0") "status=sent (250 ok)\n" AT "smtp[9]: 4A1B2C3D4E" SENT,
     ""},
};

static void forged_text_counts_for_nothing(void **state)
{
	(void)state;
	log_box_check(LOG_POSTFIX, forged_case, COUNT_OF(forged_case));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_outcomes),
	    cmocka_unit_test(finds_the_address),
	    cmocka_unit_test(joins_the_account),
	    cmocka_unit_test(leaves_out_what_is_no_attempt),
	    cmocka_unit_test(forged_text_counts_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
