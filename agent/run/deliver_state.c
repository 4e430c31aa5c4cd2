#include "run/deliver_parts.h"

#include "base/mem.h"
#include "model/view.h"
#include "render/nagios.h"
#include "run/look.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Channels that are told how things are by each pass: Nagios by its command file, Icinga by its API,
 * an Alertmanager beside its letters. What is lost is said again by the next pass, so nothing is kept.
 * The worst come first, for the case that the time is over before all are told. */

enum { REASON_MAX_BYTES = 300 };

bool channel_is_state(const struct conf_channel *channel)
{
	return strcmp(channel->type, "nagios") == 0 || strcmp(channel->type, "icinga") == 0 ||
	       strcmp(channel->type, "alertmanager") == 0;
}

bool channel_takes_letters(const struct conf_channel *channel)
{
	return !channel_is_state(channel) || strcmp(channel->type, "alertmanager") == 0;
}

/* --- how an address stands, in their words --- */

static const struct {
	int status; /* of a plug-in */
	const char *word;
} verdict[] = {
    [GRADE_UNKNOWN] = {3, "UNKNOWN"},
    [GRADE_GOOD] = {0, "OK"},
    [GRADE_NEUTRAL] = {1, "WARNING"},
    [GRADE_POOR] = {2, "CRITICAL"},
};

/* A ';' would end the field. */
static const char *host_of(const struct address_view *view, struct arena *arena)
{
	char *const host = arena_strdup(arena, *view->name ? view->name : view->address);

	for (char *at = host; (at = strchr(at, ';'));)
		*at = '_';
	return host;
}

static void add_output(struct str *out, const struct address_view *view)
{
	const struct reason *const why = view->grade.reasons ? view->grade.reason : NULL;
	struct str text = {0};

	str_addf(&text, "REPWATCH %s - %s is %s", verdict[view->grade.letter].word, view->address,
		 grade_name(view->grade.letter));
	if (why)
		str_addf(&text, ": %s%s%.*s", why->subject, *why->subject ? " " : "",
			 REASON_MAX_BYTES, why->text);
	nagios_escape(out, str_text(&text));
	str_release(&text);
	str_addf(out, " | reasons=%zu asked=%zu answered=%zu", view->grade.reasons, view->asked,
		 view->answered);
}

static int by_verdict(const void *left, const void *right)
{
	const struct address_view *const a = left;
	const struct address_view *const b = right;
	static const int rank[] = {0, 2, 3, 1}; /* OK, WARNING, CRITICAL, UNKNOWN */

	return rank[verdict[b->grade.letter].status] - rank[verdict[a->grade.letter].status];
}

/* All there are of the channel's pools, worst first. */
static bool look(struct delivery_lane *lane, struct status *status, struct err *err)
{
	struct sending *const delivery = lane->delivery;
	const struct look_source source = {.conf = delivery->conf};

	if (!look_at_status(&source, lane->channel->pool, lane->channel->pools,
			    delivery->options->now, delivery->arena, status, err))
		return false;
	if (status->views)
		qsort(status->view, status->views, sizeof(*status->view), by_verdict);
	return true;
}

static void note(struct delivery_lane *lane, const char *error)
{
	struct sending *const delivery = lane->delivery;

	if (error) {
		letters_notice(lane, error);
		delivery->counts->failed++;
	}
	if (delivery->store && !delivery->has_failed &&
	    !outbox_note(delivery->store, lane->channel->name, delivery->options->now, error,
			 &delivery->err))
		delivery->has_failed = true;
}

/* --- Nagios --- */

/* One write a line: what is at most PIPE_BUF long is never mixed with what others write. */
static bool put_lines(int fd, const struct status *status, const struct sending *sending,
		      struct err *err)
{
	for (size_t i = 0; i < status->views; i++) {
		const struct address_view *const view = &status->view[i];
		struct str line = {0};
		ssize_t put;

		str_addf(&line, "[%lld] PROCESS_SERVICE_CHECK_RESULT;%s;repwatch %s;%d;",
			 (long long)sending->options->now, host_of(view, sending->arena),
			 view->address, verdict[view->grade.letter].status);
		add_output(&line, view);
		if (line.len > PIPE_BUF - 1)
			line.len = PIPE_BUF - 1;
		str_add_char(&line, '\n');
		put = write(fd, line.text, line.len);
		str_release(&line);
		if (put < 0)
			return err_set(err, "its command file takes no more: %s", strerror(errno));
	}
	return true;
}

static bool tell_nagios(const struct delivery_lane *lane, const struct status *status,
			struct err *err)
{
	const char *const path = lane->channel->command_file;
	/* Without a reader this fails at once instead of waiting for one. */
	const int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	bool ok;

	if (fd < 0)
		return errno == ENXIO ? err_set(err, "nobody reads '%s': is Nagios running?", path)
				      : err_set(err, "cannot open '%s': %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		ok = put_lines(fd, status, lane->delivery, err);
	else
		ok = err_set(err, "'%s' is no FIFO", path);
	close(fd);
	return ok;
}

/* --- Icinga --- */

static const char *icinga_document(const struct address_view *view, struct arena *arena)
{
	json_t *json = json_object();
	struct str output = {0};
	const char *kept;
	char *bar;
	char *text;

	add_output(&output, view);
	bar = strrchr(output.text, '|');
	bar[-1] = '\0';
	json_object_set_new(json, "type", json_string("Service"));
	/* By its name: a filter is tried on every service there is, for each of them anew. */
	json_object_set_new(json, "service",
			    json_sprintf("%s!repwatch %s", host_of(view, arena), view->address));
	json_object_set_new(json, "exit_status", json_integer(verdict[view->grade.letter].status));
	json_object_set_new(json, "plugin_output", json_string(output.text));
	json_object_set_new(json, "performance_data", json_pack("[s]", bar + 2));
	json_object_set_new(json, "check_source", json_string("repwatch"));
	text = json_dumps(json, JSON_COMPACT);
	kept = arena_strdup(arena, text ? text : "{}");
	free(text);
	json_decref(json);
	str_release(&output);
	return kept;
}

static bool next_document(struct delivery_lane *lane, struct post *out)
{
	static const char *const header[] = {"Content-Type: application/json",
					     "Accept: application/json"};

	if (lane->at >= lane->documents || lane->error)
		return false;
	arena_reset(lane->arena);
	lane_base(lane, out);
	out->url = arena_printf(lane->arena, "%.*s%s",
				(int)(strlen(out->url) - (out->url[strlen(out->url) - 1] == '/')),
				out->url, lane->path);
	out->header = header;
	out->headers = COUNT_OF(header);
	out->body = slice_text(lane->document[lane->at]);
	return true;
}

/* Icinga has no such host or service, and may have the next one: 404, or from some versions on an
 * error without results. */
static bool is_unknown_service(const struct delivery_lane *lane, const struct post_result *result)
{
	return strcmp(lane->channel->type, "icinga") == 0 &&
	       (result->code == 404 ||
		(result->code == 500 && strcmp(result->reply, "{\"results\":[]}") == 0));
}

static void document_done(struct delivery_lane *lane, const struct post_result *result)
{
	const bool is_unknown = is_unknown_service(lane, result);

	lane->at++;
	lane->laters += is_unknown;
	if (result->outcome != POST_TAKEN && !is_unknown)
		note(lane, result->error);
	else if (lane->at == lane->documents)
		note(lane, lane->laters ? arena_printf(lane->delivery->arena,
						       "Icinga has no such service for %zu of %zu "
						       "addresses",
						       lane->laters, lane->documents)
					: NULL);
}

bool state_load(struct delivery_lane *lane, struct err *err)
{
	struct sending *const delivery = lane->delivery;
	struct status status;
	struct err wrong;

	if (strcmp(lane->channel->type, "alertmanager") == 0) {
		lane->path = "/api/v2/alerts";
		lane->next = next_document;
		lane->done = document_done;
		return alertmanager_load(lane, err);
	}
	if (!look(lane, &status, err))
		return false;
	if (strcmp(lane->channel->type, "nagios") == 0) {
		note(lane, tell_nagios(lane, &status, &wrong) ? NULL : wrong.text);
		return true;
	}
	lane->documents = status.views;
	lane->document = arena_calloc(delivery->arena, status.views + 1, sizeof(*lane->document));
	for (size_t i = 0; i < status.views; i++)
		lane->document[i] = icinga_document(&status.view[i], delivery->arena);
	lane->path = "/v1/actions/process-check-result";
	lane->next = next_document;
	lane->done = document_done;
	return true;
}
