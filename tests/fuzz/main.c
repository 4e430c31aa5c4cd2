/* Stands in for libFuzzer where the compiler has none: runs the target once on each file
 * given, so that the corpus is a regression test everywhere. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The input is copied to memory of exactly its size, so that the address sanitizer sees a
 * read one byte too far. */
static int run_file(const char *path)
{
	FILE *file = fopen(path, "rbe");
	uint8_t *all = malloc(INPUT_MAX_BYTES);
	uint8_t *exact = NULL;
	size_t len = 0;
	int status = 1;

	if (!file || !all) {
		fprintf(stderr, "cannot read '%s'\n", path);
		goto out;
	}
	len = fread(all, 1, INPUT_MAX_BYTES, file);
	exact = malloc(len ? len : 1);
	if (ferror(file) || !exact) {
		fprintf(stderr, "cannot read '%s'\n", path);
		goto out;
	}
	for (size_t i = 0; i < len; i++)
		exact[i] = all[i];
	LLVMFuzzerTestOneInput(exact, len);
	status = 0;
out:
	free(exact);
	free(all);
	if (file)
		fclose(file);
	return status;
}

int main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++)
		status |= run_file(argv[i]);
	return status;
}
