#!/usr/bin/env python3
"""Prints the letters of the outbox that were not printed before: demo_letters.py STATE READ.

The demo starts no mail server, so what would be delivered is shown where it waits; READ keeps the
number of the last one.
"""

import glob
import pathlib
import sqlite3
import sys


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def main(state, read):
    kept = pathlib.Path(read)
    last = int(kept.read_text()) if kept.exists() else 0
    database = glob.glob(f"{state}/*.db") + glob.glob(f"{state}/*.sqlite*")
    with sqlite3.connect(f"file:{database[0]}?mode=ro", uri=True) as store:
        rows = store.execute("SELECT id, channel, subject, body FROM letter WHERE id > ? ORDER BY id",
                             (last,)).fetchall()
    for number, channel, subject, body in rows:
        print(f"\n--- mail to {channel} " + "-" * 50)
        print(f"Subject: {text(subject)}\n\n{text(body)}", end="")
        last = number
    kept.write_text(str(last))


if __name__ == "__main__":
    main(*sys.argv[1:])
