#include "io/post.h"

#include "base/mem.h"
#include "base/str.h"

#include <string.h>

enum { SECRET_MIN_BYTES = 4 };

/* Codes that blame the request, or the state of the server, and not the letter. A wrong password, a
 * room that is not there: somebody will mend the configuration, and the letter waits for that. */
static const long http_later[] = {401, 403, 404, 407, 408, 425, 429};
/* RFC 4954 section 6: the same of SMTP. 521 and 556 (RFC 7504): no mail is taken there at all. */
static const long smtp_later[] = {521, 530, 534, 535, 538, 556};

static bool is_among(long code, const long *set, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (set[i] == code)
			return true;
	return false;
}

enum post_outcome post_http_outcome(long code)
{
	if (code >= 200 && code < 300)
		return POST_TAKEN;
	if (code < 200 || code >= 500 || is_among(code, http_later, COUNT_OF(http_later)))
		return POST_LATER;
	return POST_REFUSED;
}

enum post_outcome post_smtp_outcome(long code)
{
	if (code >= 200 && code < 300)
		return POST_TAKEN;
	if (code < 500 || code > 599 || is_among(code, smtp_later, COUNT_OF(smtp_later)))
		return POST_LATER;
	return POST_REFUSED;
}

/* The longest secret that stands here, 0 for none. */
static size_t secret_at(const char *at, const char *const *secret, size_t secrets)
{
	size_t longest = 0;

	for (size_t i = 0; i < secrets; i++) {
		const size_t len = secret[i] ? strlen(secret[i]) : 0;

		if (len >= SECRET_MIN_BYTES && len > longest && strncmp(at, secret[i], len) == 0)
			longest = len;
	}
	return longest;
}

const char *post_redact(const char *text, const char *const *secret, size_t secrets,
			struct arena *arena)
{
	struct str out = {0};
	const char *kept;

	while (*text) {
		const size_t len = secret_at(text, secret, secrets);

		if (len)
			str_add(&out, "***");
		else
			str_add_char(&out, *text);
		text += len ? len : 1;
	}
	kept = arena_strdup(arena, str_text(&out));
	str_release(&out);
	return kept;
}
