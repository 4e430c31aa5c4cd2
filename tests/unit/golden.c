#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "golden.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOLDEN_MAX_BYTES = 1 << 20 };

static void write_file(const char *path, const struct str *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(str_text(text), 1, text->len, file), text->len);
	assert_int_equal(fclose(file), 0);
}

static size_t first_difference(const char *a, size_t a_len, const struct str *b)
{
	size_t at = 0;

	while (at < a_len && at < b->len && a[at] == b->text[at])
		at++;
	return at;
}

void golden_equal(const char *name, const struct str *text)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[512], got[128];
	char *wanted;
	size_t len = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/data/golden/%s", top ? top : ".", name);
	snprintf(got, sizeof(got), "%s.got", name);
	if (getenv("GOLDEN_UPDATE")) {
		write_file(path, text);
		return;
	}
	file = fopen(path, "re");
	if (!file)
		fail_msg("cannot open '%s'", path);
	wanted = xcalloc(GOLDEN_MAX_BYTES, 1);
	len = fread(wanted, 1, GOLDEN_MAX_BYTES, file);
	fclose(file);
	if (len != text->len || memcmp(wanted, str_text(text), len) != 0) {
		const size_t at = first_difference(wanted, len, text);

		write_file(got, text);
		free(wanted);
		fail_msg("%s differs from byte %zu on; see %s", name, at, got);
	}
	remove(got);
	free(wanted);
}
