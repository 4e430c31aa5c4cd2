#include "render/outbox.h"

#include "base/mem.h"
#include "render/json_parts.h"
#include "render/page.h"

/* --- JSON --- */

static json_t *letter_json(const struct zone *zone, const struct letter_view *letter)
{
	json_t *object = json_object();

	json_put_text(object, "key", letter->key);
	json_put_text(object, "channel", letter->channel);
	json_put_text(object, "state", letter->state);
	json_put_text(object, "kind", letter->kind);
	json_put_text(object, "severity", letter->severity);
	json_put_text(object, "subject", letter->subject);
	json_put_time(object, "created_at", zone, letter->created_at);
	json_put_time(object, "next_at", zone, letter->next_at);
	json_put_time(object, "ended_at", zone, letter->ended_at);
	json_put(object, "attempts", json_integer(letter->attempts));
	json_put_text(object, "error", letter->error);
	return object;
}

static json_t *channel_json(const struct zone *zone, const struct channel_view *channel)
{
	json_t *object = json_object();

	json_put_text(object, "channel", channel->name);
	json_put_time(object, "taken_at", zone, channel->taken_at);
	json_put_time(object, "failing_since", zone, channel->failing_since);
	json_put_text(object, "error", channel->error);
	return object;
}

json_t *json_outbox(const struct zone *zone, const struct outbox_view *view)
{
	json_t *document = json_object();
	json_t *letters = json_array();
	json_t *channels = json_array();

	for (size_t i = 0; i < view->letters; i++)
		json_array_append_new(letters, letter_json(zone, &view->letter[i]));
	for (size_t i = 0; i < view->channels; i++)
		json_array_append_new(channels, channel_json(zone, &view->channel[i]));
	json_put(document, "letters", letters);
	json_put(document, "channels", channels);
	return document;
}

/* --- text --- */

static const char *minute(struct page *page, int64_t at)
{
	char text[CIVIL_TEXT_BYTES];

	return at ? arena_strdup(page->arena, civil_minute(page->style->zone, at, text)) : "";
}

static void add_letters(struct page *page, const struct outbox_view *view)
{
	static const struct layout_column column[] = {
	    {.head = "CHANNEL"},  {.head = "STATE"},
	    {.head = "SEVERITY"}, {.head = "KIND"},
	    {.head = "WRITTEN"},  {.head = "TRIES", .is_right = true},
	    {.head = "NEXT"},     {.head = "LAST ERROR", .give = LAYOUT_CUT},
	};
	enum { COLUMNS = COUNT_OF(column) };
	struct layout_cell *cell =
	    arena_calloc(page->arena, view->letters * COLUMNS, sizeof(*cell));

	for (size_t i = 0; i < view->letters; i++) {
		const struct letter_view *const letter = &view->letter[i];
		struct layout_cell *const row = &cell[i * COLUMNS];

		row[0].text = page_shown(page, letter->channel);
		row[1].text = letter->state;
		row[1].tint = letter->ended_at ? TINT_BAD : TINT_NONE;
		row[2].text = letter->severity;
		row[3].text = letter->kind;
		row[4].text = minute(page, letter->created_at);
		row[5].text = arena_printf(page->arena, "%u", letter->attempts);
		row[6].text = minute(page, letter->next_at);
		row[7].text = page_shown(page, letter->error);
	}
	layout_table(page->out, &page->layout, column, COLUMNS, cell, view->letters);
}

void text_outbox(struct str *out, const struct text_style *style, const struct outbox_view *view)
{
	struct page page = page_begin(out, style);

	if (view->letters)
		add_letters(&page, view);
	else
		page_line(&page, 0, "Every message was delivered.");
	for (size_t i = 0; i < view->channels; i++) {
		const struct channel_view *const channel = &view->channel[i];

		if (channel->failing_since)
			page_line(&page, 0,
				  arena_printf(page.arena, "Channel %s fails since %s: %s",
					       page_shown(&page, channel->name),
					       minute(&page, channel->failing_since),
					       page_shown(&page, channel->error)));
	}
	page_end(&page);
}
