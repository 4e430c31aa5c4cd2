"""The example units, as far as that can be seen without a running systemd."""

import pathlib
import re
import subprocess

import pytest

import bed as beds
from monitored import SOURCE

UNITS = pathlib.Path(SOURCE) / "etc/systemd"


@pytest.fixture
def units(tmp_path):
    """The units with a program that is there."""
    for path in UNITS.iterdir():
        (tmp_path / path.name).write_text(path.read_text().replace("/usr/bin/repwatch", "/bin/true"))
    return tmp_path


def analyze(*words):
    return subprocess.run([beds.need("systemd-analyze"), *map(str, words)], capture_output=True,
                          text=True, check=False)


def test_units_load(units):
    done = analyze("verify", "--man=no", units / "repwatch.service", units / "repwatch.timer")
    assert done.returncode == 0 and "repwatch" not in done.stderr, done


def test_service_may_do_little(units):
    done = analyze("security", "--offline=yes", "--threshold=20", units / "repwatch.service")
    assert done.returncode == 0, done.stdout
    exposure = float(re.search(r"exposure level for repwatch.service: ([0-9.]+)", done.stdout)[1])
    assert exposure <= 2.0


def test_timer_comes_four_times_an_hour():
    calendar = re.search(r"^OnCalendar=(.*)$", (UNITS / "repwatch.timer").read_text(), re.M)[1]
    done = analyze("calendar", "--iterations=4", "--base-time=2026-11-21 10:00:00 UTC", calendar)
    assert done.returncode == 0, done
    assert len(set(re.findall(r" 10:(\d\d):00", done.stdout))) == 4, done.stdout
