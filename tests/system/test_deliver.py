"""Messages to people: what each channel is sent, and that none is lost, whatever the other side
and this one do."""

import base64
import glob
import hashlib
import hmac
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import time

import pytest

import agent
import bed as beds
import peers
from agent import block_list

DAY = 86400
SECRET = "T0PSECRET/B0TOKEN/sesame0pen"


@pytest.fixture
def nginx():
    beds.need("nginx")
    server = peers.Nginx()
    yield server
    server.stop()


def secret_file(repwatch, name, text):
    path = repwatch.dir / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return name


def channel(repwatch, name="hook", kind="webhook", **more):
    return {"name": name, "type": kind, **more}


def configure(repwatch, *channels, **more):
    repwatch.configure(["192.0.2.1"], alerts={"channels": list(channels), **more})
    result = repwatch("alerts", "flush", "--json")
    assert result.code in (0, 3), result


def put(repwatch, *letters):
    """Letters as a pass would have written them: dicts over defaults."""
    database = sqlite3.connect(repwatch.state / "repwatch.db")
    for letter in letters:
        row = {"uid": "u1", "seq": 1, "channel": "hook", "kind": "opened", "severity": "major",
               "content_type": "application/json", "subject": "listed", "body": '{"a":1}',
               "created_at": int(time.time()), "next_at": 0, "attempts": 0, "error": b"",
               "state": "pending", "ended_at": 0, **letter}
        row.setdefault("key", f"{row['uid']}.{row['seq']}.{row['channel']}")
        row["body"] = row["body"].encode()
        row["subject"] = row["subject"].encode()
        names = ", ".join(row)
        database.execute(f"INSERT INTO letter ({names}) VALUES ({', '.join('?' * len(row))})",
                         list(row.values()))
    database.commit()
    database.close()


def letters(repwatch):
    """{key: row}"""
    database = sqlite3.connect(repwatch.state / "repwatch.db")
    database.row_factory = sqlite3.Row
    rows = {row["key"]: dict(row) for row in database.execute("SELECT * FROM letter ORDER BY id")}
    database.close()
    return rows


def send(repwatch, **env):
    result = repwatch("run", "--only", "alerts", "--json", **env)
    assert result.code in (0, 3), result
    return result


# What an answer means: the letter's state, whether it stays for later, exit status.
CODES = [(200, "sent", 0), (204, "sent", 0), (302, "dead", 3), (400, "dead", 3), (401, "pending", 3),
         (403, "pending", 3), (404, "pending", 3), (413, "dead", 3), (429, "pending", 3),
         (500, "pending", 3), (503, "pending", 3)]


@pytest.mark.parametrize("code,state,status", CODES)
def test_what_a_code_means(repwatch, nginx, code, state, status):
    configure(repwatch, channel(repwatch, url=f"http://{nginx.at}/code/{code}"))
    put(repwatch, {})
    result = send(repwatch)
    assert result.code == status, result
    row = letters(repwatch)["u1.1.hook"]
    assert (row["state"], row["attempts"]) == (state, 1), row
    assert result.json["alerts"]["sent"] == (1 if state == "sent" else 0)
    assert len(nginx.requests()) == 1, "redirections are not followed"
    if state != "sent":
        assert str(code) in row["error"].decode()
    if state == "pending":
        assert 40 <= row["next_at"] - time.time() <= 75, "a minute, more or less"
        assert repwatch("alerts", "pending").code == 3


@pytest.mark.parametrize("after,least,most", [("1800", 1790, 1801), ("1", 40, 75),
                                              ("999999", 3590, 3601)])
def test_retry_after_is_honoured_within_an_hour(repwatch, nginx, after, least, most):
    configure(repwatch, channel(repwatch, url=f"http://{nginx.at}/code/429?after={after}"))
    put(repwatch, {})
    send(repwatch)
    assert least <= letters(repwatch)["u1.1.hook"]["next_at"] - time.time() <= most


def test_waits_longer_each_time_and_gives_up_in_the_end(repwatch, nginx):
    configure(repwatch, channel(repwatch, url=f"http://{nginx.at}/code/500"))
    put(repwatch, {"uid": "young", "attempts": 3},
        {"uid": "old", "attempts": 99, "created_at": int(time.time()) - 7 * DAY - 5},
        {"uid": "gone", "channel": "removed", "created_at": int(time.time()) - 7 * DAY - 5})
    assert repwatch("alerts", "flush", "--json").json == {"sent": 0, "pending": 1, "dead": 2}
    rows = letters(repwatch)
    assert 380 <= rows["young.1.hook"]["next_at"] - time.time() <= 580, "eight minutes"
    assert rows["old.1.hook"]["state"] == "dead"
    assert rows["old.1.hook"]["attempts"] == 100, "not without a last try"
    assert rows["gone.1.removed"]["state"] == "dead"
    shown = repwatch("alerts", "pending", "--json")
    assert shown.code == 3
    assert [row["state"] for row in shown.json["letters"]] == ["pending", "dead", "dead"]
    assert shown.json["channels"][0]["channel"] == "hook"
    text = repwatch("alerts", "pending").text
    assert "dead" in text and "500" in text and "Channel hook fails since" in text


def test_order_and_who_waits_for_whom(repwatch, nginx):
    """A letter that is refused holds up nobody; a channel that is shut is left alone."""
    configure(repwatch, channel(repwatch, url=f"http://{nginx.at}/take"),
              channel(repwatch, "shut", url=f"http://{nginx.at}/code/503"),
              channel(repwatch, "no", url=f"http://{nginx.at}/code/400"))
    put(repwatch, *[{"uid": uid, "seq": seq, "channel": to} for seq in (1, 2) for uid in "ab"
                    for to in ("hook", "shut", "no")])
    send(repwatch)
    came = [(r["path"], r["key"]) for r in nginx.requests()]
    assert [key for path, key in came if path == "/take"] == [
        "a.1.hook", "b.1.hook", "a.2.hook", "b.2.hook"]
    assert [key for path, key in came if path == "/code/503"] == ["a.1.shut"]
    assert len([key for path, key in came if path == "/code/400"]) == 4
    assert {key: row["attempts"] for key, row in letters(repwatch).items() if "shut" in key} == {
        "a.1.shut": 1, "b.1.shut": 0, "a.2.shut": 0, "b.2.shut": 0}


def test_a_slow_channel_costs_neither_time_nor_others(repwatch, nginx):
    configure(repwatch,
              channel(repwatch, "endless", url=f"http://{nginx.at}/endless"),
              channel(repwatch, "slow", url=f"http://{nginx.at}/slow", timeout="2s"),
              channel(repwatch, "closed", url=f"http://127.0.0.1:{beds.free_port()}/"),
              channel(repwatch, url=f"http://{nginx.at}/take"))
    put(repwatch, *[{"uid": str(n), "channel": to} for n in range(20)
                    for to in ("endless", "slow", "closed", "hook")][:80])
    began = time.monotonic()
    result = repwatch("alerts", "flush", "--json")
    assert time.monotonic() - began < 55
    assert sum(r["path"] == "/take" for r in nginx.requests()) == 20
    rows = letters(repwatch)
    assert all(row["state"] == "sent" for row in rows.values() if row["channel"] == "endless"), \
        "the status was said before the body"
    assert rows["0.1.closed"]["state"] == "pending" and rows["1.1.closed"]["attempts"] == 0
    assert "closed" in result.errors
    assert max(r["sent"] for r in nginx.requests() if r["path"] == "/endless") < 64 << 20


def test_secrets_stay_secret(repwatch, nginx):
    configure(repwatch,
              channel(repwatch, "chat", "slack",
                      url_file=secret_file(repwatch, "url", f"http://{nginx.at}/echo?x={SECRET}")),
              channel(repwatch, "room", "chatwork", url=f"http://{nginx.at}/echo",
                      password_file=secret_file(repwatch, "token", "chatwork-t0ken")),
              channel(repwatch, "basic", url=f"http://{nginx.at}/echo", user="robot",
                      password_file=secret_file(repwatch, "password", "pa55word-of-basic")),
              channel(repwatch, "pager", "pagerduty", url=f"http://{nginx.at}/echo",
                      password_file=secret_file(repwatch, "routing", "r0uting-key-of-pager")),
              channel(repwatch, "run", "command", command=["/usr/bin/env"]))
    put(repwatch, *[{"channel": name} for name in ("chat", "room", "basic", "pager", "run")])
    if shutil.which("strace"):
        repwatch("alerts", "flush", prefix=["strace", "-f", "-e", "trace=execve", "-v", "-s",
                                            "4096", "-o", str(repwatch.dir / "trace")],
                 ASAN_OPTIONS="detect_leaks=0")
        trace = (repwatch.dir / "trace").read_text()
    else:
        send(repwatch)
        trace = ""
    repwatch("alerts", "pending")
    repwatch("alerts", "pending", "--json")
    repwatch("config", "show")
    repwatch("-v", "config", "check")
    rows = letters(repwatch)
    assert [rows[f"u1.1.{name}"]["state"] for name in ("chat", "room", "basic", "pager")] == \
        ["dead"] * 4, rows
    asked = {r["key"]: r for r in nginx.requests()}
    assert asked["u1.1.room"]["token"] == "chatwork-t0ken"
    assert asked["u1.1.basic"]["user"] == "robot"
    assert json.loads(asked["u1.1.pager"]["body"]) == {"a": 1,
                                                       "routing_key": "r0uting-key-of-pager"}
    written = repwatch.everything_written() + trace.encode()
    for secret in (SECRET, "sesame0pen", "T0PSECRET", "chatwork-t0ken", "pa55word-of-basic",
                   "r0uting-key-of-pager",
                   base64.b64encode(b"robot:pa55word-of-basic").decode()):
        assert secret.encode() not in written, secret
    assert b"***" in written


def test_signature_and_key(repwatch, nginx):
    configure(repwatch, channel(repwatch, url=f"http://{nginx.at}/take",
                                password_file=secret_file(repwatch, "key", "sign me")))
    put(repwatch, {"body": '{"text":"障害\\n"}'})
    send(repwatch)
    asked = nginx.requests()[0]
    moment, digest = (part.split("=", 1)[1] for part in asked["signature"].split(","))
    body = '{"text":"障害\\n"}'.encode()
    assert digest == hmac.new(b"sign me", moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert abs(int(moment) - time.time()) < 60
    assert asked["key"] == "u1.1.hook" and asked["type"] == "application/json"


@pytest.mark.parametrize("name,host,days,trusts,state", [
    ("signed by an authority that is trusted", "127.0.0.1", 2, True, "sent"),
    ("by one that is not", "127.0.0.1", 2, False, "pending"),
    ("of another host", "other.example", 2, True, "pending"),
])
def test_certificates(repwatch, name, host, days, trusts, state):
    beds.need("nginx")
    peers.make_certificate(repwatch.dir, "ca", "ca.example", days=5)
    tls = peers.make_certificate(repwatch.dir, "server", host, days, authority="ca")
    repwatch.dir.chmod(0o755)
    server = peers.Nginx(tls)
    try:
        more = {"ca_file": "ca.pem"} if trusts else {}
        configure(repwatch, channel(repwatch, url=f"https://{server.at}/take", **more))
        put(repwatch, {})
        send(repwatch)
        assert letters(repwatch)["u1.1.hook"]["state"] == state, name
        assert len(server.requests()) == (state == "sent")
    finally:
        server.stop()


# --- connections that cannot be trusted, or break ---

BROKEN = r"(?i)reset|closed|empty reply|recv failure|send failure|no answer|connect"
TRUST = r"(?i)certificate|ssl"


def repaired(repwatch, configure_good, key):
    """After the repair the letter arrives."""
    configure_good()
    result = repwatch("alerts", "flush", "--json")
    assert result.code == 0 and result.json["sent"] == 1, result
    assert letters(repwatch)[key]["state"] == "sent"


def must_wait(repwatch, key, words):
    result = send(repwatch)
    row = letters(repwatch)[key]
    error = bytes(row["error"]).decode()
    assert row["state"] == "pending" and row["attempts"] == 1, row
    assert re.search(words, error), error
    assert error in result.errors, result


@pytest.mark.parametrize("breaker", [
    {}, {"lines": 1}, {"lines": 3, "says": []}, {"says": [b"HTTP/1.1 2"], "lines": 1},
    {"says": [b"HTTP/1.1 \r\n"]}, {"says": [b"\x00\xff\r\n\r\n"]}])
def test_web_connections_that_break(repwatch, nginx, breaker):
    server = peers.Breaker(**breaker)
    try:
        configure(repwatch, channel(repwatch, url=f"http://{server.at}/take", timeout="5s"))
        put(repwatch, {})
        must_wait(repwatch, "u1.1.hook", BROKEN + "|HTTP")
        assert server.met
        repaired(repwatch, lambda: repwatch.configure(["192.0.2.1"], alerts={"channels": [
            channel(repwatch, url=f"http://{nginx.at}/take")]}), "u1.1.hook")
    finally:
        server.stop()


@pytest.mark.parametrize("breaker", [
    {}, {"says": [b"220 mx\r\n"], "lines": 1}, {"says": [b"220 m"]},
    {"says": [b"220 mx\r\n", b"250 mx\r\n"], "lines": 2},
    {"says": [b"220 mx\r\n", b"250 mx\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n",
              b"354 go\r\n"], "lines": 12}])
def test_mail_connections_that_break(repwatch, breaker):
    server = peers.Breaker(**breaker)
    sink = peers.SmtpSink()
    try:
        configure(repwatch, mail(server, timeout="5s"))
        put(repwatch, MAIL)
        must_wait(repwatch, "u1.1.noc", BROKEN + "|response|server")
        repaired(repwatch, lambda: repwatch.configure(["192.0.2.1"], alerts={"channels": [
            mail(sink)]}), "u1.1.noc")
        assert len(sink.messages()) == 1
    finally:
        sink.stop()
        server.stop()


@pytest.mark.parametrize("scheme", ["https", "smtps"])
@pytest.mark.parametrize("name,host,days,authority", [
    ("expired", "127.0.0.1", -1, "ca"),
    ("of another host", "other.example", 2, "ca"),
    ("signed by itself", "127.0.0.1", 2, None),
])
def test_certificates_that_are_bad(repwatch, nginx, scheme, name, host, days, authority):
    peers.make_certificate(repwatch.dir, "ca", "ca.example", days=5)
    tls = peers.make_certificate(repwatch.dir, "server", host, days, authority=authority)
    server = peers.Breaker(tls=tls)
    sink = peers.SmtpSink()
    is_mail = scheme == "smtps"
    key = "u1.1.noc" if is_mail else "u1.1.hook"
    try:
        bad = {"url": f"{scheme}://{server.at}", "ca_file": "ca.pem", "timeout": "5s"}
        configure(repwatch, {**mail(sink), **bad} if is_mail else channel(repwatch, **bad))
        put(repwatch, MAIL if is_mail else {})
        must_wait(repwatch, key, TRUST)
        good = mail(sink) if is_mail else channel(repwatch, url=f"http://{nginx.at}/take")
        repaired(repwatch, lambda: repwatch.configure(
            ["192.0.2.1"], alerts={"channels": [good]}), key)
    finally:
        sink.stop()
        server.stop()


def test_no_proxy_and_no_netrc_from_outside(repwatch, nginx):
    (repwatch.dir / ".netrc").write_text("machine 127.0.0.1 login spy password spy\n")
    configure(repwatch, channel(repwatch, url=f"http://{nginx.at}/take"))
    put(repwatch, {})
    nobody = f"http://127.0.0.1:{beds.free_port()}"
    send(repwatch, http_proxy=nobody, HTTP_PROXY=nobody, ALL_PROXY=nobody, all_proxy=nobody)
    assert letters(repwatch)["u1.1.hook"]["state"] == "sent"
    assert nginx.requests()[0]["user"] == ""


@pytest.mark.parametrize("pending, dead, says", [
    (0, 0, []),
    (1, 0, ["1 message waits to be delivered, the oldest for 1h 0m"]),
    (2, 1, ["2 messages wait to be delivered", "1 message was given up"]),
    (0, 3, ["3 messages were given up"]),
])
def test_status_says_what_nobody_got(repwatch, pending, dead, says):
    configure(repwatch, channel(repwatch, url="http://127.0.0.1:9/take"))
    put(repwatch, *[{"seq": seq, "state": "pending" if seq < pending else "dead",
                     "created_at": int(time.time()) - 3600} for seq in range(pending + dead)])
    result = repwatch("status")
    for sentence in says:
        assert sentence in result.text, result
    assert ("repwatch alerts pending" in result.text) == bool(says), result
    assert repwatch("status", "--json").json["alerts"] == {"pending": pending, "dead": dead}


# --- programs ---

@pytest.mark.parametrize("script,state,words", [
    ("cat >got; env >env; exit 0", "sent", ""),
    ("echo nobody is there >&2; exit 75", "pending", "status 75: nobody is there"),
    ("exit 1", "dead", "status 1"),
    ("kill -9 $$", "pending", "a signal"),
    ("sleep 1000 & sleep 1000", "pending", "took too long"),
    ("yes", "pending", ""),
])
def test_programs(repwatch, script, state, words):
    program = repwatch.dir / "tell"
    program.write_text(f"#!/bin/sh\ncd {repwatch.dir}\n{script}\n")
    program.chmod(0o755)
    configure(repwatch, channel(repwatch, kind="command", command=[str(program), "a b", "$(x)"],
                                timeout="2s"))
    put(repwatch, {"body": '{"a":"障害"}'})
    began = time.monotonic()
    send(repwatch, SECRET_OF_OURS="1")
    assert time.monotonic() - began < 30
    row = letters(repwatch)["u1.1.hook"]
    if script != "yes":  # it may give up writing or be ended: never taken, never for long
        assert row["state"] == state, row
    assert row["state"] != "sent" or state == "sent"
    assert words in row["error"].decode()
    if state == "sent":
        assert (repwatch.dir / "got").read_text() == '{"a":"障害"}'
        names = {line.split("=")[0] for line in (repwatch.dir / "env").read_text().splitlines()}
        assert names <= {"PATH", "LC_ALL", "REPWATCH_KEY", "PWD", "OLDPWD", "SHLVL", "_"}, names


# --- mail ---

def mail(server, **more):
    return {"name": "noc", "type": "mail", "to": ["noc@example.jp", "two@example.jp"],
            "from": "repwatch@example.jp", "url": f"smtp://{server.at}", **more}


MAIL = {"channel": "noc", "content_type": "text/plain; charset=utf-8", "subject": "障害 192.0.2.1",
        "body": "listed\n.\nend\n"}


@pytest.mark.parametrize("options,state,attempts", [
    ([], "sent", 1),
    (["-f", "DATA"], "dead", 1),
    (["-f", "RCPT"], "dead", 1),
    (["-r", "RCPT"], "pending", 1),
    (["-r", "."], "pending", 1),
    (["-f", "."], "dead", 1),
    (["-q", "DATA"], "pending", 1),
    (["-Q", "CONNECT"], "pending", 1),
    (["-f", "CONNECT"], "pending", 1),
    (["-f", "MAIL"], "dead", 1),
])
def test_mail_servers_that_fail(repwatch, options, state, attempts):
    sink = peers.SmtpSink(*options)
    try:
        configure(repwatch, mail(sink, timeout="5s"))
        put(repwatch, MAIL)
        send(repwatch)
        row = letters(repwatch)["u1.1.noc"]
        assert (row["state"], row["attempts"]) == (state, attempts), row
        if state == "sent":
            text = sink.messages()[0]
            assert "X-Mail-Args: <repwatch@example.jp>" in text
            assert "X-Rcpt-Args: <two@example.jp>" in text
            assert "Message-I" in text and "auto-generated" in text
    finally:
        sink.stop()


@pytest.mark.parametrize("library", ["libgmime", "libcurl"])
def test_mail_waits_while_a_library_is_broken(repwatch, library):
    """As in the middle of an upgrade."""
    program = pathlib.Path(agent.BINARY).read_bytes()
    library = re.search(rf"{library}[-.\w]*\.so\.\d+".encode(), program)[0].decode()
    sink = peers.SmtpSink()
    broken = repwatch.dir / "lib"
    broken.mkdir()
    (broken / library).write_bytes(b"\x7fELF")
    try:
        configure(repwatch, mail(sink))
        put(repwatch, MAIL)
        result = send(repwatch, LD_LIBRARY_PATH=str(broken))
        row = letters(repwatch)["u1.1.noc"]
        assert row["state"] == "pending" and result.code == 3, row
        assert f"cannot load {library}" in result.errors, result
        database = sqlite3.connect(repwatch.state / "repwatch.db")
        database.execute("UPDATE letter SET next_at = 0")
        database.commit()
        database.close()
        send(repwatch)
        assert letters(repwatch)["u1.1.noc"]["state"] == "sent"
    finally:
        sink.stop()


def test_the_same_mail_twice_is_the_same(repwatch):
    sink = peers.SmtpSink()
    try:
        configure(repwatch, mail(sink))
        put(repwatch, MAIL)
        send(repwatch)
        database = sqlite3.connect(repwatch.state / "repwatch.db")
        database.execute("UPDATE letter SET state = 'pending'")
        database.commit()
        database.close()
        send(repwatch)
        ids = [line for text in sink.messages() for line in text.splitlines()
               if line.lower().startswith("message-id:")]
        assert len(ids) == 2 and ids[0] == ids[1] and "u1.1@" in ids[0]
    finally:
        sink.stop()


def test_a_whole_mail_server(repwatch):
    """It takes a message for one of two recipients, and refuses another's altogether."""
    if os.geteuid() != 0:
        pytest.skip("Postfix starts as root only")
    server = peers.Postfix()
    try:
        configure(repwatch, mail(server),
                  {**mail(server), "name": "wrong", "to": "nobody@example.jp"})
        put(repwatch, MAIL, {**MAIL, "channel": "wrong"})
        result = send(repwatch)
        rows = letters(repwatch)
        assert rows["u1.1.noc"]["state"] == "sent", (result, rows)
        assert "one of its recipients is refused" in result.errors
        assert rows["u1.1.wrong"]["state"] == "dead"
        assert b"550 5.1.1 <nobody@example.jp>" in rows["u1.1.wrong"]["error"]
        text = beds.until(lambda: server.mailbox.exists() and server.mailbox.read_text(),
                          "the mail arrives")
        assert "Delivered-To: noc@example.jp" in text and "\n.\nend\n" in text
    finally:
        server.stop()


def test_mail_leaves_the_machine_encrypted_or_not_at_all(repwatch):
    """In a network of its own, where the server's address is not loopback."""
    if os.geteuid() != 0:
        pytest.skip("needs root for a network of its own")
    sink = beds.need("smtp-sink")
    configure(repwatch, {"name": "noc", "type": "mail", "to": "noc@example.jp",
                         "from": "repwatch@example.jp", "url": "smtp://192.0.2.25:2525"})
    put(repwatch, MAIL)
    program = " ".join(repwatch.argv("run", "--only", "alerts"))
    script = f"""
        ip link set lo up && ip addr add 192.0.2.25/32 dev lo || exit 99
        {sink} -u daemon -D {repwatch.dir}/mail. 192.0.2.25:2525 10 & sink=$!
        tries=0
        until (exec 3<>/dev/tcp/192.0.2.25/2525) 2>/dev/null; do
            tries=$((tries + 1)); [ $tries -lt 200 ] || exit 98; sleep 0.05
        done
        {program}; code=$?
        kill $sink
        exit $code
    """
    repwatch.dir.chmod(0o777)
    done = subprocess.run([beds.need("unshare"), "-n", "bash", "-c", script], capture_output=True,
                          env=repwatch.environment(PATH=os.environ["PATH"] + ":/usr/sbin:/sbin"),
                          check=False)
    if done.returncode == 99 or b"unshare" in done.stderr:
        pytest.skip("may not make a network here")
    assert done.returncode == 3, done
    row = letters(repwatch)["u1.1.noc"]
    assert row["state"] == "pending" and b"STARTTLS" in row["error"], row
    assert not list(repwatch.dir.glob("mail.*")), "it went in clear text"


def test_quiet_hours(repwatch, nginx):
    """In them only what is critical goes out; flush does not care."""
    now = time.gmtime()
    minute = now.tm_hour * 60 + now.tm_min
    span = [f"{m // 60 % 24:02}:{m % 60:02}" for m in (minute - 60 + 1440, minute + 60)]
    configure(repwatch, channel(repwatch, url=f"http://{nginx.at}/take",
                                quiet_hours="-".join(span)))
    put(repwatch, {"uid": "a"}, {"uid": "b", "severity": "critical"})
    send(repwatch)
    rows = letters(repwatch)
    assert rows["b.1.hook"]["state"] == "sent"
    assert rows["a.1.hook"]["state"] == "pending" and rows["a.1.hook"]["attempts"] == 0
    assert 58 * 60 <= rows["a.1.hook"]["next_at"] - time.time() <= 60 * 60
    repwatch("alerts", "flush")
    assert letters(repwatch)["a.1.hook"]["state"] == "sent"


# --- killed at any moment ---

def test_kills_lose_nothing(repwatch, nginx, record_property, capfd):
    """Passes killed while they deliver: all arrives, and hardly anything twice."""
    soak = os.environ.get("REPWATCH_SOAK") == "1"
    kills = 500 if soak else 20
    dice = random.Random(7)
    configure(repwatch, channel(repwatch, url=f"http://{nginx.at}/take"))
    raised = 0
    for _ in range(kills):
        put(repwatch, *[{"uid": f"k{raised + n}"} for n in range(40)])
        raised += 40
        run = repwatch.start("run", "--only", "alerts")
        try:
            run.wait(dice.uniform(0, 0.12))
        except subprocess.TimeoutExpired:
            run.kill()
        run.communicate()
    for _ in range(100):
        if send(repwatch).json["alerts"]["pending"] == 0:
            break
    came = [r["key"] for r in nginx.requests()]
    assert set(came) == set(letters(repwatch)), "something was lost"
    twice = len(came) - len(set(came))
    figures = f"{kills} kills, {raised} messages raised, all delivered, {twice} of them twice"
    record_property("kills", figures)
    with capfd.disabled():
        print(f"# deliver: {figures}", flush=True)
    assert twice <= max(kills * 0.5, 1) and (not soak or twice < raised * 0.01)


# --- from what a list says to what people read ---

ZONE = "bl.test"
LISTED, CLEAN = "198.18.0.10", "198.18.0.11"


def world(listed):
    rules = [f"{beds.reversed4(address)}.{ZONE} * A=127.0.0.2 TXT=why"
             for address in ["127.0.0.2", *listed]]
    rules.append(f"*.{ZONE} * rcode=NXDOMAIN")
    for address, name in ((LISTED, "mail.kilo.example"), (CLEAN, "mail.lima.example")):
        rules += [f"{beds.reversed4(address)}.in-addr.arpa PTR PTR={name}",
                  f"{name} A A={address}"]
    return [*rules, "* * rcode=NXDOMAIN"]


@pytest.fixture
def watched(repwatch, bed, nginx):
    """A pass found nothing wrong; from now on one address is listed."""
    server = bed.fakedns(world([]))

    def watch(*channels, **alerts):
        repwatch.configure(
            [{"address": LISTED, "name": "www;274", "pool": "a"}, {"address": CLEAN, "pool": "b"}],
            [block_list(ZONE, servers=[server.at])], resolver=server.at,
            alerts={"channels": list(channels), **alerts})
        repwatch.run("--all", "--only", "lists,identity")
        server.script(world([LISTED]))

    return watch


def test_a_listing_reaches_each_kind_of_channel(repwatch, nginx, watched):
    url = f"http://{nginx.at}"
    hook = secret_file(repwatch, "url", url + "/hook")
    key = secret_file(repwatch, "key", "key-of-the-room")
    sink = peers.SmtpSink()
    kinds = ["slack", "mattermost", "discord", "teams"]
    got = repwatch.dir / "got"
    try:
        watched(*[channel(repwatch, kind, kind, url_file=hook) for kind in kinds],
                channel(repwatch, "webhook", url=url + "/webhook"),
                channel(repwatch, "chatwork", "chatwork", url=url + "/room", password_file=key),
                channel(repwatch, "pagerduty", "pagerduty", url=url + "/page", password_file=key),
                channel(repwatch, "alertmanager", "alertmanager", url=url + "/am/"),
                channel(repwatch, "command", "command", command=["/usr/bin/tee", str(got)]),
                channel(repwatch, "elsewhere", url=url + "/elsewhere", pools=["b"]),
                mail(sink), heartbeat_url=url + "/beat")
        summary = repwatch.run("--all")
        assert summary["alerts"] == {"queued": 10, "sent": 10, "pending": 0}, summary
        asked = nginx.requests()
        came = {r["key"].rsplit(".", 1)[-1]: r for r in asked if r["key"]}
        assert set(came) == {*kinds, "webhook", "chatwork", "pagerduty", "alertmanager"}
        for name, request in came.items():
            assert LISTED in request["body"], name
        assert came["pagerduty"]["body"].count("key-of-the-room") == 1
        document = json.loads(got.read_text())
        assert document["schema"] == "repwatch.alert/1"
        assert json.loads(came["webhook"]["body"])["id"] == document["id"]
        assert len(sink.messages()) == 1
        assert [r["method"] for r in asked if r["path"] == "/beat"] == ["GET"]
        # Said again by each pass, and only here.
        repwatch.run("--all")
        again = [r for r in nginx.requests()[len(asked):] if r["path"] != "/beat"]
        assert [r["path"] for r in again] == ["/am/api/v2/alerts"], again
        first = json.loads(came["alertmanager"]["body"])[0]
        second = json.loads(again[0]["body"])[0]
        assert second["labels"] == first["labels"]
        assert second["endsAt"] > second["startsAt"]
    finally:
        sink.stop()


def test_state_for_icinga(repwatch, nginx, watched):
    watched(channel(repwatch, "icinga", "icinga", url=f"http://{nginx.at}/", user="repwatch",
                    password_file=secret_file(repwatch, "key", "icinga-pa55")))
    assert repwatch.run("--all")["alerts"]["queued"] == 0
    told = [json.loads(r["body"]) for r in nginx.requests()]
    assert {r["path"] for r in nginx.requests()} == {"/v1/actions/process-check-result"}
    assert {r["user"] for r in nginx.requests()} == {"repwatch"}
    assert [t["exit_status"] for t in told] == [2, 0], "the worst first"
    assert told[0]["service"] == f"www_274!repwatch {LISTED}"
    assert told[1]["service"] == f"{CLEAN}!repwatch {CLEAN}"
    assert "CRITICAL" in told[0]["plugin_output"] and ZONE in told[0]["plugin_output"]


def test_state_for_nagios(repwatch, watched):
    path = repwatch.dir / "nagios.cmd"
    os.mkfifo(path)
    watched(channel(repwatch, "nagios", "nagios", command_file=str(path)))
    nobody = repwatch("run", "--all", "--json")
    assert nobody.code == 3 and "nobody reads" in nobody.errors, nobody
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        repwatch.run("--all", codes=(0,))
        lines = os.read(reader, 65536).decode().splitlines()
        assert len(lines) == 2
        moment, rest = lines[0].split(" ", 1)
        assert abs(int(moment.strip("[]")) - time.time()) < 60
        assert rest.startswith(
            f"PROCESS_SERVICE_CHECK_RESULT;www_274;repwatch {LISTED};2;REPWATCH CRITICAL"), rest
        assert f";{CLEAN};repwatch {CLEAN};0;REPWATCH OK" in lines[1]
    finally:
        os.close(reader)


def test_trying_a_channel(repwatch, nginx):
    key = secret_file(repwatch, "key", "key-of-the-room")
    hook = secret_file(repwatch, "url", f"http://{nginx.at}/code/404")
    sink = peers.SmtpSink()
    try:
        configure(repwatch, mail(sink), channel(repwatch, "chat", "slack", url_file=hook),
                  channel(repwatch, "page", "pagerduty", url=f"http://{nginx.at}/page",
                          password_file=key))
        taken = repwatch("alerts", "test", "noc")
        assert taken.code == 0 and "taken" in taken.text and "250" in taken.text, taken
        assert len(sink.messages()) == 1
        refused = repwatch("alerts", "test", "chat", "--json")
        assert refused.code == 3 and refused.json["taken"] is False
        assert "404: no_channel" in refused.json["said"]
        assert repwatch("alerts", "test", "page").code == 0
        assert repwatch("alerts", "test", "nobody").code == 2
        assert letters(repwatch) == {}
    finally:
        sink.stop()


def test_a_sink_that_fails_for_hours(repwatch, nginx):
    """Passes every half hour against a server that is down, until it comes back."""
    library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not library:
        pytest.skip("libfaketime is not installed")
    begin = 1795222800
    configure(repwatch, channel(repwatch, url=f"http://{nginx.at}/code/503"))
    put(repwatch, *[{"uid": f"u{n}", "created_at": begin, "next_at": begin} for n in range(3)])

    def pass_at(moment):
        return send(repwatch, LD_PRELOAD=library[0], FAKETIME=f"@{moment}", FAKETIME_FMT="%s",
                    DONT_FAKE_MONOTONIC="1", ASAN_OPTIONS="detect_leaks=0")

    for half_hour in range(12):
        result = pass_at(begin + half_hour * 1800)
        assert result.json["alerts"]["pending"] == 3
    rows = letters(repwatch)
    assert sum(row["attempts"] for row in rows.values()) == len(nginx.requests()) <= 12
    repwatch.conf.write_text(repwatch.conf.read_text().replace("/code/503", "/take"))
    for half_hour in range(12, 16):
        result = pass_at(begin + half_hour * 1800)
    assert result.json["alerts"]["pending"] == 0
    assert sorted(r["key"] for r in nginx.requests() if r["path"] == "/take") == sorted(rows)
