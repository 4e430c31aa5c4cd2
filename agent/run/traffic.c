/* The other half of a pass: what the addresses did, from the mail logs. Read, judged and recorded
 * inside the pass's transaction, so that counts, beliefs and events are kept together. */
#include "run/traffic_parts.h"

#include "base/str.h"
#include "conf/replies.h"
#include "run/ingest.h"
#include "store/volumes.h"

#include <string.h>

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

void traffic_key(char out[TRAFFIC_KEY_BYTES], const char *address, struct slice receiver)
{
	struct str key = {0};

	str_addf(&key, "%s ", address);
	str_add_bytes(&key, receiver.at, receiver.len);
	memset(out, 0, TRAFFIC_KEY_BYTES);
	memcpy(out, key.text, key.len < TRAFFIC_KEY_BYTES ? key.len : TRAFFIC_KEY_BYTES - 1);
	str_release(&key);
}

static struct refusals *refusals_of(struct pass *pass, const struct tally *tally,
				    const struct tally_key *key)
{
	const struct ip ip = tally_address(tally, key->address);
	struct map *const map = pass->traffic->refusals;
	char address[IP_TEXT_BYTES];
	char text[TRAFFIC_KEY_BYTES];
	struct refusals *found;

	if (!ip.family)
		return NULL;
	traffic_key(text, ip_text(&ip, address), tally_text(tally, TALLY_RECEIVER, key->who));
	found = map_get(map, text);
	if (!found) {
		found = arena_calloc(pass->arena, 1, sizeof(*found));
		for (size_t i = 0; i < BLOCK_DAYS; i++)
			found->day[i].words = "";
		map_put(map, text, found);
	}
	return found;
}

/* How many days ago; BLOCK_DAYS or more: too long. A clock ahead counts as today. */
static size_t days_ago(const struct pass *pass, const struct tally_key *key)
{
	const int64_t ago = pass->traffic->today - key->day;

	return ago < 0 ? 0 : (size_t)ago;
}

static void add_receiver(struct pass *pass, const struct tally *tally,
			 const struct tally_receiver *row)
{
	const size_t ago = days_ago(pass, &row->key);
	struct refusals *const refusals =
	    ago < BLOCK_DAYS ? refusals_of(pass, tally, &row->key) : NULL;
	struct block_input *input;

	if (!refusals)
		return;
	input = &refusals->day[ago];
	input->sent += row->by_outcome[OUTCOME_SENT];
	if (row->last_sent_at > input->last_sent_at)
		input->last_sent_at = row->last_sent_at;
}

static void add_reply(struct pass *pass, const struct tally *tally, const struct tally_reply *row)
{
	const size_t ago = days_ago(pass, &row->key);
	struct refusals *const refusals =
	    ago < BLOCK_DAYS ? refusals_of(pass, tally, &row->key) : NULL;
	const struct slice receiver = tally_text(tally, TALLY_RECEIVER, row->key.who);
	const struct block_replies replies = {
	    .cause = tally_cause(row),
	    .scope = tally_scope(row),
	    .count = row->by_outcome[OUTCOME_DEFERRED] + row->by_outcome[OUTCOME_BOUNCED] +
		     row->by_outcome[OUTCOME_EXPIRED],
	    .first_at = row->first_at,
	    .last_at = row->last_at,
	    .words = row->words ? row->words : "",
	};
	char name[TRAFFIC_KEY_BYTES] = {0};

	if (!refusals)
		return;
	memcpy(name, receiver.at,
	       receiver.len < TRAFFIC_KEY_BYTES ? receiver.len : TRAFFIC_KEY_BYTES - 1);
	if (block_hear(&refusals->day[ago], name, &replies))
		refusals->day[ago].words = arena_strdup(pass->arena, replies.words);
}

static void counted(void *context, const struct tally *tally)
{
	struct pass *const pass = context;
	size_t count;
	const struct tally_receiver *receiver = tally_receivers(tally, &count);
	const struct tally_reply *reply;

	for (size_t i = 0; i < count; i++)
		add_receiver(pass, tally, &receiver[i]);
	reply = tally_replies(tally, &count);
	for (size_t i = 0; i < count; i++)
		add_reply(pass, tally, &reply[i]);
}

static void note_report(struct pass *pass, const struct ingest_report *report)
{
	for (size_t i = 0; i < report->notices; i++)
		pass_notice(pass, report->notice[i]);
	if (report->unmatched)
		pass_notice(pass,
			    arena_printf(pass->arena,
					 "no rule knows %llu of the receivers' replies; 'repwatch "
					 "classify' shows what they are taken for",
					 (unsigned long long)report->unmatched));
}

/* Compiling them takes longer than a pass in which nothing was sent. Counting goes on without rules;
 * what receivers say then stays unmatched. */
static struct replies *load_rules(void *context)
{
	struct pass *const pass = context;
	struct conf_problems problems = {0};

	pass->traffic->replies = conf_replies(pass->conf, pass->arena, &problems);
	if (!pass->traffic->replies)
		pass_notice(pass, arena_printf(pass->arena, "the reply rules are not used: %.*s",
					       (int)strcspn(str_text(&problems.text), "\n"),
					       str_text(&problems.text)));
	str_release(&problems.text);
	return pass->traffic->replies;
}

static bool read_logs(struct pass *pass, struct err *err)
{
	struct ingest_report report = {0};
	const struct ingest ingest = {
	    .conf = pass->conf,
	    .zone = pass->options->zone,
	    .now = pass->at,
	    .load = load_rules,
	    .store = pass->store,
	    .counted = counted,
	    .context = pass,
	};
	const bool ok = ingest_logs(&ingest, pass->arena, &report, err);

	replies_free(pass->traffic->replies);
	pass->traffic->replies = NULL;
	if (ok)
		note_report(pass, &report);
	return ok;
}

static bool load_senders(struct pass *pass, struct err *err)
{
	const char *const *address;
	size_t count;

	if (!volumes_addresses(pass->store, pass->arena, &address, &count, err))
		return false;
	pass->traffic->senders = map_new();
	for (size_t i = 0; i < count; i++)
		map_put(pass->traffic->senders, address[i], pass->traffic);
	return true;
}

bool traffic_read(struct pass *pass, struct err *err)
{
	struct pass_traffic *traffic;
	const struct zone *const zone = pass->options->zone;
	const size_t targets = pass->targets.addresses;
	int64_t second;

	if (!(pass->options->only & PASS_MAILLOG) || !pass->conf->maillogs)
		return true;
	traffic = arena_calloc(pass->arena, 1, sizeof(*traffic));
	pass->traffic = traffic;
	traffic->refusals = map_new();
	traffic->traffic = arena_calloc(pass->arena, targets, sizeof(*traffic->traffic));
	traffic->kept = arena_calloc(pass->arena, targets, sizeof(*traffic->kept));
	traffic->kepts = arena_calloc(pass->arena, targets, sizeof(*traffic->kepts));
	traffic->today = civil_days(civil_date_at(zone, pass->at));
	second = (pass->at + zone_offset_s(zone, pass->at)) % DAY_S;
	traffic->hour = (unsigned)(second / HOUR_S);
	traffic->minute = (unsigned)(second % HOUR_S / MINUTE_S);
	return read_logs(pass, err) && load_senders(pass, err) &&
	       traffic_load(pass->store, pass->arena, &traffic->before, &traffic->befores, err) &&
	       blocks_load(pass->store, pass->arena, &traffic->block, &traffic->blocks, err) &&
	       warmups_load(pass->store, pass->arena, &traffic->warmup, &traffic->warmups, err);
}

void traffic_release(struct pass *pass)
{
	if (!pass->traffic)
		return;
	map_free(pass->traffic->refusals);
	map_free(pass->traffic->senders);
}
