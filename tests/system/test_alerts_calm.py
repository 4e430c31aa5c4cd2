"""When people are told: passes over real lists, and the letters they leave for each channel."""

import signal

import pytest

import bed as beds
from agent import block_list
from bed import SOA
from hosts import IPS, ZONES, Host, needs_clock

pytestmark = needs_clock

PAGER = {"name": "pager", "type": "slack", "min_severity": "critical"}


def test_a_listing_is_one_letter_a_channel_and_its_end_another(repwatch, bed):
    host = Host(repwatch, bed, channels=[{"name": "chat", "type": "slack"}])
    assert host.run() == []
    assert host.run() == []
    host.lists(IPS[0])
    assert host.run() == [("noc", "opened", IPS[0]), ("chat", "opened", IPS[0])]
    assert host.run() == []
    host.lists()
    assert host.run() == [("noc", "ended", IPS[0]), ("chat", "ended", IPS[0])]
    assert host.run() == []
    keys = [key.split(".")[1:] for *_, key in host.letters()]
    assert keys == [["1", "noc"], ["1", "chat"], ["2", "noc"], ["2", "chat"]]
    assert IPS[0] in host.bodies()[0] and ZONES[0] in host.bodies()[0]


def test_an_address_on_a_second_list_is_the_same_incident(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    host.lists(IPS[0])
    assert host.run() == [("noc", "opened", IPS[0])]
    host.lists(IPS[0], on=1)
    assert host.run() == [("noc", "grew", IPS[0])]
    host.lists()
    assert host.run() == []
    host.lists(on=1)
    assert host.run() == [("noc", "ended", IPS[0])]


def test_what_is_there_at_the_beginning_is_one_message(repwatch, bed):
    host = Host(repwatch, bed)
    host.lists(*IPS[:2])
    host.lists(*IPS, on=1)
    assert host.run() == [("noc", "baseline", "")]
    assert host.run() == []
    host.lists()
    host.lists(on=1)
    # All at once is held back for one pass.
    assert host.run() == []
    assert host.run() == []
    assert host.repwatch.status()[IPS[0]]["grade"] == "GOOD"


def test_a_list_with_many_is_one_incident(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    host.lists(*IPS)
    assert host.run() == [("noc", "opened", ZONES[0])]
    assert host.run() == []
    host.lists()
    # All at once is held back for one pass.
    assert host.run() == []
    assert host.run() == [("noc", "ended", ZONES[0])]


def test_more_than_a_person_reads_is_one_digest(repwatch, bed):
    host = Host(repwatch, bed, digest_over=1)
    host.run()
    host.lists(IPS[0])
    host.lists(IPS[1], on=1)
    assert host.run() == [("noc", "digest", "")]
    assert IPS[0] in host.bodies()[0] and IPS[1] in host.bodies()[0]


def test_new_addresses_are_at_most_a_digest(repwatch, bed):
    host = Host(repwatch, bed, ips=IPS[:2])
    host.run()
    host.lists(*IPS[2:4])
    host.configure(IPS)
    assert host.run() == [("noc", "digest", "")]
    host.lists(*IPS[2:4], IPS[0])
    assert host.run() == [("noc", "opened", IPS[0])]


def test_reminders_come_less_and_less_often(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    host.lists(IPS[0])
    assert host.run() == [("noc", "opened", IPS[0])]
    told = [bool(host.run(hours=12)) for _ in range(15)]
    assert [n for n, is_told in enumerate(told, 1) if is_told] == [2, 6, 14]
    assert {kind for _, kind, *_ in host.letters()} == {"opened", "reminder"}


def test_what_flaps_is_told_once_a_day(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    letters = []
    for n in range(12):
        host.lists(*([] if n % 2 else [IPS[0]]))
        letters.append([kind for _, kind, _ in host.run()])
    assert letters == [["opened"], ["ended"], ["opened"], ["ended"]] + [[]] * 8
    assert len({key.split(".")[0] for *_, key in host.letters()}) == 1


def test_an_address_that_is_no_longer_watched_is_over(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    host.lists(IPS[0])
    host.run()
    host.configure(IPS[1:])
    assert host.run() == [("noc", "ended", IPS[0])]


def test_each_channel_hears_what_it_wants(repwatch, bed):
    host = Host(repwatch, bed, channels=[
        PAGER, {"name": "other", "type": "slack", "pools": ["other"]},
        {"name": "night", "type": "slack", "quiet_hours": "22:00-07:00"}])
    host.run()
    host.lists(IPS[1], on=1)
    assert host.run(hours=21) == [("noc", "opened", IPS[1]), ("night", "opened", IPS[1])]
    host.lists(IPS[0])
    assert host.run(hours=1) == [("noc", "opened", IPS[0]), ("pager", "opened", IPS[0]),
                                 ("other", "opened", IPS[0]), ("night", "opened", IPS[0])]
    # From 23:00 to 07:00; what is critical does not wait.
    assert host.waits() == [0, 8, 0, 0, 0, 0]
    pending = host.call("alerts", "pending", "--json")
    assert len(pending.json["letters"]) == 6, pending


def test_a_channel_of_one_pool_hears_nothing_of_others_addresses(repwatch, bed):
    host = Host(repwatch, bed, channels=[{"name": "other", "type": "slack", "pools": ["other"]}])
    host.run()
    host.lists(*IPS[:4])
    assert host.run() == [("noc", "opened", ZONES[0]), ("other", "opened", ZONES[0])]
    noc, other = host.bodies()
    assert [ip in noc for ip in IPS[:4]] == [True, True, True, True]
    assert [ip in other for ip in IPS[:4]] == [True, False, True, False]


def test_a_week_is_summed_up_on_its_morning(repwatch, bed):
    host = Host(repwatch, bed, weekly="tuesday")
    host.lists(IPS[0])
    # 2026-11-02 is a Monday.
    assert host.run(hours=12) == [("noc", "baseline", "")]
    assert host.run(hours=19) == []
    assert host.run(hours=1) == [("noc", "weekly", "")]
    assert host.run(hours=1) == []
    assert [row[1] for row in host.letters()] == ["baseline", "weekly"]


def test_a_pass_that_was_missed_is_told_once(repwatch, bed):
    host = Host(repwatch, bed)
    host.repwatch.conf.write_text(
        host.repwatch.conf.read_text().replace('stale_after = "30d"', 'stale_after = "3h"'))
    host.run()
    assert host.run() == []
    assert host.run(hours=9) == [("noc", "opened", "")]
    assert host.run() == []


def test_a_list_out_of_order_is_told_and_its_return(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    good = host.zone()
    host.server.write("z0", SOA + ":127.0.0.2:The world\n0.0.0.0/1\n128.0.0.0/1\n")
    host.server.process.send_signal(signal.SIGHUP)
    beds.until(lambda: beds.ask(host.server.port, f"1.0.0.127.{ZONES[0]}")[0] == 0, "it lists all")
    assert host.run() == [("noc", "opened", ZONES[0])]
    assert host.run() == []
    host.server.write("z0", good)
    host.server.process.send_signal(signal.SIGHUP)
    beds.until(lambda: beds.ask(host.server.port, f"1.0.0.127.{ZONES[0]}")[0] == 3, "it does not")
    assert host.run() == [("noc", "ended", ZONES[0])]


def test_a_resolver_that_is_out_is_one_incident(repwatch, bed):
    zones = [f"list{n}.test" for n in range(6)]
    host = Host(repwatch, bed)
    server = bed.rbldnsd([(zone, "ip4set", host.zone()) for zone in zones])
    repwatch.write_catalogue([block_list(zone, servers=[server.at]) for zone in zones])
    assert host.run() == []
    server.process.send_signal(signal.SIGSTOP)
    # A server may restart: silence is told when it is seen for the second time.
    told = [host.run() for _ in range(6)]
    server.process.send_signal(signal.SIGCONT)
    beds.until(lambda: beds.ask(server.port, f"2.0.0.127.{zones[0]}"), "it answers again")
    assert told == [[], [("noc", "opened", "")]] + [[]] * 4
    assert host.run() == [("noc", "ended", "")]
    assert host.run() == []


@pytest.mark.parametrize("has_lists", [True, False])
def test_blindness_from_the_first_pass_on_is_told_at_once(repwatch, bed, has_lists):
    host = Host(repwatch, bed)
    nobody = f"127.0.0.1:{beds.free_port()}"
    lists = bed.rbldnsd([(f"list{n}.test", "ip4set", host.zone()) for n in range(4)])

    def point(resolver, server):
        host.resolver = resolver
        host.configure(IPS)
        repwatch.write_catalogue([block_list(f"list{n}.test", servers=[server])
                                  for n in range(4 * has_lists)])

    point(nobody, nobody)
    assert host.run() == [("noc", "opened", "")]
    assert "nothing can be learned about any address" in host.bodies()[-1].split("\n")[0]
    assert [host.run() for _ in range(4)] == [[]] * 4
    assert host.run(hours=24) == [("noc", "reminder", "")]
    point(host.names.at, lists.at)
    assert host.run() == [("noc", "ended", "")]
    assert host.run() == []


def test_names_nobody_can_look_up_are_told(repwatch, bed):
    host = Host(repwatch, bed)
    host.resolver = f"127.0.0.1:{beds.free_port()}"
    host.configure(IPS)
    assert host.run() == [("noc", "opened", "")]
    assert "reverse names" in host.bodies()[-1].split("\n")[0]
    assert host.run() == []


def test_an_address_of_which_nothing_is_known_is_told(repwatch, bed):
    host = Host(repwatch, bed, ips=IPS[:2])
    host.run()
    repwatch.conf.write_text(repwatch.conf.read_text().replace(
        f'address = "{IPS[1]}"', 'address = "2001:db8::1"'))
    host.names.script(["*.ip6.arpa * rcode=SERVFAIL", "* * rcode=NXDOMAIN"])
    told = host.run()
    assert ("noc", "opened", "2001:db8::1") in told, told


def test_names_of_many_that_go_at_once_are_one_incident(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    host.names.script(["* * rcode=NXDOMAIN"])
    assert host.run() == [("noc", "opened", "identity")]
    first = host.bodies()[-1].split("\n")[0]
    assert "12 addresses in 198.18.0.0/24" in first, first
    assert host.run() == []


def test_what_is_acknowledged_is_not_told_until_that_is_over(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    done = host.call("ack", IPS[0], ZONES[0], "--until", "3h", "--reason", "asked, ticket 4711",
                     "--json")
    assert done.code == 0, done
    assert (done.json["address"], done.json["zone"]) == (IPS[0], ZONES[0])
    host.lists(IPS[0])
    assert host.run() == []
    assert host.repwatch.status()[IPS[0]]["grade"] == "POOR"
    assert host.run() == [("noc", "opened", IPS[0])]
    assert host.call("ack", "list", "--json").json == {"acks": []}


def test_an_acknowledgement_that_is_ended(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    host.lists(IPS[0])
    assert host.run() == [("noc", "opened", IPS[0])]
    number = host.call("ack", "other", "--until", "2026-12-24", "--reason", "known",
                       "--json").json["id"]
    assert host.run(hours=48) == []
    listed = host.call("ack", "list")
    assert "known" in listed.text and "other" in listed.text
    assert host.call("ack", "end", number).code == 0
    assert host.call("ack", "end", number).code == 2
    assert host.run() == [("noc", "reminder", IPS[0])]


def test_a_window_to_come(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    done = host.call("ack", "all", "--from", "2026-11-02 05:00", "--until", "2h", "--reason",
                     "new resolver", "--json")
    assert done.json["from"].startswith("2026-11-02T05:00:00")
    assert done.json["until"].startswith("2026-11-02T07:00:00")
    host.lists(IPS[0])
    assert host.run() == [("noc", "opened", IPS[0])]
    host.lists(IPS[0], IPS[1])
    assert host.run() == []
    # What was told before the window and goes on is told again.
    assert host.run() == [("noc", "reminder", IPS[0]), ("noc", "opened", IPS[1])]


@pytest.mark.parametrize("words, says", [
    (["192.0.2.99", "--until", "3d", "--reason", "x"], "not configured"),
    (["nobody", "--until", "3d", "--reason", "x"], "no address, block, pool, host or domain"),
    (["198.18.0.99", "--until", "3d", "--reason", "x"], "did you mean '198.18.0.9'"),
    (["shard", "--until", "3d", "--reason", "x"], "did you mean 'shared'?"),
    (["mail3.shop.exmaple", "--until", "3d", "--reason", "x"], "did you mean 'mail3.shop.example'"),
    (["198.18.0.1/24", "--until", "3d", "--reason", "x"], "bits behind its length"),
    (["203.0.113.0/24", "--until", "3d", "--reason", "x"], "no configured address is in"),
    ([IPS[0], "no.such.list", "--until", "3d", "--reason", "x"], "no list of the catalogue"),
    ([IPS[0], "ono.test", "--until", "3d", "--reason", "x"], "did you mean 'one.test'"),
    ([IPS[0], "--reason", "x"], "--until"),
    ([IPS[0], "--until", "3d"], "--reason"),
    ([IPS[0], "--until", "3", "--reason", "x"], "neither a time"),
    ([IPS[0], "--until", "2020-01-01", "--reason", "x"], "is over"),
    ([IPS[0], "--from", "3d", "--until", "2026-11-03", "--reason", "x"], "before --from"),
])
def test_what_cannot_be_acknowledged(repwatch, bed, words, says):
    host = Host(repwatch, bed)
    host.run()
    done = host.call("ack", *words)
    assert done.code == 2 and says in done.errors, done


def test_each_address_of_a_large_host_is_acknowledged(repwatch):
    repwatch.configure([{"address": "198.18.0.0/24", "name": "nat", "helo": "nat.shop.example"}])
    done = repwatch("ack", "nat", "--until", "3h", "--reason", "x", "--json")
    assert done.code == 0 and len(done.json["acks"]) == 256, done
    assert len({ack["address"] for ack in repwatch("ack", "list", "--json").json["acks"]}) == 256


@pytest.mark.parametrize("words, address, zone", [
    (["198.18.0.0/28"], "198.18.0.0/28", None),
    (["SHARED"], "shared", None),
    (["mail0.shop.example"], IPS[0], None),
    (["MAIL0.shop.example."], IPS[0], None),
    (["www274"], IPS[0], None),
    ([IPS[0], "One.Test."], IPS[0], "one.test"),
    ([IPS[0], "PTR"], IPS[0], "ptr"),
    (["all", "two.test"], None, "two.test"),
])
def test_names_as_an_operator_writes_them(repwatch, bed, words, address, zone):
    host = Host(repwatch, bed)
    conf = repwatch.conf.read_text()
    repwatch.conf.write_text(conf.replace(f'address = "{IPS[0]}";',
                                          f'address = "{IPS[0]}"; name = "www274";'))
    host.run()
    done = host.call("ack", *words, "--until", "3d", "--reason", "known", "--json")
    assert done.code == 0, done
    assert (done.json.get("address"), done.json.get("zone")) == (address, zone)
    assert done.json["by"]
    view = host.call("status", "--json").json["addresses"][0]
    if address != "shared":
        assert [ack["reason"] for ack in view["acks"]] == ["known"]
        assert view["acks"][0]["until"] > view["acks"][0]["from"]
    text = host.call("status").text
    assert f"Acknowledged until 2026-11-05 02:00 by {done.json['by']}: " in text and "(known)" in text
    host.lists(IPS[0])
    host.names.script(["* * rcode=NXDOMAIN"])
    told = {about for _, _, about in host.run()}
    assert (IPS[0] in told) == (address == "shared" or zone in ("ptr", "two.test")), told


def test_a_pass_that_is_killed_tells_nothing_and_loses_nothing(repwatch, bed):
    host = Host(repwatch, bed)
    host.run()
    host.lists(IPS[0])
    strace = beds.need("strace")
    host.hour += 2
    kills = 0
    for call in ("pwrite64", "fdatasync"):
        for n in (1, 2, 3):
            before = host.letters()
            died = host.repwatch("run", "--json", prefix=[
                strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                f"inject={call}:signal=SIGKILL:when={n}", "env",
                *[f"{key}={value}" for key, value in host.clock.items()]])
            if died.code == 0:
                continue
            kills += 1
            # A commit that was written in full is told, any other is not.
            assert len(host.letters()) in (len(before), 1)
    assert kills
    host.run()
    assert [row[:3] for row in host.letters()] == [("noc", "opened", IPS[0])]
