#ifndef MAILLOG_SOURCE_H
#define MAILLOG_SOURCE_H

#include "maillog/maillog.h"

/* Which address mail left from, as far as service and host tell: an address that stands in the
 * service's name, else what the settings say of the service, of the host, of the log. Answers
 * are remembered, because a log repeats a few services many times. */
struct sources;

/* Borrows `settings`. */
struct sources *sources_new(const struct log_settings *settings);
void sources_free(struct sources *sources);
struct ip sources_find(struct sources *sources, struct slice service, struct slice host);

#endif
