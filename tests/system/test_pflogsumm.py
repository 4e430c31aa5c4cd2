"""What pflogsumm counts in a Postfix log, and why it is not always the same."""

import datetime
import os
import re
import shutil
import subprocess

import pytest

import senders

PFLOGSUMM = shutil.which("pflogsumm") or shutil.which("pflogsumm", path="/usr/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(not PFLOGSUMM, reason="pflogsumm is not installed")
REPLIES = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../etc/replies.conf"))
IP = "198.18.0.1"
WORDS = ("sent", "deferred", "bounced")
DAYS = 4
# Days of this year, because stamps have none and pflogsumm takes them for this year's.
FIRST = datetime.datetime.now(senders.UTC).replace(hour=0, minute=0, second=0, microsecond=0) \
    - datetime.timedelta(days=DAYS + 1)


def mail(seed=20):
    server = senders.Server(seed)
    seconds = DAYS * 86400
    server.send(FIRST, seconds, 900, "a@customer.example")
    server.send(FIRST, seconds, 70, "b@customer.example", "gmail", "rate of the address")
    server.send(FIRST, seconds, 50, "b@customer.example", "gmail", "no such user")
    server.send(FIRST, seconds, 30, "c@customer.example", "gmail", "spam from the address")
    return server, server.take()


def stamp(at):
    return f"{at:%b} {at.day:2} {at:%H:%M:%S}"


def inner(at, number, relay, program, status):
    """A delivery that does not leave the host, or an attempt that was not made."""
    ident = f"{0xA00000 + number:X}"
    head = f"{stamp(at)} mx1 postfix"
    return [f"{head}/qmgr[8]: {ident}: from=<a@customer.example>, size=900, nrcpt=1 (queue active)",
            f"{head}/{program}[9]: {ident}: to=<u{number}@example.org>, relay={relay}, delay=1, "
            f"delays=0.1/0/0.3/0.6, dsn=2.0.0, status={status} (250 2.0.0 Ok: queued as "
            f"{0xB00000 + number:X})"]


def summed(log):
    """{date: {outcome: count}} of pflogsumm's table of days."""
    done = subprocess.run([PFLOGSUMM, "--detail", "0", "--zero-fill", str(log)],
                          capture_output=True, check=True)
    days = {}
    row = re.compile(r"^    (\w{3} [ \d]\d \d{4})((?: +\d+[km]?){5})\s*$", re.M)
    for date, numbers in row.findall(done.stdout.decode()):
        _received, *counts, _rejected = map(int, numbers.split())
        day = datetime.datetime.strptime(date, "%b %d %Y")
        days[f"{day:%Y-%m-%d}"] = dict(zip(WORDS, counts))
    return days


def counted(repwatch, log):
    repwatch.configure([IP], replies=REPLIES,
                       maillogs=[{"path": str(log), "format": "postfix", "address": IP}])
    done = repwatch("volume", "import", "--json", "--dry-run", log)
    assert done.code == 0, done
    return {date: {word: counts[word] for word in WORDS}
            for date, counts in done.json["addresses"][IP].items()}


@pytest.mark.skipif(FIRST.year != datetime.datetime.now(senders.UTC).year,
                    reason="pflogsumm does not know last year")
def test_both_count_what_left(repwatch):
    server, messages = mail()
    log = repwatch.dir / "mail.log"
    log.write_bytes(server.log(messages, zone="UTC"))
    ours = counted(repwatch, log)
    assert ours == summed(log)
    truth = senders.truth(messages)
    assert {date: {word: n for word, n in counts.items() if n}
            for date, counts in ours.items()} == truth


@pytest.mark.skipif(FIRST.year != datetime.datetime.now(senders.UTC).year,
                    reason="pflogsumm does not know last year")
@pytest.mark.parametrize("relay, program, status, word", [
    ("local", "local", "sent", "sent"),
    ("mda", "pipe", "sent", "sent"),
    ("mail.inside.example[private/dovecot-lmtp]", "lmtp", "sent", "sent"),
    ("127.0.0.1[127.0.0.1]:10024", "smtp", "sent", "sent"),  # a filter, which sends it once more
    ("none", "error", "deferred", "deferred"),  # put off without an attempt
])
def test_pflogsumm_also_counts_what_stayed(repwatch, relay, program, status, word):
    server, messages = mail()
    log = repwatch.dir / "mail.log"
    log.write_bytes(server.log(messages, zone="UTC"))
    ours = counted(repwatch, log)
    extra = {date: 10 + number for number, date in enumerate(sorted(ours))}
    with open(log, "a", encoding="ascii") as out:
        number = 0
        for date, count in extra.items():
            at = datetime.datetime.fromisoformat(date + "T23:00:00")
            for _ in range(count):
                number += 1
                out.write("".join(line + "\n" for line in inner(at, number, relay, program, status)))
    assert counted(repwatch, log) == ours
    theirs = summed(log)
    for date, count in extra.items():
        assert theirs[date] == {**ours[date], word: ours[date][word] + count}
