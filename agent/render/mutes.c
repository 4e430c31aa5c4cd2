#include "render/mutes.h"

#include "base/mem.h"
#include "render/json_parts.h"
#include "render/page.h"

/* --- documents --- */

json_t *json_mute(const struct zone *zone, const struct mute *mute)
{
	json_t *object = json_object();

	json_put(object, "id", json_integer((json_int_t)mute->id));
	json_put_text(object, "address", mute->address);
	json_put_text(object, "zone", mute->subject);
	json_put_time(object, "from", zone, mute->from);
	json_put_time(object, "until", zone, mute->until);
	json_put_text(object, "reason", mute->reason);
	json_put_text(object, "by", mute->made_by);
	return object;
}

json_t *json_mutes(const struct zone *zone, const struct mute *mute, size_t mutes)
{
	json_t *document = json_object();
	json_t *array = json_array();

	for (size_t i = 0; i < mutes; i++)
		json_array_append_new(array, json_mute(zone, &mute[i]));
	json_put(document, "acks", array);
	return document;
}

/* --- text --- */

static const char *minute_of(struct page *page, int64_t at)
{
	char text[CIVIL_TEXT_BYTES];

	return arena_strdup(page->arena, civil_minute(page->style->zone, at, text));
}

static const char *or_all(struct page *page, const char *text)
{
	return *text ? page_shown(page, text) : "all";
}

void text_mutes(struct str *out, const struct text_style *style, const struct mute *mute,
		size_t mutes)
{
	static const struct layout_column column[] = {
	    {"ID", true, LAYOUT_KEEP},     {"ADDRESS", false, LAYOUT_KEEP},
	    {"ZONE", false, LAYOUT_CUT},   {"FROM", false, LAYOUT_SPARE},
	    {"UNTIL", false, LAYOUT_KEEP}, {"BY", false, LAYOUT_SPARE},
	    {"REASON", false, LAYOUT_CUT},
	};
	struct page page = page_begin(out, style);
	struct layout_cell *cell =
	    arena_calloc(page.arena, mutes * COUNT_OF(column) + 1, sizeof(*cell));

	for (size_t i = 0; i < mutes; i++) {
		struct layout_cell *row = cell + i * COUNT_OF(column);

		row[0].text = arena_printf(page.arena, "%lld", (long long)mute[i].id);
		row[1].text = or_all(&page, mute[i].address);
		row[2].text = or_all(&page, mute[i].subject);
		row[3].text = minute_of(&page, mute[i].from);
		row[4].text = minute_of(&page, mute[i].until);
		row[5].text = page_shown(&page, mute[i].made_by);
		row[6].text = page_shown(&page, mute[i].reason);
	}
	if (mutes)
		layout_table(out, &page.layout, column, COUNT_OF(column), cell, mutes);
	page_end(&page);
}

void text_mutes_in_force(struct str *out, const struct text_style *style, const struct mute *mute,
			 size_t mutes)
{
	struct page page = page_begin(out, style);

	for (size_t i = 0; i < mutes; i++) {
		const char *const by = page_shown(&page, mute[i].made_by);

		page_line(&page, 0,
			  arena_printf(page.arena, "Acknowledged until %s%s%s: %s%s%s (%s)",
				       minute_of(&page, mute[i].until), *by ? " by " : "", by,
				       or_all(&page, mute[i].address), *mute[i].subject ? ", " : "",
				       page_shown(&page, mute[i].subject),
				       page_shown(&page, mute[i].reason)));
	}
	page_end(&page);
}

void text_mute(struct str *out, const struct text_style *style, const struct mute *mute)
{
	struct page page = page_begin(out, style);

	page_line(&page, 0,
		  arena_printf(page.arena,
			       "%s, %s: no messages from %s until %s; 'repwatch ack end %lld' "
			       "ends that",
			       or_all(&page, mute->address), or_all(&page, mute->subject),
			       minute_of(&page, mute->from), minute_of(&page, mute->until),
			       (long long)mute->id));
	page_end(&page);
}
