#ifndef TESTS_UNIT_CONF_BOX_H
#define TESTS_UNIT_CONF_BOX_H

#include "folder.h"

#include "base/arena.h"
#include "conf/conf.h"

#include <stdbool.h>
#include <sys/types.h>

/* A folder with a configuration in it: a small lists.conf, and the secret files the interface's
 * example names, unless a test writes others. */
struct box {
	char dir[FOLDER_BYTES];
	struct arena *arena; /* of what box_load read last */
	struct conf conf;
	char *problems; /* one a line; the folder is left out of every path */
	bool is_good;
};

extern const char box_key[]; /* in dqs.key */
extern const char box_url[]; /* in slack.url */
extern const char box_interface[]; /* the configuration of the interface's section 5 */

int box_setup(void **state);
int box_teardown(void **state);

/* Folders on the way are made. */
void box_write(const struct box *box, const char *name, const char *text);
void box_write_mode(const struct box *box, const char *name, const char *text, mode_t mode);
void box_remove(const struct box *box, const char *name);
/* Loads repwatch.conf, `text` when it is not NULL. */
void box_load(struct box *box, const char *text);
/* The same the way plug-ins do. */
void box_load_to_look(struct box *box, const char *text);
/* The same, the settings at the top alone. */
void box_load_top(struct box *box, const char *text);
/* Fails the test when the last load found something wrong. */
void box_check_good(const struct box *box);

/* A configuration and everything that is to be said about it. */
struct mistake {
	const char *what;
	const char *conf;
	const char *problems;
};
void box_check_mistakes(struct box *box, const struct mistake *mistake, size_t mistakes);

#endif
