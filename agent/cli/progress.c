#include "cli/progress.h"

#include "cli/terminal.h"
#include "sys/clock.h"

#include <stdio.h>
#include <unistd.h>

enum {
	US_PER_S = 1000 * 1000,
	FIRST_US = 300 * 1000, /* what is over sooner needs no bar */
	EVERY_US = 100 * 1000,
	BAR_MAX = 30,
	BAR_MIN = 8,
	/* "100%  123456/123456  12345/s  1h 12m left" and, which is longer,
	 * "100%  12345.6/12345.6 MB  123.4 MB/s  1h 12m left" */
	WORDS_ROOM = 42,
	BYTES_ROOM = 50
};

static const double bytes_per_mb = 1e6;

struct progress progress_begin(const struct cli *cli)
{
	return (struct progress){
	    .is_on = !cli->is_quiet && isatty(STDERR_FILENO),
	    .columns = terminal_columns(STDERR_FILENO),
	    .began_us = clock_monotonic_us(),
	};
}

static void add_bar(struct str *out, size_t room, double part)
{
	const size_t bar = room > BAR_MAX ? BAR_MAX : room;
	const size_t full = (size_t)(part * (double)bar);

	if (bar < BAR_MIN)
		return;
	str_add_char(out, '[');
	str_add_fill(out, '#', full);
	str_add_fill(out, '.', bar - full);
	str_add(out, "] ");
}

void progress_line(struct str *out, const struct progress *progress, uint64_t done, uint64_t total,
		   int64_t elapsed_us)
{
	const double part = total ? (double)done / (double)total : 0;
	const double counted =
	    done > progress->done_then ? (double)(done - progress->done_then) : 0;
	const double rate = elapsed_us > 0 ? counted * US_PER_S / (double)elapsed_us : 0;
	const size_t words = progress->is_bytes ? BYTES_ROOM : WORDS_ROOM;
	const double unit = progress->is_bytes ? bytes_per_mb : 1;
	const char *const name = progress->is_bytes ? " MB" : "";
	const int digits = progress->is_bytes ? 1 : 0;
	char age[CIVIL_TEXT_BYTES];

	add_bar(out, progress->columns > words ? progress->columns - words : 0, part);
	str_addf(out, "%3.0f%%  %.*f/%.*f%s", part * 100, digits, (double)done / unit, digits,
		 (double)total / unit, name);
	if (rate < 1 || done >= total)
		return;
	str_addf(out, "  %.*f%s/s", digits, rate / unit, name);
	str_addf(out, "  %s left", civil_age((int64_t)((double)(total - done) / rate) + 1, age));
}

void progress_show(void *context, uint64_t done, uint64_t total)
{
	struct progress *progress = context;
	const int64_t now_us = clock_monotonic_us();
	struct str line = {0};

	if (!progress->counted_us) {
		progress->counted_us = now_us;
		progress->done_then = done;
	}
	if (!progress->is_on || now_us - progress->began_us < FIRST_US ||
	    now_us - progress->drawn_us < EVERY_US)
		return;
	/* The total is an estimate; a bar never runs over its end. */
	progress_line(&line, progress, done, total < done ? done : total,
		      now_us - progress->counted_us);
	/* Erase to the end of the line (ECMA-48 EL), so that a shorter line leaves no rest. */
	fprintf(stderr, "\r%.*s\033[K", (int)progress->columns - 1, str_text(&line));
	fflush(stderr);
	progress->is_drawn = true;
	progress->drawn_us = now_us;
	str_release(&line);
}

void progress_end(struct progress *progress)
{
	if (progress->is_drawn)
		fputs("\r\033[K", stderr);
	progress->is_drawn = false;
}
