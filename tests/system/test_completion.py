"""Completion in the shells themselves."""

import fcntl
import os
import pathlib
import select
import struct
import subprocess
import termios

import pytest

import agent
import bed as beds

FOLDER = pathlib.Path(os.path.abspath(os.environ.get("TOP_BUILDDIR", "build"))) / "completion"


def in_bash(line, folder):
    """What bash offers behind `line`, whose last word is being typed."""
    script = (f'. "{FOLDER}/repwatch"\n'
              "complete -p repwatch >&2 || exit 1\n"
              'COMP_LINE=$1 COMP_POINT=${#1}\n'
              "_repwatch\n"
              'printf "%s\\n" "${COMPREPLY[@]}"\n')
    done = subprocess.run([beds.need("bash"), "--norc", "-c", script, "bash", line], cwd=folder,
                          capture_output=True, text=True, check=True)
    assert "-F _repwatch repwatch" in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("line, offered", [
    ("repwatch vol", ["volume"]),
    ("repwatch volume ", ["import", "show"]),
    ("repwatch volume sh", ["show"]),
    ("repwatch --config x -q del", ["delist"]),
    ("repwatch --state x delist ans", ["answered"]),
    ("repwatch --color ", ["auto", "always", "never"]),
    ("repwatch status --color n", ["never"]),
    ("repwatch volume import --form", ["--format"]),
    ("repwatch metrics --o", ["--output", "--openmetrics"]),
    ("repwatch run --ve", ["--verbose", "--version"]),
    ("repwatch status --js", ["--json"]),
    ("repwatch -c mail", ["mail.log"]),
    ("repwatch volume import ma", ["mail.log"]),
    ("repwatch volume import --format ma", []),
    ("repwatch status ma", []),
    ("repwatch unknown x", []),
])
def test_bash(tmp_path, line, offered):
    (tmp_path / "mail.log").touch()
    assert in_bash(line, tmp_path) == offered


def test_bash_offers_each_command(repwatch):
    words = {line.split()[0] for line in repwatch("--help", config=False).text.split("\nCommands\n")[1]
             .split("\n\n")[0].splitlines() if line[2:3].isalpha()}
    assert words == set(in_bash("repwatch ", repwatch.dir))


@pytest.fixture(name="known")
def _known(repwatch):
    """A configuration with something of each kind."""
    repwatch.configure([{"address": "198.18.0.1", "pool": "shared-a", "name": "www1"},
                        {"address": "198.18.0.2", "pool": "shared-b", "name": "www2"},
                        {"address": "2001:db8::10", "pool": "shared-b"}],
                       catalogue=[agent.block_list("bl.example"), agent.block_list("dbl.example")],
                       replies=str(pathlib.Path(agent.__file__).resolve().parents[2] / "etc" / "replies.conf"),
                       domains=[{"domain": "shop.example", "selectors": ["k1"]}],
                       alerts={"channels": [{"name": "noc", "type": "command", "command": ["/bin/true"]}]})
    repwatch.run("--only", "maillog")
    return repwatch


NAMES = [
    ("status 198.18.", ["198.18.0.1", "198.18.0.2"]),
    ("status sha", ["shared-a", "shared-b"]),
    ("status 198.18.0.1 shop", ["shop.example"]),
    ("delist asked 198.18.0.1 d", ["dbl.example"]),
    ("delist asked d", []),
    ("ack ww", ["www1", "www2"]),
    ("ack list", ["list"]),
    ("ack shared-a gma", ["gmail"]),
    ("alerts test n", ["noc"]),
    ("check --list b", ["bl.example"]),
    ("ack end ", ["1"]),
]


@pytest.mark.parametrize("line, offered", NAMES)
def test_bash_offers_what_is_known(known, line, offered):
    if line == "ack end ":
        assert known("ack", "shared-a", "--until", "3d", "--reason", "known").code == 0
    assert in_bash(f"{agent.BINARY} --config {known.conf} {line}", known.dir) == offered
    # nothing is known, nothing is said
    assert in_bash(f"{agent.BINARY} --config {known.dir}/none {line}", known.dir) == [w for w in offered if w == "list"]


def test_bash_completes_behind_a_colon(known):
    line = f"{agent.BINARY} --config {known.conf} status 2001:db8::"
    assert in_bash(line, known.dir) == ["10"]


class Zsh:
    """An interactive shell with our completion, and what stands on its screen."""

    def __init__(self, folder):
        home = folder / "home"
        home.mkdir()
        (home / ".zshrc").write_text(f"fpath=({FOLDER} $fpath)\nautoload -U compinit && compinit -u\n"
                                     "zstyle ':completion:*' menu no\nunsetopt auto_menu list_beep beep prompt_sp\n"
                                     "LISTMAX=1000 PS1='> '\n"
                                     "show() { zle -I; print -r -- \"<<$BUFFER>>\"; BUFFER= }\n"
                                     "zle -N show; bindkey '^X' show\nprint ready\n")
        self.main, side = os.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("4H", 50, 160, 0, 0))
        env = {**os.environ, "HOME": str(home), "ZDOTDIR": str(home), "TERM": "dumb",
               "PATH": f"{os.path.dirname(agent.BINARY)}:{os.environ['PATH']}"}
        self.process = subprocess.Popen([beds.need("zsh"), "-d", "-i"], stdin=side, stdout=side, stderr=side,
                                        cwd=folder, env=env, start_new_session=True)
        os.close(side)
        self.until(b"ready")

    def until(self, mark):
        text = b""
        while mark not in text:
            if not select.select([self.main], [], [], 60)[0]:
                raise AssertionError(text)
            text += os.read(self.main, 4096)
        return text

    def complete(self, line):
        """What the line becomes."""
        os.write(self.main, line.encode() + b"\t\x18")
        return self.until(b">>").decode().split("<<")[1].split(">>")[0]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.main)


@pytest.fixture(name="zsh")
def _zsh(known):
    shell = Zsh(known.dir)
    yield shell
    shell.close()


def test_zsh(known, zsh):
    conf = f"--config {known.conf}"
    for line, becomes in [
            ("repwatch vol", "repwatch volume "),
            ("repwatch volume sh", "repwatch volume show "),
            ("repwatch status --js", "repwatch status --json "),
            ("repwatch status --color al", "repwatch status --color always "),
            (f"repwatch status {conf} 198.18.0.1 shop", f"repwatch status {conf} 198.18.0.1 shop.example "),
            (f"repwatch status {conf} sha", f"repwatch status {conf} shared-"),
            (f"repwatch status {conf} 2001:db", f"repwatch status {conf} 2001:db8::10 "),
            (f"repwatch delist asked {conf} 198.18.0.1 d", f"repwatch delist asked {conf} 198.18.0.1 dbl.example "),
            (f"repwatch ack {conf} shared-a gma", f"repwatch ack {conf} shared-a gmail "),
            (f"repwatch alerts test {conf} n", f"repwatch alerts test {conf} noc "),
            (f"repwatch status --config {known.dir}/none 19", f"repwatch status --config {known.dir}/none 19"),
    ]:
        assert zsh.complete(line) == becomes
