"""A real mail server between a client and receivers, in namespaces of its own (see test_daemons.py).

    unshare -n -m -p -f --kill-child --mount-proc python3 mta_inside.py KIND ROOT FOLDER

ROOT has the unpacked packages or is "/"; FOLDER gets mail.log, what is done stands in seen.json as
[account, recipient, outcome] of every recipient that a receiver was asked to take. Ends with 77 and
a sentence where the machine does not allow it. All that it mounts, binds and starts ends with it.
"""

import base64
import json
import os
import pathlib
import pwd
import re
import shutil
import smtplib
import socket
import socketserver
import subprocess
import sys
import threading
import time

SKIP = 77
LIMIT_S = 60
PORT = 2525
SENDING = ["198.18.0.1", "198.18.0.2"]
RECEIVERS = {  # domain: name, address, which of SENDING asks it
    "gmail.com": ("gmail-smtp-in.l.google.com", "203.0.113.1", 0),
    "outlook.com": ("outlook-com.olc.protection.outlook.com", "203.0.113.2", 0),
    "yahoo.com": ("mta7.am0.yahoodns.net", "203.0.113.3", 1),
    "example.org": ("mx.example.org", "203.0.113.4", 1),
    "closed.example": ("mx.closed.example", "203.0.113.5", 1),
    "rude.example": ("mx.rude.example", "203.0.113.6", 0),
}
# Nobody listens at the one, the other says so before it was asked; what becomes of the mail then
# is the server's choice.
CLOSED, RUDE = "closed.example", "rude.example"
GREETING = "554 5.7.1 No SMTP service here: mx1.inside.example [198.18.0.1] is on our block list"
AFTER_GREETING = {"postfix": "deferred", "exim": "bounced", "opensmtpd": "deferred"}
# What stands in the line that tells the end of an attempt.
TELLS_END = {"postfix": r"smtp\[.* status=", "exim": r" (=>|->|==|\*\*) ", "opensmtpd": r" result="}
# By the first word of the recipient: where in the dialogue, what is said.
REPLIES = {
    "fine": ("DATA", ["250 2.0.0 OK  1795219200 d2e1a72fcca58-5bff0b - gsmtp"]),
    "unauthenticated": ("DATA", [
        "550-5.7.26 Your email has been blocked because the sender is unauthenticated.",
        "550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.",
        "550-5.7.26  ", "550-5.7.26  Authentication results:",
        "550-5.7.26  DKIM = did not pass", "550-5.7.26  SPF [inside.example] with ip: "
        "[198.18.0.1] = did not pass", "550-5.7.26  ", "550-5.7.26  For instructions, go to",
        "550 5.7.26  https://support.google.com/mail/answer/81126#authentication - gsmtp"]),
    "rate": ("DATA", [
        "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating",
        "421-4.7.28 from your IP address [198.18.0.1]. To protect our users from spam,",
        "421-4.7.28 mail sent from your IP address has been temporarily rate limited.",
        "421 4.7.28 https://support.google.com/mail/?p=UnsolicitedRateLimitError - gsmtp"]),
    "blocked": ("RCPT", [
        "550 5.7.1 Unfortunately, messages from [198.18.0.1] weren't sent. Please contact your "
        "Internet service provider since part of their network is on our block list (S3150). You "
        "can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors."]),
    "volume": ("RCPT", [
        "421 4.7.0 [TSS04] Messages from 198.18.0.2 temporarily deferred due to unexpected volume "
        "or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes"]),
    "unknown": ("RCPT", ["550 5.1.1 <status=sent (250 ok)>: no such user here"]),
    "full": ("RCPT", ["452 4.2.2 The recipient's inbox is out of storage space."]),
    "odd": ("RCPT", ["550 to=<a@b>, relay=x[192.0.2.1]:25, delay=0, delays=0/0/0/0, dsn=2.0.0, "
                     "status=sent (250 H=x [192.0.2.9] C=\"250 ok\" => nobody)"]),
}
# What the local part of a sender and of a recipient, a HELO, a subject and a message id may say.
FORGED = [
    "x@gmail.com>, relay=gmail-smtp-in.l.google.com[203.0.113.1]:25, delay=1, delays=0/0/0/1, "
    "dsn=2.0.0, status=sent (250 ok)",
    "x@gmail.com>, size=1, nrcpt=9 (queue active)",
    "x@gmail.com>, status=expired, returned to sender",
    "@gmail.com R=out T=remote_smtp H=evil [203.0.113.1] I=[198.18.0.1] A=plain:bob S=1 C=",
    " => x@gmail.com R=out T=remote_smtp H=evil [203.0.113.1] I=[198.18.0.1]: 250 ok",
    "a b", "(", "\\\"a", "> to=<x@gmail.com> rcpt=<-> delay=1s result=",
    "x@gmail.com>, relay=none, delay=1, dsn=2.0.0, status=sent (250 " + "k" * 900,
]
OUTCOME = {"2": "sent", "4": "deferred", "5": "bounced"}
ACCOUNTS = [f"user{n}@inside.example" for n in range(4)]


def plan(rounds):
    """(account, recipients) of every message; 421 closes the connection, so those go alone."""
    together = ["fine", "unknown", "full", "odd"]
    messages = []
    for number in range(rounds):
        account = ACCOUNTS[number % len(ACCOUNTS)]
        domains = list(RECEIVERS)
        for turn, domain in enumerate(domains):
            if domain in (CLOSED, RUDE):
                # One of each: after it some servers try the host no more for a while.
                if number == 0:
                    messages.append((account, [f"fine.{number}.{turn}@{domain}"]))
                continue
            word = {"gmail.com": ["fine", "unauthenticated", "unknown"],
                    "outlook.com": ["fine", "blocked", "full"],
                    "yahoo.com": ["fine", "volume", "odd"],
                    "example.org": together}[domain]
            messages.append((account, [f"{word[number % len(word)]}.{number}.{turn}@{domain}"]))
        if number % 4 == 0:
            messages.append((account, [f"{word}.{number}.m@example.org" for word in together]))
            messages.append((account, [f"fine.{number}.n@{domain}" for domain in domains
                                       if domain not in (CLOSED, RUDE)]))
    return messages


# --- the receivers ---

def path_of(line):
    return line[line.index("<") + 1:line.rindex(">")]


def word_of(recipient):
    return recipient.strip('"').split(".")[0]


class Receiver(socketserver.StreamRequestHandler):
    """Answers each recipient by its first word, and notes what it answered."""

    def say(self, lines):
        self.wfile.write("".join(line + "\r\n" for line in lines).encode())

    def rcpt(self, recipient):
        stage, lines = REPLIES[word_of(recipient)]
        if stage == "RCPT":
            self.server.note(self.sender, recipient, lines)
            self.say(lines)
            return not lines[0].startswith("421")
        self.say(["250 2.1.5 ok"])
        self.taken.append(recipient)
        return True

    def data(self):
        if not self.taken:
            self.say(["503 5.5.1 no recipients"])
            return True
        self.say(["354 go on"])
        while self.rfile.readline() not in (b".\r\n", b""):
            pass
        lines = REPLIES[word_of(self.taken[0])][1]
        for recipient in self.taken:
            self.server.note(self.sender, recipient, lines)
        self.taken = []
        self.say(lines)
        return not lines[0].startswith("421")

    def handle(self):
        self.sender, self.taken = "", []
        if self.server.name == RECEIVERS[RUDE][0]:
            self.say([GREETING])
            self.rfile.read()
            return
        self.say([f"220 {self.server.name} ESMTP ready"])
        while True:
            line = self.rfile.readline().decode("latin-1").strip()
            verb = line.upper()
            if not line or verb == "QUIT":
                self.say(["221 2.0.0 bye"])
                return
            goes_on = True
            if verb.startswith("EHLO"):
                self.say([f"250-{self.server.name}", "250-ENHANCEDSTATUSCODES", "250 8BITMIME"])
            elif verb.startswith("MAIL FROM:"):
                self.sender, self.taken = path_of(line), []
                self.say(["250 2.1.0 ok"])
            elif verb.startswith("RCPT TO:"):
                goes_on = self.rcpt(path_of(line))
            elif verb == "DATA":
                goes_on = self.data()
            else:
                self.say(["250 2.0.0 ok"])
            if not goes_on:
                return


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128

    def __init__(self, name, address, seen):
        super().__init__((address, 25), Receiver)
        self.name, self.seen = name, seen
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def note(self, sender, recipient, lines):
        self.seen.append((sender, recipient, OUTCOME[lines[0][0]]))


class Passwords(socketserver.StreamRequestHandler):
    """Dovecot's authentication protocol 1.1, where everybody is let in."""

    def handle(self):
        self.wfile.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\n"
                         b"COOKIE\t0123456789abcdef0123456789abcdef\nDONE\n")
        for line in self.rfile:
            words = line.decode().strip().split("\t")
            if words[0] == "AUTH":
                plain = next(word[5:] for word in words if word.startswith("resp="))
                user = base64.b64decode(plain).split(b"\0")[1].decode()
                self.wfile.write(f"OK\t{words[1]}\tuser={user}\n".encode())


def passwords():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Passwords)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


# --- the room ---

def must(*argv):
    done = subprocess.run(argv, capture_output=True, check=False)
    if done.returncode:
        print(f"{' '.join(argv)}: {done.stderr.decode(errors='replace').strip()}")
        sys.exit(SKIP)


def private(folder, room, under=()):
    """The folder as it is, and whatever is written to it goes to the room."""
    name = folder.strip("/").replace("/", "-")
    for part in ("upper", "work"):
        (room / part / name).mkdir(parents=True)
    lower = ":".join([*under, folder])
    must("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower},"
         f"upperdir={room}/upper/{name},workdir={room}/work/{name}", folder)


def furnish(root):
    must("ip", "link", "set", "lo", "up")
    for address in SENDING + [address for _name, address, _which in RECEIVERS.values()]:
        must("ip", "address", "add", address + "/32", "dev", "lo")
    must("mount", "--make-rprivate", "/")
    room = pathlib.Path("/mnt")
    must("mount", "-t", "tmpfs", "tmpfs", str(room))
    for folder in ("/usr", "/etc", "/var"):
        packed = f"{root}{folder}" if root != "/" else ""
        private(folder, room, [packed] if packed and os.path.isdir(packed) else [])
    with open("/etc/passwd", "a", encoding="ascii") as users, \
            open("/etc/group", "a", encoding="ascii") as groups:
        for number, name in enumerate(["postfix", "postdrop", "Debian-exim", "opensmtpd",
                                       "opensmtpq"]):
            if not any(user.pw_name == name for user in pwd.getpwall()):
                users.write(f"{name}:x:{6400 + number}:{6400 + number}::/nonexistent:/bin/false\n")
            groups.write(f"{name}:x:{6400 + number}:\n")
    hosts = "".join(f"{address} {name}\n" for name, address, _which in RECEIVERS.values())
    pathlib.Path("/etc/hosts").write_text("127.0.0.1 localhost\n198.18.0.1 mx1.inside.example\n" +
                                          hosts, encoding="ascii")
    resolv = pathlib.Path("/etc/resolv.conf")
    if resolv.is_symlink():
        resolv.unlink()
    resolv.write_text("lookup file bind\nnameserver 127.0.0.1\n", encoding="ascii")
    pathlib.Path("/etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n",
                                                  encoding="ascii")
    return room


def syslog(log):
    """/dev/log, and its lines as syslogd writes them."""
    new = pathlib.Path("/mnt/dev")
    new.mkdir()
    must("mount", "-t", "tmpfs", "tmpfs", str(new))
    for name in ("null", "zero", "full", "random", "urandom"):
        (new / name).touch()
        must("mount", "--bind", f"/dev/{name}", str(new / name))
    must("mount", "--rbind", str(new), "/dev")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind("/dev/log")
    os.chmod("/dev/log", 0o666)

    def write():
        with open(log, "ab", buffering=0) as out:
            while True:
                text = sock.recv(65536).split(b">", 1)[1].rstrip(b"\0\n")
                out.write(text[:16] + b"mx1 " + text[16:] + b"\n")

    threading.Thread(target=write, daemon=True).start()


# --- the servers ---

def postfix(room, log, more=""):
    etc, spool = room / "postfix", room / "spool"
    etc.mkdir()
    spool.mkdir()
    for name, owner, mode in [
            *((name, "postfix", 0o700) for name in
              "active bounce corrupt defer deferred flush hold incoming private saved trace"
              .split()), ("maildrop", "postfix", 0o730), ("public", "postfix", 0o710),
            ("pid", "root", 0o755), ("../data", "postfix", 0o700)]:
        (spool / name).mkdir()
        shutil.chown(spool / name, owner, "postdrop" if mode in (0o730, 0o710) else "root")
        (spool / name).chmod(mode)
    transports = " ".join(f"{{ {domain} = out{which}:[{name}] }}"
                          for domain, (name, _address, which) in RECEIVERS.items())
    (etc / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {spool}
data_directory = {room}/data
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {log}
maillog_file_prefixes = {log.parent}
myhostname = mx1.inside.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
smtp_host_lookup = native
transport_maps = inline:{{ {transports} {{ inside.example = discard: }} }}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{passwords()}
default_destination_concurrency_failed_cohort_limit = 0
default_destination_concurrency_negative_feedback = 0
minimal_backoff_time = 1h
smtpd_peername_lookup = no
header_checks = regexp:{etc}/header_checks
{more}
""", encoding="ascii")
    (etc / "header_checks").write_text("/^Subject:/ WARN\n", encoding="ascii")
    (etc / "master.cf").write_text(f"""
127.0.0.1:{PORT} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
out0 unix - - n - - smtp -o smtp_bind_address={SENDING[0]} -o syslog_name=postfix-out0
out1 unix - - n - - smtp -o smtp_bind_address={SENDING[1]} -o syslog_name=postfix-out1
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
""", encoding="ascii")
    return subprocess.Popen(["/usr/lib/postfix/sbin/master", "-d", "-c", str(etc)])


def postfix_before_3_5(room, log):
    return postfix(room, log, "info_log_address_format = internal")


def exim(room, log):
    routes = " ; ".join(f"{domain} {name} byname"
                        for domain, (name, _address, _which) in RECEIVERS.items())
    user = "Debian-exim"
    for name in ("spool", "log"):
        (room / name).mkdir()
        shutil.chown(room / name, user, user)
    pathlib.Path("/etc/exim4").mkdir(exist_ok=True)
    interfaces = "".join("${if eq{$domain}{" + domain + "}{" + SENDING[which] + "}}"
                         for domain, (_name, _address, which) in RECEIVERS.items())
    pathlib.Path("/etc/exim4/exim4.conf").write_text(f"""
primary_hostname = mx1.inside.example
spool_directory = {room}/spool
log_file_path = {room}/log/%slog
log_selector = +all
tls_advertise_hosts =
local_interfaces = 127.0.0.1
daemon_smtp_ports = {PORT}
acl_smtp_rcpt = accept
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max = 200
smtp_accept_queue_per_connection = 0
queue_run_max = 1
keep_environment =
begin acl
accept:
  accept
begin routers
back:
  driver = redirect
  domains = inside.example
  data = :blackhole:
  allow_fail
out:
  driver = manualroute
  route_list = {routes}
  self = send
  transport = remote_smtp
begin transports
remote_smtp:
  driver = smtp
  interface = {interfaces}
  hosts_avoid_tls = *
  max_rcpt = 1
begin retry
* * F,1h,1h
begin authenticators
plain_server:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = yes
  server_set_id = $auth2
  server_advertise_condition = yes
""", encoding="ascii")
    child = subprocess.Popen(["/usr/sbin/exim4", "-bdf", "-q1h"])
    os.symlink(room / "log/mainlog", log)
    return child


def opensmtpd(room, log):
    del room
    syslog(log)
    for folder, owner, mode in [("/var/lib/opensmtpd/empty", "root", 0o755),
                                ("/var/spool/smtpd", "root", 0o711)]:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        shutil.chown(folder, owner, "root")
        os.chmod(folder, mode)
    rules = "".join(
        f'action "{name}" relay host smtp://{name} src {SENDING[which]}\n'
        f'match from any for domain "{domain}" action "{name}"\n'
        for domain, (name, _address, which) in RECEIVERS.items())
    pathlib.Path("/etc/smtpd.conf").write_text(
        f"listen on 127.0.0.1 port {PORT}\n{rules}", encoding="ascii")
    os.chmod("/etc/smtpd.conf", 0o600)
    return subprocess.Popen(["/usr/sbin/smtpd", "-F"])


SERVERS = {"postfix": postfix, "postfix-before-3.5": postfix_before_3_5, "exim": exim, "opensmtpd": opensmtpd}


# --- the client ---

def until(condition, what):
    end = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"no {what} within {LIMIT_S} s")
        time.sleep(0.02)


def is_listening():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def send(messages, with_login):
    for account, recipients in messages:
        with smtplib.SMTP("127.0.0.1", PORT, local_hostname="client.example") as client:
            client.ehlo()
            if with_login:
                client.login(account, "x")
            refused = client.sendmail(account, recipients, "Subject: a\r\n\r\nb\r\n")
            assert not refused, refused


def mta_of(kind):
    return kind.split("-")[0]


def forge(with_login):
    """(account, recipient) of the mails that were taken; OpenSMTPD takes none of these."""
    taken = []
    for number, text in enumerate(FORGED):
        for word in ("fine", "unknown"):
            recipient = f'"{word}.{number}.forged{text}"@example.org'
            with smtplib.SMTP("127.0.0.1", PORT, local_hostname="client.example") as client:
                if client.ehlo(text)[0] != 250:
                    client.ehlo()
                account = f'"{text}"@inside.example'
                if with_login:
                    client.login(ACCOUNTS[0], "x")
                if (client.docmd(f"MAIL FROM:<{account}>")[0] != 250 or
                        client.docmd(f"RCPT TO:<{recipient}>")[0] != 250):
                    continue
                done = client.data(f"Subject: {text}\r\nMessage-ID: <{text}@x>\r\n\r\nb\r\n")
                assert done[0] == 250, done
                taken.append((account, recipient))
    return taken


def main(kind, root, folder):
    log = pathlib.Path(folder) / "mail.log"
    room = furnish(root)
    os.chmod(room, 0o755)
    seen = []
    for domain, (name, address, _which) in RECEIVERS.items():
        if domain != CLOSED:
            Listener(name, address, seen)
    child = SERVERS[kind](room, log)
    threading.excepthook = lambda _arguments: None  # clients that hang up
    until(lambda: is_listening() or child.poll() is not None, "server")
    if child.poll() is not None:
        sys.exit(f"{kind} ended with {child.returncode}")
    # Exim starts a process for each step, OpenSMTPD pauses between connections to one host.
    messages = plan({"postfix": 24, "postfix-before-3.5": 1}.get(kind, 8))
    send(messages, kind != "opensmtpd")
    wanted = [(account, recipient) for account, recipients in messages for recipient in recipients]
    forged = forge(kind != "opensmtpd")
    assert forged or kind == "opensmtpd"
    told = [recipient for _account, recipient in wanted]
    told += [recipient[1:].split("forged")[0] + "forged" for _account, recipient in forged]
    for account, recipient in wanted:
        domain = recipient.split("@")[1]
        if domain in (CLOSED, RUDE):
            seen.append((account, recipient,
                         "deferred" if domain == CLOSED else AFTER_GREETING[mta_of(kind)]))

    def has_all():
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        ends = "\n".join(line for line in lines if re.search(TELLS_END[mta_of(kind)], line))
        return len(seen) >= len(told) and all(recipient in ends for recipient in told)

    until(has_all, "end of the mail")
    if log.is_symlink():
        content = log.read_bytes()
        log.unlink()
        log.write_bytes(content)
    done = [(account if account in ACCOUNTS else ACCOUNTS[0], *what) for account, *what in seen]
    (pathlib.Path(folder) / "seen.json").write_text(json.dumps(done), encoding="ascii")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, smtplib.SMTPException, AssertionError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
