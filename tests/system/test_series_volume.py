"""The RRD files of what an address sent, read by rrdtool and held against the counts."""

import collections
import datetime
import glob
import os
import sqlite3
import subprocess
import zoneinfo

import pytest

import bed as beds
import maillogs

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
UTC = datetime.timezone.utc
IPS = ["198.18.0.1", "2001:db8::1"]
SILENT = "198.18.0.9"
REPLIES = os.path.join(os.path.dirname(__file__), "..", "..", "etc", "replies.conf")
HOUR_S, DAY_S = 3600, 86400
# The Mondays after the day of 25 hours and after that of 23.
CHANGES = ["2026-10-26T12:30", "2027-03-29T12:30"]


def faked(now):
    """The environment in which it is about then; durations are those of the machine."""
    library = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not library:
        pytest.skip("libfaketime is not installed")
    return {"LD_PRELOAD": library[0], "FAKETIME": now.strftime("@%Y-%m-%d %H:%M:%S"),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class Sender:
    """An agent in Berlin whose log grows, and its clock."""

    def __init__(self, repwatch, now):
        self.repwatch = repwatch
        self.now = datetime.datetime.fromisoformat(now).replace(tzinfo=UTC)
        self.log = repwatch.dir / "mail.log"
        self.log.touch()
        services = [{"service": maillogs.service(IPS, ip), "address": ip} for ip in IPS]
        repwatch.configure(
            [*IPS, SILENT], timezone="Europe/Berlin", replies=os.path.abspath(REPLIES),
            maillogs=[{"path": str(self.log), "format": "postfix", "by_service": services}])

    def sends(self, days, until=None, count=4000, seed=1):
        """Mail of so many days."""
        until = until or self.now
        messages = list(maillogs.mails(until - datetime.timedelta(days=days), days * DAY_S - 1,
                                       count, IPS, 20, seed=seed))
        for number, mail in enumerate(messages):
            mail.number += seed * 100000 + number
        with self.log.open("ab") as out:
            out.write(maillogs.write(messages, "postfix", IPS, stamps="rfc3339"))
        return messages

    def passes(self):
        summary = self.repwatch.run(**faked(self.now))
        assert not [text for text in summary.get("notices", []) if "series" in text], summary

    def shown(self, ip):
        """{date: {outcome: count}} of `volume show` for days that are over."""
        result = self.repwatch("volume", "show", "--json", ip, **faked(self.now))
        assert result.code == 0, result
        today = self.now.astimezone(BERLIN).date().isoformat()
        (view,) = result.json["addresses"]
        return {day["date"]: day for day in view["days"] if day["date"] < today}

    def fetched(self, ip, kind, days=60):
        """{where a row ends: {source: value}}, without what is not known."""
        path = self.repwatch.state / "rrd" / f"{ip.replace(':', '-')}-volume-{kind}.rrd"
        end = int(self.now.timestamp()) + DAY_S
        done = subprocess.run(
            [beds.need("rrdtool"), "fetch", str(path), "AVERAGE", "--start",
             str(end - days * DAY_S), "--end", str(end)], capture_output=True, check=True,
            env={**os.environ, "LC_ALL": "C"})
        head, _empty, *rows = done.stdout.decode().splitlines()
        found = {}
        for row in rows:
            at, *values = row.replace(":", "").split()
            known = {name: float(value) for name, value in zip(head.split(), values)
                     if "nan" not in value}
            if known:
                found[int(at)] = known
        return found

    def blocked(self, ip):
        """{day number: count}, by the causes the log of these tests has."""
        with sqlite3.connect(self.repwatch.state / "repwatch.db") as database:
            rows = database.execute(
                "SELECT day, sum(reply_day.deferred + reply_day.bounced) FROM reply_day"
                " JOIN sender ON sender.id = sender_id WHERE address = ? AND"
                " cause = 'rate-limit' AND scope IN ('ip', 'network') GROUP BY day", [ip])
            found = dict(rows.fetchall())
        database.close()
        return found

    def check(self, messages):
        """Both files of every address hold the truth, `volume show` too."""
        truth, _accounts = maillogs.truth(messages, "Europe/Berlin")
        for ip in IPS:
            self.check_days(ip, truth[ip])
            self.check_hours(ip, [mail for mail in messages if mail.ip == ip])

    def check_days(self, ip, truth):
        shown = self.shown(ip)
        rows = self.fetched(ip, "days")
        blocked = self.blocked(ip)
        dates = {datetime.datetime.fromtimestamp(at - DAY_S, UTC).date().isoformat(): row
                 for at, row in rows.items()}
        assert all(at % DAY_S == 0 for at in rows)
        assert sorted(dates) == sorted(shown)
        for date, row in dates.items():
            day = shown[date]
            number = (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days
            assert {word: day[word] for word in truth[date]} == dict(truth[date]), date
            assert row == {"volume": day["sent"] + day["deferred"] + day["bounced"],
                           "deferred": day["deferred"], "bounced": day["bounced"],
                           "blocked": blocked.get(number, 0)}, date

    def check_hours(self, ip, messages):
        rows = self.fetched(ip, "hours")
        expected = collections.defaultdict(collections.Counter)
        # The hour that comes twice stands at its first run.
        for mail in messages:
            at = int(mail.at.timestamp()) // HOUR_S * HOUR_S
            if mail.at.astimezone(BERLIN).fold:
                at -= HOUR_S
            if at + HOUR_S <= self.now.timestamp():
                expected[at + HOUR_S].update({"volume": 1, mail.outcome: 1})
        assert {at: row for at, row in rows.items() if row["volume"]} == {
            at: {word: count[word] for word in ("volume", "deferred", "bounced")}
            for at, count in expected.items()}
        over = range(min(rows), int(self.now.timestamp()) + 1, HOUR_S)
        assert set(rows) == {at for at in over
                             if not datetime.datetime.fromtimestamp(at - HOUR_S, BERLIN).fold}

    def stamps(self):
        """Which file is which: a file that is written anew has another number."""
        return {path.name: path.stat().st_ino
                for path in (self.repwatch.state / "rrd").glob("*volume*")}


@pytest.mark.parametrize("now", CHANGES)
def test_files_hold_what_was_counted(repwatch, now):
    sender = Sender(repwatch, now)
    messages = sender.sends(6)
    sender.passes()
    sender.check(messages)
    assert sum(sender.blocked(IPS[0]).values()) > 0
    assert len(sender.stamps()) == 2 * len(IPS), "only for addresses with mail"


def test_time_goes_on(repwatch):
    sender = Sender(repwatch, "2026-10-24T20:10")
    messages = sender.sends(2, count=1000)
    sender.passes()
    before = sender.stamps()
    for step in range(12):
        until = sender.now + datetime.timedelta(hours=3)
        messages += sender.sends(3 / 24, until, count=200, seed=2 + step)
        sender.now = until
        sender.passes()
        sender.check(messages)
    assert sender.stamps() == before, "new hours and days are appended"


def test_mail_that_comes_late(repwatch):
    sender = Sender(repwatch, CHANGES[0])
    messages = sender.sends(4)
    sender.passes()
    late = sender.sends(2, sender.now - datetime.timedelta(days=1), count=500, seed=7)
    sender.passes()
    sender.check(messages + late)


def test_mail_that_was_imported(repwatch):
    sender = Sender(repwatch, CHANGES[0])
    messages = sender.sends(2, count=500)
    sender.passes()
    older = list(maillogs.mails(sender.now - datetime.timedelta(days=30), 20 * DAY_S, 2000, IPS, 9,
                                seed=5))
    (repwatch.dir / "old.log").write_bytes(maillogs.write(older, "postfix", IPS))
    result = repwatch("volume", "import", repwatch.dir / "old.log", **faked(sender.now))
    assert result.code == 0, result
    sender.passes()
    sender.check_hours(IPS[0], [mail for mail in older + messages if mail.ip == IPS[0]])
    assert set(sender.shown(IPS[1])) <= {
        datetime.datetime.fromtimestamp(at - DAY_S, UTC).date().isoformat()
        for at in sender.fetched(IPS[1], "days")}


@pytest.mark.parametrize("damage", ["missing", "garbled", "another layout"])
def test_lost_files_come_back(repwatch, damage):
    sender = Sender(repwatch, CHANGES[1])
    messages = sender.sends(3)
    sender.passes()
    for path in (repwatch.state / "rrd").glob("*volume*"):
        path.unlink()
        if damage == "garbled":
            path.write_bytes(b"no RRD" * 10000)
        elif damage == "another layout":
            subprocess.run([beds.need("rrdtool"), "create", str(path), "--step", "300",
                            "DS:x:GAUGE:600:0:U", "RRA:AVERAGE:0.5:1:10"], check=True)
    sender.passes()
    sender.check(messages)
