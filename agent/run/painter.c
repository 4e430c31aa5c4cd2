#include "run/painter.h"

#include "base/mem.h"
#include "base/str.h"
#include "sys/child.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	WORKERS_MAX = 64,
	PICTURE_MAX_MS = 30000, /* a picture takes about 20 ms */
	DEATHS_MAX = 8 /* in a row, without a picture between them */
};

struct worker {
	struct child child;
	size_t number; /* of the picture it draws */
	bool is_busy;
	struct str answer;
};

struct painter {
	const struct painter_calls *calls;
	struct worker worker[WORKERS_MAX];
	size_t workers;
	bool is_exhausted; /* no more pictures */
	size_t deaths;
};

static bool send_line(int fd, const char *line)
{
	size_t left = strlen(line);

	while (left) {
		const ssize_t put = send(fd, line, left, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		line += put;
		left -= (size_t)put;
	}
	return true;
}

static void finish(struct painter *painter, struct worker *worker, const char *error)
{
	worker->is_busy = false;
	painter->calls->done(painter->calls->context, worker->number, error);
	str_clear(&worker->answer);
}

/* A crash costs the picture that was being drawn, not the run. */
static void bury(struct painter *painter, struct worker *worker, const char *why)
{
	child_end(&worker->child);
	painter->deaths++;
	if (worker->is_busy)
		finish(painter, worker, why);
}

static bool feed(struct painter *painter, struct worker *worker, struct err *err)
{
	char *line;

	if (painter->is_exhausted || worker->is_busy)
		return true;
	line = painter->calls->next(painter->calls->context, &worker->number);
	if (!line) {
		painter->is_exhausted = true;
		return true;
	}
	worker->is_busy = true;
	if (worker->child.fd < 0 && !child_start(&worker->child, "repwatch-draw", err)) {
		free(line);
		finish(painter, worker, err->text);
		return false;
	}
	if (!send_line(worker->child.fd, line) || !send_line(worker->child.fd, "\n"))
		bury(painter, worker, "the drawing process died");
	free(line);
	return true;
}

static void hear(struct painter *painter, struct worker *worker)
{
	char bytes[1024];
	const ssize_t got = recv(worker->child.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	const char *end;

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		bury(painter, worker, "the drawing process died");
		return;
	}
	str_add_bytes(&worker->answer, bytes, (size_t)got);
	end = strchr(str_text(&worker->answer), '\n');
	if (!end)
		return;
	worker->answer.text[end - worker->answer.text] = '\0';
	painter->deaths = 0;
	finish(painter, worker, strcmp(worker->answer.text, "ok") == 0 ? NULL : worker->answer.text);
}

/* Waits for the first answer. Who draws longer than allowed hangs. */
static size_t wait_for_any(struct painter *painter)
{
	struct pollfd fd[WORKERS_MAX];
	size_t busy = 0;
	int ready;

	for (size_t i = 0; i < painter->workers; i++) {
		fd[i] = (struct pollfd){painter->worker[i].is_busy ? painter->worker[i].child.fd : -1,
					POLLIN, 0};
		busy += painter->worker[i].is_busy;
	}
	if (!busy)
		return 0;
	ready = poll(fd, (nfds_t)painter->workers, PICTURE_MAX_MS);
	for (size_t i = 0; i < painter->workers; i++) {
		if (ready == 0 && painter->worker[i].is_busy)
			bury(painter, &painter->worker[i], "the drawing took too long");
		else if (ready > 0 && fd[i].revents)
			hear(painter, &painter->worker[i]);
	}
	return busy;
}

static size_t processors(void)
{
	const long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count > 0 ? (size_t)count : 1;
}

bool painter_run(size_t workers, const struct painter_calls *calls, struct err *err)
{
	struct painter painter = {.calls = calls};
	bool ok = true;
	size_t busy = 0;

	painter.workers = workers ? workers : processors();
	if (painter.workers > WORKERS_MAX)
		painter.workers = WORKERS_MAX;
	for (size_t i = 0; i < painter.workers; i++)
		painter.worker[i].child.fd = -1;
	do {
		for (size_t i = 0; ok && i < painter.workers; i++)
			ok = feed(&painter, &painter.worker[i], err);
		busy = wait_for_any(&painter);
		if (ok && painter.deaths > DEATHS_MAX)
			ok = err_set(err, "the process that draws dies each time it is started");
	} while (busy || (ok && !painter.is_exhausted));
	for (size_t i = 0; i < painter.workers; i++) {
		child_end(&painter.worker[i].child);
		str_release(&painter.worker[i].answer);
	}
	return ok;
}
