#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "golden.h"

#include "base/mem.h"
#include "render/json.h"
#include "render/json_print.h"
#include "render/warmup.h"

/* 2026-11-21T10:00:00+09:00 */
#define NOW INT64_C(1795222800)
enum { TODAY = 20778 }; /* 2026-11-21 */

static const struct zone_change tokyo[] = {{0, 9 * 3600}};
static const struct zone zone = {tokyo, COUNT_OF(tokyo)};

#define GROWING                                                                                    \
	{                                                                                          \
		.address = "192.0.2.10", .start = TODAY, .target = 300, .growth = 1.4,             \
		.first = 100, .curve = "", .days = 5                                               \
	}
/* Of a database a newer version wrote. */
#define LOST                                                                                       \
	{                                                                                          \
		.address = "192.0.2.10", .start = TODAY - 3, .target = 900,                        \
		.curve = "ses\x1b[31m\xff"                                                         \
	}
static const struct warmup_terms growing = GROWING;
static const struct warmup_terms lost = LOST;
static const struct warmup_terms published = {
    .address = "2001:db8::10",
    .start = TODAY - 30,
    .target = 40000,
    .curve = "ses-45",
    .days = 45,
};

static const uint64_t allowed[] = {100, 140, 196, 274, 300};
static const struct warmup_schedule dry = {GROWING, allowed, false, NULL};
static const struct warmup_schedule recorded = {GROWING, allowed, true, NULL};
static const struct warmup_schedule replacing = {GROWING, allowed, true, &published};

#define TERMS(its_address, begin, its_days)                                                        \
	{                                                                                          \
		.address = its_address, .start = begin, .target = 300, .growth = 1.4,              \
		.first = 100, .curve = "", .days = its_days                                        \
	}
static const struct warmup_view view[] = {
    {TERMS("192.0.2.1", TODAY + 4, 5), -3, 0, true, 7, false, 0, 0, WARMUP_WAITING},
    {TERMS("192.0.2.2", TODAY, 5), 1, 100, true, 40, false, 0, 0, WARMUP_ON_PLAN},
    {TERMS("192.0.2.3", TODAY - 2, 5), 3, 196, true, 196, true, 140, 140, WARMUP_ON_PLAN},
    {TERMS("192.0.2.4", TODAY - 2, 5), 3, 196, true, 10, true, 140, 69, WARMUP_BEHIND},
    {TERMS("192.0.2.5", TODAY - 2, 5), 3, 196, true, 197, true, 140, 140, WARMUP_OVER_PLAN},
    {TERMS("192.0.2.6", TODAY - 2, 5), 3, 196, true, 0, true, 140, 5000, WARMUP_OVER_PLAN},
    {TERMS("192.0.2.7", TODAY - 9, 5), 10, 300, true, 299, true, 300, 1, WARMUP_DONE},
    {TERMS("192.0.2.8", TODAY - 2, 5), 3, 196, false, 0, true, 140, 0, WARMUP_UNKNOWN},
    {TERMS("2001:db8:1:2:3:4:5:6", TODAY - 2, 5), 3, 196, true, 1, true, 140, 139, WARMUP_ON_PLAN},
    {LOST, 4, 0, true, 10, true, 0, 10, WARMUP_UNKNOWN},
};

static const uint64_t short_day[] = {50, 100, 1000};
static const uint64_t long_day[] = {480, UINT64_C(768000000)};
static const struct curve_view curve[] = {
    {"by-hand", "A sender's schedule; the days between its milestones are ours, and this goes on",
     short_day, COUNT_OF(short_day)},
    {"steep", "Another's", long_day, COUNT_OF(long_day)},
};

/* --- for people --- */

static void add_plans(struct str *out, const struct text_style *style)
{
	text_warmup_plan(out, style, &dry);
	str_add(out, "----\n");
	text_warmup_plan(out, style, &recorded);
	str_add(out, "----\n");
	text_warmup_plan(out, style, &replacing);
}

static void add_status(struct str *out, const struct text_style *style)
{
	text_warmup_status(out, style, view, COUNT_OF(view));
}

static void add_stops(struct str *out, const struct text_style *style)
{
	text_warmup_stop(out, style, &growing);
	text_warmup_stop(out, style, &published);
	text_warmup_stop(out, style, &lost);
}

static void add_curves(struct str *out, const struct text_style *style)
{
	text_warmup_curves(out, style, curve, COUNT_OF(curve));
}

static const struct {
	const char *golden;
	void (*add)(struct str *out, const struct text_style *style);
	size_t columns; /* 0: no terminal */
	bool has_color;
} page[] = {
    {"warmup-plan-80.txt", add_plans, 80, false},
    {"warmup-plan-pipe.txt", add_plans, 0, false},
    {"warmup-status-80.txt", add_status, 80, false},
    {"warmup-status-pipe.txt", add_status, 0, false},
    {"warmup-status-60-color.txt", add_status, 60, true},
    {"warmup-stop-80.txt", add_stops, 80, false},
    {"warmup-curves-60.txt", add_curves, 60, false},
};

static void shows_what_the_golden_files_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(page); i++) {
		const struct text_style style = {
		    .columns = page[i].columns,
		    .has_color = page[i].has_color,
		    .zone = &zone,
		    .now = NOW,
		};
		struct str out = {0};

		page[i].add(&out, &style);
		golden_equal(page[i].golden, &out);
		str_release(&out);
	}
}

static void no_plans_are_no_table(void **state)
{
	const struct text_style style = {.zone = &zone, .now = NOW};
	struct str out = {0};

	(void)state;
	text_warmup_status(&out, &style, NULL, 0);
	assert_string_equal(str_text(&out), "");
	str_release(&out);
}

/* --- for programs --- */

static json_t *dry_document(void)
{
	return json_warmup_plan(&dry);
}

static json_t *plan_document(void)
{
	return json_warmup_plan(&replacing);
}

static json_t *status_document(void)
{
	return json_warmup_status(&zone, NOW, view, COUNT_OF(view));
}

static json_t *no_status_document(void)
{
	return json_warmup_status(&zone, NOW, NULL, 0);
}

static json_t *stop_document(void)
{
	return json_warmup_stop(&published);
}

static json_t *curves_document(void)
{
	return json_warmup_curves(curve, COUNT_OF(curve));
}

static const struct {
	const char *golden;
	json_t *(*document)(void);
} row[] = {
    {"warmup-dry.json", dry_document},       {"warmup-plan.json", plan_document},
    {"warmup-status.json", status_document}, {"warmup-none.json", no_status_document},
    {"warmup-stop.json", stop_document},     {"warmup-curves.json", curves_document},
};

static void prints_what_the_golden_files_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		json_print(&out, row[i].document());
		golden_equal(row[i].golden, &out);
		str_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shows_what_the_golden_files_hold),
	    cmocka_unit_test(no_plans_are_no_table),
	    cmocka_unit_test(prints_what_the_golden_files_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
