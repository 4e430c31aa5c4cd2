#include "render/card.h"

#include "base/mem.h"
#include "render/links.h"

#include <stdlib.h>
#include <string.h>

/* What people call a check; a listing is called by its list. */
static const struct {
	const char *check;
	const char *name;
} check_row[] = {{"ptr", "PTR"}, {"helo", "HELO"}};

static const char *name_of(struct page *page, const char *check)
{
	for (size_t i = 0; i < COUNT_OF(check_row); i++)
		if (strcmp(check_row[i].check, check) == 0)
			return check_row[i].name;
	return page_shown(page, check);
}

const char *card_phrase(struct page *page, const struct reason *reason)
{
	const char *text = page_shown(page, reason->text);
	const char *subject = page_shown(page, reason->subject);

	if (reason->finding == FINDING_LISTED || reason->finding == FINDING_NOTED)
		return arena_printf(page->arena, "%s on %s%s%s", finding_name(reason->finding),
				    subject, text[0] ? ": " : "", text);
	if (reason->finding == FINDING_BROKEN)
		return arena_printf(page->arena, "%s: %s", name_of(page, reason->check), text);
	return text;
}

/* The standings of one belief, the worst first, else in their own order. */
static size_t pick(struct page *page, const struct address_view *view, enum finding belief,
		   const struct standing ***out)
{
	const struct standing **picked =
	    arena_calloc(page->arena, view->standings + 1, sizeof(*picked));
	size_t count = 0;

	for (int severity = SEVERITY_COUNT - 1; severity >= 0; severity--)
		for (size_t i = 0; i < view->standings; i++)
			if (view->standing[i].belief == belief &&
			    (int)view->standing[i].severity == severity)
				picked[count++] = &view->standing[i];
	*out = picked;
	return count;
}

static const char *codes_text(struct page *page, const struct standing *standing)
{
	struct str text = {0};
	const char *copy;

	for (size_t i = 0; i < standing->codes; i++) {
		const uint32_t code = standing->code[i];

		str_addf(&text, "%s%u.%u.%u.%u", i ? ", " : "", code >> 24, code >> 16 & 255,
			 code >> 8 & 255, code & 255);
	}
	copy = arena_strdup(page->arena, str_text(&text));
	str_release(&text);
	return copy;
}

/* "zen.spamhaus.org  critical, since 2026-11-18 10:00 (3d 0h)". A live check knows no beginning,
 * and what alarms nobody needs no severity. */
static void add_name(struct page *page, const struct standing *standing, const char *name)
{
	char minute[CIVIL_TEXT_BYTES], age[CIVIL_TEXT_BYTES];
	const char *before = "  ";

	str_add(page->out, "  ");
	layout_tint(page->out, &page->layout, TINT_STRONG, name);
	if (standing->belief != FINDING_NOTED) {
		str_add(page->out, before);
		layout_tint(page->out, &page->layout, page_severity_tint(standing->severity),
			    severity_name(standing->severity));
		before = ", ";
	}
	if (standing->since)
		str_addf(page->out, "%ssince %s (%s)", before,
			 civil_minute(page->style->zone, standing->since, minute),
			 civil_age(page->style->now - standing->since, age));
	str_add_char(page->out, '\n');
}

/* What is being waited for, or what the belief rests on. */
static void add_doubt(struct page *page, const struct standing *standing)
{
	char age[CIVIL_TEXT_BYTES];

	if (standing->streak && standing->hint != standing->belief)
		page_field(
		    page, "pending",
		    arena_printf(page->arena, "%s said '%s', not yet believed",
				 page_count(page, standing->streak, "answer", "answers in a row"),
				 finding_name(standing->hint)));
	if (standing->blind_cause != CAUSE_NONE && standing->last_good)
		page_field(page, "blind",
			   arena_printf(page->arena, "%s; what stands here was learned %s ago",
					cause_name(standing->blind_cause),
					civil_age(page->style->now - standing->last_good, age)));
}

static void add_listing(struct page *page, const struct standing *standing,
			const struct address_view *view, const struct catalogue *catalogue)
{
	const struct list *list = links_list(catalogue, standing->subject);
	const char *codes = codes_text(page, standing);
	struct str url = {0};

	add_name(page, standing, page_shown(page, standing->subject));
	if (list && strcmp(list->name, standing->subject) != 0)
		page_field(page, "list", list->name);
	page_field(page, "means",
		   standing->means && standing->means[0]
		       ? arena_printf(page->arena, "%s (%s)", standing->means, codes)
		       : codes);
	page_field(page, "it says", standing->text);
	add_doubt(page, standing);
	links_lookup(&url, list, view->address);
	page_field(page, "look up", str_text(&url));
	page_field(page, "removal",
		   list && standing->belief == FINDING_LISTED ? list->removal : "");
	str_release(&url);
}

/* Without a heading: within a card that has none. */
static void add_listings(struct page *page, const struct address_view *view,
			 const struct catalogue *catalogue, enum finding belief,
			 const char *heading)
{
	const struct standing **standing;
	const size_t count = pick(page, view, belief, &standing);

	if (count && heading)
		page_heading(page, heading);
	for (size_t i = 0; i < count; i++)
		add_listing(page, standing[i], view, catalogue);
}

/* Records that are missing or wrong, with what to publish. */
static void add_broken(struct page *page, const struct address_view *view, const char *heading)
{
	const struct standing **standing;
	const size_t count = pick(page, view, FINDING_BROKEN, &standing);

	if (count && heading)
		page_heading(page, heading);
	for (size_t i = 0; i < count; i++) {
		add_name(page, standing[i], name_of(page, standing[i]->check));
		page_field(page, "wrong", standing[i]->text);
		add_doubt(page, standing[i]);
		page_record(page, "publish", standing[i]->fix);
	}
}

static bool is_pending(const struct standing *standing)
{
	return standing->streak &&
	       (standing->belief == FINDING_CLEAR || standing->belief == FINDING_BLIND) &&
	       standing->hint != FINDING_CLEAR && standing->hint != FINDING_BLIND;
}

/* Seen, but too few answers agree yet to be believed. */
static void add_pending(struct page *page, const struct address_view *view)
{
	bool has_heading = false;

	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *standing = &view->standing[i];

		if (!is_pending(standing))
			continue;
		if (!has_heading)
			page_heading(page, "Seen, not yet believed");
		has_heading = true;
		page_line(page, 2,
			  arena_printf(page->arena, "%s  %s, %s so far",
				       standing->subject[0] ? page_shown(page, standing->subject)
							    : name_of(page, standing->check),
				       finding_name(standing->hint),
				       page_count(page, standing->streak, "answer", "answers")));
	}
}

static bool is_shown_below(const struct reason *reason, const struct address_view *view)
{
	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *standing = &view->standing[i];

		if (strcmp(standing->check, reason->check) == 0 &&
		    strcmp(standing->subject, reason->subject) == 0 &&
		    standing->belief == reason->finding)
			return true;
	}
	return false;
}

/* Those that no section below repeats; the first stands in the first line already. */
static void add_other_reasons(struct page *page, const struct address_view *view)
{
	for (size_t i = 1; i < view->grade.reasons; i++)
		if (!is_shown_below(&view->grade.reason[i], view))
			page_line(page, 2, card_phrase(page, &view->grade.reason[i]));
}

static void add_identity(struct page *page, const struct identity *identity)
{
	struct str names = {0};

	if (!identity->is_known)
		return;
	page_heading(page, "Identity");
	for (size_t i = 0; i < identity->ptrs; i++)
		str_addf(&names, "%s%s", i ? ", " : "", identity->ptr[i]);
	if (identity->ptrs)
		str_addf(&names, " (%s%s)",
			 identity->forward_confirmed ? "resolves back to the address"
						     : "does not resolve back to the address",
			 identity->generic_ptr ? ", looks generated" : "");
	page_field(page, "PTR", identity->ptrs ? names.text : "none");
	str_release(&names);
	if (identity->helo && identity->helo[0])
		page_field(page, "HELO",
			   arena_printf(page->arena, "%s (%s)", identity->helo,
					identity->helo_resolves
					    ? "resolves to the address"
					    : "does not resolve to the address"));
}

/* "www274, pool shared-a", either or neither. */
static const char *place_text(struct page *page, const struct address_view *view)
{
	const char *name = page_shown(page, view->name);
	const char *pool = page_shown(page, view->pool);

	return arena_printf(page->arena, "%s%s%s%s", name, name[0] && pool[0] ? ", " : "",
			    pool[0] ? "pool " : "", pool);
}

static const char *coverage_text(struct page *page, const struct address_view *view)
{
	char age[CIVIL_TEXT_BYTES];

	if (view->oldest_s < 0)
		return arena_printf(page->arena, "%zu of %s answered", view->answered,
				    page_count(page, view->asked, "question", "questions"));
	return arena_printf(page->arena, "%zu of %s answered, the oldest %s ago", view->answered,
			    page_count(page, view->asked, "question", "questions"),
			    civil_age(view->oldest_s, age));
}

/* "203.0.113.10  POOR  ", and how many columns that takes. */
static size_t add_title(struct page *page, const struct address_view *view)
{
	const char *address = page_shown(page, view->address);
	const char *grade = grade_name(view->grade.letter);

	layout_tint(page->out, &page->layout, TINT_STRONG, address);
	str_add(page->out, "  ");
	layout_tint(page->out, &page->layout, page_grade_tint(view->grade.letter), grade);
	return strlen(address) + strlen(grade) + 4;
}

void card_full(struct page *page, const struct address_view *view,
	       const struct catalogue *catalogue)
{
	const char *place = place_text(page, view);
	const size_t indent = add_title(page, view);

	if (view->grade.reasons) {
		str_add(page->out, "  ");
		layout_wrap(page->out, &page->layout, indent,
			    card_phrase(page, &view->grade.reason[0]));
	}
	str_add_char(page->out, '\n');
	page_line(page, 0,
		  arena_printf(page->arena, "%s%s%s", place, place[0] ? "; " : "",
			       coverage_text(page, view)));
	add_other_reasons(page, view);
	add_listings(page, view, catalogue, FINDING_LISTED, "Listed");
	add_broken(page, view, "Wrong");
	add_pending(page, view);
	add_listings(page, view, catalogue, FINDING_NOTED, "Noted");
	add_identity(page, &view->identity);
}

void card_short(struct page *page, const struct address_view *view,
		const struct catalogue *catalogue)
{
	const struct standing **standing;
	const char *place = place_text(page, view);

	if (!pick(page, view, FINDING_LISTED, &standing) &&
	    !pick(page, view, FINDING_BROKEN, &standing))
		return;
	str_add_char(page->out, '\n');
	add_title(page, view);
	str_addf(page->out, "%s%s\n", place[0] ? "  " : "", place);
	add_listings(page, view, catalogue, FINDING_LISTED, NULL);
	add_broken(page, view, NULL);
}
