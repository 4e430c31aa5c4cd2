#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "run/tallier.h"

#include "base/mem.h"
#include "maillog/maillog.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FEW = 100, /* no thread */
	MANY = 70000, /* batch after batch */
	FULL_AT_MOST = 2000000,
	REPLY_BYTES = 300 * 1024 /* more than a batch holds */
};

static const struct reply_rule rules[] = {
    {"no-user", "", "5.1.1", "", REPLY_RECIPIENT_UNKNOWN, SCOPE_RECIPIENT, ""},
    {"slow", "", "4.7.28", "", REPLY_RATE_LIMIT, SCOPE_IP, ""},
};
static const char *const google[] = {".google.com", NULL};
static const struct receiver_rule receiver = {.name = "gmail", .mx = google, .mxs = 1};
static const struct zone utc = {0};

static struct replies *new_rules(void)
{
	struct err err;
	struct replies *replies = replies_new(rules, COUNT_OF(rules), &receiver, 1, &err);

	assert_non_null(replies);
	return replies;
}

/* Mail number `i`: no two in a row are alike, and all that can be missing is missing at times. */
static void hand_over(delivery_fn *take, void *context, unsigned i)
{
	static const char *const status[OUTCOME_COUNT] = {"2.0.0", "4.7.28", "5.1.1", ""};
	char account[64], domain[64], mx[64], reply[128];
	const struct delivery delivery = {
	    .at = 1795000000 + i * 7,
	    .address = {.family = i % 11 ? 4 : 0, .byte = {198, 18, 0, (uint8_t)(i % 5)}},
	    .account = slice_of(
		account, (size_t)snprintf(account, sizeof(account), "a%u", i % 700) * (i % 13 > 0)),
	    .sender_domain =
		slice_of(domain, (size_t)snprintf(domain, sizeof(domain), "D%u.example", i % 300) *
				     (i % 17 > 0)),
	    .mx = slice_of(mx, (size_t)snprintf(mx, sizeof(mx), "mx%u.google.com", i % 3) *
				   (i % 19 > 0)),
	    .outcome = (enum outcome)(i % 7 < OUTCOME_COUNT ? i % 7 : OUTCOME_SENT),
	    .status = slice_text(status[i % 7 < OUTCOME_COUNT ? i % 7 : OUTCOME_SENT]),
	    .reply = slice_of(reply, (size_t)snprintf(reply, sizeof(reply), "words of %u", i)),
	};

	take(context, &delivery);
}

static void expect_replies(const struct tally *got, const struct tally *wanted)
{
	size_t got_count, count;
	const struct tally_reply *const a = tally_replies(got, &got_count);
	const struct tally_reply *const b = tally_replies(wanted, &count);

	assert_int_equal(got_count, count);
	for (size_t i = 0; i < count; i++) {
		assert_memory_equal(&a[i], &b[i], offsetof(struct tally_reply, words));
		assert_string_equal(a[i].words, b[i].words);
	}
}

static void expect_same(const struct tally *got, const struct tally *wanted)
{
	const struct tally_totals a = tally_totals(got), b = tally_totals(wanted);
	size_t n, m;

	assert_memory_equal(&a, &b, sizeof(a));
#define EXPECT(rows_of)                                                                            \
	do {                                                                                       \
		const void *const rows = rows_of(got, &n);                                         \
		const void *const wanted_rows = rows_of(wanted, &m);                               \
                                                                                                   \
		assert_int_equal(n, m);                                                            \
		assert_memory_equal(rows, wanted_rows, n * sizeof(*rows_of(got, &n)));             \
	} while (0)
	EXPECT(tally_hours);
	EXPECT(tally_accounts);
	EXPECT(tally_domains);
	EXPECT(tally_receivers);
#undef EXPECT
	expect_replies(got, wanted);
	for (int kind = 0; kind < TALLY_KIND_COUNT; kind++)
		assert_int_equal(tally_texts(got, (enum tally_kind)kind),
				 tally_texts(wanted, (enum tally_kind)kind));
}

struct pair {
	struct replies *replies[2];
	struct tallier *tallier;
	struct tally *alone;
};

static struct pair pair_new(void)
{
	struct pair pair = {.replies = {new_rules(), new_rules()}};

	pair.tallier = tallier_new(tally_new(&utc, pair.replies[0]));
	pair.alone = tally_new(&utc, pair.replies[1]);
	return pair;
}

static void pair_take(void *context, const struct delivery *delivery)
{
	struct pair *const pair = context;

	tallier_add(pair->tallier, delivery);
	tally_add(pair->alone, delivery);
}

static void pair_end(struct pair *pair)
{
	tallier_free(pair->tallier);
	tally_free(pair->alone);
	replies_free(pair->replies[0]);
	replies_free(pair->replies[1]);
}

/* Asked often, seldom, and in the middle of a batch; forgotten in between, as once it is full. */
static void counts_are_those_of_a_tally(void **state)
{
	static const struct {
		unsigned count, ask_every, clear_every;
	} row[] = {{0, 1, 1},          {1, 1, 1},           {FEW, 7, FEW},  {MANY, MANY, MANY},
		   {MANY, 9973, MANY}, {MANY, 1000, 30000}, {MANY, 1, MANY}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct pair pair = pair_new();

		for (unsigned n = 0; n < row[i].count; n++) {
			hand_over(pair_take, &pair, n);
			if (n % row[i].ask_every == 0 || n % row[i].clear_every == 0)
				assert_int_equal(
				    tally_totals(tallier_tally(pair.tallier)).deliveries, n + 1);
			if (n % row[i].clear_every)
				continue;
			expect_same(tallier_tally(pair.tallier), pair.alone);
			tally_clear(tallier_tally(pair.tallier));
			tally_clear(pair.alone);
		}
		expect_same(tallier_tally(pair.tallier), pair.alone);
		pair_end(&pair);
	}
}

/* Of equal moments the words that came last are kept, so their order counts. */
static void what_no_batch_holds_keeps_its_place(void **state)
{
	char *const words = xcalloc(REPLY_BYTES, 1);
	const struct delivery huge = {.at = 1795000000 + MANY * 7,
				      .mx = slice_text("mx.google.com"),
				      .outcome = OUTCOME_DEFERRED,
				      .reply = slice_of(words, REPLY_BYTES)};
	struct delivery small = huge;
	struct pair pair = pair_new();

	(void)state;
	memset(words, 'x', REPLY_BYTES);
	for (unsigned n = 0; n < MANY; n++)
		hand_over(pair_take, &pair, n);
	for (int turn = 0; turn < 3; turn++) {
		small.reply = slice_text("before");
		pair_take(&pair, &small);
		pair_take(&pair, &huge);
		expect_same(tallier_tally(pair.tallier), pair.alone);
		small.reply = slice_text("behind");
		pair_take(&pair, &huge);
		pair_take(&pair, &small);
		expect_same(tallier_tally(pair.tallier), pair.alone);
	}
	pair_end(&pair);
	free(words);
}

static void it_says_when_it_is_full(void **state)
{
	struct tallier *tallier = tallier_new(tally_new(&utc, NULL));
	struct delivery delivery = {.at = 1795000000, .mx = slice_text("mx.example")};
	char account[64];
	unsigned n = 0;

	(void)state;
	for (; n < FULL_AT_MOST && !tallier_is_full(tallier); n++) {
		delivery.account =
		    slice_of(account, (size_t)snprintf(account, sizeof(account), "account%u", n));
		tallier_add(tallier, &delivery);
	}
	assert_in_range(n, MANY, FULL_AT_MOST - 1);
	tally_clear(tallier_tally(tallier));
	assert_false(tallier_is_full(tallier));
	for (unsigned i = 0; i < MANY; i++)
		hand_over(tallier_add, tallier, i);
	tallier_tally(tallier);
	assert_false(tallier_is_full(tallier));
	tallier_free(tallier);
}

struct loading {
	struct replies *replies;
	pthread_t by;
	int times;
};

static struct replies *load(void *context)
{
	struct loading *const loading = context;

	loading->by = pthread_self();
	loading->times++;
	return loading->replies;
}

/* They may come from what only this thread may write to. */
static void rules_are_loaded_by_the_caller(void **state)
{
	const struct delivery nowhere = {.at = 1795000000, .outcome = OUTCOME_SENT};
	struct loading loading = {.replies = new_rules()};
	struct tally *const tally = tally_new(&utc, NULL);
	struct tallier *const tallier = tallier_new(tally);

	(void)state;
	tally_load_later(tally, load, &loading);
	tallier_add(tallier, &nowhere);
	assert_int_equal(loading.times, 0);
	for (unsigned n = 0; n < MANY; n++)
		tallier_add(tallier, &nowhere);
	hand_over(tallier_add, tallier, 2);
	assert_int_equal(tally_totals(tallier_tally(tallier)).unmatched, 0);
	assert_int_equal(loading.times, 1);
	assert_true(pthread_equal(loading.by, pthread_self()));
	tallier_free(tallier);
	replies_free(loading.replies);
}

static volatile sig_atomic_t seen;

static void note_signal(int number)
{
	seen = number;
}

/* A signal for the process reaches the thread that has to stop the work, not the other. */
static void signals_stay_with_the_caller(void **state)
{
	const struct sigaction action = {.sa_handler = note_signal};
	struct tallier *const tallier = tallier_new(tally_new(&utc, NULL));
	sigset_t set;

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	for (unsigned n = 0; n < MANY; n++)
		hand_over(tallier_add, tallier, n);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	tallier_free(tallier); /* the other has ended, and would have seen it */
	assert_int_equal(seen, 0);
	assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &set, NULL), 0);
	assert_int_equal(seen, SIGUSR1);
}

/* What waits then is of no use to anybody. */
static void it_can_be_left_at_any_time(void **state)
{
	(void)state;
	tallier_free(NULL);
	for (unsigned count = 0; count <= MANY; count += MANY / 5) {
		struct tallier *const tallier = tallier_new(tally_new(&utc, NULL));

		for (unsigned n = 0; n < count; n++)
			hand_over(tallier_add, tallier, n);
		tallier_free(tallier);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_are_those_of_a_tally),
	    cmocka_unit_test(what_no_batch_holds_keeps_its_place),
	    cmocka_unit_test(it_says_when_it_is_full),
	    cmocka_unit_test(rules_are_loaded_by_the_caller),
	    cmocka_unit_test(signals_stay_with_the_caller),
	    cmocka_unit_test(it_can_be_left_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
