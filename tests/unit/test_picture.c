#include "base/mem.h"
#include "render/picture.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

enum { DAY = 86400, HOUR = 3600 };

/* 2026-11-01 00:00 in Tokyo. */
static const int64_t november = 1793458800;
static const struct zone_change tokyo_change = {0, 9 * HOUR};
static const struct zone tokyo = {&tokyo_change, 1};
/* Berlin: summer time from 2026-03-29 01:00 UTC. */
static const struct zone_change berlin_change[] = {{0, HOUR}, {1774746000, 2 * HOUR}};
static const struct zone berlin = {berlin_change, 2};

static void test_value_ticks(void **state)
{
	static const struct {
		double top;
		const char *last;
		size_t count;
	} row[] = {
	    {0, "1", 2},          {1, "1", 2},         {7, "8", 5},
	    {999, "1 k", 3},      {1000, "1 k", 3},    {16240, "20 k", 5},
	    {109000, "150 k", 4}, {2600000, "3 M", 4}, {4.2e9, "6 G", 4},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct tick tick[TICKS_MAX];
		const size_t count = picture_value_ticks(row[i].top, 4, tick);

		assert_string_equal(tick[count - 1].text, row[i].last);
		assert_int_equal(count, row[i].count);
		assert_string_equal(tick[0].text, "0");
		assert_true(tick[count - 1].value >= row[i].top);
	}
}

static void test_time_ticks(void **state)
{
	static const struct {
		const char *name;
		const struct zone *zone;
		int64_t from, to;
		const char *language;
		const char *first, *last;
		int64_t first_at;
	} row[] = {
	    {"a day, in hours", &tokyo, november, november + DAY, "en", "1 Nov", "2 Nov", november},
	    {"a week, in days", &tokyo, november, november + 7 * DAY, "en", "1 Nov", "8 Nov",
	     november},
	    {"a quarter, in Mondays", &tokyo, november - 90 * DAY, november, "en", "3 Aug",
	     "26 Oct", november - 90 * DAY},
	    {"the same in Japanese", &tokyo, november - 90 * DAY, november, "ja", "8/3", "10/26",
	     november - 90 * DAY},
	    {"a year, in months", &tokyo, november - 365 * DAY, november, "ja", "2026/1", "2026/10",
	     november - 304 * DAY},
	    {"three years", &tokyo, november - 1095 * DAY, november, "en", "Jan 2024", "Jul 2026",
	     november - 1035 * DAY},
	    /* 2026-03-28 23:00 UTC is midnight in Berlin; the 29th has 23 hours */
	    {"a day that is short", &berlin, 1774738800, 1774738800 + 23 * HOUR, "en", "29 Mar",
	     "30 Mar", 1774738800},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct picture picture = {.from = row[i].from,
						.to = row[i].to,
						.zone = row[i].zone,
						.language = row[i].language};
		struct tick tick[TICKS_MAX];
		const size_t count = picture_time_ticks(&picture, 650, tick);

		assert_true(count > 1);
		assert_string_equal(tick[0].text, row[i].first);
		assert_string_equal(tick[count - 1].text, row[i].last);
		assert_int_equal((int64_t)tick[0].value, row[i].first_at);
		for (size_t j = 1; j < count; j++)
			assert_true(tick[j].value > tick[j - 1].value);
	}
}

/* Three o'clock in summer time is two hours behind midnight of the short day. */
static void test_hours_of_short_day(void **state)
{
	const struct picture picture = {
	    .from = 1774738800, .to = 1774738800 + 23 * HOUR, .zone = &berlin, .language = "en"};
	struct tick tick[TICKS_MAX];
	const size_t count = picture_time_ticks(&picture, 400, tick);

	(void)state;
	assert_true(count > 3);
	assert_string_equal(tick[1].text, "03:00");
	assert_int_equal((int64_t)tick[1].value, 1774738800 + 2 * HOUR);
}

static void test_text(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(picture_text_fit("short", 11, 100, arena), "short");
	assert_string_equal(picture_text_fit("a.very.long.zone.example.org", 11, 60, arena),
			    "a.very.l\xe2\x80\xa6");
	/* never half a character */
	assert_string_equal(picture_text_fit("受信側が拒否しました", 11, 50, arena),
			    "受信側\xe2\x80\xa6");
	assert_true(picture_text_width("受信", 10) > picture_text_width("il", 10));
	arena_free(arena);
}

/* --- the layout --- */

static json_t *sheet_of(const struct picture *picture, bool is_dark)
{
	const struct picture_style style = {
	    .width = 800, .is_dark = is_dark, .path = "picture.svg"};
	char *line = picture_sheet(picture, &style);
	json_t *sheet;

	assert_null(strchr(line, '\n'));
	sheet = json_loads(line, 0, NULL);
	assert_non_null(sheet);
	free(line);
	return sheet;
}

static double number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static const char *word(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_t *find_text(const json_t *sheet, const char *text)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(sheet, "texts"), i, row)
	{
		if (strcmp(word(row, "text"), text) == 0)
			return row;
	}
	fail_msg("the text '%s' is not in the picture", text);
	return NULL;
}

static const json_t *find_band(const json_t *sheet, enum paint paint)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(sheet, "draw"), i, row)
	{
		if (strcmp(word(row, "kind"), "band") == 0 &&
		    strcmp(word(row, "colour"), paint_colour(paint, false)) == 0)
			return row;
	}
	fail_msg("no band of colour %s", paint_colour(paint, false));
	return NULL;
}

/* Every text lies on the paper, and no two lie over each other. */
static void assert_no_overlap(const json_t *sheet)
{
	const json_t *const texts = json_object_get(sheet, "texts");
	const double width = number(sheet, "width"), height = number(sheet, "height");
	struct {
		double left, right, top, bottom;
	} box[512];
	json_t *row;
	size_t i;

	assert_true(json_array_size(texts) < COUNT_OF(box));
	json_array_foreach(texts, i, row)
	{
		const double size = number(row, "size");
		const double wide = picture_text_width(word(row, "text"), size) * 0.93;
		const char *const anchor = word(row, "anchor");

		box[i].left = number(row, "x") - (strcmp(anchor, "end") == 0      ? wide
						  : strcmp(anchor, "middle") == 0 ? wide / 2
										  : 0);
		box[i].right = box[i].left + wide;
		box[i].bottom = number(row, "y") + 1;
		box[i].top = number(row, "y") - size + 2;
		assert_true(box[i].left >= 0 && box[i].right <= width + 1);
		assert_true(box[i].top >= 0 && box[i].bottom <= height);
		for (size_t j = 0; j < i; j++)
			if (box[i].left < box[j].right && box[j].left < box[i].right &&
			    box[i].top < box[j].bottom && box[j].top < box[i].bottom)
				fail_msg("'%s' lies over '%s'", word(row, "text"),
					 word(json_array_get(texts, j), "text"));
	}
}

static struct picture_step day[3][31];
static const struct picture_curve curve[] = {
    {"sent", CURVE_AREA, PAINT_SENT, day[0], 31},
    {"bounced", CURVE_AREA, PAINT_BOUNCED, day[1], 31},
    {"last month's mean: 400", CURVE_DASHED, PAINT_MEAN, day[2], 31},
};

static struct picture month(const struct picture_lane *lane, size_t lanes)
{
	for (int i = 0; i < 31; i++) {
		for (size_t j = 0; j < 3; j++)
			day[j][i].from = november + i * DAY;
		day[0][i].value = i == 30 ? NAN : i == 20 ? 9000 : 500;
		day[1][i].value = i == 30 ? NAN : i == 20 ? 4000 : 10;
		day[2][i].value = i == 30 ? NAN : 400;
	}
	return (struct picture){.title = "192.0.2.10",
				.subtitle = "messages a day",
				.about = "",
				.unit = "messages a day",
				.from = november,
				.to = november + 30 * DAY,
				.language = "en",
				.zone = &tokyo,
				.curve = curve,
				.curves = 3,
				.lane = lane,
				.lanes = lanes};
}

static void test_a_listing(void **state)
{
	const struct picture_span span = {november + 21 * DAY + 60, november + 25 * DAY,
					  PAINT_CRITICAL};
	const struct picture_lane lane = {"bl.example", &span, 1};
	const struct picture picture = month(&lane, 1);
	json_t *sheet = sheet_of(&picture, false);
	const json_t *const canvas = json_object_get(sheet, "canvas");
	const json_t *const band = find_band(sheet, PAINT_CRITICAL);
	const json_t *const stretch = json_array_get(json_object_get(band, "spans"), 0);
	const double a_pixel =
	    (number(canvas, "high") - number(canvas, "low")) / number(canvas, "height");
	const double y =
	    number(canvas, "y") + (number(canvas, "high") - number(band, "high")) / a_pixel;

	(void)state;
	/* 13,000 is the highest pile; nothing above zero belongs to a lane */
	assert_float_equal(number(canvas, "high"), 15000, 0.1);
	assert_true(number(band, "high") < 0);
	/* the band begins and ends when the listing did */
	assert_int_equal(json_integer_value(json_array_get(stretch, 0)), span.from);
	assert_int_equal(json_integer_value(json_array_get(stretch, 1)), span.to);
	/* its name stands beside it */
	assert_true(fabs(number(find_text(sheet, "bl.example"), "y") - (y + 9)) < 1.5);
	assert_no_overlap(sheet);
	json_decref(sheet);
}

static void test_many_lanes(void **state)
{
	static struct picture_span span[40];
	static struct picture_lane lane[40];
	static char name[40][48];
	static const size_t counts[] = {0, 1, 10, 20, 40};

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		span[i] = (struct picture_span){november + 20 * DAY, november + 30 * DAY,
						(enum paint)(PAINT_CRITICAL + i % 4)};
		snprintf(name[i], sizeof(name[i]), "list-%zu.of.a.rather.long.name.example", i);
		lane[i] = (struct picture_lane){name[i], &span[i], 1};
	}
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		const struct picture picture = month(lane, counts[i]);
		json_t *sheet = sheet_of(&picture, true);

		assert_no_overlap(sheet);
		json_decref(sheet);
	}
}

/* Without values there are lanes only, and no number at the axis. */
static void test_lanes_only(void **state)
{
	const struct picture_span span = {november, november + DAY, PAINT_POOR};
	const struct picture_lane lane = {"192.0.2.10", &span, 1};
	struct picture picture = month(&lane, 1);
	json_t *sheet;

	(void)state;
	picture.unit = NULL;
	picture.curves = 0;
	sheet = sheet_of(&picture, false);
	find_text(sheet, "192.0.2.10");
	assert_true(number(json_object_get(sheet, "canvas"), "height") < 60);
	assert_no_overlap(sheet);
	json_decref(sheet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_value_ticks),        cmocka_unit_test(test_time_ticks),
	    cmocka_unit_test(test_hours_of_short_day), cmocka_unit_test(test_text),
	    cmocka_unit_test(test_a_listing),          cmocka_unit_test(test_many_lanes),
	    cmocka_unit_test(test_lanes_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
