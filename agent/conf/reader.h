#ifndef CONF_READER_H
#define CONF_READER_H

#include "base/arena.h"
#include "conf/option.h"
#include "conf/problems.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Loading in progress. */
struct reader {
	struct arena *arena; /* the configuration's */
	struct arena *scratch; /* given back when loading ends */
	struct problems problems, notes;
	const char *dir; /* relative paths start here */
	bool is_looking; /* conf_load_to_look: secrets stay closed */
	bool trusts_owners; /* files may belong to anybody */
	bool is_skimming; /* conf_load_top: what stands in brackets is passed over */
	bool is_cut; /* a file could not be read to its end: what is missing may have been in it */
	size_t files; /* read so far */
	uint64_t digest; /* of their text */
	int64_t now; /* UTC seconds */
	struct place *place;
	size_t places;
	bool places_are_sorted;
};

void reader_init(struct reader *reader, struct arena *arena);
void reader_release(struct reader *reader);

/* The absolute path of a file named in the configuration, from `arena`. */
const char *reader_path(const struct reader *reader, const char *path);
/* A place in a file that starts here. */
struct where reader_new_file(struct reader *reader, const char *path);

/* Where `field` was given, rightly or not; line 0 and file NULL when it was not. */
struct where reader_where(struct reader *reader, const void *field);
bool reader_is_given(struct reader *reader, const void *field);
void reader_place(struct reader *reader, const void *field, struct where where);

/* Fills the struct at `base` with the table's options: defaults, then what the sources say, the
 * last one winning; lists of groups are joined. Sources that are NULL are left out. */
struct source;
void reader_fill(struct reader *reader, const struct option_table *table,
		 struct source *const *source, size_t sources, void *base);

#endif
