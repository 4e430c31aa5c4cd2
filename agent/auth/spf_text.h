#ifndef AUTH_SPF_TEXT_H
#define AUTH_SPF_TEXT_H

#include "base/arena.h"
#include "base/slice.h"
#include "dns/answer.h"
#include "model/auth.h"

#include <stdbool.h>
#include <stddef.h>

/* SPF records as texts that are changed. Results belong to the arena and have a NUL behind them. */

/* `old` (a part of `text`) becomes `fresh`; for "" the blanks before it go too. */
struct slice spf_text_replace(struct slice text, struct slice old, const char *fresh,
			      struct arena *arena);
/* `terms` before "all" or redirect, else at the end; or first of all. The text must be valid. */
struct slice spf_text_insert(struct slice text, const char *terms, bool is_first,
			     struct arena *arena);
/* Makes a record valid: each term that is not becomes what was most likely meant, or goes. Notes
 * (sentences, "; " between them) are appended to `why`. False: it could not be made valid. */
struct str;
bool spf_text_mend(struct slice *text, struct arena *arena, struct str *why);
/* One record of all SPF records of the answer: each term once, the mildest "all" at the end. */
struct slice spf_text_merge(const struct dns_answer *answer, struct arena *arena);

/* ip4: and ip6: terms for exactly these addresses, in as few blocks as can be. */
const char *spf_text_addresses(const struct ip *ip, size_t count, struct arena *arena);

/* Appends a sentence to those that are there. */
void spf_text_note(struct str *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
