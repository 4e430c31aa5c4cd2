/* What each program writes:
 *
 *   opendkim       QID: DKIM-Signature field added (s=S, d=D)
 *   dkimpy-milter  QID: rsa-sha256 DKIM signature added (s=S d=D)
 *   amavis         (PID-N) Passed ..., size: N, queued_as: ID, dkim_new=S:D, N ms
 *   rspamd         <TAG>; task; rspamd_task_write_log: id: <ID>, ..., from: <A>, (default: F (no
 *                  action): [N/N] [SYMBOL(N){OPTION;},DKIM_SIGNED(N){D:s=S;},...]), len: N, ...
 *   Sendmail       QID: Milter insert (1): header: DKIM-Signature:  v=1; ... d=D; s=S; ...
 *   Exim           ID DKIM: d=D s=S c=... a=... b=2048 [verification succeeded]
 *
 * amavis's field stands before the last one, so its line is read from the end. Rspamd's id, sender and
 * options are strangers' words: one that holds a byte of the grammar ends the reading, and so does a
 * second verdict in the line, or one so long that the true one may have been cut off. An option may
 * still look like a symbol, so Rspamd tells where to ask, and never that something is missing. */
#include "maillog/signing.h"

#include "base/mem.h"
#include "dns/name.h"
#include "maillog/scan.h"

#include <string.h>
#include <strings.h>

enum {
	TAGS_MAX = 32,
	SYMBOLS_MAX = 500,
	SELECTOR_MAX_BYTES = 63,
	WHOLE_MAX_BYTES = 4096 /* rsyslog cuts at 8192, and there is a head */
};

static const char name_bytes[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

/* A name that DNS can carry, in lower case. */
static bool read_name(struct slice text, size_t max_bytes, char out[DNS_NAME_BYTES])
{
	char copy[DNS_NAME_BYTES];

	if (text.len > max_bytes || !scan_is_all(text, name_bytes))
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	return dns_name_normalise(copy, out) && out[0];
}

static void tell(const struct signing_hearer *hearer, const struct signing *what,
		 struct slice domain, struct slice selector)
{
	char domain_name[DNS_NAME_BYTES], selector_name[DNS_NAME_BYTES];
	struct signing signing = *what;

	if (!read_name(domain, DNS_NAME_TEXT_MAX, domain_name) || !strchr(domain_name, '.') ||
	    !read_name(selector, SELECTOR_MAX_BYTES, selector_name))
		return;
	signing.domain = domain_name;
	signing.selector = selector_name;
	hearer->hear(hearer->context, &signing);
}

/* --- OpenDKIM and dkimpy-milter --- */

/* "QID: ": a word of the mail server. */
static bool skip_id(struct slice *rest)
{
	struct slice id;

	return scan_until(rest, ':', &id) && !memchr(id.at, ' ', id.len) && scan_text(rest, " ");
}

/* "s=S, d=D)" */
static void read_pair(const struct signing_hearer *hearer, const struct signing *what,
		      struct slice rest, const char *between)
{
	const ptrdiff_t middle = scan_find(rest, between);
	const size_t skipped = strlen(between);
	struct slice domain;

	if (middle == SCAN_NONE || !rest.len || rest.at[rest.len - 1] != ')')
		return;
	domain = slice_from(rest, (size_t)middle + skipped);
	if (domain.len)
		domain.len--;
	tell(hearer, what, domain, slice_of(rest.at, (size_t)middle));
}

static void read_opendkim(const struct signing_hearer *hearer, const struct signing *what,
			  struct slice rest)
{
	if (skip_id(&rest) && scan_text(&rest, "DKIM-Signature field added (s="))
		read_pair(hearer, what, rest, ", d=");
}

static void read_dkimpy(const struct signing_hearer *hearer, const struct signing *what,
			struct slice rest)
{
	struct slice algorithm;

	if (skip_id(&rest) && scan_until(&rest, ' ', &algorithm) &&
	    scan_text(&rest, "DKIM signature added (s="))
		read_pair(hearer, what, rest, " d=");
}

/* --- amavis --- */

/* ", N ms" at the end */
static bool cut_duration(struct slice *rest)
{
	size_t len = rest->len;

	if (len < 3 || !slice_is(slice_of(rest->at + len - 3, 3), " ms"))
		return false;
	len -= 3;
	while (len && rest->at[len - 1] >= '0' && rest->at[len - 1] <= '9')
		len--;
	if (len == rest->len - 3 || len < 2 || !slice_is(slice_of(rest->at + len - 2, 2), ", "))
		return false;
	rest->len = len - 2;
	return true;
}

/* "(PID-N) Passed CLEAN {...}, ..., dkim_new=S:D[,S:D], 512 ms": a list without blanks, so the
 * last field of that name is the one before the duration. */
static void read_amavis(const struct signing_hearer *hearer, const struct signing *what,
			struct slice rest)
{
	static const char key[] = ", dkim_new=";
	struct slice pid, selector, domain;
	ptrdiff_t at;

	if (!scan_text(&rest, "(") || !scan_until(&rest, ')', &pid) ||
	    !scan_text(&rest, " Passed ") || !cut_duration(&rest))
		return;
	at = scan_find_last(rest, key);
	if (at == SCAN_NONE)
		return;
	rest = slice_from(rest, (size_t)at + sizeof(key) - 1);
	if (memchr(rest.at, ' ', rest.len))
		return;
	while (scan_until(&rest, ':', &selector)) {
		if (!scan_until(&rest, ',', &domain)) {
			domain = rest;
			rest.len = 0;
		}
		tell(hearer, what, domain, selector);
	}
}

/* --- Rspamd --- */

/* A stranger's words without anything that has a meaning in the line. */
static bool is_harmless(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~' || strchr("<>(){}[]\",;", text.at[i]))
			return false;
	return true;
}

/* "<VALUE>, " or "VALUE, " */
static bool read_field(struct slice *rest, struct slice *value)
{
	const bool is_quoted = scan_text(rest, "<");

	return scan_until(rest, is_quoted ? '>' : ',', value) && is_harmless(*value) &&
	       scan_text(rest, is_quoted ? ", " : " ");
}

/* "id: <ID>, qid: <QID>, ip: IP, user: U, from: <A>, ", of which most may be absent; the domain of
 * the sender. */
static bool read_fields(struct slice *rest, struct slice *sender)
{
	static const char *const key[] = {"id: ", "qid: ", "ip: ", "user: ", "from: "};
	struct slice value;

	*sender = slice_of("", 0);
	for (size_t i = 0; i < COUNT_OF(key); i++) {
		if (!scan_text(rest, key[i]))
			continue;
		if (!read_field(rest, &value))
			return false;
		if (i == COUNT_OF(key) - 1)
			*sender = scan_domain(value);
	}
	return true;
}

static const char verdict_mark[] = "(default: ";

static bool has_one_verdict(struct slice rest)
{
	const ptrdiff_t at = scan_find(rest, verdict_mark);

	return at != SCAN_NONE && at == scan_find_last(rest, verdict_mark);
}

/* "(default: F (no action): [N/N] [" */
static bool skip_action(struct slice *rest)
{
	struct slice part;

	return scan_text(rest, verdict_mark) && scan_until(rest, ' ', &part) &&
	       scan_text(rest, "(") && scan_until(rest, ')', &part) && scan_text(rest, ": [") &&
	       scan_until(rest, ']', &part) && scan_text(rest, " [");
}

/* "NAME(N)" and "{OPTIONS}" */
static bool read_symbol(struct slice *rest, struct slice *name, struct slice *options)
{
	struct slice score;

	*options = slice_of("", 0);
	if (!scan_until(rest, '(', name) || !is_harmless(*name) || !scan_until(rest, ')', &score) ||
	    !scan_is_all(score, "0123456789.-"))
		return false;
	if (!scan_text(rest, "{"))
		return true;
	if (!scan_until(rest, '}', options))
		return false;
	for (size_t i = 0; i < options->len; i++)
		if (!options->at[i] || strchr("<>(){}[]", options->at[i]))
			return false;
	return true;
}

/* Whether mail of `sender` may be signed for `domain`: it, or a name below it. */
static bool is_aligned(struct slice sender, struct slice domain)
{
	struct slice tail;

	if (!domain.len || sender.len < domain.len)
		return false;
	tail = slice_from(sender, sender.len - domain.len);
	return strncasecmp(tail.at, domain.at, domain.len) == 0 &&
	       (sender.len == domain.len || tail.at[-1] == '.');
}

/* The options of DKIM_SIGNED, of a list that can be read to its end. */
static bool find_signed(struct slice rest, struct slice *found)
{
	struct slice name, options;
	size_t count = 0;

	for (int i = 0; i < SYMBOLS_MAX && read_symbol(&rest, &name, &options); i++) {
		if (slice_is(name, "DKIM_SIGNED")) {
			*found = options;
			count++;
		}
		if (scan_text(&rest, "]), len: "))
			return count == 1;
		if (!scan_text(&rest, ","))
			return false;
	}
	return false;
}

static void read_rspamd(const struct signing_hearer *hearer, const struct signing *what,
			struct slice rest)
{
	struct slice tag, sender, options, domain;

	if (rest.len > WHOLE_MAX_BYTES || !has_one_verdict(rest) || !scan_text(&rest, "<") ||
	    !scan_until(&rest, '>', &tag) || !scan_text(&rest, "; task; rspamd_task_write_log: ") ||
	    !read_fields(&rest, &sender) || !skip_action(&rest) || !find_signed(rest, &options) ||
	    !scan_until(&options, ':', &domain) || !scan_text(&options, "s=") || !options.len ||
	    options.at[options.len - 1] != ';' || !is_aligned(sender, domain))
		return;
	options.len--;
	tell(hearer, what, domain, options);
}

void signing_line(const struct signing_hearer *hearer, const struct log_line *line)
{
	static const struct {
		const char *tag;
		enum selector_source source;
		void (*read)(const struct signing_hearer *hearer, const struct signing *what,
			     struct slice rest);
	} row[] = {
	    {"opendkim", SELECTOR_OPENDKIM, read_opendkim},
	    {"amavis", SELECTOR_AMAVIS, read_amavis},
	    {"rspamd", SELECTOR_RSPAMD, read_rspamd},
	    {"dkimpy-milter", SELECTOR_DKIMPY, read_dkimpy},
	};

	for (size_t i = 0; hearer->hear && i < COUNT_OF(row); i++)
		if (slice_is(line->tag, row[i].tag))
			row[i].read(hearer,
				    &(struct signing){.at = line->at, .source = row[i].source},
				    line->text);
}

/* --- Sendmail --- */

/* Blanks, and the ends of lines that Sendmail writes as "\n" and "\t". */
static struct slice trim(struct slice text)
{
	while (scan_text(&text, " ") || scan_text(&text, "\t") || scan_text(&text, "\\n") ||
	       scan_text(&text, "\\t"))
		;
	while (text.len && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t'))
		text.len--;
	return text;
}

/* RFC 6376 section 3.5: each tag once, and none that is cut. */
void signing_header(const struct signing_hearer *hearer, int64_t at, struct slice value)
{
	const struct signing what = {.at = at, .source = SELECTOR_MILTER};
	struct slice domain = {"", 0}, selector = {"", 0};
	struct slice tag;

	if (!hearer->hear)
		return;
	for (int i = 0; i < TAGS_MAX && scan_until(&value, ';', &tag); i++) {
		struct slice *to = NULL;

		tag = trim(tag);
		if (scan_text(&tag, "d="))
			to = &domain;
		else if (scan_text(&tag, "s="))
			to = &selector;
		if (to && to->len)
			return;
		if (to)
			*to = trim(tag);
	}
	tell(hearer, &what, domain, selector);
}

/* --- Exim --- */

/* A name that nobody has a key at does not verify. */
void signing_verified(const struct signing_hearer *hearer, int64_t at, struct slice rest)
{
	static const char end[] = " [verification succeeded]";
	const size_t end_len = sizeof(end) - 1;
	const struct signing what = {.at = at, .source = SELECTOR_EXIM};
	struct slice domain, selector;

	if (!hearer->hear || rest.len < end_len ||
	    !slice_is(slice_from(rest, rest.len - end_len), end) || !scan_text(&rest, "d=") ||
	    !scan_until(&rest, ' ', &domain) || !scan_text(&rest, "s=") ||
	    !scan_until(&rest, ' ', &selector))
		return;
	tell(hearer, &what, domain, selector);
}
