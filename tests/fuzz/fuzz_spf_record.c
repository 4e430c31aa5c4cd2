/* An SPF record: what is read is inside the text, what is not says which part of it is wrong, and a
 * text that was mended can be read. */
#include "auth/spf_macro.h"
#include "auth/spf_record.h"
#include "auth/spf_text.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must_be_inside(struct slice part, struct slice txt)
{
	if (part.len && (part.at < txt.at || part.at + part.len > txt.at + txt.len))
		bug("a part that is not of the record");
}

static void check_term(const struct spf_term *term, struct slice txt)
{
	must_be_inside(term->text, txt);
	must_be_inside(term->domain, term->text);
	if (term->bits4 > 32 || term->bits6 > 128)
		bug("a length beyond an address");
	if (term->domain.len && !spf_macro_is_domain(term->domain))
		bug("a domain that is none");
	if ((term->ip.family == 4) != (term->mechanism == SPF_IP4) ||
	    (term->ip.family == 6) != (term->mechanism == SPF_IP6))
		bug("an address of the wrong family");
	if (term->ip.family && !spf_term_has(term, &term->ip, &term->ip))
		bug("a network without its own address");
}

static void check_mended(struct slice txt, struct arena *arena)
{
	struct str why = {0};
	struct slice text = txt;
	struct spf_record record;
	struct spf_syntax wrong;

	if (spf_text_mend(&text, arena, &why) &&
	    (!spf_record_is(text) || !spf_record_parse(text, arena, &record, &wrong)))
		bug("what was mended is broken");
	str_release(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *copy = xstrndup((const char *)data, len);
	const struct slice txt = slice_of(memcpy(copy, data, len), len);
	struct arena *arena = arena_new();
	struct spf_record record;
	struct spf_syntax wrong;

	if (spf_record_is(txt)) {
		if (!spf_record_parse(txt, arena, &record, &wrong)) {
			must_be_inside(wrong.term, txt);
			if (!wrong.term.len || !*wrong.text)
				bug("a refusal without a reason");
		}
		for (size_t i = 0; i < record.terms; i++)
			check_term(&record.term[i], txt);
		must_be_inside(record.redirect.text, txt);
		must_be_inside(record.explanation.domain, txt);
		check_mended(txt, arena);
	}
	arena_free(arena);
	free(copy);
	return 0;
}
