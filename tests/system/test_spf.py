"""repwatch spf against real name servers: zones and cases of our own, the community's suite where
it is at hand, and records that want to make us ask without end."""

import json
import os
import pathlib
import subprocess
import sys
import time

import pytest

import agent

SRC = pathlib.Path(os.environ.get("TOP_SRCDIR", pathlib.Path(__file__).parents[2]))
DATA = SRC / "tests" / "data" / "spf"
SUITE = pathlib.Path(os.environ.get("REPWATCH_REAL_CASES", "/nonexistent")) / "spf"
CODES = {"pass": 0, "neutral": 0, "none": 0, "fail": 1, "softfail": 1, "permerror": 1,
         "temperror": 3}
QUESTIONS_MAX = 12
CLIENT = ["--ip", "192.0.2.1", "--helo", "h.test", "--from"]


def zones():
    found, name = {}, None
    for line in (DATA / "zones.txt").read_text().splitlines():
        if line.startswith("; zone "):
            name = line.removeprefix("; zone ")
            found[name] = ""
        elif name:
            found[name] += line + "\n"
    return found


def cases():
    lines = (DATA / "cases.tsv").read_text().splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def spf(repwatch, server, *words):
    result = repwatch("spf", "--json", "--resolver", server.at, *words, config=False)
    return result, result.json


def test_zones_of_our_own(bed, repwatch):
    server = bed.nsd(zones())
    wrong = []
    for why, ip, helo, sender, wanted, mechanism in cases():
        result, seen = spf(repwatch, server, "--ip", ip, "--helo", helo, "--from", sender)
        mechanism = mechanism.encode().decode("unicode_escape").replace("\xe9", "\ufffd")
        if (seen["result"], seen.get("mechanism", "")) != (wanted, mechanism):
            wrong.append((why, wanted, mechanism, seen))
        assert result.code == CODES[seen["result"]], result
        assert seen["lookups"] <= 10 and seen["void_lookups"] <= 3, result
    assert not wrong


def test_what_a_person_reads(bed, repwatch):
    server = bed.nsd(zones())
    result = repwatch("spf", "--resolver", server.at, "--ip", "192.0.2.10", "--helo", "h.test",
                      "--from", "a&b@many.spf.test", "--receiver", "mx.test", config=False)
    assert result.code == 1
    assert result.text.splitlines() == [
        "fail",
        "'-all' in the record of many.spf.test matches 192.0.2.10",
        "explanation: 192.0.2.10 may not speak for many.spf.test; "
        "see http://many.spf.test/?s=a%26b%40many.spf.test&r=mx.test",
        "record: v=spf1 ip6:2001:db8::/64 exp=why.spf.test -all",
        "lookups: 0 of 10, void: 0 of 2",
    ]


def test_the_record_as_a_whole(bed, repwatch):
    """And its fix, published, does what was promised."""
    records = "m A 192.0.2.1\nm2 A 192.0.2.2\ngone MX 10 m\nsub TXT \"v=spf1 mx:gone.b.test ?all\"\n"
    server = bed.nsd({"b.test": '@ TXT "v=spf1 include:sub.b.test a:old.b.test +all"\n' + records})
    client = ["--ip", "192.0.2.2", "--helo", "m2.b.test", "--from", "u@b.test"]
    result = repwatch("spf", "--explain", "--resolver", server.at, *client, config=False)
    assert result.text.splitlines() == [
        "pass",
        "'+all' in the record of b.test matches 192.0.2.2",
        "record: v=spf1 include:sub.b.test a:old.b.test +all",
        "lookups: 3 of 10, void: 1 of 2",
        "lookups whoever sends: 3 of 10, void: 1",
        "  2 include:sub.b.test",
        "    1 mx:gone.b.test",
        "  1 a:old.b.test",
        "major: '+all' lets the whole Internet send as the domain",
        "minor: 'a:old.b.test' in the record of b.test names what does not exist",
        'publish: b.test. IN TXT "v=spf1 include:sub.b.test a:old.b.test a:m2.b.test ~all"',
        "because: '+all' lets anybody send and becomes '~all'; 'a:m2.b.test' lets 192.0.2.2 send",
    ], result
    _, seen = spf(repwatch, server, "--explain", *client)
    assert seen["domain"]["tree"][1] == {"depth": 1, "term": "mx:gone.b.test", "lookups": 1}
    assert [one["severity"] for one in seen["domain"]["problems"]] == ["major", "minor"]
    line = seen["domain"]["fix"]
    mended = bed.nsd({"b.test": line + "\n" + records})
    _, after = spf(repwatch, mended, "--explain", *client)
    assert (after["result"], after["mechanism"]) == ("pass", "a:m2.b.test")
    assert "fix" not in after["domain"]


@pytest.mark.parametrize("words, said", [
    (["--helo", "h.test"], "--ip ADDRESS"),
    (["--ip", "192.0.2.256", "--helo", "h.test"], "'192.0.2.256' is no address"),
    (["--ip", "192.0.2.1"], "--from MAILBOX, --helo NAME or both"),
    (["--ip", "192.0.2.1", "--helo", "h.test", "u@spf.test"], ""),
])
def test_wrong_lines(repwatch, words, said):
    result = repwatch("spf", *words, config=False)
    assert result.code == 2 and said in result.errors and not result.text, result


@pytest.mark.skipif(not (SUITE / "run-spf-suite.py").exists(),
                    reason="REPWATCH_REAL_CASES names no folder with spf/")
def test_suite_of_the_rfc(tmp_path):
    """The suite's server stays silent for TIMEOUT; its last line counts."""
    out = tmp_path / "outcomes.json"
    command = f"{agent.BINARY} --resolver {{server}}:{{port}} spf --ip {{ip}} --helo {{helo}} " \
              "--from {from} --json"
    done = subprocess.run(
        [sys.executable, SUITE / "run-spf-suite.py", "--cmd", command, "--check-explanation",
         "--jobs", "8", "--json", out, SUITE / "rfc7208-tests.yml"],
        capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout.splitlines()[-1] == "203 passed, 0 failed, 0 skipped", done.stdout
    many = [(one["id"], one["queries"]) for one in json.loads(out.read_text())
            if len(set(map(str.lower, one["queries"]))) > QUESTIONS_MAX]
    assert not many


# --- records that want to be a burden ---

NINE = " ".join(f"include:{n}.b.test" for n in range(1, 10))
BOMBS = {
    "nine includes, five deep": (
        [f"*.b.test TXT TXT=v=spf1\\x20{NINE.replace(' ', chr(92) + 'x20')}\\x20-all"],
        "permerror"),
    "a name that grows": (
        ["*.b.test TXT TXT=v=spf1\\x20include:%{d}.%{d}\\x20-all"], "permerror"),
    "redirects in a circle": (
        ["b.test TXT TXT=v=spf1\\x20redirect=1.b.test",
         "1.b.test TXT TXT=v=spf1\\x20redirect=b.test"], "permerror"),
    "an include of itself": (["b.test TXT TXT=v=spf1\\x20include:b.test"], "permerror"),
    "an alias of itself": (["b.test TXT TXT=v=spf1\\x20a:loop.b.test\\x20-all",
                            "loop.b.test * CNAME=@"], None),
    "an alias of itself for the record": (["b.test * CNAME=@"], None),
    "no answer to half of it": (
        ["b.test TXT TXT=v=spf1\\x20a:1.b.test\\x20a:2.b.test\\x20-all", "*.b.test * silent"],
        "temperror"),
}


def hostile(bed, rules):
    return bed.fakedns([*rules, "* * rcode=NXDOMAIN"])


@pytest.mark.parametrize("why", BOMBS)
def test_bombs_end_at_the_limit(bed, repwatch, why):
    rules, wanted = BOMBS[why]
    server = hostile(bed, rules)
    result, seen = spf(repwatch, server, *CLIENT, "u@b.test")
    asked = {(kind, name.lower()) for _, _, kind, name, _ in server.questions()}
    assert len(asked) <= QUESTIONS_MAX, sorted(asked)
    # A loop of aliases has no records; a resolver may call it a failure.
    assert seen["result"] in ([wanted] if wanted else ["temperror", "none", "fail"]), result


def test_ten_thousand_void_names(bed, repwatch):
    """40 KB of names that do not exist, over TCP."""
    names = "".join(f"\\x20a:n{n}.b.test" for n in range(3_500))
    server = hostile(bed, [f"b.test TXT TXT=v=spf1{names}\\x20+all"])
    result, seen = spf(repwatch, server, *CLIENT, "u@b.test")
    assert seen["result"] == "permerror" and seen["void_lookups"] == 3, result
    assert len(server.questions()) <= QUESTIONS_MAX


def peak_kb(repwatch, server, sender):
    """The result and how much memory the evaluation took at most."""
    argv = ["/usr/bin/env", "python3", "-c",
            "import resource, subprocess, sys\n"
            "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
            "print(done.stdout.splitlines()[0],"
            " resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)",
            agent.BINARY, "spf", "--resolver", server.at, *CLIENT, sender]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True,
                          env=repwatch.environment())
    result, kb = done.stdout.split()
    return result, int(kb)


@pytest.mark.parametrize("term, wanted", [
    ("a ", "permerror"),  # 30,000 terms
    ("%{s}%{l}%{o}%{d}%{i}%{h}", "permerror"),  # one term whose name would be a megabyte
    ("x=%{s} ", "pass"),  # modifiers that nobody knows
])
def test_a_record_of_64_kilobytes(bed, repwatch, term, wanted):
    body = (term * (60_000 // len(term))).rstrip()
    head = "v=spf1 exists:" if "=" not in term and term != "a " else "v=spf1 "
    text = (head + body + " +all").replace(" ", "\\x20")
    server = hostile(bed, [f"b.test TXT TXT={text}", "b.test A A=198.51.100.1",
                           "*.b.test * rcode=NXDOMAIN"])
    result, kb = peak_kb(repwatch, server, "u" * 1000 + "@b.test")
    assert result in (wanted, "pass")
    sanitized = "ASAN" in "".join(os.environ) or b"__asan" in pathlib.Path(agent.BINARY).read_bytes()
    assert sanitized or kb < 64 * 1024


@pytest.mark.parametrize("count, wanted", [(10, "pass"), (11, "permerror"), (300, "permerror"),
                                           (2500, "permerror")])
def test_many_mx(bed, repwatch, count, wanted):
    """A real server, over TCP in the end, up to what a message can carry."""
    hosts = "".join(f"@ MX 10 m{n}\nm{n} A 192.0.2.1\n" for n in range(count))
    server = bed.nsd({"b.test": '@ TXT "v=spf1 mx +all"\n' + hosts})
    result, seen = spf(repwatch, server, *CLIENT, "u@b.test")
    assert seen["result"] == wanted and len(result.text) < 1000, result


def test_a_chain_of_aliases_through_a_resolver(bed, repwatch):
    """unbound gives up a loop; nsd hands it out as it stands."""
    auth = bed.nsd({"b.test": '@ TXT "v=spf1 a:one.b.test -all"\none CNAME two\ntwo CNAME one\n'})
    resolver = bed.unbound({"b.test": auth})
    for server, wanted in ((auth, {"fail", "temperror"}), (resolver, {"temperror"})):
        result, seen = spf(repwatch, server, *CLIENT, "u@b.test")
        assert seen["result"] in wanted, result


def test_the_whole_ends_in_time(bed, repwatch):
    """RFC 7208 section 4.6.4: 20 seconds, however patient the resolver is told to be."""
    names = "".join(f"\\x20a:n{n}.b.test" for n in range(9))
    server = hostile(bed, [f"b.test TXT TXT=v=spf1{names}\\x20-all", "*.b.test A delay=4000"])
    repwatch.configure([], resolver={"servers": [server.at], "timeout": "9s", "tries": 1,
                                     "deadline": "10s"})
    begin = time.monotonic()
    result = repwatch("spf", "--json", *CLIENT, "u@b.test")
    assert result.json["result"] == "temperror" and result.code == 3, result
    assert result.json["cause"] == "deadline", result
    assert 8 < time.monotonic() - begin < 18
