#include "maillog/replies.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "maillog/reply_index.h"
#include "maillog/reply_match.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	HOST_MAX_BYTES = 255, /* RFC 1035 section 2.3.4 */
	CACHE_SLOTS = 8192, /* a power of two */
	CACHE_TEXT_MAX_BYTES = 1024, /* so it takes 8 MiB at most */
	HEARD_SLOTS = 1024, /* a power of two */
	HEARD_MAX_BYTES = 1024 /* 1 MiB at most */
};

/* A receiver and its rules, by their place in `order`. */
struct group {
	const char *name;
	size_t first, end;
};

/* What a text was found to mean for a group. */
struct cached {
	uint64_t hash;
	const struct group *group;
	struct reply_codes codes;
	char *text;
	size_t len;
	struct reply_verdict verdict;
};

/* A reply as it came, and what it was taken for. */
struct heard {
	const struct group *group; /* NULL: the slot is free */
	char *text; /* the status and the reply behind it */
	size_t status_len, reply_len;
	struct reply_verdict verdict;
};

struct replies {
	const struct reply_rule *rule;
	struct matcher **matcher; /* one a rule */
	size_t rules;
	struct reply_index *index; /* NULL while they are compiled */
	size_t *order; /* of rules: receiver by receiver, at last those for all */
	struct group *group; /* one a receiver, at last the one for all */
	size_t receivers;
	struct map *by_name; /* receiver -> group */
	struct map *by_host; /* suffix, with its leading dot if it has one -> group */
	struct match_room *room;
	struct cached *cache;
	struct heard *heard;
};

bool reply_rule_check(const struct reply_rule *rule, struct err *err)
{
	struct matcher *matcher = matcher_new(rule, err);

	matcher_free(matcher);
	return matcher != NULL;
}

static const char *lower_host(struct slice host, char out[HOST_MAX_BYTES + 1])
{
	size_t len = 0;

	/* "mx.example[192.0.2.1]:25", "mx.example." */
	for (; len < host.len && len < HOST_MAX_BYTES; len++) {
		const char c = host.at[len];

		if (c == '[' || c == ':' || c == '\0')
			break;
		out[len] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
	}
	while (len && out[len - 1] == '.')
		len--;
	out[len] = '\0';
	return out;
}

/* The longest suffix of a name wins; of equal ones the first given. */
static void add_receiver(struct replies *replies, const struct receiver_rule *receiver,
			 struct group *group)
{
	char host[HOST_MAX_BYTES + 1];

	group->name = receiver->name;
	map_put(replies->by_name, receiver->name, group);
	for (size_t i = 0; i < receiver->mxs; i++) {
		lower_host(slice_text(receiver->mx[i]), host);
		if (!map_get(replies->by_host, host))
			map_put(replies->by_host, host, group);
	}
}

/* Rules of one receiver side by side, in the order they were given. */
static void sort_rules(struct replies *replies)
{
	size_t at = 0;

	for (size_t i = 0; i <= replies->receivers; i++) {
		struct group *const group = &replies->group[i];

		group->first = at;
		for (size_t j = 0; j < replies->rules; j++)
			if (strcmp(replies->rule[j].receiver, group->name) == 0)
				replies->order[at++] = j;
		group->end = at;
	}
}

static bool compile(struct replies *replies, struct err *err)
{
	for (size_t i = 0; i < replies->rules; i++) {
		const struct reply_rule *const rule = &replies->rule[i];
		struct err reason;

		if (*rule->receiver && !map_get(replies->by_name, rule->receiver))
			return err_set(err, "rule '%s' is for '%s', which is no receiver",
				       rule->name, rule->receiver);
		replies->matcher[i] = matcher_new(rule, &reason);
		if (!replies->matcher[i])
			return err_set(err, "rule '%.100s' %.800s", rule->name, reason.text);
	}
	return true;
}

struct replies *replies_new(const struct reply_rule *rule, size_t rules,
			    const struct receiver_rule *receiver, size_t receivers, struct err *err)
{
	struct replies *replies = xcalloc(1, sizeof(*replies));

	*replies = (struct replies){
	    .rule = rule,
	    .rules = rules,
	    .receivers = receivers,
	    .matcher = xcalloc(rules + 1, sizeof(struct matcher *)),
	    .order = xcalloc(rules + 1, sizeof(*replies->order)),
	    .group = xcalloc(receivers + 1, sizeof(*replies->group)),
	    .by_name = map_new(),
	    .by_host = map_new(),
	    .room = match_room_new(),
	    .cache = xcalloc(CACHE_SLOTS, sizeof(*replies->cache)),
	    .heard = xcalloc(HEARD_SLOTS, sizeof(*replies->heard)),
	};
	for (size_t i = 0; i < receivers; i++)
		if (map_get(replies->by_name, receiver[i].name))
			bug("receiver '%s' is given twice", receiver[i].name);
		else
			add_receiver(replies, &receiver[i], &replies->group[i]);
	replies->group[receivers].name = "";
	if (compile(replies, err)) {
		sort_rules(replies);
		replies->index = reply_index_new(replies->matcher, rules);
		return replies;
	}
	replies_free(replies);
	return NULL;
}

void replies_free(struct replies *replies)
{
	if (!replies)
		return;
	for (size_t i = 0; i < replies->rules; i++)
		matcher_free(replies->matcher[i]);
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		free(replies->cache[i].text);
	for (size_t i = 0; i < HEARD_SLOTS; i++)
		free(replies->heard[i].text);
	free(replies->heard);
	reply_index_free(replies->index);
	free(replies->matcher);
	free(replies->order);
	free(replies->group);
	map_free(replies->by_name);
	map_free(replies->by_host);
	match_room_free(replies->room);
	free(replies->cache);
	free(replies);
}

const char *replies_receiver(const struct replies *replies, struct slice mx)
{
	char host[HOST_MAX_BYTES + 1];
	const struct group *group = map_get(replies->by_host, lower_host(mx, host));
	const char *at = host;

	/* At each dot the names below what follows, then what follows itself. */
	while (!group && (at = strchr(at, '.'))) {
		group = map_get(replies->by_host, at++);
		if (!group)
			group = map_get(replies->by_host, at);
	}
	return group ? group->name : "other";
}

/* The first of the group's rules that matches, or NULL. */
static const struct reply_rule *first_match(struct replies *replies, const struct group *group,
					    const struct subject *subject)
{
	for (size_t i = group->first; i < group->end; i++) {
		const size_t rule = replies->order[i];

		if (reply_index_may_match(replies->index, rule) &&
		    matcher_matches(replies->matcher[rule], subject, replies->room))
			return &replies->rule[rule];
	}
	return NULL;
}

static struct reply_verdict judge(struct replies *replies, const struct group *group,
				  const struct reply_text *text)
{
	const struct group *const all = &replies->group[replies->receivers];
	const struct reply_rule *rule;
	struct subject subject;

	subject_init(&subject, text);
	reply_index_set(replies->index, &subject);
	rule = first_match(replies, group, &subject);
	if (!rule && group != all)
		rule = first_match(replies, all, &subject);
	if (!rule)
		return (struct reply_verdict){REPLY_OTHER, SCOPE_UNKNOWN, NULL};
	return (struct reply_verdict){rule->cause, rule->scope, rule};
}

/* Over all that the verdict depends on. */
static uint64_t hash_of(const struct group *group, const struct reply_text *text)
{
	const struct reply_codes codes = text->codes;
	const uint64_t sum = (uint64_t)codes.smtp << 48 | (uint64_t)codes.class << 32 |
			     (uint64_t)codes.subject << 16 | codes.detail;

	return hash_seeded(hash_step(sum, (uintptr_t)group), text->text, text->len);
}

static bool is_same(const struct cached *cached, uint64_t hash, const struct group *group,
		    const struct reply_text *text)
{
	return cached->text && cached->hash == hash && cached->group == group &&
	       cached->len == text->len &&
	       memcmp(&cached->codes, &text->codes, sizeof(text->codes)) == 0 &&
	       memcmp(cached->text, text->text, text->len) == 0;
}

/* By the folded text, which is the same for replies that differ in numbers and names only. */
static struct reply_verdict judge_folded(struct replies *replies, const struct group *group,
					 struct slice status, struct slice reply)
{
	struct reply_text text;
	struct cached *cached;
	uint64_t hash;

	reply_text_read(&text, status, reply);
	if (text.len > CACHE_TEXT_MAX_BYTES)
		return judge(replies, group, &text);
	hash = hash_of(group, &text);
	cached = &replies->cache[hash & (CACHE_SLOTS - 1)];
	if (is_same(cached, hash, group, &text))
		return cached->verdict;
	cached->text = xrealloc(cached->text, text.len + 1, 1);
	memcpy(cached->text, text.text, text.len);
	cached->hash = hash;
	cached->group = group;
	cached->codes = text.codes;
	cached->len = text.len;
	cached->verdict = judge(replies, group, &text);
	return cached->verdict;
}

static bool is_heard(const struct heard *heard, const struct group *group, struct slice status,
		     struct slice reply)
{
	return heard->group == group && heard->status_len == status.len &&
	       heard->reply_len == reply.len &&
	       (!status.len || memcmp(heard->text, status.at, status.len) == 0) &&
	       memcmp(heard->text + status.len, reply.at, reply.len) == 0;
}

struct reply_verdict replies_classify(struct replies *replies, const char *receiver,
				      struct slice status, struct slice reply)
{
	const struct group *group = map_get(replies->by_name, receiver);
	struct heard *heard;
	uint64_t hash;

	if (!group)
		group = &replies->group[replies->receivers];
	if (!reply.len || status.len + reply.len > HEARD_MAX_BYTES)
		return judge_folded(replies, group, status, reply);
	/* Folding costs more than all the rest, and many replies come word for word again. */
	hash = hash_seeded((uintptr_t)group, reply.at, reply.len);
	heard = &replies->heard[hash & (HEARD_SLOTS - 1)];
	if (is_heard(heard, group, status, reply))
		return heard->verdict;
	heard->text = xrealloc(heard->text, status.len + reply.len, 1);
	if (status.len)
		memcpy(heard->text, status.at, status.len);
	memcpy(heard->text + status.len, reply.at, reply.len);
	heard->group = group;
	heard->status_len = status.len;
	heard->reply_len = reply.len;
	heard->verdict = judge_folded(replies, group, status, reply);
	return heard->verdict;
}
