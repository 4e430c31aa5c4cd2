#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "maillog/tally.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct reply_rule rules[] = {
    {"no-user", "", "5.1.1", "", REPLY_RECIPIENT_UNKNOWN, SCOPE_RECIPIENT, ""},
    {"spam", "", "5.7.1", "spam", REPLY_CONTENT, SCOPE_MESSAGE, ""},
    {"slow", "", "4.7.28", "", REPLY_RATE_LIMIT, SCOPE_IP, ""},
};

static const char *const google[] = {".google.com", NULL};
static const char *const outlook[] = {".outlook.com", NULL};
static const struct receiver_rule receivers[] = {
    {.name = "gmail", .mx = google, .mxs = 1},
    {.name = "microsoft", .mx = outlook, .mxs = 1},
};

/* --- what is written down of a delivery, and where --- */

struct mail {
	const char *at; /* 2026-03-29T00:30:00, UTC */
	const char *ip, *account, *domain, *mx;
	enum outcome outcome;
	const char *status, *reply;
};

static int64_t stamp(const char *text)
{
	int year, month, day, hour, minute, second;

	assert_int_equal(
	    sscanf(text, "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &second), 6);
	return civil_days((struct civil_date){year, (uint8_t)month, (uint8_t)day}) * 86400 +
	       hour * 3600 + minute * 60 + second;
}

static void add(struct tally *tally, const struct mail *mail)
{
	struct delivery delivery = {
	    .at = stamp(mail->at),
	    .account = slice_text(mail->account),
	    .sender_domain = slice_text(mail->domain),
	    .recipient_domain = slice_text("example.net"),
	    .mx = slice_text(mail->mx),
	    .outcome = mail->outcome,
	    .status = slice_text(mail->status ? mail->status : ""),
	    .reply = slice_text(mail->reply ? mail->reply : ""),
	};

	if (mail->ip)
		assert_true(ip_parse(mail->ip, &delivery.address));
	tally_add(tally, &delivery);
}

struct bench {
	struct replies *replies;
	struct tally *tally;
};

static const struct zone utc = {0};

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));
	struct err err;

	bench->replies = replies_new(rules, COUNT_OF(rules), receivers, COUNT_OF(receivers), &err);
	assert_non_null(bench->replies);
	bench->tally = tally_new(&utc, bench->replies);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	tally_free(bench->tally);
	replies_free(bench->replies);
	free(bench);
	return 0;
}

/* "2026-03-29 01 198.18.0.1" and so on: every row as a line, in the order they came. */
static const char *day_text(int32_t day)
{
	static char text[CIVIL_TEXT_BYTES];

	return civil_date_text(civil_from_days(day), text);
}

static void add_address(struct str *out, const struct tally *tally, uint32_t number)
{
	const struct ip ip = tally_address(tally, number);
	char text[IP_TEXT_BYTES];

	str_addf(out, " %s", ip.family ? ip_text(&ip, text) : "-");
}

static void add_text(struct str *out, const struct tally *tally, enum tally_kind kind,
		     uint32_t number)
{
	const struct slice text = tally_text(tally, kind, number);

	str_addf(out, " %.*s", (int)text.len, text.at);
}

static void hours_text(struct str *out, const struct tally *tally)
{
	size_t count;
	const struct tally_hour *row = tally_hours(tally, &count);

	for (size_t i = 0; i < count; i++) {
		str_addf(out, "%s %02u", day_text(row[i].key.day), row[i].key.part);
		add_address(out, tally, row[i].key.address);
		for (size_t j = 0; j < OUTCOME_COUNT; j++)
			str_addf(out, " %u", (unsigned)row[i].by_outcome[j]);
		str_add_char(out, '\n');
	}
}

static void accounts_text(struct str *out, const struct tally *tally)
{
	size_t count;
	const struct tally_account *row = tally_accounts(tally, &count);

	for (size_t i = 0; i < count; i++) {
		str_add(out, day_text(row[i].key.day));
		add_text(out, tally, TALLY_ACCOUNT, row[i].key.who);
		add_address(out, tally, row[i].key.address);
		for (size_t j = 0; j < OUTCOME_COUNT; j++)
			str_addf(out, " %u", row[i].by_outcome[j]);
		str_addf(out, " unknown %u blocked %u receivers %d\n", row[i].unknown_user,
			 row[i].blocked, __builtin_popcountll(row[i].receivers));
	}
}

static void domains_text(struct str *out, const struct tally *tally)
{
	size_t count;
	const struct tally_domain *row = tally_domains(tally, &count);

	for (size_t i = 0; i < count; i++) {
		str_add(out, day_text(row[i].key.day));
		add_text(out, tally, TALLY_DOMAIN, row[i].key.who);
		add_address(out, tally, row[i].key.address);
		for (size_t j = 0; j < OUTCOME_COUNT; j++)
			str_addf(out, " %u", row[i].by_outcome[j]);
		str_addf(out, " gmail %u microsoft %u yahoo %u\n", row[i].to_gmail,
			 row[i].to_microsoft, row[i].to_yahoo);
	}
}

static void replies_text(struct str *out, const struct tally *tally)
{
	size_t count;
	const struct tally_reply *row = tally_replies(tally, &count);

	for (size_t i = 0; i < count; i++) {
		add_text(out, tally, TALLY_RECEIVER, row[i].key.who);
		str_addf(out, " %s %s", reply_cause_name(tally_cause(&row[i])),
			 reply_scope_name(tally_scope(&row[i])));
		for (size_t j = 0; j < OUTCOME_COUNT; j++)
			str_addf(out, " %u", (unsigned)row[i].by_outcome[j]);
		str_addf(out, " unmatched %u over %d s: %s\n", (unsigned)row[i].unmatched,
			 (int)(row[i].last_at - row[i].first_at), row[i].words);
	}
}

#define GMAIL   "gmail-smtp-in.l.google.com"
#define OUTLOOK "x.mail.protection.outlook.com"
#define A       "198.18.0.1"
#define B       "2001:db8::1"

static const struct mail some[] = {
    {"2026-11-20T23:59:59", A, "eva", "A.example", GMAIL, OUTCOME_SENT, NULL, NULL},
    {"2026-11-21T00:00:00", A, "eva", "a.example", OUTLOOK, OUTCOME_SENT, NULL, NULL},
    {"2026-11-21T00:10:00", A, "eva", "a.example", "mx.example", OUTCOME_SENT, NULL, NULL},
    {"2026-11-21T00:20:00", A, "eva", "a.example", GMAIL, OUTCOME_BOUNCED, "5.1.1",
     "550-5.1.1 no such user"},
    {"2026-11-21T00:30:00", A, "eva", "a.example", GMAIL, OUTCOME_BOUNCED, "5.7.1",
     "550 5.7.1 looks like spam"},
    {"2026-11-21T00:50:00", B, "", "", OUTLOOK, OUTCOME_DEFERRED, "4.9.9", "newer words"},
    {"2026-11-21T00:40:00", B, "", "", OUTLOOK, OUTCOME_DEFERRED, "4.9.9", "older words"},
    {"2026-11-21T01:00:00", NULL, "max", "", "", OUTCOME_EXPIRED, "", ""},
};

static void every_delivery_stands_where_it_belongs(void **state)
{
	const struct bench *bench = *state;
	struct str out = {0};
	struct tally_totals totals;

	for (size_t i = 0; i < COUNT_OF(some); i++)
		add(bench->tally, &some[i]);

	hours_text(&out, bench->tally);
	assert_string_equal(str_text(&out), "2026-11-20 23 198.18.0.1 1 0 0 0\n"
					    "2026-11-21 00 198.18.0.1 2 0 2 0\n"
					    "2026-11-21 00 2001:db8::1 0 2 0 0\n"
					    "2026-11-21 01 - 0 0 0 1\n");
	str_clear(&out);
	accounts_text(&out, bench->tally);
	assert_string_equal(str_text(&out),
			    "2026-11-20 eva 198.18.0.1 1 0 0 0 unknown 0 blocked 0 receivers 1\n"
			    "2026-11-21 eva 198.18.0.1 2 0 2 0 unknown 1 blocked 1 receivers 3\n"
			    "2026-11-21 max - 0 0 0 1 unknown 0 blocked 0 receivers 1\n");
	str_clear(&out);
	domains_text(&out, bench->tally);
	assert_string_equal(
	    str_text(&out),
	    "2026-11-20 a.example 198.18.0.1 1 0 0 0 gmail 1 microsoft 0 yahoo 0\n"
	    "2026-11-21 a.example 198.18.0.1 2 0 2 0 gmail 2 microsoft 1 yahoo 0\n");
	str_clear(&out);
	replies_text(&out, bench->tally);
	assert_string_equal(str_text(&out),
			    " gmail recipient-unknown recipient 0 0 1 0 unmatched 0 over 0 s: "
			    "550-5.1.1 no such user\n"
			    " gmail content message 0 0 1 0 unmatched 0 over 0 s: "
			    "550 5.7.1 looks like spam\n"
			    " microsoft other unknown 0 2 0 0 unmatched 2 over 600 s: newer words\n"
			    " other other unknown 0 0 0 1 unmatched 1 over 0 s: \n");
	str_release(&out);

	totals = tally_totals(bench->tally);
	assert_int_equal(totals.deliveries, COUNT_OF(some));
	assert_int_equal(totals.unmatched, 3);
	assert_int_equal(totals.unaddressed, 1);
}

/* --- the operator's clock --- */

static const struct zone_change berlin_rows[] = {
    {1761440400, 3600}, /* 2025-10-26 */
    {1774746000, 7200}, /* 2026-03-29T01:00Z */
    {1792890000, 3600}, /* 2026-10-25T01:00Z */
};
static const struct zone berlin = {berlin_rows, COUNT_OF(berlin_rows)};
static const struct zone_change tokyo_rows[] = {{0, 32400}};
static const struct zone tokyo = {tokyo_rows, 1};

static const struct clock_case {
	const char *about;
	const struct zone *zone;
	const char *at, *day;
	unsigned hour;
} clocks[] = {
    {"UTC", &utc, "2026-11-21T10:00:00", "2026-11-21", 10},
    {"before midnight", &berlin, "2026-11-20T22:59:59", "2026-11-20", 23},
    {"midnight", &berlin, "2026-11-20T23:00:00", "2026-11-21", 0},
    {"before the clock is put forward", &berlin, "2026-03-29T00:59:59", "2026-03-29", 1},
    {"there is no hour 2 that day", &berlin, "2026-03-29T01:00:00", "2026-03-29", 3},
    {"the last hour of a day of 23", &berlin, "2026-03-29T21:59:59", "2026-03-29", 23},
    {"summer midnight", &berlin, "2026-03-29T22:00:00", "2026-03-30", 0},
    {"hour 2 the first time", &berlin, "2026-10-25T00:30:00", "2026-10-25", 2},
    {"hour 2 the second time", &berlin, "2026-10-25T01:30:00", "2026-10-25", 2},
    {"a day of 25 hours ends", &berlin, "2026-10-25T22:59:59", "2026-10-25", 23},
    {"and the next begins", &berlin, "2026-10-25T23:00:00", "2026-10-26", 0},
    {"Tokyo's day begins the day before", &tokyo, "2026-11-20T15:00:00", "2026-11-21", 0},
    {"and ends so", &tokyo, "2026-11-21T14:59:59", "2026-11-21", 23},
    {"before the epoch", &utc, "1969-12-31T23:59:59", "1969-12-31", 23},
};

static void days_and_hours_are_the_operators(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(clocks); i++) {
		const struct mail mail = {clocks[i].at, A, "", "", GMAIL, OUTCOME_SENT, NULL, NULL};
		struct tally *tally = tally_new(clocks[i].zone, NULL);
		const struct tally_hour *row;
		size_t count;

		add(tally, &mail);
		row = tally_hours(tally, &count);
		assert_int_equal(count, 1);
		if (strcmp(day_text(row->key.day), clocks[i].day) != 0 ||
		    row->key.part != clocks[i].hour)
			fail_msg("%s: %s %u", clocks[i].about, day_text(row->key.day),
				 row->key.part);
		tally_free(tally);
	}
}

/* --- bounds --- */

static void long_texts_are_cut(void **state)
{
	const struct bench *bench = *state;
	char *text = xcalloc(100001, 1);
	const struct mail mail = {"2026-11-21T00:00:00", A,    text, text, text,
				  OUTCOME_DEFERRED,      text, text};
	size_t count;

	memset(text, 'x', 100000);
	add(bench->tally, &mail);
	add(bench->tally, &mail);
	assert_int_equal(tally_texts(bench->tally, TALLY_ACCOUNT), 1);
	assert_int_equal(tally_text(bench->tally, TALLY_ACCOUNT, 0).len, 320);
	assert_int_equal(tally_text(bench->tally, TALLY_DOMAIN, 0).len, 255);
	assert_int_equal(strlen(tally_replies(bench->tally, &count)->words), TALLY_WORDS_BYTES - 1);
	free(text);
}

static void a_full_tally_says_so_and_starts_anew(void **state)
{
	const struct bench *bench = *state;
	char account[32];
	struct mail mail = {"2026-11-21T00:00:00", A,    account, "a.example", GMAIL,
			    OUTCOME_SENT,          NULL, NULL};
	size_t accounts = 0;
	size_t count;

	for (; !tally_is_full(bench->tally) && accounts < 1000000; accounts++) {
		snprintf(account, sizeof(account), "user%zu@example", accounts);
		add(bench->tally, &mail);
	}
	assert_in_range(accounts, 50001, 999999);
	tally_clear(bench->tally);
	assert_false(tally_is_full(bench->tally));
	assert_int_equal(tally_texts(bench->tally, TALLY_ACCOUNT), 0);
	add(bench->tally, &mail);
	assert_int_equal(tally_accounts(bench->tally, &count)->by_outcome[OUTCOME_SENT], 1);
	assert_int_equal(count, 1);
	assert_int_equal(tally_totals(bench->tally).deliveries, accounts + 1);
}

static void parts_fold_into_a_sum(void **state)
{
	const struct bench *bench = *state;
	struct tally *sum = tally_new(&utc, NULL);
	struct str out = {0};

	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < COUNT_OF(some); i++)
			add(bench->tally, &some[i]);
		tally_fold(sum, bench->tally);
		tally_clear(bench->tally);
	}
	hours_text(&out, sum);
	assert_string_equal(str_text(&out), "2026-11-20 00 198.18.0.1 2 0 0 0\n"
					    "2026-11-21 00 198.18.0.1 4 0 4 0\n"
					    "2026-11-21 00 2001:db8::1 0 4 0 0\n"
					    "2026-11-21 00 - 0 0 0 2\n");
	str_clear(&out);
	accounts_text(&out, sum);
	assert_string_equal(str_text(&out),
			    "1970-01-01 eva 198.18.0.1 6 0 4 0 unknown 2 blocked 2 receivers 0\n"
			    "1970-01-01 max - 0 0 0 2 unknown 0 blocked 0 receivers 0\n");
	str_release(&out);
	tally_free(sum);
}

#define WITH_TALLY(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_TALLY(every_delivery_stands_where_it_belongs),
	    cmocka_unit_test(days_and_hours_are_the_operators),
	    WITH_TALLY(long_texts_are_cut),
	    WITH_TALLY(a_full_tally_says_so_and_starts_anew),
	    WITH_TALLY(parts_fold_into_a_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
