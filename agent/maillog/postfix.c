/* Postfix. Every line is "SERVICE/PROGRAM[PID]: text", and what concerns a message begins with
 * its queue id. Only smtp(8) reaches the outside:
 *
 *   QID: to=<A>[, orig_to=<A>], relay=R[, conn_use=N], delay=S, delays=S/S/S/S[, tls=T],
 *   dsn=N.N.N, status=WORD (REPLY)
 *
 * A is the sender's text and REPLY the receiver's; the rest is Postfix's. Postfix 3.5 and later
 * quote what is odd in A (info_log_address_format), so the first ">, relay=" outside of quotes ends
 * it. Before 3.5 a local part may hold such fields itself, and a reply may look as if one did: no
 * line tells who forged it. So where several ">" have all fields behind them, what they agree on
 * counts, and the worse of their outcomes. A sender who wants a refusal hidden, or another receiver
 * blamed, gets neither; a receiver could have refused the mail as well. */
#include "base/mem.h"
#include "maillog/format.h"
#include "maillog/postfix_fields.h"

enum { UID_MAX_DIGITS = 10 };

enum program {
	PROGRAM_NONE,
	PROGRAM_OTHER, /* says nothing that is needed here */
	PROGRAM_SMTP,
	PROGRAM_SMTPD,
	PROGRAM_PICKUP,
	PROGRAM_QMGR,
	PROGRAM_ERROR, /* also the retry service */
	PROGRAM_LOCAL /* delivers on this host */
};

/* The frequent ones first. */
static const struct {
	const char *name;
	size_t len;
	enum program program;
} program_row[] = {
#define PROGRAM(name, program)                                                                     \
	{                                                                                          \
		name, sizeof(name) - 1, program                                                    \
	}
    PROGRAM("smtpd", PROGRAM_SMTPD),
    PROGRAM("smtp", PROGRAM_SMTP),
    PROGRAM("qmgr", PROGRAM_QMGR),
    PROGRAM("cleanup", PROGRAM_OTHER),
    PROGRAM("pickup", PROGRAM_PICKUP),
    PROGRAM("error", PROGRAM_ERROR),
    PROGRAM("local", PROGRAM_LOCAL),
    PROGRAM("virtual", PROGRAM_LOCAL),
    PROGRAM("lmtp", PROGRAM_LOCAL),
    PROGRAM("pipe", PROGRAM_LOCAL),
    PROGRAM("discard", PROGRAM_LOCAL),
    PROGRAM("anvil", PROGRAM_OTHER),
    PROGRAM("bounce", PROGRAM_OTHER),
    PROGRAM("defer", PROGRAM_OTHER),
    PROGRAM("dnsblog", PROGRAM_OTHER),
    PROGRAM("flush", PROGRAM_OTHER),
    PROGRAM("master", PROGRAM_OTHER),
    PROGRAM("nqmgr", PROGRAM_QMGR),
    PROGRAM("oqmgr", PROGRAM_QMGR),
    PROGRAM("postdrop", PROGRAM_OTHER),
    PROGRAM("postfix-script", PROGRAM_OTHER),
    PROGRAM("postlogd", PROGRAM_OTHER),
    PROGRAM("postqueue", PROGRAM_OTHER),
    PROGRAM("postscreen", PROGRAM_OTHER),
    PROGRAM("postsuper", PROGRAM_OTHER),
    PROGRAM("proxymap", PROGRAM_OTHER),
    PROGRAM("qmqpd", PROGRAM_OTHER),
    PROGRAM("scache", PROGRAM_OTHER),
    PROGRAM("sendmail", PROGRAM_OTHER),
    PROGRAM("tlsmgr", PROGRAM_OTHER),
    PROGRAM("tlsproxy", PROGRAM_OTHER),
    PROGRAM("trace", PROGRAM_OTHER),
    PROGRAM("trivial-rewrite", PROGRAM_OTHER),
    PROGRAM("verify", PROGRAM_OTHER),
#undef PROGRAM
};

/* The names are too short for a call of memcmp to pay. */
static inline bool is_name(const char *name, struct slice text)
{
	size_t i = 0;

	while (i < text.len && name[i] == text.at[i])
		i++;
	return i == text.len;
}

/* "postfix/smtp-b/smtp" is the program smtp of the service "postfix/smtp-b". */
static enum program program_of(const struct log_line *line, struct slice *service)
{
	const struct slice tag = line->tag;
	size_t start = tag.len;
	struct slice name;

	while (start && tag.at[start - 1] != '/')
		start--;
	if (!start)
		return PROGRAM_NONE;
	*service = slice_of(tag.at, start - 1);
	name = slice_from(tag, start);
	for (size_t i = 0; i < COUNT_OF(program_row); i++)
		if (program_row[i].len == name.len && is_name(program_row[i].name, name))
			return program_row[i].program;
	return PROGRAM_NONE;
}

/* program_of() once for each head. */
static enum program known_program(const struct log_line *line, struct slice *service)
{
	struct head *const head = line->head;

	if (!head)
		return program_of(line, service);
	if (!head->program) {
		*service = slice_of(line->tag.at, 0);
		head->program = (uint8_t)(1 + program_of(line, service));
		head->service_len = (uint32_t)service->len;
	}
	*service = slice_of(line->tag.at, head->service_len);
	return (enum program)(head->program - 1);
}

static struct ip source_of(struct log_reader *reader, const struct log_line *line,
			   struct slice service)
{
	struct head *const head = line->head;

	if (!head)
		return sources_find(reader->sources, service, line->host);
	if (!head->has_source) {
		head->source = sources_find(reader->sources, service, line->host);
		head->has_source = true;
	}
	return head->source;
}

bool postfix_knows(const struct log_line *line)
{
	struct slice service;

	return program_of(line, &service) != PROGRAM_NONE;
}

/* "postfix/smtp[9]: QID: sent to the filter (250 ... queued as X)". */
static void note_requeue(struct log_reader *reader, const struct log_line *line,
			 const struct open_id *open, struct slice reply)
{
	const struct slice to = postfix_queued_as(reply);

	if (to.len)
		log_requeue(reader, open, to, line->at);
}

/* What `expired` will need: how many wait, and which address tried. */
static void note_waiting(struct log_reader *reader, struct open_id *open, const struct ip *ip)
{
	const size_t bytes = ip->family == 4 ? 4 : ip->family == 6 ? 16 : 0;

	if (!open)
		return;
	if (open->waiting < UINT16_MAX)
		open->waiting++;
	if (bytes)
		open_set(reader->open, open, OPEN_NOTE, slice_of((const char *)ip->byte, bytes));
}

static void read_smtp(struct log_reader *reader, const struct log_line *line, struct slice service)
{
	struct slice rest = line->text;
	struct postfix_fields fields;
	struct delivery delivery = {.at = line->at};
	struct open_id *open;
	struct slice id;

	if (!postfix_id(&rest, &id) || !postfix_read(rest, &fields))
		return;
	open = open_find(reader->open, id);
	if (postfix_is_own(fields.relay)) {
		if (open && fields.outcome == OUTCOME_DEFERRED)
			open->flags |= OPEN_LOCAL;
		else if (fields.outcome == OUTCOME_SENT)
			note_requeue(reader, line, open, fields.reply);
		return;
	}
	delivery.address = source_of(reader, line, service);
	delivery.outcome = fields.outcome;
	delivery.recipient_domain = scan_domain(fields.to);
	delivery.mx = postfix_mx(fields.relay);
	delivery.status = fields.status;
	delivery.reply = postfix_words(fields.reply);
	if (fields.outcome == OUTCOME_DEFERRED)
		note_waiting(reader, open, &delivery.address);
	log_join(reader, open, &delivery);
	log_deliver(reader, &delivery);
}

/* error(8) defers without trying: no attempt, but the recipient waits. */
static void read_other(struct log_reader *reader, const struct log_line *line, bool is_local)
{
	const struct ip none = {0};
	struct slice rest = line->text;
	struct postfix_fields fields;
	struct open_id *open;
	struct slice id;

	if (!postfix_id(&rest, &id) || !postfix_read(rest, &fields) ||
	    fields.outcome != OUTCOME_DEFERRED)
		return;
	open = open_find(reader->open, id);
	if (open && is_local)
		open->flags |= OPEN_LOCAL;
	else
		note_waiting(reader, open, &none);
}

/* Before a filter that works during the session there is no queue id yet; the process stands in
 * for it: "NOQUEUE: client=..." and "proxy-accept: END-OF-MESSAGE: REPLY; from=<A> ...". */
static struct slice session_id(struct slice pid, char id[OPEN_ID_BYTES])
{
	if (!pid.len || pid.len >= OPEN_ID_BYTES)
		return slice_of("", 0);
	id[0] = '/';
	memcpy(id + 1, pid.at, pid.len);
	return slice_of(id, 1 + pid.len);
}

static void read_proxy_accept(struct log_reader *reader, const struct log_line *line,
			      struct slice rest)
{
	const ptrdiff_t end = scan_find(rest, "; from=<");
	char name[OPEN_ID_BYTES];

	if (end != SCAN_NONE)
		note_requeue(reader, line, open_find(reader->open, session_id(line->pid, name)),
			     slice_of(rest.at, (size_t)end));
}

/* "QID: client=HOST[IP], sasl_method=M, sasl_username=U, orig_queue_id=Q, ..." The client's name
 * is a host name that was looked up; sasl_sender, which is the client's text, comes last. */
static void read_smtpd(struct log_reader *reader, const struct log_line *line)
{
	struct slice rest = line->text;
	struct slice id, client, account, origin;
	char name[OPEN_ID_BYTES];
	struct open_id *open;

	if (scan_text(&rest, "proxy-accept: END-OF-MESSAGE: ")) {
		read_proxy_accept(reader, line, rest);
		return;
	}
	if (!postfix_id(&rest, &id) || !scan_text(&rest, "client="))
		return;
	postfix_client(rest, &client, &account, &origin);
	if (slice_is(id, "NOQUEUE"))
		id = session_id(line->pid, name);
	open = open_put(reader->open, id, line->at);
	if (!open)
		return;
	open_clear(reader->open, open);
	open_set(reader->open, open, OPEN_ACCOUNT, account);
	if (!account.len && origin.len && postfix_is_own(client))
		log_requeue(reader, open_find(reader->open, origin), id, line->at);
}

/* "QID: uid=33 from=<www-data>": sendmail(1) was called on this host. */
static void read_pickup(struct log_reader *reader, const struct log_line *line)
{
	char account[4 + UID_MAX_DIGITS] = "uid:";
	struct slice rest = line->text;
	struct open_id *open;
	struct slice id, uid;

	if (!postfix_id(&rest, &id) || !scan_text(&rest, "uid=") || !scan_word(&rest, &uid) ||
	    !scan_is_all(uid, "0123456789") || uid.len > UID_MAX_DIGITS)
		return;
	open = open_put(reader->open, id, line->at);
	if (!open)
		return;
	memcpy(account + 4, uid.at, uid.len);
	open_clear(reader->open, open);
	open_set(reader->open, open, OPEN_ACCOUNT, slice_of(account, 4 + uid.len));
}

/* "QID: from=<A>, status=expired, returned to sender" follows the last attempts, so those who
 * are still waiting are the ones given up. */
static void read_expired(struct log_reader *reader, const struct log_line *line,
			 struct slice service, struct slice id)
{
	struct delivery delivery = {.at = line->at, .outcome = OUTCOME_EXPIRED};
	const struct open_id *open = open_find(reader->open, id);
	uint16_t waiting = open ? open->waiting : 1;
	struct slice ip;

	if (open && !waiting && !(open->flags & OPEN_LOCAL))
		waiting = 1; /* the attempts stand in a part of the log that was not read */
	delivery.address = source_of(reader, line, service);
	if (open) {
		ip = open_text(reader->open, open, OPEN_NOTE);
		if (ip.len) {
			delivery.address = (struct ip){.family = ip.len == 4 ? 4 : 6};
			memcpy(delivery.address.byte, ip.at, ip.len);
		}
	}
	delivery.reply = slice_text("expired, returned to sender");
	log_join(reader, open, &delivery);
	while (waiting--)
		log_deliver(reader, &delivery);
}

static void read_qmgr(struct log_reader *reader, const struct log_line *line, struct slice service)
{
	struct slice rest = line->text;
	struct open_id *open;
	struct slice id, sender;

	if (!postfix_id(&rest, &id))
		return;
	if (slice_is(rest, "removed")) {
		open = open_find(reader->open, id);
		if (open)
			open_drop(reader->open, open);
		return;
	}
	if (!scan_text(&rest, "from=<"))
		return;
	switch (postfix_sender(rest, &sender)) {
	case POSTFIX_SENDER_EXPIRED:
		read_expired(reader, line, service, id);
		break;
	case POSTFIX_SENDER_ACTIVE:
		open = open_put(reader->open, id, line->at);
		open->waiting = 0;
		open->flags &= (uint8_t)~OPEN_LOCAL;
		log_set_sender(reader, open, sender);
		break;
	case POSTFIX_SENDER_NONE:
		break;
	}
}

bool postfix_line(struct log_reader *reader, const struct log_line *line)
{
	struct slice service;
	const enum program program = known_program(line, &service);

	switch (program) {
	case PROGRAM_SMTP:
		read_smtp(reader, line, service);
		break;
	case PROGRAM_SMTPD:
		read_smtpd(reader, line);
		break;
	case PROGRAM_PICKUP:
		read_pickup(reader, line);
		break;
	case PROGRAM_QMGR:
		read_qmgr(reader, line, service);
		break;
	case PROGRAM_ERROR:
	case PROGRAM_LOCAL:
		read_other(reader, line, program == PROGRAM_LOCAL);
		break;
	case PROGRAM_NONE:
	case PROGRAM_OTHER:
		break;
	}
	return program != PROGRAM_NONE;
}
