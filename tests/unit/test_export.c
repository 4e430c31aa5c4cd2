#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "maillog/export.h"

#include <stdlib.h>
#include <string.h>

/* Each entry as "TIME HOST TAG PID TEXT|", "?|" for one without a time; bytes that are no letters
 * of a line as a dot. */
static void write_entry(void *context, const struct log_line *line)
{
	struct str *out = context;

	if (!line) {
		str_add(out, "?|");
		return;
	}
	str_addf(out, "%jd %.*s %.*s %.*s ", (intmax_t)line->at, (int)line->host.len, line->host.at,
		 (int)line->tag.len, line->tag.at, (int)line->pid.len, line->pid.at);
	for (size_t i = 0; i < line->text.len; i++)
		str_add_char(out, (unsigned char)line->text.at[i] < ' ' ? '.' : line->text.at[i]);
	str_add_char(out, '|');
}

/* Texts with their length, because some hold NULs. */
#define BYTES(text) text, sizeof(text) - 1

#define TIME "__REALTIME_TIMESTAMP=1795219200999999\n"
#define FROM "_HOSTNAME=mx1\nSYSLOG_IDENTIFIER=postfix/smtp\n_PID=99\n"

static const struct {
	const char *name;
	const char *bytes;
	size_t len;
	const char *entries;
	uint64_t damaged, pending;
} export_case[] = {
    {"text fields", BYTES("__CURSOR=s=1;i=1\n" TIME FROM "MESSAGE=a=b c\n\n"),
     "1795219200 mx1 postfix/smtp 99 a=b c|", 0, 0},
    {"fields in any order, unknown ones between",
     BYTES("MESSAGE=a\nPRIORITY=6\n_PID=99\n_UID=0\n" TIME "_HOSTNAME=mx1\n"
	   "SYSLOG_IDENTIFIER=exim\n_TRANSPORT=syslog\n\n"),
     "1795219200 mx1 exim 99 a|", 0, 0},
    {"a binary field holds line ends and NULs",
     BYTES(TIME FROM "MESSAGE\n\5\0\0\0\0\0\0\0a\n\0\n\n\n\n"),
     "1795219200 mx1 postfix/smtp 99 a....|", 0, 0},
    {"one without bytes", BYTES(TIME FROM "MESSAGE\n\0\0\0\0\0\0\0\0\n\n"),
     "1795219200 mx1 postfix/smtp 99 |", 0, 0},
    {"a binary field that looks like an entry",
     BYTES(TIME "BLOB\n\x14\0\0\0\0\0\0\0\n\n__CURSOR=s\nMESSAGE\n" FROM "MESSAGE=b\n\n"),
     "1795219200 mx1 postfix/smtp 99 b|", 0, 0},
    {"two entries", BYTES(TIME FROM "MESSAGE=a\n\n" TIME "MESSAGE=b\n\n"),
     "1795219200 mx1 postfix/smtp 99 a|1795219200    b|", 0, 0},
    {"empty lines more than needed", BYTES("\n\n" TIME "MESSAGE=a\n\n\n\n"), "1795219200    a|", 0,
     0},
    {"without a tag the command", BYTES(TIME "_COMM=smtpd\nMESSAGE=a\n\n"), "1795219200  smtpd  a|",
     0, 0},
    {"what the journal knows goes before what it was told",
     BYTES(TIME "SYSLOG_PID=7\n_PID=99\n\n" TIME "SYSLOG_PID=7\n\n"),
     "1795219200   99 |1795219200   7 |", 0, 0},
    {"of a field given twice the first", BYTES(TIME "MESSAGE=a\nMESSAGE=b\n\n"), "1795219200    a|",
     0, 0},
    {"no message", BYTES(TIME FROM "\n"), "1795219200 mx1 postfix/smtp 99 |", 0, 0},
    {"no time", BYTES(FROM "MESSAGE=a\n\n"), "?|", 0, 0},
    {"no time that can be read",
     BYTES("__REALTIME_TIMESTAMP=17952192009x\n\n__REALTIME_TIMESTAMP=-1\n\n"
	   "__REALTIME_TIMESTAMP=99999999999999999999\n\n__REALTIME_TIMESTAMP=\n\n"
	   "__REALTIME_TIMESTAMP=253402300800000000\n\n"),
     "?|?|?|?|?|", 0, 0},
    {"a name that is nearly one", BYTES(TIME "MESSAG=a\nMESSAGES=b\nmessage=c\n=d\n\n"),
     "1795219200    |", 0, 0},
    {"a name longer than any",
     BYTES(TIME "MESSAGEMESSAGEMESSAGEMESSAGEMESSAGEMESSAGEMESSAGEMESSAGEMESSAGEMESSAGE=a\n\n"),
     "1795219200    |", 0, 0},
    {"no end", BYTES(TIME "MESSAGE=a\n\nMESSAGE=b\n"), "1795219200    a|", 0, 10},
    {"no end of a value", BYTES(TIME "MESSAGE=a\n\nMESSAGE\n\5\0\0\0\0\0\0\0ab"),
     "1795219200    a|", 0, 18},
    {"no end of a length", BYTES(TIME "MESSAGE=a\n\nMESSAGE\n\5\0"), "1795219200    a|", 0, 10},
    {"a length that cannot be",
     BYTES(TIME "MESSAGE\n\377\377\377\377\377\377\377\377abc\n\n__CURSOR=s\n" TIME
		"MESSAGE=b\n\n"),
     "1795219200    b|", 1, 0},
    {"a value longer than it says",
     BYTES(TIME "MESSAGE\n\1\0\0\0\0\0\0\0abc\n\n_\n__\n\n__CURSOR=s\n" TIME "MESSAGE=b\n\n"),
     "1795219200    b|", 1, 0},
    {"an entry without an end before another",
     BYTES("__CURSOR=a\n" TIME "MESSAGE=a\n__CURSOR=b\n" TIME "MESSAGE=b\n\n"), "1795219200    b|",
     1, 0},
    {"nothing", "", 0, "", 0, 0},
    {"what is none at all", BYTES("Nov 21 18:00:00 mx1 postfix/smtp[99]: hello\n"), "", 0, 44},
};

static void check(size_t row, size_t block)
{
	struct str out = {0};
	struct export *export = export_new(write_entry, &out);
	struct export_counts counts;

	for (size_t at = 0; at < export_case[row].len; at += block) {
		const size_t left = export_case[row].len - at;
		const size_t len = left < block ? left : block;
		/* A copy of exactly its size, so that a sanitizer sees a byte too far. */
		char *bytes = xcalloc(len, 1);

		memcpy(bytes, export_case[row].bytes + at, len);
		export_feed(export, bytes, len);
		free(bytes);
	}
	counts = export_counts(export);
	if (strcmp(str_text(&out), export_case[row].entries) != 0 ||
	    counts.damaged != export_case[row].damaged ||
	    counts.pending != export_case[row].pending)
		fail_msg("%s, %zu bytes at once: '%s', damaged %ju, pending %ju",
			 export_case[row].name, block, str_text(&out), (uintmax_t)counts.damaged,
			 (uintmax_t)counts.pending);
	export_free(export);
	str_release(&out);
}

static void decodes_blocks_of_any_size(void **state)
{
	static const size_t block[] = {1, 2, 3, 7, 64, 65536};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(export_case); i++)
		for (size_t j = 0; j < COUNT_OF(block); j++)
			check(i, block[j]);
}

static void count_text(void *context, const struct log_line *line)
{
	size_t *sum = context;

	*sum += line ? line->text.len : 0;
}

/* A field of `len` bytes, then the entry's end. */
static void feed_large(struct export *export, const char *name, uint64_t len)
{
	static char block[1 << 16];
	char length[8];

	for (size_t i = 0; i < sizeof(length); i++)
		length[i] = (char)(len >> 8 * i & 255);
	export_feed(export, TIME, sizeof(TIME) - 1);
	export_feed(export, name, strlen(name));
	export_feed(export, "\n", 1);
	export_feed(export, length, sizeof(length));
	memset(block, 'x', sizeof(block));
	for (uint64_t left = len; left;) {
		const size_t part = left < sizeof(block) ? (size_t)left : sizeof(block);

		export_feed(export, block, part);
		left -= part;
	}
	export_feed(export, "\n\n", 2);
}

static void large_fields_are_cut_or_passed_over(void **state)
{
	size_t sum = 0;
	struct export *export = export_new(count_text, &sum);

	(void)state;
	feed_large(export, "MESSAGE", EXPORT_VALUE_MAX_BYTES);
	assert_int_equal(export_counts(export).cut, 0);
	feed_large(export, "MESSAGE", 3 << 20);
	assert_int_equal(export_counts(export).cut, 1);
	feed_large(export, "COREDUMP", 5 << 20);
	assert_int_equal(sum, 2 * EXPORT_VALUE_MAX_BYTES);
	assert_int_equal(export_counts(export).entries, 3);
	assert_int_equal(export_counts(export).cut, 1);
	assert_int_equal(export_counts(export).damaged, 0);
	assert_int_equal(export_counts(export).pending, 0);
	export_free(export);
}

#define ID "0123456789abcdef0123456789abcdef"

static void what_is_known_is_left_out(void **state)
{
	static const struct {
		const char *cursor;
		bool is_known;
	} row[] = {
	    {"s=" ID ";i=ff;b=1", true},
	    {"s=" ID ";i=1;", true},
	    {"s=" ID ";i=100;b=1", false},
	    {"s=" ID ";i=ffffffffffffffff;b=1", false},
	    {"s=" ID ";i=0ffffffffffffffff;b=1", false}, /* no number of theirs */
	    {"s=ffffffffffffffffffffffffffffffff;i=1;b=1", false},
	    {"s=" ID "0;i=1;b=1", false},
	    {"s=" ID ";i=;b=1", false},
	    {"s=" ID ";i=1", false},
	    {"s=" ID ";i=X;", false},
	    {"", false},
	};
	struct entry_place known[2] = {{.number = 0}};

	(void)state;
	assert_true(entry_place_read(slice_text("s=" ID ";i=ff;"), &known[1]));
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};
		struct str bytes = {0};
		struct export *export = export_new(write_entry, &out);

		str_addf(&bytes, "__CURSOR=%s\n" TIME "MESSAGE=a\n\n", row[i].cursor);
		export_skip(export, known, COUNT_OF(known));
		export_feed(export, bytes.text, bytes.len);
		if (export_counts(export).known != row[i].is_known || !out.len != row[i].is_known)
			fail_msg("%s: is known or is not", row[i].cursor);
		assert_int_equal(export_counts(export).entries, 1);
		export_free(export);
		str_release(&bytes);
		str_release(&out);
	}
}

static void a_file_is_known_by_its_beginning(void **state)
{
	(void)state;
	assert_true(export_begins(BYTES("__CURSOR=s=4f0")));
	assert_false(export_begins(BYTES("__CURSOR")));
	assert_false(export_begins(BYTES("\n__CURSOR=s")));
	assert_false(export_begins(BYTES("Nov 21 18:00:00 mx1 x: __CURSOR=s")));
	assert_false(export_begins(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decodes_blocks_of_any_size),
	    cmocka_unit_test(large_fields_are_cut_or_passed_over),
	    cmocka_unit_test(what_is_known_is_left_out),
	    cmocka_unit_test(a_file_is_known_by_its_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
