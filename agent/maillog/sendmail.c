/* Sendmail. A message is "QID: from=A, ... relay=CLIENT" and then one line for each group of
 * recipients that share a fate:
 *
 *   QID: to=A[,A...][, ctladdr=A (UID/GID)], delay=T, xdelay=T, mailer=M, pri=N[, relay=HOST. [IP]],
 *   dsn=N.N.N, stat=TEXT
 *
 * A list that is too long for one line goes on in the next, and "[more]" stands in for its rest.
 * Who logged in stands in a line of its own, without queue id: "AUTH=server, relay=CLIENT,
 * authid=U, ...". The process and the client's address join it to the from= lines of the session.
 * ctladdr= names the user of a local submission only; for others it is no proof of anything. */
#include "base/mem.h"
#include "maillog/format.h"

enum {
	ID_MIN_BYTES = 12, /* 8.10 and later: 14 */
	ID_MAX_BYTES = 20,
	PID_MAX_DIGITS = OPEN_ID_BYTES - 1 - 16, /* beside an address: up to 9,999,999 */
	RECIPIENTS_MAX = 1000,
	NOTE_BYTES = 64
};

static bool is_sendmail_tag(struct slice tag)
{
	return slice_is(tag, "sendmail") || slice_starts(tag, "sm-");
}

static bool read_id(struct slice *rest, struct slice *id)
{
	struct slice tail = *rest;

	if (!scan_until(&tail, ':', id) || id->len < ID_MIN_BYTES || id->len > ID_MAX_BYTES ||
	    !scan_text(&tail, " "))
		return false;
	for (size_t i = 0; i < id->len; i++) {
		const char c = id->at[i];
		const char letter = (char)(c | 0x20);

		if (!(c >= '0' && c <= '9') && !(letter >= 'a' && letter <= 'z'))
			return false;
	}
	*rest = tail;
	return true;
}

/* Solaris and its heirs: "[ID 801593 mail.info] ". */
static void skip_message_id(struct slice *rest)
{
	struct slice tail = *rest;
	struct slice skipped;

	if (scan_text(&tail, "[ID ") && scan_until(&tail, ']', &skipped) && scan_text(&tail, " "))
		*rest = tail;
}

bool sendmail_knows(const struct log_line *line)
{
	struct slice rest = line->text;
	struct slice id;

	skip_message_id(&rest);
	return is_sendmail_tag(line->tag) &&
	       (slice_starts(rest, "AUTH=server, ") ||
		(read_id(&rest, &id) &&
		 (slice_starts(rest, "from=") || slice_starts(rest, "to="))));
}

/* "HOST [IP] (may be forged)": the address, which the client cannot choose. */
static struct ip client_of(struct slice relay)
{
	const ptrdiff_t open = scan_find_last(relay, "[");
	struct slice rest, ip;

	if (open == SCAN_NONE)
		return (struct ip){0};
	rest = slice_from(relay, (size_t)open + 1);
	scan_text(&rest, "IPv6:");
	return scan_until(&rest, ']', &ip) ? scan_ip(ip) : (struct ip){0};
}

/* Sessions are known by process and client, with an id no message has. Empty: not to be told. */
static struct slice session_id(struct slice pid, struct slice relay, char id[OPEN_ID_BYTES])
{
	const struct ip ip = client_of(relay);

	if (!ip.family || !pid.len || pid.len > PID_MAX_DIGITS)
		return slice_of("", 0);
	id[0] = '/';
	memcpy(id + 1, pid.at, pid.len);
	memcpy(id + 1 + pid.len, ip.byte, sizeof(ip.byte));
	return slice_of(id, 1 + pid.len + sizeof(ip.byte));
}

/* "relay=CLIENT, authid=U, mech=PLAIN, bits=0". CLIENT may begin with what the client's ident
 * server says of it (confTO_IDENT); U is the name of an account that proved to be one. */
static void read_auth(struct log_reader *reader, const struct log_line *line, struct slice rest)
{
	static const char key[] = ", authid=";
	char id[OPEN_ID_BYTES];
	struct open_id *open;
	ptrdiff_t end;

	if (!scan_text(&rest, "relay="))
		return;
	end = scan_find_last(rest, ", mech=");
	if (end != SCAN_NONE)
		rest.len = (size_t)end;
	end = scan_find_last(rest, key);
	if (end == SCAN_NONE)
		return;
	open = open_put(reader->open, session_id(line->pid, slice_of(rest.at, (size_t)end), id),
			line->at);
	if (open)
		open_set(reader->open, open, OPEN_ACCOUNT,
			 slice_from(rest, (size_t)end + sizeof(key) - 1));
}

/* What stands behind the last "KEY=" of a from= line: behind the sender and the message id, which
 * are the client's text. */
static struct slice behind_last(struct slice rest, const char *key)
{
	const ptrdiff_t at = scan_find_last(rest, key);

	return slice_from(rest, at == SCAN_NONE ? rest.len : (size_t)at + strlen(key));
}

/* proto=ESMTPA and ESMTPSA are what a session becomes by logging in (RFC 3848). */
static bool may_be_authenticated(struct slice rest)
{
	struct slice proto, tail = behind_last(rest, ", proto=");

	if (!scan_value(&tail, &proto))
		proto = tail;
	return !proto.len || proto.at[proto.len - 1] == 'A';
}

static void join_session(struct log_reader *reader, const struct log_line *line,
			 struct open_id *open, struct slice rest)
{
	struct slice relay = behind_last(rest, ", relay="); /* the last field */
	char id[OPEN_ID_BYTES];
	const struct open_id *session = open_find(reader->open, session_id(line->pid, relay, id));
	struct slice user;

	if (session && may_be_authenticated(rest))
		open_set(reader->open, open, OPEN_ACCOUNT,
			 open_text(reader->open, session, OPEN_ACCOUNT));
	/* "relay=USER@localhost": sendmail(1) was called on this host. */
	if (scan_find(relay, "[") != SCAN_NONE || !scan_until(&relay, '@', &user))
		return;
	open->flags |= OPEN_LOCAL;
	open_set(reader->open, open, OPEN_ACCOUNT, user);
}

static void read_from(struct log_reader *reader, const struct log_line *line, struct slice id,
		      struct slice rest)
{
	struct open_id *open = open_put(reader->open, id, line->at);
	struct slice sender, account;

	if (!open)
		return;
	/* A filter on this host handed it in: what is known stays. */
	account = open_text(reader->open, open, OPEN_ACCOUNT);
	if (!account.len)
		join_session(reader, line, open, rest);
	if (scan_text(&rest, "<") ? scan_address(&rest, &sender) : scan_value(&rest, &sender))
		log_set_sender(reader, open, sender);
}

/* What a to= line says behind its recipients. */
struct fate {
	struct slice controller; /* ctladdr= */
	struct slice mailer;
	struct slice relay;
	struct slice status;
	struct slice text;
	enum outcome outcome;
};

/* One recipient; false when the list ended before it. `is_last`: ", " followed. */
static bool read_recipient(struct slice *rest, struct slice *to, bool *is_last)
{
	struct slice tail = *rest;

	if (scan_text(&tail, "<") ? !scan_address(&tail, to) || !scan_text(&tail, ",")
				  : !scan_address_to(&tail, ',', to))
		return false;
	*is_last = scan_text(&tail, " ");
	*rest = tail;
	return true;
}

/* "ctladdr=<A> (UID/GID), " */
static bool read_controller(struct slice *rest, struct slice *out)
{
	struct slice address;

	if (!scan_text(rest, "ctladdr="))
		return true;
	if (scan_text(rest, "<") && !scan_address(rest, &address))
		return false;
	return scan_value(rest, out);
}

static bool decide(struct fate *fate)
{
	static const struct {
		const char *start;
		enum outcome outcome;
		bool is_attempt;
	} row[] = {
	    {"Sent", OUTCOME_SENT, true},
	    {"Deferred", OUTCOME_DEFERRED, true},
	    {"queued", OUTCOME_DEFERRED, false}, /* for a later queue run */
	};

	fate->outcome = slice_starts(fate->status, "4") ? OUTCOME_DEFERRED : OUTCOME_BOUNCED;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		if (!slice_starts(fate->text, row[i].start))
			continue;
		fate->outcome = row[i].outcome;
		return row[i].is_attempt;
	}
	return true;
}

/* From the left: the names of hosts and mailers hold no comma, and stat= comes last. */
static bool read_fate(struct slice rest, struct fate *out)
{
	struct slice skipped;

	*out = (struct fate){0};
	scan_text(&rest, "[more], ");
	if (!read_controller(&rest, &out->controller) || !scan_text(&rest, "delay=") ||
	    !scan_value(&rest, &skipped))
		return false;
	while (!scan_text(&rest, "stat=")) {
		struct slice *to = scan_text(&rest, "mailer=")  ? &out->mailer
				   : scan_text(&rest, "relay=") ? &out->relay
				   : scan_text(&rest, "dsn=")   ? &out->status
								: &skipped;
		if (!scan_value(&rest, to))
			return false;
	}
	out->text = rest;
	return decide(out);
}

/* Mailers that deliver on this host. */
static bool is_outside(const struct fate *fate)
{
	static const char *const local[] = {"local",   "prog",    "*file*", "*include*", "procmail",
					    "cyrus",   "cyrusv2", "lmtp",   "dovecot",   "mailman",
					    "discard", "error",   "usenet", ""};
	const struct ip ip = client_of(fate->relay);

	for (size_t i = 0; i < COUNT_OF(local); i++)
		if (slice_is(fate->mailer, local[i]))
			return false;
	return !scan_is_loopback(&ip);
}

/* "gmail-smtp-in.l.google.com. [142.250.15.46]" */
static struct slice mx_of(struct slice relay)
{
	struct slice host;

	if (!scan_word(&relay, &host))
		return slice_of("", 0);
	if (host.at[host.len - 1] == '.')
		host.len--;
	return host;
}

/* "Sent (WORDS)", "Deferred: WORDS", "User unknown: 550 WORDS", "Host unknown (Name server: ...)" */
static struct slice words_of(const struct fate *fate)
{
	struct slice rest = fate->text;
	struct slice skipped;

	if (scan_text(&rest, "Sent (")) {
		if (rest.len && rest.at[rest.len - 1] == ')')
			rest.len--;
		return rest;
	}
	if (scan_text(&rest, "Deferred: "))
		return rest;
	if (scan_until(&rest, ':', &skipped) && scan_text(&rest, " ") && rest.len > 3 &&
	    scan_is_number(slice_of(rest.at, 3)))
		return rest;
	return fate->text;
}

/* A local submission's uid, of ctladdr= "<www-data> (33/33)". */
static struct slice uid_of(struct slice controller, char account[NOTE_BYTES])
{
	const ptrdiff_t open = scan_find_last(controller, "(");
	struct slice rest =
	    slice_from(controller, open == SCAN_NONE ? controller.len : (size_t)open);
	struct slice uid;

	if (!scan_text(&rest, "(") || !scan_until(&rest, '/', &uid) || !scan_is_number(uid) ||
	    uid.len > NOTE_BYTES - 4)
		return slice_of("", 0);
	memcpy(account, "uid:", 4);
	memcpy(account + 4, uid.at, uid.len);
	return slice_of(account, 4 + uid.len);
}

/* What an expiry will need: how many wait since this queue run (its process), and the mailer. */
static void note_waiting(struct log_reader *reader, const struct log_line *line,
			 struct open_id *open, struct slice mailer)
{
	const size_t pid_len = line->pid.len < NOTE_BYTES / 2 ? line->pid.len : NOTE_BYTES / 2;
	const size_t len = mailer.len < NOTE_BYTES / 2 - 1 ? mailer.len : NOTE_BYTES / 2 - 1;
	char note[NOTE_BYTES];

	if (!open)
		return;
	if (pid_len)
		memcpy(note, line->pid.at, pid_len);
	note[pid_len] = ' ';
	memcpy(note + pid_len + 1, mailer.at, len);
	if (!slice_equal(open_text(reader->open, open, OPEN_NOTE),
			 slice_of(note, pid_len + 1 + len)))
		open->waiting = 0;
	open_set(reader->open, open, OPEN_NOTE, slice_of(note, pid_len + 1 + len));
	if (open->waiting < UINT16_MAX)
		open->waiting++;
}

static void requeue(struct log_reader *reader, const struct log_line *line,
		    const struct open_id *open, const struct fate *fate)
{
	struct slice words = words_of(fate);
	struct slice id;

	scan_text(&words, "2.0.0 ");
	if (fate->outcome == OUTCOME_SENT && scan_until(&words, ' ', &id) &&
	    id.len >= ID_MIN_BYTES && slice_starts(words, "Message accepted"))
		log_requeue(reader, open, id, line->at);
}

static void read_to(struct log_reader *reader, const struct log_line *line, struct slice id,
		    struct slice rest)
{
	struct open_id *open = open_find(reader->open, id);
	struct slice list = rest, to, uid;
	struct delivery delivery = {.at = line->at};
	char account[NOTE_BYTES];
	struct fate fate;
	bool is_last = false;

	for (int i = 0; i < RECIPIENTS_MAX && !is_last; i++)
		if (!read_recipient(&list, &to, &is_last))
			return;
	if (!is_last || !read_fate(list, &fate))
		return;
	uid =
	    open && open->flags & OPEN_LOCAL ? uid_of(fate.controller, account) : (struct slice){0};
	if (uid.len)
		open_set(reader->open, open, OPEN_ACCOUNT, uid);
	if (!is_outside(&fate)) {
		requeue(reader, line, open, &fate);
		return;
	}
	delivery.address = sources_find(reader->sources, fate.mailer, line->host);
	delivery.outcome = fate.outcome;
	delivery.mx = mx_of(fate.relay);
	delivery.status = fate.status;
	delivery.reply = words_of(&fate);
	log_join(reader, open, &delivery);
	for (is_last = false; !is_last && read_recipient(&rest, &to, &is_last);) {
		if (fate.outcome == OUTCOME_DEFERRED)
			note_waiting(reader, line, open, fate.mailer);
		delivery.recipient_domain = scan_domain(to);
		log_deliver(reader, &delivery);
	}
}

/* "QID: NEWID: return to sender: Cannot send message for 5 days", or "DSN", "sender notify". */
static void read_notice(struct log_reader *reader, const struct log_line *line, struct slice id,
			struct slice rest)
{
	struct delivery delivery = {.at = line->at, .outcome = OUTCOME_EXPIRED};
	const struct open_id *open = open_find(reader->open, id);
	uint16_t waiting = open && open->waiting ? open->waiting : 1;
	struct slice skipped, note, pid;

	if (!read_id(&rest, &skipped) || !scan_until(&rest, ':', &skipped) ||
	    !scan_text(&rest, " Cannot send message for "))
		return;
	if (open) {
		note = open_text(reader->open, open, OPEN_NOTE);
		if (scan_until(&note, ' ', &pid))
			delivery.address = sources_find(reader->sources, note, line->host);
	}
	if (!delivery.address.family)
		delivery.address = sources_find(reader->sources, slice_of("", 0), line->host);
	delivery.reply = slice_of(skipped.at + skipped.len + 2,
				  (size_t)(rest.at + rest.len - skipped.at) - skipped.len - 2);
	log_join(reader, open, &delivery);
	while (waiting--)
		log_deliver(reader, &delivery);
}

/* "Milter insert (1): header: NAME: VALUE" and "Milter add: header: NAME: VALUE": a milter's words. */
static bool read_milter(struct log_reader *reader, int64_t at, struct slice rest)
{
	struct slice number;

	if (!scan_text(&rest, "Milter "))
		return false;
	if (scan_text(&rest, "insert (") ? !scan_until(&rest, ')', &number)
					 : !scan_text(&rest, "add"))
		return true;
	if (scan_text(&rest, ": header: DKIM-Signature: "))
		signing_header(&reader->signing, at, rest);
	return true;
}

bool sendmail_line(struct log_reader *reader, const struct log_line *line)
{
	struct slice rest = line->text;
	struct open_id *open;
	struct slice id;

	if (!is_sendmail_tag(line->tag))
		return false;
	skip_message_id(&rest);
	if (scan_text(&rest, "AUTH=server, ")) {
		read_auth(reader, line, rest);
	} else if (read_id(&rest, &id)) {
		if (scan_text(&rest, "to="))
			read_to(reader, line, id, rest);
		else if (scan_text(&rest, "from="))
			read_from(reader, line, id, rest);
		else if (read_milter(reader, line->at, rest))
			return true;
		else if (!slice_starts(rest, "done; "))
			read_notice(reader, line, id, rest);
		else if ((open = open_find(reader->open, id)) != NULL)
			open_drop(reader->open, open);
	}
	return true;
}
