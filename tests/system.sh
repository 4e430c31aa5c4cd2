#!/bin/sh
# The system tests: tests/system/test_*.py against the built program, one TAP case a test.
# Debian's own python3 has python3-pytest; another one that is first in PATH has not.
set -u
PATH=$PATH:/usr/sbin:/sbin
PYTHONDONTWRITEBYTECODE=1
REPWATCH=$TOP_BUILDDIR/repwatch
FAKEDNS=$TOP_BUILDDIR/tests/fakedns/fakedns
export PATH PYTHONDONTWRITEBYTECODE REPWATCH FAKEDNS
python=${PYTHON:-/usr/bin/python3}

skip() {
	echo "1..0 # SKIP $1"
	exit 0
}
"$python" -c 'import pytest' 2>/dev/null || skip "python3-pytest is not installed"
command -v rbldnsd >/dev/null || skip "rbldnsd is not installed"
set -- "$TOP_SRCDIR"/tests/system/test_*.py
[ -f "$1" ] || skip "there are no system tests"
# shellcheck disable=SC2086 # PYTEST_ARGS is a list of words
exec "$python" "$TOP_SRCDIR/tests/pytest_tap.py" "$TOP_SRCDIR/tests/system" ${PYTEST_ARGS-}
