#include "cli/cli.h"

#include "base/mem.h"

const struct cli_option cli_global[] = {
    {"config", 'c', "FILE", false, PKGSYSCONFDIR "/repwatch.conf", "Read this configuration."},
    {"state", 0, "DIR", false, "the configuration's state_dir",
     "Keep the state (database, series, lock) in this folder."},
    {"resolver", 0, "ADDRESS[:PORT]", true, "the configuration's, or those of /etc/resolv.conf",
     "Ask this name server; an IPv6 address with a port stands in brackets."},
    {"json", 0, NULL, false, NULL, "Print exactly one JSON document on standard output."},
    {"color", 0, "auto|always|never", false, "auto",
     "Colour the output: on a terminal only, always, or never. NO_COLOR is obeyed."},
    {"quiet", 'q', NULL, false, NULL, "Say only what is wrong: no notes, no progress."},
    {"verbose", 'v', NULL, false, NULL, "Say more."},
    {"help", 'h', NULL, false, NULL, "Show this help, or that of a command, and leave."},
    {"version", 'V', NULL, false, NULL, "Show the version and leave."},
};
const size_t cli_globals = COUNT_OF(cli_global);
