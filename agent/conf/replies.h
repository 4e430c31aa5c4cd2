#ifndef CONF_REPLIES_H
#define CONF_REPLIES_H

#include "base/arena.h"
#include "conf/conf.h"
#include "conf/load.h"
#include "maillog/replies.h"

#include <stdbool.h>
#include <stddef.h>

/* From files of reply rules to rules that run. They are read apart from the rest of the
 * configuration: only who reads logs or replies needs them. */

/* The files of conf->replies_path, in their order: whose rule stands first decides. A receiver
 * named in several files has all their hosts. NULL: every mistake is in `problems`. What is
 * returned borrows from the arena; replies_free it first. */
struct replies *conf_replies(const struct conf *conf, struct arena *arena,
			     struct conf_problems *problems);
/* Who receives, and how their blocks are ended, from the same files; nobody where there is none and
 * none was named. False: every mistake is in `problems`. */
struct receivers {
	const struct receiver_rule *receiver;
	size_t count;
};
bool conf_receivers(const struct conf *conf, struct arena *arena, struct receivers *out,
		    struct conf_problems *problems);
/* Whether they can be read, and every mistake if not. Of a file that nobody named and that is not
 * there `missing` is the name, else NULL: counting goes on without rules. */
bool conf_replies_check(const struct conf *conf, struct arena *arena,
			struct conf_problems *problems, const char **missing);
/* One file without a configuration; `path` may be NULL: the shipped rules. */
struct replies *conf_replies_file(const char *path, struct arena *arena,
				  struct conf_problems *problems);

#endif
