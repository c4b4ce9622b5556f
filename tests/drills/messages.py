"""The drill of the outbox: workers are killed again and again, and every message is accepted exactly once."""

import json
import subprocess
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Team
from messaging.models import Message
from messaging.queries import for_a_person
from tests.drills.ledger import LEDGER, TROUBLE, accepted
from tests.drills.message_workers import Orders, order
from tests.drills.notify import URL, unlucky_notify
from tests.support.processes import environment

FAITHFUL = "tests.drills.ledger.Ledger"
FORGETFUL = "tests.drills.ledger.ForgetfulLedger"
FILE = "file"
NOTIFY = "tests.drills.notify.Hurried"
NOTIFY_FORGETFUL = "tests.drills.notify.Forgetful"
# What ``run`` takes to plant each fault.
PLANTED_FAULTS: dict[str, dict[str, Any]] = {
    "without the look-up": {"channel": FORGETFUL},
    "marking before sending": {"mark_first": True},
}


@dataclass(frozen=True)
class Result:
    """What a drill found. ``twice``, ``missing`` and ``unknown`` are references; ``codes`` the workers' exit codes."""

    messages: int
    killed: int
    recovered: int
    twice: list[str]
    missing: list[str]
    # Those of which nobody knows, and that a person is told of.
    unknown: list[str]
    states: dict[str, int]
    codes: list[int]

    @property
    def exactly_once(self) -> bool:
        """Whether every message was accepted, none of them twice, and the outbox says so."""
        return not self.unknown and self.none_lost

    @property
    def none_lost(self) -> bool:
        """The same, but for those of which nobody could know, each of them listed for a person."""
        known = {"sent": self.messages - len(self.unknown), "unknown": len(self.unknown)}
        states = {state: count for state, count in known.items() if count}
        return not self.twice and not self.missing and self.states == states

    def __str__(self) -> str:
        return (
            f"{self.messages} messages, {self.killed} workers killed, {self.recovered} messages taken up again: "
            f"{len(self.twice)} accepted twice, {len(self.missing)} never, {len(self.unknown)} listed for a person; "
            f"{self.states}; exit codes {self.codes}"
        )


def owe(count: int, spread: timedelta) -> list[str]:
    """Fill the outbox of the running database with messages that come due ``spread`` apart; return the references."""
    now = timezone.now()
    team, _created = Team.objects.get_or_create(
        name="Drill team", defaults={"organisation": "Drill", "ods_code": "X99999"}
    )
    messages = Message.objects.bulk_create(
        Message(
            team=team,
            purpose="drill",
            channel=Message.Channel.TEXT,
            subject_id=uuid.uuid4(),
            due_at=now + spread * number,
            created_at=now,
        )
        for number in range(count)
    )
    return [str(message.public_id) for message in messages]


def run(
    folder: Path,
    *,
    messages: int = 300,
    kills: int = 24,
    workers: int = 3,
    lease: float = 3,
    channel: str = FAITHFUL,
    mark_first: bool = False,
    trouble: float = 0.03,
    silent: float = 0,
    every: float = 0.2,
    seed: int = 1,
) -> Result:
    """Run the drill on the running database; ``folder`` holds what was accepted.

    ``channel`` FORGETFUL and ``mark_first`` are the planted faults, which a drill worth its name must find. With FILE
    the workers use the service's own channel. ``trouble`` is the part of the messages that meets a busy ledger, and
    the part whose answer is lost; without any, only killed workers leave messages to be taken up again. With NOTIFY
    they go through Notify's own client to a stand-in; ``silent`` is the part of which it never tells what became of
    them. ``every`` is how many seconds lie between two kills.
    """
    # The file channel is so quick that only a full queue keeps its workers busy while they are killed.
    at_once = channel == FILE or channel in (NOTIFY, NOTIFY_FORGETFUL)
    owed = owe(messages, timedelta(0) if at_once else timedelta(milliseconds=10))
    ledger = folder / "ledger"
    orders = Orders(workers=workers, kills=kills, lease=lease, mark_first=mark_first, seed=seed, every=every)
    with unlucky_notify(trouble=trouble, silent=silent, seed=seed) as notify:
        drill = subprocess.run(
            order(orders),
            cwd=settings.BASE_DIR,
            env=environment(
                MESSAGE_CHANNEL=channel,
                VAR_DIR=str(folder),
                NO_PROXY="127.0.0.1",
                **{LEDGER: str(ledger), TROUBLE: str(trouble), URL: notify.url},
            ),
            capture_output=True,
            text=True,
            check=False,
        )
    assert drill.returncode == 0, drill.stderr[-5000:]
    told = json.loads(drill.stdout.splitlines()[-1])
    if channel == FILE:
        files = list((folder / "messages").glob("*.txt"))
        assert all(file.read_text().endswith("\n") and f"Reference: {file.stem}" in file.read_text() for file in files)
        counted = Counter(file.stem for file in files)
    elif channel in (NOTIFY, NOTIFY_FORGETFUL):
        counted = Counter(notify.references)
    else:
        counted = Counter(accepted(ledger))
    rows = Message.objects.filter(public_id__in=owed)
    listed = for_a_person(rows[0].team_id).filter(state=Message.State.UNKNOWN, public_id__in=owed)
    unknown = sorted(str(reference) for reference in listed.values_list("public_id", flat=True))
    return Result(
        messages=messages,
        killed=told["killed"],
        recovered=rows.filter(attempts__gt=1).count(),
        twice=sorted(reference for reference, count in counted.items() if count > 1),
        missing=sorted(set(owed) - set(counted) - set(unknown)),
        unknown=unknown,
        states=dict(Counter(rows.values_list("state", flat=True))),
        codes=told["codes"],
    )
