#include "maillog/postfix_fields.h"

#include "base/mem.h"
#include "maillog/scan.h"

enum {
	ENDS_MAX = 64, /* ">" tried as the end of one orig_to */
	CUT_MIN_BYTES = 900 /* lines end at 2000 bytes (Postfix) or 1024 with head (RFC 3164) */
};

/* "NUMBER, " */
static inline bool read_number(struct slice *rest, struct slice *value)
{
	return scan_number(rest, value) && scan_text(rest, ", ");
}

static bool read_outcome(struct slice word, enum outcome *outcome)
{
	static const struct {
		struct slice word;
		enum outcome outcome;
	} row[] = {
#define OUTCOME(word, outcome) {{word, sizeof(word) - 1}, outcome}
	    OUTCOME("sent", OUTCOME_SENT),           OUTCOME("deferred", OUTCOME_DEFERRED),
	    OUTCOME("bounced", OUTCOME_BOUNCED),     OUTCOME("expired", OUTCOME_EXPIRED),
	    OUTCOME("SOFTBOUNCE", OUTCOME_DEFERRED), /* soft_bounce = yes: it stays queued */
#undef OUTCOME
	};

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		if (!slice_equal(word, row[i].word))
			continue;
		*outcome = row[i].outcome;
		return true;
	}
	return false;
}

/* "relay=R, ... status=WORD (REPLY)". Postfix before 2.3 has neither delays= nor dsn=. */
static bool read_fields(struct slice rest, struct postfix_fields *out)
{
	struct slice skipped, word;

	if (!scan_text(&rest, "relay=") || !scan_value(&rest, &out->relay) ||
	    (scan_text(&rest, "conn_use=") && !read_number(&rest, &skipped)) ||
	    !scan_text(&rest, "delay=") || !read_number(&rest, &skipped) ||
	    (scan_text(&rest, "delays=") && !read_number(&rest, &skipped)) ||
	    (scan_text(&rest, "tls=") && !scan_value(&rest, &skipped)))
		return false;
	out->status = slice_of(rest.at, 0);
	if ((scan_text(&rest, "dsn=") && !read_number(&rest, &out->status)) ||
	    !scan_text(&rest, "status=") || !scan_until(&rest, ' ', &word) ||
	    !scan_text(&rest, "("))
		return false;
	out->reply = rest;
	if (rest.len && rest.at[rest.len - 1] == ')')
		out->reply.len--; /* long lines are cut before it */
	return read_outcome(word, &out->outcome);
}

/* The bytes that a quoted local part at the start of an address takes, which Postfix 3.5 and later
 * close before "@DOMAIN"; 0: there is none. */
static size_t quoted_local(struct slice address)
{
	const size_t len = scan_quoted(address);

	return len < address.len && strchr("@>", address.at[len]) ? len : 0;
}

/* Behind the ">" of a recipient: ", relay=..." or ", orig_to=<B>, relay=...". B is as the client
 * gave it, and may lack a domain. */
static bool read_behind(struct slice tail, struct postfix_fields *out)
{
	struct slice skipped;

	if (!scan_text(&tail, ", "))
		return false;
	if (!scan_text(&tail, "orig_to=<"))
		return read_fields(tail, out);
	tail = slice_from(tail, quoted_local(tail));
	for (int tries = 0; tries < ENDS_MAX && scan_until(&tail, '>', &skipped); tries++) {
		struct slice fields = tail;

		if (scan_text(&fields, ", ") && read_fields(fields, out))
			return true;
	}
	return false;
}

/* From the first ">" behind `skipped` bytes that ends an address and has all fields behind it. */
static bool read_first(struct slice rest, size_t skipped, struct postfix_fields *out)
{
	struct slice tail = slice_from(rest, skipped);
	struct slice part;

	while (scan_until(&tail, '>', &part)) {
		out->to = slice_of(rest.at, (size_t)(part.at + part.len - rest.at));
		if (slice_starts(tail, ", ") && scan_is_address(out->to) && read_behind(tail, out))
			return true;
	}
	return false;
}

static bool may_end_recipient(struct slice tail)
{
	return slice_starts(tail, ", relay=") || slice_starts(tail, ", orig_to=<");
}

static bool has_another_end(struct slice reply)
{
	struct slice part;

	while (scan_until(&reply, '>', &part))
		if (may_end_recipient(reply))
			return true;
	return false;
}

/* "... (in reply to CMD command)" */
static bool is_answer(struct slice reply)
{
	return postfix_words(reply).len < reply.len;
}

/* smtp(8) writes a reply of success as it came, and any other behind "host NAME[IP] said: " and
 * before "(in reply to CMD command)". */
static bool fits_outcome(const struct postfix_fields *fields)
{
	if (fields->outcome == OUTCOME_SENT)
		return slice_starts(fields->reply, "2");
	return is_answer(fields->reply) ? slice_starts(fields->reply, "host ")
					: fields->reply.len && !strchr("245", fields->reply.at[0]);
}

/* What both readings say, and of two outcomes the worse. The last reply is a receiver's, whoever
 * forged: a sender's text stands before it. */
static void agree(struct postfix_fields *out, const struct postfix_fields *other)
{
	if (!slice_equal(scan_domain(out->to), scan_domain(other->to)))
		out->to = slice_of(out->to.at, 0);
	if (postfix_is_own(out->relay) && postfix_is_own(other->relay))
		out->relay = other->relay;
	else if (!slice_equal(out->relay, other->relay))
		out->relay = slice_of(out->relay.at, 0);
	if (other->outcome >= out->outcome) {
		out->outcome = other->outcome;
		out->status = other->status;
	}
	out->reply = other->reply;
}

/* All readings of a line that somebody forged, if `is_strict` those that Postfix may have written. */
static bool read_forged(struct slice rest, size_t skipped, bool is_strict,
			struct postfix_fields *out)
{
	struct slice tail = slice_from(rest, skipped);
	struct postfix_fields next = {0};
	bool has_original = false;
	bool is_found = false;
	struct slice part;

	while (scan_until(&tail, '>', &part)) {
		const struct slice to = slice_of(rest.at, (size_t)(part.at + part.len - rest.at));
		const bool is_address = may_end_recipient(tail) && scan_is_address(to);

		if (is_address)
			next.to = to;
		if (!is_address && !(has_original && next.to.len))
			continue;
		has_original |= slice_starts(tail, ", orig_to=<");
		if (!read_behind(tail, &next) || (is_strict && !fits_outcome(&next)))
			continue;
		if (is_found)
			agree(out, &next);
		else
			*out = next;
		is_found = true;
	}
	return is_found;
}

bool postfix_read(struct slice rest, struct postfix_fields *out)
{
	size_t quoted = 0;

	if (!scan_text(&rest, "to=<"))
		return false;
	if (slice_starts(rest, "\"")) {
		quoted = quoted_local(rest);
		if (!quoted && rest.len >= CUT_MIN_BYTES)
			return false;
	}
	if (!read_first(rest, quoted, out))
		return false;
	if (!quoted && !has_another_end(out->reply))
		return true;
	if (out->outcome == OUTCOME_SENT && is_answer(out->reply))
		quoted = 0; /* a receiver's echo may have closed the quotes: this was no success */
	return read_forged(rest, quoted, true, out) || read_forged(rest, quoted, false, out);
}

/* Behind the bracket: "IP]:PORT", "private/SOCKET]". */
static struct slice relay_ip(struct slice relay)
{
	struct slice host;

	return scan_until(&relay, '[', &host) ? relay : slice_of("", 0);
}

bool postfix_is_own(struct slice relay)
{
	const struct slice at = relay_ip(relay);

	return slice_starts(at, "127.") || slice_starts(at, "::1]") || slice_starts(at, "/") ||
	       slice_starts(at, "private/") || slice_starts(at, "public/");
}

struct slice postfix_mx(struct slice relay)
{
	struct slice rest = relay;
	struct slice host;

	if (scan_until(&rest, '[', &host))
		return host;
	return slice_is(relay, "none") ? slice_of(relay.at, 0) : relay;
}

/* "host NAME[IP] said: WORDS (in reply to CMD command)"; the name ends before WORDS begin. */
struct slice postfix_words(struct slice reply)
{
	struct slice rest = reply;
	struct slice name;
	ptrdiff_t end;

	if (scan_text(&rest, "host ") && scan_until(&rest, ' ', &name) &&
	    scan_text(&rest, "said: "))
		reply = rest;
	if (!reply.len || reply.at[reply.len - 1] != ')')
		return reply;
	end = scan_find_last(reply, "(in reply to ");
	if (end > 0 && reply.at[end - 1] == ' ')
		reply.len = (size_t)end - 1;
	return reply;
}

struct slice postfix_queued_as(struct slice reply)
{
	const ptrdiff_t at = scan_find_last(reply, "queued as ");
	struct slice id = slice_of("", 0);
	size_t len = 0;

	if (at == SCAN_NONE)
		return id;
	id = slice_from(reply, (size_t)at + strlen("queued as "));
	while (len < id.len && postfix_is_id_byte(id.at[len]))
		len++;
	id.len = len >= POSTFIX_ID_MIN_BYTES && len <= POSTFIX_ID_MAX_BYTES ? len : 0;
	return id;
}

void postfix_client(struct slice rest, struct slice *client, struct slice *account,
		    struct slice *origin)
{
	struct slice value;

	*client = *account = *origin = slice_of("", 0);
	if (!scan_value(&rest, client)) {
		*client = rest;
		return;
	}
	do {
		struct slice *to = scan_text(&rest, "sasl_username=")   ? account
				   : scan_text(&rest, "orig_queue_id=") ? origin
									: &value;
		if (slice_starts(rest, "sasl_sender="))
			return;
		if (!scan_value(&rest, to)) {
			*to = rest;
			return;
		}
	} while (rest.len);
}

/* From the last ">", behind which all is Postfix's. */
enum postfix_sender postfix_sender(struct slice rest, struct slice *sender)
{
	const char *end = rest.len ? memrchr(rest.at, '>', rest.len) : NULL;
	struct slice tail, size, count;
	size_t quoted;

	if (!end)
		return POSTFIX_SENDER_NONE;
	*sender = slice_of(rest.at, (size_t)(end - rest.at));
	quoted = scan_quoted(rest);
	if (rest.at[0] == '"' && (quoted ? quoted > sender->len : rest.len >= CUT_MIN_BYTES))
		return POSTFIX_SENDER_NONE; /* cut in the sender, whose text the rest is */
	tail = slice_from(rest, sender->len + 1);
	if (slice_is(tail, ", status=expired, returned to sender") ||
	    slice_is(tail, ", status=force-expired, returned to sender"))
		return POSTFIX_SENDER_EXPIRED;
	return scan_text(&tail, ", size=") && scan_number(&tail, &size) &&
		       scan_text(&tail, ", nrcpt=") && scan_number(&tail, &count) &&
		       scan_text(&tail, " (queue ")
		   ? POSTFIX_SENDER_ACTIVE
		   : POSTFIX_SENDER_NONE;
}
