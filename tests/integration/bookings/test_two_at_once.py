"""Two people, or two tabs, at the same moment: on PostgreSQL, with a connection each."""

import subprocess
import sys
import threading
import time as clock
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from bookings import drafts, limits
from bookings.actions import cancel_session, hold_times
from bookings.arrivals import arrive_appointments
from bookings.models import Appointment, Draft, LookUpAttempts
from clinics.models import ClinicSession, Place
from clinics.places import Need
from immunisations.models import Person, Visit
from tests.support.factories import NOW, book, make_session, make_user
from tests.support.processes import environment

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PAUSE = 0.4


def at_once(*jobs: Callable[[], object]) -> list[str]:
    """Run each job in a thread with a connection of its own; return the kinds of the errors they ended with."""
    errors: list[str] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except Exception as error:
            errors.append(f"{type(error).__name__}: {getattr(error, 'code', '')}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def homeless() -> int:
    """How many booked appointments have no place."""
    held = Place.objects.filter(reservation__isnull=False).values("reservation")
    return Appointment.objects.filter(state="booked").exclude(reservation__in=held).count()


def kept() -> tuple[ClinicSession, Draft]:
    session = make_session(periods=[(time(10), time(10, 30), 1)])
    draft = drafts.start(secret="x", session=session, at=NOW)
    hold_times(draft=draft, session=session, needs=[Need()], starts_at=TEN, at=NOW)
    return session, draft


def booking_slowly(session: ClinicSession, draft: Draft, under_way: threading.Event) -> Callable[[], None]:
    def work() -> None:
        with transaction.atomic():
            book(session, starts_at=TEN, draft=Draft.objects.get(pk=draft.pk), submission_id=draft.public_id)
            under_way.set()
            clock.sleep(PAUSE)

    return work


def test_another_tab_that_asks_for_the_time_being_booked_is_refused() -> None:
    session, draft = kept()
    other_tab, under_way = Draft.objects.get(pk=draft.pk), threading.Event()

    def ask() -> None:
        under_way.wait(60)
        hold_times(draft=other_tab, session=session, needs=[Need()], starts_at=TEN, at=NOW)

    assert at_once(booking_slowly(session, draft, under_way), ask) == ["BookingRefused: already_booked"]
    assert homeless() == 0


def test_people_who_take_any_time_at_the_same_moment_are_all_seated_while_places_are_free() -> None:
    session = make_session(periods=[(time(10), time(11), 1)])
    go = threading.Barrier(6)

    def any_time() -> None:
        go.wait(60)
        with transaction.atomic():
            book(session, starts_at=None)
            clock.sleep(0.05)

    assert at_once(*[any_time] * 6) == []
    assert Appointment.objects.filter(state="booked").count() == 6 and homeless() == 0


def test_answers_cleared_while_they_are_booked_leave_the_booking_whole() -> None:
    session, draft = kept()
    under_way = threading.Event()

    def clear() -> None:
        under_way.wait(60)
        drafts.clear(secret="x")

    assert at_once(booking_slowly(session, draft, under_way), clear) == []
    assert Appointment.objects.filter(state="booked").count() == 1
    assert homeless() == 0


FORGET = """
import sys
from datetime import datetime
import django
django.setup()
from bookings.drafts import forget_expired
print("ready", flush=True)
sys.stdin.readline()
print(forget_expired(at=datetime.fromisoformat(sys.argv[1])))
"""


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        (waiting,) = cursor.fetchone()
    return bool(waiting)


def test_unfinished_bookings_are_forgotten_beside_those_who_book_the_same_places() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    later = NOW + timedelta(days=2)
    # What was begun first keeps the second place: forgotten one by one, the places would be locked in that order.
    for secret, minutes in (("first", 10), ("second", 0)):
        starts_at = TEN + timedelta(minutes=minutes)
        draft = drafts.start(secret=secret, session=session, at=NOW + timedelta(minutes=10 - minutes))
        hold_times(draft=draft, session=session, needs=[Need()], starts_at=starts_at, at=NOW)
    with subprocess.Popen(
        [sys.executable, "-c", FORGET, later.isoformat()],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdin is not None and worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        with transaction.atomic():
            book(session, starts_at=TEN, at=later)
            worker.stdin.write("go\n")
            worker.stdin.flush()
            for _try in range(500):
                if waits_for_a_lock():
                    break
                clock.sleep(0.02)
            else:
                pytest.fail("the worker has not come to the place that is being booked")
            book(session, starts_at=TEN + timedelta(minutes=10), at=later)
        out, _nothing = worker.communicate(timeout=60)
        assert (worker.returncode, out) == (0, "2\n")
    assert Appointment.objects.filter(state="booked").count() == 2 and homeless() == 0
    assert not Draft.objects.exists()


def test_a_clinic_cancelled_while_somebody_arrives_waits_for_them_and_nobody_fails() -> None:
    session = make_session()
    nurse = make_user(session.team)
    appointments = [book(session).booking.appointments.get() for _ in range(6)]
    morning = datetime(2026, 11, 21, 9, 55, tzinfo=UTC)
    go = threading.Barrier(2)

    def arrive() -> None:
        go.wait(60)
        for appointment in appointments:
            arrive_appointments(
                session=ClinicSession.objects.select_related("team").get(pk=session.pk),
                appointments=[appointment],
                by=nurse,
                at=morning,
                chosen={appointment.pk: None},
            )

    def cancel() -> None:
        go.wait(60)
        clock.sleep(0.02)
        cancel_session(session=session, reason="Snow", by=None, source="test", at=morning)

    errors = at_once(arrive, cancel)
    assert not [error for error in errors if "OperationalError" in error]
    arrived = Appointment.objects.filter(visit__isnull=False)
    assert not arrived.filter(state="cancelled").exists()
    assert arrived.count() + Appointment.objects.filter(state="cancelled").count() == 6


def test_tries_made_at_the_same_moment_are_all_counted() -> None:
    go = threading.Barrier(12)

    def guess() -> None:
        go.wait(60)
        limits.begin_try(address="192.0.2.1", reference="K7M4XT2PQR", at=NOW)

    assert at_once(*[guess] * 12) == []
    assert list(LookUpAttempts.objects.values_list("count", flat=True)) == [12, 12]


@pytest.mark.parametrize("nhs_number", ["", "999 000 0018"])
def test_a_walk_in_sent_twice_at_the_same_moment_is_one_person(time_machine: Any, nhs_number: str) -> None:
    time_machine.move_to(TEN, tick=False)
    session = make_session()
    desk = make_user(session.team, Role.DESK)
    address = reverse("walk-in", args=[session.public_id])
    typed = {
        "first_name": "Jan",
        "last_name": "Kowalski",
        "date_of_birth_day": "1",
        "date_of_birth_month": "2",
        "date_of_birth_year": "1990",
        "nhs_number": nhs_number,
        "once": str(uuid.uuid4()),
    }
    answers: list[HttpResponse] = []

    def press(client: Client) -> None:
        answers.append(client.post(address, typed))

    first, second = Client(), Client()
    for client in (first, second):
        client.force_login(desk)
    with transaction.atomic():
        press(first)
        late = threading.Thread(target=lambda: at_once(lambda: press(second)))
        late.start()
        late.join(PAUSE)
        assert late.is_alive()
    late.join(10)
    assert [answer.status_code for answer in answers] == [302, 302] and answers[0]["Location"] == answers[1]["Location"]
    assert (Person.objects.count(), Visit.objects.count()) == (1, 1)
