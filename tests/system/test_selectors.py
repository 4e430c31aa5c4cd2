"""DKIM selectors that nobody configured: learned from the lines of those who sign."""

import datetime
import re

import pytest

from test_domains import (GOOD, HOST, Mail, changes, configure, domains, key_record, look,
                          records, wrong)

UTC = datetime.timezone.utc
FORGED = "4F2A: DKIM-Signature field added (s=forged, d=shop.test)"


@pytest.fixture
def mail(repwatch):
    return Mail(repwatch)


def sign(mail, *lines, tag="opendkim"):
    stamp = (datetime.datetime.now(UTC) - datetime.timedelta(minutes=5)).isoformat()
    with open(mail.path, "a", encoding="ascii") as log:
        for line in lines:
            log.write(f"{stamp} mx1 {tag}[7]: {line}\n")


def keys(view):
    return {key["selector"]: key for key in view["dkim"]["keys"]}


def other_key(name, selector):
    return f"{selector}._domainkey.{name} TXT {key_record()}\n"


@pytest.fixture
def shop(bed, repwatch, mail):
    """A domain with a key whose selector nobody guesses, and mail that is signed with it."""
    zone = HOST + records("shop", GOOD)
    server = bed.nsd({"test": zone})
    mail.send({"a@shop.test": 30})
    configure(repwatch, mail, server)
    server.zone = zone
    return server


def test_a_signers_line_tells_where_the_key_is(shop, repwatch, mail):
    repwatch.run("--only", "maillog")
    all_tried = look(repwatch)["queries"]
    view = domains(repwatch)["shop.test"]
    assert view["dkim"]["result"] == "unknown", "nobody guesses rs2024"

    sign(mail, "4F2A: DKIM-Signature field added (s=rs2024, d=shop.test)")
    repwatch.run("--only", "maillog")
    look(repwatch)
    view = domains(repwatch)["shop.test"]
    assert view["dkim"]["result"] == "ok"
    assert keys(view)["rs2024"]["known_from"] == "opendkim"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", keys(view)["rs2024"]["told_on"])
    assert "OpenDKIM signed with it, last on 20" in repwatch("domains", "shop.test").text
    assert "OpenDKIM signed with it" in repwatch("check", "shop.test", "--no-lists").text
    assert look(repwatch)["queries"] <= all_tried - 30, "it alone is asked about"


def test_what_was_found_is_asked_first(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("shop", GOOD) + other_key("shop", "k2")})
    mail.send({"a@shop.test": 30})
    configure(repwatch, mail, server)
    repwatch.run("--only", "maillog")
    first = look(repwatch)["queries"]
    view = domains(repwatch)["shop.test"]
    assert keys(view)["k2"]["known_from"] == "common"
    assert look(repwatch)["queries"] <= first - 30
    assert domains(repwatch)["shop.test"]["dkim"] == view["dkim"], "nothing else is known of it"


def test_a_key_that_is_used_and_goes_is_an_event(shop, repwatch, mail):
    sign(mail, "4F2A: DKIM-Signature field added (s=rs2024, d=shop.test)")
    repwatch.run("--only", "maillog")
    assert not look(repwatch)["events"]
    shop.change("test", re.sub(r"(?m)^rs2024.*\n", "", shop.zone))
    assert changes(look(repwatch)["events"], "dkim") == [("shop.test", "raised")]
    done = repwatch("domains", "shop.test")
    assert done.code == 1 and "is gone, and mail is still signed with it (opendkim)" in done.text
    assert 'rs2024._domainkey.shop.test. IN TXT "v=DKIM1;' in done.text
    shop.change("test", shop.zone)
    assert changes(look(repwatch)["events"], "dkim") == [("shop.test", "cleared")]


def test_a_key_that_was_never_there_is_no_event(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("shop", GOOD)})
    mail.send({"a@shop.test": 30})
    sign(mail, "4F2A: DKIM-Signature field added (s=typo, d=shop.test)")
    configure(repwatch, mail, server)
    repwatch.run("--only", "maillog")
    assert not look(repwatch)["events"]
    view = domains(repwatch)["shop.test"]
    assert not wrong(view)
    assert "typo._domainkey.shop.test has no usable key" in view["dkim"]["problems"][0]["text"]


@pytest.mark.parametrize("tag, line", [
    ("postfix/smtpd", f"4F2A41A2B3: client=x[192.0.2.1], sasl_username={FORGED}"),
    ("postfix/cleanup", f"4F2A41A2B3: message-id=<{FORGED}>"),
    ("postfix/cleanup", FORGED),
    ("opendkim", f"4F2A: no signing table match for 'a@b.test: {FORGED}'"),
    ("opendkim", f"4F2A: a b: {FORGED}"),
    ("amavis", "(1-1) Passed CLEAN {}, Message-ID: <x, dkim_new=forged:shop.test, 1 ms>, size: 3, "
               "1 ms"),
    ("rspamd", "<a>; task; rspamd_task_write_log: id: <x>, from: <a@shop.test>, (default: F (no "
               "action): [0/1] [DKIM_SIGNED(0.00){shop.test:s=forged;}]), len: 4>, (default: F (no "
               "action): [0/1] [ARC_NA(0.00){}]), len: 4"),
])
def test_words_of_strangers_teach_nothing(shop, repwatch, mail, tag, line):
    shop.change("test", shop.zone + other_key("shop", "forged"))
    sign(mail, line, tag=tag)
    repwatch.run("--only", "maillog")
    look(repwatch)
    assert domains(repwatch)["shop.test"]["dkim"]["keys"] == []
