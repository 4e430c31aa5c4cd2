/* Looking sentences up and filling them in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "render/tr.h"
#include "render/tr_table.h"

#include <stdbool.h>
#include <string.h>

static void table_is_sorted_and_whole(void **state)
{
	(void)state;
	assert_true(tr_ja_rows > 100);
	for (size_t i = 0; i < tr_ja_rows; i++) {
		const struct tr_row *const row = &tr_ja[i];

		if (i && strcmp(row[-1].english, row->english) >= 0)
			fail_msg("'%s' stands behind '%s'", row->english, row[-1].english);
		assert_string_equal(tr("ja", row->english), row->translated);
		assert_string_not_equal(row->translated, "");
	}
}

static void what_is_not_known_is_english(void **state)
{
	(void)state;
	assert_string_equal(tr("ja", "CRITICAL"), "\xe7\xb7\x8a\xe6\x80\xa5");
	assert_string_equal(tr("ja", "no such sentence"), "no such sentence");
	assert_string_equal(tr("en", "CRITICAL"), "CRITICAL");
	assert_string_equal(tr("xx", "CRITICAL"), "CRITICAL");
	assert_string_equal(tr("", "CRITICAL"), "CRITICAL");
}

static void places(void **state)
{
	static const struct {
		const char *sentence;
		const char *filling[3];
		const char *wanted;
	} row[] = {
	    {"", {""}, ""},
	    {"100 %% of %s", {"a"}, "100 % of a"},
	    {"%s %s", {"a", "b"}, "a b"},
	    {"%2$s %1$s", {"a", "b"}, "b a"},
	    {"%1$s %1$s", {"a"}, "a a"},
	    {"%d %n %", {""}, "%d %n %"},
	    {"%s", {"%s %n %1$s"}, "%s %n %1$s"},
	    {"%3$s", {"a", "b", "c"}, "c"},
	    {"%0$s%", {""}, "%0$s%"},
	    /* a blank stands between Japanese and other letters only */
	    {"%s からの %s です", {"192.0.2.1", "A"}, "192.0.2.1 からの A です"},
	    {"%s からの %s です", {"2件のアドレス", "漢字"}, "2件のアドレスからの漢字です"},
	    {"%s からの", {"2件（東京）"}, "2件（東京）からの"},
	    {"%s からの", {""}, " からの"},
	    {"%s からの", {"ü"}, "ü からの"},
	    {"%s %s", {"山田", "太郎"}, "山田 太郎"},
	    {"the %s (%s)", {"山田", "太郎"}, "the 山田 (太郎)"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		tr_fill(&out, "en", row[i].sentence, row[i].filling);
		if (strcmp(str_text(&out), row[i].wanted) != 0)
			fail_msg("'%s': '%s'", row[i].sentence, str_text(&out));
		str_release(&out);
	}
}

static void order_differs(void **state)
{
	struct str out = {0};

	(void)state;
	tr_add(&out, "ja", "the HELO name %s leads to %s and not to %s", "A", "B", "C");
	assert_string_equal(str_text(&out),
			    "HELO\xe5\x90\x8d A \xe3\x81\xae\xe6\xad\xa3\xe5\xbc\x95"
			    "\xe3\x81\x8d\xe3\x81\x8c C \xe3\x81\xa7\xe3\x81\xaf"
			    "\xe3\x81\xaa\xe3\x81\x8f B \xe3\x81\xab\xe3\x81\xaa"
			    "\xe3\x81\xa3\xe3\x81\xa6\xe3\x81\x84\xe3\x81\xbe"
			    "\xe3\x81\x99");
	str_release(&out);
}

/* Marks the places there are, whatever stands at each: %zu and %2$s may be the same one. */
static void find_places(const char *sentence, bool used[10])
{
	size_t count = 0;

	memset(used, 0, 10 * sizeof(*used));
	while ((sentence = strchr(sentence, '%'))) {
		sentence++;
		if (*sentence == '%') {
			sentence++;
			continue;
		}
		if (sentence[0] >= '1' && sentence[0] <= '9' && sentence[1] == '$')
			used[sentence[0] - '1'] = true;
		else
			used[count++] = true;
	}
}

/* A translation has all of the places, in whatever order. */
static void places_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < tr_ja_rows; i++) {
		bool english[10], translated[10];

		find_places(tr_ja[i].english, english);
		find_places(tr_ja[i].translated, translated);
		if (memcmp(english, translated, sizeof(english)) != 0)
			fail_msg("'%s' has other places than '%s'", tr_ja[i].translated,
				 tr_ja[i].english);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table_is_sorted_and_whole),
	    cmocka_unit_test(what_is_not_known_is_english),
	    cmocka_unit_test(places),
	    cmocka_unit_test(order_differs),
	    cmocka_unit_test(places_agree),
	};

	return cmocka_run_group_tests_name("tr", tests, NULL, NULL);
}
