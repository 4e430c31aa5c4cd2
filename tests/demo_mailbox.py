#!/usr/bin/env python3
"""The mail server of the demo, on loopback: demo_mailbox.py serve FOLDER takes letters at a free
port, which it writes to FOLDER/port, and keeps each as a file; demo_mailbox.py read FOLDER shows,
as a mail program would, those that were not shown before.
"""

import email
import email.policy
import pathlib
import socketserver
import sys
import threading


class Session(socketserver.StreamRequestHandler):
    """One delivery by SMTP (RFC 5321); whatever is offered is taken."""

    def reply(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.reply("220 mx.demo.test ESMTP")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.reply("354 go on")
                self.server.keep(self.letter())
                self.reply("250 2.0.0 taken")
            elif word == b"QUIT":
                self.reply("221 2.0.0 bye")
                return
            else:
                self.reply("250 ok")

    def letter(self):
        lines = []
        for line in self.rfile:
            if line.rstrip(b"\r\n") == b".":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


class Mailbox(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Session)
        self.folder, self.count, self.lock = pathlib.Path(folder), 0, threading.Lock()
        part = self.folder / "port.new"
        part.write_text(f"{self.server_address[1]}\n")
        part.rename(self.folder / "port")

    def keep(self, letter):
        with self.lock:
            self.count += 1
            (self.folder / f"{self.count:04}.eml").write_bytes(letter)


def show(path):
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    print(f"\n--- a mail to {letter['To']} ".ljust(78, "-"))
    print(f"Subject: {letter['Subject']}\n\n{letter.get_body(('plain',)).get_content()}", end="")


def read(folder):
    shown = pathlib.Path(folder) / "shown"
    last = shown.read_text() if shown.exists() else ""
    letters = [each for each in sorted(pathlib.Path(folder).glob("*.eml")) if each.name > last]
    for path in letters:
        show(path)
    if letters:
        shown.write_text(letters[-1].name)


def main(word, folder):
    if word == "serve":
        Mailbox(folder).serve_forever()
    read(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
