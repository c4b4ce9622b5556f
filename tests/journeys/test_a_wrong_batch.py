"""A wrong batch corrected the next day, by a senior nurse with a phone and its keyboard alone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from immunisations.models import Vaccination
from tests.journeys.test_one_task import Keyboard
from tests.support.browser import PHONE, Browsers
from tests.support.factories import make_batch
from tests.support.records import AT, Room, make_room

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]
MOST_TAPS = 5


@pytest.fixture
def room(transactional_db: None, clock) -> Room:
    """A clinic of yesterday with three doses, all recorded with one batch; the other one was in the cool box."""
    clock.move_to(AT + timedelta(minutes=30))
    room = make_room()
    for name in ("Amina", "Bilal", "Chloe"):
        room.give(room.ready(room.person(name)))
    make_batch(room.team, "priorix-tetra", number="TET9")
    clock.move_to(AT + timedelta(days=1))
    return room


class Senior(Keyboard):
    """A senior nurse who follows links with the keyboard too; each key that chooses or leads on is a tap."""

    # The day's list and the person's page have many links before the one that is wanted.
    MOST_TABS = 120

    def follows(self, link: str) -> None:
        self.taps += 1
        self.tabs_to(self.link(link))
        self.goes(lambda: self.page.keyboard.press("Enter"))

    def presses(self, button: str) -> None:
        self.taps += 1
        super().presses(button)

    def chooses(self, answer: str) -> None:
        self.taps += 1
        super().chooses(answer)

    def writes(self, **words: str) -> None:
        super().writes(**words)
        self.typed += sum(map(len, words.values()))


def senior_at(room: Room, browsers: Browsers, *, javascript: bool = True) -> Senior:
    senior = Senior(browsers(PHONE, javascript=javascript))
    senior.signs_in(room.senior.username)
    senior.opens(f"/clinic-day/{room.session.public_id}/")
    return senior


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_one_records_batch_is_corrected_in_five_taps_and_a_reason(room, browsers: Browsers, javascript: bool) -> None:
    senior = senior_at(room, browsers, javascript=javascript)
    senior.follows("KHAN, Amina")
    senior.taps = senior.typed = 0
    senior.follows("Correct this record")
    senior.reads("Correct this record")
    senior.follows("The batch")
    senior.chooses("Priorix-Tetra (MMRV), TET9")
    senior.writes(Why_is_it_corrected="Read the wrong box")
    senior.presses("Continue")
    senior.reads("Check the correction")
    senior.sees("Batch TET1 TET9", "Read the wrong box")
    senior.presses("Save correction")
    senior.sees("The record was corrected.", "Recorded by Nora Nurse", "Read the wrong box")
    expect(senior.page.locator("s.app-struck").first).to_contain_text("TET1")
    print(f"A batch corrected from the person's page: {senior.taps} taps and {senior.typed} characters of reason.")
    assert senior.taps <= MOST_TAPS and senior.typed == len("Read the wrong box")
    assert Vaccination.objects.current().filter(batch_number="TET9").count() == 1


def test_a_clinics_batch_is_corrected_together_but_for_one(room, browsers: Browsers) -> None:
    senior = senior_at(room, browsers)
    senior.follows("Correct a batch")
    senior.follows("Priorix-Tetra (MMRV), TET1")
    senior.sees("3 records show this batch.")
    senior.chooses("Priorix-Tetra (MMRV), TET9")
    senior.writes(Why_is_it_corrected="The fridge list was wrong")
    senior.ticks("KHAN, Chloe")
    senior.presses("Continue")
    senior.reads("Check the correction")
    senior.page.go_back()
    expect(senior.page.get_by_label(re.compile("Why is it corrected"))).to_have_value("The fridge list was wrong")
    expect(senior.checkbox("KHAN, Chloe")).not_to_be_checked()
    senior.presses("Continue")
    senior.presses("Correct 2 records")
    senior.sees("2 records were corrected.")
    standing = dict(Vaccination.objects.current().values_list("person__first_name", "batch_number"))
    assert standing == {"Amina": "TET9", "Bilal": "TET9", "Chloe": "TET1"}
