"""The commands as an operator types them: what comes back, and what is remembered."""

import datetime
import os
import re
import signal
import subprocess

import pytest

import bed as beds
from agent import block_list, blind_on, listed_on
from bed import SOA, reversed4, reversed6

ZONE = "bl.test"
LISTED, CLEAN = "198.18.0.10", "198.18.0.20"
ZONE_TEXT = SOA + ":127.0.0.2:Listed, see https://bl.test/?$\n127.0.0.2\n"


def yes(address, words="A=127.0.0.2 TXT=why", zone=ZONE):
    return f"{reversed4(address)}.{zone} * {words}"


def fake_list(*rules, zone=ZONE):
    """Rules of a list that is healthy apart from `rules`, which come first."""
    return [*rules, yes("127.0.0.2", zone=zone), f"*.{zone} * rcode=NXDOMAIN"]


def host_of(address):
    return address.translate(str.maketrans("0123456789.:", "klmnopqrstuv")) + ".example"


def names_of(addresses):
    """Rules for a resolver that knows each address by name, forward and back. The names must not
    look as if they were made from the addresses."""
    rules = []
    for address in addresses:
        host = host_of(address)
        if ":" in address:
            rules += [f"{reversed6(address)}.ip6.arpa PTR PTR={host}", f"{host} AAAA AAAA={address}"]
        else:
            rules += [f"{reversed4(address)}.in-addr.arpa PTR PTR={host}", f"{host} A A={address}"]
    return [*rules, "* * rcode=NXDOMAIN"]


@pytest.fixture
def names(bed):
    return bed.fakedns(names_of([LISTED, CLEAN, "198.18.0.30"]))


def real_list(bed, *listed):
    return bed.rbldnsd([(ZONE, "ip4set", ZONE_TEXT + "".join(f"{a}\n" for a in listed))])


def patient(names):
    """So patient that a pass without answers is caught in the act."""
    return {"servers": [names.at], "timeout": "20s", "deadline": "60s"}


def is_time(text):
    return datetime.datetime.fromisoformat(text).tzinfo is not None


def changes(events):
    return [(event["change"], event.get("address", ""), event.get("subject", ""))
            for event in events]


# --- check ---

@pytest.fixture
def checking(bed, repwatch, names):
    """`check` without configuration: a catalogue, a resolver, a target."""
    server = real_list(bed, LISTED)
    repwatch.write_catalogue([
        block_list(ZONE, servers=[server.at]),
        block_list("policy.test", kind="policy", servers=[server.at]),
    ])

    def check(*words, **more):
        return repwatch("check", "--catalogue", repwatch.catalogue, "--resolver", names.at, *words,
                        config=False, **more)

    return check


def test_check_of_a_listed_address(checking):
    result = checking("--json", "--list", ZONE, LISTED)
    assert result.code == 1, result
    document = result.json
    assert is_time(document["at"])
    [target] = document["targets"]
    assert (target["target"], target["grade"]) == (LISTED, "POOR")
    reason = target["reasons"][0]
    assert {key: reason[key] for key in ("check", "finding", "severity", "subject")} == {
        "check": "dnsbl", "finding": "listed", "severity": "critical", "subject": ZONE}
    [listing] = target["listings"]
    assert listing["zone"] == ZONE
    assert listing["codes"] == ["127.0.0.2"]
    assert listing["means"] == ["listed"]
    assert listing["reason"] == f"Listed, see https://bl.test/?{LISTED}"
    assert listing["severity"] == "critical"
    assert listing["lookup_url"] == f"https://example.net/?{LISTED}"
    assert listing["removal"] == "self-service"
    assert target["coverage"]["asked"] == target["coverage"]["answered"] >= 1
    assert target["identity"]["ptr"] == [host_of(LISTED)]
    assert target["identity"]["forward_confirmed"] is True


def test_check_of_a_clean_address(checking):
    result = checking("--json", "--list", ZONE, CLEAN)
    assert result.code == 0, result
    [target] = result.json["targets"]
    assert target["grade"] == "GOOD"
    assert not target.get("listings") and not target.get("blind")
    assert target["reasons"]


def test_check_says_when_it_is_blind(bed, repwatch, names):
    silent = bed.fakedns("* * silent\n")
    repwatch.write_catalogue([block_list(ZONE, servers=[silent.at])])
    result = repwatch("check", "--json", "--catalogue", repwatch.catalogue, "--resolver", names.at,
                      CLEAN, config=False)
    assert result.code == 3, result
    assert blind_on(result.json["targets"][0]) == {ZONE: "timeout"}


def test_check_of_several_targets_keeps_their_order(checking):
    result = checking("--json", "--list", ZONE, CLEAN, LISTED, CLEAN)
    assert [t["target"] for t in result.json["targets"]][:2] == [CLEAN, LISTED]
    assert result.code == 1


def test_check_of_a_block(checking):
    result = checking("--json", "--no-identity", "--list", ZONE, "198.18.0.8/30")
    assert [t["target"] for t in result.json["targets"]] == [f"198.18.0.{n}" for n in range(8, 12)]
    assert [bool(t.get("listings")) for t in result.json["targets"]] == [False, False, True, False]
    assert all("identity" not in t for t in result.json["targets"])


def test_check_without_lists(checking):
    result = checking("--json", "--no-lists", LISTED)
    [target] = result.json["targets"]
    assert not target.get("listings")
    assert target["identity"]["forward_confirmed"] is True
    assert result.code == 0


def test_check_of_a_domain(bed, repwatch, names):
    zone = SOA + ":127.0.1.2:spam domain $\ntest\n.bad.example\n"
    server = bed.rbldnsd([("dbl.test", "dnset", zone)])
    repwatch.write_catalogue([
        block_list("dbl.test", covers=["domain"], servers=[server.at],
                   codes=[{"code": "127.0.1.2", "means": "spam"}]),
        block_list("addresses.test", servers=[server.at]),
    ])
    result = repwatch("check", "--json", "--catalogue", repwatch.catalogue, "--resolver", names.at,
                      "BAD.example.", "good.example", config=False)
    bad, good = result.json["targets"]
    assert (bad["target"], listed_on(bad), good["target"], listed_on(good)) == (
        "bad.example", {"dbl.test"}, "good.example", set())
    assert "identity" not in bad
    asked = " ".join(server.questions()).lower()
    assert "dbl.test" in asked and "addresses.test" not in asked, "no address list for a domain"


@pytest.mark.parametrize("target", [
    "198.18.0.256", "198.18.0", "1.2.3.4/33", "198.18.0.1/24", "::1::2", "", "-", "a..b",
    "x" * 64 + ".example", "exa mple", "198.18.0.1:25", "[::1]", "fe80::1%eth0", "1e1.2.3.4/8"])
def test_check_refuses_what_is_no_target(checking, target):
    result = checking("--list", ZONE, target)
    assert result.code == 2, result
    assert result.err.startswith(b"repwatch: ") and not result.out, result


def test_notes_are_no_alarm(checking):
    result = checking("--json", "--list", "policy.test", LISTED)
    # The policy list is a zone rbldnsd does not serve: blind. A note needs one that does.
    assert result.code == 3, result


def test_policy_and_allow_lists_only_note(bed, repwatch, names):
    lists, zones = [], []
    for kind in ("policy", "reputation", "allow", "info"):
        zones.append((f"{kind}.test", "ip4set", ZONE_TEXT + LISTED + "\n"))
    server = bed.rbldnsd(zones)
    for kind in ("policy", "reputation", "allow", "info"):
        lists.append(block_list(f"{kind}.test", kind=kind, servers=[server.at]))
    repwatch.write_catalogue(lists)
    result = repwatch("check", "--json", "--catalogue", repwatch.catalogue, "--resolver", names.at,
                      LISTED, config=False)
    [target] = result.json["targets"]
    assert result.code == 0, result
    assert {note["zone"] for note in target["notes"]} == {entry["zone"] for entry in lists}
    assert target["notes"][0]["codes"] == ["127.0.0.2"]
    assert not target.get("listings")
    assert target["grade"] in ("GOOD", "NEUTRAL")


# --- run, status, events ---

def test_a_listing_is_raised_and_cleared_once(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([{"address": LISTED, "name": "www1", "pool": "a"}, CLEAN],
                       [block_list(ZONE, servers=[server.at])], resolver=names.at)
    first = repwatch.run()
    assert changes(first["events"]) == [("raised", LISTED, ZONE)]
    assert (first["addresses"], first["listed"], first["blind"]) == (2, 1, 0)
    assert first["queries"] >= first["answered"] > 0
    assert is_time(first["at"]) and first["seconds"] >= 0
    assert {"queued", "sent", "pending"} <= set(first.get("alerts", ("queued", "sent", "pending")))
    again = repwatch.run("--all")
    assert again["events"] == [] and again["listed"] == 1
    view = repwatch.status()[LISTED]
    assert (view["name"], view["pool"], view["grade"]) == ("www1", "a", "POOR")
    [listing] = view["listings"]
    assert listing["zone"] == ZONE and is_time(listing["since"]) and listing["reason"] == "why"
    server.script(fake_list())
    assert changes(repwatch.run("--all")["events"]) == [("cleared", LISTED, ZONE)]
    assert repwatch.run("--all")["events"] == []
    assert repwatch.status()[LISTED]["grade"] == "GOOD"
    events = repwatch.events()
    assert changes(events) == [("raised", LISTED, ZONE), ("cleared", LISTED, ZONE)]
    assert [e["id"] for e in events] == sorted({e["id"] for e in events})
    raised = events[0]
    assert (raised["check"], raised["from"], raised["to"], raised["severity"]) == (
        "dnsbl", "blind", "listed", "critical")
    assert (events[1]["from"], events[1]["to"]) == ("listed", "clear")
    assert all(is_time(event["at"]) for event in events)
    assert repwatch.events(CLEAN) == []
    assert changes(repwatch.events(LISTED, "--since", "1h")) == changes(events)


def test_a_new_listing_is_asked_twice_from_two_ports(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run("--only", "lists")
    name = f"{reversed4(LISTED)}.{ZONE}"
    ports = [port for _, port, kind, asked, _ in server.questions()
             if kind == 1 and asked.lower() == name]
    assert len(ports) == 2 and len(set(ports)) == 2


def test_one_answer_raises_nothing(bed, repwatch, names):
    """Listed at the first question, not at the second."""
    server = bed.fakedns(fake_list(yes(LISTED, "A=127.0.0.2 to=1")))
    repwatch.configure([LISTED], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    assert repwatch.run()["events"] == []
    assert repwatch.run("--all")["events"] == []
    assert repwatch.events() == []


def test_one_answer_clears_nothing(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    name = f"{reversed4(LISTED)}.{ZONE}"
    server.script(fake_list(f"{name} A to=1 rcode=NXDOMAIN", yes(LISTED)))
    assert repwatch.run("--all")["events"] == []
    assert listed_on(repwatch.status()[LISTED]) == {ZONE}
    assert changes(repwatch.events()) == [("raised", LISTED, ZONE)]


def test_letters_of_questions_are_mixed(bed, repwatch, names):
    """The 0x20 bits must come back as sent, so they must not all be the same."""
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED, CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run("--only", "lists")
    letters = "".join(name for _, _, _, name, _ in server.questions())
    assert re.search("[a-z]", letters) and re.search("[A-Z]", letters)


def test_a_pass_asks_only_what_is_due(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure([LISTED, CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    name = f"{reversed4(CLEAN)}.{ZONE}"

    def times_asked():
        return sum(asked.lower() == name for _, _, _, asked, _ in server.questions())

    repwatch.run()
    assert times_asked() == 1
    repwatch.run()
    assert times_asked() == 1, "asked an hour too early"
    repwatch.run("--all")
    assert times_asked() == 2


def test_only_lists_asks_no_names(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure([CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run("--only", "lists")
    assert names.questions() == []
    asked = len(server.questions())
    repwatch.run("--only", "identity", "--all")
    assert names.questions() != []
    assert len(server.questions()) == asked


def test_dry_run_writes_nothing(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    summary = repwatch.run("--dry-run")
    assert changes(summary["events"]) == [("raised", LISTED, ZONE)]
    assert not list(repwatch.state.rglob("*.db")) and not list(repwatch.state.rglob("*.rrd"))
    repwatch.run()
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in repwatch.state.rglob("*")
              if p.is_file() and p.name != "lock"}
    server.script(fake_list())
    assert changes(repwatch.run("--dry-run", "--all")["events"]) == [("cleared", LISTED, ZONE)]
    after = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in repwatch.state.rglob("*")
             if p.is_file() and p.name != "lock"}
    assert {p: v for p, v in after.items() if not p.name.endswith(("-shm", "-wal"))} == {
        p: v for p, v in before.items() if not p.name.endswith(("-shm", "-wal"))}
    assert changes(repwatch.events()) == [("raised", LISTED, ZONE)]


def test_an_address_leaves_and_comes_back(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    lists = [block_list(ZONE, servers=[server.at])]
    repwatch.configure([LISTED, CLEAN], lists, resolver=names.at)
    repwatch.run()
    repwatch.configure([CLEAN], lists, resolver=names.at)
    repwatch.run("--all")
    assert set(repwatch.status()) == {CLEAN}
    repwatch.configure([LISTED, CLEAN], lists, resolver=names.at)
    repwatch.run("--all")
    assert listed_on(repwatch.status()[LISTED]) == {ZONE}
    assert set(changes(repwatch.events())) == {("raised", LISTED, ZONE)}, "not watched is not clear"


def test_status_by_address_and_pool(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([{"address": LISTED, "pool": "a"}, {"address": CLEAN, "pool": "b"}],
                       [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    assert set(repwatch.status(LISTED)) == {LISTED}
    assert set(repwatch.status("b")) == {CLEAN}
    assert set(repwatch.status()) == {LISTED, CLEAN}
    assert repwatch("status").code == 1
    assert repwatch("status", CLEAN).code == 0
    assert repwatch("status", "198.18.99.99").code == 2
    text = repwatch("status").text
    assert LISTED in text and ZONE in text and "POOR" in text and "GOOD" in text


def test_status_before_the_first_pass(repwatch):
    repwatch.configure([CLEAN], [block_list(ZONE)])
    result = repwatch("status")
    assert result.code in (2, 3), result
    assert b"run" in result.err, result
    assert repwatch("events").code in (0, 2)


def test_blind_is_shown_and_the_belief_stays(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED, CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    since = repwatch.status()[LISTED]["listings"][0]["since"]
    server.script(["* * silent"])
    result = repwatch("run", "--json", "--all")
    assert result.code == 3, result
    assert result.json["blind"] == 2
    views = repwatch.status()
    assert blind_on(views[LISTED]) == blind_on(views[CLEAN]) == {ZONE: "timeout"}
    assert views[LISTED]["listings"][0]["since"] == since
    assert views[CLEAN]["coverage"]["oldest_s"] >= 0
    assert "raised" not in [e["change"] for e in repwatch.events(CLEAN)]
    assert repwatch("status", CLEAN).code == 3
    assert "timeout" in repwatch("status", CLEAN).text


def test_a_sick_list_is_told_once_and_its_recovery_too(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED, CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    assert repwatch.health()[ZONE]["health"] == "ok"
    server.script(["* A A=127.0.0.2", "* * rcode=NXDOMAIN"])
    for _ in range(3):
        repwatch.run("--all")
    assert repwatch.health()[ZONE]["health"] == "sick"
    assert blind_on(repwatch.status()[CLEAN]) == {ZONE: "list-sick"}
    server.script(fake_list(yes(LISTED)))
    for _ in range(2):
        repwatch.run("--all")
    assert changes(repwatch.events()) == [("raised", LISTED, ZONE), ("list-sick", "", ZONE),
                                          ("list-well", "", ZONE)]
    assert not blind_on(repwatch.status()[CLEAN])


MANY = [f"198.18.1.{last}" for last in range(1, 21)]


def test_the_breaker_holds_a_mass_of_listings_for_one_pass(bed, repwatch):
    names = bed.fakedns(names_of(MANY))
    server = bed.fakedns(fake_list())
    repwatch.configure(MANY, [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    server.script(fake_list(*[yes(address) for address in MANY[:15]]))
    held = repwatch.run("--all")
    assert "raised" not in [event["change"] for event in held["events"]]
    assert blind_on(repwatch.status()[MANY[0]]) == {ZONE: "mass-change"}
    assert not blind_on(repwatch.status()[MANY[19]])
    believed = repwatch.run("--all")
    assert sorted(e["address"] for e in believed["events"] if e["change"] == "raised") == sorted(
        MANY[:15])
    assert not blind_on(repwatch.status()[MANY[0]])


def test_the_breaker_holds_a_mass_of_clearings_for_one_pass(bed, repwatch):
    names = bed.fakedns(names_of(MANY))
    server = bed.fakedns(fake_list(*[yes(address) for address in MANY[:4]]))
    repwatch.configure(MANY, [block_list(ZONE, servers=[server.at])], resolver=names.at)
    assert len(repwatch.run()["events"]) == 4
    server.script(fake_list())
    assert "cleared" not in [event["change"] for event in repwatch.run("--all")["events"]]
    assert listed_on(repwatch.status()[MANY[0]]) == {ZONE}
    assert [e["change"] for e in repwatch.run("--all")["events"]] == ["cleared"] * 4
    assert not listed_on(repwatch.status()[MANY[0]])


def test_a_mass_that_goes_away_was_nothing(bed, repwatch):
    names = bed.fakedns(names_of(MANY))
    server = bed.fakedns(fake_list())
    repwatch.configure(MANY, [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    server.script(fake_list(*[yes(address) for address in MANY]))
    repwatch.run("--all")
    server.script(fake_list())
    repwatch.run("--all")
    assert not {"raised", "cleared"} & {event["change"] for event in repwatch.events()}


def test_many_lists_at_once_are_the_resolver(bed, repwatch):
    """Eight lists that all list three addresses out of a sudden."""
    zones = [f"l{number}.test" for number in range(8)]
    names = bed.fakedns(names_of(MANY))
    rules = [rule for zone in zones for rule in fake_list(zone=zone)]
    server = bed.fakedns(rules)
    repwatch.configure(MANY, [block_list(zone, servers=[server.at]) for zone in zones],
                       resolver=names.at)
    repwatch.run()
    server.script([rule for zone in zones
                   for rule in fake_list(*[yes(a, zone=zone) for a in MANY[:3]], zone=zone)])
    assert "raised" not in [event["change"] for event in repwatch.run("--all")["events"]]
    assert set(blind_on(repwatch.status()[MANY[0]]).values()) == {"mass-change"}
    assert [e["change"] for e in repwatch.run("--all")["events"]].count("raised") == 24


SIX = [f"l{number}.test" for number in range(6)]


def test_a_resolver_that_denies_everything_is_not_believed(bed, repwatch):
    """Neither that the lists have nothing, nor that nobody has a name."""
    names = bed.fakedns(["* * rcode=NXDOMAIN"])
    repwatch.configure([LISTED, CLEAN], [block_list(zone) for zone in SIX], resolver=names.at,
                       domains=[{"domain": "shop.example"}])
    result = repwatch("run", "--all", "--json")
    assert result.code == 3 and not result.json["listed"], result
    assert {event["change"] for event in result.json["events"]} <= {"went-blind", "list-sick"}
    assert {view["grade"] for view in repwatch.status().values()} == {"UNKNOWN"}
    assert "PTR" in repwatch("status", LISTED).text.split("Could not be learned")[1]
    assert not repwatch("domains", "--json").json["domains"][0].get("reasons")
    again = repwatch("run", "--json", "--only", "identity,auth", "--all")
    assert "raised" not in [event["change"] for event in again.json["events"]], "nor the next time"
    names.script([rule for zone in SIX for rule in fake_list(zone=zone)] + names_of([LISTED]))
    raised = repwatch.run("--all")["events"]
    assert ("raised", CLEAN, "") in changes(raised) and LISTED not in str(raised), raised
    assert repwatch.status()[LISTED]["grade"] == "GOOD"


def test_one_asked_about_once_is_not_believed_either(bed, repwatch):
    names = bed.fakedns(["* * rcode=NXDOMAIN"])
    repwatch.write_catalogue([block_list(zone) for zone in SIX])
    result = repwatch("check", "--json", "--catalogue", repwatch.catalogue, "--resolver", names.at,
                      LISTED, config=False)
    assert result.code == 3 and result.json["targets"][0]["grade"] == "UNKNOWN", result


def test_a_resolver_that_hides_listings_knows_names(bed, repwatch):
    """As one does that filters 127.0.0.0/8: who has no name there has none."""
    names = bed.fakedns(names_of([LISTED]))
    repwatch.configure([LISTED, CLEAN], [block_list(zone) for zone in SIX], resolver=names.at)
    events = repwatch.run("--all")["events"]
    assert ("raised", CLEAN, "") in changes(events), events
    assert ("raised", LISTED, "") not in changes(events), events


def test_the_day_budget_is_never_exceeded(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure(MANY, [block_list(ZONE, servers=[server.at], day_budget=20, every="1h")],
                       resolver=names.at)
    result = repwatch("run", "--json", "--only", "lists")
    assert result.code == 3, result
    for _ in range(3):
        repwatch.run("--only", "lists", "--all")
    assert len(server.questions()) <= 20
    causes = {cause for view in repwatch.status().values() for cause in blind_on(view).values()}
    assert causes <= {"budget"} and causes
    view = repwatch.health()[ZONE]
    assert view["day_budget"] == 20
    assert ZONE in result.errors + repwatch("run", "--only", "lists").text, "it says so"


def test_a_budget_that_is_too_small_still_teaches_something(bed, repwatch, names):
    """What is left beside the tests of the list goes to addresses, and is believed."""
    server = bed.fakedns(fake_list())
    repwatch.configure(MANY, [block_list(ZONE, servers=[server.at], day_budget=20)],
                       resolver=names.at)
    repwatch.run("--only", "lists")
    clear = [view for view in repwatch.status().values() if not blind_on(view)]
    assert len(clear) >= 8
    assert repwatch.health()[ZONE]["health"] == "ok"


def test_the_interval_is_stretched_into_the_budget(bed, repwatch, names):
    """20 addresses every hour are 480 a day; 300 are allowed."""
    server = bed.fakedns(fake_list())
    repwatch.configure(MANY, [block_list(ZONE, servers=[server.at], day_budget=300)],
                       resolver=names.at)
    result = repwatch("run", "--only", "lists")
    assert ZONE in result.text + result.errors, "it says so"
    assert 0 < repwatch.health()[ZONE]["planned_per_day"] <= 300


def test_twenty_runs_at_once(bed, repwatch, names):
    server = bed.fakedns([yes("127.0.0.2"), yes(LISTED),
                          f"*.{ZONE} A delay=700 rcode=NXDOMAIN"])
    repwatch.configure([LISTED, CLEAN], [block_list(ZONE, servers=[server.at])],
                       resolver=patient(names))
    runs = [repwatch.start("run", "--json") for _ in range(20)]
    ends = {}

    def reap():
        for run in runs:
            if run.pid not in ends and run.poll() is not None:
                ends[run.pid] = run.returncode
        return len(ends) >= 19

    beds.until(reap, "nineteen leave", 60)
    assert sorted(ends.values()) == [75] * 19, "while one works the others leave"
    outputs = [run.communicate() for run in runs]
    assert sorted(run.returncode for run in runs) == [0] + [75] * 19
    assert all(err for run, (_, err) in zip(runs, outputs) if run.returncode == 75)
    assert changes(repwatch.events()) == [("raised", LISTED, ZONE)]


def test_wait_for_the_lock_and_a_killed_holder(bed, repwatch, names):
    server = bed.fakedns(["* * silent"])
    lists = [block_list(ZONE, servers=[server.at])]
    repwatch.configure([LISTED], lists, resolver=patient(names))
    holder = repwatch.start("run")
    beds.until(lambda: server.questions(), "the holder asks")
    assert repwatch("run").code == 75
    server.script(fake_list(yes(LISTED)))
    waiting = repwatch.start("run", "--wait", "--json")
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(0.3)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    out, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, (out, err)
    assert changes(repwatch.events()) == [("raised", LISTED, ZONE)]


def test_a_terminated_pass_leaves_a_good_state(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    lists = [block_list(ZONE, servers=[server.at])]
    repwatch.configure([LISTED], lists, resolver=patient(names))
    repwatch.run()
    server.script(["* * silent"])
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asked = len(server.questions())
        run = repwatch.start("run", "--all")
        beds.until(lambda: len(server.questions()) > asked, "it asks")
        run.send_signal(sig)
        run.communicate(timeout=30)
        assert run.returncode != 0
    server.script(fake_list(yes(LISTED)))
    assert repwatch.run("--all")["events"] == []
    assert changes(repwatch.events()) == [("raised", LISTED, ZONE)]


def test_ten_silent_lists_hold_nobody_up(bed, repwatch):
    zones = [f"l{number}.test" for number in range(20)]
    names = bed.fakedns(names_of(MANY))
    good = bed.rbldnsd([(zone, "ip4set", ZONE_TEXT + MANY[3] + "\n") for zone in zones[10:]])
    silent = bed.fakedns("* * silent\n")
    lists = [block_list(zone, servers=[(good if number >= 10 else silent).at])
             for number, zone in enumerate(zones)]
    repwatch.configure(MANY, lists, resolver={"servers": [names.at], "timeout": "1s",
                                              "in_flight": 20, "deadline": "10s"})
    summary = repwatch.run("--only", "lists")
    assert summary["seconds"] < 15
    views = repwatch.status()
    for view in views.values():
        assert set(blind_on(view)) == set(zones[:10])
        assert set(blind_on(view).values()) <= {"timeout", "deadline", "list-sick"}
    assert listed_on(views[MANY[3]]) == set(zones[10:])
    # Ten lists of twenty addresses, two tries: 400 packets were the naive price, and newer
    # c-ares repeats some of ours.
    assert len(silent.questions()) < 320


def test_the_deadline_ends_a_pass(bed, repwatch):
    names = bed.fakedns(names_of(MANY))
    server = bed.fakedns(fake_list())
    repwatch.configure(MANY, [block_list(ZONE, servers=[server.at], rate=4.0)],
                       resolver={"servers": [names.at], "deadline": "2s"})
    result = repwatch("run", "--json", "--only", "lists")
    assert result.code == 3, result
    assert result.json["seconds"] < 8
    causes = {cause for view in repwatch.status().values() for cause in blind_on(view).values()}
    assert causes <= {"deadline", "list-sick"} and causes


def test_rate_is_kept(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure(MANY, [block_list(ZONE, servers=[server.at], rate=20.0)], resolver=names.at)
    summary = repwatch.run("--only", "lists")
    asked = len(server.questions())
    # A burst is allowed, and then one at a time: no more than the time and one burst explain.
    assert asked >= 20
    assert asked <= 20 * summary["seconds"] + 30


@pytest.mark.parametrize("rcode", ["REFUSED", "SERVFAIL"])
def test_a_refusal_is_not_asked_again_and_again(bed, repwatch, names, rcode):
    server = bed.fakedns(f"* * rcode={rcode}\n")
    repwatch.configure(MANY, [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run("--only", "lists")
    assert len(server.questions()) <= len(MANY) + 20


# --- hostile text ---

HOSTILE = {
    "colours": b"\x1b[31mred\x1b[0m",
    "window title": b"\x1b]0;owned\x07",
    "C1 as UTF-8": b"\xc2\x9b31mred",
    "C1 as bytes": b"\x9b31mred",
    "script": b"<script>alert(1)</script>&\"'",
    "newline": b"one\r\ntwo: OK | listed=0",
    "bidi": b"abc\xe2\x80\xaedef\xe2\x81\xa6x",
    "invalid UTF-8": b"\xff\xfe\xc3(\xe2\x82",
    "surrogate": b"\xed\xa0\x80",
    "overlong": b"\xc0\xaf",
    "backslash": b"\\x1b[31m \\",
    "NUL": b"before\0after",
    "format": b"%s%n%d{address}",
    "Japanese": "送信元が登録されています".encode(),
    "DEL and tab": b"a\x7fb\tc",
}
BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def on_terminal(data):
    """What a terminal may be given: written from the rule, not from the program."""
    out = ""
    for char in data.decode("utf-8", "surrogateescape"):
        code = ord(char)
        if 0xdc80 <= code <= 0xdcff:
            out += f"\\x{code - 0xdc00:02x}"
        elif char == "\\":
            out += "\\\\"
        elif code < 0x20 or 0x7f <= code < 0xa0 or char in BIDI:
            out += "".join(f"\\x{byte:02x}" for byte in char.encode())
        else:
            out += char
    return out


def assert_harmless(data):
    text = data.decode("utf-8")
    for char in text:
        assert char == "\n" or ord(char) >= 0x20, repr(text)
        assert not 0x7f <= ord(char) < 0xa0 and char not in BIDI, repr(text)


def as_words(data):
    return "".join(f"\\x{byte:02x}" for byte in data)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text(bed, repwatch, name):
    data = HOSTILE[name]
    label = data.replace(b".", b"")[:40]
    names = bed.fakedns([
        f"{reversed4(LISTED)}.in-addr.arpa PTR PTR={as_words(label)}.example",
        f"* A A={LISTED}", "* * rcode=NXDOMAIN"])
    server = bed.fakedns(fake_list(yes(LISTED, f"A=127.0.0.2 TXT={as_words(data)}")))
    repwatch.configure([LISTED], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    bare = data.split(b"\0")[0]
    for command in (["status"], ["status", LISTED], ["check", LISTED], ["events"], ["lists"],
                    ["run", "--all"], ["status", "-v"]):
        result = repwatch(*command, "--color", "never")
        assert_harmless(result.out)
        assert_harmless(result.err)
    shown = repwatch("check", LISTED, "--color", "never").text
    flat = re.sub(r"\s+", "", shown)
    assert re.sub(r"\s+", "", on_terminal(bare)) in flat, shown
    for command in (["status"], ["check", LISTED], ["events"]):
        result = repwatch("--json", *command)
        result.json
        assert_harmless(result.out)
    [listing] = repwatch.status()[LISTED]["listings"]
    expected = bare.decode("utf-8", "replace")
    assert listing["reason"].replace("\ufffd", "") .startswith(expected.replace("\ufffd", "")), listing


def test_a_text_of_sixty_thousand_bytes(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED, "A=127.0.0.2 TXT=" + "\\x1bx" * 30000)))
    repwatch.configure([LISTED], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    assert listed_on(repwatch.status()[LISTED]) == {ZONE}
    assert len(repwatch.status()[LISTED]["listings"][0]["reason"]) <= 1024
    assert len(repwatch("status", LISTED).out) < 16000
    assert any(kind == "tcp" for kind, *_ in server.questions())


# --- IPv6, limits, keys, retired lists ---

def test_ipv6(bed, repwatch):
    listed, clean = "2001:db8:1::10", "2001:db8:2::10"
    names = bed.fakedns(names_of([listed, clean]), host="::1")
    zone = SOA + ":127.0.0.2:v6 $\n0:0:0:0:0:ffff:7f00:2\n2001:db8:1::/64\n"
    server = bed.rbldnsd([("six.test", "ip6trie", zone)], host="::1")
    four = bed.fakedns(fake_list())
    repwatch.configure([listed.upper(), "2001:0db8:2:0::10"], [
        block_list("six.test", covers=["ip6"], servers=[server.at], lists_reserved=True),
        block_list(ZONE, servers=[four.at]),
    ], resolver=names.at)
    repwatch.run()
    views = repwatch.status()
    assert set(views) == {listed, clean}, "canonical text"
    assert listed_on(views[listed]) == {"six.test"} and not listed_on(views[clean])
    assert not blind_on(views[clean]) and views[clean]["grade"] == "GOOD"
    assert not any(".ip6" in name or len(name) > 60 for _, _, _, name, _ in four.questions())
    assert repwatch.health()["six.test"]["health"] == "ok"


def test_a_name_beyond_the_limits_is_blind(bed, repwatch, names):
    """Domain and zone are names, both together are none. Asked is the registrable domain."""
    text = SOA + ":127.0.1.2:x\ntest\n"
    zone = ".".join(["a" * 63, "b" * 63, "c" * 63]) + ".test"
    long = "www." + "d" * 63 + ".example"
    server = bed.rbldnsd([(zone, "dnset", text)])
    repwatch.write_catalogue([block_list(zone, name="long", covers=["domain"], servers=[server.at],
                                         codes=[{"code": "127.0.1.2", "means": "spam"}])])
    result = repwatch("check", "--json", "--catalogue", repwatch.catalogue, "--resolver", names.at,
                      long, "--no-identity", config=False)
    assert result.code == 3, result
    assert blind_on(result.json["targets"][0])[zone] == "bad-name"


SECRET = "s3cr3tkey0123456789"


def keyed(bed, repwatch, names, text="why", mode=0o600):
    key = repwatch.dir / "dqs.key"
    key.write_text(SECRET + "\n")
    key.chmod(mode)
    zone = f"{SECRET}.dq.test"
    server = bed.fakedns([yes("127.0.0.2", zone=zone), yes(LISTED, f"A=127.0.0.2 TXT={text}", zone),
                          f"*.{zone} * rcode=NXDOMAIN", "* * rcode=REFUSED"])
    repwatch.configure([LISTED, CLEAN], [
        block_list("<KEY>.dq.test", needs_key="dqs", servers=[server.at])], resolver=names.at,
        lists={"keys": [{"name": "dqs", "key_file": "dqs.key"}]})
    return server


def test_a_key_is_used_and_never_shown(bed, repwatch, names):
    server = keyed(bed, repwatch, names)
    repwatch.run()
    assert listed_on(repwatch.status()[LISTED]) == {"<KEY>.dq.test"}
    assert any(SECRET in name.lower() for _, _, _, name, _ in server.questions())
    server.script(["* * silent"])
    repwatch("run", "--all", "-v")
    server.script(["* * A=203.0.113.1"])
    repwatch("run", "--all", "-v")
    for command in (["status", "-v"], ["events"], ["lists", "--verify"], ["lists"], ["check", LISTED],
                    ["config", "show"], ["config", "check"], ["run", "--all", "--dry-run"]):
        repwatch(*command)
        repwatch(*command, "--json")
    assert SECRET.encode() not in repwatch.everything_written().lower()


def test_a_key_in_the_lists_own_words_is_not_shown_either(bed, repwatch, names):
    keyed(bed, repwatch, names, f"see\\x20{SECRET}.dq.test")
    repwatch.run()
    repwatch("status")
    repwatch("status", "--json")
    repwatch("check", LISTED)
    assert SECRET.encode() not in repwatch.everything_written().lower()


def test_a_key_others_may_read_is_refused(bed, repwatch, names):
    keyed(bed, repwatch, names, mode=0o644)
    result = repwatch("run")
    assert result.code == 2 and b"dqs.key" in result.err, result
    assert SECRET.encode() not in result.out + result.err


def test_a_retired_list_is_refused(repwatch):
    repwatch.configure([CLEAN], [block_list("dnsbl.dead.test"), block_list(ZONE)],
                       retired=[{"zone": "*.dead.test", "reason": "lists the world since 2015"}])
    result = repwatch("run")
    assert result.code == 2, result
    assert re.search(rb"lists\.conf:\d+", result.err) and b"2015" in result.err, result


# --- lists ---

def test_lists_and_verify(bed, repwatch, names):
    good = real_list(bed)
    bad = bed.fakedns("* A A=127.0.0.2\n")
    repwatch.configure([CLEAN], [
        block_list(ZONE, servers=[good.at], day_budget=1000),
        block_list("sick.test", servers=[bad.at]),
        block_list("off.test", enabled=False, why_disabled="terms"),
    ], resolver=names.at)
    result = repwatch("lists", "--json")
    assert result.code == 0, result
    views = {view["zone"]: view for view in result.json["lists"]}
    assert set(views) == {ZONE, "sick.test", "off.test"}
    assert views["off.test"]["enabled"] is False and views[ZONE]["enabled"] is True
    assert views[ZONE]["covers"] == ["ip4"] and views[ZONE]["kind"] == "block"
    assert views[ZONE]["severity"] == "critical" and views[ZONE]["day_budget"] == 1000
    result = repwatch("lists", "--verify", "--json")
    assert result.code == 1, result
    views = {view["zone"]: view for view in result.json["lists"]}
    assert (views[ZONE]["health"], views["sick.test"]["health"]) == ("ok", "sick")
    text = repwatch("lists", "--verify").text
    assert "sick.test" in text and "sick" in text


# --- the rest of the command line ---

def test_missing_configuration_is_one_error(repwatch):
    result = repwatch("-c", repwatch.dir / "none.conf", "status", config=False)
    assert result.code == 2 and not result.out
    assert result.errors.count("\n") == 1 and "none.conf" in result.errors


def test_help_and_version(repwatch):
    alone = repwatch(config=False)
    assert alone.code == 0 and b"check" in alone.out and not alone.err
    for line in alone.text.splitlines():
        assert re.match(r"  [a-z]+( [a-z]+)? +[a-z].{4,}$", line) and len(line) <= 80, line
    for word in ("-h", "--help"):
        assert repwatch(word, config=False).code == 0
        assert b"--all" in repwatch("run", word, config=False).out
    for word in ("-V", "--version"):
        assert repwatch(word, config=False).out.startswith(b"repwatch ")


@pytest.mark.parametrize("words", [
    ["no-such-command"], ["run", "--no-such-option"], ["run", "extra"], ["check"],
    ["status", "--color", "sometimes"], ["run", "--only", "nothing"], ["events", "--since", "7"],
    ["events", "--since", "-1d"], ["run", "--only"], ["--resolver", "nowhere", "run"],
    ["--resolver", "127.0.0.1:99999", "run"], ["check", "--list"], ["-c"]])
def test_usage_errors(repwatch, words):
    repwatch.configure([CLEAN], [block_list(ZONE)])
    result = repwatch(*words)
    assert result.code == 2, result
    assert not result.out and result.err.startswith(b"repwatch: "), result


def test_state_and_resolver_override(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED], [block_list(ZONE)], resolver="127.0.0.1:9")
    other = repwatch.dir / "other"
    repwatch.run("--only", "lists", "--state", other, "--resolver", server.at)
    assert not repwatch.state.exists() and list(other.glob("*.db"))
    result = repwatch("status", "--json", "--state", other)
    assert listed_on(result.json["addresses"][0]) == {ZONE}


def test_a_full_output_is_an_error(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure([CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    with open("/dev/full", "wb") as full:
        done = subprocess.run(repwatch.argv("status"), stdout=full, stderr=subprocess.PIPE,
                              env=repwatch.environment(), check=False)
    assert done.returncode == 2 and done.stderr.startswith(b"repwatch: ")


def test_nothing_but_the_answer_on_standard_output(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure([CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    result = repwatch("run", "--json", "-v")
    result.json
    assert b"\r" not in result.err and b"\x1b" not in result.err, "a bar is for terminals"
    quiet = repwatch("run", "-q")
    assert quiet.err == b""


def test_colour_is_asked_for_or_not(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    assert b"\x1b[" in repwatch("status", "--color", "always").out
    assert b"\x1b[" not in repwatch("status").out
    assert b"\x1b[" not in repwatch("status", "--color", "auto", NO_COLOR="1").out


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "de_DE.UTF-8", "ja_JP.UTF-8", "tr_TR.UTF-8"])
def test_json_does_not_depend_on_the_locale(bed, repwatch, names, locale):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    summary = repwatch("run", "--json", LC_ALL=locale)
    assert re.search(rb'"seconds": ?\d+(\.\d+)?[,\s}]', summary.out), summary
    assert repwatch("status", "--json", LC_ALL=locale).json["addresses"][0]["grade"] == "POOR"


def test_a_state_others_may_write_is_refused(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure([CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.state.mkdir()
    repwatch.state.chmod(0o777)
    result = repwatch("run")
    assert result.code == 2 and b"state" in result.err, result


def test_the_state_is_private(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure([CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    old = os.umask(0)
    try:
        repwatch.run()
    finally:
        os.umask(old)
    assert repwatch.state.stat().st_mode & 0o027 == 0
    for path in repwatch.state.rglob("*"):
        assert path.stat().st_mode & 0o022 == 0, path


# --- series ---

def rrd_files(repwatch):
    return sorted(repwatch.state.rglob("*.rrd"))


def rrd_is_good(path):
    done = subprocess.run([beds.need("rrdtool"), "info", str(path)], capture_output=True, check=False)
    return done.returncode == 0 and b"last_update" in done.stdout


def test_series_are_rebuilt(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED, CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    files = rrd_files(repwatch)
    assert len(files) == 2 and all(map(rrd_is_good, files))
    files[0].unlink()
    files[1].write_bytes(b"not an RRD")
    repwatch.run("--all")
    assert rrd_files(repwatch) == files and all(map(rrd_is_good, files))


def test_series_trouble_spoils_no_pass(bed, repwatch, names):
    server = bed.fakedns(fake_list(yes(LISTED)))
    repwatch.configure([LISTED], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    for path in rrd_files(repwatch):
        path.unlink()
        path.mkdir()
        (path / "x").write_text("in the way")
    result = repwatch("run", "--all", "--json")
    assert result.code in (0, 3), result
    assert listed_on(repwatch.status()[LISTED]) == {ZONE}


# --- databases of other times ---

def test_a_damaged_database_is_said(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure([CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    for path in repwatch.state.glob("repwatch.db*"):
        path.unlink()
    (repwatch.state / "repwatch.db").write_bytes(b"this is no database" * 100)
    for command in ("run", "status", "events"):
        result = repwatch(command)
        assert result.code == 2 and b"repwatch.db" in result.err, result


def test_a_newer_database_is_refused(bed, repwatch, names):
    server = bed.fakedns(fake_list())
    repwatch.configure([CLEAN], [block_list(ZONE, servers=[server.at])], resolver=names.at)
    repwatch.run()
    import sqlite3

    with sqlite3.connect(repwatch.state / "repwatch.db") as db:
        db.execute("PRAGMA user_version = 9999")
    db.close()
    for command in ("run", "status"):
        result = repwatch(command)
        assert result.code == 2 and b"newer" in result.err, result
