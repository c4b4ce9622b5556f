"""How fast everybody's statuses are worked out anew, and people are chosen by them.

``python -m tests.bench.statuses fill 50000`` and ``... choose`` are this bench's own helpers: they work in a process of
their own on the database of ``DATABASE_URL``.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter
from typing import Any

import psycopg

from tests.bench.report import Line, at_most

ROOT = Path(__file__).resolve().parent.parent.parent
PROCESSES = 2
A_MILLION = 1_000_000
MINUTES = 15
TIMES_BY_KEY = 3
ROUNDS = 11
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """A run of the command: seconds by the clock, and of processor time in its processes and in the database."""

    seconds: float
    app: float
    database: float
    megabytes: int
    said: str

    @property
    def processor(self) -> float:
        return self.app + self.database


def statuses(url: str, people: int) -> Iterator[Line]:
    """Fill a database beside the one at ``url`` with so many people and their records, and measure on it."""
    base, _slash, _name = url.rpartition("/")
    with closing(psycopg.connect(f"{base}/postgres", autocommit=True)) as database:
        database.execute('DROP DATABASE IF EXISTS "records"')
        database.execute('CREATE DATABASE "records"')
    records = f"{base}/records"
    _own("fill", str(people), url=records)
    first = _rebuild(records)
    with closing(psycopg.connect(records, autocommit=True)) as database:
        (count,) = database.execute("SELECT count(*) FROM immunisations_doseseen").fetchone() or (0,)
        database.execute("VACUUM ANALYZE")
    again = _rebuild(records, "--check")
    if "\n0 differences in" not in f"\n{again.said}":
        raise AssertionError(f"a rebuild left differences:\n{again.said}")
    yield _line(f"Working out every status, {people:,} people with {count:,} doses seen", first, people)
    yield _line("Comparing every status, nothing to put right", again, people)
    chosen: dict[str, Any] = json.loads(_own("choose", url=records))
    times = median(mine / plain for mine, plain in zip(chosen["count"], chosen["by_key"], strict=True))
    yield at_most(
        f"People aged 6 to 11 with fewer than two measles doses, of {people:,}",
        f"{chosen['people']:,} counted in {min(chosen['count']):.1f} ms, their keys in {min(chosen['keys']):.1f} ms; "
        f"{times:.1f} times counting as many by their keys",
        times,
        TIMES_BY_KEY,
        f"at most {TIMES_BY_KEY} times",
    )


def _line(name: str, run: Run, people: int) -> Line:
    million = run.processor / people * A_MILLION / PROCESSES / 60
    return at_most(
        name,
        f"{people / run.seconds:,.0f} people a second with {PROCESSES} processes, "
        f"{1000 * run.processor / people:.2f} ms of processor time each (app {1000 * run.app / people:.2f}, "
        f"database {1000 * run.database / people:.2f}), "
        f"{run.megabytes} MB at most; a million take two free cores {million:.1f} minutes",
        million,
        MINUTES,
        f"at most {MINUTES} minutes",
    )


def _own(*arguments: str, url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.statuses", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _rebuild(url: str, *arguments: str) -> Run:
    server = _postmaster(url)
    began, app, database = monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN), _with_children(server)
    done = subprocess.run(
        [sys.executable, "manage.py", "rebuild_status", f"--processes={PROCESSES}", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, after = monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - app.ru_utime - app.ru_stime
    # The last line of figures, not the progress before it.
    said = "\n".join(line for line in done.stdout.splitlines() if "%:" not in line)
    return Run(seconds, spent, _with_children(server) - database, after.ru_maxrss // 1024, said)


def _postmaster(url: str) -> int:
    """Return the process whose children are the database's backends."""
    with closing(psycopg.connect(url)) as database:
        return int(_stat(database.info.backend_pid)[1])


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _with_children(process: int) -> float:
    """Return the seconds of processor time of a process and its children, those that have ended included."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = _stat(int(entry.name))
            except OSError:
                continue
            if int(entry.name) == process:
                ticks += sum(int(each) for each in stat[11:15])
            elif int(stat[1]) == process:
                ticks += sum(int(each) for each in stat[11:13])
    return ticks / CLOCK_TICKS


def _fill(people: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from tests.bench.records import make_people
    from tests.support.factories import DAY
    from tests.support.records import make_room

    call_command("migrate", verbosity=0)
    room = make_room()
    given = room.give(room.ready())
    connection.close()
    make_people(os.environ["DATABASE_URL"], people=people, room=room, given=given, today=DAY)


def _choose() -> dict[str, Any]:
    from datetime import date

    from accounts.models import Team
    from immunisations.models import Person, SeriesStatus

    chosen = SeriesStatus.objects.fewer_than(
        team=Team.objects.get(), series="MEASLES", doses=2, born_from=date(2014, 11, 22), born_to=date(2020, 11, 21)
    )
    people = chosen.count()
    last = Person.objects.order_by("pk").values_list("pk", flat=True)[max(people - 1, 0)]
    as_many = Person.objects.filter(pk__lte=last)
    found: dict[str, Any] = {"people": people, "count": [], "keys": [], "by_key": []}
    for _round in range(ROUNDS):
        for name, work in (
            ("count", chosen.count),
            ("by_key", as_many.count),
            ("keys", lambda: sum(1 for _person in chosen.people())),
        ):
            began = perf_counter()
            work()
            found[name].append(1000 * (perf_counter() - began))
    return found


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.base"
    import django

    django.setup()
    from django.db import connection

    if sys.argv[1] == "fill":
        _fill(int(sys.argv[2]))
    else:
        print(json.dumps(_choose()))
    connection.close()
    connection.close_pool()


if __name__ == "__main__":
    main()
