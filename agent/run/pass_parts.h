#ifndef RUN_PASS_PARTS_H
#define RUN_PASS_PARTS_H

/* What the steps of a pass share: plan.c (what is due), sight.c (what came of it), believe.c and
 * tell.c (what that means), record.c (the store), alerts.c (who is told), draw.c (the series),
 * pass_probe.c (the asking), pass.c (the order of it all). Nobody else includes it. */
#include "lists/breaker.h"
#include "lists/budget.h"
#include "run/pass.h"
#include "run/probe.h"
#include "run/targets.h"
#include "run/view.h"
#include "store/domains.h"
#include "store/store.h"

/* Beside each probe_source: what the store knows of it and what this pass learns. */
struct source_state {
	struct stored_list stored; /* slot -1: not in the store yet */
	struct budget_plan budget;
	uint8_t *asked; /* a bit a target: its callback came */
	uint8_t *usable; /* a bit a target: the answer was no blindness */
	uint32_t *row; /* a number a target: its sighting + 1; NULL until there is one */
	struct list_change change;
	struct health_report health;
	bool is_believed; /* health allows beliefs to change */
	bool is_held; /* the breaker holds changes back */
};

/* An answer that is more than "still clear". */
struct pass_sighting {
	uint32_t target;
	uint32_t source;
	struct observation seen;
	uint32_t answers;
	bool flips;
	enum cause unconfirmed; /* why the second answer could not be had */
};

/* Beside each target that is a domain. */
struct pass_domain {
	struct stored_domain stored; /* `auth`: what this pass learned, "" for nothing */
	struct domain_selectors *selectors; /* NULL: only lists are asked */
	unsigned was; /* domain_show.c: what was believed of it before the pass */
};

struct pass {
	const struct conf *conf;
	const struct pass_options *options;
	struct arena *arena; /* the caller's: summary and events */
	int64_t at;
	struct store *store; /* of a dry run: a copy that is thrown away */
	struct stored_pass last; /* at 0: the first pass */
	bool is_cramped, is_unrecorded, is_recorded; /* the disk is almost full; to be; it is */
	struct targets targets;
	struct stored_address *stored; /* one a target */
	uint8_t *is_new; /* a bit a target, once recorded: not seen by a pass before */
	struct pass_domain *domain; /* [i] belongs to target [targets.addresses + i] */
	struct event *domain_event; /* not told yet */
	size_t domain_events, domain_events_room;
	struct probe_source *source; /* identity and auth come first */
	struct source_state *state;
	size_t sources;
	struct pass_sighting *sighting;
	size_t sightings, sightings_room;
	struct sample *sample; /* one a target, once recorded */
	struct event *event;
	size_t events, events_room;
	const char **notice;
	size_t notices;
	struct pass_traffic *traffic; /* NULL: no logs are read */
	double latency_s; /* the resolver's round trip; negative: nothing came back */
	struct pass_summary *summary;
};

/* The sources without a list; they share a slot: one is about addresses, the other about domains. */
enum { SOURCE_IDENTITY, SOURCE_AUTH, SOURCE_LISTS };

/* "dnsbl" of a list; the identity checks come as "ptr" and "helo", those of a domain as "spf",
 * "dkim", "dmarc" and "mx". */
#define CHECK_DNSBL "dnsbl"
#define CHECK_AUTH  "auth" /* all of them together */

bool pass_bit(const uint8_t *bits, size_t at);
void pass_set_bit(uint8_t *bits, size_t at);
void pass_notice(struct pass *pass, const char *text);
struct event *pass_event(struct pass *pass);
/* The pair's standing, or NULL; with `create`, a fresh one that starts from what is known. */
struct standing *pass_standing(struct pass *pass, size_t target, size_t source, const char *check,
			       bool create);
/* The same for beliefs that come from no list. `good_at`: when it was clear last, 0 for never. */
struct standing *pass_find_standing(const struct stored_address *stored, const char *check,
				    const char *subject);
struct standing *pass_add_standing(struct pass *pass, size_t target, const char *check,
				   const char *subject, uint32_t good_at);
struct stored_pair pass_pair(const struct pass *pass, size_t target, size_t source);
/* What is kept of a target that is a domain, or NULL. */
struct pass_domain *pass_domain(const struct pass *pass, size_t target);
/* The civil day that budgets count for. */
int64_t pass_day(const struct pass *pass);

/* plan.c: sources and what is known, for pass->targets. */
bool plan_make(struct pass *pass, struct err *err);
bool plan_is_due(void *pass, size_t target, size_t source);

/* sight.c: the prober's callbacks */
void sight_first(void *pass, const struct probe_result *result);
bool sight_again(void *pass, size_t source, size_t *at, size_t *target);
void sight_second(void *pass, const struct probe_result *result);
/* tell.c: events about lists, and what the store keeps of them; whether that is out */
void tell_lists(struct pass *pass);
bool tell_is_out(const struct stored_list *stored);
/* believe.c, after the probing: health, breaker, standings, events. */
void believe_all(struct pass *pass);

/* pass_probe.c: asks, and turns answers into beliefs. Fills the summary. */
bool pass_probe(struct pass *pass, struct err *err);
/* Of all but the traffic, which has its own. */
void pass_release(struct pass *pass);

/* traffic.c, all within the pass's transaction: reads the logs; judges a target before it is graded;
 * keeps what came of it once the target has its id. Nothing happens without logs. */
bool traffic_read(struct pass *pass, struct err *err);
bool traffic_judge(struct pass *pass, size_t target, struct arena *arena, struct err *err);
bool traffic_keep(struct pass *pass, size_t target, struct err *err);
/* traffic_groups.c: pools and accounts, once all addresses are judged. */
bool traffic_judge_groups(struct pass *pass, struct err *err);
void traffic_release(struct pass *pass);

/* record.c */
struct view_context pass_view_context(struct pass *pass);
/* Of a target that is a domain, without what is known of its authentication. */
struct view_domain pass_view_domain(const struct pass *pass, size_t target);
/* Notes when the target's pairs were asked and answered; `slots` is past the highest slot. */
void pass_update_pairs(struct pass *pass, size_t target, size_t slots);
bool record_pass(struct pass *pass, struct err *err);

/* draw.c: the RRD files, from what the store has now. */
void draw_series(struct pass *pass);

#endif
