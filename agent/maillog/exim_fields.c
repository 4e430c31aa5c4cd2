#include "maillog/exim_fields.h"

#include "base/mem.h"
#include "maillog/scan.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Whether "TOP>" begins behind `at` bytes and "<", has quotes, and is those bytes without them.
 * Exim takes them away with their backslashes, and makes letters small. */
static bool is_top(struct slice rest, size_t at)
{
	bool is_quoted = false;
	bool has_quotes = false;
	size_t same = 0;

	for (size_t i = at + 2; i < rest.len; i++) {
		if (rest.at[i] == '>' && !is_quoted)
			return has_quotes && same == at;
		if (rest.at[i] == '"') {
			is_quoted = !is_quoted;
			has_quotes = true;
			continue;
		}
		if (rest.at[i] == '\\' && ++i == rest.len)
			return false;
		if (same == at || lower(rest.at[i]) != lower(rest.at[same]))
			return false;
		same++;
	}
	return false;
}

bool exim_recipient(struct slice *rest, struct slice *to)
{
	struct slice tail = *rest;
	size_t len = 0;
	ptrdiff_t next;

	while ((next = scan_find(tail, " <")) != SCAN_NONE) {
		const size_t at = (size_t)(tail.at - rest->at) + (size_t)next;

		if (is_top(*rest, at))
			len = at;
		tail = slice_from(*rest, at + 1);
	}
	if (!len)
		return scan_bare_address(rest, to);
	*to = slice_of(rest->at, len);
	*rest = slice_from(*rest, len + 1);
	return true;
}

bool exim_is_certificate(struct slice word)
{
	return slice_starts(word, "DN=\"") || slice_starts(word, "SNI=\"");
}

/* P= of a session in which nobody logged in; esmtpa and esmtpsa are those of one who did. */
static bool is_anonymous(struct slice protocol)
{
	static const char *const row[] = {"smtp", "smtps", "esmtp", "esmtps"};

	scan_text(&protocol, "utf8");
	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (slice_is(protocol, row[i]))
			return true;
	return false;
}

/* "A=DRIVER:USER" */
static bool read_login(struct slice word, struct slice *user)
{
	struct slice driver;

	if (!scan_text(&word, "A=") || !scan_until(&word, ':', &driver))
		return false;
	*user = word;
	return true;
}

/* Behind DN=" or SNI=" the client may have written any word, and so it may in id= and T= at the
 * end; only an account that no other contradicts is one. */
static struct slice only_login(struct slice rest)
{
	struct slice account = {"", 0};
	struct slice word, user;

	while (rest.len) {
		if (!scan_word(&rest, &word) || !read_login(word, &user))
			continue;
		if (account.len && !slice_equal(account, user))
			return slice_of("", 0);
		account = user;
	}
	return account;
}

struct slice exim_account(struct slice rest)
{
	struct slice account = {"", 0};
	struct slice word;
	bool has_host = false;
	bool has_ip = false;
	bool is_nobody = false;

	for (int words = 0; words < EXIM_WORDS_MAX && scan_word(&rest, &word); words++) {
		const bool is_bracket = word.at[0] == '(' || word.at[0] == '[';

		if (slice_starts(word, "S="))
			break;
		if (is_bracket && (has_ip || (word.at[0] == '(' && word.at[word.len - 1] != ')')))
			return slice_of("", 0);
		has_ip |= word.at[0] == '[';
		has_host |= slice_starts(word, "H=");
		if (slice_starts(word, "H=(") && word.at[word.len - 1] != ')')
			return slice_of("", 0);
		if (exim_is_certificate(word))
			return is_nobody ? slice_of("", 0) : only_login(rest);
		if (scan_text(&word, "P="))
			is_nobody = is_anonymous(word);
		if (!read_login(word, &account) && !has_host && scan_text(&word, "U="))
			account = word;
	}
	return account;
}
