/* The whole picture as PNG: librrd's drawing in the middle, words by Pango. */
#include "sheet.h"

#include "base/mem.h"
#include "base/str.h"

#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	const char *at;
	size_t left;
};

static cairo_status_t read_some(void *context, unsigned char *out, unsigned int len)
{
	struct reader *const reader = context;

	if (len > reader->left)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(out, reader->at, len);
	reader->at += len;
	reader->left -= len;
	return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t write_some(void *context, const unsigned char *bytes, unsigned int len)
{
	str_add_bytes(context, (const char *)bytes, len);
	return CAIRO_STATUS_SUCCESS;
}

static void set_colour(cairo_t *cairo, const char *colour)
{
	const unsigned long rgb = strtoul(colour + 1, NULL, 16);

	cairo_set_source_rgb(cairo, (double)(rgb >> 16 & 255) / 255, (double)(rgb >> 8 & 255) / 255,
			     (double)(rgb & 255) / 255);
}

static void put_text(cairo_t *cairo, PangoLayout *layout, const struct sheet_text *text)
{
	PangoFontDescription *font = pango_font_description_from_string("DejaVu Sans");
	int width;
	double x = text->x;

	pango_font_description_set_absolute_size(font, text->size * (double)PANGO_SCALE);
	if (text->is_bold)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_text(layout, text->text, -1);
	pango_layout_get_pixel_size(layout, &width, NULL);
	if (text->anchor == ANCHOR_END)
		x -= width;
	else if (text->anchor == ANCHOR_MIDDLE)
		x -= width / 2.0;
	set_colour(cairo, text->colour);
	cairo_move_to(cairo, x, text->y - pango_layout_get_baseline(layout) / (double)PANGO_SCALE);
	pango_cairo_show_layout(cairo, layout);
}

static void put_all(cairo_t *cairo, const struct sheet *sheet, cairo_surface_t *canvas)
{
	PangoLayout *layout = pango_cairo_create_layout(cairo);

	set_colour(cairo, sheet->background);
	cairo_paint(cairo);
	cairo_set_source_surface(cairo, canvas, sheet->canvas.x, sheet->canvas.y);
	cairo_paint(cairo);
	for (size_t i = 0; i < sheet->boxes; i++) {
		const struct sheet_box *const box = &sheet->box[i];

		set_colour(cairo, box->colour);
		cairo_rectangle(cairo, box->x, box->y, box->width, box->height);
		cairo_fill(cairo);
	}
	for (size_t i = 0; i < sheet->texts; i++)
		put_text(cairo, layout, &sheet->text[i]);
	g_object_unref(layout);
}

bool png_make(const struct sheet *sheet, const char *canvas, size_t canvas_len, char **image,
	      size_t *len, struct err *err)
{
	struct reader reader = {canvas, canvas_len};
	cairo_surface_t *drawing = cairo_image_surface_create_from_png_stream(read_some, &reader);
	cairo_surface_t *paper =
	    cairo_image_surface_create(CAIRO_FORMAT_RGB24, sheet->width, sheet->height);
	cairo_t *cairo = cairo_create(paper);
	struct str out = {0};
	cairo_status_t status;

	put_all(cairo, sheet, drawing);
	status = cairo_surface_status(drawing);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_status(cairo);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_write_to_png_stream(paper, write_some, &out);
	cairo_destroy(cairo);
	cairo_surface_destroy(paper);
	cairo_surface_destroy(drawing);
	if (status != CAIRO_STATUS_SUCCESS) {
		str_release(&out);
		return err_set(err, "Cairo: %s", cairo_status_to_string(status));
	}
	*image = out.text;
	*len = out.len;
	return true;
}
