#ifndef AUTH_DMARC_RECORD_H
#define AUTH_DMARC_RECORD_H

#include "auth/problems.h"
#include "base/slice.h"
#include "dns/name.h"
#include "model/auth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A DMARC record as written: RFC 7489 section 6.3, with t=, np= and psd= of its successor. */

enum { DMARC_REPORTS_MAX = 8 };
struct dmarc_report { /* where reports go */
	char domain[DNS_NAME_BYTES]; /* of the address */
	struct slice address; /* as written, without mailto: and size */
};

enum dmarc_psd { DMARC_PSD_UNSAID, DMARC_PSD_YES, DMARC_PSD_NO };

struct dmarc_record {
	enum dmarc_policy policy; /* DMARC_NO_POLICY: the record says nothing that counts */
	enum dmarc_policy subdomains; /* sp=, else p= */
	enum dmarc_policy nobodys; /* np=, for names that do not exist; else sp=, else p= */
	bool is_dkim_strict, is_spf_strict;
	bool is_testing;
	uint32_t percent;
	enum dmarc_psd psd;
	struct dmarc_report report[DMARC_REPORTS_MAX]; /* rua= and ruf=, those that can be used */
	size_t reports;
};

/* Whether receivers take a TXT record for one: v=DMARC1 comes first. */
bool dmarc_record_is(struct slice txt);
/* Whether somebody meant it as one. */
bool dmarc_record_is_meant(struct slice txt);
/* `txt` is a record; the result borrows from it. What is wrong goes to `problems`. */
void dmarc_record_read(struct slice txt, struct problems *problems, struct dmarc_record *out);
/* What was most likely meant, where that has lesser problems; else an empty slice. */
struct slice dmarc_record_mend(struct slice txt, struct arena *arena);

#endif
