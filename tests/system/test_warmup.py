"""Plans of warm-ups, and what was counted held against them."""

import datetime
import fcntl
import os
import sqlite3

import pytest

# The program's clock cannot be set, and a test that begins before midnight may end behind it.
# So the zone is the one in which it is about noon.
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
AHEAD_H = 12 - NOW.hour
ZONE = f"Etc/GMT{-AHEAD_H:+d}" if AHEAD_H else "UTC"  # POSIX counts westward
TODAY = (NOW + datetime.timedelta(hours=AHEAD_H)).date()
NEW, OTHER = "192.0.2.10", "2001:db8::10"
LIST_1_4 = [100, 140, 196, 274, 300]


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


def mail_log(sent, host="mx"):
    """A Postfix log in which `sent` is {days from today: how many were accepted}."""
    lines = []
    for offset, count in sorted(sent.items()):
        for number in range(count):
            ident = f"{offset + 50:03X}{number:06X}"
            # Local noon is about now; every message was sent before.
            at = NOW + datetime.timedelta(days=offset, seconds=-1)
            lines.append(f"{at:%Y-%m-%dT%H:%M:%S}+00:00 {host} postfix/smtp[9]: {ident}: to=<a@example"
                         f".org>, relay=mx.example.org[203.0.113.9]:25, delay=1, delays=0/0/1/0, "
                         f"dsn=2.0.0, status=sent (250 2.0.0 ok)\n")
    return "".join(lines).encode()


@pytest.fixture
def agent(repwatch):
    return repwatch.configure(["198.18.0.1"], timezone=ZONE)


def count(agent, sent, address=NEW):
    done = agent("volume", "import", "--format", "postfix", "--address", address, "-",
                 stdin=mail_log(sent, host=f"mx{len(address)}"))
    assert done.code == 0, done


def plan(agent, *words, address=NEW):
    result = agent("warmup", "plan", address, "--json", *words)
    assert result.code == 0, result
    return result.json


def status(agent, *words, code=0):
    result = agent("warmup", "status", "--json", *words)
    assert result.code == code, result
    return {each["address"]: each for each in result.json["plans"]}


def small(agent, begun=0, **more):
    """100, 140, 196, 274, 300"""
    return plan(agent, "--target", "300", "--first", "100", "--start", day(-begun), **more)


# --- a plan ---

def test_a_plan_is_shown_and_recorded(agent):
    document = small(agent)
    assert document == {
        "address": NEW, "start": day(0), "target": 300, "growth": 1.4, "first": 100, "days": 5,
        "end": day(4), "recorded": True,
        "schedule": [{"date": day(i), "allowed": LIST_1_4[i]} for i in range(5)],
    }
    kept = status(agent, code=3)[NEW]
    assert {key: kept[key] for key in ("start", "target", "growth", "first", "days", "day")} == {
        "start": day(0), "target": 300, "growth": 1.4, "first": 100, "days": 5, "day": 1}


def test_what_is_not_said(agent):
    document = plan(agent, "--target", "20000")
    assert (document["start"], document["growth"], document["first"]) == (day(0), 1.4, 50)
    assert document["schedule"][-1] == {"date": document["end"], "allowed": 20000}
    assert plan(agent, "--target", "20")["schedule"] == [{"date": day(0), "allowed": 20}]


def test_a_plan_for_an_address_that_nothing_looks_at_says_so(agent):
    result = agent("warmup", "plan", "192.0.2.77", "--target", "100")
    assert result.code == 0 and "192.0.2.77' is not among 'addresses'" in result.errors, result
    result = agent("warmup", "plan", "198.18.0.1", "--target", "100")
    assert result.code == 0 and not result.errors, result


def test_a_plan_by_a_curve(agent):
    document = plan(agent, "--target", "50000", "--curve", "ses-45", "--start", "2026-12-01")
    curves = {each["curve"]: each for each in agent("warmup", "curves", "--json").json["curves"]}
    assert [each["allowed"] for each in document["schedule"]] == curves["ses-45"]["days"]
    assert (document["curve"], document["days"], document["end"]) == ("ses-45", 45, "2027-01-14")
    assert "growth" not in document and "first" not in document


def test_an_older_plan_is_replaced_and_named(agent):
    old = plan(agent, "--target", "500", "--curve", "sendgrid-manual")
    document = small(agent)
    assert document["replaced"] == {key: value for key, value in old.items()
                                    if key not in ("schedule", "recorded")}
    assert status(agent, code=3)[NEW]["target"] == 300
    text = agent("warmup", "plan", NEW, "--target", "70")
    assert text.code == 0 and "replaces an older plan: from 100 on " + day(0) in text.text, text


def test_an_address_has_one_name(agent):
    small(agent, address="2001:DB8:0::10")
    assert small(agent, address=OTHER)["replaced"]["address"] == OTHER
    assert list(status(agent, "2001:db8:0:0::10", code=3)) == [OTHER]


def test_a_dry_run_records_nothing(agent):
    small(agent)
    document = plan(agent, "--target", "90", "--dry-run")
    assert document["recorded"] is False and "replaced" not in document
    assert status(agent, code=3)[NEW]["target"] == 300


def test_a_dry_run_needs_no_configuration(agent):
    result = agent("warmup", "plan", NEW, "--target", "90", "--dry-run", config=False)
    assert result.code == 0 and "not recorded" in result.text, result
    assert not agent.state.exists()
    assert agent("warmup", "curves", config=False).code == 0


# --- what was sent ---

def row(title, begun, sent, verdict, code, **more):
    return pytest.param(begun, sent, verdict, code, more, id=title)


@pytest.mark.parametrize("begun, sent, verdict, code, more", [
    row("nothing yesterday was asked of it", 0, {0: 60}, "on-plan", 0, headroom=40),
    row("all that is allowed", 2, {-2: 100, -1: 140, 0: 196}, "on-plan", 0, headroom=0),
    row("one more today", 2, {-1: 140, 0: 197}, "over-plan", 1, headroom=0),
    row("one more yesterday", 2, {-1: 141}, "over-plan", 1, headroom=196),
    row("too much before the plan", 1, {-9: 9, -2: 400, -1: 100}, "on-plan", 0, headroom=140),
    row("half of it", 2, {-1: 70, 0: 5}, "on-plan", 0, headroom=191),
    row("less", 2, {-1: 69, 0: 5}, "behind", 0, headroom=191),
    row("at rest, but known", 2, {-40: 3}, "behind", 0, headroom=196),
    row("never counted", 2, {}, "unknown", 3),
    row("not begun", -3, {0: 7}, "waiting", 0, headroom=0),
    row("not begun nor counted", -3, {}, "waiting", 0),
    row("the target was reached", 5, {-1: 300, 0: 1}, "done", 0, headroom=299),
    row("and exceeded", 50, {0: 301}, "over-plan", 1, headroom=0),
])
def test_status_holds_what_was_sent_against_the_plan(agent, begun, sent, verdict, code, more):
    small(agent, begun)
    if sent:
        count(agent, sent)
    view = status(agent, code=code)[NEW]
    allowed = {offset: 0 if begun + offset < 0 else LIST_1_4[min(begun + offset, 4)]
               for offset in (-1, 0)}
    assert view["verdict"] == verdict
    assert view["allowed"] == allowed[0]
    assert view.get("day") == (begun + 1 if begun >= 0 else None)
    assert view.get("sent") == (sent.get(0, 0) if sent else None)
    assert view.get("headroom") == more.get("headroom")
    assert view.get("yesterday", {}).get("allowed") == (allowed[-1] if begun > 0 else None)
    assert view.get("yesterday", {}).get("sent") == (
        sent.get(-1, 0) if sent and begun > 0 else None)
    assert agent("warmup", "status").code == code


def test_only_what_was_accepted_is_sent(agent):
    small(agent)
    log = mail_log({0: 90}) + mail_log({0: 90}).replace(b"status=sent (250 2.0.0 ok)",
                                                        b"status=deferred (450 4.7.1 later)")
    done = agent("volume", "import", "--format", "postfix", "--address", NEW, "-", stdin=log)
    assert done.code == 0, done
    assert status(agent)[NEW]["sent"] == 90


def test_each_address_has_its_own_plan(agent):
    small(agent, 2)
    small(agent, 2, address=OTHER)
    count(agent, {-1: 140, 0: 500})
    count(agent, {-1: 140, 0: 5}, address=OTHER)
    both = status(agent, code=1)
    assert (both[NEW]["verdict"], both[OTHER]["verdict"]) == ("over-plan", "on-plan")
    assert list(status(agent, OTHER)) == [OTHER]
    assert list(status(agent, OTHER, NEW, code=1)) == [OTHER, NEW]
    text = agent("warmup", "status").text
    assert f"{NEW}: sent 500 today where 196 are allowed" in text
    assert "3 of 5" in text and "140 of 140" in text


def test_days_are_the_operators(agent):
    small(agent, 1)
    count(agent, {-1: 100, 0: 100})
    assert status(agent)[NEW]["sent"] == 100
    # In a zone where today has not begun, or is over, the same mail is of other days.
    other = "Etc/GMT+12" if AHEAD_H >= 0 else "Etc/GMT-14"
    agent.configure(["198.18.0.1"], timezone=other)
    here = (NOW + datetime.timedelta(hours=-12 if AHEAD_H >= 0 else 14)).date()
    days_on = (here - datetime.date.fromisoformat(day(-1))).days + 1
    assert status(agent, code=agent("warmup", "status").code)[NEW].get("day", 0) == max(days_on, 0)


def test_a_curve_nobody_knows_any_more_is_unknown(agent):
    plan(agent, "--target", "500", "--curve", "ses-45")
    count(agent, {0: 5})
    with sqlite3.connect(agent.state / "repwatch.db") as database:
        database.execute("UPDATE warmup SET curve = ?", ("x\x1b[31m",))
    database.close()
    view = status(agent, code=3)[NEW]
    assert view["verdict"] == "unknown" and "allowed" not in view and "headroom" not in view
    result = agent("warmup", "status")
    assert "knows no curve" in result.text and "\x1b" not in result.text
    assert small(agent)["replaced"]["curve"] == "x\x1b[31m"


# --- the end of it ---

def test_stop(agent):
    small(agent)
    small(agent, address=OTHER)
    result = agent("warmup", "stop", "192.0.2.10", "--json")
    assert result.code == 0 and result.json["stopped"]["address"] == NEW, result
    assert list(status(agent, code=3)) == [OTHER]
    again = agent("warmup", "stop", NEW)
    assert again.code == 2 and f"there is no plan for '{NEW}'" in again.errors, again
    gone = agent("warmup", "status", NEW)
    assert gone.code == 2 and f"there is no plan for '{NEW}'" in gone.errors, gone
    quiet = agent("warmup", "stop", "-q", OTHER)
    assert quiet.code == 0 and not quiet.out + quiet.err, quiet
    none = agent("warmup", "status")
    assert none.code == 0 and not none.out and "no address is being warmed up" in none.errors, none
    assert status(agent) == {}


# --- what goes wrong ---

TARGET = ["--target", "300"]


@pytest.mark.parametrize("words, says", [
    (["plan"], "'warmup plan' needs ADDRESS"),
    (["plan", NEW], "--target PER_DAY"),
    (["plan", NEW, NEW, *TARGET], "no use for"),
    (["plan", "mail.example.org", *TARGET], "'mail.example.org' is no address"),
    (["plan", "192.0.2.0/28", *TARGET], "'192.0.2.0/28' is no address"),
    (["plan", NEW, "--target", "many"], "--target: 'many'"),
    (["plan", NEW, "--target", "-5"], "--target: '-5'"),
    (["plan", NEW, "--target", "0"], "from 1 to 1000000000"),
    (["plan", NEW, "--target", "1000000001"], "from 1 to 1000000000"),
    (["plan", NEW, *TARGET, "--start", "tomorrow"], "--start: 'tomorrow'"),
    (["plan", NEW, *TARGET, "--start", "2026-02-30"], "--start: '2026-02-30'"),
    (["plan", NEW, *TARGET, "--growth", "40%"], "--growth: '40%'"),
    (["plan", NEW, *TARGET, "--growth", "nan"], "--growth: 'nan'"),
    (["plan", NEW, *TARGET, "--growth", "1"], "from 1.01 to 2"),
    (["plan", NEW, *TARGET, "--growth", "2.1"], "from 1.01 to 2"),
    (["plan", NEW, *TARGET, "--first", "x"], "--first: 'x'"),
    (["plan", NEW, *TARGET, "--first", "0"], "from 1 to the target 300"),
    (["plan", NEW, *TARGET, "--first", "301"], "from 1 to the target 300"),
    (["plan", NEW, *TARGET, "--curve", ""], "--curve needs a name"),
    (["plan", NEW, *TARGET, "--curve", "ses-46"], "no warm-up curve 'ses-46'"),
    (["plan", NEW, *TARGET, "--curve", "ses-45", "--growth", "1.2"], "neither --growth"),
    (["plan", NEW, *TARGET, "--curve", "ses-45", "--first", "5"], "neither --growth"),
    (["plan", NEW, "--target", "50001", "--curve", "ses-45"], "beyond the end of the curve"),
    (["status", "shared-a"], "'shared-a' is no address"),
    (["status", NEW], "there is no plan for '192.0.2.10'"),
    (["stop"], "'warmup stop' needs ADDRESS"),
    (["stop", "x"], "'x' is no address"),
    (["stop", NEW], "there is no plan for '192.0.2.10'"),
    (["curves", "ses-45"], "no use for 'ses-45'"),
    ([], "needs one of: plan, status, stop, curves"),
])
def test_bad_input_is_told_and_changes_nothing(agent, words, says):
    small(agent, address=OTHER)
    result = agent("warmup", *words)
    assert result.code == 2 and says in result.errors and not result.out, result
    assert list(status(agent, code=3)) == [OTHER]


def test_status_needs_a_database(agent):
    result = agent("warmup", "status")
    assert result.code == 2 and "repwatch run" in result.errors and not agent.state.exists(), result


@pytest.mark.parametrize("words", [["plan", NEW, "--target", "90"], ["stop", NEW]])
def test_another_run_holds_the_lock(agent, words):
    small(agent)
    with open(agent.state / "lock", "r+b") as lock:
        fcntl.fcntl(lock, fcntl.F_OFD_SETLK, flock(fcntl.F_WRLCK))
        result = agent("warmup", *words)
        assert result.code == 75 and "lock" in result.errors and not result.out, result
        assert status(agent, code=3)[NEW]["target"] == 300
    assert agent("warmup", *words).code == 0


def flock(kind):
    """struct flock of the whole file."""
    import struct

    return struct.pack("hhqqi4x", kind, os.SEEK_SET, 0, 0, 0)


def test_an_old_pass_is_not_today(agent):
    """What was read long ago does not tell what is left for today."""
    small(agent)
    count(agent, {0: 5})
    assert agent("run", "--only", "identity").code in (0, 1, 3)
    assert status(agent)[NEW]["headroom"] == 95
    assert "Last pass:" in agent("warmup", "status").text
    with sqlite3.connect(agent.state / "repwatch.db") as database:
        database.execute("UPDATE pass SET at = at - 864000")
    database.close()
    result = agent("warmup", "status")
    assert result.code == 3 and "too long" in result.errors, result
