#include "run/gather.h"

#include "base/map.h"
#include "base/mem.h"
#include "sys/clock.h"

#include <stdlib.h>
#include <string.h>

enum {
	PROGRESS_US = 100000,
	WAIT_MAX_US = 250000,
	/* Within one pass the same question is not put again, whatever its TTL says. */
	SHARED_MIN_US = 60 * 1000000
};

/* One question of one job, on its way. */
struct wait {
	struct job *job;
	size_t question;
	struct wait *next; /* others that wait for the same shared answer */
};

/* A question that several jobs may put. */
struct shared {
	struct dns_answer answer;
	bool is_answered;
	int64_t good_until_us;
	struct wait *waiting;
};

/* What travels with a question through the resolver: exactly one is set. */
struct token {
	struct wait wait;
	struct shared *shared;
};

struct gather {
	struct resolver *resolver;
	int64_t deadline_us;
	bool is_over;
	struct job *free_job;
	size_t alive;
	struct arena *arena; /* shared answers */
	struct map *shared;
	size_t turn; /* the stream that comes first next time */
	uint64_t ended;
	progress_fn *progress;
	void *context;
	uint64_t total;
	int64_t next_progress_us;
};

struct gather *gather_new(struct resolver *resolver, int64_t deadline_us)
{
	struct gather *gather = xcalloc(1, sizeof(*gather));

	gather->resolver = resolver;
	gather->deadline_us = deadline_us;
	gather->arena = arena_new();
	gather->shared = map_new();
	return gather;
}

void gather_free(struct gather *gather)
{
	if (!gather)
		return;
	while (gather->free_job) {
		struct job *job = gather->free_job;

		gather->free_job = job->next;
		arena_free(job->arena);
		free(job);
	}
	map_free(gather->shared);
	arena_free(gather->arena);
	free(gather);
}

void gather_set_progress(struct gather *gather, progress_fn *progress, void *context,
			 uint64_t total)
{
	gather->progress = progress;
	gather->context = context;
	gather->total = total;
}

void gather_forget(struct gather *gather)
{
	if (gather->alive)
		bug("answers are forgotten while jobs wait for them");
	map_free(gather->shared);
	gather->shared = map_new();
	arena_reset(gather->arena);
}

static struct job *job_new(struct gather *gather, struct stream *stream)
{
	struct job *job = gather->free_job;

	if (job) {
		gather->free_job = job->next;
	} else {
		job = xcalloc(1, sizeof(*job));
		job->arena = arena_new();
	}
	job->ask = ask_over(job->arena);
	job->stream = stream;
	job->index = 0;
	return job;
}

static void job_done(struct gather *gather, struct job *job)
{
	arena_reset(job->arena);
	job->next = gather->free_job;
	gather->free_job = job;
}

static struct shared *shared_find(struct gather *gather, const char *name, enum dns_type type)
{
	char key[DNS_NAME_BYTES + 8];
	struct shared *shared;
	size_t len;

	if (!dns_name_normalise(name, key))
		bug("a name beyond the limits was to be shared");
	len = strlen(key);
	key[len] = ' ';
	key[len + 1] = (char)('A' + (unsigned)type % 26);
	key[len + 2] = (char)('A' + (unsigned)type / 26);
	key[len + 3] = '\0';
	shared = map_get(gather->shared, key);
	if (!shared) {
		shared = arena_calloc(gather->arena, 1, sizeof(*shared));
		map_put(gather->shared, key, shared);
	}
	return shared;
}

/* True: the answer was there already. */
static bool put_shared(struct gather *gather, struct job *job, size_t number)
{
	struct question *const question = &job->ask.question[number];
	struct shared *shared = shared_find(gather, question->name, question->type);
	struct wait *wait;
	struct token *token;

	if (shared->is_answered && clock_monotonic_us() < shared->good_until_us) {
		ask_answer(&job->ask, number, &shared->answer);
		return true;
	}
	wait = arena_calloc(job->arena, 1, sizeof(*wait));
	*wait = (struct wait){job, number, shared->waiting};
	shared->is_answered = false;
	shared->waiting = wait;
	if (wait->next)
		return false;
	token = arena_calloc(gather->arena, 1, sizeof(*token));
	token->shared = shared;
	resolver_ask(gather->resolver, job->stream->lane, question->name, question->type,
		     gather->arena, token);
	return false;
}

static void put(struct gather *gather, struct job *job, size_t number)
{
	const struct question *const question = &job->ask.question[number];
	struct token *const token = arena_calloc(job->arena, 1, sizeof(*token));

	token->wait = (struct wait){.job = job, .question = number};
	resolver_ask(gather->resolver, job->stream->lane, question->name, question->type,
		     job->arena, token);
}

/* Sends the job's new questions. */
static void put_new(struct gather *gather, struct job *job)
{
	for (size_t i = 0; i < job->ask.questions; i++) {
		if (job->ask.question[i].state != QUESTION_NEW)
			continue;
		job->ask.question[i].state = QUESTION_SENT;
		if (job->stream->shares_answers)
			put_shared(gather, job, i);
		else
			put(gather, job, i);
	}
}

/* Runs the job until it waits for something or is done. */
static void advance(struct gather *gather, struct job *job)
{
	do {
		if (job->stream->step(job->stream, job)) {
			job_done(gather, job);
			gather->alive--;
			return;
		}
		if (job->ask.open == 0)
			bug("a check waits, but has no question open");
		put_new(gather, job);
	} while (job->ask.open == 0);
}

static void answer(struct gather *gather, struct job *job, size_t question,
		   const struct dns_answer *got)
{
	ask_answer(&job->ask, question, got);
	if (job->ask.open == 0)
		advance(gather, job);
}

static int64_t shared_us(uint32_t ttl_s)
{
	const int64_t us = (int64_t)ttl_s * 1000000;

	return us < SHARED_MIN_US ? SHARED_MIN_US : us;
}

static void answer_shared(struct gather *gather, struct shared *shared,
			  const struct dns_answer *got)
{
	struct wait *wait = shared->waiting;

	shared->answer = *got;
	shared->is_answered = true;
	shared->good_until_us = clock_monotonic_us() + shared_us(got->ttl_s);
	shared->waiting = NULL;
	while (wait) {
		/* The job's arena, where `wait` lives, may be gone after it. */
		struct wait *const next = wait->next;

		answer(gather, wait->job, wait->question, got);
		wait = next;
	}
}

static void drain(struct gather *gather)
{
	struct resolved resolved;

	while (resolver_next(gather->resolver, &resolved)) {
		struct token *const token = resolved.token;

		gather->ended++;
		if (token->shared)
			answer_shared(gather, token->shared, &resolved.answer);
		else
			answer(gather, token->wait.job, token->wait.question, &resolved.answer);
	}
}

/* Starts the stream's next job when its lane takes one. */
static bool start_one(struct gather *gather, struct stream *stream)
{
	struct job *job;

	if (stream->is_exhausted || !resolver_takes(gather->resolver, stream->lane))
		return false;
	job = job_new(gather, stream);
	if (!stream->next(stream, job)) {
		stream->is_exhausted = true;
		job_done(gather, job);
		return false;
	}
	gather->alive++;
	advance(gather, job);
	return true;
}

/* One job of each stream in turn, until no lane takes more. What ended at once (a closed lane)
 * is taken in between, so that nothing piles up. */
static void fill(struct gather *gather, struct stream *const *stream, size_t streams)
{
	bool has_started;

	do {
		has_started = false;
		for (size_t i = 0; i < streams; i++) {
			const size_t at = (gather->turn + i) % streams;

			has_started |= start_one(gather, stream[at]);
		}
		gather->turn++;
		drain(gather);
	} while (has_started);
}

static bool is_finished(const struct gather *gather, struct stream *const *stream, size_t streams)
{
	if (gather->alive)
		return false;
	for (size_t i = 0; i < streams; i++)
		if (!stream[i]->is_exhausted)
			return false;
	return true;
}

static void watch_clock(struct gather *gather)
{
	const int64_t now_us = clock_monotonic_us();

	if (!gather->is_over && now_us >= gather->deadline_us) {
		gather->is_over = true;
		resolver_end(gather->resolver);
	}
	if (gather->progress && now_us >= gather->next_progress_us) {
		gather->next_progress_us = now_us + PROGRESS_US;
		gather->progress(gather->context, gather->ended, gather->total);
	}
}

static int64_t wait_us(const struct gather *gather)
{
	const int64_t left_us = gather->deadline_us - clock_monotonic_us();

	if (gather->is_over || left_us > WAIT_MAX_US)
		return WAIT_MAX_US;
	return left_us < 0 ? 0 : left_us;
}

void gather_run(struct gather *gather, struct stream *const *stream, size_t streams)
{
	while (!is_finished(gather, stream, streams)) {
		watch_clock(gather);
		fill(gather, stream, streams);
		if (!is_finished(gather, stream, streams))
			resolver_wait(gather->resolver, wait_us(gather));
		drain(gather);
	}
}

void gather_pause(struct gather *gather, int64_t us)
{
	const int64_t until_us = clock_monotonic_us() + us;
	int64_t left_us = us;

	while (left_us > 0 && !gather->is_over) {
		watch_clock(gather);
		resolver_wait(gather->resolver, left_us < WAIT_MAX_US ? left_us : WAIT_MAX_US);
		left_us = until_us - clock_monotonic_us();
	}
}

bool gather_is_over(const struct gather *gather)
{
	return gather->is_over;
}

uint64_t gather_ended(const struct gather *gather)
{
	return gather->ended;
}
