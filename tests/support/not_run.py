"""What a test run could not do on this machine, said in one line at its end.

A test that needs something the machine lacks calls ``leave_out``. With REQUIRE_ALL=1 that fails the run: nothing may be
left out unnoticed where a change is accepted.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

PREFIX = "NOT RUN: "
# Where the run writes its reasons, for whoever started it and says the last line (scripts/test.py).
NOTES_FILE = "NOT_RUN_FILE"


def leave_out(reason: str) -> NoReturn:
    """Skip the test because the machine lacks something; ``reason`` says what, and shows in the run's last line."""
    pytest.skip(PREFIX + reason)


def required() -> bool:
    """Whether leaving something out is a failure."""
    return os.environ.get("REQUIRE_ALL", "") not in {"", "0"}


def sentence(reasons: dict[str, int]) -> str:
    """Return the line for ``reasons``, each with the number of tests that it kept from running (0: a whole run)."""
    if not reasons:
        return PREFIX + "nothing was left out."
    parts = [f"{reason} ({count} tests)" if count else reason for reason, count in sorted(reasons.items())]
    return PREFIX + "; ".join(parts) + "."


class Notes:
    """Pytest plugin: collects the reasons of tests that were left out and says them after the run."""

    def __init__(self) -> None:
        self.reasons: dict[str, int] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            if reason.startswith(PREFIX):
                reason = reason.removeprefix(PREFIX)
                self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.reasons and required() and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
        result = yield
        if self.reasons:
            terminalreporter.write_line(sentence(self.reasons), yellow=True)
        if path := os.environ.get(NOTES_FILE):
            lines = [f"{count}\t{reason}\n" for reason, count in self.reasons.items()]
            Path(path).write_text("".join(lines))
        return result
