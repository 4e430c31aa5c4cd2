#include "model/alert.h"

#include "base/mem.h"

#include <string.h>

static const char *const incident_word[] = {
    [INCIDENT_ADDRESS] = "address", [INCIDENT_LIST] = "list",     [INCIDENT_RECEIVER] = "receiver",
    [INCIDENT_SENDER] = "sender",   [INCIDENT_DOMAIN] = "domain", [INCIDENT_AGENT] = "agent",
};
_Static_assert(COUNT_OF(incident_word) == INCIDENT_KIND_COUNT, "one word for each kind");

static const char *const alert_word[] = {
    [ALERT_OPENED] = "opened", [ALERT_GREW] = "grew",     [ALERT_REMINDER] = "reminder",
    [ALERT_ENDED] = "ended",   [ALERT_DIGEST] = "digest", [ALERT_BASELINE] = "baseline",
    [ALERT_WEEKLY] = "weekly", [ALERT_TEST] = "test",
};
_Static_assert(COUNT_OF(alert_word) == ALERT_KIND_COUNT, "one word for each kind");

static int value_of(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return (int)i;
	return -1;
}

const char *incident_kind_name(enum incident_kind kind)
{
	if (kind >= INCIDENT_KIND_COUNT)
		bug("no word for incident kind %u", (unsigned)kind);
	return incident_word[kind];
}

int incident_kind_parse(const char *word)
{
	return value_of(incident_word, INCIDENT_KIND_COUNT, word);
}

const char *alert_kind_name(enum alert_kind kind)
{
	if (kind >= ALERT_KIND_COUNT)
		bug("no word for alert kind %u", (unsigned)kind);
	return alert_word[kind];
}

int alert_kind_parse(const char *word)
{
	return value_of(alert_word, ALERT_KIND_COUNT, word);
}
