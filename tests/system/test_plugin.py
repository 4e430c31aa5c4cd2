"""check_repwatch, as monitoring systems start it: by the Monitoring Plugins guidelines."""

import re

import pytest

from monitored import CLEAN, LISTED, ZONE, change_state, check, log_of, make_old, record

OK, WARNING, CRITICAL, UNKNOWN = range(4)
WORDS = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]
# 'label'=value[UOM];[warn];[crit];[min];[max], numbers of [-0-9.] only, ranges as given.
RANGE = r"@?(~|-?[0-9.]+)?:?(-?[0-9.]+)?"
FIGURE = re.compile(rf"[a-z_]+=(U|-?[0-9.]+(s|%|B|c)?)(;({RANGE})?){{0,2}}(;(-?[0-9.]+)?){{0,2}}")


def parse(code, out):
    """The text and {label: value}, of output that is well formed."""
    lines = out.split("\n")
    head, _, perf = lines[0].partition(" | ")
    assert out.endswith("\n")
    assert head.startswith(f"REPWATCH {WORDS[code]} - "), out
    assert out.count("|") <= 1, out
    for figure in perf.split():
        assert FIGURE.fullmatch(figure), figure
    return head.split(" - ", 1)[1], dict(figure.split("=", 1) for figure in perf.split())


@pytest.fixture
def state(repwatch, bed):
    return record(repwatch, bed)


def test_line_of_one_listing(state):
    code, out = check(state, "-m", "lists", "-H", LISTED)
    text, perf = parse(code, out)
    assert (code, text) == (CRITICAL, f"{LISTED} (www274) listed on {ZONE} (listed)")
    assert perf["listed"] == "1;0;0;0;2" and perf["blind"] == "0"
    assert re.fullmatch(r"[0-9]+s", perf["age"])
    assert list(perf)[:3] == ["listed", "blind", "age"]


@pytest.mark.parametrize("words, code, text", [
    ([], CRITICAL, f"{LISTED} (www274) listed on {ZONE} (listed)"),
    (["-H", "all"], CRITICAL, f"{LISTED} (www274) listed on {ZONE} (listed)"),
    (["-H", "shared-a"], CRITICAL, f"{LISTED} (www274) listed on {ZONE} (listed)"),
    (["-H", "www274", "-m", "lists"], CRITICAL, f"{LISTED} (www274) listed on {ZONE} (listed)"),
    (["-H", CLEAN], OK, "1 address GOOD"),
    (["-H", "::ffff:" + CLEAN], OK, "1 address GOOD"),
    (["-H", "shared-b", "-m", "lists"], OK, "no listings at 1 address"),
    (["-m", "identity"], OK, "no names missing or wrong at 2 addresses"),
    (["-m", "replies"], OK, "no blocks by receivers at 2 addresses"),
    (["-m", "volume"], OK, "no log tells what was sent"),
    (["-m", "auth"], UNKNOWN, "no sending domain is known: neither 'domains' of the configuration "
                              "nor a mail log names one"),
    (["-H", "192.0.2.77"], UNKNOWN, "'192.0.2.77' is no address, pool or name that a pass has seen"),
])
def test_modes_and_scopes(state, words, code, text):
    came = check(state, *words)
    assert came[0] == code, came
    assert parse(*came)[0] == text


def test_ranges(state):
    for words, code in [(["-w", "0"], WARNING), (["-c", "0"], CRITICAL), (["-c", "1"], OK),
                        (["-w", "1:"], OK), (["-w", "@1:1"], WARNING), (["-w", "2:", "-c", "~:5"], WARNING),
                        (["-w", "@0:0"], OK), (["-c", "@~:1"], CRITICAL)]:
        assert check(state, "-m", "lists", *words)[0] == code, words
    code, out = check(state, "-m", "lists", "-w", "@1:1", "-c", "~:5")
    assert parse(code, out)[1]["listed"].startswith("1;@1:1;~:5;0;")


def test_verbosity(state):
    lines = [check(state, "-m", "lists", *["-v"] * level)[1].splitlines() for level in range(4)]
    assert [len(each) for each in lines] == [1, 1, 2, 2]
    assert "see https://bl.test/" not in lines[0][0]
    assert "see https://bl.test/" in lines[1][0]
    assert lines[2][1].startswith(f"critical {LISTED} (www274) listed on {ZONE}")
    assert check(state, "-vvv", "-m", "lists")[1].splitlines()[1] == lines[3][1]


@pytest.mark.parametrize("words", [["-x"], ["-m", "none"], ["-w", "1:0"], ["-c", "a"], ["-t", "0"],
                                   ["-t"], ["stray"], ["--warn-me"]])
def test_what_is_wrong_is_unknown(repwatch, words):
    code, out = check(repwatch, *words, plain=True)
    assert code == UNKNOWN and out.startswith("REPWATCH UNKNOWN - ") and "usage:" in out


@pytest.mark.parametrize("word", ["-h", "--help", "-V", "--version"])
def test_help_and_version_are_unknown_too(repwatch, word):
    code, out = check(repwatch, word, plain=True)
    assert code == UNKNOWN and "check_repwatch" in out


def test_stale_state_is_unknown_and_says_how_old(state):
    make_old(state, hours=26)
    code, out = check(state)
    assert code == UNKNOWN
    assert parse(code, out)[0].startswith("the last pass ended 1d 2h ago; then: " + LISTED)
    # The age has thresholds of its own where they are given.
    assert check(state, "-m", "agent", "-w", "3600", "-c", "172800")[0] == WARNING
    assert check(state, "-m", "agent")[0] == UNKNOWN


def test_a_clock_put_back_a_little_makes_no_negative_age(state):
    make_old(state, hours=-0.05)
    code, out = check(state, "-m", "lists")
    assert code == CRITICAL and parse(code, out)[1]["age"] == "0s"
    code, out = check(state, "-m", "agent", "-w", "3600", "-c", "7200")
    assert code == OK and parse(code, out)[1]["age"] == "0s;3600;7200"


def test_a_pass_ahead_of_the_clock_is_unknown(state):
    make_old(state, hours=-26)
    code, out = check(state)
    assert code == UNKNOWN and "ahead of the clock" in out


def test_state_that_cannot_be_read(state):
    (state.state / "repwatch.db").write_bytes(b"no database at all" * 300)
    code, out = check(state)
    assert code == UNKNOWN and "repwatch.db" in parse(code, out)[0]
    code, out = check(state, "--state", state.dir / "none")
    assert code == UNKNOWN and "none" in parse(code, out)[0]
    state.conf.write_text('state_dir = "/var";\nstale_after = 5;\n')
    code, out = check(state)
    assert code == UNKNOWN and "repwatch.conf:2" in out
    state.conf.unlink()
    code, out = check(state)
    assert code == UNKNOWN and "repwatch.conf" in parse(code, out)[0]


def test_foreign_text_is_harmless(repwatch, bed):
    state = record(repwatch, bed, why="a|b=1;2 <script> `id` \x1b[31m")
    for level in range(4):
        parse(*check(state, "-m", "lists", *["-v"] * level))
        out = check(state, "-m", "lists", *["-v"] * level)[1]
        assert not set("<>`\x1b") & set(out)


def test_volume_is_counted(repwatch, bed):
    log = repwatch.dir / "mail.log"
    log.write_bytes(log_of({2: 7, 1: 5}))
    state = record(repwatch, bed, maillogs=[
        {"path": str(log), "format": "postfix", "address": CLEAN}])
    code, out = check(state, "-m", "volume")
    text, perf = parse(code, out)
    assert perf["yesterday"] == "5" and perf["today"] == "0", out
    assert check(state, "-m", "volume", "-H", "nobody")[0] == UNKNOWN


def test_a_threshold_of_volume_names_whose_it_is(repwatch, bed):
    log = repwatch.dir / "mail.log"
    log.write_bytes(log_of({**{days: 1 for days in range(60, 1, -1)}, 1: 9}))
    state = record(repwatch, bed, maillogs=[
        {"path": str(log), "format": "postfix", "address": CLEAN}])
    assert parse(*check(state, "-m", "volume"))[0] == "volume as usual, 9 messages yesterday"
    code, out = check(state, "-m", "volume", "-w", "5", "-c", "20")
    assert code == WARNING
    assert parse(code, out)[0] == (f"{CLEAN} sent 9.0 times last month's daily mean, "
                                   "9 messages yesterday")


def test_records_of_domains(repwatch, bed):
    state = record(repwatch, bed, domains=[{"domain": "shop.example", "pool": "shared-a"}])
    code, out = check(state, "-m", "auth", "-H", "shop.example", "-v")
    text, perf = parse(code, out)
    assert code in (WARNING, CRITICAL) and "shop.example" in text and "spf" in text, out
    assert int(perf["unready"].split(";")[0]) > 0
    # What is wrong with a domain is no fault of an address.
    assert parse(*check(state, "-m", "lists"))[1]["listed"].startswith("1;")


LETTER = ("INSERT INTO letter (key, uid, seq, channel, kind, severity, content_type, subject, "
          "created_at, next_at, attempts, error, state, ended_at, body) VALUES "
          "('k{0}', 'u', {0}, 'noc', 'opened', 'critical', 'text/plain', x'', 1, 1, 1, x'', '{1}', 1, x'')")


def test_agent_tells_of_letters(state):
    code, out = check(state, "-m", "agent")
    text, perf = parse(code, out)
    assert code == OK and text.startswith("last pass ") and perf["dead"] == "0", out
    change_state(state, LETTER.format(1, "pending"),
                 "INSERT INTO channel VALUES ('noc', 0, 1, CAST('550 no|thanks' AS BLOB))")
    code, out = check(state, "-m", "agent", "-v")
    text, perf = parse(code, out)
    assert code == WARNING and perf["pending"] == "1", out
    assert "1 alert waiting" in text and "channel noc fails for" in text and "550 no?thanks" in text
    change_state(state, LETTER.format(2, "dead"))
    code, out = check(state, "-m", "agent")
    assert code == CRITICAL and "1 alert given up" in out and parse(code, out)[1]["dead"] == "1"


def test_suspect_is_in_the_line(state):
    change_state(state, "INSERT INTO traffic_suspect SELECT id, 0, CAST('info@hanako.example' AS "
                        f"BLOB), 16026, 35, 1, 1, 0, 0, 1, 1 FROM address WHERE address = '{LISTED}'")
    out = check(state)[1]
    assert "; suspect: info@hanako.example sent 16026, usually 35 | " in out


def test_live_asks_now(repwatch, bed):
    state = record(repwatch, bed, listed=())
    (state.state / "repwatch.db").unlink()
    code, out = check(state, "--live", "-H", LISTED, "-m", "lists")
    assert (code, parse(code, out)[0]) == (OK, "no listings at 1 address")
    assert check(state, "--live", "-m", "lists")[0] == UNKNOWN
    assert check(state, "--live", "-m", "volume", "-H", LISTED)[0] == UNKNOWN
    state = record(repwatch, bed)
    code, out = check(state, "--live", "-H", LISTED, "-m", "lists")
    assert code == CRITICAL and f"{LISTED} listed on {ZONE}" in out
