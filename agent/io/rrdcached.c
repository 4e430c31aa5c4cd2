#include "io/rrdcached.h"

#include "base/mem.h"
#include "base/str.h"
#include "sys/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_BYTES = 1024 };

struct rrdcached {
	int fd;
	char *path; /* of the socket */
	char answer[ANSWER_BYTES];
};

/* -1 with errno. Without O_NONBLOCK a full backlog would hold us. */
static int dial(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int why;

	if (fd < 0)
		return -1;
	if (strlen(path) < sizeof(at.sun_path)) {
		memcpy(at.sun_path, path, strlen(path));
		if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0)
			return fd;
		why = errno;
	} else {
		why = ENAMETOOLONG;
	}
	close(fd);
	errno = why;
	return -1;
}

struct rrdcached *rrdcached_open(const char *address, struct err *err)
{
	const char *path = strncmp(address, "unix:", 5) == 0 ? address + 5 : address;
	struct rrdcached *daemon;
	int fd;

	if (*path != '/') {
		err_set(err, "'%s' is not the path of a local rrdcached's socket", address);
		return NULL;
	}
	fd = dial(path);
	if (fd < 0) {
		err_set(err, "cannot reach rrdcached at '%s': %s", path, strerror(errno));
		return NULL;
	}
	daemon = xcalloc(1, sizeof(*daemon));
	daemon->fd = fd;
	daemon->path = xstrdup(path);
	return daemon;
}

void rrdcached_close(struct rrdcached *daemon)
{
	if (!daemon)
		return;
	close(daemon->fd);
	free(daemon->path);
	free(daemon);
}

/* Waits for the socket; false with errno when the time is over. */
static bool await(const struct rrdcached *daemon, short events, int64_t until_us)
{
	struct pollfd poll_fd = {.fd = daemon->fd, .events = events};
	const int64_t left_us = until_us - clock_monotonic_us();
	int ready;

	if (left_us > 0) {
		ready = poll(&poll_fd, 1, (int)(left_us / 1000) + 1);
		if (ready > 0 || (ready < 0 && errno == EINTR))
			return true;
		if (ready < 0)
			return false;
	}
	errno = ETIMEDOUT;
	return false;
}

static bool is_passing(int why)
{
	return why == EAGAIN || why == EINTR;
}

static bool tell(const struct rrdcached *daemon, const char *text, size_t len, int64_t until_us)
{
	while (len) {
		const ssize_t sent = send(daemon->fd, text, len, MSG_NOSIGNAL);

		if (sent < 0 && !is_passing(errno))
			return false;
		if (sent < 0 && !await(daemon, POLLOUT, until_us))
			return false;
		if (sent > 0) {
			text += sent;
			len -= (size_t)sent;
		}
	}
	return true;
}

/* One line without its end. */
static bool hear(struct rrdcached *daemon, int64_t until_us)
{
	size_t len = 0;

	while (len < ANSWER_BYTES - 1) {
		const ssize_t got =
		    recv(daemon->fd, daemon->answer + len, ANSWER_BYTES - 1 - len, 0);
		char *end;

		if (got == 0)
			errno = ECONNRESET;
		if (got == 0 || (got < 0 && !is_passing(errno)))
			return false;
		if (got < 0 && !await(daemon, POLLIN, until_us))
			return false;
		len += got > 0 ? (size_t)got : 0;
		end = memchr(daemon->answer, '\n', len);
		if (end) {
			*end = '\0';
			return true;
		}
	}
	errno = EPROTO;
	return false;
}

/* Sends a command line and hears its answer, "STATUS text": below 0 is an error, above it the
 * number of lines that follow, which none of our commands has. */
static enum rrdcached_answer request(struct rrdcached *daemon, const struct str *line,
				     struct err *err)
{
	const int64_t until_us = clock_monotonic_us() + (int64_t)RRDCACHED_LIMIT_MS * 1000;

	if (!tell(daemon, line->text, line->len, until_us) || !hear(daemon, until_us)) {
		err_set(err, "rrdcached at '%s' does not answer: %s", daemon->path,
			strerror(errno));
		return RRDCACHED_FAILED;
	}
	if (strncmp(daemon->answer, "0 ", 2) == 0)
		return RRDCACHED_DONE;
	if (strstr(daemon->answer, "illegal attempt to update using time"))
		return RRDCACHED_PAST;
	err_set(err, "rrdcached at '%s' refuses: %s", daemon->path, daemon->answer);
	return RRDCACHED_FAILED;
}

/* Blanks part the words of a command. */
static void add_word(struct str *line, const char *word)
{
	str_add_char(line, ' ');
	for (; *word; word++) {
		if (*word == ' ' || *word == '\\')
			str_add_char(line, '\\');
		str_add_char(line, *word);
	}
}

enum rrdcached_answer rrdcached_update(struct rrdcached *daemon, const char *path,
				       const char *value, struct err *err)
{
	struct str line = {0};
	enum rrdcached_answer answer;

	str_add(&line, "UPDATE");
	add_word(&line, path);
	add_word(&line, value);
	str_add_char(&line, '\n');
	answer = request(daemon, &line, err);
	str_release(&line);
	return answer;
}

enum rrdcached_answer rrdcached_forget(struct rrdcached *daemon, const char *path, struct err *err)
{
	struct str line = {0};
	enum rrdcached_answer answer;

	str_add(&line, "FORGET");
	add_word(&line, path);
	str_add_char(&line, '\n');
	answer = request(daemon, &line, err);
	str_release(&line);
	if (answer == RRDCACHED_FAILED && strstr(daemon->answer, "No such file"))
		return RRDCACHED_DONE;
	return answer;
}
