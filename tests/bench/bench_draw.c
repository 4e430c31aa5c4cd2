/* librrd alone, for races: draws the canvas of each sheet on standard input, a line each, and of its
 * twin, and does nothing else in the time it tells: how many, and the seconds of the processor. */
#include "sheet.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SHEETS_MAX = 10000 };

static double used_s(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
		bug("no clock");
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t read_sheets(struct sheet **sheet)
{
	size_t count = 0;
	size_t room = 0;
	char *line = NULL;
	struct err err;
	ssize_t len;

	while (count < SHEETS_MAX && (len = getline(&line, &room, stdin)) > 0) {
		sheet[count] = sheet_parse(line, (size_t)len, &err);
		if (!sheet[count++])
			bug("%s", err.text);
	}
	free(line);
	return count;
}

static void draw(const struct sheet *sheet)
{
	struct err err;
	char *image;
	size_t len;

	if (!canvas_draw(sheet, &image, &len, &err))
		bug("%s", err.text);
	free(image);
}

int main(void)
{
	static struct sheet *sheet[SHEETS_MAX];
	const size_t sheets = read_sheets(sheet);
	double began_s;

	if (!sheets)
		bug("no sheets on standard input");
	draw(sheet[0]); /* the first of a process loads fonts */
	began_s = used_s();
	for (size_t i = 0; i < sheets; i++)
		draw(sheet[i]);
	for (size_t i = 0; i < sheets; i++)
		sheet_turn(sheet[i]);
	for (size_t i = 0; i < sheets; i++)
		draw(sheet[i]);
	printf("%zu %.6f\n", 2 * sheets, used_s() - began_s);
	for (size_t i = 0; i < sheets; i++)
		sheet_free(sheet[i]);
	return 0;
}
