#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "store/outbox.h"

#include "base/mem.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT = 1790000000, MINUTE = 60 };

struct bench {
	char dir[FOLDER_BYTES];
	struct arena *arena;
	struct err err;
};

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	bench->arena = arena_new();
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	folder_remove(bench->dir);
	arena_free(bench->arena);
	free(bench);
	return 0;
}

static void must(struct bench *bench, bool ok)
{
	if (!ok)
		fail_msg("%s", bench->err.text);
}

static struct store *open_or_fail(struct bench *bench, enum store_mode mode)
{
	struct store *store = store_open(bench->dir, mode, &bench->err);

	if (!store)
		fail_msg("%s", bench->err.text);
	return store;
}

static struct outbox_letter letter_of(struct bench *bench, const char *uid, uint32_t seq,
				      const char *channel)
{
	return (struct outbox_letter){
	    .key = arena_printf(bench->arena, "%s.%u.%s", uid, seq, channel),
	    .uid = uid,
	    .seq = seq,
	    .channel = channel,
	    .kind = "opened",
	    .severity = "major",
	    .content_type = "application/json",
	    .subject = "",
	    .body = "{}",
	    .len = 2,
	    .created_at = AT,
	    .next_at = AT,
	    .error = "",
	};
}

static void add(struct bench *bench, struct store *store, struct outbox_letter *letter)
{
	must(bench, store_begin(store, &bench->err));
	must(bench, outbox_add(store, letter, &bench->err));
	must(bench, store_commit(store, &bench->err));
}

/* --- a letter comes back as it went in, whatever its bytes --- */

static void test_what_goes_in_comes_out(void **state)
{
	static const char body[] = "a\0b\r\n\xff\xfe{\"text\":\"\xe9\x9a\x9c\xe5\xae\xb3\"}";
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	struct outbox_letter in = letter_of(bench, "abc", 7, "noc");
	struct outbox_letter *out;
	size_t count;

	in.content_type = "text/plain; charset=utf-8";
	in.subject = "\xff not UTF-8";
	in.body = body;
	in.len = sizeof(body) - 1;
	in.error = "451 \x1b[31m";
	in.attempts = 3;
	add(bench, store, &in);
	assert_true(in.id > 0);
	store_close(store);
	store = open_or_fail(bench, STORE_READ);
	must(bench, outbox_due(store, NULL, AT, 10, bench->arena, &out, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_int_equal(out->id, in.id);
	assert_string_equal(out->key, "abc.7.noc");
	assert_string_equal(out->uid, "abc");
	assert_int_equal(out->seq, 7);
	assert_string_equal(out->channel, "noc");
	assert_string_equal(out->kind, "opened");
	assert_string_equal(out->severity, "major");
	assert_string_equal(out->content_type, in.content_type);
	assert_string_equal(out->subject, in.subject);
	assert_int_equal(out->len, in.len);
	assert_memory_equal(out->body, body, in.len);
	assert_int_equal(out->created_at, AT);
	assert_int_equal(out->next_at, AT);
	assert_int_equal(out->attempts, 3);
	assert_string_equal(out->error, in.error);
	assert_int_equal(out->state, OUTBOX_PENDING);
	must(bench, outbox_list(store, OUTBOX_PENDING, bench->arena, &out, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_int_equal(out->len, in.len);
	assert_string_equal(out->body, "");
	store_close(store);
}

static void test_a_key_twice_is_one_letter(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	struct outbox_letter first = letter_of(bench, "abc", 1, "noc");
	struct outbox_letter again = letter_of(bench, "abc", 1, "noc");
	struct outbox_letter other = letter_of(bench, "abc", 1, "chat");
	struct outbox_counts counts;

	add(bench, store, &first);
	/* Also when it was sent long since. */
	first.state = OUTBOX_SENT;
	first.ended_at = AT;
	must(bench, outbox_save(store, &first, &bench->err));
	add(bench, store, &again);
	add(bench, store, &other);
	assert_int_equal(again.id, 0);
	assert_true(other.id > first.id);
	must(bench, outbox_counts(store, &counts, &bench->err));
	assert_int_equal(counts.pending, 1);
	store_close(store);
}

/* --- what is due --- */

/* UID.SEQ of what is due, in order. */
static const char *due_text(struct bench *bench, struct store *store, const char *channel,
			    int64_t now, size_t max)
{
	const char *text = "";
	struct outbox_letter *out;
	size_t count;

	must(bench, outbox_due(store, channel, now, max, bench->arena, &out, &count, &bench->err));
	for (size_t i = 0; i < count; i++)
		text = arena_printf(bench->arena, "%s%s%s.%u", text, i ? " " : "", out[i].uid,
				    out[i].seq);
	return text;
}

static const struct {
	const char *uid;
	uint32_t seq;
	const char *channel;
	int64_t next_min;
	enum outbox_state state;
} stored[] = {
    {"a", 1, "noc", 5, OUTBOX_PENDING}, /* put off */
    {"b", 1, "noc", 0, OUTBOX_PENDING},  {"a", 2, "noc", 0, OUTBOX_PENDING},
    {"a", 1, "chat", 0, OUTBOX_PENDING}, {"c", 1, "noc", 0, OUTBOX_SENT},
    {"d", 1, "noc", 0, OUTBOX_DEAD},     {"d", 2, "noc", 0, OUTBOX_PENDING},
    {"e", 1, "chat", 9, OUTBOX_PENDING},
};

static const struct {
	const char *name;
	const char *channel;
	int64_t now_min;
	size_t max;
	const char *due;
} dues[] = {
    {"what is put off waits, and its thread behind it", "noc", 0, 10, "b.1 d.2"},
    {"a dead letter holds up nobody", "noc", 0, 10, "b.1 d.2"},
    {"another channel has its own time", "chat", 0, 10, "a.1"},
    {"then all go in order", "noc", 5, 10, "a.1 b.1 a.2 d.2"},
    {"of all channels", NULL, 9, 10, "a.1 b.1 a.2 a.1 d.2 e.1"},
    {"at most so many", NULL, 9, 2, "a.1 b.1"},
    {"nobody's", "none", 9, 10, ""},
};

static void test_what_is_due(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);

	for (size_t i = 0; i < COUNT_OF(stored); i++) {
		struct outbox_letter letter =
		    letter_of(bench, stored[i].uid, stored[i].seq, stored[i].channel);

		letter.next_at = AT + stored[i].next_min * MINUTE;
		letter.state = stored[i].state;
		add(bench, store, &letter);
	}
	for (size_t i = 0; i < COUNT_OF(dues); i++) {
		const char *due = due_text(bench, store, dues[i].channel,
					   AT + dues[i].now_min * MINUTE, dues[i].max);

		if (strcmp(due, dues[i].due) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", dues[i].name, due, dues[i].due);
	}
	store_close(store);
}

/* --- what came of it --- */

static void test_states_and_their_end(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	struct outbox_letter sent = letter_of(bench, "a", 1, "noc");
	struct outbox_letter dead = letter_of(bench, "b", 1, "noc");
	struct outbox_letter open = letter_of(bench, "c", 1, "noc");
	struct outbox_letter *out;
	struct outbox_counts counts;
	size_t count;

	add(bench, store, &sent);
	add(bench, store, &dead);
	open.created_at = AT - 50;
	add(bench, store, &open);
	sent.state = OUTBOX_SENT;
	sent.ended_at = AT;
	dead.state = OUTBOX_DEAD;
	dead.ended_at = AT + 10;
	dead.attempts = 12;
	dead.error = "550 no";
	/* Alone, and within a transaction. */
	must(bench, outbox_save(store, &sent, &bench->err));
	must(bench, store_begin(store, &bench->err));
	must(bench, outbox_save(store, &dead, &bench->err));
	must(bench, store_commit(store, &bench->err));
	must(bench, outbox_counts(store, &counts, &bench->err));
	assert_int_equal(counts.pending, 1);
	assert_int_equal(counts.dead, 1);
	assert_int_equal(counts.oldest_pending_at, AT - 50);
	must(bench, outbox_list(store, OUTBOX_DEAD, bench->arena, &out, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_int_equal(out->attempts, 12);
	assert_string_equal(out->error, "550 no");
	assert_int_equal(out->ended_at, AT + 10);

	must(bench, outbox_trim(store, AT + OUTBOX_KEPT_S + 1, &bench->err));
	must(bench, outbox_list(store, OUTBOX_SENT, bench->arena, &out, &count, &bench->err));
	assert_int_equal(count, 0);
	must(bench, outbox_list(store, OUTBOX_DEAD, bench->arena, &out, &count, &bench->err));
	assert_int_equal(count, 1);
	/* What is pending stays, however old it is. */
	must(bench, outbox_trim(store, AT + 100LL * OUTBOX_KEPT_S, &bench->err));
	must(bench, outbox_counts(store, &counts, &bench->err));
	assert_int_equal(counts.pending, 1);
	assert_int_equal(counts.dead, 0);
	store_close(store);
}

static void test_channels(void **state)
{
	static const struct {
		int64_t at;
		const char *error;
		int64_t taken, failing;
	} step[] = {
	    {AT, NULL, AT, 0},
	    {AT + 1, "down", AT, AT + 1},
	    {AT + 2, "still down", AT, AT + 1},
	    {AT + 3, NULL, AT + 3, 0},
	};
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	struct outbox_channel *out;
	size_t count;

	must(bench, outbox_note(store, "z", AT, "never up", &bench->err));
	for (size_t i = 0; i < COUNT_OF(step); i++) {
		must(bench, outbox_note(store, "noc", step[i].at, step[i].error, &bench->err));
		must(bench, outbox_channels(store, bench->arena, &out, &count, &bench->err));
		assert_int_equal(count, 2);
		assert_string_equal(out[0].name, "noc");
		assert_int_equal(out[0].taken_at, step[i].taken);
		assert_int_equal(out[0].failing_since, step[i].failing);
		assert_string_equal(out[0].error, step[i].error ? step[i].error : "");
	}
	assert_int_equal(out[1].taken_at, 0);
	assert_int_equal(out[1].failing_since, AT);
	store_close(store);
}

/* --- dying, and a full disk --- */

/* Three letters a transaction; tells how many there are once they are safe. */
static void write_until_killed(struct bench *bench, uint32_t first, int report)
{
	struct store *store = open_or_fail(bench, STORE_WRITE);

	for (uint32_t seq = first;; seq += 3) {
		if (!store_begin(store, &bench->err))
			_exit(1);
		for (uint32_t i = 0; i < 3; i++) {
			struct outbox_letter letter = letter_of(bench, "kill", seq + i, "noc");

			if (!outbox_add(store, &letter, &bench->err))
				_exit(1);
		}
		if (!store_commit(store, &bench->err) ||
		    write(report, &seq, sizeof(seq)) != sizeof(seq))
			_exit(1);
	}
}

/* The number of the last transaction that was reported, or `before`. */
static uint32_t write_and_kill(struct bench *bench, uint32_t first, unsigned delay_us)
{
	uint32_t last = 0;
	uint32_t seq;
	int report[2];
	int status;
	pid_t pid;

	assert_int_equal(pipe(report), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(report[0]);
		write_until_killed(bench, first, report[1]);
	}
	close(report[1]);
	usleep(delay_us);
	kill(pid, SIGKILL);
	while (read(report[0], &seq, sizeof(seq)) == sizeof(seq))
		last = seq;
	close(report[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	return last;
}

static void test_kills_lose_no_letter(void **state)
{
	struct bench *bench = *state;
	uint64_t acknowledged = 0;
	unsigned seed = 20261121;
	uint32_t next = 1;

	for (int i = 0; i < 60; i++) {
		struct outbox_counts counts;
		struct store *store;
		uint32_t last;

		seed = seed * 1103515245U + 12345U;
		last = write_and_kill(bench, next, (seed >> 16) % 16000);
		if (last)
			acknowledged = last + 2;
		store = open_or_fail(bench, STORE_WRITE);
		must(bench, outbox_counts(store, &counts, &bench->err));
		/* All of a transaction or nothing. */
		assert_int_equal(counts.pending % 3, 0);
		assert_true(counts.pending >= acknowledged);
		next = (uint32_t)counts.pending + 1;
		store_close(store);
	}
	assert_true(acknowledged > 0);
}

static int use_a_full_disk(struct bench *bench)
{
	static char big[20000];
	struct outbox_letter kept = letter_of(bench, "kept", 1, "noc");
	struct outbox_counts counts;
	struct store *store;
	bool ok = true;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", bench->dir, "tmpfs", 0, "size=2m") != 0)
		return 77;
	memset(big, 'x', sizeof(big) - 1);
	store = open_or_fail(bench, STORE_WRITE);
	add(bench, store, &kept);
	must(bench, store_begin(store, &bench->err));
	for (uint32_t seq = 1; ok && seq < 500; seq++) {
		struct outbox_letter letter = letter_of(bench, "big", seq, "noc");

		letter.body = big;
		letter.len = sizeof(big) - 1;
		ok = outbox_add(store, &letter, &bench->err);
	}
	assert_false(store_commit(store, &bench->err));
	assert_non_null(strstr(bench->err.text, "disk is full"));
	must(bench, outbox_counts(store, &counts, &bench->err));
	assert_int_equal(counts.pending, 1);
	kept.state = OUTBOX_SENT;
	must(bench, outbox_save(store, &kept, &bench->err));
	store_close(store);
	return 0;
}

static void test_a_full_disk(void **state)
{
	struct bench *bench = *state;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(use_a_full_disk(bench));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_what_goes_in_comes_out),
	    TEST(test_a_key_twice_is_one_letter),
	    TEST(test_what_is_due),
	    TEST(test_states_and_their_end),
	    TEST(test_channels),
	    TEST(test_kills_lose_no_letter),
	    TEST(test_a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
