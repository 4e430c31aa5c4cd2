#include "render/traffic.h"

#include "base/mem.h"
#include "base/parse.h"
#include "render/blocks.h"
#include "render/escape.h"
#include "render/json_parts.h"

#include <math.h>
#include <string.h>

enum { RECEIVERS_SHOWN = 8 };

static void add_recent(struct page *page, const struct address_view *view)
{
	struct str spark = {0};

	if (!view->recent)
		return;
	blocks_spark(&spark, view->recent, view->recents);
	page_field(page, arena_printf(page->arena, "%zu days", view->recents), str_text(&spark));
	str_release(&spark);
}

static void add_volume(struct page *page, const struct address_view *view)
{
	const struct volume_verdict *const volume = &view->traffic->volume;
	char yesterday[GROUPED_BYTES], today[GROUPED_BYTES], projected[GROUPED_BYTES];
	char mean[GROUPED_BYTES];

	page_heading(page, "Volume");
	page_field(page, "level", volume_level_name(volume->level));
	page_field(page, "why", volume->reason);
	if (volume->level == VOLUME_NO_DATA)
		return;
	add_recent(page, view);
	page_field(page, "yesterday",
		   volume->month_mean > 0
		       ? arena_printf(page->arena, "%s, %.1f times last month's daily mean of %s",
				      grouped_text(volume->yesterday, yesterday), volume->ratio,
				      grouped_text((uint64_t)llround(volume->month_mean), mean))
		       : arena_printf(page->arena, "%s; there is no mean of last month yet",
				      grouped_text(volume->yesterday, yesterday)));
	page_field(page, "today",
		   volume->projected ? arena_printf(page->arena, "%s so far, about %s by its end",
						    grouped_text(volume->today, today),
						    grouped_text(volume->projected, projected))
				     : arena_printf(page->arena, "%s so far",
						    grouped_text(volume->today, today)));
}

static void add_receiver(struct page *page, const struct receiver_view *receiver)
{
	char sent[GROUPED_BYTES], deferred[GROUPED_BYTES], bounced[GROUPED_BYTES];
	char since[CIVIL_TEXT_BYTES], age[CIVIL_TEXT_BYTES];

	page_field(page, receiver->receiver,
		   arena_printf(page->arena, "%s sent, %s deferred, %s bounced",
				grouped_text(receiver->sent, sent),
				grouped_text(receiver->deferred, deferred),
				grouped_text(receiver->bounced, bounced)));
	if (!receiver->blocked_since)
		return;
	page_field(page, "",
		   arena_printf(page->arena, "BLOCKED since %s (%s): %s of the %s, %s messages",
				civil_minute(page->style->zone, receiver->blocked_since, since),
				civil_age(page->style->now - receiver->blocked_since, age),
				reply_cause_name(receiver->cause),
				reply_scope_name(receiver->scope),
				grouped_text(receiver->refused, sent)));
	page_field(page, "it says", receiver->words);
}

static void add_receivers(struct page *page, const struct traffic *traffic)
{
	char unmatched[GROUPED_BYTES];

	if (!traffic->receivers)
		return;
	page_heading(page,
		     arena_printf(page->arena, "Receivers, last %d days", TRAFFIC_RECEIVER_DAYS));
	for (size_t i = 0; i < traffic->receivers; i++)
		if (i < RECEIVERS_SHOWN || traffic->receiver[i].blocked_since ||
		    page->style->is_verbose)
			add_receiver(page, &traffic->receiver[i]);
	if (traffic->unmatched)
		page_line(page, 4,
			  arena_printf(page->arena, "%s replies that no rule knows",
				       grouped_text(traffic->unmatched, unmatched)));
}

const char *traffic_suspect(struct page *page, const struct traffic *traffic)
{
	char sent[GROUPED_BYTES], usual[GROUPED_BYTES];

	if (!traffic || !traffic->suspects)
		return "";
	return arena_printf(page->arena, "%s sent %s, usually %s",
			    page_shown(page, traffic->suspect->account),
			    grouped_text(traffic->suspect->sent, sent),
			    grouped_text((uint64_t)llround(traffic->suspect->usual), usual));
}

static void add_suspects(struct page *page, const struct traffic *traffic)
{
	if (!traffic->suspects)
		return;
	page_heading(page, "Suspects");
	for (size_t i = 0; i < traffic->suspects; i++) {
		const struct suspect *const suspect = &traffic->suspect[i];
		char sent[GROUPED_BYTES], usual[GROUPED_BYTES];

		page_line(page, 2,
			  arena_printf(page->arena,
				       "%s sent %s, usually %s; %.0f %% of the address's mail, "
				       "%.0f %% of it bounced",
				       page_shown(page, suspect->account),
				       grouped_text(suspect->sent, sent),
				       grouped_text((uint64_t)llround(suspect->usual), usual),
				       suspect->share * 100, suspect->bounce_share * 100));
	}
}

void traffic_sections(struct page *page, const struct address_view *view)
{
	const struct traffic *const traffic = view->traffic;

	if (!traffic)
		return;
	add_volume(page, view);
	add_receivers(page, traffic);
	add_suspects(page, traffic);
}

/* --- JSON --- */

static json_t *volume_json(const struct volume_verdict *volume)
{
	json_t *object = json_object();

	json_put_count(object, "yesterday", volume->yesterday);
	json_put_count(object, "today", volume->today);
	if (volume->projected)
		json_put_count(object, "projected", volume->projected);
	if (volume->month_mean > 0) {
		json_put_ratio(object, "month_mean", volume->month_mean);
		json_put_ratio(object, "ratio", volume->ratio);
	}
	json_put(object, "level", json_string(volume_level_name(volume->level)));
	json_put_count(object, "days", volume->history_days);
	if (volume->reason[0])
		json_put(object, "reason", json_text(volume->reason));
	return object;
}

static json_t *receiver_json(const struct zone *zone, const struct receiver_view *receiver)
{
	json_t *object = json_object();
	char since[CIVIL_TEXT_BYTES];

	json_put_count(object, "sent", receiver->sent);
	json_put_count(object, "deferred", receiver->deferred);
	json_put_count(object, "bounced", receiver->bounced);
	if (!receiver->blocked_since)
		return object;
	json_put(object, "blocked_since",
		 json_string(civil_rfc3339(zone, receiver->blocked_since, since)));
	json_put(object, "cause", json_string(reply_cause_name(receiver->cause)));
	json_put(object, "scope", json_string(reply_scope_name(receiver->scope)));
	json_put_count(object, "refused", receiver->refused);
	json_put(object, "words", json_text(receiver->words));
	return object;
}

/* A receiver that no rule knows is named by its host, as a log has it. */
static void put_receiver(json_t *receivers, const struct zone *zone,
			 const struct receiver_view *receiver)
{
	struct str name = {0};

	escape_utf8(&name, receiver->receiver, strlen(receiver->receiver));
	json_put(receivers, str_text(&name), receiver_json(zone, receiver));
	str_release(&name);
}

void traffic_json(json_t *object, const struct zone *zone, const struct traffic *traffic)
{
	json_t *receivers;
	json_t *suspects;

	if (!traffic)
		return;
	receivers = json_object();
	suspects = json_array();
	for (size_t i = 0; i < traffic->receivers; i++)
		put_receiver(receivers, zone, &traffic->receiver[i]);
	for (size_t i = 0; i < traffic->suspects; i++) {
		json_t *suspect = json_object();

		json_put(suspect, "account", json_text(traffic->suspect[i].account));
		json_put_count(suspect, "sent", traffic->suspect[i].sent);
		json_put_ratio(suspect, "usual", traffic->suspect[i].usual);
		json_put_ratio(suspect, "factor", traffic->suspect[i].factor);
		json_array_append_new(suspects, suspect);
	}
	json_put(object, "volume", volume_json(&traffic->volume));
	json_put(object, "receivers", receivers);
	if (traffic->unmatched)
		json_put_count(object, "unmatched_replies", traffic->unmatched);
	json_put(object, "suspects", suspects);
}
