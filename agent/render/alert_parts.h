#ifndef RENDER_ALERT_PARTS_H
#define RENDER_ALERT_PARTS_H

#include "base/arena.h"
#include "base/str.h"
#include "model/alert.h"
#include "render/letter.h"
#include "render/tr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the parts of an alert's text share. Foreign bytes come in through alert_shown() and nowhere
 * else: cut to what is worth reading, and without anything a screen could take for a command. */

struct telling {
	struct str *out;
	const struct alert *alert;
	const struct letter_style *style;
	struct arena *arena;
	bool is_brief; /* a subject: as few words as can be */
};

enum {
	ALERT_WORDS_MAX_BYTES = 400, /* what others say; enough for a sentence and its address */
	ALERT_SENTENCES_MAX_BYTES = 1000, /* what we say ourselves; a Japanese letter has three */
	ALERT_NAME_MAX_BYTES = 100, /* addresses, domains, accounts, zones */
	ALERT_ITEMS_MAX = 10, /* told one by one; the rest is counted */
	ALERT_SUSPECTS_MAX = 3
};

/* --- alert_words.c --- */
/* Adds a sentence of po/; every argument is a const char *, shown already. */
void alert_say(struct telling *telling, const char *english, ...)
    __attribute__((format(printf, 2, 3)));
/* The same as text of the arena. */
const char *alert_said(struct telling *telling, const char *english, ...)
    __attribute__((format(printf, 2, 3)));
const char *alert_tr(const struct telling *telling, const char *english)
    __attribute__((format_arg(2)));
/* Foreign text on one line, at most so many of its bytes. NULL is "". */
const char *alert_shown(struct telling *telling, const char *text, size_t max_bytes);
const char *alert_name(struct telling *telling, const char *name);
const char *alert_number(struct telling *telling, uint64_t number);
const char *alert_mean(struct telling *telling, double number);
/* 2026-11-21 10:00, by the operator's clock. */
const char *alert_time(struct telling *telling, int64_t at);
/* "3d 4h" */
const char *alert_span(struct telling *telling, int64_t seconds);
/* "CRITICAL" */
const char *alert_severity(const struct telling *telling, enum severity severity);
/* "192.0.2.10 (www274, shared-a)"; a domain, a zone or the agent have no brackets. */
const char *alert_who(struct telling *telling, const struct incident_item *item, bool has_pool);
/* "account user@example.jp" */
const char *alert_subject(struct telling *telling, const char *subject);

/* --- alert_phrases.c: what happened, as a part of a sentence --- */
const char *alert_what(struct telling *telling, const struct incident *incident, bool has_pool);
const char *alert_item_what(struct telling *telling, const struct incident_item *item,
			    bool has_pool);
/* What one of our checks says, in the operator's language where it is one of its sentences. Shown. */
const char *alert_check_words(struct telling *telling, const char *text);

/* --- alert_items.c: the reasons, with links --- */
void alert_items(struct telling *telling, const struct incident *incident);
void alert_traffic(struct telling *telling);

/* --- alert_steps.c: what to do, in order --- */
/* Whether somebody sends too much, or what nobody wants: then a suspect is one. */
bool alert_has_sender(const struct incident *incident);
void alert_steps(struct telling *telling, const struct incident *incident);

/* --- alert_round.c: several incidents, and none --- */
void alert_round_headline(struct telling *telling);
void alert_round_body(struct telling *telling);

/* How many of its findings the first line does not name. */
size_t alert_count_more(const struct incident *incident);
/* The worst of what is still open; of an ended incident, the worst it had. NULL without any. */
const struct incident_item *alert_worst(const struct incident *incident);

/* --- questions --- */
static inline bool alert_is_round(const struct alert *alert)
{
	return alert->kind >= ALERT_DIGEST || alert->incidents == 0;
}

/* The names of many addresses at once. */
bool alert_is_identity(const struct incident *incident);
bool alert_item_is(const struct incident_item *item, const char *check);
bool alert_item_is_open(const struct incident_item *item);
/* An address on a list, not a list out of order. */
bool alert_item_is_listing(const struct incident_item *item);

#endif
