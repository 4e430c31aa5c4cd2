#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/dmarc_record.h"
#include "base/mem.h"

static const struct {
	const char *txt;
	bool is_record;
} is_case[] = {
    {"v=DMARC1; p=none", true},
    {"v=DMARC1;p=none", true},
    {"v = DMARC1 ; p=none", true},
    {"v=DMARC1", true},
    {"v=DMARC1;", true},
    {" v=DMARC1; p=none", true},
    {"v=DMARC1; hello", true},
    {"v=dmarc1; p=none", false},
    {"v=DMARC2; p=none", false},
    {"v=DMARC1 p=none", false},
    {"v=DMARC1, p=none", false},
    {"p=none; v=DMARC1", false},
    {"hello; v=DMARC1", false},
    {"\"v=DMARC1; p=none\"", false},
    {"v=DMARC1\\; p=none", false},
    {"v=spf1 -all", false},
    {"", false},
};

static void a_record_begins_with_its_version(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(is_case); i++)
		if (dmarc_record_is(slice_text(is_case[i].txt)) != is_case[i].is_record)
			fail_msg("%s", is_case[i].txt);
}

#define V "v=DMARC1; "
static const struct {
	const char *txt;
	enum dmarc_policy policy, subdomains, nobodys;
	enum auth_state state;
	const char *text; /* a part of the worst problem; "" for none */
	const char *meant; /* "" where nothing is offered */
} read_case[] = {
#define ALL(policy) policy, policy, policy
    {V "p=reject", ALL(DMARC_REJECT), AUTH_OK, "", ""},
    {V "p=Quarantine", ALL(DMARC_QUARANTINE), AUTH_OK, "", ""},
    {V "p=none", ALL(DMARC_NONE), AUTH_OK, "protects nobody", ""},
    {V "p=reject; sp=none", DMARC_REJECT, DMARC_NONE, DMARC_NONE, AUTH_OK, "", ""},
    {V "p=none; sp=quarantine; np=reject", DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT, AUTH_OK,
     "protects nobody", ""},
    {V "p=reject; rua=mailto:a@example.jp!10m, mailto:b@example.jp; ruf=mailto:c@example.jp; "
       "fo=0:1:d:s; ri=86400; rf=afrf; adkim=s; aspf=s; psd=n; t=n",
     ALL(DMARC_REJECT), AUTH_OK, "", ""},

    {V "rua=mailto:a@example.jp", ALL(DMARC_NONE), AUTH_WEAK,
     "p= is missing: receivers read p=none", ""},
    {V "p=rejct; rua=mailto:a@example.jp", ALL(DMARC_NONE), AUTH_WEAK, "p= says 'rejct' (reject?)",
     ""},
    {"v=DMARC1", ALL(DMARC_NO_POLICY), AUTH_BROKEN, "p= is missing: receivers ignore the record",
     ""},
    {V "p=rejct", ALL(DMARC_NO_POLICY), AUTH_BROKEN, "p= says 'rejct' (reject?)", ""},
    {V "p=", ALL(DMARC_NO_POLICY), AUTH_BROKEN, "p= says ''", ""},
    {V "policy=reject", ALL(DMARC_NO_POLICY), AUTH_BROKEN, "p= is missing", ""},
    {V "p=none rua=mailto:a@example.jp", ALL(DMARC_NO_POLICY), AUTH_BROKEN, "which is no policy",
     V "p=none; rua=mailto:a@example.jp"},
    {V "p=reject; rua=mailto:a@example.jp sp=none", ALL(DMARC_REJECT), AUTH_WEAK,
     "no address with mailto:", V "p=reject; rua=mailto:a@example.jp; sp=none"},
    {V "p=reject; sp=nonne", ALL(DMARC_REJECT), AUTH_WEAK, "sp= says 'nonne' (none?)", ""},
    {V "p=reject; np=x", ALL(DMARC_REJECT), AUTH_WEAK, "np= says 'x', which is no policy", ""},

    {V "p=none; rua=a@example.jp", ALL(DMARC_NONE), AUTH_WEAK,
     "'a@example.jp' without mailto:", V "p=none; rua=mailto:a@example.jp"},
    {V "p=none; rua=mailto:example.jp", ALL(DMARC_NONE), AUTH_WEAK, "is no address", ""},
    {V "p=none; rua=https://example.jp/report", ALL(DMARC_NONE), AUTH_WEAK, "is no address", ""},
    {V "p=none; rua=", ALL(DMARC_NONE), AUTH_WEAK, "rua= says ''", ""},
    {V "p=none; rua=mailto:a@example.jp!10x", ALL(DMARC_NONE), AUTH_WEAK, "'10x', which is no size",
     ""},
    {V "p=none; rua=mailto:a@example.jp!", ALL(DMARC_NONE), AUTH_WEAK, "'', which is no size", ""},
    {V "p=none; ruf=mailto:<a@example.jp>", ALL(DMARC_NONE), AUTH_WEAK, "ruf= says", ""},

    {V "p=reject; pct=50", ALL(DMARC_REJECT), AUTH_WEAK, "pct=50", ""},
    {V "p=none; pct=50", ALL(DMARC_NONE), AUTH_OK, "protects nobody", ""},
    {V "p=reject; pct=101", ALL(DMARC_REJECT), AUTH_WEAK, "from 0 to 100", ""},
    {V "p=reject; pct=-1", ALL(DMARC_REJECT), AUTH_WEAK, "from 0 to 100", ""},
    {V "p=reject; pct=100%", ALL(DMARC_REJECT), AUTH_WEAK, "from 0 to 100", ""},
    {V "p=reject; ri=1d", ALL(DMARC_REJECT), AUTH_WEAK, "number of seconds", ""},
    {V "p=reject; fo=1:x", ALL(DMARC_REJECT), AUTH_WEAK, "fo= says 'x'", ""},
    {V "p=reject; rf=xml", ALL(DMARC_REJECT), AUTH_WEAK, "rf= says 'xml'", ""},
    {V "p=reject; adkim=strict", ALL(DMARC_REJECT), AUTH_WEAK, "must say r or s", ""},
    {V "p=reject; x-our-tag=1", ALL(DMARC_REJECT), AUTH_WEAK, "has no name", ""},
    {V "p=reject; quux=1", ALL(DMARC_REJECT), AUTH_OK, "receivers ignore 'quux='", ""},
    {V "p=reject; aspff=s", ALL(DMARC_REJECT), AUTH_WEAK, "(aspf=?)", ""},
    {V "p=reject; hello", ALL(DMARC_REJECT), AUTH_WEAK, "'hello' is no tag=value", ""},
    {V "p=reject; p=none", ALL(DMARC_REJECT), AUTH_WEAK, "receivers differ", ""},
    {V "p=reject; sp=\xff", ALL(DMARC_REJECT), AUTH_WEAK, "sp= says", ""},
    {" " V "p=reject", ALL(DMARC_REJECT), AUTH_WEAK, "does not begin with v=", V "p=reject"},
};

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

static void a_record_is_read_as_receivers_do(void **state)
{
	for (size_t i = 0; i < COUNT_OF(read_case); i++) {
		struct problems problems = problems_over(*state);
		const struct slice txt = slice_text(read_case[i].txt);
		struct dmarc_record record;
		struct auth_problems sorted;
		const char *first;

		dmarc_record_read(txt, &problems, &record);
		sorted = problems_sorted(&problems);
		first = sorted.count ? sorted.problem[0].text : "";
		if (record.policy != read_case[i].policy ||
		    record.subdomains != read_case[i].subdomains ||
		    record.nobodys != read_case[i].nobodys)
			fail_msg("%s: %s, %s, %s", read_case[i].txt,
				 dmarc_policy_name(record.policy),
				 dmarc_policy_name(record.subdomains),
				 dmarc_policy_name(record.nobodys));
		if (problems_state(&problems) != read_case[i].state ||
		    !strstr(first, read_case[i].text) || !*first != !*read_case[i].text)
			fail_msg("%s: %s: %s", read_case[i].txt,
				 auth_state_name(problems_state(&problems)), first);
		assert_string_equal(problems_record(dmarc_record_mend(txt, *state), *state),
				    read_case[i].meant);
	}
}

static const struct {
	const char *txt;
	const char *meant;
} mend_case[] = {
    {"\"v=DMARC1; p=none\"", V "p=none"},
    {"v=DMARC1\\; p=none\\; rua=mailto:a@example.jp", V "p=none; rua=mailto:a@example.jp"},
    {"v=DMARC1 p=reject", V "p=reject"},
    {"v=DMARC1, p=reject, sp=none", V "p=reject; sp=none"},
    {"v=DMARC1: p=reject", V "p=reject"},
    {"v=dmarc1; p=reject", V "p=reject"},
    {"p=reject; v=DMARC1", V "p=reject"},
    {"p=reject; v=DMARC1; sp=none", V "sp=none; p=reject"},
    {"v=DMARC1; p=reject", ""},
    {"v=spf1 -all", ""},
    {"DMARC1; p=none", ""},
    {"v=DMARC1; p=bad", ""},
    {"", ""},
};

static void what_was_meant_is_offered(void **state)
{
	for (size_t i = 0; i < COUNT_OF(mend_case); i++)
		assert_string_equal(
		    problems_record(dmarc_record_mend(slice_text(mend_case[i].txt), *state),
				    *state),
		    mend_case[i].meant);
}

static void reports_and_details_are_kept(void **state)
{
	struct problems problems = problems_over(*state);
	struct dmarc_record record;

	dmarc_record_read(slice_text(V "p=reject; adkim=s; pct=0; psd=y; "
				       "rua=MAILTO:a@Reports.Example.NET!10m,mailto:b@example.jp; "
				       "ruf=mailto:c@example.org"),
			  &problems, &record);
	assert_true(record.is_dkim_strict);
	assert_false(record.is_spf_strict);
	assert_int_equal(record.percent, 0);
	assert_true(record.is_testing);
	assert_int_equal(record.psd, DMARC_PSD_YES);
	assert_int_equal(record.reports, 3);
	assert_string_equal(record.report[0].domain, "reports.example.net");
	assert_true(slice_is(record.report[0].address, "a@Reports.Example.NET"));
	assert_string_equal(record.report[2].domain, "example.org");
	dmarc_record_read(slice_text(V "p=reject; t=y; psd=u"), &problems, &record);
	assert_true(record.is_testing);
	assert_int_equal(record.percent, 100);
	assert_int_equal(record.psd, DMARC_PSD_UNSAID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_record_begins_with_its_version),
	    cmocka_unit_test(a_record_is_read_as_receivers_do),
	    cmocka_unit_test(what_was_meant_is_offered),
	    cmocka_unit_test(reports_and_details_are_kept),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
