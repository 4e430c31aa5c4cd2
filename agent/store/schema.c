#include "store/schema.h"

#include "base/mem.h"
#include "store/query.h"

#include <stdio.h>

/* Each text takes the database from the version of its index to the next; PRAGMA user_version
 * counts them. A released text is never changed: a new one is added behind it.
 *
 * Enums are stored as the words of model/names.c, times as UTC seconds. Words, zones and
 * addresses are TEXT; what came from the network is a BLOB, because SQLite takes TEXT for UTF-8.
 *
 * list.health      NULL until the list was probed
 * address.ptr      the names of the PTR records, each ended by a NUL byte
 * address.pair     one record of 8 bytes for each list slot from 0 on: asked_at and good_at, two
 *                  32-bit little-endian numbers. One row an address is then rewritten in a pass,
 *                  not one for each of its lists
 * standing.codes   32-bit little-endian numbers
 * sample           what an address showed from pass_id on until its next row; is_known 0: nothing,
 *                  it is not watched. `pass_id` and not the time, which may have been set back
 * sender           an address mail left from, configured or not; '' where the log does not tell
 * day, last_day    civil day numbers of the operator's days
 * account_day      day first: 100,000 accounts a day are added at one end and dropped at the other
 * account_day.receivers  bit N-1: reached the receiver of id N; bit 62 all further ones
 * log_position     how far the log at a path was read; the hash is that of its first bytes, the
 *                  cursor is for journals, which have neither
 * address.is_domain  a domain that mail is sent for, with the same beliefs and pairs as an address
 * domain.auth      what DNS says of it, as JSON: read whole, never searched
 * domain_account   the accounts that led in a domain's mail whenever it was counted, and how clearly
 * domain_shown     what the last pass made of a domain's mail, for readers: numbers about all, and as
 *                  JSON what is shown of one
 * block            a receiver that refuses an address, or did so lately
 * volume_level     pools and accounts whose volume is not as usual
 * traffic...       what the last pass made of the counts, for readers
 * warmup           an address, watched or not, whose volume is held against a plan
 * removal          a request to end a listing or a block; it outlives both
 * letter           what people are told, kept until the channel took it; key is the idempotency key
 * channel          how a channel of the configuration fares
 * log_file         how much of the file that begins so was counted, by a pass or an import, under
 *                  whatever name; bytes 0: a file older than the first reading of its log
 * address_summary  for those who ask every minute: all they count, without the pairs beside it
 * standing_trouble likewise: beliefs worth a word, which are few among many
 * tail_hash        of the bytes before the place where counting ended, 0: not known
 * incident         one cause, with its items worst first; ended_at 0: open. is_told: people believe it
 *                  to be open
 * mute             what the operator knows; until is its end, also where that was brought forward
 * alerting         one row: when alerts began, and the last summary of a week
 */
static const char *const migrations[] = {
    "PRAGMA application_id = 1919250551;"
    "CREATE TABLE list ("
    " slot INTEGER PRIMARY KEY,"
    " zone TEXT NOT NULL UNIQUE,"
    " health TEXT,"
    " cause TEXT NOT NULL DEFAULT 'none',"
    " text BLOB NOT NULL DEFAULT x'',"
    " health_since INTEGER NOT NULL DEFAULT 0,"
    " last_ok INTEGER NOT NULL DEFAULT 0,"
    " asked_at INTEGER NOT NULL DEFAULT 0,"
    " day INTEGER NOT NULL DEFAULT 0,"
    " asked_today INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE address ("
    " id INTEGER PRIMARY KEY,"
    " seen_at INTEGER NOT NULL DEFAULT 0,"
    " is_watched INTEGER NOT NULL DEFAULT 0,"
    " grade TEXT NOT NULL DEFAULT 'UNKNOWN',"
    " grade_since INTEGER NOT NULL DEFAULT 0,"
    " asked INTEGER NOT NULL DEFAULT 0,"
    " answered INTEGER NOT NULL DEFAULT 0,"
    " is_identity_known INTEGER NOT NULL DEFAULT 0,"
    " is_forward_confirmed INTEGER NOT NULL DEFAULT 0,"
    " is_ptr_generic INTEGER NOT NULL DEFAULT 0,"
    " does_helo_resolve INTEGER NOT NULL DEFAULT 0,"
    " address TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL DEFAULT '',"
    " pool TEXT NOT NULL DEFAULT '',"
    " helo TEXT NOT NULL DEFAULT '',"
    " identity_helo TEXT NOT NULL DEFAULT '',"
    " ptr BLOB NOT NULL DEFAULT x'',"
    " pair BLOB NOT NULL DEFAULT x'');"
    "CREATE INDEX address_unwatched ON address (seen_at) WHERE is_watched = 0;"
    "CREATE TABLE standing ("
    " address_id INTEGER NOT NULL REFERENCES address (id) ON DELETE CASCADE,"
    " check_name TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " belief TEXT NOT NULL,"
    " severity TEXT NOT NULL,"
    " since INTEGER NOT NULL,"
    " last_good INTEGER NOT NULL,"
    " hint TEXT NOT NULL,"
    " streak INTEGER NOT NULL,"
    " held INTEGER NOT NULL,"
    " blind_cause TEXT NOT NULL,"
    " blind_since INTEGER NOT NULL,"
    " codes BLOB NOT NULL,"
    " means BLOB NOT NULL,"
    " text BLOB NOT NULL,"
    " fix BLOB NOT NULL,"
    " PRIMARY KEY (address_id, check_name, subject)) WITHOUT ROWID;"
    "CREATE TABLE event ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " at INTEGER NOT NULL,"
    " address TEXT NOT NULL,"
    " check_name TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " change TEXT NOT NULL,"
    " was TEXT NOT NULL,"
    " becomes TEXT NOT NULL,"
    " severity TEXT NOT NULL,"
    " text BLOB NOT NULL);"
    "CREATE INDEX event_at ON event (at);"
    "CREATE INDEX event_address ON event (address, at);"
    "CREATE TABLE pass ("
    " id INTEGER PRIMARY KEY,"
    " at INTEGER NOT NULL,"
    " seconds REAL,"
    " latency_s REAL,"
    " queries INTEGER NOT NULL,"
    " answered INTEGER NOT NULL,"
    " listed INTEGER NOT NULL,"
    " blind INTEGER NOT NULL,"
    " is_complete INTEGER NOT NULL);"
    "CREATE INDEX pass_at ON pass (at);"
    "CREATE TABLE sample ("
    " address_id INTEGER NOT NULL REFERENCES address (id) ON DELETE CASCADE,"
    " pass_id INTEGER NOT NULL,"
    " is_known INTEGER NOT NULL,"
    " listings REAL,"
    " blind REAL,"
    " coverage REAL,"
    " PRIMARY KEY (address_id, pass_id)) WITHOUT ROWID;",
    "CREATE TABLE sender ("
    " id INTEGER PRIMARY KEY,"
    " address TEXT NOT NULL UNIQUE,"
    " last_day INTEGER NOT NULL);"
    "CREATE INDEX sender_last ON sender (last_day);"
    "CREATE TABLE account ("
    " id INTEGER PRIMARY KEY,"
    " name BLOB NOT NULL UNIQUE,"
    " last_day INTEGER NOT NULL);"
    "CREATE INDEX account_last ON account (last_day);"
    "CREATE TABLE sender_domain ("
    " id INTEGER PRIMARY KEY,"
    " name BLOB NOT NULL UNIQUE,"
    " last_day INTEGER NOT NULL);"
    "CREATE INDEX sender_domain_last ON sender_domain (last_day);"
    "CREATE TABLE receiver ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE volume_hour ("
    " sender_id INTEGER NOT NULL REFERENCES sender (id) ON DELETE CASCADE,"
    " day INTEGER NOT NULL,"
    " hour INTEGER NOT NULL,"
    " sent INTEGER NOT NULL,"
    " deferred INTEGER NOT NULL,"
    " bounced INTEGER NOT NULL,"
    " expired INTEGER NOT NULL,"
    " PRIMARY KEY (sender_id, day, hour)) WITHOUT ROWID;"
    "CREATE TABLE volume_day ("
    " sender_id INTEGER NOT NULL REFERENCES sender (id) ON DELETE CASCADE,"
    " day INTEGER NOT NULL,"
    " sent INTEGER NOT NULL,"
    " deferred INTEGER NOT NULL,"
    " bounced INTEGER NOT NULL,"
    " expired INTEGER NOT NULL,"
    " PRIMARY KEY (sender_id, day)) WITHOUT ROWID;"
    "CREATE TABLE receiver_day ("
    " sender_id INTEGER NOT NULL REFERENCES sender (id) ON DELETE CASCADE,"
    " day INTEGER NOT NULL,"
    " receiver_id INTEGER NOT NULL,"
    " sent INTEGER NOT NULL,"
    " deferred INTEGER NOT NULL,"
    " bounced INTEGER NOT NULL,"
    " expired INTEGER NOT NULL,"
    " last_sent_at INTEGER NOT NULL,"
    " PRIMARY KEY (sender_id, day, receiver_id)) WITHOUT ROWID;"
    "CREATE TABLE reply_day ("
    " sender_id INTEGER NOT NULL REFERENCES sender (id) ON DELETE CASCADE,"
    " day INTEGER NOT NULL,"
    " receiver_id INTEGER NOT NULL,"
    " cause TEXT NOT NULL,"
    " scope TEXT NOT NULL,"
    " deferred INTEGER NOT NULL,"
    " bounced INTEGER NOT NULL,"
    " expired INTEGER NOT NULL,"
    " unmatched INTEGER NOT NULL,"
    " first_at INTEGER NOT NULL,"
    " last_at INTEGER NOT NULL,"
    " words BLOB NOT NULL,"
    " PRIMARY KEY (sender_id, day, receiver_id, cause, scope)) WITHOUT ROWID;"
    "CREATE TABLE account_day ("
    " day INTEGER NOT NULL,"
    " sender_id INTEGER NOT NULL,"
    " account_id INTEGER NOT NULL,"
    " sent INTEGER NOT NULL,"
    " deferred INTEGER NOT NULL,"
    " bounced INTEGER NOT NULL,"
    " expired INTEGER NOT NULL,"
    " unknown_user INTEGER NOT NULL,"
    " blocked INTEGER NOT NULL,"
    " receivers INTEGER NOT NULL,"
    " PRIMARY KEY (day, sender_id, account_id)) WITHOUT ROWID;"
    "CREATE TABLE domain_day ("
    " day INTEGER NOT NULL,"
    " sender_id INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " sent INTEGER NOT NULL,"
    " deferred INTEGER NOT NULL,"
    " bounced INTEGER NOT NULL,"
    " expired INTEGER NOT NULL,"
    " to_gmail INTEGER NOT NULL,"
    " to_microsoft INTEGER NOT NULL,"
    " PRIMARY KEY (day, sender_id, domain_id)) WITHOUT ROWID;"
    "CREATE TABLE log_position ("
    " path TEXT PRIMARY KEY,"
    " device INTEGER NOT NULL,"
    " inode INTEGER NOT NULL,"
    " offset INTEGER NOT NULL,"
    " head_hash INTEGER NOT NULL,"
    " head_bytes INTEGER NOT NULL,"
    " read_at INTEGER NOT NULL,"
    " format TEXT NOT NULL,"
    " open_ids BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE log_file ("
    " head_bytes INTEGER NOT NULL,"
    " head_hash INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL,"
    " counted_at INTEGER NOT NULL,"
    " path TEXT NOT NULL,"
    " PRIMARY KEY (head_bytes, head_hash)) WITHOUT ROWID;",
    "CREATE TABLE block ("
    " address_id INTEGER NOT NULL REFERENCES address (id) ON DELETE CASCADE,"
    " receiver TEXT NOT NULL,"
    " is_blocked INTEGER NOT NULL,"
    " since INTEGER NOT NULL,"
    " last_at INTEGER NOT NULL,"
    " messages INTEGER NOT NULL,"
    " cause TEXT NOT NULL,"
    " scope TEXT NOT NULL,"
    " good_streak INTEGER NOT NULL,"
    " words BLOB NOT NULL,"
    " PRIMARY KEY (address_id, receiver)) WITHOUT ROWID;"
    "CREATE TABLE warmup ("
    " address TEXT PRIMARY KEY,"
    " start INTEGER NOT NULL,"
    " target INTEGER NOT NULL,"
    " growth REAL NOT NULL,"
    " first INTEGER NOT NULL,"
    " curve TEXT NOT NULL) WITHOUT ROWID;",
    "CREATE TABLE traffic ("
    " address_id INTEGER PRIMARY KEY REFERENCES address (id) ON DELETE CASCADE,"
    " level TEXT NOT NULL,"
    " yesterday INTEGER NOT NULL,"
    " today INTEGER NOT NULL,"
    " projected INTEGER NOT NULL,"
    " month_mean REAL,"
    " ratio REAL,"
    " usual REAL,"
    " surprise REAL,"
    " is_today INTEGER NOT NULL,"
    " history_days INTEGER NOT NULL,"
    " reason BLOB NOT NULL,"
    " unmatched INTEGER NOT NULL);"
    "CREATE TABLE traffic_receiver ("
    " address_id INTEGER NOT NULL REFERENCES address (id) ON DELETE CASCADE,"
    " receiver TEXT NOT NULL,"
    " sent INTEGER NOT NULL,"
    " deferred INTEGER NOT NULL,"
    " bounced INTEGER NOT NULL,"
    " blocked_since INTEGER NOT NULL,"
    " refused INTEGER NOT NULL,"
    " cause TEXT NOT NULL,"
    " scope TEXT NOT NULL,"
    " words BLOB NOT NULL,"
    " PRIMARY KEY (address_id, receiver)) WITHOUT ROWID;"
    "CREATE TABLE traffic_suspect ("
    " address_id INTEGER NOT NULL REFERENCES address (id) ON DELETE CASCADE,"
    " rank INTEGER NOT NULL,"
    " account BLOB NOT NULL,"
    " sent INTEGER NOT NULL,"
    " usual REAL,"
    " factor REAL,"
    " share REAL,"
    " bounce_share REAL,"
    " unknown_share REAL,"
    " receivers INTEGER NOT NULL,"
    " score REAL,"
    " PRIMARY KEY (address_id, rank)) WITHOUT ROWID;"
    "CREATE TABLE volume_level ("
    " kind TEXT NOT NULL,"
    " name BLOB NOT NULL,"
    " level TEXT NOT NULL,"
    " since INTEGER NOT NULL,"
    " PRIMARY KEY (kind, name)) WITHOUT ROWID;",
    "ALTER TABLE domain_day ADD COLUMN to_yahoo INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE address ADD COLUMN is_domain INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE domain ("
    " address_id INTEGER PRIMARY KEY REFERENCES address (id) ON DELETE CASCADE,"
    " registrable TEXT NOT NULL,"
    " role TEXT NOT NULL,"
    " looked_at INTEGER NOT NULL DEFAULT 0,"
    " auth BLOB NOT NULL DEFAULT x'');",
    "CREATE TABLE removal ("
    " id INTEGER PRIMARY KEY,"
    " address TEXT NOT NULL,"
    " check_name TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " was TEXT NOT NULL,"
    " listed_since INTEGER NOT NULL,"
    " asked_at INTEGER NOT NULL,"
    " last_asked_at INTEGER NOT NULL,"
    " times INTEGER NOT NULL,"
    " ticket BLOB NOT NULL,"
    " note BLOB NOT NULL,"
    " answered_at INTEGER NOT NULL,"
    " answer BLOB NOT NULL,"
    " cleared_at INTEGER NOT NULL,"
    " relisted_at INTEGER NOT NULL);"
    "CREATE INDEX removal_listing ON removal (address, check_name, subject);",
    "ALTER TABLE log_position ADD COLUMN cursor TEXT NOT NULL DEFAULT '';",
    "ALTER TABLE log_position ADD COLUMN tail_hash INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE log_file ADD COLUMN tail_hash INTEGER NOT NULL DEFAULT 0;",
    "CREATE TABLE letter ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " key TEXT NOT NULL UNIQUE,"
    " uid TEXT NOT NULL,"
    " seq INTEGER NOT NULL,"
    " channel TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " severity TEXT NOT NULL,"
    " content_type TEXT NOT NULL,"
    " subject BLOB NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " next_at INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL,"
    " error BLOB NOT NULL,"
    " state TEXT NOT NULL,"
    " ended_at INTEGER NOT NULL,"
    " body BLOB NOT NULL);"
    "CREATE INDEX letter_pending ON letter (channel, uid) WHERE state = 'pending';"
    "CREATE INDEX letter_ended ON letter (ended_at) WHERE state <> 'pending';"
    "CREATE TABLE channel ("
    " name TEXT PRIMARY KEY,"
    " taken_at INTEGER NOT NULL,"
    " failing_since INTEGER NOT NULL,"
    " error BLOB NOT NULL) WITHOUT ROWID;",
    "CREATE TABLE incident ("
    " id INTEGER PRIMARY KEY,"
    " uid TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL,"
    " subject BLOB NOT NULL,"
    " pool TEXT NOT NULL,"
    " severity TEXT NOT NULL,"
    " opened_at INTEGER NOT NULL,"
    " ended_at INTEGER NOT NULL,"
    " told_at INTEGER NOT NULL,"
    " reminders INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " flaps INTEGER NOT NULL,"
    " is_baseline INTEGER NOT NULL,"
    " is_told INTEGER NOT NULL,"
    " told_severity TEXT NOT NULL,"
    " told_items INTEGER NOT NULL);"
    "CREATE INDEX incident_ended ON incident (ended_at);"
    "CREATE INDEX incident_told ON incident (is_told) WHERE is_told;"
    "CREATE TABLE incident_item ("
    " incident_id INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,"
    " place INTEGER NOT NULL,"
    " address TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " pool TEXT NOT NULL,"
    " check_name TEXT NOT NULL,"
    " subject BLOB NOT NULL,"
    " becomes TEXT NOT NULL,"
    " severity TEXT NOT NULL,"
    " since INTEGER NOT NULL,"
    " ended_at INTEGER NOT NULL,"
    " is_muted INTEGER NOT NULL,"
    " text BLOB NOT NULL,"
    " PRIMARY KEY (incident_id, place)) WITHOUT ROWID;"
    "CREATE TABLE mute ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " address TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " begins INTEGER NOT NULL,"
    " until INTEGER NOT NULL,"
    " reason BLOB NOT NULL,"
    " made_at INTEGER NOT NULL);"
    "CREATE TABLE alerting ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " began_at INTEGER NOT NULL,"
    " weekly_at INTEGER NOT NULL);",
    "CREATE INDEX address_summary ON address"
    " (is_watched, is_domain, grade, pool, name, address, asked, answered);"
    "CREATE INDEX standing_trouble ON standing (address_id)"
    " WHERE belief NOT IN ('blind', 'clear', 'noted');",
    "CREATE TABLE domain_shown ("
    " address_id INTEGER PRIMARY KEY REFERENCES address (id) ON DELETE CASCADE,"
    " day INTEGER NOT NULL,"
    " is_unready INTEGER NOT NULL,"
    " is_urgent INTEGER NOT NULL,"
    " is_blind INTEGER NOT NULL,"
    " shown BLOB NOT NULL);",
    "CREATE TABLE domain_account ("
    " day INTEGER NOT NULL,"
    " domain_id INTEGER NOT NULL,"
    " account_id INTEGER NOT NULL,"
    " lead INTEGER NOT NULL,"
    " PRIMARY KEY (day, domain_id, account_id)) WITHOUT ROWID;",
};

/* "repw" in ASCII, as the first migration writes it: tells our files from other people's. */
enum { APPLICATION_ID = 0x72657077, SCHEMA_VERSION = (int)COUNT_OF(migrations) };

static bool number_of(struct store *store, const char *sql, int64_t *number, struct err *err)
{
	struct query query;

	if (!query_open(&query, store, sql, err) || query_next(&query) != QUERY_ROW)
		return false;
	*number = query_int(&query);
	query_close(&query);
	return true;
}

/* The version, 0 for a database without tables; -1 with err for one that is not ours. */
static int64_t find_version(struct store *store, struct err *err)
{
	int64_t version;
	int64_t application;
	int64_t tables;

	if (!number_of(store, "PRAGMA user_version", &version, err) ||
	    !number_of(store, "PRAGMA application_id", &application, err) ||
	    !number_of(store, "SELECT count(*) FROM sqlite_master", &tables, err))
		return -1;
	if (version == 0 && application == 0 && tables == 0)
		return 0;
	if (application != APPLICATION_ID || version < 1) {
		err_set(err, "'%s' is a database of another program: move it away", store->path);
		return -1;
	}
	if (version > SCHEMA_VERSION) {
		err_set(err,
			"'%s' was written by a newer repwatch (schema %lld, this one knows %d): "
			"install that version again",
			store->path, (long long)version, SCHEMA_VERSION);
		return -1;
	}
	return version;
}

static bool take_step(struct store *store, int64_t from, struct err *err)
{
	char mark[64];

	snprintf(mark, sizeof(mark), "PRAGMA user_version = %lld", (long long)from + 1);
	return store_begin(store, err) && query_script(store, migrations[from], err) &&
	       query_script(store, mark, err) && store_commit(store, err);
}

bool schema_is_known(struct store *store, struct err *err)
{
	return find_version(store, err) >= 0;
}

bool schema_migrate(struct store *store, struct err *err)
{
	int64_t version = find_version(store, err);

	while (version >= 0 && version < SCHEMA_VERSION) {
		if (!take_step(store, version, err))
			return false;
		version++;
	}
	return version == SCHEMA_VERSION;
}

bool schema_is_current(struct store *store, struct err *err)
{
	const int64_t version = find_version(store, err);

	if (version == 0)
		return err_set(err, "'%s' is empty: run 'repwatch run' first", store->path);
	if (version > 0 && version < SCHEMA_VERSION)
		return err_set(err,
			       "'%s' was written by an older repwatch: run 'repwatch run' once",
			       store->path);
	return version == SCHEMA_VERSION;
}
