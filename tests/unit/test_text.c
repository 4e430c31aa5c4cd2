#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "golden.h"
#include "sample.h"

#include "base/mem.h"
#include "render/text.h"

#include <stdlib.h>
#include <string.h>

static struct text_style style_of(size_t columns)
{
	return (struct text_style){
	    .columns = columns,
	    .zone = &sample_zone,
	    .now = SAMPLE_NOW,
	};
}

static void add_addresses(struct str *out, const struct text_style *style)
{
	text_addresses(out, style, sample_view, SAMPLE_VIEWS, &sample_catalogue);
}

static void add_one(struct str *out, const struct text_style *style)
{
	text_addresses(out, style, &sample_view[SAMPLE_POOR], 1, &sample_catalogue);
}

static void add_each(struct str *out, const struct text_style *style)
{
	for (size_t i = 0; i < SAMPLE_VIEWS; i++) {
		text_addresses(out, style, &sample_view[i], 1, &sample_catalogue);
		str_add(out, "----\n");
	}
	text_addresses(out, style, &sample_domain, 1, &sample_catalogue);
}

static void add_live(struct str *out, const struct text_style *style)
{
	struct text_style live = *style;

	live.is_live = true;
	text_addresses(out, &live, &sample_view[SAMPLE_POOR], 1, &sample_catalogue);
	text_addresses(out, &live, &sample_view[SAMPLE_OLD], 1, &sample_catalogue);
}

static void add_events(struct str *out, const struct text_style *style)
{
	text_events(out, style, sample_event, sample_events);
}

static void add_lists(struct str *out, const struct text_style *style)
{
	text_lists(out, style, sample_list, sample_lists);
}

static void add_pass(struct str *out, const struct text_style *style)
{
	struct pass_summary quiet = sample_pass;

	text_pass(out, style, &sample_pass);
	str_add(out, "----\n");
	quiet.events = quiet.notices = 0;
	quiet.is_complete = true;
	text_pass(out, style, &quiet);
}

/* What is shown, how wide the terminal is (0: none), with colour or more words. */
static const struct {
	const char *golden;
	void (*add)(struct str *out, const struct text_style *style);
	size_t columns;
	bool has_color, is_verbose;
} page[] = {
    {"addresses-80.txt", add_addresses, 80, false, false},
    {"addresses-pipe.txt", add_addresses, 0, false, false},
    {"addresses-40-color.txt", add_addresses, 40, true, false},
    {"one-80.txt", add_one, 80, false, false},
    {"one-40-color.txt", add_one, 40, true, true},
    {"each-pipe.txt", add_each, 0, false, true},
    {"live-80.txt", add_live, 80, false, false},
    {"events-80.txt", add_events, 80, false, false},
    {"events-pipe.txt", add_events, 0, false, false},
    {"lists-80.txt", add_lists, 80, false, false},
    {"lists-60-color.txt", add_lists, 60, true, false},
    {"pass-80.txt", add_pass, 80, false, false},
};

static void shows_what_the_golden_files_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(page); i++) {
		struct text_style style = style_of(page[i].columns);
		struct str out = {0};

		style.has_color = page[i].has_color;
		style.is_verbose = page[i].is_verbose;
		page[i].add(&out, &style);
		golden_equal(page[i].golden, &out);
		str_release(&out);
	}
}

/* The sample holds terminal commands in every foreign text there is. */
static void lets_no_command_through(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(page); i++) {
		struct text_style style = style_of(page[i].columns);
		struct str out = {0};

		style.is_verbose = true;
		page[i].add(&out, &style);
		for (size_t at = 0; at < out.len; at++) {
			const unsigned char byte = (unsigned char)out.text[at];

			if ((byte < 0x20 && byte != '\n') || byte == 0x7f)
				fail_msg("%s: byte %02x at %zu", page[i].golden, byte, at);
		}
		assert_null(strstr(out.text, "\302\233"));
		assert_null(strstr(out.text, "\342\200\256"));
		assert_null(strstr(out.text, "SECRET"));
		str_release(&out);
	}
}

/* No line is wider than the terminal, unless a word alone is. */
static void keeps_within_the_terminal(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(page); i++) {
		struct text_style style = style_of(120);
		struct str out = {0};

		page[i].add(&out, &style);
		for (const char *at = out.text; *at;) {
			const size_t len = strcspn(at, "\n");

			if (len >
			    120 + 20) /* multi-byte characters are narrower than their bytes */
				fail_msg("%s: %.*s", page[i].golden, (int)len, at);
			assert_true(len == 0 || at[len - 1] != ' ');
			at += len + 1;
		}
		str_release(&out);
	}
}

static void the_first_line_holds_the_worst(void **state)
{
	static const struct {
		void (*add)(struct str *out, const struct text_style *style);
		const char *begins;
	} row[] = {
	    {add_addresses, "5 addresses: 1 poor, 1 unknown, 2 neutral, 1 good; 2 lists could not"},
	    {add_one, "192.0.2.10  POOR  listed on zen.example: SBL"},
	    {add_lists, "5 lists: 1 sick, 1 refused, 1 ok, 1 not yet asked, 1 disabled\n"},
	};
	const struct text_style style = style_of(80);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		row[i].add(&out, &style);
		if (strncmp(out.text, row[i].begins, strlen(row[i].begins)) != 0)
			fail_msg("%.100s", out.text);
		str_release(&out);
	}
}

static size_t count_lines(const char *text, const char *begin)
{
	size_t count = 0;

	for (const char *at = strstr(text, begin); at; at = strstr(at + 1, begin))
		count++;
	return count;
}

/* Hundreds of good ones would push the others off the screen; a pipe gets them all. */
static void many_of_a_grade_make_room_on_a_terminal(void **state)
{
	enum { MANY = 200 };
	static const struct {
		size_t columns;
		bool is_verbose;
		size_t good, unknown, poor;
	} row[] = {{80, false, 20, 20, 50}, {80, true, 100, 50, 50}, {0, false, 100, 50, 50}};
	struct address_view *view = xcalloc(MANY, sizeof(*view));

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		view[i] = sample_view[i % 2 ? SAMPLE_GOOD : i % 4 ? SAMPLE_UNKNOWN : SAMPLE_POOR];
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct text_style style = style_of(row[i].columns);
		struct str out = {0};

		style.is_verbose = row[i].is_verbose;
		text_addresses(&out, &style, view, MANY, &sample_catalogue);
		assert_int_equal(count_lines(out.text, "\nGOOD "), row[i].good);
		assert_int_equal(count_lines(out.text, "\nUNKNOWN "), row[i].unknown);
		assert_int_equal(count_lines(out.text, "\nPOOR "), row[i].poor);
		assert_int_equal(
		    count_lines(out.text,
				"\n... 30 more UNKNOWN, 80 more GOOD; --verbose shows all\n"),
		    i == 0);
		str_release(&out);
	}
	free(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shows_what_the_golden_files_hold),
	    cmocka_unit_test(lets_no_command_through),
	    cmocka_unit_test(keeps_within_the_terminal),
	    cmocka_unit_test(the_first_line_holds_the_worst),
	    cmocka_unit_test(many_of_a_grade_make_room_on_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
