"""Name servers on loopback for the tests: real ones, and fakedns for what they cannot do.

Each takes a free port, is ready when it answers, and is ended by its process id.
"""

import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

READY_S = 20
TYPES = {"A": 1, "NS": 2, "SOA": 6, "PTR": 12, "TXT": 16, "AAAA": 28}
_given_ports = set()


def free_port(host="127.0.0.1"):
    """A port that is free for UDP and TCP and was not given before."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(200):
        with socket.socket(family, socket.SOCK_DGRAM) as udp:
            udp.bind((host, 0))
            port = udp.getsockname()[1]
            try:
                with socket.socket(family, socket.SOCK_STREAM) as tcp:
                    tcp.bind((host, port))
            except OSError:
                continue
        if port not in _given_ports:
            _given_ports.add(port)
            return port
    raise RuntimeError("no free port")


def question(name, kind, ident=0x1234):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.strip(".").split("."))
    return struct.pack(">6H", ident, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(
        ">2H", TYPES[kind], 1)


def ask(port, name, kind="A", timeout_s=0.3, host="127.0.0.1"):
    """The rcode and the raw message of one answer, or None."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout_s)
        sock.connect((host, port))
        try:
            sock.send(question(name, kind))
            data = sock.recv(4096)
        except OSError:
            return None
    return (data[3] & 15, data) if len(data) >= 12 else None


def until(condition, what, limit_s=READY_S):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"{what}: not within {limit_s} s")


def need(program):
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        import pytest

        pytest.skip(f"{program} is not installed")
    return path


def reversed4(address):
    return ".".join(reversed(address.split(".")))


def reversed6(address):
    import ipaddress

    return ".".join(reversed(ipaddress.ip_address(address).exploded.replace(":", "")))


class Server:
    """A child process with a folder; `at` is its ADDRESS:PORT."""

    def __init__(self, name):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix=f"repwatch-{name}-"))
        self.dir.chmod(0o755)  # a server that drops its privileges still reads it
        self.process = None
        self.port = 0
        self.host = "127.0.0.1"

    @property
    def at(self):
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def write(self, name, text):
        path = self.dir / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o644)
        return path

    def start(self, argv, is_ready):
        log = open(self.dir / "log", "ab")
        self.process = subprocess.Popen(argv, cwd=self.dir, stdin=subprocess.DEVNULL, stdout=log,
                                        stderr=log)
        log.close()

        def ready_or_dead():
            if self.process.poll() is not None:
                raise AssertionError(f"{argv[0]} ended: " + (self.dir / "log").read_text())
            return is_ready()

        until(ready_or_dead, f"{argv[0]} is ready")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


SOA = "$SOA 60 ns.bl.test. admin.bl.test. 1 600 300 86400 10\n$TTL 60\n"


class Rbldnsd(Server):
    """`zones` is a list of (zone, type, text)."""

    def __init__(self, zones, host="127.0.0.1"):
        super().__init__("rbldnsd")
        self.host = host
        arguments = []
        for number, (zone, kind, text) in enumerate(zones):
            self.write(f"z{number}", text)
            arguments.append(f"{zone}:{kind}:z{number}")
        self.write("ready", SOA + "127.0.0.2\n")
        arguments.append("ready.invalid:ip4set:ready")
        user = ["-u", "daemon"] if os.geteuid() == 0 else []
        self.port = free_port(host)
        argv = [need("rbldnsd"), "-n", *user, "-w", str(self.dir), "-c", "0", "-l",
                "+" + str(self.dir / "questions"), "-b", f"{host}/{self.port}", *arguments]
        (self.dir / "questions").touch()
        (self.dir / "questions").chmod(0o666)
        self.start(argv, lambda: ask(self.port, "2.0.0.127.ready.invalid", host=host))

    def questions(self):
        """The log's lines without those of the readiness probe."""
        lines = (self.dir / "questions").read_text().splitlines()
        return [line for line in lines if "ready.invalid" not in line]


class Fakedns(Server):
    """`script` is a list of rules or a text (tests/fakedns/script.h)."""

    def __init__(self, script, host="127.0.0.1", seed=1):
        super().__init__("fakedns")
        self.host = host
        binary = os.environ.get("FAKEDNS") or os.path.join(
            os.environ.get("TOP_BUILDDIR", "build"), "tests/fakedns/fakedns")
        self.script(script, reload=False)
        self.start([os.path.abspath(binary), "-a", host, "-r", "port", "-c", "counts", "-l",
                    "questions", "-s", str(seed), "script"], (self.dir / "port").exists)
        self.port = int((self.dir / "port").read_text())

    def script(self, rules, reload=True):
        text = rules if isinstance(rules, str) else "\n".join(rules) + "\n"
        self.write("script", text)
        if reload:
            self.dump(signal.SIGHUP)

    def dump(self, sig=signal.SIGUSR1):
        (self.dir / "counts").unlink(missing_ok=True)
        self.process.send_signal(sig)
        until((self.dir / "counts").exists, "fakedns writes its counts")

    def counts(self):
        """{line of the script: (questions seen, questions answered by it)}; 0: by none."""
        self.dump()
        rows = [line.split() for line in (self.dir / "counts").read_text().splitlines()]
        return {int(row[0]): (int(row[2]), int(row[3])) for row in rows}

    def questions(self):
        """(transport, client's port, type, name as asked, line of the rule)"""
        self.dump()
        rows = [line.split(" ") for line in (self.dir / "questions").read_text().splitlines()]
        return [(row[0], int(row[1]), int(row[2]), row[3], int(row[4])) for row in rows]


class Dnsdist(Server):
    """`rules` are lines of Lua in front of `backend` (a Server)."""

    def __init__(self, backend, rules):
        super().__init__("dnsdist")
        self.port = free_port()
        self.write("conf", "\n".join([
            f'setLocal("{self.at}")',
            'setSecurityPollSuffix("")',
            "setVerboseHealthChecks(false)",
            f'newServer({{address="{backend.at}", healthCheckMode="up", useClientSubnet=false}})',
            "getServer(0):setUp()",
            'addAction("ready.invalid.", SpoofAction("192.0.2.1"))',
            *rules,
        ]) + "\n")
        self.start([need("dnsdist"), "--supervised", "--disable-syslog", "-C",
                    str(self.dir / "conf")], lambda: ask(self.port, "ready.invalid"))


class Unbound(Server):
    """A resolver with stubs {zone: Server}; `options` are further lines of its server clause."""

    def __init__(self, stubs, options=()):
        super().__init__("unbound")
        self.port = free_port()
        clause = [
            f"interface: {self.host}@{self.port}", f"port: {self.port}", "do-daemonize: no",
            "use-syslog: no", 'username: ""', 'chroot: ""', f'directory: "{self.dir}"',
            f'pidfile: "{self.dir}/pid"', "num-threads: 1", 'module-config: "iterator"',
            "do-not-query-localhost: no", 'local-zone: "test." nodefault',
            'local-zone: "invalid." nodefault', "do-ip6: no", "outgoing-range: 512",
            "num-queries-per-thread: 256",
            'local-data: "ready.invalid. A 192.0.2.1"', *options]
        text = "server:\n" + "".join(f"  {line}\n" for line in clause)
        text += "remote-control:\n  control-enable: no\n"
        for zone, server in stubs.items():
            text += f'stub-zone:\n  name: "{zone}."\n  stub-addr: {server.host}@{server.port}\n'
        self.write("conf", text)
        self.start([need("unbound"), "-d", "-p", "-c", str(self.dir / "conf")],
                   lambda: ask(self.port, "ready.invalid"))


class Nsd(Server):
    """`zones` is {zone: text of its records, without SOA and NS}."""

    def __init__(self, zones):
        super().__init__("nsd")
        self.port = free_port()
        self.dir.chmod(0o755)
        text = "\n".join([
            "server:", f"  ip-address: {self.host}@{self.port}", f"  port: {self.port}",
            '  username: ""', '  chroot: ""', f'  zonesdir: "{self.dir}"', '  database: ""',
            f'  pidfile: "{self.dir}/pid"', f'  xfrdfile: "{self.dir}/xfrd"',
            f'  zonelistfile: "{self.dir}/zonelist"', f'  xfrdir: "{self.dir}"',
            "  server-count: 1", "  do-ip6: no", "  rrl-ratelimit: 0", "remote-control:",
            "  control-enable: no", ""])
        self.numbers = {zone: number for number, zone in enumerate(zones)}
        self.version = 1
        for number, (zone, records) in enumerate(zones.items()):
            self._write(zone, records)
            text += f'zone:\n  name: "{zone}"\n  zonefile: "z{number}"\n'
        self.write("conf", text)
        first = next(iter(zones))
        self.start([need("nsd"), "-d", "-c", str(self.dir / "conf")],
                   lambda: ask(self.port, first, "SOA"))

    def _write(self, zone, records):
        head = (f"@ 60 SOA ns admin {self.version} 600 300 86400 10\n@ 60 NS ns\n"
                f"ns 60 A 127.0.0.1\nversion-{self.version} 60 A 127.0.0.1\n")
        path = self.write(f"z{self.numbers[zone]}",
                          f"$ORIGIN {zone}.\n$TTL 60\n{head}{records}\n")
        os.utime(path, (1000000000 + self.version,) * 2)  # nsd reads what has another time

    def change(self, zone, records):
        """Serves the zone's new records when it returns."""
        self.version += 1
        self._write(zone, records)
        self.process.send_signal(signal.SIGHUP)
        until(lambda: (ask(self.port, f"version-{self.version}.{zone}") or (1, 0))[0] == 0,
              "nsd serves the new zone")


class Bed:
    """What one test started; `close` ends it all, last first."""

    def __init__(self):
        self.servers = []

    def _add(self, kind, *arguments, **options):
        server = kind(*arguments, **options)
        self.servers.append(server)
        return server

    def rbldnsd(self, *arguments, **options):
        return self._add(Rbldnsd, *arguments, **options)

    def fakedns(self, *arguments, **options):
        return self._add(Fakedns, *arguments, **options)

    def dnsdist(self, *arguments, **options):
        return self._add(Dnsdist, *arguments, **options)

    def unbound(self, *arguments, **options):
        return self._add(Unbound, *arguments, **options)

    def nsd(self, *arguments, **options):
        return self._add(Nsd, *arguments, **options)

    def close(self):
        while self.servers:
            self.servers.pop().stop()
