#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "judge/standing.h"

#include <stdio.h>
#include <string.h>

enum { START = 1000, STEP = 60 };

/* The answers of the tables below, one letter each. */
static const struct {
	char letter;
	enum finding finding;
	enum severity severity;
	const char *means;
	uint32_t code;
} answer[] = {
    {'C', FINDING_CLEAR, SEVERITY_INFO, "", 0},
    {'B', FINDING_BLIND, SEVERITY_INFO, "", 0},
    {'l', FINDING_LISTED, SEVERITY_MINOR, "CSS", 0x7f000003},
    {'L', FINDING_LISTED, SEVERITY_MAJOR, "SBL", 0x7f000002},
    {'X', FINDING_LISTED, SEVERITY_CRITICAL, "DROP", 0x7f000009},
    {'n', FINDING_NOTED, SEVERITY_INFO, "trusted", 0x7f000a02},
    {'N', FINDING_NOTED, SEVERITY_MINOR, "PBL", 0x7f00000a},
};

static struct observation observation(char letter)
{
	for (size_t i = 0; i < COUNT_OF(answer); i++)
		if (answer[i].letter == letter)
			return (struct observation){
			    .check = "dnsbl",
			    .subject = "bl.example",
			    .finding = answer[i].finding,
			    .cause = letter == 'B' ? CAUSE_TIMEOUT : CAUSE_NONE,
			    .severity = answer[i].severity,
			    .code = {answer[i].code},
			    .codes = answer[i].code != 0,
			    .means = answer[i].means,
			    .text = "",
			    .fix = "",
			};
	bug("no answer '%c'", letter);
}

static char belief_letter(const struct standing *standing)
{
	if (standing->belief == FINDING_BLIND)
		return '?';
	for (size_t i = 0; i < COUNT_OF(answer); i++)
		if (answer[i].finding == standing->belief &&
		    answer[i].severity == standing->severity)
			return answer[i].letter;
	return '!';
}

static struct standing believing(char letter)
{
	const struct observation seen =
	    letter == '?' ? (struct observation){0} : observation(letter);
	struct standing standing = {
	    .check = "dnsbl", .subject = "bl.example", .means = "", .text = "", .fix = ""};

	standing.belief = seen.finding;
	standing.severity = seen.severity;
	memcpy(standing.code, seen.code, sizeof(standing.code));
	standing.codes = seen.codes;
	standing.means = seen.means ? seen.means : "";
	return standing;
}

/* Passes are separated by blanks: a digit in front is how many answers agree (else one), `h` in
 * front that the breaker holds the list. `beliefs` and `events` have one letter a pass; of the
 * events R is raised, E escalated, K cleared. */
static const struct {
	const char *why;
	char before; /* ? is a pair never seen */
	const char *passes;
	uint32_t confirm;
	const char *beliefs;
	const char *events;
} patience[] = {
    {"a first clear answer is believed and no news", '?', "C C", 2, "CC", ".."},
    {"one bad answer is not an alarm", 'C', "L C C", 2, "CCC", "..."},
    {"two in a row are", 'C', "L L L", 2, "CLL", ".R."},
    {"two in one pass are", 'C', "2L L", 2, "LL", "R."},
    {"a listing at first sight", '?', "2L", 2, "L", "R"},
    {"a listing at first sight, not confirmed", '?', "L", 2, "?", "."},
    {"a first sight that does not come again", '?', "L C L", 2, "?CC", "..."},
    {"patience of one", 'C', "L C L", 1, "LCL", "RKR"},
    {"patience of three", 'C', "L L C L L L", 3, "CCCCCL", ".....R"},
    {"patience of three in two passes", 'C', "2L L", 3, "CL", ".R"},
    {"a belief is cleared like it was raised", 'L', "C C", 2, "LC", ".K"},
    {"one clear answer clears nothing", 'L', "C L C L", 2, "LLLL", "...."},
    {"answers that alternate change nothing", 'C', "L C L C L C", 2, "CCCCCC", "......"},
    {"silence never clears a listing", 'L', "B B C", 2, "LLL", "..."},
    {"silence never raises one", 'C', "B B L B B", 2, "CCCCC", "....."},
    {"silence between two answers does not part them", 'C', "L B L", 2, "CCL", "..R"},
    {"nor between two that clear", 'L', "C B B C", 2, "LLLC", "...K"},
    {"listed, blind, clear", 'L', "B 2C", 2, "LC", ".K"},
    {"a pair never seen stays unknown in silence", '?', "B B", 2, "??", ".."},

    {"a worse severity is news at once", 'l', "L X", 2, "LX", "EE"},
    {"a milder one is not, and takes patience", 'X', "l l l", 2, "Xll", "..."},
    {"severities that alternate tell once", 'l', "L l L l L", 2, "LLLLL", "E...."},
    {"a milder answer between clear ones", 'X', "l C l C", 2, "XXXX", "...."},
    {"milder, then clear", 'X', "l 2C", 2, "XC", ".K"},

    {"a note that alarms nobody comes and goes unheard", 'C', "2n 2C", 2, "nC", ".."},
    {"a note with a severity is heard of", 'C', "2N 2C", 2, "NC", "RK"},
    {"a note becomes a listing", 'N', "L L", 2, "NL", ".E"},
    {"an unheard note becomes a listing", 'n', "L L", 2, "nL", ".R"},
    {"a listing becomes a note", 'L', "N N", 2, "LN", ".K"},
    {"a listing becomes a note nobody hears", 'L', "n n", 2, "Ln", ".K"},
    {"and then ends", 'L', "2N 2C", 2, "NC", "KK"},
    {"an unheard note turns serious", 'n', "N", 2, "N", "R"},
    {"a serious note turns mild", 'N', "n n", 2, "Nn", ".K"},
    {"noted and listed by turns is at least noted", 'C', "L N L N", 2, "CNNN", ".R.."},
    {"noted, then listed, then listed", 'C', "N L L", 2, "CCL", "..R"},
    {"clear and noted by turns is no longer listed", 'L', "C N C N", 2, "LNNN", ".K.."},
    {"noted, then clear, then clear", 'L', "N C C", 2, "LLC", "..K"},

    {"a mass change is held for one pass", 'C', "h2L h2L", 2, "CL", ".R"},
    {"and believed when the next pass says the same", 'C', "h2L 2L", 2, "CL", ".R"},
    {"or forgotten when it does not", 'C', "h2L C 2C", 2, "CCC", "..."},
    {"the next mass is held again", 'C', "h2L C h2L", 2, "CCC", "..."},
    {"a held answer is no first answer", 'C', "hL L L", 2, "CCL", "..R"},
    {"clearing is held as well", 'L', "h2C h2C", 2, "LC", ".K"},
    {"and an escalation", 'l', "hX hX", 2, "lX", ".E"},
    {"what agrees is never held", 'L', "hL h2L", 2, "LL", ".."},
    {"an answer that agrees, though milder, ends the holding", 'X', "h2C l h2C", 2, "XXX", "..."},
    {"held, blind, then the same", 'C', "h2L B 2L", 2, "CCL", "..R"},
    {"a pair never seen is held too", '?', "h2C hC", 2, "?C", ".."},
};

/* Reads one pass from the text and moves on to the next. */
static struct sighting next_pass(const char **passes)
{
	struct sighting sighting = {.answers = 1};

	if (**passes == 'h') {
		sighting.is_held = true;
		++*passes;
	}
	if (**passes >= '0' && **passes <= '9')
		sighting.answers = (uint32_t)(*(*passes)++ - '0');
	sighting.seen = observation(*(*passes)++);
	if (**passes == ' ')
		++*passes;
	return sighting;
}

static char event_letter(enum change change)
{
	static const char letter[CHANGE_COUNT + 1] = ".REK!!!!";

	return letter[change];
}

static void beliefs_flip_with_patience(void **state)
{
	for (size_t i = 0; i < COUNT_OF(patience); i++) {
		struct standing standing = believing(patience[i].before);
		const char *passes = patience[i].passes;
		char beliefs[16] = "", events[16] = "";

		for (size_t pass = 0; *passes; pass++) {
			const struct sighting sighting = next_pass(&passes);
			struct event event;

			events[pass] = event_letter(standing_apply(
			    &standing, &sighting, patience[i].confirm, START, *state, &event));
			beliefs[pass] = belief_letter(&standing);
		}
		if (strcmp(beliefs, patience[i].beliefs) != 0 ||
		    strcmp(events, patience[i].events) != 0)
			fail_msg("%s: beliefs %s, events %s", patience[i].why, beliefs, events);
	}
}

static const struct {
	const char *why;
	char before;
	char seen;
	bool flips;
} flip[] = {
    {"a first clear answer", '?', 'C', false},
    {"a first listing", '?', 'L', true},
    {"a first note", '?', 'n', true},
    {"clear again", 'C', 'C', false},
    {"a new listing", 'C', 'L', true},
    {"a new note", 'C', 'N', true},
    {"listed again", 'L', 'L', false},
    {"listed and worse", 'L', 'X', false},
    {"the end of a listing", 'L', 'C', true},
    {"the end of a note", 'n', 'C', true},
    {"a note that becomes a listing", 'N', 'L', true},
    {"a listing that becomes a note", 'L', 'N', true},
    {"silence about a listing", 'L', 'B', false},
    {"silence about a clear pair", 'C', 'B', false},
    {"silence about the unknown", '?', 'B', false},
};

static void what_would_flip_is_asked_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(flip); i++) {
		const struct standing standing = believing(flip[i].before);
		const struct observation seen = observation(flip[i].seen);

		if (standing_flips(&standing, &seen) != flip[i].flips)
			fail_msg("%s", flip[i].why);
		if (flip[i].before == '?')
			assert_int_equal(standing_flips(NULL, &seen), flip[i].flips);
	}
}

static void the_loss_of_a_watched_note_is_an_event(void **state)
{
	struct standing standing = believing('C');
	struct sighting sighting = {.answers = 2, .watches_loss = true, .seen = observation('n')};
	struct event event;

	/* Being on an allow list is no news, losing it is. */
	assert_int_equal(standing_apply(&standing, &sighting, 2, START, *state, &event),
			 CHANGE_NONE);
	sighting.seen = observation('B');
	assert_int_equal(standing_apply(&standing, &sighting, 2, START, *state, &event),
			 CHANGE_NONE);
	sighting.seen = observation('C');
	assert_int_equal(standing_apply(&standing, &sighting, 2, START, *state, &event),
			 CHANGE_CLEARED);
	assert_int_equal(event.severity, SEVERITY_MINOR);
	assert_string_equal(event.from, "noted");
	assert_string_equal(event.to, "clear");
	assert_string_equal(event.text, "it is no longer on bl.example (trusted)");
}

static const struct {
	char before;
	const char *passes;
	const char *from, *to;
	enum severity severity;
	const char *text;
} told[] = {
    {'?', "2L", "blind", "listed", SEVERITY_MAJOR, "bl.example lists it: SBL (127.0.0.2)"},
    {'C', "2L", "clear", "listed", SEVERITY_MAJOR, "bl.example lists it: SBL (127.0.0.2)"},
    {'C', "2N", "clear", "noted", SEVERITY_MINOR, "it is on bl.example: PBL (127.0.0.10)"},
    {'N', "2X", "noted", "listed", SEVERITY_CRITICAL, "bl.example lists it: DROP (127.0.0.9)"},
    {'l', "X", "minor", "critical", SEVERITY_CRITICAL,
     "bl.example lists it, now critical (was minor): DROP (127.0.0.9)"},
    {'X', "2C", "listed", "clear", SEVERITY_CRITICAL, "bl.example no longer lists it (DROP)"},
    {'N', "2C", "noted", "clear", SEVERITY_MINOR, "it is no longer on bl.example (PBL)"},
    {'X', "2N", "listed", "noted", SEVERITY_CRITICAL,
     "bl.example no longer lists it (DROP); it is on bl.example: PBL (127.0.0.10)"},
    {'n', "N", "info", "minor", SEVERITY_MINOR,
     "it is on bl.example, now minor (was info): PBL (127.0.0.10)"},
};

static void an_event_says_what_changed(void **state)
{
	for (size_t i = 0; i < COUNT_OF(told); i++) {
		struct standing standing = believing(told[i].before);
		const char *passes = told[i].passes;
		const struct sighting sighting = next_pass(&passes);
		struct event event;
		enum change change;

		change = standing_apply(&standing, &sighting, 2, START, *state, &event);
		assert_int_not_equal(change, CHANGE_NONE);
		assert_int_equal(event.change, change);
		assert_int_equal(event.id, 0);
		assert_int_equal(event.at, START);
		assert_string_equal(event.address, "");
		assert_string_equal(event.check, "dnsbl");
		assert_string_equal(event.subject, "bl.example");
		assert_string_equal(event.from, told[i].from);
		assert_string_equal(event.to, told[i].to);
		assert_int_equal(event.severity, told[i].severity);
		assert_string_equal(event.text, told[i].text);
	}
}

static void checks_without_a_list_speak_for_themselves(void **state)
{
	struct standing standing = {0};
	struct sighting sighting = {
	    .answers = 2,
	    .seen = {.check = "ptr",
		     .subject = "",
		     .finding = FINDING_BROKEN,
		     .severity = SEVERITY_CRITICAL,
		     .means = "",
		     .text = "192.0.2.10 has no PTR record",
		     .fix = "10.2.0.192.in-addr.arpa. IN PTR mail.example."},
	};
	struct event event;

	assert_int_equal(standing_apply(&standing, &sighting, 2, START, *state, &event),
			 CHANGE_RAISED);
	assert_string_equal(event.text, "192.0.2.10 has no PTR record");
	assert_string_equal(event.subject, "");
	assert_string_equal(standing.fix, "10.2.0.192.in-addr.arpa. IN PTR mail.example.");
	sighting.seen.finding = FINDING_CLEAR;
	sighting.seen.severity = SEVERITY_INFO;
	sighting.seen.text = sighting.seen.fix = "";
	assert_int_equal(standing_apply(&standing, &sighting, 2, START, *state, &event),
			 CHANGE_CLEARED);
	assert_string_equal(event.text, "ptr is in order again (192.0.2.10 has no PTR record)");
	assert_string_equal(standing.text, "");
	assert_string_equal(standing.fix, "");
}

static void times_say_since_when_and_how_fresh(void **state)
{
	static const struct {
		const char *pass;
		int64_t since, last_good, blind_since;
		enum cause cause;
	} step[] = {
	    {"C", 1000, 1000, 0, CAUSE_NONE},       {"B", 1000, 1000, 1060, CAUSE_TIMEOUT},
	    {"B", 1000, 1000, 1060, CAUSE_TIMEOUT}, {"L", 1000, 1180, 0, CAUSE_NONE},
	    {"L", 1240, 1240, 0, CAUSE_NONE},       {"L", 1240, 1300, 0, CAUSE_NONE},
	    {"X", 1240, 1360, 0, CAUSE_NONE},       {"h2C", 1240, 1360, 1420, CAUSE_MASS_CHANGE},
	    {"B", 1240, 1360, 1420, CAUSE_TIMEOUT}, {"h2C", 1540, 1540, 0, CAUSE_NONE},
	};
	struct standing standing = {0};

	for (size_t i = 0; i < COUNT_OF(step); i++) {
		const char *pass = step[i].pass;
		const struct sighting sighting = next_pass(&pass);
		struct event event;

		standing_apply(&standing, &sighting, 2, START + STEP * (int64_t)i, *state, &event);
		assert_int_equal(standing.since, step[i].since);
		assert_int_equal(standing.last_good, step[i].last_good);
		assert_int_equal(standing.blind_since, step[i].blind_since);
		assert_int_equal(standing.blind_cause, step[i].cause);
	}
}

static const struct {
	const char *why;
	char before;
	const char *passes;
	bool is_plain;
} plain[] = {
    {"clear", 'C', "C", true},
    {"clear at first sight", '?', "C", true},
    {"never learned", '?', "B", false},
    {"one listing not confirmed", 'C', "L", false},
    {"and withdrawn", 'C', "L C", true},
    {"blind while clear", 'C', "B", false},
    {"and seen again", 'C', "B C", true},
    {"held", 'C', "h2L", false},
    {"held and withdrawn", 'C', "h2L C", true},
    {"listed", 'L', "L", false},
    {"no longer listed", 'L', "2C", true},
    {"noted without alarm", 'C', "2n", false},
};

static void only_what_is_clear_with_nothing_pending_may_be_forgotten(void **state)
{
	const struct standing fresh = {0};

	assert_false(standing_is_plain(&fresh));
	for (size_t i = 0; i < COUNT_OF(plain); i++) {
		struct standing standing = believing(plain[i].before);
		const char *passes = plain[i].passes;

		while (*passes) {
			const struct sighting sighting = next_pass(&passes);
			struct event event;

			standing_apply(&standing, &sighting, 2, START, *state, &event);
		}
		if (standing_is_plain(&standing) != plain[i].is_plain)
			fail_msg("%s", plain[i].why);
	}
}

static void a_standing_keeps_copies_of_what_is_bounded(void **state)
{
	struct standing standing = {0};
	struct sighting sighting = {.answers = 2, .seen = observation('L')};
	char text[FOREIGN_TEXT_MAX_BYTES + 500];
	char means[] = "SBL";
	struct event event;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	sighting.seen.text = text;
	sighting.seen.means = means;
	standing_apply(&standing, &sighting, 2, START, *state, &event);
	memset(text, 0, sizeof(text));
	memset(means, 0, sizeof(means));
	assert_string_equal(standing.means, "SBL");
	assert_int_equal(strlen(standing.text), FOREIGN_TEXT_MAX_BYTES);
	assert_non_null(strstr(event.text, "(127.0.0.2); it says: xxx"));
	assert_int_equal(event.text[strlen(event.text) - 1], 'x');
}

/* --- every sequence of answers, against the rules written a second time --- */

enum { LENGTH_MAX = 6 };

static const char *const alphabet[] = {"C", "2C", "L", "2L", "N", "B", "hL", "h2C"};

struct history {
	struct sighting sighting[LENGTH_MAX];
	bool counts[LENGTH_MAX]; /* usable and not held back */
	size_t length;
};

/* How many answers at the end of the history agree that it is one of these letters. */
static uint32_t agreeing(const struct history *history, enum finding one, enum finding other)
{
	uint32_t answers = 0;

	for (size_t i = history->length; i-- > 0;) {
		const enum finding finding = history->sighting[i].seen.finding;

		if (!history->counts[i])
			continue;
		if (finding != one && finding != other)
			break;
		answers += history->sighting[i].answers;
	}
	return answers;
}

/* Which answers speak for a flip between the two: a note lies on the way. */
static enum finding also_for(enum finding from, enum finding to)
{
	if (to != FINDING_NOTED)
		return to;
	return from == FINDING_LISTED ? FINDING_CLEAR : FINDING_LISTED;
}

static void check_step(const struct history *history, const struct standing *before,
		       const struct standing *after, enum change change, uint32_t confirm)
{
	const size_t last = history->length - 1;
	const enum finding seen = history->sighting[last].seen.finding;
	const enum finding from = before->belief;
	const enum finding to = after->belief;

	if (!history->counts[last]) {
		assert_int_equal(from, to);
		assert_int_equal(change, CHANGE_NONE);
		assert_int_equal(after->last_good, before->last_good);
		assert_int_not_equal(after->blind_cause, CAUSE_NONE);
		return;
	}
	assert_int_equal(after->blind_cause, CAUSE_NONE);
	if (from == to) {
		assert_int_equal(change, CHANGE_NONE);
	} else {
		const bool is_first_clear = from == FINDING_BLIND && to == FINDING_CLEAR;

		assert_int_equal(to, seen);
		assert_int_equal(change == CHANGE_NONE, is_first_clear);
		if (!is_first_clear)
			assert_true(agreeing(history, to, also_for(from, to)) >= confirm);
	}
	/* And no more patience than was asked for. */
	if (agreeing(history, seen, seen) >= confirm)
		assert_int_equal(to, seen);
	if (to == FINDING_CLEAR && from == FINDING_LISTED)
		assert_int_equal(change, CHANGE_CLEARED);
	if (to == FINDING_LISTED && from == FINDING_CLEAR)
		assert_int_equal(change, CHANGE_RAISED);
}

static void run_sequence(size_t number, size_t length, enum finding belief, uint32_t confirm,
			 struct arena *arena)
{
	struct standing standing = {.check = "dnsbl", .subject = "bl.example", .belief = belief};
	struct history history = {.length = 0};
	uint32_t held = 0;

	if (belief == FINDING_LISTED)
		standing.severity = SEVERITY_MAJOR;
	for (size_t i = 0; i < length; i++, number /= COUNT_OF(alphabet)) {
		const char *pass = alphabet[number % COUNT_OF(alphabet)];
		const struct sighting sighting = next_pass(&pass);
		const struct standing before = standing;
		const bool is_change = sighting.seen.finding != standing.belief;
		const bool is_held = sighting.is_held && is_change && held < BREAKER_HELD_PASSES;
		struct event event;
		enum change change;

		change = standing_apply(&standing, &sighting, confirm, START, arena, &event);
		assert_int_equal(event.change, change);
		history.sighting[i] = sighting;
		history.counts[i] = sighting.seen.finding != FINDING_BLIND && !is_held;
		history.length++;
		if (is_held)
			held++;
		else if (history.counts[i] && standing.belief == sighting.seen.finding)
			held = 0;
		check_step(&history, &before, &standing, change, confirm);
	}
}

static size_t count_sequences(size_t length)
{
	size_t count = 1;

	while (length--)
		count *= COUNT_OF(alphabet);
	return count;
}

static void no_sequence_of_answers_breaks_the_rules(void **state)
{
	static const enum finding start[] = {FINDING_BLIND, FINDING_CLEAR, FINDING_LISTED};
	static const struct {
		uint32_t confirm;
		size_t length; /* sequences hold the shorter ones as their beginnings */
	} round[] = {{1, LENGTH_MAX - 1}, {2, LENGTH_MAX}, {3, LENGTH_MAX - 1}};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t r = 0; r < COUNT_OF(round); r++) {
		const size_t sequences = count_sequences(round[r].length);

		for (size_t i = 0; i < sequences * COUNT_OF(start); i++) {
			run_sequence(i / COUNT_OF(start), round[r].length,
				     start[i % COUNT_OF(start)], round[r].confirm, arena);
			arena_reset(arena);
		}
	}
	arena_free(arena);
}

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(beliefs_flip_with_patience),
	    cmocka_unit_test(what_would_flip_is_asked_twice),
	    cmocka_unit_test(the_loss_of_a_watched_note_is_an_event),
	    cmocka_unit_test(an_event_says_what_changed),
	    cmocka_unit_test(checks_without_a_list_speak_for_themselves),
	    cmocka_unit_test(times_say_since_when_and_how_fresh),
	    cmocka_unit_test(only_what_is_clear_with_nothing_pending_may_be_forgotten),
	    cmocka_unit_test(a_standing_keeps_copies_of_what_is_bounded),
	    cmocka_unit_test(no_sequence_of_answers_breaks_the_rules),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
