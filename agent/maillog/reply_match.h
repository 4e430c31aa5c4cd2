#ifndef MAILLOG_REPLY_MATCH_H
#define MAILLOG_REPLY_MATCH_H

#include "maillog/replies.h"
#include "maillog/reply_text.h"
#include "maillog/reply_words.h"

#include <stdbool.h>

/* One compiled rule, and what it is matched against. */

struct subject {
	const struct reply_text *text;
	struct grams grams;
};

struct matcher;
struct match_room; /* what all matchers share while one runs */

void subject_init(struct subject *subject, const struct reply_text *text);

struct match_room *match_room_new(void);
void match_room_free(struct match_room *room);

/* NULL: the sentence goes on from the rule's name. */
struct matcher *matcher_new(const struct reply_rule *rule, struct err *err);
void matcher_free(struct matcher *matcher);
/* As reply_words_triggers(); 0 also when the rule needs no letters. */
size_t matcher_triggers(const struct matcher *matcher, uint16_t *gram, size_t max);
/* A pattern that runs into its limits does not match. */
bool matcher_matches(struct matcher *matcher, const struct subject *subject,
		     struct match_room *room);

#endif
