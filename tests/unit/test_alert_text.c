/* What people read: one golden file an alert and language. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert_sample.h"
#include "golden.h"

#include "base/mem.h"
#include "render/letter.h"
#include "render/utf8.h"

#include <stdio.h>
#include <string.h>

static const char *const language[] = {"en", "ja"};

static void compare(const struct alert_sample *sample, const char *in)
{
	const struct letter_style style = alert_sample_style(in);
	struct str text = {0};
	char name[64];

	alert_brief(&text, &sample->alert, &style);
	str_add(&text, "\n\n");
	alert_headline(&text, &sample->alert, &style);
	str_add(&text, "\n\n");
	alert_body(&text, &sample->alert, &style);
	snprintf(name, sizeof(name), "alert_%s.%s", sample->name, in);
	golden_equal(name, &text);
	str_release(&text);
}

static void each_alert_reads_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < alert_samples; i++)
		for (size_t j = 0; j < COUNT_OF(language); j++)
			compare(&alert_sample[i], language[j]);
}

static void an_unknown_language_is_english(void **state)
{
	const struct letter_style english = alert_sample_style("en");
	const struct letter_style other = alert_sample_style("tlh");
	struct str a = {0};
	struct str b = {0};

	(void)state;
	alert_body(&a, &alert_sample[0].alert, &english);
	alert_body(&b, &alert_sample[0].alert, &other);
	assert_string_equal(str_text(&a), str_text(&b));
	str_release(&a);
	str_release(&b);
}

/* The first line is what a lock screen shows. */
static void subjects_are_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < alert_samples; i++)
		for (size_t j = 0; j < COUNT_OF(language); j++) {
			const struct letter_style style = alert_sample_style(language[j]);
			struct str text = {0};
			size_t columns;

			alert_brief(&text, &alert_sample[i].alert, &style);
			columns = utf8_text_columns(str_text(&text), text.len);
			if (columns > 100 || strpbrk(str_text(&text), "\r\n"))
				fail_msg("%zu columns: %s", columns, str_text(&text));
			str_release(&text);
		}
}

static const char *const hostile[] = {
    "a\r\nBcc: x@example.jp",
    "\x1b[2J\x1b]0;owned\a",
    "\xe2\x80\xaetxt.exe",
    "%n%n%s%1$s",
    "\xff\xfe\xc0\xaf",
    "\\",
    "",
    "\xf0\x9f",
};

/* Whatever others write, each part stays on its line and no screen takes it for a command. */
static void hostile_text_stays_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(hostile); i++) {
		const struct letter_style style = alert_sample_style(language[i % 2]);
		struct arena *arena = arena_new();
		const struct alert alert = alert_sample_hostile(hostile[i], arena);
		struct str text = {0};

		alert_headline(&text, &alert, &style);
		assert_null(strchr(str_text(&text), '\n'));
		alert_body(&text, &alert, &style);
		for (size_t at = 0, taken; at < text.len; at += taken) {
			int32_t point;

			taken = utf8_next(text.text + at, text.len - at, &point);
			if (point != '\n' && (point == UTF8_INVALID || utf8_is_hidden(point)))
				fail_msg("%zu: %d in %s", i, (int)point, text.text);
		}
		assert_null(strstr(text.text, "\nBcc:"));
		str_release(&text);
		arena_free(arena);
	}
}

static void long_text_is_cut(void **state)
{
	const struct letter_style style = alert_sample_style("en");
	struct arena *arena = arena_new();
	char *const text = arena_calloc(arena, 65537, 1);
	struct str out = {0};
	struct alert alert;

	(void)state;
	memset(text, 'x', 65536);
	alert = alert_sample_hostile(text, arena);
	alert_headline(&out, &alert, &style);
	assert_true(out.len < 1000);
	alert_body(&out, &alert, &style);
	assert_true(out.len < 12000);
	str_release(&out);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_alert_reads_so), cmocka_unit_test(an_unknown_language_is_english),
	    cmocka_unit_test(subjects_are_short),  cmocka_unit_test(hostile_text_stays_text),
	    cmocka_unit_test(long_text_is_cut),
	};

	return cmocka_run_group_tests_name("alert_text", tests, NULL, NULL);
}
