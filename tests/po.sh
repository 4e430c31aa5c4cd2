#!/bin/sh
# Holds the catalogues of po/ to the sources: each sentence is translated, and its places agree.
# Runs from make check; with --update it brings them up to date instead, and then what is new
# waits for a translator.
set -u
LC_ALL=C
export LC_ALL
src=${TOP_SRCDIR:-.}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cases=0

if ! command -v msgmerge >/dev/null || ! command -v xgettext >/dev/null; then
	echo "1..0 # SKIP gettext is not installed"
	exit 0
fi

# What the shipped catalogue says of its lists, as if it stood in C.
extract_catalogue() {
	sed -nE 's/%/%%/g; :next
		s/(.*[ \t])(means|removal|why_disabled) = ("[^"]*")(.*)/SAID(\3)\n\1\4/
		t print
		b
		:print
		P
		s/^[^\n]*\n//
		t next' "$src/etc/lists.conf" >"$work/lists.c"
}

extract() {
	extract_catalogue
	(cd "$src" && xgettext --from-code=UTF-8 --language=C --no-location --sort-output \
		--keyword --keyword=tr:2 --keyword=TR_LATER --keyword=tr_add:3 \
		--keyword=alert_say:2 --keyword=alert_said:2 --keyword=alert_tr:2 \
		--keyword=html_word:2 --keyword=html_say:2 --keyword=report_heading:2 \
		--keyword=report_sentence:2 --keyword=graph_word:2 --keyword=graph_said:2 \
		--keyword=say:2 --keyword='SAID:1,"said"' --keyword='problems_note:4,"said"' \
		--package-name=repwatch --output=- agent/*/*.c "$work/lists.c")
}

# merged FILE: the catalogue as the sources want it.
merged() {
	msgmerge --quiet --no-fuzzy-matching --no-location --sort-output --no-wrap "$1" \
		"$work/pot"
}

# verdict NAME: passes when the file $work/broken is empty.
verdict() {
	cases=$((cases + 1))
	if [ -s "$work/broken" ]; then
		echo "not ok $cases - $1"
		sed 's/^/# /' "$work/broken"
	else
		echo "ok $cases - $1"
	fi
}

extract >"$work/pot" || exit 1
if [ "${1-}" = --update ]; then
	for file in "$src"/po/*.po; do
		merged "$file" | msgattrib --no-obsolete --no-wrap >"$work/new" || exit 1
		grep -v '^"POT-Creation-Date' "$work/new" >"$file"
	done
	exit 0
fi
for file in "$src"/po/*.po; do
	name=${file##*/}
	merged "$file" >"$work/new" 2>"$work/broken"
	msgattrib --untranslated "$work/new" | grep -A9 '^msgid "[^"]' >>"$work/broken"
	msgattrib --only-fuzzy "$work/new" | grep '^msgid' >>"$work/broken"
	verdict "$name has all sentences"
	msgattrib --only-obsolete "$work/new" >"$work/broken"
	verdict "$name has no sentence that the sources lost"
	msgfmt --check-header --check-domain --output-file=/dev/null "$file" 2>"$work/broken"
	verdict "msgfmt finds no fault in $name"
done
echo "1..$cases"
