"""Mail logs of known truth: messages of many accounts, interleaved, with noise between them."""

import collections
import datetime
import random
import re
import struct
import zoneinfo

RECEIVERS = [
    ("gmail.com", "gmail-smtp-in.l.google.com", "142.250.102.27"),
    ("outlook.com", "outlook-com.olc.protection.outlook.com", "104.47.1.33"),
    ("yahoo.com", "mta7.am0.yahoodns.net", "67.195.204.77"),
    ("example.org", "mx.example.org", "203.0.113.25"),
]
SAYS = {
    "sent": ("2.0.0", "250 2.0.0 OK 1795219200 d2e1a72fcca58 - gsmtp"),
    "deferred": ("4.7.28", "421-4.7.28 unusual rate of unsolicited mail 421 4.7.28 slow down"),
    "bounced": ("5.1.1", "550 5.1.1 no such user here"),
}
OUTCOMES = ["sent"] * 17 + ["deferred"] * 2 + ["bounced"]
STATUS = {"sent": "sent", "deferred": "deferred", "bounced": "bounced"}


class Mail:
    """One message to one recipient, delivered in one attempt."""

    def __init__(self, number, at, ip, account, rng):
        self.number, self.at, self.ip, self.account = number, at, ip, account
        self.domain, self.mx, self.mx_ip = rng.choice(RECEIVERS)
        self.outcome = rng.choice(OUTCOMES)
        self.pid = 1000 + rng.randrange(60000)

    @property
    def sender(self):
        return self.account or "app@inside.example"


def mails(start, seconds, count, ips, accounts, seed=1):
    """`count` messages between `start` (UTC, aware) and so many seconds later, in their order."""
    rng = random.Random(seed)
    moments = sorted(rng.uniform(0, seconds) for _ in range(count))
    for number, offset in enumerate(moments):
        at = start + datetime.timedelta(seconds=int(offset))
        index = rng.randrange(accounts + accounts // 10 + 1)
        account = f"user{index:04}@customer{index % 37:02}.example" if index < accounts else ""
        yield Mail(number, at, ips[(index + rng.randrange(3)) % len(ips)], account, rng)


def truth(messages, zone="UTC"):
    """{address: {date: {outcome: count}}} and {(account, address): {outcome: count}}"""
    local = zoneinfo.ZoneInfo(zone)
    days = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    accounts = collections.defaultdict(collections.Counter)
    for mail in messages:
        date = mail.at.astimezone(local).strftime("%Y-%m-%d")
        days[mail.ip][date][mail.outcome] += 1
        if mail.account:
            accounts[mail.account, mail.ip][mail.outcome] += 1
    return days, accounts


def counted_days(document):
    """The same shape from `volume import --json`, without what is zero."""
    return {ip: {date: {word: n for word, n in counts.items() if n}
                 for date, counts in dates.items()}
            for ip, dates in document["addresses"].items()}


def counted_accounts(document):
    return {(row["account"], row["address"]): {word: row[word]
                                               for word in ("sent", "deferred", "bounced")
                                               if row[word]}
            for row in document["accounts"]}


def plain(nested):
    """Counters as dicts, to compare."""
    if isinstance(nested, dict):
        return {key: plain(value) for key, value in nested.items()}
    return nested


def service(ips, ip):
    return f"postfix-out{ips.index(ip):03}"


def _rfc3339(at, zone):
    return at.astimezone(zone).isoformat()


def _rfc3164(at, zone):
    local = at.astimezone(zone)
    return local.strftime("%b ") + f"{local.day:2}" + local.strftime(" %H:%M:%S")


def _postfix(mail, stamp, ips):
    queue_id = f"{0xA0000 + mail.number:X}4F1"
    code, text = SAYS[mail.outcome]
    login = f", sasl_method=PLAIN, sasl_username={mail.account}" if mail.account else ""
    yield f"{stamp} mx1 postfix/smtpd[{mail.pid}]: connect from c.example[100.64.1.7]"
    yield f"{stamp} mx1 postfix/smtpd[{mail.pid}]: {queue_id}: client=c.example[100.64.1.7]{login}"
    yield f"{stamp} mx1 postfix/cleanup[{mail.pid}]: {queue_id}: message-id=<{mail.number}@x.example>"
    yield (f"{stamp} mx1 postfix/qmgr[12]: {queue_id}: from=<{mail.sender}>, size=512, nrcpt=1 "
           "(queue active)")
    yield (f"{stamp} mx1 {service(ips, mail.ip)}/smtp[{mail.pid}]: {queue_id}: "
           f"to=<someone@{mail.domain}>, relay={mail.mx}[{mail.mx_ip}]:25, delay=0.9, "
           f"delays=0.1/0.01/0.3/0.4, dsn={code}, status={mail.outcome} "
           f"({text if mail.outcome == 'sent' else f'host {mail.mx}[{mail.mx_ip}] said: {text}'})")
    if mail.outcome != "deferred":
        yield f"{stamp} mx1 postfix/qmgr[12]: {queue_id}: removed"


EXIM_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _base62(number, width):
    text = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        text = EXIM_DIGITS[digit] + text
    return text


def _exim(mail, stamp, _ips):
    message = f"1{_base62(mail.number * 977, 5)}-{_base62(mail.number, 6)}-{_base62(mail.pid % 3844, 2)}"
    _code, text = SAYS[mail.outcome]
    login = f" P=esmtpsa A=plain_server:{mail.account}" if mail.account else " P=esmtp"
    yield (f"{stamp} {message} <= {mail.sender} H=c.example [100.64.1.7]:51234{login} S=512 "
           f"id={mail.number}@x.example")
    host = f"R=dnslookup T=remote_smtp H={mail.mx} [{mail.mx_ip}] I=[{mail.ip}]:40000"
    if mail.outcome == "sent":
        yield f"{stamp} {message} => someone@{mail.domain} {host} C=\"{text}\""
        yield f"{stamp} {message} Completed"
    else:
        sign, reason = ("==", " defer (-46)") if mail.outcome == "deferred" else ("**", "")
        yield (f"{stamp} {message} {sign} someone@{mail.domain} {host}{reason}: SMTP error from "
               f"remote mail server after end of data: {text}")
        if mail.outcome == "bounced":
            yield f"{stamp} {message} Completed"


NOISE = {
    "postfix": ["{stamp} mx1 postfix/anvil[3]: statistics: max cache size 1 at Jan  1 00:00:00",
                "{stamp} mx1 dovecot: imap-login: Login: user=<x>, method=PLAIN, rip=100.64.0.1",
                "{stamp} mx1 postfix/smtpd[9]: NOQUEUE: reject: RCPT from u[192.0.2.66]: 554 5.7.1 "
                "status=sent; from=<a@b> to=<c@d> proto=ESMTP helo=<status=sent (250 ok)>"],
    "exim": ["{stamp} H=(win-7) [192.0.2.66] F=<x@spam.example> rejected RCPT <a@b.example>: no"],
}
LINES = {"postfix": _postfix, "exim": _exim}


def write(messages, kind="postfix", ips=(), zone="UTC", stamps="rfc3339", seed=1, open_messages=20):
    """The log's bytes. Lines of up to `open_messages` messages are interleaved; each message's own
    keep their order, and stamps ascend as a log's do."""
    rng = random.Random(seed)
    local = zoneinfo.ZoneInfo(zone)
    if kind == "exim":
        def stamp_of(at):
            return at.astimezone(local).strftime("%Y-%m-%d %H:%M:%S" + (" %z" if stamps == "offset" else ""))
    else:
        def stamp_of(at):
            return (_rfc3339 if stamps == "rfc3339" else _rfc3164)(at, local)
    out = []
    waiting = collections.deque()

    def step():
        index = rng.randrange(len(waiting))
        lines = waiting[index]
        out.append(lines.popleft())
        if not lines:
            del waiting[index]

    for mail in messages:
        stamp = stamp_of(mail.at)
        waiting.append(collections.deque(LINES[kind](mail, stamp, list(ips))))
        if rng.random() < 0.1:
            out.append(rng.choice(NOISE[kind]).format(stamp=stamp))
        # Whatever a message still has to say is said within the same moments.
        while len(waiting) > open_messages:
            step()
    while waiting:
        step()
    return "".join(line + "\n" for line in out).encode()


SYSLOG_LINE = re.compile(r"(\S+) (\S+) ([^\s\[]+?)(?:\[(\d+)\])?: (.*)")
BOOTS = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"]
DAEMON = 3  # the facility of what is no mail


def _field(name, text, is_binary):
    if not is_binary:
        return f"{name}={text}\n".encode()
    return name.encode() + b"\n" + struct.pack("<Q", len(text.encode())) + text.encode() + b"\n"


def entries(log, binary_share=0.2, noise_share=0.3, seed=1, host_name=None):
    """Lines of a log, with rfc3339 stamps, as entries of a journal in the export format, each
    bytes; between them what other programs say. Their times ascend, as a journal's do; half way the host was started
    anew, and its clock of uptime with it."""
    rng = random.Random(seed)
    lines = sorted(log.decode().splitlines(), key=lambda line: line[:19])
    boot_us = [0, 0]
    for number, line in enumerate(lines):
        stamp, host, tag, pid, text = SYSLOG_LINE.fullmatch(line).groups()
        at_us = int(datetime.datetime.fromisoformat(stamp).timestamp()) * 1000000 + number % 1000000
        boot = int(number >= len(lines) // 2)
        boot_us[boot] = boot_us[boot] or at_us - 1000
        is_mail = "postfix" in tag
        rows = [("__CURSOR", f"s=1;i={number:x}"), ("__REALTIME_TIMESTAMP", at_us),
                ("__MONOTONIC_TIMESTAMP", at_us - boot_us[boot]), ("_BOOT_ID", BOOTS[boot])]
        more = [("_HOSTNAME", host_name or host), ("SYSLOG_IDENTIFIER", tag), ("_TRANSPORT", "syslog"),
                ("SYSLOG_FACILITY", 2 if is_mail else DAEMON), ("PRIORITY", 6), ("MESSAGE", text)]
        if pid:
            more.append((rng.choice(["_PID", "SYSLOG_PID"]), pid))
        rng.shuffle(more)
        yield (b"".join(_field(name, value, False) for name, value in rows) +
               b"".join(_field(name, str(value), rng.random() < binary_share)
                        for name, value in more) + b"\n")
        if rng.random() < noise_share:
            yield (b"".join(_field(name, value, False) for name, value in rows) +
                   _field("SYSLOG_IDENTIFIER", "kernel", False) + _field("SYSLOG_FACILITY", 0, False) +
                   _field("MESSAGE", "status=sent (250 ok)\n\n__CURSOR=s=7;i=1\nMESSAGE=x", True) +
                   b"\n")
