#include "render/alert_parts.h"

#include "base/civil.h"
#include "base/mem.h"
#include "base/parse.h"
#include "render/escape.h"
#include "render/utf8.h"

#include <math.h>
#include <string.h>

void alert_say(struct telling *telling, const char *english, ...)
{
	va_list arguments;

	va_start(arguments, english);
	tr_add_list(telling->out, telling->style->language, english, arguments);
	va_end(arguments);
}

static const char *kept(struct telling *telling, struct str *text)
{
	const char *const copy = arena_strdup(telling->arena, str_text(text));

	str_release(text);
	return copy;
}

const char *alert_said(struct telling *telling, const char *english, ...)
{
	struct str text = {0};
	va_list arguments;

	va_start(arguments, english);
	tr_add_list(&text, telling->style->language, english, arguments);
	va_end(arguments);
	return kept(telling, &text);
}

const char *alert_tr(const struct telling *telling, const char *english)
{
	return tr(telling->style->language, english);
}

/* As many whole characters as fit. */
static size_t cut_at(const char *text, size_t max_bytes)
{
	const size_t len = strnlen(text, max_bytes + 1);
	size_t at = 0;

	if (len <= max_bytes)
		return len;
	for (size_t taken; at < max_bytes; at += taken) {
		int32_t point;

		taken = utf8_next(text + at, len - at, &point);
		if (at + taken > max_bytes)
			break;
	}
	return at;
}

const char *alert_shown(struct telling *telling, const char *text, size_t max_bytes)
{
	struct str shown = {0};
	size_t len;

	if (!text)
		return "";
	len = cut_at(text, max_bytes);
	escape_terminal(&shown, text, len);
	if (text[len])
		str_add(&shown, "...");
	return kept(telling, &shown);
}

const char *alert_name(struct telling *telling, const char *name)
{
	return alert_shown(telling, name, ALERT_NAME_MAX_BYTES);
}

const char *alert_number(struct telling *telling, uint64_t number)
{
	char text[GROUPED_BYTES];

	return arena_strdup(telling->arena, grouped_text(number, text));
}

const char *alert_mean(struct telling *telling, double number)
{
	return alert_number(telling, number > 0 && number < 1e18 ? (uint64_t)llround(number) : 0);
}

const char *alert_time(struct telling *telling, int64_t at)
{
	char text[CIVIL_TEXT_BYTES];

	return arena_strdup(telling->arena, civil_minute(telling->style->zone, at, text));
}

const char *alert_span(struct telling *telling, int64_t seconds)
{
	const uint64_t minutes = seconds > 0 ? (uint64_t)seconds / 60 : 0;
	const uint64_t days = minutes / 1440;
	const uint64_t hours = minutes / 60 % 24;

	if (days && !hours)
		return alert_said(telling, "%sd", alert_number(telling, days));
	if (days)
		return alert_said(telling, "%sd %sh", alert_number(telling, days),
				  alert_number(telling, hours));
	if (hours && !(minutes % 60))
		return alert_said(telling, "%sh", alert_number(telling, hours));
	if (hours)
		return alert_said(telling, "%sh %sm", alert_number(telling, hours),
				  alert_number(telling, minutes % 60));
	return alert_said(telling, "%sm", alert_number(telling, minutes));
}

const char *alert_severity(const struct telling *telling, enum severity severity)
{
	static const char *const word[] = {
	    [SEVERITY_INFO] = TR_LATER("INFO"),
	    [SEVERITY_MINOR] = TR_LATER("MINOR"),
	    [SEVERITY_MAJOR] = TR_LATER("MAJOR"),
	    [SEVERITY_CRITICAL] = TR_LATER("CRITICAL"),
	};

	_Static_assert(COUNT_OF(word) == SEVERITY_COUNT, "a word for each severity");
	return tr(telling->style->language, word[severity]);
}

const char *alert_subject(struct telling *telling, const char *subject)
{
	static const struct {
		const char *prefix, *english;
	} kind[] = {{"account ", TR_LATER("account %s")}, {"pool ", TR_LATER("pool %s")}};

	for (size_t i = 0; i < COUNT_OF(kind); i++) {
		const size_t len = strlen(kind[i].prefix);
		struct str text = {0};

		if (strncmp(subject, kind[i].prefix, len) != 0)
			continue;
		tr_fill(&text, telling->style->language, kind[i].english,
			(const char *const[]){alert_name(telling, subject + len)});
		return kept(telling, &text);
	}
	return alert_name(telling, subject);
}

const char *alert_who(struct telling *telling, const struct incident_item *item, bool has_pool)
{
	const char *const address = alert_name(telling, item->address);
	const bool has_name = item->name && *item->name && strcmp(item->name, item->address) != 0;
	const char *const name = has_name ? alert_name(telling, item->name) : "";
	const char *const pool = has_pool ? alert_name(telling, item->pool) : "";

	if (!*address)
		return alert_subject(telling, item->subject);
	if (!*name && !*pool)
		return address;
	return arena_printf(telling->arena, "%s (%s%s%s)", address, name,
			    *name && *pool ? ", " : "", pool);
}

bool alert_is_identity(const struct incident *incident)
{
	return incident->kind == INCIDENT_ADDRESS &&
	       strcmp(incident->subject, INCIDENT_IDENTITY) == 0;
}

bool alert_item_is(const struct incident_item *item, const char *check)
{
	return strcmp(item->check, check) == 0;
}

bool alert_item_is_open(const struct incident_item *item)
{
	return item->ended_at == 0;
}

bool alert_item_is_listing(const struct incident_item *item)
{
	return alert_item_is(item, "dnsbl") && item->address[0];
}

const struct incident_item *alert_worst(const struct incident *incident)
{
	for (size_t i = 0; !incident->ended_at && i < incident->items; i++)
		if (alert_item_is_open(&incident->item[i]))
			return &incident->item[i];
	return incident->item;
}

size_t alert_count_more(const struct incident *incident)
{
	size_t count = 0;

	if (incident->kind == INCIDENT_LIST || incident->kind == INCIDENT_RECEIVER ||
	    alert_is_identity(incident))
		return 0;
	for (size_t i = 0; i < incident->items; i++)
		count += incident->ended_at || alert_item_is_open(&incident->item[i]);
	return count ? count - 1 : 0;
}
