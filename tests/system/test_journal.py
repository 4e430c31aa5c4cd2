"""The systemd journal as a mail log: its export, and its files as systemd's own program writes
them."""

import bz2
import datetime
import gzip
import os
import random
import shutil
import signal
import subprocess

import pytest

import maillogs
from test_volume import DAY_S, IPS, REPLIES, START, UTC, assert_truth, imported, put, shown, some_mails

REMOTE = "/lib/systemd/systemd-journal-remote"
needs_journal = pytest.mark.skipif(not os.access(REMOTE, os.X_OK),
                                   reason="systemd-journal-remote is not installed")


def configure(repwatch, path, **more):
    entry = {"path": path, "format": "postfix", "address": "198.18.0.99",
             "by_service": [{"service": maillogs.service(IPS, ip), "address": ip} for ip in IPS]}
    entry.update(more)
    repwatch.configure(["198.18.0.1"], maillogs=[entry], replies=os.path.abspath(REPLIES))
    if path.startswith("journal:") and "built without" in repwatch("config", "check").errors:
        pytest.skip("this repwatch was built without libsystemd")


def entries_of(messages, **more):
    return list(maillogs.entries(maillogs.write(messages, "postfix", IPS), **more))


def truth(messages):
    return maillogs.plain(maillogs.truth(messages)[0])


# --- the export ---

@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_an_export_counts_the_truth(repwatch, pack):
    messages = some_mails(2000)
    configure(repwatch, "mail.log")
    content = entries_of(messages)
    document = imported(repwatch, put(repwatch, "some-file", pack(b"".join(content))))
    assert_truth(document, messages)
    assert document["lines"] == len(content)
    assert shown(repwatch) == truth(messages)


def test_standard_input_and_no_configuration(repwatch):
    messages = some_mails(500)
    content = b"".join(entries_of(messages))
    document = imported(repwatch, "--dry-run", "--address", IPS[0], "-", stdin=content, config=False)
    assert set(document["addresses"]) == {IPS[0]}
    assert sum(sum(day.values()) for day in document["addresses"][IPS[0]].values()) == 500


def test_zone_and_year_are_certain(repwatch):
    messages = some_mails(300, start=datetime.datetime(2021, 12, 30, tzinfo=UTC))
    configure(repwatch, "mail.log")
    log = put(repwatch, "x", b"".join(entries_of(messages)))
    assert_truth(imported(repwatch, "--dry-run", "--year", "1999", "--timezone", "Asia/Tokyo", log),
                 messages)


def test_an_export_that_grew_counts_the_rest(repwatch):
    messages = some_mails(400)
    configure(repwatch, "mail.log")
    content = b"".join(maillogs.entries(
        maillogs.write(messages, "postfix", IPS, open_messages=0)))
    rng = random.Random(3)
    cuts = sorted(rng.sample(range(300, len(content)), 4))
    for cut in cuts:
        result = repwatch("volume", "import", put(repwatch, "x", content[:cut]))
        assert result.code == 0 and "is not complete" in result.errors, result
    imported(repwatch, put(repwatch, "x", content))
    assert shown(repwatch) == truth(messages)
    assert "counted already" in repwatch("volume", "import", repwatch.dir / "x").errors
    assert shown(repwatch) == truth(messages)


def test_an_export_is_followed_like_a_log(repwatch):
    messages = some_mails(500)
    configure(repwatch, str(repwatch.dir / "mail.export"))
    content = b"".join(entries_of(messages))
    rng = random.Random(4)
    at = 0
    while at < len(content):
        part = rng.randrange(1, 40000)
        with open(repwatch.dir / "mail.export", "ab") as out:
            out.write(content[at:at + part])
        at += part
        repwatch.run("--only", "maillog")
    assert shown(repwatch) == truth(messages)


def test_hostile_exports_are_read_past(repwatch):
    messages = some_mails(100)
    configure(repwatch, "x")  # no mail among its first bytes: the name tells whose it is
    good = b"".join(entries_of(messages))
    junk = (b"__CURSOR=x\n__REALTIME_TIMESTAMP=1\n\n"  # no message
            b"__CURSOR=x\nMESSAGE=no time\n\n"
            b"__CURSOR=x\n__REALTIME_TIMESTAMP=99999999999999999999\nMESSAGE\n" + bytes(8) + b"\n\n"
            b"__CURSOR=x\nCOREDUMP\n" + (3 << 20).to_bytes(8, "little") + bytes(3 << 20) + b"\n\n"
            b"__CURSOR=x\nMESSAGE\n" + b"\xff" * 8 + b"huge\n\n")
    result = repwatch("volume", "import", "--json", put(repwatch, "x", junk + good))
    assert result.code == 0 and "damaged in 1 place" in result.errors, result
    assert_truth(result.json, messages)


# --- the journal itself ---

def append(repwatch, content, name="journal/x.journal"):
    """Writes entries to a journal file, as a collector of journals does."""
    path = repwatch.dir / name
    path.parent.mkdir(exist_ok=True)
    part = put(repwatch, "part.export", b"".join(content))
    done = subprocess.run([REMOTE, "-o", path, part], capture_output=True, check=False)
    assert done.returncode == 0, done


@needs_journal
@pytest.mark.parametrize("path", ["journal", "journal/x.journal"])
def test_passes_count_each_entry_once(repwatch, path):
    messages = some_mails(1500)
    configure(repwatch, f"journal:{repwatch.dir / path}")
    content = entries_of(messages)
    rng = random.Random(path)
    at = 0
    while at < len(content):
        part = rng.randrange(1, 2500)
        append(repwatch, content[at:at + part])
        at += part
        for _ in range(rng.choice([0, 1, 2])):
            assert repwatch("run", "--only", "maillog").code == 0
    repwatch.run("--only", "maillog")
    assert shown(repwatch) == truth(messages)


@needs_journal
def test_a_host_that_sends_late_is_not_missed(repwatch):
    early, late = some_mails(400, seed=1), some_mails(400, seed=2, accounts=70)
    configure(repwatch, f"journal:{repwatch.dir / 'journal'}")
    parts = [entries_of(mails, host_name=name) for mails, name in ((early, "mx1"), (late, "mx2"))]
    names = ["journal/remote-mx1.journal", "journal/0123/remote-mx2.journal"]
    (repwatch.dir / "journal/0123").mkdir(parents=True)
    append(repwatch, parts[0], names[0])
    append(repwatch, parts[1][:500], names[1])
    repwatch.run("--only", "maillog")
    # All of it is older than what was read of the other one.
    append(repwatch, parts[1][500:], names[1])
    repwatch.run("--only", "maillog")
    repwatch.run("--only", "maillog")
    assert shown(repwatch) == truth(early + late)


@needs_journal
def test_one_damaged_file_does_not_close_the_others(repwatch):
    messages = some_mails(400)
    content = entries_of(messages)
    configure(repwatch, f"journal:{repwatch.dir / 'journal'}")
    append(repwatch, content, "journal/x.journal")
    put(repwatch, "journal/x@1-2-3.journal", b"LPKSHHRH" + bytes(400))
    result = repwatch("run", "--only", "maillog")
    assert "is damaged" in result.text, result
    assert shown(repwatch) == truth(messages)


@needs_journal
def test_what_journalctl_exports_counts_the_same(repwatch):
    messages = some_mails(500)
    configure(repwatch, "journal:")
    append(repwatch, entries_of(messages))
    done = subprocess.run(["journalctl", "-o", "export", "-D", repwatch.dir / "journal"],
                          capture_output=True, check=True)
    assert_truth(imported(repwatch, "-", stdin=done.stdout), messages)


@needs_journal
def test_an_export_of_what_passes_read_is_left_out(repwatch):
    messages = some_mails(500)
    content = entries_of(messages)
    configure(repwatch, f"journal:{repwatch.dir / 'journal'}")
    append(repwatch, content[:1000])
    repwatch.run("--only", "maillog")
    append(repwatch, content[1000:])
    done = subprocess.run(["journalctl", "-o", "export", "-D", repwatch.dir / "journal"],
                          capture_output=True, check=True)
    result = repwatch("volume", "import", "-", stdin=done.stdout)
    assert result.code == 0 and "were left out" in result.errors, result
    assert shown(repwatch) == truth(messages)
    # The other way round the pass cannot know; that is what the manual says.
    assert "counted already" in repwatch("volume", "import", "-", stdin=done.stdout).errors
    assert shown(repwatch) == truth(messages)


@needs_journal
def test_kills_between_lose_and_double_nothing(repwatch):
    messages = some_mails(3000)
    configure(repwatch, f"journal:{repwatch.dir / 'journal'}")
    content = entries_of(messages)
    rng = random.Random(6)
    for i in range(6):
        append(repwatch, content[i * len(content) // 6:(i + 1) * len(content) // 6])
        for _ in range(6):
            child = repwatch.start("run", "--only", "maillog")
            try:
                child.wait(rng.uniform(0.001, 0.15))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
            child.communicate()
    repwatch.run("--only", "maillog")
    assert shown(repwatch) == truth(messages)


@needs_journal
def test_other_facilities_are_left_alone_and_matches_choose(repwatch):
    messages = some_mails(300)
    ips = sorted({mail.ip for mail in messages})
    chosen = [f"SYSLOG_IDENTIFIER={maillogs.service(IPS, ip)}/smtp" for ip in ips[:2]]
    append(repwatch, [entry.replace(b"SYSLOG_FACILITY=2", b"SYSLOG_FACILITY=3")
                      for entry in entries_of(messages, binary_share=0)])
    configure(repwatch, f"journal:{repwatch.dir / 'journal'}")
    repwatch.run("--only", "maillog")
    assert shown(repwatch) == {}
    shutil.rmtree(repwatch.state)
    configure(repwatch, f"journal:{repwatch.dir / 'journal'}",
              matches=["SYSLOG_FACILITY=2", "+", "SYSLOG_FACILITY=3", *chosen])
    repwatch.run("--only", "maillog")
    assert shown(repwatch) == {ip: truth(messages)[ip] for ip in ips[:2]}


@needs_journal
def test_a_journal_that_lost_entries_says_so(repwatch):
    messages = some_mails(600, start=START + datetime.timedelta(days=2), seconds=DAY_S)
    first = [mail for mail in messages if mail.number < 300]
    rest = [mail for mail in messages if mail.number >= 300]
    configure(repwatch, f"journal:{repwatch.dir / 'journal'}")
    append(repwatch, entries_of(first))
    repwatch.run("--only", "maillog")
    # The file with what was read last is removed; what comes is younger than that pass.
    (repwatch.dir / "journal/x.journal").unlink()
    now = datetime.datetime.now(UTC) + datetime.timedelta(minutes=5)
    for mail in rest:
        mail.at = now.replace(microsecond=0)
    append(repwatch, entries_of(rest))
    result = repwatch("run", "--only", "maillog")
    assert result.code in (0, 3) and "no longer holds all" in result.text + result.errors, result
    assert shown(repwatch) == truth(messages)
    assert "no longer" not in repwatch("run", "--only", "maillog").text
    assert shown(repwatch) == truth(messages)


@needs_journal
def test_entries_of_a_removed_file_that_were_read_are_not_lost(repwatch):
    """Vacuuming takes what was counted; there is nothing to tell."""
    messages = some_mails(600)
    content = entries_of(messages)
    configure(repwatch, f"journal:{repwatch.dir / 'journal'}")
    append(repwatch, content[:900], "journal/x@1.journal")
    repwatch.run("--only", "maillog")
    append(repwatch, content[900:], "journal/x.journal")
    (repwatch.dir / "journal/x@1.journal").unlink()
    result = repwatch("run", "--only", "maillog")
    assert result.code == 0 and "no longer holds" not in result.text + result.errors, result
    assert shown(repwatch) == truth(messages)


@needs_journal
@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_journal_that_cannot_be_read_is_said(repwatch, name):
    (repwatch.dir / "empty").mkdir()
    configure(repwatch, f"journal:{repwatch.dir / name}")
    result = repwatch("run", "--only", "maillog")
    assert "journal" in result.text and name in result.text, result


@needs_journal
def test_a_damaged_journal_is_said(repwatch):
    messages = some_mails(600)
    configure(repwatch, f"journal:{repwatch.dir / 'journal'}")
    append(repwatch, entries_of(messages))
    path = repwatch.dir / "journal/x.journal"
    content = bytearray(path.read_bytes())
    end = len(content.rstrip(b"\0"))
    content[end - 200000:end - 180000] = bytes(20000)
    path.write_bytes(content)
    for _ in range(2):  # as long as it is so
        result = repwatch("run", "--only", "maillog")
        assert "is damaged" in result.text, result
    assert shown(repwatch)
