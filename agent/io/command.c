#include "io/command.h"

#include "base/mem.h"
#include "sys/clock.h"
#include "sys/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEARD_MAX_BYTES = 65536, SAID_MAX_BYTES = 1000, GRACE_US = 1000000, VARIABLES_MAX = 16 };

/* A file in memory that holds the input: a pipe would have to be fed while the program reads. */
static int make_input(struct slice input)
{
	const int fd = memfd_create("letter", MFD_CLOEXEC);

	if (fd >= 0 && files_write_all(fd, input.at, input.len) && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A file in memory that cannot grow: a program that never stops talking is refused. */
static int make_output(void)
{
	const int fd = memfd_create("said", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && ftruncate(fd, HEARD_MAX_BYTES) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int spawn(pid_t *pid, char *const *argv, char *const *envp, const int fd[2])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t set;
	int wrong;

	posix_spawnattr_init(&attributes);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attributes, &set);
	sigfillset(&set);
	posix_spawnattr_setsigdefault(&attributes, &set);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						  POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fd[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fd[1], STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	posix_spawn_file_actions_addchdir_np(&actions, "/");
	wrong = posix_spawn(pid, argv[0], &actions, &attributes, argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return wrong;
}

static char **array_of(const char *const *word, size_t words, struct arena *arena)
{
	char **array = arena_calloc(arena, words + 1, sizeof(*array));

	for (size_t i = 0; i < words; i++)
		array[i] = arena_strdup(arena, word[i]);
	return array;
}

static int start(struct command *command, const struct command_spec *spec, const int fd[2])
{
	const char *variable[VARIABLES_MAX] = {"PATH=/usr/local/bin:/usr/bin:/bin",
					       "LC_ALL=C.UTF-8"};
	struct arena *arena = arena_new();
	size_t variables = 2;
	int wrong;

	for (size_t i = 0; i < spec->variables && variables < VARIABLES_MAX; i++)
		variable[variables++] = spec->variable[i];
	wrong = spawn(&command->pid, array_of(spec->word, spec->words, arena),
		      array_of(variable, variables, arena), fd);
	arena_free(arena);
	return wrong;
}

bool command_start(struct command *command, const struct command_spec *spec, struct err *err)
{
	const int fd[2] = {make_input(spec->input), make_output()};
	int wrong = fd[0] < 0 || fd[1] < 0 ? ENOMEM : 0;

	*command =
	    (struct command){.heard = -1, .end_us = clock_monotonic_us() + spec->limit_ms * 1000};
	if (!wrong)
		wrong = start(command, spec, fd);
	if (fd[0] >= 0)
		close(fd[0]);
	if (!wrong) {
		command->heard = fd[1];
		return true;
	}
	if (fd[1] >= 0)
		close(fd[1]);
	command->pid = 0;
	return err_set(err, "cannot start '%s': %s", spec->word[0], strerror(wrong));
}

/* The file's place is shared with the program: it tells how much was written. */
static const char *said(const struct command *command, struct arena *arena)
{
	const off_t wrote = lseek(command->heard, 0, SEEK_CUR);
	char text[SAID_MAX_BYTES + 1] = "";
	const size_t len =
	    wrote < SAID_MAX_BYTES ? (size_t)(wrote < 0 ? 0 : wrote) : (size_t)SAID_MAX_BYTES;
	const ssize_t got = pread(command->heard, text, len, 0);

	return arena_strndup(arena, text, got < 0 ? 0 : strnlen(text, (size_t)got));
}

static void remind_of_time(struct command *command)
{
	const int64_t late_us = clock_monotonic_us() - command->end_us;

	if (late_us < 0)
		return;
	kill(-command->pid, command->is_late && late_us > GRACE_US ? SIGKILL : SIGTERM);
	command->is_late = true;
}

bool command_ended(struct command *command, struct arena *arena, struct command_end *end)
{
	int status;
	const pid_t pid = waitpid(command->pid, &status, WNOHANG);

	if (pid == 0 || (pid < 0 && errno == EINTR)) {
		remind_of_time(command);
		return false;
	}
	*end = (struct command_end){
	    .status = pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1,
	    .is_late = command->is_late,
	    .said = said(command, arena),
	};
	close(command->heard);
	*command = (struct command){.heard = -1};
	return true;
}

void command_kill(struct command *command)
{
	if (command->pid > 0) {
		kill(-command->pid, SIGKILL);
		while (waitpid(command->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (command->heard >= 0 && command->pid > 0)
		close(command->heard);
	*command = (struct command){.heard = -1};
}
