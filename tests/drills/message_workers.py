"""Keeps several message workers alive, kills them at random moments, and lets the last ones finish.

Run as a process of its own (``python -m tests.drills.message_workers``), so that nobody's database connection is
copied into a worker: Django is loaded once, then each worker is forked from here and runs the real command. Its
arguments come as one JSON object. The last line it prints is a JSON object: how many workers were killed, and the exit
codes of those that were asked to stop.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from typing import Any

import django

PAUSE_SECONDS = 0.02
# How long a drill may go on after the last kill before it is given up.
ROUNDS = 20


@dataclass(frozen=True)
class Orders:
    """What to run and how hard: see ``tests.drills.messages``."""

    workers: int
    kills: int
    lease: float
    mark_first: bool
    seed: int
    # How far apart the kills are, on average.
    every: float = 0.2


def register_purpose() -> None:
    """Answer for the drill's messages."""
    from messaging import registry
    from messaging.envelope import Envelope

    registry.register(
        "drill",
        lambda message, at: Envelope(
            to="07700 900123", subject="Drill", body=f"Message {message.subject_id}", channel=message.channel
        ),
    )


def plant_mark_first() -> None:
    """The planted fault: a message is written down as sent before it is handed over."""
    from messaging import actions
    from messaging.outcomes import Sent
    from messaging.sender import Sender

    faithful = Sender._hand_over

    def mark_first(self: Sender, message: Any, envelope: Any, taken: float) -> Any:
        actions.finish(claim=actions.Claim(message, None), outcome=Sent(), at=self.now())
        return faithful(self, message, envelope, taken)

    Sender._hand_over = mark_first  # type: ignore[method-assign]


def fork(orders: Orders, *, once: bool) -> int:
    """Start a worker and return its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        # Until the command listens for it, a request to stop ends the worker before it has begun.
        signal.signal(signal.SIGTERM, lambda signum, frame: os._exit(0))
        work(orders, once=once)
        code = 0
    except BaseException:  # a forked child must never run on into its parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def work(orders: Orders, *, once: bool) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from messaging.models import Message

    if once:
        # What a busy ledger put off is due now: a drill does not wait for the back-off.
        Message.objects.filter(state=Message.State.WAITING).update(due_at=timezone.now())
    call_command("send_messages", once=once, lease=orders.lease, pause=PAUSE_SECONDS)
    if once and Message.objects.filter(state__in=[Message.State.WAITING, Message.State.SENDING]).exists():
        os._exit(2)
    connection.close()


def end(child: int) -> int:
    """Wait for a worker and return its exit code, negative for the signal that ended it."""
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    orders = Orders(**json.loads(sys.argv[1]))
    django.setup()
    register_purpose()
    if orders.mark_first:
        plant_mark_first()
    luck = random.Random(orders.seed)
    children = [fork(orders, once=False) for _number in range(orders.workers)]
    for _kill in range(orders.kills):
        time.sleep(orders.every * luck.uniform(0.5, 1.5))
        victim = luck.randrange(len(children))
        os.kill(children[victim], signal.SIGKILL)
        end(children[victim])
        children[victim] = fork(orders, once=False)
    time.sleep(0.5)
    for child in children:
        os.kill(child, signal.SIGTERM)
    codes = [end(child) for child in children]
    for _round in range(ROUNDS):
        # What killed workers held is looked up once its lease has run out.
        time.sleep(orders.lease)
        if (last := end(fork(orders, once=True))) != 2:
            codes.append(last)
            break
    print(json.dumps({"killed": orders.kills, "codes": codes}))


def order(orders: Orders) -> list[str]:
    """Return the command line that carries out ``orders``."""
    return [sys.executable, "-m", "tests.drills.message_workers", json.dumps(asdict(orders))]


if __name__ == "__main__":
    main()
