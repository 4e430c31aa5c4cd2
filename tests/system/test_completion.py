"""Completion in the shells themselves."""

import os
import pathlib
import subprocess

import pytest

import bed as beds

FOLDER = pathlib.Path(os.path.abspath(os.environ.get("TOP_BUILDDIR", "build"))) / "completion"


def in_bash(line, folder):
    """What bash offers behind `line`, whose last word is being typed."""
    words = line.split(" ")
    script = (f'. "{FOLDER}/repwatch"\n'
              "complete -p repwatch >&2 || exit 1\n"
              'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))\n'
              "_repwatch\n"
              'printf "%s\\n" "${COMPREPLY[@]}"\n')
    done = subprocess.run([beds.need("bash"), "--norc", "-c", script, "bash", *words], cwd=folder,
                          capture_output=True, text=True, check=True)
    assert "-F _repwatch repwatch" in done.stderr
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


def test_zsh_reads_it():
    subprocess.run([beds.need("zsh"), "-n", str(FOLDER / "_repwatch")], check=True)
