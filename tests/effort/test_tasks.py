"""The staff's usual tasks, done in Chromium on a tablet at a clinic as it is on a morning, and what each takes."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from playwright.sync_api import Locator

from clinics.vaccines import Vaccine
from immunisations import actions
from immunisations.models import FollowUp, Person, Vaccination, Visit
from tests.effort import counter
from tests.effort.counter import Counter, Table
from tests.journeys.walker import Walker
from tests.support.browser import Browsers
from tests.support.factories import book, child, contact, make_batch
from tests.support.records import AT, Room, make_room

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]
TABLET = (768, 1024)
BORN = date(2023, 3, 27)
# What CHIS shows of a child who had everything of the first year, and one MMR.
FIRST_YEAR = [
    ("6IN1", "2023-05-22"),
    ("6IN1", "2023-06-19"),
    ("6IN1", "2023-07-17"),
    ("HIBMENC", "2024-04-10"),
    ("MMR", "2024-04-10"),
]


class Hands(Walker):
    """Somebody at a tablet who touches and writes; the page counts what they do. Pages are not judged here."""

    def __init__(self, browsers: Browsers, username: str) -> None:
        super().__init__(browsers(TABLET))
        self.counter = Counter(self.page)
        self.done: list[str] = []
        self.signs_in(username)

    def look(self) -> None:
        """Count only: whether the pages are fit to be used is for the stories to say."""

    def begin(self, *, facts: int = 0) -> None:
        self.done = []
        self.counter.begin(facts=facts)

    def touches(self, what: Locator, act: str = "", *, leads_on: bool = False) -> None:
        """Touch something; ``act`` says what is done by it."""
        if leads_on:
            self.goes(what.click)
        else:
            what.click()
        self.done.append(act)

    def types(self, label: str, text: str) -> None:
        """Go to a field with Tab, as hands on a keyboard do, and write."""
        self.field(label).focus()
        self.page.keyboard.type(text)

    def answers(self, words: str, act: str) -> None:
        self.touches(self.radio(words), act)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT, tick=True) as traveller:
        yield traveller


@pytest.fixture
def room(transactional_db: None, clock: time_machine.Traveller) -> Room:
    """A clinic with two batches, twelve people expected, and a family of three."""
    room = make_room(vaccines=(Vaccine.MMR, Vaccine.MMRV, Vaccine.SIX_IN_ONE))
    make_batch(room.team, "priorix-tetra", number="TET2")
    names = ["Adams", "Baker", "Clarke", "Davies", "Evans", "Foster", "Green", "Harris", "Irving"]
    for number, name in enumerate(names):
        book(room.session, child("Sam", name, BORN + timedelta(days=number)), contact=contact(name=f"Jo {name}"))
    family = [child(name, "Khan", BORN + timedelta(days=400 * n)) for n, name in enumerate(("Amina", "Bilal", "Chloe"))]
    book(room.session, *family)
    return room


def known_to_chis(room: Room, *people: Person) -> None:
    for person in people:
        actions.record_check(
            person=person,
            source="chis",
            outcome="doses_found",
            finding="CHIS shows the first year and one MMR.",
            doses=[actions.FoundDose(vaccine, on) for vaccine, on in FIRST_YEAR],
            by=room.nurse,
            at=AT - timedelta(days=1),
        )


def here(room: Room, first_name: str, last_name: str = "Okoro", *, known: bool = True) -> Visit:
    """Somebody who has arrived with their mother."""
    visit = room.visit(room.person(first_name, last_name), accompanied_by="Sara Okoro", accompanied_as="Mother")
    if known:
        known_to_chis(room, visit.person)
    return visit


def test_every_task_takes_no_more_than_its_target(
    room: Room, clock: time_machine.Traveller, browsers: Browsers
) -> None:
    table = Table()
    for name in ("Ada", "Ben", "Cleo", "Dan"):
        here(room, name)
    here(room, "Efe", known=False)
    nurse = Hands(browsers, room.nurse.username)
    day = f"/clinic-day/{room.session.public_id}/"
    nurse.opens(day)
    the_first_child_sets_the_batch(nurse)
    a_known_child(nurse, table)
    another_batch(nurse, table, day)
    not_given(nurse, table, day)
    a_second_vaccine(nurse, table, day)
    arrivals(nurse, table, day)
    a_walk_in_and_a_sibling(nurse, table, day)
    find(nurse, table, day)
    clock.move_to(AT + timedelta(days=1))
    correct_a_batch(Hands(browsers, room.senior.username), table, day)
    print(f"\n{table}")
    assert not table.missed, table.missed
    assert {target.task for target, _effort in table.rows} == {target.task for target in counter.TARGETS}


def the_first_child_sets_the_batch(nurse: Hands) -> None:
    """The first of the day: its batch is chosen, and used for the rest of it."""
    nurse.touches(nurse.link("OKORO, Ada"), leads_on=True)
    nurse.answers("Sara Okoro (mother), who is here", "consent")
    nurse.answers("I have asked. All true", "health")
    nurse.touches(nurse.button("Save and give the dose"), leads_on=True)
    nurse.answers("Priorix-Tetra, TET1", "batch")
    nurse.answers("Left upper arm", "the site")
    nurse.touches(nurse.button("Save dose"), leads_on=True)
    # The book is at home: no record was checked, and the nurse says why she gives it all the same.
    nurse.types("Why do you give it all the same?", "On CHIS")
    nurse.touches(nurse.button("Give anyway"), leads_on=True)
    nurse.sees("MMRV saved")


def a_known_child(nurse: Hands, table: Table) -> None:
    nurse.begin()
    nurse.touches(nurse.link("OKORO, Ben"), "open the person", leads_on=True)
    nurse.answers("Red book: the doses on record, and no others", "the record check’s finding")
    nurse.answers("Sara Okoro (mother), who is here", "consent")
    nurse.answers("I have asked. All true", "health")
    nurse.answers("Left upper arm", "the site")
    nurse.touches(nurse.button("Save dose"), "save", leads_on=True)
    nurse.sees("MMRV saved for OKORO, Ben.")
    table.add(counter.KNOWN_CHILD, nurse.counter.effort, nurse.done)
    dose = Vaccination.objects.given().get(person__first_name="Ben")
    assert (dose.batch_number, dose.cautions, dose.dose_number) == ("TET1", [], 2)
    assert dose.visit.record_checks.get().doses.count() == len(FIRST_YEAR)


def another_batch(nurse: Hands, table: Table, day: str) -> None:
    nurse.opens(day)
    nurse.touches(nurse.link("OKORO, Cleo"), leads_on=True)
    nurse.answers("Red book: the doses on record, and no others", "the record check’s finding")
    nurse.begin()
    nurse.touches(nurse.button("Change batch"), leads_on=True)
    nurse.answers("Priorix-Tetra, TET2", "batch")
    table.add(counter.CHANGE_BATCH, nurse.counter.effort, nurse.done)
    nurse.answers("Sara Okoro (mother), who is here", "consent")
    nurse.answers("I have asked. All true", "health")
    nurse.answers("Left upper arm", "the site")
    nurse.touches(nurse.button("Save dose"), leads_on=True)
    assert Vaccination.objects.given().get(person__first_name="Cleo").batch_number == "TET2"


def not_given(nurse: Hands, table: Table, day: str) -> None:
    nurse.opens(day)
    nurse.touches(nurse.link("OKORO, Dan"), leads_on=True)
    nurse.begin()
    nurse.touches(nurse.link("Not given: MMRV"), leads_on=True)
    nurse.answers("Declined", "the reason")
    nurse.touches(nurse.button("Save"), "save", leads_on=True)
    nurse.sees("not given")
    table.add(counter.NOT_GIVEN, nurse.counter.effort, nurse.done)
    refused = Vaccination.objects.get(person__first_name="Dan")
    assert refused.not_done_reason == "declined"
    assert FollowUp.objects.filter(person=refused.person).exists(), "what comes next is set by the reason"


def a_second_vaccine(nurse: Hands, table: Table, day: str) -> None:
    """Two due: the first is given, then the other, whose batch is in use since an earlier child."""
    for name in ("Fay", "Efe"):
        if name == "Fay":
            nurse.opens(day)
            add(nurse, name)
        else:
            nurse.opens(day)
            nurse.touches(nurse.link(f"OKORO, {name}"), leads_on=True)
        nurse.answers("Red book: nothing recorded", "the record check’s finding")
        nurse.touches(nurse.page.locator("[name=decides]").first)
        if nurse.page.locator("[id^=id_name_]:visible").count():
            nurse.page.locator("[id^=id_name_]:visible").first.fill("Sara Okoro")
        nurse.answers("All of them", "consent")
        nurse.answers("I have asked. All true", "health")
        nurse.answers("Left upper arm", "the site")
        nurse.touches(nurse.button("Save dose"), leads_on=True)
        nurse.sees("6-in-1 still due.")
        nurse.begin()
        nurse.touches(nurse.link("Give 6-in-1").or_(nurse.button("Give 6-in-1")), leads_on=True)
        if name == "Fay":
            nurse.answers("Infanrix hexa, HEX1", "batch")
        nurse.answers("Right upper arm", "the site")
        nurse.touches(nurse.button("Save dose"), "save", leads_on=True)
        nurse.sees("6-in-1 saved")
    table.add(counter.SECOND_VACCINE, nurse.counter.effort, nurse.done)


def arrivals(nurse: Hands, table: Table, day: str) -> None:
    nurse.opens(day)
    nurse.begin()
    nurse.touches(nurse.button("Arrive all 3 Khan children"), leads_on=True)
    nurse.sees("3 people marked as arrived.")
    table.add(counter.FAMILY, nurse.counter.effort)
    assert Visit.objects.filter(person__last_name="Khan").count() == 3


def add(nurse: Hands, name: str) -> None:
    """From the list: four facts on one page."""
    nurse.touches(nurse.link("Add a walk-in"), leads_on=True)
    nurse.types("First name", name)
    nurse.types("Last name", "Okoro")
    for part, text in (("Day", "27"), ("Month", "3"), ("Year", "2023")):
        nurse.types(part, text)
    nurse.touches(nurse.page.locator("[name=here]").first)
    nurse.touches(nurse.button("Add and arrive"), leads_on=True)
    if nurse.page.get_by_role("button", name="Add").count() and "walk-in" in nurse.page.url:
        nurse.touches(nurse.page.locator("button[name=add]"), leads_on=True)


def a_walk_in_and_a_sibling(nurse: Hands, table: Table, day: str) -> None:
    nurse.opens(day)
    nurse.begin(facts=4)
    nurse.touches(nurse.link("Add a walk-in"), leads_on=True)
    nurse.types("First name", "Grace")
    nurse.types("Last name", "Whitehouse")
    for part, text in (("Day", "14"), ("Month", "3"), ("Year", "2020")):
        nurse.types(part, text)
    nurse.touches(nurse.page.locator("[name=here]").first)
    nurse.touches(nurse.button("Add and arrive"), leads_on=True)
    table.add(counter.WALK_IN, nurse.counter.effort)
    assert Visit.objects.filter(person__first_name="Grace").exists()
    if "/people/" not in nurse.page.url:
        nurse.touches(nurse.link("WHITEHOUSE, Grace"), leads_on=True)
    nurse.begin(facts=2)
    nurse.touches(nurse.link("Add a brother or sister").first, leads_on=True)
    nurse.types("First name", "Theo")
    for part, text in (("Day", "2"), ("Month", "5"), ("Year", "2021")):
        nurse.types(part, text)
    if not nurse.page.locator("[name=here]:checked").count():
        nurse.touches(nurse.page.locator("[name=here]").first)
    nurse.touches(nurse.button("Add and arrive"), leads_on=True)
    table.add(counter.SIBLING, nurse.counter.effort)
    assert Visit.objects.get(person__first_name="Theo").person.last_name == "Whitehouse"


def find(nurse: Hands, table: Table, day: str) -> None:
    nurse.opens(day)
    nurse.begin()
    nurse.page.get_by_role("main").locator("[name=q]").focus()
    nurse.page.keyboard.type("harr")
    nurse.goes(lambda: nurse.page.keyboard.press("Enter"))
    nurse.sees("HARRIS, Sam")
    table.add(counter.FIND, nurse.counter.effort)


def correct_a_batch(senior: Hands, table: Table, day: str) -> None:
    senior.opens(day)
    senior.touches(senior.link("OKORO, Ben"), leads_on=True)
    senior.begin()
    senior.touches(senior.link("Correct this record"), leads_on=True)
    senior.touches(senior.link("The batch"), leads_on=True)
    senior.answers("Priorix-Tetra (MMRV), TET2", "batch")
    senior.types("Why is it corrected", "Read the wrong box")
    senior.touches(senior.button("Continue"), leads_on=True)
    senior.touches(senior.button("Save correction"), "save", leads_on=True)
    senior.sees("The record was corrected.")
    table.add(counter.CORRECT, senior.counter.effort)
    assert Vaccination.objects.given().get(person__first_name="Ben").batch_number == "TET2"
