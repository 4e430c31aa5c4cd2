#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "render/links.h"

#include <string.h>

static void fills_the_target_in(void **state)
{
	static const struct {
		const char *url, *target, *filled;
	} row[] = {
	    {"https://bl.example/?q={address}", "192.0.2.10", "https://bl.example/?q=192.0.2.10"},
	    {"https://bl.example/{domain}/x", "shop.example", "https://bl.example/shop.example/x"},
	    {"{address}{address}", "::1", "::1::1"},
	    {"https://bl.example/", "192.0.2.10", "https://bl.example/"},
	    {"{other}{address", "x", "{other}{address"},
	    {"", "192.0.2.10", ""},
	    {"https://bl.example/?q={domain}", "a b&c=\xc3\xbc/?#%",
	     "https://bl.example/?q=a%20b%26c%3D%C3%BC%2F%3F%23%25"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct list list = {.lookup_url = row[i].url};
		struct str out = {0};

		links_lookup(&out, &list, row[i].target);
		assert_string_equal(str_text(&out), row[i].filled);
		str_release(&out);
	}
}

static void a_list_that_left_the_catalogue_has_no_link(void **state)
{
	struct str out = {0};

	(void)state;
	links_lookup(&out, links_list(&(struct catalogue){0}, "gone.example"), "192.0.2.10");
	assert_string_equal(str_text(&out), "");
	assert_null(links_list(NULL, "gone.example"));
}

static void takes_meanings_apart(void **state)
{
	static const struct list_code code[] = {
	    {.means = "spam"}, {.means = "spam, confirmed"}, {.means = "a, b"}};
	static const struct list known = {.code = code, .codes = COUNT_OF(code)};
	static const struct {
		const struct list *list;
		const char *joined;
		const char *part[4];
	} row[] = {
	    {NULL, "", {NULL}},
	    {NULL, "SBL", {"SBL"}},
	    {NULL, "SBL, CSS", {"SBL", "CSS"}},
	    {&known, "a, b, spam", {"a, b", "spam"}},
	    {&known, "spam, confirmed, a, b", {"spam, confirmed", "a, b"}},
	    {&known, "new, spam", {"new", "spam"}},
	    {&known, "spammer", {"spammer"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const char *rest = row[i].joined;
		struct str part = {0};

		for (size_t j = 0; row[i].part[j]; j++) {
			assert_true(links_next_meaning(row[i].list, &rest, &part));
			assert_string_equal(str_text(&part), row[i].part[j]);
		}
		assert_false(links_next_meaning(row[i].list, &rest, &part));
		str_release(&part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fills_the_target_in),
	    cmocka_unit_test(a_list_that_left_the_catalogue_has_no_link),
	    cmocka_unit_test(takes_meanings_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
