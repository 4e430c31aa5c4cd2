#ifndef MAILLOG_SIGNING_H
#define MAILLOG_SIGNING_H

#include "maillog/line.h"
#include "model/auth_words.h"

#include <stdbool.h>
#include <stdint.h>

/* Which selectors a domain's mail is signed with, from the lines of those who sign or verify it.
 * Taken by position, from texts in which a stranger's words cannot stand for the signer's; where
 * that cannot be told, the line teaches nothing. */

struct signing {
	int64_t at; /* UTC seconds */
	enum selector_source source;
	const char *domain; /* d=, lower case, a name that DNS can carry */
	const char *selector; /* s=, likewise */
};
typedef void signing_fn(void *context, const struct signing *signing);

struct signing_hearer {
	signing_fn *hear; /* NULL: nobody wants to know */
	void *context;
};

/* Lines of programs that only sign: OpenDKIM, dkimpy-milter, amavis, Rspamd. */
void signing_line(const struct signing_hearer *hearer, const struct log_line *line);
/* Behind "Milter insert (1): header: DKIM-Signature: " and the like of Sendmail. */
void signing_header(const struct signing_hearer *hearer, int64_t at, struct slice value);
/* Behind "DKIM: " of Exim: what it found in mail that came in. */
void signing_verified(const struct signing_hearer *hearer, int64_t at, struct slice rest);

#endif
