#ifndef CONF_LISTS_H
#define CONF_LISTS_H

#include "base/arena.h"
#include "conf/conf.h"
#include "conf/reader.h"
#include "model/list.h"

#include <stdbool.h>
#include <stddef.h>

/* From catalogue files to the lists in force. */

/* An entry as written: what struct list cannot hold before the whole entry is read. */
struct list_entry {
	struct list list;
	const char *key_name; /* "" for none */
	const char *test; /* "" unless given */
	const char *positive[3], *negative[3]; /* IPv4, IPv6, domain */
	struct list_code *code, *error;
	size_t codes, errors;
};

struct catalogue_file {
	struct list_entry *entry;
	size_t entries;
	struct retired_list *retired;
	size_t retireds;
};

/* Reads conf->lists.catalogue_path and fills conf->catalogue, with what conf->lists says about
 * lists and keys applied. Mistakes go to the reader's problems. */
void lists_load(struct reader *reader, struct conf *conf);

/* Checks what concerns one entry and completes its `list`, all but the key. */
void list_entry_finish(struct reader *reader, struct list_entry *entry);
/* Whether every name that may be asked fits into DNS with this zone. */
bool list_zone_fits(const struct list *list, const char *zone);

#endif
