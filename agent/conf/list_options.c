#include "conf/option.h"

#include "base/mem.h"
#include "conf/lists.h"

#include <stddef.h>

/* The settings of a catalogue file. Bounds of durations are in milliseconds. */

enum { SECOND = 1000 };
#define DAY (86400.0 * SECOND)

static struct words covers_words(void)
{
	static const char *const word[] = {"ip4", "ip6", "domain"};

	return (struct words){word, COUNT_OF(word)};
}

static const struct option rows[] = {
    {"catalogue", OPTION_GROUPS, LIST_AT(catalogue_file, entry, entries),
     .text = "The lists. An entry replaces one with the same zone of a catalogue file before it."},
    {"catalogue[].zone", OPTION_ZONE, .is_required = true, AT(list_entry, list.zone),
     .text = "Zone that is asked; where it holds <KEY>, the key named by 'needs_key' is put in."},
    {"catalogue[].name", OPTION_TEXT, AT(list_entry, list.name), .max = 128,
     .text = "Name of the list; without it the zone."},
    {"catalogue[].operator", OPTION_TEXT, AT(list_entry, list.operator_name), .max = 128,
     .text = "Who runs the list."},
    {"catalogue[].covers", OPTION_FLAGS, .is_required = true, AT(list_entry, list.covers),
     .words = covers_words, .text = "What the list holds entries about."},
    {"catalogue[].kind", OPTION_ENUM, AT(list_entry, list.kind), .words = list_kind_words,
     .initial = "block", .text = "What being on the list means."},
    {"catalogue[].severity", OPTION_ENUM, AT(list_entry, list.severity), .words = severity_words,
     .initial = "major", .text = "How bad a listing is."},
    {"catalogue[].codes", OPTION_GROUPS, .is_required = true, LIST_AT(list_entry, code, codes),
     .text = "What its answers mean; the narrowest code that matches counts."},
    {"catalogue[].codes[].code", OPTION_CODE, .is_required = true, .size = sizeof(struct list_code),
     .text = "127.0.0.2, 127.0.0.10-11, 127.0.2.0/24, * for an octet, or &N for a bit of the last "
	     "octet."},
    {"catalogue[].codes[].means", OPTION_TEXT, .is_required = true, AT(list_code, means), .min = 1,
     .max = 255, .text = "What the code means."},
    {"catalogue[].codes[].kind", OPTION_ENUM, AT(list_code, kind), .words = list_kind_words,
     .text = "Kind of such a listing; without it the list's own."},
    {"catalogue[].codes[].severity", OPTION_ENUM, AT(list_code, severity), .words = severity_words,
     .text = "How bad such a listing is; without it as bad as the list's own where its kind is "
	     "'block', else 'info'."},
    {"catalogue[].errors", OPTION_GROUPS, LIST_AT(list_entry, error, errors),
     .text = "Answers that say nothing about the address."},
    {"catalogue[].errors[].code", OPTION_CODE, .is_required = true,
     .size = sizeof(struct list_code), .text = "As above."},
    {"catalogue[].errors[].means", OPTION_TEXT, .is_required = true, AT(list_code, means), .min = 1,
     .max = 255, .text = "What is wrong then."},
    {"catalogue[].test", OPTION_TEXT, AT(list_entry, test), .max = 253,
     .text = "Another word for 'test_positive'."},
    {"catalogue[].test_positive", OPTION_TEXT, AT(list_entry, positive[0]), .max = 253,
     .initial = "127.0.0.2", .text = "IPv4 address that is always listed; \"\" for none."},
    {"catalogue[].test_negative", OPTION_TEXT, AT(list_entry, negative[0]), .max = 253,
     .initial = "127.0.0.1", .text = "IPv4 address that is never listed; \"\" for none."},
    {"catalogue[].test_positive6", OPTION_TEXT, AT(list_entry, positive[1]), .max = 253,
     .initial = "::FFFF:7F00:2", .text = "IPv6 address that is always listed; \"\" for none."},
    {"catalogue[].test_negative6", OPTION_TEXT, AT(list_entry, negative[1]), .max = 253,
     .initial = "::FFFF:7F00:1", .text = "IPv6 address that is never listed; \"\" for none."},
    {"catalogue[].test_positive_domain", OPTION_TEXT, AT(list_entry, positive[2]), .max = 253,
     .initial = "TEST", .text = "Domain that is always listed; \"\" for none."},
    {"catalogue[].test_negative_domain", OPTION_TEXT, AT(list_entry, negative[2]), .max = 253,
     .initial = "INVALID", .text = "Domain that is never listed; \"\" for none."},
    {"catalogue[].lists_reserved", OPTION_BOOL, AT(list_entry, list.lists_reserved),
     .initial = "false",
     .text = "Whether the list holds documentation and other reserved addresses on purpose."},
    {"catalogue[].watch_loss", OPTION_BOOL, AT(list_entry, list.watch_loss), .initial = "false",
     .text = "Whether being taken off the list is worth an event."},
    {"catalogue[].enabled", OPTION_BOOL, AT(list_entry, list.is_enabled), .initial = "true",
     .text = "Whether the list is asked unless 'lists.disable' names it; 'lists.enable' turns it "
	     "on."},
    {"catalogue[].why_disabled", OPTION_TEXT, AT(list_entry, list.why_disabled), .max = 512,
     .text = "Why it is not: its terms, say."},
    {"catalogue[].needs_key", OPTION_NAME, AT(list_entry, key_name),
     .text = "Entry of 'lists.keys' whose key takes the place of <KEY>."},
    {"catalogue[].every", OPTION_DURATION, AT(list_entry, list.every_ms), .min = SECOND,
     .max = 30 * DAY, .initial = "1h", .text = "Time between two questions about one address."},
    {"catalogue[].day_budget", OPTION_INTEGER, AT(list_entry, list.day_budget), .min = 0,
     .max = 1000000000, .initial = "0", .unit = "questions",
     .text = "Most questions in a day; 0 for no limit."},
    {"catalogue[].rate", OPTION_NUMBER, AT(list_entry, list.rate), .min = 0, .max = 1000000,
     .initial = "0.0", .unit = "questions a second",
     .text = "Limit of its own; 0 for that of 'lists.rate'."},
    {"catalogue[].terms", OPTION_TEXT, AT(list_entry, list.terms), .max = 512,
     .text = "Terms of use, in short."},
    {"catalogue[].lookup_url", OPTION_URL, AT(list_entry, list.lookup_url),
     .text = "Page about one entry; {address} and {domain} are filled in."},
    {"catalogue[].removal", OPTION_TEXT, AT(list_entry, list.removal), .max = 512,
     .text = "How to be taken off: a page, or words."},
    {"catalogue[].removal_by", OPTION_ENUM, AT(list_entry, list.way.by), .words = removal_by_words,
     .initial = "unknown", .text = "The same for programs: who takes addresses off."},
    {"catalogue[].removal_url", OPTION_URL, AT(list_entry, list.way.url),
     .text = "Page to ask on, where it is not 'lookup_url'; {address} is filled in."},
    {"catalogue[].removal_mail", OPTION_TEXT, AT(list_entry, list.way.mail), .max = 254,
     .text = "Mailbox to write to."},
    {"catalogue[].removal_takes", OPTION_DURATION, AT(list_entry, list.way.takes_ms), .min = 0,
     .max = 365 * DAY, .initial = "0",
     .text = "How long it may take; until then nobody should ask again. 0 where nobody knows."},
    {"catalogue[].removal_needs_ptr", OPTION_BOOL, AT(list_entry, list.way.needs_ptr),
     .initial = "false", .text = "Whether requests are refused while the reverse name is wrong."},
    {"catalogue[].removal_costs", OPTION_BOOL, AT(list_entry, list.way.can_cost),
     .initial = "false", .text = "Whether money is taken, be it for going faster only."},
    {"catalogue[].expires", OPTION_DURATION, AT(list_entry, list.way.expires_ms), .min = 0,
     .max = 366 * DAY, .initial = "0",
     .text = "How long after the last hit a listing ends by itself; 0 where nobody knows."},
    {"catalogue[].servers", OPTION_SERVER, .is_list = true,
     LIST_AT(list_entry, list.server, list.servers),
     .text = "Servers of its own, asked instead of the resolver: ADDRESS or ADDRESS:PORT."},

    {"retired", OPTION_GROUPS, LIST_AT(catalogue_file, retired, retireds),
     .text = "Lists that were shut down: an entry for one is an error."},
    {"retired[].zone", OPTION_ZONE, .is_required = true, AT(retired_list, zone),
     .text = "The zone; *.ZONE stands for all names below it."},
    {"retired[].reason", OPTION_TEXT, .is_required = true, AT(retired_list, reason), .min = 1,
     .max = 512, .text = "What happened, and when."},
};

const struct option_table options_catalogue = {"lists.conf", rows, COUNT_OF(rows)};
