/* Keeping the ledger of removal requests: what an operator says goes into rows. */
#include "run/removal.h"

#include "run/targets.h"
#include "store/removals.h"

#include <string.h>
#include <strings.h>

bool removal_is_zone(const char *subject, const char *word)
{
	const char *const rest = *subject == '<' ? strchr(subject, '.') : NULL;

	return strcasecmp(subject, word) == 0 || (rest && strcasecmp(rest + 1, word) == 0);
}

static const struct receiver_rule *find_receiver(const struct receivers *receivers,
						 const char *word)
{
	/* Whom no rule names; their blocks are counted together. */
	static const struct receiver_rule other = {.name = "other"};

	for (size_t i = 0; i < receivers->count; i++)
		if (strcasecmp(receivers->receiver[i].name, word) == 0)
			return &receivers->receiver[i];
	return strcasecmp(other.name, word) == 0 ? &other : NULL;
}

bool removal_subject(const struct conf *conf, const struct receivers *receivers, const char *word,
		     struct removal_key *out)
{
	const struct receiver_rule *const receiver = find_receiver(receivers, word);

	for (size_t i = 0; i < conf->catalogue.lists; i++)
		if (removal_is_zone(conf->catalogue.list[i].zone, word)) {
			out->check = "dnsbl";
			out->subject = conf->catalogue.list[i].zone;
			return true;
		}
	if (!receiver)
		return false;
	out->check = "receiver";
	out->subject = receiver->name;
	return true;
}

bool removal_find(const struct conf *conf, const struct receivers *receivers, const char *address,
		  const char *word, struct arena *arena, struct removal_key *out, struct err *err)
{
	const struct targets targets = targets_of(conf, arena);
	char text[IP_TEXT_BYTES];
	struct ip ip;

	if (!ip_parse_unmapped(address, &ip))
		return err_set(err, "'%s' is no address", address);
	*out = (struct removal_key){.address = NULL};
	ip_text(&ip, text);
	for (size_t i = 0; i < targets.count && !out->address; i++)
		if (strcmp(targets.target[i].text, text) == 0)
			out->address = targets.target[i].text;
	if (!out->address)
		return err_set(err, "'%s' is no configured address", text);
	return removal_subject(conf, receivers, word, out) ||
	       err_set(err, "'%s' is neither the zone of a list in the catalogue nor a receiver",
		       word);
}

static bool is_about(const struct removal *row, const struct removal_key *key)
{
	return strcmp(row->address, key->address) == 0 && strcmp(row->check, key->check) == 0 &&
	       strcmp(row->subject, key->subject) == 0;
}

/* The newest request; id 0: there is none. */
static bool find_newest(struct store *store, const struct removal_key *key, struct arena *arena,
			struct removal *out, struct err *err)
{
	struct removal *row;
	size_t rows;

	*out = (struct removal){
	    .address = key->address,
	    .check = key->check,
	    .subject = key->subject,
	    .was = FINDING_CLEAR,
	    .ticket = "",
	    .note = "",
	    .answer = "",
	};
	if (!removals_load(store, arena, &row, &rows, err))
		return false;
	for (size_t i = 0; i < rows; i++)
		if (is_about(&row[i], key))
			*out = row[i];
	return true;
}

static bool must_exist(const struct removal *row, struct err *err)
{
	return row->id || err_set(err,
				  "no request for '%s' and '%s' is recorded; 'repwatch delist "
				  "asked' does that",
				  row->address, row->subject);
}

/* What is believed of it now. */
static bool learn_listing(struct store *store, struct arena *arena, struct removal *row,
			  struct err *err)
{
	struct stored_address *address;
	size_t count;

	if (!store_addresses(store, row->address, arena, &address, &count, err))
		return false;
	for (size_t i = 0; count && i < address->standings; i++) {
		const struct standing *const standing = &address->standing[i];

		if (strcmp(standing->check, row->check) != 0 ||
		    strcmp(standing->subject, row->subject) != 0 ||
		    (standing->belief != FINDING_LISTED && standing->belief != FINDING_NOTED))
			continue;
		row->was = standing->belief;
		row->listed_since = standing->since;
	}
	return true;
}

static bool begin(struct store *store, const struct removal_note *note, struct arena *arena,
		  struct removal *row, struct err *err)
{
	return store_begin(store, err) && find_newest(store, &note->key, arena, row, err);
}

bool removal_asked(struct store *store, const struct removal_note *note, struct arena *arena,
		   struct removal *out, struct err *err)
{
	struct removal newest;

	if (!begin(store, note, arena, &newest, err))
		return false;
	*out = newest;
	if (!newest.id || newest.cleared_at)
		*out = (struct removal){.address = note->key.address,
					.check = note->key.check,
					.subject = note->key.subject,
					.was = FINDING_CLEAR,
					.asked_at = note->at,
					.ticket = "",
					.note = "",
					.answer = ""};
	out->last_asked_at = note->at;
	out->times++;
	if (note->ticket)
		out->ticket = note->ticket;
	if (note->note)
		out->note = note->note;
	if (out->was == FINDING_CLEAR && !learn_listing(store, arena, out, err))
		return false;
	return removals_save(store, out, err) && store_commit(store, err);
}

bool removal_answered(struct store *store, const struct removal_note *note, struct arena *arena,
		      struct removal *out, struct err *err)
{
	if (!begin(store, note, arena, out, err) || !must_exist(out, err))
		return false;
	out->answered_at = note->at;
	if (note->ticket)
		out->ticket = note->ticket;
	if (note->note)
		out->answer = note->note;
	return removals_save(store, out, err) && store_commit(store, err);
}

bool removal_dropped(struct store *store, const struct removal_note *note, struct arena *arena,
		     struct removal *out, struct err *err)
{
	return begin(store, note, arena, out, err) && must_exist(out, err) &&
	       removals_drop(store, out->id, err) && store_commit(store, err);
}
