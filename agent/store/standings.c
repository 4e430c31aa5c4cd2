#include "store/standings.h"

#include "store/bytes.h"
#include "store/query.h"
#include "store/rows.h"

#include "base/hash.h"
#include "base/mem.h"

#include <string.h>

#define COLUMNS                                                                                    \
	"address_id, check_name, subject, belief, severity, since, last_good, hint, streak, held," \
	" blind_cause, blind_since, codes, means, text, fix"

enum { CODE_BYTES = 4 };

/* Of all that is kept, never 0: most beliefs stay as they are, and what did not change is not
 * written again. */
static uint64_t digest(const struct standing *standing)
{
	const char *const text[] = {standing->check, standing->subject, standing->means,
				    standing->text, standing->fix};
	const uint64_t number[] = {
	    (uint64_t)standing->belief,
	    (uint64_t)standing->severity,
	    (uint64_t)standing->since,
	    (uint64_t)standing->last_good,
	    (uint64_t)standing->hint,
	    standing->streak,
	    standing->held,
	    (uint64_t)standing->blind_cause,
	    (uint64_t)standing->blind_since,
	    standing->codes,
	};
	uint64_t sum = hash_bytes(standing->code, standing->codes * sizeof(*standing->code));

	for (size_t i = 0; i < COUNT_OF(number); i++)
		sum = hash_step(sum, number[i]);
	for (size_t i = 0; i < COUNT_OF(text); i++)
		sum = hash_seeded(sum, text[i], text[i] ? strlen(text[i]) : 0);
	return sum | 1;
}

static void read_codes(struct query *query, struct standing *standing)
{
	size_t len;
	const uint8_t *bytes = query_blob(query, &len);

	if (len / CODE_BYTES > OBSERVATION_CODES_MAX)
		len = OBSERVATION_CODES_MAX * CODE_BYTES;
	standing->codes = len / CODE_BYTES;
	for (size_t i = 0; i < standing->codes; i++)
		standing->code[i] = bytes_get_u32(bytes + i * CODE_BYTES);
}

static void read_standing(struct query *query, struct arena *arena, struct standing *standing)
{
	standing->check = query_text(query, arena);
	standing->subject = query_text(query, arena);
	standing->belief = (enum finding)query_word(query, finding_parse);
	standing->severity = (enum severity)query_word(query, severity_parse);
	standing->since = query_int(query);
	standing->last_good = query_int(query);
	standing->hint = (enum finding)query_word(query, finding_parse);
	standing->streak = (uint32_t)query_int(query);
	standing->held = (uint32_t)query_int(query);
	standing->blind_cause = (enum cause)query_word(query, cause_parse);
	standing->blind_since = query_int(query);
	read_codes(query, standing);
	standing->means = query_text(query, arena);
	standing->text = query_text(query, arena);
	standing->fix = query_text(query, arena);
	standing->stored = digest(standing);
}

bool standings_load(struct store *store, int64_t address_id, struct arena *arena,
		    struct standing_set *out, struct err *err)
{
	static const char all[] =
	    "SELECT " COLUMNS " FROM standing ORDER BY address_id, check_name, subject";
	static const char one[] = "SELECT " COLUMNS " FROM standing WHERE address_id = ?1"
				  " ORDER BY address_id, check_name, subject";
	struct rows standings = {.size = sizeof(struct standing)};
	struct rows ids = {.size = sizeof(int64_t)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, address_id ? one : all, err))
		return false;
	if (address_id)
		query_put_int(&query, address_id);
	while ((step = query_next(&query)) == QUERY_ROW) {
		*(int64_t *)rows_add(&ids) = query_int(&query);
		read_standing(&query, arena, rows_add(&standings));
	}
	out->count = standings.count;
	out->standing = rows_keep(&standings, arena);
	out->address_id = rows_keep(&ids, arena);
	return step == QUERY_END;
}

static bool delete_standing(struct store *store, int64_t address_id,
			    const struct standing *standing, struct err *err)
{
	static const char sql[] =
	    "DELETE FROM standing WHERE address_id = ?1 AND check_name = ?2 AND subject = ?3";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	query_put_text(&query, standing->check);
	query_put_text(&query, standing->subject);
	return query_run(&query);
}

bool store_save_standing(struct store *store, int64_t address_id, const struct standing *standing,
			 bool is_plain, struct err *err)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO standing (" COLUMNS
	    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
	uint8_t codes[OBSERVATION_CODES_MAX * CODE_BYTES];
	struct query query;

	if (is_plain)
		return delete_standing(store, address_id, standing, err);
	if (standing->stored == digest(standing))
		return true;
	if (!query_open(&query, store, sql, err))
		return false;
	for (size_t i = 0; i < standing->codes; i++)
		bytes_put_u32(codes + i * CODE_BYTES, standing->code[i]);
	query_put_int(&query, address_id);
	query_put_text(&query, standing->check);
	query_put_text(&query, standing->subject);
	query_put_text(&query, finding_name(standing->belief));
	query_put_text(&query, severity_name(standing->severity));
	query_put_int(&query, standing->since);
	query_put_int(&query, standing->last_good);
	query_put_text(&query, finding_name(standing->hint));
	query_put_int(&query, standing->streak);
	query_put_int(&query, standing->held);
	query_put_text(&query, cause_name(standing->blind_cause));
	query_put_int(&query, standing->blind_since);
	query_put_blob(&query, codes, standing->codes * CODE_BYTES);
	query_put_bytes(&query, standing->means);
	query_put_bytes(&query, standing->text);
	query_put_bytes(&query, standing->fix);
	return query_run(&query);
}
