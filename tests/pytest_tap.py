"""Runs pytest over a folder and prints its results as TAP, one line a test."""

import os
import sys

import pytest


class Tap:
    def __init__(self, out):
        self.out = out
        self.count = 0

    def line(self, is_ok, name, reason=""):
        self.count += 1
        word = "ok" if is_ok else "not ok"
        print(f"{word} {self.count} - {name.replace('#', ' ')}{reason}", file=self.out, flush=True)

    def diagnose(self, text):
        for line in text.splitlines():
            print(f"# {line}", file=self.out, flush=True)

    def pytest_runtest_logreport(self, report):
        """A test passes in its call; before and behind it only trouble is worth a line."""
        path, _, case = report.nodeid.partition("::")
        name = f"{path.split('/')[-1]}::{case}"
        if report.skipped:
            text = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
            self.line(True, name, f" # SKIP {text.removeprefix('Skipped: ')}")
        elif report.failed:
            where = "" if report.when == "call" else f" ({report.when})"
            self.line(False, name + where)
            self.diagnose(report.longreprtext)
            for title, text in report.sections:
                self.diagnose(f"--- {title}")
                self.diagnose(text)
        elif report.when == "call":
            self.line(True, name)
            for title, figures in report.user_properties:
                self.diagnose(f"{title}: {figures}")

    def pytest_collectreport(self, report):
        if report.failed:
            self.line(False, f"{report.nodeid} can be read")
            self.diagnose(report.longreprtext)

    def pytest_internalerror(self, excrepr):
        print("Bail out! pytest failed", file=self.out)
        self.diagnose(str(excrepr))


def main():
    # pytest's own report goes nowhere; the results go to a copy of what was standard output.
    tap = Tap(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    arguments = ["-p", "no:cacheprovider", *sys.argv[1:]]
    status = pytest.main(arguments, plugins=[tap])
    print(f"1..{tap.count}", file=tap.out, flush=True)
    # Failed tests are told by their lines; what else went wrong is told by the status.
    return 0 if status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) else int(status)


if __name__ == "__main__":
    sys.exit(main())
