#include "cli/cli.h"

#include "base/mem.h"
#include "base/parse.h"
#include "render/json.h"
#include "render/utf8.h"
#include "run/graph.h"
#include "run/painter.h"
#include "run/targets.h"

#include <string.h>

static const char default_span[] = "90d";
static const int64_t span_min_ms = 3600 * 1000LL;
static const int64_t span_max_ms = 3 * 366 * 86400 * 1000LL;

/* One picture on its way. */
struct drawing {
	struct cli *cli;
	struct graph_source source;
	struct graph_request request;
	struct picture picture;
	struct picture_style style;
	bool is_taken; /* by the painter */
	const char *error; /* NULL: drawn */
};

static bool parse_number(const struct cli *cli, const char *option, uint32_t min, uint32_t max,
			 uint32_t *out, struct err *err)
{
	const char *const text = cli_value(cli, option);

	return !text || (parse_u32(text, out) && *out >= min && *out <= max) ||
	       err_set(err, "--%s: '%s' is no number of pixels from %u to %u", option, text, min,
		       max);
}

static bool ends_with(const char *text, const char *end)
{
	const size_t len = strlen(text);

	return len > strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static bool parse_style(struct drawing *drawing, struct err *err)
{
	const struct cli *const cli = drawing->cli;
	struct picture_style *const style = &drawing->style;

	style->path = cli_value(cli, "output");
	style->width = PICTURE_WIDTH;
	style->is_dark = cli_has(cli, "dark");
	if (!style->path)
		return err_set(err, "say where to write the picture: -o FILE.svg or -o FILE.png");
	style->is_png = ends_with(style->path, ".png");
	if (!style->is_png && !ends_with(style->path, ".svg"))
		return err_set(err, "'%s': the name of a picture ends with .svg or .png",
			       style->path);
	if (!utf8_is_valid(style->path))
		return err_set(err, "'%s': the name of a picture must be UTF-8", style->path);
	return parse_number(cli, "width", PICTURE_WIDTH_MIN, PICTURE_WIDTH_MAX, &style->width,
			    err) &&
	       parse_number(cli, "height", PICTURE_HEIGHT_MIN, PICTURE_HEIGHT_MAX, &style->height,
			    err);
}

static bool parse_request(struct drawing *drawing, struct err *err)
{
	struct cli *const cli = drawing->cli;
	struct graph_request *const request = &drawing->request;
	const char *const span = cli_value(cli, "span");
	const char *const kind = cli_value(cli, "kind");
	const int word = kind ? graph_kind_parse(kind) : GRAPH_VOLUME;
	int64_t ms;

	if (word < 0)
		return err_set(err, "--kind is volume, receivers, grades or lists, not '%s'", kind);
	if (!parse_duration_ms(span ? span : default_span, &ms) || ms < span_min_ms ||
	    ms > span_max_ms)
		return err_set(err, "--span: '%s' is no duration from 1h to 3 years, such as 90d",
			       span);
	if (word != GRAPH_LISTS && !cli->arguments)
		return err_set(err, "say whose picture: an address, a pool or a name");
	if (word == GRAPH_LISTS && cli->arguments)
		return err_set(err, "the picture of the lists is of nobody: leave out '%s'",
			       cli->argument[0]);
	*request = (struct graph_request){
	    .kind = (enum graph_kind)word,
	    .subject = cli->arguments ? target_canonical(cli->argument[0], cli->arena) : "",
	    .from = cli->now - ms / 1000,
	    .to = cli->now,
	};
	return true;
}

static char *next_sheet(void *context, size_t *number)
{
	struct drawing *const drawing = context;

	if (drawing->is_taken)
		return NULL;
	drawing->is_taken = true;
	*number = 0;
	return picture_sheet(&drawing->picture, &drawing->style);
}

static void drawn(void *context, size_t number, const char *error)
{
	struct drawing *const drawing = context;

	(void)number;
	drawing->error = error ? arena_strdup(drawing->cli->arena, error) : NULL;
}

static bool draw(struct drawing *drawing, struct err *err)
{
	const struct painter_calls calls = {next_sheet, drawn, drawing};
	struct cli *const cli = drawing->cli;
	bool ok;

	drawing->source = (struct graph_source){
	    .conf = &cli->conf,
	    .zone = &cli->zone,
	    .zone_name = cli->conf.timezone,
	    .now = cli->now,
	    .language = cli->conf.language,
	};
	ok = graph_open(&drawing->source, cli->arena, err) &&
	     graph_make(&drawing->source, &drawing->request, cli->arena, &drawing->picture, err);
	graph_close(&drawing->source);
	return ok && painter_run(1, &calls, err) &&
	       (!drawing->error || err_set(err, "%s", drawing->error));
}

static bool show(const struct drawing *drawing)
{
	const struct cli *const cli = drawing->cli;

	if (cli->wants_json)
		return cli_print_json(json_pack("{s:s, s:s, s:s}", "file", drawing->style.path,
						"title", drawing->picture.title, "about",
						drawing->picture.about));
	cli_note(cli, "'%s': %s", drawing->style.path, drawing->picture.title);
	return true;
}

static enum cli_status run(struct cli *cli)
{
	struct drawing drawing = {.cli = cli};
	struct err err;

	if (!parse_style(&drawing, &err) || !parse_request(&drawing, &err))
		return cli_fail(&err);
	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!draw(&drawing, &err))
		return cli_fail(&err);
	return show(&drawing) ? CLI_DONE : CLI_USAGE;
}

static const struct cli_option option[] = {
    {"output", 'o', "FILE", false, NULL, "Where to write the picture: FILE.svg or FILE.png."},
    {"kind", 0, "KIND", false, "volume",
     "What to show: volume, receivers, grades (of a pool's addresses day by day) or lists."},
    {"span", 0, "AGE", false, default_span, "How far back it goes: 24h, 90d, 52w."},
    {"width", 0, "PIXELS", false, "800", "Of the whole picture, 400 to 4000."},
    {"height", 0, "PIXELS", false, "220", "Of the part with the volume; lanes come below it."},
    {"dark", 0, NULL, false, NULL, "For dark surroundings."},
};

const struct cli_command command_graph = {
    .name = "graph",
    .arguments = "[ADDRESS|POOL]",
    .summary = "draw volume against reputation",
    .about =
	"Draws what an address or a pool sent on each day (in each hour, for spans up to four "
	"days), with last month's mean and the threshold of a spike, and below it, on the same "
	"axis, a lane for each list that had it, each receiver that refused its mail, and the time "
	"in which nothing could be learned.\n\n"
	"Days are the operator's. Reads the state of the last pass and writes the picture whole "
	"or not at all.",
    .examples = "  repwatch graph 192.0.2.10 -o www274.svg\n"
		"  repwatch graph shared-a -o shared-a.png --span 52w --width 1200 --dark\n"
		"  repwatch graph shared-a -o grades.svg --kind grades --span 30d\n"
		"  repwatch graph -o lists.svg --kind lists\n",
    .option = option,
    .options = COUNT_OF(option),
    .max_arguments = 1,
    .run = run,
};
