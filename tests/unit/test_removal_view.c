#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "golden.h"

#include "base/mem.h"
#include "render/json.h"
#include "render/removal.h"

#include <stdlib.h>
#include <string.h>

/* 2026-11-21T10:00:00+09:00 */
#define NOW INT64_C(1795222800)
enum { HOUR = 3600, DAY = 86400, DAY_MS = 86400000 };

static const struct zone_change tokyo[] = {{0, 9 * HOUR}};
static const struct zone zone = {tokyo, COUNT_OF(tokyo)};

static const struct list zen = {
    .zone = "zen.example",
    .name = "Example ZEN",
    .operator_name = "Example",
    .lookup_url = "https://zen.example/?q={address}",
    .way = {.by = REMOVAL_BY_FORM,
	    .words = "form at zen.example, a day",
	    .url = "https://zen.example/ask",
	    .mail = "",
	    .takes_ms = DAY_MS},
};
static const struct list level = {
    .zone = "l1.example",
    .name = "Level 1",
    .operator_name = "",
    .lookup_url = "https://l1.example/{address}",
    .way = {.by = REMOVAL_BY_EXPIRY,
	    .words = "expires 7 days after the last hit",
	    .url = "",
	    .mail = "",
	    .expires_ms = 7 * (int64_t)DAY_MS,
	    .can_cost = true},
};
static const struct removal_way docomo = {.by = REMOVAL_BY_UNKNOWN,
					  .words = "no form is known",
					  .url = "",
					  .mail = "",
					  .language = REMOVAL_JAPANESE};

static const struct standing on_zen = {
    .check = "dnsbl",
    .subject = "zen.example",
    .severity = SEVERITY_CRITICAL,
    .means = "SBL, CSS",
    .text = "see https://zen.example/\x1b[31m\n\xff",
    .since = NOW - 3 * DAY,
};
static const struct standing on_level = {
    .check = "dnsbl",
    .subject = "l1.example",
    .severity = SEVERITY_MINOR,
    .means = "",
    .text = "",
    .since = NOW - HOUR,
};
static const struct standing at_docomo = {
    .check = "receiver",
    .subject = "docomo",
    .severity = SEVERITY_CRITICAL,
    .means = "ip-block",
    .text = "550 blocked",
    .since = NOW - DAY,
};

static const struct removal_suspect suspect[] = {
    {.account = "info@hanako.example\x1b[0m", .today = 7131, .yesterday = 8895, .usual = 35.2}};
#define REQUEST                                                                                    \
	{                                                                                          \
		.id = 1, .address = "192.0.2.10", .check = "dnsbl", .subject = "zen.example",      \
		.was = FINDING_LISTED, .listed_since = NOW - 3 * DAY, .asked_at = NOW - 2 * DAY,   \
		.last_asked_at = NOW - DAY, .times = 2, .ticket = "T-4711\x1b[31m",                \
		.note = "by form", .answered_at = NOW - 2 * HOUR, .answer = "we look into it",     \
	}
static const struct removal request = REQUEST;
#define ENDED                                                                                      \
	{                                                                                          \
		.id = 2, .address = "2001:db8::10", .check = "dnsbl", .subject = "zen.example",    \
		.was = FINDING_LISTED, .asked_at = NOW - 30 * DAY,                                 \
		.last_asked_at = NOW - 30 * DAY, .times = 1, .ticket = "", .note = "",             \
		.answer = "", .cleared_at = NOW - 28 * DAY - 12 * HOUR,                            \
		.relisted_at = NOW - 3 * DAY,                                                      \
	}
static const struct removal ended = ENDED;

static const struct removal_view view[] = {
    {
	.address = "192.0.2.10",
	.name = "mail1",
	.pool = "shared-a",
	.helo = "mail1.example.jp",
	.ptr = "mail1.example.jp",
	.is_ptr_good = true,
	.standing = &on_zen,
	.list = &zen,
	.way = &zen.way,
	.request = &request,
	.relisted = 2,
	.has_traffic = true,
	.volume = {.level = VOLUME_SPIKE},
	.suspect = suspect,
	.suspects = 1,
	.recent = 3000,
	.then = {.is_known = true, .date = "2026-11-18", .sent = 7131},
	.now = {.is_known = true, .is_so_far = true, .date = "2026-11-20", .sent = 260},
	.advice = {REMOVAL_FIX_FIRST, NOW + DAY, {"the cause goes on: \x1b[31m", "asked"}, 2},
    },
    {
	.address = "192.0.2.10",
	.name = "mail1",
	.pool = "shared-a",
	.helo = "",
	.ptr = "",
	.is_receiver = true,
	.standing = &at_docomo,
	.way = &docomo,
	.has_traffic = true,
	.block_cause = REPLY_IP_BLOCK,
	.refused = 1234,
	.refused_at = NOW - 60,
	.suspect = suspect,
	.suspects = 1,
	.then = {.is_known = true, .date = "2026-11-20", .sent = 8895},
	.now = {.is_known = true, .is_so_far = true, .date = "2026-11-21", .sent = 7131},
	.advice = {REMOVAL_ASK, 0, {"nothing speaks against it"}, 1},
    },
    {
	.address = "2001:db8::10",
	.name = "",
	.pool = "",
	.helo = "",
	.standing = &on_level,
	.list = &level,
	.way = &level.way,
	.advice = {REMOVAL_EXPIRES, 0, {"nobody can be asked"}, 1},
    },
};
static const struct removal_term term[] = {{"zen.example", 2, 1, 1, 1.5},
					   {"x.example", 1, 0, 0, 0}};
static const struct removal history[] = {ENDED, REQUEST};

static const struct removal_page all = {view, COUNT_OF(view), history, COUNT_OF(history),
					term, COUNT_OF(term)};
static const struct removal_page one = {&view[0], 1, NULL, 0, NULL, 0};
static const struct removal_page carrier = {&view[1], 1, NULL, 0, NULL, 0};
static const struct removal_page expiring = {&view[2], 1, NULL, 0, NULL, 0};
static const struct removal_page none = {NULL, 0, NULL, 0, NULL, 0};

static void pages_look_so(void **state)
{
	static const struct {
		const char *name;
		const struct removal_page *page;
		bool has_history;
		size_t columns;
	} row[] = {
	    {"removals.txt", &all, true, 80},
	    {"removals-pipe.txt", &all, false, 0},
	    {"removal-one.txt", &one, false, 80},
	    {"removal-carrier.txt", &carrier, false, 80},
	    {"removal-expires.txt", &expiring, true, 80},
	    {"removal-none.txt", &none, true, 80},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct text_style style = {
		    .columns = row[i].columns, .zone = &zone, .now = NOW};
		const struct removal_shown shown = {row[i].page, &zone, NOW, row[i].has_history};
		struct str out = {0};

		text_removals(&out, &style, &shown);
		golden_equal(row[i].name, &out);
		assert_null(strchr(str_text(&out), '\x1b'));
		str_release(&out);
	}
}

static void documents_look_so(void **state)
{
	const struct removal_shown shown = {&all, &zone, NOW, true};
	const struct removal_shown brief = {&none, &zone, NOW, false};
	json_t *document = json_removals(&shown);
	struct str out = {0};
	char *text = json_dumps(document, JSON_INDENT(1));

	(void)state;
	str_addf(&out, "%s\n", text);
	golden_equal("removals.json", &out);
	free(text);
	json_decref(document);
	str_clear(&out);
	document = json_removals(&brief);
	text = json_dumps(document, JSON_COMPACT);
	assert_string_equal(text, "{\"at\":\"2026-11-21T10:00:00+09:00\",\"requests\":[]}");
	free(text);
	json_decref(document);
	str_release(&out);
}

static void a_terminal_is_not_flooded(void **state)
{
	static const struct {
		size_t views, columns;
		bool is_verbose;
		size_t cards;
	} row[] = {{20, 80, false, 20},
		   {21, 80, false, 20},
		   {50, 80, false, 20},
		   {50, 80, true, 50},
		   {50, 0, false, 50}};
	struct removal_view many[50];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(many); i++)
		many[i] = view[2];
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct removal_page page = {many, row[i].views, NULL, 0, NULL, 0};
		const struct text_style style = {.columns = row[i].columns,
						 .is_verbose = row[i].is_verbose,
						 .zone = &zone,
						 .now = NOW};
		const struct removal_shown shown = {&page, &zone, NOW, false};
		struct str out = {0};
		size_t cards = 0;

		text_removals(&out, &style, &shown);
		for (const char *at = str_text(&out); (at = strstr(at, " on l1.example")); at++)
			cards++;
		assert_int_equal(cards, row[i].cards);
		assert_true((row[i].cards < row[i].views) ==
			    (strstr(str_text(&out), "more; --verbose shows all\n") != NULL));
		str_release(&out);
	}
}

/* Strangers are told neither who the customer is nor anything a terminal obeys. */
static void letters_keep_secrets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(view); i++)
		for (int language = 0; language < REMOVAL_LANGUAGE_COUNT; language++) {
			struct str out = {0};

			removal_letter(&out, &view[i], (enum removal_language)language, &zone);
			assert_null(strstr(str_text(&out), "hanako"));
			assert_null(strchr(str_text(&out), '\x1b'));
			assert_null(strstr(str_text(&out), "%s"));
			assert_non_null(strstr(str_text(&out), view[i].address));
			assert_non_null(
			    strstr(str_text(&out), language == REMOVAL_ENGLISH
						       ? "[COMPLETE THIS LINE: "
						       : "【この行を記入してください: "));
			str_release(&out);
		}
}

static void some_have_nobody_to_write_to(void **state)
{
	(void)state;
	assert_true(removal_has_letter(&view[0]));
	assert_true(removal_has_letter(&view[1]));
	assert_false(removal_has_letter(&view[2]));
}

static void rows_are_told(void **state)
{
	const struct text_style style = {.zone = &zone, .now = NOW};
	struct str out = {0};

	(void)state;
	text_removal(&out, &style, &request, "asked");
	assert_string_equal(str_text(&out),
			    "192.0.2.10 on zen.example: asked, ticket T-4711\\x1b[31m, 2 times "
			    "since 2026-11-19 10:00\n");
	str_clear(&out);
	text_removal(&out, &style, &ended, "forgotten");
	assert_string_equal(str_text(&out), "2001:db8::10 on zen.example: forgotten\n");
	str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pages_look_so),
	    cmocka_unit_test(documents_look_so),
	    cmocka_unit_test(a_terminal_is_not_flooded),
	    cmocka_unit_test(letters_keep_secrets),
	    cmocka_unit_test(some_have_nobody_to_write_to),
	    cmocka_unit_test(rows_are_told),
	};

	return cmocka_run_group_tests_name("removal requests as shown", tests, NULL, NULL);
}
