#!/bin/sh
# Holds the manual to the program: its pages are clean, the options of repwatch.conf(5) and
# repwatch-replies(5) are those of the tables, and repwatch(1) names every command and option of
# the help. Runs from make check, which sets the variables. With --update it writes the options into the pages instead.
set -u
LC_ALL=C.UTF-8
export LC_ALL
src=${TOP_SRCDIR:-.}
repwatch=${TOP_BUILDDIR:-.}/repwatch
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

# section PAGE NAME: the section's lines, its heading first.
section() {
	awk -v head=".Sh $2" '/^\.Sh / { is_in = $0 == head } is_in' "$1"
}

page=$src/man/repwatch.1
# FILE:PAGE of those whose options come from a table.
tables="repwatch.conf:repwatch.conf.5 replies.conf:repwatch-replies.5"

for table in $tables; do
	if ! "$repwatch" config options --mdoc --file "${table%%:*}" >"$work/${table%%:*}"; then
		echo "Bail out! 'repwatch config options --mdoc --file ${table%%:*}' fails"
		exit 1
	fi
done

if [ "${1-}" = --update ]; then
	for table in $tables; do
		conf_page=$src/man/${table#*:}
		awk -v options="$work/${table%%:*}" '
			/^\.Sh / { is_old = 0 }
			$0 == ".Sh OPTIONS" {
				while ((getline line < options) > 0)
					print line
				is_old = 1
			}
			!is_old' "$conf_page" >"$work/page" && cat "$work/page" >"$conf_page"
	done
	exit
fi

# --- the pages ---
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$src"/man/*.[1-8] >"$broken" 2>&1
	verdict "mandoc finds nothing to warn of"
else
	cases=$((cases + 1))
	echo "ok $cases - mandoc finds nothing to warn of # SKIP mandoc is not installed"
fi

for table in $tables; do
	section "$src/man/${table#*:}" OPTIONS >"$work/page"
	diff -u "$work/page" "$work/${table%%:*}" >"$broken" 2>&1
	verdict "${table#*:} has the options of the table (else: tests/manual.sh --update)"
done

# --- the help ---
# words FILE: what a page says, without markup, a word a line; an option keeps its dashes.
words() {
	sed -E 's/^\.(It )?//; s/\bFl -/--/g; s/\bFl ([a-zA-Z])/-\1/g; s/\\-/-/g' "$1" |
		tr -s ' ,|' '[\n*]' | sort -u
}
words "$page" >"$work/words"

# The commands are the first words of the list's lines; continued lines are indented deeper.
"$repwatch" --help >"$work/help" || echo "--help fails" >"$broken"
awk '/^[^ ]/ { is_in = /^Commands/ } is_in && /^  [a-z]/ {
	name = $1
	if (name == "alerts" || name == "config" || name == "delist" || name == "volume" ||
	    name == "warmup")
		name = $1 " " $2
	print name
}' "$work/help" >"$work/commands"
[ -s "$work/commands" ] || echo "the help has no commands" >>"$broken"
while read -r name; do
	grep -qE "^\.It Cm $name( |\$)" "$page" || echo "$name"
done <"$work/commands" >>"$broken"
verdict "repwatch(1) names every command of the help"

: >"$broken"
while read -r name; do
	# shellcheck disable=SC2086 # one word or two
	"$repwatch" $name --help >"$work/help" || echo "'$name --help' fails"
	# "  -c, --config FILE" and "      --state DIR"; the sentences stand deeper.
	sed -nE 's/^  ( |-[a-zA-Z],)( {3})? ?(--[a-z-]+).*/\3/p' "$work/help" >"$work/given"
	[ -s "$work/given" ] || echo "'$name --help' has no options"
	while read -r option; do
		grep -qxF -e "$option" "$work/words" || echo "$name: $option"
	done <"$work/given"
done <"$work/commands" >>"$broken"
verdict "repwatch(1) names every option of every command"

# The other way: what the page promises can be given.
grep -oE '\bFl -[a-z-]+' "$page" | sed 's/^Fl -/--/' | sort -u >"$work/promised"
while read -r name; do
	# shellcheck disable=SC2086 # one word or two
	"$repwatch" $name --help
done <"$work/commands" >"$work/help"
while read -r option; do
	grep -qE -e "(^|[ ,])$option( |\$)" "$work/help" || echo "$option"
done <"$work/promised" >"$broken"
verdict "repwatch(1) promises no option there is not"

# The plug-in has one page and one table of its own; its help ends with 3, as theirs do.
plugin=$src/man/check_repwatch.1
"${TOP_BUILDDIR:-.}/check_repwatch" --help >"$work/help"
sed -nE 's/^  ( |-[a-zA-Z],)( {3})? ?(--[a-z-]+).*/\3/p' "$work/help" | sort -u >"$work/given"
grep -oE '\bFl -[a-z-]+' "$plugin" | sed 's/^Fl -/--/' | sort -u >"$work/promised"
[ -s "$work/given" ] || echo "'check_repwatch --help' has no options" >"$broken"
diff -u "$work/given" "$work/promised" >>"$broken"
verdict "check_repwatch(1) has the options of its help"

echo "1..$cases"
