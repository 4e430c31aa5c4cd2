/* What is told about domains. A provider's record that breaks takes thousands of customers' domains
 * with it, and a pass may see as many for the first time: what has one cause is one event. */
#include "run/domain_parts.h"

#include "base/ip.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/tr_mark.h"

#include <string.h>

enum {
	SAME_MIN = 3, /* so many with the same words are told together */
	MANY_MIN = 20, /* and so many with different words */
	NAMED_MAX = 3,
	BLIND_MIN = 3, /* domains, before their blindness is anything but theirs */
	BLIND_S = 86400 /* after which a domain that cannot be looked at is told of */
};

void domains_event(struct pass *pass, const struct event *event)
{
	if (pass->domain_events == pass->domain_events_room) {
		pass->domain_events_room =
		    pass->domain_events_room ? pass->domain_events_room * 2 : SAME_MIN;
		pass->domain_event = xrealloc(pass->domain_event, pass->domain_events_room,
					      sizeof(*pass->domain_event));
	}
	pass->domain_event[pass->domain_events++] = *event;
}

/* Events that are told as one. */
struct group {
	struct event event; /* of the first; the worst severity */
	const char *named[NAMED_MAX];
	size_t count;
};

/* The text without what is the domain's own: its name and the addresses it sends from. */
static const char *plain_text(const char *sentence, const char *domain, struct arena *arena)
{
	struct str plain = {0};
	const char *kept;

	for (const char *at = sentence; *at;) {
		/* A colon may stand behind a word, or within an IPv6 address. */
		const size_t word = strcspn(at, " \t,;'\"()");
		const size_t colon = word && at[word - 1] == ':' ? word - 1 : word;
		const char *const text = arena_strndup(arena, at, colon);
		struct ip ip;

		if (ip_parse(text, &ip))
			str_add(&plain, TR_LATER("its address"));
		else if (colon && strcmp(text, domain) == 0)
			str_add(&plain, TR_LATER("the domain"));
		else
			str_add_bytes(&plain, at, colon);
		at += colon;
		if (*at)
			str_add_bytes(&plain, at++, 1);
	}
	kept = arena_strdup(arena, str_text(&plain));
	str_release(&plain);
	return kept;
}

static const char *key_of(const struct event *event, bool by_text, struct arena *arena)
{
	return arena_printf(arena, "%s %s %s", event->check, change_name(event->change),
			    by_text ? plain_text(event->text, event->address, arena) : "");
}

/* `skip` are told already. */
static struct map *group(const struct pass *pass, bool by_text, const bool *skip,
			 struct arena *arena)
{
	struct map *groups = map_new();

	for (size_t i = 0; i < pass->domain_events; i++) {
		const struct event *const event = &pass->domain_event[i];
		const char *const key = key_of(event, by_text, arena);
		struct group *found = map_get(groups, key);

		if (skip[i])
			continue;
		if (!found) {
			found = arena_calloc(arena, 1, sizeof(*found));
			found->event = *event;
			map_put(groups, key, found);
		}
		if (event->severity > found->event.severity)
			found->event.severity = event->severity;
		if (found->count < NAMED_MAX)
			found->named[found->count] = event->address;
		found->count++;
	}
	return groups;
}

static void tell_group(struct pass *pass, const struct group *group, bool by_text)
{
	struct event *const event = pass_event(pass);
	struct str names = {0};

	*event = group->event;
	event->address = "";
	for (size_t i = 0; i < group->count && i < NAMED_MAX; i++)
		str_addf(&names, "%s%s", i ? ", " : "", group->named[i]);
	str_add(&names, group->count > NAMED_MAX ? ", ..." : "");
	event->text =
	    arena_printf(pass->arena, SAID("%zu domains (%s): %s"), group->count, str_text(&names),
			 by_text ? plain_text(group->event.text, group->event.address, pass->arena)
				 : SAID("each for its own reason, which 'repwatch domains' tells"));
	str_release(&names);
}

/* In the order of the domains, which is that of their mail. */
static void tell_groups(struct pass *pass, bool by_text, size_t least, bool *is_told,
			struct arena *arena)
{
	struct map *const groups = group(pass, by_text, is_told, arena);
	struct map *const said = map_new();

	for (size_t i = 0; i < pass->domain_events; i++) {
		const char *const key = key_of(&pass->domain_event[i], by_text, arena);
		const struct group *const found = is_told[i] ? NULL : map_get(groups, key);

		if (!found || found->count < least)
			continue;
		is_told[i] = true;
		if (!map_get(said, key))
			tell_group(pass, found, by_text);
		map_put(said, key, pass);
	}
	map_free(said);
	map_free(groups);
}

/* --- blindness --- */

static bool is_blind(const struct stored_address *stored)
{
	for (size_t i = 0; i < stored->standings; i++)
		if (stored->standing[i].blind_cause != CAUSE_NONE &&
		    stored->standing[i].blind_cause != CAUSE_MASS_CHANGE &&
		    strcmp(stored->standing[i].check, CHECK_DNSBL) != 0)
			return true;
	return false;
}

/* When most domains cannot be looked at, it is not the domains: said once, and once when it ends.
 * Before the answers are applied: the standings still tell how it was. */
void domains_weigh_blindness(struct pass *pass)
{
	const struct source_state *const state = &pass->state[SOURCE_AUTH];
	struct event *event;
	size_t asked = 0;
	size_t before = 0;
	size_t now = 0;

	for (size_t i = pass->targets.addresses; i < pass->targets.count; i++) {
		if (!pass_bit(state->asked, i))
			continue;
		asked++;
		before += is_blind(&pass->stored[i]);
		now += !pass_bit(state->usable, i);
	}
	if (asked < BLIND_MIN || (2 * before > asked) == (2 * now > asked))
		return;
	event = pass_event(pass);
	event->check = CHECK_AUTH;
	event->change = 2 * now > asked ? CHANGE_WENT_BLIND : CHANGE_CLEARED;
	event->severity = 2 * now > asked ? SEVERITY_MAJOR : SEVERITY_INFO;
	event->text =
	    2 * now > asked
		? arena_printf(
		      pass->arena,
		      SAID("the records of %zu of %zu domains could not be learned; what was "
			   "believed stands: the resolver is the likelier cause"),
		      now, asked)
		: arena_printf(pass->arena,
			       SAID("the records of %zu of %zu domains were learned again"),
			       asked - now, asked);
}

static void tell_blind_domain(struct pass *pass, size_t target)
{
	const struct stored_address *const stored = &pass->stored[target];
	char age[CIVIL_TEXT_BYTES];

	for (size_t i = 0; i < stored->standings; i++) {
		const struct standing *const standing = &stored->standing[i];
		const int64_t blind_s = pass->at - standing->blind_since;

		/* Told by the one pass that sees the limit crossed. */
		if (standing->blind_cause == CAUSE_NONE || blind_s < BLIND_S ||
		    pass->last.at - standing->blind_since >= BLIND_S ||
		    standing->belief == FINDING_BLIND || strcmp(standing->check, CHECK_DNSBL) == 0)
			continue;
		domains_event(pass,
			      &(struct event){
				  .at = pass->at,
				  .address = stored->address,
				  .check = standing->check,
				  .subject = "",
				  .change = CHANGE_WENT_BLIND,
				  .from = finding_name(standing->belief),
				  .to = finding_name(FINDING_BLIND),
				  .severity = SEVERITY_MINOR,
				  .text = arena_printf(
				      pass->arena, SAID("nothing could be learned for %s: %s"),
				      civil_age(blind_s, age), cause_text(standing->blind_cause)),
			      });
	}
}

void domains_tell(struct pass *pass)
{
	struct arena *arena;
	bool *is_told;

	for (size_t i = pass->targets.addresses; i < pass->targets.count; i++)
		tell_blind_domain(pass, i);
	if (!pass->domain_events)
		return;
	arena = arena_new();
	is_told = arena_calloc(arena, pass->domain_events, sizeof(*is_told));
	tell_groups(pass, true, SAME_MIN, is_told, arena);
	tell_groups(pass, false, MANY_MIN, is_told, arena);
	for (size_t i = 0; i < pass->domain_events; i++)
		if (!is_told[i])
			*pass_event(pass) = pass->domain_event[i];
	arena_free(arena);
}

const char *domains_commonest(struct pass *pass)
{
	struct map *const counts = map_new();
	const char *most = "";
	size_t best = 0;

	for (size_t i = 0; i < pass->sightings; i++) {
		const struct pass_sighting *const row = &pass->sighting[i];
		const char *text;
		size_t *count;

		if (row->source != SOURCE_AUTH || !row->flips || !row->seen.text[0])
			continue;
		text =
		    plain_text(row->seen.text, pass->targets.target[row->target].text, pass->arena);
		count = map_get(counts, text);
		if (!count) {
			count = arena_calloc(pass->arena, 1, sizeof(*count));
			map_put(counts, text, count);
		}
		if (++*count > best) {
			best = *count;
			most = text;
		}
	}
	map_free(counts);
	return best >= SAME_MIN ? most : "";
}
