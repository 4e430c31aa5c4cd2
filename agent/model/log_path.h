#ifndef MODEL_LOG_PATH_H
#define MODEL_LOG_PATH_H

#include <stddef.h>
#include <string.h>

/* What 'maillogs' calls a log: the path of a file, or "journal:", which is the journal of this
 * host, or "journal:PATH", the journals in a folder, or that in a file and those rotated from it. */
#define LOG_PATH_JOURNAL "journal:"

/* "" for this host's journal, or the PATH; NULL when it is a file of lines. */
static inline const char *log_path_journal(const char *path)
{
	const size_t len = strlen(LOG_PATH_JOURNAL);

	return strncmp(path, LOG_PATH_JOURNAL, len) == 0 ? path + len : NULL;
}

#endif
