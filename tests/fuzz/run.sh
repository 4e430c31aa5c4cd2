#!/bin/sh
# Runs every fuzz target over its corpus, tests/fuzz/corpus/TARGET/; one TAP case a target.
# FUZZ_TARGETS comes from make check.
set -u
cases=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

if [ -z "${FUZZ_TARGETS:-}" ]; then
	echo "1..0 # SKIP there are no fuzz targets"
	exit 0
fi
for target in $FUZZ_TARGETS; do
	name=${target##*/fuzz_}
	cases=$((cases + 1))
	set -- "$TOP_SRCDIR/tests/fuzz/corpus/$name"/*
	if [ ! -f "$1" ]; then
		echo "not ok $cases - $name has no corpus"
	elif "$TOP_BUILDDIR/$target" "$@" >"$log" 2>&1; then
		echo "ok $cases - $name survives the $# inputs of its corpus"
	else
		echo "not ok $cases - $name survives the $# inputs of its corpus"
		tail -n 40 "$log" | sed 's/^/# /'
	fi
done
echo "1..$cases"
