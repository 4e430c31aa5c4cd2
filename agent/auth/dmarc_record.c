#include "auth/dmarc_record.h"

#include "auth/mend.h"
#include "auth/tags.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/parse.h"
#include "base/tr_mark.h"

#include <strings.h>

static const char *const known_tag[] = {
    "v", "p", "sp", "np", "adkim", "aspf", "pct", "t", "rua", "ruf", "fo", "ri", "rf", "psd",
};
static const char *const policy_word[] = {"none", "quarantine", "reject"};

struct reading {
	struct tags tags;
	struct problems *problems;
	struct dmarc_record *out;
};

static bool is_word(struct slice value, const char *word)
{
	return value.len == strlen(word) && strncasecmp(value.at, word, value.len) == 0;
}

bool dmarc_record_is(struct slice txt)
{
	struct tags tags;

	tags_read(txt, &tags);
	return tags.count && is_word(tags.tag[0].name, "v") &&
	       slice_is(tags.tag[0].value, "DMARC1") &&
	       (tags.fault != TAGS_NO_EQUALS || tags.wrong.at > tags.tag[0].name.at);
}

bool dmarc_record_is_meant(struct slice txt)
{
	return mend_find(txt, "DMARC1") != NULL;
}

static enum dmarc_policy policy_of(struct slice value)
{
	for (size_t i = 0; i < COUNT_OF(policy_word); i++)
		if (is_word(value, policy_word[i]))
			return (enum dmarc_policy)(DMARC_NONE + (int)i);
	return DMARC_NO_POLICY;
}

static const char *or_what(struct slice value, struct arena *arena)
{
	const char *word = problems_record(value, arena);
	const char *meant = nearest_of(word, policy_word, COUNT_OF(policy_word));

	return meant ? arena_printf(arena, " (%s?)", meant) : "";
}

/* A policy that cannot be read counts as none at all, or as p=none where reports are wanted (RFC
 * 7489 section 6.6.3). */
static void read_policy(struct reading *reading)
{
	const struct tag *tag = tags_find(&reading->tags, "p");
	const bool has_reports = reading->out->reports > 0;
	const enum severity severity = has_reports ? SEVERITY_MINOR : SEVERITY_MAJOR;
	const char *so =
	    has_reports ? SAID("receivers read p=none") : SAID("receivers ignore the record");

	reading->out->policy = tag ? policy_of(tag->value) : DMARC_NO_POLICY;
	if (!tag)
		problems_note(reading->problems, severity, NULL, "p= is missing: %s", so);
	else if (reading->out->policy == DMARC_NO_POLICY)
		problems_note(reading->problems, severity, NULL,
			      "p= says '%.*s'%s, which is no policy: %s", QUOTED(tag->value),
			      or_what(tag->value, reading->problems->arena), so);
	else if (reading->out->policy == DMARC_NONE)
		problems_note(reading->problems, SEVERITY_INFO, NULL,
			      "p=none protects nobody from forged mail, and is enough for bulk "
			      "senders");
	if (reading->out->policy == DMARC_NO_POLICY && has_reports)
		reading->out->policy = DMARC_NONE;
}

/* sp= and np= stand back for what is more general. */
static enum dmarc_policy read_lesser(struct reading *reading, const char *name,
				     enum dmarc_policy general)
{
	const struct tag *tag = tags_find(&reading->tags, name);
	const enum dmarc_policy policy = tag ? policy_of(tag->value) : general;

	if (policy != DMARC_NO_POLICY || !tag)
		return policy;
	problems_note(reading->problems, SEVERITY_MINOR, NULL,
		      "%s= says '%.*s'%s, which is no policy", name, QUOTED(tag->value),
		      or_what(tag->value, reading->problems->arena));
	return general;
}

/* One of two letters; anything else counts for the first, the default. */
static bool read_choice(struct reading *reading, const char *name, const char *usual,
			const char *other)
{
	const struct tag *tag = tags_find(&reading->tags, name);

	if (!tag || is_word(tag->value, usual))
		return false;
	if (is_word(tag->value, other))
		return true;
	problems_note(reading->problems, SEVERITY_MINOR, NULL,
		      "%s= says '%.*s' and must say %s or %s", name, QUOTED(tag->value), usual,
		      other);
	return false;
}

static bool number_of(struct slice value, uint32_t max, uint32_t *out)
{
	char text[16];
	uint32_t number;

	if (value.len >= sizeof(text))
		return false;
	memcpy(text, value.at, value.len);
	text[value.len] = '\0';
	if (!parse_u32(text, &number) || number > max)
		return false;
	*out = number;
	return true;
}

static void read_numbers(struct reading *reading)
{
	struct dmarc_record *const out = reading->out;
	const struct tag *percent = tags_find(&reading->tags, "pct");
	const struct tag *interval = tags_find(&reading->tags, "ri");
	uint32_t seconds;

	out->percent = 100;
	if (percent && !number_of(percent->value, 100, &out->percent))
		problems_note(reading->problems, SEVERITY_MINOR, NULL,
			      "pct= says '%.*s' and must be a number from 0 to 100",
			      QUOTED(percent->value));
	else if (out->percent < 100 && out->policy != DMARC_NONE)
		problems_note(
		    reading->problems, SEVERITY_MINOR, NULL,
		    "pct=%u: the policy holds for a part of the mail, and newer receivers "
		    "ignore pct=",
		    out->percent);
	if (interval && !number_of(interval->value, UINT32_MAX, &seconds))
		problems_note(reading->problems, SEVERITY_MINOR, NULL,
			      "ri= says '%.*s' and must be a number of seconds",
			      QUOTED(interval->value));
}

/* RFC 7489 section 6.3; each part of the list is one of the words. */
static void check_list(struct reading *reading, const char *name, const char *const *word,
		       size_t words)
{
	const struct tag *tag = tags_find(&reading->tags, name);
	struct slice rest = tag ? tag->value : (struct slice){0};
	struct slice part;

	while (tags_next_part(&rest, ':', &part)) {
		bool is_known = false;

		for (size_t i = 0; i < words; i++)
			is_known = is_known || is_word(part, word[i]);
		if (!is_known)
			problems_note(reading->problems, SEVERITY_MINOR, NULL,
				      "%s= says '%.*s', which means nothing", name, QUOTED(part));
	}
}

/* --- reports --- */

/* "!10m" (RFC 7489 section 6.2): digits, and a unit. */
static bool is_size(struct slice size)
{
	uint32_t number;

	if (size.len && strchr("kmgtKMGT", size.at[size.len - 1]))
		size.len--;
	return size.len && number_of(size, UINT32_MAX, &number);
}

static bool domain_of(struct slice address, char out[DNS_NAME_BYTES])
{
	const char *at = address.len ? memrchr(address.at, '@', address.len) : NULL;
	char name[DNS_NAME_BYTES];
	size_t len;

	if (!at || at == address.at)
		return false;
	len = address.len - (size_t)(at + 1 - address.at);
	if (len == 0 || len >= sizeof(name) || memchr(at, '\0', len))
		return false;
	memcpy(name, at + 1, len);
	name[len] = '\0';
	return strchr(name, '.') && !strpbrk(name, " \t\r\n<>,") && dns_name_normalise(name, out);
}

static void read_report(struct reading *reading, const char *name, struct slice uri)
{
	static const char scheme[] = "mailto:";
	struct dmarc_record *const out = reading->out;
	const bool has_scheme =
	    uri.len >= strlen(scheme) && strncasecmp(uri.at, scheme, strlen(scheme)) == 0;
	struct slice address = has_scheme ? slice_from(uri, strlen(scheme)) : uri;
	const char *size = address.len ? memchr(address.at, '!', address.len) : NULL;
	char domain[DNS_NAME_BYTES];

	if (size) {
		const struct slice bytes = slice_from(address, (size_t)(size + 1 - address.at));

		address.len = (size_t)(size - address.at);
		if (!is_size(bytes))
			problems_note(reading->problems, SEVERITY_MINOR, NULL,
				      "%s= limits reports to '%.*s', which is no size like 10m",
				      name, QUOTED(bytes));
	}
	if (!domain_of(address, domain)) {
		problems_note(reading->problems, SEVERITY_MINOR, NULL,
			      "%s= says '%.*s', which is no address with mailto: before it", name,
			      QUOTED(uri));
		return;
	}
	if (!has_scheme) {
		problems_note(reading->problems, SEVERITY_MINOR, NULL,
			      "%s= says '%.*s' without mailto: before it: no reports come", name,
			      QUOTED(uri));
		return;
	}
	if (out->reports == DMARC_REPORTS_MAX)
		return;
	memcpy(out->report[out->reports].domain, domain, sizeof(domain));
	out->report[out->reports++].address = address;
}

static void read_reports(struct reading *reading, const char *name)
{
	const struct tag *tag = tags_find(&reading->tags, name);
	struct slice rest = tag ? tag->value : (struct slice){0};
	struct slice uri;

	while (tags_next_part(&rest, ',', &uri))
		read_report(reading, name, uri);
}

/* --- the whole --- */

static void check_names(struct reading *reading)
{
	for (size_t i = 0; i < reading->tags.count; i++) {
		const struct slice name = reading->tags.tag[i].name;
		const char *word = problems_record(name, reading->problems->arena);
		const char *meant;
		bool is_known = i == 0;

		for (size_t k = 0; k < COUNT_OF(known_tag); k++)
			is_known = is_known || slice_is(name, known_tag[k]);
		if (is_known)
			continue;
		meant = nearest_of(word, known_tag, COUNT_OF(known_tag));
		problems_note(reading->problems, meant ? SEVERITY_MINOR : SEVERITY_INFO, NULL,
			      "receivers ignore '%.*s=', which is no tag of DMARC%s%s%s",
			      QUOTED(name), meant ? " (" : "", meant ? meant : "",
			      meant ? "=?)" : "");
	}
}

static void check_syntax(struct reading *reading, struct slice txt)
{
	static const char *const text[] = {
	    [TAGS_FINE] = "",
	    [TAGS_NO_EQUALS] = SAID("is no tag=value"),
	    [TAGS_BAD_NAME] = SAID("has no name that a tag can have"),
	    [TAGS_BAD_VALUE] = SAID("holds bytes that a record cannot have"),
	    [TAGS_DUPLICATE] =
		SAID("is the second of its name, and receivers differ in which they take"),
	    [TAGS_TOO_MANY] = SAID("and more tags behind it were not read"),
	};

	if (reading->tags.fault != TAGS_FINE)
		problems_note(reading->problems, SEVERITY_MINOR, NULL, "'%.*s' %s",
			      QUOTED(reading->tags.wrong), text[reading->tags.fault]);
	if (txt.at != reading->tags.tag[0].name.at)
		problems_note(
		    reading->problems, SEVERITY_MINOR, NULL,
		    "the record does not begin with v=: some receivers do not know it for "
		    "one");
}

void dmarc_record_read(struct slice txt, struct problems *problems, struct dmarc_record *out)
{
	static const char *const failures[] = {"0", "1", "d", "s"};
	static const char *const formats[] = {"afrf", "iodef"};
	struct reading reading = {.problems = problems, .out = out};
	const struct tag *psd;

	*out = (struct dmarc_record){.policy = DMARC_NO_POLICY};
	tags_read(txt, &reading.tags);
	read_reports(&reading, "rua");
	read_policy(&reading);
	read_reports(&reading, "ruf");
	out->subdomains = read_lesser(&reading, "sp", out->policy);
	out->nobodys = read_lesser(&reading, "np", out->subdomains);
	out->is_dkim_strict = read_choice(&reading, "adkim", "r", "s");
	out->is_spf_strict = read_choice(&reading, "aspf", "r", "s");
	read_numbers(&reading);
	out->is_testing = read_choice(&reading, "t", "n", "y") || out->percent == 0;
	check_list(&reading, "fo", failures, COUNT_OF(failures));
	check_list(&reading, "rf", formats, COUNT_OF(formats));
	psd = tags_find(&reading.tags, "psd");
	if (psd)
		out->psd = is_word(psd->value, "y")   ? DMARC_PSD_YES
			   : is_word(psd->value, "n") ? DMARC_PSD_NO
						      : DMARC_PSD_UNSAID;
	check_names(&reading);
	check_syntax(&reading, txt);
}

/* v=DMARC1 first and in its letters, what stood before it last. */
static struct slice begin_well(struct slice text, struct arena *arena)
{
	static const char version[] = "v=DMARC1";
	const char *begin = mend_find(text, version);
	struct slice before, after;

	if (!begin)
		return (struct slice){0};
	before = tags_trim(slice_of(text.at, (size_t)(begin - text.at)));
	after = slice_from(text, (size_t)(begin - text.at) + strlen(version));
	while (before.len && before.at[before.len - 1] == ';')
		before = tags_trim(slice_of(before.at, before.len - 1));
	while (after.len && strchr(";,:. \t", after.at[0]))
		after = slice_from(after, 1);
	return slice_text(arena_printf(arena, "%s; %.*s%s%.*s", version, (int)after.len, after.at,
				       before.len && after.len ? "; " : "", (int)before.len,
				       before.at));
}

/* Addresses of rua= and ruf= that lack it get their mailto:. */
static struct slice add_mailto(struct slice text, struct arena *arena)
{
	static const char scheme[] = "mailto:";
	struct tags tags;
	const char *result = arena_strndup(arena, text.at, text.len);

	for (int ruf = 0; ruf < 2; ruf++) {
		const struct tag *tag;
		struct slice rest, uri;
		char domain[DNS_NAME_BYTES];

		tags_read(slice_text(result), &tags);
		tag = tags_find(&tags, ruf ? "ruf" : "rua");
		rest = tag ? tag->value : (struct slice){0};
		if (!tags_next_part(&rest, ',', &uri) || rest.at || mend_find(uri, ":") ||
		    !domain_of(uri, domain))
			continue;
		result =
		    arena_printf(arena, "%.*s%s%s", (int)(uri.at - result), result, scheme, uri.at);
	}
	return slice_text(result);
}

static enum auth_state state_of(struct slice txt, struct arena *arena)
{
	struct problems problems = problems_over(arena);
	struct dmarc_record record;

	if (!dmarc_record_is(txt))
		return AUTH_BROKEN;
	dmarc_record_read(txt, &problems, &record);
	return problems_state(&problems);
}

struct slice dmarc_record_mend(struct slice txt, struct arena *arena)
{
	const struct slice bare = mend_tags(txt, known_tag + 1, COUNT_OF(known_tag) - 1, arena);
	const struct slice begun = begin_well(bare, arena);
	const struct slice meant = begun.len ? add_mailto(begun, arena) : begun;

	/* Broken, weak, fine: the order of the enum is another one. */
	if (meant.len && state_of(txt, arena) == AUTH_BROKEN &&
	    state_of(meant, arena) != AUTH_BROKEN)
		return meant;
	if (meant.len && state_of(txt, arena) == AUTH_WEAK && state_of(meant, arena) == AUTH_OK)
		return meant;
	return (struct slice){0};
}
