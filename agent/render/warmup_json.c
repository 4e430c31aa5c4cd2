#include "render/warmup.h"

#include "render/json_parts.h"
#include "render/warmup_words.h"

static void put_date(json_t *object, const char *key, int64_t day)
{
	char text[CIVIL_TEXT_BYTES];

	json_put(object, key, json_string(civil_date_text(civil_from_days(day), text)));
}

/* A curve that this version does not know is whatever the database holds. */
static void put_terms(json_t *object, const struct warmup_terms *terms)
{
	json_put(object, "address", json_string(terms->address));
	put_date(object, "start", terms->start);
	json_put_count(object, "target", terms->target);
	if (*terms->curve) {
		json_put_text(object, "curve", terms->curve);
	} else {
		json_put(object, "growth", json_real(terms->growth));
		json_put_count(object, "first", terms->first);
	}
	if (terms->days) {
		json_put_count(object, "days", terms->days);
		put_date(object, "end", terms->start + terms->days - 1);
	}
}

static json_t *terms_of(const struct warmup_terms *terms)
{
	json_t *object = json_object();

	put_terms(object, terms);
	return object;
}

json_t *json_warmup_plan(const struct warmup_schedule *schedule)
{
	const struct warmup_terms *const terms = &schedule->terms;
	json_t *document = terms_of(terms);
	json_t *days = json_array();

	for (uint32_t i = 0; i < terms->days; i++) {
		json_t *day = json_object();

		put_date(day, "date", terms->start + i);
		json_put_count(day, "allowed", schedule->allowed[i]);
		json_array_append_new(days, day);
	}
	json_put(document, "schedule", days);
	json_put(document, "recorded", json_boolean(schedule->is_recorded));
	if (schedule->replaced)
		json_put(document, "replaced", terms_of(schedule->replaced));
	return document;
}

/* What is not known is left out. */
static void put_day(json_t *object, const struct warmup_view *view, uint64_t allowed, uint64_t sent)
{
	if (view->terms.days)
		json_put_count(object, "allowed", allowed);
	if (view->is_counted)
		json_put_count(object, "sent", sent);
}

static json_t *view_of(const struct warmup_view *view)
{
	json_t *object = terms_of(&view->terms);

	if (view->day > 0)
		json_put_count(object, "day", (uint64_t)view->day);
	put_day(object, view, view->allowed, view->sent);
	if (warmup_has_headroom(view))
		json_put_count(object, "headroom", warmup_headroom(view));
	if (view->has_yesterday) {
		json_t *yesterday = json_object();

		put_day(yesterday, view, view->yesterday_allowed, view->yesterday_sent);
		json_put(object, "yesterday", yesterday);
	}
	json_put(object, "verdict", json_string(warmup_word(view->verdict)->word));
	return object;
}

json_t *json_warmup_status(const struct zone *zone, int64_t at, const struct warmup_view *view,
			   size_t views)
{
	json_t *document = json_object();
	json_t *plans = json_array();
	char text[CIVIL_TEXT_BYTES];

	json_put(document, "at", json_string(civil_rfc3339(zone, at, text)));
	for (size_t i = 0; i < views; i++)
		json_array_append_new(plans, view_of(&view[i]));
	json_put(document, "plans", plans);
	return document;
}

json_t *json_warmup_stop(const struct warmup_terms *stopped)
{
	json_t *document = json_object();

	json_put(document, "stopped", terms_of(stopped));
	return document;
}

json_t *json_warmup_curves(const struct curve_view *curve, size_t curves)
{
	json_t *document = json_object();
	json_t *array = json_array();

	for (size_t i = 0; i < curves; i++) {
		json_t *object = json_object();
		json_t *days = json_array();

		json_put(object, "curve", json_string(curve[i].name));
		json_put(object, "about", json_string(curve[i].about));
		for (uint32_t day = 0; day < curve[i].days; day++)
			json_array_append_new(days, json_integer((json_int_t)curve[i].day[day]));
		json_put(object, "days", days);
		json_array_append_new(array, object);
	}
	json_put(document, "curves", array);
	return document;
}
