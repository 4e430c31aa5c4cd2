"""How fast, how small and how polite a pass is, as ratios to a peer or a limit of the same run.

Server on one core, client on another where there are two; rounds are interleaved and medians
compared. A line ends with its bound and ok or MISSED; the exit status is 1 when one was missed.
Absolute figures differ from machine to machine and from hour to hour, so only ratios are judged.
"""

import datetime
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import agent
import bed as beds
import bench_plugin
import bench_report
import bench_spf
import busylog
import maillogs
from agent import block_list
from bed import reversed4

ROUNDS = int(os.environ.get("ROUNDS", "5"))
ONLY = os.environ.get("ONLY", "")
ADDRESSES, ZONES = 1000, 50
LOG_BYTES, SHORTER_LOG_BYTES = 1_000_000_000, 500_000_000
IDLE_PASSES = 20
REPLIES = pathlib.Path(__file__).resolve().parents[2] / "etc" / "replies.conf"
CATALOGUE = REPLIES.with_name("lists.conf")
QUESTIONS = ADDRESSES * ZONES
DELAYNS = os.environ.get("DELAYNS", "build/tests/bench/delayns")
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = (CORES[0], CORES[1]) if len(CORES) > 1 else (CORES[0], CORES[0])
RTT_MS = (20, 10)  # a list in the next country: 20 ms and up to 10 more
MEAN_RTT_S = (RTT_MS[0] + RTT_MS[1] / 2) / 1000


def pinned(core, argv):
    return ["taskset", "-c", str(core), *argv] if shutil.which("taskset") else argv


# --- servers ---

class Serving(beds.Server):
    """A server whose processor time is not counted as foreign."""

    running = []

    def start(self, argv, is_ready):
        super().start(pinned(SERVER_CORE, argv), is_ready)
        Serving.running.append(self)

    def stop(self):
        if self in Serving.running:
            Serving.running.remove(self)
        super().stop()


class Rbldnsd(Serving):
    """All zones; what is listed is in `listed`."""

    def __init__(self, addresses, zones, listed, entries=100_000):
        super().__init__("rbldnsd")
        dice = random.Random(1)
        arguments = []
        for zone in zones:
            lines = [beds.SOA, ":127.0.0.2:Listed, see https://example.net/?$\n", "127.0.0.2\n"]
            lines += [f"{address}\n" for address in addresses if (address, zone) in listed]
            lines += ["%d.%d.%d.%d\n" % (dice.randrange(11, 120), *dice.randbytes(3))
                      for _ in range(entries // len(zones))]
            self.write(zone, "".join(lines))
            arguments.append(f"{zone}:ip4set:{zone}")
        user = ["-u", "daemon"] if os.geteuid() == 0 else []
        self.port = beds.free_port()
        self.start([beds.need("rbldnsd"), "-n", *user, "-w", str(self.dir), "-c", "0", "-b",
                    f"127.0.0.1/{self.port}", *arguments],
                   lambda: beds.ask(self.port, f"2.0.0.127.{zones[0]}"))


class Delayns(Serving):
    def __init__(self, *options):
        super().__init__("delayns")
        self.start([os.path.abspath(DELAYNS), *map(str, options), "file"],
                   (self.dir / "file").exists)
        self.port = int((self.dir / "file").read_text())

    def counts(self):
        """Ends it: received, sent, lost, mute."""
        Serving.running.remove(self)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        return tuple(map(int, (self.dir / "file").read_text().split()))


class Nsd(Serving, beds.Nsd):
    """Whole zones."""


# --- clients ---

class Lap:
    """One run of a program: seconds, processor seconds, peak memory, what it said."""

    def __init__(self, argv, cwd, env=None, codes=(0, 3), is_pinned=True):
        figures = tempfile.NamedTemporaryFile("r", dir=cwd)
        timed = ["/usr/bin/time", "-q", "-f", "%M", "-o", figures.name,
                 *(pinned(CLIENT_CORE, argv) if is_pinned else argv)]
        busy, before = busy_elsewhere_s(), resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        done = subprocess.run(timed, cwd=cwd, capture_output=True, env=env, check=False)
        self.wall_s = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        # Of one core; ours is not among it.
        self.foreign = (busy_elsewhere_s() - busy - self.cpu_s) / self.wall_s
        self.out = done.stdout
        self.rss_kib = int((figures.read().split() or ["0"])[-1])
        if done.returncode not in codes:
            sys.exit(f"{argv}: {done.returncode}\n{done.stderr.decode()}")


def busy_elsewhere_s():
    """Processor seconds of the whole machine, without our servers."""
    with open("/proc/stat", encoding="ascii") as stat:
        fields = [int(field) for field in stat.readline().split()[1:9]]
    ticks = sum(fields) - fields[3] - fields[4]
    for server in Serving.running:
        with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as stat:
            words = stat.read().rsplit(")", 1)[1].split()
        ticks -= int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Bench:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="repwatch-bench-"))
        self.missed = 0
        dice = random.Random(2)
        numbers = dice.sample(range(1 << 24), 10 * ADDRESSES)
        self.all_addresses = [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in numbers]
        self.addresses = self.all_addresses[:ADDRESSES]
        self.zones = [f"bl{number:02}.test" for number in range(ZONES)]
        pairs = [(address, zone) for address in self.addresses for zone in self.zones]
        self.listed = set(dice.sample(pairs, QUESTIONS // 50))
        dice.shuffle(pairs)
        with open(self.folder / "questions", "w", encoding="ascii") as questions:
            questions.writelines(f"{reversed4(a)}.{zone} A\n" for a, zone in pairs)

    def repwatch(self, name, server, in_flight, addresses=None, zones=None, timeout="1s"):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        program = agent.Repwatch(folder)
        program.configure(addresses or self.addresses,
                          [block_list(zone) for zone in zones or self.zones],
                          resolver={"servers": [server.at], "in_flight": in_flight,
                                    "timeout": timeout, "tries": 3, "deadline": "5m"},
                          lists={"breaker": 1.0, "confirm_wait": "50ms"})
        return program

    def lap(self, program, *words, fresh=False):
        if fresh:
            shutil.rmtree(program.state, ignore_errors=True)
        words = words or ("run", "--all", "--only", "lists", "--json")
        return Lap(program.argv(*words), program.dir, program.environment(), (0, 1, 3))

    def line(self, name, figure, ratio, bound, at_most=False, laps=()):
        is_ok = ratio <= bound if at_most else ratio >= bound
        self.missed += not is_ok
        sign = "<=" if at_most else ">="
        foreign = max((lap.foreign for lap in laps), default=0)
        print(f"{name:44} {figure:52} ratio {ratio:6.2f}  wanted {sign} {bound:5.2f}  "
              f"{'ok' if is_ok else 'MISSED'}" + (f"  [foreign load {foreign:.0%} of a core]" if foreign > 0.1 else ""),
              flush=True)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def middle(laps, what):
    return statistics.median(getattr(lap, what) for lap in laps)


def rounds(*runs):
    """Interleaved: every round runs each once. The first is not counted: it warms the caches."""
    laps = [[] for _ in runs]
    for turn in range(ROUNDS + 1):
        for number, run in enumerate(runs):
            lap = run()
            if turn > 0:
                laps[number].append(lap)
    return laps


# --- the races ---

def race(bench):
    """Against dnsperf, whole processes both: start, 50,000 questions, results written, end."""
    server = Rbldnsd(bench.addresses, bench.zones, bench.listed)
    program = bench.repwatch("race", server, in_flight=100)
    dnsperf = [beds.need("dnsperf"), "-q", "100", "-n", "1", "-s", "127.0.0.1", "-p",
               str(server.port), "-d", str(bench.folder / "questions")]
    fresh, steady, peer = rounds(lambda: bench.lap(program, fresh=True), lambda: bench.lap(program),
                                 lambda: Lap(dnsperf, bench.folder))
    server.stop()
    listed = sum(len(view["listings"]) for view in program.status().values() if
                 view.get("listings"))
    rate = QUESTIONS / middle(peer, "wall_s")
    # A fresh one also confirms every listing after a wait and makes a thousand series.
    for name, laps, bound in (("fresh", fresh, 0.3), ("steady state", steady, 0.8)):
        ours = QUESTIONS / middle(laps, "wall_s")
        bench.line(f"pass of 50,000 questions, {name}",
                   f"{ours:,.0f}/s, dnsperf -q 100 {rate:,.0f}/s", ours / rate, bound, laps=laps)
    ours, theirs = (middle(laps, "cpu_s") / QUESTIONS * 1e6 for laps in (steady, peer))
    bench.line("processor time a question", f"{ours:.1f} us, dnsperf {theirs:.1f} us",
               ours / theirs, 1.5, at_most=True)
    bench.line("listings found of those there are", f"{listed} of {len(bench.listed)}",
               listed / len(bench.listed), 1.0)
    rss = middle(steady, "rss_kib") / 1024
    bench.line("peak memory, 1,000 addresses", f"{rss:.1f} MiB of 16", rss / 16, 1.0, at_most=True)


def far_away(bench):
    """20 to 30 ms away the window is the limit, not the processor."""
    server = Delayns("-d", RTT_MS[0], "-j", RTT_MS[1])
    programs = {window: bench.repwatch(f"far{window}", server, window) for window in (500, 1000)}
    results = rounds(*[lambda p=p: bench.lap(p) for p in programs.values()])
    server.stop()
    for window, laps in zip(programs, results):
        # Start, records and end of the pass are in the time: the more of it, the shorter it is.
        rate = QUESTIONS / middle(laps, "wall_s")
        limit = window / MEAN_RTT_S
        bench.line(f"20-30 ms away, in_flight {window}", f"{rate:,.0f}/s of {limit:,.0f}/s",
                   rate / limit, {500: 0.9, 1000: 0.8}[window], laps=laps)


def loss(bench):
    """One packet in ten is lost; nothing may be missed for it."""
    good, bad = Delayns("-d", 20, "-j", 10), Delayns("-d", 20, "-j", 10, "-l", 10)
    without, with_loss = bench.repwatch("whole", good, 1000), bench.repwatch("lossy", bad, 1000)
    healthy, lossy = rounds(lambda: bench.lap(without), lambda: bench.lap(with_loss))
    found, there = (sum(len(view.get("listings", [])) for view in p.status().values())
                    for p in (with_loss, without))
    good.stop()
    bad.stop()
    ours, limit = middle(lossy, "wall_s"), middle(healthy, "wall_s")
    bench.line("10 % of the packets lost", f"{ours:.2f} s, loss-free {limit:.2f} s", ours / limit,
               2.0, at_most=True, laps=lossy)
    bench.line("listings found in spite of it", f"{found} of {there}", found / there, 1.0)


def silent(bench):
    """Dead lists cost their own answers, and nobody else's."""
    good = Delayns("-d", 20, "-j", 10)
    one = Delayns("-d", 20, "-j", 10, "-m", bench.zones[0])
    ten = Delayns("-d", 20, "-j", 10, *[word for zone in bench.zones[:10] for word in ("-m", zone)])
    programs = [bench.repwatch(name, server, 1000)
                for name, server in (("well", good), ("one", one), ("ten", ten))]
    healthy, one_laps, ten_laps = rounds(*[lambda p=p: bench.lap(p) for p in programs])
    limit = middle(healthy, "wall_s")
    for name, laps, server, bound in (("one silent list of 50", one_laps, one, 1.5),
                                      ("ten silent lists of 50", ten_laps, ten, 2.5)):
        wall = middle(laps, "wall_s")
        bench.line(name, f"{wall:.2f} s, all well {limit:.2f} s", wall / limit, bound, at_most=True,
                   laps=laps)
        mute = server.counts()[3] / (ROUNDS + 1)
        lists = 1 if server is one else 10
        bench.line("  packets they got", f"{mute:,.0f} a pass for {lists * ADDRESSES:,} questions",
                   mute / (lists * ADDRESSES), 0.2, at_most=True)
        server.stop()
    good.stop()


def refusals(bench):
    """A list that says no is not asked again and again."""
    for word, rcode in (("REFUSED", 5), ("SERVFAIL", 2)):
        server = Delayns("-e", rcode)
        program = bench.repwatch(word, server, 500)
        laps = [bench.lap(program) for _ in range(3)]
        packets = server.counts()[0] / len(laps)
        server.stop()
        bench.line(f"everything is {word}", f"{packets:,.0f} packets for {QUESTIONS:,} questions",
                   packets / QUESTIONS, 1.05, at_most=True, laps=laps)


def large(bench):
    """Ten thousand addresses on fifty lists: half a million questions."""
    server = Delayns()
    program = bench.repwatch("large", server, 500, bench.all_addresses)
    laps = [bench.lap(program, fresh=turn == 0) for turn in range(2)]
    server.stop()
    rss = max(lap.rss_kib for lap in laps) / 1024
    count = len(bench.all_addresses)
    rate = [count * ZONES / lap.wall_s for lap in laps]
    bench.line("peak memory, 10,000 addresses", f"{rss:.1f} MiB of 64", rss / 64, 1.0, at_most=True)
    bench.line("pass of 500,000 questions, fresh", f"{rate[0]:,.0f}/s of 50,000/s",
               rate[0] / 50000, 1.0, laps=laps)
    bench.line("pass of 500,000 questions, steady state", f"{rate[1]:,.0f}/s of 50,000/s",
               rate[1] / 50000, 1.0, laps=laps)
    size = sum(path.stat().st_size for path in program.state.glob("repwatch.db*")) / 1e6
    bench.line("database after two passes", f"{size:.1f} MB of 100", size / 100, 1.0, at_most=True)
    for name, words in (("status", ("status",)), ("status --json", ("status", "--json")),
                        ("status of one", ("status", bench.all_addresses[7])),
                        ("events", ("events",))):
        laps = [bench.lap(program, *words) for _ in range(ROUNDS)]
        wall = middle(laps, "wall_s")
        bench.line(f"{name}, 10,000 addresses", f"{wall * 1000:,.0f} ms of 300, "
                   f"{middle(laps, 'rss_kib') / 1024:.0f} MiB", wall / 0.3, 1.0, at_most=True,
                   laps=laps)


# Each is a text that is written again and again, and how many of its mails were sent.

def busy_log(count=25000, **how):
    start = datetime.datetime(2026, 11, 20, 18, tzinfo=datetime.timezone.utc)
    text, counts = busylog.write(start, count, **how)
    return text, counts["sent"]


def jumbled_log(bench):
    """Short lines of nothing but mail, out of order by up to a minute: more deliveries to the
    megabyte than hosts log, and hardly a stamp is that of the line before."""
    day = datetime.datetime(2026, 11, 20, tzinfo=datetime.timezone.utc)
    mails = list(maillogs.mails(day, 86400, 40000, bench.addresses[:60], 500))
    text = maillogs.write(mails, "postfix", bench.addresses[:60], stamps="rfc3164")
    return text, sum(mail.outcome == "sent" for mail in mails)


def read_log(bench, name, text, sent, size=SHORTER_LOG_BYTES):
    """Reading, joining, classifying and counting against looking for one word. The ratio of
    processor times stands beside that of the clock, which foreign load disturbs."""
    whole, one = bench.folder / "mail.log", bench.folder / "one.log"
    copies = max(1, size // len(text))
    one.write_bytes(text)
    with open(whole, "wb") as log:
        for _ in range(copies):
            log.write(text)
    program = agent.Repwatch(bench.folder)
    program.configure(bench.addresses[:60], [block_list(bench.zones[0])], replies=str(REPLIES))
    words = program.argv("volume", "import", "--dry-run", "--json", "--format", "postfix",
                         "--address", bench.addresses[0], "--timezone", "UTC", "--year", "2026",
                         str(whole))
    env = program.environment()
    grep = ["sh", "-c", 'grep -c status=sent "$0" | cat', str(whole)]
    # Reading ahead and adding up are other threads' work, which one core would not show.
    ours, peer = rounds(lambda: Lap(words, program.dir, env, is_pinned=False),
                        lambda: Lap(grep, program.dir, env, is_pinned=False))
    size = whole.stat().st_size / 1e6
    rate, limit = size / middle(ours, "wall_s"), size / middle(peer, "wall_s")
    work = middle(peer, "cpu_s") / middle(ours, "cpu_s")
    bench.line(name, f"{rate:,.0f} MB/s, grep -c {limit:,.0f} MB/s, by work {work:.2f}",
               rate / limit, 0.6, laps=ours)
    was_counted(bench, ours, sent * copies)
    pflogsumm = shutil.which("pflogsumm", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if pflogsumm and "T" not in text[:19].decode():
        # Without the name it leaves all deliveries out.
        slow = Lap([pflogsumm, r"--syslog-name=postfix(?:-out\d+)?", str(one)], program.dir, env)
        peer_rate = len(text) / 1e6 / slow.wall_s
        work = size / middle(ours, "cpu_s") * slow.cpu_s / (len(text) / 1e6)
        bench.line("  against pflogsumm",
                   f"{rate:,.0f} MB/s, pflogsumm {peer_rate:,.1f} MB/s, by work {work:.0f}",
                   rate / peer_rate, 45.0)
    return whole


def was_counted(bench, laps, sent):
    document = json.loads(laps[0].out)
    counted = sum(day["sent"] for days in document["addresses"].values() for day in days.values())
    bench.line("  sent counted of sent written", f"{counted:,} of {sent:,}", counted / sent, 1.0)
    rss = middle(laps, "rss_kib") / 1024
    bench.line("  peak memory", f"{rss:.1f} MiB of 64", rss / 64, 1.0, at_most=True)


def many_accounts(bench):
    """Their document is a tenth of the log, so this is no race; what is kept of them must fit. Each
    sends through three addresses."""
    text, sent = busy_log(count=400000, accounts=100000)
    log = bench.folder / "accounts.log"
    log.write_bytes(text)
    program = agent.Repwatch(bench.folder)
    program.configure(bench.addresses[:60], [block_list(bench.zones[0])], replies=str(REPLIES),
                      maillogs=[{"path": str(log), "format": "postfix",
                                 "address": bench.addresses[0]}])
    for name, words in (("100,000 accounts, looked at", ("--dry-run",)),
                        ("100,000 accounts, stored", ())):
        lap = Lap(program.argv("volume", "import", "--json", "--year", "2026", *words, str(log)),
                  program.dir, program.environment(), is_pinned=False)
        print(f"{name:44} {len(text) / 1e6 / lap.wall_s:,.0f} MB/s", flush=True)
        was_counted(bench, [lap], sent)


def logs(bench):
    read_log(bench, "a jumbled Postfix log", *jumbled_log(bench))
    read_log(bench, "a Postfix log, RFC 3339 stamps", *busy_log(stamps="rfc3339"))
    read_log(bench, "a Postfix log without TLS lines", *busy_log(has_tls=False))
    many_accounts(bench)
    nothing_new(bench, read_log(bench, "a Postfix log read and counted", *busy_log(),
                                 size=LOG_BYTES))


def nothing_new(bench, log):
    """A pass for which nothing is due, over logs that nobody wrote to: 64 addresses that sent, the
    domains of their customers, and the lists that are shipped. Most of it is one start of a
    program, so time of the clock and of the processor are both held to the limit."""
    folder = bench.folder / "idle"
    folder.mkdir()
    server = Delayns()
    program = agent.Repwatch(folder)
    addresses = bench.addresses[:64]
    services = [{"service": f"postfix-out{n:03}", "address": a} for n, a in enumerate(addresses)]
    program.configure([{"address": a, "pool": f"pool{n % 4}", "name": f"www{n}"}
                       for n, a in enumerate(addresses)],
                      resolver={"servers": [server.at], "timeout": "200ms", "tries": 1,
                                "in_flight": 1000},
                      replies=str(REPLIES),
                      maillogs=[{"path": str(log), "format": "postfix", "by_service": services}])
    shutil.copy(CATALOGUE, program.catalogue)
    words = ("run", "--only", "lists,identity,maillog,alerts", "--json")
    while json.loads(bench.lap(program, *words).out)["queries"]:
        pass  # the first one finds the domains, and listings are confirmed
    server.stop()
    laps = [bench.lap(program, *words) for _ in range(IDLE_PASSES)]
    assert all(json.loads(lap.out)["queries"] == 0 for lap in laps)
    for what, name in (("wall_s", "a pass with nothing new and nothing due"),
                       ("cpu_s", "  processor time of it")):
        took = middle(laps, what)
        bench.line(name, f"{took * 1000:.1f} ms of 20, least {min(getattr(lap, what) for lap in laps) * 1000:.1f}",
                   took / 0.02, 1.0, at_most=True, laps=laps)


def spf(bench):
    """Against what Debian has for scripts, many domains in one process each."""
    bench_spf.spf(bench, pinned, SERVER_CORE, CLIENT_CORE)


def domains(bench, count=5000, sampled=10):
    """Customers' domains whose records lead to one hoster's, as they do: 10 lookups each."""
    senders = ["198.18.0.1", "2001:db8::1"]
    zone = ['_spf.host TXT "v=spf1 mx:pool.host.test a:relay.host.test include:_a.host.test '
            'include:_b.host.test ~all"',
            '_a.host TXT "v=spf1 a:old.host.test mx:mx.host.test include:_a1.host.test ~all"',
            '_b.host TXT "v=spf1 a:web.host.test include:_b1.host.test ~all"',
            f'_a1.host TXT "v=spf1 ip4:{senders[0]} ~all"',
            f'_b1.host TXT "v=spf1 ip6:{senders[1]} ~all"', "mx.host MX 10 mx1.host",
            '*._report._dmarc.host TXT "v=DMARC1"']
    zone += [f"{name}.host A 198.18.0.{n}\n{name}.host AAAA 2001:db8:2::{n}"
             for n, name in enumerate(("mx1", "relay", "old", "web"), 6)]
    zone += [f"pool.host MX 10 out{n}.host\nout{n}.host A 198.18.1.{n}\n"
             f"out{n}.host AAAA 2001:db8:1::{n}" for n in range(8)]
    for n in range(count):
        zone.append(f'c{n} TXT "v=spf1 include:_spf.host.test -all"\nc{n} MX 10 mx1.host\n'
                    f'_dmarc.c{n} TXT "v=DMARC1; p=none; rua=mailto:reports@host.test"\n'
                    f'k1._domainkey.c{n} TXT "v=DKIM1; k=ed25519; '
                    'p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="')
    server = Nsd({"test": "\n".join(zone)})
    program = agent.Repwatch(bench.folder / "domains")
    program.dir.mkdir()

    def lap(names, state):
        program.configure(
            [{"address": address, "pool": "shared", "helo": "mx1.host.test"} for address in senders],
            state_dir=str(program.dir / state),
            resolver={"servers": [server.at], "timeout": "1s", "tries": 3, "in_flight": 1000,
                      "deadline": "5m"},
            domains=[{"domain": name, "selectors": ["k1"], "pool": "shared"} for name in names])
        return bench.lap(program, "run", "--only", "auth", "--json")

    names = [f"c{n}.test" for n in range(count)]
    alone = statistics.mean(json.loads(lap([name], f"one-{name}").out)["queries"]
                            for name in names[:sampled]) * count
    laps = [lap(names, f"all-{number}") for number in range(ROUNDS)]
    done = json.loads(laps[0].out)
    wall, cpu = middle(laps, "wall_s"), middle(laps, "cpu_s")
    bench.line(f"{count:,} domains in one pass", f"{wall:.1f} s, {cpu:.1f} CPU s; {done['queries']:,} "
               f"questions, {alone:,.0f} each alone", alone / done["queries"], 5.0, laps=laps)
    answered = done["answered"] / count
    bench.line("  answered of looked at", f"{done['answered']:,} of {count:,}", answered, 1.0)
    program.configure([{"address": address, "pool": "shared"} for address in senders],
                      state_dir=str(program.dir / "all-0"),
                      domains=[{"domain": name, "selectors": ["k1"], "pool": "shared"}
                               for name in names])
    shown = [bench.lap(program, "domains", "--json") for _ in range(ROUNDS)]
    bench.line("  shown again", f"{middle(shown, 'wall_s'):.2f} s of 2", middle(shown, "wall_s") / 2,
               1.0, at_most=True, laps=shown)
    server.stop()


def plugin(bench):
    bench_plugin.plugin(bench, pinned, CLIENT_CORE)


def report(bench):
    # Not pinned: it draws on all cores.
    bench_report.report(bench, Lap, pinned, CLIENT_CORE, ROUNDS)


def main():
    bench = Bench()
    print(f"# {ROUNDS} rounds, server on core {SERVER_CORE}, client on core {CLIENT_CORE}",
          flush=True)
    try:
        for run in (race, far_away, loss, silent, refusals, large, logs, spf, domains, plugin, report):
            if ONLY in run.__name__:
                run(bench)
    finally:
        bench.close()
    print(f"# bounds missed: {bench.missed}")
    return bench.missed > 0


if __name__ == "__main__":
    sys.exit(main())
