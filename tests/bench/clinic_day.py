"""What a full clinic costs its staff's pages, against a small one: the list read, asked again, and a person's page."""

import random
from collections.abc import Callable, Iterator
from statistics import median
from time import process_time

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from bookings.queries import day_list
from clinics.models import ClinicSession
from clinics.times import london_day
from tests.bench.cpu import Meter, Spent
from tests.bench.report import Line, at_most
from tests.bench.size import Size
from tests.drills.clinic_days import fill, staff_member
from tests.drills.tablets import Tablet
from tests.support.factories import PASSWORD

GROWTH = 1.15


class Clinic:
    """A clinic with so many people and a tablet at it. ``unchanged`` and ``person`` are its staff's usual requests."""

    def __init__(self, people: int, address: str) -> None:
        self.session: ClinicSession = fill(people)
        self.tablet = Tablet(address, str(self.session.public_id), chance=random.Random(1))
        self.tablet.sign_in(staff_member(self.session, Role.VACCINATOR), PASSWORD)
        self.tablet.arrive_some()
        self.page = self.tablet.look()
        self.person_path = self.tablet.waiting(self.page)[0][0]

    def unchanged(self) -> None:
        """Ask whether the list has changed, which it has not."""
        url, tag = self.tablet.list_again(self.page)
        answer = self.tablet.ask(url, headers={"X-Background": "1", "If-None-Match": tag})
        assert answer.status == 304 and not answer.page, answer.status

    def person(self) -> None:
        """Open somebody's page."""
        assert self.tablet.ask(self.person_path).status == 200

    def read(self) -> int:
        """Read the list as its page does, long sections cut, without making the page; return how many queries."""
        now = timezone.now()
        with CaptureQueriesContext(connection) as queries:
            day_list(self.session, today=london_day(now), at=now, whole=())
        return len(queries)


def clinic_day(size: Size, address: str, meter: Meter) -> Iterator[Line]:
    """Compare a clinic of many people with one of few, on one database."""
    few, many = Clinic(size.day_few, address), Clinic(size.day_many, address)
    for name, few_asks, many_asks in (
        ("The day’s list, asked again and unchanged", few.unchanged, many.unchanged),
        ("A person’s page at a clinic", few.person, many.person),
    ):
        rounds = [
            (_spent(meter, few_asks, size.pages), _spent(meter, many_asks, size.pages))
            for _round in range(size.page_rounds + 1)
        ][1:]
        ratio = median(after.total / before.total for before, after in rounds)
        quick = [min(turns, key=lambda each: each.total) for turns in zip(*rounds, strict=True)]
        yield at_most(
            f"{name}, {size.day_few} and {size.day_many} people",
            f"{quick[0]} and {quick[1]}: {ratio:.2f} times",
            ratio,
            GROWTH,
            f"at most {GROWTH}",
        )
    queries = few.read(), many.read()
    turns = [[_seconds(clinic.read) for clinic in (few, many)] for _round in range(size.page_rounds * size.pages)]
    seconds = [min(turn) for turn in zip(*turns, strict=True)]
    yield at_most(
        f"The day’s list, read without its page, {size.day_few} and {size.day_many} people",
        f"{seconds[0] * 1000:.1f} and {seconds[1] * 1000:.1f} ms: {seconds[1] / seconds[0]:.2f} times",
        seconds[1] / seconds[0],
        GROWTH,
        f"at most {GROWTH}",
    )
    yield at_most(
        f"Queries that read the day’s list, {size.day_few} and {size.day_many} people",
        f"{queries[0]} and {queries[1]}",
        queries[1],
        queries[0],
        "as many queries",
    )
    for clinic in (few, many):
        clinic.tablet.close_connection()


def _spent(meter: Meter, ask: Callable[[], None], times: int) -> Spent:
    meter.start()
    for _time in range(times):
        ask()
    return meter.spent() / times


def _seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began
