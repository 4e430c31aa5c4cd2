"""What is believed when the DNS misbehaves: a row is a fault, and what must come of it.

Each row is run twice: the fault is there from the beginning, or it appears after a healthy pass.
Whatever happens, no clean address is ever believed listed, no listed address is ever believed
clear because a list or a resolver is ill, and the healthy list beside it goes on as if nothing was.
"""

import pytest

import bed as beds
from agent import blind_on, block_list, listed_on
from bed import SOA, reversed4

ZONE = "bl.test"
LISTED = ["198.18.0.10", "198.18.0.11"]
CLEAN = [f"198.18.0.{last}" for last in range(20, 28)]
CONTROL_ZONE = "control.test"
CONTROL_LISTED = "198.18.0.30"
ADDRESSES = [*LISTED, *CLEAN, CONTROL_LISTED]

TEXT = ":127.0.0.2:Listed, see https://bl.test/?$\n"
HEALTHY = SOA + TEXT + "127.0.0.2\n" + "".join(f"{a}\n" for a in LISTED)
EVERYTHING = "0.0.0.0/0 "

# What a row expects of an address or of the list.
IS_LISTED, IS_CLEAR = "listed", "clear"
OK, UNPROVEN, SICK, REFUSED, UNREACHABLE = "ok", "unproven", "sick", "refused", "unreachable"


class Row:
    """`fault(bed)` returns the server to ask, or words for the list's entry. `listed` and `clean` are
    what a fresh pass says of the addresses that are and are not on the list: "listed", "clear" or
    causes of blindness, several when either is right; `health` likewise."""

    def __init__(self, name, fault, listed, clean, health, **more):
        self.name, self.fault = name, fault
        self.listed = {listed} if isinstance(listed, str) else set(listed)
        self.clean = {clean} if isinstance(clean, str) else set(clean)
        self.health = {health} if isinstance(health, str) else set(health)
        self.entry = more.pop("entry", {})
        self.changes_truth = more.pop("changes_truth", False)
        assert not more


# c-ares 1.18 hands on what it cannot read itself, newer ones drop it.
MANGLED = {"garbled", "timeout"}


def blind(name, fault, causes, health, **more):
    """Nobody can learn anything."""
    causes = {causes} if isinstance(causes, str) else set(causes)
    return Row(name, fault, causes, causes, health, **more)


def fine(name, fault, **more):
    """Odd, yet every answer is right."""
    return Row(name, fault, IS_LISTED, IS_CLEAR, OK, **more)


# --- faults that real servers can be made to have ---

def rbldnsd(*datasets):
    """(type, text) of the zone, in front of each other."""
    return lambda bed: bed.rbldnsd([(ZONE, kind, text) for kind, text in datasets])


def healthy(bed):
    return bed.rbldnsd([(ZONE, "ip4set", HEALTHY)])


def acl(action):
    return rbldnsd(("acl", f"0.0.0.0/0 :{action}\n"), ("ip4set", HEALTHY))


def unbound(*options):
    return lambda bed: bed.unbound({ZONE: healthy(bed)}, options)


def dnsdist(*rules):
    return lambda bed: bed.dnsdist(healthy(bed), rules)


def nsd(records, zone=ZONE):
    return lambda bed: bed.nsd({zone: records})


def dead_stub(bed):
    class Nobody:
        host, port = "127.0.0.1", beds.free_port()

    return bed.unbound({ZONE: Nobody()})


def nobody(_bed):
    class Nobody:
        at = f"127.0.0.1:{beds.free_port()}"

    return Nobody()


# --- and those that only fakedns has ---

def honest(words=""):
    """The rules of a healthy list; `words` are added to every answer."""
    yes = [f"{reversed4(a)}.{ZONE} * A=127.0.0.2 TXT=why {words}" for a in ["127.0.0.2", *LISTED]]
    return [*yes, f"*.{ZONE} * rcode=NXDOMAIN {words}"]


def fakedns(*rules, words=""):
    """`rules` come before the healthy ones, `words` are added to those."""
    return lambda bed: bed.fakedns([*rules, *honest(words)])


def name_of(address):
    return f"{reversed4(address)}.{ZONE}"


def for_listed(words, kind="A"):
    return [f"{name_of(address)} {kind} {words}" for address in LISTED]


FOREIGN = {"codes": [{"code": "127.0.0.2", "means": "A"}, {"code": "127.0.0.9", "means": "B"}]}
MASKS = {"codes": [{"code": "&2", "means": "two"}, {"code": "&4", "means": "four"}]}

ROWS = [
    # rbldnsd
    fine("rbldnsd, healthy", healthy),
    fine("rbldnsd, several A records",
         rbldnsd(("ip4set", HEALTHY + "".join(f"{a} :127.0.0.9:drop\n" for a in LISTED))),
         entry=FOREIGN),
    fine("rbldnsd, a range lists it", rbldnsd(("ip4set", SOA + TEXT + "127.0.0.2\n198.18.0.8/29\n"))),
    fine("rbldnsd, bit masks", rbldnsd(("ip4set", SOA + ":127.0.0.6:\n127.0.0.2\n"
                                        + "".join(f"{a} :127.0.0.4:\n" for a in LISTED))),
         entry=MASKS),
    fine("rbldnsd, no TXT", rbldnsd(("ip4set", HEALTHY.replace(TEXT, ":127.0.0.2:\n")))),
    fine("rbldnsd, TTL 0", rbldnsd(("ip4set", HEALTHY.replace("$TTL 60", "$TTL 0")))),
    Row("rbldnsd, an error code beside the listing",
        rbldnsd(("ip4set", HEALTHY + "".join(f"{a} :127.255.255.254:open resolver\n"
                                             for a in LISTED))), "error-code", IS_CLEAR, OK),
    Row("rbldnsd, a foreign address beside the listing",
        rbldnsd(("ip4set", HEALTHY + "".join(f"{a} :203.0.113.9:odd\n" for a in LISTED))),
        "not-127", IS_CLEAR, OK),
    Row("rbldnsd, a code nobody documented",
        rbldnsd(("ip4set", HEALTHY + "".join(f"{a} :127.0.0.77:\n" for a in LISTED)
                 .replace("\n198.18.0.10\n198.18.0.11\n", "\n"))), "unknown-code", IS_CLEAR, OK,
        entry={"codes": [{"code": "127.0.0.3", "means": "other"}]}),
    blind("rbldnsd, lists the world", rbldnsd(("ip4trie", SOA + EVERYTHING + ":127.0.0.2:x\n")),
          "list-sick", SICK),
    blind("rbldnsd, lists the world but 127.0.0.1",
          rbldnsd(("ip4trie", SOA + EVERYTHING + ":127.0.0.2:x\n!127.0.0.1\n")), "list-sick", SICK),
    blind("rbldnsd, emptied", rbldnsd(("ip4set", SOA)), "list-sick", SICK),
    blind("rbldnsd, emptied, no SOA", rbldnsd(("ip4set", "")), "list-sick", SICK),
    blind("rbldnsd, data expired", rbldnsd(("ip4set", "$TIMESTAMP 2001:01:01 2001:01:02\n"
                                            + HEALTHY)), "servfail", {UNREACHABLE, SICK}),
    blind("rbldnsd, refuses this client", acl("refuse"), "refused", REFUSED),
    blind("rbldnsd, ignores this client", acl("ignore"), "timeout", UNREACHABLE),
    blind("rbldnsd, pretends to be empty for this client", acl("empty"), "list-sick", SICK),
    blind("rbldnsd, 127.255.255.254 to this client", acl("127.255.255.254:open resolver"),
          "error-code", REFUSED),
    blind("rbldnsd, 127.0.0.1 to everybody, documented as an error",
          rbldnsd(("ip4trie", SOA + EVERYTHING + ":127.0.0.1:blocked\n")), "error-code", REFUSED,
          entry={"errors": [{"code": "127.0.0.1", "means": "blocked"}]}),
    blind("rbldnsd, 127.0.0.1 to everybody, not documented",
          rbldnsd(("ip4trie", SOA + EVERYTHING + ":127.0.0.1:blocked\n")),
          {"unknown-code", "list-sick"}, SICK),
    blind("rbldnsd, parked", rbldnsd(("ip4trie", SOA + EVERYTHING + ":216.120.147.200:parked\n")),
          "list-sick", SICK),
    blind("rbldnsd, does not know the zone",
          lambda bed: bed.rbldnsd([("other.test", "ip4set", HEALTHY)]), "refused", REFUSED),
    Row("rbldnsd, only the test entry is left", rbldnsd(("ip4set", SOA + TEXT + "127.0.0.2\n")),
        IS_CLEAR, IS_CLEAR, OK, changes_truth=True),
    # unbound
    fine("unbound, plain", unbound()),
    blind("unbound, rebinding protection eats 127/8", unbound("private-address: 127.0.0.0/8"),
          "list-sick", SICK),
    # While it remembers that a parent does not exist, it asks one label more each time: what is
    # asked often, as test entries are, comes through before what is not.
    blind("unbound, strict QNAME minimisation",
          unbound("qname-minimisation: yes", "qname-minimisation-strict: yes",
                  "cache-max-negative-ttl: 0"), "list-sick", SICK),
    blind("unbound, NXDOMAIN for the zone", unbound(f'local-zone: "{ZONE}." always_nxdomain'),
          "list-sick", SICK),
    blind("unbound, NODATA for the zone", unbound(f'local-zone: "{ZONE}." always_nodata'),
          "list-sick", SICK),
    blind("unbound, refuses the zone", unbound(f'local-zone: "{ZONE}." refuse'), "refused", REFUSED),
    blind("unbound, drops the zone", unbound(f'local-zone: "{ZONE}." deny'), "timeout", UNREACHABLE),
    # Its refusal repeats no question, so that nobody can tell what is refused.
    blind("unbound, refuses this client", unbound("access-control: 127.0.0.0/8 refuse_non_local"),
          {"refused", "timeout"}, {REFUSED, UNREACHABLE}),
    blind("unbound, a block page", unbound(f'local-zone: "{ZONE}." redirect',
                                           f'local-data: "{ZONE}. A 146.112.61.106"'), "list-sick", SICK),
    blind("unbound, the list's servers are dead", dead_stub, {"servfail", "timeout"}, UNREACHABLE),
    # dnsdist
    fine("dnsdist, 150 ms late", dnsdist("addAction(AllRule(), DelayAction(150))")),
    blind("dnsdist, later than any patience", dnsdist("addAction(AllRule(), DelayAction(5000))"),
          "timeout", UNREACHABLE),
    blind("dnsdist, drops all", dnsdist("addAction(AllRule(), DropAction())"), "timeout",
          UNREACHABLE),
    Row("dnsdist, drops three in ten", dnsdist("addAction(ProbaRule(0.3), DropAction())"),
        {IS_LISTED, "timeout", "list-sick"}, {IS_CLEAR, "timeout", "list-sick"},
        {OK, UNPROVEN, UNREACHABLE}),
    fine("dnsdist, truncates over UDP", lambda bed: bed.dnsdist(
        nsd("".join(f"{reversed4(a)} A 127.0.0.2\n" for a in ["127.0.0.2", *LISTED]))(bed),
        ["addAction(TCPRule(false), TCAction())"])),
    blind("dnsdist, 203.0.113.80 for all", dnsdist('addAction(AllRule(), SpoofAction("203.0.113.80"))'),
          "list-sick", SICK),
    Row("dnsdist, 203.0.113.80 half the time",
        dnsdist('addAction(ProbaRule(0.5), SpoofAction("203.0.113.80"))'),
        {IS_LISTED, "not-127", "list-sick"}, {IS_CLEAR, "not-127", "list-sick"}, {OK, SICK}),
    blind("dnsdist, 127.255.255.254 for all",
          dnsdist('addAction(AllRule(), SpoofAction("127.255.255.254"))'), "error-code", REFUSED),
    blind("dnsdist, 127.0.0.2 for all", dnsdist('addAction(AllRule(), SpoofAction("127.0.0.2"))'),
          "list-sick", SICK),
    blind("dnsdist, SERVFAIL", dnsdist("addAction(AllRule(), RCodeAction(DNSRCode.SERVFAIL))"),
          "servfail", {UNREACHABLE, SICK}),
    blind("dnsdist, REFUSED", dnsdist("addAction(AllRule(), RCodeAction(DNSRCode.REFUSED))"),
          "refused", REFUSED),
    blind("dnsdist, NOTIMP", dnsdist("addAction(AllRule(), RCodeAction(DNSRCode.NOTIMP))"),
          "servfail", {UNREACHABLE, SICK}),
    blind("dnsdist, FORMERR", dnsdist("addAction(AllRule(), RCodeAction(DNSRCode.FORMERR))"),
          "servfail", {UNREACHABLE, SICK}),
    blind("dnsdist, NXDOMAIN", dnsdist("addAction(AllRule(), RCodeAction(DNSRCode.NXDOMAIN))"),
          "list-sick", SICK),
    # nsd
    blind("nsd, a squatter's wildcard", nsd("* A 127.0.0.2"), "list-sick", SICK),
    blind("nsd, a parking wildcard", nsd("* A 216.120.147.200"), "list-sick", SICK),
    fine("nsd, listings are CNAMEs", nsd("code2 A 127.0.0.2\n" + "".join(
        f"{reversed4(a)} CNAME code2\n" for a in ["127.0.0.2", *LISTED]))),
    blind("nsd, only TXT is left", nsd("".join(f"{reversed4(a)} TXT gone\n"
                                               for a in ["127.0.0.2", *LISTED])), "list-sick", SICK),
    blind("nsd, another zone", nsd("x A 127.0.0.2", "other.test"), "refused", REFUSED),
    # nobody at all
    blind("nobody listens there", nobody, {"timeout", "refused"}, {UNREACHABLE, REFUSED}),
    # fakedns: answers that are not ours
    blind("wrong id", fakedns(words="wrong-id"), "timeout", UNREACHABLE),
    blind("wrong question name", fakedns(words="wrong-name"), {"timeout", "garbled"}, UNREACHABLE),
    blind("wrong question type", fakedns(words="wrong-type"), {"timeout", "garbled"}, UNREACHABLE),
    blind("wrong letters' case", fakedns(words="wrong-case"), {"timeout", "garbled"}, UNREACHABLE),
    blind("from another port", fakedns(words="wrong-port"), "timeout", UNREACHABLE),
    blind("from another address", fakedns(words="wrong-address"), "timeout", UNREACHABLE),
    blind("no question in the answer", fakedns(words="no-question"), {"timeout", "garbled"},
          UNREACHABLE),
    blind("a question for an answer", fakedns(words="not-a-reply"), {"timeout", "garbled"},
          UNREACHABLE),
    *[fine(f"a forger is quicker, with the {trick}",
           fakedns(words=f"forge={trick} forgeries=20 delay=20"))
      for trick in ("wrong-id", "wrong-name", "wrong-type", "wrong-port", "wrong-address")],
    # A forger who knows id, port and name can silence; he cannot make anyone believe.
    *[Row(f"a forger knows all but this: {trick}",
          fakedns(words=f"forge={trick} forgeries=20 delay=20"), {IS_LISTED, "timeout", "garbled"},
          {IS_CLEAR, "timeout", "garbled"}, {OK, UNREACHABLE})
      for trick in ("wrong-case", "not-a-reply", "no-question")],
    # fakedns: answers nobody can read
    blind("a pointer loop", fakedns(f"*.{ZONE} A A=127.0.0.2 pointer-loop"), MANGLED,
          {SICK, UNREACHABLE}),
    blind("a pointer past the end", fakedns(f"*.{ZONE} A A=127.0.0.2 pointer-out"), MANGLED,
          {SICK, UNREACHABLE}),
    blind("cut in the middle", fakedns(f"*.{ZONE} A A=127.0.0.2 cut=40"),
          {"garbled", "timeout", "list-sick"}, {SICK, UNREACHABLE}),
    blind("cut in the header", fakedns(f"*.{ZONE} A A=127.0.0.2 cut=7"), {"garbled", "timeout"},
          {SICK, UNREACHABLE}),
    blind("an empty datagram", fakedns(f"*.{ZONE} A empty"), {"garbled", "timeout"},
          {SICK, UNREACHABLE}),
    blind("garbage", fakedns(f"*.{ZONE} A garbage"), {"garbled", "timeout"}, {SICK, UNREACHABLE}),
    blind("an A record of three bytes", fakedns(f"*.{ZONE} A raw=7f0000"), MANGLED,
          {SICK, UNREACHABLE}),
    blind("an A record of five bytes", fakedns(f"*.{ZONE} A raw=7f00000200"),
          MANGLED | {"list-sick"},
          {SICK, UNREACHABLE}),
    blind("more records promised than sent", fakedns(f"*.{ZONE} A A=127.0.0.2 lying-count"),
          MANGLED, {SICK, UNREACHABLE}),
    blind("a CNAME loop", fakedns(f"*.{ZONE} A CNAME=a.{ZONE} CNAME=@"),
          {"garbled", "servfail", "list-sick"}, {SICK, UNREACHABLE}),
    blind("a CNAME to nowhere", fakedns(f"*.{ZONE} A CNAME=nowhere.{ZONE}"), "list-sick", SICK),
    blind("records of another name", fakedns(f"*.{ZONE} A A=127.0.0.2 foreign-owner"),
          {"list-sick", "garbled"}, {SICK, UNREACHABLE}),
    blind("SERVFAIL with records", fakedns(f"*.{ZONE} A A=127.0.0.2 rcode=SERVFAIL"), "servfail",
          {SICK, UNREACHABLE}),
    blind("REFUSED with records", fakedns(f"*.{ZONE} A A=127.0.0.2 rcode=REFUSED"), "refused",
          REFUSED),
    blind("NXDOMAIN with records", fakedns(f"*.{ZONE} A A=127.0.0.2 rcode=NXDOMAIN"),
          {"list-sick", "garbled"}, {SICK, UNREACHABLE}),
    blind("an rcode nobody knows", fakedns(f"*.{ZONE} A rcode=11"), {"servfail", "garbled"},
          {SICK, UNREACHABLE}),
    blind("truncated, and no TCP", fakedns(words="tc no-tcp"), {"garbled", "timeout", "servfail"},
          {SICK, UNREACHABLE}),
    # fakedns: odd, but right
    fine("truncated, then TCP", fakedns(words="tc")),
    fine("every answer twice", fakedns(words="twice")),
    fine("20 ms and up to 60 ms more", fakedns(words="delay=20 jitter=60")),
    fine("a CNAME chain through other zones",
         fakedns(*for_listed("CNAME=a.example CNAME=b.example CNAME=c.example A=127.0.0.2"))),
    fine("SERVFAIL for the TXT", fakedns(*for_listed("rcode=SERVFAIL", "TXT"))),
    fine("silence for the TXT", fakedns(*for_listed("silent", "TXT"))),
    fine("a TXT of 60,000 bytes", fakedns(*for_listed("TXT=" + "x" * 60000, "TXT"))),
    fine("sixteen A records", fakedns(*for_listed(" ".join(["A=127.0.0.2"] * 16)))),
    Row("one in three packets is lost", fakedns("* * every=3 silent"),
        {IS_LISTED, "timeout", "list-sick"}, {IS_CLEAR, "timeout", "list-sick"},
        {OK, UNPROVEN, UNREACHABLE}),
    Row("half of the packets are lost", fakedns("* * chance=50 silent"),
        {IS_LISTED, "timeout", "list-sick"}, {IS_CLEAR, "timeout", "list-sick"},
        {OK, UNPROVEN, UNREACHABLE}),
    blind("the zone is mute", fakedns("* * silent"), "timeout", UNREACHABLE),
    # fakedns: lists that lie to some
    blind("names nobody has are listed", fakedns(f"1.0.0.127.{ZONE} * rcode=NXDOMAIN",
                                                 f"*.{ZONE} A A=127.0.0.2"), "list-sick", SICK),
    blind("every address is listed, other names are not",
          fakedns(f"1.0.0.127.{ZONE} * rcode=NXDOMAIN",
                  *[f"*.{first}.{ZONE} A A=127.0.0.2" for first in ("192", "198", "203")]),
          "list-sick", SICK),
    Row("SERVFAIL for the test entry only", fakedns(f"2.0.0.127.{ZONE} A rcode=SERVFAIL"),
        {"servfail", "list-sick", IS_LISTED}, {"servfail", "list-sick", IS_CLEAR},
        {SICK, UNREACHABLE, UNPROVEN}),
    Row("only the listed addresses get an error code",
        fakedns(*for_listed("A=127.255.255.254")), "error-code", IS_CLEAR, OK),
    Row("only the listed addresses get SERVFAIL", fakedns(*for_listed("rcode=SERVFAIL")),
        "servfail", IS_CLEAR, OK),
    Row("only the listed addresses get silence", fakedns(*for_listed("silent")), "timeout",
        IS_CLEAR, OK),
    Row("only the clean addresses get 203.0.113.80",
        fakedns(*[f"{name_of(a)} A A=203.0.113.80" for a in CLEAN]), IS_LISTED, "not-127", OK),
    Row("a clean address is listed at every second question",
        fakedns(*[f"{name_of(a)} A every=2 A=127.0.0.2" for a in CLEAN]), IS_LISTED, IS_CLEAR, OK),
]

MID_PASS = {
    "lists the world": ("A A=127.0.0.2", SICK),
    "is emptied": ("* rcode=NXDOMAIN", SICK),
    "is parked": ("A A=203.0.113.80", SICK),
    "refuses": ("* rcode=REFUSED", REFUSED),
    "sends error codes": ("A A=127.255.255.254", REFUSED),
    "falls silent": ("* silent", UNREACHABLE),
}


class Tally:
    rows = cases = false_listings = false_clears = 0


def configure(repwatch, names, control, server, entry=None):
    """`server` has the faulty or the healthy list; the list beside it is always healthy."""
    lists = [
        block_list(ZONE, servers=[server.at], **(entry or {})),
        block_list(CONTROL_ZONE, servers=[control.at]),
    ]
    repwatch.configure(ADDRESSES, lists, resolver=names.at)


@pytest.fixture(scope="module")
def names():
    """Forward and reverse names of all addresses, so that no grade depends on them."""
    rules = []
    for address in ADDRESSES:
        host = f"mx{address.rsplit('.', 1)[1]}.example"
        rules.append(f"{reversed4(address)}.in-addr.arpa PTR PTR={host}")
        rules.append(f"{host} A A={address}")
    server = beds.Fakedns([*rules, "* * rcode=NXDOMAIN"])
    yield server
    server.stop()


@pytest.fixture(scope="module")
def control():
    zone = SOA + f":127.0.0.2:Listed $\n127.0.0.2\n{CONTROL_LISTED}\n"
    server = beds.Rbldnsd([(CONTROL_ZONE, "ip4set", zone)])
    yield server
    server.stop()


def verdict(view, zone=ZONE):
    """What is shown about an address on a list."""
    if zone in blind_on(view):
        return blind_on(view)[zone]
    return IS_LISTED if zone in listed_on(view) else IS_CLEAR


def check_lies(repwatch, views, was_listed, may_clear=False):
    """The laws that hold whatever happens."""
    events = repwatch.events()
    raised = {(e["address"], e["subject"]) for e in events if e["change"] == "raised"}
    cleared = {(e["address"], e["subject"]) for e in events if e["change"] == "cleared"}
    truth = {(a, ZONE) for a in LISTED} | {(CONTROL_LISTED, CONTROL_ZONE)}
    shown = {(a, zone) for a, view in views.items() for zone in listed_on(view)}
    false_listings = (raised | shown) - truth
    false_clears = set() if may_clear else cleared | {
        (a, ZONE) for a in LISTED
        if was_listed and ZONE not in listed_on(views[a]) or verdict(views[a]) == IS_CLEAR}
    Tally.cases += 1
    Tally.false_listings += len(false_listings)
    Tally.false_clears += len(false_clears)
    assert not false_listings, repwatch.seen_output[-1]
    assert not false_clears, repwatch.seen_output[-1]
    assert (CONTROL_LISTED, CONTROL_ZONE) in raised & shown, "the healthy list is believed"
    for address in ADDRESSES:
        assert CONTROL_ZONE not in blind_on(views[address]), "the healthy list is answered"


def check_grades(views):
    for address, view in views.items():
        assert view["reasons"], "a grade has reasons"
        if listed_on(view):
            assert view["grade"] == "POOR"
            reason = view["reasons"][0]
            assert reason["finding"] == "listed"
            assert reason["subject"] in listed_on(view)
        else:
            assert view["grade"] in ("GOOD", "NEUTRAL", "UNKNOWN"), (address, view)
        coverage = view["coverage"]
        # Both lists and its names; what was answered in an earlier pass still counts.
        assert coverage["answered"] <= coverage["asked"] == 3
        assert coverage["answered"] == 3 or verdict(view) not in (IS_LISTED, IS_CLEAR)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_fresh(bed, repwatch, names, control, row):
    Tally.rows += 1
    configure(repwatch, names, control, row.fault(bed), row.entry)
    for turn in range(2):
        repwatch.run("--all")
        views = repwatch.status()
        check_lies(repwatch, views, False, row.changes_truth)
        check_grades(views)
        if turn == 0:
            assert all(view["coverage"]["answered"] < 3 for view in views.values()
                       if verdict(view) not in (IS_LISTED, IS_CLEAR)), "blind is no answer"
    assert {verdict(views[a]) for a in LISTED} <= row.listed
    assert {verdict(views[a]) for a in CLEAN} <= row.clean
    assert repwatch.health()[ZONE]["health"] in row.health


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_with_history(bed, repwatch, names, control, row):
    configure(repwatch, names, control, healthy(bed))
    repwatch.run("--all")
    before = repwatch.status()
    assert {verdict(before[a]) for a in LISTED} == {IS_LISTED}
    assert {verdict(before[a]) for a in CLEAN} == {IS_CLEAR}
    configure(repwatch, names, control, row.fault(bed), row.entry)
    for _ in range(1 if row.changes_truth else 3):
        repwatch.run("--all")
        views = repwatch.status()
        check_lies(repwatch, views, True)
        check_grades(views)
    if row.changes_truth:
        assert {verdict(views[a]) for a in LISTED} == {"mass-change"}
    else:
        assert {verdict(views[a]) for a in LISTED} <= row.listed
    assert {verdict(views[a]) for a in CLEAN} <= row.clean | {"mass-change"}
    assert repwatch.health()[ZONE]["health"] in row.health
    for address in LISTED:
        listing = next(x for x in views[address]["listings"] if x["zone"] == ZONE)
        assert listing["since"] == next(x for x in before[address]["listings"]
                                        if x["zone"] == ZONE)["since"]


@pytest.mark.parametrize("after", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24, 28])
@pytest.mark.parametrize("fault", MID_PASS)
def test_changes_in_mid_pass(bed, repwatch, names, control, fault, after):
    """From the question after this one on, the list is another."""
    Tally.rows += after == 1
    words, _ = MID_PASS[fault]
    configure(repwatch, names, control, healthy(bed))
    repwatch.run("--all")
    server = bed.fakedns([f"*.{ZONE} {words} from={after + 1}", *honest()])
    configure(repwatch, names, control, server)
    for _ in range(2):
        repwatch.run("--all")
        check_lies(repwatch, repwatch.status(), True)
    assert repwatch.health()[ZONE]["health"] == MID_PASS[fault][1]


@pytest.mark.parametrize("fault", MID_PASS)
def test_changes_in_the_first_pass(bed, repwatch, names, control, fault):
    words, _ = MID_PASS[fault]
    for after in range(1, 30, 4):
        server = bed.fakedns([f"*.{ZONE} {words} from={after + 1}", *honest()])
        configure(repwatch, names, control, server)
        for path in repwatch.state.glob("**/*"):
            if path.is_file():
                path.unlink()
        repwatch.run("--all")
        views = repwatch.status()
        assert all(verdict(views[a]) != IS_LISTED for a in CLEAN)
        assert all(verdict(views[a]) != IS_CLEAR for a in LISTED)


def test_tally(capfd, record_property):
    figures = (f"{Tally.rows} rows, {Tally.cases} passes judged, "
               f"false listings {Tally.false_listings}, false clears {Tally.false_clears}")
    record_property("truth table", figures)
    with capfd.disabled():
        print(f"# truth table: {figures}", flush=True)
    assert (Tally.false_listings, Tally.false_clears) == (0, 0)
