#include "run/painter.h"

#include "base/mem.h"
#include "base/str.h"
#include "sys/child.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	WORKERS_MAX = 64,
	PICTURE_MAX_MS = 30000, /* a picture takes about 20 ms */
	DEATHS_MAX = 8, /* in a row, without a picture between them */
	TASKS_MAX = 2 /* one is drawn while the next waits, so that nobody waits for us */
};

struct task {
	char *sheet;
	size_t number;
};

struct worker {
	struct child child;
	struct task task[TASKS_MAX]; /* the first is being drawn */
	size_t tasks, sent;
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
	painter->calls->done(painter->calls->context, worker->task[0].number, error);
	free(worker->task[0].sheet);
	worker->tasks--;
	worker->sent -= worker->sent > 0;
	memmove(worker->task, worker->task + 1, worker->tasks * sizeof(worker->task[0]));
}

/* A crash costs the picture that was being drawn, not the run: the next goes to who comes after. */
static void bury(struct painter *painter, struct worker *worker, const char *why)
{
	child_end(&worker->child);
	painter->deaths++;
	if (worker->tasks)
		finish(painter, worker, why);
	worker->sent = 0;
	str_clear(&worker->answer);
}

static void fetch(struct painter *painter, struct worker *worker, size_t tasks)
{
	struct task *const task = &worker->task[worker->tasks];

	if (painter->is_exhausted || worker->tasks >= tasks)
		return;
	task->sheet = painter->calls->next(painter->calls->context, &task->number);
	painter->is_exhausted = !task->sheet;
	worker->tasks += task->sheet != NULL;
}

/* One that hangs takes no second sheet either. */
static bool start(struct worker *worker, struct err *err)
{
	const struct timeval longest = {.tv_sec = PICTURE_MAX_MS / 1000};

	if (!child_start(&worker->child, "repwatch-draw", err))
		return false;
	setsockopt(worker->child.fd, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof(longest));
	return true;
}

static bool feed(struct painter *painter, struct worker *worker, struct err *err)
{
	while (worker->sent < worker->tasks) {
		const char *const sheet = worker->task[worker->sent].sheet;

		if (worker->child.fd < 0 && !start(worker, err)) {
			while (worker->tasks)
				finish(painter, worker, err->text);
			return false;
		}
		worker->sent++;
		if (!send_line(worker->child.fd, sheet) || !send_line(worker->child.fd, "\n")) {
			bury(painter, worker, "the drawing process died");
			return true;
		}
	}
	return true;
}

/* Everybody gets a first before anybody a second. */
static bool feed_all(struct painter *painter, struct err *err)
{
	bool ok = true;

	for (size_t tasks = 1; tasks <= TASKS_MAX; tasks++)
		for (size_t i = 0; ok && i < painter->workers; i++) {
			fetch(painter, &painter->worker[i], tasks);
			ok = feed(painter, &painter->worker[i], err);
		}
	return ok;
}

static void take_answer(struct painter *painter, struct worker *worker, const char *answer)
{
	painter->deaths = 0;
	if (worker->sent)
		finish(painter, worker, strcmp(answer, "ok") == 0 ? NULL : answer);
}

static void hear(struct painter *painter, struct worker *worker)
{
	char bytes[1024];
	const ssize_t got = recv(worker->child.fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		bury(painter, worker, "the drawing process died");
		return;
	}
	for (ssize_t i = 0; i < got; i++) {
		if (bytes[i] != '\n') {
			str_add_char(&worker->answer, bytes[i]);
			continue;
		}
		take_answer(painter, worker, str_text(&worker->answer));
		str_clear(&worker->answer);
	}
}

/* Waits for the first answer, and says how many were drawing. Who draws longer than allowed hangs. */
static size_t wait_for_any(struct painter *painter)
{
	struct pollfd fd[WORKERS_MAX];
	size_t drawing = 0;
	int ready;

	for (size_t i = 0; i < painter->workers; i++) {
		const struct worker *const worker = &painter->worker[i];

		fd[i] = (struct pollfd){worker->sent ? worker->child.fd : -1, POLLIN, 0};
		drawing += worker->sent > 0;
	}
	if (!drawing)
		return 0;
	ready = poll(fd, (nfds_t)painter->workers, PICTURE_MAX_MS);
	for (size_t i = 0; i < painter->workers; i++) {
		if (ready == 0 && painter->worker[i].sent)
			bury(painter, &painter->worker[i], "the drawing took too long");
		else if (ready > 0 && fd[i].revents)
			hear(painter, &painter->worker[i]);
	}
	return drawing;
}

static size_t processors(void)
{
	const long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count > 0 ? (size_t)count : 1;
}

static bool has_work(const struct painter *painter)
{
	bool has_task = !painter->is_exhausted;

	for (size_t i = 0; i < painter->workers; i++)
		has_task |= painter->worker[i].tasks > 0;
	return has_task;
}

bool painter_run(size_t workers, const struct painter_calls *calls, struct err *err)
{
	struct painter painter = {.calls = calls};
	bool ok = true;
	size_t drawing;

	painter.workers = workers ? workers : processors();
	if (painter.workers > WORKERS_MAX)
		painter.workers = WORKERS_MAX;
	for (size_t i = 0; i < painter.workers; i++)
		painter.worker[i].child.fd = -1;
	do {
		if (ok)
			ok = feed_all(&painter, err);
		drawing = wait_for_any(&painter);
		if (ok && painter.deaths > DEATHS_MAX)
			ok = err_set(err, "the process that draws dies each time it is started");
	} while (drawing || (ok && has_work(&painter)));
	for (size_t i = 0; i < painter.workers; i++) {
		child_end(&painter.worker[i].child);
		while (painter.worker[i].tasks)
			finish(&painter, &painter.worker[i], "the drawing was given up");
		str_release(&painter.worker[i].answer);
	}
	return ok;
}
