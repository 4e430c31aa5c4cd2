/* The whole picture as SVG: librrd's drawing in the middle, words as text that can be read, searched
 * and spoken. */
#include "sheet.h"

#include "base/mem.h"

#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

static const char fonts[] = "'DejaVu Sans', Verdana, 'Noto Sans', sans-serif";

/* libxml2 counts in unsigned characters. */
static const xmlChar *xml(const char *text)
{
	return (const xmlChar *)text;
}

static void attribute(xmlTextWriterPtr writer, const char *name, const char *value)
{
	xmlTextWriterWriteAttribute(writer, xml(name), xml(value));
}

static void number(xmlTextWriterPtr writer, const char *name, double value)
{
	xmlTextWriterWriteFormatAttribute(writer, xml(name), "%.1f", value);
}

static void start(xmlTextWriterPtr writer, const char *name)
{
	xmlTextWriterStartElement(writer, xml(name));
}

/* What is between librrd's own <svg ...> and </svg>. */
static bool find_inside(const char *canvas, size_t len, const char **at, size_t *inside,
			struct err *err)
{
	const char *const open = memmem(canvas, len, "<svg", 4);
	const char *const begin = open ? memchr(open, '>', len - (size_t)(open - canvas)) : NULL;
	const char *const end = begin ? memrchr(begin, '<', len - (size_t)(begin - canvas)) : NULL;

	if (!end || strncmp(end, "</svg", 5) != 0)
		return err_set(err, "librrd's drawing is no SVG");
	*at = begin + 1;
	*inside = (size_t)(end - begin) - 1;
	return true;
}

static void put_text(xmlTextWriterPtr writer, const struct sheet_text *text)
{
	static const char *const anchor[] = {
	    [ANCHOR_START] = NULL, [ANCHOR_MIDDLE] = "middle", [ANCHOR_END] = "end"};

	start(writer, "text");
	number(writer, "x", text->x);
	number(writer, "y", text->y);
	xmlTextWriterWriteFormatAttribute(writer, xml("font-size"), "%d", text->size);
	attribute(writer, "fill", text->colour);
	if (anchor[text->anchor])
		attribute(writer, "text-anchor", anchor[text->anchor]);
	if (text->is_bold)
		attribute(writer, "font-weight", "bold");
	xmlTextWriterWriteString(writer, xml(text->text));
	xmlTextWriterEndElement(writer);
}

static void put_box(xmlTextWriterPtr writer, const struct sheet_box *box)
{
	start(writer, "rect");
	number(writer, "x", box->x);
	number(writer, "y", box->y);
	number(writer, "width", box->width);
	number(writer, "height", box->height);
	attribute(writer, "fill", box->colour);
	xmlTextWriterEndElement(writer);
}

static void put_root(xmlTextWriterPtr writer, const struct sheet *sheet)
{
	start(writer, "svg");
	attribute(writer, "xmlns", "http://www.w3.org/2000/svg");
	attribute(writer, "xmlns:xlink", "http://www.w3.org/1999/xlink");
	xmlTextWriterWriteFormatAttribute(writer, xml("width"), "%d", sheet->width);
	xmlTextWriterWriteFormatAttribute(writer, xml("height"), "%d", sheet->height);
	xmlTextWriterWriteFormatAttribute(writer, xml("viewBox"), "0 0 %d %d", sheet->width,
					  sheet->height);
	attribute(writer, "role", "img");
	attribute(writer, "aria-labelledby", "t d");
	attribute(writer, "font-family", fonts);
	start(writer, "title");
	attribute(writer, "id", "t");
	xmlTextWriterWriteString(writer, xml(sheet->title));
	xmlTextWriterEndElement(writer);
	start(writer, "desc");
	attribute(writer, "id", "d");
	xmlTextWriterWriteString(writer, xml(sheet->about));
	xmlTextWriterEndElement(writer);
}

static void put_canvas(xmlTextWriterPtr writer, const struct sheet *sheet, const char *inside,
		       size_t len)
{
	start(writer, "svg");
	number(writer, "x", sheet->canvas.x);
	number(writer, "y", sheet->canvas.y);
	xmlTextWriterWriteFormatAttribute(writer, xml("width"), "%d", sheet->canvas.width);
	xmlTextWriterWriteFormatAttribute(writer, xml("height"), "%d", sheet->canvas.height);
	xmlTextWriterWriteRawLen(writer, xml(inside), (int)len);
	xmlTextWriterFullEndElement(writer);
}

bool svg_make(const struct sheet *sheet, const char *canvas, size_t canvas_len, char **image,
	      size_t *len, struct err *err)
{
	const struct sheet_box paper = {0, 0, sheet->width, sheet->height, sheet->background};
	xmlBufferPtr buffer = xmlBufferCreate();
	xmlTextWriterPtr writer = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL;
	const char *inside = NULL;
	size_t inside_len = 0;
	bool ok = writer && find_inside(canvas, canvas_len, &inside, &inside_len, err);

	if (!writer)
		bug("out of memory");
	if (ok) {
		xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL);
		put_root(writer, sheet);
		put_box(writer, &paper);
		put_canvas(writer, sheet, inside, inside_len);
		for (size_t i = 0; i < sheet->boxes; i++)
			put_box(writer, &sheet->box[i]);
		for (size_t i = 0; i < sheet->texts; i++)
			put_text(writer, &sheet->text[i]);
		ok = xmlTextWriterEndDocument(writer) >= 0 ||
		     err_set(err, "the picture could not be written");
	}
	xmlFreeTextWriter(writer);
	if (ok) {
		*len = (size_t)xmlBufferLength(buffer);
		*image = xstrndup((const char *)xmlBufferContent(buffer), *len);
	}
	xmlBufferFree(buffer);
	return ok;
}
