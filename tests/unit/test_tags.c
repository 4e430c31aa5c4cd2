#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/tags.h"
#include "base/mem.h"
#include "base/str.h"

static const struct {
	const char *text;
	const char *tags; /* name=[value] of each */
	enum tags_fault fault;
	const char *wrong;
} tags_case[] = {
    {"v=DKIM1; k=rsa; p=abc", "v=[DKIM1] k=[rsa] p=[abc] ", TAGS_FINE, ""},
    {"v=DKIM1;k=rsa;p=abc;", "v=[DKIM1] k=[rsa] p=[abc] ", TAGS_FINE, ""},
    {" v = DKIM1 ;\tp = a b\r\n c ; ", "v=[DKIM1] p=[a b\r\n c] ", TAGS_FINE, ""},
    {"p=", "p=[] ", TAGS_FINE, ""},
    {"p=a=b==", "p=[a=b==] ", TAGS_FINE, ""},
    {"rua=mailto:a@b.example,mailto:c@d.example!10m; x_1=2",
     "rua=[mailto:a@b.example,mailto:c@d.example!10m] x_1=[2] ", TAGS_FINE, ""},
    {"", "", TAGS_FINE, ""},
    {";;;", "", TAGS_FINE, ""},
    {"a=1;;b=2", "a=[1] b=[2] ", TAGS_FINE, ""},
    {"A=1; a=2", "A=[1] a=[2] ", TAGS_FINE, ""},

    {"v=DKIM1 k=rsa", "v=[DKIM1 k=rsa] ", TAGS_FINE, ""},
    {"a=1; b; c=3", "a=[1] c=[3] ", TAGS_NO_EQUALS, "b"},
    {"hello", "", TAGS_NO_EQUALS, "hello"},
    {"=1", "=[1] ", TAGS_BAD_NAME, "=1"},
    {"1a=1; b=2", "1a=[1] b=[2] ", TAGS_BAD_NAME, "1a=1"},
    {"\"v=DKIM1", "\"v=[DKIM1] ", TAGS_BAD_NAME, "\"v=DKIM1"},
    {"a b=1", "a b=[1] ", TAGS_BAD_NAME, "a b=1"},
    {"a=1; b=2; a=3", "a=[1] b=[2] a=[3] ", TAGS_DUPLICATE, "a=3"},
    {"a=\xc3\xa9; b=1", "a=[\xc3\xa9] b=[1] ", TAGS_BAD_VALUE, "a=\xc3\xa9"},
    {"a=\x01", "a=[\x01] ", TAGS_BAD_VALUE, "a=\x01"},
    {"b; a=\x01; a=1", "a=[\x01] a=[1] ", TAGS_NO_EQUALS, "b"},
};

static void a_list_is_read_beyond_its_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(tags_case); i++) {
		struct str seen = {0};
		struct tags tags;

		tags_read(slice_text(tags_case[i].text), &tags);
		for (size_t k = 0; k < tags.count; k++)
			str_addf(&seen, "%.*s=[%.*s] ", (int)tags.tag[k].name.len,
				 tags.tag[k].name.at, (int)tags.tag[k].value.len,
				 tags.tag[k].value.at);
		assert_string_equal(str_text(&seen), tags_case[i].tags);
		assert_int_equal(tags.fault, tags_case[i].fault);
		assert_true(slice_is(tags.wrong, tags_case[i].wrong));
		str_release(&seen);
	}
}

static void a_list_has_an_end(void **state)
{
	struct str text = {0};
	struct tags tags;

	(void)state;
	for (int i = 0; i < 2 * TAGS_MAX; i++)
		str_addf(&text, "a%d=1;", i);
	tags_read(slice_text(str_text(&text)), &tags);
	assert_int_equal(tags.count, TAGS_MAX);
	assert_int_equal(tags.fault, TAGS_TOO_MANY);
	assert_true(slice_is(tags.wrong, "a32=1"));
	assert_non_null(tags_find(&tags, "a31"));
	assert_null(tags_find(&tags, "a32"));
	str_release(&text);
	tags_read((struct slice){0}, &tags);
	assert_int_equal(tags.count, 0);
}

static void the_first_of_a_name_is_found(void **state)
{
	struct tags tags;

	(void)state;
	tags_read(slice_text("a=1; ab=2; a=3"), &tags);
	assert_true(slice_is(tags_find(&tags, "a")->value, "1"));
	assert_true(slice_is(tags_find(&tags, "ab")->value, "2"));
	assert_null(tags_find(&tags, "A"));
	assert_null(tags_find(&tags, "b"));
}

static const struct {
	const char *value;
	const char *parts;
} part_case[] = {
    {"y:s", "[y][s]"}, {" y : s ", "[y][s]"}, {"y", "[y]"},
    {"", "[]"},        {"y:", "[y][]"},       {":y", "[][y]"},
};

static void a_value_has_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(part_case); i++) {
		struct slice rest = slice_text(part_case[i].value);
		struct slice part;
		struct str seen = {0};

		while (tags_next_part(&rest, ':', &part))
			str_addf(&seen, "[%.*s]", (int)part.len, part.at);
		assert_string_equal(str_text(&seen), part_case[i].parts);
		str_release(&seen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_is_read_beyond_its_mistakes),
	    cmocka_unit_test(a_list_has_an_end),
	    cmocka_unit_test(the_first_of_a_name_is_found),
	    cmocka_unit_test(a_value_has_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
