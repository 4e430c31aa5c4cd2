#include "maillog/maillog.h"

#include "base/hash.h"
#include "base/mem.h"
#include "maillog/bytes.h"
#include "maillog/format.h"

#include <stdlib.h>

enum {
	SAVED_MAGIC = 0x72776c67, /* "rwlg" */
	SAVED_VERSION = 1,
	SAVED_SUM_BYTES = 8
};

static const struct {
	const char *word;
	bool (*knows)(const struct log_line *line);
	bool (*line)(struct log_reader *reader, const struct log_line *line);
} format[] = {
    [LOG_AUTO] = {"auto", NULL, NULL},
#define FORMAT(value, word, prefix) [value] = {word, prefix##_knows, prefix##_line},
#include "maillog/formats.def"
#undef FORMAT
};

_Static_assert(COUNT_OF(format) == LOG_FORMAT_COUNT, "one row for each format");

struct maillog {
	enum log_format format;
	struct stamps stamps;
	struct heads *heads;
	struct log_reader reader;
};

struct maillog *maillog_new(const struct log_settings *settings, delivery_fn *deliver,
			    void *context)
{
	struct maillog *log = xcalloc(1, sizeof(*log));

	log->format = settings->format;
	log->stamps = stamps_of(settings->zone, settings->year, settings->now);
	log->heads = heads_new();
	log->reader =
	    (struct log_reader){.settings = *settings, .deliver = deliver, .context = context};
	log->reader.sources = sources_new(&log->reader.settings);
	log->reader.open = open_new(OPEN_MAX);
	return log;
}

void maillog_free(struct maillog *log)
{
	if (!log)
		return;
	sources_free(log->reader.sources);
	open_free(log->reader.open);
	heads_free(log->heads);
	free(log);
}

void maillog_hear(struct maillog *log, const struct signing_hearer *hearer)
{
	log->reader.signing = *hearer;
}

/* The first line that only one MTA writes decides; what came before was nobody's. */
static bool recognise(struct maillog *log, const struct log_line *line)
{
	for (int i = LOG_AUTO + 1; i < LOG_FORMAT_COUNT; i++) {
		if (!format[i].knows(line))
			continue;
		log->format = (enum log_format)i;
		return true;
	}
	return false;
}

void maillog_entry(struct maillog *log, const struct log_line *entry)
{
	struct log_reader *reader = &log->reader;

	reader->counts.lines++;
	if (!entry) {
		reader->counts.unstamped++;
		return;
	}
	if (log->format == LOG_AUTO && !recognise(log, entry))
		return;
	if (format[log->format].line(reader, entry))
		reader->counts.recognised++;
	else
		signing_line(&reader->signing, entry);
}

void maillog_line(struct maillog *log, const char *line, size_t len)
{
	struct log_line parts;

	const bool has_time = line_split(&log->stamps, log->heads, slice_of(line, len), &parts);

	maillog_entry(log, has_time ? &parts : NULL);
}

struct log_counts maillog_counts(const struct maillog *log)
{
	return log->reader.counts;
}

enum log_format maillog_format(const struct maillog *log)
{
	return log->format;
}

void maillog_save(const struct maillog *log, struct str *out)
{
	const size_t start = out->len;

	bytes_add_u32(out, SAVED_MAGIC);
	bytes_add_u32(out, SAVED_VERSION);
	bytes_add_u8(out, (uint8_t)log->format);
	bytes_add_u8(out, log->stamps.has_last);
	bytes_add_u64(out, (uint64_t)log->stamps.last);
	open_save(log->reader.open, out);
	bytes_add_u64(out, hash_bytes(out->text + start, out->len - start));
}

static bool is_whole(const char *bytes, size_t len)
{
	struct cursor sum;

	if (len < SAVED_SUM_BYTES)
		return false;
	sum = cursor_over(bytes + len - SAVED_SUM_BYTES, SAVED_SUM_BYTES);
	return bytes_u64(&sum) == hash_bytes(bytes, len - SAVED_SUM_BYTES);
}

bool maillog_restore(struct maillog *log, const char *bytes, size_t len)
{
	struct cursor from = cursor_over(bytes, len);
	struct cursor nothing = cursor_over("\0\0\0\0", 4);
	const bool is_ours = is_whole(bytes, len) && cursor_u32(&from) == SAVED_MAGIC &&
			     cursor_u32(&from) == SAVED_VERSION;
	const uint8_t saved_format = cursor_u8(&from);
	const uint8_t has_last = cursor_u8(&from);
	const int64_t last = (int64_t)bytes_u64(&from);
	const enum log_format wanted = log->reader.settings.format;

	log->format = wanted;
	log->stamps = stamps_of(log->stamps.zone, log->stamps.year, log->stamps.now);
	if (!is_ours || saved_format >= LOG_FORMAT_COUNT || has_last > 1 || last < -OPEN_AT_MAX ||
	    last > OPEN_AT_MAX || (wanted != LOG_AUTO && wanted != saved_format) ||
	    !open_restore(log->reader.open, &from) || cursor_left(&from) != SAVED_SUM_BYTES) {
		open_restore(log->reader.open, &nothing);
		return false;
	}
	log->format = (enum log_format)saved_format;
	log->stamps.has_last = has_last;
	log->stamps.last = last;
	return true;
}

const char *log_format_name(enum log_format value)
{
	if ((size_t)value >= COUNT_OF(format))
		bug("there is no log format %d", (int)value);
	return format[value].word;
}

int log_format_parse(const char *word)
{
	for (int i = 0; i < LOG_FORMAT_COUNT; i++)
		if (strcmp(format[i].word, word) == 0)
			return i;
	return -1;
}

void log_deliver(struct log_reader *reader, const struct delivery *delivery)
{
	reader->counts.deliveries++;
	reader->deliver(reader->context, delivery);
}

void log_join(const struct log_reader *reader, const struct open_id *open,
	      struct delivery *delivery)
{
	if (!open)
		return;
	delivery->account = open_text(reader->open, open, OPEN_ACCOUNT);
	delivery->sender_domain = open_text(reader->open, open, OPEN_DOMAIN);
}

void log_set_sender(struct log_reader *reader, struct open_id *open, struct slice address)
{
	open_set(reader->open, open, OPEN_DOMAIN, scan_domain(address));
	if (address.len)
		return;
	open_set(reader->open, open, OPEN_ACCOUNT, address);
	open->flags |= OPEN_NULL_SENDER;
}

void log_requeue(struct log_reader *reader, const struct open_id *from, struct slice to, int64_t at)
{
	struct slice account, domain;
	struct open_id *open;

	if (!from)
		return;
	account = open_text(reader->open, from, OPEN_ACCOUNT);
	domain = open_text(reader->open, from, OPEN_DOMAIN);
	open = open_put(reader->open, to, at);
	if (!open || !account.len)
		return;
	open_set(reader->open, open, OPEN_ACCOUNT, account);
	if (!open_text(reader->open, open, OPEN_DOMAIN).len)
		open_set(reader->open, open, OPEN_DOMAIN, domain);
}
