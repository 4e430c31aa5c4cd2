"""A mail server whose life is made up: what its accounts send on which days, as a Postfix log."""

import collections
import datetime
import random
import zoneinfo

UTC = datetime.timezone.utc
MX = {
    "gmail": ("gmail.com", "gmail-smtp-in.l.google.com", "142.250.102.27"),
    "microsoft": ("outlook.com", "outlook-com.olc.protection.outlook.com", "104.47.1.33"),
    "other": ("example.org", "mx.example.org", "203.0.113.25"),
}
# What receivers say, as they say it: status, DSN, reply.
SAYS = {
    "taken": ("sent", "2.0.0", "250 2.0.0 OK  1795219200 d2e1a72fcca58-5bff0b - gsmtp"),
    "no such user": ("bounced", "5.1.1", "550-5.1.1 The email account that you tried to reach does "
                     "not exist. Please try 550-5.1.1 double-checking the recipient's email "
                     "address for typos or 550 5.1.1 unnecessary spaces. - gsmtp (in reply to RCPT "
                     "TO command)"),
    "rate of the address": (
        "deferred", "4.7.28", "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail "
        "originating 421-4.7.28 from your IP address [198.18.0.1]. To protect our users from spam, "
        "mail 421-4.7.28 sent from your IP address has been temporarily rate limited. 421 4.7.28 "
        "https://support.google.com/mail/?p=UnsolicitedRateLimitError - gsmtp (in reply to end of "
        "DATA command)"),
    "spam from the address": (
        "bounced", "5.7.1", "550-5.7.1 [198.18.0.1] Our system has detected an unusual rate of "
        "550-5.7.1 unsolicited mail originating from your IP address. To protect our 550-5.7.1 "
        "users from spam, mail sent from your IP address has been blocked. 550 5.7.1 "
        "https://support.google.com/mail/?p=UnsolicitedIPError - gsmtp (in reply to end of DATA "
        "command)"),
}

Message = collections.namedtuple("Message", "at account receiver says")


def at(text, zone=UTC):
    """A moment from "2026-11-21 01:00"."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


class Server:
    """Collects messages; every random choice is repeatable."""

    def __init__(self, seed=1):
        self.rng = random.Random(seed)
        self.messages = []
        self.number = 0

    def send(self, when, seconds, count, account, receiver=None, says="taken"):
        """`count` messages within so many seconds from `when` on; receivers in turn."""
        moments = sorted(self.rng.randrange(seconds) for _ in range(count))
        made = [Message(when + datetime.timedelta(seconds=moment), account,
                        receiver or sorted(MX)[number % len(MX)], says)
                for number, moment in enumerate(moments)]
        self.messages += made
        return made

    def days(self, first, last, account, count, weekdays=range(7)):
        """So many a day, give or take a few, between 07:00 and 19:00 UTC; both days included."""
        day = at(f"{first} 07:00")
        while day <= at(f"{last} 07:00"):
            if day.weekday() in weekdays:
                self.send(day, 12 * 3600, count + self.rng.randrange(-count // 10, count // 10 + 1),
                          account)
            day += datetime.timedelta(days=1)

    def take(self):
        """The messages since the last call, in the order of a log."""
        taken, self.messages = sorted(self.messages, key=lambda message: message.at), []
        return taken

    def log(self, messages, zone=None):
        """Their lines; stamps without year and zone when a `zone` is given."""
        lines = []
        for message in messages:
            lines += self.lines(message, zone)
        return "".join(line + "\n" for line in lines).encode()

    def lines(self, message, zone=None):
        self.number += 1
        ident = f"{0x100000 + self.number:X}"
        domain, mx, ip = MX[message.receiver]
        status, dsn, reply = SAYS[message.says]
        if message.says != "taken":
            reply = f"host {mx}[{ip}] said: {reply}"
        if zone:
            local = message.at.astimezone(zoneinfo.ZoneInfo(zone))
            stamp = f"{local:%b} {local.day:2} {local:%H:%M:%S}"
        else:
            stamp = message.at.isoformat()
        head = f"{stamp} mx1 postfix"
        yield (f"{head}/smtpd[7]: {ident}: client=c.example[100.64.1.7], sasl_method=PLAIN, "
               f"sasl_username={message.account}")
        yield f"{head}/qmgr[8]: {ident}: from=<{message.account}>, size=900, nrcpt=1 (queue active)"
        yield (f"{head}/smtp[9]: {ident}: to=<u{self.number}@{domain}>, relay={mx}[{ip}]:25, "
               f"delay=1, delays=0.1/0/0.3/0.6, dsn={dsn}, status={status} ({reply})")
        if status != "deferred":
            yield f"{head}/qmgr[8]: {ident}: removed"


def truth(messages, zone="UTC"):
    """{date: {outcome: count}} by the days of a zone."""
    local = zoneinfo.ZoneInfo(zone)
    days = collections.defaultdict(collections.Counter)
    for message in messages:
        days[f"{message.at.astimezone(local):%Y-%m-%d}"][SAYS[message.says][0]] += 1
    return {date: dict(counts) for date, counts in days.items()}
