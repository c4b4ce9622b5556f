"""Two record checks from the keyboard alone on a small screen: records that disagree, and papers from abroad."""

from datetime import date

import pytest
from playwright.sync_api import expect

from immunisations.models import DoseJudgement, DoseSeen, RecordCheck
from tests.journeys.conftest import Evesham
from tests.journeys.test_one_task import Keyboard
from tests.support.browser import Browsers, Complaints
from tests.support.factories import MORNING, book, child

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]

SMALL = (375, 812)


class AtTheDesk(Keyboard):
    """A nurse whose hands stay on the keyboard."""

    MOST_TABS = 120

    def shows(self, source: str, outcome: str) -> None:
        """Say what a source showed: into its row with Tab, to the answer with the arrows."""
        row = self.page.get_by_role("group", name=source, exact=True)
        self.tabs_to(row.locator("input:checked"))
        wanted = row.get_by_role("radio", name=outcome)
        for _press in range(4):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{outcome} of {source} is not reached with the arrows")

    def types(self, *keys: str) -> None:
        """Type into where the keyboard is, with Tab between; " " ticks, "" leaves a field as it is."""
        for number, text in enumerate(keys):
            if number:
                self.page.keyboard.press("Tab")
            if text:
                self.page.keyboard.type(text)

    def line(self, number: int) -> object:
        return self.page.get_by_role("group", name=f"Dose {number}", exact=True)

    def opens_the_check(self, name: str) -> None:
        self.tabs_to(self.link(name))
        self.submits()
        self.tabs_to(self.link("Check a record") if self.link("Check a record").count() else self.button("Check a"))
        self.submits()


def arrived(evesham: Evesham, clock, browsers: Browsers, first: str, last: str, born: date) -> AtTheDesk:
    """A child has come, and a nurse has signed in on a small screen."""
    book(evesham.session, child(first, last, born))
    clock.move_to(MORNING)
    nurse = AtTheDesk(browsers(SMALL))
    nurse.signs_in("nora")
    nurse.presses("Arrived")
    return nurse


def test_two_records_that_disagree_are_written_down_and_decided_with_the_keyboard_alone(
    evesham: Evesham, clock, browsers: Browsers, complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    nurse = arrived(evesham, clock, browsers, "Ella", "Whitlock", date(2021, 2, 3))
    nurse.opens_the_check("WHITLOCK, Ella")
    nurse.shows("Red book", "Doses found")
    nurse.shows("CHIS", "Nothing recorded")
    nurse.shows("GP record", "Doses found")
    # A dose that both show, typed once; then the one about which they differ. Enter goes on to the next line.
    nurse.tabs_to(nurse.page.locator("#id_dose0-vaccine"))
    nurse.types("MMR", "2 2 22", "", " ", " ")
    nurse.page.keyboard.press("Enter")
    expect(nurse.page.locator("#id_dose1-vaccine")).to_be_focused()
    nurse.types("MMR", "30/2/24", "", " ")
    nurse.page.keyboard.press("Enter")
    nurse.types("MMR", "5/3/24", "AB12", "", " ")
    nurse.page.keyboard.press("Enter")
    # A line was added, and an empty one leads on.
    expect(nurse.page.locator("#id_dose3-vaccine")).to_be_focused()
    nurse.page.keyboard.press("Tab")
    nurse.page.keyboard.press("Enter")
    expect(nurse.button("Continue")).to_be_focused()
    nurse.submits()
    nurse.sees("There is a problem", "This is not a real date: check the day and the month")
    nurse.tabs_to(nurse.page.locator("#id_dose1-given_on"))
    nurse.page.keyboard.press("ControlOrMeta+A")
    nurse.page.keyboard.type("3 mar 24")
    nurse.presses("Continue")
    nurse.reads("The finding")
    nurse.sees("MMR on 3 and 5 March 2024 from two records: one dose written twice?", "Not asked: School service")
    drafted = nurse.field("Finding").input_value()
    assert "MMR 1 on 2 February 2022, does not count (given 1 day before the first birthday)" in drafted
    # Back and forth: nothing is lost.
    nurse.goes(nurse.page.go_back)
    expect(nurse.page.locator("#id_dose2-batch_number")).to_have_value("AB12")
    nurse.presses("Continue")
    nurse.tabs_to(nurse.field("Finding"))
    nurse.page.keyboard.press("ControlOrMeta+End")
    nurse.page.keyboard.type(" Seen with the mother.")
    nurse.presses("Save record check")
    nurse.sees("Record check saved.", "2 sources agree: Red book, GP record", "Not in: CHIS")
    assert RecordCheck.objects.values("round").distinct().count() == 1 and RecordCheck.objects.count() == 3
    assert all(row.finding == f"{drafted} Seen with the mother." for row in RecordCheck.objects.all())

    nurse.tabs_to(nurse.link("Decide"))
    nurse.submits()
    nurse.reads("One dose or two?")
    nurse.chooses("They are one dose, on 5 March 2024")
    nurse.writes(What_do_you_base_this_on="The surgery has the batch")
    nurse.presses("Save decision")
    nurse.sees("Decision saved.", "one dose, decided by Nora Nurse")
    judgement = DoseJudgement.objects.get()
    assert (judgement.verdict, judgement.holds_on) == ("one_dose", date(2024, 3, 5))
    assert DoseSeen.objects.count() == 4


def test_a_traveller_familys_papers_are_written_down_as_they_stand_with_the_keyboard_alone(
    evesham: Evesham, clock, browsers: Browsers
) -> None:
    book(evesham.session, child("Danior", "Lee", date(2020, 9, 9)), child("Mirela", "Lee", date(2022, 5, 1)))
    clock.move_to(MORNING)
    nurse = AtTheDesk(browsers(SMALL))
    nurse.signs_in("nora")
    nurse.presses("Arrive all 2 Lee children")
    nurse.opens_the_check("LEE, Danior")
    nurse.shows("GP record", "Not available")
    nurse.shows("Overseas papers", "Doses found")
    nurse.types("")
    nurse.page.keyboard.press("Tab")
    nurse.types("Card from Romania", "The card itself")
    nurse.tabs_to(nurse.page.locator("#id_dose0-vaccine"))
    # One record alone shows doses: no line asks where it was seen.
    expect(nurse.page.locator("#id_dose0-seen_in")).to_be_hidden()
    for written in (
        ("OPV", "XI 2020", "VPO", "", "Romania"),
        ("Measles", "2021", "Rujeolic", "", "Romania"),
        ("Other", "Sept 2020", "BCG", "", "Romania"),
        ("MMR", "10/2021", "ROR", "", "Romania"),
    ):
        nurse.types(*written)
        nurse.page.keyboard.press("Enter")
    nurse.presses("Continue")
    nurse.sees("Card from Romania", "Not judged here.")
    assert "MMR 1 in October 2021" in nurse.field("Finding").input_value()
    nurse.presses("Save record check")
    nurse.sees("Overseas papers (Card from Romania)", "November 2020", "October 2021", "BCG")
    assert sorted(DoseSeen.objects.values_list("vaccine", "given_on", "as_written", "country")) == [
        ("MEASLES_ONLY", "2021", "Rujeolic", "Romania"),
        ("MMR", "2021-10", "ROR", "Romania"),
        ("OPV", "2020-11", "VPO", "Romania"),
        ("OTHER", "2020-09", "BCG", "Romania"),
    ]
    assert set(RecordCheck.objects.values_list("source", "outcome")) == {
        ("gp_record", "not_available"),
        ("overseas", "doses_found"),
    }

    # His sister has a page torn out of such a card, with a month and a year alone, and nothing anywhere else.
    nurse.opens_the_check("LEE, Mirela")
    nurse.shows("CHIS", "Nothing recorded")
    nurse.shows("Overseas papers", "Doses found")
    nurse.tabs_to(nurse.page.locator("#id_dose0-vaccine"))
    for written in (("6-in-1", "2022", "", "", "Romania"), ("MMR 04/2023", "", "ROR", "", "Romania")):
        nurse.types(*written)
        nurse.page.keyboard.press("Enter")
    nurse.presses("Continue")
    nurse.sees("April 2023")
    nurse.presses("Save record check")
    nurse.sees("Record check saved.", "Not in: CHIS")
    assert set(
        DoseSeen.objects.filter(record_check__person__first_name="Mirela").values_list("vaccine", "given_on")
    ) == {("6IN1", "2022"), ("MMR", "2023-04")}
