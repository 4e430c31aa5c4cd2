#include "store/schema.h"

#include "store/migrations.h"
#include "store/query.h"

#include <stdio.h>

/* "repw" in ASCII, as the first migration writes it: tells our files from other people's. */
enum { APPLICATION_ID = 0x72657077 };

static int64_t newest(void)
{
	return (int64_t)migrations_count();
}

/* The version, 0 for a database without tables; -1 with err for one that is not ours. */
static int64_t find_version(struct store *store, struct err *err)
{
	int64_t version;
	int64_t application;
	int64_t tables;

	if (!query_number(store, "PRAGMA user_version", &version, err) ||
	    !query_number(store, "PRAGMA application_id", &application, err) ||
	    !query_number(store, "SELECT count(*) FROM sqlite_master", &tables, err))
		return -1;
	if (version == 0 && application == 0 && tables == 0)
		return 0;
	if (application != APPLICATION_ID || version < 1) {
		err_set(err, "'%s' is a database of another program: move it away", store->path);
		return -1;
	}
	if (version > newest()) {
		err_set(err,
			"'%s' was written by a newer repwatch (schema %lld, this one knows %lld): "
			"install that version again",
			store->path, (long long)version, (long long)newest());
		return -1;
	}
	return version;
}

static bool take_step(struct store *store, int64_t from, struct err *err)
{
	char mark[64];

	snprintf(mark, sizeof(mark), "PRAGMA user_version = %lld", (long long)from + 1);
	return store_begin(store, err) && query_script(store, migrations_text((size_t)from), err) &&
	       query_script(store, mark, err) && store_commit(store, err);
}

bool schema_is_known(struct store *store, struct err *err)
{
	return find_version(store, err) >= 0;
}

bool schema_migrate(struct store *store, struct err *err)
{
	int64_t version = find_version(store, err);

	while (version >= 0 && version < newest()) {
		if (!take_step(store, version, err))
			return false;
		version++;
	}
	return version == newest();
}

bool schema_is_current(struct store *store, struct err *err)
{
	const int64_t version = find_version(store, err);

	if (version == 0)
		return err_set(err, "'%s' is empty: run 'repwatch run' first", store->path);
	if (version > 0 && version < newest())
		return err_set(err,
			       "'%s' was written by an older repwatch: run 'repwatch run' once",
			       store->path);
	return version == newest();
}
