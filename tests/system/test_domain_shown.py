"""What is shown of domains is added up for those that changed, and is what adding up all gives."""

import random
import sqlite3

import pytest

from test_domains import (GOOD, HOST, ONLY_V4, REPLIES, V4, V6, Mail, configure, domains, look,
                          records)

NAMES = ["shop.test", "news.shop.test", "club.test", "a.club.test", "solo.test", "quiet.test"]


@pytest.fixture
def mail(repwatch):
    return Mail(repwatch)


def database(repwatch):
    return sqlite3.connect(repwatch.state / "repwatch.db")


def forget(repwatch):
    """Nothing holds what was added up for valid any more."""
    with database(repwatch) as db:
        db.execute("DELETE FROM domain_basis")


def shown(repwatch):
    with database(repwatch) as db:
        rows = db.execute("SELECT address, day, is_unready, is_urgent, is_blind, shown FROM"
                          " domain_shown JOIN address ON id = address_id").fetchall()
        sums = db.execute("SELECT * FROM domain_sum ORDER BY 1, 2").fetchall()
        marks = db.execute("SELECT count(*) FROM domain_changed").fetchone()[0]
    return sorted(rows), sums, marks


def test_few_changes_give_what_all_would(bed, repwatch, mail):
    zones = {name: records(name.removesuffix(".test"), GOOD) for name in NAMES}
    server = bed.nsd({"test": HOST + "".join(zones.values())})
    # Enough of them that a few are few.
    configure(repwatch, mail, server, lists={"breaker": 1.0},
              domains=[{"domain": f"other{n}.test"} for n in range(60)])
    dice = random.Random(7)
    mail.send({f"u@{name}": 20 for name in NAMES[:-1]})
    repwatch.run("--only", "maillog")
    look(repwatch)
    for step in range(8):
        kind = dice.choice(["mail", "mail", "import", "records"])
        name = dice.choice(NAMES)
        if kind == "mail":
            mail.send({f"u{step}@{name}": dice.randrange(1, 40)},
                      service=dice.choice(["postfix", "postfix-v6"]))
        elif kind == "import":
            other = Mail(repwatch)
            other.path = repwatch.dir / f"old-{step}.log"
            other.path.write_bytes(b"")
            other.server.number = 1000 * (step + 1)
            other.send({f"u{step}@{name}": dice.randrange(1, 40)})
            done = repwatch("volume", "import", "--format", "postfix", str(other.path))
            assert done.code == 0, done
        else:
            zones[name] = records(name.removesuffix(".test"), dice.choice([GOOD, ONLY_V4, None]))
            server.change("test", HOST + "".join(zones.values()))
        repwatch.run("--only", "maillog")
        look(repwatch)
        few = shown(repwatch)
        assert few[2] == 0
        forget(repwatch)
        repwatch.run("--only", "maillog")
        assert shown(repwatch) == few, (step, kind, name)


def test_a_quiet_pass_adds_up_nothing(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("shop", GOOD)})
    configure(repwatch, mail, server)
    mail.send({"a@shop.test": 30})
    repwatch.run("--only", "maillog")
    look(repwatch)
    before = domains(repwatch)["shop.test"]["volume"]
    with database(repwatch) as db:
        db.execute("UPDATE domain_day SET sent = sent + 1000")
    repwatch.run("--only", "maillog")
    assert domains(repwatch)["shop.test"]["volume"] == before, "the counts were not read"
    mail.send({"b@shop.test": 1})
    repwatch.run("--only", "maillog")
    assert domains(repwatch)["shop.test"]["volume"]["yesterday"] == before["yesterday"] + 1001


def test_another_name_of_an_address_is_shown(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("shop", GOOD)})
    configure(repwatch, mail, server)
    mail.send({"a@shop.test": 30})
    repwatch.run("--only", "maillog")
    look(repwatch)
    assert "name" not in domains(repwatch)["shop.test"]["addresses"][0]
    repwatch.configure([{"address": V4, "name": "www274"}, {"address": V6}],
                       resolver={"servers": [server.at]}, maillogs=[mail.entry()], replies=REPLIES)
    repwatch.run("--only", "maillog")
    assert domains(repwatch)["shop.test"]["addresses"][0]["name"] == "www274"


def test_what_comes_back_is_not_old(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("shop", GOOD) + records("club", GOOD)})
    mail.send({"a@shop.test": 30, "b@club.test": 20})
    configure(repwatch, mail, server)
    repwatch.run("--only", "maillog")
    look(repwatch)
    configure(repwatch, mail, server, auth={"limit": 1})
    mail.send({"b@club.test": 5})
    repwatch.run("--only", "maillog")
    assert list(domains(repwatch)) == ["shop.test"]
    configure(repwatch, mail, server)
    repwatch.run("--only", "maillog")
    assert domains(repwatch)["club.test"]["volume"]["yesterday"] == 25
