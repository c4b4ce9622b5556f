"""Who is offered what frees up, and for how long it is kept."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role
from bookings.actions import cancel_appointments
from bookings.models import Appointment, Booking, WaitingListEntry, WaitingListOffer
from bookings.policies import BookingRefused
from bookings.waiting_list.answering import decline_offer, take_offer
from bookings.waiting_list.hours import kept_until
from bookings.waiting_list.joining import stop_waiting, wait_for_earlier
from bookings.waiting_list.offering import offer_times
from clinics.actions import receive_stock
from clinics.models import Place, Reservation
from clinics.places import TimesTaken, free_times
from clinics.vaccines import Vaccine
from tests.support.factories import DAY, NOW, book, child, contact, make_batch, make_session, make_user, make_venue
from tests.support.waiting import full_clinic, on_the_day, wait

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def free(*appointments: Appointment, at: datetime = NOW) -> None:
    for each in appointments:
        cancel_appointments(booking=each.booking, appointments=[each], by=None, source="public", at=at)


def offer_of(entry: WaitingListEntry) -> WaitingListOffer | None:
    return entry.offers.filter(answer="").first()


def take(offer: WaitingListOffer, at: datetime = LATER) -> Booking:
    return take_offer(offer=offer, by=None, source="public", at=at)


def decline(offer: WaitingListOffer, at: datetime = LATER) -> WaitingListEntry:
    return decline_offer(offer=offer, by=None, source="public", at=at)


def test_a_place_that_frees_up_is_kept_for_whoever_waited_longest_and_nobody_else_can_book_it() -> None:
    session, taken = full_clinic()
    first, second = wait(session.venue), wait(session.venue)
    assert offer_times(at=NOW) == 0
    free(taken[2])
    assert offer_times(at=NOW) == 1
    offer = offer_of(first)
    assert offer is not None and offer_of(second) is None
    assert (offer.starts_at, offer.expires_at) == (taken[2].starts_at, NOW + timedelta(hours=2))
    assert Reservation.objects.get(holder=offer.holder).kind == Reservation.Kind.OFFER
    assert not free_times(session=session, at=NOW)
    with pytest.raises(TimesTaken):
        book(session, starts_at=taken[2].starts_at)
    # Nothing more is free.
    assert offer_times(at=NOW) == 0


def test_a_family_too_big_for_what_is_free_holds_up_nobody() -> None:
    session, taken = full_clinic()
    big, small = wait(session.venue, people=3), wait(session.venue, people=1)
    free(taken[0], taken[1])
    offer_times(at=NOW)
    assert offer_of(big) is None
    assert offer_of(small) is not None
    free(taken[3], taken[4])
    offer_times(at=NOW)
    assert offer_of(big) is None
    free(taken[2])
    offer_times(at=NOW)
    offer = offer_of(big)
    assert offer is not None
    assert Place.objects.filter(reservation__holder=offer.holder).count() == 3


def test_days_parts_of_the_day_and_places_that_were_not_chosen_are_not_offered() -> None:
    session, taken = full_clinic()
    elsewhere = make_venue(session.team)
    # DAY is a Saturday, and the clinic is in the morning.
    unfit = [
        wait(session.venue, weekdays=[0]),
        wait(session.venue, parts=["afternoon"]),
        wait(elsewhere),
    ]
    fit = wait(session.venue, elsewhere, weekdays=[5], parts=["morning"])
    free(*taken)
    offer_times(at=NOW)
    assert [entry for entry in unfit if offer_of(entry)] == []
    assert offer_of(fit) is not None


def test_somebody_too_young_for_the_clinic_is_not_offered_a_time_there() -> None:
    session, taken = full_clinic(vaccines=[Vaccine.MMR])
    entry = wait(session.venue, who=[child(born=DAY - timedelta(days=60))])
    free(taken[0])
    assert offer_times(at=NOW) == 0
    assert offer_of(entry) is None


def test_one_tap_makes_the_booking_and_a_second_tap_no_other() -> None:
    session, taken = full_clinic()
    entry = wait(session.venue, people=2)
    free(taken[0], taken[1])
    offer_times(at=NOW)
    offer = offer_of(entry)
    assert offer is not None
    booking = take(offer)
    assert take(offer) == booking
    assert [(each.first_name, each.starts_at) for each in booking.appointments.order_by("position")] == [
        ("Child0", taken[0].starts_at),
        ("Child1", taken[1].starts_at),
    ]
    entry.refresh_from_db()
    assert (entry.state, entry.booking, entry.people, entry.contact) == ("booked", booking, [], {})
    assert booking.email == "sara@example.com"


def test_what_was_declined_goes_to_the_next_family_and_is_not_offered_again_to_the_first() -> None:
    session, taken = full_clinic()
    first, second = wait(session.venue), wait(session.venue)
    free(taken[0])
    offer_times(at=NOW)
    offer = offer_of(first)
    assert offer is not None
    decline(offer)
    decline(offer)
    offer_times(at=LATER)
    assert offer_of(first) is None
    assert offer_of(second) is not None
    assert first.offers.count() == 1


def test_an_offer_that_nobody_answered_goes_to_the_next_family() -> None:
    session, taken = full_clinic()
    first, second = wait(session.venue), wait(session.venue)
    free(taken[0])
    offer_times(at=NOW)
    offer_times(at=NOW + timedelta(hours=2))
    assert first.offers.get().answer == "lapsed"
    assert offer_of(second) is not None
    with pytest.raises(BookingRefused):
        take(first.offers.get(), NOW + timedelta(hours=3))


def test_an_offer_that_ran_out_is_still_theirs_while_nobody_else_has_the_place() -> None:
    session, taken = full_clinic()
    entry = wait(session.venue)
    free(taken[0])
    offer_times(at=NOW)
    offer = offer_of(entry)
    assert offer is not None
    booking = take(offer, NOW + timedelta(hours=5))
    assert booking.appointments.get().starts_at == taken[0].starts_at


def test_an_offer_that_ran_out_and_was_booked_by_somebody_else_is_refused_and_the_family_waits_on() -> None:
    session, taken = full_clinic()
    entry = wait(session.venue)
    free(taken[0])
    offer_times(at=NOW)
    offer = offer_of(entry)
    assert offer is not None
    later = NOW + timedelta(hours=3)
    book(session, starts_at=taken[0].starts_at, at=later)
    with pytest.raises(TimesTaken):
        take(offer, later)
    entry.refresh_from_db()
    assert entry.state == "waiting"
    assert not Booking.objects.filter(submission_id=offer.public_id).exists()


def test_after_three_offers_that_went_by_the_wait_is_over_and_nothing_typed_is_kept() -> None:
    venues = []
    entry = None
    for _number in range(4):
        session, taken = full_clinic(20)
        free(taken[0])
        venues.append(session)
    team = venues[0].team
    for session in venues[1:]:
        session.venue.team = team
        session.venue.save()
    entry = wait(*[session.venue for session in venues])
    for _number in range(3):
        offer_times(at=NOW)
        offer = offer_of(entry)
        assert offer is not None
        decline(offer, NOW)
    entry.refresh_from_db()
    assert (entry.state, entry.people, entry.contact) == ("ended", [], {})
    assert offer_times(at=NOW) == 0


def test_nothing_is_offered_by_night_and_what_is_free_in_the_morning_is() -> None:
    session, taken = full_clinic()
    entry = wait(session.venue)
    free(taken[0])
    night = datetime(2026, 11, 14, 20, 0, tzinfo=UTC)
    assert offer_times(at=night) == 0
    assert offer_times(at=datetime(2026, 11, 15, 7, 59, tzinfo=UTC)) == 0
    assert offer_times(at=datetime(2026, 11, 15, 8, 0, tzinfo=UTC)) == 1
    assert offer_of(entry) is not None


@pytest.mark.parametrize(
    ("made", "starts", "until"),
    [
        # Two hours by day; what is left of them in the evening begins again at 8am.
        ("14T09:00", "21T10:00", "14T11:00"),
        ("14T19:30", "21T10:00", "15T09:30"),
        # Half an hour before the time at the latest.
        ("21T08:30", "21T10:00", "21T09:30"),
        ("20T19:30", "21T09:00", "21T08:30"),
    ],
)
def test_an_offer_is_kept_for_two_hours_of_the_day(made: str, starts: str, until: str) -> None:
    moments = [datetime.fromisoformat(f"2026-11-{each}:00+00:00") for each in (made, starts, until)]
    assert kept_until(moments[0], moments[1]) == moments[2]


def test_in_summer_the_day_begins_at_8am_of_the_clocks_in_england() -> None:
    made = datetime(2026, 7, 1, 18, 30, tzinfo=UTC)
    assert kept_until(made, datetime(2026, 7, 9, 9, tzinfo=UTC)) == datetime(2026, 7, 2, 8, 30, tzinfo=UTC)


def test_a_time_within_the_hour_is_offered_to_nobody_and_kept_for_whoever_drops_in() -> None:
    from datetime import time

    session, taken = full_clinic(120, drop_in_from=time(10), drop_in_until=time(11))
    entry = wait(session.venue)
    at = on_the_day(9, 35)
    # Frees at 10:30am, within the hour; and at 11:30am, when the drop-in is over, and too late to be offered.
    free(taken[3], at=at)
    assert offer_times(at=at) == 0
    assert offer_of(entry) is None
    place = Place.objects.get(session=session, starts_at=taken[3].starts_at)
    assert place.kept_for == Place.KeptFor.DROP_IN
    with pytest.raises(TimesTaken):
        book(session, starts_at=taken[3].starts_at, at=at)
    free(taken[9], at=on_the_day(10, 40))
    offer_times(at=on_the_day(10, 40))
    assert Place.objects.get(session=session, starts_at=taken[9].starts_at).kept_for == ""


def test_a_family_that_booked_meanwhile_is_offered_nothing() -> None:
    session, taken = full_clinic()
    entry = wait(session.venue)
    other, others = full_clinic(20, venue=make_venue(session.team))
    free(others[0])
    book(other, child("Child0"), contact=contact(phone=""))
    free(taken[0])
    assert offer_times(at=NOW) == 0
    entry.refresh_from_db()
    # Whoever holds the link of the wait, which anybody can begin with their contact, does not learn that they booked.
    assert entry.state == "waiting"
    free(*Appointment.objects.filter(booking__phone="", first_name="Child0", state="booked"))
    assert offer_times(at=NOW) == 1


def test_what_a_young_person_booked_for_themselves_is_nothing_to_whoever_waits_for_them() -> None:
    session, taken = full_clinic()
    wait(session.venue)
    other, others = full_clinic(20, venue=make_venue(session.team))
    free(others[0])
    book(other, child("Child0"), contact=contact(relationship="Booked for themselves", name=""))
    free(taken[0])
    assert offer_times(at=NOW) == 1


def test_a_family_that_stopped_gives_back_what_was_kept_for_it() -> None:
    session, taken = full_clinic()
    first, second = wait(session.venue), wait(session.venue)
    free(taken[0])
    offer_times(at=NOW)
    stop_waiting(entry=first, by=None, source="public", at=NOW)
    stop_waiting(entry=first, by=None, source="public", at=NOW)
    assert first.offers.get().answer == "withdrawn"
    assert offer_times(at=NOW) == 1
    assert offer_of(second) is not None


def test_the_wait_is_over_after_its_last_day() -> None:
    session, _taken = full_clinic()
    entry = wait(session.venue)
    offer_times(at=NOW + timedelta(days=84))
    entry.refresh_from_db()
    assert entry.state == "waiting"
    offer_times(at=NOW + timedelta(days=85))
    entry.refresh_from_db()
    assert entry.state == "ended"


def test_offers_of_a_clinic_that_is_cancelled_are_withdrawn_and_count_for_nothing() -> None:
    from bookings.actions import cancel_session

    session, taken = full_clinic()
    entry = wait(session.venue)
    free(taken[0])
    offer_times(at=NOW)
    cancel_session(session=session, reason="Flood", by=None, source="staff", at=NOW)
    offer_times(at=NOW)
    assert entry.offers.get().answer == "withdrawn"
    entry.refresh_from_db()
    assert entry.state == "waiting"


def test_a_contact_that_no_offer_can_reach_is_told_so() -> None:
    session, _taken = full_clinic(20)
    with pytest.raises(BookingRefused) as refusal:
        wait(session.venue, contact=contact(email="", phone="+441386123456"))
    assert refusal.value.code == "no_contact"


def test_a_pass_asks_as_much_however_many_families_wait_for_an_earlier_time(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    session, taken = full_clinic()
    # Something is free, and no use to any of them: it is later than what they have.
    book(make_session(session.team, venue=session.venue, date=DAY + timedelta(days=7)))

    def waits(appointment: Appointment) -> None:
        wait_for_earlier(
            booking=appointment.booking,
            venues=[session.venue],
            weekdays=[],
            parts=[],
            submission_id=uuid.uuid4(),
            by=None,
            source="public",
            at=NOW,
        )

    waits(taken[0])
    with CaptureQueriesContext(connection) as one:
        assert offer_times(at=NOW) == 0
    for appointment in taken[1:]:
        waits(appointment)
    with django_assert_num_queries(len(one)):
        assert offer_times(at=NOW) == 0


def test_a_time_at_a_clinic_without_what_somebody_was_promised_goes_to_the_next_family() -> None:
    session, taken = full_clinic()
    keeper = make_user(session.team, Role.COORDINATOR)

    def has(product: str) -> None:
        receive_stock(batch=make_batch(session.team, product), doses=5, by=keeper, at=NOW)

    has("proquad")
    born = date(2023, 3, 27)
    wish = wait(session.venue, who=[child(born=born, gelatine_free=True)])
    other = wait(session.venue, who=[child(born=born)])
    free(taken[0])
    offer_times(at=NOW)
    assert offer_of(wish) is None
    assert offer_of(other) is not None
    has("priorix-tetra")
    free(taken[1])
    offer_times(at=NOW)
    offer = offer_of(wish)
    assert offer is not None
    assert take(offer).appointments.get().gelatine_free
