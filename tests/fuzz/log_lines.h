#ifndef TESTS_FUZZ_LOG_LINES_H
#define TESTS_FUZZ_LOG_LINES_H

/* Any bytes as the lines of a log of one format. Whatever they are: reading them ends, what is
 * handed over has an outcome and bounded texts that can be read to their ends, and what is
 * known of open ids comes back from its own bytes. */
#include "base/mem.h"
#include "maillog/maillog.h"

#include <string.h>

enum { KNOWN_TEXT_MAX_BYTES = 255 };

static inline void check_text(struct slice text, size_t line_len)
{
	const size_t limit = line_len > KNOWN_TEXT_MAX_BYTES ? line_len : KNOWN_TEXT_MAX_BYTES;
	unsigned sum = 0;

	if (text.len > limit)
		bug("a text is longer than its line");
	for (size_t i = 0; i < text.len; i++)
		sum += (unsigned char)text.at[i];
	if (text.len && sum > text.len * 255)
		bug("bytes are larger than bytes");
}

static inline void check_delivery(void *context, const struct delivery *delivery)
{
	const size_t line_len = *(const size_t *)context;

	if ((unsigned)delivery->outcome >= OUTCOME_COUNT)
		bug("a delivery has no outcome");
	if (delivery->address.family != 0 && delivery->address.family != 4 &&
	    delivery->address.family != 6)
		bug("an address has no family");
	check_text(delivery->account, line_len);
	check_text(delivery->sender_domain, line_len);
	check_text(delivery->recipient_domain, line_len);
	check_text(delivery->mx, line_len);
	check_text(delivery->status, line_len);
	check_text(delivery->reply, line_len);
}

static inline void check_signing(void *context, const struct signing *signing)
{
	const size_t line_len = *(const size_t *)context;

	check_text(slice_text(signing->domain), line_len);
	check_text(slice_text(signing->selector), line_len);
	if (!signing->domain[0] || !signing->selector[0] ||
	    (unsigned)signing->source >= SELECTOR_SOURCE_COUNT)
		bug("somebody signs for nobody");
}

static inline void check_saved(const struct maillog *log, const struct log_settings *settings)
{
	struct maillog *again = maillog_new(settings, check_delivery, NULL);
	struct str first = {0}, second = {0};

	maillog_save(log, &first);
	if (!maillog_restore(again, first.text, first.len))
		bug("saved bytes are refused");
	maillog_save(again, &second);
	if (first.len != second.len || memcmp(first.text, second.text, first.len) != 0)
		bug("saved bytes come back changed");
	maillog_free(again);
	str_release(&first);
	str_release(&second);
}

static inline void read_lines(enum log_format format, const uint8_t *data, size_t len)
{
	static const struct zone_change change[] = {{0, 3600}, {1774746000, 7200}};
	static const struct zone zone = {change, COUNT_OF(change)};
	const struct log_settings settings = {.format = format, .zone = &zone, .now = 1795219200};
	const char *at = (const char *)data;
	size_t line_len = 0;
	const struct signing_hearer hearer = {check_signing, &line_len};
	struct maillog *log = maillog_new(&settings, check_delivery, &line_len);

	maillog_hear(log, &hearer);
	while (len) {
		const char *end = memchr(at, '\n', len);

		line_len = end ? (size_t)(end - at) : len;
		maillog_line(log, at, line_len);
		at += line_len + (end != NULL);
		len -= line_len + (end != NULL);
	}
	check_saved(log, &settings);
	maillog_free(log);
}

#endif
