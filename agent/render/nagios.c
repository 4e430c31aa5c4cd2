#include "render/nagios.h"

#include "base/mem.h"
#include "render/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *nagios_state_name(enum nagios_state state)
{
	static const char *const word[] = {
	    [NAGIOS_OK] = "OK",
	    [NAGIOS_WARNING] = "WARNING",
	    [NAGIOS_CRITICAL] = "CRITICAL",
	    [NAGIOS_UNKNOWN] = "UNKNOWN",
	};

	return word[state];
}

enum nagios_state nagios_worse(enum nagios_state a, enum nagios_state b)
{
	static const int rank[] = {
	    [NAGIOS_OK] = 0, [NAGIOS_UNKNOWN] = 1, [NAGIOS_WARNING] = 2, [NAGIOS_CRITICAL] = 3};

	return rank[a] >= rank[b] ? a : b;
}

static bool is_plain(int32_t point)
{
	return point != UTF8_INVALID && !utf8_is_hidden(point) &&
	       !(point < 0x80 && strchr("|<>`", (int)point));
}

void nagios_escape(struct str *out, const char *text)
{
	const size_t len = strlen(text);
	bool is_begun = false;
	bool has_blank = false;

	for (size_t at = 0; at < len;) {
		int32_t point;
		const size_t bytes = utf8_next(text + at, len - at, &point);

		if (point == ' ' || point == '\t' || point == '\n' || point == '\r') {
			has_blank = is_begun;
		} else {
			str_add(out, has_blank ? " " : "");
			str_add_bytes(out, is_plain(point) ? text + at : "?",
				      is_plain(point) ? bytes : 1);
			has_blank = false;
			is_begun = true;
		}
		at += bytes;
	}
}

/* Digits, a sign and a dot only: an exponent would not be read everywhere. */
static void add_number(struct str *out, double value)
{
	char text[64];
	size_t len;

	if (value == floor(value)) {
		str_addf(out, "%.0f", value);
		return;
	}
	snprintf(text, sizeof(text), "%.3f", value);
	len = strlen(text);
	while (len && text[len - 1] == '0')
		text[--len] = '\0';
	if (len && text[len - 1] == '.')
		text[--len] = '\0';
	str_add(out, text);
}

static void add_perf(struct str *out, const struct nagios_perf *perf)
{
	const size_t begin = out->len;

	str_addf(out, "%s=", perf->label);
	if (perf->is_unknown) {
		str_add_char(out, 'U');
		return;
	}
	add_number(out, perf->value);
	str_addf(out, "%s;%s;%s;", perf->unit, perf->warn, perf->crit);
	if (perf->has_min)
		add_number(out, perf->min);
	str_add_char(out, ';');
	if (perf->has_max)
		add_number(out, perf->max);
	while (out->len > begin && out->text[out->len - 1] == ';')
		out->text[--out->len] = '\0';
}

void nagios_print(struct str *out, const struct nagios_line *line)
{
	str_addf(out, "REPWATCH %s - %s", nagios_state_name(line->state), line->text);
	for (size_t i = 0; i < line->perfs; i++) {
		str_add(out, i ? " " : " | ");
		add_perf(out, &line->perf[i]);
	}
	str_add_char(out, '\n');
	str_add(out, line->details);
}
