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

#include <string.h>

static json_t *check_document(void)
{
	struct address_view view[] = {sample_view[SAMPLE_POOR], sample_view[SAMPLE_NOTED],
				      sample_view[SAMPLE_UNKNOWN], sample_domain};

	return json_check(&sample_zone, SAMPLE_NOW, view, COUNT_OF(view), &sample_catalogue);
}

static json_t *status_document(void)
{
	return json_status(&sample_zone, SAMPLE_NOW, sample_view, SAMPLE_VIEWS, &sample_catalogue);
}

static json_t *events_document(void)
{
	return json_events(&sample_zone, sample_event, sample_events);
}

static json_t *lists_document(void)
{
	return json_lists(sample_list, sample_lists);
}

static json_t *pass_document(void)
{
	return json_pass(&sample_zone, &sample_pass);
}

static const struct {
	const char *golden;
	json_t *(*document)(void);
} row[] = {
    {"check.json", check_document},   {"status.json", status_document},
    {"events.json", events_document}, {"lists.json", lists_document},
    {"pass.json", pass_document},
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

static bool has_null(const json_t *value)
{
	const char *key;
	json_t *inner;
	size_t at;

	json_object_foreach((json_t *)(uintptr_t)value, key,
			    inner) if (has_null(inner)) return true;
	json_array_foreach(value, at, inner) if (has_null(inner)) return true;
	return json_is_null(value);
}

/* Programs read it back; a terminal that shows it is safe. */
static void reads_back_without_null_or_commands(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		json_t *before = row[i].document();
		struct str out = {0};
		json_t *again;

		json_print(&out, json_incref(before));
		again = json_loads(str_text(&out), JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(again);
		assert_true(json_equal(before, again));
		assert_false(has_null(again));
		for (size_t at = 0; at < out.len; at++)
			assert_true((unsigned char)out.text[at] >= 0x20 || out.text[at] == '\n');
		assert_null(strstr(out.text, "\302\233"));
		assert_null(strstr(out.text, "\342\200\256"));
		assert_null(strchr(out.text, 0x7f));
		assert_null(strstr(out.text, "SECRET"));
		json_decref(before);
		json_decref(again);
		str_release(&out);
	}
}

/* What stands in for hidden characters is the same string. */
static void hides_by_escapes_only(void **state)
{
	static const struct {
		const char *text;
		const char *printed;
	} text_row[] = {
	    {"plain \344\275\240", "[\n \"plain \344\275\240\"\n]\n"},
	    {"\177", "[\n \"\\u007f\"\n]\n"},
	    {"\302\233m", "[\n \"\\u009bm\"\n]\n"},
	    {"\342\200\256x", "[\n \"\\u202ex\"\n]\n"},
	    {"\363\240\201\201", "[\n \"\\udb40\\udc41\"\n]\n"},
	    {"a\nb\"c\\", "[\n \"a\\nb\\\"c\\\\\"\n]\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(text_row); i++) {
		struct str out = {0};
		json_t *again;

		json_print(&out, json_pack("[s]", text_row[i].text));
		assert_string_equal(str_text(&out), text_row[i].printed);
		again = json_loads(str_text(&out), 0, NULL);
		assert_string_equal(json_string_value(json_array_get(again, 0)), text_row[i].text);
		json_decref(again);
		str_release(&out);
	}
}

static json_t *element(const void *context, size_t index)
{
	static const char *const text[] = {"", "\"...\"", "two\nlines", "\302\233m", "}]\n "};

	(void)context;
	return json_pack("{s:s, s:i, s:{s:[i]}}", "text", text[index % COUNT_OF(text)], "index",
			 (int)index, "deep", "deeper", (int)index);
}

static struct str printed;
static size_t parts_left;

static bool take_part(const struct str *part)
{
	str_add_bytes(&printed, str_text(part), part->len);
	return --parts_left > 0;
}

static void a_list_in_parts_is_the_list(void **state)
{
	static const size_t count[] = {0, 1, 2, 3000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(count); i++) {
		const struct json_list list = {element, NULL, count[i]};
		json_t *whole = json_pack("{s:s, s:[]}", "name", "\"...\"", "list");
		json_t *framed =
		    json_pack("{s:s, s:o}", "name", "\"...\"", "list", json_list_place(&list));
		struct str wanted = {0};

		for (size_t j = 0; j < count[i]; j++)
			json_array_append_new(json_object_get(whole, "list"), element(NULL, j));
		json_print(&wanted, whole);
		parts_left = SIZE_MAX;
		assert_true(json_print_list(framed, &list, take_part));
		assert_string_equal(str_text(&printed), str_text(&wanted));
		str_release(&wanted);
		str_release(&printed);
	}
}

/* A reader that left early. */
static void a_list_ends_when_nobody_takes_it(void **state)
{
	const struct json_list list = {element, NULL, 10000};
	json_t *framed = json_pack("{s:o}", "list", json_list_place(&list));

	(void)state;
	parts_left = 1;
	assert_false(json_print_list(framed, &list, take_part));
	assert_int_equal(parts_left, 0);
	assert_in_range(printed.len, 1, 100000);
	str_release(&printed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(prints_what_the_golden_files_hold),
	    cmocka_unit_test(reads_back_without_null_or_commands),
	    cmocka_unit_test(hides_by_escapes_only),
	    cmocka_unit_test(a_list_in_parts_is_the_list),
	    cmocka_unit_test(a_list_ends_when_nobody_takes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
