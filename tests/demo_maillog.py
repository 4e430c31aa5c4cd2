"""The sample network's mail log, as Postfix writes it with one transport per address:
demo_maillog.py NOW FROM UNTIL [stolen] [refused]

NOW is in seconds since 1970, FROM and UNTIL in hours after it, so that the sample's past lies
before them; the lines go to standard output. `stolen` lets somebody with the password of one
customer send thousands of messages in the last hours, `refused` lets Gmail defer what comes
from that customer's address.
"""

import datetime
import random
import sys

DAY_S, HOUR_S = 86400, 3600
CUSTOMERS = 40
CULPRIT = "info@hanako.example"
STOLEN_MAILS, STOLEN_HOURS = 16000, 4
SHOP, SHOP_EVERY_S = "orders@shop.example", 1800
NEWSLETTER, NEWSLETTER_MAILS = "news@club.example", 1800
GMAIL_PATIENCE_S = 600

RECEIVERS = [  # weight, domain, host, its address
    (40, "gmail.com", "gmail-smtp-in.l.google.com", "142.250.102.27"),
    (20, "yahoo.co.jp", "mx1.mail.yahoo.co.jp", "183.79.250.123"),
    (15, "docomo.ne.jp", "mfsmax.docomo.ne.jp", "203.138.180.240"),
    (15, "outlook.com", "outlook-com.olc.protection.outlook.com", "104.47.1.33"),
    (10, "example.org", "mx.example.org", "198.51.100.25"),
]
LIMIT = ("4.7.28", "deferred", "421-4.7.28 Our system has detected an unusual rate of unsolicited "
         "mail originating from your IP address. To protect our users from spam, mail from it "
         "has been temporarily rate limited. 421 4.7.28 - gsmtp")
UNKNOWN = ("5.1.1", "bounced", "550 5.1.1 User unknown")
TAKEN = ("2.0.0", "sent", "250 2.0.0 OK")


def ordinary(rng, begin, end):
    """(time, account, transport): by day more than by night; mail1 has two of three customers."""
    for at in range(begin, end, 120):
        by_day = 8 <= datetime.datetime.fromtimestamp(at).hour < 20
        if rng.random() < (0.9 if by_day else 0.15):
            number = rng.randrange(CUSTOMERS)
            account = f"user{number}@customer{number}.example" if number else CULPRIT
            yield at + rng.randrange(120), account, "out11" if number % 3 == 2 else "out10"


def shop(begin, end):
    """Sends to hosts with IPv6 addresses too, and so from both of mail1's."""
    for place, at in enumerate(range(begin, end, SHOP_EVERY_S)):
        yield at, SHOP, "out6" if place % 3 == 0 else "out10"


def newsletter(rng, now, begin, end):
    """Every seven days, and two hours before the end of the sample."""
    for weeks in range(11):
        at = now - 3 * HOUR_S - weeks * 7 * DAY_S
        if begin <= at < end:
            for _ in range(NEWSLETTER_MAILS):
                yield at + rng.randrange(HOUR_S), NEWSLETTER, "out10"


def stolen(rng, end):
    for _ in range(STOLEN_MAILS):
        yield end - rng.randrange(STOLEN_HOURS * HOUR_S) - 1, CULPRIT, "out10"


def lines(number, at, account, transport, receiver, reply):
    _weight, domain, host, address = receiver
    dsn, status, words = reply
    stamp = datetime.datetime.fromtimestamp(at).astimezone().isoformat()
    queue_id = f"{number:X}"
    if status != "sent":
        words = f"host {host}[{address}] said: {words}"
    yield (f"{stamp} mail1 postfix/smtpd[71]: {queue_id}: client=c.example[100.64.1.7], "
           f"sasl_method=PLAIN, sasl_username={account}")
    yield (f"{stamp} mail1 postfix/qmgr[12]: {queue_id}: from=<{account}>, size=5120, nrcpt=1 "
           "(queue active)")
    yield (f"{stamp} mail1 postfix-{transport}/smtp[93]: {queue_id}: to=<u{number % 99991}@{domain}>, "
           f"relay={host}[{address}]:25, delay=0.9, delays=0.1/0/0.3/0.5, dsn={dsn}, "
           f"status={status} ({words})")
    yield f"{stamp} mail1 postfix/qmgr[12]: {queue_id}: removed"


def reply_of(rng, account, transport, receiver, is_refused):
    if is_refused and transport == "out10" and receiver[1] == "gmail.com":
        return LIMIT
    return UNKNOWN if rng.random() < (0.3 if account == CULPRIT else 0.01) else TAKEN


def write(out, now, begin, end, words):
    rng = random.Random(begin - now)
    weights = [receiver[0] for receiver in RECEIVERS]
    mails = [*ordinary(rng, begin, end), *shop(begin, end), *newsletter(rng, now, begin, end)]
    limit_at = begin
    if "stolen" in words:
        mails += stolen(rng, end)
        limit_at = end - STOLEN_HOURS * HOUR_S + GMAIL_PATIENCE_S
    for place, (at, account, transport) in enumerate(sorted(mails)):
        receiver = rng.choices(RECEIVERS, weights)[0]
        is_refused = "refused" in words and at >= limit_at
        reply = reply_of(rng, account, transport, receiver, is_refused)
        for line in lines(begin * 1000 + place, at, account, transport, receiver, reply):
            out.write(line + "\n")


def main():
    now, begin, end = (int(word) for word in sys.argv[1:4])
    write(sys.stdout, now, now + begin * HOUR_S, now + end * HOUR_S, sys.argv[4:])


main()
