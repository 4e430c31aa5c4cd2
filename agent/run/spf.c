#include "run/spf.h"

#include "auth/spf_lint.h"
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

/* One stream over a resolver of its own, to its end or the deadline. */
static bool run(const struct conf *conf, struct stream *stream, uint64_t *asked, struct err *err)
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
	struct stream *const streams[] = {stream};
	struct gather *gather;

	if (!resolver)
		return false;
	stream->lane = resolver_add_lane(resolver, &lane, err);
	if (stream->lane >= 0) {
		gather = gather_new(resolver, deadline_us);
		gather_run(gather, streams, 1);
		gather_free(gather);
	}
	if (asked)
		*asked = resolver_counts(resolver).asked;
	resolver_free(resolver);
	return stream->lane >= 0;
}

bool spf_ask_all(const struct conf *conf, const struct spf_query *query, size_t queries,
		 struct arena *arena, struct spf_verdict **verdict, uint64_t *asked,
		 struct err *err)
{
	struct spf_stream stream = {
	    .stream = {.next = next_query, .step = step_query, .shares_answers = queries > 1},
	    .query = query,
	    .queries = queries,
	    .arena = arena,
	    .verdict = arena_calloc(arena, queries, sizeof(**verdict)),
	};

	*verdict = stream.verdict;
	return run(conf, &stream.stream, asked, err);
}

/* --- the whole of a domain --- */

struct look_stream {
	struct stream stream; /* first member */
	const struct auth_subject *subject;
	bool is_begun;
	spf_seen_fn *seen;
	void *context;
};

static bool next_look(struct stream *base, struct job *job)
{
	struct look_stream *const stream = (struct look_stream *)base;

	(void)job;
	if (stream->is_begun)
		return false;
	stream->is_begun = true;
	return true;
}

static bool step_look(struct stream *base, struct job *job)
{
	struct look_stream *const stream = (struct look_stream *)base;
	struct domain_spf seen;

	if (!spf_look(stream->subject, &job->ask, &seen))
		return false;
	stream->seen(stream->context, &seen);
	return true;
}

bool spf_look_now(const struct conf *conf, const struct auth_subject *subject, spf_seen_fn *seen,
		  void *context, struct err *err)
{
	struct look_stream stream = {.stream = {.next = next_look, .step = step_look},
				     .subject = subject,
				     .seen = seen,
				     .context = context};

	return run(conf, &stream.stream, NULL, err);
}
