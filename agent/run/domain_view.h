#ifndef RUN_DOMAIN_VIEW_H
#define RUN_DOMAIN_VIEW_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/map.h"
#include "model/domain_view.h"
#include "run/look.h"
#include "run/snapshot.h"

#include <stdbool.h>
#include <stddef.h>

/* The domains that mail is sent for, with what the logs count of them and how near they are to being
 * bulk senders. A pass counts and keeps that; whoever looks reads it back. */

/* Who sent in the first is looked at; where from in the second is what it uses, before that is
 * history: servers move. */
enum { DOMAIN_FOUND_DAYS = 30, DOMAIN_RECENT_DAYS = 7 };

struct domain_question {
	const struct conf *conf;
	const struct snapshot *snapshot;
	const struct view_context *context;
	const struct targets *targets; /* the configured addresses */
	struct store *store;
	int64_t today; /* civil_days() of the operator's day */
	bool counts_mail; /* adds up what the logs brought; else it is as the last pass left it */
	struct map *wanted; /* by domain_key() of a domain; NULL: all */
};
/* What domains of one organisation have in common: its registrable domain, or their own name. */
const char *domain_key(const char *name, const char *registrable);
/* One view a domain, the one with most mail first. */
bool domain_views(const struct domain_question *question, struct arena *arena,
		  struct domain_view **out, size_t *count, struct err *err);

/* Whether the domain is the word, or stands below it. */
bool domain_is_named(const struct domain_view *view, const char *word);

struct domains {
	struct domain_view *view;
	size_t views;
	int64_t pass_at; /* when the last pass ended; 0: never */
	bool is_stale;
};
/* `word` are domains in their DNS form, none for all; one that is not looked at is an error. */
struct domains_choice {
	const char *const *word;
	size_t words;
	const struct zone *zone;
	int64_t now;
};
/* All of them in numbers, as the last pass left them. */
bool look_at_domain_numbers(const struct look_source *source, struct domain_numbers *out,
			    struct err *err);
bool look_at_domains(const struct look_source *source, const struct domains_choice *choice,
		     struct arena *arena, struct domains *out, struct err *err);

#endif
