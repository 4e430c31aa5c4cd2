#ifndef TESTS_UNIT_ROWS_H
#define TESTS_UNIT_ROWS_H

#include "base/mem.h"
#include "lists/catalogue.h"

/* Rows of a catalogue as it is written: the pattern is parsed once the test runs. */
#define ROW(text, means, kind, severity)                                                           \
	{                                                                                          \
		{{0}, {0}, 0}, text, means, kind, severity                                         \
	}
#define CODE(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

static inline void rows_parse(struct list_code *row, size_t rows)
{
	struct err err;

	for (size_t i = 0; i < rows; i++)
		if (!code_pattern_parse(row[i].text, &row[i].pattern, &err))
			bug("%s", err.text);
}

#endif
