"""Short runs of the drills, in the suite."""

import pytest

from tests.drills import scenes
from tests.drills.planted import LOCK, SECOND_LOOK
from tests.drills.service import (
    WITHOUT_LOCK,
    WITHOUT_LOCK_AND_SECOND_LOOK,
    WITHOUT_WHOLE_FAMILIES,
    running_service,
)
from tests.support.processes import database_url

pytestmark = [pytest.mark.postgresql, pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def test_the_last_places_are_each_taken_once_through_the_api() -> None:
    with running_service(database_url(), workers=2) as address:
        findings = scenes.last_places_through_the_api(address, places=20, clients=16, tries=3)
    assert not findings.faults, findings.line()
    assert findings.appointments == 20


def test_the_last_places_are_each_taken_once_through_the_web_pages() -> None:
    with running_service(database_url(), workers=2) as address:
        findings = scenes.last_places_through_the_pages(address, places=10, clients=8, journeys=2)
    assert not findings.faults, findings.line()
    assert findings.appointments == 10


def test_families_of_three_are_booked_whole_or_not_at_all() -> None:
    with running_service(database_url(), workers=2) as address:
        findings = scenes.last_places_through_the_api(address, places=30, clients=12, tries=2, family=3)
    assert not findings.faults, findings.line()
    assert findings.appointments % 3 == 0


def test_kept_times_that_expired_have_one_winner() -> None:
    findings = scenes.drafts_that_expire(database_url(), rounds=10)
    assert not findings.faults, findings.line()


def test_a_time_kept_too_long_has_one_winner_through_whichever_door() -> None:
    with running_service(database_url(), workers=2) as address:
        findings = scenes.late_through_the_pages(address, times=8, parents=2)
    assert not findings.faults, findings.line()


def test_the_drill_through_the_api_finds_a_service_without_the_lock() -> None:
    with running_service(database_url(), application=WITHOUT_LOCK, workers=2) as address:
        findings = scenes.last_places_through_the_api(address, places=10, clients=16, tries=2)
    assert findings.oversold, findings.line()


def test_the_drills_through_the_web_pages_find_a_service_without_the_lock_and_the_second_look() -> None:
    with running_service(database_url(), application=WITHOUT_LOCK_AND_SECOND_LOOK, workers=2) as address:
        # Two times with four places each: everybody reaches for the same.
        findings = scenes.last_places_through_the_pages(address, places=8, lanes=4, clients=12, journeys=1)
        assert findings.oversold, findings.line()
        findings = scenes.late_through_the_pages(address, times=8, parents=2)
        assert findings.oversold, findings.line()


def test_the_drill_of_kept_times_finds_a_service_without_the_lock_and_the_second_look() -> None:
    findings = scenes.drafts_that_expire(database_url(), rounds=10, faults=(LOCK, SECOND_LOOK))
    assert findings.oversold, findings.line()


def test_the_drill_of_families_finds_a_service_that_books_whoever_fits() -> None:
    with running_service(database_url(), application=WITHOUT_WHOLE_FAMILIES, workers=2) as address:
        findings = scenes.last_places_through_the_api(address, places=20, clients=12, tries=2, family=3)
    assert findings.half_booked, findings.line()
