#ifndef CONF_OPTIONS_H
#define CONF_OPTIONS_H

#include "base/str.h"
#include "conf/conf.h"

#include <jansson.h>

/* What the table of options says, for people and programs. */

/* Whether it is a file that has options: "repwatch.conf", "lists.conf", "replies.conf". */
bool conf_options_has(const char *file);
/* One paragraph an option: name, type, unit, bounds, default, sentence. `file` NULL: of all. */
void conf_options_text(struct str *out, const char *file);
/* A commented configuration with every option at its default, and the interface's examples. */
void conf_options_sample(struct str *out);
/* The OPTIONS section of a file's manual page, in mdoc. */
void conf_options_mdoc(struct str *out, const char *file);
/* The configuration in force, as libconfig text that loads again; secrets are never in it. */
void conf_show_text(const struct conf *conf, struct str *out);
/* The same as JSON objects, for --json. */
json_t *conf_options_json(const char *file);
json_t *conf_show_json(const struct conf *conf);

#endif
