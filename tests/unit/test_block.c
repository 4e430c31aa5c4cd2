#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "judge/block.h"

#include <string.h>

static const struct {
	const char *receiver;
	enum reply_cause cause;
	enum reply_scope scope;
	bool is_evidence;
} evidence_case[] = {
    {"gmail", REPLY_IP_BLOCK, SCOPE_IP, true},
    {"gmail", REPLY_IP_BLOCK, SCOPE_NETWORK, true},
    {"gmail", REPLY_IP_BLOCK, SCOPE_UNKNOWN, true},
    {"gmail", REPLY_IP_BLOCK, SCOPE_DOMAIN, false},
    {"microsoft", REPLY_BLOCKLIST, SCOPE_IP, true},
    {"microsoft", REPLY_BLOCKLIST, SCOPE_UNKNOWN, true},
    {"microsoft", REPLY_BLOCKLIST, SCOPE_DOMAIN, false},
    {"apple", REPLY_BLOCKLIST, SCOPE_URL, false},
    {"gmail", REPLY_RATE_LIMIT, SCOPE_IP, true},
    {"gmail", REPLY_RATE_LIMIT, SCOPE_NETWORK, true},
    {"gmail", REPLY_RATE_LIMIT, SCOPE_DOMAIN, false},
    {"gmail", REPLY_RATE_LIMIT, SCOPE_URL, false},
    {"gmail", REPLY_RATE_LIMIT, SCOPE_RECIPIENT, false},
    {"gmail", REPLY_RATE_LIMIT, SCOPE_UNKNOWN, false},
    {"gmail", REPLY_PTR, SCOPE_IP, true},
    {"other", REPLY_HELO, SCOPE_UNKNOWN, true},
    {"other", REPLY_POLICY, SCOPE_IP, true},
    {"other", REPLY_POLICY, SCOPE_UNKNOWN, false},
    {"other", REPLY_OTHER, SCOPE_IP, true},
    {"other", REPLY_OTHER, SCOPE_UNKNOWN, false},
    {"gmail", REPLY_AUTHENTICATION, SCOPE_DOMAIN, false},
    {"gmail", REPLY_DOMAIN_REPUTATION, SCOPE_DOMAIN, false},
    {"gmail", REPLY_CONTENT, SCOPE_MESSAGE, false},
    {"other", REPLY_TLS, SCOPE_UNKNOWN, false},
    {"docomo", REPLY_RECIPIENT_UNKNOWN, SCOPE_RECIPIENT, false},
    {"gmail", REPLY_RECIPIENT_FULL, SCOPE_RECIPIENT, false},
    {"gmail", REPLY_RECIPIENT_DISABLED, SCOPE_RECIPIENT, false},
    {"other", REPLY_GREYLIST, SCOPE_IP, false},
    {"au", REPLY_SIZE, SCOPE_MESSAGE, false},
    {"other", REPLY_REMOTE_ERROR, SCOPE_REMOTE, false},
    {"au", REPLY_NETWORK, SCOPE_UNKNOWN, true},
    {"docomo", REPLY_NETWORK, SCOPE_REMOTE, true},
    {"softbank", REPLY_NETWORK, SCOPE_IP, true},
    {"au", REPLY_NETWORK, SCOPE_RECIPIENT, false},
    {"gmail", REPLY_NETWORK, SCOPE_UNKNOWN, false},
    {"other", REPLY_NETWORK, SCOPE_REMOTE, false},
    {"", REPLY_NETWORK, SCOPE_UNKNOWN, false},
};

static void replies_speak_against_the_address_or_somebody_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(evidence_case); i++)
		if (block_is_evidence(evidence_case[i].receiver, evidence_case[i].cause,
				      evidence_case[i].scope) != evidence_case[i].is_evidence)
			fail_msg("%s %s %s", evidence_case[i].receiver,
				 reply_cause_name(evidence_case[i].cause),
				 reply_scope_name(evidence_case[i].scope));
}

/* One pass of a story: so many refused and taken, at minutes after the beginning. */
struct step {
	uint64_t refused, sent;
	int64_t refused_at, sent_at;
	char change; /* '.', B began, E ended */
};

enum { STEPS = 8, START = 1700000000, HOUR = 60, DAY = 24 * HOUR };

static const struct {
	const char *why;
	const char *receiver;
	enum reply_cause cause;
	enum reply_scope scope;
	struct step step[STEPS];
} story[] = {
    {"two refusals are no block", "gmail", REPLY_IP_BLOCK, SCOPE_IP, {{2, 0, 1, 0, '.'}}},
    {"three are", "gmail", REPLY_IP_BLOCK, SCOPE_IP, {{3, 0, 1, 0, 'B'}}},
    {"also one by one",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{1, 0, 1, 0, '.'}, {1, 0, 30, 0, '.'}, {1, 0, 90, 0, 'B'}, {1, 0, 95, 0, '.'}}},
    {"but not over days",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{1, 0, 1, 0, '.'}, {1, 0, 1 + DAY, 0, '.'}, {1, 0, 1 + 2 * DAY, 0, '.'}}},
    {"a few among many taken are none",
     "gmail",
     REPLY_RATE_LIMIT,
     SCOPE_IP,
     {{5, 1000, 1, 2, '.'}, {5, 1000, 10, 11, '.'}, {40, 1000, 20, 21, '.'}}},
    {"as many as were taken are none", "gmail", REPLY_RATE_LIMIT, SCOPE_IP, {{50, 50, 1, 2, '.'}}},
    {"more than were taken are one", "gmail", REPLY_RATE_LIMIT, SCOPE_IP, {{51, 50, 1, 2, 'B'}}},
    {"what was taken before the first weighs nothing",
     "gmail",
     REPLY_RATE_LIMIT,
     SCOPE_IP,
     {{14, 40, 30, 5, 'B'}}},
    {"what is taken between weighs",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{1, 0, 1, 0, '.'},
      {0, 2, 0, 5, '.'},
      {1, 0, 10, 0, '.'},
      {0, 2, 0, 15, '.'},
      {1, 0, 20, 0, '.'},
      {1, 0, 21, 0, '.'},
      {1, 0, 22, 0, 'B'}}},
    {"five taken wipe it out",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{2, 0, 1, 0, '.'}, {0, 5, 0, 5, '.'}, {2, 0, 10, 0, '.'}, {1, 0, 11, 0, 'B'}}},
    {"what speaks of others is none",
     "gmail",
     REPLY_RATE_LIMIT,
     SCOPE_DOMAIN,
     {{5000, 0, 1, 0, '.'}}},
    {"greylisting is none", "other", REPLY_GREYLIST, SCOPE_IP, {{5000, 0, 1, 0, '.'}}},

    {"over with five taken",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{9, 0, 1, 0, 'B'}, {0, 4, 0, 5, '.'}, {0, 1, 0, 6, 'E'}, {0, 9, 0, 7, '.'}}},
    {"what was taken before it does not count for its end",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{2, 0, 1, 0, '.'},
      {0, 2, 0, 2, '.'},
      {1, 0, 3, 0, 'B'},
      {0, 3, 0, 4, '.'},
      {0, 2, 0, 5, 'E'}}},
    {"not while refusals go on",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{9, 0, 1, 0, 'B'},
      {0, 4, 0, 5, '.'},
      {1, 3, 7, 6, '.'},
      {0, 4, 0, 9, '.'},
      {0, 1, 0, 10, 'E'}}},
    {"a message taken behind the last refusal counts",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{9, 0, 1, 0, 'B'}, {1, 3, 7, 8, '.'}, {0, 4, 0, 9, 'E'}}},
    {"a stray refusal among many does not hold it up",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{9, 0, 1, 0, 'B'}, {1, 500, 7, 8, 'E'}}},
    {"a day without refusal, and one is taken",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{9, 0, 1, 0, 'B'}, {0, 1, 0, DAY, '.'}, {0, 1, 0, DAY + 1, 'E'}}},
    {"silence ends nothing",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{9, 0, 1, 0, 'B'}, {0, 0, 0, 9 * DAY, '.'}, {1, 0, 9 * DAY, 0, '.'}}},
    {"old lines read late end nothing",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{9, 0, HOUR, 0, 'B'}, {0, 50, 0, HOUR - 1, '.'}, {0, 50, 0, HOUR + 1, 'E'}}},
    {"begins anew with as many as the first time",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{900, 0, 1, 0, 'B'}, {0, 5, 0, 6, 'E'}, {2, 0, 10, 0, '.'}, {1, 0, 11, 0, 'B'}}},
    {"also after a day",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{900, 0, 1, 0, 'B'},
      {0, 1, 0, 2 * DAY, 'E'},
      {2, 0, 2 * DAY + 1, 0, '.'},
      {1, 0, 2 * DAY + 2, 0, 'B'}}},

    {"nine resets are a bad line", "au", REPLY_NETWORK, SCOPE_UNKNOWN, {{9, 0, 1, 0, '.'}}},
    {"ten are a block there", "au", REPLY_NETWORK, SCOPE_UNKNOWN, {{10, 0, 1, 0, 'B'}}},
    {"elsewhere never", "gmail", REPLY_NETWORK, SCOPE_UNKNOWN, {{5000, 0, 1, 0, '.'}}},

    {"counts that would overflow",
     "gmail",
     REPLY_IP_BLOCK,
     SCOPE_IP,
     {{UINT64_MAX, 0, 1, 0, 'B'}, {UINT64_MAX, 0, 2, 0, '.'}, {0, UINT64_MAX, 0, 3, 'E'}}},
};

static struct block_input input_of(const char *receiver, const struct step *step,
				   enum reply_cause cause, enum reply_scope scope)
{
	const int64_t at = START + step->refused_at * 60;
	struct block_input input = {.sent = step->sent, .words = ""};

	block_hear(&input, receiver,
		   &(struct block_replies){cause, scope, step->refused, at, at, ""});
	if (step->sent)
		input.last_sent_at = START + step->sent_at * 60;
	return input;
}

static void a_block_begins_and_ends_with_several_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(story); i++) {
		struct block block = {0};

		for (size_t k = 0; k < STEPS && story[i].step[k].change; k++) {
			const struct block_input input = input_of(
			    story[i].receiver, &story[i].step[k], story[i].cause, story[i].scope);
			const char got = ".BE"[block_apply(&block, &input)];

			if (got != story[i].step[k].change)
				fail_msg("%s: step %zu is '%c'", story[i].why, k, got);
		}
	}
}

static void a_block_knows_since_when_and_why(void **state)
{
	struct block_input input = {
	    .refused = 2,
	    .first_at = START,
	    .last_at = START + 600,
	    .words = "S3150",
	    .cause = REPLY_IP_BLOCK,
	    .scope = SCOPE_NETWORK,
	};
	struct block block = {0};

	(void)state;
	assert_int_equal(block_apply(&block, &input), BLOCK_SAME);
	input.first_at = START + 900;
	input.last_at = START + 1000;
	assert_int_equal(block_apply(&block, &input), BLOCK_BEGAN);
	assert_true(block.is_blocked);
	assert_int_equal(block.since, START);
	assert_int_equal(block.last_at, START + 1000);
	assert_int_equal(block.messages, 4);
	assert_int_equal(block.cause, REPLY_IP_BLOCK);
	assert_int_equal(block.scope, SCOPE_NETWORK);

	input = (struct block_input){.sent = 6, .last_sent_at = START + 2000, .words = ""};
	assert_int_equal(block_apply(&block, &input), BLOCK_ENDED);
	assert_false(block.is_blocked);
	assert_int_equal(block.since, START);
	assert_int_equal(block.messages, 4);
	/* What was told is forgotten with the next pass. */
	assert_int_equal(block_apply(&block, &input), BLOCK_SAME);
	assert_int_equal(block.since, 0);
	assert_int_equal(block.messages, 0);
}

/* What a day brought, mixed: every reply is weighed with the scope it came with. */
static const struct {
	const char *why;
	struct block_replies replies[4]; /* a count of 0 ends them */
	uint64_t refused;
	enum reply_cause cause;
	enum reply_scope scope;
	const char *words;
} mixed[] = {
    {"two causes that both blame the address",
     {{REPLY_IP_BLOCK, SCOPE_IP, 12, 5, 9, "block"},
      {REPLY_RATE_LIMIT, SCOPE_IP, 11, 7, 8, "rate"}},
     23,
     REPLY_IP_BLOCK,
     SCOPE_IP,
     "block"},
    {"one cause with several scopes",
     {{REPLY_RATE_LIMIT, SCOPE_DOMAIN, 50, 1, 20, "domain"},
      {REPLY_RATE_LIMIT, SCOPE_NETWORK, 3, 5, 6, "network"},
      {REPLY_RATE_LIMIT, SCOPE_IP, 4, 7, 8, "ip"}},
     7,
     REPLY_RATE_LIMIT,
     SCOPE_IP,
     "ip"},
    {"a list of domains is no list of addresses",
     {{REPLY_BLOCKLIST, SCOPE_DOMAIN, 40, 1, 20, "dbl"},
      {REPLY_IP_BLOCK, SCOPE_IP, 3, 5, 6, "block"}},
     3,
     REPLY_IP_BLOCK,
     SCOPE_IP,
     "block"},
    {"those that do not say whom they blame count where the cause does",
     {{REPLY_RATE_LIMIT, SCOPE_UNKNOWN, 9, 1, 9, "rate"},
      {REPLY_IP_BLOCK, SCOPE_UNKNOWN, 2, 5, 6, "block"},
      {REPLY_POLICY, SCOPE_IP, 1, 7, 7, "policy"}},
     3,
     REPLY_IP_BLOCK,
     SCOPE_UNKNOWN,
     "policy"},
    {"nothing of it is about the address",
     {{REPLY_RECIPIENT_UNKNOWN, SCOPE_RECIPIENT, 40, 1, 9, "unknown"},
      {REPLY_CONTENT, SCOPE_MESSAGE, 9, 1, 9, "spam"}},
     0,
     REPLY_OTHER,
     SCOPE_UNKNOWN,
     ""},
};

static void each_reply_is_weighed_with_its_own_scope(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(mixed); i++) {
		struct block_input input = {.words = ""};

		for (size_t k = 0; k < 4 && mixed[i].replies[k].count; k++) {
			const struct block_replies *const replies = &mixed[i].replies[k];
			const bool is_theirs = block_hear(&input, "gmail", replies);

			assert_int_equal(is_theirs, input.words == replies->words);
		}
		if (input.refused != mixed[i].refused)
			fail_msg("%s: %ju", mixed[i].why, (uintmax_t)input.refused);
		assert_string_equal(input.words, mixed[i].words);
		if (!input.refused)
			continue;
		assert_int_equal(input.cause, mixed[i].cause);
		assert_int_equal(input.scope, mixed[i].scope);
	}
}

static void refusals_without_a_time_are_none(void **state)
{
	const struct block_input input = {
	    .refused = 500, .words = "", .cause = REPLY_IP_BLOCK, .scope = SCOPE_IP};
	struct block block = {0};

	(void)state;
	assert_int_equal(block_apply(&block, &input), BLOCK_SAME);
	assert_int_equal(block.messages, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replies_speak_against_the_address_or_somebody_else),
	    cmocka_unit_test(a_block_begins_and_ends_with_several_replies),
	    cmocka_unit_test(a_block_knows_since_when_and_why),
	    cmocka_unit_test(each_reply_is_weighed_with_its_own_scope),
	    cmocka_unit_test(refusals_without_a_time_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
