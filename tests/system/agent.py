"""The program under test: a folder with its configuration and state, and its commands."""

import fcntl
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import termios

BINARY = os.path.abspath(os.environ.get("REPWATCH", "build/repwatch"))
# Enough for one pass under a sanitizer on a busy machine; a hang is found, a slow day is not.
LIMIT_S = 120
# libfaketime comes before the address sanitizer and allocates memory to tell the time; who looks
# for leaks at the end may crash over it.
WITH_PRELOADED = "verify_asan_link_order=0:allocator_release_to_os_interval_ms=-1:detect_leaks=0"
CRASHES = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:|Assertion|stack smashing")


class Raw(str):
    """Text that goes into a configuration as it stands."""


def libconfig(value, indent=""):
    """A Python value in libconfig's notation."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        inner = "".join(f"{indent}\t{key} = {libconfig(item, indent + chr(9))};\n"
                        for key, item in value.items())
        return "{\n" + inner + indent + "}"
    if value and isinstance(value[0], dict):
        return "( " + ", ".join(libconfig(item, indent) for item in value) + " )"
    return "[ " + ", ".join(libconfig(item, indent) for item in value) + " ]"


def settings(values):
    return "".join(f"{key} = {libconfig(value)};\n" for key, value in values.items())


def block_list(zone, **more):
    """A catalogue entry for tests: everything is 127.0.0.2, asked again whenever due."""
    entry = {
        "zone": zone,
        "name": zone,
        "covers": ["ip4"],
        "kind": "block",
        "severity": "critical",
        "codes": [{"code": "127.0.0.2", "means": "listed"}],
        "every": "1h",
        "lookup_url": "https://example.net/?{address}",
        "removal": "self-service",
    }
    entry.update(more)
    return {key: value for key, value in entry.items() if value is not None}


class Result:
    def __init__(self, argv, code, out, err):
        self.argv, self.code, self.out, self.err = argv, code, out, err

    @property
    def text(self):
        return self.out.decode("utf-8")

    @property
    def errors(self):
        return self.err.decode("utf-8", "replace")

    @property
    def json(self):
        def no_null(pairs):
            for key, value in pairs:
                assert value is not None, f"{key} is null: absent values are left out"
            assert len(dict(pairs)) == len(pairs), f"a key stands twice in {pairs}"
            return dict(pairs)

        return json.loads(self.out.decode("utf-8"), object_pairs_hook=no_null)

    def __repr__(self):
        return (f"{' '.join(self.argv)}\n-> {self.code}\n--- stdout\n"
                f"{self.out.decode('utf-8', 'backslashreplace')}\n--- stderr\n{self.errors}")


def _heed_signals():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Repwatch:
    def __init__(self, folder):
        self.dir = pathlib.Path(folder)
        self.state = self.dir / "state"
        self.conf = self.dir / "repwatch.conf"
        self.catalogue = self.dir / "lists.conf"
        self.seen_output = []

    def configure(self, addresses=(), catalogue=(), resolver=None, retired=(), **more):
        """`addresses` are texts or dicts, `catalogue` has block_list()s, `resolver` is ADDRESS:PORT or a dict; further words
        override the defaults below."""
        top = {
            "state_dir": str(self.state),
            "timezone": "UTC",
            "resolver": {"servers": ["127.0.0.1:9"], "timeout": "400ms", "tries": 2,
                         "in_flight": 100, "deadline": "20s"},
            "lists": {"catalogue": "lists.conf", "confirm": 2, "confirm_wait": "20ms",
                      "breaker": 0.5, "rate": 0},
        }
        if resolver:
            more["resolver"] = resolver if isinstance(resolver, dict) else {"servers": [resolver]}
        for key, value in more.items():
            if isinstance(value, dict) and isinstance(top.get(key), dict):
                top[key] = {**top[key], **value}
            else:
                top[key] = value
        if addresses:
            top["addresses"] = [item if isinstance(item, dict) else {"address": item}
                                for item in addresses]
        self.conf.write_text(settings(top))
        self.write_catalogue(catalogue, retired)
        return self

    def write_catalogue(self, lists, retired=()):
        text = settings({"catalogue": list(lists)}) if lists else "catalogue = ();\n"
        if retired:
            text += settings({"retired": list(retired)})
        self.catalogue.write_text(text)

    def environment(self, **more):
        keep = {key: value for key, value in os.environ.items()
                if key.endswith("SAN_OPTIONS") or key in ("LD_LIBRARY_PATH", "LLVM_PROFILE_FILE")}
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self.dir), "LC_ALL": "C.UTF-8", "TZ": "UTC",
               **keep, **more}
        if "LD_PRELOAD" in more:
            env["ASAN_OPTIONS"] = f"{env.get('ASAN_OPTIONS', '')}:{WITH_PRELOADED}"
        return env

    def argv(self, *words, config=True):
        return [BINARY, *(["--config", str(self.conf)] if config else []), *map(str, words)]

    def __call__(self, *words, config=True, stdin=b"", limit_s=LIMIT_S, prefix=(), **env):
        """Runs a command; the environment's further variables are keywords."""
        argv = [*prefix, *self.argv(*words, config=config)]
        done = subprocess.run(argv, input=stdin, capture_output=True, timeout=limit_s,
                              cwd=self.dir, env=self.environment(**env), check=False)
        result = Result(argv, done.returncode, done.stdout, done.stderr)
        self.seen_output.append(done.stdout + done.stderr)
        assert not CRASHES.search(result.errors), result
        assert prefix or 0 <= done.returncode < 128 and done.returncode != 70, result
        return result

    def start(self, *words, **env):
        """Runs a command beside the test, with signals as a login has them: a shell's background
        job ignores SIGINT, and so would all that it starts."""
        return subprocess.Popen(self.argv(*words), cwd=self.dir, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                preexec_fn=_heed_signals, env=self.environment(**env))

    def on_a_terminal(self, *words, columns=80, codes=(0,), **env):
        """What a command writes to a terminal; standard error with it."""
        main, side = os.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("4H", 50, columns, 0, 0))
        child = subprocess.Popen(self.argv(*words), stdout=side, stderr=side, stdin=subprocess.DEVNULL,
                                 cwd=self.dir,
                                 env=self.environment(**{"TERM": "xterm", "NO_COLOR": "1", **env}))
        os.close(side)
        out = b""
        try:
            while part := os.read(main, 4096):
                out += part
        except OSError:
            pass  # Linux's way to say that the other side was closed
        os.close(main)
        assert child.wait(LIMIT_S) in codes, out
        return out.decode()

    def run(self, *words, codes=(0, 3), **more):
        """One pass; its summary."""
        result = self("run", "--json", *words, **more)
        assert result.code in codes, result
        return result.json

    def status(self, *words):
        """{address: view}"""
        result = self("status", "--json", *words)
        assert result.code in (0, 1, 3), result
        return {view["address"]: view for view in result.json["addresses"]}

    def events(self, *words):
        result = self("events", "--json", *words)
        assert result.code == 0, result
        return result.json["events"]

    def health(self, *words):
        """{zone: view}"""
        result = self("lists", "--json", *words)
        assert result.code in (0, 1, 3), result
        return {view["zone"]: view for view in result.json["lists"]}

    def everything_written(self):
        """The bytes of all files of the state and of all output so far."""
        files = [path.read_bytes() for path in sorted(self.state.rglob("*")) if path.is_file()]
        return b"\n".join(files + self.seen_output)


def listed_on(view):
    return {item["zone"] for item in view.get("listings", [])}


def blind_on(view):
    """{zone: cause}"""
    return {item["zone"]: item["cause"] for item in view.get("blind", [])}


def note(*words):
    print(*words, file=sys.stderr)
