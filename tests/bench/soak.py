"""Passes over 10,000 addresses, one after another, over a line that loses packets: memory,
processor time, state and journal must not grow. PASSES=n; prints figures."""

import os
import sqlite3
import sys

import bench as benches

PASSES = int(os.environ.get("PASSES", "30"))


def size_of(program):
    return sum(path.stat().st_size for path in program.state.glob("repwatch.db*"))


def main():
    bench = benches.Bench()
    server = benches.Delayns("-d", 2, "-j", 4, "-l", 2)
    failed = False
    try:
        program = bench.repwatch("soak", server, 1000, bench.all_addresses)
        laps, sizes, events = [], [], []
        for number in range(PASSES):
            laps.append(bench.lap(program))
            sizes.append(size_of(program))
            with sqlite3.connect(program.state / "repwatch.db") as database:
                events.append(len(program.events()) if number in (0, PASSES - 1) else 0)
                integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
            database.close()
            failed |= integrity != "ok"
            print(f"pass {number + 1:3}: {laps[-1].wall_s:6.1f} s, {laps[-1].rss_kib / 1024:5.1f} MiB,"
                  f" database {sizes[-1] / 1e6:6.1f} MB, {integrity}", flush=True)
        half = len(laps) // 2
        for name, first, last in (
                ("memory", max(lap.rss_kib for lap in laps[1:half]),
                 max(lap.rss_kib for lap in laps[half:])),
                ("processor time", benches.middle(laps[1:half], "cpu_s"),
                 benches.middle(laps[half:], "cpu_s")),
                ("database", sizes[half - 1], sizes[-1]),
                ("events", events[0], events[-1])):
            ratio = last / first if first else 1.0
            failed |= ratio > 1.25
            print(f"{name}: second half to first {ratio:.2f}, wanted at most 1.25 "
                  f"{'ok' if ratio <= 1.25 else 'MISSED'}")
    finally:
        server.stop()
        bench.close()
    return failed


if __name__ == "__main__":
    sys.exit(main())
