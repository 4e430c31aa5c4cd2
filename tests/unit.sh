#!/bin/sh
# Runs one unit test; without one, says why there is none. cmocka 1.1 says "not ok N # SKIP" for
# a case that was skipped, which is a failure to everybody else.
if [ $# -eq 0 ]; then
	echo "1..0 # SKIP cmocka was not found by configure"
	exit 0
fi
output=$("$@")
status=$?
printf '%s\n' "$output" | sed -E 's/^not ok ([0-9]+ # SKIP)/ok \1/'
exit $status
