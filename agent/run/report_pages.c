#include "run/report_parts.h"

#include "base/hash.h"
#include "base/mem.h"
#include "render/tr.h"
#include "store/samples.h"

#include <string.h>

enum { NEWEST_EVENTS = 20, MEAN_DAYS = 62 /* before the window, which means are made of */ };

static struct html_page frame(const struct report *report, struct str *out, const char *title,
			      enum html_section section)
{
	return (struct html_page){
	    .out = out,
	    .language = report->source.language,
	    .zone = report->request->zone,
	    .zone_name = report->request->conf->timezone,
	    .pass_at = report->status.pass_at,
	    .is_stale = report->status.is_stale,
	    .host = report->request->host,
	    .root = section == HTML_DEEPER ? "../" : "",
	    .section = section,
	    .title = title,
	};
}

static bool write_page(struct report *report, const char *name, struct str *out, struct err *err)
{
	const bool ok = site_write(&report->site, name, str_text(out), out->len, err);

	report->outcome->pages += ok;
	str_release(out);
	return ok;
}

static const char *in_folder(struct arena *arena, const char *folder, struct str *name)
{
	const char *const path = arena_printf(arena, "%s/%s", folder, str_text(name));

	str_release(name);
	return path;
}

/* --- addresses --- */

/* What one address's page and picture are made of. */
struct made {
	struct volume_day *day; /* from MEAN_DAYS before the window on */
	size_t days;
	struct event *event; /* oldest first */
	size_t events;
};

static bool load_address(struct report *report, const char *address, struct arena *arena,
			 struct made *out, struct err *err)
{
	const struct volume_query query = {&address, 1, report->first_day - MEAN_DAYS,
					   report->today};
	const struct event_filter filter = {
	    .since = report->from, .address = &address, .addresses = 1};

	return volumes_days(report->source.store, &query, arena, &out->day, &out->days, err) &&
	       store_events(report->source.store, &filter, arena, &out->event, &out->events, err);
}

static void show_days(const struct report *report, const struct made *made, struct arena *arena,
		      struct report_address *out)
{
	struct report_day *day = arena_calloc(arena, made->days, sizeof(*day));
	char date[CIVIL_TEXT_BYTES];

	for (size_t i = made->days; i-- > 0 && made->day[i].day >= report->first_day;)
		day[out->days++] = (struct report_day){
		    .date = arena_strdup(arena,
					 civil_date_text(civil_from_days(made->day[i].day), date)),
		    .sent = made->day[i].sent,
		    .deferred = made->day[i].deferred,
		    .bounced = made->day[i].bounced + made->day[i].expired,
		};
	out->day = day;
}

static void show_events(const struct made *made, struct arena *arena, struct report_address *out)
{
	struct event *event = arena_calloc(arena, made->events, sizeof(*event));

	out->events = made->events < REPORT_LONG_MAX ? made->events : REPORT_LONG_MAX;
	for (size_t i = 0; i < out->events; i++)
		event[i] = made->event[made->events - 1 - i];
	out->event = event;
}

static bool write_address(struct report *report, size_t at, const struct made *made,
			  struct arena *arena, struct err *err)
{
	const struct address_view *const view = report->view[at];
	const struct report_shot *const shot = report->of_view[at];
	const struct report_shot *const hours = report->of_hours[at];
	struct report_address address = {.view = view,
					 .catalogue = &report->request->conf->catalogue,
					 .has_picture = shot && !shot->has_failed,
					 .has_hours = hours && !hours->has_failed};
	struct str out = {0}, name = {0};
	const struct html_page page = frame(report, &out, view->address, HTML_DEEPER);

	show_days(report, made, arena, &address);
	show_events(made, arena, &address);
	report_address(&page, &address);
	report_address_page(&name, view->address);
	return write_page(report, in_folder(arena, "a", &name), &out, err);
}

bool report_write_address(struct report *report, size_t at, struct arena *arena, struct err *err)
{
	struct made made;

	report->outcome->pages--;
	return load_address(report, report->view[at]->address, arena, &made, err) &&
	       write_address(report, at, &made, arena, err);
}

static uint64_t mix_standings(uint64_t sum, const struct stored_address *stored)
{
	for (size_t i = 0; i < stored->standings; i++) {
		const struct standing *const standing = &stored->standing[i];

		sum = hash_text(sum, standing->check);
		sum = hash_text(sum, standing->subject);
		sum = hash_step(sum, standing->belief);
		sum = hash_step(sum, standing->severity);
		sum = hash_step(sum, (uint64_t)standing->since);
	}
	return sum;
}

/* All that the picture of an address shows. */
static bool digest_address(struct report *report, const struct stored_address *stored,
			   const struct made *made, uint64_t *sum, struct err *err)
{
	int64_t sample = 0;

	if (!samples_newest(report->source.store, stored->id, &sample, err))
		return false;
	*sum = hash_text(hash_text(report->seed, stored->name), stored->pool);
	*sum = mix_standings(hash_step(*sum, (uint64_t)sample), stored);
	for (size_t i = 0; i < made->events; i++)
		*sum = hash_step(*sum, (uint64_t)made->event[i].id);
	for (size_t i = 0; i < made->days; i++) {
		const struct volume_day *const day = &made->day[i];
		const int64_t row[] = {day->day, (int64_t)day->sent, (int64_t)day->deferred,
				       (int64_t)day->bounced, (int64_t)day->expired};

		*sum = hash_seeded(*sum, row, sizeof(row));
	}
	return true;
}

static bool has_sent_lately(const struct report *report, const struct made *made)
{
	return made->days && made->day[made->days - 1].day > report->today - REPORT_HOURS_DAYS;
}

/* Whatever is counted in an hour is counted on its day, too. */
static void plan_hours(struct report *report, size_t at, const struct stored_address *stored)
{
	struct report_shot *hours;
	struct str name = {0};

	report_address_hours(&name, stored->address);
	hours = report_add_shot(report, GRAPH_VOLUME, stored->address,
				in_folder(report->arena, "a", &name));
	hours->days = REPORT_HOURS_DAYS;
	hours->digest = hash_step(report->of_view[at]->digest, hours->days);
	/* What is open is drawn up to the hour. */
	if (stored->standings)
		hours->digest = hash_step(hours->digest, (uint64_t)report_hour_end(report));
	report->of_hours[at] = hours;
}

/* An address that never sent and had no trouble has nothing to draw. */
static bool plan_picture(struct report *report, size_t at, const struct made *made, struct err *err)
{
	const struct stored_address *const stored =
	    map_get(report->source.by_text, report->view[at]->address);
	struct str name = {0};

	if (!stored || (!made->days && !made->events && !stored->standings))
		return true;
	report_address_file(&name, stored->address);
	report->of_view[at] = report_add_shot(report, GRAPH_VOLUME, stored->address,
					      in_folder(report->arena, "a", &name));
	if (!digest_address(report, stored, made, &report->of_view[at]->digest, err))
		return false;
	if (has_sent_lately(report, made))
		plan_hours(report, at, stored);
	return true;
}

bool report_write_addresses(struct report *report, struct err *err)
{
	struct arena *arena = arena_new();
	bool ok = site_folder(&report->site, "a", err) && site_folder(&report->site, "p", err);

	report->of_view =
	    arena_calloc(report->arena, report->status.views, sizeof(struct report_shot *));
	report->of_hours =
	    arena_calloc(report->arena, report->status.views, sizeof(struct report_shot *));
	for (size_t i = 0; ok && i < report->status.views; i++) {
		struct made made;

		ok = load_address(report, report->view[i]->address, arena, &made, err) &&
		     plan_picture(report, i, &made, err) &&
		     write_address(report, i, &made, arena, err);
		arena_reset(arena);
	}
	arena_free(arena);
	return ok;
}

/* --- all others --- */

static bool write_pool(struct report *report, const struct report_pool *pool, struct err *err)
{
	struct str title = {0};
	bool ok = true;

	tr_fill(&title, report->source.language,
		pool->name[0] ? TR_LATER("Pool %s") : TR_LATER("Addresses without a pool"),
		(const char *const[]){pool->name});

	for (size_t i = 0; ok && i < report_pool_pages(pool); i++) {
		struct str out = {0}, name = {0};
		const struct html_page page = frame(report, &out, str_text(&title), HTML_DEEPER);

		report_pool(&page, pool, i);
		report_pool_page(&name, pool->name, i);
		ok = write_page(report, in_folder(report->arena, "p", &name), &out, err);
	}
	str_release(&title);
	return ok;
}

static size_t not_good(const struct report *report)
{
	size_t count = 0;

	while (count < report->status.views && report->view[count]->grade.letter != GRADE_GOOD)
		count++;
	return count;
}

static void render_front(const struct report *report, const struct html_page *page)
{
	report_front(page,
		     &(struct report_front){
			 .view = report->view,
			 .views = not_good(report),
			 .pool = report->pool,
			 .pools = report->pools,
			 .list = report->list,
			 .lists = report->lists,
			 .event = report->event,
			 .events = report->events < NEWEST_EVENTS ? report->events : NEWEST_EVENTS,
		     });
}

static void render_lists(const struct report *report, const struct html_page *page)
{
	report_lists(page, report->list, report->lists,
		     report->of_lists && !report->of_lists->has_failed);
}

static void render_domains(const struct report *report, const struct html_page *page)
{
	report_domains(page, report->domain, report->domains);
}

static void render_removals(const struct report *report, const struct html_page *page)
{
	report_removals(page, &report->removals);
}

static void render_journal(const struct report *report, const struct html_page *page)
{
	report_journal(page, report->event, report->events);
}

static const struct {
	const char *file, *title;
	enum html_section section;
	void (*render)(const struct report *report, const struct html_page *page);
} sheet[] = {
    {"index.html", TR_LATER("Sending reputation"), HTML_FRONT, render_front},
    {"lists.html", TR_LATER("Lists"), HTML_LISTS, render_lists},
    {"domains.html", TR_LATER("Domains"), HTML_DOMAINS, render_domains},
    {"removals.html", TR_LATER("Removal requests"), HTML_REMOVALS, render_removals},
    {"journal.html", TR_LATER("Journal"), HTML_JOURNAL, render_journal},
};

static bool write_lines(struct report *report, const char *name, const char *const *line,
			struct err *err)
{
	struct str out = {0};
	bool ok;

	for (; *line; line++)
		str_add(&out, *line);
	ok = site_write(&report->site, name, str_text(&out), out.len, err);
	str_release(&out);
	return ok;
}

bool report_write_others(struct report *report, struct err *err)
{
	bool ok = write_lines(report, "style.css", report_style, err) &&
		  write_lines(report, "script.js", report_script, err);

	for (size_t i = 0; ok && i < report->pools; i++)
		ok = write_pool(report, &report->pool[i], err);
	for (size_t i = 0; ok && i < COUNT_OF(sheet); i++) {
		struct str out = {0};
		const struct html_page page = frame(
		    report, &out, tr(report->source.language, sheet[i].title), sheet[i].section);

		sheet[i].render(report, &page);
		ok = write_page(report, sheet[i].file, &out, err);
	}
	return ok;
}
