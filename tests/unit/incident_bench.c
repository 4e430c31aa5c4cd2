#include "incident_bench.h"

#include "base/mem.h"
#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NEWS_MAX = 100000 };

static const struct {
	char letter;
	const char *check, *subject;
} what_row[] = {
    {'x', "dnsbl", "x"},    {'y', "dnsbl", "y"}, {'z', "dnsbl", "z"},   {'g', "receiver", "g"},
    {'m', "receiver", "m"}, {'v', "volume", ""}, {'p', "ptr", ""},      {'s', "spf", ""},
    {'h', "helo", ""},      {'d', "dkim", ""},   {'u', "volume", NULL}, {'L', "dnsbl", NULL},
    {'R', "resolver", ""},
};

static const struct {
	char letter;
	enum change change;
	enum severity severity;
} sign_row[] = {
    {'.', CHANGE_RAISED, SEVERITY_MINOR},    {'+', CHANGE_RAISED, SEVERITY_MAJOR},
    {'?', CHANGE_RAISED, SEVERITY_MAJOR},    {'#', CHANGE_RAISED, SEVERITY_MAJOR},
    {'*', CHANGE_RAISED, SEVERITY_CRITICAL}, {'!', CHANGE_ESCALATED, SEVERITY_CRITICAL},
    {'~', CHANGE_REMINDER, SEVERITY_MINOR},  {'-', CHANGE_CLEARED, SEVERITY_MAJOR},
};

void bench_open(struct bench *bench)
{
	*bench =
	    (struct bench){.arena = arena_new(), .now = BENCH_START, .repeat_s = 24 * BENCH_HOUR_S};
	bench->news = xcalloc(NEWS_MAX, sizeof(*bench->news));
	bench->event = xcalloc(NEWS_MAX, sizeof(*bench->event));
}

void bench_close(struct bench *bench)
{
	free(bench->news);
	free(bench->event);
	arena_free(bench->arena);
}

struct incident_news *bench_news(struct bench *bench, const struct event *event)
{
	struct incident_news *const news = &bench->news[bench->newses];

	if (bench->newses == NEWS_MAX)
		bug("too many events");
	bench->event[bench->newses] = *event;
	bench->event[bench->newses].at = bench->now;
	*news = (struct incident_news){
	    .event = &bench->event[bench->newses], .name = "", .pool = "pool"};
	bench->newses++;
	return news;
}

static const char *address_of(struct arena *arena, char where)
{
	return isupper((unsigned char)where)
		   ? arena_printf(arena, "%c.example", tolower((unsigned char)where))
		   : arena_printf(arena, "192.0.2.%d", where);
}

static void mute(struct bench *bench, const char *word)
{
	const char *const address = address_of(bench->arena, word[1]);

	if (*word == '[') {
		bench->mute[bench->mutes++] =
		    (struct mute){.address = address, .subject = "", .until = INT64_MAX};
		return;
	}
	for (size_t i = 0; i < bench->mutes; i++)
		if (strcmp(bench->mute[i].address, address) == 0)
			bench->mute[i].until = bench->now;
}

static void set_what(struct bench *bench, const char *word, struct event *event)
{
	const bool is_of_nobody = strchr("uLR", word[1]) != NULL;

	for (size_t i = 0; i < COUNT_OF(what_row); i++)
		if (what_row[i].letter == word[1]) {
			event->check = what_row[i].check;
			event->subject = what_row[i].subject
					     ? what_row[i].subject
					     : arena_printf(bench->arena, "%c", word[2]);
		}
	if (!event->check)
		bug("no check in '%s'", word);
	event->address = is_of_nobody ? "" : address_of(bench->arena, word[2]);
	if (word[1] == 'L')
		event->change = *word == '-' ? CHANGE_LIST_WELL : CHANGE_LIST_SICK;
}

void bench_add(struct bench *bench, const char *word)
{
	struct event event = {.from = "clear", .to = "listed", .text = ""};
	struct incident_news *news;

	if (*word == '[' || *word == ']') {
		mute(bench, word);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(sign_row); i++)
		if (sign_row[i].letter == *word) {
			event.change = sign_row[i].change;
			event.severity = sign_row[i].severity;
		}
	set_what(bench, word, &event);
	news = bench_news(bench, &event);
	news->is_new = *word == '?';
	news->is_passing = *word == '#';
}

static bool is_kept(const struct bench *bench, const struct incident *incident)
{
	return !incident->ended_at || incident->is_told ||
	       incident->ended_at > bench->now - INCIDENT_FLAP_S - 1;
}

void bench_judge(struct bench *bench)
{
	const struct incident_input input = {
	    .now = bench->now,
	    .policy = {bench->repeat_s, bench->is_first},
	    .news = bench->news,
	    .newses = bench->newses,
	    .incident = bench->incident,
	    .incidents = bench->incidents,
	    .mute = bench->mute,
	    .mutes = bench->mutes,
	};
	struct incident_outcome *const out = &bench->outcome;

	incident_judge(&input, bench->arena, out);
	bench->incident = arena_calloc(bench->arena, out->incidents + 1, sizeof(*out->incident));
	bench->incidents = 0;
	for (size_t i = 0; i < out->incidents; i++) {
		if (!out->incident[i].id)
			out->incident[i].id = ++bench->last_id;
		if (is_kept(bench, &out->incident[i]))
			bench->incident[bench->incidents++] = out->incident[i];
	}
	bench->newses = 0;
	bench->is_first = false;
}

static void add_subject(struct str *text, const char *subject)
{
	if (strncmp(subject, "192.0.2.", 8) == 0)
		str_add_char(text, (char)strtol(subject + 8, NULL, 10));
	else if (strstr(subject, ".example"))
		str_add_char(text, (char)toupper((unsigned char)*subject));
	else
		str_add(text, subject);
}

const char *bench_letters(const struct bench *bench)
{
	static const char kind[] = {[ALERT_OPENED] = 'O',
				    [ALERT_GREW] = 'G',
				    [ALERT_REMINDER] = 'R',
				    [ALERT_ENDED] = 'E',
				    [ALERT_BASELINE] = 'B'};
	static const char about[] = {
	    [INCIDENT_ADDRESS] = 'A', [INCIDENT_LIST] = 'L',   [INCIDENT_RECEIVER] = 'V',
	    [INCIDENT_SENDER] = 'S',  [INCIDENT_DOMAIN] = 'D', [INCIDENT_AGENT] = 'P'};
	struct str text = {0};
	const char *kept;

	for (size_t i = 0; i < bench->outcome.letters; i++) {
		const struct incident_letter *const letter = &bench->outcome.letter[i];

		if (i)
			str_add_char(&text, ' ');
		str_add_char(&text, kind[letter->kind]);
		str_add_char(&text, about[letter->incident->kind]);
		add_subject(&text, letter->incident->subject);
		str_add(&text, letter->is_together ? "+" : "");
	}
	kept = arena_strdup(bench->arena, str_text(&text));
	str_release(&text);
	return kept;
}
