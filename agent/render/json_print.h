#ifndef RENDER_JSON_PRINT_H
#define RENDER_JSON_PRINT_H

#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Appends the document and a line end, and frees the document. */
void json_print(struct str *out, json_t *document);

/* A list that is too long to be held as a whole: its elements are made one by one. */
struct json_list {
	json_t *(*element)(const void *context, size_t index);
	const void *context;
	size_t count;
};

/* Stands for the list in a document, as the last value of its object. */
json_t *json_list_place(const struct json_list *list);
/* Hands the document with its list over in parts, and frees it; the text is that of json_print.
 * False: `print` was, and got no more. */
bool json_print_list(json_t *document, const struct json_list *list,
                     bool (*print)(const struct str *part));

#endif
