/* What the message must look like; the system tests let Python's parser read them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/mime.h"

#include "base/mem.h"

#include <string.h>

static const char *const noc[] = {"noc@example.jp"};

static struct mime_mail usual(void)
{
	return (struct mime_mail){.from = "repwatch <repwatch@example.jp>",
				  .to = noc,
				  .tos = 1,
				  .subject = "listed",
				  .body = slice_text("a\nb\n"),
				  .uid = "0123456789abcdefghij",
				  .seq = 1,
				  .kind = "opened",
				  .severity = "critical",
				  .host = "mx.example.jp",
				  .at = 1795222800,
				  .offset_s = 32400};
}

static const char *made(const struct mime_mail *mail, struct arena *arena)
{
	struct err err = {0};
	struct slice out;

	if (!mime_message(mail, arena, &out, &err))
		fail_msg("%s", err.text);
	assert_int_equal(strlen(out.at), out.len);
	return out.at;
}

static void addresses(void **state)
{
	static const struct {
		const char *text, *address;
	} row[] = {
	    {"a@example.jp", "a@example.jp"},
	    {"Name <a+b@example.jp>", "a+b@example.jp"},
	    {"\xe5\xbd\x93\xe7\x95\xaa <noc@example.jp>", "noc@example.jp"},
	    {"", NULL},
	    {"a", NULL},
	    {"a@", NULL},
	    {"@example.jp", NULL},
	    {"a@b c", NULL},
	    {"a@example.jp, b@example.jp", NULL},
	    {"group: a@example.jp;", NULL},
	    {"a@example.jp\r\nBcc: b@example.jp", NULL},
	    {"a@example.jp>\r\nRCPT TO:<b@example.jp", NULL},
	    {"Name\n <a@example.jp>", NULL},
	    {"\"a b\"@example.jp", NULL},
	    {"a@[192.0.2.1]", NULL},
	    {"a@\xe4\xbe\x8b.jp", NULL},
	    {"\xff <a@example.jp>", NULL},
	    {"a@exa\tmple.jp", NULL},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct mime_mail mail = usual();
		struct slice out = slice_text("");
		struct err err = {0};
		bool is_taken;

		mail.from = row[i].text;
		is_taken = mime_message(&mail, arena, &out, &err);
		if (is_taken != (row[i].address != NULL) ||
		    (is_taken && !strstr(out.at, row[i].address)))
			fail_msg("'%s': %s", row[i].text, is_taken ? out.at : err.text);
	}
	arena_free(arena);
}

static void fields(void **state)
{
	static const char *const wanted[] = {
	    "From: repwatch <repwatch@example.jp>\r\n",
	    "To: noc@example.jp\r\n",
	    "Subject: listed\r\n",
	    "Date: Sat, 21 Nov 2026 10:00:00 +0900\r\n",
	    "<0123456789abcdefghij.1@mx.example.jp>\r\n",
	    "Auto-Submitted: auto-generated\r\n",
	    "X-Auto-Response-Suppress: All\r\n",
	    "X-Repwatch-Severity: critical\r\n",
	    "X-Repwatch-Kind: opened\r\n",
	    "MIME-Version: 1.0\r\n",
	    "Content-Type: text/plain; charset=utf-8\r\n",
	    "\r\n\r\na\r\nb\r\n",
	};
	struct arena *arena = arena_new();
	const struct mime_mail mail = usual();
	const char *const text = made(&mail, arena);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		if (!strstr(text, wanted[i]))
			fail_msg("no '%s' in:\n%s", wanted[i], text);
	assert_null(strstr(text, "In-Reply-To"));
	arena_free(arena);
}

static void later_letters_answer_the_first(void **state)
{
	struct arena *arena = arena_new();
	struct mime_mail mail = usual();
	const char *text;

	(void)state;
	mail.seq = 3;
	text = made(&mail, arena);
	assert_non_null(strstr(text, "<0123456789abcdefghij.3@mx.example.jp>\r\n"));
	assert_non_null(strstr(text, "In-Reply-To: <0123456789abcdefghij.1@mx.example.jp>\r\n"));
	assert_non_null(strstr(text, "References: <0123456789abcdefghij.1@mx.example.jp>\r\n"));
	assert_string_equal(text, made(&mail, arena));
	arena_free(arena);
}

/* No line of the message may begin with what a field brought along, and every line ends right. */
static void no_field_makes_a_header(void **state)
{
	static const char *const hostile[] = {
	    "x\r\nEvil: y",          "x\nEvil: y",         "x\rEvil: y",
	    "x\r\n\r\nEvil: y",      "x\r\n.\r\nEvil: y",  "\xff\xfe\nEvil: y",
	    "\xe2\x80\xa8\nEvil: y", "\x1b]0;\a\nEvil: y", "\nEvil: y",
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(hostile); i++) {
		struct mime_mail mail = usual();
		const char *text;

		mail.subject = mail.uid = mail.kind = mail.severity = mail.host = hostile[i];
		text = made(&mail, arena);
		if (strstr(text, "\nEvil:") || strstr(text, "\rEvil:"))
			fail_msg("%zu: %s", i, text);
		for (const char *at = text; (at = strchr(at, '\n')); at++)
			assert_int_equal(at[-1], '\r');
	}
	arena_free(arena);
}

static void a_wrong_address_is_named(void **state)
{
	struct arena *arena = arena_new();
	struct mime_mail mail = usual();
	struct err err = {0};
	struct slice out;

	(void)state;
	mail.from = "nobody";
	assert_false(mime_message(&mail, arena, &out, &err));
	assert_string_equal(err.text, "'nobody' is no mail address");
	mail = usual();
	mail.tos = 0;
	assert_false(mime_message(&mail, arena, &out, &err));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(fields),
	    cmocka_unit_test(later_letters_answer_the_first),
	    cmocka_unit_test(no_field_makes_a_header),
	    cmocka_unit_test(a_wrong_address_is_named),
	};

	return cmocka_run_group_tests_name("mime", tests, NULL, NULL);
}
