#include "base/mem.h"
#include "maillog/export.h"
#include "maillog/maillog.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What came of the bytes. */
struct sum {
	struct maillog *log;
	uint64_t entries;
	uint64_t bytes; /* of their parts, each with its place */
};

static void ignore(void *context, const struct delivery *delivery)
{
	(void)context;
	(void)delivery;
}

static void add_part(struct sum *sum, struct slice part)
{
	if (part.len > EXPORT_VALUE_MAX_BYTES)
		bug("a part is too long");
	for (size_t i = 0; i < part.len; i++)
		sum->bytes = sum->bytes * 31 + (unsigned char)part.at[i];
}

static void take(void *context, const struct log_line *line)
{
	struct sum *sum = context;

	sum->entries++;
	maillog_entry(sum->log, line);
	if (!line)
		return;
	add_part(sum, line->host);
	add_part(sum, line->tag);
	add_part(sum, line->pid);
	add_part(sum, line->text);
}

static struct sum read_all(const char *bytes, size_t len, size_t block,
			   struct export_counts *counts)
{
	static const struct zone utc = {0};
	const struct log_settings settings = {.zone = &utc, .now = 1795219200};
	struct sum sum = {.log = maillog_new(&settings, ignore, NULL)};
	struct export *export = export_new(take, &sum);

	for (size_t at = 0; at < len; at += block)
		export_feed(export, bytes + at, len - at < block ? len - at : block);
	*counts = export_counts(export);
	if (counts->entries != sum.entries || counts->entries != maillog_counts(sum.log).lines)
		bug("entries are lost");
	if (counts->pending > len)
		bug("more is pending than there was");
	export_free(export);
	maillog_free(sum.log);
	return sum;
}

/* Whatever the bytes: reading them ends, parts are bounded, and the blocks they come in change
 * nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const size_t blocks[] = {1, 5, 4096};
	struct export_counts all, part;
	const struct sum sum = read_all((const char *)data, len, len ? len : 1, &all);

	for (size_t i = 0; i < COUNT_OF(blocks); i++) {
		const struct sum again = read_all((const char *)data, len, blocks[i], &part);

		if (again.entries != sum.entries || again.bytes != sum.bytes ||
		    memcmp(&all, &part, sizeof(all)) != 0)
			bug("blocks change what is read");
	}
	return 0;
}
