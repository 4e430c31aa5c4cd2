#ifndef MAILLOG_EXIM_FIELDS_H
#define MAILLOG_EXIM_FIELDS_H

#include "base/slice.h"

#include <stdbool.h>

/* The grammar of Exim's lines, without any memory. */
enum { EXIM_WORDS_MAX = 64 };

/* "ADDRESS" or "ADDRESS <TOP>" behind "=> ", "** " and so on. Exim writes ADDRESS without its
 * quotes, so it may hold blanks and all that follows an address. It is then no longer what the
 * client gave, and that follows with its quotes: what ends before " <TOP>" and is TOP without
 * quotes is the address. The last one counts, because it holds all others; a receiver could
 * forge one more only by repeating the line with the names of router and transport, which nobody
 * outside is told. `rest` is then behind the blank. */
bool exim_recipient(struct slice *rest, struct slice *to);
/* DN="... or SNI="...: words that the other side chose. */
bool exim_is_certificate(struct slice word);
/* An arrival's account: the authenticated user, or who called Exim on this host. With H= the
 * user is what the client's ident server says. A HELO stands in parentheses before the client's
 * address; one with blanks (helo_accept_junk_hosts) may look like all that follows, so where more
 * parentheses or brackets come, nothing is believed.
 * Empty: none. */
struct slice exim_account(struct slice rest);

#endif
