/* The plug-in for Nagios, Icinga and what speaks their language, by the Monitoring Plugins
 * guidelines: one line on standard output, exit status 0 to 3, and help with 3. */
#include "base/mem.h"
#include "base/parse.h"
#include "conf/load.h"
#include "dns/name.h"
#include "run/plugin.h"
#include "run/targets.h"
#include "sys/clock.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_S = 10, TIMEOUT_MAX_S = 600, EXIT_UNKNOWN = NAGIOS_UNKNOWN };

static const char usage[] =
    "usage: check_repwatch [-H ADDRESS|POOL|NAME|DOMAIN|all] [-m MODE] [-w RANGE] [-c RANGE]\n"
    "                      [-t SECONDS] [-v]... [--config FILE] [--state DIR] [--live]\n";

static const char help[] =
    "\n"
    "Says how shared mail addresses stand, from what the last 'repwatch run' recorded.\n"
    "\n"
    "  -H, --hostname WORD    an address, a pool or a name; with -m auth a sending domain or a\n"
    "                         pool (default: all)\n"
    "  -m, --mode MODE        overall (default), lists, volume, identity, auth, replies, agent\n"
    "  -w, --warning RANGE    threshold of the mode's value, [@]start:end; without -w and -c the\n"
    "  -c, --critical RANGE   severities decide\n"
    "  -t, --timeout SECONDS  give up after so long (default: 10)\n"
    "  -v, --verbose          more in the line; -vv: further lines, -vvv: all of them\n"
    "      --config FILE      default: " SYSCONFDIR "/repwatch/repwatch.conf\n"
    "      --state DIR        where the state is, instead of state_dir\n"
    "      --live             ask the lists now, about one address\n"
    "  -V, --version          the version\n"
    "  -h, --help             this text\n"
    "\n"
    "The value that -w and -c are about: overall: addresses that are POOR; lists: listings;\n"
    "volume: the largest ratio of yesterday to last month's mean; identity: names missing or\n"
    "wrong; auth: records of sending domains missing or wrong; replies: receivers' blocks;\n"
    "agent: seconds since the last pass.\n"
    "\n"
    "A last pass older than stale_after is UNKNOWN, whatever it found.\n";

struct given {
	const char *config, *state, *scope;
	const char *warn, *crit;
	enum plugin_mode mode;
	unsigned verbose;
	uint32_t timeout_s;
	bool is_live;
};

static void __attribute__((noreturn)) refuse(const char *what, const char *value)
{
	printf("REPWATCH UNKNOWN - %s '%s'\n%s", what, value, usage);
	exit(EXIT_UNKNOWN);
}

static void __attribute__((noreturn)) tell(const char *text, const char *more)
{
	printf("%s%s", text, more);
	exit(EXIT_UNKNOWN);
}

static void take(struct given *given, int option, const char *value)
{
	int mode;

	switch (option) {
	case 'H':
		given->scope = strcmp(value, "all") == 0 ? "" : value;
		break;
	case 'm':
		mode = plugin_mode_parse(value);
		if (mode < 0)
			refuse("there is no mode", value);
		given->mode = (enum plugin_mode)mode;
		break;
	case 'w':
		given->warn = value;
		break;
	case 'c':
		given->crit = value;
		break;
	case 't':
		if (!parse_u32(value, &given->timeout_s) || !given->timeout_s ||
		    given->timeout_s > TIMEOUT_MAX_S)
			refuse("no number of seconds from 1 to 600:", value);
		break;
	case 'v':
		given->verbose++;
		break;
	case 'C':
		given->config = value;
		break;
	case 'S':
		given->state = value;
		break;
	case 'L':
		given->is_live = true;
		break;
	case 'V':
		tell("check_repwatch ", PACKAGE_VERSION "\n");
	case 'h':
		tell(usage, help);
	default:
		tell("REPWATCH UNKNOWN - unknown option or missing value\n", usage);
	}
}

static struct given read_options(int argc, char **argv)
{
	static const struct option option[] = {
	    {"hostname", required_argument, NULL, 'H'}, {"mode", required_argument, NULL, 'm'},
	    {"warning", required_argument, NULL, 'w'},  {"critical", required_argument, NULL, 'c'},
	    {"timeout", required_argument, NULL, 't'},  {"verbose", no_argument, NULL, 'v'},
	    {"config", required_argument, NULL, 'C'},   {"state", required_argument, NULL, 'S'},
	    {"live", no_argument, NULL, 'L'},           {"version", no_argument, NULL, 'V'},
	    {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0},
	};
	struct given given = {
	    .config = SYSCONFDIR "/repwatch/repwatch.conf", .scope = "", .timeout_s = TIMEOUT_S};
	int found;

	opterr = 0;
	while ((found = getopt_long(argc, argv, "H:m:w:c:t:vVh", option, NULL)) != -1)
		take(&given, found, optarg);
	if (optind < argc)
		refuse("unexpected argument", argv[optind]);
	return given;
}

static struct plugin_limit limit_of(const char *text)
{
	struct plugin_limit limit = {.text = text};

	if (text && !range_parse(text, &limit.range))
		refuse("no range:", text);
	return limit;
}

/* The one thing a signal handler may do: say so and end. */
static void give_up(int signal_number)
{
	static const char line[] = "REPWATCH UNKNOWN - no answer in time\n";
	const ssize_t put = write(STDOUT_FILENO, line, sizeof(line) - 1);

	(void)signal_number;
	(void)put;
	_exit(EXIT_UNKNOWN);
}

static bool read_conf(const struct given *given, struct arena *arena, struct conf *conf,
		      struct str *out)
{
	struct conf_problems problems = {0};
	/* The catalogue is many times what is needed to find the state. */
	const bool ok = given->is_live ? conf_load_to_look(given->config, arena, conf, &problems)
				       : conf_load_top(given->config, arena, conf, &problems);

	if (!ok)
		plugin_fail(out, str_text(&problems.text));
	str_release(&problems.text);
	if (ok && given->state)
		conf->state_dir = given->state;
	return ok;
}

/* As the state has it. A pool keeps its letters; nobody calls one as domains are called. */
static const char *scope_of(const struct given *given, struct arena *arena)
{
	char name[DNS_NAME_BYTES];

	if (given->mode == PLUGIN_AUTH && strchr(given->scope, '.') &&
	    dns_name_normalise(given->scope, name))
		return arena_strdup(arena, name);
	return target_canonical(given->scope, arena);
}

static enum nagios_state work(const struct given *given, struct arena *arena, struct str *out)
{
	enum nagios_state state = NAGIOS_UNKNOWN;
	struct plugin_request request = {.now = clock_now(),
					 .mode = given->mode,
					 .scope = scope_of(given, arena),
					 .warn = limit_of(given->warn),
					 .crit = limit_of(given->crit),
					 .verbose = given->verbose};
	struct conf conf;
	struct zone zone;
	struct err err;

	if (!read_conf(given, arena, &conf, out))
		return state;
	if (!clock_zone(conf.timezone, request.now, arena, &zone, &err)) {
		plugin_fail(out, err.text);
		return state;
	}
	request.conf = &conf;
	request.zone = &zone;
	(given->is_live ? plugin_run_live : plugin_run)(&request, arena, out, &state);
	return state;
}

int main(int argc, char **argv)
{
	const struct given given = read_options(argc, argv);
	struct arena *arena = arena_new();
	struct str out = {0};
	enum nagios_state state;

	signal(SIGALRM, give_up);
	alarm(given.timeout_s);
	state = work(&given, arena, &out);
	fputs(str_text(&out), stdout);
	if (fflush(stdout) != 0)
		state = NAGIOS_UNKNOWN;
	str_release(&out);
	arena_free(arena);
	return (int)state;
}
