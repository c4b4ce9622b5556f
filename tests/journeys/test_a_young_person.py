"""A young person of 15 decides alone and asks that her parents are not told: the keyboard alone, on a small screen."""

from datetime import date

import pytest
from playwright.sync_api import expect

from immunisations.models import Consent, Screening, Vaccination
from immunisations.models.consent import GILLICK_ANSWERS
from tests.journeys.conftest import Evesham
from tests.journeys.test_record_checks import SMALL, AtTheDesk
from tests.journeys.walker import Walker
from tests.support.browser import Browsers, Complaints
from tests.support.factories import MORNING, book, child

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class Nurse(AtTheDesk):
    """Asks the five questions one after the other."""

    def hears(self, name: str, said: str) -> None:
        """Choose yes or no to one of the five."""
        group = self.page.locator(f"[name='{name}']")
        wanted = self.page.locator(f"[name='{name}'][value='{said}']")
        # The one of the group that Tab reaches.
        chosen = self.page.locator(f"[name='{name}']:checked")
        self.tabs_to(chosen if chosen.count() else group)
        self.page.keyboard.press("Space")
        if not wanted.is_checked():
            self.page.keyboard.press("ArrowRight")
        expect(wanted).to_be_checked()


def test_a_young_person_decides_alone_and_parents_are_not_told(
    evesham: Evesham, clock, browsers: Browsers, complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    booking = book(evesham.session, child("Maya", "Khan", date(2011, 9, 2)), child("Amina")).booking
    clock.move_to(MORNING)
    nurse = Nurse(browsers(SMALL))
    nurse.signs_in("nora")
    nurse.presses("Arrive all 2 Khan children")

    # The record is checked: one MMR.
    nurse.opens_the_check("KHAN, Maya")
    nurse.shows("Red book", "Doses found")
    nurse.tabs_to(nurse.page.locator("#id_dose0-vaccine"))
    nurse.types("MMR", "1 1 13", "", " ")
    nurse.presses("Continue")
    nurse.presses("Save")

    # The five questions: nothing is chosen beforehand, and one no is no consent.
    assert nurse.page.locator("input:checked").count() == 0
    nurse.chooses("The young person, who is Gillick competent")
    for name in GILLICK_ANSWERS[:4]:
        nurse.hears(name, "yes")
    nurse.hears(GILLICK_ANSWERS[4], "no")
    nurse.ticks("Maya asks that parents are not told")
    nurse.chooses("I have asked. All true: no to every question, well today, knows which vaccine and agrees, not preg")
    nurse.presses("Save and give the dose")
    nurse.sees("Maya does not know the side effects, so is not Gillick competent for this")
    assert not Consent.objects.exists()

    # They talk about them; everything else stands as it was answered.
    nurse.hears(GILLICK_ANSWERS[4], "yes")
    nurse.presses("Save and give the dose")
    nurse.reads("Give MMR")
    nurse.sees("Private")
    nurse.chooses("Priorix, PRX1")
    nurse.chooses("Left upper arm")
    nurse.presses("Save dose")
    nurse.sees("Tell the GP practice. Parents are not to be told.")

    consent, dose = Consent.objects.get(), Vaccination.objects.get()
    assert [getattr(consent, name) for name in GILLICK_ANSWERS] == [True] * 5
    assert (consent.given_by_name, consent.parents_not_told, dose.parents_not_told) == ("Maya Khan", True, True)
    assert Screening.objects.get().not_pregnant is True

    # The list says one word, and the booking's page to her mother nothing at all.
    nurse.opens("/clinic-day/")
    nurse.sees("Private")
    mother = Walker(browsers(SMALL), public=True)
    mother.opens("/booking/")
    mother.writes(Booking_reference=booking.reference, Day="27", Month="3", Year="2023")
    mother.presses("Continue")
    mother.sees("Amina Khan Came to the clinic", "Maya Khan Booked")
