#include "run/probe.h"

#include "auth/domain.h"
#include "auth/helo.h"
#include "auth/ptr.h"
#include "base/mem.h"
#include "io/resolver.h"
#include "lists/dnsbl.h"
#include "sys/clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Job index of a source's canaries, before its targets. */
static const size_t JOB_CANARIES = SIZE_MAX;

/* Closing canaries come when every second answer is in: a list that changes while it is asked a
 * second time must still be caught. */
enum round { ROUND_FIRST, ROUND_SECOND, ROUND_CLOSING };

/* The jobs of one source in one round. */
struct source_stream {
	struct stream stream; /* first member */
	struct prober *prober;
	size_t source;
	size_t at; /* next target, or the caller's own cursor in the second round */
	uint64_t random;
	bool has_canaries; /* put already */
};

struct prober {
	const struct conf *conf;
	struct probe_plan plan;
	struct resolver *resolver;
	struct gather *gather;
	struct arena *arena;
	struct source_stream *stream;
	enum round round;
};

static uint64_t random_number(void)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		bug("the system has no random numbers");
	return number;
}

static bool next_due(const struct prober *prober, struct source_stream *stream, size_t *target)
{
	const struct probe_calls *const calls = &prober->plan.calls;

	if (prober->round == ROUND_CLOSING)
		return false;
	if (prober->round == ROUND_SECOND)
		return calls->again(calls->context, stream->source, &stream->at, target);
	while (stream->at < prober->plan.targets) {
		*target = stream->at++;
		if (calls->is_due(calls->context, *target, stream->source))
			return true;
	}
	return false;
}

/* Opening canaries go first, and go only where something is asked. */
static bool next_job(struct stream *base, struct job *job)
{
	struct source_stream *const stream = (struct source_stream *)base;
	struct prober *const prober = stream->prober;
	struct probe_source *const source = &prober->plan.source[stream->source];

	if (source->list && !stream->has_canaries && prober->round != ROUND_SECOND) {
		stream->has_canaries = true;
		job->index = JOB_CANARIES;
		return true;
	}
	return next_due(prober, stream, &job->index);
}

static void deliver(struct prober *prober, const struct probe_result *result)
{
	const struct probe_calls *const calls = &prober->plan.calls;
	struct probe_source *const source = &prober->plan.source[result->source];

	if (prober->round == ROUND_SECOND) {
		calls->second(calls->context, result);
		return;
	}
	for (size_t i = 0; i < result->count; i++)
		source->usable += result->seen[i].finding != FINDING_BLIND;
	calls->first(calls->context, result);
}

static bool step_canaries(struct source_stream *stream, struct probe_source *source,
			  struct job *job)
{
	struct prober *const prober = stream->prober;
	const bool is_closing = prober->round == ROUND_CLOSING;
	struct health_report *const out = is_closing ? &source->closing : &source->opening;
	struct health_report report;

	if (!health_check(source->list, stream->random, is_closing, &job->ask, &report))
		return false;
	report.text = arena_strdup(prober->arena, report.text);
	*out = report;
	return true;
}

static bool step_list(struct stream *base, struct job *job)
{
	struct source_stream *const stream = (struct source_stream *)base;
	struct prober *const prober = stream->prober;
	struct probe_source *const source = &prober->plan.source[stream->source];
	const bool wants_text = prober->plan.wants_text && !source->has_alarm;
	struct observation seen;

	if (job->index == JOB_CANARIES)
		return step_canaries(stream, source, job);
	if (!dnsbl_check(source->list, &prober->plan.target[job->index], wants_text, &job->ask,
			 &seen))
		return false;
	deliver(prober,
		&(struct probe_result){
		    .target = job->index, .source = stream->source, .seen = &seen, .count = 1});
	return true;
}

static bool step_identity(struct stream *base, struct job *job)
{
	struct source_stream *const stream = (struct source_stream *)base;
	struct prober *const prober = stream->prober;
	const struct target *const target = &prober->plan.target[job->index];
	struct identity identity = {.helo = target->helo};
	struct observation seen[2];
	/* Both ask for all they can before either waits. */
	const bool has_ptr = ptr_check(target, &job->ask, &identity, &seen[0]);
	const bool has_helo = helo_check(target, &job->ask, &identity, &seen[1]);

	if (!has_ptr || !has_helo)
		return false;
	deliver(prober, &(struct probe_result){.target = job->index,
					       .source = stream->source,
					       .seen = seen,
					       .count = COUNT_OF(seen),
					       .identity = &identity});
	return true;
}

static bool step_auth(struct stream *base, struct job *job)
{
	struct source_stream *const stream = (struct source_stream *)base;
	struct prober *const prober = stream->prober;
	const struct target *const target = &prober->plan.target[job->index];
	struct observation seen[DOMAIN_OBSERVATIONS];
	struct domain_auth auth;

	if (!domain_look(target->auth, &job->ask, &auth))
		return false;
	domain_observe(&auth, job->ask.arena, seen);
	deliver(prober, &(struct probe_result){.target = job->index,
					       .source = stream->source,
					       .seen = seen,
					       .count = COUNT_OF(seen),
					       .auth = &auth});
	return true;
}

static bool add_lane(struct prober *prober, struct probe_source *source, struct err *err)
{
	const struct list *const list = source->list;
	struct lane_config config = {.quota = UINT64_MAX};

	if (list) {
		config = (struct lane_config){
		    .server = list->server,
		    .servers = list->servers,
		    .rate = list->rate > 0 ? list->rate : prober->conf->lists.rate,
		    .quota = source->quota,
		};
	}
	source->lane = resolver_add_lane(prober->resolver, &config, err);
	return source->lane >= 0;
}

struct prober *prober_new(const struct conf *conf, const struct probe_plan *plan, struct err *err)
{
	const struct resolver_config config = {
	    .server = conf->resolver.server,
	    .servers = conf->resolver.servers,
	    .timeout_ms = conf->resolver.timeout_ms,
	    .tries = conf->resolver.tries,
	    .in_flight = (uint32_t)conf->resolver.in_flight,
	};
	struct prober *prober = xcalloc(1, sizeof(*prober));

	prober->conf = conf;
	prober->plan = *plan;
	prober->arena = arena_new();
	prober->resolver = resolver_new(&config, err);
	if (!prober->resolver)
		goto fail;
	prober->gather =
	    gather_new(prober->resolver, clock_monotonic_us() + conf->resolver.deadline_ms * 1000);
	prober->stream = xcalloc(plan->sources, sizeof(*prober->stream));
	for (size_t i = 0; i < plan->sources; i++)
		if (!add_lane(prober, &prober->plan.source[i], err))
			goto fail;
	return prober;
fail:
	prober_free(prober);
	return NULL;
}

void prober_free(struct prober *prober)
{
	if (!prober)
		return;
	gather_free(prober->gather);
	resolver_free(prober->resolver);
	free(prober->stream);
	arena_free(prober->arena);
	free(prober);
}

/* The closing canaries' share is kept for them: answers that nothing vouches for are worth
 * nothing. */
static uint64_t quota_of(const struct probe_source *source, enum round round)
{
	if (round == ROUND_CLOSING || source->quota == UINT64_MAX)
		return source->quota;
	return source->quota > HEALTH_CLOSING_MAX ? source->quota - HEALTH_CLOSING_MAX : 0;
}

static void run_round(struct prober *prober, enum round round)
{
	const struct probe_plan *const plan = &prober->plan;
	struct stream **streams = xcalloc(plan->sources, sizeof(*streams));
	size_t count = 0;

	prober->round = round;
	gather_forget(prober->gather);
	for (size_t i = 0; i < plan->sources; i++) {
		const struct probe_source *const source = &plan->source[i];
		struct source_stream *const stream = &prober->stream[i];

		*stream = (struct source_stream){
		    .stream = {.lane = source->lane,
			       .next = next_job,
			       .step = source->list      ? step_list
				       : source->is_auth ? step_auth
							 : step_identity,
			       .shares_answers = !source->list},
		    .prober = prober,
		    .source = i,
		    .random = random_number(),
		};
		resolver_set_quota(prober->resolver, source->lane, quota_of(source, round));
		if (source->is_asked)
			streams[count++] = &stream->stream;
	}
	if (count)
		gather_run(prober->gather, streams, count);
	free(streams);
}

/* How many questions the first round has at least, and which sources have any. */
static uint64_t count_due(struct prober *prober)
{
	const struct probe_plan *const plan = &prober->plan;
	uint64_t due = 0;

	for (size_t i = 0; i < plan->sources; i++) {
		uint64_t here = 0;

		for (size_t j = 0; j < plan->targets; j++)
			here += plan->calls.is_due(plan->calls.context, j, i);
		plan->source[i].is_asked = here > 0 || plan->source[i].wants_canaries;
		due += here;
	}
	return due;
}

static bool wants_again(const struct prober *prober)
{
	const struct probe_plan *const plan = &prober->plan;

	for (size_t i = 0; i < plan->sources; i++) {
		size_t at = 0;
		size_t target;

		if (plan->calls.again(plan->calls.context, i, &at, &target))
			return true;
	}
	return false;
}

void prober_run(struct prober *prober, progress_fn *progress, void *context)
{
	gather_set_progress(prober->gather, progress, context, count_due(prober));
	run_round(prober, ROUND_FIRST);
	if (wants_again(prober))
		gather_pause(prober->gather, prober->plan.again_after_us);
	resolver_rotate(prober->resolver);
	run_round(prober, ROUND_SECOND);
	run_round(prober, ROUND_CLOSING);
}

struct resolver_counts prober_counts(const struct prober *prober)
{
	return resolver_counts(prober->resolver);
}

uint64_t prober_asked(const struct prober *prober, size_t source)
{
	return resolver_lane_asked(prober->resolver, prober->plan.source[source].lane);
}

uint64_t prober_ended(const struct prober *prober)
{
	return gather_ended(prober->gather);
}

bool prober_is_over(const struct prober *prober)
{
	return gather_is_over(prober->gather);
}

const char *prober_notice(const struct prober *prober)
{
	return resolver_notice(prober->resolver);
}

struct health_report probe_source_health(const struct probe_source *source)
{
	return health_worse(&source->opening, &source->closing);
}
