#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "log_box.h"

#include <stdlib.h>
#include <string.h>

static const struct zone utc = {0};

static const struct log_map service[] = {
    {{"postfix-b", 9}, {4, {192, 0, 2, 11}}},
    {{"postfix/smtp-b", 14}, {4, {192, 0, 2, 12}}},
    {{"esmtp7", 6}, {4, {192, 0, 2, 13}}},
    {{"bulk", 4}, {4, {192, 0, 2, 14}}},
};
static const struct log_map host[] = {
    {{"mx7", 3}, {4, {192, 0, 2, 17}}},
};

static void add_slice(struct str *out, const char *before, struct slice slice)
{
	str_add(out, before);
	if (slice.len)
		str_add_bytes(out, slice.at, slice.len);
	else
		str_add(out, "-");
}

static void write_delivery(void *context, const struct delivery *delivery)
{
	struct str *out = context;
	char ip[IP_TEXT_BYTES] = "-";

	if (delivery->address.family)
		ip_text(&delivery->address, ip);
	str_addf(out, "%s %s", outcome_name(delivery->outcome), ip);
	add_slice(out, " ", delivery->account);
	add_slice(out, " ", delivery->sender_domain);
	add_slice(out, " > ", delivery->recipient_domain);
	add_slice(out, " @", delivery->mx);
	add_slice(out, " ", delivery->status);
	add_slice(out, ": ", delivery->reply);
	str_add(out, "\n");
}

void log_box_open(struct log_box *box, enum log_format format)
{
	*box = (struct log_box){.settings = {.format = format,
					     .by_service = service,
					     .by_services = sizeof(service) / sizeof(*service),
					     .by_host = host,
					     .by_hosts = 1,
					     .zone = &utc,
					     .year = 2026}};
	box->log = maillog_new(&box->settings, write_delivery, &box->out);
}

void log_box_renew(struct log_box *box)
{
	maillog_free(box->log);
	box->log = maillog_new(&box->settings, write_delivery, &box->out);
}

void log_box_close(struct log_box *box)
{
	maillog_free(box->log);
	str_release(&box->out);
}

void log_box_read_bytes(struct log_box *box, const char *lines, size_t len)
{
	while (len) {
		const char *end = memchr(lines, '\n', len);
		const size_t line_len = end ? (size_t)(end - lines) : len;
		/* A copy of exactly its size, so that a sanitizer sees a byte too far. */
		char *line = malloc(line_len ? line_len : 1);

		assert_non_null(line);
		memcpy(line, lines, line_len);
		maillog_line(box->log, line, line_len);
		free(line);
		lines += line_len + (end != NULL);
		len -= line_len + (end != NULL);
	}
}

void log_box_read(struct log_box *box, const char *lines)
{
	log_box_read_bytes(box, lines, strlen(lines));
}

void log_box_check(enum log_format format, const struct log_case *row, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		struct log_box box;

		log_box_open(&box, format);
		log_box_read(&box, row[i].lines);
		if (strcmp(str_text(&box.out), row[i].deliveries) != 0)
			fail_msg("%s:\n%snot\n%s", row[i].name, str_text(&box.out),
				 row[i].deliveries);
		log_box_close(&box);
	}
}
