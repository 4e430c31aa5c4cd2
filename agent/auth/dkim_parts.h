#ifndef AUTH_DKIM_PARTS_H
#define AUTH_DKIM_PARTS_H

/* Between dkim.c, which knows where keys may be, and dkim_judge.c, which says what is there. */

#include "auth/dkim.h"
#include "auth/problems.h"

struct dkim_look {
	const struct auth_subject *subject;
	struct ask *ask;
	struct domain_dkim *out;
	struct dkim_key *key; /* DKIM_KEYS_MAX */
	enum cause cause; /* of a question that failed */
	bool is_open;
	struct problems problems; /* of the domain */
	size_t absent; /* keys of `out` that have no record */
	bool has_lost; /* a key that a signer uses was there, and is gone */
	bool has_unpublished; /* a signer uses one that nobody can find */
	const char *unpublished_fix; /* of one of them; NULL: none */
};

static inline struct slice dkim_text(const struct dns_record *record)
{
	return slice_of(record->data, record->len);
}

void dkim_set_problems(struct dkim_key *key, enum auth_state state,
		       const struct problems *problems);
/* The line that would stand there. */
const char *dkim_publish_fix(const char *owner, struct arena *arena);
/* The records of an answer, at least one, as a key. */
void dkim_judge(struct dkim_look *look, const char *owner, const struct dns_answer *answer,
		struct dkim_key *key);
/* No record at all, where one must be. */
void dkim_judge_missing(struct dkim_look *look, const char *owner, struct dkim_key *key);

#endif
