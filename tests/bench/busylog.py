"""What a busy Postfix host logs in an hour, for races: sessions with TLS, several recipients now
and then, rejected strangers, logins of another daemon; stamps ascend and lines of hundreds of
messages lie between each other. Which accounts and addresses it holds is only roughly real;
system/maillogs.py has the logs whose truth is known to the last account."""

import datetime
import random

import maillogs

REPLIES = {
    "sent": ["250 2.0.0 OK  {n} d2e1a72fcca58-{n:x}si{n}.971 - gsmtp",
             "250 2.6.0 <{n}.{n:x}@mail.example.com> [InternalId={n}, "
             "Hostname=AM0PR564.eurprd05.prod.outlook.com] Queued mail for delivery -> 250 2.1.5",
             "250 ok dirdel {n}/{n:x}", "250 2.0.0 Ok: queued as {n:X}"],
    "deferred": ["421-4.7.28 [198.18.0.7      15] Our system has detected an unusual rate of "
                 "421-4.7.28 unsolicited mail originating from your IP address. {n:x} - gsmtp "
                 "(in reply to end of DATA command)",
                 "450 4.2.0 <r{n}@x>: Recipient address rejected: Greylisted "
                 "(in reply to RCPT TO command)"],
    "bounced": ["550-5.1.1 The email account that you tried to reach does not exist. Please try "
                "550-5.1.1 double-checking the recipient's email address {n:x} - gsmtp "
                "(in reply to RCPT TO command)",
                "552 5.2.2 <r{n}@x>: Mailbox full (in reply to RCPT TO command)"],
}
CODES = {"sent": "2.0.0", "deferred": "4.7.28", "bounced": "5.1.1"}
TLS = ("TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 "
       "server-signature ECDSA (P-256) server-digest SHA256")


def _delivery(dice, queue_id, number, account, counts, has_tls):
    domain, host, ip = dice.choice(maillogs.RECEIVERS)
    outcome = dice.choices(("sent", "deferred", "bounced"), (93, 5, 2))[0]
    address = (account + dice.randrange(3)) % 60  # a pool of three for each account
    program = f"postfix-out{address:03}/smtp[{dice.randrange(20000, 24000)}]"
    reply = dice.choice(REPLIES[outcome]).format(n=number * 7919)
    said = reply if outcome == "sent" else f"host {host}[{ip}] said: {reply}"
    counts[outcome] += 1
    if has_tls and dice.random() < 0.6:
        yield f"{program}: Trusted TLS connection established to {host}[{ip}]:25: {TLS}"
    yield (f"{program}: {queue_id}: to=<user{dice.randrange(100000)}@{domain}>, "
           f"relay={host}[{ip}]:25, delay={dice.randrange(400) / 100}, delays=0.07/0.01/"
           f"{dice.randrange(100) / 100}/{dice.randrange(100) / 100}, dsn={CODES[outcome]}, "
           f"status={outcome} ({said})")


def _message(dice, number, counts, has_tls, accounts):
    """(how much later, line) in order."""
    account = dice.randrange(accounts)
    sender = f"user{account:03}@customer{account % 37:02}.example"
    client = f"dsl-{number % 2000}.provider{number % 11}.example[100.{dice.randrange(64, 128)}.1.{number % 250}]"
    smtpd = f"postfix/submission/smtpd[{dice.randrange(2000, 60000)}]"
    queue_id = f"{dice.randrange(1 << 20):05X}{number & 0xffffff:06X}"
    count = 1 if dice.random() < 0.85 else dice.randrange(2, 5)
    yield 0, f"{smtpd}: connect from {client}"
    yield 0.1, f"{smtpd}: {queue_id}: client={client}, sasl_method=PLAIN, sasl_username={sender}"
    yield 0.1, f"postfix/cleanup[{dice.randrange(50000, 60000)}]: {queue_id}: message-id=<{number}.{account:X}@{sender.split('@')[1]}>"
    yield 0.1, f"postfix/qmgr[1203]: {queue_id}: from=<{sender}>, size={dice.randrange(800, 60000)}, nrcpt={count} (queue active)"
    yield 0.1, f"{smtpd}: disconnect from {client} ehlo=2 starttls=1 auth=1 mail=1 rcpt={count} data=1 quit=1 commands={7 + count}"
    for _ in range(count):
        for line in _delivery(dice, queue_id, number, account, counts, has_tls):
            yield dice.random() * 2, line
    yield 0.01, f"postfix/qmgr[1203]: {queue_id}: removed"


def _noise(dice):
    yield "dovecot: imap-login: Login: user=<user057@customer03.example>, method=PLAIN, rip=100.64.232.79, lip=198.18.0.1, mpid=41776, TLS, session=<e67a03e270b5bbee>"
    yield (f"postfix/smtpd[{dice.randrange(2000, 60000)}]: NOQUEUE: reject: RCPT from unknown[192.0.2.66]: 554 5.7.1 "
           "<a@b.example>: Relay access denied; from=<a@b.example> to=<c@d.example> proto=ESMTP helo=<status=sent>")
    yield "postfix/anvil[3]: statistics: max connection rate 1/60s for (smtpd:192.0.2.66) at Jan  1 00:00:00"


def write(start, count, stamps="rfc3164", has_tls=True, seed=3, accounts=500):
    """The bytes of `count` messages within an hour from `start`, and how many were sent,
    deferred and bounced."""
    dice = random.Random(seed)
    counts = {"sent": 0, "deferred": 0, "bounced": 0}
    lines = []
    for number in range(count):
        at = number * 3600 / count
        for later, line in _message(dice, number, counts, has_tls, accounts):
            at += later
            lines.append((at, line))
        lines.extend((at, line) for line in _noise(dice) if dice.random() < 0.2)
    lines.sort(key=lambda line: line[0])

    def stamp(at):
        moment = start + datetime.timedelta(microseconds=int(at * 1e6))
        return moment.isoformat() if stamps == "rfc3339" else moment.strftime("%b %e %H:%M:%S")

    return "".join(f"{stamp(at)} mx1 {line}\n" for at, line in lines).encode(), counts
