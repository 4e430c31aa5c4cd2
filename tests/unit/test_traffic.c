#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "golden.h"
#include "sample.h"

#include "base/mem.h"
#include "render/json.h"
#include "render/json_print.h"
#include "render/traffic.h"

#include <string.h>

enum { HOUR_S = 3600 };

/* A colour, text from right to left, a C1 control, bytes that are no UTF-8, a second line. */
#define HOSTILE "\033[2Jroot\342\200\256\302\233\303(\nforged: line"

static const struct receiver_view receiver[] = {
    {.receiver = "gmail",
     .sent = 1234567,
     .deferred = 1000,
     .bounced = 999,
     .blocked_since = SAMPLE_NOW - 5 * HOUR_S,
     .refused = 41200,
     .cause = REPLY_RATE_LIMIT,
     .scope = SCOPE_IP,
     .words = "421-4.7.28 unusual rate of mail from your IP address " HOSTILE},
    {.receiver = "microsoft-365", .sent = 500, .words = ""},
    {.receiver = "proofpoint", .sent = 400, .words = ""},
    {.receiver = "au", .sent = 30, .words = ""},
    {.receiver = "yahoo", .sent = 20, .words = ""},
    {.receiver = "apple", .sent = 10, .words = "550 5.1.1 of a block that is over"},
    {.receiver = "other", .sent = 9, .words = ""},
    {.receiver = "docomo", .sent = 8, .words = ""},
    {.receiver = "the-ninth", .sent = 7, .words = ""},
    {.receiver = "softbank",
     .sent = 1,
     .blocked_since = SAMPLE_NOW - 60,
     .refused = 10,
     .cause = REPLY_NETWORK,
     .scope = SCOPE_REMOTE,
     .words = ""},
};

static const struct suspect suspect[] = {
    {.account = HOSTILE "@shop.example",
     .sent = 48200,
     .usual = 12.4,
     .factor = 3887.096,
     .share = 0.874,
     .bounce_share = 0.315,
     .unknown_share = 0.3,
     .receivers = 900,
     .score = 4},
    {.account = "info@new.example", .sent = 60, .factor = 60, .share = 0.001, .score = 0.01},
};

static const struct traffic bad = {
    .volume = {.level = VOLUME_SPIKE,
	       .yesterday = 48200,
	       .today = 1000,
	       .projected = 999999,
	       .month_mean = 3012,
	       .ratio = 16.0,
	       .history_days = 61,
	       .reason = "sent 48,200 yesterday, 16.0 times last month's daily mean of 3,012; "
			 "Fridays usually bring 2,900"},
    .receiver = receiver,
    .receivers = COUNT_OF(receiver),
    .suspect = suspect,
    .suspects = COUNT_OF(suspect),
};
static const struct traffic quiet = {
    .volume = {.level = VOLUME_NORMAL,
	       .yesterday = 999,
	       .month_mean = 1000,
	       .ratio = 0.999,
	       .history_days = 400},
    .receiver = &receiver[1],
    .receivers = 1,
};
/* In its first week. */
static const struct traffic fresh = {
    .volume = {.level = VOLUME_COLD, .yesterday = 12, .today = 3, .history_days = 4}};
/* Its logs are read, and it is in none of them for long. */
static const struct traffic silent = {.volume = {.level = VOLUME_NO_DATA}};

/* --- for people --- */

static const struct {
	const char *golden;
	const struct traffic *traffic;
	size_t columns; /* 0: no terminal */
	bool is_verbose;
} row[] = {
    {"traffic-bad-80.txt", &bad, 80, false},     {"traffic-bad-pipe.txt", &bad, 0, false},
    {"traffic-bad-verbose.txt", &bad, 80, true}, {"traffic-quiet-80.txt", &quiet, 80, false},
    {"traffic-fresh-80.txt", &fresh, 80, false}, {"traffic-silent-80.txt", &silent, 80, false},
};

static void shows_what_the_golden_files_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct text_style style = {
		    .columns = row[i].columns,
		    .is_verbose = row[i].is_verbose,
		    .zone = &sample_zone,
		    .now = SAMPLE_NOW,
		};
		struct str out = {0};
		struct page page = page_begin(&out, &style);

		traffic_sections(&page, &(struct address_view){.traffic = row[i].traffic});
		page_end(&page);
		golden_equal(row[i].golden, &out);
		str_release(&out);
	}
}

static void shows_nothing_without_logs(void **state)
{
	const struct text_style style = {.zone = &sample_zone, .now = SAMPLE_NOW};
	struct str out = {0};
	struct page page = page_begin(&out, &style);

	(void)state;
	traffic_sections(&page, &(struct address_view){.traffic = NULL});
	assert_string_equal(str_text(&out), "");
	assert_string_equal(traffic_suspect(&page, NULL), "");
	assert_string_equal(traffic_suspect(&page, &quiet), "");
	page_end(&page);
	str_release(&out);
}

static void names_the_first_suspect_without_its_controls(void **state)
{
	const struct text_style style = {.zone = &sample_zone, .now = SAMPLE_NOW};
	struct str out = {0};
	struct page page = page_begin(&out, &style);
	const char *words = traffic_suspect(&page, &bad);

	(void)state;
	assert_non_null(strstr(words, "@shop.example sent 48,200, usually 12"));
	assert_null(strpbrk(words, "\033\n\233"));
	page_end(&page);
	str_release(&out);
}

static void separates_thousands(void **state)
{
	static const struct {
		uint64_t sent;
		const char *shown;
	} number[] = {
	    {0, "0"},
	    {999, "999"},
	    {1000, "1,000"},
	    {999999, "999,999"},
	    {1000000, "1,000,000"},
	    {UINT64_MAX, "18,446,744,073,709,551,615"},
	};
	const struct text_style style = {.zone = &sample_zone, .now = SAMPLE_NOW};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(number); i++) {
		const struct suspect one = {.account = "a", .sent = number[i].sent};
		const struct traffic traffic = {.suspect = &one, .suspects = 1};
		struct str out = {0};
		struct str wanted = {0};
		struct page page = page_begin(&out, &style);

		str_addf(&wanted, "a sent %s, usually 0", number[i].shown);
		assert_string_equal(traffic_suspect(&page, &traffic), str_text(&wanted));
		page_end(&page);
		str_release(&wanted);
		str_release(&out);
	}
}

/* --- for programs --- */

static const struct {
	const char *golden;
	const struct traffic *traffic;
} document[] = {
    {"traffic-bad.json", &bad},
    {"traffic-quiet.json", &quiet},
    {"traffic-fresh.json", &fresh},
    {"traffic-none.json", NULL},
};

static void prints_what_the_golden_files_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(document); i++) {
		json_t *object = json_object();
		struct str out = {0};

		traffic_json(object, &sample_zone, document[i].traffic);
		json_print(&out, object);
		golden_equal(document[i].golden, &out);
		str_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shows_what_the_golden_files_hold),
	    cmocka_unit_test(shows_nothing_without_logs),
	    cmocka_unit_test(names_the_first_suspect_without_its_controls),
	    cmocka_unit_test(separates_thousands),
	    cmocka_unit_test(prints_what_the_golden_files_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
