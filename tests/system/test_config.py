"""Every mistake in a configuration is told at once, with file, line and what to do."""

import os
import re

import pytest

GOOD = """\
state_dir = "state";
timezone = "UTC";
resolver = {
  servers = [ "127.0.0.1:9" ];
  timeout = "1s";
  deadline = "10s";
};
lists = {
  catalogue = "lists.conf";
  confirm = 2;
};
addresses = (
  { address = "198.18.0.10"; name = "a"; helo = "a.example"; pool = "p"; },
  { address = "198.18.1.0/28"; }
);
"""

GOOD_LISTS = """\
catalogue = (
  { zone = "bl.test"; name = "BL"; covers = [ "ip4" ]; kind = "block";
    severity = "major";
    codes = ( { code = "127.0.0.2"; means = "listed"; } );
    every = "1h"; },
  { zone = "<KEY>.dq.test"; covers = [ "ip4" ]; kind = "block"; severity = "minor";
    codes = ( { code = "127.0.0.4"; means = "also"; } ); needs_key = "k";
    every = "2h"; }
);
retired = (
  { zone = "*.dead.test"; reason = "gone"; }
);
"""


class Mistake:
    """`old` becomes `new`; the message names the line `new` begins in, and says `word`."""

    def __init__(self, old, new, word, file="repwatch.conf"):
        self.old, self.new, self.word, self.file = old, new, word, file


def lists(old, new, word):
    return Mistake(old, new, word, "lists.conf")


KEYS = 'confirm = 2;\n  keys = ( { name = "k"; key_file = "%s"; } );'

MISTAKES = {
    # the language
    "a semicolon too few": Mistake('timeout = "1s";', 'timeout = = "1s";', "syntax"),
    "a string without end": Mistake('"1s";', '"1s;', ""),
    "an unknown setting": Mistake("timezone =", "timezon =", "timezon"),
    "an unknown setting in a section": Mistake("timeout =", "timeuot =", "timeuot"),
    "an unknown setting of an address": Mistake("pool =", "pol =", "pol"),
    "a setting twice": Mistake('timeout = "1s";', 'timeout = "1s"; timeout = "2s";', ""),
    "a number for a text": Mistake('timezone = "UTC"', "timezone = 9", "timezone"),
    "a text for a number": Mistake("confirm = 2", 'confirm = "two"', "confirm"),
    "a group for a text": Mistake('timezone = "UTC"', "timezone = { a = 1; }", "timezone"),
    "a text for a section": Mistake("resolver = {\n", 'volume = "much";\nresolver = {\n', "volume"),
    "texts for groups": Mistake('  { address = "198.18.1.0/28"; }', '  "198.18.1.0"', "addresses"),
    "a file that is not there": Mistake('state_dir =', '@include "none.conf"\nstate_dir =', "none"),
    # values
    "a zone of time nobody knows": Mistake('"UTC"', '"Asia/Tokio"', "Asia/Tokio"),
    "a duration without a unit": Mistake('"1s"', '"30"', "unit"),
    "a duration below zero": Mistake('"1s"', '"-1s"', "timeout"),
    "a duration that is too short": Mistake('"1s"', '"1ms"', "100ms"),
    "a duration that is too long": Mistake('"10s"', '"1000d"', "deadline"),
    "a duration with a blank": Mistake('"1s"', '"1 s"', "timeout"),
    "a number that is too large": Mistake("confirm = 2", "confirm = 2000", "confirm"),
    "a number that is too small": Mistake("confirm = 2", "confirm = 0", "confirm"),
    "a fraction where none may be": Mistake("confirm = 2", "confirm = 1.5", "confirm"),
    "a share above one": Mistake("confirm = 2", "breaker = 1.5", "breaker"),
    "an empty state folder": Mistake('state_dir = "state"', 'state_dir = ""', "state_dir"),
    "no address for a resolver": Mistake('"127.0.0.1:9"', '"ns.example"', "ns.example"),
    "a port that is none": Mistake('"127.0.0.1:9"', '"127.0.0.1:70000"', "70000"),
    "an IPv6 resolver without brackets": Mistake('"127.0.0.1:9"', '"::1:53:"', "::1:53:"),
    "a timeout longer than the deadline": Mistake('"1s"', '"20s"', "deadline"),
    # addresses
    "no address at all": Mistake('{ address = "198.18.0.10"; name', "{ name", "address"),
    "an octet too large": Mistake("198.18.0.10", "198.18.0.256", "198.18.0.256"),
    "three octets": Mistake("198.18.0.10", "198.18.0", "198.18.0"),
    "leading zeros": Mistake("198.18.0.10", "198.18.0.010", "198.18.0.010"),
    "bits behind the mask": Mistake("198.18.1.0/28", "198.18.1.1/28", "198.18.1.1/28"),
    "a mask of 33": Mistake("198.18.1.0/28", "198.18.1.0/33", "198.18.1.0/33"),
    "a block as large as the world": Mistake("198.18.1.0/28", "0.0.0.0/0", "0.0.0.0/0"),
    "an address twice": Mistake("198.18.1.0/28", "198.18.0.10", "198.18.0.10"),
    "an address in a block": Mistake("198.18.1.0/28", "198.18.0.0/24", "198.18.0.0/24"),
    "a HELO that is no host": Mistake('"a.example"', '"a example"', "helo"),
    # keys
    "a key file that is not there": Mistake("confirm = 2;", KEYS % "none.key", "none.key"),
    "a key file others may read": Mistake("confirm = 2;", KEYS % "open.key", "open.key"),
    "a key file that is a link": Mistake("confirm = 2;", KEYS % "link.key", "link.key"),
    "an empty key file": Mistake("confirm = 2;", KEYS % "empty.key", "empty.key"),
    "a key that is no label": Mistake("confirm = 2;", KEYS % "odd.key", "odd.key"),
    # lists
    "a zone to disable that is none": Mistake("confirm = 2;",
                                              'confirm = 2;\n  disable = [ "bl.tset" ];', "bl.tset"),
    "a catalogue that is not there": Mistake('"lists.conf"', '"none.conf"', "none.conf"),
    # the catalogue
    "an unknown word of a list": lists("every =", "evry =", "evry"),
    "a list without a zone": lists('zone = "bl.test"; ', "", "zone"),
    "a list that covers nothing": lists('covers = [ "ip4" ]; ', "", "covers"),
    "a list that covers what nobody knows": lists('"ip4"', '"ip5"', "ip5"),
    "a kind nobody knows": lists('"block"', '"black"', "black"),
    "a severity nobody knows": lists('"major"', '"huge"', "huge"),
    "a code that is no address": lists('"127.0.0.2"', '"127.0.0"', "127.0.0"),
    "a code outside 127/8": lists('"127.0.0.2"', '"128.0.0.2"', "128.0.0.2"),
    "a range that runs backwards": lists('"127.0.0.2"', '"127.0.0.9-2"', "127.0.0.9-2"),
    "a code range beyond 255": lists('"127.0.0.2"', '"127.0.0.2-256"', "127.0.0.2-256"),
    "a bit that is three": lists('"127.0.0.2"', '"&3"', "&3"),
    "a code without a meaning": lists(' means = "listed";', "", "means"),
    "an interval of nothing": lists('"1h"', '"0s"', "every"),
    "a budget below zero": lists('every = "1h";', 'every = "1h"; day_budget = -1;', "day_budget"),
    "a server that is a name": lists('every = "1h";', 'every = "1h"; servers = [ "x" ];', "x"),
    "a test entry that is no address": lists('every = "1h";', 'every = "1h"; test = "x";', "test"),
    "a list that retired": lists('"bl.test"', '"bl.dead.test"', "gone"),
    "a list twice": lists("catalogue = (\n", 'catalogue = (\n  { zone = "BL.test"; covers = [ "ip4" ]; '
                          'kind = "block"; every = "1h"; },\n', "bl.test"),
    "a zone with a label too long": lists('"bl.test"', f'"{"x" * 64}.test"', "xxx"),
    "a key nobody set": lists('every = "1h";', 'every = "1h"; needs_key = "nokey";', "<KEY>"),
}


@pytest.fixture
def folder(repwatch):
    for name, mode, text in (("open.key", 0o644, "k\n"), ("empty.key", 0o600, ""),
                             ("good.key", 0o600, "k\n"), ("odd.key", 0o600, "a b.c\n")):
        path = repwatch.dir / name
        path.write_text(text)
        path.chmod(mode)
    (repwatch.dir / "link.key").symlink_to("good.key")
    repwatch.conf.write_text(GOOD)
    repwatch.catalogue.write_text(GOOD_LISTS)
    return repwatch


def line_of(text, part):
    return text[:text.index(part)].count("\n") + 1


def test_the_good_one_is_good(folder):
    result = folder("config", "check")
    assert result.code == 0, result


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(folder, name):
    mistake = MISTAKES[name]
    path = folder.dir / mistake.file
    text = path.read_text()
    assert mistake.old in text
    path.write_text(text.replace(mistake.old, mistake.new, 1))
    at = text.index(mistake.old)
    first = text[:at].count("\n") + 1
    last = first + max(mistake.new.count("\n"), 1)
    result = folder("config", "check")
    assert result.code == 2, result
    assert not folder.state.exists()
    lines = result.errors.splitlines()
    told = [int(number) for number in re.findall(rf"{re.escape(mistake.file)}:(\d+)", result.errors)]
    assert any(first <= number <= last for number in told), (first, last, result)
    assert mistake.word.lower() in result.errors.lower(), result
    assert lines[0].startswith(("repwatch: ", str(path), mistake.file)), result


RULES = """\
receivers = ( { name = "campus"; mx = [ "mx.campus.example" ]; } );
rules = (
  { name = "a"; receiver = "campus"; codes = "550"; cause = "policy"; },
  { name = "b"; pattern = "on our list"; cause = "ip-block"; }
);
"""


@pytest.mark.parametrize("old, new, line, word", [
    ('"550"', '"57"', 3, "57"), ('"policy"', '"polcy"', 3, "polcy"),
    ('"on our list"', '"on our (list"', 4, "parenthesis"), ('"b"', '"a"', 4, "twice"),
    ('receiver = "campus"', 'receiver = "capmus"', 3, "capmus"), ("rules =", "rulse =", 2, "rulse"),
    ("receivers = (", "receivers = ( (", 1, ""),
])
def test_reply_rules_are_checked(folder, old, new, line, word):
    (folder.dir / "own.conf").write_text(RULES)
    folder.conf.write_text(GOOD + 'replies = [ "own.conf" ];\n')
    assert folder("config", "check").code == 0
    (folder.dir / "own.conf").write_text(RULES.replace(old, new, 1))
    result = folder("config", "check")
    assert result.code == 2 and re.search(rf"own\.conf:{line}: .*{word}", result.errors), result
    assert "no problems" not in result.text
    document = folder("config", "check", "--json")
    assert document.code == 2 and any("own.conf:" in text for text in document.json["problems"])


def test_mistakes_of_the_rules_stand_beside_the_others(folder):
    (folder.dir / "replies.conf").write_text(RULES.replace('"550"', '"57"'))
    folder.conf.write_text(GOOD.replace('"UTC"', '"Asia/Tokio"'))
    result = folder("config", "check")
    assert result.code == 2 and "Asia/Tokio" in result.errors and "'57'" in result.errors, result


def test_rules_that_are_not_there(folder):
    result = folder("config", "check")
    assert result.code == 0 and "there is no" in result.errors and "replies.conf" in result.errors
    folder.conf.write_text(GOOD + 'replies = [ "own.conf" ];\n')
    result = folder("config", "check")
    assert result.code == 2 and "own.conf" in result.errors, result


def test_all_mistakes_are_told_at_once(folder):
    text = GOOD.replace('"UTC"', '"Nowhere/Land"').replace('"1s"', '"1x"').replace(
        "198.18.1.0/28", "198.18.1.1/28")
    folder.conf.write_text(text)
    folder.catalogue.write_text(GOOD_LISTS.replace('"major"', '"huge"'))
    result = folder("config", "check")
    assert result.code == 2
    for word in ("Nowhere/Land", "1x", "198.18.1.1/28", "huge"):
        assert word in result.errors, result


@pytest.mark.parametrize("command", [["run"], ["status"], ["events"], ["lists"]])
def test_every_command_refuses_it(folder, command):
    folder.conf.write_text(GOOD.replace("timezone", "timezon"))
    result = folder(*command)
    assert result.code == 2 and "repwatch.conf:2" in result.errors and not result.out, result


def test_no_file_is_an_error(folder):
    folder.conf.unlink()
    result = folder("run")
    assert result.code == 2 and "repwatch.conf" in result.errors, result


def test_a_file_that_is_a_folder(folder):
    folder.conf.unlink()
    folder.conf.mkdir()
    assert folder("run").code == 2


@pytest.mark.parametrize("data", [b"\0\0\0", b"\xff\xfe", b"(" * 100000, b"{" * 5000,
                                  b"a = [" + b"1," * 100000, b"\n" * 3000000 + b"x"],
                         ids=["NULs", "no UTF-8", "brackets", "braces", "numbers", "lines"])
def test_bytes_that_are_no_configuration(folder, data):
    folder.conf.write_bytes(data)
    result = folder("config", "check")
    assert result.code == 2, result
    assert len(result.err) < 100000


def test_conf_d_is_read_in_order_and_appended(folder):
    extra = folder.dir / "conf.d"
    extra.mkdir()
    (extra / "20-b.conf").write_text('addresses = ( { address = "198.18.3.2"; } );\n')
    (extra / "10-a.conf").write_text('addresses = ( { address = "198.18.3.1"; } );\n')
    (extra / "ignored.txt").write_text("not a configuration (\n")
    result = folder("config", "show")
    assert result.code == 0, result
    assert result.text.index("198.18.0.10") < result.text.index("198.18.3.1") < result.text.index(
        "198.18.3.2")
    (extra / "10-a.conf").write_text('\naddresses = ( { address = "198.18.3.x"; } );\n')
    result = folder("config", "check")
    assert result.code == 2 and "10-a.conf:2" in result.errors, result


def test_show_loads_again(folder):
    shown = folder("config", "show")
    assert shown.code == 0, shown
    folder.conf.write_bytes(shown.out)
    again = folder("config", "show")
    assert again.code == 0, again
    assert again.out == shown.out
    folder("config", "show", "--json").json
    folder("config", "options", "--json").json


def test_the_sample_loads(folder):
    (folder.dir / "replies.conf").write_text(RULES)  # is installed beside it
    sample = folder("config", "sample", config=False)
    assert sample.code == 0, sample
    folder.conf.write_bytes(sample.out)
    shipped = os.path.join(os.environ.get("TOP_SRCDIR", "."), "etc", "lists.conf")
    folder.catalogue.write_bytes(open(shipped, "rb").read())
    result = folder("config", "check")
    # A sample that shows every option may point to key files nobody has yet.
    assert result.code == 0 or ".key" in result.errors, result


def test_a_key_never_stands_in_a_message(folder):
    (folder.dir / "odd.key").write_text("s3cret with blanks\n")
    folder.conf.write_text(GOOD.replace("confirm = 2;", KEYS % "odd.key"))
    result = folder("config", "check")
    assert result.code == 2 and b"s3cret" not in result.out + result.err, result
