#include "alert_sample.h"

#include "base/mem.h"
#include "sample.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, NET = 214 };

#define NOW SAMPLE_NOW

/* --- the catalogue --- */

static const struct list zen = {
    .zone = "zen.example",
    .name = "Zen",
    .lookup_url = "https://check.zen.example/?ip={address}",
    .removal = "self-service at check.zen.example",
    .way = {.by = REMOVAL_BY_SELF, .url = "https://check.zen.example/remove?ip={address}"},
};
static const struct list traps = {
    .zone = "traps.example",
    .name = "Traps",
    .lookup_url = "",
    .removal = "expires by itself",
    .way = {.by = REMOVAL_BY_EXPIRY, .expires_ms = INT64_C(7) * DAY * 1000},
};
static const struct list form = {
    .zone = "bl.form.example",
    .name = "Form",
    .lookup_url = "https://form.example/{address}",
    .removal = "form, about a day",
    .way = {.by = REMOVAL_BY_FORM,
	    .url = "https://form.example/removal",
	    .takes_ms = INT64_C(1) * DAY * 1000,
	    .needs_ptr = true},
};
static const struct removal_way gmail = {
    .by = REMOVAL_BY_FORM,
    .url = "https://support.gmail.example/contact/bulk",
};

/* --- what the logs tell --- */

static const struct suspect suspect[] = {
    {.account = "user@example.jp",
     .sent = 48200,
     .usual = 310,
     .factor = 155,
     .share = 0.81,
     .bounce_share = 0.34},
    {.account = "form@shop.example",
     .sent = 2100,
     .usual = 40,
     .factor = 52,
     .share = 0.04,
     .bounce_share = 0.02},
};
static const struct receiver_view receiver[] = {
    {.receiver = "gmail",
     .sent = 1200,
     .deferred = 40,
     .bounced = 15300,
     .blocked_since = NOW - 2 * HOUR,
     .refused = 15300,
     .cause = REPLY_IP_BLOCK,
     .scope = SCOPE_IP,
     .words = "550-5.7.1 [192.0.2.10] Our system has detected that this message is likely "
	      "unsolicited mail. 550 5.7.1 https://support.google.com/mail/?p=Unsolicited - gsmtp"},
    {.receiver = "docomo", .sent = 800},
};
static const struct traffic burst = {
    .volume = {.level = VOLUME_SPIKE,
	       .yesterday = 41000,
	       .today = 18400,
	       .projected = 48600,
	       .month_mean = 3950,
	       .ratio = 10.38,
	       .usual = 4100,
	       .is_today = true},
    .receiver = receiver,
    .receivers = COUNT_OF(receiver),
    .suspect = suspect,
    .suspects = COUNT_OF(suspect),
};
static const struct traffic stopped = {
    .volume = {.level = VOLUME_LOW, .yesterday = 3, .today = 0, .month_mean = 3950, .usual = 4100},
};
static const struct traffic calm = {
    .volume = {.level = VOLUME_NORMAL,
	       .yesterday = 3900,
	       .today = 1200,
	       .projected = 4000,
	       .month_mean = 3950,
	       .ratio = 0.99,
	       .usual = 4100},
};

/* --- beliefs --- */

#define MAIL1 .address = "192.0.2.10", .name = "www274", .pool = "shared-a"

static const struct incident_item on_lists[] = {
    {MAIL1, .check = "dnsbl", .subject = "zen.example", .to = "listed",
     .severity = SEVERITY_CRITICAL, .since = NOW - 12 * MINUTE,
     .text =
	 "zen.example lists it: SBL (127.0.0.2); it says: https://www.zen.example/query/SBL12345; "
	 "suspects: user@example.jp sent 48,200, usually 310",
     .list = &zen},
    {MAIL1, .check = "receiver", .subject = "gmail", .to = "listed", .severity = SEVERITY_CRITICAL,
     .since = NOW - 2 * HOUR,
     .text = "gmail refuses its mail: ip-block (ip), 15,300 messages so far", .way = &gmail},
    {MAIL1, .check = "volume", .subject = "", .to = "spike", .severity = SEVERITY_CRITICAL,
     .since = NOW - 3 * HOUR,
     .text = "sent 18,400 today by 09:59, on the way to 48,600, 12.3 times last month's daily mean "
	     "of 3,950; suspects: user@example.jp sent 48,200, usually 310"},
    {MAIL1, .check = "dnsbl", .subject = "traps.example", .to = "listed",
     .severity = SEVERITY_MAJOR, .since = NOW - 12 * MINUTE, .text = "hit a spam trap",
     .list = &traps},
};
static const struct incident_item over[] = {
    {MAIL1, .check = "dnsbl", .subject = "zen.example", .to = "clear",
     .severity = SEVERITY_CRITICAL, .since = NOW - 2 * DAY, .ended_at = NOW, .text = "",
     .list = &zen},
    {MAIL1, .check = "receiver", .subject = "gmail", .to = "clear", .severity = SEVERITY_CRITICAL,
     .since = NOW - 2 * DAY, .ended_at = NOW - 5 * HOUR,
     .text = "gmail takes its mail again, after 1d 19h", .way = &gmail},
};
static const struct incident_item needs_ptr[] = {
    {MAIL1, .check = "dnsbl", .subject = "bl.form.example", .to = "listed",
     .severity = SEVERITY_MAJOR, .since = NOW - DAY, .text = "poor reputation", .list = &form},
};
static const struct incident_item nameless[] = {
    {.address = "2001:db8::25",
     .name = "www275",
     .pool = "shared-a",
     .check = "ptr",
     .subject = "",
     .to = "broken",
     .severity = SEVERITY_CRITICAL,
     .since = NOW - 30 * MINUTE,
     .text = "2001:db8::25 has no PTR record",
     .fix = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. IN PTR "
	    "www275.example.jp."},
    {.address = "2001:db8::25",
     .name = "www275",
     .pool = "shared-a",
     .check = "helo",
     .subject = "",
     .to = "broken",
     .severity = SEVERITY_MAJOR,
     .since = NOW - 30 * MINUTE,
     .text = "the HELO name www275.example.jp has no AAAA record",
     .fix = "www275.example.jp. IN AAAA 2001:db8::25"},
};
static const struct incident_item silent[] = {
    {MAIL1, .check = "volume", .subject = "", .to = "low", .severity = SEVERITY_MAJOR,
     .since = NOW - HOUR, .text = "sent 3 yesterday; Fridays usually bring 4,100"},
};
static const struct incident_item account[] = {
    {.address = "",
     .name = "",
     .pool = "",
     .check = "volume",
     .subject = "account user@example.jp",
     .to = "spike",
     .severity = SEVERITY_MINOR,
     .since = NOW - HOUR,
     .text = "sent 9,100 yesterday, 29.4 times last month's daily mean of 310; Fridays usually "
	     "bring 300"},
};
static const struct incident_item refused_pool[] = {
    {MAIL1, .check = "receiver", .subject = "microsoft", .to = "listed",
     .severity = SEVERITY_CRITICAL, .since = NOW - HOUR,
     .text = "microsoft refuses its mail: ip-block (network), 210 messages so far; it says: 550 "
	     "5.7.1 part of their network is on our block list (S3150)"},
    {.address = "192.0.2.11",
     .name = "www275",
     .pool = "shared-a",
     .check = "receiver",
     .subject = "microsoft",
     .to = "listed",
     .severity = SEVERITY_CRITICAL,
     .since = NOW - 50 * MINUTE,
     .text = ""},
};
static const struct incident_item domain[] = {
    {.address = "shop.example",
     .name = "",
     .pool = "",
     .check = "spf",
     .subject = "",
     .to = "broken",
     .severity = SEVERITY_MAJOR,
     .since = NOW - HOUR,
     .text = "SPF gives fail for 192.0.2.10: 'include:_spf.example.net' in the record of "
	     "shop.example names what does not exist",
     .fix = "shop.example. IN TXT \"v=spf1 ip4:192.0.2.10 include:_spf.example.net -all\""},
};
static const struct incident_item sick[] = {
    {.address = "",
     .name = "",
     .pool = "",
     .check = "dnsbl",
     .subject = "traps.example",
     .to = "sick",
     .severity = SEVERITY_MINOR,
     .since = NOW - 5 * MINUTE,
     .text = "test entry 127.0.0.1 (ip4) must not be listed and is: 127.0.0.3"},
};
static const struct incident_item late[] = {
    {.address = "",
     .name = "",
     .pool = "",
     .check = "pass",
     .subject = "late",
     .to = "late",
     .severity = SEVERITY_MAJOR,
     .since = NOW,
     .ended_at = NOW,
     .text = "no pass ended for 9h 12m: nothing was watched meanwhile"},
};
static const struct incident_item renamed[] = {
    {.address = "192.0.2.10",
     .name = "www274",
     .pool = "shared-a",
     .check = "ptr",
     .subject = "",
     .to = "broken",
     .severity = SEVERITY_CRITICAL,
     .since = NOW - 5 * MINUTE,
     .text = "192.0.2.10 has no PTR record"},
    {.address = "192.0.2.11",
     .name = "",
     .pool = "shared-a",
     .check = "ptr",
     .subject = "",
     .to = "broken",
     .severity = SEVERITY_CRITICAL,
     .since = NOW - 5 * MINUTE,
     .text = "192.0.2.11 has no PTR record"},
    {.address = "192.0.2.12",
     .name = "",
     .pool = "shared-a",
     .check = "ptr",
     .subject = "",
     .to = "broken",
     .severity = SEVERITY_CRITICAL,
     .since = NOW - 5 * MINUTE,
     .text = "192.0.2.12 has no PTR record"},
    {.address = "192.0.2.12",
     .name = "",
     .pool = "shared-a",
     .check = "helo",
     .subject = "",
     .to = "broken",
     .severity = SEVERITY_CRITICAL,
     .since = NOW - 5 * MINUTE,
     .text = "the HELO name www276.example.jp has no A record"},
};
static const struct incident_item unseen[] = {
    {.address = "",
     .name = "",
     .pool = "",
     .check = "sight",
     .subject = "",
     .to = "blind",
     .severity = SEVERITY_MAJOR,
     .since = NOW,
     .text = "no usable answer came about any of 258 addresses"},
};
static const struct incident_item blind[] = {
    {.address = "",
     .name = "",
     .pool = "",
     .check = "resolver",
     .subject = "",
     .to = "",
     .severity = SEVERITY_MAJOR,
     .since = NOW - 5 * MINUTE,
     .text = "38 of 41 lists cannot be asked or believed at once: the resolver is the likelier "
	     "cause"},
};

#define NET_ROW(n)                                                                                 \
	{                                                                                          \
		.address = "203.0.113." #n, .name = "", .pool = "shared-b", .check = "dnsbl",      \
		.subject = "zen.example", .to = "listed", .severity = SEVERITY_CRITICAL,           \
		.since = NOW - 20 * MINUTE, .text = "SBL; the whole network", .list = &zen         \
	}
static const struct incident_item net[] = {
    NET_ROW(64), NET_ROW(65), NET_ROW(66), NET_ROW(67), NET_ROW(68), NET_ROW(69),
    NET_ROW(70), NET_ROW(71), NET_ROW(72), NET_ROW(73), NET_ROW(74), NET_ROW(75),
};

/* --- incidents --- */

#define INCIDENT(word, subject_, items_, ...)                                                      \
	{                                                                                          \
		.id = 7, .uid = "0123456789abcdefghij", .kind = INCIDENT_##word,                   \
		.subject = (subject_), .item = (items_), .items = COUNT_OF(items_), __VA_ARGS__    \
	}

static const struct incident listed =
    INCIDENT(ADDRESS, "192.0.2.10", on_lists, .pool = "shared-a", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - 12 * MINUTE, .seq = 1);
static const struct incident reminded =
    INCIDENT(ADDRESS, "192.0.2.10", on_lists, .pool = "shared-a", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - 2 * DAY, .seq = 3, .reminders = 2, .flaps = 2);
static const struct incident all_reminded[] = {
    INCIDENT(ADDRESS, "192.0.2.10", on_lists, .pool = "shared-a", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - 2 * DAY, .seq = 3, .reminders = 2),
    INCIDENT(ADDRESS, "192.0.2.10", needs_ptr, .pool = "shared-a", .severity = SEVERITY_MAJOR,
	     .opened_at = NOW - DAY, .seq = 1, .reminders = 1),
};
static const struct incident ended =
    INCIDENT(ADDRESS, "192.0.2.10", over, .pool = "shared-a", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - 2 * DAY, .ended_at = NOW, .seq = 4);
static const struct incident alone =
    INCIDENT(ADDRESS, "192.0.2.10", needs_ptr, .pool = "shared-a", .severity = SEVERITY_MAJOR,
	     .opened_at = NOW - DAY, .seq = 1);
static const struct incident identity =
    INCIDENT(ADDRESS, "2001:db8::25", nameless, .pool = "shared-a", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - 30 * MINUTE, .seq = 1);
static const struct incident silence =
    INCIDENT(ADDRESS, "192.0.2.10", silent, .pool = "shared-a", .severity = SEVERITY_MAJOR,
	     .opened_at = NOW - HOUR, .seq = 1);
static const struct incident network =
    INCIDENT(LIST, "zen.example", net, .pool = "shared-b", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - 20 * MINUTE, .seq = 1);
static const struct incident refusal =
    INCIDENT(RECEIVER, "microsoft", refused_pool, .pool = "shared-a", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - HOUR, .seq = 1);
static const struct incident sender =
    INCIDENT(SENDER, "account user@example.jp", account, .pool = "", .severity = SEVERITY_MINOR,
	     .opened_at = NOW - HOUR, .seq = 1);
static const struct incident unsigned_domain =
    INCIDENT(DOMAIN, "shop.example", domain, .pool = "", .severity = SEVERITY_MAJOR,
	     .opened_at = NOW - HOUR, .seq = 1);
static const struct incident sick_list =
    INCIDENT(AGENT, "traps.example", sick, .pool = "", .severity = SEVERITY_MINOR,
	     .opened_at = NOW - 5 * MINUTE, .seq = 1);
static const struct incident no_pass =
    INCIDENT(AGENT, "", late, .pool = "", .severity = SEVERITY_MAJOR, .opened_at = NOW,
	     .ended_at = NOW, .seq = 1);
static const struct incident no_resolver =
    INCIDENT(AGENT, "", blind, .pool = "", .severity = SEVERITY_MAJOR,
	     .opened_at = NOW - 5 * MINUTE, .seq = 1);
static const struct incident names =
    INCIDENT(ADDRESS, INCIDENT_IDENTITY, renamed, .pool = "shared-a", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - 5 * MINUTE, .seq = 1);
static const struct incident no_sight =
    INCIDENT(AGENT, "", unseen, .pool = "", .severity = SEVERITY_MAJOR, .opened_at = NOW, .seq = 1);
static const struct incident several[] = {
    INCIDENT(ADDRESS, "192.0.2.10", on_lists, .pool = "shared-a", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - 12 * MINUTE, .seq = 1),
    INCIDENT(LIST, "zen.example", net, .pool = "shared-b", .severity = SEVERITY_CRITICAL,
	     .opened_at = NOW - 20 * MINUTE, .seq = 1),
    INCIDENT(DOMAIN, "shop.example", domain, .pool = "", .severity = SEVERITY_MAJOR,
	     .opened_at = NOW - 3 * DAY, .seq = 1),
    INCIDENT(SENDER, "account user@example.jp", account, .pool = "", .severity = SEVERITY_MINOR,
	     .opened_at = NOW - HOUR, .seq = 1),
    INCIDENT(AGENT, "traps.example", sick, .pool = "", .severity = SEVERITY_MINOR,
	     .opened_at = NOW - 5 * MINUTE, .seq = 1),
};

#define ALERT(word, grade, incident_, ...)                                                         \
	{                                                                                          \
		.kind = ALERT_##word, .uid = "0123456789abcdefghij", .severity = SEVERITY_##grade, \
		.at = NOW, .incident = (incident_), .host = "agent.example.jp", __VA_ARGS__        \
	}

const struct alert_sample alert_sample[] = {
    {"opened", ALERT(OPENED, CRITICAL, &listed, .traffic = &burst, .traffic_address = "192.0.2.10",
		     .report_url = "https://noc.example.jp/repwatch/", .seq = 1, .incidents = 1)},
    {"grew", ALERT(GREW, CRITICAL, &listed, .seq = 2, .traffic = &burst,
		   .traffic_address = "192.0.2.10", .incidents = 1, .report_url = "")},
    {"reminder", ALERT(REMINDER, CRITICAL, &reminded, .seq = 3, .traffic = &calm,
		       .traffic_address = "192.0.2.10", .incidents = 1, .report_url = "")},
    {"ended", ALERT(ENDED, CRITICAL, &ended, .seq = 4, .incidents = 1, .report_url = "")},
    {"no_logs", ALERT(OPENED, MAJOR, &alone, .seq = 1, .incidents = 1, .report_url = "")},
    {"identity", ALERT(OPENED, CRITICAL, &identity, .seq = 1, .incidents = 1, .report_url = "")},
    {"silence", ALERT(OPENED, MAJOR, &silence, .traffic = &stopped, .traffic_address = "192.0.2.10",
		      .seq = 1, .incidents = 1, .report_url = "")},
    {"network", ALERT(OPENED, CRITICAL, &network, .seq = 1, .incidents = 1, .report_url = "")},
    {"receiver", ALERT(OPENED, CRITICAL, &refusal, .seq = 1, .incidents = 1, .report_url = "")},
    {"sender", ALERT(OPENED, MINOR, &sender, .seq = 1, .incidents = 1, .report_url = "")},
    {"domain", ALERT(OPENED, MAJOR, &unsigned_domain, .seq = 1, .incidents = 1, .report_url = "")},
    {"list_sick", ALERT(OPENED, MINOR, &sick_list, .seq = 1, .incidents = 1, .report_url = "")},
    {"resolver", ALERT(OPENED, MAJOR, &no_resolver, .seq = 1, .incidents = 1, .report_url = "")},
    {"names", ALERT(OPENED, CRITICAL, &names, .traffic = &burst, .traffic_address = "192.0.2.10",
		    .seq = 1, .incidents = 1, .report_url = "")},
    {"sight", ALERT(OPENED, MAJOR, &no_sight, .seq = 1, .incidents = 1, .report_url = "")},
    {"late", ALERT(OPENED, MAJOR, &no_pass, .seq = 1, .incidents = 1, .report_url = "")},
    {"digest", ALERT(DIGEST, CRITICAL, several, .incidents = COUNT_OF(several), .untold = 9,
		     .seq = 1, .report_url = "")},
    {"digest_still", ALERT(DIGEST, CRITICAL, all_reminded, .incidents = COUNT_OF(all_reminded),
			   .seq = 1, .report_url = "")},
    {"baseline", ALERT(BASELINE, CRITICAL, several, .incidents = COUNT_OF(several),
		       .addresses = 258, .good = 231, .poor = 17, .seq = 1, .report_url = "")},
    {"weekly",
     ALERT(WEEKLY, INFO, several, .incidents = COUNT_OF(several), .addresses = 258, .good = 249,
	   .poor = 5, .opened_week = 6, .ended_week = 4, .seq = 1, .report_url = "")},
    {"test", ALERT(TEST, INFO, NULL, .incidents = 0, .seq = 1, .report_url = "")},
};
const size_t alert_samples = COUNT_OF(alert_sample);

struct letter_style alert_sample_style(const char *language)
{
	return (struct letter_style){language, &sample_zone, NOW + HOUR};
}

/* --- the same with hostile text --- */

static struct traffic *hostile_traffic(const char *text, struct arena *arena)
{
	struct traffic *const traffic = arena_calloc(arena, 1, sizeof(*traffic));
	struct receiver_view *const view = arena_calloc(arena, 1, sizeof(*view));
	struct suspect *const who = arena_calloc(arena, 1, sizeof(*who));

	*traffic = burst;
	*view = receiver[0];
	view->receiver = text;
	view->words = text;
	*who = suspect[0];
	who->account = text;
	traffic->receiver = view;
	traffic->receivers = 1;
	traffic->suspect = who;
	traffic->suspects = 1;
	snprintf(traffic->volume.reason, sizeof(traffic->volume.reason), "%s", text);
	return traffic;
}

static struct incident_item hostile_item(const char *check, const char *text)
{
	return (struct incident_item){.address = text,
				      .name = text,
				      .pool = text,
				      .check = check,
				      .subject = text,
				      .to = text,
				      .severity = SEVERITY_CRITICAL,
				      .since = NOW - HOUR,
				      .text = text,
				      .fix = text,
				      .list = strcmp(check, "dnsbl") == 0 ? &zen : NULL,
				      .way = strcmp(check, "receiver") == 0 ? &gmail : NULL};
}

struct alert alert_sample_hostile(const char *text, struct arena *arena)
{
	static const char *const check[] = {"dnsbl", "receiver", "ptr", "volume", "spf", "other"};
	struct incident_item *const item = arena_calloc(arena, COUNT_OF(check), sizeof(*item));
	struct incident *const incident = arena_calloc(arena, 1, sizeof(*incident));
	struct alert alert =
	    ALERT(OPENED, CRITICAL, incident, .seq = 1, .incidents = 1, .report_url = "");

	for (size_t i = 0; i < COUNT_OF(check); i++)
		item[i] = hostile_item(check[i], text);
	*incident = listed;
	incident->subject = text;
	incident->pool = text;
	incident->item = item;
	incident->items = COUNT_OF(check);
	alert.traffic = hostile_traffic(text, arena);
	alert.traffic_address = text;
	alert.host = text;
	return alert;
}
