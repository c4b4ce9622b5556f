"""A messages provider for drills: one file shared by every worker, which counts each message it accepts.

Like a real provider it does not mind the same reference twice; only the workers' own care keeps a message from going
out twice. It answers slowly, is sometimes busy and sometimes loses the answer on the way back.
"""

import os
import random
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from messaging.channels import Accepted, Found, NeverSeen, OutcomeUnknown, Receipt, TryLater
from messaging.envelope import Envelope

LEDGER = "DRILL_LEDGER"
# How large a part of the messages meets a busy ledger, and how large a part a lost answer.
TROUBLE = "DRILL_TROUBLE"
# Slow enough on either side of accepting that most kills hit a worker in the middle of it.
SLOWEST_SECONDS = 0.05


class Ledger:
    """Appends one line to the file that DRILL_LEDGER names for each message it accepts."""

    name = "ledger"
    longest_send = timedelta(seconds=1)
    remembers_for = timedelta.max

    def __init__(self) -> None:
        self.path = Path(os.environ[LEDGER])
        self.trouble = float(os.environ[TROUBLE])
        self.random = random.Random()  # a worker that is forked from another must not repeat its luck

    def send(self, reference: UUID, envelope: Envelope, language: str) -> Receipt:
        time.sleep(self.random.uniform(0, SLOWEST_SECONDS))
        if self.random.random() < self.trouble:
            raise TryLater("The ledger is busy.")
        # One write to a file opened for appending happens whole or not at all, whoever is killed.
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{reference}\n".encode())
        finally:
            os.close(descriptor)
        time.sleep(self.random.uniform(0, SLOWEST_SECONDS))
        if self.random.random() < self.trouble:
            raise OutcomeUnknown
        return Receipt(str(reference))

    def look_up(self, reference: UUID) -> Found:
        return Accepted(Receipt(str(reference))) if str(reference) in accepted(self.path) else NeverSeen()


class ForgetfulLedger(Ledger):
    """The planted fault: it says of every message that it never saw it, so that a lost one is sent again unasked."""

    def look_up(self, reference: UUID) -> Found:
        return NeverSeen()


def accepted(path: Path) -> list[str]:
    """Return the references in the ledger, each as often as it was accepted."""
    return path.read_text().split() if path.exists() else []
