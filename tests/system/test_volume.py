"""Mail logs become counts: the right ones, on the right days, once."""

import bz2
import datetime
import gzip
import lzma
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

import maillogs
from monitored import log_of

IPS = [f"198.18.0.{n}" for n in range(1, 6)]
UTC = datetime.timezone.utc
NOW = datetime.datetime.now(UTC).replace(microsecond=0)
# A few days ago, so that nothing is too old to be kept in detail.
START = (NOW - datetime.timedelta(days=4)).replace(hour=0, minute=0, second=0)
DAY_S = 86400
REPLIES = os.path.join(os.path.dirname(__file__), "..", "..", "etc", "replies.conf")


def some_mails(count=3000, seconds=3 * DAY_S, **more):
    return list(maillogs.mails(more.pop("start", START), seconds, count, more.pop("ips", IPS),
                               more.pop("accounts", 50), **more))


def configure(repwatch, path="mail.log", kind="postfix", address="198.18.0.99", **more):
    entry = {"path": str(repwatch.dir / path), "format": kind, "address": address}
    if kind == "postfix":
        entry["by_service"] = [{"service": maillogs.service(IPS, ip), "address": ip} for ip in IPS]
    return repwatch.configure(["198.18.0.1"], maillogs=[entry], replies=os.path.abspath(REPLIES),
                              **more)


def put(repwatch, name, content):
    path = repwatch.dir / name
    path.write_bytes(content)
    return path


def imported(repwatch, *words, **more):
    result = repwatch("volume", "import", "--json", *words, **more)
    assert result.code == 0, result
    return result.json


def shown(repwatch, *words, outcomes=("sent", "deferred", "bounced")):
    """{address: {date: {outcome: count}}}"""
    result = repwatch("volume", "show", "--json", *words)
    assert result.code == 0, result
    return {view["address"]: {day["date"]: {word: day[word] for word in outcomes if day[word]}
                              for day in view["days"]}
            for view in result.json["addresses"]}


def assert_truth(document, messages, zone="UTC"):
    days, accounts = maillogs.truth(messages, zone)
    assert maillogs.counted_days(document) == maillogs.plain(days)
    assert maillogs.counted_accounts(document) == maillogs.plain(accounts)


# --- the counts ---

@pytest.mark.parametrize("kind, stamps", [("postfix", "rfc3339"), ("postfix", "rfc3164"),
                                          ("exim", "plain"), ("exim", "offset")])
def test_counts_are_the_truth(repwatch, kind, stamps):
    messages = some_mails()
    configure(repwatch, kind=kind)
    log = put(repwatch, "mail.log", maillogs.write(messages, kind, IPS, stamps=stamps))
    document = imported(repwatch, log)
    assert_truth(document, messages)
    assert document["lines"] == log.read_bytes().count(b"\n")
    assert document["unmatched_replies"] == 0
    assert list(document) == ["lines", "recognised", "unmatched_replies", "addresses", "accounts"]
    days, _accounts = maillogs.truth(messages)
    assert shown(repwatch) == maillogs.plain(days)


PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True,
                                       check=True).stdout,
}


@pytest.mark.parametrize("end", PACKERS)
def test_compressed_files_count_the_same(repwatch, end):
    if end == "zst" and not shutil.which("zstd"):
        pytest.skip("zstd is not installed")
    messages = some_mails(500)
    configure(repwatch)
    # The name says nothing; the bytes do.
    log = put(repwatch, "some-file", PACKERS[end](maillogs.write(messages, "postfix", IPS)))
    assert_truth(imported(repwatch, log), messages)


def test_standard_input_counts_the_same(repwatch):
    messages = some_mails(500)
    configure(repwatch)
    content = maillogs.write(messages, "postfix", IPS)
    assert_truth(imported(repwatch, "-", stdin=content), messages)
    again = repwatch("volume", "import", "-", stdin=gzip.compress(content))
    assert "counted already" in again.errors


def test_several_files_add_up(repwatch):
    messages = some_mails(900)
    configure(repwatch)
    names = [put(repwatch, f"mail.log.{i}", maillogs.write(messages[i::3], "postfix", IPS))
             for i in range(3)]
    assert_truth(imported(repwatch, *names), messages)


@pytest.mark.parametrize("zone, start", [
    ("Europe/Berlin", datetime.datetime(2026, 3, 27, tzinfo=UTC)),
    ("Europe/Berlin", datetime.datetime(2026, 10, 23, tzinfo=UTC)),
    ("Asia/Tokyo", datetime.datetime(2026, 3, 27, tzinfo=UTC)),
])
def test_days_are_the_operators_across_daylight_saving(repwatch, zone, start):
    messages = some_mails(4000, seconds=5 * DAY_S, start=start)
    configure(repwatch, kind="exim", timezone=zone)
    # The log's stamps are UTC, the operator's days are not.
    log = put(repwatch, "mail.log", maillogs.write(messages, "exim", IPS))
    assert_truth(imported(repwatch, "--timezone", "UTC", log), messages, zone)


def test_stamps_of_the_logs_own_zone(repwatch):
    # No hour that the clock shows twice: which of the two was meant, the log does not tell.
    messages = some_mails(2000, seconds=3 * DAY_S,
                          start=datetime.datetime(2026, 7, 1, tzinfo=UTC))
    configure(repwatch, kind="exim", timezone="UTC")
    log = put(repwatch, "mail.log", maillogs.write(messages, "exim", IPS, zone="America/New_York"))
    assert_truth(imported(repwatch, "--timezone", "America/New_York", log), messages)


def test_the_year_that_stamps_lack(repwatch):
    messages = some_mails(500, start=datetime.datetime(2021, 12, 30, tzinfo=UTC))
    configure(repwatch)
    content = maillogs.write(messages, "postfix", IPS, stamps="rfc3164")
    document = imported(repwatch, "--year", "2021", "--dry-run", put(repwatch, "a", content))
    assert_truth(document, messages)
    # A file that was last written to then says the same without help.
    old = put(repwatch, "b", content)
    written = messages[-1].at.timestamp()
    os.utime(old, (written, written))
    assert_truth(imported(repwatch, "--dry-run", old), messages)


# --- once ---

def test_a_file_counts_once_under_any_name(repwatch):
    messages = some_mails(500)
    configure(repwatch)
    content = maillogs.write(messages, "postfix", IPS)
    imported(repwatch, put(repwatch, "mail.log", content))
    once = shown(repwatch)
    for name, same in (("mail.log", content), ("mail.log.1", content),
                       ("mail.log.2.gz", gzip.compress(content))):
        result = repwatch("volume", "import", put(repwatch, name, same))
        assert result.code == 0 and "counted already" in result.errors, result
        assert shown(repwatch) == once
    imported(repwatch, "--again", repwatch.dir / "mail.log")
    twice = {ip: {date: {word: 2 * n for word, n in counts.items()}
                  for date, counts in dates.items()} for ip, dates in once.items()}
    assert shown(repwatch) == twice


def test_of_a_file_that_grew_only_the_rest_counts(repwatch):
    messages = some_mails(600)
    configure(repwatch)
    lines = maillogs.write(messages, "postfix", IPS, open_messages=0).splitlines(keepends=True)
    days, _accounts = maillogs.truth(messages)
    for part in (100, 101, 1500, len(lines)):
        log = put(repwatch, "mail.log", b"".join(lines[:part]))
        imported(repwatch, log)
    # Lines of one message may stand on both sides: the days hold, accounts may be fewer.
    assert shown(repwatch) == maillogs.plain(days)


def test_a_dry_run_records_nothing_and_needs_nothing(repwatch):
    messages = some_mails(300)
    log = put(repwatch, "mail.log", maillogs.write(messages, "exim", IPS))
    document = imported(repwatch, "--dry-run", "--address", "198.18.0.77", log, config=False)
    assert_truth(document, messages)  # the lines tell the address themselves
    configure(repwatch, kind="exim")
    assert_truth(imported(repwatch, "--dry-run", log), messages)
    assert not repwatch.state.exists()


# Long files have threads that read ahead and add up.
@pytest.mark.parametrize("count, parts", [(6000, 6), (80000, 2)], ids=["short", "long"])
def test_kills_lose_and_double_nothing(repwatch, count, parts):
    messages = some_mails(count)
    configure(repwatch)
    files = []
    for i in range(parts):
        part = messages[i * count // parts:(i + 1) * count // parts]
        files.append(put(repwatch, f"mail.log.{i}", maillogs.write(part, "postfix", IPS)))
    rng = random.Random(5)
    for _ in range(60):
        child = repwatch.start("volume", "import", *files)
        try:
            child.wait(rng.uniform(0.001, 0.08 if count < 10000 else 0.5))
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        child.communicate()
    assert repwatch("volume", "import", "-q", *files).code == 0
    days, _accounts = maillogs.truth(messages)
    assert shown(repwatch) == maillogs.plain(days)


# --- passes ---

def rotate(repwatch, how):
    """What logrotate does while nobody writes."""
    log = repwatch.dir / "mail.log"
    for n in range(8, 0, -1):
        for end in ("", ".gz"):
            if (repwatch.dir / f"mail.log.{n}{end}").exists():
                os.rename(repwatch.dir / f"mail.log.{n}{end}",
                          repwatch.dir / f"mail.log.{n + 1}{end}")
    if how == "copytruncate":
        shutil.copyfile(log, repwatch.dir / "mail.log.1")
        os.truncate(log, 0)
    else:
        os.rename(log, repwatch.dir / "mail.log.1")
    if how == "killed":
        # Between renaming and creating; a pass finds no log and reads the old one on.
        repwatch.run("--only", "maillog")
    if how in ("create", "killed", "compress"):
        log.touch()
    if how == "compress":
        subprocess.run(["gzip", repwatch.dir / "mail.log.1"], check=True)


# Times of files are set by whoever may, and clocks are put right: they tell nothing.
@pytest.mark.parametrize("step_s", [0, 2, -2], ids=["now", "ahead", "behind"])
@pytest.mark.parametrize("how", ["create", "copytruncate", "compress", "killed"])
def test_passes_follow_a_log_across_rotations(repwatch, how, step_s):
    messages = some_mails(2000)
    configure(repwatch)
    days, _accounts = maillogs.truth(messages)
    lines = maillogs.write(messages, "postfix", IPS).splitlines(keepends=True)
    log = repwatch.dir / "mail.log"
    rng = random.Random(how)
    at = 0
    written_at = time.time()

    def write(count):
        nonlocal at, written_at
        with open(log, "ab") as out:
            out.write(b"".join(lines[at:at + count]))
        at += count
        written_at += step_s
        if step_s:
            os.utime(log, (written_at, written_at))

    # What was rotated before the first pass is left to an import.
    log.touch()
    repwatch.run("--only", "maillog")
    while at < len(lines):
        part = rng.randrange(1, 400)
        write(part)
        for _ in range(rng.choice([0, 0, 1, 2])):
            rotate(repwatch, how)
            write(part)
        if rng.random() < 0.7:
            repwatch.run("--only", "maillog")
    repwatch.run("--only", "maillog")
    assert shown(repwatch) == maillogs.plain(days)
    # What the passes have read an import leaves alone.
    repwatch("volume", "import", *sorted(repwatch.dir.glob("mail.log*")))
    assert shown(repwatch) == maillogs.plain(days)


def test_what_was_rotated_before_the_first_pass_is_left_to_an_import(repwatch):
    messages = some_mails(900)
    configure(repwatch)
    for i, name in enumerate(["mail.log.2", "mail.log.1", "mail.log"]):
        put(repwatch, name, maillogs.write(messages[i::4], "postfix", IPS))
    repwatch.run("--only", "maillog")
    rotate(repwatch, "create")
    put(repwatch, "mail.log", maillogs.write(messages[3::4], "postfix", IPS))
    repwatch.run("--only", "maillog")
    days, _accounts = maillogs.truth(messages[2::4] + messages[3::4])
    assert shown(repwatch) == maillogs.plain(days)
    repwatch("volume", "import", *sorted(repwatch.dir.glob("mail.log*")))
    days, _accounts = maillogs.truth(messages)
    assert shown(repwatch) == maillogs.plain(days)


# --- whose address ---

def test_the_line_then_the_option_then_the_entry_tells_the_address(repwatch):
    messages = some_mails(200)
    configure(repwatch)
    content = maillogs.write(messages, "postfix", IPS)
    plain = content.replace(b"postfix-out", b"postfix/other-out")
    assert set(imported(repwatch, "--dry-run", put(repwatch, "a", plain))["addresses"]) == \
        {"198.18.0.99"}
    assert set(imported(repwatch, "--dry-run", "--address", "2001:DB8::7",
                        put(repwatch, "b", plain))["addresses"]) == {"2001:db8::7"}
    assert set(imported(repwatch, "--dry-run", "--address", "2001:db8::7",
                        put(repwatch, "c", content))["addresses"]) == {m.ip for m in messages}


def test_mail_of_no_known_address_is_unknown(repwatch):
    messages = some_mails(200)
    repwatch.configure(["198.18.0.1"], replies=os.path.abspath(REPLIES))
    log = put(repwatch, "mail.log", maillogs.write(messages, "postfix", IPS))
    result = repwatch("volume", "import", "--json", log)
    assert set(result.json["addresses"]) == {"unknown"}
    assert f"{len(messages)} deliveries" in result.errors


# --- what is shown ---

def test_show_chooses_addresses_and_days(repwatch):
    messages = some_mails(1000)
    configure(repwatch)
    imported(repwatch, put(repwatch, "mail.log", maillogs.write(messages, "postfix", IPS)))
    days, _accounts = maillogs.truth(messages)
    assert shown(repwatch, IPS[1], IPS[0]) == {ip: maillogs.plain(days[ip]) for ip in IPS[:2]}
    last = START + datetime.timedelta(days=2)
    age = (NOW.date() - last.date()).days + 1
    assert set(shown(repwatch, IPS[0], "--days", str(age))[IPS[0]]) == {last.strftime("%Y-%m-%d")}
    assert shown(repwatch, "192.0.2.1") == {"192.0.2.1": {}}
    text = repwatch("volume", "show", IPS[0]).text
    assert "SENT" in text and START.strftime("%Y-%m-%d") in text


def test_hostile_names_stay_text(repwatch):
    configure(repwatch, kind="exim")
    name = 'e"\x1b[31m<script>\xc3(\u202e'
    stamp = START.strftime("%Y-%m-%d %H:%M:%S")
    line = (f"{stamp} 1abcde-000001-Aa <= a@b.example H=c [192.0.2.9]:1 P=esmtpsa "
            f"A=plain:{name} S=1\n{stamp} 1abcde-000001-Aa => x@example.org R=r T=t "
            f"H=mx.example.org [203.0.113.1] I=[{IPS[0]}]:1 C=\"250 ok\"\n")
    log = put(repwatch, "mail.log", line.encode("utf-8", "surrogateescape"))
    text = repwatch("volume", "import", "--dry-run", log)
    assert "1 deliveries" in text.text and "\x1b" not in text.text and "\u202e" not in text.text
    assert imported(repwatch, log)["accounts"][0]["sent"] == 1


# --- what goes wrong ---

@pytest.mark.parametrize("words, says", [
    (["--format", "uucp", "x"], "--format"),
    (["--address", "300.1.1.1", "x"], "--address"),
    (["--year", "98", "x"], "--year"),
    (["--timezone", "Mars/Base", "x"], "Mars/Base"),
    (["nowhere.log"], "nowhere.log"),
    (["."], "folder"),
    ([], "FILE"),
])
def test_mistakes_are_said(repwatch, words, says):
    configure(repwatch)
    result = repwatch("volume", "import", *words)
    assert result.code == 2 and says in result.errors, result


@pytest.mark.parametrize("words", [["--days", "0"], ["--days", "x"], ["--days", "99999"], ["nix"]])
def test_show_says_what_it_cannot_show(repwatch, words):
    configure(repwatch)
    imported(repwatch, put(repwatch, "mail.log", maillogs.write(some_mails(20), "postfix", IPS)))
    assert repwatch("volume", "show", *words).code == 2


def test_a_damaged_file_leaves_nothing_and_stops_no_other(repwatch):
    messages = some_mails(3000)
    configure(repwatch)
    noise = random.Random(1).randbytes(400000).hex().encode()
    whole = maillogs.write(messages, "postfix", IPS)
    cut = gzip.compress(maillogs.write(some_mails(3000, seed=2), "postfix", IPS) + noise)
    bad = put(repwatch, "bad.gz", cut[:-1000])
    result = repwatch("volume", "import", "--json", bad, put(repwatch, "mail.log", whole))
    assert result.code == 2 and "bad.gz" in result.errors, result
    assert_truth(result.json, messages)
    days, _accounts = maillogs.truth(messages)
    assert shown(repwatch) == maillogs.plain(days)


def test_a_file_of_something_else_is_said(repwatch):
    configure(repwatch)
    result = repwatch("volume", "import", put(repwatch, "x", b"nothing of a mail server\n" * 50))
    assert result.code == 0 and "no line of" in result.errors, result
    result = repwatch("volume", "import", "--format", "exim",
                      put(repwatch, "y", maillogs.write(some_mails(50), "postfix", IPS)))
    assert "is that its format?" in result.errors, result


def test_two_imports_at_once_take_turns(repwatch):
    configure(repwatch)
    fifo = repwatch.dir / "fifo"
    os.mkfifo(fifo)
    first = repwatch.start("volume", "import", str(fifo))
    # Opening it waits until the first one reads, which it does with the lock held.
    with open(fifo, "wb"):
        result = repwatch("volume", "import", put(repwatch, "mail.log", b""))
        assert result.code == 75, result
    first.communicate(timeout=60)
    assert first.returncode == 0


# --- another generator's truth ---

GENERATOR = os.environ.get("REPWATCH_MAILLOG_GEN")


@pytest.mark.skipif(not GENERATOR, reason="REPWATCH_MAILLOG_GEN names no generator")
@pytest.mark.parametrize("kind", ["postfix", "exim", "sendmail", "qmail"])
def test_counts_are_the_truth_of_others(repwatch, kind):
    """A program that takes -M KIND -b BYTES -d DAYS -x TRUTH -t TRANSPORTS and writes a log."""
    log = repwatch.dir / "mail.log"
    with open(log, "wb") as out:
        subprocess.run([GENERATOR, "-M", kind, "-b", "20M", "-d", "3", "-x", "truth", "-t", "maps"],
                       stdout=out, cwd=repwatch.dir, check=True)
    maps = []
    if kind in ("postfix", "sendmail"):
        maps = [dict(zip(("service", "address"), row.split("\t")))
                for row in (repwatch.dir / "maps").read_text().splitlines()]
    entry = {"path": str(log), "format": kind, "address": "198.18.0.250"}
    if maps:
        entry["by_service"] = maps
    repwatch.configure(["198.18.0.1"], maillogs=[entry], replies=os.path.abspath(REPLIES))
    expected = {}
    for row in (repwatch.dir / "truth").read_text().splitlines():
        date, ip, _account, sent, deferred, bounced = row.split("\t")
        counts = expected.setdefault(ip, {}).setdefault(date, [0, 0, 0])
        for i, number in enumerate((sent, deferred, bounced)):
            counts[i] += int(number)
    document = imported(repwatch, "--dry-run", log)
    assert {ip: {date: [counts[word] for word in ("sent", "deferred", "bounced")]
                 for date, counts in dates.items()}
            for ip, dates in document["addresses"].items()} == expected


def test_bars_are_blocks_only_where_they_show(repwatch):
    repwatch.configure(["198.18.0.1"])
    done = repwatch("volume", "import", "--format", "postfix", "--address", "198.18.0.1", "-",
                    stdin=log_of({4: 8, 2: 1, 1: 4}))
    assert done.code == 0, done
    shown = repwatch.on_a_terminal("volume", "show", LC_ALL="C.UTF-8")
    assert "█ ▁▄" in shown and "█" * 30 in shown and "#" not in shown
    for text in (repwatch.on_a_terminal("volume", "show", LC_ALL="C"),
                 repwatch.on_a_terminal("volume", "show", LC_ALL="C.UTF-8", TERM="dumb"),
                 repwatch("volume", "show").text):
        assert text.isascii() and "#" * 30 in text
