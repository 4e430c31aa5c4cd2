"""Sending domains: which ones a pass looks at, what it believes of their records, what is said."""

import datetime
import os
import re

import pytest

import senders
from agent import block_list

REPLIES = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../etc/replies.conf"))
CATALOGUE = os.path.join(os.path.dirname(REPLIES), "lists.conf")
V4, V6 = "198.18.0.1", "2001:db8::1"
UTC = datetime.timezone.utc


def key_record():
    """A DKIM key of 2048 bits; nobody has its other half."""
    key = ("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqPfacuKzPUJ9x/1sIvx91FxWANfPfvY4iq"
           "A4zDGkIb76V1c7kWuanSQ9Cym14HzzV77/qoaPoKeqIkH4NR5CWQmmp+ZoEsPpgiYs6Gx2vZY/x65U"
           "LmpvxzIpCty/HPUbZ+eJXagPTaGUPspJ/0YdafBPF3FDOprcnvlHSYRo1ypxLe+jZxm2j6Ql/L59Z/"
           "GY5ZGG/Ax7YIh4geOlG+Li/C88ORHXuzCEYLmGEcegfOzXQ/aGj8Glerlox5bDaKo+mBk5Iv2PTiE5"
           "FTCuBT2p9vBvh7t1h3oe9W5PNS6des5HjWCPYmqQduzKZM6C/tA6q/jCxYzXY1LvAWuIypTQVQIDAQ"
           "AB")
    return f'"v=DKIM1; k=rsa; p={key[:200]}" "{key[200:]}"'


class Mail:
    """A Postfix host whose customers have domains of their own."""

    def __init__(self, repwatch):
        self.path = repwatch.dir / "mail.log"
        self.server = senders.Server()
        self.path.touch()

    def send(self, counts, service="postfix", days=1):
        """{account: messages}, from yesterday noon on."""
        noon = datetime.datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
        for account, count in counts.items():
            for day in range(1, days + 1):
                self.server.send(noon - datetime.timedelta(days=day), 3600, count, account)
        lines = self.server.log(self.server.take()).replace(b" postfix/smtp[",
                                                            f" {service}/smtp[".encode())
        with open(self.path, "ab") as log:
            log.write(lines)

    def entry(self):
        return {"path": str(self.path), "format": "postfix", "address": V4,
                "by_service": [{"service": "postfix-v6", "address": V6}]}


@pytest.fixture
def mail(repwatch):
    return Mail(repwatch)


def configure(repwatch, mail, server, **more):
    addresses = [{"address": V4, "helo": "mx1.host.test", "pool": "shared"},
                 {"address": V6, "helo": "mx1.host.test", "pool": "shared"}]
    resolver = {"servers": [server.at], **more.pop("resolver", {})}
    return repwatch.configure(addresses, resolver=resolver, maillogs=[mail.entry()],
                              replies=REPLIES, **more)


def records(name, spf, dmarc="v=DMARC1; p=none; rua=mailto:dmarc@host.test"):
    """A domain that takes mail, with what it says about who may send for it."""
    text = f"{name} MX 10 mx1.host\n"
    text += f'{name} TXT "{spf}"\n' if spf else ""
    text += f'_dmarc.{name} TXT "{dmarc}"\n' if dmarc else ""
    text += f"rs2024._domainkey.{name} TXT {key_record()}\n"
    return text


HOST = (f"mx1.host A {V4}\nmx1.host AAAA {V6}\nhost MX 10 mx1.host\n"
        f'host TXT "v=spf1 a:mx1.host.test -all"\n'
        '*._report._dmarc.host TXT "v=DMARC1"\n'
        f'_spf.host TXT "v=spf1 ip4:{V4} ip6:{V6} ~all"\n')
GOOD = "v=spf1 include:_spf.host.test -all"
ONLY_V4 = f"v=spf1 ip4:{V4} -all"


def domains(repwatch, *words, codes=(0, 1, 3)):
    """{domain: view}"""
    done = repwatch("domains", "--json", *words)
    assert done.code in codes, done
    return {view["domain"]: view for view in done.json["domains"]}


def wrong(view):
    return {reason["check"] for reason in view["reasons"] if reason["finding"] == "broken"}


def changes(events, check="spf"):
    return [(event.get("address", ""), event["change"]) for event in events
            if event["check"] == check]


def look(repwatch, **more):
    """One pass over the domains, asked whether due or not."""
    return repwatch.run("--only", "auth", "--all", **more)


# --- which domains, and whose addresses ---

def test_domains_come_from_the_logs(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("shop", GOOD) + records("news.club", GOOD)})
    mail.send({"a@shop.test": 30, "b@news.club.test": 20, "few@rare.test": 3, "x@localhost": 50,
               "y@[192.0.2.1]": 50, "z@192.0.2.1": 50, "evil@shop.test\x01.test": 50})
    configure(repwatch, mail, server, domains=[{"domain": "quiet.test"}])
    repwatch.run("--only", "maillog")
    assert look(repwatch)["domains"] == 3
    view = domains(repwatch)
    assert list(view) == ["shop.test", "news.club.test", "quiet.test"], "by mail"
    assert view["shop.test"]["volume"]["yesterday"] == 30
    assert view["shop.test"]["volume"]["to"]["gmail"] == 10
    assert view["news.club.test"]["registrable"] == "club.test"
    assert [row["address"] for row in view["shop.test"]["addresses"]] == [V4]
    assert view["shop.test"]["accounts"] == ["a@shop.test"]
    assert re.search(r"mostly by +a@shop\.test", repwatch("domains", "shop.test").text)
    assert view["quiet.test"]["configured"] and not view["shop.test"]["configured"]


def test_what_is_shown_follows_counts_and_configuration(bed, repwatch, mail):
    """A pass that learns nothing leaves what is shown alone, but not what others changed."""
    server = bed.nsd({"test": HOST + records("shop", GOOD)})
    mail.send({"a@shop.test": 30})
    configure(repwatch, mail, server)
    repwatch.run("--only", "maillog")
    look(repwatch)
    repwatch.run("--only", "maillog")
    assert domains(repwatch)["shop.test"]["volume"]["yesterday"] == 30
    mail.path, of_the_pass = repwatch.dir / "old.log", mail.path
    mail.send({"a@shop.test": 12})
    assert repwatch("volume", "import", "--format", "postfix", "--address", V4, mail.path).code == 0
    mail.path = of_the_pass
    repwatch.run("--only", "maillog")
    view = domains(repwatch)["shop.test"]
    assert view["volume"]["yesterday"] == 42 and "name" not in view["addresses"][0]
    repwatch.conf.write_text(repwatch.conf.read_text().replace('helo = "mx1', 'name = "www1"; helo = "mx1', 1))
    repwatch.run("--only", "maillog")
    assert domains(repwatch)["shop.test"]["addresses"][0]["name"] == "www1"


def test_the_limit_keeps_those_with_most_mail(bed, repwatch, mail):
    server = bed.nsd({"test": HOST})
    mail.send({f"a@d{n}.test": 10 + n for n in range(6)})
    configure(repwatch, mail, server, auth={"limit": 2})
    repwatch.run("--only", "maillog")
    done = repwatch("run", "--only", "auth")
    assert "6 domains send and 2 of them are looked at" in done.text, done
    assert list(domains(repwatch)) == ["d5.test", "d4.test"]


def test_ignored_domains_are_left_out_unless_configured(bed, repwatch, mail):
    server = bed.nsd({"test": HOST})
    mail.send({"a@big.test": 30, "b@mail.big.test": 30, "c@own.big.test": 30, "d@notbig.test": 30})
    configure(repwatch, mail, server, auth={"ignore": ["big.test"]},
              domains=[{"domain": "own.big.test"}])
    repwatch.run("--only", "maillog")
    look(repwatch)
    assert set(domains(repwatch)) == {"own.big.test", "notbig.test"}


def test_a_pool_stands_for_mail_that_was_not_sent_yet(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("new", ONLY_V4)})
    configure(repwatch, mail, server, domains=[{"domain": "new.test", "pool": "shared"}])
    look(repwatch)
    view = domains(repwatch)["new.test"]
    assert {row["address"]: row["result"] for row in view["spf"]["senders"]} == {
        V4: "pass", V6: "fail"}
    assert view["unready"]


def test_the_lookups_are_shown_with_what_uses_them(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + '_a.host TXT "v=spf1 mx:host.test a:mx1.host.test ~all"\n'
                      + records("shop", "v=spf1 include:_a.host.test mx -all")})
    mail.send({"a@shop.test": 30})
    configure(repwatch, mail, server, domains=[{"domain": "quiet.test"}])
    repwatch.run("--only", "maillog")
    look(repwatch)
    tree = ["4 of 10 lookups", "3 include:_a.host.test", "1 mx:host.test", "1 a:mx1.host.test", "1 mx"]
    for words in (["domains", "shop.test"], ["check", "shop.test", "--no-lists"]):
        lines = repwatch(*words).text.splitlines()
        at = next(n for n, line in enumerate(lines) if "of 10 lookups" in line)
        shown = lines[at:at + len(tree)]
        assert [line.strip() for line in shown] == tree
        assert [len(line) - len(line.lstrip()) for line in shown] == [14, 16, 18, 18, 16]
    assert domains(repwatch)["shop.test"]["spf"]["tree"][1] == {
        "depth": 1, "term": "mx:host.test", "lookups": 1}
    assert re.search(r"ACCOUNT.*\n.*a@shop\.test", repwatch("domains").text)


# --- from wrong to mended ---

def test_a_fix_that_is_published_clears_the_event(bed, repwatch, mail):
    zone = HOST + records("shop", ONLY_V4)
    server = bed.nsd({"test": zone})
    mail.send({"a@shop.test": 30})
    mail.send({"a@shop.test": 30}, service="postfix-v6")
    configure(repwatch, mail, server)
    repwatch.run("--only", "maillog")
    first = look(repwatch)
    assert changes(first["events"]) == [("shop.test", "raised")]

    done = repwatch("domains", "--unready")
    assert done.code == 1, done
    assert V6 in done.text and "SPF" in done.text, done
    view = domains(repwatch, "shop.test", codes=[1])["shop.test"]
    assert wrong(view) == {"spf"}
    assert view["spf"]["result"] == "fail"
    fix = published(view["spf"]["fix"])
    assert V4 in fix and ("a:mx1.host.test" in fix or V6 in fix)

    # As it was printed, into the zone.
    server.change("test", zone.replace(ONLY_V4, fix))
    second = look(repwatch)
    assert changes(second["events"]) == [("shop.test", "cleared")]
    view = domains(repwatch, "shop.test")["shop.test"]
    assert view["spf"]["result"] == "pass" and not wrong(view)
    assert "fix" not in view["spf"]


def published(fix):
    """The record's text, whether it came as a whole zone line or alone."""
    quoted = re.findall(r'"([^"]*)"', fix)
    return "".join(quoted) if quoted else fix


def test_losing_a_record_is_told_once(bed, repwatch, mail):
    zone = HOST + records("shop", GOOD) + records("club", GOOD)
    server = bed.nsd({"test": zone})
    mail.send({"a@shop.test": 30, "b@club.test": 30})
    configure(repwatch, mail, server, lists={"breaker": 1.0})
    repwatch.run("--only", "maillog")
    assert not look(repwatch)["events"]
    server.change("test", zone.replace(f'shop TXT "{GOOD}"\n', ""))
    assert changes(look(repwatch)["events"]) == [("shop.test", "raised")]
    assert not look(repwatch)["events"]
    assert wrong(domains(repwatch)["shop.test"]) == {"spf"}
    assert not wrong(domains(repwatch)["club.test"])


def test_dmarc_is_inherited(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("shop", GOOD)
                      + records("news.shop", GOOD, dmarc=None) + records("club", GOOD, dmarc=None)})
    mail.send({"a@news.shop.test": 30, "b@club.test": 30})
    configure(repwatch, mail, server)
    repwatch.run("--only", "maillog")
    look(repwatch)
    view = domains(repwatch)
    assert view["news.shop.test"]["dmarc"]["found_at"] == "shop.test"
    assert view["news.shop.test"]["dmarc"]["policy"] == "none"
    assert view["club.test"]["dmarc"]["result"] == "missing"
    assert published(view["club.test"]["dmarc"]["fix"]).startswith("v=DMARC1;")
    assert view["club.test"]["unready"]


def test_selectors_of_the_configuration_are_looked_at(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("shop", GOOD)})
    configure(repwatch, mail, server,
              domains=[{"domain": "shop.test", "selectors": ["rs2024", "gone"]}])
    look(repwatch)
    view = domains(repwatch)["shop.test"]
    keys = {key["selector"]: key for key in view["dkim"]["keys"]}
    assert keys["gone"]["result"] == "missing"
    assert keys["rs2024"]["type"] == "rsa" and keys["rs2024"]["bits"] == 2048
    assert "dkim" in wrong(view)


# --- what could not be learned ---

def test_silence_is_blind_and_not_missing(bed, repwatch, mail):
    zone = HOST + "".join(records(f"d{n}", GOOD) for n in range(4))
    server = bed.nsd({"test": zone})
    mail.send({f"a@d{n}.test": 30 for n in range(4)})
    configure(repwatch, mail, server, resolver={"timeout": "200ms", "tries": 1})
    repwatch.run("--only", "maillog")
    assert not look(repwatch)["events"]
    before = domains(repwatch)

    server.stop()
    events = look(repwatch, codes=[3])["events"]
    assert [(event["check"], event["change"]) for event in events] == [("auth", "went-blind")]
    after = domains(repwatch, codes=[3])
    for name, view in after.items():
        assert not wrong(view) and not view["unready"]
        assert {row["check"] for row in view["blind"]} >= {"spf", "dmarc", "mx"}
        assert view["spf"] == before[name]["spf"], "what was known stays"
    assert not look(repwatch, codes=[3])["events"], "and is told once"


def test_a_new_domain_that_cannot_be_looked_at_is_unknown(bed, repwatch, mail):
    server = bed.fakedns("*.test * rcode=REFUSED\n")
    configure(repwatch, mail, server, domains=[{"domain": "shop.test"}])
    assert not look(repwatch, codes=[3])["events"]
    view = domains(repwatch, codes=[3])["shop.test"]
    assert view["spf"]["result"] == "temperror" and not view["unready"] and not view["ready"]
    assert repwatch("domains").code == 3


# --- many at once ---

def test_one_broken_include_is_one_event(bed, repwatch, mail):
    count = 12
    zone = HOST + "".join(records(f"d{n}", GOOD) for n in range(count))
    server = bed.nsd({"test": zone})
    mail.send({f"a@d{n}.test": 20 for n in range(count)})
    configure(repwatch, mail, server)
    repwatch.run("--only", "maillog")
    assert not look(repwatch)["events"]

    broken = re.sub(r"(?m)^_spf\.host .*\n", "", zone)
    server.change("test", broken)
    held = look(repwatch, codes=[3])["events"]
    assert [event["change"] for event in held] == ["list-sick"]
    assert "_spf.host.test" in held[0]["text"]
    assert not any(view["unready"] for view in domains(repwatch).values()), "held back once"

    told = look(repwatch)["events"]
    spf = [event for event in told if event["check"] == "spf"]
    assert len(spf) == 1 and spf[0]["change"] == "raised" and "address" not in spf[0]
    assert "_spf.host.test" in spf[0]["text"] and f"{count} domains" in spf[0]["text"]
    assert all(view["unready"] for view in domains(repwatch).values())

    server.change("test", zone)
    look(repwatch, codes=[0, 3])
    cleared = look(repwatch)["events"]
    assert changes(cleared) in ([("", "cleared")], []), cleared
    assert not any(view["unready"] for view in domains(repwatch).values())


def test_an_include_is_asked_once_a_pass(bed, repwatch, mail):
    count = 40
    provider = HOST + "".join(
        f'_spf{n}.host TXT "v=spf1 include:_spf{n + 1}.host.test mx:pool{n}.host.test ~all"\n'
        f"pool{n}.host MX 10 out{n}a.host\npool{n}.host MX 10 out{n}b.host\n"
        f"out{n}a.host A 192.0.2.{n}\nout{n}b.host A 192.0.3.{n}\n" for n in range(3))
    provider += f'_spf3.host TXT "v=spf1 ip4:{V4} ~all"\n'
    zone = provider + "".join(records(f"d{n}", "v=spf1 include:_spf0.host.test -all")
                              for n in range(count))
    server = bed.nsd({"test": zone})
    configured = [{"domain": f"d{n}.test", "selectors": ["rs2024"], "pool": "shared"}
                  for n in range(count)]
    configure(repwatch, mail, server, domains=configured[:1])
    alone = look(repwatch)["queries"]
    configure(repwatch, mail, server, domains=configured)
    together = look(repwatch)["queries"]
    print(f"{alone} questions for one domain, {together} for {count}")
    shared = 3 * 4 + 1  # what the include leads to
    assert together <= alone + (count - 1) * (alone - shared)


def test_domain_lists_hear_the_registrable_domain_once(bed, repwatch, mail):
    lists = bed.rbldnsd([("dbl.test", "dnset", "$SOA 60 ns.dbl.test. a.dbl.test. 1 600 300 86400 10\n"
                                               ":127.0.1.2:spam domain\nTEST\nshop.test\n")])
    server = bed.nsd({"test": HOST})
    mail.send({"a@news.shop.test": 30, "b@www.shop.test": 30, "c@club.test": 30})
    entry = block_list("dbl.test", covers=["domain"], codes=[{"code": "127.0.1.2", "means": "spam"}],
                       severity="major", servers=[lists.at])
    configure(repwatch, mail, server, catalogue=[entry])
    repwatch.run("--only", "maillog")
    repwatch.run("--only", "lists", "--all")
    view = domains(repwatch)
    for name in ("news.shop.test", "www.shop.test"):
        assert [row["subject"] for row in view[name]["reasons"] if row["check"] == "dnsbl"] == [
            "dbl.test"]
    assert not view["club.test"]["reasons"]
    asked = [line.split()[2].lower() for line in lists.questions()]
    assert not [name for name in asked if "news." in name or "www." in name or V4 in name], asked
    assert [name for name in asked if name.startswith("shop.test.dbl.test")], asked


# --- commands ---

def test_check_tells_a_customer_what_to_publish(bed, repwatch):
    server = bed.nsd({"test": HOST + records("shop", ONLY_V4, dmarc=None)})
    options = ["--resolver", server.at, "--no-lists", "--catalogue", CATALOGUE]
    done = repwatch("check", "shop.test", V4, V6, "--json", "--selector", "rs2024", *options,
                    config=False)
    assert done.code == 1, done
    view = done.json["targets"][0]
    assert view["target"] == "shop.test" and "identity" not in view
    assert view["spf"]["result"] == "fail" and V4 in view["spf"]["fix"]
    assert view["dkim"]["result"] == "ok"
    assert view["dmarc"]["result"] == "missing" and "v=DMARC1" in view["dmarc"]["fix"]
    assert view["mx"]["result"] == "ok"
    shown = repwatch("check", "shop.test", V4, V6, *options, config=False).text
    assert view["spf"]["fix"].split("\n")[0] in shown and "DMARC" in shown
    good = repwatch("check", "host.test", V4, V6, "--json", *options,
                    config=False).json["targets"][0]
    assert good["spf"]["result"] == "pass" and "fix" not in good["spf"]


def test_status_counts_domains_and_shows_one(bed, repwatch, mail):
    server = bed.nsd({"test": HOST + records("shop", ONLY_V4) + records("club", GOOD)})
    mail.send({"a@shop.test": 30, "b@club.test": 30}, service="postfix-v6")
    configure(repwatch, mail, server)
    repwatch.run("--only", "maillog")
    look(repwatch)
    everything = repwatch("status", "--json").json
    assert everything["sending_domains"] == {"looked_at": 2, "unready": 1, "blind": 0}
    assert "2 domains that mail is sent for: 1 not ready" in repwatch("status").text
    one = repwatch("status", "shop.test", "--json")
    assert one.code == 1 and not one.json["addresses"], one
    assert one.json["domains"][0]["spf"]["result"] == "fail"
    both = repwatch("status", "club.test", V4, "--json").json
    assert [view["address"] for view in both["addresses"]] == [V4]
    assert [view["domain"] for view in both["domains"]] == ["club.test"]
    assert repwatch("status", "nobody.test").code == 2
    assert repwatch("domains", "nobody.test").code == 2


def test_configured_domains_are_no_note_any_more(repwatch):
    repwatch.configure([V4], domains=[{"domain": "shop.test", "selectors": ["a"]}],
                       auth={"every": "12h", "min_volume": 5, "limit": 100})
    done = repwatch("config", "check")
    assert done.code == 0 and "no effect" not in done.text + done.errors, done
