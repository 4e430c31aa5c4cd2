"""repwatch metrics, read by the programs it is written for."""

import json
import os
import pathlib
import stat
import subprocess
import urllib.parse
import urllib.request

import pytest

import bed as beds
from monitored import CLEAN, LISTED, SOURCE, ZONE, log_of, record


@pytest.fixture
def state(repwatch, bed):
    log = repwatch.dir / "mail.log"
    log.write_bytes(log_of({1: 5}))
    return record(repwatch, bed, maillogs=[
        {"path": str(log), "format": "postfix", "address": CLEAN}])


def figures(text):
    """{name{labels}: value}"""
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_figures(state):
    result = state("metrics")
    assert result.code == 0, result
    came = figures(result.text)
    place = f'{{address="{LISTED}",name="www274",pool="shared-a"'
    expected = {
        f'repwatch_list_up{{list="{ZONE}"}}': "1",
        f'repwatch_list_sick{{list="{ZONE}"}}': "0",
        'repwatch_addresses{pool="shared-a",grade="POOR"}': "1",
        'repwatch_addresses{pool="shared-b",grade="GOOD"}': "1",
        'repwatch_addresses_listed{pool="shared-a"}': "1",
        'repwatch_addresses_listed{pool="shared-b"}': "0",
        'repwatch_coverage_ratio{pool="shared-a"}': "1",
        f'repwatch_address_grade_info{place},grade="POOR"}}': "1",
        f"repwatch_address_listings{place}}}": "1",
        f'repwatch_address_messages{{address="{CLEAN}",day="yesterday",outcome="sent"}}': "5",
        "repwatch_run_complete": "1",
        "repwatch_outbox_pending": "0",
        "repwatch_outbox_dead": "0",
    }
    assert {key: came.get(key) for key in expected} == expected
    assert not [key for key in came if CLEAN in key and "listing" in key]
    assert "# EOF" not in result.text
    assert state("metrics", "--openmetrics").text.endswith("\n# EOF\n")


def test_a_path_that_is_no_text(state):
    """Names of files are bytes, documents are not; and whoever draws is sent one."""
    path = os.fsdecode(os.fsencode(state.dir) + b"/out\xff")
    result = state("metrics", "--json", "-o", path)
    assert result.code == 0 and os.path.exists(path), result
    assert result.json["file"] == str(state.dir) + "/out\ufffd"
    for words in (["report", "-o", path + "x"], ["graph", LISTED, "-o", path + ".svg"]):
        result = state(*words)
        assert result.code == 2 and "must be UTF-8" in result.errors, result


def test_document(state):
    families = {each["name"]: each for each in state("metrics", "--json").json["metrics"]}
    assert families["repwatch_list_up"]["samples"] == [{"labels": {"list": ZONE}, "value": 1.0}]
    assert all(each["help"] for each in families.values())


def test_file_is_whole_and_readable(state):
    path = state.dir / "out.prom"
    path.write_text("old\n")
    assert state("metrics", "-o", path, prefix=["sh", "-c", 'umask 077; exec "$@"', "sh"]).code == 0
    assert path.read_text() == state("metrics").text
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [each.name for each in state.dir.iterdir() if "prom" in each.name] == ["out.prom"]
    assert state("metrics", "-o", path, "--json").json == {"file": str(path)}
    assert path.read_text() == state("metrics").text
    assert state("metrics", "-o", "/nonexistent/out.prom").code == 2


def test_without_state(repwatch):
    repwatch.configure([LISTED])
    result = repwatch("metrics", "-o", repwatch.dir / "out.prom")
    assert result.code == 2 and "repwatch run" in result.errors
    assert not (repwatch.dir / "out.prom").exists()


def test_hostile_words(repwatch, bed):
    state = record(repwatch, bed)
    state.conf.write_text(state.conf.read_text().replace("www274", 'a\\"b\\\\c'))
    state.run()
    text = state("metrics").text
    assert 'name="a\\"b\\\\c"' in text
    done = subprocess.run([beds.need("promtool"), "check", "metrics"], input=text.encode(),
                          capture_output=True, check=False)
    assert done.returncode == 0, done


def test_promtool_finds_nothing(state):
    for words in ([], ["--openmetrics"]):
        done = subprocess.run([beds.need("promtool"), "check", "metrics"],
                              input=state("metrics", *words).out, capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), done


# --- what is shipped for them ---

RULES = pathlib.Path(SOURCE) / "etc/prometheus/repwatch.rules.yml"


def promtool(*words):
    done = subprocess.run([beds.need("promtool"), *map(str, words)], capture_output=True,
                          check=False)
    assert done.returncode == 0, done


def test_alert_rules():
    promtool("check", "rules", RULES)
    promtool("test", "rules", pathlib.Path(SOURCE) / "tests/data/prometheus/rules_test.yml")


def get(port, path, **query):
    url = f"http://127.0.0.1:{port}{path}?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def query(port, expression):
    text = get(port, "/api/v1/query", query=expression)
    return json.loads(text)["data"]["result"] if text else []


def exporter(folder):
    server = beds.Server("exporter")
    server.port = beds.free_port()
    server.start([beds.need("prometheus-node-exporter"), "--collector.disable-defaults",
                  "--collector.textfile", f"--collector.textfile.directory={folder}",
                  f"--web.listen-address=127.0.0.1:{server.port}"],
                 lambda: "repwatch_build_info" in get(server.port, "/metrics"))
    return server


def prometheus(target):
    server = beds.Server("prometheus")
    server.port = beds.free_port()
    server.write("prometheus.yml", f"""
global: {{scrape_interval: 100ms, evaluation_interval: 100ms}}
rule_files: ["{RULES}"]
scrape_configs:
  - job_name: node
    static_configs: [{{targets: ["127.0.0.1:{target}"]}}]
""")
    server.start([beds.need("prometheus"), f"--config.file={server.dir}/prometheus.yml",
                  f"--storage.tsdb.path={server.dir}/data",
                  f"--web.listen-address=127.0.0.1:{server.port}"],
                 lambda: query(server.port, "repwatch_build_info"))
    return server


def dashboard_queries():
    board = json.loads((pathlib.Path(SOURCE) / "etc/grafana/repwatch.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


def test_prometheus_scrapes_it(state):
    folder = state.dir / "textfile"
    folder.mkdir()
    assert state("metrics", "-o", folder / "repwatch.prom").code == 0
    node = exporter(folder)
    try:
        server = prometheus(node.port)
        try:
            found = query(server.port, "repwatch_address_listings")
            assert [(each["metric"]["address"], each["value"][1]) for each in found] == [(LISTED, "1")]
            assert query(server.port, "node_textfile_scrape_error")[0]["value"][1] == "0"
            # Panels ask for what there is; filters of the dashboard match all.
            for expression in dashboard_queries():
                expression = expression.replace("$pool", ".*")
                answer = json.loads(get(server.port, "/api/v1/query", query=expression) or "{}")
                assert answer.get("status") == "success", expression
            alerts = beds.until(lambda: query(server.port, 'ALERTS{alertname="RepwatchListed"}'),
                                "the alert is pending")
            assert alerts[0]["metric"]["address"] == LISTED
        finally:
            server.stop()
    finally:
        node.stop()
