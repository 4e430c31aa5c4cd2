"""What stands until it is called off: whatever becomes of an incident, nothing stays open at a pager
that is over, and nobody is called for what has ended. And a channel that comes later."""

import json

import pytest

import bed as beds
import peers
from hosts import IPS, ZONES, Host, needs_clock

pytestmark = needs_clock


class Pager:
    """PagerDuty, as its Events API says it keeps alerts."""

    def __init__(self):
        beds.need("nginx")
        self.server = peers.Nginx()
        self.read = 0

    def events(self):
        """(action, key) of all that came."""
        came = [json.loads(r["body"]) for r in self.server.requests() if r["status"] < 300]
        return [(each["event_action"], each["dedup_key"]) for each in came]

    def open(self):
        alerts = set()
        for action, key in self.events():
            (alerts.add if action == "trigger" else alerts.discard)(key)
        return alerts

    def stands(self, count):
        """The web server writes its log when it has answered."""
        beds.until(lambda: len(self.open()) == count, f"{count} alarms stand", limit_s=5)

    def heard(self, *actions):
        """What came since the last call."""
        beds.until(lambda: len(self.events()) >= self.read + len(actions), "events come", limit_s=5)
        new, self.read = self.events()[self.read:], len(self.events())
        assert tuple(action for action, _ in new) == actions


@pytest.fixture
def pager():
    pager = Pager()
    yield pager
    pager.server.stop()


def channel(pager, path):
    return {"name": "pager", "type": "pagerduty", "password_file": "key",
            "url": f"http://{pager.server.at}{path}"}


def paged(repwatch, bed, pager, path="/take", **alerts):
    host = Host(repwatch, bed, channels=[channel(pager, path)], **alerts)
    host.secret("key", "routing-key-of-the-pager")
    return host


def test_each_alarm_is_called_off(repwatch, bed, pager):
    host = paged(repwatch, bed, pager)
    host.run()
    host.lists(IPS[0])
    host.run()
    host.lists(IPS[0], on=1)
    host.run()
    pager.heard("trigger", "trigger")
    pager.stands(1)
    host.lists()
    host.lists(on=1)
    host.run()
    pager.heard("resolve")
    pager.stands(0)
    host.run()
    pager.heard()


def test_a_digest_is_called_off_when_all_of_it_ended(repwatch, bed, pager):
    host = paged(repwatch, bed, pager, digest_over=1)
    host.run()
    host.lists(IPS[0], IPS[1])
    assert ("pager", "digest", "") in host.run()
    pager.heard("trigger")
    host.lists(IPS[1])
    host.run()
    pager.stands(1)
    # What is told by a reminder of its own is an alarm of its own.
    host.run(hours=24)
    pager.stands(2)
    host.lists()
    host.run()
    pager.stands(0)


def test_many_ends_at_once_are_no_digest(repwatch, bed, pager):
    host = paged(repwatch, bed, pager, digest_over=2)
    host.run()
    for n in range(3):
        host.lists(*IPS[:n + 1])
        host.run()
    pager.stands(3)
    host.lists()
    host.run()
    host.run()
    pager.stands(0)
    assert ("noc", "digest") in [letter[:2] for letter in host.letters()]


def test_nobody_is_called_for_what_ended_before_it_arrived(repwatch, bed, pager):
    host = paged(repwatch, bed, pager, path="/code/503")
    host.run()
    host.lists(IPS[0])
    host.run()
    host.lists()
    host.run()
    host.channels[1] = channel(pager, "/take")
    host.configure(IPS)
    host.run(hours=12)
    # Whether the first attempt arrived nobody knows: calling off does no harm.
    pager.heard("resolve")


def test_what_begins_and_ends_in_one_pass_calls_nobody(repwatch, bed, pager):
    host = paged(repwatch, bed, pager)
    host.repwatch.conf.write_text(
        host.repwatch.conf.read_text().replace('stale_after = "30d"', 'stale_after = "3h"'))
    host.run()
    assert host.run(hours=9) == [("noc", "opened", "")]
    pager.heard()


def test_what_flaps_stands_until_its_end_is_told(repwatch, bed, pager):
    host = paged(repwatch, bed, pager)
    host.run()
    for n in range(8):
        host.lists(*([] if n % 2 else [IPS[0]]))
        host.run()
    pager.heard("trigger", "resolve", "trigger", "resolve")
    pager.stands(0)
    host.lists(IPS[0])
    host.run(hours=30)
    pager.stands(1)
    host.lists()
    host.run(hours=30)
    pager.stands(0)


def test_what_was_there_first_and_is_reminded_of_is_called_off(repwatch, bed, pager):
    host = paged(repwatch, bed, pager)
    host.lists(IPS[0])
    host.run()
    pager.heard()
    host.run(hours=25)
    pager.heard("trigger")
    host.lists()
    host.run()
    pager.heard("resolve")


def test_an_address_that_leaves_leaves_nothing(repwatch, bed, pager):
    host = paged(repwatch, bed, pager)
    host.run()
    host.lists(IPS[0])
    host.run()
    host.configure(IPS[1:])
    host.run()
    pager.heard("trigger", "resolve")


def test_quiet_hours_hold_no_end(repwatch, bed, pager):
    host = paged(repwatch, bed, pager)
    host.channels[1]["quiet_hours"] = "22:00-07:00"
    host.configure(IPS)
    host.run()
    host.lists(IPS[1], on=1)
    host.run(hours=19)
    pager.heard("trigger")
    host.lists(on=1)
    host.run()
    pager.heard("resolve")


def test_a_test_is_called_off(repwatch, bed, pager):
    host = paged(repwatch, bed, pager)
    assert host.repwatch("alerts", "test", "pager").code == 0
    pager.heard("trigger", "resolve")


# --- a channel that comes later ---

def chat(name):
    return {"name": name, "type": "slack", "url_file": "chat.url"}


def test_a_later_channel_hears_what_is_open_in_one_message(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    for n in range(4):
        host.lists(*IPS[:n + 1])
        assert host.run() == [("noc", "opened", IPS[n])]
    host.lists(*IPS[1:4])
    host.run()
    host.channels.append(chat("chat"))
    host.configure(IPS)
    assert host.run() == [("chat", "baseline", "")]
    body = host.bodies()[-1]
    assert [ip in body for ip in IPS[:5]] == [False, True, True, True, False]
    host.lists(*IPS[2:5])
    assert sorted(host.run()) == [("chat", "ended", IPS[1]), ("chat", "opened", IPS[4]),
                                  ("noc", "ended", IPS[1]), ("noc", "opened", IPS[4])]
    assert host.run() == []


def test_a_later_channel_hears_of_its_first_pass_too(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    host.lists(IPS[0])
    host.run()
    host.channels.append(chat("chat"))
    host.configure(IPS)
    host.lists(*IPS[:2])
    assert sorted(host.run()) == [("chat", "baseline", ""), ("chat", "opened", IPS[1]),
                                  ("noc", "opened", IPS[1])]


def test_a_later_channel_that_has_nothing_to_hear_hears_nothing(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    host.channels.append(chat("chat"))
    host.configure(IPS)
    assert host.run() == []
    host.lists(IPS[0])
    assert host.run() == [("noc", "opened", IPS[0]), ("chat", "opened", IPS[0])]


def test_a_channel_that_was_away_is_new(repwatch, bed):
    host = Host(repwatch, bed, channels=[chat("chat")])
    host.run()
    both = list(host.channels)
    del host.channels[1]
    host.configure(IPS)
    host.lists(IPS[0])
    assert host.run() == [("noc", "opened", IPS[0])]
    host.channels.append(both[1])
    host.configure(IPS)
    assert host.run() == [("chat", "baseline", "")]
    assert ZONES[0] in host.bodies()[-1]
