"""A pass may die, or be refused by the disk, at any system call. The next one carries on, and the
journal reads as if nothing had happened.

A state with history is prepared once; every fault hits a copy of it in the pass that raises one
listing and clears another. REPWATCH_SOAK=1 takes every call instead of some.
"""

import collections
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import tempfile

import pytest

import agent
import bed as beds
import peers
from agent import block_list
from bed import reversed4

ZONE = "bl.test"
STAYS, COMES, GOES, CLEAN = "198.18.0.10", "198.18.0.11", "198.18.0.12", "198.18.0.20"
ADDRESSES = [STAYS, COMES, GOES, CLEAN]
STORY = [("raised", STAYS), ("raised", GOES), ("raised", COMES), ("cleared", GOES)]

SOAK = os.environ.get("REPWATCH_SOAK") == "1"
POINTS_A_CALL = 10_000 if SOAK else 6
RANDOM_KILLS = 500 if SOAK else 15
SEED = 20

WRITING = ["write", "pwrite64", "writev", "pwritev", "fallocate", "ftruncate"]
SYNCING = ["fsync", "fdatasync", "msync", "sync_file_range"]
NAMING = ["rename", "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat", "mkdir",
          "mkdirat", "openat"]
OTHERS = ["read", "pread64", "mmap", "munmap", "close", "fcntl", "flock", "sendto", "sendmmsg",
          "recvfrom", "recvmmsg", "fchmod", "fstat", "newfstatat", "lseek"]
KILLED = WRITING + SYNCING + NAMING + (OTHERS if SOAK else [])
REFUSED = ([("ENOSPC", call) for call in WRITING + ["openat", "mkdir", "rename"]]
           + [("EIO", call) for call in WRITING + SYNCING + ["pread64", "read"]]
           + [("EINTR", call) for call in (OTHERS if SOAK else []) if call != "fcntl"]
           + ([("EMFILE", "openat"), ("EACCES", "openat")] if SOAK else []))


def rules(listed):
    return [*[f"{reversed4(a)}.{ZONE} * A=127.0.0.2 TXT=why" for a in ["127.0.0.2", *listed]],
            f"*.{ZONE} * rcode=NXDOMAIN",
            *[rule for a in ADDRESSES for rule in (
                f"{reversed4(a)}.in-addr.arpa PTR PTR=mx{a[-2:]}.example",
                f"mx{a[-2:]}.example A A={a}")],
            "* * rcode=NXDOMAIN"]


class Theatre:
    """The prepared state and the server that tells the second half of the story."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="repwatch-faults-"))
        self.server = beds.Fakedns(rules([STAYS, GOES]))
        self.repwatch = agent.Repwatch(self.folder)
        self.repwatch.configure(ADDRESSES, [block_list(ZONE, servers=[self.server.at])],
                                resolver=self.server.at)
        self.repwatch.run()
        assert {e["change"] for e in self.repwatch.events()} == {"raised"}
        shutil.copytree(self.repwatch.state, self.folder / "prepared")
        self.server.script(rules([STAYS, COMES]))
        self.calls = self.count_calls()
        # Before its own first line a program cannot be loaded without these.
        self.loading = self.count_calls(words=("--version",))

    def reset(self):
        shutil.rmtree(self.repwatch.state)
        shutil.copytree(self.folder / "prepared", self.repwatch.state)

    def traced(self, *options, words=("run", "--all", "--json")):
        """The pass under strace. Leaks cannot be looked for while it watches."""
        prefix = [beds.need("strace"), "-f", "-qq", "-o", str(self.folder / "trace"), *options]
        return self.repwatch(*words, prefix=prefix,
                             ASAN_OPTIONS="detect_leaks=0", LSAN_OPTIONS="detect_leaks=0")

    def count_calls(self, **how):
        self.reset()
        wanted = ",".join("?" + call for call in WRITING + SYNCING + NAMING + OTHERS)
        result = self.traced("-e", f"trace={wanted}", **how)
        if not (self.folder / "trace").exists():
            pytest.skip("strace may not trace here")
        assert result.code == 0, result
        trace = (self.folder / "trace").read_text(errors="replace")
        return collections.Counter(re.findall(r"^\d+ +(\w+)\(", trace, re.M))

    def points(self, call):
        """Which occurrences of a call are hit: all, or the first, the last and some between."""
        count = self.calls[call]
        if count <= POINTS_A_CALL:
            return list(range(1, count + 1))
        dice = random.Random(f"{SEED}{call}")
        middle = dice.sample(range(2, count), POINTS_A_CALL - 2)
        return [1, *sorted(middle), count]

    def journal(self):
        return [(event["change"], event["address"]) for event in self.repwatch.events()]

    def check_recovery(self, what):
        """The next pass works, and everything is there once."""
        result = self.repwatch("run", "--all", "--json")
        assert result.code == 0, (what, result)
        journal = self.journal()
        assert sorted(journal[:2]) == sorted(STORY[:2]), (what, journal)
        assert sorted(journal[2:]) == sorted(STORY[2:]), (what, journal)
        database = sqlite3.connect(self.repwatch.state / "repwatch.db")
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)], what
        database.close()
        files = sorted(self.repwatch.state.rglob("*.rrd"))
        assert len(files) == len(ADDRESSES), (what, files)
        for path in files:
            done = subprocess.run([beds.need("rrdtool"), "info", str(path)], capture_output=True,
                                  check=False)
            assert done.returncode == 0, (what, path, done.stderr)

    def close(self):
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def theatre():
    beds.need("strace")
    stage = Theatre()
    yield stage
    stage.close()


Tally = collections.Counter()


def test_undisturbed(theatre):
    theatre.reset()
    theatre.check_recovery("undisturbed")


@pytest.mark.parametrize("call", KILLED)
def test_killed_at(theatre, call):
    for n in theatre.points(call):
        theatre.reset()
        result = theatre.traced("-e", f"trace={call}", "-e",
                                f"inject={call}:signal=SIGKILL:when={n}")
        Tally["kills"] += 1
        if result.code == 0:
            Tally["kills that came too late"] += 1
        theatre.check_recovery(f"SIGKILL at {call} {n} of {theatre.calls[call]}")


@pytest.mark.parametrize("error,call", REFUSED)
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_refused_by_the_system(theatre, error, call, lasting):
    if lasting and error == "EINTR":
        pytest.skip("no system interrupts without end")
    for n in theatre.points(call):
        if call != "write" and n <= theatre.loading[call]:
            continue
        theatre.reset()
        when = f"{n}+" if lasting else str(n)
        result = theatre.traced("-e", f"trace={call}", "-e",
                                f"inject={call}:error={error}:when={when}")
        what = f"{error} at {call} {when} of {theatre.calls[call]}"
        Tally["refusals"] += 1
        assert result.code in (0, 2, 3), (what, result)
        if result.code == 2 and call != "write":
            assert result.err.startswith((b"repwatch: ", os.fsencode(theatre.folder))), (what, result)
        theatre.check_recovery(what)


def test_killed_at_any_time(theatre):
    dice = random.Random(SEED)
    for round_ in range(RANDOM_KILLS):
        theatre.reset()
        run = theatre.repwatch.start("run", "--all")
        try:
            run.wait(dice.uniform(0, 0.25))
        except subprocess.TimeoutExpired:
            run.kill()
        run.communicate()
        Tally["random kills"] += 1
        theatre.check_recovery(f"random kill {round_}")


def test_disk_full(theatre):
    """On a file system of its own that has no room left."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount")
    state = theatre.repwatch.state
    binary = " ".join(theatre.repwatch.argv("run", "--all", "--json"))
    theatre.reset()
    script = f"""
        mount -t tmpfs -o size=8m,mode=0750 tmpfs {state} || exit 99
        cp -a {theatre.folder}/prepared/. {state}/ && : >{state}/ballast || exit 98
        dd if=/dev/zero of={state}/filler bs=4k 2>/dev/null
        {binary} >{theatre.folder}/full.out 2>{theatre.folder}/full.err
        echo $? >{theatre.folder}/full.code
        rm {state}/filler
        cp -a {state}/. {theatre.folder}/after/
    """
    after = theatre.folder / "after"
    after.mkdir()
    done = subprocess.run([beds.need("unshare"), "-m", "sh", "-c", script], capture_output=True,
                          env=theatre.repwatch.environment(PATH=os.environ["PATH"]), check=False)
    if done.returncode in (1, 99):
        pytest.skip("may not mount here")
    code = int((theatre.folder / "full.code").read_text())
    error = (theatre.folder / "full.err").read_text()
    assert code in (0, 2, 3), (code, error)
    assert error, "a full disk is said"
    shutil.rmtree(state)
    shutil.move(after, state)
    theatre.check_recovery("disk full")


def test_a_full_disk_is_told(repwatch, bed):
    """What fills up is told while it can be recorded, what cannot be recorded is told at once; and
    the end of both."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount")
    beds.need("nginx")
    hook = peers.Nginx()
    names = bed.fakedns(["* * rcode=NXDOMAIN"])
    try:
        repwatch.configure(["198.18.0.1"], resolver=names.at, alerts={"channels": [
            {"name": "hook", "type": "webhook", "url": f"http://{hook.at}/take"}]})
        repwatch.state.mkdir(mode=0o750)
        run = " ".join(repwatch.argv("run", "--all", "--json"))
        state = repwatch.state
        script = f"""
            mount -t tmpfs -o size=64m,mode=0750 tmpfs {state} || exit 99
            {run}; ls {state}/ballast
            dd if=/dev/zero of={state}/filler bs=64k 2>/dev/null
            truncate -s -2M {state}/filler
            {run}; {run}
            dd if=/dev/zero of={state}/more bs=4k 2>/dev/null
            {run}; echo "status $?" >&2; {run}
            rm {state}/filler {state}/more
            {run}; {run}; ls -l {state}
        """
        done = subprocess.run([beds.need("unshare"), "-m", "sh", "-c", script],
                              capture_output=True, text=True, check=False,
                              env=repwatch.environment(PATH=os.environ["PATH"]))
        if done.returncode in (1, 99):
            pytest.skip("may not mount here")
        came = [json.loads(r["body"]) for r in hook.requests()]
        told = [(each["event"], each["headline"]) for each in came
                if "disk" in each["headline"] or "recorded" in each["headline"]]
        assert [event for event, _ in told] == ["opened", "opened", "ended", "ended"], (told, done)
        assert "almost full" in told[0][1] and "cannot be recorded" in told[1][1], told
        assert "status 2" in done.stderr and "the disk is full" in done.stderr, done
        assert "the disk is full" in came[[each["headline"] for each in came].index(told[1][1])]["text"]
    finally:
        hook.stop()


class Told:
    """Passes on a file system of their own, and a channel that writes down what it is told. While
    the file `shut` is there it takes nothing."""

    def __init__(self, repwatch, names):
        if os.geteuid() != 0:
            pytest.skip("needs root to mount")
        self.repwatch, self.log = repwatch, repwatch.dir / "told"
        self.program = repwatch.dir / "tell"
        self.program.write_text(f"#!/bin/sh\n[ -e {repwatch.dir}/shut ] && exit 75\n"
                                f"{{ cat; echo; }} >>{self.log}\n")
        self.program.chmod(0o755)
        repwatch.configure(["198.18.0.1"], resolver=names.at, alerts={
            "repeat": "1d", "channels": [
                {"name": "hook", "type": "command", "command": [str(self.program)]}]})
        repwatch.state.mkdir(mode=0o750)
        self.run = " ".join(repwatch.argv("run", "--all", "--json"))

    def play(self, script, prefix=()):
        done = subprocess.run(
            [beds.need("unshare"), "-m", *prefix, "sh", "-c",
             f"mount -t tmpfs -o size=16m,mode=0750 tmpfs {self.repwatch.state} || exit 99\n"
             f"state={self.repwatch.state}; shut={self.repwatch.dir}/shut\n" + script],
            capture_output=True, text=True, check=False,
            env=self.repwatch.environment(PATH=os.environ["PATH"]))
        if done.returncode in (1, 99):
            pytest.skip("may not mount here")
        assert done.returncode == 0, done
        return done

    def letters(self):
        came = [json.loads(line) for line in self.log.read_text().splitlines() if line]
        return [each for each in came if "recorded" in each["headline"]]


def test_what_nobody_took_is_told_again(repwatch, bed):
    """And what is told again began when it began."""
    told = Told(repwatch, bed.fakedns(["* * rcode=NXDOMAIN"]))
    fill = "dd if=/dev/zero of=$state/filler bs=4k 2>/dev/null"
    done = told.play(f"""
        {told.run} >&2; {fill}; : >$shut
        {told.run}; echo "status $?" >&2; {told.run}
        ls $state/unrecorded* >&2
        rm $shut
        {told.run}; {told.run}
        touch -m -d '3 days ago' $state/unrecorded.since
        touch -m -d '2 days ago' $state/unrecorded.told
        {told.run}; {told.run}
        touch -m -d '2 days ago' $state/unrecorded.told
        cat $state/unrecorded.* >&2; touch -a $state/unrecorded.*
        {told.run}
        : >$shut; rm $state/filler
        {told.run}
        rm $shut; {told.run} --only alerts
        echo "still $(ls $state | grep unrecorded)" >&2
        {told.run}; {told.run}
        echo "left $(ls $state | grep unrecorded)" >&2
        exit 0
    """)
    came = told.letters()
    assert [each["event"] for each in came] == ["opened", "opened", "opened", "ended"], done
    assert "channel 'hook': the program ended with status 75" in done.stderr, done
    assert "No such file" in done.stderr and "status 2" in done.stderr, done
    assert "still unrecorded.since" in done.stderr, "a pass that records nothing ends nothing"
    assert done.stderr.endswith("left \n"), done
    assert len({each["id"] for each in came}) == 1, "one incident"
    begun = [each["incidents"][0]["opened"] for each in came]
    assert begun[1] == begun[2] == begun[3] and begun[0] > begun[1], begun


def test_a_read_only_disk_is_told(repwatch, bed):
    """Though neither the lock nor a mark can be written; but not to those who stand before it."""
    told = Told(repwatch, bed.fakedns(["* * rcode=NXDOMAIN"]))
    terminal = f"{beds.need('script')} -qec '{told.run}' /dev/null"
    done = told.play(f"""
        {told.run} >&2
        mount -o remount,ro $state || exit 99
        {terminal} >&2; [ -e {told.log} ] && grep -q recorded {told.log} && exit 98
        {told.run}; echo "status $?" >&2; {told.run}; {told.run}
        mount -o remount,rw $state
        {told.run}; {told.run}
        mount -o remount,ro $state; {told.run}
        mount -o remount,rw $state; {told.run}
        exit 0
    """)
    came = told.letters()
    assert [each["event"] for each in came] == ["opened", "ended"] * 2, done
    assert "status 2" in done.stderr and "Read-only file system" in done.stderr, done
    assert "Read-only file system" in came[0]["text"], came


def test_tally(capfd, record_property):
    figures = ", ".join(f"{count} {what}" for what, count in Tally.items())
    figures += "; each recovered from, no event lost or doubled"
    record_property("faults", figures)
    with capfd.disabled():
        print(f"# faults: {figures}", flush=True)
    assert Tally["kills"] > 0
