#include "render/text.h"

#include "base/ip.h"
#include "base/mem.h"
#include "model/traffic.h"
#include "render/blind.h"
#include "render/blocks.h"
#include "render/card.h"
#include "render/page.h"

#include <stdlib.h>
#include <string.h>

/* Several addresses: a line that says how it stands, a table with the worst on top, then a card
 * for each that is not good. One address is one card, in full. */

/* On a terminal, more rows of one grade would push everything else off the screen. All that are
 * POOR are shown, whatever it costs. */
enum { ROWS_MAX = 20, WIDE_COLUMNS = 110 };

/* The worst first. */
static const enum grade_letter grade_order[] = {GRADE_POOR, GRADE_UNKNOWN, GRADE_NEUTRAL,
						GRADE_GOOD};
_Static_assert(COUNT_OF(grade_order) == GRADE_COUNT, "every grade has its place");

static const char *const grade_word[] = {[GRADE_UNKNOWN] = "unknown",
					 [GRADE_GOOD] = "good",
					 [GRADE_NEUTRAL] = "neutral",
					 [GRADE_POOR] = "poor"};
_Static_assert(COUNT_OF(grade_word) == GRADE_COUNT, "a word for each grade");

static size_t count_of(const struct address_view *view, size_t views, enum grade_letter letter)
{
	size_t count = 0;

	for (size_t i = 0; i < views; i++)
		count += view[i].grade.letter == letter;
	return count;
}

/* What the targets are called together. */
static const char *noun_of(const struct address_view *view, size_t views)
{
	size_t addresses = 0;
	struct ip ip;

	for (size_t i = 0; i < views; i++)
		addresses += ip_parse(view[i].address, &ip);
	if (addresses == views)
		return "addresses";
	return addresses ? "targets" : "domains";
}

static void add_summary(struct page *page, const struct address_view *view, size_t views,
			size_t blind_lists)
{
	const char *before = ": ";

	str_addf(page->out, "%zu %s", views, noun_of(view, views));
	for (size_t i = 0; i < COUNT_OF(grade_order); i++) {
		const enum grade_letter letter = grade_order[i];
		const size_t count = count_of(view, views, letter);

		if (!count)
			continue;
		str_add(page->out, before);
		layout_tint(page->out, &page->layout, page_grade_tint(letter),
			    arena_printf(page->arena, "%zu %s", count, grade_word[letter]));
		before = ", ";
	}
	if (blind_lists)
		str_addf(page->out, "; %s could not be asked",
			 page_count(page, blind_lists, "list", "lists"));
	str_add(page->out, "\n\n");
}

static const struct layout_column column[] = {
    {"GRADE", false, LAYOUT_KEEP},
    {"ADDRESS", false, LAYOUT_KEEP},
    {"NAME", false, LAYOUT_SPARE},
    {"POOL", false, LAYOUT_SPARE},
    {"14 DAYS, YESTERDAY", false, LAYOUT_KEEP},
    {"ANSWERED", true, LAYOUT_KEEP},
    {"WHY", false, LAYOUT_CUT},
};

static enum tint volume_tint(enum volume_level level)
{
	switch (level) {
	case VOLUME_SPIKE:
		return TINT_BAD;
	case VOLUME_ELEVATED:
	case VOLUME_OVER_PLAN:
	case VOLUME_LOW:
		return TINT_WARN;
	case VOLUME_NORMAL:
	case VOLUME_WARM_UP:
	case VOLUME_COLD:
	case VOLUME_NO_DATA:
	case VOLUME_LEVEL_COUNT:
		break;
	}
	return TINT_FAINT;
}

/* The last days, and how yesterday was to last month's mean; only where a line has the room. */
static struct layout_cell recent(struct page *page, const struct address_view *view)
{
	struct layout_cell cell = {"", TINT_NONE};
	struct str text = {0};

	if (!view->recent || page->layout.columns < WIDE_COLUMNS)
		return cell;
	blocks_spark(&text, view->recent, view->recents);
	if (view->traffic->volume.month_mean > 0)
		str_addf(&text, " %.1f×", view->traffic->volume.ratio);
	cell.text = arena_strdup(page->arena, str_text(&text));
	cell.tint = volume_tint(view->traffic->volume.level);
	str_release(&text);
	return cell;
}

/* How much was answered is worth a column only where something is missing. */
static void fill_row(struct page *page, struct layout_cell *cell, const struct address_view *view)
{
	const struct grade *grade = &view->grade;
	const char *gap = view->answered < view->asked
			      ? arena_printf(page->arena, "%zu/%zu", view->answered, view->asked)
			      : "";
	const char *why = card_headline(page, view);

	cell[0] = (struct layout_cell){grade_name(grade->letter), page_grade_tint(grade->letter)};
	cell[1] = (struct layout_cell){page_shown(page, view->address), TINT_NONE};
	cell[2] = (struct layout_cell){page_shown(page, view->name), TINT_NONE};
	cell[3] = (struct layout_cell){page_shown(page, view->pool), TINT_NONE};
	cell[4] = recent(page, view);
	cell[5] = (struct layout_cell){gap, TINT_WARN};
	cell[6] = (struct layout_cell){why, grade->letter == GRADE_GOOD ? TINT_FAINT : TINT_NONE};
}

/* How many rows of a grade are shown; a pipe gets them all. */
static size_t rows_shown(const struct page *page, enum grade_letter letter, size_t count)
{
	const bool shows_all =
	    !page->layout.columns || page->style->is_verbose || letter == GRADE_POOR;

	return shows_all || count <= ROWS_MAX ? count : ROWS_MAX;
}

/* Within a grade the order is the caller's, which is the configuration's. */
static void add_table(struct page *page, const struct address_view *view, size_t views)
{
	struct layout_cell *cell =
	    arena_calloc(page->arena, views * COUNT_OF(column), sizeof(*cell));
	struct str hidden = {0};
	size_t rows = 0;

	for (size_t g = 0; g < COUNT_OF(grade_order); g++) {
		const enum grade_letter letter = grade_order[g];
		const size_t count = count_of(view, views, letter);
		size_t left = rows_shown(page, letter, count);

		if (left < count)
			str_addf(&hidden, "%s%zu more %s", hidden.len ? ", " : "", count - left,
				 grade_name(letter));
		for (size_t i = 0; left && i < views; i++) {
			if (view[i].grade.letter != letter)
				continue;
			fill_row(page, cell + rows++ * COUNT_OF(column), &view[i]);
			left--;
		}
	}
	layout_table(page->out, &page->layout, column, COUNT_OF(column), cell, rows);
	if (hidden.len)
		str_addf(page->out, "... %s; --verbose shows all\n", hidden.text);
	str_release(&hidden);
}

void text_addresses(struct str *out, const struct text_style *style,
		    const struct address_view *view, size_t views,
		    const struct catalogue *catalogue)
{
	struct page page = page_begin(out, style);
	const struct blind blind = blind_of(page.arena, view, views);

	if (views == 1) {
		card_full(&page, &view[0], catalogue);
	} else {
		add_summary(&page, view, views, blind.lists);
		add_table(&page, view, views);
		for (size_t g = 0; g < COUNT_OF(grade_order); g++)
			for (size_t i = 0; i < views; i++)
				if (view[i].grade.letter == grade_order[g] &&
				    grade_order[g] != GRADE_GOOD)
					card_short(&page, &view[i], catalogue);
	}
	blind_section(&page, &blind);
	page_end(&page);
}
