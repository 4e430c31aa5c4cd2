#include "auth/spf_record.h"

/* Beyond what a record may include; more are read each time. */
enum { CACHED_MAX = 32 };

struct cached {
	struct slice txt;
	struct spf_record record;
	struct spf_syntax wrong;
	bool is_valid;
};

struct spf_cache {
	struct arena *arena;
	struct cached item[CACHED_MAX];
	size_t count;
};

struct spf_cache *spf_cache_new(struct arena *arena)
{
	struct spf_cache *cache = arena_calloc(arena, 1, sizeof(*cache));

	cache->arena = arena;
	return cache;
}

static const struct cached *find(const struct spf_cache *cache, struct slice txt)
{
	for (size_t i = 0; i < cache->count; i++)
		if (cache->item[i].txt.at == txt.at && cache->item[i].txt.len == txt.len)
			return &cache->item[i];
	return NULL;
}

bool spf_cache_parse(struct spf_cache *cache, struct slice txt, struct arena *arena,
		     struct spf_record *out, struct spf_syntax *wrong)
{
	const struct cached *found = cache ? find(cache, txt) : NULL;

	if (!found && (!cache || cache->count == CACHED_MAX))
		return spf_record_parse(txt, arena, out, wrong);
	if (!found) {
		struct cached *const fresh = &cache->item[cache->count++];

		fresh->txt = txt;
		fresh->is_valid =
		    spf_record_parse(txt, cache->arena, &fresh->record, &fresh->wrong);
		found = fresh;
	}
	*out = found->record;
	*wrong = found->wrong;
	return found->is_valid;
}
