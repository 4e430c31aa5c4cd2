#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "incident_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Passes an hour apart, separated by '|', and the letters of each; incident_bench.h has the
 * language. */
static const struct {
	const char *why;
	const char *passes;
	const char *letters;
} calm[] = {
    /* one cause, one incident */
    {"a listing is told, and its end", "+xa | | -xa |", "OAa | | EAa |"},
    {"an address on several lists is one", "+xa +ya .pa", "OAa"},
    {"its end is told when all of it ended", "+xa +ya | -xa | -ya", "OAa | | EAa"},
    {"two addresses are two", "+xa +xb", "OAa OAb"},
    {"a list with three is one", "+xa +xb +xc", "OLx"},
    {"and those that follow join it", "+xa +xb +xc | +xd | +xe", "OLx | |"},
    {"another list stays with its address", "+xa +xb +xc | +ya", "OLx | OAa"},
    {"three in three passes are three", "+xa | +xb | +xc", "OAa | OAb | OAc"},
    {"one that is listed already stays where it is", "+xa | +xb +xc +xd | -xa", "OAa | OLx | EAa"},
    {"a receiver that refuses one", "*ga", "OAa"},
    {"a receiver that refuses two", "*ga *gb", "OVg"},
    {"also when the second comes later", "*ga | *gb", "OAa | OVg"},
    {"two receivers that refuse one address each", "*ga *mb", "OAa OAb"},
    {"addresses that lose their names at once are one", "+pa +pb +pc | -pa -pb | -pc",
     "OAidentity | | EAidentity"},
    {"whatever their HELO says then", "+pa +ha +pb +hb +pc +hd", "OAidentity"},
    {"two are two", "+pa +ha +pb +hb", "OAa OAb"},
    {"one later lost its own", "+pa +pb +pc | +pd", "OAidentity | OAd"},
    {"three that send too much are three", "+va +vb +vc", "OAa OAb OAc"},
    {"an account that spikes", "+uq", "OSq"},
    {"a domain that lost its records", "+sA +dA", "ODA"},
    {"one record that many share", "+sA +sB +sC", "ODspf"},
    {"a later one broke for its own reason", "+sA +sB +sC | +sD", "ODspf | ODD"},
    {"many more did not", "+sA +sB +sC | +sD +sE +sF", "ODspf | GDspf"},
    {"a domain on a list", "+xA", "ODA"},
    {"domains and addresses on one list", "+xA +xb +xC", "OLx"},
    {"a list out of order", "+Lx | | -Lx", "OPx | | EPx"},
    {"three at once are the agent's trouble", "+Lx +Ly +Lz | -Lx | -Ly -Lz", "OP | | EP"},
    {"the resolver", "+R. | -R.", "OP | EP"},

    /* not for each item */
    {"a further list is no letter", "+xa +ya | +za", "OAa |"},
    {"twice as many are", "+xa | +ya | +za | +pa", "OAa | GAa | | GAa"},
    {"a worse one is", "+xa +ya | *za", "OAa | GAa"},
    {"and one that became worse", "+xa | !xa | !xa", "OAa | GAa |"},
    {"a second critical one is not", "*xa +ya | *za", "OAa |"},
    {"the first listing is, for it is another thing", "*va *ga | *xa | *ya", "OAa | GAa |"},
    {"nor the first that comes back", "*va *ga | *xa | -xa | *xa", "OAa | GAa | |"},
    {"not one that was there before", "*va *ga *xa | -xa | *xa", "OAa | |"},
    {"nor one that does little harm", "*va *ga *pa | .xa", "OAa |"},
    {"a spike that falls goes on", "*va | ~va | -va", "OAa | | EAa"},
    {"a spike that rises again was told", "*va | ~va | !va", "OAa | |"},

    /* reminders */
    {"a day later, two days after that, then four, then each week",
     "+xa | @23 | @1 | @47 | @1 | @96 | @168 | @167 | @1 | -xa",
     "OAa | | RAa | | RAa | RAa | RAa | | RAa | EAa"},
    {"growth begins anew", "+xa | @24 | +ya | @24 | @24", "OAa | RAa | GAa | RAa |"},

    /* what comes and goes */
    {"it came back: the same thread, twice told", "+xa | -xa | +xa | -xa", "OAa | EAa | OAa | EAa"},
    {"from the third time on once a day", "+xa | -xa | +xa | -xa | +xa | -xa | +xa | -xa | @18 +xa",
     "OAa | EAa | OAa | EAa | | | | |"},
    {"then as it is", "+xa | -xa | +xa | -xa | +xa | -xa | +xa | @24",
     "OAa | EAa | OAa | EAa | | | | OAa"},
    {"its end at last as well", "+xa | -xa | +xa | -xa | +xa | @24 | -xa | | @22 | | ",
     "OAa | EAa | OAa | EAa | | OAa | | | EAa | |"},
    {"what is worse is never held back", "+xa | -xa | +xa | -xa | +xa | !xa",
     "OAa | EAa | OAa | EAa | | OAa"},
    {"nor is what is twice as large",
     "+xa +xb +xc | -xa -xb -xc | +xa +xb +xc | -xa -xb -xc | +xa +xb +xc | -xa -xb -xc | "
     "+xa +xb +xc +xd +xe +xf",
     "OLx | ELx | OLx | ELx | | | OLx"},
    {"another trouble is no flap", "+xa | -xa | +xa | -xa | +xa | -xa | +ya",
     "OAa | EAa | OAa | EAa | | | OAa"},
    {"after a day it is new", "+xa | -xa | @25 +xa | -xa | @25 +xa", "OAa | EAa | OAa | EAa | OAa"},

    /* mutes */
    {"nothing of what is muted", "[a +xa | @48 | -xa", " | |"},
    {"told when the mute is over", "[a +xa | | ]a | -xa", " | | OAa | EAa"},
    {"muted after it was told: no reminder, but the end", "+xa | [a | @48 | -xa", "OAa | | | EAa"},
    {"a reminder when the mute is over", "+xa | [a | @48 | ]a", "OAa | | | RAa"},
    {"others are told", "[a +xa +xb", "OAb"},
    {"a list with one that is not", "[a [b +xa +xb +xc", "OLx"},
    {"a part that is no longer muted", "[a +xa +xb +xc | | ]a | ", "OLx | | RLx |"},

    /* new addresses, and what is over at once */
    {"what new addresses bring goes together", "?xa ?yb", "OAa+ OAb+"},
    {"told and over", "#xa | | ", "OAa | |"},
    {"on top of what is open", "+xa +ya | #za | -xa -ya", "OAa | | EAa"},
};

static const struct {
	const char *why;
	const char *passes;
	const char *letters;
} baseline[] = {
    {"what was there is told together", "+xa *gb +sA | | ", "BAb+ BAa+ BDA+ | |"},
    {"nobody hears of its end", "+xa | -xa", "BAa+ |"},
    {"that nothing can be seen is told at once, and its end", "+R. | -R.", "OP | EP"},
    {"it is remembered together", "+xa | @24", "BAa+ | RAa+"},
    {"what joins it is told", "+xa +xb +xc | +xd | -xa -xb -xc -xd", "BLx+ | GLx | ELx"},
    {"what comes back is told", "+xa | -xa | +xa | -xa", "BAa+ | | OAa | EAa"},
    {"a mute that was there first", "[a +xa | | ]a", " | | OAa"},
};

static const char *trimmed(struct arena *arena, const char *text, size_t len)
{
	while (len && *text == ' ') {
		text++;
		len--;
	}
	while (len && text[len - 1] == ' ')
		len--;
	return arena_strndup(arena, text, len);
}

static void add_words(struct bench *bench, char *words)
{
	char *rest = NULL;

	bench->now += BENCH_HOUR_S;
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		if (*word == '@')
			bench->now += (strtol(word + 1, NULL, 10) - 1) * BENCH_HOUR_S;
		else
			bench_add(bench, word);
}

/* Events carry the pass's time, so that the time comes first. */
static void run_row(const char *why, const char *passes, const char *letters, bool is_first)
{
	struct bench bench;

	bench_open(&bench);
	bench.is_first = is_first;
	for (;;) {
		const size_t len = strcspn(passes, "|");
		const size_t expected_len = strcspn(letters, "|");
		const char *const expected = trimmed(bench.arena, letters, expected_len);
		const char *seen;

		add_words(&bench, arena_strndup(bench.arena, passes, len));
		bench_judge(&bench);
		seen = bench_letters(&bench);
		if (strcmp(seen, expected) != 0)
			fail_msg("%s: '%s' instead of '%s' before '%s'", why, seen, expected,
				 passes + len);
		if (!passes[len])
			break;
		passes += len + 1;
		letters += letters[expected_len] ? expected_len + 1 : expected_len;
	}
	bench_close(&bench);
}

static void people_hear_as_little_as_keeps_them_informed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(calm); i++)
		run_row(calm[i].why, calm[i].passes, calm[i].letters, false);
}

static void the_first_pass_is_one_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(baseline); i++)
		run_row(baseline[i].why, baseline[i].passes, baseline[i].letters, true);
}

static const struct {
	const char *why;
	struct mute mute;
	bool covers;
} mutes[] = {
    {"its address", {.address = "192.0.2.10", .subject = "", .until = 200}, true},
    {"its pool", {.address = "shared-a", .subject = "", .until = 200}, true},
    {"its block", {.address = "192.0.2.0/24", .subject = "", .until = 200}, true},
    {"another block", {.address = "192.0.2.64/26", .subject = "", .until = 200}, false},
    {"another address", {.address = "192.0.2.11", .subject = "", .until = 200}, false},
    {"its address, another list", {.address = "192.0.2.10", .subject = "y", .until = 200}, false},
    {"any address, its list", {.address = "", .subject = "bl.example", .until = 200}, true},
    {"its check", {.address = "192.0.2.10", .subject = "dnsbl", .until = 200}, true},
    {"a mute that is over", {.address = "192.0.2.10", .subject = "", .until = 100}, false},
    {"one that has not begun", {.address = "", .subject = "", .from = 101, .until = 200}, false},
    {"one that begins now", {.address = "", .subject = "", .from = 100, .until = 200}, true},
};

static void a_mute_covers_what_it_names(void **state)
{
	static const struct incident_item item = {
	    .address = "192.0.2.10", .pool = "shared-a", .check = "dnsbl", .subject = "bl.example"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(mutes); i++)
		if (mute_covers(&mutes[i].mute, &item, 100) != mutes[i].covers)
			fail_msg("%s", mutes[i].why);
}

/* --- simulations: printed are the letters beside the events people would get without --- */

static void a_list_that_flaps(void **state)
{
	struct bench bench;
	size_t letters = 0;
	size_t events = 0;

	(void)state;
	bench_open(&bench);
	for (size_t pass = 0; pass < 48; pass++, bench.now += BENCH_HOUR_S / 2) {
		for (char where = 'a'; where <= 'j'; where++, events++)
			bench_add(&bench, (char[]){pass % 2 ? '-' : '+', 'x', where, '\0'});
		bench_judge(&bench);
		letters += bench.outcome.letters;
	}
	printf("# a list that flaps for 48 passes, 10 addresses: %zu events, %zu letters\n", events,
	       letters);
	assert_int_equal(letters, 4);
	assert_int_equal(bench.last_id, 1);
	bench_close(&bench);
}

enum { MANY = 10000 };

static void flip_many(struct bench *bench, enum change change, size_t zones)
{
	for (size_t i = 0; i < MANY; i++)
		for (size_t j = 0; j < zones; j++)
			bench_news(bench, &(struct event){
					      .address = arena_printf(bench->arena, "10.0.%zu.%zu",
								      i / 256, i % 256),
					      .check = "dnsbl",
					      .subject = j ? "y" : "x",
					      .change = change,
					      .severity = SEVERITY_CRITICAL,
					      .from = "",
					      .to = "listed",
					      .text = "",
					  });
}

static void ten_thousand_listed_at_once(void **state)
{
	struct bench bench;
	size_t letters = 0;

	(void)state;
	bench_open(&bench);
	flip_many(&bench, CHANGE_RAISED, 2);
	bench_judge(&bench);
	letters += bench.outcome.letters;
	assert_int_equal(bench.incidents, 2);
	assert_int_equal(bench.incident[0].items, MANY);
	for (size_t pass = 0; pass < 20; pass++) {
		bench.now += BENCH_HOUR_S;
		bench_judge(&bench);
		letters += bench.outcome.letters;
	}
	flip_many(&bench, CHANGE_CLEARED, 2);
	bench_judge(&bench);
	letters += bench.outcome.letters;
	printf("# %d addresses on two lists and off again: %d events, %zu letters\n", MANY,
	       4 * MANY, letters);
	assert_int_equal(letters, 4);
	bench_close(&bench);
}

static void a_resolver_outage(void **state)
{
	struct bench bench;
	size_t letters = 0;

	(void)state;
	bench_open(&bench);
	bench_add(&bench, "+R.");
	for (size_t pass = 0; pass < 20; pass++, bench.now += BENCH_HOUR_S) {
		bench_judge(&bench);
		letters += bench.outcome.letters;
	}
	bench_add(&bench, "-R.");
	bench_judge(&bench);
	letters += bench.outcome.letters;
	printf("# a resolver out for 20 passes: %zu letters\n", letters);
	assert_int_equal(letters, 2);
	bench_close(&bench);
}

/* --- whatever happens --- */

enum { WHATS = 5, WHERES = 12, PASSES = 400, SEEDS = 40 };

struct world {
	uint64_t random;
	bool is_bad[WHATS][WHERES];
	enum muting { HEARD, MUTED, ENDED } muting[WHERES];
};

static uint64_t next(struct world *world, uint64_t below)
{
	world->random ^= world->random << 13;
	world->random ^= world->random >> 7;
	world->random ^= world->random << 17;
	return world->random % below;
}

/* Each address is muted once at most: a mute that was ended stays in the bench. */
static void change_mutes(struct world *world, struct bench *bench)
{
	for (size_t j = 0; j < WHERES; j++) {
		enum muting *const muting = &world->muting[j];

		if (*muting == ENDED || next(world, 4) != 0)
			continue;
		bench_add(bench,
			  (char[]){*muting == MUTED ? ']' : '[', (char)('a' + (int)j), '\0'});
		++*muting;
	}
}

static void live(struct world *world, struct bench *bench)
{
	static const char what[WHATS] = {'x', 'y', 'g', 'v', 's'};
	static const char signs[] = {'.', '+', '*'};
	const uint64_t mood = next(world, 20);

	for (size_t i = 0; i < WHATS; i++)
		for (size_t j = 0; j < WHERES; j++) {
			const char where = (char)((what[i] == 's' ? 'A' : 'a') + (int)j);
			bool *const is_bad = &world->is_bad[i][j];

			if (next(world, mood == 0 ? 3 : 40) != 0)
				continue;
			bench_add(bench, (char[]){*is_bad ? '-' : signs[next(world, 3)], what[i],
						  where, '\0'});
			*is_bad = !*is_bad;
		}
	if (mood == 1)
		change_mutes(world, bench);
}

static bool is_muted(const struct bench *bench, const struct incident_item *item)
{
	for (size_t i = 0; i < bench->mutes; i++)
		if (mute_covers(&bench->mute[i], item, bench->now))
			return true;
	return false;
}

static const struct incident_item *find_item(const struct incident *incident,
					     const struct event *event)
{
	for (size_t i = 0; i < incident->items; i++) {
		const struct incident_item *const item = &incident->item[i];

		if (strcmp(item->address, event->address) == 0 &&
		    strcmp(item->check, event->check) == 0 &&
		    strcmp(item->subject, event->subject) == 0)
			return item;
	}
	return NULL;
}

/* People know of it by the end of the pass, or were told as often as they want to be. */
static bool is_known(const struct bench *bench, const struct incident *incident)
{
	if (!incident->told_at)
		return false;
	return incident->is_told || incident->is_baseline ||
	       (incident->flaps >= INCIDENT_FLAPS_TOLD &&
		bench->now - incident->told_at < bench->repeat_s);
}

static void check_news(const struct bench *bench, size_t newses)
{
	const struct incident_outcome *const out = &bench->outcome;

	for (size_t i = 0; i < newses; i++) {
		const struct event *const event = &bench->event[i];
		const struct incident_item *item;

		if (event->change != CHANGE_RAISED)
			continue;
		assert_true(out->place[i] < out->incidents);
		item = find_item(&out->incident[out->place[i]], event);
		if (!item || item->ended_at)
			fail_msg("%s %s is not open", event->address, event->check);
		if (!is_muted(bench, item))
			assert_true(is_known(bench, &out->incident[out->place[i]]));
	}
}

static size_t count_bad(const struct world *world)
{
	size_t count = 0;

	for (size_t i = 0; i < WHATS; i++)
		for (size_t j = 0; j < WHERES; j++)
			count += world->is_bad[i][j];
	return count;
}

static size_t count_open(const struct bench *bench)
{
	size_t count = 0;

	for (size_t i = 0; i < bench->incidents; i++) {
		size_t open = 0;

		for (size_t j = 0; j < bench->incident[i].items; j++)
			open += !bench->incident[i].item[j].ended_at;
		assert_int_equal(open == 0, bench->incident[i].ended_at != 0);
		count += open;
	}
	return count;
}

static void check_letters(const struct bench *bench)
{
	const struct incident_outcome *const out = &bench->outcome;

	for (size_t i = 0; i < out->letters; i++) {
		assert_int_equal(out->letter[i].incident->told_at, bench->now);
		assert_int_equal(out->letter[i].seq, out->letter[i].incident->seq);
		for (size_t j = 0; j < i; j++)
			assert_ptr_not_equal(out->letter[i].incident, out->letter[j].incident);
		if (i)
			assert_true(out->letter[i].incident->severity <=
				    out->letter[i - 1].incident->severity);
	}
}

/* When all is well for long enough, everybody was told. */
static void come_to_rest(struct world *world, struct bench *bench)
{
	static const char what[WHATS] = {'x', 'y', 'g', 'v', 's'};

	for (size_t i = 0; i < WHATS; i++)
		for (size_t j = 0; j < WHERES; j++)
			if (world->is_bad[i][j])
				bench_add(bench,
					  (char[]){'-', what[i],
						   (char)((what[i] == 's' ? 'A' : 'a') + (int)j),
						   '\0'});
	bench_judge(bench);
	bench->now += bench->repeat_s + INCIDENT_FLAP_S + 1;
	bench_judge(bench);
	for (size_t i = 0; i < bench->incidents; i++)
		assert_false(bench->incident[i].is_told);
	bench->now += BENCH_HOUR_S;
	bench_judge(bench);
	assert_int_equal(bench->incidents, 0);
	assert_int_equal(bench->outcome.letters, 0);
}

static void everything_raised_is_known_by_the_end_of_its_pass(void **state)
{
	size_t events = 0;
	size_t letters = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct world world = {.random = seed * 0x9e3779b97f4a7c15ULL};
		struct bench bench;

		bench_open(&bench);
		bench.is_first = seed % 2;
		for (size_t pass = 0; pass < PASSES; pass++) {
			size_t newses;

			bench.now += BENCH_HOUR_S / 2;
			live(&world, &bench);
			newses = bench.newses;
			bench_judge(&bench);
			check_news(&bench, newses);
			check_letters(&bench);
			assert_int_equal(count_open(&bench), count_bad(&world));
			events += newses;
			letters += bench.outcome.letters;
		}
		come_to_rest(&world, &bench);
		bench_close(&bench);
	}
	printf("# %d random passes: %zu events, %zu letters before digests\n", SEEDS * PASSES,
	       events, letters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(people_hear_as_little_as_keeps_them_informed),
	    cmocka_unit_test(the_first_pass_is_one_message),
	    cmocka_unit_test(a_mute_covers_what_it_names),
	    cmocka_unit_test(a_list_that_flaps),
	    cmocka_unit_test(ten_thousand_listed_at_once),
	    cmocka_unit_test(a_resolver_outage),
	    cmocka_unit_test(everything_raised_is_known_by_the_end_of_its_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
