"""Short runs of the clinic's day with several tablets, in the suite, and proof that they would notice."""

import pytest

from tests.drills import clinic_days
from tests.drills.service import WITHOUT_PERSON_LOCK, WITHOUT_STANDING_DOSE, running_service
from tests.support.processes import database_url

pytestmark = [pytest.mark.postgresql, pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def test_whatever_several_tablets_are_told_on_a_clinics_day_is_so_in_the_database() -> None:
    with running_service(database_url(), workers=2) as address:
        findings = clinic_days.a_clinic_day(address, people=4, nurses=2, desks=1, walk_ins=1, minutes=2)
    print(findings.line())
    assert not findings.faults, findings.line()
    assert findings.doses and findings.said["arrived"] and findings.said["walk-in"]


def test_of_several_nurses_who_save_the_same_dose_at_once_one_does_and_the_others_are_told_who() -> None:
    with running_service(database_url(), workers=2) as address:
        findings = clinic_days.one_person_at_once(address, people=4, nurses=4)
    print(findings.line())
    assert not findings.faults, findings.line()
    assert findings.doses == 4 and findings.refusals == 12


def test_the_drill_finds_a_service_in_which_two_tablets_work_on_one_person_at_once() -> None:
    with running_service(database_url(), application=WITHOUT_PERSON_LOCK, workers=2) as address:
        findings = clinic_days.one_person_at_once(address, people=6, nurses=4)
    assert any("the service failed" in fault or "twice" in fault for fault in findings.faults), findings.line()


def test_the_drill_finds_a_service_in_which_the_last_word_wins() -> None:
    with running_service(database_url(), application=WITHOUT_STANDING_DOSE, workers=2) as address:
        findings = clinic_days.one_person_at_once(address, people=3, nurses=3)
    assert any("no longer stands" in fault for fault in findings.faults), findings.line()
