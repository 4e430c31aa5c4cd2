#include "render/auth_text.h"

#include "base/mem.h"

#include <string.h>

enum { COSTS_MAX = 20 };

struct sheet {
	struct page *page;
	const struct address_view *view;
};

/* What is believed to be broken or odd stands above already. */
static bool is_told(const struct sheet *sheet, const char *text)
{
	for (size_t i = 0; i < sheet->view->standings; i++) {
		const struct standing *const standing = &sheet->view->standing[i];

		if ((standing->belief == FINDING_BROKEN || standing->belief == FINDING_NOTED) &&
		    (strstr(standing->text, text) || strcmp(standing->fix, text) == 0))
			return true;
	}
	return false;
}

static void add_problems(const struct sheet *sheet, const struct auth_problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct auth_problem *const problem = &problems->problem[i];

		if (is_told(sheet, problem->text))
			continue;
		page_field(sheet->page, problem->severity > SEVERITY_INFO ? "wrong" : "note",
			   problem->text);
		page_record(sheet->page, "publish", problem->fix);
	}
}

/* "fail: v=spf1 ..."; without a record the result alone. */
static const char *result_text(struct page *page, const char *result, enum cause cause,
			       const char *record)
{
	if (cause != CAUSE_NONE)
		return arena_printf(page->arena, "not known: %s", cause_text(cause));
	return record[0] ? arena_printf(page->arena, "%s: %s", result, record) : result;
}

static void add_sender(struct page *page, const struct spf_sender *sender)
{
	char text[IP_TEXT_BYTES];

	page_field(page, "",
		   arena_printf(page->arena, "%s %s%s%s%s", ip_text(&sender->ip, text),
				spf_result_name(sender->result), sender->mechanism[0] ? " (" : "",
				sender->mechanism, sender->mechanism[0] ? ")" : ""));
}

/* A fix that neither a belief nor a problem brought. */
static void add_fix(const struct sheet *sheet, const struct auth_problems *problems,
		    const char *fix, const char *why)
{
	for (size_t i = 0; i < problems->count; i++)
		if (strcmp(problems->problem[i].fix, fix) == 0)
			return;
	if (!fix[0] || is_told(sheet, fix))
		return;
	page_field(sheet->page, "why", why);
	page_record(sheet->page, "publish", fix);
}

/* Which terms use the lookups: "2 include:a", and below it what that record holds. */
static void add_tree(struct page *page, const struct domain_spf *spf)
{
	const bool is_cut = spf->costs > COSTS_MAX && !page->style->is_verbose;
	const size_t costs = is_cut ? COSTS_MAX : spf->costs;

	if (spf->lookups)
		page_field(page, "", arena_printf(page->arena, "%u of 10 lookups", spf->lookups));
	for (size_t i = 0; i < costs; i++)
		page_record(page, "",
			    arena_printf(page->arena, "%*s%u %s", 2 * (int)spf->cost[i].depth + 2,
					 "", spf->cost[i].lookups, spf->cost[i].term));
	if (is_cut)
		page_field(page, "",
			   arena_printf(page->arena, "  and %zu more; --verbose shows them",
					spf->costs - costs));
}

static void add_spf(const struct sheet *sheet, const struct domain_spf *spf)
{
	struct page *const page = sheet->page;

	page_field(
	    page, "SPF",
	    result_text(page, spf_record_word(spf->result, spf->senders), spf->cause, spf->record));
	add_tree(page, spf);
	for (size_t i = 0; i < spf->senders; i++)
		add_sender(page, &spf->sender[i]);
	add_problems(sheet, &spf->problems);
	add_fix(sheet, &spf->problems, spf->fix, spf->why);
}

/* Where its selector was learned. */
static const char *origin_of(struct page *page, const struct dkim_key *key)
{
	static const char *const what[] = {
	    [SELECTOR_COMMON] = "",
	    [SELECTOR_OPENDKIM] = "OpenDKIM signed with it",
	    [SELECTOR_DKIMPY] = "dkimpy-milter signed with it",
	    [SELECTOR_MILTER] = "a milter of Sendmail signed with it",
	    [SELECTOR_AMAVIS] = "amavis signed with it",
	    [SELECTOR_RSPAMD] = "Rspamd signed with it",
	    [SELECTOR_EXIM] = "Exim verified a signature",
	};

	_Static_assert(COUNT_OF(what) == SELECTOR_SOURCE_COUNT, "a sentence for each source");
	return key->is_configured || !what[key->source][0]
		   ? ""
		   : arena_printf(page->arena, "; %s%s%s", what[key->source],
				  key->told_on[0] ? ", last on " : "", key->told_on);
}

static void add_key(const struct sheet *sheet, const struct dkim_key *key)
{
	struct page *const page = sheet->page;

	page_field(page, "",
		   arena_printf(page->arena, "%s %s%s%s%s%s%s", key->selector,
				auth_state_name(key->state), key->type[0] ? ", " : "", key->type,
				key->bits ? arena_printf(page->arena, " %u", key->bits) : "",
				key->is_testing ? ", testing" : "", origin_of(page, key)));
	add_problems(sheet, &key->problems);
}

static void add_dkim(const struct sheet *sheet, const struct domain_dkim *dkim)
{
	struct page *const page = sheet->page;

	page_field(page, "DKIM",
		   dkim->state == AUTH_UNKNOWN && dkim->cause == CAUSE_NONE
		       ? "no key was found under common selectors; name them to be sure"
		       : result_text(page, auth_state_name(dkim->state), dkim->cause, ""));
	for (size_t i = 0; i < dkim->keys; i++)
		add_key(sheet, &dkim->key[i]);
	add_problems(sheet, &dkim->problems);
}

static void add_dmarc(const struct sheet *sheet, const struct domain_dmarc *dmarc)
{
	struct page *const page = sheet->page;

	page_field(page, "DMARC",
		   result_text(page, auth_state_name(dmarc->state), dmarc->cause, dmarc->record));
	if (dmarc->record[0])
		page_field(page, "",
			   arena_printf(page->arena, "policy %s%s, from %s",
					dmarc_policy_name(dmarc->policy),
					dmarc->is_testing ? " (testing)" : "", dmarc->found_at));
	add_problems(sheet, &dmarc->problems);
	add_fix(sheet, &dmarc->problems, dmarc->fix, "");
}

static void add_mx(const struct sheet *sheet, const struct domain_mx *mx)
{
	struct page *const page = sheet->page;
	const char *hosts = "";

	for (size_t i = 0; i < mx->hosts; i++)
		hosts = arena_printf(page->arena, "%s%s%s", hosts, i ? ", " : "", mx->host[i]);
	if (mx->is_null)
		hosts = "takes no mail, by its own word";
	else if (mx->is_implicit)
		hosts = "none; mail goes to its address";
	page_field(page, "MX", result_text(page, auth_state_name(mx->state), mx->cause, hosts));
	add_problems(sheet, &mx->problems);
}

void auth_sections(struct page *page, const struct address_view *view)
{
	const struct sheet sheet = {page, view};
	const struct domain_auth *const auth = view->auth;

	if (!auth)
		return;
	page_heading(page, "Records");
	add_spf(&sheet, &auth->spf);
	add_dkim(&sheet, &auth->dkim);
	add_dmarc(&sheet, &auth->dmarc);
	add_mx(&sheet, &auth->mx);
	page_field(page, "MTA-STS", auth->mta_sts);
	page_field(page, "TLS-RPT", auth->tls_rpt);
}
