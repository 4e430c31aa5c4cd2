#include "render/card.h"

#include "base/ip.h"
#include "base/mem.h"
#include "render/auth_text.h"
#include "render/links.h"
#include "render/traffic.h"

#include <stdlib.h>
#include <string.h>

/* What the codes mean; the list's own words stand further down. */
static const char *means_of(struct page *page, const struct address_view *view,
			    const struct reason *reason)
{
	const struct standing *standing = view_standing(view, reason);

	return page_shown(page, standing ? standing->means : reason->text);
}

const char *card_phrase(struct page *page, const struct address_view *view,
			const struct reason *reason)
{
	const char *text = page_shown(page, reason->text);
	const char *subject = page_shown(page, reason->subject);
	const char *name = page_shown(page, page_check_name(reason->check));
	const char *means;

	if (strcmp(reason->check, "receiver") == 0)
		return arena_printf(page->arena, "%s refuses its mail: %s", subject,
				    means_of(page, view, reason));
	switch (reason->finding) {
	case FINDING_LISTED:
	case FINDING_NOTED:
		if (!subject[0])
			return arena_printf(page->arena, "%s: %s", name, text);
		means = means_of(page, view, reason);
		return arena_printf(page->arena, "%s on %s%s%s", finding_name(reason->finding),
				    subject, means[0] ? ": " : "", means);
	case FINDING_BROKEN:
		/* "SPF gives fail ..." names itself. */
		if (strncmp(text, name, strlen(name)) == 0)
			return text;
		return arena_printf(page->arena, "%s: %s", name, text);
	case FINDING_BLIND:
		if (subject[0])
			return arena_printf(page->arena, "%s: %s", subject, text);
		break;
	case FINDING_CLEAR:
	case FINDING_ELEVATED:
	case FINDING_SPIKE:
	case FINDING_COLD:
	case FINDING_COUNT:
		break;
	}
	return text;
}

static bool is_list(const struct standing *standing)
{
	return strcmp(standing->check, "dnsbl") == 0;
}

/* What the sections about volume and receivers show. */
static bool is_traffic(const struct standing *standing)
{
	return strcmp(standing->check, "volume") == 0 || strcmp(standing->check, "receiver") == 0;
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
			if (view->standing[i].belief == belief && !is_traffic(&view->standing[i]) &&
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

/* "zen.spamhaus.org  critical, since 2026-11-18 10:00 (3d 0h)". What was asked just now has no
 * beginning, and what alarms nobody needs no severity. */
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
	if (standing->since && !page->style->is_live)
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

/* A record that is missing, wrong or odd, with what to publish. */
static void add_record(struct page *page, const struct standing *standing)
{
	add_name(page, standing, page_shown(page, page_check_name(standing->check)));
	page_field(page, standing->belief == FINDING_BROKEN ? "wrong" : "note", standing->text);
	add_doubt(page, standing);
	page_record(page, "publish", standing->fix);
}

/* Without a heading: within a card that has none. */
static void add_section(struct page *page, const struct address_view *view,
			const struct catalogue *catalogue, enum finding belief, const char *heading)
{
	const struct standing **standing;
	const size_t count = pick(page, view, belief, &standing);

	if (count && heading)
		page_heading(page, heading);
	for (size_t i = 0; i < count; i++) {
		if (is_list(standing[i]))
			add_listing(page, standing[i], view, catalogue);
		else
			add_record(page, standing[i]);
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
			  arena_printf(page->arena, "%s: %s, %s so far",
				       standing->subject[0]
					   ? page_shown(page, standing->subject)
					   : page_shown(page, page_check_name(standing->check)),
				       finding_name(standing->hint),
				       page_count(page, standing->streak, "answer", "answers")));
	}
}

/* What a section says, or the list of what could not be learned. */
static bool is_shown_below(const struct reason *reason, const struct address_view *view)
{
	const struct standing *standing = view_standing(view, reason);

	if (!standing)
		return false;
	if (reason->finding == FINDING_BLIND)
		return standing->blind_cause != CAUSE_NONE || is_pending(standing);
	return standing->belief == reason->finding;
}

/* Those that no section below repeats; the first stands in the first line already. */
static void add_other_reasons(struct page *page, const struct address_view *view)
{
	for (size_t i = 1; i < view->grade.reasons; i++)
		if (!is_shown_below(&view->grade.reason[i], view))
			page_line(page, 2, card_phrase(page, view, &view->grade.reason[i]));
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

/* Unless a reason says it. */
static const char *coverage_text(struct page *page, const struct address_view *view)
{
	const bool has_age = view->oldest_s >= 0 && !page->style->is_live;
	char age[CIVIL_TEXT_BYTES];

	for (size_t i = 0; i < view->grade.reasons; i++)
		if (strcmp(view->grade.reason[i].check, "coverage") == 0)
			return "";
	return arena_printf(page->arena, "%zu of %s answered%s%s%s", view->answered,
			    page_count(page, view->asked, "check", "checks"),
			    has_age ? ", the oldest " : "",
			    has_age ? civil_age(view->oldest_s, age) : "", has_age ? " ago" : "");
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

static void add_second_line(struct page *page, const struct address_view *view)
{
	const char *place = place_text(page, view);
	const char *coverage = coverage_text(page, view);

	if (place[0] || coverage[0])
		page_line(page, 0,
			  arena_printf(page->arena, "%s%s%s", place,
				       place[0] && coverage[0] ? "; " : "", coverage));
}

static bool covers(const struct list *list, const char *address)
{
	struct ip ip;

	if (!ip_parse(address, &ip))
		return list->covers & COVERS_DOMAIN;
	return list->covers & (ip.family == 4 ? COVERS_IP4 : COVERS_IP6);
}

static bool has_standing(const struct address_view *view, const char *zone)
{
	for (size_t i = 0; i < view->standings; i++)
		if (strcmp(view->standing[i].subject, zone) == 0)
			return true;
	return false;
}

static size_t count_blind(const struct address_view *view)
{
	size_t blind = 0;

	for (size_t i = 0; i < view->standings; i++)
		blind += view->standing[i].blind_cause != CAUSE_NONE;
	return blind;
}

const char *card_headline(struct page *page, const struct address_view *view)
{
	const char *phrase;
	const char *suspect;

	if (!view->grade.reasons)
		return "";
	phrase = card_phrase(page, view, &view->grade.reason[0]);
	suspect = traffic_suspect(page, view->traffic);
	return suspect[0] ? arena_printf(page->arena, "%s; suspect: %s", phrase, suspect) : phrase;
}

/* The lists nothing is known from. A pair that was never asked leaves no standing, but it does
 * leave a gap in the coverage; then nobody can tell which of them are clear. */
static void add_clear(struct page *page, const struct address_view *view,
		      const struct catalogue *catalogue)
{
	const bool is_sure = view->asked - view->answered <= count_blind(view);
	struct str names = {0};

	for (size_t i = 0; i < catalogue->lists; i++) {
		const struct list *list = &catalogue->list[i];

		if (list->is_enabled && covers(list, view->address) &&
		    !has_standing(view, list->zone))
			str_addf(&names, "%s%s", names.len ? ", " : "", list->zone);
	}
	if (names.len) {
		page_heading(page, is_sure ? "Clear" : "Clear, or not asked yet");
		page_line(page, 2, page_shown(page, names.text));
	}
	str_release(&names);
}

void card_full(struct page *page, const struct address_view *view,
	       const struct catalogue *catalogue)
{
	const size_t indent = add_title(page, view);

	if (view->grade.reasons) {
		str_add(page->out, "  ");
		layout_wrap(page->out, &page->layout, indent, card_headline(page, view));
	}
	str_add_char(page->out, '\n');
	add_second_line(page, view);
	add_other_reasons(page, view);
	add_section(page, view, catalogue, FINDING_LISTED, "Listed");
	add_section(page, view, catalogue, FINDING_BROKEN, "Wrong");
	add_pending(page, view);
	add_section(page, view, catalogue, FINDING_NOTED, "Noted");
	add_identity(page, &view->identity);
	auth_sections(page, view);
	traffic_sections(page, view);
	if (page->style->is_verbose)
		add_clear(page, view, catalogue);
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
	add_section(page, view, catalogue, FINDING_LISTED, NULL);
	add_section(page, view, catalogue, FINDING_BROKEN, NULL);
}
