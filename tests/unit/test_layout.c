#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "render/layout.h"

#include <string.h>

static void wraps_at_blanks(void **state)
{
	static const struct {
		const char *what;
		size_t columns, indent;
		const char *text, *wrapped;
	} row[] = {
	    {"no terminal, no wrapping", 0, 2, "one two three", "one two three"},
	    {"fits exactly", 13, 0, "one two three", "one two three"},
	    {"one column too narrow", 12, 0, "one two three", "one two\nthree"},
	    {"the indent counts", 13, 2, "one two three", "one two\n  three"},
	    {"a long word stays whole", 6, 0, "a https://bl.example b", "a\nhttps://bl.example\nb"},
	    {"line ends stay, without blanks behind", 0, 2, "a\n\nb", "a\n\n  b"},
	    {"blanks are one", 0, 0, "a   b", "a b"},
	    {"wide characters count twice", 8, 0, "\344\275\240 \345\245\275 \344\275\240",
	     "\344\275\240 \345\245\275 \344\275\240"},
	    {"and wrap so", 7, 0, "\344\275\240 \345\245\275 \344\275\240",
	     "\344\275\240 \345\245\275\n\344\275\240"},
	    {"nothing", 10, 4, "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct layout layout = {false, row[i].columns};
		struct str out = {0};

		layout_wrap(&out, &layout, row[i].indent, row[i].text);
		if (strcmp(str_text(&out), row[i].wrapped) != 0)
			fail_msg("%s: '%s'", row[i].what, str_text(&out));
		str_release(&out);
	}
}

static void cuts_between_characters(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
		const char *cut;
	} row[] = {
	    {"short", 5, "short"},
	    {"longer", 5, "lo..."},
	    {"longer", 3, "..."},
	    {"longer", 1, "."},
	    {"\344\275\240\345\245\275\344\275\240", 6, "\344\275\240\345\245\275\344\275\240"},
	    {"\344\275\240\345\245\275\344\275\240", 5, "\344\275\240..."},
	    {"\344\275\240\345\245\275\344\275\240", 4, "..."},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		layout_cut(&out, row[i].text, row[i].columns);
		assert_string_equal(str_text(&out), row[i].cut);
		str_release(&out);
	}
}

static const struct layout_column column[] = {
    {"NAME", false, LAYOUT_SPARE},
    {"EMPTY", false, LAYOUT_KEEP},
    {"COUNT", true, LAYOUT_KEEP},
    {"WHY", false, LAYOUT_CUT},
};
static const struct layout_cell cell[] = {
    {"a.example", TINT_NONE}, {"", TINT_NONE},
    {"7", TINT_BAD},          {"because of a long reason", TINT_NONE},
    {"b", TINT_NONE},         {"", TINT_NONE},
    {"120", TINT_NONE},       {"", TINT_NONE},
};

static void lays_out_tables(void **state)
{
	static const struct {
		const char *what;
		struct layout layout;
		const char *table;
	} row[] = {
	    {"as wide as it is; an empty column is left out, no line ends in blanks",
	     {false, 0},
	     "NAME       COUNT  WHY\n"
	     "a.example      7  because of a long reason\n"
	     "b            120\n"},
	    {"the last column gives first",
	     {false, 38},
	     "NAME       COUNT  WHY\n"
	     "a.example      7  because of a long...\n"
	     "b            120\n"},
	    {"what is spare is left out when cutting is not enough",
	     {false, 26},
	     "COUNT  WHY\n"
	     "    7  because of a lon...\n"
	     "  120\n"},
	    {"then more is cut",
	     {false, 20},
	     "COUNT  WHY\n"
	     "    7  because of...\n"
	     "  120\n"},
	    {"but no further than makes sense",
	     {false, 10},
	     "COUNT  WHY\n"
	     "    7  becau...\n"
	     "  120\n"},
	    {"colour is beside the words, not instead",
	     {true, 0},
	     "\033[2mNAME\033[0m       \033[2mCOUNT\033[0m  \033[2mWHY\033[0m\n"
	     "a.example      \033[31m7\033[0m  because of a long reason\n"
	     "b            120\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		layout_table(&out, &row[i].layout, column, COUNT_OF(column), cell, 2);
		if (strcmp(str_text(&out), row[i].table) != 0)
			fail_msg("%s:\n%s", row[i].what, str_text(&out));
		str_release(&out);
	}
}

static void what_must_not_be_cut_stands_below(void **state)
{
	static const struct layout_column two[] = {
	    {"NAME", false, LAYOUT_KEEP},
	    {"COUNT", true, LAYOUT_KEEP},
	    {"WHY", false, LAYOUT_BELOW},
	};
	static const struct layout_cell rows[] = {
	    {"a.example", TINT_NONE}, {"7", TINT_NONE},   {"because of a long reason", TINT_NONE},
	    {"b", TINT_NONE},         {"120", TINT_NONE}, {"", TINT_NONE},
	};
	static const struct {
		size_t columns;
		const char *table;
	} row[] = {
	    {42, "NAME       COUNT  WHY\n"
		 "a.example      7  because of a long reason\n"
		 "b            120\n"},
	    {41, "NAME       COUNT\n"
		 "a.example      7\n"
		 "    because of a long reason\n"
		 "b            120\n"},
	    {20, "NAME       COUNT\n"
		 "a.example      7\n"
		 "    because of a\n"
		 "    long reason\n"
		 "b            120\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct layout layout = {false, row[i].columns};
		struct str out = {0};

		layout_table(&out, &layout, two, COUNT_OF(two), rows, 2);
		assert_string_equal(str_text(&out), row[i].table);
		str_release(&out);
	}
}

static void a_table_without_rows_is_nothing(void **state)
{
	const struct layout layout = {false, 80};
	struct str out = {0};

	(void)state;
	layout_table(&out, &layout, column, COUNT_OF(column), cell, 0);
	assert_string_equal(str_text(&out), "");
	str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wraps_at_blanks),
	    cmocka_unit_test(cuts_between_characters),
	    cmocka_unit_test(lays_out_tables),
	    cmocka_unit_test(what_must_not_be_cut_stands_below),
	    cmocka_unit_test(a_table_without_rows_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
