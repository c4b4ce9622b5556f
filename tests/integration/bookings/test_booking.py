"""Booking, keeping times and cancelling, whichever door they come through."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent, Role
from bookings import drafts
from bookings.actions import (
    HOLD,
    cancel_appointments,
    cancel_session,
    find_booking,
    find_booking_by_token,
    hold_times,
    mark_did_not_attend,
)
from bookings.models import Appointment, Booking, Draft
from bookings.policies import BookingRefused
from bookings.references import ALPHABET, shown_reference
from clinics.models import ClinicSession, Place, Reservation
from clinics.places import Need, NotTakingBookings, TimesTaken, free_grid, free_times, take_places
from messaging.models import Message
from tests.support.factories import NOW, book, child, contact, make_session, make_user

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def draft(at: datetime = NOW) -> Draft:
    return Draft.objects.create(owner_hash="x" * 64, created_at=at, updated_at=at, expires_at=at + timedelta(days=1))


def taken_places(session: ClinicSession) -> int:
    return Place.objects.filter(session=session, reservation__isnull=False).count()


def test_a_family_is_booked_one_after_the_other() -> None:
    session = make_session()
    made = book(session, child("Amina"), child("Bilal"), child("Sana"), starts_at=TEN)
    appointments = made.booking.appointments.all()
    assert [(a.first_name, a.starts_at) for a in appointments] == [
        ("Amina", TEN),
        ("Bilal", TEN + minutes(10)),
        ("Sana", TEN + minutes(20)),
    ]
    assert taken_places(session) == 3
    assert len({a.reservation_id for a in appointments}) == 3


def test_the_reference_is_ten_characters_that_nobody_mistakes() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 29
    assert not set("0O1ILS5") & set(ALPHABET)
    reference = book(make_session()).booking.reference
    assert len(reference) == 10
    assert set(reference) <= set(ALPHABET)


def test_extra_time_takes_two_places_in_one_lane() -> None:
    session = make_session()
    appointment = book(session, child(extra_time=True), starts_at=TEN).booking.appointments.get()
    assert appointment.minutes == 20
    places = Place.objects.filter(reservation=appointment.reservation_id)
    assert sorted(place.starts_at for place in places) == [TEN, TEN + minutes(10)]
    assert len({place.lane for place in places}) == 1


def test_a_family_is_booked_whole_or_not_at_all() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    with pytest.raises(TimesTaken):
        book(session, child("Amina"), child("Bilal"), child("Sana"))
    assert taken_places(session) == 0
    assert not Booking.objects.exists()
    assert not Message.objects.exists()


def test_a_taken_time_is_refused_with_the_nearest_others() -> None:
    session = make_session(periods=[(time(10), time(11), 1)])
    book(session, starts_at=TEN + minutes(20))
    with pytest.raises(TimesTaken) as refused:
        book(session, starts_at=TEN + minutes(20))
    assert refused.value.details["nearest"] == [
        (TEN + minutes(n)).isoformat() for n in (0, 10, 30)
    ] or refused.value.details["nearest"] == [(TEN + minutes(n)).isoformat() for n in (10, 30, 40)]


def test_every_place_can_be_booked_and_not_one_more() -> None:
    session = make_session(periods=[(time(10), time(11), 2)])
    for _ in range(12):
        book(session)
    with pytest.raises(TimesTaken):
        book(session)
    assert Appointment.objects.filter(session=session).count() == 12
    assert free_times(session=session, at=NOW) == []


def test_the_same_submission_makes_one_booking() -> None:
    session = make_session(periods=[(time(10), time(10, 10), 1)])
    submission = uuid.uuid4()
    first = book(session, submission_id=submission, starts_at=TEN)
    again = book(session, submission_id=submission, starts_at=TEN)
    assert first.created
    assert not again.created
    assert again.booking == first.booking
    assert again.link_token == first.link_token
    assert Message.objects.filter(purpose="booking_confirmation").count() == 2


@pytest.mark.parametrize("count", [0, 7])
def test_a_booking_is_for_one_to_six_people(count: int) -> None:
    session = make_session()
    with pytest.raises(BookingRefused, match="1 to 6"):
        hold_times(draft=draft(), session=session, needs=[Need()] * count, starts_at=None, at=NOW)


def test_the_public_cannot_book_at_a_closed_list_and_its_own_staff_can() -> None:
    session = make_session(who_may_book=ClinicSession.WhoMayBook.CLOSED_LIST)
    with pytest.raises(NotTakingBookings):
        book(session)
    with pytest.raises(NotTakingBookings):
        book(session, by=make_user(make_session().team, Role.DESK))
    assert book(session, by=make_user(session.team, Role.DESK)).created


def test_a_time_that_has_begun_is_not_offered() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    assert [free.starts_at for free in free_times(session=session, at=TEN)] == [TEN + minutes(10)]
    with pytest.raises(TimesTaken):
        book(session, starts_at=TEN, at=TEN)


def test_kept_times_are_gone_for_others_and_free_again_when_they_expire() -> None:
    session = make_session(periods=[(time(10), time(10, 10), 1)])
    hold_times(draft=draft(), session=session, needs=[Need()], starts_at=TEN, at=NOW)
    with pytest.raises(TimesTaken):
        book(session, starts_at=TEN, at=NOW + HOLD - minutes(1))
    assert book(session, starts_at=TEN, at=NOW + HOLD).created


def test_kept_times_are_booked_even_after_they_expired_if_nobody_took_them() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    mine = draft()
    hold_times(draft=mine, session=session, needs=[Need(), Need()], starts_at=TEN, at=NOW)
    made = book(session, child("Amina"), child("Bilal"), starts_at=TEN, draft=mine, at=NOW + HOLD + minutes(5))
    assert [a.starts_at for a in made.booking.appointments.all()] == [TEN, TEN + minutes(10)]
    assert Reservation.objects.filter(kind=Reservation.Kind.APPOINTMENT, expires_at__isnull=True).count() == 2


def test_kept_times_that_somebody_took_over_are_refused_and_nothing_is_left_held() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    mine = draft()
    hold_times(draft=mine, session=session, needs=[Need(), Need()], starts_at=TEN, at=NOW)
    later = NOW + HOLD + minutes(1)
    book(session, starts_at=TEN, at=later)
    with pytest.raises(TimesTaken):
        book(session, child("Amina"), child("Bilal"), starts_at=TEN, draft=mine, at=later)
    assert Booking.objects.count() == 1
    assert [free.starts_at for free in free_times(session=session, at=later)] == [TEN + minutes(10)]


def test_choosing_another_time_gives_the_first_back() -> None:
    session = make_session(periods=[(time(10), time(11), 1)])
    mine = draft()
    hold_times(draft=mine, session=session, needs=[Need(), Need()], starts_at=TEN, at=NOW)
    hold_times(draft=mine, session=session, needs=[Need(), Need()], starts_at=TEN + minutes(10), at=NOW)
    mine.refresh_from_db()
    assert mine.starts_at == TEN + minutes(10)
    taken = Place.objects.filter(session=session, reservation__isnull=False)
    assert sorted(place.starts_at for place in taken) == [TEN + minutes(10), TEN + minutes(20)]
    assert Reservation.objects.count() == 2


def test_a_family_that_fits_nowhere_together_is_booked_apart_when_it_agrees() -> None:
    session = make_session(periods=[(time(10), time(10, 30), 1)])
    book(session, starts_at=TEN + minutes(10))
    assert list(free_grid(session=session, at=NOW).runs([Need(), Need()])) == []
    mine = draft()
    taken = hold_times(draft=mine, session=session, needs=[Need()] * 2, starts_at=TEN, at=NOW, split=True)
    assert [seat.starts_at for seat in taken] == [TEN, TEN + minutes(20)]
    made = book(session, child("Amina"), child("Bilal"), starts_at=TEN, draft=mine, split=True)
    assert [a.starts_at for a in made.booking.appointments.all()] == [TEN, TEN + minutes(20)]


def test_nobody_can_book_at_a_clinic_cancelled_meanwhile() -> None:
    session = make_session()
    mine = draft()
    hold_times(draft=mine, session=session, needs=[Need()], starts_at=TEN, at=NOW)
    cancel_session(session=session, reason="Snow", by=None, source="test", at=NOW)
    stale = ClinicSession.objects.get(pk=session.pk)
    stale.state = ClinicSession.State.PUBLISHED
    with pytest.raises(NotTakingBookings):
        book(stale, starts_at=TEN, draft=mine)


def test_a_confirmation_is_owed_by_each_way_the_contact_gave() -> None:
    session = make_session()
    both = book(session).booking
    none = book(session, contact=contact(phone="", email="")).booking
    landline = book(session, contact=contact(phone="+441632960001", email="")).booking
    owed = Message.objects.filter(purpose="booking_confirmation").values_list("subject_id", "channel")
    assert sorted(owed) == sorted([(both.public_id, "email"), (both.public_id, "text")])
    assert none.public_id != landline.public_id


def test_one_child_can_be_cancelled_and_the_place_is_free_again() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    booking = book(session, child("Amina"), child("Bilal"), starts_at=TEN).booking
    amina, bilal = booking.appointments.all()
    cancel_appointments(booking=booking, appointments=[amina], by=None, source="public", at=NOW)
    amina.refresh_from_db()
    bilal.refresh_from_db()
    assert (amina.state, amina.version, amina.reservation) == ("cancelled", 2, None)
    assert (bilal.state, bilal.version) == ("booked", 1)
    assert [free.starts_at for free in free_times(session=session, at=NOW)] == [TEN]
    assert book(session, starts_at=TEN).created


def test_cancelling_twice_is_told_and_changes_nothing() -> None:
    booking = book(make_session()).booking
    cancel_appointments(booking=booking, appointments=None, by=None, source="public", at=NOW)
    with pytest.raises(BookingRefused) as refused:
        cancel_appointments(booking=booking, appointments=None, by=None, source="public", at=NOW)
    assert refused.value.code == "already_cancelled"
    assert Message.objects.filter(purpose="appointment_cancelled").count() == 2


def test_the_public_cannot_cancel_an_appointment_in_the_past() -> None:
    booking = book(make_session(), starts_at=TEN).booking
    with pytest.raises(BookingRefused) as refused:
        cancel_appointments(booking=booking, appointments=None, by=None, source="public", at=TEN)
    assert refused.value.code == "past"


def test_cancelling_a_clinic_cancels_everybody_and_tells_each_contact_once() -> None:
    session = make_session()
    book(session, child("Amina"), child("Bilal"))
    book(session)
    assert cancel_session(session=session, reason="Snow", by=None, source="test", at=NOW) == 3
    assert set(Appointment.objects.values_list("state", flat=True)) == {"cancelled"}
    assert taken_places(session) == 0
    assert Message.objects.filter(purpose="clinic_cancelled").count() == 4


def test_those_who_did_not_come_are_marked_once() -> None:
    session = make_session()
    came, missed = book(session).booking.appointments.get(), book(session).booking.appointments.get()
    cancelled = book(session).booking
    cancel_appointments(booking=cancelled, appointments=None, by=None, source="public", at=NOW)
    everyone = [missed, cancelled.appointments.get()]
    assert mark_did_not_attend(appointments=everyone, by=None, source="staff", at=TEN + timedelta(hours=3)) == 1
    assert mark_did_not_attend(appointments=everyone, by=None, source="staff", at=TEN + timedelta(hours=3)) == 0
    came.refresh_from_db()
    missed.refresh_from_db()
    assert (came.state, missed.state) == ("booked", "did_not_attend")


def test_a_booking_is_found_by_reference_as_typed_and_any_childs_birth_date() -> None:
    made = book(make_session(), child(born=date(2023, 3, 27)), child("Bilal", born=date(2021, 5, 1)))
    reference = made.booking.reference
    for typed in (reference, reference.lower(), shown_reference(reference), f" {reference[:3]} {reference[3:]}. "):
        assert find_booking(reference=typed, date_of_birth=date(2021, 5, 1)) == made.booking
    assert find_booking(reference=reference, date_of_birth=date(2021, 5, 2)) is None
    assert find_booking(reference="", date_of_birth=date(2021, 5, 1)) is None


def test_a_link_opens_its_booking_and_only_its_hash_is_stored() -> None:
    made = book(make_session())
    assert made.link_token
    assert find_booking_by_token(made.link_token) == made.booking
    assert find_booking_by_token(made.link_token + "x") is None
    assert made.link_token not in str(Booking.objects.values().get())


def test_the_audit_of_a_booking_names_no_one() -> None:
    made = book(make_session(), child("Zuleikha"))
    event = AuditEvent.objects.get(object_id=made.booking.public_id)
    assert event.action == "make_booking"
    assert "Zuleikha" not in str(event.after)


def test_a_booked_appointment_without_its_places_is_refused_by_the_database() -> None:
    appointment = book(make_session()).booking.appointments.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=appointment.pk).update(reservation=None)


def test_a_reservation_that_neither_expires_nor_is_booked_is_refused_by_the_database() -> None:
    session = make_session()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(session=session, kind=Reservation.Kind.DRAFT, expires_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(session=session, kind=Reservation.Kind.APPOINTMENT, expires_at=NOW)


def test_a_tab_left_open_cannot_take_the_booked_place_back() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    mine = draft()
    hold_times(draft=mine, session=session, needs=[Need()], starts_at=TEN, at=NOW)
    other_tab = Draft.objects.get(pk=mine.pk)
    made = book(session, starts_at=TEN, draft=mine)
    with pytest.raises(BookingRefused) as refused:
        hold_times(draft=other_tab, session=session, needs=[Need()], starts_at=TEN, at=NOW)
    assert refused.value.code == "already_booked"
    # Even past that check, what is booked is not the holder's to take again.
    with pytest.raises(TimesTaken), transaction.atomic():
        take_places(
            session=session,
            needs=[Need()],
            starts_at=TEN,
            kind=Reservation.Kind.DRAFT,
            holder=mine.public_id,
            expires_at=NOW + HOLD,
            at=NOW,
        )
    assert Place.objects.get(reservation=made.booking.appointments.get().reservation_id).starts_at == TEN


def test_clearing_answers_gives_kept_times_back_and_never_a_booked_place() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    booked, kept = draft(), draft()
    hold_times(draft=booked, session=session, needs=[Need()], starts_at=TEN, at=NOW)
    book(session, starts_at=TEN, draft=booked)
    hold_times(draft=kept, session=session, needs=[Need()], starts_at=TEN + minutes(10), at=NOW)
    for each in (booked, kept):
        drafts.release(each)
    assert [free.starts_at for free in free_times(session=session, at=NOW)] == [TEN + minutes(10)]


def test_cleared_answers_are_not_booked() -> None:
    session = make_session()
    mine = draft()
    hold_times(draft=mine, session=session, needs=[Need()], starts_at=TEN, at=NOW)
    stale = Draft.objects.get(pk=mine.pk)
    mine.delete()
    with pytest.raises(BookingRefused) as refused:
        book(session, starts_at=TEN, draft=stale)
    assert refused.value.code == "answers_gone"
    assert not Booking.objects.exists()


def test_a_withdrawn_place_is_not_booked_by_its_holder() -> None:
    session = make_session(periods=[(time(10), time(10, 10), 1)])
    mine = draft()
    hold_times(draft=mine, session=session, needs=[Need()], starts_at=TEN, at=NOW)
    Place.objects.filter(session=session).update(withdrawn_at=NOW)
    with pytest.raises(TimesTaken):
        book(session, starts_at=TEN, draft=mine)


def test_cancelling_all_cancels_those_that_are_still_to_come() -> None:
    booking = book(make_session(), child("Amina"), child("Bilal"), starts_at=TEN).booking
    cancel_appointments(booking=booking, appointments=None, by=None, source="public", at=TEN + minutes(1))
    assert list(booking.appointments.order_by("position").values_list("state", flat=True)) == ["booked", "cancelled"]


def test_a_reference_with_something_after_it_is_another_reference() -> None:
    made = book(make_session())
    born = date(2023, 3, 27)
    assert find_booking(reference=made.booking.reference, date_of_birth=born) == made.booking
    assert find_booking(reference=made.booking.reference + "2", date_of_birth=born) is None


def test_a_number_given_for_calls_is_never_texted() -> None:
    book(make_session(), contact=contact(email="", phone="+447700900982", texts=False))
    assert not Message.objects.exists()
