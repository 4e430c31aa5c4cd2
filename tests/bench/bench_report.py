"""The web page of many addresses: what drawing costs beside librrd alone, how long the first page
takes and how long one on which a twentieth has changed. REPORT_ADDRESSES asks for more of them."""

import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import tempfile

import agent
import sites

ADDRESSES = int(os.environ.get("REPORT_ADDRESSES", "2000"))
OF_A_POOL, CHANGED_EACH, SHEETS = 500, 20, 300
SECONDS, SECONDS_OF, FRONT_BYTES = 20, 10_000, 500_000
BARE = os.path.abspath(os.environ.get("BENCH_DRAW", "build/tests/bench/bench_draw"))
DRAW = os.path.join(os.path.dirname(os.path.abspath(agent.BINARY)), "repwatch-draw")
# Stands where the drawing process does and keeps what it is told.
LISTENER = """#!/bin/sh
sheets=$(dirname "$0")/sheets.$$
while IFS= read -r line; do
	printf '%s\\n' "$line" >>"$sheets"
	echo ok
done
"""


def argv(made, program=agent.BINARY):
    return [str(program), "--config", str(made.conf), "report", "-o", str(made.dir / "site"), "--json"]


def sheets(made):
    """Some of what the drawing processes are told."""
    folder = made.dir / "bin"
    folder.mkdir()
    shutil.copy(agent.BINARY, folder / "repwatch")
    (folder / "repwatch-draw").write_text(LISTENER)
    (folder / "repwatch-draw").chmod(0o755)
    subprocess.run(argv(made, folder / "repwatch"), cwd=made.dir, env=made.environment(), check=True,
                   stdout=subprocess.DEVNULL)
    lines = [line for path in sorted(folder.glob("sheets.*")) for line in path.read_text().splitlines()]
    shutil.rmtree(made.dir / "site")
    (made.dir / "sheets").write_text("".join(f"{line}\n" for line in lines[:SHEETS]))
    return made.dir / "sheets"


def used_s(program, path):
    """Processor seconds of a program over the sheets, and what it said."""
    with open(path, "rb") as lines:
        child = subprocess.Popen(program, stdin=lines, stdout=subprocess.PIPE)
        said = child.stdout.read()
    used = os.wait4(child.pid, 0)[2]
    child.returncode = 0
    child.stdout.close()
    return used.ru_utime + used.ru_stime, said


def rates(made, pinned, core, rounds):
    """Pictures a second and core: of the program that draws, and of librrd alone."""
    path = sheets(made)
    for sheet in map(json.loads, path.read_text().splitlines()):
        for file in (sheet["path"], sheet["twin"]["path"]):
            pathlib.Path(file).parent.mkdir(parents=True, exist_ok=True)
    ours, bare = [], []
    for _ in range(rounds):
        seconds, said = used_s(pinned(core, [DRAW]), path)
        ours.append(2 * said.count(b"ok\n") / seconds)
        count, seconds = used_s(pinned(core, [BARE]), path)[1].split()
        bare.append(int(count) / float(seconds))
    shutil.rmtree(made.dir / ".site.new")
    return statistics.median(ours), statistics.median(bare)


def change_some(made):
    """A twentieth sent more three days ago."""
    with sqlite3.connect(made.state / "repwatch.db") as database:
        database.execute("UPDATE volume_day SET sent = sent + 1 WHERE sender_id % ? = 0 AND day ="
                         " (SELECT max(day) FROM volume_day) - 3", (CHANGED_EACH,))
    database.close()


def report(bench, lap, pinned, core, rounds):
    folder = tempfile.mkdtemp(prefix="repwatch-bench-")
    try:
        made = agent.Repwatch(folder)
        sites.make(made, ADDRESSES, pools=max(1, ADDRESSES // OF_A_POOL))
        ours, bare = rates(made, pinned, core, rounds)
        bench.line("pictures drawn, a core", f"{ours:,.0f}/s, librrd alone {bare:,.0f}/s", ours / bare, 0.8)
        first = lap(argv(made), made.dir, made.environment(), is_pinned=False)
        told = json.loads(first.out)
        rate = told["drawn"] / first.cpu_s
        bench.line(f"first report of {ADDRESSES:,} addresses",
                   f"{first.wall_s:.1f} s, {rate:,.0f} pictures/s of a core, pages and all", rate / bare, 0.5,
                   laps=[first])
        change_some(made)
        again = lap(argv(made), made.dir, made.environment(), is_pinned=False)
        told = json.loads(again.out)
        most = SECONDS * ADDRESSES / SECONDS_OF
        bench.line("  again, one in twenty changed", f"{again.wall_s:.1f} s, {told['drawn']:,} pictures drawn",
                   again.wall_s / most, 1.0, at_most=True, laps=[again])
        pools = 2 * max(1, ADDRESSES // OF_A_POOL)
        due = 2 * (2 * (ADDRESSES // CHANGED_EACH) + pools)
        bench.line("  pictures drawn of those that changed", f"{told['drawn']:,} of {due:,}", told["drawn"] / due, 1.0,
                   at_most=True)
        size = (made.dir / "site" / "index.html").stat().st_size
        bench.line("  front page", f"{size:,} bytes of {FRONT_BYTES:,}", size / FRONT_BYTES, 1.0, at_most=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
