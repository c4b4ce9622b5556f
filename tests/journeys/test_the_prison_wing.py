"""A prison wing by keyboard alone: a list is pasted, then everybody on it is entered, a page each. No mouse at all."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from bookings.models import ListEntry
from bookings.queries import list_report
from clinics.models import ClinicSession, Venue
from clinics.vaccines import Vaccine
from immunisations.models import Offer, Vaccination
from tests.journeys.test_record_checks import AtTheDesk
from tests.support.browser import DESKTOP, Browsers, Complaints
from tests.support.factories import MORNING, make_batch, make_session, make_team, make_user, make_venue

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TABLET = (600, 900)
LIST = """HMP Hewell, list of Saturday
Surname,Forename,DOB,Prison number,Wing,Cell,Works there
Archer,Ben,4/5/1988,A1234BC,B wing,B2-14,no
Doyle,Sean,12/11/1979,A2345CD,B wing,B2-15,no
Mensah,Kofi,30/1/1995,A3456DE,C wing,C1-02,no
Price,Lee,31/2/1991,A4567EF,C wing,C1-03,no
Reed,John,9/9/1970,,Gate,,yes
"""


class OnTheWing(AtTheDesk):
    """Somebody with a keyboard and nothing else."""

    def follows(self, link: str) -> None:
        self.tabs_to(self.link(link))
        self.goes(lambda: self.page.keyboard.press("Enter"))

    def takes(self, label: str, option: str) -> None:
        """Choose from a drop-down list by typing how it begins."""
        self.tabs_to(self.field(label))
        self.page.keyboard.type(option)
        expect(self.field(label).locator("option:checked")).to_contain_text(option)

    def begins_with(self, name: str) -> None:
        """Be on somebody's page, the keyboard at its first question."""
        self.reads(name)
        first = self.page.locator("[name='outcome']").first
        # Not to_be_focused: that asks for the window at the front, and the co-ordinator's is open too.
        assert first.evaluate("element => element === document.activeElement"), self.page.url

    def answers(self, presses: int) -> None:
        """Choose the answer so many below the first, and press Enter: saved, and on to the next."""
        for _press in range(presses):
            self.page.keyboard.press("ArrowDown")
        self.submits()

    def vaccinates(self) -> None:
        """A dose: what was looked at, who agrees, the health questions, the site; Enter."""
        self.page.keyboard.press("Space")
        self.shows("GP record", "Nothing recorded")
        self.chooses("Ben Archer, who confirmed" if "ARCHER" in self.heading else "John Reed, who confirmed")
        self.chooses("I have asked. All true")
        self.chooses("Left upper arm")
        self.submits()

    @property
    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["1280", "600"])
def test_a_wing_is_listed_and_entered_with_the_keyboard_alone(
    clock, transactional_db, browsers: Browsers, complaints: Complaints, size: tuple[int, int]
) -> None:
    complaints.expect("status of 422")
    team = make_team("Vale team")
    session = make_session(
        venue=make_venue(team, name="HMP Hewell", kind=Venue.Kind.PRISON, town="Redditch"),
        vaccines=[Vaccine.MMR],
        who_may_book=ClinicSession.WhoMayBook.CLOSED_LIST,
        name="Clinic at HMP Hewell",
    )
    make_batch(team, "priorix", number="PRX1")
    make_user(team, Role.COORDINATOR, username="cora", first_name="Cora", last_name="Planner")
    make_user(team, Role.VACCINATOR, username="nora", first_name="Nora", last_name="Nurse")
    clock.move_to(MORNING)

    # The list is pasted, one row of it is no date, and the rest is added.
    cora = OnTheWing(browsers(size))
    cora.signs_in("cora")
    cora.opens(f"/clinic-day/{session.public_id}/")
    cora.follows("List of people")
    cora.sees("No list was added to this clinic yet.")
    cora.follows("Add a list")
    cora.tabs_to(cora.field("Paste the list"))
    cora.page.keyboard.insert_text(LIST)
    cora.presses("Continue")
    cora.reads("What is each column?")
    cora.sees("5 rows were read.")
    cora.presses("Check the rows")
    cora.reads("Check the list")
    cora.sees("4 people are ready to be added", "Row 6, PRICE, Lee: “31/2/1991” is not a real date.")
    assert not ListEntry.objects.exists()
    cora.presses("Add to the list")
    cora.sees("4 people added to the list.", "4 on the list: 3 residents, 1 staff")

    # Same vaccine, next person.
    nora = OnTheWing(browsers(size))
    nora.signs_in("nora")
    nora.opens(f"/clinic-day/{session.public_id}/")
    nora.follows("Fast entry")
    nora.takes("Vaccine and batch", "Priorix")
    nora.chooses("Now, as I go")
    nora.submits()
    nora.begins_with("ARCHER, Ben")
    nora.sees("B wing, B2-14", "Prison number A1234BC", "3 people after this", "PRX1", "No dose is on record.")
    # Something is missing: said, and nothing that was answered is lost.
    nora.page.keyboard.press("Space")
    nora.submits()
    nora.sees("There is a problem", "Select who agrees", "Select where it was given")
    assert not Vaccination.objects.exists()
    nora.tabs_to(nora.page.locator("[name='outcome']:checked"))
    nora.vaccinates()
    nora.begins_with("DOYLE, Sean")
    nora.sees("MMR saved for ARCHER, Ben.")
    nora.answers(1)
    nora.begins_with("MENSAH, Kofi")
    nora.sees("DOYLE, Sean: Declined. Saved.")
    nora.answers(2)
    nora.begins_with("REED, John")
    nora.sees("MENSAH, Kofi: Not produced (prison). Saved.", "Staff")
    nora.vaccinates()
    nora.reads("End of the list")
    nora.sees("Nobody is left to enter here.")
    nora.follows("Report of the list")
    nora.sees("Not everyone on the list was vaccinated or declined: 1 not produced, or not here.")

    # In the afternoon he is brought, on the page of his own, and declines: now the line is true.
    nora.opens(f"/clinic-day/{session.public_id}/people-list/")
    nora.follows("MENSAH, Kofi")
    report = list_report(session)
    assert (report.residents.vaccinated, report.residents.declined, report.staff.vaccinated) == (1, 1, 1)
    assert Offer.objects.get().answer == Offer.Answer.DECLINED
    doses = Vaccination.objects.given().order_by("pk")
    assert [(dose.person.last_name, dose.batch_number) for dose in doses] == [("Archer", "PRX1"), ("Reed", "PRX1")]
    nora.opens(f"/clinic-day/{session.public_id}/people/{person_id('Mensah')}/not-given/?series=MEASLES")
    nora.chooses("Declined")
    nora.presses("Save")
    nora.opens(f"/clinic-day/{session.public_id}/people-list/report/")
    nora.sees("Everyone on the list was offered vaccination; all were vaccinated unless they chose to decline.")


def person_id(last_name: str) -> str:
    return str(ListEntry.objects.get(person__last_name=last_name).person.public_id)


def test_a_list_of_another_day_is_entered_from_paper_with_the_keyboard_alone(
    clock, transactional_db, browsers: Browsers
) -> None:
    team = make_team()
    session = make_session(team, vaccines=[Vaccine.MMR], who_may_book=ClinicSession.WhoMayBook.CLOSED_LIST)
    make_batch(team, "priorix", number="PRX1")
    make_user(team, Role.SENIOR_NURSE, username="sue", first_name="Sue", last_name="Senior")
    nurse = make_user(team, Role.VACCINATOR, username="nora", first_name="Nora", last_name="Nurse")
    clock.move_to(MORNING.replace(hour=15))
    sue = OnTheWing(browsers(DESKTOP))
    sue.signs_in("sue")
    sue.opens(f"/clinic-day/{session.public_id}/people-list/add-one/")
    sue.writes(First_name="John", Last_name="Reed", Day="9", Month="9", Year="1990", Wing_or_site="Roadside")
    sue.submits()
    sue.sees("REED, John is on the list.")
    sue.follows("Fast entry")
    sue.writes(Or_scan="PRX1")
    sue.takes("Given by", "Nora Nurse")
    sue.chooses("Earlier: I am entering them from paper")
    sue.submits()
    sue.begins_with("REED, John")
    sue.page.keyboard.press("Space")
    sue.writes(Time_on="1120")
    sue.shows("GP record", "Nothing recorded")
    sue.chooses("John Reed, who confirmed")
    sue.chooses("I have asked. All true")
    sue.chooses("Right upper arm")
    sue.submits()
    sue.reads("End of the list")
    dose = Vaccination.objects.get()
    assert (dose.given_by, dose.recorded_by.username, dose.given_on) == (nurse, "sue", date(2026, 11, 21))
