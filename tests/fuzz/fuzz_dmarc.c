/* Any TXT record at _dmarc: it ends, and what is offered as meant is a record. */
#include "auth/dmarc_record.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct slice txt = slice_of((const char *)data, len);
	struct arena *arena = arena_new();
	struct problems problems = problems_over(arena);
	struct dmarc_record record;
	const struct slice meant = dmarc_record_mend(txt, arena);

	if (meant.len && !dmarc_record_is(meant))
		bug("what was meant is no record");
	if (dmarc_record_is(txt)) {
		dmarc_record_read(txt, &problems, &record);
		if (record.percent > 100)
			bug("more than all of the mail");
		if (record.policy == DMARC_NO_POLICY && problems_state(&problems) != AUTH_BROKEN)
			bug("no policy, and no reason for it");
		for (size_t i = 0; i < record.reports; i++)
			if (!dns_name_fits(record.report[i].domain))
				bug("reports go to what is no name");
	}
	arena_free(arena);
	return 0;
}
