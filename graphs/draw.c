/* repwatch-draw: reads sheets on standard input, a line each, and writes pictures. One line on
 * standard output answers each: "ok" or a sentence. A process of its own, because librrd's drawing is
 * not thread-safe and brings forty libraries that no other command needs. */
#include "sheet.h"

#include "sys/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool draw(const char *line, size_t line_len, struct err *err)
{
	struct sheet *sheet = sheet_parse(line, line_len, err);
	char *canvas = NULL;
	char *image = NULL;
	size_t canvas_len;
	size_t len;
	bool ok;

	if (!sheet)
		return false;
	ok = canvas_draw(sheet, &canvas, &canvas_len, err) &&
	     (sheet->is_png ? png_make(sheet, canvas, canvas_len, &image, &len, err)
			    : svg_make(sheet, canvas, canvas_len, &image, &len, err)) &&
	     files_publish(sheet->path, image, len, err);
	free(canvas);
	free(image);
	sheet_free(sheet);
	return ok;
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	if (argc > 1) {
		fprintf(stderr,
			"%s: takes no arguments; 'repwatch graph' and 'repwatch report' start it\n",
			argv[0]);
		return EXIT_FAILURE;
	}
	while ((len = getline(&line, &room, stdin)) > 0) {
		struct err err;

		if (draw(line, (size_t)len, &err))
			puts("ok");
		else
			printf("%s\n", err.text);
		if (fflush(stdout) != 0)
			break;
	}
	free(line);
	return ferror(stdin) || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
