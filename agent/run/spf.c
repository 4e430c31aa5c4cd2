#include "run/spf.h"

#include "run/gather.h"
#include "sys/clock.h"

struct spf_stream {
	struct stream stream; /* first member */
	const struct spf_query *query;
	size_t queries, at;
	struct arena *arena;
	struct spf_verdict *verdict;
};

static bool next_query(struct stream *base, struct job *job)
{
	struct spf_stream *const stream = (struct spf_stream *)base;

	if (stream->at == stream->queries)
		return false;
	job->index = stream->at++;
	return true;
}

/* The job's strings go with it. */
static struct spf_verdict keep(const struct spf_verdict *verdict, struct arena *arena)
{
	struct spf_verdict kept = *verdict;

	kept.reason = arena_strdup(arena, verdict->reason);
	kept.mechanism = arena_strdup(arena, verdict->mechanism);
	kept.at = arena_strdup(arena, verdict->at);
	kept.explanation = arena_strdup(arena, verdict->explanation);
	kept.record = arena_strdup(arena, verdict->record);
	return kept;
}

static bool step_query(struct stream *base, struct job *job)
{
	struct spf_stream *const stream = (struct spf_stream *)base;
	struct spf_verdict verdict;

	if (!spf_check(&stream->query[job->index], &job->ask, &verdict))
		return false;
	stream->verdict[job->index] = keep(&verdict, stream->arena);
	return true;
}

static void run(struct resolver *resolver, int64_t deadline_us, struct spf_stream *stream)
{
	struct gather *gather = gather_new(resolver, deadline_us);
	struct stream *const streams[] = {&stream->stream};

	gather_run(gather, streams, 1);
	gather_free(gather);
}

bool spf_ask_all(const struct conf *conf, const struct spf_query *query, size_t queries,
		 struct arena *arena, struct spf_verdict **verdict, uint64_t *asked,
		 struct err *err)
{
	const int64_t deadline_us = clock_monotonic_us() + conf->resolver.deadline_ms * 1000;
	const struct resolver_config config = {
	    .server = conf->resolver.server,
	    .servers = conf->resolver.servers,
	    .timeout_ms = conf->resolver.timeout_ms,
	    .tries = conf->resolver.tries,
	    .in_flight = (uint32_t)conf->resolver.in_flight,
	};
	const struct lane_config lane = {.quota = UINT64_MAX};
	struct resolver *resolver = resolver_new(&config, err);
	struct spf_stream stream = {
	    .stream = {.next = next_query, .step = step_query, .shares_answers = queries > 1},
	    .query = query,
	    .queries = queries,
	    .arena = arena,
	    .verdict = arena_calloc(arena, queries, sizeof(**verdict)),
	};

	if (!resolver)
		return false;
	stream.stream.lane = resolver_add_lane(resolver, &lane, err);
	if (stream.stream.lane >= 0) {
		run(resolver, deadline_us, &stream);
		*verdict = stream.verdict;
		if (asked)
			*asked = resolver_counts(resolver).asked;
	}
	resolver_free(resolver);
	return stream.stream.lane >= 0;
}
