#include "folder.h"

#include "base/mem.h"
#include "maillog/tally.h"
#include "render/auth_json.h"
#include "render/domains.h"
#include "store/domain_changes.h"
#include "store/domain_shown.h"
#include "store/domains.h"
#include "store/volumes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { TODAY = 20778, DAY_S = 86400, AT = TODAY * DAY_S };

struct bench {
	char dir[FOLDER_BYTES];
	struct arena *arena;
	struct store *store;
	struct err err;
};

static void must(struct bench *bench, bool ok)
{
	if (!ok)
		fail_msg("%s", bench->err.text);
}

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	bench->arena = arena_new();
	bench->store = store_open(bench->dir, STORE_WRITE, &bench->err);
	must(bench, bench->store != NULL);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	store_close(bench->store);
	arena_free(bench->arena);
	folder_remove(bench->dir);
	free(bench);
	return 0;
}

static int64_t save(struct bench *bench, const char *name, int64_t seen_at,
		    struct stored_domain domain)
{
	struct stored_address address = {.address = name, .is_domain = true, .seen_at = seen_at};

	if (!domain.auth)
		domain.auth = "";
	must(bench, store_save_address(bench->store, &address, &bench->err));
	must(bench, domains_save(bench->store, address.id, &domain, &bench->err));
	return address.id;
}

static struct stored_domains load(struct bench *bench)
{
	struct stored_domains domains;

	must(bench, domains_load(bench->store, true, bench->arena, &domains, &bench->err));
	return domains;
}

static void a_domain_is_no_address(void **state)
{
	struct bench *bench = *state;
	struct stored_address *address;
	struct stored_domains domains;
	struct stored_address plain = {.address = "192.0.2.1", .seen_at = AT};
	size_t count;

	must(bench, store_save_address(bench->store, &plain, &bench->err));
	save(bench, "mail.example.jp", AT,
	     (struct stored_domain){"example.jp", DOMAIN_FOUND, 0, ""});
	save(bench, "example.jp", AT, (struct stored_domain){"example.jp", DOMAIN_PARENT, 0, ""});

	must(bench,
	     store_addresses(bench->store, NULL, bench->arena, &address, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_string_equal(address[0].address, "192.0.2.1");
	domains = load(bench);
	assert_int_equal(domains.count, 2);
	assert_string_equal(domains.address[0].address, "mail.example.jp");
	assert_true(domains.address[0].is_domain);
	assert_string_equal(domains.domain[0].registrable, "example.jp");
	assert_int_equal(domains.domain[0].role, DOMAIN_FOUND);
	assert_int_equal(domains.domain[1].role, DOMAIN_PARENT);
}

static void what_is_known_stays_until_more_is_known(void **state)
{
	struct bench *bench = *state;
	const char *auth;
	int64_t id;

	id = save(bench, "a.example", AT,
		  (struct stored_domain){"a.example", DOMAIN_FOUND, AT, "{}"});
	save(bench, "a.example", AT + 9,
	     (struct stored_domain){"a.example", DOMAIN_CONFIGURED, 0, ""});
	assert_int_equal(load(bench).domain[0].role, DOMAIN_CONFIGURED);
	assert_int_equal(load(bench).domain[0].looked_at, AT);
	must(bench, domains_auth(bench->store, id, bench->arena, &auth, &bench->err));
	assert_string_equal(auth, "{}");
	must(bench, domains_auth(bench->store, id + 1, bench->arena, &auth, &bench->err));
	assert_string_equal(auth, "");
}

static void the_forgotten_are_dropped_in_time(void **state)
{
	static const struct {
		int64_t days;
		size_t rows;
	} row[] = {{DOMAIN_DAYS_KEPT, 1}, {DOMAIN_DAYS_KEPT + 1, 0}};
	struct bench *bench = *state;

	save(bench, "a.example", AT, (struct stored_domain){.registrable = "a.example"});
	must(bench, store_forget_unseen(bench->store, AT + 1, &bench->err));
	assert_int_equal(load(bench).count, 0);
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct stored_address *address;
		size_t count;

		must(bench, domains_trim(bench->store, AT + row[i].days * DAY_S, &bench->err));
		must(bench, store_addresses(bench->store, "a.example", bench->arena, &address,
					    &count, &bench->err));
		assert_int_equal(count, row[i].rows);
	}
}

struct seen {
	struct domain_count count[4];
	size_t counts;
};

static void see(void *context, const struct domain_count *count)
{
	struct seen *const seen = context;

	assert_true(seen->counts < COUNT_OF(seen->count));
	seen->count[seen->counts++] = *count;
}

static void mail_is_counted_by_domain_and_day(void **state)
{
	static const char *const yahoodns[] = {".yahoodns.net", NULL};
	static const struct receiver_rule receiver = {.name = "yahoo", .mx = yahoodns, .mxs = 1};
	static const struct zone utc = {0};
	struct bench *bench = *state;
	struct replies *replies = replies_new(NULL, 0, &receiver, 1, &bench->err);
	struct tally *tally = tally_new(&utc, replies);
	struct delivery delivery = {.sender_domain = slice_text("a.example"),
				    .mx = slice_text("mta5.am0.yahoodns.net"),
				    .outcome = OUTCOME_SENT};
	const struct sender_query query = {TODAY - 9, TODAY, TODAY};
	struct domain_sender *sender;
	struct domain_tried *tried;
	struct seen seen = {0};
	const struct domain_counts counts = {TODAY - 9, TODAY, see, &seen};
	const struct domain_count *const day = seen.count;
	struct stored_names domains, senders;
	struct domain_account *account;
	size_t count;

	assert_true(ip_parse("192.0.2.1", &delivery.address));
	for (int i = 0; i < 3; i++) {
		delivery.at = AT - (i ? DAY_S : 0);
		delivery.outcome = i == 2 ? OUTCOME_DEFERRED : OUTCOME_SENT;
		delivery.account = slice_text(i ? "info@a.example" : "web");
		tally_add(tally, &delivery);
	}
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, volumes_add(bench->store, tally, TODAY, &bench->err));
	must(bench, domains_count(bench->store, &counts, &bench->err));
	must(bench, domains_names(bench->store, bench->arena, &domains, &senders, &bench->err));
	assert_int_equal(seen.counts, 2);
	assert_int_equal(domains.count, 1);
	assert_string_equal(domains.row[0].name, "a.example");
	assert_int_equal(day[1].domain_id, domains.row[0].id);
	for (int64_t of = 0; of <= domains.row[0].id; of += domains.row[0].id) {
		const struct account_period period = {TODAY - 9, TODAY, of};

		must(bench, domains_accounts(bench->store, &period, bench->arena, &account, &count,
					     &bench->err));
		assert_int_equal(count, 2);
		assert_int_equal(account[0].domain_id, domains.row[0].id);
		assert_string_equal(account[0].account, "info@a.example");
		assert_string_equal(account[1].account, "web");
	}
	assert_int_equal(senders.count, 1);
	assert_string_equal(senders.row[0].name, "192.0.2.1");
	assert_int_equal(day[1].sender_id, senders.row[0].id);
	assert_int_equal(day[0].day, TODAY - 1);
	assert_int_equal(day[0].sent, 1);
	assert_int_equal(day[0].tried, 2);
	assert_int_equal(day[0].to[BULK_YAHOO], 2);
	assert_int_equal(day[0].to[BULK_GMAIL], 0);
	assert_int_equal(day[1].to[BULK_YAHOO], 1);
	must(bench,
	     domains_senders(bench->store, &query, bench->arena, &sender, &count, &bench->err));
	assert_int_equal(count, 1);
	must(bench, domains_tried(bench->store, &query, bench->arena, &tried, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_string_equal(tried->domain, "a.example");
	assert_int_equal(tried->tried, 3);
	must(bench, domains_tried(bench->store, &(const struct sender_query){TODAY, TODAY, TODAY},
				  bench->arena, &tried, &count, &bench->err));
	assert_int_equal(tried->tried, 1);
	must(bench, store_commit(bench->store, &bench->err));
	assert_string_equal(sender->domain, "a.example");
	assert_string_equal(sender->address, "192.0.2.1");
	assert_int_equal(sender->tried, 3);
	assert_int_equal(sender->tried_lately, 1);
	tally_free(tally);
	replies_free(replies);
}

/* --- whose mail must be added up again --- */

static void count_one(struct bench *bench, const char *domain, int64_t day)
{
	static const struct zone utc = {0};
	struct tally *tally = tally_new(&utc, NULL);
	const struct delivery delivery = {.at = day * DAY_S, .sender_domain = slice_text(domain)};

	tally_add(tally, &delivery);
	must(bench, volumes_add(bench->store, tally, TODAY, &bench->err));
	tally_free(tally);
}

static void check_marks(struct bench *bench, const char *first, size_t wanted)
{
	struct stored_names changed;

	must(bench, domains_changed(bench->store, bench->arena, &changed, &bench->err));
	assert_int_equal(changed.count, wanted);
	if (wanted)
		assert_string_equal(changed.row[0].name, first);
}

/* With sums that hold, without, and after one domain was added up anew: all tell the same. */
static void check_senders(struct bench *bench, const uint64_t tried[2])
{
	const struct sender_query query = {TODAY - 9, TODAY - 1, TODAY};
	struct domain_sender *sender;
	struct domain_tried *all;
	size_t count;

	must(bench, domains_tried(bench->store, &query, bench->arena, &all, &count, &bench->err));
	assert_int_equal(count, 2);
	assert_int_equal(all[0].tried + all[1].tried, tried[0] + tried[1]);
	must(bench,
	     domains_senders(bench->store, &query, bench->arena, &sender, &count, &bench->err));
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(sender[i].tried,
				 tried[strcmp(sender[i].domain, "a.example") ? 1 : 0]);
}

static void counting_marks_a_domain(void **state)
{
	const struct sender_query query = {TODAY - 9, TODAY - 1, TODAY};
	const struct changes_basis basis = {TODAY, UINT64_MAX - 3};
	struct changes_basis back;
	struct bench *bench = *state;

	must(bench, changes_basis(bench->store, &back, &bench->err));
	assert_int_equal(back.day, 0);
	must(bench, store_begin(bench->store, &bench->err));
	count_one(bench, "a.example", TODAY);
	count_one(bench, "b.example", TODAY - 3);
	count_one(bench, "b.example", TODAY);
	check_marks(bench, "a.example", 2);
	check_senders(bench, (const uint64_t[]){1, 2});
	must(bench, changes_sum(bench->store, &query, false, &bench->err));
	must(bench, changes_settle(bench->store, &basis, &bench->err));
	check_marks(bench, NULL, 0);
	check_senders(bench, (const uint64_t[]){1, 2});
	must(bench, changes_basis(bench->store, &back, &bench->err));
	assert_int_equal(back.day, TODAY);
	assert_true(back.digest == basis.digest);

	count_one(bench, "b.example", TODAY - 1);
	check_marks(bench, "b.example", 1);
	check_senders(bench, (const uint64_t[]){1, 3});
	must(bench, changes_sum(bench->store, &query, true, &bench->err));
	must(bench, changes_settle(bench->store, &basis, &bench->err));
	check_senders(bench, (const uint64_t[]){1, 3});
	must(bench, store_commit(bench->store, &bench->err));
}

/* --- what DNS says, kept as JSON --- */

static const struct auth_problem wrong[] = {
    {SEVERITY_MAJOR, "not allowed: 2001:db8::10", "v=spf1 ip6:2001:db8::10 -all"},
    {SEVERITY_INFO, "odd \"quotes\" and \xe3\x81\x82", ""},
};
static const struct dkim_key keys[] = {
    {.selector = "rs2024",
     .state = AUTH_OK,
     .type = "rsa",
     .bits = 2048,
     .is_configured = true,
     .told_on = ""},
    {.selector = "old",
     .state = AUTH_MISSING,
     .type = "",
     .source = SELECTOR_OPENDKIM,
     .told_on = "2026-11-21",
     .is_testing = true,
     .problems = {wrong, 1}},
};
static const struct spf_cost costs[] = {{0, "include:_spf.example.jp", 2}, {1, "mx", 1}};
static const char *const hosts[] = {"mx1.example.jp", "mx2.example.jp"};

static struct domain_auth full(struct spf_sender sender[2])
{
	assert_true(ip_parse("192.0.2.10", &sender[0].ip));
	assert_true(ip_parse("2001:db8::10", &sender[1].ip));
	sender[0].result = SPF_PASS;
	sender[0].mechanism = "a:mail.example.jp";
	sender[1].result = SPF_FAIL;
	sender[1].mechanism = "-all";
	return (struct domain_auth){
	    .domain = "example.jp",
	    .registrable = "example.jp",
	    .spf = {.result = SPF_FAIL,
		    .record = "v=spf1 a:mail.example.jp -all",
		    .lookups = 1,
		    .voids = 2,
		    .cost = costs,
		    .costs = COUNT_OF(costs),
		    .sender = sender,
		    .senders = 2,
		    .problems = {wrong, COUNT_OF(wrong)},
		    .fix = "v=spf1 a:mail.example.jp ip6:2001:db8::10 -all",
		    .why = "2001:db8::10 sends"},
	    .dkim = {.state = AUTH_UNKNOWN,
		     .cause = CAUSE_TIMEOUT,
		     .key = keys,
		     .keys = COUNT_OF(keys),
		     .problems = {wrong, 1}},
	    .dmarc = {.state = AUTH_OK,
		      .record = "v=DMARC1; p=none",
		      .found_at = "example.jp",
		      .policy = DMARC_QUARANTINE,
		      .is_dkim_strict = true,
		      .is_spf_strict = true,
		      .is_testing = true,
		      .percent = 20,
		      .problems = {wrong, 1},
		      .fix = "v=DMARC1; p=reject"},
	    .mx = {.state = AUTH_WEAK,
		   .is_implicit = true,
		   .host = hosts,
		   .hosts = 2,
		   .problems = {wrong, 1}},
	    .mta_sts = "20260101",
	    .tls_rpt = "mailto:tls@example.jp",
	};
}

static void records_come_back_as_they_were(void **state)
{
	struct bench *bench = *state;
	struct spf_sender sender[2];
	const struct domain_auth auth = full(sender);
	const char *const text = auth_json_text(&auth, bench->arena);
	struct domain_auth back;

	assert_true(domain_auth_parse(text, bench->arena, &back));
	/* Every field is in the text, so equal texts are equal structs. */
	assert_string_equal(auth_json_text(&back, bench->arena), text);
	assert_string_equal(back.domain, "example.jp");
	assert_int_equal(back.spf.result, SPF_FAIL);
	assert_int_equal(back.spf.senders, 2);
	assert_int_equal(back.spf.cost[1].depth, 1);
	assert_string_equal(back.spf.cost[0].term, "include:_spf.example.jp");
	assert_int_equal(back.spf.sender[1].result, SPF_FAIL);
	assert_string_equal(back.spf.problems.problem[1].text, wrong[1].text);
	assert_int_equal(back.dkim.cause, CAUSE_TIMEOUT);
	assert_int_equal(back.dkim.key[0].bits, 2048);
	assert_int_equal(back.dkim.key[1].source, SELECTOR_OPENDKIM);
	assert_string_equal(back.dkim.key[1].told_on, "2026-11-21");
	assert_int_equal(back.dmarc.percent, 20);
	assert_int_equal(back.dmarc.policy, DMARC_QUARANTINE);
	assert_string_equal(back.mx.host[1], "mx2.example.jp");
	assert_string_equal(back.tls_rpt, "mailto:tls@example.jp");
}

static void rubbish_is_unknown(void **state)
{
	static const struct {
		const char *text;
		bool is_read;
	} row[] = {
	    {"", false},
	    {"nonsense", false},
	    {"[]", false},
	    {"{}", true},
	    {"{\"spf\":[],\"dkim\":{\"keys\":3,\"result\":\"future\"},\"mx\":{\"hosts\":[1,null]}}",
	     true},
	    {"{\"spf\":{\"senders\":[{\"address\":\"nowhere\"}],\"lookups\":-1}}", true},
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct domain_auth back;

		assert_int_equal(domain_auth_parse(row[i].text, bench->arena, &back),
				 row[i].is_read);
		assert_int_equal(back.spf.result, SPF_TEMPERROR);
		assert_int_equal(back.spf.senders, 0);
		assert_int_equal(back.dkim.state, AUTH_UNKNOWN);
		assert_int_equal(back.dmarc.percent, 100);
		assert_string_equal(back.spf.fix, "");
	}
}

/* --- what commands show of its mail --- */

static struct domain_view shown_view(const struct bulk_verdict *bulk)
{
	static const struct domain_address address[] = {{"192.0.2.1", "www1", 40}, {"", "", 3}};

	return (struct domain_view){
	    .registrable = "example.jp",
	    .yesterday = 7,
	    .today = 5,
	    .month = 30,
	    .mean = 1.25,
	    .tried = 43,
	    .to = {20, 10, 1},
	    .address = address,
	    .addresses = COUNT_OF(address),
	    .account = {"info@example.jp", "web"},
	    .accounts = 2,
	    .bulk = bulk,
	};
}

static void mail_is_shown_as_it_was_counted(void **state)
{
	static const struct {
		int64_t ago;
		uint64_t yesterday, today;
	} row[] = {{0, 7, 5}, {1, 5, 0}, {2, 0, 0}};
	struct bench *bench = *state;
	struct bulk_verdict bulk = {
	    .registrable = "example.jp",
	    .readiness = BULK_NEAR_UNREADY,
	    .severity = SEVERITY_MAJOR,
	    .text = "3,100 to gmail, and \"no\" DMARC",
	    .volume = {{BULK_NEAR, 3000, 3100, 0, 12.5, true}, {BULK_FEW, 1, 2, 0, 0.5, false}},
	};
	struct domain_view view = shown_view(&bulk);
	const char *text;

	for (enum bulk_need i = 0; i < BULK_NEED_COUNT; i++)
		bulk.need[i] = (struct bulk_requirement){(enum bulk_met)(i % BULK_MET_COUNT),
							 "a text", i % 2 ? "a record" : ""};
	text = json_domain_shown(&view, bench->arena);
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct domain_view back = {.registrable = "example.jp"};

		shown_parse(text, row[i].ago, bench->arena, &back);
		assert_int_equal(back.yesterday, row[i].yesterday);
		assert_int_equal(back.today, row[i].today);
		if (!row[i].ago)
			/* Every field is in the text. */
			assert_string_equal(json_domain_shown(&back, bench->arena), text);
	}
	view.bulk = NULL;
	shown_parse(json_domain_shown(&view, bench->arena), 0, bench->arena, &view);
	assert_null(view.bulk);
	shown_parse("nonsense", 0, bench->arena, &view);
	assert_int_equal(view.month, 0);
	assert_int_equal(view.addresses, 0);
}

static void domains_are_numbered_without_reading_them(void **state)
{
	static const struct {
		const char *name;
		enum domain_role role;
		bool is_unready, is_urgent, is_blind;
	} row[] = {
	    {"a.example", DOMAIN_FOUND, true, true, true},
	    {"b.example", DOMAIN_CONFIGURED, true, false, false},
	    {"c.example", DOMAIN_FOUND, false, true, false},
	    {"d.example", DOMAIN_FOUND, false, false, true},
	    {"e.example", DOMAIN_PARENT, true, true, true},
	};
	struct bench *bench = *state;
	struct domain_numbers numbers;
	struct stored_shown *shown;
	size_t count;

	must(bench, store_begin(bench->store, &bench->err));
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const int64_t id = save(bench, row[i].name, AT,
					(struct stored_domain){row[i].name, row[i].role, 0, ""});
		const struct stored_shown kept = {
		    id, TODAY, row[i].is_unready, row[i].is_urgent, row[i].is_blind, "{}"};

		/* The second time replaces the first. */
		must(bench, shown_save(bench->store, &(struct stored_shown){id, 1, 1, 1, 1, ""},
				       &bench->err));
		must(bench, shown_save(bench->store, &kept, &bench->err));
	}
	must(bench, store_commit(bench->store, &bench->err));
	must(bench, shown_numbers(bench->store, &numbers, &bench->err));
	assert_int_equal(numbers.looked_at, 4);
	assert_int_equal(numbers.unready, 2);
	assert_int_equal(numbers.urgent, 1);
	assert_int_equal(numbers.blind, 1);
	must(bench, shown_load(bench->store, bench->arena, &shown, &count, &bench->err));
	assert_int_equal(count, COUNT_OF(row));
	assert_int_equal(shown[2].day, TODAY);
	assert_string_equal(shown[2].text, "{}");
	must(bench, store_forget_unseen(bench->store, AT + 1, &bench->err));
	must(bench, shown_numbers(bench->store, &numbers, &bench->err));
	assert_int_equal(numbers.looked_at, 0);
}

#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_A_FOLDER(a_domain_is_no_address),
	    IN_A_FOLDER(what_is_known_stays_until_more_is_known),
	    IN_A_FOLDER(the_forgotten_are_dropped_in_time),
	    IN_A_FOLDER(mail_is_counted_by_domain_and_day),
	    IN_A_FOLDER(counting_marks_a_domain),
	    IN_A_FOLDER(records_come_back_as_they_were),
	    IN_A_FOLDER(rubbish_is_unknown),
	    IN_A_FOLDER(mail_is_shown_as_it_was_counted),
	    IN_A_FOLDER(domains_are_numbered_without_reading_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
