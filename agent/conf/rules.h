#ifndef CONF_RULES_H
#define CONF_RULES_H

#include "conf/conf.h"
#include "conf/reader.h"

/* What no option can be told from alone: values that contradict each other, things given twice,
 * names that nothing has. */
void rules_check(struct reader *reader, const struct conf *conf);
/* channel_rules.c: the part about alerts. */
void channels_check(struct reader *reader, const struct conf *conf);

#endif
