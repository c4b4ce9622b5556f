"""What the worker does besides sending: short pieces of work that come again, each known to the room that registers it.

A duty looks at how things stand and does what is to be done; it remembers nothing from one time to the next, and may
run in several workers at once.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

logger = logging.getLogger(__name__)

Duty = Callable[[datetime], None]


@dataclass
class _Registered:
    run: Duty
    every: timedelta


_duties: dict[str, _Registered] = {}


def register(name: str, run: Duty, *, every: timedelta) -> None:
    """Have the worker call ``run(at)`` about once in ``every``; ``name`` stands in the log where it fails.

    Called when the service starts. Raises ValueError where another function has the name.
    """
    if _duties.setdefault(name, _Registered(run, every)).run is not run:
        raise ValueError(f"{name} is a duty already")


class Rota:
    """Which duties one worker has done when. All of them are due when it begins."""

    def __init__(self) -> None:
        self._done: dict[str, float] = {}

    def do_due(self, at: datetime, *, away: tuple[type[Exception], ...] = ()) -> None:
        """Do what is due. What fails is logged and comes again; errors of the kinds ``away`` are the caller's."""
        for name, duty in _duties.items():
            now = time.monotonic()
            last = self._done.get(name)
            if last is not None and now - last < duty.every.total_seconds():
                continue
            self._done[name] = now
            try:
                duty.run(at)
            except away:
                raise
            except Exception as error:  # one room's fault must not stop the others' messages
                # Its own words could name somebody.
                logger.error("the duty %s failed (%s)", name, type(error).__name__)
