"""`repwatch report`: the folder, how it is replaced, and what Chromium makes of it."""

import functools
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

import agent
import hosts
import sites

HERE = pathlib.Path(__file__).resolve().parent
CHROMIUM = shutil.which("chromium")


def report(repwatch, *words, **environment):
    result = repwatch("report", "-o", repwatch.dir / "site", "--json", *words, **environment)
    assert result.code == 0, result
    return result.json


def inode(path):
    return path.stat().st_ino


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(not hosts.FAKETIME, reason="libfaketime is not installed")
def test_draws_what_changed_and_keeps_the_rest(repwatch):
    ips = sites.make(repwatch, 40)
    site = repwatch.dir / "site"
    # All at one time: pictures of hours are new with each hour.
    clock = time.strftime("@%Y-%m-%d %H:00:30", time.gmtime(time.time() + 3600))
    at = {"LD_PRELOAD": hosts.FAKETIME, "FAKETIME": clock, "TZ": "UTC", "DONT_FAKE_MONOTONIC": "1",
          "ASAN_OPTIONS": agent.WITH_PRELOADED}
    first = report(repwatch, **at)
    # an index, four more, two pools, one an address; two pictures an address, two for each pool, twice; all lists are well
    assert first["pages"] == 5 + 2 + 40 and first["drawn"] == 2 * (2 * 40 + 2 * 2) and first["kept"] == 0
    quiet, changed = site / "a" / f"{ips[5]}.svg", site / "a" / f"{ips[7]}.svg"
    before = inode(quiet), inode(changed)
    again = report(repwatch, **at)
    assert again["drawn"] == 0 and again["kept"] == first["drawn"]
    assert (inode(quiet), inode(changed)) == before

    db = sqlite3.connect(repwatch.state / "repwatch.db")
    db.execute("UPDATE volume_day SET sent = 9 * sent WHERE sender_id = 8 AND day = (SELECT max(day) FROM volume_day) - 3")
    db.commit()
    changed_drawing = changed.read_bytes()
    third = report(repwatch, **at)
    assert third["drawn"] == 2 * (2 + 2)  # itself, and its pool's two
    assert inode(quiet) == before[0] and changed.read_bytes() != changed_drawing
    assert report(repwatch, "--full", **at)["kept"] == 0
    # nothing is left beside it
    assert [path.name for path in repwatch.dir.iterdir() if path.name.startswith(".site")] == []


def test_a_pool_that_no_pass_has_seen_has_no_picture(repwatch):
    repwatch.configure([{"address": "198.18.0.0/30", "pool": "new"}])
    assert repwatch("ack", "all", "--until", "1d", "--reason", "the database is made").code == 0
    assert report(repwatch)["pictures"] == 0
    assert (repwatch.dir / "site" / "p" / "new.html").exists()


def test_lists_have_a_picture_when_one_was_out_of_order(repwatch):
    sites.make(repwatch, 2, pools=1)
    report(repwatch)
    page = repwatch.dir / "site" / "lists.html"
    assert "lists.svg" not in page.read_text() and not (repwatch.dir / "site" / "lists.svg").exists()
    db = sqlite3.connect(repwatch.state / "repwatch.db")
    for ago, change in ((3, "list-sick"), (2, "list-well")):
        db.execute("INSERT INTO event (at, address, check_name, subject, change, was, becomes, severity, text) VALUES"
                   " (?, '', 'dnsbl', ?, ?, 'clear', 'blind', 'info', x'')",
                   (int(time.time()) - ago * sites.DAY_S, sites.ZONE, change))
    db.commit()
    assert report(repwatch)["drawn"] == 2
    assert "lists.svg" in page.read_text() and sites.ZONE in (repwatch.dir / "site" / "lists.svg").read_text()


def plain(svg):
    """Without what differs from drawing to drawing: names of surfaces, and how a colour is written."""
    svg = re.sub(r"rgb\(([\d.]+)%,([\d.]+)%,([\d.]+)%\)",
                 lambda found: "#" + "".join(f"{round(float(part) * 2.55):02x}" for part in found.groups()), svg)
    return re.sub(r"surface\d+", "", svg)


def test_dark_is_light_in_the_colours_of_dark(repwatch):
    ips = sites.make(repwatch, 21, pools=1)
    report(repwatch)
    for ip in (ips[0], ips[20]):
        result = repwatch("graph", ip, "-o", repwatch.dir / "drawn.svg", "--dark")
        assert result.code == 0, result
        folder = repwatch.dir / "site" / "a"
        light, dark, drawn = [plain(path.read_text()) for path in
                              (folder / f"{ip}.svg", folder / f"{ip}.dark.svg", repwatch.dir / "drawn.svg")]
        assert re.sub("#[0-9a-f]{6}", "", light) == re.sub("#[0-9a-f]{6}", "", dark)
        pairs = set(zip(*(re.findall("#[0-9a-f]{6}", svg) for svg in (light, dark))))
        assert len(pairs) == len({pair[0] for pair in pairs}) > 10
        # as what librrd itself draws in dark
        assert {pair[1] for pair in pairs} == set(re.findall("#[0-9a-f]{6}", drawn))


# Stands where the drawing process does, draws nothing, and dies of some pictures.
MORTAL = """#!/bin/sh
while IFS= read -r line; do
	case $line in
	*/198.18.0.3.svg* | */198.18.0.4=h.svg* | */198.18.0.11.svg*) kill -9 $$ ;;
	*) echo ok ;;
	esac
done
"""


def test_a_picture_that_kills_its_drawer_costs_itself_only(repwatch):
    sites.make(repwatch, 20, pools=1)
    folder = repwatch.dir / "bin"
    folder.mkdir()
    shutil.copy(agent.BINARY, folder / "repwatch")
    (folder / "repwatch-draw").write_text(MORTAL)
    (folder / "repwatch-draw").chmod(0o755)
    done = subprocess.run([folder / "repwatch", "--config", repwatch.conf, "report", "-o", "site", "--json"],
                          cwd=repwatch.dir, env=repwatch.environment(), capture_output=True, timeout=25, check=False)
    told = json.loads(done.stdout)
    assert done.returncode == 3 and told["failed"] == 3 and told["drawn"] == 2 * (2 * 20 - 3 + 2)
    for ip, days, hours in (("198.18.0.3", 0, 1), ("198.18.0.4", 1, 0), ("198.18.0.5", 1, 1)):
        page = (repwatch.dir / "site" / "a" / f"{ip}.html").read_text()
        assert page.count(f'src="{ip}.svg"') == days and page.count(f'src="{ip}=h.svg"') == hours


def test_a_folder_of_somebody_else_is_refused(repwatch):
    sites.make(repwatch, 2, pools=1)
    site = repwatch.dir / "site"
    site.mkdir()
    (site / "thesis.tex").write_text("years of work")
    result = repwatch("report", "-o", site)
    assert result.code == 2 and "not of a report" in result.errors
    assert contents(site) == {pathlib.Path("thesis.tex"): b"years of work"}
    (site / "thesis.tex").unlink()
    report(repwatch)
    assert (site / "index.html").exists()


def test_what_was_killed_leaves_the_old_page_whole(repwatch):
    sites.make(repwatch, 60)
    site = repwatch.dir / "site"
    report(repwatch)
    before = contents(site)
    beside = repwatch.dir / ".site.new"
    process = repwatch.start("report", "-o", str(site), "--full")
    deadline = time.monotonic() + 60
    while not list(beside.glob("a/*.svg")) and process.poll() is None and time.monotonic() < deadline:
        pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert contents(site) == before
    assert beside.is_dir(), "it ended before it could be killed"
    assert report(repwatch)["drawn"] == 0
    assert not beside.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_leaves_the_old_page_whole(repwatch):
    sites.make(repwatch, 30)
    disk = repwatch.dir / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        assert repwatch("report", "-o", disk / "site").code == 0
        before = contents(disk / "site")
        (disk / "ballast").write_bytes(b"x" * (shutil.disk_usage(disk).free - 40960))
        result = repwatch("report", "-o", disk / "site", "--full")
        assert result.code == 2 and "No space left" in result.errors, result
        assert contents(disk / "site") == before
        assert not (disk / ".site.new").exists()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_hostile_names_are_text(repwatch):
    sites.make(repwatch, 20, language="ja")
    report(repwatch)
    for path, page in contents(repwatch.dir / "site").items():
        if path.suffix == ".html":
            assert page.count(b"<script") == 1 and b"\x1b" not in page and b"onerror=\"" not in page, path
            assert b'<html lang="ja">' in page


# --- in a browser ---

@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    """Where playwright-core and axe-core are."""
    if "REPWATCH_NODE_MODULES" in os.environ:
        return os.environ["REPWATCH_NODE_MODULES"]
    if not CHROMIUM or not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("needs Debian's chromium, nodejs and npm")
    folder = tmp_path_factory.mktemp("npm")
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--fetch-retries=0", "--prefix", folder,
                           "playwright-core", "axe-core"], capture_output=True, timeout=100, check=False)
    if done.returncode:
        pytest.skip("npm reaches no registry: " + done.stderr.decode()[-200:])
    return str(folder / "node_modules")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page that several tests look at."""
    repwatch = agent.Repwatch(tmp_path_factory.mktemp("made"))
    ips = sites.make(repwatch, 60)
    report(repwatch)
    return repwatch.dir / "site", ips[0]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(params=["file", "http"])
def seen(request, modules, made):
    site, ip = made
    server = None
    base = f"file://{site}/"
    if request.param == "http":
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/"
    done = subprocess.run(["node", HERE / "browse.js", modules, CHROMIUM, base, ip], capture_output=True, timeout=300,
                          check=False)
    if server:
        server.shutdown()
        server.server_close()
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_browser(seen):
    # no error, no violation of the policy, nothing from elsewhere; the favicon is the browser's own idea
    assert [line for line in seen["noise"] if "favicon" not in line and "404" not in line] == []
    for where, page in seen["pages"].items():
        assert page["scripts"] == 1 and page["strangers"] == 0 and page["broken"] == 0, (where, page)
        assert page["title"].endswith("– repwatch") and page["lang"] == "en", (where, page)
        assert page["overflow"] <= 0, (where, page)
        assert all(name.endswith(".dark.svg") == where.startswith("dark") for name in page["images"]), (where, page)
    assert len(seen["pages"]["light p/shared-0.html"]["images"]) == 2
    looks = {where.split()[0] for where in seen["pages"]}
    assert len({page["background"] for page in seen["pages"].values()}) == (2 if "dark" in looks else 1)
    assert {where: found for where, found in seen["axe"].items() if found} == {}
    up, down = seen["play"]["up"], seen["play"]["down"]
    assert up[0] == "ascending" and up[1] == sorted(up[1]) and len(up[1]) == 30
    assert down[0] == "descending" and down[1] == sorted(down[1], reverse=True)
    assert seen["play"]["searched"] == 1 and seen["play"]["filtered"] == 2
