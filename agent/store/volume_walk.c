#include "store/volume_walk.h"

#include "store/volume_names.h"

static bool walk_address(const struct volume_walk *walk, const char *address,
			 const struct volume_query *over, struct err *err)
{
	struct query query;
	enum query_step step;
	int64_t sender;

	if (!volume_names_sender(walk->store, address, &sender, err))
		return false;
	if (!sender)
		return true;
	if (!query_open(&query, walk->store, walk->sql, err))
		return false;
	query_put_int(&query, sender);
	query_put_int(&query, over->first_day);
	query_put_int(&query, over->last_day);
	while ((step = query_next(&query)) == QUERY_ROW)
		walk->take(&query, walk->context);
	return step == QUERY_END;
}

bool volume_walk(const struct volume_walk *walk, const struct volume_query *over, struct err *err)
{
	for (size_t i = 0; i < over->addresses; i++)
		if (!walk_address(walk, over->address[i], over, err))
			return false;
	return true;
}
