#include "folder.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/domains.h"
#include "store/selectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { TODAY = 20778, DAY_S = 86400, AT = TODAY * DAY_S };

struct bench {
	char dir[FOLDER_BYTES];
	struct arena *arena;
	struct store *store;
	struct err err;
};

static void must(struct bench *bench, bool ok)
{
	if (!ok)
		fail_msg("%s", bench->err.text);
}

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	bench->arena = arena_new();
	bench->store = store_open(bench->dir, STORE_WRITE, &bench->err);
	must(bench, bench->store != NULL);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	store_close(bench->store);
	arena_free(bench->arena);
	folder_remove(bench->dir);
	free(bench);
	return 0;
}

static int64_t save(struct bench *bench, const char *name, int64_t seen_at,
		    struct stored_domain domain)
{
	struct stored_address address = {.address = name, .is_domain = true, .seen_at = seen_at};

	if (!domain.auth)
		domain.auth = "";
	must(bench, store_save_address(bench->store, &address, &bench->err));
	must(bench, domains_save(bench->store, address.id, &domain, &bench->err));
	return address.id;
}

/* --- a few days of looks and logs, and what is left of them --- */

#define H *3600
#define D *86400

enum { TELL, FIND };
static const struct {
	int what;
	const char *domain, *selector;
	enum selector_source source; /* TELL */
	int64_t at; /* after AT */
} step[] = {
    {TELL, "a.example", "s1", SELECTOR_RSPAMD, 0},
    {TELL, "a.example", "s1", SELECTOR_OPENDKIM, 5},
    {TELL, "a.example", "s1", SELECTOR_EXIM, 2 H},
    {FIND, "a.example", "default", SELECTOR_COMMON, 1 H},
    {TELL, "a.example", "default", SELECTOR_AMAVIS, 3 H},
    {FIND, "a.example", "s1", SELECTOR_COMMON, 2 H},
    {TELL, "b.example", "s1", SELECTOR_RSPAMD, 0},
    {TELL, "b.example", "s1", SELECTOR_RSPAMD, 30 * 60}, /* too near to be written again */
    {TELL, "c.example", "ahead", SELECTOR_OPENDKIM, 40 D},
    {TELL, "c.example", "old", SELECTOR_OPENDKIM, -70 D},
    {TELL, "d.example", "s1", SELECTOR_OPENDKIM, -50 D},
};

static const char left[] = "a.example default amavis 10800 3600\n"
			   "a.example s1 opendkim 7200 7200\n"
			   "b.example s1 rspamd 0 -\n"
			   "d.example s1 opendkim -4320000 -\n";
static const char left_later[] = "a.example default amavis 10800 3600\n"
				 "a.example s1 opendkim 7200 7200\n"
				 "b.example s1 rspamd 0 -\n";

static void tell(struct bench *bench, const char *domain, const char *selector,
		 enum selector_source source, int64_t at)
{
	const struct signing signing = {at, source, domain, selector};
	struct selectors *selectors = selectors_new();

	selectors_add(selectors, &signing);
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, selectors_tell(bench->store, selectors, AT, &bench->err));
	must(bench, store_commit(bench->store, &bench->err));
	selectors_free(selectors);
}

static void find(struct bench *bench, const char *domain, const char *selector, int64_t at)
{
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, selectors_find(bench->store, domain, selector, at, &bench->err));
	must(bench, store_commit(bench->store, &bench->err));
}

static void check_all(struct bench *bench, const char *domain, const char *wanted)
{
	struct stored_selectors *stored;
	struct str text = {0};
	size_t count;

	must(bench,
	     selectors_load(bench->store, domain, bench->arena, &stored, &count, &bench->err));
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < stored[i].count; k++) {
			const struct auth_selector *const row = &stored[i].row[k];

			str_addf(&text, "%s %s %s ", stored[i].domain, row->name,
				 selector_source_name(row->source));
			str_addf(&text, "%lld ", (long long)row->told_at - AT);
			if (row->key_at)
				str_addf(&text, "%lld\n", (long long)row->key_at - AT);
			else
				str_add(&text, "-\n");
		}
	assert_string_equal(str_text(&text), wanted);
	str_release(&text);
}

static void trim(struct bench *bench, int64_t now)
{
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, selectors_trim(bench->store, now, &bench->err));
	must(bench, store_commit(bench->store, &bench->err));
}

static void what_is_told_and_found_stays(void **state)
{
	struct bench *bench = *state;

	for (size_t i = 0; i < COUNT_OF(step); i++)
		if (step[i].what == TELL)
			tell(bench, step[i].domain, step[i].selector, step[i].source,
			     AT + step[i].at);
		else
			find(bench, step[i].domain, step[i].selector, AT + step[i].at);
	check_all(bench, NULL, left);
	check_all(bench, "b.example", "b.example s1 rspamd 0 -\n");
	check_all(bench, "nowhere.example", "");
	trim(bench, AT);
	check_all(bench, NULL, left);
	trim(bench, AT + 13 D);
	check_all(bench, NULL, left_later);
	trim(bench, AT + 70 D);
	check_all(bench, NULL, "");
}

/* Forged ones make no room for themselves: a key, then a signer's word weigh more. */
static void a_domain_keeps_the_best(void **state)
{
	struct bench *bench = *state;
	struct stored_selectors *stored;
	size_t count;

	tell(bench, "a.example", "signer", SELECTOR_OPENDKIM, AT - 3 D);
	find(bench, "a.example", "found", AT - 5 D);
	for (int i = 0; i < 3 * DKIM_LEARNED_MAX; i++)
		tell(bench, "a.example", arena_printf(bench->arena, "f%d", i), SELECTOR_RSPAMD,
		     AT + i);
	must(bench,
	     selectors_load(bench->store, "a.example", bench->arena, &stored, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_int_equal(stored[0].count, DKIM_LEARNED_MAX);
	assert_string_equal(stored[0].row[DKIM_LEARNED_MAX - 2].name, "found");
	assert_string_equal(stored[0].row[DKIM_LEARNED_MAX - 1].name, "signer");
	for (size_t i = 0; i + 2 < stored[0].count; i++)
		assert_true(stored[0].row[i].told_at >= AT + 2 * DKIM_LEARNED_MAX);
}

static void it_is_known_who_was_guessed_at(void **state)
{
	struct bench *bench = *state;
	const char *const *domain;
	size_t count;
	int64_t id;

	save(bench, "a.example", AT, (struct stored_domain){.registrable = ""});
	id = save(bench, "b.example", AT, (struct stored_domain){.registrable = ""});
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, selectors_guess(bench->store, id, AT, &bench->err));
	must(bench, store_commit(bench->store, &bench->err));
	must(bench,
	     selectors_guessed(bench->store, AT, bench->arena, &domain, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_string_equal(domain[0], "b.example");
	must(bench,
	     selectors_guessed(bench->store, AT + 1, bench->arena, &domain, &count, &bench->err));
	assert_int_equal(count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_told_and_found_stays),
	    TEST(a_domain_keeps_the_best),
	    TEST(it_is_known_who_was_guessed_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
