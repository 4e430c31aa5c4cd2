#include "maillog/tally.h"

#include "base/mem.h"
#include "maillog/counters.h"
#include "maillog/intern.h"

#include <stdlib.h>
#include <string.h>

enum {
	FULL_BYTES = 8 << 20,
	/* RFC 5321 section 4.5.3.1.2 for domains; account names are mailboxes at most. */
	DOMAIN_MAX_BYTES = 255,
	ACCOUNT_MAX_BYTES = 320,
	MX_KNOWN_MAX = 1 << 16,
	MINUTE_S = 60,
	HOUR_S = 3600,
	DAY_S = 86400,
	RECEIVER_BITS = 64
};

enum table { HOURS, ACCOUNTS, DOMAINS, RECEIVERS, REPLIES, TABLE_COUNT };

struct tally {
	const struct zone *zone;
	struct replies *replies;
	struct replies *(*load)(void *context); /* NULL: nothing more to load */
	void *load_context;
	struct counters table[TABLE_COUNT];
	struct intern text[TALLY_KIND_COUNT];
	struct intern address;
	/* Hosts whose receiver is known: rules are long, and the same hosts come again. */
	struct intern mx;
	uint32_t *receiver_of_mx;
	size_t receivers_room;
	/* Where the clock stood in the minute of the last delivery. */
	int64_t minute;
	int32_t day;
	uint32_t hour;
	bool has_minute;
	struct tally_totals totals;
};

/* What the account, rather than the recipient, is refused for. */
static const bool is_blocking[REPLY_CAUSE_COUNT] = {
    [REPLY_BLOCKLIST] = true,
    [REPLY_IP_BLOCK] = true,
    [REPLY_DOMAIN_REPUTATION] = true,
    [REPLY_CONTENT] = true,
};

static const bool is_unknown_user[REPLY_CAUSE_COUNT] = {
    [REPLY_RECIPIENT_UNKNOWN] = true,
    [REPLY_RECIPIENT_DISABLED] = true,
};

struct tally *tally_new(const struct zone *zone, struct replies *replies)
{
	static const size_t row_bytes[TABLE_COUNT] = {
	    sizeof(struct tally_hour), sizeof(struct tally_account), sizeof(struct tally_domain),
	    sizeof(struct tally_receiver), sizeof(struct tally_reply)};
	struct tally *tally = xcalloc(1, sizeof(*tally));

	tally->zone = zone;
	tally->replies = replies;
	for (size_t i = 0; i < TABLE_COUNT; i++)
		tally->table[i].row_bytes = row_bytes[i];
	return tally;
}

void tally_load_later(struct tally *tally, struct replies *(*load)(void *context), void *context)
{
	tally->load = load;
	tally->load_context = context;
}

void tally_load(struct tally *tally)
{
	if (tally->load)
		tally->replies = tally->load(tally->load_context);
	tally->load = NULL;
}

static struct replies *rules_of(struct tally *tally)
{
	tally_load(tally);
	return tally->replies;
}

static void free_words(struct tally *tally)
{
	struct tally_reply *reply = (void *)tally->table[REPLIES].row;

	for (size_t i = 0; i < tally->table[REPLIES].count; i++)
		free(reply[i].words);
}

void tally_free(struct tally *tally)
{
	if (!tally)
		return;
	free_words(tally);
	for (size_t i = 0; i < TABLE_COUNT; i++)
		counters_release(&tally->table[i]);
	for (size_t i = 0; i < TALLY_KIND_COUNT; i++)
		intern_release(&tally->text[i]);
	intern_release(&tally->address);
	intern_release(&tally->mx);
	free(tally->receiver_of_mx);
	free(tally);
}

void tally_clear(struct tally *tally)
{
	free_words(tally);
	for (size_t i = 0; i < TABLE_COUNT; i++)
		counters_clear(&tally->table[i]);
	for (size_t i = 0; i < TALLY_KIND_COUNT; i++)
		intern_clear(&tally->text[i]);
	intern_clear(&tally->address);
	intern_clear(&tally->mx);
}

bool tally_is_full(const struct tally *tally)
{
	size_t bytes = tally->table[REPLIES].count * TALLY_WORDS_BYTES;

	for (size_t i = 0; i < TABLE_COUNT; i++)
		bytes += counters_bytes(&tally->table[i]);
	for (size_t i = 0; i < TALLY_KIND_COUNT; i++)
		bytes += intern_bytes(&tally->text[i]);
	return bytes > FULL_BYTES;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Clocks have been set by whole minutes only since 1972. */
static void set_minute(struct tally *tally, int64_t at)
{
	const int64_t minute = floor_div(at, MINUTE_S);
	int64_t local;

	if (tally->has_minute && tally->minute == minute)
		return;
	local = at + zone_offset_s(tally->zone, at);
	tally->has_minute = true;
	tally->minute = minute;
	tally->day = (int32_t)floor_div(local, DAY_S);
	tally->hour = (uint32_t)((local - floor_div(local, DAY_S) * DAY_S) / HOUR_S);
}

/* Family and bytes; an IPv4 address is four of them. */
static uint32_t address_number(struct tally *tally, const struct ip *ip)
{
	char key[1 + sizeof(ip->byte)] = {(char)ip->family};
	const size_t len = ip->family == 4 ? 4 : ip->family == 6 ? sizeof(ip->byte) : 0;

	memcpy(key + 1, ip->byte, len);
	return intern_number(&tally->address, slice_of(key, len + 1));
}

static struct slice cut(struct slice text, size_t max)
{
	return slice_of(text.at, text.len < max ? text.len : max);
}

static uint32_t domain_number(struct tally *tally, struct slice domain)
{
	char lower[DOMAIN_MAX_BYTES];

	domain = cut(domain, sizeof(lower));
	near_lower(lower, domain.at, domain.len);
	return intern_number(&tally->text[TALLY_DOMAIN], slice_of(lower, domain.len));
}

static uint32_t receiver_number(struct tally *tally, struct slice mx)
{
	uint32_t number;
	const char *name;

	mx = cut(mx, DOMAIN_MAX_BYTES);
	if (tally->mx.count == MX_KNOWN_MAX)
		intern_clear(&tally->mx);
	const size_t before = tally->mx.count;

	number = intern_number(&tally->mx, mx);
	if (number < before)
		return tally->receiver_of_mx[number];
	if (number >= tally->receivers_room) {
		tally->receivers_room = (size_t)number * 2 + 64;
		tally->receiver_of_mx = xrealloc(tally->receiver_of_mx, tally->receivers_room,
						 sizeof(*tally->receiver_of_mx));
	}
	name = mx.len && rules_of(tally) ? replies_receiver(tally->replies, mx) : "other";
	return tally->receiver_of_mx[number] =
		   intern_number(&tally->text[TALLY_RECEIVER], slice_text(name));
}

/* The newest words stay, one buffer a row. */
static void keep_words(struct tally_reply *row, const struct delivery *delivery)
{
	const struct slice words = cut(delivery->reply, TALLY_WORDS_BYTES - 1);

	if (!row->first_at || delivery->at < row->first_at)
		row->first_at = delivery->at;
	if (row->words && delivery->at < row->last_at)
		return;
	row->last_at = delivery->at;
	if (!row->words)
		row->words = xcalloc(TALLY_WORDS_BYTES, 1);
	if (words.len)
		memcpy(row->words, words.at, words.len);
	row->words[words.len] = '\0';
}

static enum reply_cause add_reply(struct tally *tally, const struct delivery *delivery,
				  struct tally_key key)
{
	struct reply_verdict verdict = {REPLY_OTHER, SCOPE_UNKNOWN, NULL};
	struct tally_reply *row;

	if (rules_of(tally)) {
		const struct slice name = intern_text(&tally->text[TALLY_RECEIVER], key.who);
		char receiver[64] = {0};

		memcpy(receiver, name.at, name.len < sizeof(receiver) ? name.len : 0);
		verdict =
		    replies_classify(tally->replies, receiver, delivery->status, delivery->reply);
	}
	key.part = (uint32_t)verdict.cause << 8 | (uint32_t)verdict.scope;
	row = counters_row(&tally->table[REPLIES], key);
	row->by_outcome[delivery->outcome]++;
	row->unmatched += !verdict.rule;
	tally->totals.unmatched += !verdict.rule;
	keep_words(row, delivery);
	return verdict.cause;
}

/* Its number. */
static uint32_t add_account(struct tally *tally, const struct delivery *delivery,
			    struct tally_key key, enum reply_cause cause)
{
	const uint32_t bit = key.who < RECEIVER_BITS ? key.who : RECEIVER_BITS - 1;
	struct tally_account *row;

	key.who =
	    intern_number(&tally->text[TALLY_ACCOUNT], cut(delivery->account, ACCOUNT_MAX_BYTES));
	row = counters_row(&tally->table[ACCOUNTS], key);
	row->by_outcome[delivery->outcome]++;
	row->receivers |= UINT64_C(1) << bit;
	if (delivery->outcome != OUTCOME_SENT) {
		row->unknown_user += is_unknown_user[cause];
		row->blocked += is_blocking[cause];
	}
	return key.who;
}

/* Boyer and Moore's vote: exact for who has more than half, and without a row for each pair, of
 * which a forger could make any number. */
static void vote(struct tally_domain *row, uint32_t account)
{
	if (!row->lead)
		row->account = account;
	if (row->account == account)
		row->lead++;
	else
		row->lead--;
}

static void add_domain(struct tally *tally, const struct delivery *delivery, struct tally_key key,
		       uint32_t account)
{
	const struct slice receiver = intern_text(&tally->text[TALLY_RECEIVER], key.who);
	struct tally_domain *row;

	key.who = domain_number(tally, delivery->sender_domain);
	row = counters_row(&tally->table[DOMAINS], key);
	row->by_outcome[delivery->outcome]++;
	row->to_gmail += slice_is(receiver, "gmail");
	row->to_microsoft += slice_is(receiver, "microsoft");
	row->to_yahoo += slice_is(receiver, "yahoo");
	if (delivery->account.len)
		vote(row, account);
}

void tally_add(void *context, const struct delivery *delivery)
{
	struct tally *const tally = context;
	struct tally_key key = {.address = address_number(tally, &delivery->address)};
	enum reply_cause cause = REPLY_OTHER;
	uint32_t account = 0;
	struct tally_hour *hour;
	struct tally_receiver *receiver;

	set_minute(tally, delivery->at);
	tally->totals.deliveries++;
	tally->totals.unaddressed += !delivery->address.family;
	key.day = tally->day;
	key.part = tally->hour;
	hour = counters_row(&tally->table[HOURS], key);
	hour->by_outcome[delivery->outcome]++;
	key.part = 0;
	key.who = receiver_number(tally, delivery->mx);
	receiver = counters_row(&tally->table[RECEIVERS], key);
	receiver->by_outcome[delivery->outcome]++;
	if (delivery->outcome != OUTCOME_SENT)
		cause = add_reply(tally, delivery, key);
	else if (delivery->at > receiver->last_sent_at)
		receiver->last_sent_at = delivery->at;
	if (delivery->account.len)
		account = add_account(tally, delivery, key, cause);
	if (delivery->sender_domain.len)
		add_domain(tally, delivery, key, account);
}

static void fold_hours(struct tally *sum, const struct tally *tally)
{
	size_t count;
	const struct tally_hour *const hour = tally_hours(tally, &count);

	for (size_t i = 0; i < count; i++) {
		const struct ip ip = tally_address(tally, hour[i].key.address);
		struct tally_key key = hour[i].key;
		struct tally_hour *row;

		key.address = address_number(sum, &ip);
		key.part = 0;
		row = counters_row(&sum->table[HOURS], key);
		for (size_t j = 0; j < OUTCOME_COUNT; j++)
			row->by_outcome[j] += hour[i].by_outcome[j];
	}
}

void tally_fold(struct tally *sum, const struct tally *tally)
{
	size_t count;
	const struct tally_account *const account = tally_accounts(tally, &count);

	fold_hours(sum, tally);
	for (size_t i = 0; i < count; i++) {
		const struct ip ip = tally_address(tally, account[i].key.address);
		const struct slice name = tally_text(tally, TALLY_ACCOUNT, account[i].key.who);
		struct tally_key key = {.address = address_number(sum, &ip)};
		struct tally_account *row;

		key.who = intern_number(&sum->text[TALLY_ACCOUNT], name);
		row = counters_row(&sum->table[ACCOUNTS], key);
		for (size_t j = 0; j < OUTCOME_COUNT; j++)
			row->by_outcome[j] += account[i].by_outcome[j];
		row->unknown_user += account[i].unknown_user;
		row->blocked += account[i].blocked;
	}
}

struct tally_totals tally_totals(const struct tally *tally)
{
	return tally->totals;
}

static const void *rows(const struct tally *tally, enum table table, size_t *count)
{
	*count = tally->table[table].count;
	return tally->table[table].row;
}

const struct tally_hour *tally_hours(const struct tally *tally, size_t *count)
{
	return rows(tally, HOURS, count);
}

const struct tally_account *tally_accounts(const struct tally *tally, size_t *count)
{
	return rows(tally, ACCOUNTS, count);
}

const struct tally_domain *tally_domains(const struct tally *tally, size_t *count)
{
	return rows(tally, DOMAINS, count);
}

const struct tally_receiver *tally_receivers(const struct tally *tally, size_t *count)
{
	return rows(tally, RECEIVERS, count);
}

const struct tally_reply *tally_replies(const struct tally *tally, size_t *count)
{
	return rows(tally, REPLIES, count);
}

size_t tally_texts(const struct tally *tally, enum tally_kind kind)
{
	return tally->text[kind].count;
}

struct slice tally_text(const struct tally *tally, enum tally_kind kind, uint32_t number)
{
	return intern_text(&tally->text[kind], number);
}

size_t tally_addresses(const struct tally *tally)
{
	return tally->address.count;
}

struct ip tally_address(const struct tally *tally, uint32_t number)
{
	const struct slice key = intern_text(&tally->address, number);
	struct ip ip = {.family = (uint8_t)key.at[0]};

	memcpy(ip.byte, key.at + 1, key.len - 1);
	return ip;
}
