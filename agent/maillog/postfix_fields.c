#include "maillog/postfix_fields.h"

#include "base/mem.h"
#include "maillog/scan.h"

enum {
	ENDS_MAX = 64 /* ">" tried as the end of a recipient; more is no address */
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

/* Behind "orig_to=<", or behind "to=<" when `is_to`: the first ">" that ends an address and has
 * all fields behind it. orig_to is as the client gave it, and may lack a domain. */
static bool read_from_address(struct slice rest, bool is_to, struct postfix_fields *out)
{
	const char *start = rest.at;
	struct slice tail = slice_from(rest, scan_quoted(rest));
	struct slice part;

	for (int tries = 0; tries < ENDS_MAX && scan_until(&tail, '>', &part); tries++) {
		const struct slice address = slice_of(start, (size_t)(part.at + part.len - start));
		struct slice fields = tail;

		if (!scan_text(&fields, ", ") || (is_to && !scan_is_address(address)))
			continue;
		if (is_to)
			out->to = address;
		if (read_fields(fields, out) || (is_to && scan_text(&fields, "orig_to=<") &&
						 read_from_address(fields, false, out)))
			return true;
	}
	return false;
}

/* Whether a ">" of the text closes a "<" that stands before it. */
static bool is_opened(struct slice text)
{
	int depth = 0;

	for (size_t i = 0; i < text.len && depth >= 0; i++)
		depth += text.at[i] == '<' ? 1 : text.at[i] == '>' ? -1 : 0;
	return depth >= 0;
}

/* What was taken for the reply may be the rest of a recipient that Postfix did not quote: then
 * the reply holds "@DOMAIN>, relay=..." again, and its ">" closes a bracket that was opened
 * before the reply began. */
static void real_fields(struct postfix_fields *found)
{
	struct slice tail = found->reply;
	struct slice part;

	while (scan_until(&tail, '>', &part)) {
		const struct slice head =
		    slice_of(found->reply.at, (size_t)(part.at + part.len - found->reply.at));
		struct postfix_fields next;

		if (!slice_starts(tail, ", relay="))
			continue;
		if (is_opened(slice_of(head.at, head.len + 1)) || !scan_is_address(head) ||
		    !read_fields(slice_from(tail, 2), &next))
			return;
		next.to = head;
		*found = next;
		tail = found->reply;
	}
}

bool postfix_read(struct slice rest, struct postfix_fields *out)
{
	if (!scan_text(&rest, "to=<") || !read_from_address(rest, true, out))
		return false;
	real_fields(out);
	return true;
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

	if (!end)
		return POSTFIX_SENDER_NONE;
	*sender = slice_of(rest.at, (size_t)(end - rest.at));
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
