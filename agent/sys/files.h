#ifndef SYS_FILES_H
#define SYS_FILES_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes STATE (0750) when it is missing; refuses one that others own or may write. */
bool files_state_dir(const char *path, struct err *err);
/* The whole file, NUL-terminated, at most `max_bytes`; the caller frees it. Never follows a
 * symbolic link at the last component. */
bool files_slurp(const char *path, size_t max_bytes, char **text, size_t *len, struct err *err);
/* A secret: a regular file, readable by its owner only, owned by root or the caller; the first line
 * without its end. systemd lets a group read its credentials. The caller wipes and frees it. */
bool files_secret(const char *path, char **secret, struct err *err);
/* The path of a credential that systemd handed over ($CREDENTIALS_DIRECTORY, systemd.exec(5)); NULL
 * when there is none of that name. */
const char *files_credential(struct arena *arena, const char *name);
/* All of it, in as many writes as it takes; false with errno. */
bool files_write_all(int fd, const char *bytes, size_t len);
/* Writes through a temporary file in the same folder, fsync, rename, fsync of the folder. */
bool files_replace(const char *path, const char *bytes, size_t len, struct err *err);
/* The same without the fsyncs, for what can be made again and is written by thousands. */
bool files_publish(const char *path, const char *bytes, size_t len, struct err *err);

#endif
