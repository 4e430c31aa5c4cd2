#include "auth/transport.h"

#include "auth/problems.h"
#include "auth/tags.h"

/* The value of a tag in the one record whose v= is the version; several count as none (RFC 8461
 * section 3.1, RFC 8460 section 3). */
static const char *value_of(const struct dns_answer *answer, const char *version, const char *name,
			    struct arena *arena)
{
	const char *value = "";
	size_t records = 0;

	for (size_t i = 0; i < answer->records; i++) {
		struct tags tags;
		const struct tag *tag;

		tags_read(slice_of(answer->record[i].data, answer->record[i].len), &tags);
		if (!tags.count || !slice_is(tags.tag[0].name, "v") ||
		    !slice_is(tags.tag[0].value, version))
			continue;
		records++;
		tag = tags_find(&tags, name);
		value = tag ? problems_record(tag->value, arena) : "";
	}
	return records == 1 ? value : "";
}

bool transport_look(const struct auth_subject *subject, struct ask *ask, struct domain_auth *out)
{
	char sts_name[DNS_NAME_BYTES], report_name[DNS_NAME_BYTES];
	const struct dns_answer *sts, *report;

	out->mta_sts = out->tls_rpt = "";
	if (!dns_name_join("_mta-sts", subject->domain, sts_name) ||
	    !dns_name_join("_smtp._tls", subject->domain, report_name))
		return true;
	sts = ask_dns(ask, sts_name, DNS_TXT);
	report = ask_dns(ask, report_name, DNS_TXT);
	if (!sts || !report)
		return false;
	out->mta_sts = value_of(sts, "STSv1", "id", ask->arena);
	out->tls_rpt = value_of(report, "TLSRPTv1", "rua", ask->arena);
	return true;
}
