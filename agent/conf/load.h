#ifndef CONF_LOAD_H
#define CONF_LOAD_H

#include "base/arena.h"
#include "base/str.h"
#include "conf/conf.h"

#include <stdbool.h>
#include <stddef.h>

/* Every mistake of a configuration, not only the first: FILE:LINE: sentence with remedy. */
struct conf_problems {
	struct str text; /* one problem a line, not yet escaped; `str_release` it */
	size_t count;
};

/* Reads the file, its includes, `conf.d/` beside it (sorted *.conf; lists of groups there are
 * appended) and the catalogue. False when anything is wrong. */
bool conf_load(const char *path, struct arena *arena, struct conf *conf,
	       struct conf_problems *problems);
/* The same for programs that only look at the state, often as another user (plug-ins): secret
 * files are not opened and the owner of files is not looked at. Lists with keys stay enabled, so
 * that what was learned from them shows, but lack their key: they must not be asked. */
bool conf_load_to_look(const char *path, struct arena *arena, struct conf *conf,
		       struct conf_problems *problems);
/* Of all that only the settings at the top, such as state_dir, for programs that are started every
 * few seconds: sections and groups keep their defaults, and the catalogue is empty. What is wrong
 * in them is not noticed. */
bool conf_load_top(const char *path, struct arena *arena, struct conf *conf,
		   struct conf_problems *problems);
/* The same as conf_load with the main file's text at hand. `path` is where it would stand:
 * includes, conf.d/ and relative paths start at its folder. */
bool conf_load_text(const char *path, const char *text, struct arena *arena, struct conf *conf,
		    struct conf_problems *problems);
/* The defaults and a catalogue, for commands that work without a configuration. `path` may be
 * NULL: the shipped catalogue. Lists that need a key are disabled. */
bool conf_load_catalogue(const char *path, struct arena *arena, struct conf *conf,
			 struct conf_problems *problems);
/* The defaults alone, for commands that use neither addresses nor lists. */
bool conf_load_defaults(struct arena *arena, struct conf *conf, struct conf_problems *problems);

#endif
