#!/bin/sh
# Races against limits and peers on this machine, in one go: tests/bench/bench.py says which.
# `make bench` sets the variables; ROUNDS and ONLY (a word of a line's name) may be given.
set -eu
PATH=$PATH:/usr/sbin:/sbin
export PATH PYTHONDONTWRITEBYTECODE=1
REPWATCH=${REPWATCH:-$TOP_BUILDDIR/repwatch}
DELAYNS=${DELAYNS:-$TOP_BUILDDIR/tests/bench/delayns}
BENCH_SPF=${BENCH_SPF:-$TOP_BUILDDIR/tests/bench/bench_spf}
BENCH_DRAW=${BENCH_DRAW:-$TOP_BUILDDIR/tests/bench/bench_draw}
export REPWATCH DELAYNS BENCH_SPF BENCH_DRAW
PYTHONPATH=$TOP_SRCDIR/tests/system
export PYTHONPATH
exec "${PYTHON:-/usr/bin/python3}" "$TOP_SRCDIR/tests/bench/bench.py" "$@"
