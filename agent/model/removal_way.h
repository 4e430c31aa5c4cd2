#ifndef MODEL_REMOVAL_WAY_H
#define MODEL_REMOVAL_WAY_H

#include "model/names.h"

#include <stdbool.h>
#include <stdint.h>

/* How an address is taken off a list, or unblocked by a receiver: data of the catalogue and of
 * the receivers. A _parse gives the value of a word, or -1. */

enum removal_by {
	REMOVAL_BY_UNKNOWN,
	REMOVAL_BY_SELF, /* self-service: a page does it at once */
	REMOVAL_BY_ACCOUNT, /* self-service for those who register */
	REMOVAL_BY_FORM, /* a person reads it */
	REMOVAL_BY_MAIL,
	REMOVAL_BY_OWNER, /* the owner of the network must ask */
	REMOVAL_BY_EXPIRY, /* nobody can be asked; it ends by itself */
	REMOVAL_BY_PAYING,
	REMOVAL_BY_COUNT
};
/* "unknown", "self-service", "account", "form", "mail", "owner", "expiry", "paid" */
const char *removal_by_name(enum removal_by by);
int removal_by_parse(const char *word);
struct words removal_by_words(void);

enum removal_language { REMOVAL_ENGLISH, REMOVAL_JAPANESE, REMOVAL_LANGUAGE_COUNT };
/* "en", "ja" (ISO 639-1) */
const char *removal_language_name(enum removal_language language);
struct words removal_language_words(void);

/* Texts are "" and times 0 where they are not known. */
struct removal_way {
	enum removal_by by;
	const char *url; /* where to ask; may hold {address} */
	const char *mail;
	const char *words; /* for people: conditions, what they want to know */
	int64_t takes_ms; /* until an answer can be expected */
	int64_t expires_ms; /* a listing ends by itself so long after the last hit */
	bool needs_ptr; /* refused while the reverse name is missing or looks generated */
	bool can_cost; /* money is taken for going faster */
	enum removal_language language;
};

#endif
