#include "run/report_parts.h"

#include "base/hash.h"
#include "base/mem.h"
#include "run/painter.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 1 /* of the marker, and of what pictures look like: a new one draws all anew */ };
enum { DIGEST_BYTES = 17, THEMES = 2 };

struct report_shot *report_add_shot(struct report *report, enum graph_kind kind,
				    const char *subject, const char *file)
{
	struct report_shot *const shot = &report->shot[report->shots++];

	*shot = (struct report_shot){.kind = kind, .subject = subject, .file = file};
	return shot;
}

static const char *file_of(const struct report *report, const struct report_shot *shot,
			   bool is_dark)
{
	return arena_printf(report->arena, "%s%s.svg", shot->file, is_dark ? ".dark" : "");
}

/* --- what is there already --- */

static const char *digest_text(uint64_t digest, char out[DIGEST_BYTES])
{
	snprintf(out, DIGEST_BYTES, "%016" PRIx64, digest);
	return out;
}

static json_t *read_marker(const struct report *report)
{
	char *const text = site_old_marker(&report->site);
	json_t *const marker = text ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return marker;
}

static void keep_unchanged(struct report *report)
{
	json_t *const marker = report->request->is_full ? NULL : read_marker(report);
	const bool is_ours = json_integer_value(json_object_get(marker, "format")) == FORMAT;
	const json_t *const pictures = is_ours ? json_object_get(marker, "pictures") : NULL;
	char text[DIGEST_BYTES];

	for (size_t i = 0; pictures && i < report->shots; i++) {
		struct report_shot *const shot = &report->shot[i];
		const char *const old = json_string_value(json_object_get(pictures, shot->file));

		shot->is_kept = old && strcmp(old, digest_text(shot->digest, text)) == 0 &&
				site_keep(&report->site, file_of(report, shot, false)) &&
				site_keep(&report->site, file_of(report, shot, true));
		report->outcome->kept += shot->is_kept ? THEMES : 0;
	}
	json_decref(marker);
}

bool report_remember(struct report *report, struct err *err)
{
	json_t *pictures = json_object();
	json_t *marker;
	char digest[DIGEST_BYTES];
	char *text;
	bool ok;

	for (size_t i = 0; i < report->shots; i++)
		if (!report->shot[i].has_failed)
			json_object_set_new_nocheck(
			    pictures, report->shot[i].file,
			    json_string(digest_text(report->shot[i].digest, digest)));
	marker = json_pack("{s:i, s:o}", "format", FORMAT, "pictures", pictures);
	text = json_dumps(marker, JSON_SORT_KEYS | JSON_INDENT(0));
	if (!text)
		bug("cannot write the marker");
	ok = site_write(&report->site, site_marker, text, strlen(text), err);
	free(text);
	json_decref(marker);
	return ok;
}

/* --- drawing --- */

struct drawing {
	struct report *report;
	struct arena *arena;
	struct picture picture;
	size_t at; /* the shot */
	size_t done, due;
};

static void fail(struct report *report, struct report_shot *shot, const char *error)
{
	if (!shot->has_failed)
		report->outcome->failed++;
	shot->has_failed = true;
	if (!report->outcome->failure)
		report->outcome->failure =
		    arena_printf(report->arena, "'%s': %s", shot->file, error);
}

static int64_t day_start(const struct report *report, int64_t day)
{
	return civil_day_start(report->request->zone, civil_from_days(day));
}

int64_t report_hour_end(const struct report *report)
{
	enum { HOUR_S = 3600 };

	return report->request->now - report->request->now % HOUR_S + HOUR_S;
}

static bool make_picture(struct drawing *drawing, struct report_shot *shot)
{
	struct report *const report = drawing->report;
	const struct graph_request request = {
	    .kind = shot->kind,
	    .subject = shot->subject,
	    .from = shot->days ? day_start(report, report->today - shot->days + 1) : report->from,
	    .to = report->to,
	};
	struct err err;

	report->source.open_until = shot->days ? report_hour_end(report) : report->to;
	arena_reset(drawing->arena);
	if (graph_make(&report->source, &request, drawing->arena, &drawing->picture, &err))
		return true;
	fail(report, shot, err.text);
	return false;
}

static char *sheet_of(const struct drawing *drawing, const struct report_shot *shot)
{
	const struct report *const report = drawing->report;
	const struct picture_style style = {
	    .width = PICTURE_WIDTH,
	    .path = site_path(&report->site, file_of(report, shot, false)),
	    .dark_path = site_path(&report->site, file_of(report, shot, true)),
	};

	return picture_sheet(&drawing->picture, &style);
}

static char *next_sheet(void *context, size_t *number)
{
	struct drawing *const drawing = context;
	struct report *const report = drawing->report;

	while (drawing->at < report->shots && (report->shot[drawing->at].is_kept ||
					       !make_picture(drawing, &report->shot[drawing->at])))
		drawing->at++;
	if (drawing->at == report->shots)
		return NULL;
	*number = drawing->at++;
	return sheet_of(drawing, &report->shot[*number]);
}

static void drawn(void *context, size_t number, const char *error)
{
	struct drawing *const drawing = context;
	struct report *const report = drawing->report;

	if (error)
		fail(report, &report->shot[number], error);
	else
		report->outcome->drawn += THEMES;
	drawing->done += THEMES;
	if (report->request->progress)
		report->request->progress(report->request->context, drawing->done, drawing->due);
}

bool report_draw(struct report *report, struct err *err)
{
	struct drawing drawing = {.report = report};
	const struct painter_calls calls = {next_sheet, drawn, &drawing};
	bool ok = true;

	keep_unchanged(report);
	for (size_t i = 0; i < report->shots; i++)
		drawing.due += report->shot[i].is_kept ? 0 : THEMES;
	drawing.arena = arena_new();
	if (drawing.due)
		ok = painter_run(0, &calls, err);
	arena_free(drawing.arena);
	return ok;
}
