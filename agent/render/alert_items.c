/* The reasons one by one, each with its own words and pages, and what the mail logs tell. */
#include "render/alert_parts.h"

#include "base/mem.h"
#include "render/links.h"
#include "render/words.h"

#include <stdlib.h>
#include <string.h>

/* --- fields --- */

static void add_field(struct telling *telling, const char *label, const char *value)
{
	if (!*value)
		return;
	str_addf(telling->out, "   %s: %s\n", label, value);
}

/* Pages are the catalogue's; the address in them is encoded. */
static void add_url(struct telling *telling, const char *label, const char *url,
		    const char *address)
{
	struct str filled = {0};

	if (!url || !*url)
		return;
	links_fill(&filled, url, address);
	add_field(telling, label, alert_shown(telling, str_text(&filled), ALERT_WORDS_MAX_BYTES));
	str_release(&filled);
}

/* --- one of them --- */

static void add_times(struct telling *telling, const struct incident_item *item)
{
	const int64_t end = item->ended_at ? item->ended_at : telling->alert->at;
	const char *const span = alert_span(telling, end - item->since);

	/* A moment, not a time. */
	if (item->ended_at && item->ended_at == item->since)
		return;
	if (item->ended_at)
		add_field(
		    telling, alert_tr(telling, "Ended"),
		    alert_said(telling, "%s, after %s", alert_time(telling, item->ended_at), span));
	else if (item->since && end - item->since < 60)
		add_field(telling, alert_tr(telling, "Since"), alert_time(telling, item->since));
	else if (item->since)
		add_field(
		    telling, alert_tr(telling, "Since"),
		    alert_said(telling, "%s (%s ago)", alert_time(telling, item->since), span));
}

static bool is_of_traffic(const struct telling *telling, const struct incident_item *item)
{
	const struct alert *const alert = telling->alert;

	return alert->traffic && alert->traffic_address &&
	       strcmp(alert->traffic_address, item->address) == 0;
}

static bool is_blocked_by(const struct traffic *traffic, const char *receiver)
{
	for (size_t i = 0; i < traffic->receivers; i++)
		if (traffic->receiver[i].blocked_since &&
		    strcmp(traffic->receiver[i].receiver, receiver) == 0)
			return true;
	return false;
}

/* The sections behind say it, with more figures. */
static bool is_told_by_traffic(const struct telling *telling, const struct incident_item *item)
{
	const struct traffic *const traffic = telling->alert->traffic;

	if (!is_of_traffic(telling, item))
		return false;
	return (alert_item_is(item, "volume") && traffic->volume.level != VOLUME_NO_DATA) ||
	       (alert_item_is(item, "receiver") && is_blocked_by(traffic, item->subject));
}

/* Events say "zone lists it: what it means; it says: its words; suspects: who": each is told under
 * its own name, and the suspects have a section. */
static void add_quoted(struct telling *telling, const char *text)
{
	static const char begins[] = " lists it: ", says[] = "; it says: ", ends[] = "; suspects: ";
	const char *const begin = strstr(text, begins);
	const char *const meaning = begin ? begin + strlen(begins) : text;
	const char *const quote = strstr(meaning, says);
	const char *const words = quote ? quote + strlen(says) : meaning;
	const char *const suspects = strstr(words, ends);
	const size_t len = suspects ? (size_t)(suspects - words) : strlen(words);

	if (begin && quote)
		add_field(telling, alert_tr(telling, "Meaning"),
			  alert_check_words(telling, arena_strndup(telling->arena, meaning,
								   (size_t)(quote - meaning))));
	add_field(
	    telling, alert_tr(telling, "It says"),
	    alert_shown(telling, arena_strndup(telling->arena, words, len), ALERT_WORDS_MAX_BYTES));
}

static void add_reason(struct telling *telling, const struct incident_item *item)
{
	const bool is_quote = alert_item_is(item, "receiver") && strstr(item->text, "; it says: ");

	if (is_told_by_traffic(telling, item))
		return;
	if (is_quote || alert_item_is_listing(item))
		add_quoted(telling, item->text);
	else
		add_field(telling, alert_tr(telling, "Finding"),
			  alert_check_words(telling, item->text));
}

static void add_item(struct telling *telling, const struct incident_item *item, size_t number)
{
	const struct list *const list = item->list;

	/* An ended one is not bad and has nothing to explain any more, unless its end is all there
	 * is to tell. */
	const bool is_over = !alert_item_is_open(item) && telling->alert->kind != ALERT_OPENED;

	str_addf(telling->out, "%zu. %s", number, alert_item_what(telling, item, false));
	if (!is_over)
		str_addf(telling->out, " [%s]", alert_severity(telling, item->severity));
	str_add_char(telling->out, '\n');
	add_times(telling, item);
	if (is_over)
		return;
	add_reason(telling, item);
	if (list)
		add_url(telling, alert_tr(telling, "Look up"), list->lookup_url, item->address);
}

/* --- many alike --- */

/* A list with two hundred addresses says two hundred times the same. */
static bool are_alike(const struct incident *incident)
{
	return (incident->kind == INCIDENT_LIST || incident->kind == INCIDENT_RECEIVER) &&
	       incident->items > 1;
}

static void add_addresses(struct telling *telling, const struct incident *incident, size_t shown)
{
	for (size_t i = 0; i < shown; i++)
		str_addf(telling->out, " - %s\n",
			 alert_who(telling, &incident->item[i], !*incident->pool));
}

static void add_alike(struct telling *telling, const struct incident *incident, size_t shown)
{
	const struct incident_item *const first = incident->item;

	add_addresses(telling, incident, shown);
	if (shown < incident->items)
		alert_say(telling, " and %s more\n",
			  alert_number(telling, incident->items - shown));
	if (!alert_item_is_open(first))
		return;
	add_reason(telling, first);
	if (first->list)
		add_url(telling, alert_tr(telling, "Look up"), first->list->lookup_url,
			first->address);
}

void alert_items(struct telling *telling, const struct incident *incident)
{
	const size_t shown = incident->items < ALERT_ITEMS_MAX ? incident->items : ALERT_ITEMS_MAX;

	if (!incident->items)
		return;
	if (are_alike(incident)) {
		add_alike(telling, incident, shown);
		return;
	}
	for (size_t i = 0; i < shown; i++)
		add_item(telling, &incident->item[i], i + 1);
	if (shown < incident->items)
		alert_say(telling, " and %s more\n",
			  alert_number(telling, incident->items - shown));
}

/* --- what the logs tell --- */

static const char *percent(struct telling *telling, double share)
{
	return alert_mean(telling, share * 100);
}

static void add_suspects(struct telling *telling, const struct traffic *traffic)
{
	const size_t shown =
	    traffic->suspects < ALERT_SUSPECTS_MAX ? traffic->suspects : ALERT_SUSPECTS_MAX;

	if (!shown)
		return;
	alert_say(telling, "Who stands out (last 3 days)\n");
	for (size_t i = 0; i < shown; i++) {
		const struct suspect *const suspect = &traffic->suspect[i];

		alert_say(telling,
			  " - %s: sent %s, usually %s; %s%% of the address's mail, %s%% of it "
			  "bounced\n",
			  alert_name(telling, suspect->account),
			  alert_number(telling, suspect->sent), alert_mean(telling, suspect->usual),
			  percent(telling, suspect->share),
			  percent(telling, suspect->bounce_share));
	}
	str_add_char(telling->out, '\n');
}

static const char *times(struct telling *telling, double ratio)
{
	return arena_printf(telling->arena, ratio < 99.5 ? "%.1f" : "%.0f", ratio);
}

static void add_volume(struct telling *telling, const struct volume_verdict *volume)
{
	if (volume->level == VOLUME_NO_DATA)
		return;
	alert_say(telling, "Volume of %s\n", alert_name(telling, telling->alert->traffic_address));
	if (volume->month_mean > 0 && volume->ratio < 1)
		alert_say(telling, " - yesterday %s; last month's daily mean was %s\n",
			  alert_number(telling, volume->yesterday),
			  alert_mean(telling, volume->month_mean));
	else if (volume->month_mean > 0)
		alert_say(telling, " - yesterday %s, %s times last month's daily mean of %s\n",
			  alert_number(telling, volume->yesterday), times(telling, volume->ratio),
			  alert_mean(telling, volume->month_mean));
	else
		alert_say(telling, " - yesterday %s\n", alert_number(telling, volume->yesterday));
	if (volume->projected > volume->today)
		alert_say(telling, " - today %s so far, about %s by midnight\n",
			  alert_number(telling, volume->today),
			  alert_number(telling, volume->projected));
	else
		alert_say(telling, " - today %s so far\n", alert_number(telling, volume->today));
	if (volume->usual > 0)
		alert_say(telling, " - such a day usually brings %s\n",
			  alert_mean(telling, volume->usual));
	str_add_char(telling->out, '\n');
}

static void add_blocks(struct telling *telling, const struct traffic *traffic)
{
	size_t told = 0;

	for (size_t i = 0; i < traffic->receivers; i++) {
		const struct receiver_view *const receiver = &traffic->receiver[i];

		if (!receiver->blocked_since || told == ALERT_SUSPECTS_MAX)
			continue;
		if (!told++)
			alert_say(telling, "Receivers that refuse its mail\n");
		alert_say(telling, " - %s: %s refused since %s (%s)\n",
			  alert_name(telling, receiver->receiver),
			  alert_number(telling, receiver->refused),
			  alert_time(telling, receiver->blocked_since),
			  words_of_cause(telling->style->language, receiver->cause));
		if (receiver->words && *receiver->words)
			str_addf(telling->out, "   > %s\n",
				 alert_shown(telling, receiver->words, ALERT_WORDS_MAX_BYTES));
	}
	if (told)
		str_add_char(telling->out, '\n');
}

void alert_traffic(struct telling *telling)
{
	const struct traffic *const traffic = telling->alert->traffic;

	if (!traffic)
		return;
	add_suspects(telling, traffic);
	add_volume(telling, &traffic->volume);
	add_blocks(telling, traffic);
}
