#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "maillog/reply_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is left of a reply: SMTP code, status, and the text rules are matched against. */
static const struct {
	const char *what, *reply, *codes, *text;
} rows[] = {
    {"a plain reply", "550 5.1.1 User unknown", "550 5.1.1", "user unknown"},
    {"no code", "Connection timed out", "0 0.0.0", "connection timed out"},
    {"nothing", "", "0 0.0.0", ""},
    {"a code alone", "421", "421 0.0.0", ""},
    {"a status alone", "5.7.1 refused", "0 5.7.1", "refused"},
    {"a longer number is no code", "5501 apples", "0 0.0.0", "5501 apples"},
    {"nor is an address", "5.1.1.3 refused", "0 0.0.0", "{ip} refused"},
    {"codes with punctuation", "550: 5.7.0, denied", "550 5.7.0", "denied"},
    {"a code twice", "554 554 5.7.0 Header error", "554 5.7.0", "header error"},
    {"a status with a sign", "550 #5.1.0 Address rejected", "550 5.1.0", "address rejected"},
    {"a status at the end", "no mailbox here by that name. (#5.1.1)", "0 5.1.1",
     "no mailbox here by that name. (#5.1.1)"},
    {"codes in the middle", "not delivered because of 550 5.1.1 User unknown", "550 5.1.1",
     "not delivered because of user unknown"},
    {"class 7 is meant to be 5", "550 7.7.1 not authorized", "550 5.7.1", "not authorized"},

    {"lines of one reply", "550-5.7.26 This mail is 550-5.7.26 not good. 550 5.7.26 x - gsmtp",
     "550 5.7.26", "this mail is not good. x - gsmtp"},
    {"lines without status", "554-mx.example 554-No SMTP service 554 bye", "554 0.0.0",
     "mx.example no smtp service 554 bye"},
    {"another reply's codes stay", "550 5.1.1 User unknown 503 5.5.1 RCPT first", "550 5.1.1",
     "user unknown 503 5.5.1 rcpt first"},
    {"line ends as a log writes them", "550-5.7.1 one\\n550 5.7.1 two", "550 5.7.1", "one two"},
    {"and as rsyslog does", "550 5.7.1 one#015#012two", "550 5.7.1", "one two"},
    {"blanks", "550 5.7.1  a \t b\xc2\xa0\xe3\x80\x80 c ", "550 5.7.1", "a b c"},
    {"words split at a line's end", "the mes- sage and tempo- rarily", "0 0.0.0",
     "the message and temporarily"},
    {"a dash between blanks is none", "no - gsmtp", "0 0.0.0", "no - gsmtp"},
    {"a soft hyphen", "spec\xc2\xadify", "0 0.0.0", "specify"},
    {"quotation marks", "doesn\xe2\x80\x99t", "0 0.0.0", "doesn't"},

    {"Postfix",
     "host mx.example[192.0.2.1] said: 550 5.1.1 <a@b.example>: no (in reply to RCPT TO command)",
     "550 5.1.1", "<{address}>: no [at rcpt]"},
    {"Postfix after the text",
     "host mx.example[2001:db8::1] said: 554 spam (in reply to end of DATA command)", "554 0.0.0",
     "spam [at body]"},
    {"Postfix at the banner", "host mx.example[192.0.2.1] refused to talk to me: 554 5.7.1 go",
     "554 5.7.1", "go [at connect]"},
    {"Postfix, put off",
     "delivery temporarily suspended: host mx.example[192.0.2.1] refused to talk to me: 421 4.3.2 "
     "busy",
     "421 4.3.2", "busy [at connect]"},
    {"Postfix itself", "connect to mx.example[192.0.2.1]:25: Connection refused", "0 0.0.0",
     "connect to mx.example[{ip}]:25: connection refused"},
    {"Exim",
     "SMTP error from remote mail server after RCPT TO:<a@b.example>: host mx.example [192.0.2.1]: "
     "550 no",
     "550 0.0.0", "no [at rcpt]"},
    {"Exim, the host first",
     "host mx.example [192.0.2.1] SMTP error from remote mail server after MAIL FROM:<a@b.example> "
     "SIZE=99: 550 no",
     "550 0.0.0", "no [at mail]"},
    {"Exim at the banner",
     "SMTP error from remote mail server after initial connection: host mx.example [192.0.2.1]: "
     "554 no",
     "554 0.0.0", "no [at connect]"},
    {"Exim in a pipeline", "SMTP error from remote mail server after pipelined end of data: 550 no",
     "550 0.0.0", "no [at body]"},
    {"qmail",
     "192.0.2.1 does not like recipient. Remote host said: 550 5.1.1 no Giving up on 192.0.2.1.",
     "550 5.1.1", "no [at rcpt]"},
    {"qmail's log",
     "192.0.2.1_failed_after_I_sent_the_message./Remote_host_said:_554_5.7.1_spam/"
     "Giving_up_on_192.0.2.1./",
     "554 5.7.1", "spam [at body]"},
    {"Exchange",
     "mx.example Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'",
     "550 5.1.10", "resolver.adr.recipientnotfound; not found"},
    {"DragonFly", "mx.example [192.0.2.1] did not like our RCPT TO:550 5.1.1 no", "550 5.1.1",
     "no [at rcpt]"},
    {"a transcript", ">>> RCPT To:<a@b.example> <<< 550 5.1.1 no", "550 5.1.1", "no"},
    {"a diagnostic code", "smtp; 550 5.1.1 no", "550 5.1.1", "no"},
    {"AsyncOS", "5.1.0 - Unknown address error 550-'5.7.1 refused' (delivery attempts: 0)",
     "550 5.7.1", "refused' (delivery attempts: 0)"},
    {"words of a wrapper in the reply itself", "550 our filter [x] said: 250 fine", "550 0.0.0",
     "our filter [x] said: 250 fine"},

    {"addresses", "mail from 192.0.2.1, [2001:db8::1] and a.b@mx.example.", "0 0.0.0",
     "mail from {ip}, [{ip}] and {address}."},
    {"a masked one", "****@icloud.com", "0 0.0.0", "{address}"},
    {"a time is none", "at 10:20:30", "0 0.0.0", "at 10:20:30"},
    {"an at sign alone", "a @ b", "0 0.0.0", "a @ b"},
    {"queue ids", "ok 98e67ed59e1d1-2c819db36a9si6099002a91.116 - gsmtp", "0 0.0.0",
     "ok {id} - gsmtp"},
    {"numbers", "35882577 is over 1024", "0 0.0.0", "{n} is over 1024"},
    {"codes of receivers stay", "(S3150) OFR_506 TSS04", "0 0.0.0", "(s3150) ofr_506 tss04"},
    {"what Gmail echoes", "550-5.7.1 [192.0.2.1 19] Our system", "550 5.7.1", "our system"},
    {"Japanese stays", "550 \xe3\x83\xa6\xe3\x83\xbc\xe3\x82\xb6", "550 0.0.0",
     "\xe3\x83\xa6\xe3\x83\xbc\xe3\x82\xb6"},
};

static void check_rows(void **state)
{
	static struct reply_text got;
	char codes[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		reply_text_read(&got, slice_of("", 0), slice_text(rows[i].reply));
		snprintf(codes, sizeof(codes), "%d %d.%d.%d", got.codes.smtp, got.codes.class,
			 got.codes.subject, got.codes.detail);
		if (strcmp(codes, rows[i].codes) == 0 &&
		    slice_is(slice_of(got.text, got.len), rows[i].text))
			continue;
		fail_msg("%s: '%s' '%.*s'", rows[i].what, codes, (int)got.len, got.text);
	}
}

static void check_status(void **state)
{
	static struct reply_text got;

	(void)state;
	reply_text_read(&got, slice_text("4.2.2"), slice_text("452 full"));
	assert_int_equal(got.codes.smtp, 452);
	assert_int_equal(got.codes.detail, 2);
	reply_text_read(&got, slice_text("5.0.0"), slice_text("550 5.1.1 no"));
	assert_int_equal(got.codes.subject, 1);
	reply_text_read(&got, slice_text("5.7"), slice_text("550 no"));
	assert_int_equal(got.codes.class, 0);
}

/* Every byte, alone and behind what begins a code, an address or a wrapper, up to 64 KiB. */
static void check_hostile(void **state)
{
	static const char *const start[] = {"",
					    "550 5.7.1 ",
					    "a@",
					    "[",
					    "host x[",
					    "550-5.7.",
					    "1.2.3.",
					    "] said: ",
					    "(in reply to ",
					    "did not like our ",
					    "smtp error from remote "};
	static struct reply_text got;
	char *text = xcalloc(65536, 1);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(start); i++)
		for (int byte = 0; byte < 256; byte++)
			for (size_t len = 1; len <= 65536; len *= 16) {
				/* The exact size, so that the sanitizer sees a byte too far. */
				const size_t used = strlen(start[i]) < len ? strlen(start[i]) : len;
				char *exact = xcalloc(len, 1);

				memset(exact, byte, len);
				memcpy(exact, start[i], used);
				reply_text_read(&got, slice_of(exact, len < 5 ? len : 5),
						slice_of(exact, len));
				assert_true(got.len <= REPLY_TEXT_BYTES);
				free(exact);
			}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(check_rows),
	    cmocka_unit_test(check_status),
	    cmocka_unit_test(check_hostile),
	};

	return cmocka_run_group_tests_name("the text of a reply", tests, NULL, NULL);
}
