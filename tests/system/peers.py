"""Whom messages are sent to, on loopback: a web server that answers as it is told, mail servers."""

import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import threading

import bed as beds


def answers(port, host="127.0.0.1"):
    try:
        with socket.create_connection((host, port), timeout=0.3):
            return True
    except OSError:
        return False


def make_certificate(folder, name, host="127.0.0.1", days=2, authority=None, common=None):
    """NAME.key and NAME.pem, signed by itself or by AUTHORITY's; COMMON is its common name."""
    folder = pathlib.Path(folder)
    kind = "DNS" if host[0].isalpha() else "IP"
    (folder / f"{name}.ext").write_text(
        f"subjectAltName={kind}:{host}\nbasicConstraints=CA:{'FALSE' if authority else 'TRUE'}\n")

    def openssl(*words):
        subprocess.run([beds.need("openssl"), *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.csr", "-subj", f"/CN={common or host}")
    signer = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial"] \
        if authority else ["-signkey", f"{name}.key"]
    openssl("x509", "-req", "-in", f"{name}.csr", "-days", str(days), "-extfile", f"{name}.ext",
            "-out", f"{name}.pem", *signer)
    return folder / f"{name}.pem"


class Nginx(beds.Server):
    """`/code/NNN` answers so; `/slow` says 200 and then a byte a second; `/endless` has ten
    gigabytes; `/silent` says nothing. `tls`: of make_certificate."""

    def __init__(self, tls=None):
        super().__init__("nginx")
        self.port, back = beds.free_port(), beds.free_port()
        self.log = self.dir / "requests"
        with open(self.dir / "big", "wb") as big:
            big.truncate(10 << 30)
        self.write("small", "x" * 2000)
        codes = "".join(f"location = /code/{code} {{ return {code}{more}; }}\n" for code, more in [
            (200, " ok"), (204, ""), (302, " http://127.0.0.1/elsewhere"), (400, " no_text"),
            (401, " who"), (403, ""), (404, " no_channel"), (413, ""), (500, ""), (503, "")])
        listen = f"{self.port} ssl" if tls else str(self.port)
        pair = f"ssl_certificate {tls}; ssl_certificate_key {str(tls)[:-4]}.key;" if tls else ""
        user = "user daemon;" if os.geteuid() == 0 else ""
        self.write("conf", f"""
daemon off; {user} worker_processes 1; pid {self.dir}/pid; error_log {self.dir}/errors;
events {{ worker_connections 200; }}
http {{
    client_body_temp_path {self.dir}/b; proxy_temp_path {self.dir}/p; fastcgi_temp_path {self.dir}/f;
    uwsgi_temp_path {self.dir}/u; scgi_temp_path {self.dir}/s;
    log_format all escape=json '{{"path":"$uri","method":"$request_method","body":"$request_body",'
        '"key":"$http_idempotency_key","type":"$http_content_type","status":$status,'
        '"signature":"$http_x_repwatch_signature","token":"$http_x_chatworktoken",'
        '"user":"$remote_user","sent":$bytes_sent}}';
    access_log off; client_body_buffer_size 1m; root {self.dir};
    server {{
        listen 127.0.0.1:{listen}; {pair}
        access_log {self.log} all;
        location / {{ proxy_pass http://127.0.0.1:{back}; proxy_read_timeout 60s; }}
    }}
    server {{
        listen 127.0.0.1:{back};
        {codes}
        location = /code/429 {{ add_header Retry-After $arg_after always; return 429 slow; }}
        location = /echo {{ return 400 "no: $request_uri $http_authorization $http_x_chatworktoken"; }}
        location = /slow {{ error_page 405 =200 /small; limit_rate 1; return 405; }}
        location = /endless {{ error_page 405 =200 /big; return 405; }}
        location = /big {{ }}
        location = /small {{ limit_rate 1; }}
        location / {{ return 200; }}
    }}
}}
""")
        self.dir.chmod(0o777)
        self.start([beds.need("nginx"), "-c", str(self.dir / "conf"), "-e",
                    str(self.dir / "errors")], lambda: answers(self.port))

    def requests(self):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line.endswith("}")]


class SmtpSink(beds.Server):
    """Postfix's smtp-sink; messages it took are in files. `options` make it misbehave."""

    def __init__(self, *options):
        super().__init__("sink")
        self.port = beds.free_port()
        user = ["-u", "daemon"] if os.geteuid() == 0 else []
        self.dir.chmod(0o777)
        (self.dir / "mail").mkdir()
        (self.dir / "mail").chmod(0o777)
        self.start([beds.need("smtp-sink"), *user, "-d", str(self.dir / "mail") + "/", *options,
                    self.at, "50"], lambda: answers(self.port))

    def messages(self):
        return [path.read_text() for path in sorted((self.dir / "mail").iterdir())]


class Postfix(beds.Server):
    """A whole Postfix with a folder of its own: what it takes for example.jp stands in `mailbox`."""

    def __init__(self):
        super().__init__("postfix")
        self.port = beds.free_port()
        self.mailbox = self.dir / "mail" / "box"
        for name in ("queue", "data", "mail"):
            (self.dir / name).mkdir()
        shutil.chown(self.dir / "data", "postfix")
        shutil.chown(self.dir / "mail", "nobody")
        self.write("main.cf", f"""
compatibility_level = 3.6
queue_directory = {self.dir}/queue
data_directory = {self.dir}/data
maillog_file = {self.dir}/maillog
maillog_file_prefixes = {self.dir}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.jp
mydestination =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.jp
virtual_mailbox_base = {self.dir}/mail
virtual_mailbox_maps = inline:{{{{noc@example.jp = box}}}}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_relay_restrictions = reject_unauth_destination
default_transport = error:nobody
""")
        self.write("master.cf", f"""
127.0.0.1:{self.port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
""")
        self.start([beds.need("postfix"), "-c", str(self.dir), "start-fg"],
                   lambda: answers(self.port))

    def stop(self):
        """The master, which outlives the script that started it."""
        pid = self.dir / "queue" / "pid" / "master.pid"
        if pid.exists():
            master = int(pid.read_text())
            os.kill(master, signal.SIGTERM)
            beds.until(lambda: not pathlib.Path(f"/proc/{master}").exists(), "Postfix ends")
        super().stop()


class Breaker:
    """Takes connections and ends each with a reset: at once, or when it has read so many lines, or
    behind `says`. `tls`: of make_certificate, and then it ends behind the handshake."""

    def __init__(self, says=(), lines=0, tls=None):
        self.says, self.lines = list(says), lines
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(tls, str(tls)[:-4] + ".key")
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.at = f"127.0.0.1:{self.port}"
        self.met = 0
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            self.met += 1
            if self.context:
                peer = self.context.wrap_socket(peer, server_side=True,
                                                do_handshake_on_connect=False)
            try:
                self.talk(peer)
            except OSError:
                pass
            finally:
                # No FIN, but an RST.
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                peer.close()

    def talk(self, peer):
        peer.settimeout(20)
        if self.context:
            peer.do_handshake()
        for line in self.says:
            peer.sendall(line)
        got = b""
        while got.count(b"\n") < self.lines:
            more = peer.recv(4096)
            if not more:
                return
            got += more

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
