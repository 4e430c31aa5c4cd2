"""What passes make of the mail logs: who sends more than usual, who refuses it, once each."""

import glob
import gzip
import os
import random
import signal
import subprocess

import pytest

import agent
import bed as beds
import senders
from senders import at

FAKETIME = (sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")) or [""])[0]
pytestmark = [
    pytest.mark.skipif(not FAKETIME, reason="libfaketime is not installed"),
]

IP = "198.18.0.1"
REPLIES = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../etc/replies.conf"))
ZONE_TEXT = f":127.0.0.2:listed\n127.0.0.2\n{IP}\n"
NEWS, THIEF = "news@shop.example", "info@customer03.example"
CUSTOMERS = [f"info@customer{n:02}.example" for n in range(6)]
WEDNESDAY = [2]


class Host:
    """The program on a host whose clock says what the test says."""

    def __init__(self, repwatch, **more):
        self.repwatch = repwatch
        self.path = repwatch.dir / "mail.log"
        entry = {"path": str(self.path), "format": "postfix", "address": IP, **more.pop("log", {})}
        addresses = more.pop("addresses", [IP])
        more.setdefault("volume", {"floor": 200})
        repwatch.configure(addresses, maillogs=[entry], replies=REPLIES, **more)

    def write(self, content):
        with open(self.path, "ab") as log:
            log.write(content)

    @staticmethod
    def clock(now):
        return {"LD_PRELOAD": FAKETIME, "FAKETIME": f"@{now}:00", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1"}

    def __call__(self, now, *words):
        return self.repwatch(*words, **self.clock(now))

    def run(self, now, *words):
        """One pass; its events."""
        done = self(now, "run", "--json", *(words or ("--only", "maillog")))
        assert done.code in (0, 3), done
        return done.json["events"]

    def status(self, now):
        done = self(now, "status", "--json", IP)
        assert done.code in (0, 1, 3), done
        return done.json["addresses"][0]

    def days(self, now, outcomes=("sent", "deferred", "bounced")):
        done = self(now, "volume", "show", "--json", IP, "--days", "90")
        assert done.code == 0, done
        return {day["date"]: {word: day[word] for word in outcomes if day[word]}
                for day in done.json["addresses"][0]["days"]}


def habits(server, first="2026-09-20", last="2026-11-19"):
    """What is usual: every customer every day, and a newsletter on Wednesdays."""
    for account in CUSTOMERS:
        server.days(first, last, account, 20)
    server.days(first, last, NEWS, 700, WEDNESDAY)


@pytest.fixture(scope="module")
def past():
    """Two months of it: the messages and their log."""
    server = senders.Server()
    habits(server)
    messages = server.take()
    return messages, server.log(messages)


@pytest.fixture
def host(repwatch, past):
    """A pass at the end of two usual months, which has nothing to say."""
    host = Host(repwatch)
    host.write(past[1])
    assert host.run("2026-11-20 01:00") == []
    assert host.days("2026-11-20 01:00") == senders.truth(past[0])
    return host


def a_day(server, date):
    for account in CUSTOMERS:
        server.days(date, date, account, 20)


def only(events, check):
    found = [event for event in events if event["check"] == check]
    assert len(found) == 1, events
    return found[0]


# --- volume ---

def test_a_newsletter_as_every_week_is_nothing(repwatch, past):
    host = Host(repwatch)
    cut = [message for message in past[0] if message.at < at("2026-11-18 00:00")]
    host.write(senders.Server().log(cut))
    assert host.run("2026-11-18 00:30") == []
    server = senders.Server(2)
    server.number = 500000
    a_day(server, "2026-11-18")
    server.days("2026-11-18", "2026-11-18", NEWS, 720)
    host.write(server.log(server.take()))
    for now in ("2026-11-18 20:00", "2026-11-19 01:00"):
        assert host.run(now) == []
    view = host.status("2026-11-19 01:00")
    assert view["volume"]["level"] == "normal" and view["volume"]["yesterday"] > 700
    assert view["suspects"] == []


def test_a_stolen_password_is_a_spike_with_a_name(host):
    server = senders.Server(3)
    server.number = 500000
    a_day(server, "2026-11-20")
    server.send(at("2026-11-20 10:00"), 6 * 3600, 2500, THIEF)
    server.send(at("2026-11-20 10:00"), 6 * 3600, 500, THIEF, says="no such user")
    messages = server.take()
    host.write(server.log(messages))
    event = only(host.run("2026-11-21 01:00"), "volume")
    assert (event["address"], event["change"], event["to"]) == (IP, "raised", "spike"), event
    sent = sum(message.account == THIEF for message in messages)
    assert f"suspects: {THIEF} sent " in event["text"], event
    words = event["text"].split(f"{THIEF} sent ")[1]
    number, usual = (word.replace(",", "") for word in words.split(", usually ")[:2])
    # Counted are the last three days and what there is of today; a day of it is usually 20, and
    # until one in the morning hardly anything is.
    assert sent <= int(number) <= sent + 60 and 60 <= int(usual) <= 64, event
    assert event["text"].count("usually") - event["text"].count("usually bring") == 1, event

    view = host.status("2026-11-21 01:05")
    assert view["volume"]["level"] == "spike"
    assert view["suspects"][0]["account"] == THIEF and view["suspects"][0]["sent"] == int(number)
    text = host("2026-11-21 01:05", "status", IP)
    first = next(line for line in text.text.splitlines() if line.strip())
    assert THIEF in first and "usually" in first, text
    assert host.run("2026-11-21 02:00") == []  # said once


def test_today_is_told_up_to_the_minute(host):
    server = senders.Server(3)
    server.number = 500000
    server.send(at("2026-11-20 10:00"), 600, 3000, THIEF)
    host.write(server.log(server.take()))
    event = only(host.run("2026-11-20 10:17"), "volume")
    assert event["text"].startswith("sent 3,000 today by 10:17"), event


def a_theft():
    server = senders.Server(3)
    server.number = 500000
    a_day(server, "2026-11-20")
    server.send(at("2026-11-20 10:00"), 6 * 3600, 3000, THIEF)
    return server


def test_a_dry_run_tells_what_a_run_would(host):
    server = a_theft()
    messages = server.take()
    host.write(server.log(messages))
    before = (host.repwatch.state / "repwatch.db").read_bytes()
    dry = only(host.run("2026-11-21 01:00", "--only", "maillog", "--dry-run"), "volume")
    assert (host.repwatch.state / "repwatch.db").read_bytes() == before
    assert dry["to"] == "spike" and f"suspects: {THIEF} sent " in dry["text"], dry
    # Nothing was counted for good, and then everything once.
    assert only(host.run("2026-11-21 01:00"), "volume")["text"] == dry["text"]
    date = "2026-11-20"
    assert host.days("2026-11-21 01:00")[date] == senders.truth(messages)[date]


def test_a_first_dry_run_needs_no_database(repwatch, past):
    host = Host(repwatch)
    server = a_theft()
    host.write(past[1] + server.log(server.take()))
    dry = only(host.run("2026-11-21 01:00", "--only", "maillog", "--dry-run"), "volume")
    assert dry["to"] == "spike", dry
    assert not list(repwatch.state.rglob("*"))


def test_a_spike_ends(host):
    server = senders.Server(4)
    server.number = 500000
    a_day(server, "2026-11-20")
    server.send(at("2026-11-20 10:00"), 3600, 3000, THIEF)
    a_day(server, "2026-11-21")
    a_day(server, "2026-11-22")
    messages = server.take()
    host.write(server.log(messages))
    only(host.run("2026-11-21 01:00"), "volume")
    # The lines of the days after it stood in the log already; what counts is the clock.
    changes = [event["change"] for now in ("2026-11-22 01:00", "2026-11-23 01:00")
               for event in host.run(now) if event["check"] == "volume"]
    assert changes == ["cleared"]
    assert host.status("2026-11-23 01:00")["volume"]["level"] == "normal"


def test_a_spike_falls_before_it_ends(host):
    server = senders.Server(15)
    server.number = 500000
    a_day(server, "2026-11-20")
    server.send(at("2026-11-20 10:00"), 3600, 3000, THIEF)
    a_day(server, "2026-11-21")
    server.send(at("2026-11-21 10:00"), 3600, 600, THIEF)
    a_day(server, "2026-11-22")
    host.write(server.log(server.take()))
    told = []
    for now in ("2026-11-21 01:00", "2026-11-22 01:00", "2026-11-23 01:00"):
        event = only(host.run(now), "volume")
        told.append((event["change"], event["from"], event["to"], event["text"][:37]))
    assert [words[:3] for words in told] == [
        ("raised", "normal", "spike"), ("reminder", "spike", "elevated"),
        ("cleared", "elevated", "normal")], told
    assert told[1][3].startswith("volume fell from spike to elevated: "), told
    assert told[2][3].startswith("volume is in order again, with "), told


def test_an_incident_is_told_once_though_the_day_ends(host):
    server = senders.Server(13)
    server.number = 500000
    a_day(server, "2026-11-20")
    server.send(at("2026-11-20 10:00"), 3600, 3000, THIEF)
    host.write(server.log(server.take()))
    event = only(host.run("2026-11-20 19:00"), "volume")
    assert event["address"] == IP and THIEF in event["text"], event
    # Now it is the account's own yesterday that stands out.
    assert host.run("2026-11-21 01:00") == []
    a_day(server, "2026-11-21")
    host.write(server.log(server.take()))
    event = only(host.run("2026-11-22 01:00"), "volume")
    assert (event["address"], event["change"]) == (IP, "cleared"), event


def test_silence_is_said(host):
    # Nothing on Friday, where every day has mail.
    event = only(host.run("2026-11-21 01:00"), "volume")
    assert (event["change"], event["from"], event["to"]) == ("raised", "normal", "low"), event
    assert "sent 0 yesterday" in event["text"] and "suspects" not in event["text"], event
    view = host.status("2026-11-21 01:00")
    assert view["volume"]["level"] == "low" and view["grade"] != "GOOD", view
    reason = next(reason for reason in view["reasons"] if reason["check"] == "volume")
    assert (reason["finding"], reason["severity"]) == ("noted", "major"), reason
    assert "cold" not in host("2026-11-21 01:00", "status", IP).text
    assert host.run("2026-11-21 02:00") == []
    server = senders.Server(5)
    server.number = 500000
    a_day(server, "2026-11-21")
    host.write(server.log(server.take()))
    event = only(host.run("2026-11-21 20:00"), "volume")
    assert (event["change"], event["from"], event["to"]) == ("cleared", "low", "normal"), event
    assert event["text"].startswith("mail flows again, with "), event


def test_a_warm_up_is_held_to_its_plan(repwatch):
    host = Host(repwatch)
    planned = host("2026-11-16 00:10", "warmup", "plan", IP, "--target", "5000", "--first", "50",
                   "--growth", "2", "--json")
    assert planned.code == 0, planned
    server = senders.Server(6)
    for day, count in enumerate((50, 100, 200)):
        server.send(at(f"2026-11-{16 + day} 08:00"), 3600, count, CUSTOMERS[0])
    host.write(server.log(server.take()))
    assert host.run("2026-11-18 20:00") == []
    assert host.status("2026-11-18 20:00")["volume"]["level"] == "warm-up"
    server.send(at("2026-11-19 08:00"), 3600, 900, CUSTOMERS[0])
    host.write(server.log(server.take()))
    event = only(host.run("2026-11-19 20:00"), "volume")
    assert event["change"] == "raised" and "plan allows 400" in event["text"], event
    assert "900" in event["text"] and CUSTOMERS[0] in event["text"], event
    assert host.status("2026-11-19 20:00")["volume"]["level"] == "over-plan"


# --- receivers ---

def test_a_receiver_blocks_and_takes_mail_again(host):
    server = senders.Server(7)
    server.number = 500000
    a_day(server, "2026-11-20")
    host.write(server.log(server.take()))
    assert host.run("2026-11-20 19:30") == []
    server.send(at("2026-11-20 20:00"), 1800, 14, NEWS, "gmail", "rate of the address")
    server.send(at("2026-11-20 20:30"), 1800, 12, NEWS, "gmail", "spam from the address")
    messages = server.take()
    host.write(server.log(messages))
    event = only(host.run("2026-11-20 21:00"), "receiver")
    assert (event["address"], event["subject"], event["change"]) == (IP, "gmail", "raised"), event
    assert "gmail refuses its mail" in event["text"], event
    refused = [message.at for message in messages if message.says != "taken"]
    view = host.status("2026-11-20 21:00")["receivers"]["gmail"]
    assert view["blocked_since"] == refused[0].isoformat(), view
    assert view["refused"] == 26 and "unsolicited" in view["words"], view

    assert host.run("2026-11-20 21:30") == []  # silence ends nothing
    server.send(at("2026-11-20 22:00"), 1800, 10, NEWS, "gmail")
    host.write(server.log(server.take()))
    event = only(host.run("2026-11-20 23:00"), "receiver")
    assert event["change"] == "cleared" and "takes its mail again" in event["text"], event
    assert "blocked_since" not in host.status("2026-11-20 23:00")["receivers"]["gmail"]


def test_a_block_that_is_over_tells_how_long_it_was(host):
    server = senders.Server(14)
    server.number = 500000
    a_day(server, "2026-11-20")
    server.send(at("2026-11-20 20:00"), 60, 90, NEWS, "gmail", "rate of the address")
    host.write(server.log(server.take()))
    only(host.run("2026-11-20 21:00"), "receiver")
    # One pass reads more than the day on which it ended.
    a_day(server, "2026-11-21")
    a_day(server, "2026-11-22")
    host.write(server.log(server.take()))
    event = only(host.run("2026-11-22 21:30"), "receiver")
    assert event["change"] == "cleared" and event["text"].endswith("after 2d 1h"), event


def test_a_block_is_seen_when_a_whole_day_is_read_at_once(host):
    server = senders.Server(13)
    server.number = 500000
    a_day(server, "2026-11-20")
    server.send(at("2026-11-20 20:00"), 1800, 14, NEWS, "gmail", "rate of the address")
    host.write(server.log(server.take()))
    assert only(host.run("2026-11-21 01:00"), "receiver")["change"] == "raised"


def test_unknown_users_are_no_block(host):
    server = senders.Server(8)
    server.number = 500000
    a_day(server, "2026-11-20")
    server.send(at("2026-11-20 20:00"), 1800, 40, NEWS, "gmail", "no such user")
    host.write(server.log(server.take()))
    assert host.run("2026-11-21 01:00") == []
    view = host.status("2026-11-21 01:00")["receivers"]["gmail"]
    assert "blocked_since" not in view and view["bounced"] == 40


# --- together with the lists ---

def test_a_listing_names_who_may_have_caused_it(repwatch, past, bed):
    beds.need("rbldnsd")
    server = bed.rbldnsd([("bl.test", "ip4set", ZONE_TEXT)])
    host = Host(repwatch, resolver=server.at, catalogue=[agent.block_list("bl.test")])
    host.write(past[1])
    sender = senders.Server(9)
    sender.number = 500000
    a_day(sender, "2026-11-20")
    # Less than a spike of the whole, and far more than its own usual.
    sender.send(at("2026-11-20 10:00"), 3600, 130, THIEF)
    host.write(sender.log(sender.take()))
    events = host.run("2026-11-21 01:00", "--only", "maillog,lists")
    listing = only(events, "dnsbl")
    assert listing["subject"] == "bl.test" and listing["change"] == "raised", events
    # The newsletter of the same days was larger, and it is what comes every week.
    assert f"suspects: {THIEF} sent " in listing["text"] and NEWS not in listing["text"], listing


def test_only_chooses_the_parts(repwatch, past, bed):
    beds.need("rbldnsd")
    server = bed.rbldnsd([("bl.test", "ip4set", ZONE_TEXT)])
    host = Host(repwatch, resolver=server.at, catalogue=[agent.block_list("bl.test")])
    host.write(past[1])
    assert host.run("2026-11-20 01:00", "--only", "maillog") == []
    assert host.days("2026-11-20 01:00") == senders.truth(past[0])
    assert [event["check"] for event in host.run("2026-11-20 01:00", "--only", "lists")] == ["dnsbl"]


# --- once ---

def part_of(messages, count):
    size = len(messages) // count + 1
    return [messages[i * size:(i + 1) * size] for i in range(count)]


def rotate(host, generation):
    """As logrotate does with delaycompress."""
    older = host.repwatch.dir / "mail.log.1"
    if older.exists():
        packed = host.repwatch.dir / f"mail.log.{generation + 2}.gz"
        packed.write_bytes(gzip.compress(older.read_bytes(), 1))
        # The newest packed one has the lowest number.
        names = sorted(host.repwatch.dir.glob("mail.log.*.gz"), key=lambda p: p.stat().st_mtime_ns)
        for number, path in enumerate(reversed(names)):
            path.rename(host.repwatch.dir / f"moving.{number}")
        for number in range(len(names)):
            (host.repwatch.dir / f"moving.{number}").rename(
                host.repwatch.dir / f"mail.log.{number + 2}.gz")
    host.path.rename(older)
    host.path.touch()


def test_counts_are_exact_while_the_log_grows_and_turns(repwatch, past):
    host = Host(repwatch)
    server = senders.Server(10)
    for number, messages in enumerate(part_of(past[0], 24)):
        content = server.log(messages)
        # A line is written in two halves, with a pass between them.
        middle = len(content) // 2 + 17
        host.write(content[:middle])
        host.run("2026-11-20 01:00")
        host.write(content[middle:])
        if number % 3 == 1:
            rotate(host, number)
    host.run("2026-11-20 01:00")
    assert host.run("2026-11-20 01:00") == []
    assert host.days("2026-11-20 01:00") == senders.truth(past[0])


def test_killed_passes_lose_and_double_nothing(repwatch, past):
    host = Host(repwatch)
    server = senders.Server(11)
    rng = random.Random(11)
    killed = 0
    for number, messages in enumerate(part_of(past[0], 30)):
        host.write(server.log(messages))
        # What was rotated away before the first pass ended is not read, and on a busy machine
        # all others may be killed.
        if number == 0:
            host.run("2026-11-20 01:00")
        child = repwatch.start("run", "--quiet", "--only", "maillog", **host.clock("2026-11-20 01:00"))
        try:
            child.wait(rng.uniform(0.005, 0.06))
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            killed += 1
        child.communicate()
        if number % 7 == 3:
            rotate(host, number)
    host.run("2026-11-20 01:00")
    assert host.days("2026-11-20 01:00") == senders.truth(past[0])
    assert killed > 0


def refusals(addresses, stamp):
    """Of each address, by both large receivers."""
    said = [senders.SAYS["rate of the address"], senders.SAYS["spam from the address"]]
    for number, address in enumerate(addresses):
        for (_, host, ip), (status, code, reply) in zip((senders.MX["gmail"], senders.MX["microsoft"]),
                                                        said):
            for turn in range(6):
                yield (f"{stamp} mx1 postfix-{address}/smtp[7]: {number:06X}{turn}: "
                       f"to=<u@example.com>, relay={host}[{ip}]:25, delay=1, delays=0/0/0/1, "
                       f"dsn={code}, status={status} (host {host}[{ip}] said: {reply})\n")


def test_what_receivers_say_of_each_address_takes_its_own_room(repwatch):
    addresses = [f"198.18.{n // 250}.{n % 250}" for n in range(2000)]
    host = Host(repwatch, addresses=addresses)
    host.write("".join(refusals(addresses, "Nov 20 10:00:00")).encode())
    assert sum(event["check"] == "receiver" for event in host.run("2026-11-20 12:00")) >= 2000
    child = repwatch.start("run", "--quiet", "--only", "maillog", **host.clock("2026-11-20 12:05"))
    _, status, usage = os.wait4(child.pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 3)
    assert usage.ru_maxrss < 200 * 1024


# --- days ---

@pytest.mark.parametrize("first, last, now", [
    ("2026-10-23", "2026-10-27", "2026-10-28 12:00"),  # the day of 25 hours
    ("2027-03-26", "2027-03-30", "2027-03-31 12:00"),  # the day of 23
])
@pytest.mark.parametrize("stamps", ["with zone", "local"])
def test_days_that_are_no_24_hours(repwatch, first, last, now, stamps):
    zone = "Europe/Berlin"
    host = Host(repwatch, timezone=zone)
    server = senders.Server(12)
    begin = at(f"{first} 00:00")
    hours = int((at(f"{last} 00:00") - begin).total_seconds()) // 3600 + 24
    server.send(begin, hours * 3600, hours * 20, CUSTOMERS[0])
    messages = server.take()
    host.write(server.log(messages, zone=zone if stamps == "local" else None))
    assert [e for e in host.run(now) if e["check"] != "volume"] == []
    assert host.days(now) == senders.truth(messages, zone)

