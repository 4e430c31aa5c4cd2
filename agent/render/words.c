#include "render/words.h"

#include "base/mem.h"
#include "render/tr.h"

const char *words_of_cause(const char *language, enum reply_cause cause)
{
	static const char *const words[] = {
	    [REPLY_OTHER] = TR_LATER("another reason"),
	    [REPLY_AUTHENTICATION] = TR_LATER("sender authentication"),
	    [REPLY_BLOCKLIST] = TR_LATER("a public block list"),
	    [REPLY_IP_BLOCK] = TR_LATER("its own block of the address or its network"),
	    [REPLY_DOMAIN_REPUTATION] = TR_LATER("the reputation of a sending domain"),
	    [REPLY_RATE_LIMIT] = TR_LATER("too much mail at once"),
	    [REPLY_PTR] = TR_LATER("the reverse name (PTR)"),
	    [REPLY_HELO] = TR_LATER("the HELO name"),
	    [REPLY_CONTENT] = TR_LATER("the content of the mail"),
	    [REPLY_TLS] = TR_LATER("missing encryption (TLS)"),
	    [REPLY_RECIPIENT_UNKNOWN] = TR_LATER("unknown recipients"),
	    [REPLY_RECIPIENT_FULL] = TR_LATER("full mailboxes"),
	    [REPLY_RECIPIENT_DISABLED] = TR_LATER("closed mailboxes"),
	    [REPLY_GREYLIST] = TR_LATER("greylisting"),
	    [REPLY_POLICY] = TR_LATER("its policy"),
	    [REPLY_SIZE] = TR_LATER("the size of the mail"),
	    [REPLY_NETWORK] = TR_LATER("refused or broken connections"),
	    [REPLY_REMOTE_ERROR] = TR_LATER("an error of its own"),
	};

	_Static_assert(COUNT_OF(words) == REPLY_CAUSE_COUNT, "words for each cause");
	return tr(language, words[cause]);
}
