#!/bin/sh
# The long tests, by hand: `make soak`. Every system call of a pass is killed and refused in turn,
# then hundreds of kills at any time, the fuzz targets for FUZZ_S seconds each (a build with
# --enable-fuzz), and passes over 10,000 addresses whose memory and state must not grow.
set -u
PATH=$PATH:/usr/sbin:/sbin
export PATH PYTHONDONTWRITEBYTECODE=1
REPWATCH=${REPWATCH:-$TOP_BUILDDIR/repwatch}
export REPWATCH REPWATCH_SOAK=1
python=${PYTHON:-/usr/bin/python3}
failed=0

say() {
	printf '# %s %s\n' "$(date -u +%H:%M:%S)" "$*"
}

say "faults at every system call"
"$python" -m pytest -p no:cacheprovider -q "$TOP_SRCDIR/tests/system/test_faults.py" || failed=1

say "500 passes killed while they deliver"
"$python" -m pytest -p no:cacheprovider -q "$TOP_SRCDIR/tests/system/test_deliver.py" -k kills || failed=1

for target in "$TOP_BUILDDIR"/tests/fuzz/fuzz_*; do
	[ -x "$target" ] || continue
	name=$(basename "$target")
	corpus=$TOP_SRCDIR/tests/fuzz/corpus/${name#fuzz_}
	work=$(mktemp -d)
	[ -d "$corpus" ] || corpus=$work
	# A target without libFuzzer only replays files.
	"$target" -help=1 2>&1 | grep -q max_total_time || {
		rm -rf "$work"
		continue
	}
	say "$name for ${FUZZ_S:-300} seconds"
	"$target" -max_total_time="${FUZZ_S:-300}" -timeout=5 -rss_limit_mb=512 \
		-artifact_prefix="$TOP_BUILDDIR/" -print_final_stats=1 "$work" "$corpus" 2>&1 |
		grep -E 'stat::|ERROR|SUMMARY|Test unit' || failed=1
	if ls "$TOP_BUILDDIR"/crash-* "$TOP_BUILDDIR"/timeout-* "$TOP_BUILDDIR"/oom-* >/dev/null 2>&1
	then
		failed=1
	fi
	rm -rf "$work"
done

say "10,000 addresses, pass after pass"
DELAYNS=${DELAYNS:-$TOP_BUILDDIR/tests/bench/delayns} PYTHONPATH=$TOP_SRCDIR/tests/system \
	"$python" "$TOP_SRCDIR/tests/bench/soak.py" || failed=1

say "failed: $failed"
exit $failed
