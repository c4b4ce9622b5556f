"""Stories of giving: against warnings, without a direction, two vaccines one after the other, by the keyboard alone."""

from datetime import date

import pytest
from playwright.sync_api import expect

from clinics.models import Direction
from immunisations import actions
from immunisations.models import Vaccination, Visit
from tests.journeys.conftest import Evesham
from tests.journeys.test_one_task import TABLET, Keyboard
from tests.journeys.walker import Walker
from tests.support.browser import DESKTOP, PHONE, Browsers, Complaints
from tests.support.factories import MORNING, book, child, contact

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def records_were_checked(evesham: Evesham) -> None:
    """Everybody's CHIS record was looked at, at the desk, and shows nothing."""
    for visit in Visit.objects.all():
        actions.record_check(
            visit=visit,
            source="chis",
            outcome="nothing_recorded",
            finding="CHIS: nothing recorded.",
            doses=[],
            by=evesham.nurse,
            at=MORNING,
        )


def agrees_to_all(nurse: Walker, name: str, *, at_once: bool = False) -> None:
    """From the list to the page of the dose; ``at_once``, to what the person's own page asks about the dose."""
    nurse.follows(name)
    nurse.chooses("Sara Khan (mother), who is here")
    nurse.chooses("All of them")
    nurse.chooses("I have asked. All true")
    if not at_once:
        nurse.presses("Save and give the dose")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_nurse_is_warned_once_goes_back_loses_nothing_and_gives_it_with_a_reason(
    evesham: Evesham, clock, browsers: Browsers, complaints: Complaints, javascript: bool
) -> None:
    complaints.expect("status of 422")
    book(evesham.session, child("Amina"), contact=contact(relationship="Mother"))
    clock.move_to(MORNING)
    nurse = Walker(browsers(PHONE, javascript=javascript))
    nurse.signs_in("nora")
    nurse.presses("Arrived: KHAN, Amina")
    agrees_to_all(nurse, "KHAN, Amina")
    nurse.sees("Before you give this No record was checked on this visit.")
    nurse.chooses("Priorix-Tetra, TET1")
    nurse.chooses("Left upper arm")
    nurse.presses("Save dose")
    nurse.reads("Stop and check")
    nurse.presses("Go back")
    nurse.reads("Give MMRV")
    expect(nurse.page.get_by_label("Left upper arm")).to_be_checked()
    expect(nurse.page.get_by_label("Priorix-Tetra, TET1")).to_be_checked()
    nurse.presses("Save dose")
    nurse.presses("Give anyway")
    nurse.sees("Enter why you give it all the same")
    assert not Vaccination.objects.exists()
    nurse.writes(**{"Why_do_you_give_it_all_the_same?": "The book is at home"})
    nurse.presses("Give anyway")
    nurse.sees("MMRV saved.", "6-in-1 still due.", "Next MMR or MMRV dose from")
    dose = Vaccination.objects.get()
    assert (dose.cautions, dose.override_reason) == (["no_record_check"], "The book is at home")
    assert (dose.device_at is not None) is javascript


def test_without_a_direction_the_page_says_so_and_takes_one_for_the_person(
    evesham: Evesham, clock, browsers: Browsers, complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    Direction.objects.update(name="MMR direction", version="4", valid_until=date(2026, 10, 31))
    book(evesham.session, child("Amina"), contact=contact(relationship="Mother"))
    clock.move_to(MORNING)
    nurse = Walker(browsers(PHONE))
    nurse.signs_in("nora")
    nurse.presses("Arrived: KHAN, Amina")
    records_were_checked(evesham)
    agrees_to_all(nurse, "KHAN, Amina")
    nurse.sees("No direction is in force MMR direction, version 4, ended on 31 October 2026.")
    nurse.chooses("Priorix-Tetra, TET1")
    nurse.chooses("Left upper arm")
    nurse.presses("Save dose")
    nurse.sees("Enter the prescriber or the name of the direction")
    nurse.writes(Prescriber="Dr Ada Fox", Version="21 November 2026")
    for part, text in (("day", "21"), ("month", "11"), ("year", "2026")):
        nurse.page.locator(f"[name=patient_until_{part}]").fill(text)
    nurse.presses("Save dose")
    nurse.sees("MMRV saved.")
    assert Vaccination.objects.get().legal_mechanism == "PSD"


def test_a_second_vaccine_takes_three_taps(evesham: Evesham, clock, browsers: Browsers) -> None:
    book(evesham.session, child("Amina"), child("Bilal", born=date(2021, 5, 2)))
    clock.move_to(MORNING)
    nurse = Walker(browsers(TABLET))
    nurse.signs_in("nora")
    nurse.presses("Arrive all 2 Khan children")
    records_were_checked(evesham)
    for name, first in [("KHAN, Amina", True), ("KHAN, Bilal", False)]:
        # A batch is in use once the first child's is chosen.
        agrees_to_all(nurse, name, at_once=not first)
        if first:
            nurse.chooses("Priorix-Tetra, TET1")
        nurse.chooses("Left upper arm")
        nurse.presses("Save dose")
        nurse.sees("MMRV saved. 6-in-1 still due.")
        nurse.taps = nurse.typed = 0
        nurse.presses("Give 6-in-1")
        nurse.sees("Already used: MMRV at")
        if first:
            # The first of the day: its batch is chosen, once.
            nurse.chooses("Infanrix hexa, HEX1")
        nurse.chooses("Right upper arm")
        nurse.presses("Save dose")
        nurse.sees("6-in-1 saved for KHAN,")
        assert nurse.taps == (4 if first else 3) and nurse.typed == 0
    assert Vaccination.objects.filter(status="completed").count() == 4


def test_a_dose_is_given_against_a_warning_with_the_keyboard_alone(evesham: Evesham, clock, browsers: Browsers) -> None:
    book(evesham.session, child("Amina"), contact=contact(relationship="Mother"))
    clock.move_to(MORNING)
    nurse = Keyboard(browsers(DESKTOP))
    nurse.signs_in("nora")
    nurse.presses("Arrived: KHAN, Amina")
    agrees_to_all(nurse, "KHAN, Amina")
    nurse.chooses("Priorix-Tetra, TET1")
    nurse.chooses("Left upper arm")
    nurse.presses("Save dose")
    nurse.writes(**{"Why_do_you_give_it_all_the_same?": "The book is at home"})
    nurse.submits()
    nurse.sees("MMRV saved.")
    assert Vaccination.objects.get().override_reason == "The book is at home"
