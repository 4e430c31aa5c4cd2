#include "maillog/postfix_fields.h"

#include "base/mem.h"
#include "maillog/scan.h"

enum {
	ID_MIN_BYTES = 5, /* 5 hexadecimal digits of microseconds and an inode number */
	ID_MAX_BYTES = 20,
	ENDS_MAX = 64 /* ">" tried as the end of a recipient; more is no address */
};

static bool is_id_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Most texts are none, and most of those have no colon near their start. */
bool postfix_id(struct slice *rest, struct slice *id)
{
	const size_t near = rest->len < ID_MAX_BYTES + 1 ? rest->len : ID_MAX_BYTES + 1;
	const char *colon = near ? memchr(rest->at, ':', near) : NULL;
	const size_t len = colon ? (size_t)(colon - rest->at) : 0;

	if (len < ID_MIN_BYTES || len + 1 >= rest->len || rest->at[len + 1] != ' ')
		return false;
	/* What follows tells an id from a word; the bytes between need no look. */
	if (!is_id_byte(rest->at[0]) || !is_id_byte(rest->at[len - 1]))
		return false;
	*id = slice_of(rest->at, len);
	*rest = slice_from(*rest, len + 2);
	return true;
}

/* "KEY=NUMBER, "; an absent one is fine. */
static inline bool read_number(struct slice *rest, const char *key, struct slice *value)
{
	*value = slice_of(rest->at, 0);
	return !scan_text(rest, key) || (scan_value(rest, value) && scan_is_number(*value));
}

static bool read_outcome(struct slice word, enum outcome *outcome)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} row[] = {
	    {"sent", OUTCOME_SENT},           {"deferred", OUTCOME_DEFERRED},
	    {"bounced", OUTCOME_BOUNCED},     {"expired", OUTCOME_EXPIRED},
	    {"SOFTBOUNCE", OUTCOME_DEFERRED}, /* soft_bounce = yes: it stays in the queue */
	};

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		if (!slice_is(word, row[i].word))
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
	    !read_number(&rest, "conn_use=", &skipped) || !read_number(&rest, "delay=", &skipped) ||
	    !skipped.len || !read_number(&rest, "delays=", &skipped))
		return false;
	if (scan_text(&rest, "tls=") && !scan_value(&rest, &skipped))
		return false;
	if (!read_number(&rest, "dsn=", &out->status) || !scan_text(&rest, "status=") ||
	    !scan_until(&rest, ' ', &word) || !scan_text(&rest, "("))
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
	static const char *const own[] = {"127.", "::1]", "/", "private/", "public/"};
	const struct slice at = relay_ip(relay);

	for (size_t i = 0; i < COUNT_OF(own); i++)
		if (slice_starts(at, own[i]))
			return true;
	return false;
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
	end = scan_find_last(reply, "(in reply to ");
	if (end > 0 && reply.at[end - 1] == ' ' && reply.at[reply.len - 1] == ')')
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
	while (len < id.len && is_id_byte(id.at[len]))
		len++;
	id.len = len >= ID_MIN_BYTES && len <= ID_MAX_BYTES ? len : 0;
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
	return scan_text(&tail, ", size=") && scan_value(&tail, &size) && scan_is_number(size) &&
		       scan_text(&tail, "nrcpt=") && scan_until(&tail, ' ', &count) &&
		       scan_is_number(count) && scan_text(&tail, "(queue ")
		   ? POSTFIX_SENDER_ACTIVE
		   : POSTFIX_SENDER_NONE;
}
