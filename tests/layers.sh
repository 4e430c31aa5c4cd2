#!/bin/sh
# Holds the tree to the layer table of HACKING.md. One TAP case a rule; the lines that break it
# follow as diagnostics. Runs from make check, which sets the variables.
set -u
LC_ALL=C
export LC_ALL
src=${TOP_SRCDIR:-.}
build=${TOP_BUILDDIR:-.}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
broken=$work/broken
cases=0

# verdict NAME: passes when $broken is empty.
verdict() {
	cases=$((cases + 1))
	if [ -s "$broken" ]; then
		echo "not ok $cases - $1"
		sed 's/^/# /' "$broken"
	else
		echo "ok $cases - $1"
	fi
}

cd "$src/agent" || exit 1
set -- */*.[ch]
if [ $# -lt 2 ]; then
	echo "Bail out! no sources under $src/agent"
	exit 1
fi

# FILE:LINE HEADER, one line for each include of ours.
grep -HnE '^#include "' "$@" |
	sed -E 's/^([^:]*):([0-9]+):#include "([^"]*)".*/\1:\2 \3/' >"$work/includes"

awk '
BEGIN {
	split("base:1 model:2 dns:3 lists:4 auth:4 maillog:4 feeds:4 judge:4 render:4 sys:5 io:6 " \
	      "store:6 conf:6 run:7 cli:8", row, " ")
	for (i in row) {
		split(row[i], cell, ":")
		rank[cell[1]] = cell[2]
	}
}
{
	from = $1; sub("/.*", "", from)
	to = $2; sub("/.*", "", to)
	if (!(from in rank))
		print $1 ": the folder " from "/ is not in the table"
	else if (!(to in rank))
		print $1 ": \"" $2 "\" is not written from agent/"
	else if (from != to && rank[to] >= rank[from])
		print $1 ": includes " $2
}' "$work/includes" >"$broken"
verdict "a folder includes itself and lower layers only"

while read -r where header; do
	[ -f "$header" ] || echo "$where: there is no $header"
done <"$work/includes" >"$broken"
verdict "every included header exists"

grep -HnE '^#include <' "$@" | awk -F: '
BEGIN {
	home["archive.h"] = home["archive_entry.h"] = "io"
	home["ares.h"] = home["ares_nameser.h"] = home["curl/curl.h"] = "io"
	home["gmime/gmime.h"] = "io"
	home["rrd.h"] = home["rrd_client.h"] = "io"
	home["sqlite3.h"] = "store"
	home["libconfig.h"] = "conf"
	home["systemd/sd-journal.h"] = "io"
}
{
	folder = $1; sub("/.*", "", folder)
	header = $3; sub("^#include <", "", header); sub(">.*", "", header)
	if (!(header in home))
		next
	if (home[header] != folder)
		print $1 ":" $2 ": <" header "> belongs to " home[header] "/"
	library = header; sub("[_./].*", "", library)
	if ($1 in knows && knows[$1] != library)
		print $1 ":" $2 ": a second library beside " knows[$1]
	knows[$1] = library
}' >"$broken"
verdict "libraries stay in their folder, one a file"

if ! ${NM:-nm} -u "$build/libpure.a" >"$work/nm" 2>"$broken"; then
	echo "Bail out! cannot read libpure.a: $(cat "$broken")"
	exit 1
fi
awk '{ print $2 }' "$work/nm" | sort -u >"$work/undefined"
grep -E '^(archive_|ares_|curl_|g_mime_|sqlite3_|rrd_|rrdc_|config_|sd_)' "$work/undefined" >"$broken"
verdict "libpure.a needs none of libarchive, c-ares, curl, GMime, SQLite, librrd, libconfig, libsystemd"

# With _FORTIFY_SOURCE a call may appear as __NAME_chk.
cat >"$work/impure" <<'END'
socket connect bind send sendto recv recvfrom poll select read write
open open64 openat openat64 fopen fopen64 creat unlink rename mkdir stat fork execve
time clock_gettime gettimeofday localtime localtime_r gmtime_r mktime tzset nanosleep sleep
getenv secure_getenv setenv rand random getrandom syslog vsyslog
END
tr ' ' '\n' <"$work/impure" | sed 'p; s/.*/__&_chk/' | grep -xF -f "$work/undefined" >"$broken"
verdict "libpure.a has no sockets, files, clock, environment, log"

grep -HnwE '(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets|gmtime|localtime|system|popen|mktemp|alloca) *\(' \
	"$@" >"$broken"
verdict "none of the banned calls is made"

grep -HnwE '(localtime_r|tzset|gmtime_r|mktime) *\(' "$@" | grep -v '^sys/clock\.c:' >"$broken"
verdict "only sys/clock.c asks libc for civil time"

grep -HnE '^typedef (struct|union|enum)' "$@" >"$broken"
verdict "no typedef for structs"

wc -l "$@" | awk '$2 ~ /\.h$/ && $1 > 140 || $2 ~ /\.c$/ && $1 > 500 { print $2 ": " $1 " lines" }' \
	>"$broken"
verdict "no file is long"

grep -HnE 'TODO|FIXME|XXX' "$@" >"$broken"
verdict "nothing is put off in a comment"

# Tests and the program compile them all, but in the company of others.
glib_flags=$(${PKG_CONFIG:-pkg-config} --cflags gmime-3.0)
for header in */*.h; do
	echo "#include \"$header\"" >"$work/alone.c"
	# shellcheck disable=SC2086 # flags are words
	${CC:-cc} -std=c11 -D_GNU_SOURCE -I. $glib_flags -fsyntax-only "$work/alone.c" 2>&1 | head -n 5
done >"$broken"
verdict "every header stands on its own"

# What stands in the tree is built: a file forgotten in Makefile.am would never fail.
cd "$src" || exit 1
for file in agent/*/*.[ch] agent/*/*.def tests/unit/*.[ch] tests/fuzz/*.c plugins/*.c graphs/*.[ch]; do
	[ -f "$file" ] || continue
	case $file in
	tests/unit/test_*.c | tests/fuzz/fuzz_*.c) word=${file%.c} ;;
	*) word=$file ;;
	esac
	grep -qE "(^|[[:space:]])$word([[:space:]]|\$)" Makefile.am || echo "$file"
done >"$broken"
verdict "every source file stands in Makefile.am"

echo "1..$cases"
