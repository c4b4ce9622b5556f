"""The public side is the same for a child nobody knows, one on record, one booked already, and one vaccinated.

Every form that takes a name, a date of birth or an NHS number is sent in each of four worlds that differ in nothing
else. Status, page and statements must be alike: what differs could be told apart, by reading or by the clock.
"""

from collections.abc import Callable
from datetime import date, time
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from clinics.models import ClinicSession
from immunisations.models import Person
from tests.integration.public.conftest import Visitor
from tests.support.alike import statement, without_tokens
from tests.support.factories import NOW, book, child, contact, make_batch, make_session, make_team, make_user
from tests.support.records import Room

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NHS_NUMBER = "9990000018"
BORN = date(2023, 3, 27)


class Answer(NamedTuple):
    """What somebody outside can see or measure of one answer."""

    asked: str
    status: int
    page: str
    statements: tuple[str, ...]


class Watched(Client):
    """A browser of which every answer is written down."""

    def __init__(self, written: list[Answer]) -> None:
        super().__init__()
        self.written = written

    def request(self, **request: Any) -> Any:
        """Send one request; redirects that are followed are requests of their own."""
        with CaptureQueriesContext(connection) as queries:
            answer = super().request(**request)
        asked = without_tokens(f"{request.get('REQUEST_METHOD', 'GET')} {request['PATH_INFO']}")
        page = without_tokens(answer.content.decode() + answer.headers.get("Location", ""))
        statements = tuple(statement(each["sql"]) for each in queries)
        self.written.append(Answer(asked, answer.status_code, page, statements))
        return answer


class Parent(Visitor):
    """Knows the child's NHS number and says where they live."""

    def __init__(self, written: list[Answer]) -> None:
        super().__init__()
        self.client = Watched(written)

    def answers(self, path: str = "", **data: Any) -> "Parent":
        """Send what is asked for; where nothing was known, what is known of the child."""
        if data == {"known": "no"}:
            data = {"known": "yes", "nhs_number": NHS_NUMBER}
        super().answers(path, **data)
        return self


def everything_that_takes_a_child(session: ClinicSession, drop_in: ClinicSession, reference: str) -> list[Answer]:
    """Book the child, look it up, add it to a booking, ask what it needs, queue with it; return what was answered."""
    written: list[Answer] = []
    parent = Parent(written)
    parent.to_the_check("Amina", slug=session.slug)
    assert parent.heading == "Check your answers before you book"
    parent.answers()
    assert parent.heading.startswith("Appointment booked")
    parent.goes("/booking/appointments/").goes("/booking/card/").goes("/booking/health/")
    birth = {"date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "2023"}
    stranger = Parent(written)
    stranger.answers("/booking/", reference="2222222222", **birth)
    stranger.answers("/booking/", reference=reference, **birth)
    assert "We cannot find a booking with this reference" in stranger.text
    stranger.goes("/what-is-needed/").answers("/what-is-needed/", **birth, lines="4")
    assert stranger.page.status_code == 200
    sibling = Parent(written)
    sibling.answers("/booking/", reference=reference, **{**birth, "date_of_birth_year": "2020"})
    sibling.answers("/booking/add/").answers(first_name="Amina", last_name="Khan").answers(**birth)
    sibling.answers(needs="none")
    sibling.answers(starts_at=sibling.times[0]).answers()
    assert "Amina has an appointment" in sibling.text
    queue = Parent(written)
    queue.goes(reverse("drop-in-ticket-take", args=[drop_in.slug]))
    once = queue.page.context["once"]
    names = {"first_name_1": "Amina", "last_name_1": "Khan"}
    births = {f"date_of_birth_1_{part}": birth[f"date_of_birth_{part}"] for part in ("day", "month", "year")}
    queue.answers(queue.path, once=once, people="1", do="take", **names, **births)
    assert queue.page.status_code == 200
    return written


def test_a_child_unknown_known_booked_or_vaccinated_gets_the_same_pages_by_the_same_work():
    team = make_team()
    nurse = make_user(team, Role.VACCINATOR)
    session = make_session(team, name="Evesham clinic", slug="evesham")
    elsewhere = make_session(team, name="Malvern clinic", slug="malvern", date=date(2026, 11, 28))
    # Where the child is vaccinated: no public page reads any of its visits.
    another = make_session(team, name="Pershore clinic", slug="pershore")
    drop_in = make_session(
        team, name="Drop-in", slug="drop-in", date=NOW.date(), drop_in_from=time(8), drop_in_until=time(16)
    )
    batches = [make_batch(team, product) for product in ("priorix", "priorix-tetra", "infanrix-hexa")]
    other = book(session, child("Zed", "Other", date(2020, 3, 27)), starts_at=None).booking.reference
    room = Room(team, another, nurse, nurse, *batches)

    def known() -> Person:
        return room.person(nhs_number=NHS_NUMBER, postcode="WR11 4RW")

    def vaccinated() -> None:
        visit = room.ready(known())
        room.give(visit)

    def booked() -> None:
        of_another = contact(name="Omar Khan", phone="+447700900111", email="omar@example.com")
        book(elsewhere, child("Amina", "Khan", BORN, nhs_number=NHS_NUMBER), contact=of_another)

    worlds: dict[str, Callable[[], object]] = {
        "warm": lambda: None,
        "unknown": lambda: None,
        "known": known,
        "booked": booked,
        "vaccinated": vaccinated,
    }
    seen: dict[str, list[Answer]] = {}
    for name, begins in worlds.items():
        with transaction.atomic():
            begins()
            seen[name] = everything_that_takes_a_child(session, drop_in, other)
            transaction.set_rollback(True)
    assert len(seen["unknown"]) > 50
    for name in ("known", "booked", "vaccinated"):
        for of_unknown, answer in zip(seen["unknown"], seen[name], strict=True):
            assert answer.asked == of_unknown.asked
            assert (answer.status, answer.page) == (of_unknown.status, of_unknown.page), f"{name}: {answer.asked}"
            assert answer.statements == of_unknown.statements, f"{name}: {answer.asked}"
