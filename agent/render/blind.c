#include "render/blind.h"

#include "base/map.h"
#include "base/mem.h"

#include <string.h>

enum { CAUSE_WIDTH = 14 };

/* What the cause most likely means and what can be done; behind cause_text. */
static const char *const advice[] = {
    [CAUSE_NONE] = "",
    [CAUSE_TIMEOUT] = "the servers are down, or they drop questions from this resolver",
    [CAUSE_SERVFAIL] = "they are broken, or the resolver is",
    [CAUSE_REFUSED] = "many refuse public resolvers; ask through a recursive one of your own",
    [CAUSE_GARBLED] = "something between here and there rewrites DNS",
    [CAUSE_NOT_127] = "the zone is parked, or the resolver rewrites answers",
    [CAUSE_ERROR_CODE] = "the list turns this resolver away, or a limit is reached",
    [CAUSE_UNKNOWN_CODE] = "the list's web page says what it means",
    [CAUSE_LIST_SICK] = "'repwatch lists --verify' shows how",
    [CAUSE_MASS_CHANGE] = "the next pass asks again",
    [CAUSE_BUDGET] = "the next day has another",
    [CAUSE_DEADLINE] = "resolver.deadline is too short, or the resolver too slow",
    [CAUSE_BAD_NAME] = "nobody can ask about it",
};
_Static_assert(COUNT_OF(advice) == CAUSE_COUNT, "advice for each cause");

/* One that was not there before has no addresses yet. */
static struct blind_list *row_of(struct arena *arena, struct map *seen, const char *subject,
				 enum cause cause)
{
	const char *key = arena_printf(arena, "%s %s", cause_name(cause), subject);
	struct blind_list *row = map_get(seen, key);

	if (row)
		return row;
	row = arena_calloc(arena, 1, sizeof(*row));
	row->subject = subject;
	row->cause = cause;
	map_put(seen, key, row);
	return row;
}

static void add_view(struct arena *arena, struct map *seen, const struct address_view *view,
		     struct blind *blind)
{
	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *standing = &view->standing[i];
		const bool is_list = standing->subject[0];
		const char *subject =
		    is_list ? standing->subject : page_check_name(standing->check);
		struct blind_list *row;

		if (standing->blind_cause == CAUSE_NONE)
			continue;
		if (is_list && !map_get(seen, subject)) {
			map_put(seen, subject, blind);
			blind->lists++;
		}
		row = row_of(arena, seen, subject, standing->blind_cause);
		if (!row->addresses)
			blind->row[blind->rows++] = row;
		row->addresses++;
		if (standing->last_good > row->last_good)
			row->last_good = standing->last_good;
	}
}

struct blind blind_of(struct arena *arena, const struct address_view *view, size_t views)
{
	struct map *seen = map_new();
	struct blind blind = {.addresses = views};
	size_t most = 0;

	for (size_t i = 0; i < views; i++) {
		most += view[i].standings;
		blind.answered += view[i].answered;
	}
	blind.row = arena_calloc(arena, most, sizeof(struct blind_list *));
	for (size_t i = 0; i < views; i++)
		add_view(arena, seen, &view[i], &blind);
	map_free(seen);
	return blind;
}

static void add_subject(struct page *page, struct str *line, const struct blind *blind,
			const struct blind_list *row)
{
	const bool is_partial = row->addresses < blind->addresses;
	const bool has_age = row->last_good && !page->style->is_live;
	char age[CIVIL_TEXT_BYTES];

	str_addf(line, "%s%s", line->len ? ", " : "", page_shown(page, row->subject));
	if (is_partial)
		str_addf(line, " (%s", page_count(page, row->addresses, "address", "addresses"));
	if (has_age)
		str_addf(line, "%slast answer %s ago", is_partial ? ", " : " (",
			 civil_age(page->style->now - row->last_good, age));
	if (is_partial || has_age)
		str_add_char(line, ')');
}

static void add_cause(struct page *page, const struct blind *blind, enum cause cause)
{
	struct str line = {0};

	for (size_t i = 0; i < blind->rows; i++)
		if (blind->row[i]->cause == cause)
			add_subject(page, &line, blind, blind->row[i]);
	if (line.len) {
		str_add(page->out, "  ");
		layout_tint(page->out, &page->layout, TINT_WARN, cause_name(cause));
		str_add_fill(page->out, ' ', CAUSE_WIDTH - strlen(cause_name(cause)));
		layout_wrap(page->out, &page->layout, CAUSE_WIDTH + 2, line.text);
		str_add_char(page->out, '\n');
		page_line(page, CAUSE_WIDTH + 2,
			  arena_printf(page->arena, "%s: %s", cause_text(cause), advice[cause]));
	}
	str_release(&line);
}

/* Whether anything came back that a server meant. */
static bool has_other_causes(const struct blind *blind)
{
	static const bool is_transport[CAUSE_COUNT] = {[CAUSE_TIMEOUT] = true,
						       [CAUSE_SERVFAIL] = true,
						       [CAUSE_REFUSED] = true,
						       [CAUSE_DEADLINE] = true};

	for (size_t i = 0; i < blind->rows; i++)
		if (!is_transport[blind->row[i]->cause])
			return true;
	return false;
}

void blind_section(struct page *page, const struct blind *blind)
{
	if (!blind->rows)
		return;
	page_heading(page, "Could not be learned");
	for (int cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++)
		add_cause(page, blind, (enum cause)cause);
	if (!blind->answered && !has_other_causes(blind))
		page_line(
		    page, 2,
		    "Not one question was answered: look at the resolver first, or ask another "
		    "with --resolver.");
}
