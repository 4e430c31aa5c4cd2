/* qmail-send, through multilog (TAI64N stamps) or splogger:
 *
 *   info msg N: bytes B from <A> qp P uid U
 *   starting delivery D: msg N to remote A
 *   delivery D: success: IP_accepted_message./Remote_host_said:_REPLY/
 *   end msg N
 *
 * qmail-send writes blanks of foreign text as "?" and of reports as "_", so words end where they
 * seem to. It does not log an account: the uid of who queued the message is the best there is. */
#include "base/mem.h"
#include "maillog/format.h"

enum { NUMBER_MAX_DIGITS = 20, REPORT_MAX_BYTES = 1024 };

static bool is_qmail_line(const struct log_line *line)
{
	return line->tag.len ? slice_is(line->tag, "qmail") : !line->host.len;
}

/* splogger puts "1795219200.123456 " before the words. */
static struct slice words_of(const struct log_line *line)
{
	struct slice rest = line->text;
	struct slice number;

	return line->tag.len && scan_until(&rest, ' ', &number) && scan_is_number(number)
		   ? rest
		   : line->text;
}

/* "msg 12: ..." and "12: ...", up to `stop`; as an id with a letter for its kind. */
static bool read_number(struct slice *rest, char stop, char kind, char id[OPEN_ID_BYTES],
			struct slice *out)
{
	struct slice number;

	if (!scan_until(rest, stop, &number)) {
		number = *rest;
		*rest = slice_from(*rest, rest->len);
	}
	if (!scan_is_number(number) || number.len > NUMBER_MAX_DIGITS)
		return false;
	id[0] = kind;
	memcpy(id + 1, number.at, number.len);
	*out = slice_of(id, number.len + 1);
	return true;
}

bool qmail_knows(const struct log_line *line)
{
	static const char *const start[] = {"new msg ",  "info msg ", "starting delivery ",
					    "delivery ", "end msg ",  "status: local "};
	const struct slice rest = words_of(line);

	for (size_t i = 0; i < COUNT_OF(start) && is_qmail_line(line); i++)
		if (slice_starts(rest, start[i]))
			return true;
	return false;
}

/* Whose uid it is. Mail of qmaild came by SMTP from who may relay; mail of vpopmail's uid was
 * queued for one of its users, who is the sender. All others are users of this host. */
static struct slice account_of(struct slice uid, struct slice sender, char account[OPEN_ID_BYTES])
{
	static const struct {
		const char *uid;
		bool is_sender;
	} row[] = {
	    {"82", false}, /* qmaild: FreeBSD's ports */
	    {"201", false}, /* Gentoo */
	    {"64011", false}, /* Debian */
	    {"89", true}, /* vpopmail, as its own documentation has it */
	};

	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (slice_is(uid, row[i].uid))
			return row[i].is_sender ? sender : slice_of("", 0);
	if (!scan_is_number(uid) || uid.len > OPEN_ID_BYTES - 4)
		return slice_of("", 0);
	memcpy(account, "uid:", 4);
	memcpy(account + 4, uid.at, uid.len);
	return slice_of(account, 4 + uid.len);
}

/* "N: bytes B from <A> qp P uid U" */
static void read_info(struct log_reader *reader, int64_t at, struct slice rest)
{
	char name[OPEN_ID_BYTES], account[OPEN_ID_BYTES];
	struct slice id, bytes, sender, uid;
	struct open_id *open;
	ptrdiff_t end;

	if (!read_number(&rest, ':', 'm', name, &id) || !scan_text(&rest, " bytes ") ||
	    !scan_until(&rest, ' ', &bytes) || !scan_text(&rest, "from <"))
		return;
	end = scan_find_last(rest, "> qp ");
	if (end == SCAN_NONE)
		return;
	sender = slice_of(rest.at, (size_t)end);
	end = scan_find_last(rest, " uid ");
	uid = slice_from(rest, end == SCAN_NONE ? rest.len : (size_t)end + 5);
	open = open_put(reader->open, id, at);
	open_clear(reader->open, open);
	open_set(reader->open, open, OPEN_ACCOUNT, account_of(uid, sender, account));
	log_set_sender(reader, open, sender);
}

/* "D: msg N to remote A" */
static void read_start(struct log_reader *reader, int64_t at, struct slice rest)
{
	char name[OPEN_ID_BYTES], message_name[OPEN_ID_BYTES];
	struct slice id, message;
	struct open_id *open;
	bool is_remote;

	if (!read_number(&rest, ':', 'd', name, &id) || !scan_text(&rest, " msg ") ||
	    !read_number(&rest, ' ', 'm', message_name, &message))
		return;
	is_remote = scan_text(&rest, "to remote ");
	open = open_put(reader->open, id, at);
	open_clear(reader->open, open);
	open_set(reader->open, open, OPEN_NOTE, message);
	open_set(reader->open, open, OPEN_DOMAIN, scan_domain(rest));
	open->flags = is_remote ? 0 : OPEN_LOCAL;
}

/* What qmail-remote says itself stands before the receiver's words. "Sorry,_I_couldn't_find_any_
 * host_named_DOMAIN" is about no receiver, and DOMAIN is the sender's text. */
static void read_report(struct slice report, struct delivery *delivery)
{
	static const char mark[] = "/Remote_host_said:_";
	const ptrdiff_t said = slice_starts(report, "Sorry") ? SCAN_NONE : scan_find(report, mark);
	struct slice head = slice_of(report.at, said == SCAN_NONE ? report.len : (size_t)said);
	ptrdiff_t from = scan_find(head, "_from_");
	struct slice word;

	delivery->reply = report;
	if (said != SCAN_NONE)
		delivery->reply = slice_from(report, (size_t)said + sizeof(mark) - 1);
	if (from != SCAN_NONE) { /* the address it was sent from, as patched versions write it */
		word = slice_from(head, (size_t)from + 6);
		if (word.len && word.at[word.len - 1] == '.')
			word.len--;
		delivery->address = scan_ip(word);
	}
	scan_text(&head, "Connected_to_");
	if (scan_until(&head, '_', &word) && scan_ip(word).family)
		delivery->mx = word;
}

/* The receiver's words with their blanks again, without the "/" that ends each line of them. */
static struct slice unfold(struct slice reply, char text[REPORT_MAX_BYTES])
{
	size_t len = reply.len < REPORT_MAX_BYTES ? reply.len : REPORT_MAX_BYTES;

	for (size_t i = 0; i < len; i++)
		text[i] = reply.at[i] == '_' ? ' ' : reply.at[i];
	if (len && text[len - 1] == '/')
		len--;
	return slice_of(text, len);
}

static bool read_outcome(struct slice *rest, enum outcome *outcome)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} row[] = {
	    {" success: ", OUTCOME_SENT},
	    {" deferral: ", OUTCOME_DEFERRED},
	    {" failure: ", OUTCOME_BOUNCED},
	};
	static const char too_long[] = "this_message_has_been_in_the_queue_too_long./";

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		if (!scan_text(rest, row[i].word))
			continue;
		*outcome = row[i].outcome;
		if (*outcome == OUTCOME_BOUNCED && rest->len >= sizeof(too_long) - 1 &&
		    slice_is(slice_from(*rest, rest->len - (sizeof(too_long) - 1)), too_long))
			*outcome = OUTCOME_EXPIRED;
		return true;
	}
	return false;
}

/* "D: success: REPORT" */
static void read_delivery(struct log_reader *reader, const struct log_line *line, struct slice rest)
{
	struct delivery delivery = {.at = line->at};
	char name[OPEN_ID_BYTES], text[REPORT_MAX_BYTES];
	struct open_id *open;
	struct slice id;
	struct ip mx;

	if (!read_number(&rest, ':', 'd', name, &id) || !read_outcome(&rest, &delivery.outcome))
		return;
	open = open_find(reader->open, id);
	read_report(rest, &delivery);
	mx = scan_ip(delivery.mx);
	/* Without its start a delivery is not known to have left the host, unless it says so. */
	if (scan_is_loopback(&mx) || (open ? open->flags & OPEN_LOCAL : !mx.family))
		return;
	if (!delivery.address.family)
		delivery.address = sources_find(reader->sources, slice_of("", 0), line->host);
	delivery.reply = unfold(delivery.reply, text);
	delivery.status = scan_status(delivery.reply);
	if (open) {
		const struct slice message = open_text(reader->open, open, OPEN_NOTE);

		log_join(reader, open_find(reader->open, message), &delivery);
		delivery.recipient_domain = open_text(reader->open, open, OPEN_DOMAIN);
	}
	log_deliver(reader, &delivery);
}

static void drop(struct log_reader *reader, struct slice rest, char kind)
{
	char name[OPEN_ID_BYTES];
	struct open_id *open;
	struct slice id;

	if (!read_number(&rest, ':', kind, name, &id))
		return;
	open = open_find(reader->open, id);
	if (open)
		open_drop(reader->open, open);
}

bool qmail_line(struct log_reader *reader, const struct log_line *line)
{
	struct slice rest = words_of(line);

	if (!is_qmail_line(line))
		return false;
	if (scan_text(&rest, "delivery ")) {
		read_delivery(reader, line, rest);
		drop(reader, rest, 'd');
	} else if (scan_text(&rest, "starting delivery ")) {
		read_start(reader, line->at, rest);
	} else if (scan_text(&rest, "info msg ")) {
		read_info(reader, line->at, rest);
	} else if (scan_text(&rest, "end msg ") || scan_text(&rest, "new msg ")) {
		drop(reader, rest, 'm');
	}
	return true;
}
