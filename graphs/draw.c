/* repwatch-draw: reads sheets on standard input, a line each, and writes pictures. One line on
 * standard output answers each: "ok" or a sentence. A process of its own, because librrd's drawing is
 * not thread-safe and brings forty libraries that no other command needs. */
#include "sheet.h"

#include "sys/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool finish(const struct sheet *sheet, const char *canvas, size_t canvas_len,
		   struct err *err)
{
	char *image = NULL;
	size_t len;
	const bool ok = (sheet->is_png ? png_make(sheet, canvas, canvas_len, &image, &len, err)
				       : svg_make(sheet, canvas, canvas_len, &image, &len, err)) &&
			files_publish(sheet->path, image, len, err);

	free(image);
	return ok;
}

/* Other colours are no reason to draw again, which is what takes longest. */
static bool draw_twin(struct sheet *sheet, const char *canvas, size_t canvas_len, struct err *err)
{
	char *other = NULL;
	size_t len;
	const bool is_done =
	    !sheet->is_png && canvas_recolour(&sheet->twin, canvas, canvas_len, &other, &len);
	bool ok;

	sheet_turn(sheet);
	ok = (is_done || canvas_draw(sheet, &other, &len, err)) && finish(sheet, other, len, err);
	free(other);
	return ok;
}

static bool draw(const char *line, size_t line_len, struct err *err)
{
	struct sheet *sheet = sheet_parse(line, line_len, err);
	char *canvas = NULL;
	size_t len;
	bool ok;

	if (!sheet)
		return false;
	ok = canvas_draw(sheet, &canvas, &len, err) && finish(sheet, canvas, len, err) &&
	     (!sheet->twin.path || draw_twin(sheet, canvas, len, err));
	free(canvas);
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
