#ifndef IO_TAIL_PARTS_H
#define IO_TAIL_PARTS_H

#include "io/content.h"
#include "io/rotated.h"
#include "io/tail.h"

/* Inside io/: one reading of a log, what is chosen in tail_chain.c and read in tail.c. */

/* A rotated file with something to read. */
struct chain_file {
	const struct rotated *file;
	uint64_t offset; /* where to read on */
	int fd;
};

struct chain {
	struct chain_file at[TAIL_FILES_MAX]; /* the oldest first */
	size_t count;
	bool is_cut; /* there are more than one reading takes */
};

struct tail {
	const struct tail_request *request;
	struct tail_report *report;
	char *path; /* behind symbolic links */
	int fd; /* of the file that has the name now; -1: there is none */
	struct rotated current;
	struct rotated_set set;
	const struct rotated *old; /* the file read last: one of the set, or the current one, or
				    * NULL: it is not there, or was empty then */
	bool is_followed; /* it has its name still */
	struct chain chain;
	uint64_t offset; /* where to read on in the current one */
	char *block;
	struct err *err;
};

/* Fills `set`, `old`, `chain` and `offset`. False: the files are being rotated just now. */
bool chain_find(struct tail *tail);
void chain_release(struct tail *tail);
/* Tells of the files beside the log that are not to be read. */
void chain_note(const struct tail *tail);

#endif
