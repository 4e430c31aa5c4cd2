/* Exim's main log, its own file or behind syslog:
 *
 *   ID <= SENDER [H=... ] [U=USER] P=... [A=DRIVER:USER] S=N id=... T="..."
 *   ID => ADDRESS [<PARENT>] [F=<SENDER>] R=ROUTER T=TRANSPORT H=HOST [IP] [I=[IP]:PORT] ... C="REPLY"
 *   ID == ADDRESS R=ROUTER T=TRANSPORT defer (N): TEXT, or defer (N) H=HOST [IP]...: REPLY
 *   ID ** ADDRESS R=ROUTER T=TRANSPORT H=HOST [IP] ...: REPLY
 *   ID DKIM: d=DOMAIN s=SELECTOR ...
 *   ID Completed
 *
 * SENDER and PARENT keep the quotes they came with, so a blank outside of quotes ends one; ADDRESS
 * has lost them (see exim_fields.h). What follows is read word by word up to the first that
 * holds foreign text to the end: S= of an arrival (id= and T= stand behind it), C=" or a word with
 * a colon at its end otherwise. DN=" and, before 4.95, SNI=" are foreign, too, and Exim leaves the
 * quotes in them as they are: what counts stands before them, but for the account. */
#include "base/mem.h"
#include "maillog/exim_fields.h"
#include "maillog/format.h"

enum {
	OLD_ID_BYTES = 16, /* 1hqQGO-000002-Zq */
	NEW_ID_BYTES = 23, /* 4.97: 1hqQGO-00000000002-Zq7x */
	DEFER_TOO_EARLY = 51 /* errno -51 and below: a retry time or a queue, no attempt */
};

enum kind {
	KIND_NONE,
	KIND_ARRIVAL,
	KIND_SENT,
	KIND_DEFERRED,
	KIND_FAILED,
	KIND_COMPLETED,
	KIND_OTHER
};

static const struct {
	const char *mark;
	enum kind kind;
} mark_row[] = {
    {"=> ", KIND_SENT},     {"<= ", KIND_ARRIVAL},
    {"-> ", KIND_SENT}, /* one more recipient of the same transaction */
    {"== ", KIND_DEFERRED}, {"** ", KIND_FAILED},
    {">> ", KIND_SENT}, /* cut through: delivered before it was accepted */
    {"*> ", KIND_OTHER}, /* -N: nothing is sent */
};

static bool is_id(struct slice text, size_t len, size_t dash)
{
	if (text.len <= len || text.at[len] != ' ' || text.at[6] != '-' || text.at[dash] != '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		const char c = text.at[i];
		const char letter = (char)(c | 0x20);

		if (i != 6 && i != dash && !(c >= '0' && c <= '9') &&
		    !(letter >= 'a' && letter <= 'z'))
			return false;
	}
	return true;
}

static bool read_id(struct slice *rest, struct slice *id)
{
	const size_t len = is_id(*rest, OLD_ID_BYTES, 13)   ? OLD_ID_BYTES
			   : is_id(*rest, NEW_ID_BYTES, 18) ? NEW_ID_BYTES
							    : 0;

	*id = slice_of(rest->at, len);
	*rest = slice_from(*rest, len + (len > 0));
	return len > 0;
}

/* log_selector +pid: "[1234] ". */
static void skip_pid(struct slice *rest)
{
	struct slice tail = *rest;
	struct slice pid;

	if (scan_text(&tail, "[") && scan_until(&tail, ']', &pid) && scan_is_number(pid) &&
	    scan_text(&tail, " "))
		*rest = tail;
}

/* Behind syslog Exim repeats the time, unless syslog_timestamp is off. */
static struct slice words_of(const struct log_line *line)
{
	static const struct zone utc = {0};
	struct stamps stamps = stamps_of(&utc, 0, 0);
	struct slice rest = line->text;
	int64_t at;

	if (line->tag.len && rest.len && rest.at[0] == '2')
		stamp_read(&stamps, &rest, &at);
	skip_pid(&rest);
	return rest;
}

static enum kind read_kind(struct slice *rest)
{
	for (size_t i = 0; i < COUNT_OF(mark_row); i++)
		if (scan_text(rest, mark_row[i].mark))
			return mark_row[i].kind;
	return slice_starts(*rest, "Completed") ? KIND_COMPLETED : KIND_OTHER;
}

static bool is_exim_tag(struct slice tag)
{
	return slice_is(tag, "exim") || slice_is(tag, "exim4");
}

bool exim_knows(const struct log_line *line)
{
	struct slice rest = words_of(line);
	struct slice id;

	if (line->tag.len ? !is_exim_tag(line->tag) : line->host.len > 0)
		return false;
	return read_id(&rest, &id) && read_kind(&rest) != KIND_OTHER;
}

/* DN="...": a quoted value may hold blanks, and \" for a quote. */
static bool read_value(struct slice *rest, struct slice *word)
{
	const struct slice start = *rest;
	size_t quote, quoted;

	if (!scan_word(rest, word))
		return false;
	if (!exim_is_certificate(*word))
		return true;
	quote = slice_starts(*word, "DN=") ? 3 : 4;
	quoted = scan_quoted(slice_from(start, quote));
	if (quoted) {
		*rest = slice_from(start, quote + quoted);
		scan_text(rest, " ");
	}
	return true;
}

static void read_arrival(struct log_reader *reader, int64_t at, struct slice id, struct slice rest)
{
	struct slice sender;
	struct open_id *open = open_put(reader->open, id, at);

	if (!open || !scan_bare_address(&rest, &sender))
		return;
	open_clear(reader->open, open);
	open_set(reader->open, open, OPEN_ACCOUNT, exim_account(rest));
	log_set_sender(reader, open, slice_is(sender, "<>") ? slice_of("", 0) : sender);
}

/* What a line says of an attempt. */
struct attempt {
	struct slice to;
	struct slice transport;
	struct slice host;
	struct slice text; /* the reply, or Exim's reason */
	struct ip ip; /* of the host */
	struct ip from; /* I= */
	bool is_too_early;
	bool is_foreign; /* a receiver's words have begun */
};

/* "<PARENT>", "(PARENT)", F=<SENDER>, P=<SENDER>, and Q=QUEUE: between the recipient and R=. */
static void skip_addresses(struct slice *rest)
{
	static const char *const open[] = {"<", "F=<", "P=<"};
	struct slice skipped;
	bool is_one;

	do {
		is_one = false;
		for (size_t i = 0; i < COUNT_OF(open) && !is_one; i++)
			is_one = scan_text(rest, open[i]) && scan_address(rest, &skipped);
		if (slice_starts(*rest, "Q=")) {
			is_one = scan_word(rest, &skipped);
			continue;
		}
		is_one |= scan_text(rest, "(") && scan_address_to(rest, ')', &skipped);
		if (is_one)
			scan_text(rest, " ");
	} while (is_one);
}

/* "[192.0.2.1]:25" */
static struct ip bracketed_ip(struct slice word)
{
	struct slice text;

	if (!scan_text(&word, "[") || !scan_until(&word, ']', &text))
		return (struct ip){0};
	return scan_ip(text);
}

/* "defer (110): Connection timed out" and "defer (-44) H=..." The number and its text are the
 * system's; what a host said follows behind H=. */
static void read_defer(struct slice *rest, struct attempt *attempt)
{
	struct slice number, digits;
	ptrdiff_t host;

	if (!scan_text(rest, "defer (") || !scan_until(rest, ')', &number))
		return;
	digits = slice_from(number, 1);
	attempt->is_too_early = slice_starts(number, "-") && digits.len >= 2 &&
				scan_is_number(digits) &&
				(digits.at[0] - '0') * 10 + digits.at[1] - '0' >= DEFER_TOO_EARLY;
	if (!scan_text(rest, ": ")) {
		scan_text(rest, " ");
		return;
	}
	attempt->text = *rest;
	host = slice_starts(number, "-") ? SCAN_NONE : scan_find(*rest, " H=");
	if (host == SCAN_NONE) {
		*rest = slice_from(*rest, rest->len);
		return;
	}
	attempt->text.len = (size_t)host;
	*rest = slice_from(*rest, (size_t)host + 1);
}

/* One word behind R=; false: foreign text begins. */
static bool read_word(struct slice *rest, struct attempt *attempt)
{
	struct slice quoted = *rest;
	struct slice word;
	bool is_last;

	if (scan_text(&quoted, "C=\"")) {
		const size_t len = scan_quoted(slice_from(*rest, 2));

		attempt->text = slice_of(quoted.at, len ? len - 2 : quoted.len);
		return false;
	}
	if (!attempt->is_foreign && slice_starts(*rest, "defer (")) {
		read_defer(rest, attempt);
		return rest->len > 0;
	}
	if (!read_value(rest, &word))
		return false;
	/* A host is called as its owner likes; its address follows. */
	is_last =
	    word.at[word.len - 1] == ':' && !(slice_starts(word, "H=") && slice_starts(*rest, "["));
	word.len -= is_last;
	if (is_last)
		attempt->text = *rest;
	if (exim_is_certificate(word))
		attempt->is_foreign = true;
	else if (attempt->is_foreign)
		return !is_last;
	if (scan_text(&word, "T="))
		attempt->transport = word;
	else if (scan_text(&word, "H="))
		attempt->host = word;
	else if (scan_text(&word, "I="))
		attempt->from = bracketed_ip(word);
	else if (attempt->host.len && !attempt->ip.family)
		attempt->ip = bracketed_ip(word);
	return !is_last;
}

/* False when it is none, as for a pipe or a file. */
static bool read_attempt(struct slice rest, struct attempt *out)
{
	*out = (struct attempt){0};
	if (!exim_recipient(&rest, &out->to))
		return false;
	if (out->to.at[out->to.len - 1] == ':') { /* "** a@b: retry timeout exceeded" */
		out->to.len--;
		out->text = rest;
		return scan_is_address(out->to);
	}
	skip_addresses(&rest);
	if (scan_text(&rest, ": ")) {
		out->text = rest;
		return scan_is_address(out->to);
	}
	if (!slice_starts(rest, "R=") && !slice_starts(rest, "T="))
		return false;
	for (int words = 0; words < EXIM_WORDS_MAX && read_word(&rest, out); words++)
		;
	return scan_is_address(out->to);
}

/* Exim gives up when all hosts failed for longer than the retry rules allow. */
static bool is_expired(struct slice text)
{
	return slice_starts(text, "retry timeout exceeded") ||
	       (slice_starts(text, "all hosts ") &&
		scan_find(text, " have been failing for a long time") != SCAN_NONE);
}

/* Delivered to a host that is not this one; without a host by what the transport is called. */
static bool is_outside(const struct log_reader *reader, const struct attempt *attempt)
{
	const struct slice name = attempt->transport;

	if (scan_is_loopback(&attempt->ip) || scan_find(name, "lmtp") != SCAN_NONE)
		return false;
	if (attempt->host.len || scan_find(name, "smtp") != SCAN_NONE)
		return true;
	for (size_t i = 0; i < reader->settings.by_services; i++)
		if (slice_equal(reader->settings.by_service[i].word, name))
			return true;
	return false;
}

static bool decide(enum kind kind, const struct attempt *attempt, enum outcome *outcome)
{
	*outcome = kind == KIND_SENT       ? OUTCOME_SENT
		   : kind == KIND_DEFERRED ? OUTCOME_DEFERRED
					   : OUTCOME_BOUNCED;
	if (kind == KIND_FAILED && is_expired(attempt->text))
		*outcome = OUTCOME_EXPIRED;
	return !(kind == KIND_DEFERRED && attempt->is_too_early) &&
	       !(kind == KIND_SENT && !attempt->host.len);
}

/* "SMTP error from remote mail server after RCPT TO:<A>: WORDS": A is an address that the host
 * was given, in quotes where it is odd. */
static struct slice remote_words(struct slice text)
{
	struct slice rest = text;
	struct slice skipped;

	if (!scan_text(&rest, "SMTP error from remote mail server after ") &&
	    !scan_text(&rest, "SMTP error from remote server after "))
		return text;
	if ((scan_text(&rest, "RCPT TO:<") || scan_text(&rest, "MAIL FROM:<")) &&
	    !scan_address(&rest, &skipped))
		return text;
	return scan_until(&rest, ':', &skipped) && scan_text(&rest, " ") ? rest : text;
}

/* A filter on this host gave it back: C="250 OK id=ID", perhaps in the filter's own words. */
static void note_requeue(struct log_reader *reader, const struct open_id *open,
			 const struct attempt *attempt, int64_t at)
{
	const ptrdiff_t mark = scan_find_last(attempt->text, "id=");
	char padded[NEW_ID_BYTES + 1];
	struct slice rest, id;

	if (mark == SCAN_NONE)
		return;
	rest = slice_from(attempt->text, (size_t)mark + 3);
	if (rest.len > NEW_ID_BYTES)
		rest.len = NEW_ID_BYTES;
	memcpy(padded, rest.at, rest.len);
	padded[rest.len] = ' ';
	rest = slice_of(padded, rest.len + 1);
	if (read_id(&rest, &id))
		log_requeue(reader, open, id, at);
}

static void read_outcome(struct log_reader *reader, const struct log_line *line, enum kind kind,
			 struct slice id, struct slice rest)
{
	const struct open_id *open = open_find(reader->open, id);
	struct delivery delivery = {.at = line->at};
	struct attempt attempt;

	if (!read_attempt(rest, &attempt))
		return;
	if (kind == KIND_SENT && scan_is_loopback(&attempt.ip))
		note_requeue(reader, open, &attempt, line->at);
	if (!decide(kind, &attempt, &delivery.outcome))
		return;
	if (!is_outside(reader, &attempt) &&
	    (delivery.outcome != OUTCOME_EXPIRED || attempt.transport.len))
		return;
	delivery.address = attempt.from.family
			       ? attempt.from
			       : sources_find(reader->sources, attempt.transport, line->host);
	delivery.recipient_domain = scan_domain(attempt.to);
	delivery.mx = attempt.host;
	delivery.reply = remote_words(attempt.text);
	delivery.status = scan_status(delivery.reply);
	log_join(reader, open, &delivery);
	log_deliver(reader, &delivery);
}

bool exim_line(struct log_reader *reader, const struct log_line *line)
{
	struct slice rest = words_of(line);
	struct open_id *open;
	struct slice id;
	enum kind kind;

	if (line->tag.len ? !is_exim_tag(line->tag) : line->host.len > 0)
		return false;
	if (!read_id(&rest, &id))
		return true;
	kind = read_kind(&rest);
	switch (kind) {
	case KIND_ARRIVAL:
		read_arrival(reader, line->at, id, rest);
		break;
	case KIND_SENT:
	case KIND_DEFERRED:
	case KIND_FAILED:
		read_outcome(reader, line, kind, id, rest);
		break;
	case KIND_COMPLETED:
		open = open_find(reader->open, id);
		if (open)
			open_drop(reader->open, open);
		break;
	case KIND_OTHER:
		if (scan_text(&rest, "DKIM: "))
			signing_verified(&reader->signing, line->at, rest);
		break;
	case KIND_NONE:
		break;
	}
	return true;
}
