"""check_repwatch over a state of 10,000 addresses, beside the sqlite3 shell that only opens it.

A monitoring system starts it every minute for each pool, so what counts is a whole call. Processor
time is compared, the least of many calls: waiting belongs to the machine, not to the program."""

import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time

import agent
from bed import need

ADDRESSES, LISTED_EACH, CALLS = 10_000, 100, 40
# Where the shell takes 2 ms these are 10 ms and 16.
LIMIT, MANY_LINES_LIMIT = 5.0, 8.0
CATALOGUE = pathlib.Path(__file__).resolve().parents[2] / "etc" / "lists.conf"
CHECK = os.path.abspath(os.path.join(os.path.dirname(agent.BINARY), "check_repwatch"))


def address(number):
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def standings(number, now):
    """One in a hundred is on two lists; of each, two lists do not answer."""
    listed = ("bl0.example", "bl1.example") if number % LISTED_EACH == 0 else ()
    for zone in listed:
        yield (number + 1, "dnsbl", zone, "listed", "critical", now, now, "listed", 0, 0, "none", 0,
               b"\x02\0\0\x7f", b"SBL", b"https://bl.example/", b"")
    for zone in ("blind0.example", "blind1.example"):
        yield (number + 1, "dnsbl", zone, "blind", "info", now, now, "blind", 0, 0, "timeout", now,
               b"", b"", b"", b"")


def fill(path):
    now = int(time.time())
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM address")
        database.executemany(
            "INSERT INTO address (id, address, name, pool, helo, is_watched, seen_at, grade, asked,"
            " answered, pair) VALUES (?, ?, ?, ?, ?, 1, ?, ?, 52, 50, ?)",
            ((n + 1, address(n), f"www{n}", f"pool{n % 20}", f"www{n}.example.jp", now,
              "GOOD" if n % LISTED_EACH else "POOR", os.urandom(8 * 60)) for n in range(ADDRESSES)))
        database.executemany(
            f"INSERT INTO standing VALUES ({','.join('?' * 16)})",
            (row for n in range(ADDRESSES) for row in standings(n, now)))
        database.executemany(
            "INSERT INTO traffic VALUES (?, 'normal', 900, 400, 950, 880.0, 1.02, 900.0, 0.1, 0, 60,"
            " x'', 0)", ((n + 1,) for n in range(ADDRESSES)))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def made_state(folder):
    """Two configurations of the same addresses: as blocks, and each in a line of its own."""
    made = agent.Repwatch(folder)
    made.configure([address(0)], resolver={"deadline": "1s"}).run()
    fill(made.state / "repwatch.db")
    made.configure([{"address": address(n), "name": f"www{n}", "helo": f"www{n}.example.jp",
                     "pool": f"pool{n % 20}"} for n in range(ADDRESSES)])
    shutil.copy(made.conf, made.dir / "lines.conf")
    made.configure([{"address": f"{address(n)}/24"} for n in range(0, ADDRESSES, 256)])
    shutil.copy(CATALOGUE, made.catalogue)
    return made


def least_ms(argv):
    """The least processor time of a call."""
    best = float("inf")
    for _ in range(CALLS):
        child = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
        used = os.wait4(child.pid, 0)[2]
        child.returncode = 0
        best = min(best, used.ru_utime + used.ru_stime)
    return best * 1000


def plugin(bench, pinned, core):
    folder = tempfile.mkdtemp(prefix="repwatch-bench-")
    try:
        made = made_state(folder)
        database = str(made.state / "repwatch.db")
        shell = least_ms(pinned(core, [need("sqlite3"), database, "SELECT 1"]))
        rows = [(f"mode {mode}", made.conf, ["-m", mode], LIMIT)
                for mode in ("overall", "lists", "volume", "agent")]
        rows += [("one address", made.conf, ["-H", address(0)], LIMIT),
                 ("10,000 lines of conf", made.dir / "lines.conf", [], MANY_LINES_LIMIT)]
        for name, conf, words, limit in rows:
            ours = least_ms(pinned(core, [CHECK, "--config", str(conf), *words]))
            bench.line(f"check_repwatch, {name}", f"{ours:.1f} ms, sqlite3 {shell:.1f} ms",
                       ours / shell, limit, at_most=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
