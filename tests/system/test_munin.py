"""The Munin plug-in, run as munin-run does."""

import pathlib
import re
import shutil
import subprocess

import pytest

import bed as beds
from monitored import CHECK, CLEAN, SOURCE, log_of, make_old, record

PLUGIN = pathlib.Path(SOURCE) / "plugins/munin/repwatch_"


@pytest.fixture
def munin(repwatch, bed):
    log = repwatch.dir / "mail.log"
    log.write_bytes(log_of({1: 5}))
    record(repwatch, bed, maillogs=[{"path": str(log), "format": "postfix", "address": CLEAN}])
    return Munin(repwatch)


class Munin:
    """A munin-node's configuration with two links to the plug-in."""

    def __init__(self, state):
        self.state = state
        self.dir = state.dir / "munin"
        for name in ("plugins", "plugin-conf.d", "state"):
            (self.dir / name).mkdir(parents=True)
        for name in ("all", "shared-a"):
            (self.dir / "plugins" / f"repwatch_{name}").symlink_to(PLUGIN)
        (self.dir / "plugin-conf.d/repwatch").write_text(
            f"[repwatch_*]\nuser root\nenv.check {CHECK}\nenv.config {state.conf}\n")
        (self.dir / "node.conf").write_text("log_level 0\nhost 127.0.0.1\nport 4949\n")

    def __call__(self, name, *words):
        argv = [beds.need("munin-run"), "--config", self.dir / "node.conf", "--servicedir",
                self.dir / "plugins", "--sconfdir", self.dir / "plugin-conf.d",
                f"repwatch_{name}", *words]
        done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, check=False,
                              env={"PATH": "/usr/bin:/bin"})
        assert done.returncode == 0, done
        return done.stdout


def read(text):
    """{graph: {field: value}}"""
    graphs = {}
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if key == "multigraph":
            fields = graphs.setdefault(value, {})
        else:
            fields[key] = value
    return graphs


def test_values(munin):
    graphs = read(munin("all"))
    assert graphs["repwatch_all"] == {"listed.value": "1", "poor.value": "1", "neutral.value": "0",
                                      "unknown.value": "0", "blind.value": "0"}
    assert graphs["repwatch_all_volume"] == {"yesterday.value": "5", "today.value": "0"}
    assert graphs["repwatch_all_agent"]["dead.value"] == "0"
    assert re.fullmatch("[0-9]+", graphs["repwatch_all_agent"]["age.value"])
    assert set(read(munin("shared-a"))) == {"repwatch_shared_a", "repwatch_shared_a_volume"}


def test_each_value_is_configured(munin):
    for name in ("all", "shared-a"):
        config, values = read(munin(name, "config")), read(munin(name))
        assert set(config) == set(values)
        for graph, fields in values.items():
            assert {"graph_title", "graph_vlabel", "graph_category"} <= set(config[graph])
            labels = {key.split(".")[0] for key in config[graph] if key.endswith(".label")}
            assert labels == {key.split(".")[0] for key in fields}


def test_dirty_config_brings_the_values(munin):
    done = subprocess.run([str(munin.dir / "plugins/repwatch_all"), "config"], capture_output=True,
                          text=True, check=True,
                          env={"PATH": "/usr/bin:/bin", "MUNIN_CAP_DIRTYCONFIG": "1", "check": CHECK,
                               "config": str(munin.state.conf)})
    assert "listed.value 1" in done.stdout
    assert "listed.value" not in munin("all", "config")


def test_autoconf(munin):
    assert munin("all", "autoconf").strip() == "yes"
    assert munin("all", "suggest").strip() == "all"
    shutil.rmtree(munin.state.state)
    assert munin("all", "autoconf").startswith("no (")


def test_old_is_unknown(munin):
    make_old(munin.state)
    graphs = read(munin("all"))
    assert set(graphs["repwatch_all"].values()) == {"U"}
    assert set(graphs["repwatch_all_volume"].values()) == {"U"}
