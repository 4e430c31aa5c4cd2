#include "render/removal.h"

#include "base/mem.h"
#include "base/parse.h"
#include "render/escape.h"
#include "render/links.h"
#include "render/retell.h"
#include "render/tr.h"

#include <math.h>
#include <string.h>

/* A letter being written, in the language of who reads it. */
struct writing {
	struct str *out;
	const char *language;
	const struct removal_view *view;
};

static void say(const struct writing *writing, const char *english, ...)
    __attribute__((format(printf, 2, 3)));
static void say(const struct writing *writing, const char *english, ...)
{
	va_list arguments;

	va_start(arguments, english);
	tr_add_list(writing->out, writing->language, english, arguments);
	va_end(arguments);
}

static void add_label(const struct writing *writing, const char *label)
{
	str_addf(writing->out, "%s: ", tr(writing->language, label));
}

static void add_field(const struct writing *writing, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	add_label(writing, label);
	escape_terminal(writing->out, value, strlen(value));
	str_add_char(writing->out, '\n');
}

static void add_refused(const struct writing *writing)
{
	char number[GROUPED_BYTES];

	if (!writing->view->is_receiver || !writing->view->refused)
		return;
	add_label(writing, TR_LATER("Messages refused"));
	say(writing, "%s messages", grouped_text(writing->view->refused, number));
	str_add_char(writing->out, '\n');
}

static void add_volume(const struct writing *writing, const char *label,
		       const struct removal_volume *volume)
{
	char room[GROUPED_BYTES];
	const char *const number = grouped_text(volume->sent, room);

	if (!volume->is_known)
		return;
	add_label(writing, label);
	if (volume->is_so_far)
		say(writing, "%s messages on %s so far", number, volume->date);
	else
		say(writing, "%s messages on %s", number, volume->date);
	str_add_char(writing->out, '\n');
}

static const char *name_of(const struct removal_view *view)
{
	return view->list ? view->list->name : view->standing->subject;
}

static void add_subject(const struct writing *writing)
{
	const struct removal_view *const view = writing->view;
	struct str name = {0};

	escape_terminal(&name, name_of(view), strlen(name_of(view)));
	if (view->is_receiver)
		say(writing, "Subject: Mail from %s refused by %s\n", view->address,
		    str_text(&name));
	else
		say(writing, "Subject: Removal of %s from %s\n", view->address, str_text(&name));
	str_release(&name);
}

static void add_facts(const struct writing *writing, const struct zone *zone)
{
	const struct removal_view *const view = writing->view;
	const struct standing *const standing = view->standing;
	char time[CIVIL_TEXT_BYTES];
	struct str means = {0};

	add_field(writing, TR_LATER("Address"), view->address);
	if (view->ptr)
		add_field(writing, TR_LATER("Reverse name"),
			  *view->ptr ? view->ptr : tr(writing->language, "none"));
	add_field(writing, TR_LATER("HELO name"), view->helo);
	if (!view->is_receiver) {
		add_field(writing, TR_LATER("List"), standing->subject);
		retell(&means, writing->language, standing->means);
		add_field(writing, TR_LATER("Reason given"), str_text(&means));
		str_release(&means);
	}
	if (standing->since)
		add_field(writing,
			  view->is_receiver ? TR_LATER("Refused since") : TR_LATER("Listed since"),
			  civil_rfc3339(zone, standing->since, time));
	add_field(writing, TR_LATER("Your words"), standing->text);
	add_refused(writing);
	if (view->request && !view->request->cleared_at)
		add_field(writing, TR_LATER("Reference"), view->request->ticket);
	add_volume(writing, TR_LATER("Sent then"), &view->then);
	add_volume(writing, TR_LATER("Sent now"), &view->now);
}

static void add_account(const struct writing *writing)
{
	const struct removal_suspect *const suspect = writing->view->suspect;
	char usual[GROUPED_BYTES], yesterday[GROUPED_BYTES], today[GROUPED_BYTES];

	if (!writing->view->suspects)
		return;
	say(writing,
	    "The account behind it usually sends %s messages a day; it sent %s yesterday and %s "
	    "today.\n",
	    grouped_text((uint64_t)llround(suspect->usual), usual),
	    grouped_text(suspect->yesterday, yesterday), grouped_text(suspect->today, today));
}

bool removal_has_letter(const struct removal_view *view)
{
	const enum removal_by by = view->way ? view->way->by : REMOVAL_BY_UNKNOWN;

	return by != REMOVAL_BY_EXPIRY && by != REMOVAL_BY_PAYING;
}

void removal_letter(struct str *out, const struct removal_view *view,
		    enum removal_language language, const struct zone *zone)
{
	const struct writing writing = {out, removal_language_name(language), view};

	add_subject(&writing);
	str_add_char(out, '\n');
	add_facts(&writing, zone);
	str_add_char(out, '\n');
	if (view->is_receiver)
		say(&writing, "We run the mail server with this address and ask you to accept its "
			      "mail again.\n");
	else
		say(&writing, "We run the mail server with this address and ask you to remove it "
			      "from the list.\n");
	add_account(&writing);
	say(&writing,
	    "[COMPLETE THIS LINE: what the cause was, what was done about it, and when]\n");
	say(&writing, "Should anything else be needed, please tell us what.\n");
}

void removal_page_url(struct str *out, const struct removal_view *view)
{
	if (view->way && view->way->url && *view->way->url)
		links_fill(out, view->way->url, view->address);
	else
		links_lookup(out, view->list, view->address);
}
