"""What each channel sends, held to what its vendor documents; others' text must stay text."""

import email
import email.policy
import json
import os
import pathlib
import re
import subprocess
import unicodedata
import urllib.parse

import pytest

jsonschema = pytest.importorskip("jsonschema")

TOP = pathlib.Path(os.environ.get("TOP_SRCDIR", pathlib.Path(__file__).parents[2]))
PRINT = pathlib.Path(os.environ.get("TOP_BUILDDIR", "build")).resolve() / "tests/unit/print_letters"
SCHEMAS = {path.stem: json.loads(path.read_text())
           for path in (TOP / "tests/data/schemas").glob("*.json")}
SCHEMAS["command"] = SCHEMAS["webhook"]
WEEK_AND_FIRST_LOOK = {"weekly", "baseline"}
NO_LETTER = ({("pagerduty", sample) for sample in WEEK_AND_FIRST_LOOK | {"late"}} |
             {("alertmanager", "weekly")})

HOSTILE = {
    "crlf": b"a\r\nBcc: x@example.jp\r\n\r\nbody",
    "control": b"\x1b[2J\x1b]0;owned\x07\x08\x7f",
    "c1": "\x9b31m\x85\u2028".encode(),
    "bidi": "\u202etxt.exe\u2066\u200b".encode(),
    "slack": b"<!channel> <!everyone> <@U123> <https://evil.example|good> &lt;",
    "everyone": b"@everyone @here @all @channel _@all -@channel .@here",
    "markdown": b"[click](https://evil.example) **b** `c` # h > q ||s|| ~~x~~ :smile: ![i](http://e.example/i)",
    "chatwork": b"[To:all] [toall] [/title][/info][To:1] [code]",
    "format": b"%n%n%s%1$s%9$s%",
    "invalid": b"\xff\xfe\xc0\xaf\xed\xa0\x80\xf5",
    "cut": b"x" * 99 + "\u3042".encode() * 3000,
    "long": b"A" * 65536,
    "long_lines": b"word " * 13000,
    "json": b'"},{"x":"\\u0000\\',
    "words": b" lists it: ; it says: ; it says: ; suspects: ; suspects: ",
    "words_apart": b"; suspects: ; it says:  lists it: ",
    "empty": b"",
}


def letters(*arguments, text=b""):
    if not PRINT.exists():
        pytest.skip("the letters cannot be printed without cmocka's helpers")
    done = subprocess.run([PRINT, *arguments], input=text, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return [json.loads(line) for line in done.stdout.decode().split("\n") if line]


@pytest.fixture(scope="module")
def samples():
    return letters()


@pytest.fixture(scope="module", params=sorted(HOSTILE))
def hostile(request):
    return letters("--hostile", text=HOSTILE[request.param])


def held_to_schema(letter):
    document = json.loads(letter["body"])
    jsonschema.Draft7Validator(SCHEMAS[letter["channel"]]).validate(document)
    return document


def form_of(letter):
    fields = urllib.parse.parse_qs(letter["body"], strict_parsing=True)
    return fields["body"][0]


def hidden(text):
    """Characters that a screen could take for a command."""
    return [hex(ord(c)) for c in text
            if c not in "\n\u2060" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]


def strings(document):
    if isinstance(document, str):
        yield document
    for value in document.values() if isinstance(document, dict) else \
            document if isinstance(document, list) else ():
        yield from strings(value)


def check_mail(letter):
    message = email.message_from_bytes(letter["message"].encode("ascii"),
                                       policy=email.policy.SMTP.clone(raise_on_defect=True))
    assert not message.defects
    assert message["Subject"] == letter["subject"] or \
        message["Subject"].split() == letter["subject"].split()
    assert message["From"] == "repwatch <repwatch@example.jp>"
    assert message["To"] == "noc@example.jp"
    assert message["Bcc"] is None
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.isoformat() == "2026-11-21T10:00:00+09:00"
    assert re.fullmatch(r"<[0-9a-z]{20}\.\d+@[A-Za-z0-9.-]+>", message["Message-ID"])
    assert message.get_content().replace("\r\n", "\n") == letter["body"]
    assert not hidden(letter["body"]) and not hidden(letter["subject"])
    lines = letter["message"].split("\r\n")
    assert all("\n" not in line and "\r" not in line and len(line) <= 998 for line in lines)


def check_slack(letter):
    for text in strings(held_to_schema(letter)):
        assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", text)
        assert not re.search(r"(?<![A-Za-z0-9])@(channel|here|everyone)\b", text)


def check_mattermost(letter):
    for text in strings(held_to_schema(letter)):
        assert not re.search(r"(?<![A-Za-z0-9])@(channel|here|all)\b", text)
        assert not re.search(r"(?<!\\)(\\\\)*\]\(", text)


def check_discord(letter):
    text = held_to_schema(letter)["content"]
    assert not re.search(r"(?<![A-Za-z0-9])@(everyone|here)\b", text)
    assert not re.search(r"(?<!\\)(\\\\)*\]\(", text)


def check_teams(letter):
    held_to_schema(letter)
    assert len(letter["body"].encode()) <= 28 * 1024


def check_chatwork(letter):
    text = form_of(letter)
    assert re.fullmatch(r"\[info\]\[title\][^\[\]]*\[/title\][^\[\]]*\[/info\]", text)
    assert len(text) < 5000


CHECKS = {
    "mail": check_mail, "slack": check_slack, "mattermost": check_mattermost,
    "discord": check_discord, "teams": check_teams, "chatwork": check_chatwork,
    "pagerduty": held_to_schema, "alertmanager": held_to_schema, "webhook": held_to_schema,
    "command": held_to_schema,
}


def check(letter):
    assert letter["content_type"] == {
        "mail": "text/plain; charset=utf-8",
        "chatwork": "application/x-www-form-urlencoded",
    }.get(letter["channel"], "application/json")
    CHECKS[letter["channel"]](letter)


@pytest.mark.parametrize("channel", sorted(CHECKS))
def test_each_alert_is_what_the_channel_takes(samples, channel):
    mine = [letter for letter in samples if letter["channel"] == channel]
    assert len(mine) == 42
    for letter in mine:
        if (channel, letter["sample"]) in NO_LETTER:
            assert letter["body"] == ""
        else:
            check(letter)


@pytest.mark.parametrize("channel", sorted(CHECKS))
def test_hostile_text_stays_text(hostile, channel):
    mine = [letter for letter in hostile if letter["channel"] == channel]
    assert len(mine) == 2
    for letter in mine:
        check(letter)


def test_threads_and_states_follow_the_incident(samples):
    by_name = {(letter["sample"], letter["channel"]): letter
               for letter in samples if letter["language"] == "en"}
    opened = email.message_from_string(by_name["opened", "mail"]["message"])
    ended = email.message_from_string(by_name["ended", "mail"]["message"])
    assert ended["In-Reply-To"] == opened["Message-Id"]
    assert ended["References"] == opened["Message-Id"]
    page = {name: json.loads(by_name[name, "pagerduty"]["body"]) for name in ("opened", "ended")}
    assert page["opened"]["event_action"] == "trigger"
    assert page["ended"]["event_action"] == "resolve"
    assert page["opened"]["dedup_key"] == page["ended"]["dedup_key"]
    state = {name: json.loads(by_name[name, "alertmanager"]["body"])[0]
             for name in ("opened", "reminder", "ended")}
    assert state["opened"]["labels"] == state["reminder"]["labels"] == state["ended"]["labels"]
    assert state["opened"]["endsAt"] == "2026-11-21T11:00:00+09:00"
    assert state["ended"]["endsAt"] == "2026-11-21T10:00:00+09:00"


def test_the_culprit_is_in_the_first_line(samples):
    for letter in samples:
        if letter["sample"] == "opened" and letter["channel"] == "mail":
            assert "48,200" in letter["subject"]
            assert "user@example.jp" in letter["body"].split("\n")[0]
