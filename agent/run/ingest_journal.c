#include "base/mem.h"
#include "io/journal.h"
#include "model/log_path.h"
#include "run/ingest_parts.h"

/* Of a systemd journal: what mail servers give to syslog has the facility mail (RFC 5424 section
 * 6.2.1). */
static const char *const only_mail[] = {"SYSLOG_FACILITY=2"};

static void say_what_happened(struct reading *reading, const char *path,
			      const struct journal_report *report)
{
	if (report->is_lost)
		reading_notice(reading,
			       "'%s' no longer holds all that was written after the last pass: "
			       "journald removed entries before they were read; let it keep more "
			       "(SystemMaxUse of journald.conf)",
			       path);
	if (report->is_damaged)
		reading_notice(reading,
			       "'%s' is damaged: what cannot be read of it was left out; "
			       "'journalctl --verify' tells more",
			       path);
	if (report->cut)
		reading_notice(reading,
			       "%ju entries of '%s' were longer than %d bytes and were cut",
			       (uintmax_t)report->cut, path, (int)EXPORT_VALUE_MAX_BYTES);
}

static struct journal_request request_of(struct reading *reading, const struct conf_maillog *entry,
					 const struct stored_log *log, bool is_found)
{
	const struct stream_take take = reading_take(reading);

	return (struct journal_request){
	    .path = log_path_journal(log->path),
	    .match = entry->matches ? entry->match : only_mail,
	    .matches = entry->matches ? entry->matches : COUNT_OF(only_mail),
	    .cursor = is_found ? log->cursor : "",
	    .read_at = is_found ? log->position.read_at : 0,
	    .take = take.entry,
	    .context = take.context,
	};
}

void reading_journal(struct reading *reading, const struct conf_maillog *entry,
		     struct stored_log *log, bool is_found)
{
	const struct ingest *const ingest = reading->ingest;
	const struct journal_request request = request_of(reading, entry, log, is_found);
	struct journal_report report = {0};
	struct err why;

	if (!journal_read(&request, &report, &why)) {
		reading->report->failed++;
		reading_notice(reading, "%s", why.text);
		return;
	}
	reading->report->bytes += report.bytes;
	say_what_happened(reading, log->path, &report);
	log->position = (struct log_position){.read_at = ingest->now};
	log->cursor = str_text(&report.cursor);
	if (ingest->store && !ingest->is_dry && !reading->is_broken)
		reading->is_broken = !reading_save(reading, log);
	log->cursor = "";
	str_release(&report.cursor);
}
