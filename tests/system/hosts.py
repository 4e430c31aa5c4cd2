"""A host that is watched over days: passes over real lists, and the letters they leave."""

import glob
import os
import signal
import sqlite3

import pytest

import bed as beds
from agent import WITH_PRELOADED, block_list
from bed import SOA, reversed4

FAKETIME = (sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")) or [""])[0]
needs_clock = [
    pytest.mark.skipif(not FAKETIME, reason="libfaketime is not installed"),
]

ZONES = ["one.test", "two.test"]
IPS = [f"198.18.0.{n}" for n in range(1, 13)]
DAY_H = 24


class Host:
    """The program, two lists whose entries the test chooses, and a clock that it moves."""

    def __init__(self, repwatch, bed, ips=tuple(IPS), channels=(), **alerts):
        self.repwatch = repwatch
        self.hour = 0
        self.stamp = 1000000000
        self.server = bed.rbldnsd([(zone, "ip4set", self.zone()) for zone in ZONES])
        names = bed.fakedns(
            [f"{reversed4(ip)}.in-addr.arpa PTR PTR=mail{n}.shop.example"
             for n, ip in enumerate(IPS)] +
            [f"mail{n}.shop.example A A={ip}" for n, ip in enumerate(IPS)] +
            ["* * rcode=NXDOMAIN"])
        self.names = names
        self.resolver = names.at
        self.secret("chat.url", "http://127.0.0.1:9/hook")
        mail = {"name": "noc", "type": "mail", "to": ["noc@shop.example"],
                "from": "repwatch@shop.example", "url": f"smtp://127.0.0.1:{beds.free_port()}"}
        self.channels = [mail, *[{**({} if "url" in more else {"url_file": "chat.url"}), **more}
                                 for more in channels]]
        self.alerts = {"channels": self.channels, **alerts}
        self.configure(ips)

    def secret(self, name, text):
        path = self.repwatch.dir / name
        path.write_text(text + "\n")
        path.chmod(0o600)

    def configure(self, ips, **alerts):
        self.ips = ips
        self.repwatch.configure(
            [{"address": ip, "pool": "shared" if n % 2 else "other"} for n, ip in enumerate(ips)],
            [block_list(ZONES[0], servers=[self.server.at]),
             block_list(ZONES[1], servers=[self.server.at], severity="major")],
            resolver=self.resolver, stale_after="30d", alerts={**self.alerts, **alerts})
        # Breakers are for lists that list everybody at once: here they do so to see what is told.
        self.repwatch.conf.write_text(
            self.repwatch.conf.read_text().replace("breaker = 0.5", "breaker = 1.0"))

    @staticmethod
    def zone(*listed):
        return (SOA + ":127.0.0.2:Listed, see https://bl.test/?$\n127.0.0.2\n" +
                "".join(f"{address}\n" for address in listed))

    def lists(self, *listed, on=0):
        path = self.server.write(f"z{on}", self.zone(*listed))
        # rbldnsd looks at whole seconds.
        self.stamp += 60
        os.utime(path, (self.stamp, self.stamp))
        self.server.process.send_signal(signal.SIGHUP)
        for ip in IPS:
            code = 0 if ip in listed else 3
            beds.until(lambda: (beds.ask(self.server.port, f"{reversed4(ip)}.{ZONES[on]}") or
                                [9])[0] == code, "rbldnsd reads its zone again")

    @property
    def clock(self):
        day, hour = divmod(self.hour, DAY_H)
        return {"LD_PRELOAD": FAKETIME, "DONT_FAKE_MONOTONIC": "1",
                "ASAN_OPTIONS": WITH_PRELOADED,
                "FAKETIME": f"@2026-11-{day + 2:02} {hour:02}:00:00"}

    def call(self, *words):
        return self.repwatch(*words, **self.clock)

    def run(self, hours=2):
        """One pass, so much later; what it wrote, as (channel, kind, what it is about)."""
        before = self.letters()
        self.hour += hours
        self.summary = self.repwatch.run(**self.clock)
        letters = [letter for letter in self.letters() if letter not in before]
        assert self.summary["alerts"]["queued"] == len(letters)
        return [letter[:3] for letter in letters]

    def letters(self):
        """(channel, kind, subject of the incident, key) of all letters so far."""
        path = self.repwatch.state / "repwatch.db"
        if not path.exists():
            return []
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        rows = db.execute("SELECT channel, letter.kind, coalesce(incident.subject, x''), key"
                          " FROM letter LEFT JOIN incident USING (uid) ORDER BY letter.id")
        letters = [(channel, kind, about.decode(), key) for channel, kind, about, key in rows]
        db.close()
        return letters

    def bodies(self):
        db = sqlite3.connect(f"file:{self.repwatch.state / 'repwatch.db'}?mode=ro", uri=True)
        rows = [bytes(row[0]).decode() for row in db.execute("SELECT body FROM letter ORDER BY id")]
        db.close()
        return rows

    def waits(self):
        """Of each letter how long it waits before it is sent first, in hours; 0: it was tried."""
        db = sqlite3.connect(f"file:{self.repwatch.state / 'repwatch.db'}?mode=ro", uri=True)
        rows = db.execute("SELECT attempts, (next_at - created_at) / 3600.0 FROM letter"
                          " ORDER BY id").fetchall()
        db.close()
        return [0 if attempts else hours for attempts, hours in rows]
