"""Real mail servers, and receivers that answer as receivers do: what was counted is what was said.

The servers run in namespaces of their own, from packages that tests/mtas.sh unpacks (they cannot be
installed beside each other) or as installed. The receivers' names and addresses are outside ones.
"""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import mta_inside

PROGRAMS = {"postfix": "usr/lib/postfix/sbin/master",
            "postfix-before-3.5": "usr/lib/postfix/sbin/master",  # as it wrote addresses
            "exim": "usr/sbin/exim4", "opensmtpd": "usr/sbin/smtpctl"}
REPLIES = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../etc/replies.conf"))
LIMIT_S = 120


def root_of(kind):
    """The folder the server stands in."""
    unpacked = os.path.join(os.environ.get("TOP_BUILDDIR", "build"), "mtas")
    for root in (os.path.join(os.path.abspath(unpacked), mta_inside.mta_of(kind)), "/"):
        if os.path.exists(os.path.join(root, PROGRAMS[kind])):
            return root
    return pytest.skip(f"{kind} is neither installed nor unpacked: tests/mtas.sh {unpacked}")


@pytest.fixture(scope="module", params=sorted(PROGRAMS))
def mail(request, tmp_path_factory):
    """The server's kind, its log, and what receivers said: [account, recipient, outcome]."""
    kind = request.param
    root = root_of(kind)
    for program in ("unshare", "ip", "mount"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    if os.geteuid() != 0:
        pytest.skip("namespaces with other users in them are root's")
    folder = tmp_path_factory.mktemp(kind)
    for part in (folder, folder.parent):
        part.chmod(0o755)
    done = subprocess.run(["unshare", "-n", "-m", "-p", "-f", "--kill-child", "--mount-proc",
                           sys.executable, mta_inside.__file__, kind, root, str(folder)],
                          capture_output=True, timeout=LIMIT_S, check=False)
    said = (done.stdout + done.stderr).decode(errors="replace")
    if done.returncode == mta_inside.SKIP or "unshare failed" in said:
        pytest.skip(f"no namespaces here: {said.strip()[-200:]}")
    log = folder / "mail.log"
    assert done.returncode == 0, said + (log.read_text(errors="replace") if log.exists() else "")
    return mta_inside.mta_of(kind), log, json.loads((folder / "seen.json").read_text())


# The entry's, for lines that tell none.
UNTOLD = "198.18.0.99"
TELL_NONE = {"postfix": [], "exim": [mta_inside.CLOSED],
             "opensmtpd": [mta_inside.CLOSED, mta_inside.RUDE]}


def address_of(kind, recipient):
    domain = recipient.rsplit("@", 1)[1]
    _name, _address, which = mta_inside.RECEIVERS[domain]
    return UNTOLD if domain in TELL_NONE[kind] else mta_inside.SENDING[which]


def configure(repwatch, kind):
    entry = {"path": str(repwatch.dir / "mail.log"), "format": kind, "address": UNTOLD}
    if kind == "postfix":
        entry["by_service"] = [{"service": f"postfix-out{which}", "address": address}
                               for which, address in enumerate(mta_inside.SENDING)]
    return repwatch.configure(mta_inside.SENDING, maillogs=[entry], replies=REPLIES)


def nested(counts):
    return {key: dict(value) for key, value in counts.items()}


def test_counted_is_what_receivers_said(repwatch, mail):
    kind, log, seen = mail
    configure(repwatch, kind)
    done = repwatch("volume", "import", "--json", log)
    assert done.code == 0, done
    by_address = collections.defaultdict(collections.Counter)
    by_account = collections.defaultdict(collections.Counter)
    for account, recipient, outcome in seen:
        by_address[address_of(kind, recipient)][outcome] += 1
        by_account[account, address_of(kind, recipient)][outcome] += 1
    words = ("sent", "deferred", "bounced")
    counted = collections.defaultdict(collections.Counter)
    for address, dates in done.json["addresses"].items():
        for counts in dates.values():
            counted[address].update({word: counts[word] for word in words if counts[word]})
    assert nested(counted) == nested(by_address), pathlib.Path(log).read_text()[-4000:]
    if kind != "opensmtpd":  # it lets nobody log in without TLS
        assert {(row["account"], row["address"]): {word: row[word] for word in words if row[word]}
                for row in done.json["accounts"]} == nested(by_account)


def test_every_word_of_receivers_was_understood(repwatch, mail):
    kind, log, seen = mail
    configure(repwatch, kind)
    done = repwatch("volume", "import", "--json", "--dry-run", log)
    # "odd" is what no receiver says, made to deceive.
    odd = sum(mta_inside.word_of(recipient) == "odd" for _account, recipient, _outcome in seen)
    assert done.json["unmatched_replies"] <= odd, done


def test_a_pass_counts_the_same(repwatch, mail):
    kind, log, seen = mail
    configure(repwatch, kind)
    shutil.copy(log, repwatch.dir / "mail.log")
    for _ in range(2):
        repwatch.run("--only", "maillog")
    shown = repwatch("volume", "show", "--json", *mta_inside.SENDING, UNTOLD).json["addresses"]
    total = collections.Counter()
    for view in shown:
        for day in view["days"]:
            total.update({word: day[word] for word in ("sent", "deferred", "bounced")})
    assert total == collections.Counter(outcome for _account, _recipient, outcome in seen)
