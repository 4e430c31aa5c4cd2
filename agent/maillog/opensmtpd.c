/* OpenSMTPD. Each line begins with the 16 digits of a session:
 *
 *   S smtp authentication user=U result=ok
 *   S smtp message msgid=M size=N nrcpt=N proto=P
 *   S mta delivery evpid=E from=<A> to=<A> rcpt=<A> source="IP" relay="HOST (IP)" delay=T
 *     result="Ok" stat="REPLY"
 *
 * An envelope's id begins with the 8 digits of its message. Versions 6.0 to 6.3 write "mta
 * event=delivery" and so on. Addresses keep their quotes, and REPLY comes last. */
#include "base/mem.h"
#include "maillog/format.h"

enum { SESSION_DIGITS = 16, MESSAGE_DIGITS = 8 };

static bool is_hex(struct slice text)
{
	return scan_is_all(text, "0123456789abcdef");
}

static bool read_session(struct slice *rest, struct slice *session)
{
	struct slice tail = *rest;

	if (!scan_until(&tail, ' ', session) || session->len != SESSION_DIGITS || !is_hex(*session))
		return false;
	*rest = tail;
	return true;
}

/* "smtp authentication " or "smtp event=authentication " */
static bool read_event(struct slice *rest, const char *who, const char *what)
{
	struct slice tail = *rest;

	if (!scan_text(&tail, who) || !scan_text(&tail, " "))
		return false;
	scan_text(&tail, "event=");
	if (!scan_text(&tail, what) || (tail.len && !scan_text(&tail, " ")))
		return false;
	*rest = tail;
	return true;
}

bool opensmtpd_knows(const struct log_line *line)
{
	struct slice rest = line->text;
	struct slice session;

	return slice_is(line->tag, "smtpd") && read_session(&rest, &session) &&
	       (slice_starts(rest, "smtp ") || slice_starts(rest, "mta ") ||
		slice_starts(rest, "mda "));
}

/* "user=U result=ok", in 6.0 "user=U address=IP host=H result=ok". The user is what the client
 * sent, so the result is the one at the end. */
static void read_authentication(struct log_reader *reader, int64_t at, struct slice session,
				struct slice rest)
{
	static const char ok[] = " result=ok";
	struct open_id *open;
	ptrdiff_t end;

	if (!scan_text(&rest, "user=") || rest.len < sizeof(ok) - 1 ||
	    !slice_is(slice_from(rest, rest.len - (sizeof(ok) - 1)), ok))
		return;
	rest.len -= sizeof(ok) - 1;
	end = scan_find_last(rest, " address=");
	if (end != SCAN_NONE)
		rest.len = (size_t)end;
	open = open_put(reader->open, session, at);
	open_set(reader->open, open, OPEN_ACCOUNT, rest);
}

/* "msgid=M size=...": 6.0 has address= and host=, which are no client's words, before it. */
static void read_message(struct log_reader *reader, int64_t at, struct slice session,
			 struct slice rest)
{
	const struct open_id *open = open_find(reader->open, session);
	struct slice word;

	while (scan_word(&rest, &word)) {
		if (!scan_text(&word, "msgid="))
			continue;
		if (word.len == MESSAGE_DIGITS && is_hex(word))
			log_requeue(reader, open, word, at);
		return;
	}
}

static bool read_outcome(struct slice word, enum outcome *outcome)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} row[] = {
	    {"Ok", OUTCOME_SENT},          {"TempFail", OUTCOME_DEFERRED},
	    {"PermFail", OUTCOME_BOUNCED}, {"Expire", OUTCOME_EXPIRED},
	    {"Expired", OUTCOME_EXPIRED},
	};

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		if (!slice_is(word, row[i].word))
			continue;
		*outcome = row[i].outcome;
		return true;
	}
	return false;
}

/* "KEY=<A> " */
static bool read_address(struct slice *rest, const char *key, struct slice *address)
{
	return scan_text(rest, key) && scan_text(rest, "=<") && scan_address(rest, address) &&
	       scan_text(rest, " ");
}

/* KEY="VALUE" and a blank */
static bool read_quoted(struct slice *rest, const char *key, struct slice *value)
{
	return scan_text(rest, key) && scan_text(rest, "=\"") && scan_until(rest, '"', value) &&
	       (scan_text(rest, " ") || !rest->len);
}

/* "HOST (IP)" or "IP (HOST)": the name; a relay that was not reached stands in brackets. */
static struct slice mx_of(struct slice relay)
{
	struct slice first, second;

	if (!scan_until(&relay, ' ', &first))
		return slice_starts(relay, "[relay:") ? slice_of(relay.at, 0) : relay;
	if (!scan_text(&relay, "(") || !scan_until(&relay, ')', &second) || !scan_ip(first).family)
		return first;
	return second;
}

static bool is_own(struct slice relay)
{
	struct slice first, second = {"", 0};
	struct ip ip;

	if (!scan_until(&relay, ' ', &first))
		first = relay;
	else if (scan_text(&relay, "("))
		scan_until(&relay, ')', &second);
	ip = scan_ip(first);
	if (!ip.family)
		ip = scan_ip(second);
	return scan_is_loopback(&ip);
}

struct attempt {
	struct slice envelope;
	struct slice from;
	struct slice to;
	struct slice source;
	struct slice relay;
	struct slice reply;
	enum outcome outcome;
};

static bool read_attempt(struct slice rest, struct attempt *out)
{
	struct slice skipped, result;

	if (!scan_text(&rest, "evpid=") || !scan_until(&rest, ' ', &out->envelope) ||
	    out->envelope.len != SESSION_DIGITS || !is_hex(out->envelope) ||
	    !read_address(&rest, "from", &out->from) || !read_address(&rest, "to", &out->to))
		return false;
	if (slice_starts(rest, "rcpt=") && !read_address(&rest, "rcpt", &skipped))
		return false;
	if (!read_quoted(&rest, "source", &out->source) ||
	    !read_quoted(&rest, "relay", &out->relay) || !scan_text(&rest, "delay=") ||
	    !scan_until(&rest, ' ', &skipped) || !read_quoted(&rest, "result", &result) ||
	    !scan_text(&rest, "stat=\""))
		return false;
	if (rest.len && rest.at[rest.len - 1] == '"')
		rest.len--;
	out->reply = rest;
	return read_outcome(result, &out->outcome);
}

static void read_delivery(struct log_reader *reader, const struct log_line *line, struct slice rest)
{
	struct delivery delivery = {.at = line->at};
	struct attempt attempt;

	if (!read_attempt(rest, &attempt) || is_own(attempt.relay))
		return;
	attempt.envelope.len = MESSAGE_DIGITS;
	log_join(reader, open_find(reader->open, attempt.envelope), &delivery);
	delivery.address = scan_ip(attempt.source);
	if (!delivery.address.family)
		delivery.address = sources_find(reader->sources, slice_of("", 0), line->host);
	delivery.sender_domain = scan_domain(attempt.from);
	delivery.recipient_domain = scan_domain(attempt.to);
	delivery.mx = mx_of(attempt.relay);
	delivery.outcome = attempt.outcome;
	delivery.reply = attempt.reply;
	delivery.status = scan_status(attempt.reply);
	log_deliver(reader, &delivery);
}

bool opensmtpd_line(struct log_reader *reader, const struct log_line *line)
{
	struct slice rest = line->text;
	struct open_id *open;
	struct slice session;

	if (!slice_is(line->tag, "smtpd"))
		return false;
	if (!read_session(&rest, &session))
		return true;
	if (read_event(&rest, "mta", "delivery")) {
		read_delivery(reader, line, rest);
	} else if (read_event(&rest, "smtp", "authentication")) {
		read_authentication(reader, line->at, session, rest);
	} else if (read_event(&rest, "smtp", "message")) {
		read_message(reader, line->at, session, rest);
	} else if (read_event(&rest, "smtp", "disconnected")) {
		open = open_find(reader->open, session);
		if (open)
			open_drop(reader->open, open);
	}
	return true;
}
