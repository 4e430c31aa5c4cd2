"""A state to monitor: one address on a list and one that is well."""

import datetime
import os
import sqlite3
import subprocess

from agent import block_list
from bed import SOA, reversed4

ZONE = "bl.test"
LISTED, CLEAN = "198.18.0.10", "198.18.0.20"
CHECK = os.path.abspath(os.path.join(os.environ.get("TOP_BUILDDIR", "build"), "check_repwatch"))
SOURCE = os.path.abspath(os.environ.get("TOP_SRCDIR", "."))
HOSTS = {LISTED: "mail.shop.example", CLEAN: "mail.other.example"}


def name_rules():
    rules = []
    for address, host in HOSTS.items():
        rules += [f"{reversed4(address)}.in-addr.arpa PTR PTR={host}", f"{host} A A={address}"]
    return [*rules, "* * rcode=NXDOMAIN"]


def record(repwatch, bed, listed=(LISTED,), why="see https://bl.test/", **more):
    """One pass against a local list and a local resolver."""
    text = SOA + f":127.0.0.2:{why}\n127.0.0.2\n" + "".join(f"{each}\n" for each in listed)
    server = bed.rbldnsd([(ZONE, "ip4set", text)])
    names = bed.fakedns(name_rules())
    repwatch.configure(
        [{"address": LISTED, "name": "www274", "pool": "shared-a"},
         {"address": CLEAN, "pool": "shared-b"}],
        [block_list(ZONE, servers=[server.at])], resolver=names.at, **more)
    repwatch.run()
    return repwatch


def check(repwatch, *words, plain=False):
    """The plug-in's exit status and its output."""
    argv = [CHECK, *([] if plain else ["--config", str(repwatch.conf)]), *map(str, words)]
    done = subprocess.run(argv, capture_output=True, timeout=60, check=False,
                          env=repwatch.environment())
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.decode()


def change_state(repwatch, *statements):
    """What a test cannot wait for: hours, letters nobody takes."""
    with sqlite3.connect(repwatch.state / "repwatch.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def make_old(repwatch, hours=26):
    change_state(repwatch, f"UPDATE pass SET at = at - {hours * 3600}")


def log_of(counts, ident=0):
    """A Postfix log: {days before today: how many were sent}, all at local noon in UTC."""
    now = datetime.datetime.now(datetime.timezone.utc)
    lines = []
    for days, count in counts.items():
        day = (now - datetime.timedelta(days=days)).date()
        for number in range(count):
            ident += 1
            lines.append(f"{day}T00:00:{number % 60:02}+00:00 mx postfix/smtp[9]: {ident:09X}: "
                         "to=<a@example.org>, relay=mx.example.org[203.0.113.9]:25, delay=1, "
                         "delays=0/0/1/0, dsn=2.0.0, status=sent (250 2.0.0 ok)\n")
    return "".join(lines).encode()


