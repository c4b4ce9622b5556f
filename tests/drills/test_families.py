"""Short runs, in the suite, of the drills of families and of the waiting list."""

import pytest

from tests.drills import families, waiting
from tests.drills.service import running_service
from tests.support.processes import database_url

pytestmark = [pytest.mark.postgresql, pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def test_families_of_one_to_four_are_booked_whole_or_told_kindly_and_offered_the_waiting_list() -> None:
    with running_service(database_url(), workers=2) as address:
        findings = families.families_at_once(
            address, families=12, places=15, processes=2, pace=(0, 0), over=0.2, p95_ms=None
        )
    assert not findings.faults, findings.line()
    assert findings.booked
    assert findings.refused


def test_places_that_free_up_are_offered_once_and_none_is_lost() -> None:
    findings = waiting.offers_and_answers(database_url(), places=10, families=10, seconds=5)
    assert not findings.faults, findings.line()
    assert findings.offers
