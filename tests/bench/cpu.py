"""Processor time of other processes: the service's workers, and the database's backends that serve them.

Linux only: a process's clock is read by its number, as clock_getcpuclockid(3) says, to the nanosecond.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

PROC = Path("/proc")


@dataclass(frozen=True)
class Spent:
    """Milliseconds of processor time in the service and in the database."""

    app: float
    database: float

    @property
    def total(self) -> float:
        return self.app + self.database

    def __truediv__(self, count: int) -> "Spent":
        return Spent(self.app / count, self.database / count)

    def __str__(self) -> str:
        return f"{self.total:.1f} ms (app {self.app:.1f}, database {self.database:.1f})"


def processor_ms(process: int) -> float:
    """Return the processor time that a process has used so far; 0 for one that has ended."""
    try:
        # What clock_getcpuclockid makes of a process: its number inverted, and 2 for "as the scheduler counts".
        return time.clock_gettime((~process << 3) | 2) * 1000
    except OSError:
        return 0.0


def yardstick_ms() -> float:
    """Return the processor time that a fixed piece of Python work takes now: how slow this machine is at the moment."""
    began = time.process_time()
    counts: dict[str, int] = {}
    for number in range(20_000):
        key = f"key {number % 500}"
        counts[key] = counts.get(key, 0) + len([each for each in (key, number) if each])
    return (time.process_time() - began) * 1000


def workers_of(address: str) -> list[int]:
    """Return the processes of the server that was started with ``--bind`` on this address."""
    wanted = urlsplit(address).netloc.encode()
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if wanted in arguments:
                found.append(int(entry.name))
    return found


class Meter:
    """Reads what a running service and its database have spent since the last reading."""

    def __init__(self, address: str, database_url: str) -> None:
        self.workers = workers_of(address)
        self.database = psycopg.connect(database_url, autocommit=True)
        self.before: dict[int, float] = {}

    def _backends(self) -> Iterable[int]:
        rows = self.database.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' "
            "AND pid <> pg_backend_pid()"
        )
        return [row[0] for row in rows]

    def start(self) -> None:
        """Begin to count. Backends that appear later count from nothing."""
        self.before = {process: processor_ms(process) for process in [*self.workers, *self._backends()]}

    def spent(self) -> Spent:
        """Return what was spent since ``start``."""

        def since(processes: Iterable[int]) -> float:
            return sum(processor_ms(each) - self.before.get(each, 0.0) for each in processes)

        return Spent(since(self.workers), since(self._backends()))

    def close(self) -> None:
        """Give the connection back."""
        self.database.close()
