#ifndef MAILLOG_MAILLOG_H
#define MAILLOG_MAILLOG_H

#include "base/civil.h"
#include "base/ip.h"
#include "base/str.h"
#include "maillog/signing.h"
#include "model/delivery.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From lines to deliveries. One file a format (postfix.c, exim.c, sendmail.c, qmail.c,
 * opensmtpd.c), one row in formats.def. Fields are taken by position from where the MTA itself
 * writes them, never by search: HELO names, addresses and subjects are a stranger's text.
 *
 * Counted are attempts to the outside, one a recipient. Not counted: local deliveries,
 * re-queues through a filter on this host, bounces returned to local senders.
 *
 * A reader keeps what it knows of open queue ids between lines, bounded: the oldest are
 * forgotten first, and what then cannot be joined is still counted, without account. */
enum log_format {
	LOG_AUTO,
	LOG_POSTFIX,
	LOG_EXIM,
	LOG_SENDMAIL,
	LOG_QMAIL,
	LOG_OPENSMTPD,
	LOG_FORMAT_COUNT
};

/* Postfix service, Sendmail mailer, Exim transport, or host -> sending address. */
struct log_map {
	struct slice word;
	struct ip ip;
};

struct log_settings {
	enum log_format format; /* LOG_AUTO: found out from the lines themselves */
	struct ip address; /* when nothing in the line tells better; family 0: none */
	const struct log_map *by_service;
	size_t by_services;
	const struct log_map *by_host;
	size_t by_hosts;
	const struct zone *zone; /* of stamps that have none */
	int32_t year; /* of stamps that have none (RFC 3164); 0: the one that puts them nearest
	               * before `now`, with the file's order deciding over a new year */
	int64_t now;
};

struct log_counts {
	uint64_t lines;
	uint64_t recognised; /* of a kind the format knows, counted or not */
	uint64_t deliveries;
	uint64_t unstamped; /* lines without a readable time */
};

typedef void delivery_fn(void *context, const struct delivery *delivery);

struct maillog;

/* What the settings point to must outlive the reader. */
struct maillog *maillog_new(const struct log_settings *settings, delivery_fn *deliver,
                            void *context);
void maillog_free(struct maillog *log);
/* Whom to tell of DKIM selectors; lines of those who sign are read whatever the format. */
void maillog_hear(struct maillog *log, const struct signing_hearer *hearer);
/* One line without its end; any bytes. */
void maillog_line(struct maillog *log, const char *line, size_t len);
/* One whose parts are known; NULL: its time is not. */
void maillog_entry(struct maillog *log, const struct log_line *entry);
struct log_counts maillog_counts(const struct maillog *log);
/* LOG_AUTO until enough lines were seen. */
enum log_format maillog_format(const struct maillog *log);

/* What is known of open queue ids, as bytes that only the same version reads back: for the
 * next pass over the same file. Restoring anything else leaves it empty and returns false. */
void maillog_save(const struct maillog *log, struct str *out);
bool maillog_restore(struct maillog *log, const char *bytes, size_t len);

const char *log_format_name(enum log_format format);
int log_format_parse(const char *word);

#endif
