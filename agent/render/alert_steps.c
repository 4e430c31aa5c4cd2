/* What to do, in the order that works: whoever asks for removal while the mail still flows is
 * listed again, and waits longer the next time. */
#include "render/alert_parts.h"

#include "base/mem.h"
#include "render/links.h"

#include <string.h>

enum { WAYS_MAX = 3, FIXES_MAX = 5, PAGE_MAX_BYTES = 400 };

struct steps {
	struct telling *telling;
	const struct incident *incident;
	size_t count;
};

static void number(struct steps *steps)
{
	str_addf(steps->telling->out, "%zu. ", ++steps->count);
}

/* What is told of a pass that never was is over when it is told. */
static bool is_to_be_done(const struct incident_item *item)
{
	return alert_item_is_open(item) || alert_item_is(item, "pass");
}

static bool has_open(const struct incident *incident, const char *check, const char *to)
{
	for (size_t i = 0; i < incident->items; i++) {
		const struct incident_item *const item = &incident->item[i];

		if (is_to_be_done(item) && alert_item_is(item, check) &&
		    (!*to || strcmp(item->to, to) == 0))
			return true;
	}
	return false;
}

static bool has_listing(const struct incident *incident)
{
	for (size_t i = 0; i < incident->items; i++)
		if (alert_item_is_open(&incident->item[i]) &&
		    alert_item_is_listing(&incident->item[i]))
			return true;
	return false;
}

/* --- who sent it --- */

bool alert_has_sender(const struct incident *incident)
{
	return has_listing(incident) || has_open(incident, "receiver", "") ||
	       (has_open(incident, "volume", "") && !has_open(incident, "volume", "low"));
}

static void stop_suspects(struct steps *steps, const struct traffic *traffic)
{
	struct telling *const telling = steps->telling;

	number(steps);
	alert_say(telling,
		  "Stop %s: lock it or change its password, and find out how it was used.\n",
		  alert_name(telling, traffic->suspect->account));
	number(steps);
	alert_say(telling, "Look into the queue: hold or delete what it has left there.\n");
}

/* The sender of the incident is its culprit. */
static void stop_sender(struct steps *steps)
{
	struct telling *const telling = steps->telling;

	number(steps);
	alert_say(telling, "Ask who uses %s whether this mailing is meant; if not, stop it.\n",
		  alert_subject(telling, steps->incident->subject));
	number(steps);
	alert_say(telling, "Look into the queue: hold or delete what it has left there.\n");
}

static void find_sender(struct steps *steps)
{
	struct telling *const telling = steps->telling;

	number(steps);
	if (steps->incident->kind == INCIDENT_LIST || steps->incident->kind == INCIDENT_RECEIVER)
		alert_say(telling, "Find out what they share: one customer, one script, one "
				   "network. Whole networks are listed, too.\n");
	else if (!telling->alert->traffic)
		alert_say(telling, "Find out who sent it: no mail log of this address is read.\n");
	else
		alert_say(telling, "Find out who sent it: no account stands out in the mail log. "
				   "Look for web scripts, forwarding, and mail that was sent "
				   "before the log begins.\n");
}

static void about_sender(struct steps *steps)
{
	const struct traffic *const traffic = steps->telling->alert->traffic;

	if (!alert_has_sender(steps->incident))
		return;
	if (traffic && traffic->suspects)
		stop_suspects(steps, traffic);
	else if (steps->incident->kind == INCIDENT_SENDER)
		stop_sender(steps);
	else
		find_sender(steps);
}

static void about_silence(struct steps *steps)
{
	if (!has_open(steps->incident, "volume", "low"))
		return;
	number(steps);
	alert_say(steps->telling, "Look whether mail still flows: is the mail server running, does "
				  "its queue grow, is its log still written?\n");
}

/* --- records to publish --- */

static void about_fixes(struct steps *steps)
{
	struct telling *const telling = steps->telling;
	size_t told = 0;

	for (size_t i = 0; i < steps->incident->items && told < FIXES_MAX; i++) {
		const struct incident_item *const item = &steps->incident->item[i];

		if (!alert_item_is_open(item) || !item->fix || !*item->fix)
			continue;
		told++;
		number(steps);
		alert_say(telling, "Publish this record: %s\n",
			  alert_shown(telling, item->fix, ALERT_WORDS_MAX_BYTES));
	}
	if (told ||
	    (!has_open(steps->incident, "ptr", "") && !has_open(steps->incident, "helo", "")))
		return;
	if (alert_is_identity(steps->incident)) {
		number(steps);
		alert_say(telling,
			  "So many at once have one cause: look at the zone of their names, "
			  "its name servers and its last change.\n");
	}
	number(steps);
	alert_say(telling, "Give the address one reverse name (PTR) that leads back to it, and let "
			   "the mail server say the same name after HELO.\n");
}

/* --- asking for the end of a listing --- */

static const char *page_of(struct telling *telling, const struct removal_way *way,
			   const struct incident_item *item)
{
	struct str url = {0};
	const char *shown;

	if (way && way->url && *way->url)
		links_fill(&url, way->url, item->address);
	else if (!(way && way->mail && *way->mail))
		links_lookup(&url, item->list, item->address);
	if (!url.len && way && way->mail)
		str_add(&url, way->mail);
	shown = alert_shown(telling, str_text(&url), PAGE_MAX_BYTES);
	str_release(&url);
	return shown;
}

static const char *expiry_of(struct telling *telling, const struct removal_way *way)
{
	return alert_span(telling, way->expires_ms / 1000);
}

/* `where` is a page or a mail address, "" when neither is known. */
static void ask(struct steps *steps, const struct removal_way *way, const char *who,
		const char *where)
{
	struct telling *const telling = steps->telling;

	switch (way ? way->by : REMOVAL_BY_UNKNOWN) {
	case REMOVAL_BY_SELF:
		alert_say(telling, "Then take it off %s yourself: %s\n", who, where);
		return;
	case REMOVAL_BY_ACCOUNT:
		alert_say(telling, "Then take it off %s yourself, with an account there: %s\n", who,
			  where);
		return;
	case REMOVAL_BY_OWNER:
		alert_say(telling, "Then let the owner of the network ask %s: %s\n", who, where);
		return;
	case REMOVAL_BY_EXPIRY:
		if (way->expires_ms)
			alert_say(telling,
				  "%s ends it by itself %s after the last hit; nobody can be "
				  "asked.\n",
				  who, expiry_of(telling, way));
		else
			alert_say(telling,
				  "%s ends it by itself once the cause is gone; nobody can be "
				  "asked.\n",
				  who);
		return;
	case REMOVAL_BY_PAYING:
		alert_say(telling, "%s wants money, which is not advised: wait.\n", who);
		return;
	case REMOVAL_BY_FORM:
	case REMOVAL_BY_MAIL:
		alert_say(telling, "Then ask %s for removal: %s\n", who, where);
		return;
	case REMOVAL_BY_UNKNOWN:
	case REMOVAL_BY_COUNT:
		break;
	}
	if (*where)
		alert_say(telling, "Then see what %s asks for: %s\n", who, where);
	else
		alert_say(telling, "Then see what %s says about it, below.\n", who);
}

static size_t count_alike(const struct incident *incident, const struct incident_item *of)
{
	size_t count = 0;

	for (size_t i = 0; i < incident->items; i++)
		count += &incident->item[i] != of && alert_item_is_open(&incident->item[i]) &&
			 alert_item_is(&incident->item[i], of->check) &&
			 strcmp(incident->item[i].subject, of->subject) == 0;
	return count;
}

/* Nobody lifts a limit of the rate on request. */
static bool is_limited(const struct traffic *traffic, const struct incident_item *item)
{
	for (size_t i = 0; traffic && alert_item_is(item, "receiver") && i < traffic->receivers;
	     i++)
		if (traffic->receiver[i].cause == REPLY_RATE_LIMIT &&
		    strcmp(traffic->receiver[i].receiver, item->subject) == 0)
			return true;
	return false;
}

static void ask_about(struct steps *steps, const struct incident_item *item)
{
	const size_t others = count_alike(steps->incident, item);
	struct telling *const telling = steps->telling;
	const struct removal_way *const way = item->list ? &item->list->way : item->way;

	number(steps);
	if (is_limited(telling->alert->traffic, item)) {
		alert_say(telling,
			  "%s limits how much it takes; that ends by itself once less is sent.\n",
			  alert_name(telling, item->subject));
		return;
	}
	ask(steps, way, alert_name(telling, item->subject), page_of(telling, way, item));
	if (way && way->needs_ptr)
		alert_say(telling,
			  "   It refuses requests while the reverse name (PTR) is missing or "
			  "looks generated.\n");
	if (others)
		alert_say(telling, "   The same for the other %s.\n",
			  alert_number(telling, others));
}

static bool was_asked_before(const struct incident *incident, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (alert_item_is_open(&incident->item[i]) &&
		    strcmp(incident->item[i].subject, incident->item[at].subject) == 0 &&
		    strcmp(incident->item[i].check, incident->item[at].check) == 0)
			return true;
	return false;
}

/* Whether somebody there reads what is sent to them. */
static bool takes_requests(const struct steps *steps, const struct incident_item *item)
{
	const struct removal_way *const way = item->list ? &item->list->way : item->way;
	const enum removal_by by = way ? way->by : REMOVAL_BY_UNKNOWN;

	return by != REMOVAL_BY_EXPIRY && by != REMOVAL_BY_PAYING &&
	       !is_limited(steps->telling->alert->traffic, item);
}

static void about_removal(struct steps *steps)
{
	const struct incident *const incident = steps->incident;
	bool has_text = false;
	size_t told = 0;

	for (size_t i = 0; i < incident->items && told < WAYS_MAX; i++) {
		const struct incident_item *const item = &incident->item[i];

		if (!alert_item_is_open(item) || was_asked_before(incident, i) ||
		    !(alert_item_is_listing(item) || alert_item_is(item, "receiver")))
			continue;
		ask_about(steps, item);
		told++;
		if (has_text || !item->address[0] || !takes_requests(steps, item))
			continue;
		has_text = true;
		alert_say(steps->telling, "   The text to send: repwatch delist list %s\n",
			  alert_name(steps->telling, item->address));
	}
}

/* --- ourselves --- */

static void about_agent(struct steps *steps)
{
	static const struct {
		const char *check, *to, *english;
	} row[] = {
	    {"pass", "late",
	     TR_LATER("Look whether cron or the timer runs repwatch. Nothing was watched "
		      "meanwhile.")},
	    {"pass", "cut",
	     TR_LATER("Give the pass more time, or ask less: resolver.deadline, lists.disable.")},
	    {"pass", "disk",
	     TR_LATER("Make room on the disk of state_dir before it is full: what cannot be "
		      "recorded is neither watched nor told.")},
	    {"pass", "record",
	     TR_LATER("Mend what the finding names, then start a pass: repwatch run.")},
	    {"resolver", "",
	     TR_LATER("Look whether the resolver works: repwatch lists --verify shows what comes "
		      "back. Until then nothing is called listed or clear.")},
	    {"sight", "",
	     TR_LATER("Look whether the resolver works: repwatch lists --verify shows what comes "
		      "back. Until then nothing is called listed or clear.")},
	    {"dnsbl", "sick",
	     TR_LATER("Nothing to do at once: what the list says is not believed until it is in "
		      "order again. If that lasts, name it in lists.disable.")},
	    {"dnsbl", "refused",
	     TR_LATER("Ask it through a resolver of your own, not a public one, or get a key; "
		      "repwatch lists shows its terms.")},
	    {"dnsbl", "unreachable",
	     TR_LATER("Nothing to do at once: addresses are neither called listed nor clear by it. "
		      "If that lasts, name it in lists.disable.")},
	    {"dnsbl", "mass-change",
	     TR_LATER("Nothing to do at once: the next pass asks again before anything is "
		      "believed.")},
	};

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		if ((steps->incident->kind != INCIDENT_AGENT &&
		     strcmp(row[i].check, "sight") != 0) ||
		    !has_open(steps->incident, row[i].check, row[i].to))
			continue;
		number(steps);
		str_addf(steps->telling->out, "%s\n",
			 tr(steps->telling->style->language, row[i].english));
	}
}

void alert_steps(struct telling *telling, const struct incident *incident)
{
	struct steps steps = {.telling = telling, .incident = incident};
	const size_t before = telling->out->len;
	size_t head;

	if (telling->alert->kind == ALERT_ENDED)
		return;
	alert_say(telling, "What to do\n");
	head = telling->out->len;
	about_sender(&steps);
	about_silence(&steps);
	about_fixes(&steps);
	about_removal(&steps);
	about_agent(&steps);
	if (telling->out->len == head) {
		telling->out->len = before;
		telling->out->text[before] = '\0';
		return;
	}
	str_add_char(telling->out, '\n');
}
