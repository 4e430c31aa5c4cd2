#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "golden.h"
#include "log_box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_MAX_BYTES = 1 << 16, FIELD_BYTES = 10240 };

/* One of tests/data/maillog/, freed by the caller. */
static char *read_log(const char *name, size_t *len)
{
	const char *top = getenv("TOP_SRCDIR");
	char *text = xcalloc(LOG_MAX_BYTES, 1);
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/data/maillog/%s.txt", top ? top : ".", name);
	file = fopen(path, "re");
	if (!file)
		fail_msg("cannot open '%s'", path);
	*len = fread(text, 1, LOG_MAX_BYTES - 1, file);
	fclose(file);
	return text;
}

static void recognises_and_reads_each_format(void **state)
{
	(void)state;
	for (int i = LOG_AUTO + 1; i < LOG_FORMAT_COUNT; i++) {
		const char *name = log_format_name((enum log_format)i);
		char golden[64];
		struct log_box box;
		struct log_counts counts;
		size_t len;
		char *text = read_log(name, &len);

		log_box_open(&box, LOG_AUTO);
		assert_int_equal(maillog_format(box.log), LOG_AUTO);
		log_box_read_bytes(&box, text, len);
		assert_int_equal(maillog_format(box.log), i);
		counts = maillog_counts(box.log);
		assert_int_equal(counts.deliveries, 4);
		assert_int_equal(counts.unstamped, 0);
		assert_true(counts.recognised > 4 && counts.recognised <= counts.lines);
		snprintf(golden, sizeof(golden), "maillog-%s.txt", name);
		golden_equal(golden, &box.out);
		log_box_close(&box);
		free(text);
	}
}

/* Each line of `with` behind each line of `text`. */
static void read_mixed(struct log_box *box, const char *text, size_t len, const char *with,
		       size_t with_len)
{
	for (const char *at = text; at < text + len;) {
		const char *end = memchr(at, '\n', len - (size_t)(at - text));
		const size_t line = end ? (size_t)(end - at) : len - (size_t)(at - text);

		log_box_read_bytes(box, at, line);
		log_box_read_bytes(box, with, with_len);
		at += line + 1;
	}
}

/* What strangers make MTAs and others write, long fields, bytes that are no text. */
static size_t hostile_lines(char **text)
{
	static const char *const field[] = {
	    "Nov 20 23:59:59 mx1 postfix/smtpd[1]: NOQUEUE: reject: RCPT from x[192.0.2.66]: 554 ",
	    "Nov 20 23:59:59 mx1 postfix/smtp[1]: 7A1B2C3D4E: to=<",
	    "Nov 20 23:59:59 mx1 sm-mta[1]: 76FCln1K000003: to=<",
	    "Nov 20 23:59:59 mx1 smtpd[1]: f274cf34b7d07860 mta delivery evpid=",
	    "2026-11-20 23:59:59 7hqQGO-000002-Zq => ",
	    "2026-11-20 23:59:59 7hqQGO-000002-Zq <= x H=(",
	    "@400000006a2f408900000000 starting delivery 77: msg ",
	    "@400000006a2f408900000000 info msg 77: bytes 1 from <",
	    "Nov 20 23:59:59 ",
	    "",
	};
	static const char fill[] = {'x', '\0',   '\xff', '"', '>', '<',
				    ' ', '\x80', '(',    '[', ',', ':'};
	size_t len;
	char *known = read_log("hostile", &len);
	char *all =
	    xrealloc(known, len + COUNT_OF(field) * COUNT_OF(fill) * (FIELD_BYTES + 200), 1);

	for (size_t i = 0; i < COUNT_OF(field); i++) {
		for (size_t j = 0; j < COUNT_OF(fill); j++) {
			memcpy(all + len, field[i], strlen(field[i]));
			len += strlen(field[i]);
			memset(all + len, fill[j], FIELD_BYTES);
			len += FIELD_BYTES;
			all[len++] = '\n';
		}
	}
	*text = all;
	return len;
}

static void hostile_lines_change_nothing(void **state)
{
	char *hostile;
	const size_t hostile_len = hostile_lines(&hostile);

	(void)state;
	for (int i = LOG_AUTO + 1; i < LOG_FORMAT_COUNT; i++) {
		struct log_box plain, mixed;
		size_t len;
		char *text = read_log(log_format_name((enum log_format)i), &len);

		log_box_open(&plain, (enum log_format)i);
		log_box_read_bytes(&plain, text, len);
		log_box_open(&mixed, (enum log_format)i);
		read_mixed(&mixed, text, len, hostile, hostile_len);
		assert_string_equal(str_text(&mixed.out), str_text(&plain.out));
		log_box_close(&plain);
		log_box_close(&mixed);
		free(text);
	}
	free(hostile);
}

/* Lines cut anywhere: whatever they become, they are read without harm, and what is counted has
 * an outcome (the box would not find its word otherwise). */
static void lines_may_end_anywhere(void **state)
{
	(void)state;
	for (int i = LOG_AUTO + 1; i < LOG_FORMAT_COUNT; i++) {
		struct log_box box;
		size_t len;
		char *text = read_log(log_format_name((enum log_format)i), &len);

		log_box_open(&box, (enum log_format)i);
		for (const char *at = text; at < text + len;) {
			const char *end = memchr(at, '\n', len - (size_t)(at - text));

			for (const char *cut = at; cut <= end; cut++)
				log_box_read_bytes(&box, at, (size_t)(cut - at));
			at = end + 1;
		}
		assert_true(maillog_counts(box.log).deliveries >= 4);
		log_box_close(&box);
		free(text);
	}
}

static const char *const foreign[] = {
    "",
    "no log at all",
    "Nov 21 18:00:00 mx1 dovecot: imap-login: Login: user=<x>",
    "Nov 21 18:00:00 mx1 sshd[1]: Invalid user delivery 1: success: from 192.0.2.66",
    "Nov 21 18:00:00 mx1 smtp[1]: 4A1B2C3D4E: to=<u@b.example>, status=sent (250 ok)",
    "Nov 21 18:00:00 mx1 smtpd[1]: connect from x",
    "Nov 21 18:00:00 mx1 1hqQGO-000002-Zq => u@b.example",
    "2026-11-21 18:00:00 something else",
    "@400000006a2f408a00000000 tcpserver: status: 1/20",
};

static void foreign_lines_decide_nothing(void **state)
{
	struct log_box box;

	(void)state;
	log_box_open(&box, LOG_AUTO);
	for (size_t i = 0; i < COUNT_OF(foreign); i++)
		maillog_line(box.log, foreign[i], strlen(foreign[i]));
	assert_int_equal(maillog_format(box.log), LOG_AUTO);
	assert_int_equal(maillog_counts(box.log).lines, COUNT_OF(foreign));
	assert_int_equal(maillog_counts(box.log).recognised, 0);
	assert_int_equal(maillog_counts(box.log).unstamped, 2);
	log_box_close(&box);
}

/* A pass may end behind any line: the next one joins as if there had been none. */
static void the_next_pass_knows_what_was_open(void **state)
{
	(void)state;
	for (int i = LOG_AUTO + 1; i < LOG_FORMAT_COUNT; i++) {
		struct log_box whole, part;
		struct str saved = {0};
		size_t len;
		char *text = read_log(log_format_name((enum log_format)i), &len);

		log_box_open(&whole, LOG_AUTO);
		log_box_read_bytes(&whole, text, len);
		log_box_open(&part, LOG_AUTO);
		for (const char *at = text; at < text + len;) {
			const char *end = memchr(at, '\n', len - (size_t)(at - text));

			log_box_read_bytes(&part, at, (size_t)(end - at));
			str_clear(&saved);
			maillog_save(part.log, &saved);
			log_box_renew(&part);
			assert_true(maillog_restore(part.log, saved.text, saved.len));
			at = end + 1;
		}
		assert_string_equal(str_text(&part.out), str_text(&whole.out));
		log_box_close(&whole);
		log_box_close(&part);
		str_release(&saved);
		free(text);
	}
}

static void the_next_pass_knows_the_year(void **state)
{
	struct log_box box;
	struct str saved = {0};

	(void)state;
	log_box_open(&box, LOG_POSTFIX);
	log_box_read(&box,
		     "Dec 31 23:59:59 mx1 postfix/smtpd[7]: 4A1B2C3D4E: client=c[100.64.0.1], "
		     "sasl_username=eva\n");
	maillog_save(box.log, &saved);
	log_box_close(&box);
	log_box_open(&box, LOG_POSTFIX);
	assert_true(maillog_restore(box.log, saved.text, saved.len));
	/* In January of the same year, it would be eleven months before the id was opened. */
	log_box_read(&box,
		     "Jan  1 00:00:00 mx1 postfix/smtpd[7]: 5A1B2C3D4E: client=c[100.64.0.1]\n"
		     "Jan  6 00:00:01 mx1 postfix/smtpd[7]: 6A1B2C3D4E: client=c[100.64.0.1]\n"
		     "Jan  6 00:00:02 mx1 postfix/smtp[7]: 4A1B2C3D4E: to=<u@b.example>, "
		     "relay=x[192.0.2.1], delay=1, status=sent (ok)\n");
	assert_string_equal(str_text(&box.out), "sent - - - > b.example @x -: ok\n");
	log_box_close(&box);
	str_release(&saved);
}

/* Bytes that are not ours are refused and leave nothing behind. */
static void foreign_bytes_are_refused(void **state)
{
	struct log_box box, other;
	struct str saved = {0}, empty = {0};

	(void)state;
	log_box_open(&box, LOG_POSTFIX);
	maillog_save(box.log, &empty);
	log_box_read(&box,
		     "Nov 21 18:00:00 mx1 postfix/smtpd[7]: 4A1B2C3D4E: client=c[100.64.0.1], "
		     "sasl_method=PLAIN, sasl_username=eva\n");
	maillog_save(box.log, &saved);
	assert_true(maillog_restore(box.log, saved.text, saved.len));
	for (size_t i = 0; i < saved.len; i++) {
		saved.text[i] ^= 0x20;
		assert_false(maillog_restore(box.log, saved.text, saved.len));
		saved.text[i] ^= 0x20;
		assert_false(maillog_restore(box.log, saved.text, i));
	}
	str_add(&saved, "x");
	assert_false(maillog_restore(box.log, saved.text, saved.len));
	str_clear(&saved);
	maillog_save(box.log, &saved);
	assert_int_equal(saved.len, empty.len);
	assert_memory_equal(saved.text, empty.text, empty.len);
	log_box_open(&other, LOG_EXIM);
	assert_false(maillog_restore(other.log, saved.text, saved.len));
	log_box_close(&other);
	log_box_close(&box);
	str_release(&saved);
	str_release(&empty);
}

static void formats_have_words(void **state)
{
	(void)state;
	for (int i = 0; i < LOG_FORMAT_COUNT; i++)
		assert_int_equal(log_format_parse(log_format_name((enum log_format)i)), i);
	assert_string_equal(log_format_name(LOG_AUTO), "auto");
	assert_int_equal(log_format_parse("Postfix"), -1);
	assert_int_equal(log_format_parse(""), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(recognises_and_reads_each_format),
	    cmocka_unit_test(hostile_lines_change_nothing),
	    cmocka_unit_test(lines_may_end_anywhere),
	    cmocka_unit_test(foreign_lines_decide_nothing),
	    cmocka_unit_test(the_next_pass_knows_what_was_open),
	    cmocka_unit_test(the_next_pass_knows_the_year),
	    cmocka_unit_test(foreign_bytes_are_refused),
	    cmocka_unit_test(formats_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
