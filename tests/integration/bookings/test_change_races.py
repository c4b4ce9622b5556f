"""Changes of a booking and whatever else happens at the same moment: on PostgreSQL, with a connection each."""

import threading
import time as clock
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction

from bookings import changes
from bookings.actions import cancel_appointments, cancel_session, change_appointments, hold_times
from bookings.changes import NewTimes
from bookings.models import Appointment, Booking, Draft
from clinics.models import ClinicSession, Place, Reservation
from messaging.models import Message
from tests.integration.bookings.test_two_at_once import at_once, homeless
from tests.support.factories import NOW, book, child, make_session, make_team

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
MINUTES = timedelta(minutes=10)
PAUSE = 0.3


def moves(booking: Booking, session: ClinicSession, starts_at: datetime, draft: Draft | None = None) -> Booking:
    return change_appointments(
        booking=Booking.objects.get(pk=booking.pk),
        appointments=list(booking.appointments.all()),
        session=session,
        starts_at=starts_at,
        by=None,
        source="test",
        at=NOW,
        draft=Draft.objects.get(pk=draft.pk) if draft else None,
    )


def stands() -> None:
    """Every booked appointment has its own places, of its own clinic and time, and nothing else is taken."""
    assert homeless() == 0
    for each in Appointment.objects.filter(state="booked").select_related("reservation"):
        (place,) = Place.objects.filter(reservation=each.reservation)
        assert (place.session_id, place.starts_at) == (each.session_id, each.starts_at)
    booked = Appointment.objects.filter(state="booked").count()
    assert Place.objects.filter(reservation__isnull=False).count() == booked
    assert Reservation.objects.count() == booked


def test_families_who_move_to_the_same_last_places_at_once_get_them_once_and_the_others_keep_theirs() -> None:
    team = make_team()
    old = make_session(team, periods=[(time(10), time(11, 20), 1)])
    new = make_session(team, periods=[(time(10), time(10, 20), 1)])
    families = [book(old, child(), child("Bilal"), starts_at=TEN + number * 2 * MINUTES).booking for number in range(4)]
    go = threading.Barrier(4)

    def job(booking: Booking):
        def work() -> None:
            go.wait(60)
            moves(booking, new, TEN)

        return work

    errors = at_once(*[job(booking) for booking in families])
    assert errors == ["TimesTaken: times_taken"] * 3
    stands()
    moved = [booking for booking in families if booking.appointments.filter(session=new).count() == 2]
    assert len(moved) == 1
    for booking in families:
        assert set(booking.appointments.values_list("version", flat=True)) == ({2} if booking in moved else {1})
    assert set(Message.objects.filter(purpose="booking_changed").values_list("subject_id", flat=True)) == {
        moved[0].public_id
    }


def test_families_who_change_places_with_those_who_come_the_other_way_all_end_somewhere() -> None:
    team = make_team()
    here = make_session(team, periods=[(time(10), time(11), 1)])
    there = make_session(team, periods=[(time(10), time(11), 1)])
    going = [book(here, child(), starts_at=TEN + number * MINUTES).booking for number in range(3)]
    coming = [book(there, child(), starts_at=TEN + number * MINUTES).booking for number in range(3)]
    go = threading.Barrier(6)

    def job(booking: Booking, session: ClinicSession, number: int):
        def work() -> None:
            go.wait(60)
            moves(booking, session, TEN + (3 + number) * MINUTES)

        return work

    jobs = [job(each, there, number) for number, each in enumerate(going)]
    jobs += [job(each, here, number) for number, each in enumerate(coming)]
    assert at_once(*jobs) == []
    stands()
    assert Appointment.objects.filter(version=2).count() == 6


def test_a_button_pressed_twice_at_the_same_moment_makes_one_change() -> None:
    team = make_team()
    session = make_session(team, periods=[(time(10), time(11), 1)])
    booking = book(session, child(), starts_at=TEN).booking
    answers = NewTimes(appointments=[str(booking.appointments.get().public_id)])
    draft = changes.begin(booking=booking, purpose="change", answers=answers, session=session, at=NOW)
    needs = answers.needs(booking.appointments.all())
    hold_times(draft=draft, session=session, needs=needs, starts_at=TEN + 3 * MINUTES, at=NOW)
    go = threading.Barrier(2)

    def press() -> None:
        go.wait(60)
        moves(booking, session, TEN + 3 * MINUTES, draft)

    assert at_once(press, press) == []
    stands()
    assert booking.appointments.get().version == 2


@pytest.mark.parametrize("what", ["the appointment", "the old clinic", "the new clinic"])
def test_what_is_cancelled_while_it_is_moved_is_moved_or_cancelled_and_never_half(what: str) -> None:
    team = make_team()
    old = make_session(team, periods=[(time(10), time(11), 1)])
    new = make_session(team, periods=[(time(10), time(11), 1)])
    booking = book(old, child(), child("Bilal"), starts_at=TEN).booking
    under_way = threading.Event()

    def move_slowly() -> None:
        with transaction.atomic():
            moves(booking, new, TEN)
            under_way.set()
            clock.sleep(PAUSE)

    def cancel() -> None:
        under_way.wait(60)
        if what == "the appointment":
            cancel_appointments(
                booking=booking, appointments=list(booking.appointments.all()), by=None, source="test", at=NOW
            )
        else:
            session = old if what == "the old clinic" else new
            cancel_session(session=session, reason="no nurse", by=None, source="test", at=NOW)

    assert at_once(move_slowly, cancel) == []
    stands()
    states = set(booking.appointments.values_list("state", "session"))
    # Cancelling waited, and then found them where they had gone.
    assert states == {("booked" if what == "the old clinic" else "cancelled", new.pk)}


def kept(booking: Booking, session: ClinicSession, starts_at: datetime) -> Draft:
    """A change that keeps a time, with the family's own places counted as free for it."""
    moved = list(booking.appointments.order_by("position"))
    answers = NewTimes(appointments=[str(each.public_id) for each in moved])
    draft = changes.begin(booking=booking, purpose="change", answers=answers, session=session, at=NOW)
    own = [each.reservation_id for each in moved if each.reservation_id is not None]
    hold_times(draft=draft, session=session, needs=answers.needs(moved), starts_at=starts_at, at=NOW, own=own)
    return draft


@pytest.mark.parametrize("held", [False, True], ids=["without a hold", "with what each lacks kept"])
def test_families_in_a_row_who_all_move_onto_places_of_their_own_at_once_lose_and_double_none(held: bool) -> None:
    """Each wants to begin ten minutes later: on places of the next family, and the last one on a free one."""
    session = make_session(periods=[(time(10), time(11, 10), 1)])
    families = [
        book(session, child(), child("Bilal"), starts_at=TEN + number * 2 * MINUTES).booking for number in (0, 1, 2)
    ]
    # Of three in a row only the last can keep what it lacks; before it is gone, what the others lack is booked.
    drafts = [None, None, kept(families[2], session, TEN + 5 * MINUTES) if held else None]
    go = threading.Barrier(3)

    def job(number: int):
        def work() -> None:
            go.wait(60)
            moves(families[number], session, TEN + (2 * number + 1) * MINUTES, drafts[number])

        return work

    errors = at_once(*[job(number) for number in range(3)])
    assert set(errors) <= {"TimesTaken: times_taken"}
    stands()
    moved = [set(each.appointments.values_list("version", flat=True)) == {2} for each in families]
    assert moved[2] and moved.count(False) == len(errors)
    for number, (booking, went) in enumerate(zip(families, moved, strict=True)):
        first = TEN + (2 * number + went) * MINUTES
        starts = booking.appointments.order_by("position").values_list("starts_at", flat=True)
        assert list(starts) == [first, first + MINUTES]
    # Whoever moved made room for the one before, and for nobody else.
    assert moved in ([False, False, True], [False, True, True], [True, True, True])


def test_what_a_family_lacks_is_hers_or_another_familys_and_its_own_places_stay_its_own() -> None:
    session = make_session(periods=[(time(10), time(10, 30), 1)])
    family = book(session, child(), child("Bilal"), starts_at=TEN).booking
    go = threading.Barrier(4)

    def move() -> None:
        go.wait(60)
        moves(family, session, TEN + MINUTES)

    def come(starts_at: datetime):
        def work() -> None:
            go.wait(60)
            book(session, child("Other"), starts_at=starts_at)

        return work

    errors = at_once(move, *[come(TEN + number * MINUTES) for number in range(3)])
    assert set(errors) <= {"TimesTaken: times_taken"}
    stands()
    places = Place.objects.filter(session=session).exclude(reservation=None).count()
    assert places == Appointment.objects.count() and family.appointments.filter(state="booked").count() == 2
    first = family.appointments.get(position=1).starts_at
    assert family.appointments.get(position=2).starts_at == first + MINUTES


def test_a_child_cancelled_while_the_family_moves_onto_its_place_is_moved_or_cancelled_and_never_half() -> None:
    session = make_session(periods=[(time(10), time(11), 1)])
    family = book(session, child(), child("Bilal"), starts_at=TEN).booking
    draft = kept(family, session, TEN + MINUTES)
    under_way = threading.Event()

    def move_slowly() -> None:
        with transaction.atomic():
            moves(family, session, TEN + MINUTES, draft)
            under_way.set()
            clock.sleep(PAUSE)

    def cancel() -> None:
        under_way.wait(60)
        bilal = family.appointments.get(position=2)
        cancel_appointments(booking=family, appointments=[bilal], by=None, source="test", at=NOW)
        book(session, child("Carla"), starts_at=TEN + 2 * MINUTES)

    assert at_once(move_slowly, cancel) == []
    stands()
    assert family.appointments.get(position=1).starts_at == TEN + MINUTES
    assert Appointment.objects.get(first_name="Carla").starts_at == TEN + 2 * MINUTES
