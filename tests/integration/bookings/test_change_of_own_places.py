"""A family's own places are free for the family that changes its times: kept once, and handed on in one moment."""

import contextlib
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings import changes
from bookings.actions import cancel_appointments, change_appointments, hold_times
from bookings.changes import NewTimes
from bookings.models import Appointment, Booking, Draft
from clinics.models import ClinicSession, Place, Reservation
from clinics.places import TimesTaken, free_grid
from tests.support.factories import NOW, book, child, make_session

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
MINUTES = timedelta(minutes=10)
HOLD = timedelta(minutes=25)


def stands(at: datetime = NOW) -> None:
    """Every booked appointment has its own places, in one lane and at its time, and no place is taken for nothing."""
    booked = list(Appointment.objects.filter(state="booked").select_related("reservation", "session"))
    assert len({each.reservation_id for each in booked}) == len(booked)
    for each in booked:
        places = list(Place.objects.filter(reservation=each.reservation_id).order_by("starts_at"))
        starts = [each.starts_at + number * MINUTES for number in range(each.minutes // 10)]
        assert [(place.session_id, place.starts_at) for place in places] == [(each.session_id, one) for one in starts]
        assert len({place.lane for place in places}) == 1
        assert (each.reservation.kind, each.minutes) == ("appointment", 20 if each.extra_time else 10)
    others = Reservation.objects.exclude(pk__in=[each.reservation_id for each in booked])
    assert not others.filter(expires_at__isnull=True).exists()
    assert not others.filter(places__isnull=True, expires_at__gt=at).exists(), "nothing is kept that keeps nothing"


class Change:
    """A family's change of all its appointments to another run at the same clinic."""

    def __init__(self, booking: Booking, session: ClinicSession) -> None:
        self.booking, self.session = booking, session
        self.moved = list(booking.appointments.order_by("position"))
        answers = NewTimes(appointments=[str(each.public_id) for each in self.moved])
        self.draft: Draft = changes.begin(booking=booking, purpose="change", answers=answers, session=session, at=NOW)
        self.needs = answers.needs(self.moved)

    @property
    def own(self) -> list[int]:
        return [each.reservation_id for each in self.moved if each.reservation_id is not None]

    def keeps(self, starts_at: datetime) -> None:
        """Choose a time on the page."""
        hold_times(draft=self.draft, session=self.session, needs=self.needs, starts_at=starts_at, at=NOW, own=self.own)

    def presses(self, starts_at: datetime, at: datetime = NOW) -> None:
        """Press the last button."""
        change_appointments(
            booking=self.booking,
            appointments=self.moved,
            session=self.session,
            starts_at=starts_at,
            by=None,
            source="test",
            at=at,
            draft=self.draft,
        )


def times(booking: Booking) -> list[datetime]:
    return list(booking.appointments.order_by("position").values_list("starts_at", flat=True))


def taken(session: ClinicSession) -> int:
    return Place.objects.filter(session=session, reservation__isnull=False).count()


def a_family_of_two(starts: int = 4) -> Change:
    """One vaccinator, ``starts`` minutes, and a family at the first two of them."""
    session = make_session(periods=[(time(10), (TEN + starts * MINUTES).time(), 1)])
    return Change(book(session, child(), child("Bilal"), starts_at=TEN).booking, session)


def test_a_family_moves_by_one_place_and_keeps_only_what_it_lacks_until_the_button() -> None:
    change = a_family_of_two()
    change.keeps(TEN + MINUTES)
    assert taken(change.session) == 3, "10:10 is theirs already, and 10:20 is kept"
    assert times(change.booking) == [TEN, TEN + MINUTES]
    stands()
    change.presses(TEN + MINUTES)
    assert times(change.booking) == [TEN + MINUTES, TEN + 2 * MINUTES] and taken(change.session) == 2
    stands()
    book(change.session, child("Carla"), starts_at=TEN)
    with pytest.raises(TimesTaken):
        book(change.session, child("Dora"), starts_at=TEN + 2 * MINUTES)


def test_what_was_kept_and_has_gone_leaves_a_family_where_it_was() -> None:
    change = a_family_of_two()
    change.keeps(TEN + MINUTES)
    book(change.session, child("Carla"), starts_at=TEN + 2 * MINUTES, at=NOW + HOLD)
    with pytest.raises(TimesTaken):
        change.presses(TEN + MINUTES, at=NOW + HOLD)
    assert times(change.booking) == [TEN, TEN + MINUTES]
    assert set(change.booking.appointments.values_list("version", flat=True)) == {1}
    stands(NOW + HOLD)


def test_a_place_that_was_given_up_meanwhile_is_nobodys_own_any_more() -> None:
    change = a_family_of_two()
    change.keeps(TEN + MINUTES)
    bilal = change.booking.appointments.get(position=2)
    cancel_appointments(booking=change.booking, appointments=[bilal], by=None, source="test", at=NOW)
    carla = book(change.session, child("Carla"), starts_at=TEN + MINUTES).booking
    change.moved = [each for each in change.moved if each.pk != bilal.pk]
    # As a page would that was made before: with the reservation that Bilal had.
    stale = [*change.own, bilal.reservation_id]
    with pytest.raises(TimesTaken):
        hold_times(
            draft=change.draft,
            session=change.session,
            needs=change.needs[:1],
            starts_at=TEN + MINUTES,
            at=NOW,
            own=[each for each in stale if each is not None],
        )
    with pytest.raises(TimesTaken):
        change.presses(TEN + MINUTES)
    assert times(carla) == [TEN + MINUTES]
    stands()


def test_a_change_that_is_given_up_gives_back_what_it_kept_and_nothing_else() -> None:
    change = a_family_of_two()
    change.keeps(TEN + MINUTES)
    change.keeps(TEN + 2 * MINUTES)
    assert taken(change.session) == 4, "another time: nothing of it is theirs already"
    change.keeps(TEN + MINUTES)
    Change(change.booking, change.session)
    assert taken(change.session) == 2 and times(change.booking) == [TEN, TEN + MINUTES]
    stands()


families = st.lists(st.booleans(), min_size=1, max_size=3)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lanes=st.integers(1, 2),
    longer=families,
    first=st.integers(0, 5),
    others=st.lists(st.integers(0, 7), max_size=6),
    to=st.integers(0, 7),
    kept=st.booleans(),
    late=st.lists(st.integers(0, 7), max_size=3),
)
def test_whatever_is_booked_beside_it_a_family_moves_where_it_fits_or_stays(
    lanes: int, longer: list[bool], first: int, others: list[int], to: int, kept: bool, late: list[int]
) -> None:
    """``late`` is booked after the family chose a time and, where it was ``kept``, while it is."""
    with transaction.atomic():
        session = make_session(periods=[(time(10), time(11, 20), lanes)])
        people = [child(f"Child{number}", extra_time=extra) for number, extra in enumerate(longer)]
        try:
            booking = book(session, *people, starts_at=TEN + first * MINUTES).booking
        except TimesTaken:
            transaction.set_rollback(True)
            return

        def come(numbers: list[int]) -> None:
            for number in numbers:
                with contextlib.suppress(TimesTaken):
                    book(session, child("Other"), starts_at=TEN + number * MINUTES)

        come(others)
        change, start = Change(booking, session), TEN + to * MINUTES
        before = times(booking)

        def fits() -> bool:
            grid = free_grid(session=session, at=NOW, holder=change.draft.public_id, own=change.own)
            return grid.run_at(start, change.needs) is not None

        fitted = fits()
        if kept:
            try:
                change.keeps(start)
            except TimesTaken:
                assert not fitted
            else:
                assert fitted
        come(late)
        assert fits() or not (kept and fitted), "what is kept nobody else gets"
        stands()
        expected = fits()
        try:
            change.presses(start)
        except TimesTaken:
            assert not expected and times(booking) == before
        else:
            assert expected and times(booking)[0] == start
            assert taken(session) == sum(each.minutes // 10 for each in Appointment.objects.filter(session=session))
        stands()
        transaction.set_rollback(True)
