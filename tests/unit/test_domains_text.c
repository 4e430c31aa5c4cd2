#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/domains.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* What `domains` says of one domain's mail: `month` was taken, `tried` offered to anybody. */
static const struct {
	const char *name;
	uint64_t month, tried;
	uint64_t to[BULK_RECEIVER_COUNT];
	const char *shares; /* GMAIL and MICROSOFT of the table */
	const char *line; /* of the domain alone, "" for none */
} row[] = {
    {"all of it was taken", 100, 100, {50, 25, 0}, "50 % 25 %", "50 % to gmail, 25 % to microsoft"},
    {"what was put off counts on both sides",
     10,
     30,
     {27, 3, 0},
     "90 % 10 %",
     "90 % to gmail, 10 % to microsoft"},
    {"nothing was taken", 0, 40, {30, 10, 0}, "75 % 25 %", "75 % to gmail, 25 % to microsoft"},
    {"today alone", 0, 4, {1, 0, 3}, "25 %", "25 % to gmail, 75 % to yahoo"},
    {"neither of them", 10, 10, {0, 0, 0}, "", ""},
    {"no mail", 0, 0, {0, 0, 0}, "", ""},
};

static struct domain_view view_of(size_t at)
{
	struct domain_view view = {
	    .base = {.address = "example.jp", .name = "", .pool = ""},
	    .registrable = "example.jp",
	    .month = row[at].month,
	    .tried = row[at].tried,
	    .addresses = 1,
	};
	static const struct domain_address address = {"192.0.2.1", "", 1};

	view.address = &address;
	memcpy(view.to, row[at].to, sizeof(view.to));
	return view;
}

static const char *text_of(struct arena *arena, const struct domain_view *view, size_t views)
{
	const struct text_style style = {.columns = 0};
	const struct catalogue none = {0};
	const char *kept;
	struct str text = {0};

	text_domains(&text, &style, view, views, &none);
	kept = arena_strdup(arena, str_text(&text));
	str_release(&text);
	return kept;
}

/* The words with a per cent sign behind them. */
static const char *shares_of(const char *text, struct arena *arena)
{
	struct str shares = {0};
	const char *kept;

	for (const char *at = strstr(text, " %"); at; at = strstr(at + 1, " %")) {
		const char *begin = at;

		while (begin > text && begin[-1] != ' ')
			begin--;
		str_addf(&shares, "%s%.*s %%", shares.len ? " " : "", (int)(at - begin), begin);
	}
	kept = arena_strdup(arena, str_text(&shares));
	str_release(&shares);
	return kept;
}

static void shares_are_of_what_was_offered(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		/* Two make a table. */
		const struct domain_view view[] = {view_of(i), view_of(COUNT_OF(row) - 1)};
		const char *const alone = text_of(arena, view, 1);
		const char *const shown = shares_of(text_of(arena, view, 2), arena);

		if (strcmp(shown, row[i].shares) != 0)
			fail_msg("%s: the table has '%s'", row[i].name, shown);
		if (row[i].line[0] ? !strstr(alone, row[i].line) : strstr(alone, " % to ") != NULL)
			fail_msg("%s:\n%s", row[i].name, alone);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shares_are_of_what_was_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
