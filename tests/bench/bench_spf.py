"""SPF of many domains that share their includes: questions asked, rate and processor time beside the
two implementations that Debian has for scripts."""

import os
import resource
import subprocess
import sys
import time

import bed as beds

DOMAINS, PEER_DOMAINS, PROVIDERS, HOSTS = 5000, 2000, 20, 40
LAPS = 5
DRIVER = os.environ.get("BENCH_SPF", "build/tests/bench/bench_spf")
CLIENT = "203.0.113.10"

PYSPF = """
import sys, DNS, spf
DNS.defaults["server"], DNS.defaults["port"] = ["127.0.0.1"], int(sys.argv[1])
for line in sys.stdin:
    ip, helo, sender = line.split()
    print(spf.check2(i=ip, s=sender, h=helo)[0])
"""
MAIL_SPF = """
use Mail::SPF; use Net::DNS::Resolver;
my $server = Mail::SPF::Server->new(dns_resolver => Net::DNS::Resolver->new(
    nameservers => ["127.0.0.1"], port => $ARGV[0], recurse => 1));
while (<STDIN>) {
    my ($ip, $helo, $from) = split;
    print $server->process(Mail::SPF::Request->new(scope => "mfrom", identity => $from,
        ip_address => $ip, helo_identity => $helo))->code, "\\n";
}
"""


def domain(number):
    """As hosted domains are: most of a record is their provider's."""
    include = f"include:p{number % PROVIDERS}.b.test include:p{number * 7 % PROVIDERS + 20}.b.test"
    kind = number % 4
    if kind == 0:
        return (f'd{number} TXT "v=spf1 mx {include} -all"\n'
                f"d{number} MX 10 www{number % HOSTS}\n")
    if kind == 1:
        return f'd{number} TXT "v=spf1 a:www{number % HOSTS}.b.test {include} ~all"\n'
    return f'd{number} TXT "v=spf1 {include} ip4:198.18.{number >> 8}.{number & 255} -all"\n'


def zone():
    lines = [domain(number) for number in range(DOMAINS)]
    lines += [f'p{n} TXT "v=spf1 include:q{n}.b.test ip4:198.51.100.{n} ~all"\n'
              f'q{n} TXT "v=spf1 ip4:192.0.2.{n} a:out{n}.b.test ?all"\n'
              f"out{n} A 192.0.2.{100 + n}\n" for n in range(2 * PROVIDERS)]
    # One host in twenty is the sender: some pass, most are walked to their end.
    lines += [f"www{n} A {CLIENT if n % 20 == 1 else f'192.0.2.{200 + n}'}\n" for n in range(HOSTS)]
    return "".join(lines)


class Lap:
    def __init__(self, argv, text):
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(argv, input=text.encode(), capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall_s = time.monotonic() - begin
        self.cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        if done.returncode:
            sys.exit(f"{argv[:2]}: {done.returncode}\n{done.stderr.decode()}")
        self.lines = done.stdout.decode().split("\n")

    def asked(self):
        return int(self.lines[-2].split()[1])


def lines(count):
    return "".join(f"{CLIENT} www.b.test info@d{n}.b.test\n" for n in range(count))


def spf(bench, pinned, server_core, client_core):
    server = beds.Nsd({"b.test": zone()})
    subprocess.run(["taskset", "-apc", str(server_core), str(server.process.pid)],
                   capture_output=True, check=False)
    laps = [Lap(pinned(client_core, [DRIVER, server.at]), lines(DOMAINS)) for _ in range(LAPS)]
    ours = sorted(laps, key=lambda lap: lap.wall_s)[LAPS // 2]
    alone = Lap(pinned(client_core, [DRIVER, server.at, "alone"]), lines(DOMAINS))
    bench.line("SPF of 5,000 domains, questions", f"{ours.asked():,}, each alone {alone.asked():,}",
               alone.asked() / ours.asked(), 5.0)
    peers = [("pyspf", ["/usr/bin/python3", "-c", PYSPF, str(server.port)]),
             ("Mail::SPF", ["perl", "-e", MAIL_SPF, str(server.port)])]
    for name, argv in peers:
        peer = Lap(pinned(client_core, argv), lines(PEER_DOMAINS))
        same = sum(a == b for a, b in zip(ours.lines, peer.lines[:PEER_DOMAINS]))
        bench.line(f"  results like those of {name}", f"{same} of {PEER_DOMAINS}",
                   same / PEER_DOMAINS, 1.0)
        rate, limit = DOMAINS / ours.wall_s, PEER_DOMAINS / peer.wall_s
        bench.line("  domains a second", f"{rate:,.0f}/s, {name} {limit:,.0f}/s", rate / limit,
                   20.0)
        mine, theirs = ours.cpu_s / DOMAINS * 1e6, peer.cpu_s / PEER_DOMAINS * 1e6
        bench.line("  processor time a domain", f"{mine:,.0f} us, {name} {theirs:,.0f} us",
                   theirs / mine, 20.0)
    server.stop()
