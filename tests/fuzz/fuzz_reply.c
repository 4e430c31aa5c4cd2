/* Replies of strangers: the first line is the status, the rest the reply. Whatever comes, the text
 * stays within its bounds, is the same when read again, and is judged alike whether the answer
 * comes from the cache, and whether rules may be passed over for the letters they need. */
#include "base/mem.h"
#include "maillog/replies.h"
#include "maillog/reply_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const mx[] = {"a.example"};
static const struct receiver_rule receiver[] = {{.name = "a", .mx = mx, .mxs = 1}};

/* A group that may be missing keeps a pattern from telling what it needs. */
#define RULES(before, after)                                                                       \
	{                                                                                          \
		{"a-1", "a", "5.7.26,550 5.1.1", "", REPLY_AUTHENTICATION, SCOPE_DOMAIN, ""},      \
		    {"1", "", "", before "spam|virus" after, REPLY_CONTENT, SCOPE_MESSAGE, ""},    \
		    {"2",                                                                          \
		     "",                                                                           \
		     "5*",                                                                         \
		     before "(user|mailbox).{0,40}(unknown|full)" after,                           \
		     REPLY_RECIPIENT_UNKNOWN,                                                      \
		     SCOPE_RECIPIENT,                                                              \
		     ""},                                                                          \
		    {"3",                                                                          \
		     "",                                                                           \
		     "",                                                                           \
		     before "\\{ip\\}.{0,80}\\[at (rcpt|body)\\]" after,                           \
		     REPLY_IP_BLOCK,                                                               \
		     SCOPE_IP,                                                                     \
		     ""},                                                                          \
		    {"4", "", "4.*.*", "", REPLY_NETWORK, SCOPE_REMOTE, ""},                       \
	}

static const struct reply_rule rule[] = RULES("", "");
static const struct reply_rule slow_rule[] = RULES("(?:(?:", ")|(?!))");

static void check_text(struct slice status, struct slice reply)
{
	struct reply_text text;
	struct reply_text again;

	reply_text_read(&text, status, reply);
	reply_text_read(&again, status, reply);
	if (text.len > REPLY_TEXT_BYTES || text.len != again.len ||
	    memcmp(text.text, again.text, text.len) != 0)
		bug("a text that is not the same twice");
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.text[i] < ' ' ||
		    (text.text[i] >= 'A' && text.text[i] <= 'Z'))
			bug("a text that is not clean");
}

static void check_verdicts(const char *name, struct slice status, struct slice reply)
{
	struct err err;
	struct replies *fast = replies_new(rule, COUNT_OF(rule), receiver, 1, &err);
	struct replies *slow = replies_new(slow_rule, COUNT_OF(slow_rule), receiver, 1, &err);
	struct reply_verdict first;
	struct reply_verdict second;
	struct reply_verdict other;

	if (!fast || !slow)
		bug("%s", err.text);
	first = replies_classify(fast, name, status, reply);
	second = replies_classify(fast, name, status, reply);
	other = replies_classify(slow, name, status, reply);
	if (first.rule != second.rule || first.cause != other.cause)
		bug("a reply that means one thing and another");
	replies_receiver(fast, reply);
	replies_free(fast);
	replies_free(slow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct slice all = slice_of((const char *)data, len);
	const char *end = len ? memchr(data, '\n', len) : NULL;
	const struct slice status = slice_of(all.at, end ? (size_t)(end - all.at) : 0);
	const struct slice reply = end ? slice_from(all, status.len + 1) : all;

	check_text(status, reply);
	check_verdicts("a", status, reply);
	check_verdicts("", status, reply);
	return 0;
}
