#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "conf_box.h"

#include <stdio.h>
#include <string.h>

/* What repwatch.conf can get wrong, and the sentence for each. */

#define FILE_ "repwatch.conf:"

static const struct mistake names[] = {
    {"a typing slip inside a section", "resolver = { timeot = \"3s\"; };\n",
     FILE_ "1: unknown option 'timeot'; did you mean 'timeout'?\n"},
    {"a typing slip at the top", "\nstatedir = \"/x\";\n",
     FILE_ "2: unknown option 'statedir'; did you mean 'state_dir'?\n"},
    {"an option of another section", "timeout = \"3s\";\n",
     FILE_ "1: option 'timeout' does not belong here; did you mean 'resolver.timeout'?\n"},
    {"an option of a deeper group",
     "addresses = ( { domain = \"example.jp\";\n address = \"192.0.2.1\"; } );\n",
     FILE_ "1: option 'domain' does not belong here; did you mean 'domains[].domain'?\n"},
    {"a name nothing is like", "colour = 1;\n",
     FILE_ "1: unknown option 'colour'; 'repwatch config options' prints all there are\n"},
    {"a catalogue that was included", "catalogue = ();\n",
     FILE_ "1: option 'catalogue' does not belong here; did you mean 'lists.catalogue'?\n"},
    {"two in one file, in the order of lines",
     "resolver = {\n tris = 2;\n tries = 20;\n};\nstate_dirs = \"/x\";\n",
     FILE_ "2: unknown option 'tris'; did you mean 'tries'?\n" FILE_
	   "3: 'resolver.tries': the number 20 is out of bounds, it must be 1 to 10\n" FILE_
	   "5: unknown option 'state_dirs'; did you mean 'state_dir'?\n"},
};

static const struct mistake types[] = {
    {"a duration without quotes", "resolver = { timeout = 3; };\n",
     FILE_ "1: 'resolver.timeout' must be a duration in quotes, such as \"30s\", not the number "
	   "3\n"},
    {"a number in quotes", "resolver = { tries = \"2\"; };\n",
     FILE_ "1: 'resolver.tries' must be a whole number without quotes, not the text '2'\n"},
    {"a broken number where a whole one belongs", "resolver = { tries = 2.5; };\n",
     FILE_ "1: 'resolver.tries' must be a whole number without quotes, not the number 2.5\n"},
    {"a truth where a number belongs", "lists = { breaker = true; };\n",
     FILE_ "1: 'lists.breaker' must be a number without quotes, not true\n"},
    {"a text where a section belongs", "resolver = \"127.0.0.1\";\n",
     FILE_ "1: 'resolver' must be a group, { ... }, not the text '127.0.0.1'\n"},
    {"a group where a list of groups belongs", "addresses = { address = \"192.0.2.1\"; };\n",
     FILE_ "1: 'addresses' must be a list of groups, ( { ... }, ... ), not a group\n"},
    {"addresses without braces", "addresses = ( \"192.0.2.1\" );\n",
     FILE_ "1: 'addresses' must be a list of groups, ( { ... }, ... ), not the text "
	   "'192.0.2.1'\n"},
    {"addresses in an array", "addresses = [ \"192.0.2.1\" ];\n",
     FILE_ "1: 'addresses' must be a list of groups, ( { ... }, ... ), not an array\n"},
    {"a number among servers", "resolver = { servers = ( \"127.0.0.1\", 53 ); };\n",
     FILE_ "1: 'resolver.servers' must be a list, each an address in quotes, such as "
	   "\"127.0.0.1:5300\", not the number 53\n"},
    {"a group where a text belongs", "state_dir = { };\n",
     FILE_ "1: 'state_dir' must be the path of a file in quotes, not a group\n"},
    {"a list where a text belongs", "timezone = ( );\n",
     FILE_ "1: 'timezone' must be a time zone in quotes, such as \"Asia/Tokyo\", not a list\n"},
};

static const struct mistake values[] = {
    {"a duration without unit", "resolver = { timeout = \"30\"; };\n",
     FILE_ "1: 'resolver.timeout': '30' needs a unit, such as \"30s\"\n"},
    {"a duration with a unit nobody knows", "stale_after = \"3 hours\";\n",
     FILE_ "1: 'stale_after': '3 hours' is no duration; write a whole number and one of the "
	   "units ms, s, m, h, d, w, such as \"30s\"\n"},
    {"a duration below its bounds", "resolver = { timeout = \"1ms\"; };\n",
     FILE_ "1: 'resolver.timeout': '1ms' is out of bounds, it must be 100ms to 1m\n"},
    {"a duration above its bounds", "resolver = { deadline = \"2w\"; };\n",
     FILE_ "1: 'resolver.deadline': '2w' is out of bounds, it must be 1s to 1d\n"},
    {"a duration beyond all numbers", "stale_after = \"99999999999999999999d\";\n",
     FILE_ "1: 'stale_after': '99999999999999999999d' is no duration; write a whole number and "
	   "one of the units ms, s, m, h, d, w, such as \"30s\"\n"},
    {"a number below its bounds", "lists = { confirm = 0; };\n",
     FILE_ "1: 'lists.confirm': the number 0 is out of bounds, it must be 1 to 10\n"},
    {"a negative number", "resolver = { in_flight = -1; };\n",
     FILE_ "1: 'resolver.in_flight': the number -1 is out of bounds, it must be 1 to 20000\n"},
    {"a number libconfig would cut to 32 bits", "resolver = {\n in_flight = 4294967296; };\n",
     FILE_ "2: the number 4294967296 is too large\n" FILE_
	   "2: 'resolver.in_flight': the number 0 is out of bounds, it must be 1 to 20000\n"},
    {"the same where the cut number would be fine", "resolver = {\n in_flight = 4294967297; };\n",
     FILE_ "2: the number 4294967297 is too large\n"},
    {"a share above one", "lists = { breaker = 50; };\n",
     FILE_ "1: 'lists.breaker': the number 50 is out of bounds, it must be 0.01 to 1\n"},
    {"an endless number", "lists = { rate = 1.0e999; };\n",
     FILE_ "1: 'lists.rate': the number inf is out of bounds, it must be 0 to 1000000\n"},
    {"a zone of no country", "timezone = \"Asia/Tokio\";\n",
     FILE_ "1: 'timezone': 'Asia/Tokio' is no time zone of this system; write one such as "
	   "\"Asia/Tokyo\" or \"UTC\"\n"},
    {"a zone outside its folder", "timezone = \"../../etc/passwd\";\n",
     FILE_ "1: 'timezone': '../../etc/passwd' is no time zone of this system; write one such as "
	   "\"Asia/Tokyo\" or \"UTC\"\n"},
    {"an empty path", "state_dir = \"\";\n", FILE_ "1: 'state_dir': '' must not be empty\n"},
    {"a resolver by name", "resolver = { servers = [ \"localhost\" ]; };\n",
     FILE_ "1: 'resolver.servers': 'localhost' is no address; write ADDRESS, ADDRESS:PORT or "
	   "[IPv6-ADDRESS]:PORT, such as \"127.0.0.1:5300\"\n"},
    {"a port that is none", "resolver = { servers = [ \"127.0.0.1:70000\",\n \"[::1]:0\" ]; };\n",
     FILE_ "1: 'resolver.servers': '127.0.0.1:70000' is no address; write ADDRESS, ADDRESS:PORT "
	   "or [IPv6-ADDRESS]:PORT, such as \"127.0.0.1:5300\"\n" FILE_
	   "2: 'resolver.servers': '[::1]:0' is no address; write ADDRESS, ADDRESS:PORT or "
	   "[IPv6-ADDRESS]:PORT, such as \"127.0.0.1:5300\"\n"},
    {"a catalogue of no files", "lists = { catalogue = []; };\n",
     FILE_ "1: 'lists.catalogue' must name at least one\n"},
    {"a socket that is none", "series = { rrdcached = \"yes\"; };\n",
     FILE_ "1: 'series.rrdcached': 'yes' must be unix:/PATH or ADDRESS:PORT\n"},
    {"bytes that are no text", "addresses = ( { address = \"192.0.2.1\"; name = \"\xff\"; } );\n",
     FILE_ "1: 'addresses[].name': '\xff' is not valid UTF-8\n"},
    {"a command for the terminal",
     "addresses = ( { address = \"192.0.2.1\"; name = \"\\x1b[2J\"; } );\n",
     FILE_ "1: 'addresses[].name': '\x1b[2J' holds a control character\n"},
    {"a long value is cut",
     "timezone = "
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\";\n",
     FILE_
     "1: 'timezone': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' is "
     "no time zone of this system; write one such as \"Asia/Tokyo\" or \"UTC\"\n"},
};

static const struct mistake addresses[] = {
    {"no address", "addresses = ( { address = \"mail.example.jp\"; } );\n",
     FILE_ "1: 'addresses[].address': 'mail.example.jp' is neither an address nor a block\n"},
    {"an octet too large", "addresses = ( { address = \"192.0.2.256\"; } );\n",
     FILE_ "1: 'addresses[].address': '192.0.2.256' is neither an address nor a block\n"},
    {"nothing but a name", "addresses = (\n { name = \"www1\"; } );\n",
     FILE_ "2: 'addresses[].address' is missing; it is an address or a block in quotes, such as "
	   "\"192.0.2.0/28\"\n"},
    {"bits behind the mask", "addresses = ( { address = \"203.0.113.70/28\"; } );\n",
     FILE_ "1: 'addresses[].address': '203.0.113.70/28' has bits set behind the mask; the block "
	   "is '203.0.113.64/28'\n"},
    {"the same for IPv6", "addresses = ( { address = \"2001:db8::1/124\"; } );\n",
     FILE_ "1: 'addresses[].address': '2001:db8::1/124' has bits set behind the mask; the block "
	   "is '2001:db8::/124'\n"},
    {"a mask too long", "addresses = ( { address = \"203.0.113.0/33\"; } );\n",
     FILE_ "1: 'addresses[].address': '203.0.113.0/33' needs a prefix length from 0 to 32 behind "
	   "the '/'\n"},
    {"a block too large", "addresses = ( { address = \"10.0.0.0/15\"; } );\n",
     FILE_ "1: 'addresses[].address': '10.0.0.0/15' is too large: a block may hold 65536 "
	   "addresses, from /16 on\n"},
    {"an IPv6 block too large", "addresses = ( { address = \"2001:db8::/64\"; } );\n",
     FILE_ "1: 'addresses[].address': '2001:db8::/64' is too large: a block may hold 65536 "
	   "addresses, from /112 on\n"},
    {"IPv4 inside IPv6", "addresses = ( { address = \"::ffff:192.0.2.1\"; } );\n",
     FILE_ "1: 'addresses[].address': '::ffff:192.0.2.1' is an IPv4 address inside an IPv6 one; "
	   "write the IPv4 address\n"},
    {"the same address twice",
     "addresses = ( { address = \"192.0.2.1\"; },\n { address = \"192.0.2.9\"; },\n { address = "
     "\"192.0.2.1\"; } );\n",
     FILE_ "3: '192.0.2.1' is given twice, first at repwatch.conf:1\n"},
    {"the same address in two spellings",
     "addresses = ( { address = \"2001:db8::1\"; },\n { address = \"2001:DB8:0::0:1\"; } );\n",
     FILE_ "2: '2001:db8::1' is given twice, first at repwatch.conf:1\n"},
    {"a block around an address",
     "addresses = ( { address = \"203.0.113.70\"; },\n { address = \"203.0.113.64/28\"; } );\n",
     FILE_ "2: '203.0.113.64/28' holds '203.0.113.70' of repwatch.conf:1; give each address "
	   "once\n"},
    {"an address inside a block",
     "addresses = ( { address = \"203.0.113.64/28\"; },\n { address = \"203.0.113.70\"; } );\n",
     FILE_ "2: '203.0.113.70' lies inside '203.0.113.64/28' of repwatch.conf:1; give each "
	   "address once\n"},
    {"blocks inside a block",
     "addresses = ( { address = \"203.0.113.0/24\"; },\n { address = \"203.0.113.64/28\"; },\n "
     "{ address = \"203.0.113.64/30\"; } );\n",
     FILE_ "2: '203.0.113.64/28' lies inside '203.0.113.0/24' of repwatch.conf:1; give each "
	   "address once\n" FILE_
	   "3: '203.0.113.64/30' lies inside '203.0.113.0/24' of repwatch.conf:1; give each "
	   "address once\n"},
    {"a HELO without domain", "addresses = ( { address = \"192.0.2.1\"; helo = \"www274\"; } );\n",
     FILE_ "1: 'addresses[].helo': 'www274' is not fully qualified; write the whole name, such "
	   "as 'www274.example.jp'\n"},
    {"an address for HELO",
     "addresses = ( { address = \"192.0.2.1\"; helo = \"[192.0.2.1]\"; } );\n",
     FILE_ "1: 'addresses[].helo': '[192.0.2.1]' is an address; a host name is needed\n"},
    {"characters no host name has",
     "addresses = ( { address = \"192.0.2.1\"; helo = \"www_1.example.jp\"; } );\n",
     FILE_ "1: 'addresses[].helo': 'www_1.example.jp' may hold letters, digits, '.' and '-' only; "
	   "write international names as A-labels (xn--)\n"},
    {"a hyphen at the edge",
     "addresses = ( { address = \"192.0.2.1\"; helo = \"a-.example.jp\"; } );\n",
     FILE_ "1: 'addresses[].helo': 'a-.example.jp' has a '-' at the start or end of a label\n"},
    {"a label too long",
     "addresses = ( { address = \"192.0.2.1\"; helo = "
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jp\"; } );\n",
     FILE_ "1: 'addresses[].helo': "
	   "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' is no DNS name: "
	   "1 to 63 characters between dots, 253 in all\n"},
    {"a name too long",
     "addresses = ( { address = \"192.0.2.1\"; name = "
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"; } );\n",
     FILE_
     "1: 'addresses[].name': "
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' is longer than 64 "
     "bytes\n"},
    {"a pool with blanks", "addresses = ( { address = \"192.0.2.1\"; pool = \"shared a\"; } );\n",
     FILE_ "1: 'addresses[].pool': 'shared a' may hold letters, digits, '.', '_' and '-' only, "
	   "and starts with a letter or digit\n"},
    {"a pool that means every address",
     "addresses = ( { address = \"192.0.2.1\"; pool = \"all\"; } );\n",
     FILE_ "1: 'addresses[].pool': 'all' would be taken for something else on the command line; "
	   "choose another name\n"},
    {"a pool called like an address",
     "addresses = ( { address = \"192.0.2.1\"; pool = \"192.0.2.1\"; } );\n",
     FILE_ "1: 'addresses[].pool': '192.0.2.1' would be taken for something else on the command "
	   "line; choose another name\n"},
};

static const struct mistake contradictions[] = {
    {"stale before a pass can end", "stale_after = \"5m\";\n",
     FILE_ "1: 'stale_after' must be longer than 'resolver.deadline' (10m): a pass may take that "
	   "long\n"},
    {"the same from the other side", "resolver = { deadline = \"3h\"; };\n",
     FILE_ "1: 'stale_after' must be longer than 'resolver.deadline' (3h): a pass may take that "
	   "long\n"},
    {"a try longer than the pass", "resolver = { deadline = \"2s\"; };\n",
     FILE_ "1: 'resolver.timeout' must be shorter than 'resolver.deadline' (2s)\n"},
    {"elevated above spike", "volume = { elevated_ratio = 6; };\n",
     FILE_ "1: 'volume.elevated_ratio' (6) must be below 'volume.spike_ratio' (5)\n"},
    {"a pool no address is in",
     "addresses = ( { address = \"192.0.2.1\"; pool = \"shared-a\"; } );\n"
     "domains = ( { domain = \"example.jp\"; pool = \"shared-b\"; } );\n",
     FILE_ "2: no address is in the pool 'shared-b'; did you mean 'shared-a'?\n"},
    {"a domain twice",
     "domains = ( { domain = \"example.jp\"; },\n { domain = \"EXAMPLE.jp.\"; } );\n",
     FILE_ "2: domain 'example.jp' is given twice, first at repwatch.conf:1\n"},
    {"a domain in its own script", "domains = ( { domain = \"日本.jp\"; } );\n",
     FILE_ "1: 'domains[].domain': '日本.jp' may hold letters, digits, '.' and '-' only; write "
	   "international names as A-labels (xn--)\n"},
    {"a selector that is none",
     "domains = ( { domain = \"example.jp\"; selectors = [ \"a b\" ]; } );\n",
     FILE_ "1: 'domains[].selectors': 'a b' may hold letters, digits, '.', '_' and '-' only\n"},
    {"a log in no known format",
     "maillogs = ( { path = \"/l\"; format = \"exchange\"; address = \"192.0.2.1\"; } );\n",
     FILE_ "1: 'maillogs[].format': 'exchange' must be one of 'postfix', 'exim', 'sendmail', "
	   "'qmail', 'opensmtpd'\n"},
    {"a log of no address",
     "maillogs = (\n { path = \"/var/log/mail.log\"; format = \"postfix\"; } );\n",
     FILE_ "2: nothing says which address the mail of this log leaves from; add 'address', "
	   "'by_service' or 'by_host'\n"},
    {"a log twice",
     "maillogs = ( { path = \"/l\"; format = \"exim\"; address = \"192.0.2.1\"; },\n"
     " { path = \"/l\"; format = \"qmail\"; address = \"192.0.2.1\"; } );\n",
     FILE_ "2: log '/l' is given twice, first at repwatch.conf:1\n"},
    {"matches of a file",
     "maillogs = ( { path = \"/l\"; format = \"exim\";\n matches = [ \"_UID=0\" ]; } );\n",
     FILE_ "2: 'matches' is for journals; '/l' is a file\n"},
#ifdef HAVE_SYSTEMD
    {"matches that are none",
     "maillogs = ( { path = \"journal:\"; format = \"exim\";\n"
     " matches = [ \"_UID=0\", \"+\", \"uid=0\", \"_UID\", \"0A=1\", \"=\" ]; } );\n",
     FILE_ "2: 'uid=0' is no match for a journal; write FIELD=value, such as "
	   "\"_SYSTEMD_UNIT=postfix@-.service\"\n" FILE_
	   "2: '_UID' is no match for a journal; write FIELD=value, such as "
	   "\"_SYSTEMD_UNIT=postfix@-.service\"\n" FILE_
	   "2: '0A=1' is no match for a journal; write FIELD=value, such as "
	   "\"_SYSTEMD_UNIT=postfix@-.service\"\n" FILE_
	   "2: '=' is no match for a journal; write FIELD=value, such as "
	   "\"_SYSTEMD_UNIT=postfix@-.service\"\n"},
#else
    {"a journal that cannot be read",
     "maillogs = ( { path = \"journal:\"; format = \"exim\"; } );\n",
     FILE_ "1: 'maillogs[].path': 'journal:' is a journal, and this repwatch was built without "
	   "libsystemd: build it with --with-systemd, or name a file that syslog or 'journalctl "
	   "-o export' writes\n"},
#endif
    {"a service twice",
     "maillogs = ( { path = \"/l\"; format = \"exim\"; by_service = (\n"
     " { service = \"a\"; address = \"192.0.2.1\"; },\n"
     " { service = \"a\"; address = \"192.0.2.x\"; } ); } );\n",
     FILE_ "3: 'maillogs[].by_service[].address': '192.0.2.x' is no IPv4 or IPv6 address\n" FILE_
	   "3: service 'a' is given twice, first at repwatch.conf:2\n"},
    {"a host without address",
     "maillogs = ( { path = \"/l\"; format = \"exim\"; by_host = ( { host = \"\"; } ); } );\n",
     FILE_ "1: 'maillogs[].by_host[].host': '' must not be empty\n" FILE_
	   "1: 'maillogs[].by_host[].address' is missing; it is an address in quotes, such as "
	   "\"192.0.2.10\"\n"},
};

static const struct mistake channels[] = {
    {"a channel of no known type",
     "alerts = { channels = ( { name = \"a\"; type = \"pigeon\"; } ); };\n",
     FILE_ "1: 'alerts.channels[].type': 'pigeon' must be one of 'mail', 'slack', 'mattermost', "
	   "'discord', 'teams', 'chatwork', 'pagerduty', 'alertmanager', 'webhook', 'command', "
	   "'nagios', 'icinga'\n"},
    {"mail without all it needs",
     "alerts = { channels = (\n { name = \"a\"; type = \"mail\"; } ); };\n",
     FILE_ "2: a channel of type 'mail' needs 'to'\n" FILE_
	   "2: a channel of type 'mail' needs 'from'\n" FILE_
	   "2: a channel of type 'mail' needs 'url'\n"},
    {"two channels of one name",
     "alerts = { channels = ( { name = \"chat\"; type = \"slack\"; url_file = \"slack.url\"; },\n"
     " { name = \"chat\"; type = \"teams\"; url_file = \"slack.url\"; } ); };\n",
     FILE_ "2: channel 'chat' is given twice, first at repwatch.conf:1\n"},
    {"a secret in the open",
     "alerts = { channels = ( { name = \"a\"; type = \"slack\"; url_file = \"slack.url\";\n"
     "  url = \"https://hooks.example.com/x\"; } ); };\n",
     FILE_ "1: 'url' and 'url_file' exclude each other; keep one\n" FILE_
	   "2: the URL of a channel of type 'slack' is a secret; put it into a file and name that "
	   "with 'url_file'\n"},
    {"a password in a URL, which is not repeated",
     "alerts = { channels = ( { name = \"a\"; type = \"webhook\"; url = \"https://u:sesame@h/\"; } "
     "); };\n",
     FILE_ "1: 'alerts.channels[].url' must not hold user or password; use 'user' and "
	   "'password_file'\n"},
    {"a URL that is none",
     "alerts = { channels = ( { name = \"a\"; type = \"alertmanager\"; url = \"ftp://h/\"; } ); "
     "};\n",
     FILE_ "1: 'alerts.channels[].url' must start with https://, http://, smtp:// or smtps:// and "
	   "a host\n"},
    {"mail over the web",
     "alerts = { channels = ( { name = \"a\"; type = \"mail\"; url = \"https://h/\";\n"
     " to = \"a@example.jp\"; from = \"b@example.jp\"; } ); };\n",
     FILE_ "1: 'url' of a channel of type 'mail' must start with smtps:// or smtp://\n"},
    {"mail addresses that would break out of a command",
     "alerts = { channels = ( { name = \"a\"; type = \"mail\"; url = \"smtp://h\";\n"
     " to = [ \"a@example.jp> SIZE=1\", \"@example.jp\", \"root\" ]; from = \"b@example\"; } ); "
     "};\n",
     FILE_
     "2: 'alerts.channels[].to': 'a@example.jp> SIZE=1' is no mail address; write it as "
     "'name@example.jp'\n" FILE_
     "2: 'alerts.channels[].to': '@example.jp' is no mail address; write it as "
     "'name@example.jp'\n" FILE_
     "2: 'alerts.channels[].to': 'root' is no mail address; write it as 'name@example.jp'\n" FILE_
     "2: 'alerts.channels[].from': 'b@example' has no valid domain behind the '@'\n"},
    {"a user without password",
     "alerts = { channels = ( { name = \"a\"; type = \"alertmanager\"; url = \"http://h\"; user = "
     "\"u\"; } ); };\n",
     FILE_ "1: 'user' needs 'password_file'\n"},
    {"what a channel has no use for",
     "alerts = { channels = ( { name = \"a\"; type = \"slack\"; url_file = \"slack.url\";\n"
     " to = \"a@example.jp\";\n command = \"/bin/true\"; } ); };\n",
     FILE_ "2: 'to' says nothing to a channel of type 'slack'; remove it\n" FILE_
	   "3: 'command' says nothing to a channel of type 'slack'; remove it\n"},
    {"a password for all to read",
     "alerts = { channels = ( { name = \"a\"; type = \"chatwork\";\n"
     " url = \"http://chat.example/\"; password_file = \"dqs.key\"; } ); };\n",
     FILE_ "2: 'url' must start with https://, or the password goes out for all to read\n"},
    {"programs that cannot be run",
     "alerts = { channels = ( { name = \"a\"; type = \"command\";\n command = [ \"true\" ]; },\n"
     " { name = \"b\"; type = \"command\";\n command = [ \"/nowhere/true\", \"x\" ]; },\n"
     " { name = \"c\"; type = \"command\"; } ); };\n",
     FILE_ "2: the program 'true' of 'command' needs its whole path\n" FILE_
	   "4: the program '/nowhere/true' of 'command' cannot be run\n" FILE_
	   "5: a channel of type 'command' needs 'command'\n"},
    {"state without its ways",
     "alerts = { channels = ( { name = \"a\"; type = \"nagios\"; },\n"
     " { name = \"b\"; type = \"icinga\"; url = \"https://h/\"; } ); };\n",
     FILE_ "1: a channel of type 'nagios' needs 'command_file'\n" FILE_
	   "2: a channel of type 'icinga' needs 'user'\n" FILE_
	   "2: a channel of type 'icinga' needs 'password_file'\n"},
    {"hours that are none",
     "alerts = { channels = (\n { name = \"a\"; type = \"command\"; command = \"/bin/true\";\n"
     " quiet_hours = \"22-7\"; } ); };\n",
     FILE_ "3: 'alerts.channels[].quiet_hours': '22-7' is no span of hours; write it as "
	   "\"22:00-07:00\"\n"},
    {"a heartbeat by mail, and a day that is none",
     "alerts = { heartbeat_url = \"smtp://h\";\n\n"
     " weekly = \"caturday\"; };\n",
     FILE_ "1: 'heartbeat_url' must start with https:// or http://\n" FILE_
	   "3: 'alerts.weekly': 'caturday' must be one of 'monday', 'tuesday', 'wednesday', "
	   "'thursday', 'friday', 'saturday', 'sunday'\n"},
    {"a file without a URL in it",
     "alerts = { channels = ( { name = \"a\"; type = \"slack\"; url_file = \"dqs.key\"; } ); };\n",
     FILE_ "1: the first line of 'dqs.key' is no URL; it must start with https://\n"},
    {"a severity nobody knows",
     "alerts = { channels = ( { name = \"a\"; type = \"slack\"; url_file = \"slack.url\";\n"
     " min_severity = \"fatal\"; } ); };\n",
     FILE_ "2: 'alerts.channels[].min_severity': 'fatal' must be one of 'info', 'minor', 'major', "
	   "'critical'\n"},
};

static const struct mistake syntax[] = {
    {"a missing semicolon", "state_dir = \"/x\"\ntimezone = \"UTC\";\nstale_after = ;\n",
     FILE_ "3: syntax error; look for a missing ';', quote or bracket here or just before\n"},
    {"a missing bracket", "resolver = {\n tries = 2;\n",
     FILE_ "3: syntax error; look for a missing ';', quote or bracket here or just before\n"},
    {"a missing quote", "state_dir = \"/x;\ntimezone = \"UTC\";\n",
     FILE_ "2: the string that starts here has no end; a '\"' is missing\n" FILE_
	   "3: syntax error; the string that starts in line 1 does not end there\n"},
    {"a string without end", "\nstate_dir = \"/x;\n",
     FILE_ "2: the string that starts here has no end; a '\"' is missing\n" FILE_
	   "3: syntax error; the string that starts in line 2 does not end there\n"},
    {"a comment without end", "state_dir = \"/x\";\n/* and so\n on\n",
     FILE_ "2: the comment that starts here has no end; close it with '*/'\n"},
    {"an option twice", "timezone = \"UTC\";\nstate_dir = \"/x\";\ntimezone = \"UTC\";\n",
     FILE_ "3: duplicate setting name; the same name stands before it in this group; keep one\n"},
    {"an array of two types", "resolver = { servers = [ \"127.0.0.1\",\n 53 ]; };\n",
     FILE_ "2: mismatched element type in array; between [ and ] all values must be of one "
	   "type\n"},
};

#define MISTAKES(table)                                                                            \
	static void finds_##table(void **state)                                                    \
	{                                                                                          \
		box_check_mistakes(*state, table, COUNT_OF(table));                                \
	}

MISTAKES(names)
MISTAKES(types)
MISTAKES(values)
MISTAKES(addresses)
MISTAKES(contradictions)
MISTAKES(channels)
MISTAKES(syntax)

static void finds_a_thousand_mistakes_at_once(void **state)
{
	struct box *box = *state;
	struct str text = {0};
	size_t lines = 0;

	str_add(&text, "addresses = (\n");
	for (int i = 0; i < 1000; i++)
		str_addf(&text, "{ address = \"192.0.2.%d/%d\"; }%s\n", i, i, i < 999 ? "," : "");
	str_add(&text, ");\n");
	box_load(box, str_text(&text));
	str_release(&text);
	for (const char *at = box->problems; *at; at++)
		lines += *at == '\n';
	/* All but 192.0.2.32/32 and what stands on the same bits. */
	assert_true(lines > 990);
	assert_non_null(strstr(box->problems,
			       FILE_ "1001: 'addresses[].address': '192.0.2.999/999' "
				     "is neither an address nor a block\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(finds_names, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(finds_types, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(finds_values, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(finds_addresses, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(finds_contradictions, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(finds_channels, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(finds_syntax, box_setup, box_teardown),
	    cmocka_unit_test_setup_teardown(finds_a_thousand_mistakes_at_once, box_setup,
					    box_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
