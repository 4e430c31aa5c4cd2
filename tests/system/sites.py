"""A state in which things happened, for pages: written straight into the store of a first, empty pass."""

import datetime
import random
import sqlite3
import time

import agent

DAY_S = 86400
HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=1">"\'&amp;\x1b[31m'
ZONE = "bl.example"
WEIGHTS = [1, 1, 1, 1, 1, 2, 3, 5, 9, 12, 11, 10, 7, 9, 10, 11, 10, 8, 5, 4, 3, 2, 2, 1]  # of a day's hours


def addresses(count):
    return [f"198.18.{i // 250}.{i % 250 + 1}" for i in range(count)]


def make(repwatch, count, pools=2, days=120, passes=200, **more):
    """Every address sends; each twentieth of them is listed, blocked, and has a suspect; one has hostile texts."""
    ips = addresses(count)
    repwatch.configure([{"address": ip, "pool": f"shared-{i * pools // count}", "name": f"www{i}"} for i, ip in enumerate(ips)],
                       catalogue=[agent.block_list(ZONE, lookup_url="https://example.net/?q={address}")], **more)
    repwatch.run("--only", "maillog")
    db = sqlite3.connect(repwatch.state / "repwatch.db")
    ids = dict(db.execute("SELECT address, id FROM address"))
    now = int(time.time())
    today = (datetime.date.today() - datetime.date(1970, 1, 1)).days
    for row in (f"INSERT OR IGNORE INTO list (slot, zone) VALUES (1, '{ZONE}')", "DELETE FROM pass", "DELETE FROM sample"):
        db.execute(row)
    db.executemany("INSERT INTO pass VALUES (?, ?, 1, 0.01, 1, 1, 0, 0, 1)",
                   [(i + 1, now - 60 - (passes - 1 - i) * days * DAY_S // passes) for i in range(passes)])
    db.executemany("INSERT INTO sample VALUES (?, 1, 1, 0, 0, 1)", [(ids[ip],) for ip in ips])
    pair = b"\0" * 8 + (now - 60).to_bytes(4, "little") * 2
    identity = b"mail.example.jp\0"
    db.executemany("UPDATE address SET pair = ?, is_identity_known = 1, is_forward_confirmed = 1, ptr = ?, identity_helo ="
                   " 'mail.example.jp', does_helo_resolve = 1 WHERE id = ?",
                   [(((now - 60).to_bytes(4, "little") * 2) + pair[8:], identity, ids[ip]) for ip in ips])
    dice = random.Random(1)
    for i, ip in enumerate(ips):
        db.execute("INSERT INTO sender VALUES (?, ?, ?)", (i + 1, ip, today))
        size = dice.randrange(4000, 16000)
        is_bad = i % 20 == 0
        volume = [(i + 1, today - day, int(size * (0.6 if (today - day) % 7 in (2, 3) else 1) * dice.uniform(0.9, 1.1))
                   * (6 if is_bad and 0 < day < 4 else 1), size // 40, size // 90 * (9 if is_bad and day < 4 else 1))
                  for day in range(days)]
        db.executemany("INSERT INTO volume_day VALUES (?, ?, ?, ?, ?, 0)", volume)
        db.executemany("INSERT INTO volume_hour VALUES (?, ?, ?, ?, ?, ?, 0)",
                       [(sender, day, hour, *(count * weight // sum(WEIGHTS) for count in counts))
                        for sender, day, *counts in volume[:3] for hour, weight in enumerate(WEIGHTS)])
        mean = sum(row[2] for row in volume[30:60]) / 30
        db.execute("INSERT INTO traffic VALUES (?, ?, ?, ?, 0, ?, ?, ?, 1, 0, 90, ?, 3)",
                   (ids[ip], "spike" if is_bad else "normal", volume[1][2], volume[0][2], mean, volume[1][2] / mean, mean,
                    "6 times its usual volume" if is_bad else ""))
        for name in ("gmail", "microsoft", "yahoo-jp"):
            blocked = now - 2 * DAY_S if is_bad and name == "gmail" else 0
            db.execute("INSERT INTO traffic_receiver VALUES (?, ?, ?, 40, 20, ?, ?, 'ip-block', 'ip', ?)",
                       (ids[ip], name, size, blocked, 4120 if blocked else 0,
                        b"550-5.7.1 [198.18.0.1] Our system has detected an unusual rate of mail" if blocked else b""))
        if is_bad:
            trouble(db, ids[ip], ip, now, HOSTILE if i == 0 else "see https://bl.example/why")
    db.commit()
    db.close()
    return ips


def trouble(db, row, ip, now, text):
    standing = ("INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?, 'critical', ?, ?, ?, 0, 0, 'none', 0, ?, ?, ?, ?)")
    event = "INSERT INTO event (at, address, check_name, subject, change, was, becomes, severity, text) VALUES" \
            " (?, ?, ?, ?, ?, ?, ?, 'critical', ?)"
    foreign = text.encode()

    db.execute(standing, (row, "dnsbl", ZONE, "listed", now - DAY_S, now - 60, "listed", b"\x02\0\0\x7f", b"listed", foreign, b""))
    db.execute(standing, (row, "receiver", "gmail", "listed", now - 2 * DAY_S, now - 60, "listed", b"", b"ip-block, ip", foreign, b""))
    db.execute(standing, (row, "volume", "", "spike", now - 3 * DAY_S, now - 60, "spike", b"", b"", b"6 times its usual volume", b""))
    db.execute(standing, (row, "ptr", "", "broken", now - 9 * DAY_S, now - 60, "broken", b"", b"", b"it has no name",
                          b"1.0.18.198.in-addr.arpa. IN PTR mail.example.jp."))
    for at, check, subject, becomes in ((now - 3 * DAY_S, "volume", "", "spike"), (now - 2 * DAY_S, "receiver", "gmail", "listed"),
                                        (now - DAY_S, "dnsbl", ZONE, "listed")):
        db.execute(event, (at, ip, check, subject, "raised", "clear", becomes, foreign))
    db.execute("INSERT INTO traffic_suspect VALUES (?, 1, ?, 41200, 120, 343.3, 0.78, 0.31, 0.22, 5, 9)",
               (row, (HOSTILE if text == HOSTILE else "info@shop.example.jp").encode()))
