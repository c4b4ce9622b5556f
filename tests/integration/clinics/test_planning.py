"""Planning a clinic: its periods, its grid of places, its states."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from clinics.actions import (
    add_batch,
    close_bookings,
    finish_session,
    mark_cancelled,
    publish_session,
    reopen_bookings,
    save_periods,
)
from clinics.models import ClinicSession, Place, Product, VaccinationPeriod
from clinics.places import NotTakingBookings
from clinics.policies import ClinicRefused
from clinics.times import NotATime
from tests.support.factories import NOW, book, make_session, make_team

pytestmark = pytest.mark.django_db

WHO = {"by": None, "at": NOW, "source": "test"}


def starts(session: ClinicSession) -> list[tuple[str, int]]:
    places = Place.objects.filter(session=session).order_by("starts_at", "lane")
    return [(f"{place.starts_at:%H:%M}", place.lane) for place in places]


def test_publishing_lays_out_one_place_for_each_vaccinator_and_start() -> None:
    session = make_session(periods=[(time(10), time(10, 30), 2)])
    assert session.state == ClinicSession.State.PUBLISHED
    assert starts(session) == [("10:00", 1), ("10:00", 2), ("10:10", 1), ("10:10", 2), ("10:20", 1), ("10:20", 2)]


def test_an_appointment_that_would_end_after_the_period_is_not_laid_out() -> None:
    session = make_session(periods=[(time(10), time(10, 25), 1)])
    assert starts(session) == [("10:00", 1), ("10:10", 1)]


def test_places_in_summer_stand_at_the_wall_times_of_summer() -> None:
    session = make_session(periods=[(time(10), time(10, 10), 1)], date=date(2027, 7, 3))
    assert Place.objects.get(session=session).starts_at == datetime(2027, 7, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "says"), [(date(2027, 3, 28), "go forward"), (date(2027, 10, 31), "go back")])
def test_a_period_of_a_clock_change_night_is_refused_with_a_sentence(day: date, says: str) -> None:
    session = make_session(published=False, date=day)
    with pytest.raises(NotATime, match=says):
        save_periods(session=session, periods=[(time(1, 30), time(4), 1)], **WHO)


def test_a_place_that_would_begin_twice_on_the_wall_is_refused_at_publishing() -> None:
    session = make_session(published=False, date=date(2027, 10, 31), periods=[(time(0, 30), time(3), 1)])
    with pytest.raises(NotATime, match="happens twice"):
        publish_session(session=session, **WHO)


@pytest.mark.parametrize(
    ("periods", "code"),
    [
        ([(time(10), time(12), 1), (time(11, 50), time(13), 1)], "periods_overlap"),
        ([(time(12), time(10), 1)], "period_order"),
        ([(time(10), time(10), 1)], "period_order"),
        ([(time(10), time(12), 0)], "period_vaccinators"),
        ([(time(10), time(12), 51)], "period_vaccinators"),
        ([(time(0, 30), time(23), 1)], "period_length"),
    ],
)
def test_periods_that_make_no_sense_are_refused(periods: list[tuple[time, time, int]], code: str) -> None:
    session = make_session(published=False)
    with pytest.raises(ClinicRefused) as refused:
        save_periods(session=session, periods=periods, **WHO)
    assert refused.value.code == code
    assert session.periods.count() == 1


def test_a_clinic_without_periods_or_vaccines_or_in_the_past_is_not_published() -> None:
    for details, code in [
        ({"periods": []}, "no_periods"),
        ({"vaccines": []}, "no_vaccines"),
        ({"date": date(2026, 11, 13)}, "past"),
        ({"periods": [(time(10), time(10, 5), 1)]}, "no_places"),
    ]:
        session = make_session(published=False, **details)
        with pytest.raises(ClinicRefused) as refused:
            publish_session(session=session, **WHO)
        assert refused.value.code == code
        session.refresh_from_db()
        assert session.state == ClinicSession.State.DRAFT


def test_longer_hours_on_a_published_clinic_add_places_and_keep_those_booked() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    booking = book(session).booking
    save_periods(session=session, periods=[(time(10), time(10, 40), 2)], **WHO)
    assert len(starts(session)) == 8
    appointment = booking.appointments.get()
    assert Place.objects.get(reservation=appointment.reservation_id).starts_at == appointment.starts_at


def test_places_that_somebody_has_are_never_taken_away_by_shorter_hours() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    book(session, starts_at=datetime(2026, 11, 21, 10, 10, tzinfo=UTC))
    with pytest.raises(ClinicRefused, match="booked"):
        save_periods(session=session, periods=[(time(10), time(10, 10), 1)], **WHO)
    assert len(starts(session)) == 2


def test_free_places_go_with_shorter_hours() -> None:
    session = make_session(periods=[(time(10), time(10, 20), 1)])
    save_periods(session=session, periods=[(time(10), time(10, 10), 1)], **WHO)
    assert starts(session) == [("10:00", 1)]
    assert VaccinationPeriod.objects.filter(session=session).count() == 1


def test_stopped_bookings_can_be_opened_again() -> None:
    session = make_session()
    close_bookings(session=session, **WHO)
    with pytest.raises(NotTakingBookings):
        book(ClinicSession.objects.get(pk=session.pk))
    reopen_bookings(session=session, **WHO)
    assert book(ClinicSession.objects.get(pk=session.pk)).created


def test_a_clinic_moves_only_along_its_states() -> None:
    session = make_session(published=False)
    with pytest.raises(ClinicRefused, match="cannot be finished: it is draft"):
        finish_session(session=session, **WHO)
    mark_cancelled(session=session, reason="Snow", **WHO)
    with pytest.raises(ClinicRefused, match="cannot be published: it is cancelled"):
        publish_session(session=session, **WHO)


def test_every_change_to_a_clinic_is_in_the_audit() -> None:
    session = make_session()
    actions = AuditEvent.objects.filter(object_id=session.public_id).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["save_periods", "publish_session"]


def test_a_place_stands_once_in_the_grid() -> None:
    place = Place.objects.filter(session=make_session()).first()
    assert place is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.create(session=place.session, period=place.period, starts_at=place.starts_at, lane=place.lane)


def test_a_batch_is_added_once_and_a_second_expiry_date_is_questioned() -> None:
    team, product = make_team(), Product.objects.get(code="priorix")
    first = add_batch(team_id=team.pk, product=product, number=" ab 12 ", expires_on=date(2027, 1, 31), **WHO)
    again = add_batch(team_id=team.pk, product=product, number="AB 12", expires_on=date(2027, 1, 31), **WHO)
    assert first == again
    with pytest.raises(ClinicRefused, match="another expiry date: 31 January 2027"):
        add_batch(team_id=team.pk, product=product, number="AB 12", expires_on=date(2027, 2, 28), **WHO)
