#include "sys/child.h"

#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The folder the running program stands in, with its slash. */
static void own_folder(struct str *out)
{
	char path[PATH_MAX];
	const ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	const char *slash;

	if (len <= 0)
		return;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		str_add_bytes(out, path, (size_t)(slash - path) + 1);
}

static bool find_program(const char *name, struct str *path, struct err *err)
{
	own_folder(path);
	str_add(path, name);
	if (access(str_text(path), X_OK) == 0)
		return true;
	str_clear(path);
	str_addf(path, "%s/%s", PKGLIBEXECDIR, name);
	return access(str_text(path), X_OK) == 0 ||
	       err_set(err, "'%s' is not installed: no program '%s'", name, str_text(path));
}

static bool spawn(struct child *child, const char *path, int other, struct err *err)
{
	char *const argv[] = {(char *)(uintptr_t)path, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int wrong;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, other, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, other, STDOUT_FILENO);
	wrong = posix_spawn(&child->pid, path, &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	if (!wrong)
		return true;
	child->pid = 0;
	return err_set(err, "cannot start '%s': %s", path, strerror(wrong));
}

bool child_start(struct child *child, const char *name, struct err *err)
{
	struct str path = {0};
	int pair[2];
	bool ok = false;

	*child = (struct child){.fd = -1};
	if (!find_program(name, &path, err))
		goto out;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		err_set(err, "cannot make a socket for '%s': %s", name, strerror(errno));
		goto out;
	}
	ok = spawn(child, str_text(&path), pair[1], err);
	close(pair[1]);
	if (ok)
		child->fd = pair[0];
	else
		close(pair[0]);
out:
	str_release(&path);
	return ok;
}

void child_end(struct child *child)
{
	if (child->fd >= 0)
		close(child->fd);
	if (child->pid > 0) {
		kill(child->pid, SIGTERM);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	*child = (struct child){.fd = -1};
}
