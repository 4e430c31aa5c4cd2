#include "conf/option.h"

#include "base/mem.h"
#include "conf/conf.h"

#include <stddef.h>

/* The options of repwatch.conf. Bounds of durations are in milliseconds. */

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };
#define DAY (24.0 * HOUR)

static struct words format_words(void)
{
	static const char *const word[] = {"postfix", "exim", "sendmail", "qmail", "opensmtpd"};

	return (struct words){word, COUNT_OF(word)};
}

static struct words channel_words(void)
{
	static const char *const word[] = {"mail",    "slack",    "mattermost", "discord",
					   "teams",   "chatwork", "pagerduty",  "alertmanager",
					   "webhook", "command",  "nagios",     "icinga"};

	return (struct words){word, COUNT_OF(word)};
}

static struct words day_words(void)
{
	static const char *const word[] = {"monday", "tuesday",  "wednesday", "thursday",
					   "friday", "saturday", "sunday"};

	return (struct words){word, COUNT_OF(word)};
}

static struct words language_words(void)
{
	static const char *const word[] = {"en", "ja"};

	return (struct words){word, COUNT_OF(word)};
}

static const struct option rows[] = {
    {"state_dir", OPTION_PATH, AT(conf, state_dir), .initial = "/var/lib/repwatch",
     .text = "Folder of the database, the lock and the data of the graphs; the first pass "
	     "makes it."},
    {"language", OPTION_WORD, AT(conf, language), .words = language_words, .initial = "en",
     .text = "Of pictures, pages and messages; commands and logs speak English."},
    {"timezone", OPTION_TIMEZONE, AT(conf, timezone), .example = "\"Asia/Tokyo\"",
     .text = "Zone of the operator's day; without it the system's."},
    {"stale_after", OPTION_DURATION, AT(conf, stale_after_ms), .min = MINUTE, .max = 90 * DAY,
     .initial = "3h",
     .text = "Age at which what was learned no longer counts; must be longer than the time "
	     "between two passes, and than 'resolver.deadline'."},

    {"resolver", OPTION_SECTION,
     .text = "Who answers the questions. Many lists refuse public resolvers: run one of your "
	     "own."},
    {"resolver.servers", OPTION_SERVER, .is_list = true,
     LIST_AT(conf, resolver.server, resolver.servers), .example = "[ \"127.0.0.1\" ]",
     .text = "Recursive resolvers, each ADDRESS or ADDRESS:PORT, IPv6 with a port as "
	     "[ADDRESS]:PORT; without them those of /etc/resolv.conf."},
    {"resolver.timeout", OPTION_DURATION, AT(conf, resolver.timeout_ms), .min = 100, .max = MINUTE,
     .initial = "3s",
     .text = "How long one try may take; must be shorter than 'resolver.deadline'."},
    {"resolver.tries", OPTION_INTEGER, AT(conf, resolver.tries), .min = 1, .max = 10,
     .initial = "2", .text = "How often a question is sent before it has timed out."},
    {"resolver.in_flight", OPTION_INTEGER, AT(conf, resolver.in_flight), .min = 1, .max = 20000,
     .initial = "1000", .unit = "questions",
     .text = "How many questions may be open at the same time."},
    {"resolver.deadline", OPTION_DURATION, AT(conf, resolver.deadline_ms), .min = SECOND,
     .max = DAY, .initial = "10m",
     .text = "How long a whole pass may take; what is open then stays unknown."},

    {"lists", OPTION_SECTION, .text = "Which lists are asked, and when an answer is believed."},
    {"lists.catalogue", OPTION_PATH, .is_list = true, .is_required = true,
     LIST_AT(conf, lists.catalogue_path, lists.catalogue_paths), .initial = "lists.conf",
     .text = "The catalogue: one file or an array of files; an entry replaces one with the "
	     "same zone of a file before it."},
    {"lists.disable", OPTION_ZONE, .is_list = true, LIST_AT(conf, lists.disable, lists.disables),
     .example = "[ \"dnsbl-2.uceprotect.net\" ]", .text = "Zones that are not asked."},
    {"lists.enable", OPTION_ZONE, .is_list = true, LIST_AT(conf, lists.enable, lists.enables),
     .example = "[ \"bl.example.net\" ]",
     .text = "Zones that the catalogue leaves out because of their terms: naming one here "
	     "states that you meet them."},
    {"lists.keys", OPTION_GROUPS, LIST_AT(conf, lists.key, lists.keys),
     .example = "( { name = \"spamhaus-dqs\"; key_file = \"dqs.key\"; } )",
     .text = "Keys for the lists that answer only with one."},
    {"lists.keys[].name", OPTION_NAME, .is_required = true, AT(conf_key, name),
     .text = "What the catalogue's entries call the key in 'needs_key'."},
    {"lists.keys[].key_file", OPTION_SECRET, .is_required = true, AT(conf_key, key_file),
     .text = "File with the key in its first line; readable by its owner only."},
    {"lists.confirm", OPTION_INTEGER, AT(conf, lists.confirm), .min = 1, .max = 10, .initial = "2",
     .unit = "answers", .text = "How many agreeing answers raise or clear a listing."},
    {"lists.confirm_wait", OPTION_DURATION, AT(conf, lists.confirm_wait_ms), .min = 0,
     .max = MINUTE, .initial = "200ms",
     .text = "Pause before a change is asked about a second time."},
    {"lists.breaker", OPTION_NUMBER, AT(conf, lists.breaker), .min = 0.01, .max = 1,
     .initial = "0.5",
     .text = "Share of the addresses that may change on one list in one pass; more is held back "
	     "as the list's own fault until it lasts."},
    {"lists.rate", OPTION_NUMBER, AT(conf, lists.rate), .min = 0, .max = 1000000, .initial = "0.0",
     .unit = "questions a second",
     .text = "Limit for each list whose entry has none of its own; 0 for no limit."},

    {"replies", OPTION_PATH, .is_list = true, .is_required = true,
     LIST_AT(conf, replies_path, replies_paths), .initial = "replies.conf",
     .text = "What receivers mean by their replies: one file of rules or an array of files; the "
	     "first rule that matches decides, so files of your own come first."},

    {"series", OPTION_SECTION, .text = "Where the data of the graphs goes."},
    {"series.rrdcached", OPTION_SOCKET, AT(conf, series.rrdcached),
     .example = "\"unix:/run/rrdcached.sock\"",
     .text = "The rrdcached to write through, unix:PATH or ADDRESS:PORT; without it files "
	     "are written directly."},

    {"addresses", OPTION_GROUPS, LIST_AT(conf, address, addresses),
     .example = "(\n"
		"\t{ address = \"203.0.113.10\"; name = \"www274\"; helo = \"www274.example.jp\";\n"
		"\t  pool = \"shared-a\"; },\n"
		"\t{ address = \"2001:db8::10\"; name = \"www274\"; helo = \"www274.example.jp\";\n"
		"\t  pool = \"shared-a\"; },\n"
		"\t{ address = \"203.0.113.64/28\"; pool = \"shared-b\"; }\n"
		")",
     .text = "The addresses that send mail. Each may be given once, alone or in a block."},
    {"addresses[].address", OPTION_BLOCK, .is_required = true, AT(conf_address, prefix), .min = 1,
     .max = 65536, .text = "An IPv4 or IPv6 address, or a block in CIDR notation."},
    {"addresses[].name", OPTION_TEXT, AT(conf_address, name), .max = 64,
     .text = "What you call the host."},
    {"addresses[].helo", OPTION_HOST, AT(conf_address, helo),
     .text = "Name the host gives in HELO or EHLO; it is checked against the address."},
    {"addresses[].pool", OPTION_NAME, AT(conf_address, pool),
     .text = "Pool of addresses it belongs to."},

    {"domains", OPTION_GROUPS, LIST_AT(conf, domain, domains),
     .example = "(\n"
		"\t{ domain = \"example.jp\"; selectors = [ \"rs2024\" ]; pool = \"shared-a\"; }\n"
		")",
     .text = "Domains that mail is sent for, beside those the mail logs tell of."},
    {"domains[].domain", OPTION_DOMAIN, .is_required = true, AT(conf_domain, domain),
     .text = "The domain; international ones as A-labels (xn--)."},
    {"domains[].selectors", OPTION_SELECTOR, .is_list = true,
     LIST_AT(conf_domain, selector, selectors),
     .text = "Its DKIM selectors; without them those that mail logs tell of, and common ones."},
    {"domains[].pool", OPTION_NAME, AT(conf_domain, pool),
     .text = "Pool that sends for it: while the logs have no mail of the domain, its SPF record "
	     "must allow those addresses."},

    {"auth", OPTION_SECTION,
     .text = "Sender authentication (SPF, DKIM, DMARC) of the domains that mail is sent for."},
    {"auth.every", OPTION_DURATION, AT(conf, auth.every_ms), .min = MINUTE, .max = 30 * DAY,
     .initial = "6h", .text = "Time between two looks at a domain."},
    {"auth.min_volume", OPTION_INTEGER, AT(conf, auth.min_volume), .min = 1, .max = 1000000000,
     .initial = "10", .unit = "messages",
     .text = "What a domain must have sent in the last 30 days before it is looked at without "
	     "standing in 'domains'."},
    {"auth.limit", OPTION_INTEGER, AT(conf, auth.limit), .min = 0, .max = 100000,
     .initial = "10000", .unit = "domains",
     .text = "How many of them are looked at, those with most mail; 0 for none."},
    {"auth.ignore", OPTION_DOMAIN, .is_list = true, LIST_AT(conf, auth.ignore, auth.ignores),
     .example = "[ \"gmail.com\" ]",
     .text = "Domains, with those below them, that are not looked at unless they stand in "
	     "'domains': other people's, whose mail is only forwarded."},

    {"maillogs", OPTION_GROUPS, LIST_AT(conf, maillog, maillogs),
     .example =
	 "(\n"
	 "\t{ path = \"/var/log/mail.log\"; format = \"postfix\"; address = \"203.0.113.10\";\n"
	 "\t  by_service = ( { service = \"postfix-b\"; address = \"203.0.113.65\"; } ); }\n"
	 ")",
     .text = "Mail logs, and which address their mail leaves from."},
    {"maillogs[].path", OPTION_LOG, .is_required = true, AT(conf_maillog, path),
     .text = "The log: a file that syslog or the server writes, or what 'journalctl -o export' "
	     "wrote; 'journal:' for the systemd journal of this host; 'journal:/path' for those in "
	     "a folder, or that in a file and those rotated from it."},
    {"maillogs[].format", OPTION_WORD, .is_required = true, AT(conf_maillog, format),
     .words = format_words, .text = "Program that writes it."},
    {"maillogs[].address", OPTION_ADDRESS, AT(conf_maillog, ip),
     .text = "Address of what neither 'by_service' nor 'by_host' names."},
    {"maillogs[].timezone", OPTION_TIMEZONE, AT(conf_maillog, timezone),
     .text = "Zone its times are written in; without it the operator's."},
    {"maillogs[].matches", OPTION_TEXT, .is_list = true, LIST_AT(conf_maillog, match, matches),
     .max = 1024,
     .text = "Which entries of a journal are read, as journalctl takes it: FIELD=value, of one "
	     "field either, of several all; \"+\" stands between alternatives. Without it "
	     "SYSLOG_FACILITY=2, which is mail, and which any user of the host may write; "
	     "_SYSTEMD_UNIT= keeps to the mail server's own."},
    {"maillogs[].by_service", OPTION_GROUPS, LIST_AT(conf_maillog, by_service, by_services),
     .text = "Addresses by service."},
    {"maillogs[].by_service[].service", OPTION_TEXT, .is_required = true, AT(conf_log_map, word),
     .min = 1, .max = 255,
     .text = "For Postfix the syslog tag without its last part (postfix-b of "
	     "postfix-b/smtp), for Sendmail the mailer, for Exim the transport."},
    {"maillogs[].by_service[].address", OPTION_ADDRESS, .is_required = true, AT(conf_log_map, ip),
     .text = "Address it sends from."},
    {"maillogs[].by_host", OPTION_GROUPS, LIST_AT(conf_maillog, by_host, by_hosts),
     .text = "Addresses by host."},
    {"maillogs[].by_host[].host", OPTION_TEXT, .is_required = true, AT(conf_log_map, word),
     .min = 1, .max = 255, .text = "Host name as the log's lines have it."},
    {"maillogs[].by_host[].address", OPTION_ADDRESS, .is_required = true, AT(conf_log_map, ip),
     .text = "Address it sends from."},

    {"volume", OPTION_SECTION,
     .text = "When a day's mail is more than usual. The ratios compare a day with the mean of "
	     "the month before."},
    {"volume.elevated_ratio", OPTION_NUMBER, AT(conf, volume.elevated_ratio), .min = 1, .max = 1000,
     .initial = "2.0",
     .text = "Ratio from which volume is elevated; must be below 'volume.spike_ratio'."},
    {"volume.spike_ratio", OPTION_NUMBER, AT(conf, volume.spike_ratio), .min = 1, .max = 1000,
     .initial = "5.0", .text = "Ratio from which it is a spike."},
    {"volume.floor", OPTION_INTEGER, AT(conf, volume.floor), .min = 0, .max = 1000000000,
     .initial = "1000", .unit = "recipients a day",
     .text = "Volume below which nothing is a spike."},
    {"volume.idle_days", OPTION_INTEGER, AT(conf, volume.idle_days), .min = 1, .max = 3650,
     .initial = "30", .unit = "days",
     .text = "Silence after which an address has to be warmed up again."},

    {"alerts", OPTION_SECTION, .text = "Who is told, and how often."},
    {"alerts.repeat", OPTION_DURATION, AT(conf, alerts.repeat_ms), .min = 10 * MINUTE,
     .max = 365 * DAY, .initial = "24h",
     .text = "Time after which what has not ended is told again."},
    {"alerts.digest_over", OPTION_INTEGER, AT(conf, alerts.digest_over), .min = 1, .max = 100000,
     .initial = "10", .unit = "incidents",
     .text = "More incidents than this in one pass become one message."},
    {"alerts.weekly", OPTION_WORD, AT(conf, alerts.weekly), .words = day_words,
     .example = "\"monday\"",
     .text = "Day on which the first pass sends a summary of the week; without it never."},
    {"alerts.heartbeat_url", OPTION_URL, AT(conf, alerts.heartbeat_url),
     .example = "\"http://127.0.0.1:8000/ping/repwatch\"",
     .text = "Asked for (GET) at the end of each complete pass, so that a dead man's switch there "
	     "notices when passes end."},
    {"alerts.heartbeat_url_file", OPTION_SECRET, AT(conf, alerts.heartbeat_url_file),
     .example = "\"heartbeat.url\"",
     .text = "File with that URL in its first line, when it is a secret; it comes before "
	     "'alerts.heartbeat_url'."},
    {"alerts.report_url", OPTION_URL, AT(conf, alerts.report_url),
     .example = "\"https://repwatch.example.jp/\"",
     .text = "Where people find the page that 'repwatch report' makes; messages link to it."},
    {"alerts.channels", OPTION_GROUPS, LIST_AT(conf, alerts.channel, alerts.channels),
     .example = "(\n"
		"\t{ name = \"noc\"; type = \"mail\"; to = [ \"noc@example.jp\" ];\n"
		"\t  from = \"repwatch@example.jp\"; url = \"smtp://127.0.0.1:25\";\n"
		"\t  min_severity = \"major\"; },\n"
		"\t{ name = \"chat\"; type = \"slack\"; url_file = \"slack.url\"; }\n"
		")",
     .text = "Where messages go. Have two that fail apart: mail may be sent from the very address "
	     "that is listed."},
    {"alerts.channels[].name", OPTION_NAME, .is_required = true, AT(conf_channel, name),
     .text = "What you call it; each name once."},
    {"alerts.channels[].type", OPTION_WORD, .is_required = true, AT(conf_channel, type),
     .words = channel_words, .text = "How messages are delivered; see ALERTS."},
    {"alerts.channels[].to", OPTION_MAILBOX, .is_list = true, LIST_AT(conf_channel, to, tos),
     .text = "Recipients of mail."},
    {"alerts.channels[].from", OPTION_MAILBOX, AT(conf_channel, from),
     .text = "Sender of mail, and where its bounces go."},
    {"alerts.channels[].url", OPTION_URL, AT(conf_channel, url),
     .text = "Server or endpoint, when it is no secret: smtp://, smtps://, https:// or "
	     "http://. Mail over smtp:// needs STARTTLS unless the host is on loopback."},
    {"alerts.channels[].url_file", OPTION_SECRET, AT(conf_channel, url_file),
     .text = "File with the endpoint in its first line, when knowing it is enough to post; "
	     "readable by its owner only."},
    {"alerts.channels[].user", OPTION_TEXT, AT(conf_channel, user), .max = 255,
     .text = "User to log in as."},
    {"alerts.channels[].password_file", OPTION_SECRET, AT(conf_channel, password_file),
     .text = "File with the password, token or signing key in its first line; readable by "
	     "its owner only."},
    {"alerts.channels[].ca_file", OPTION_PATH, AT(conf_channel, ca_file),
     .text = "Certificates (PEM) that sign the server's, instead of the system's."},
    {"alerts.channels[].command", OPTION_TEXT, .is_list = true,
     LIST_AT(conf_channel, command, commands), .max = 4096,
     .text = "Program with its whole path, and its arguments; no shell is involved."},
    {"alerts.channels[].command_file", OPTION_PATH, AT(conf_channel, command_file),
     .text = "The FIFO from which Nagios takes external commands."},
    {"alerts.channels[].pools", OPTION_NAME, .is_list = true, LIST_AT(conf_channel, pool, pools),
     .text = "Only what concerns these pools is told here, and what concerns none."},
    {"alerts.channels[].min_severity", OPTION_ENUM, AT(conf_channel, min_severity),
     .words = severity_words, .initial = "minor", .text = "Least severity that is told here."},
    {"alerts.channels[].language", OPTION_WORD, AT(conf_channel, language), .words = language_words,
     .text = "Of the messages; without it the main 'language'."},
    {"alerts.channels[].quiet_hours", OPTION_HOURS, AT(conf_channel, quiet_hours),
     .text = "Hours of the operator's day, such as \"22:00-07:00\", in which only critical "
	     "messages go out; the others wait until they are over."},
    {"alerts.channels[].timeout", OPTION_DURATION, AT(conf_channel, timeout_ms), .min = SECOND,
     .max = MINUTE, .initial = "30s", .text = "How long one delivery may take."},
};

const struct option_table options_main = {"repwatch.conf", rows, COUNT_OF(rows)};
