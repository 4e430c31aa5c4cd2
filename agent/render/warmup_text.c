#include "base/civil.h"
#include "base/mem.h"
#include "render/page.h"
#include "render/warmup.h"
#include "render/warmup_words.h"

static const struct warmup_word word[] = {
    [WARMUP_UNKNOWN] = {"unknown", "unknown", TINT_WARN},
    [WARMUP_WAITING] = {"waiting", "waiting", TINT_FAINT},
    [WARMUP_ON_PLAN] = {"on-plan", "on plan", TINT_GOOD},
    [WARMUP_BEHIND] = {"behind", "behind", TINT_WARN},
    [WARMUP_OVER_PLAN] = {"over-plan", "over plan", TINT_BAD},
    [WARMUP_DONE] = {"done", "done", TINT_GOOD},
};
_Static_assert(COUNT_OF(word) == WARMUP_VERDICT_COUNT, "a word for each verdict");

const struct warmup_word *warmup_word(enum warmup_verdict verdict)
{
	return &word[verdict];
}

bool warmup_has_headroom(const struct warmup_view *view)
{
	return view->terms.days && view->is_counted;
}

uint64_t warmup_headroom(const struct warmup_view *view)
{
	return view->allowed > view->sent ? view->allowed - view->sent : 0;
}

static const char *number(struct page *page, uint64_t value)
{
	return arena_printf(page->arena, "%ju", (uintmax_t)value);
}

static const char *date(struct page *page, int64_t day)
{
	char text[CIVIL_TEXT_BYTES];

	return arena_strdup(page->arena, civil_date_text(civil_from_days(day), text));
}

/* "from 50 on 2026-11-21, times 1.4 a day, to 10000 on 2026-12-07, day 17" */
static const char *course(struct page *page, const struct warmup_terms *terms)
{
	const char *const start = date(page, terms->start);
	const char *const steps = *terms->curve
				      ? arena_printf(page->arena, "from %s on by the curve %s",
						     start, page_shown(page, terms->curve))
				      : arena_printf(page->arena, "from %ju on %s, times %g a day,",
						     (uintmax_t)terms->first, start, terms->growth);

	if (!terms->days)
		return arena_printf(page->arena, "%s to %ju", steps, (uintmax_t)terms->target);
	return arena_printf(page->arena, "%s to %ju on %s, day %u", steps, (uintmax_t)terms->target,
			    date(page, terms->start + terms->days - 1), terms->days);
}

static void add_schedule(struct page *page, const struct warmup_schedule *schedule)
{
	static const struct layout_column column[] = {
	    {"DAY", true, LAYOUT_KEEP},
	    {"DATE", false, LAYOUT_KEEP},
	    {"ALLOWED", true, LAYOUT_KEEP},
	};
	const uint32_t days = schedule->terms.days;
	struct layout_cell *cell =
	    arena_calloc(page->arena, days * COUNT_OF(column), sizeof(*cell));

	for (uint32_t i = 0; i < days; i++) {
		struct layout_cell *row = cell + i * COUNT_OF(column);

		row[0].text = number(page, i + 1);
		row[1].text = date(page, schedule->terms.start + i);
		row[2].text = number(page, schedule->allowed[i]);
	}
	layout_table(page->out, &page->layout, column, COUNT_OF(column), cell, days);
}

void text_warmup_plan(struct str *out, const struct text_style *style,
		      const struct warmup_schedule *schedule)
{
	struct page page = page_begin(out, style);

	page_line(&page, 0,
		  arena_printf(page.arena, "%s%s: %s", schedule->terms.address,
			       schedule->is_recorded ? "" : " (not recorded)",
			       course(&page, &schedule->terms)));
	if (schedule->replaced)
		page_line(&page, 0,
			  arena_printf(page.arena, "replaces an older plan: %s",
				       course(&page, schedule->replaced)));
	str_add_char(out, '\n');
	add_schedule(&page, schedule);
	page_end(&page);
}

/* "3 of 17"; behind the target the plan has no more days. */
static const char *day_of(struct page *page, const struct warmup_view *view)
{
	const uint32_t days = view->terms.days;

	if (view->day < 1)
		return "";
	if (!days)
		return number(page, (uint64_t)view->day);
	return arena_printf(page->arena, "%ju of %u",
			    view->day < days ? (uintmax_t)view->day : days, days);
}

static const char *number_if(struct page *page, bool is_known, uint64_t value)
{
	return is_known ? number(page, value) : "?";
}

static const char *yesterday_of(struct page *page, const struct warmup_view *view)
{
	if (!view->has_yesterday)
		return "";
	return arena_printf(page->arena, "%s of %s",
			    number_if(page, view->is_counted, view->yesterday_sent),
			    number_if(page, view->terms.days, view->yesterday_allowed));
}

static const char *verdict_of(struct page *page, const struct warmup_view *view)
{
	if (view->verdict == WARMUP_WAITING)
		return arena_printf(page->arena, "begins %s", date(page, view->terms.start));
	return warmup_word(view->verdict)->text;
}

static bool is_over_today(const struct warmup_view *view)
{
	return view->verdict == WARMUP_OVER_PLAN && view->sent > view->allowed;
}

static bool was_over_yesterday(const struct warmup_view *view)
{
	return view->verdict == WARMUP_OVER_PLAN && view->has_yesterday &&
	       view->yesterday_sent > view->yesterday_allowed;
}

static void fill_view(struct page *page, struct layout_cell *row, const struct warmup_view *view)
{
	row[0].text = view->terms.address;
	row[1].text = day_of(page, view);
	row[2].text = number_if(page, view->terms.days, view->allowed);
	row[3].text = number_if(page, view->is_counted, view->sent);
	row[3].tint = is_over_today(view) ? TINT_BAD : TINT_NONE;
	row[4].text = number_if(page, warmup_has_headroom(view), warmup_headroom(view));
	row[5].text = yesterday_of(page, view);
	row[5].tint = was_over_yesterday(view) ? TINT_BAD : TINT_NONE;
	row[6].text = verdict_of(page, view);
	row[6].tint = warmup_word(view->verdict)->tint;
}

static const char *unknown_of(struct page *page, const struct warmup_view *view)
{
	if (!view->terms.days)
		return arena_printf(page->arena, "this version knows no curve '%s'; plan it anew",
				    page_shown(page, view->terms.curve));
	return "no mail of it was counted yet; is its log among the 'maillogs', and does the log "
	       "tell the address?";
}

static const char *over_of(struct page *page, const struct warmup_view *view)
{
	if (is_over_today(view))
		return arena_printf(page->arena, "sent %ju today where %ju are allowed",
				    (uintmax_t)view->sent, (uintmax_t)view->allowed);
	return arena_printf(page->arena, "sent %ju yesterday where %ju were allowed",
			    (uintmax_t)view->yesterday_sent, (uintmax_t)view->yesterday_allowed);
}

/* A sentence for what needs one, or NULL. */
static const char *advice(struct page *page, const struct warmup_view *view)
{
	switch (view->verdict) {
	case WARMUP_UNKNOWN:
		return unknown_of(page, view);
	case WARMUP_OVER_PLAN:
		return over_of(page, view);
	case WARMUP_BEHIND:
		return arena_printf(page->arena,
				    "sent %ju yesterday where %ju were allowed; after a step "
				    "that was left out the next is a jump",
				    (uintmax_t)view->yesterday_sent,
				    (uintmax_t)view->yesterday_allowed);
	case WARMUP_DONE:
		return arena_printf(page->arena,
				    "has reached its target; 'repwatch warmup stop %s' ends the "
				    "plan",
				    view->terms.address);
	case WARMUP_WAITING:
	case WARMUP_ON_PLAN:
	case WARMUP_VERDICT_COUNT:
		break;
	}
	return NULL;
}

static void add_advice(struct page *page, const struct warmup_view *view, size_t views)
{
	const char *before = "\n";

	for (size_t i = 0; i < views; i++) {
		const char *const sentence = advice(page, &view[i]);

		if (!sentence)
			continue;
		str_add(page->out, before);
		before = "";
		page_line(page, 0,
			  arena_printf(page->arena, "%s: %s", view[i].terms.address, sentence));
	}
}

void text_warmup_status(struct str *out, const struct text_style *style,
			const struct warmup_view *view, size_t views)
{
	static const struct layout_column column[] = {
	    {"ADDRESS", false, LAYOUT_KEEP}, {"DAY", false, LAYOUT_KEEP},
	    {"ALLOWED", true, LAYOUT_KEEP},  {"SENT", true, LAYOUT_KEEP},
	    {"LEFT", true, LAYOUT_KEEP},     {"YESTERDAY", false, LAYOUT_SPARE},
	    {"VERDICT", false, LAYOUT_KEEP},
	};
	struct page page = page_begin(out, style);
	struct layout_cell *cell =
	    arena_calloc(page.arena, views * COUNT_OF(column), sizeof(*cell));

	for (size_t i = 0; i < views; i++)
		fill_view(&page, cell + i * COUNT_OF(column), &view[i]);
	if (views)
		layout_table(out, &page.layout, column, COUNT_OF(column), cell, views);
	add_advice(&page, view, views);
	page_end(&page);
}

void text_warmup_stop(struct str *out, const struct text_style *style,
		      const struct warmup_terms *stopped)
{
	struct page page = page_begin(out, style);

	page_line(&page, 0,
		  arena_printf(page.arena, "%s: stopped the plan %s", stopped->address,
			       course(&page, stopped)));
	page_end(&page);
}

void text_warmup_curves(struct str *out, const struct text_style *style,
			const struct curve_view *curve, size_t curves)
{
	static const struct layout_column column[] = {
	    {"CURVE", false, LAYOUT_KEEP},
	    {"DAYS", true, LAYOUT_KEEP},
	    {"FIRST", true, LAYOUT_KEEP},
	    {"LAST", true, LAYOUT_KEEP},
	};
	struct page page = page_begin(out, style);
	struct layout_cell *cell =
	    arena_calloc(page.arena, curves * COUNT_OF(column), sizeof(*cell));

	for (size_t i = 0; i < curves; i++) {
		struct layout_cell *row = cell + i * COUNT_OF(column);

		row[0].text = curve[i].name;
		row[1].text = number(&page, curve[i].days);
		row[2].text = number(&page, curve[i].day[0]);
		row[3].text = number(&page, curve[i].day[curve[i].days - 1]);
	}
	layout_table(out, &page.layout, column, COUNT_OF(column), cell, curves);
	str_add_char(out, '\n');
	for (size_t i = 0; i < curves; i++)
		page_line(&page, 0,
			  arena_printf(page.arena, "%s: %s", curve[i].name, curve[i].about));
	page_end(&page);
}
