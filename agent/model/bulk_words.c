#include "model/bulk.h"

#include "base/mem.h"

static const char *const receiver_word[] = {
    [BULK_GMAIL] = "gmail",
    [BULK_MICROSOFT] = "microsoft",
    [BULK_YAHOO] = "yahoo",
};
_Static_assert(COUNT_OF(receiver_word) == BULK_RECEIVER_COUNT, "a word for each receiver");

static const char *const level_word[] = {
    [BULK_NOT_COUNTED] = "not-counted",
    [BULK_FEW] = "few",
    [BULK_NEAR] = "near",
    [BULK_OVER] = "over",
};
_Static_assert(COUNT_OF(level_word) == BULK_LEVEL_COUNT, "a word for each level");

static const char *const need_word[] = {
    [BULK_SPF] = "spf",     [BULK_DKIM] = "dkim",
    [BULK_DMARC] = "dmarc", [BULK_ALIGNMENT] = "alignment",
    [BULK_REVERSE] = "ptr",
};
_Static_assert(COUNT_OF(need_word) == BULK_NEED_COUNT, "a word for each need");

static const char *const met_word[] = {
    [BULK_NOT_KNOWN] = "unknown",
    [BULK_MET] = "met",
    [BULK_UNMET] = "unmet",
};
_Static_assert(COUNT_OF(met_word) == BULK_MET_COUNT, "a word for each");

static const char *const readiness_word[] = {
    [BULK_UNKNOWN] = "unknown",           [BULK_READY] = "ready",
    [BULK_UNREADY] = "unready",           [BULK_NEAR_UNREADY] = "near-unready",
    [BULK_OVER_UNREADY] = "over-unready",
};
_Static_assert(COUNT_OF(readiness_word) == BULK_READINESS_COUNT, "a word for each readiness");

const char *bulk_receiver_name(enum bulk_receiver receiver)
{
	return receiver_word[receiver];
}

const char *bulk_level_name(enum bulk_level level)
{
	return level_word[level];
}

const char *bulk_need_name(enum bulk_need need)
{
	return need_word[need];
}

const char *bulk_met_name(enum bulk_met met)
{
	return met_word[met];
}

const char *bulk_readiness_name(enum bulk_readiness readiness)
{
	return readiness_word[readiness];
}
