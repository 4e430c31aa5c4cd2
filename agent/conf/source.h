#ifndef CONF_SOURCE_H
#define CONF_SOURCE_H

#include "conf/reader.h"

#include <libconfig.h>
#include <stdbool.h>

/* One parsed file with all it includes. Its settings live as long as it does. */
struct source;

/* NULL when the file cannot be read or parsed; the problem is noted at `named` (line 0: at the
 * file itself) or at the line libconfig stopped at. */
struct source *source_read(struct reader *reader, const char *path, struct where named);
/* The same with the text at hand. */
struct source *source_parse(struct reader *reader, const char *path, const char *text);
void source_free(struct source *source);

config_setting_t *source_root(struct source *source);
struct where source_where(const config_setting_t *setting);

#endif
