"""Requests to be taken off a list: whether to ask, what is written, and what passes make of it."""

import fcntl
import glob
import os
import signal
import struct

import pytest

import bed as beds
import senders
from agent import block_list
from bed import SOA, reversed4
from senders import at

FAKETIME = (sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")) or [""])[0]
pytestmark = [
    pytest.mark.skipif(not FAKETIME, reason="libfaketime is not installed"),
]

REPLIES = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../etc/replies.conf"))
ZONE, IP, OTHERS = "bl.test", "198.18.0.1", ["198.18.0.2", "198.18.0.3"]
THIEF = "info@customer03.example"
CUSTOMERS = [f"info@customer{n:02}.example" for n in range(6)]


class Host:
    """The program on a host whose clock says what the test says, and a list of its own."""

    def __init__(self, repwatch, bed, **entry):
        self.repwatch = repwatch
        self.log = repwatch.dir / "mail.log"
        self.log.touch()
        self.server = bed.rbldnsd([(ZONE, "ip4set", self.zone())])
        names = bed.fakedns([f"{reversed4(IP)}.in-addr.arpa PTR PTR=mail.shop.example",
                             f"mail.shop.example A A={IP}", "* * rcode=NXDOMAIN"])
        repwatch.configure(
            [{"address": IP, "pool": "shared"}, *OTHERS],
            [block_list(ZONE, name="Test BL", servers=[self.server.at],
                        **{"removal_by": "form", "removal_takes": "24h",
                           "removal_url": "https://bl.test/ask?ip={address}", **entry})],
            resolver=names.at, replies=REPLIES, stale_after="1d", volume={"floor": 200},
            maillogs=[{"path": str(self.log), "format": "postfix", "address": IP}])

    @staticmethod
    def zone(*listed):
        return (SOA + ":127.0.0.2:Listed, see https://bl.test/?$\n127.0.0.2\n" +
                "".join(f"{address}\n" for address in listed))

    def list_only(self, *listed):
        self.server.write("z0", self.zone(*listed))
        self.server.process.send_signal(signal.SIGHUP)
        code = 0 if IP in listed else 3
        beds.until(lambda: (beds.ask(self.server.port, f"{reversed4(IP)}.{ZONE}") or [9])[0] == code,
                   "rbldnsd reads its zone again")

    def __call__(self, now, *words):
        return self.repwatch(*words, LD_PRELOAD=FAKETIME, FAKETIME=f"@{now}:00",
                             FAKETIME_DONT_FAKE_MONOTONIC="1", DONT_FAKE_MONOTONIC="1")

    def run(self, now):
        done = self(now, "run", "--all", "--json")
        assert done.code in (0, 3), done
        return [(event["change"], event.get("subject", ""))
                for event in done.json["events"] if event["check"] in ("dnsbl", "receiver")]

    def note(self, now, *words):
        done = self(now, "delist", *words, "--json")
        assert done.code == 0, done
        return done.json

    def list(self, now, *words):
        done = self(now, "delist", "list", "--json", *words)
        assert done.code == 0, done
        return done.json

    def one(self, now, *words):
        found = self.list(now, *words)["requests"]
        assert len(found) == 1, found
        return found[0]


@pytest.fixture
def host(repwatch, bed):
    return Host(repwatch, bed)


@pytest.fixture
def listed(host):
    """On the list since a pass of the first of November."""
    host.list_only(IP)
    assert ("raised", ZONE) in host.run("2026-11-01 01:00")
    return host


# --- the ledger ---

def test_a_request_from_asking_to_coming_back(listed):
    host = listed
    view = host.one("2026-11-01 01:30")
    assert (view["address"], view["zone"], view["list"]) == (IP, ZONE, "Test BL")
    assert (view["state"], view["advice"], view["relisted"]) == ("open", "ask", 0)
    assert view["url"] == f"https://bl.test/ask?ip={IP}" and view["ptr"] == "mail.shop.example"
    assert "request" not in view and "ask_again_at" not in view

    row = host.note("2026-11-01 02:00", "asked", IP, ZONE, "--ticket", "T-4711", "--note", "by form")
    assert (row["state"], row["ticket"], row["note"], row["times"]) == ("asked", "T-4711", "by form", 1)
    view = host.one("2026-11-01 07:00")
    assert (view["state"], view["advice"]) == ("asked", "wait")
    assert view["why"][0] == "asked 5h 0m ago; again in 19h 0m at the earliest"
    assert view["ask_again_at"] == "2026-11-02T02:00:00+00:00"
    assert "Reference: T-4711" in view["texts"]["en"]

    assert host.run("2026-11-02 03:00") == []
    view = host.one("2026-11-02 03:00")
    assert (view["state"], view["advice"]) == ("asked", "ask")
    assert view["why"][0] == "asked 1d 1h ago, without an answer"
    row = host.note("2026-11-02 03:10", "asked", IP, ZONE.upper())
    assert (row["times"], row["ticket"]) == (2, "T-4711")
    row = host.note("2026-11-02 04:00", "answered", IP, ZONE, "--note", "soon")
    assert (row["state"], row["answer"]) == ("answered", "soon")

    host.list_only()
    assert ("cleared", ZONE) in host.run("2026-11-03 14:00")
    assert host.list("2026-11-03 14:00") == {"at": "2026-11-03T14:00:00+00:00", "requests": []}
    past = host.list("2026-11-03 14:00", "--history")
    assert [(row["state"], row["days"]) for row in past["history"]] == [("cleared", 2.5)]
    assert past["terms"] == [{"zone": ZONE, "requests": 1, "cleared": 1, "relisted": 0,
                              "median_days": 2.5}]

    host.list_only(IP)
    assert ("raised", ZONE) in host.run("2026-11-06 01:00")
    view = host.one("2026-11-06 01:00")
    assert (view["state"], view["advice"], view["relisted"]) == ("relisted", "ask", 1)
    assert view["request"]["relisted_at"] == "2026-11-06T01:00:00+00:00"
    assert any(reason.startswith("came back 1 time") for reason in view["why"])
    assert "Reference" not in view["texts"]["en"]

    row = host.note("2026-11-06 02:00", "asked", IP, ZONE)
    assert (row["state"], row["times"]) == ("asked", 1) and "ticket" not in row
    host.list_only()
    host.run("2026-11-07 02:00")
    past = host.list("2026-11-07 02:00", "--history")
    assert [(row["state"], row["days"]) for row in past["history"]] == [("relisted", 2.5),
                                                                       ("cleared", 1.0)]
    assert past["terms"][0]["median_days"] == 1.75
    text = host("2026-11-07 02:00", "delist", "list", "--history")
    assert text.code == 0 and "How long they took" in text.text and "1.8" in text.text, text


def test_a_list_nobody_could_ask_ends_no_request(listed):
    host = listed
    host.note("2026-11-01 02:00", "asked", IP, ZONE)
    host.server.stop()
    host.run("2026-11-02 01:00")
    host.run("2026-11-03 01:00")
    view = host.one("2026-11-03 01:00")
    assert (view["state"], view["advice"]) == ("asked", "look-first"), view
    assert "could not be asked" in view["why"][0]


def test_a_listing_nobody_saw_is_not_seen_to_end(host):
    host.run("2026-11-01 01:00")
    done = host("2026-11-01 02:00", "delist", "asked", IP, ZONE)
    assert done.code == 0 and "know of no such listing" in done.errors, done
    host.run("2026-11-02 01:00")
    past = host.list("2026-11-02 01:00", "--history")
    assert [row["state"] for row in past["history"]] == ["asked"]
    host.list_only(IP)
    host.run("2026-11-03 01:00")
    host.list_only()
    host.run("2026-11-04 02:00")
    past = host.list("2026-11-04 02:00", "--history")
    assert [(row["state"], row["days"]) for row in past["history"]] == [("cleared", 3.0)]


def test_what_was_recorded_by_mistake_is_dropped(listed):
    host = listed
    host.note("2026-11-01 02:00", "asked", IP, ZONE)
    host.note("2026-11-01 03:00", "drop", IP, ZONE)
    assert host.one("2026-11-01 03:00")["state"] == "open"
    again = host("2026-11-01 03:00", "delist", "drop", IP, ZONE)
    assert again.code == 2 and "no request for" in again.errors, again
    none = host("2026-11-01 03:00", "delist", "answered", IP, ZONE)
    assert none.code == 2 and "no request for" in none.errors, none


# --- whether to ask ---

def stolen(host, date, hour="10"):
    """Two usual months, and a thief's five hours."""
    server = senders.Server()
    for account in CUSTOMERS:
        server.days("2026-09-20", "2026-11-19", account, 20)
    server.send(at(f"{date} {hour}:00"), 5 * 3600, 3000, THIEF)
    with open(host.log, "ab") as log:
        log.write(server.log(server.take()))


def test_the_account_that_sends_on_is_named_first(host):
    stolen(host, "2026-11-20")
    host.list_only(IP)
    host.run("2026-11-20 15:05")
    view = host.one("2026-11-20 15:10")
    assert view["advice"] == "fix-first", view
    assert THIEF in view["why"][0] and "stop it first" in view["why"][0], view
    assert view["suspects"][0]["account"] == THIEF and view["suspects"][0]["today"] == 3000
    assert THIEF not in str(view["texts"]), view
    assert "[COMPLETE THIS LINE" in view["texts"]["en"]
    letter = host("2026-11-20 15:10", "delist", "list", "--text", IP, ZONE)
    assert letter.code == 0 and letter.text == view["texts"]["en"], letter
    assert "do not send this yet" in letter.errors and THIEF in letter.errors, letter

    # Nobody read the log since: its silence says nothing.
    assert host.one("2026-11-20 19:10")["advice"] == "fix-first"
    assert f"{THIEF} sent 3,000 yesterday, usually " in host.one("2026-11-21 03:10")["why"][0]
    done = host("2026-11-23 15:10", "delist", "list", "--json")
    assert done.code == 3 and done.json["requests"][0]["advice"] == "look-first", done

    # Four hours of silence: that is no cause that goes on.
    host.run("2026-11-20 19:05")
    view = host.one("2026-11-20 19:10")
    assert view["advice"] == "ask", view
    assert view["why"][0].startswith(f"{THIEF}, which stood out, sent "), view
    assert " and 3,000 today; in the last hours the whole address sent 0" in view["why"][0], view
    assert view["volume"]["recent"] == 0
    letter = host("2026-11-20 19:10", "delist", "list", "--text")
    assert letter.code == 0 and not letter.errors, letter
    # The next day the volume of the first is held against that of today.
    host.run("2026-11-22 01:05")
    view = host.one("2026-11-22 01:05")
    assert view["volume"]["then"] == {"date": "2026-11-20", "sent": 3000}, view
    assert view["volume"]["now"] == {"date": "2026-11-21", "sent": 0}, view


@pytest.mark.parametrize("entry, advice, says, has_text", [
    ({"removal_by": "expiry", "expires": "7d", "removal_costs": True}, "expires",
     "nobody can be asked: it ends by itself 7d 0h after the last hit", False),
    ({"removal_by": "paid", "removal_costs": True}, "not-advised", "they want money", False),
    ({"removal_by": "self-service", "removal_needs_ptr": True}, "ask", "no mail log tells", True),
])
def test_ways_to_be_removed(repwatch, bed, entry, advice, says, has_text):
    host = Host(repwatch, bed, **entry)
    host.list_only(IP)
    host.run("2026-11-01 01:00")
    view = host.one("2026-11-01 01:00")
    assert (view["advice"], "texts" in view) == (advice, has_text) and says in view["why"][0], view
    letter = host("2026-11-01 01:00", "delist", "list", "--text")
    assert letter.code == (0 if has_text else 2), letter
    assert has_text or "nobody can be written to" in letter.errors, letter


# --- receivers ---

def refusals(when, count):
    """docomo closes the connection on us."""
    return "".join(
        f"{when}:{number:02}+00:00 mx1 postfix/smtp[9]: AB{number:03}: to=<u{number}@docomo.ne.jp>, "
        f"relay=mfsmax.docomo.ne.jp[203.138.180.112]:25, delay=1, delays=0.1/0/0.3/0.6, dsn=4.4.2, "
        f"status=deferred (lost connection with mfsmax.docomo.ne.jp[203.138.180.112] while "
        f"receiving the initial server greeting)\n" for number in range(count))


def test_a_carrier_is_written_to_in_japanese(host):
    host.log.write_text(refusals("2026-11-20T10:00", 40))
    assert ("raised", "docomo") in host.run("2026-11-20 10:30")
    view = host.one("2026-11-20 10:30", "docomo")
    assert (view["check"], view["zone"], view["language"]) == ("receiver", "docomo", "ja"), view
    assert view["refused"] == 40 and view["refused_at"] == "2026-11-20T10:00:39+00:00"
    assert sorted(view["texts"]) == ["en", "ja"] and IP in view["texts"]["ja"]
    letter = host("2026-11-20 10:30", "delist", "list", "--text", "docomo")
    assert letter.text == view["texts"]["ja"] and "ご担当者様" in letter.text, letter
    row = host.note("2026-11-20 11:00", "asked", IP, "docomo")
    assert (row["check"], row["zone"]) == ("receiver", "docomo")
    taken = "".join(
        f"2026-11-22T10:00:{number:02}+00:00 mx1 postfix/smtp[9]: AC{number:03}: "
        f"to=<u{number}@docomo.ne.jp>, relay=mfsmax.docomo.ne.jp[203.138.180.112]:25, delay=1, "
        f"delays=0.1/0/0.3/0.6, dsn=2.0.0, status=sent (250 ok)\n" for number in range(40))
    with open(host.log, "a", encoding="utf-8") as log:
        log.write(taken)
    assert ("cleared", "docomo") in host.run("2026-11-22 11:00")
    past = host.list("2026-11-22 11:00", "--history", "docomo")
    assert [(row["state"], row["days"]) for row in past["history"]] == [("cleared", 2.0)]


# --- what goes wrong ---

@pytest.mark.parametrize("words, says", [
    (["asked", IP], "needs"),
    (["asked", "mail.example.org", ZONE], "'mail.example.org' is no address"),
    (["asked", "192.0.2.99", ZONE], "'192.0.2.99' is no configured address"),
    (["asked", IP, "bl.tset"], "'bl.tset' is neither the zone of a list"),
    (["asked", IP, ZONE, "--ticket", "x" * 1001], "--ticket is longer than 1000 bytes"),
    (["list", "gmial"], "'gmial' is no configured address, pool or name"),
    (["list", "--text", IP], "0 are chosen"),
])
def test_what_is_refused(host, words, says):
    host.run("2026-11-01 01:00")
    done = host("2026-11-01 01:00", "delist", *words)
    assert done.code == 2 and says in done.errors and not done.out, done


def test_without_rules_nothing_is_known_of_receivers(host):
    text = host.repwatch.conf.read_text()
    host.repwatch.conf.write_text("".join(line for line in text.splitlines(keepends=True)
                                          if not line.startswith("replies")))
    host.list_only(IP)
    host.run("2026-11-01 01:00")
    done = host("2026-11-01 01:00", "delist", "list")
    assert done.code == 0 and ZONE in done.text, done
    assert "replies.conf': nothing is known of receivers" in done.errors, done


def test_another_run_holds_the_lock(listed):
    host = listed
    with open(host.repwatch.state / "lock", "r+b") as lock:
        fcntl.fcntl(lock, fcntl.F_OFD_SETLK,
                    struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        busy = host("2026-11-01 02:00", "delist", "asked", IP, ZONE)
        assert busy.code == 75 and not busy.out, busy
        assert host.one("2026-11-01 02:00")["state"] == "open"  # looking needs no lock


def test_an_old_pass_is_said_to_be_old(listed):
    done = listed("2026-11-20 02:00", "delist", "list")
    assert done.code == 3 and "the last pass ended 19d 1h ago" in done.errors, done
    assert "bl.test" in done.text


def test_a_pool_and_a_zone_choose(listed):
    host = listed
    host.list_only(IP, OTHERS[0])
    host.run("2026-11-02 01:00")
    assert len(host.list("2026-11-02 01:00")["requests"]) == 2
    assert len(host.list("2026-11-02 01:00", ZONE)["requests"]) == 2
    assert host.one("2026-11-02 01:00", "shared")["address"] == IP
    assert host.one("2026-11-02 01:00", OTHERS[0], ZONE)["address"] == OTHERS[0]
    assert host.list("2026-11-02 01:00", "gmail")["requests"] == []
    text = host("2026-11-02 01:00", "delist", "list")
    assert text.code == 0 and "ADVICE" in text.text and "COMPLETE" not in text.text, text
    two = host("2026-11-02 01:00", "delist", "list", "--text")
    assert two.code == 2 and "2 are chosen" in two.errors, two
