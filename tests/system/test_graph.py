"""What `repwatch graph` draws where: made-up stories in the store, held against the sheet that the drawing process gets, and
against the pictures that it makes of it."""

import datetime
import glob
import json
import pathlib
import shutil
import sqlite3
import stat
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
import zoneinfo

import pytest

import agent

FAKETIME = (sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")) or [""])[0]
pytestmark = [
    pytest.mark.skipif(not FAKETIME, reason="libfaketime is not installed"),
]

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
NOW = datetime.datetime(2026, 11, 21, 10, 0, tzinfo=BERLIN)
IPS = ["198.18.0.1", "198.18.0.2"]
DAY_S, HOUR_S = 86400, 3600
# Stands where the drawing process does, keeps what it is told and draws nothing.
LISTENER = """#!/bin/sh
while IFS= read -r line; do
	printf '%s\\n' "$line" >>"$(dirname "$0")/sheets"
	echo ok
done
"""
PAINT = {"critical": "#a00d28", "major": "#dd5a14", "minor": "#e8b730", "block": "#7b3fa0", "blind": "#a9b1ba",
         "sent": "#86b6dd", "deferred": "#f0b43c", "bounced": "#d1491b", "mean": "#30363d", "limit": "#b3122b",
         "plan": "#1a7f4b", "good": "#7cc29b", "poor": "#b8203a", "unknown": "#c3c9d0"}


def at(text):
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


def civil(day):
    return (day - datetime.date(1970, 1, 1)).days


class Story:
    """A store in which things happened."""

    def __init__(self, repwatch):
        self.repwatch = repwatch
        repwatch.configure([{"address": ip, "pool": "shared", "name": f"mail{i}"} for i, ip in enumerate(IPS, 1)],
                           timezone="Europe/Berlin", maillogs=[{"path": "mail.log", "format": "postfix", "address": IPS[0]}])
        (repwatch.dir / "mail.log").touch()
        repwatch.run("--only", "maillog", **self.clock())
        self.db = sqlite3.connect(repwatch.state / "repwatch.db")
        self.id = dict(self.db.execute("SELECT address, id FROM address"))
        self.db.execute("DELETE FROM pass")
        self.db.execute("DELETE FROM sample")

    @staticmethod
    def clock():
        utc = NOW.astimezone(datetime.timezone.utc)
        return {"LD_PRELOAD": FAKETIME, "FAKETIME": utc.strftime("@%Y-%m-%d %H:%M:%S"), "DONT_FAKE_MONOTONIC": "1"}

    def sends(self, ip, volumes):
        """{date: (sent, deferred, bounced)}"""
        self.db.execute("INSERT OR IGNORE INTO sender (address, last_day) VALUES (?, ?)", (ip, civil(NOW.date())))
        (sender,) = self.db.execute("SELECT id FROM sender WHERE address = ?", (ip,)).fetchone()
        self.db.executemany("INSERT INTO volume_day VALUES (?, ?, ?, ?, ?, 0)",
                            [(sender, civil(day), *counts) for day, counts in volumes.items()])

    def happens(self, when, ip, check, subject, change, severity="critical", to="listed"):
        self.db.execute("INSERT INTO event (at, address, check_name, subject, change, was, becomes, severity, text)"
                        " VALUES (?, ?, ?, ?, ?, 'clear', ?, ?, x'')", (at(when), ip, check, subject, change, to, severity))

    def passes(self, ip, begin, end, every_s=HOUR_S, blind=()):
        """Passes from begin to end; none of them within `blind` stretches."""
        times = [when for when in range(at(begin), at(end) + 1, every_s)
                 if not any(at(a) < when < at(b) for a, b in blind)]
        for when in times:
            self.db.execute("INSERT INTO pass (at, queries, answered, listed, blind, is_complete) VALUES (?, 0, 0, 0, 0, 1)",
                            (when,))
        (first,) = self.db.execute("SELECT min(id) FROM pass").fetchone()
        self.db.execute("INSERT INTO sample VALUES (?, ?, 1, 0, 0, 1)", (self.id[ip], first))

    def sheet(self, *words):
        """What the drawing process is told."""
        self.db.commit()
        folder = self.repwatch.dir / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "repwatch"
        if not program.exists():
            shutil.copy(agent.BINARY, program)
            listener = folder / "repwatch-draw"
            listener.write_text(LISTENER)
            listener.chmod(listener.stat().st_mode | stat.S_IXUSR)
        done = subprocess.run([program, "--config", self.repwatch.conf, "graph", *words, "-o", "picture.svg"],
                              cwd=self.repwatch.dir, env=self.repwatch.environment(**self.clock()), capture_output=True,
                              text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads((folder / "sheets").read_text().splitlines()[-1])

    def draw(self, name, *words):
        self.db.commit()
        result = self.repwatch("graph", *words, "-o", name, **self.clock())
        assert result.code == 0, result
        return self.repwatch.dir / name


@pytest.fixture(name="story")
def _story(repwatch):
    return Story(repwatch)


def month(volumes=None, days=90, usual=(1000, 20, 10)):
    """The days before NOW, each as usual but those given."""
    first = NOW.date() - datetime.timedelta(days=days - 1)
    made = {first + datetime.timedelta(days=i): usual for i in range(days)}
    return {**made, **(volumes or {})}


def curves(sheet, paint):
    return [row for row in sheet["draw"] if row["kind"] != "band" and row["colour"] == PAINT[paint]]


def bands(sheet, paint):
    """[[from, to], ...] of the lanes in that colour, the upper lane first."""
    found = [row for row in sheet["draw"] if row["kind"] == "band" and row["colour"] == PAINT[paint]]
    return [row["spans"] for row in sorted(found, key=lambda row: -row["high"])]


def words(sheet):
    return [row["text"] for row in sheet["texts"]]


def lanes(sheet):
    """The names beside the lanes, from above."""
    left = sheet["canvas"]["x"]
    named = [row for row in sheet["texts"] if row["anchor"] == "end" and abs(row["x"] - left) < 10]
    bottom = max(row["y"] for row in named if row["text"] == "0") if any(row["text"] == "0" for row in named) else 0
    return [row["text"] for row in sorted(named, key=lambda row: row["y"]) if row["y"] > bottom]


def steps(curve):
    return {when: value for when, value in curve["steps"]}


def test_a_quiet_month_has_days_a_mean_and_no_lanes(story):
    story.sends(IPS[0], month())
    story.passes(IPS[0], "2026-08-20T00:00", "2026-11-21T10:00")
    sheet = story.sheet(IPS[0])

    (sent,), (mean,) = curves(sheet, "sent"), curves(sheet, "mean")
    assert steps(sent)[at("2026-11-20T00:00")] == 1000
    assert steps(mean)[at("2026-11-20T00:00")] == 1000
    assert lanes(sheet) == []
    assert sheet["canvas"]["low"] < 0 < sheet["canvas"]["high"] < 3000
    assert "last month's mean: 1,000" in words(sheet)
    assert "spike from 5,000" in words(sheet)


def test_days_are_the_operators_across_daylight_saving(story):
    story.sends(IPS[0], month())
    sheet = story.sheet(IPS[0], "--span", "60d")

    begins = [when for when, value in curves(sheet, "sent")[0]["steps"] if value is not None]
    assert at("2026-10-25T00:00") in begins and at("2026-10-26T00:00") in begins
    assert at("2026-10-26T00:00") - at("2026-10-25T00:00") == 25 * HOUR_S
    assert all(datetime.datetime.fromtimestamp(when, BERLIN).hour == 0 for when in begins)


def test_a_stolen_account_a_block_and_a_listing_stand_in_their_order(story):
    story.sends(IPS[0], month({datetime.date(2026, 11, 14): (40000, 9000, 5000)}))
    story.passes(IPS[0], "2026-08-20T00:00", "2026-11-21T10:00")
    story.happens("2026-11-14T04:17", IPS[0], "volume", "", "raised", to="spike")
    story.happens("2026-11-14T06:02", IPS[0], "receiver", "gmail", "raised", to="broken")
    story.happens("2026-11-14T11:40", IPS[0], "dnsbl", "bl.example", "raised")
    story.happens("2026-11-16T09:00", IPS[0], "volume", "", "cleared", to="normal")
    story.happens("2026-11-17T01:30", IPS[0], "dnsbl", "bl.example", "cleared", to="clear")
    sheet = story.sheet(IPS[0])

    assert lanes(sheet) == ["bl.example", "gmail refuses", "volume unusual"]
    assert bands(sheet, "critical") == [[[at("2026-11-14T11:40"), at("2026-11-17T01:30")]],
                                        [[at("2026-11-14T04:17"), at("2026-11-16T09:00")]]]
    # what is open goes on until now
    assert bands(sheet, "block") == [[[at("2026-11-14T06:02"), int(NOW.timestamp())]]]
    assert 54000 <= sheet["canvas"]["high"] < 80000


def test_a_listing_that_worsens_changes_its_colour(story):
    story.sends(IPS[0], month())
    story.happens("2026-11-01T00:00", IPS[0], "dnsbl", "bl.example", "raised", severity="minor")
    story.happens("2026-11-05T00:00", IPS[0], "dnsbl", "bl.example", "escalated", severity="major")
    story.happens("2026-11-09T00:00", IPS[0], "dnsbl", "bl.example", "cleared", severity="major", to="clear")
    sheet = story.sheet(IPS[0])

    assert lanes(sheet) == ["bl.example"]
    assert bands(sheet, "minor") == [[[at("2026-11-01T00:00"), at("2026-11-05T00:00")]]]
    assert bands(sheet, "major") == [[[at("2026-11-05T00:00"), at("2026-11-09T00:00")]]]


def test_a_week_without_passes_is_blind(story):
    story.sends(IPS[0], month())
    story.passes(IPS[0], "2026-10-01T00:00", "2026-11-21T10:00", blind=[("2026-11-01T00:00", "2026-11-08T00:00")])
    sheet = story.sheet(IPS[0])

    assert lanes(sheet) == ["could not be asked"]
    (((begin, end),),) = bands(sheet, "blind")
    assert at("2026-11-01T00:00") < begin < at("2026-11-01T12:00")
    assert end == at("2026-11-08T00:00")


def test_a_warm_up_shows_its_plan(story):
    story.sends(IPS[0], month(days=20, usual=(50, 0, 0)))
    story.db.execute("INSERT INTO warmup VALUES (?, ?, 10000, 2.0, 50, '')", (IPS[0], civil(datetime.date(2026, 11, 10))))
    sheet = story.sheet(IPS[0], "--span", "30d")

    (plan,) = curves(sheet, "plan")
    assert steps(plan)[at("2026-11-09T00:00")] is None
    assert steps(plan)[at("2026-11-10T00:00")] == 50
    assert steps(plan)[at("2026-11-13T00:00")] == 400
    # nothing is known of what came before the first log
    assert steps(curves(sheet, "sent")[0])[at("2026-10-25T00:00")] is None


def test_twenty_listings_at_once_have_a_lane_each(story):
    story.sends(IPS[0], month())
    for number in range(20):
        story.happens(f"2026-11-{1 + number % 9:02d}T00:{number:02d}", IPS[0], "dnsbl", f"bl{number:02d}.example", "raised",
                      severity=["critical", "major", "minor"][number % 3])
    sheet = story.sheet(IPS[0])

    names = lanes(sheet)
    assert len(names) == 20 and set(names) == {f"bl{number:02d}.example" for number in range(20)}
    # the worst on top
    assert [int(name[2:4]) % 3 for name in names] == sorted(int(name[2:4]) % 3 for name in names)
    assert len([row for row in sheet["draw"] if row["kind"] == "band" and len(row["spans"]) == 1
                and row["spans"][0][1] == int(NOW.timestamp())
                and row["colour"] in (PAINT["critical"], PAINT["major"], PAINT["minor"])]) == 20


def test_a_pool_adds_up_and_its_grades_are_a_strip(story):
    for ip in IPS:
        story.sends(ip, month())
    story.passes(IPS[0], "2026-11-01T00:00", "2026-11-21T10:00")
    (first,) = story.db.execute("SELECT min(id) FROM pass").fetchone()
    story.db.execute("INSERT INTO sample VALUES (?, ?, 1, 0, 0, 1)", (story.id[IPS[1]], first))
    story.happens("2026-11-10T08:00", IPS[1], "dnsbl", "bl.example", "raised")
    story.happens("2026-11-12T08:00", IPS[1], "dnsbl", "bl.example", "cleared", to="clear")
    sheet = story.sheet("shared")
    assert steps(curves(sheet, "sent")[0])[at("2026-11-20T00:00")] == 2000
    assert lanes(sheet) == ["bl.example"]

    strip = story.sheet("shared", "--kind", "grades", "--span", "14d")
    assert lanes(strip) == IPS
    poor = bands(strip, "poor")
    assert poor == [[[at(f"2026-11-{day}T00:00"), at(f"2026-11-{day + 1}T00:00")] for day in (10, 11, 12)]]


def test_lists_out_of_order(story):
    for change, to, when in [("list-sick", "sick", "2026-11-10T00:00"), ("list-well", "ok", "2026-11-11T00:00")]:
        story.happens(when, "", "dnsbl", "sick.example", change, severity="minor", to=to)
    sheet = story.sheet("--kind", "lists", "--span", "30d")
    assert lanes(sheet) == ["sick.example"]
    assert bands(sheet, "critical") == [[[at("2026-11-10T00:00"), at("2026-11-11T00:00")]]]


def test_the_picture_is_svg_with_words_that_can_be_read(story):
    story.sends(IPS[0], month({datetime.date(2026, 11, 14): (40000, 9000, 5000)}))
    story.happens("2026-11-14T11:40", IPS[0], "dnsbl", "<b>&\x1b[31m.example", "raised")
    root = ElementTree.parse(story.draw("picture.svg", IPS[0])).getroot()
    space = "{http://www.w3.org/2000/svg}"
    texts = [row.text for row in root.findall(f"{space}text")]

    assert root.get("role") == "img"
    assert root.find(f"{space}title").text == "198.18.0.1 mail1: volume and reputation"
    assert "sent: 129,000" in root.find(f"{space}desc").text
    assert "<b>&\\x1b[31m.example" in texts
    # librrd drew something of every colour
    inside = ElementTree.tostring(root.find(f"{space}svg")).decode()
    assert inside.count("<svg:path") + inside.count("path") > 10


def test_the_picture_is_png_of_the_size_asked_for(story):
    story.sends(IPS[0], month())
    image = story.draw("picture.png", IPS[0], "--width", "1200", "--dark").read_bytes()
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", image[16:20])[0] == 1200


@pytest.mark.parametrize("words, says", [
    (["198.18.0.99", "-o", "x.svg"], "nothing is known of '198.18.0.99'"),
    (["198.18.0.1", "-o", "x.gif"], "ends with .svg or .png"),
    (["198.18.0.1"], "-o FILE.svg"),
    (["-o", "x.svg"], "say whose picture"),
    (["198.18.0.1", "-o", "x.svg", "--span", "9y"], "--span"),
    (["198.18.0.1", "-o", "x.svg", "--width", "10"], "--width"),
    (["198.18.0.1", "-o", "x.svg", "--kind", "pie"], "--kind"),
    (["198.18.0.1", "-o", "no/such/folder/x.svg"], "no/such/folder"),
])
def test_mistakes_are_said(story, words, says):
    result = story.repwatch("graph", *words, **story.clock())
    assert result.code == 2 and says in result.errors, result
    assert not pathlib.Path(story.repwatch.dir / "x.svg").exists()
