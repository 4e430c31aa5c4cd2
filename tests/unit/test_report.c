#include "base/mem.h"
#include "render/report.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define HOSTILE "<script>alert(1)</script>\"'&\033[31m"

static const struct suspect suspect[] = {
    {.account = HOSTILE, .sent = 41200, .usual = 120, .factor = 343.3, .share = 0.78},
};
static const struct receiver_view receiver[] = {
    {.receiver = "gmail",
     .sent = 4000,
     .blocked_since = SAMPLE_NOW - 7200,
     .refused = 4120,
     .cause = REPLY_IP_BLOCK,
     .words = "550-5.7.1 " HOSTILE},
};
static const struct traffic traffic = {
    .volume = {.level = VOLUME_SPIKE, .yesterday = 48200, .month_mean = 8033, .ratio = 6.0},
    .receiver = receiver,
    .receivers = 1,
    .suspect = suspect,
    .suspects = 1,
};

static struct html_page frame(struct str *out, const char *language, enum html_section section)
{
	return (struct html_page){.out = out,
				  .language = language,
				  .zone = &sample_zone,
				  .zone_name = "Asia/Tokyo",
				  .pass_at = SAMPLE_NOW,
				  .host = "log1." HOSTILE,
				  .root = section == HTML_DEEPER ? "../" : "",
				  .section = section,
				  .title = "A title"};
}

/* Text that is there, and bytes that never are. */
static void assert_page(const struct str *out, const char *const *wanted, size_t count)
{
	const char *const text = str_text(out);

	for (size_t i = 0; i < count; i++)
		if (!strstr(text, wanted[i]))
			fail_msg("'%s' is missing in:\n%s", wanted[i], text);
	assert_null(strstr(text, "<script>"));
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, " style="));
	assert_null(strstr(text, " onclick="));
	assert_non_null(strstr(text, "</html>"));
}

static void make_front(const struct html_page *page, bool is_all_good)
{
	static struct address_view poor;
	const struct address_view *view[] = {&poor, &sample_view[SAMPLE_UNKNOWN]};
	const struct report_pool pool[] = {
	    {.name = "shared-a",
	     .view = view,
	     .views = 2,
	     .by_grade = {[GRADE_POOR] = 1, [GRADE_UNKNOWN] = 1},
	     .yesterday = 48200,
	     .month_mean = 24100},
	};

	poor = sample_view[SAMPLE_POOR];
	poor.traffic = &traffic;
	report_front(page, &(struct report_front){.view = view,
						  .views = is_all_good ? 0 : 2,
						  .pool = pool,
						  .pools = 1,
						  .list = sample_list,
						  .lists = sample_lists,
						  .event = sample_event,
						  .events = sample_events});
}

static void test_front(void **state)
{
	static const char *const wanted[] = {
	    "<html lang=\"en\">",
	    "aria-current=\"page\">Overview",
	    "<a href=\"a/192.0.2.10.html\">192.0.2.10</a>",
	    "listed on zen.example: SBL, XBL, reserved, PBL",
	    /* the culprit, in the row */
	    ("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\x1b[31m</strong> sent 41,200, "
	     "usually 120"),
	    "data-value=\"48200\">48,200</td>",
	    "6.0×",
	    "only 1 of 4 questions were answered",
	    "<a href=\"p/shared-a.html\">shared-a</a>",
	    "2.0×",
	    "Receivers that refuse mail",
	    "550-5.7.1 &lt;script&gt;",
	    "bl.cop.example</a> <span class=\"badge unknown\">sick</span>",
	    "127.0.0.1 is listed, and must not be: \\x1b[1mbad",
	};
	struct str out = {0};
	const struct html_page page = frame(&out, "en", HTML_FRONT);

	(void)state;
	make_front(&page, false);
	assert_page(&out, wanted, COUNT_OF(wanted));
	str_release(&out);
}

static void test_front_japanese(void **state)
{
	static const char *const wanted[] = {
	    "<html lang=\"ja\">", ">概要</a>", "zen.example に登録",
	    "送信41,200通",      "要対応",    "受信拒否"};
	struct str out = {0};
	const struct html_page page = frame(&out, "ja", HTML_FRONT);

	(void)state;
	make_front(&page, false);
	assert_page(&out, wanted, COUNT_OF(wanted));
	str_release(&out);
}

static void test_all_good(void **state)
{
	static const char *const wanted[] = {"Nothing: every address is GOOD."};
	struct str out = {0};
	const struct html_page page = frame(&out, "en", HTML_FRONT);

	(void)state;
	make_front(&page, true);
	assert_page(&out, wanted, COUNT_OF(wanted));
	str_release(&out);
}

static void test_address(void **state)
{
	static const char *const wanted[] = {
	    "<span class=\"badge poor\">POOR</span>",
	    "<pre><code>mail.example.jp. IN A 192.0.2.10</code></pre>",
	    "media=\"(prefers-color-scheme: dark)\" srcset=\"192.0.2.10.dark.svg\"",
	    "<img src=\"192.0.2.10.svg\" loading=\"lazy\" width=\"800\"",
	    "Sent 300, deferred 30, bounced 3.\">",
	    "<details>",
	    "<td>2026-11-20</td><td class=\"number\" data-value=\"100\">100</td>",
	    "href=\"https://zen.example/look?q=192.0.2.10\">look up</a>",
	    "self-service at zen.example once the cause is gone",
	    "<code>127.0.0.2</code>",
	    "\\x1b[31mred.example",
	    "<dt>Leads back</dt><dd>no</dd>",
	    "href=\"../p/shared-a.html\"",
	    "href=\"../style.css\"",
	    "<time datetime=\"2026-11-19T10:00:00+09:00\">2026-11-19 10:00</time>",
	};
	static const struct report_day day[] = {{"2026-11-21", 200, 20, 2},
						{"2026-11-20", 100, 10, 1}};
	struct address_view view = sample_view[SAMPLE_POOR];
	const struct report_address address = {.view = &view,
					       .catalogue = &sample_catalogue,
					       .event = sample_event,
					       .events = sample_events,
					       .day = day,
					       .days = COUNT_OF(day),
					       .has_picture = true};
	struct str out = {0};
	const struct html_page page = frame(&out, "en", HTML_DEEPER);

	(void)state;
	view.traffic = &traffic;
	report_address(&page, &address);
	assert_page(&out, wanted, COUNT_OF(wanted));
	str_release(&out);
}

static void test_no_picture(void **state)
{
	static const char *const wanted[] = {"No mail log tells what it sends.",
					     "Nothing speaks against it.",
					     "Nothing has happened in this time."};
	struct str out = {0};
	const struct html_page page = frame(&out, "en", HTML_DEEPER);

	(void)state;
	report_address(&page, &(struct report_address){.view = &sample_view[SAMPLE_GOOD],
						       .catalogue = &sample_catalogue});
	assert_page(&out, wanted, COUNT_OF(wanted));
	assert_null(strstr(str_text(&out), "<img"));
	str_release(&out);
}

static void test_pool_pages(void **state)
{
	enum { ADDRESSES = 2 * REPORT_ROWS_MAX + 1 };
	const struct address_view **view = xcalloc(ADDRESSES, sizeof(*view));
	static const char *const wanted[] = {"<a href=\"big.html\">1</a>",
					     "<a href=\"big=p2.html\">2</a>",
					     "<a href=\"big=p3.html\" aria-current=\"page\">3</a>"};
	const struct report_pool pool = {
	    .name = "big", .view = view, .views = ADDRESSES, .has_volume = true};
	struct str out = {0};
	const struct html_page page = frame(&out, "en", HTML_DEEPER);

	(void)state;
	for (size_t i = 0; i < ADDRESSES; i++)
		view[i] = &sample_view[SAMPLE_GOOD];
	assert_int_equal(report_pool_pages(&pool), 3);
	report_pool(&page, &pool, 2);
	assert_page(&out, wanted, COUNT_OF(wanted));
	/* pictures stand on the first page only */
	assert_null(strstr(str_text(&out), "<img"));
	str_release(&out);
	free(view);
}

static void test_others(void **state)
{
	struct str out = {0};
	const struct html_page page = frame(&out, "en", HTML_LISTS);
	static const char *const lists[] = {"which lists.keys does not have", "zen.example",
					    "<img src=\"lists.svg\""};
	static const char *const none[] = {"There are none."};

	(void)state;
	report_lists(&page, sample_list, sample_lists, true);
	assert_page(&out, lists, COUNT_OF(lists));
	str_clear(&out);
	report_removals(&page, &(struct removal_page){0});
	assert_page(&out, none, COUNT_OF(none));
	str_clear(&out);
	report_domains(&page, NULL, 0);
	assert_page(&out, NULL, 0);
	str_clear(&out);
	report_journal(&page, sample_event, sample_events);
	assert_page(&out, NULL, 0);
	str_release(&out);
}

static void test_file_names(void **state)
{
	static const struct {
		const char *pool;
		size_t number;
		const char *file;
	} row[] = {
	    {"shared-a", 0, "shared-a.html"},
	    {"shared-a", 1, "shared-a=p2.html"},
	    {"", 0, "=none.html"},
	    {"../etc", 0, "..=2fetc.html"},
	    /* different pools never share a file */
	    {"a:b", 0, "a=3ab.html"},
	    {"a-b", 0, "a-b.html"},
	    {"a=p2", 0, "a=3dp2.html"},
	    {"日", 0, "=e6=97=a5.html"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		report_pool_page(&out, row[i].pool, row[i].number);
		assert_string_equal(str_text(&out), row[i].file);
		str_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
	    cmocka_unit_test(test_front),      cmocka_unit_test(test_front_japanese),
	    cmocka_unit_test(test_all_good),   cmocka_unit_test(test_address),
	    cmocka_unit_test(test_no_picture), cmocka_unit_test(test_pool_pages),
	    cmocka_unit_test(test_others),     cmocka_unit_test(test_file_names),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
