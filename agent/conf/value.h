#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "conf/option.h"
#include "conf/reader.h"

#include <libconfig.h>

/* One value: from a setting to the field of its option. */

/* A mistake is noted and leaves the field as it was. */
void value_read(struct reader *reader, const struct option *option, const config_setting_t *setting,
		void *field, size_t *count);
/* Stores the option's default; the table's own mistakes are bugs. */
void value_initial(struct reader *reader, const struct option *option, void *field, size_t *count);

/* Notes that a setting of the wrong type stands where the option is. */
void value_note_type(struct reader *reader, const struct option *option,
		     const config_setting_t *setting);

#endif
