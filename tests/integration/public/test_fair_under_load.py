"""The day on which thousands come: lists out of the shared cache, wide limits, and nobody's answers lost."""

from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from bookings import limits
from bookings.models import Booking, Draft
from clinics.places import TimesTaken
from tests.integration.public.conftest import Visitor
from tests.support.factories import NOW, book, make_session
from tests.support.waiting import full_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache(db: None) -> None:
    caches["availability"].clear()


def test_the_list_and_a_clinics_page_are_seconds_old_at_most_and_a_place_is_never_taken_from_the_cache(
    client: Client, settings: Any
) -> None:
    settings.AVAILABILITY_SECONDS = 5
    session = make_session(periods=[(time(10), time(10, 10), 1)])
    url = reverse("clinic-detail", args=[session.slug])
    assert "Appointments in the morning." in client.get(reverse("clinic-list")).content.decode()
    assert "Book at this clinic" in client.get(url).content.decode()
    book(session)
    # Not yet: it is what everybody was told a moment ago.
    assert "Appointments in the morning." in client.get(reverse("clinic-list")).content.decode()
    with pytest.raises(TimesTaken):
        book(session)
    with time_machine.travel(NOW + timedelta(seconds=6), tick=False):
        assert "All appointments are taken." in client.get(reverse("clinic-list")).content.decode()
        assert "Join the waiting list" in client.get(url).content.decode()


def test_a_warm_list_and_clinic_page_ask_for_little_however_many_clinics_there_are(
    client: Client, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.AVAILABILITY_SECONDS = 5
    for _number in range(12):
        session = make_session()
    pages = [reverse("clinic-list"), reverse("clinic-detail", args=[session.slug])]
    for page in pages:
        client.get(page)
    # Both of the list from the cache; of the page the clinic, its vaccines and the cache.
    with django_assert_max_num_queries(2):
        client.get(pages[0])
    with django_assert_max_num_queries(3):
        client.get(pages[1])


def test_an_address_that_keeps_too_many_times_is_told_kindly_and_keeps_its_answers(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HOLDS_FROM_ADDRESS", limits.Limit("holds", 1, timedelta(minutes=15)))
    visitor.to_the_times("Amina", slug=make_session().slug)
    times, url = visitor.times, visitor.path
    visitor.answers(starts_at=times[0])
    assert visitor.path != url
    visitor.answers(url, starts_at=times[1])
    assert visitor.page.status_code == 429
    assert "Your answers are saved" in visitor.text
    assert Draft.objects.count() == 1


def test_a_contact_that_books_too_often_is_told_kindly_and_nothing_is_booked(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BOOKINGS_OF_CONTACT", limits.Limit("bookings", 0, timedelta(days=1)))
    visitor.to_the_check("Amina", slug=make_session().slug).answers()
    assert visitor.page.status_code == 429
    assert not Booking.objects.exists()


def test_limits_are_off_where_a_drill_says_so(settings: Any) -> None:
    few = limits.Limit("few", 0, timedelta(days=1))
    assert not limits.allows(few, "127.0.0.1", at=NOW)
    settings.PUBLIC_LIMITS = False
    assert limits.allows(few, "127.0.0.1", at=NOW)


def test_a_few_quick_journeys_from_an_address_are_not_asked(visitor: Visitor, settings: Any) -> None:
    visitor.to_the_check("Amina", slug=make_session().slug)
    settings.HUMAN_SECONDS = 2
    visitor.answers()
    assert Booking.objects.count() == 1


def test_one_of_many_journeys_quicker_than_anybody_can_read_is_asked_once_to_press_again(
    visitor: Visitor, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "QUICK_FROM_ADDRESS", limits.Limit("quick", 0, timedelta(hours=1)))
    visitor.to_the_check("Amina", slug=make_session().slug)
    settings.HUMAN_SECONDS = 2
    visitor.answers()
    assert visitor.page.status_code == 422
    assert "That was very quick" in visitor.text
    assert not Booking.objects.exists()
    # As soon as that: somebody who was asked to press again is not asked a second time.
    visitor.answers()
    assert Booking.objects.count() == 1


def test_a_journey_that_took_as_long_as_people_take_is_not_asked_again(
    visitor: Visitor, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "QUICK_FROM_ADDRESS", limits.Limit("quick", 0, timedelta(hours=1)))
    visitor.to_the_check("Amina", slug=make_session().slug)
    settings.HUMAN_SECONDS = 2
    with time_machine.travel(NOW + timedelta(seconds=11), tick=False):
        visitor.answers()
    assert Booking.objects.count() == 1


def test_whoever_finds_no_time_is_offered_the_waiting_list_with_the_answers_given(visitor: Visitor) -> None:
    session, _taken = full_clinic(20)
    visitor.to_the_times("Amina", slug=session.slug)
    assert "There are no times left at this clinic on this day" in visitor.text
    assert "Join the waiting list" in visitor.text
    draft = Draft.objects.get()
    visitor.goes(f"/waiting-list/?draft={draft.public_id}")
    assert visitor.heading == "Join the waiting list"


def test_a_place_all_of_whose_days_are_full_leads_to_its_waiting_list(visitor: Visitor) -> None:
    session, _taken = full_clinic(20)
    visitor.starts().names("Amina").answers(another="no")
    draft = Draft.objects.get()
    visitor.goes(f"/book/{draft.public_id}/clinic/{session.venue.public_id}/")
    assert visitor.heading == "Join the waiting list"
    assert session.venue.name in visitor.text
