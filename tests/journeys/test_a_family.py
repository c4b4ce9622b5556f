"""A parent books two children, a nurse sees them, a co-ordinator sees what came of it. With JavaScript and without."""

from pathlib import Path

import pytest

from bookings.models import Appointment, Booking
from clinics.models import ClinicSession
from immunisations.models import Consent, RecordCheck, Vaccination, Visit
from tests.journeys.conftest import Evesham
from tests.journeys.walker import Walker
from tests.support.browser import DESKTOP, PHONE, Browsers
from tests.support.factories import MORNING

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TABLET = (768, 1024)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_family_books_comes_and_is_counted(
    evesham: Evesham, clock, browsers: Browsers, complaints, javascript: bool
) -> None:
    # A form sent back with what is wrong answers 422, which Chromium's console mentions.
    complaints.expect("status of 422")
    a_parent_books_two_children(Walker(browsers(PHONE, javascript=javascript), public=True))
    clock.move_to(MORNING)
    a_nurse_sees_them(Walker(browsers(TABLET, javascript=javascript)))
    a_co_ordinator_counts_and_publishes(Walker(browsers(DESKTOP)), evesham)


def a_parent_books_two_children(parent: Walker) -> None:
    parent.opens("/")
    parent.follows("Find a clinic")
    parent.writes(Where_do_you_want_to_go="wr11 4")
    parent.presses("Search")
    parent.sees("near WR11", "Next: Saturday 21 November 2026")
    parent.follows("Evesham town hall clinic")
    parent.reads("Evesham town hall clinic")
    parent.presses("Book at this clinic")

    parent.reads("Who is the appointment for?")
    parent.presses("Continue")
    parent.sees("There is a problem", "Enter the first name")
    parent.writes(First_name="Amina", Last_name="Khan")
    parent.presses("Continue")
    parent.reads("What is Amina’s date of birth?")
    parent.writes(Day="27", Month="3", Year="2023")
    parent.presses("Continue")
    parent.chooses("Yes, add another child or adult")
    parent.presses("Continue")
    parent.writes(First_name="Bilal")
    parent.presses("Continue")
    parent.writes(Day="2", Month="May", Year="2021")
    parent.presses("Continue")
    parent.reads("People who are coming")
    parent.chooses("No, nobody else")
    parent.presses("Continue")
    parent.reads("What is Amina’s appointment for?")
    parent.ticks("I am not sure. Please check for me")
    parent.chooses("Yes")
    parent.presses("Continue")
    parent.reads("Do you want an interpreter at the clinic?")
    parent.chooses("No")
    parent.presses("Continue")
    parent.chooses("No")
    parent.presses("Continue")
    parent.reads("What times do you want to come?")
    parent.chooses("10:20am and 10:30am, one after the other")
    parent.presses("Continue")
    for name in ("Amina", "Bilal"):
        parent.reads(f"Do you know {name}’s NHS number?")
        parent.chooses("No, continue without it")
        parent.presses("Continue")
    parent.reads("Where does Amina live?")
    parent.chooses("This is our address")
    parent.writes(Address="1 High Street", Postcode="wr11 4bs")
    parent.chooses("Yes")
    parent.presses("Continue")
    parent.reads("Is Amina registered with a GP surgery?")
    parent.chooses("Not sure")
    parent.page.get_by_role("group", name="Is it the same for Bilal?").get_by_label("Yes").check()
    parent.presses("Continue")
    parent.reads("About you")
    parent.chooses("Mother")
    parent.chooses("Yes")
    parent.writes(Your_full_name="Sara Khan")
    parent.presses("Continue")
    parent.ticks("Email")
    parent.writes(Email_address="sara@example.com")
    parent.presses("Continue")

    parent.reads("Check your answers before you book")
    parent.follows("Change name of Bilal")
    parent.writes(First_name="Bilaal")
    parent.presses("Continue")
    parent.reads("Check your answers before you book")
    parent.sees("Bilaal Khan", "10:20am Amina and 10:30am Bilaal", "sara@example.com")

    parent.presses_twice("Book these appointments", ends="/booked/$")
    parent.reads("Appointments booked")
    booking = Booking.objects.get()
    reference = f"{booking.reference[:5]}-{booking.reference[5:]}"
    parent.sees(reference, "Amina: 10:20am", "Bilaal: 10:30am")
    with parent.page.expect_download() as download:
        parent.link("Add to your calendar").click()
    calendar = Path(download.value.path()).read_text()
    assert calendar.count("BEGIN:VEVENT") == 2 and "Evesham Town Hall" in calendar

    parent.goes(parent.page.go_back)
    parent.reads("You have already booked")
    parent.follows("See your booking")
    parent.sees(reference)
    assert Booking.objects.count() == 1 and Appointment.objects.count() == 2


def a_nurse_sees_them(nurse: Walker) -> None:
    nurse.signs_in("nora")
    nurse.reads("Evesham town hall clinic")
    nurse.sees("2 to see, 0 done")
    nurse.presses("Arrive all 2 Khan children")
    nurse.sees("2 people marked as arrived.", "Ready now (2)")

    nurse.follows("KHAN, Amina")
    nurse.sees("Born 27 March 2023 (3 years 7 months)", "No record has been checked on this visit yet.")
    nurse.presses("Check a record")
    nurse.page.get_by_role("group", name="Red book", exact=True).get_by_label("Doses found").check()
    row = nurse.page.get_by_role("group", name="Dose 1", exact=True)
    row.get_by_label("Vaccine").fill("MMR")
    row.get_by_label("Date given").fill("10/4/24")
    nurse.presses("Continue")
    nurse.presses("Save record check")
    nurse.sees("10 April 2024")
    assert RecordCheck.objects.get().doses.count() == 1

    agree(nurse)
    nurse.presses("Save and give the dose")
    nurse.reads("Give MMRV")
    nurse.chooses("Priorix-Tetra, TET1")
    nurse.chooses("Left upper arm")
    nurse.presses("Save dose")
    dose = Vaccination.objects.get()
    assert (dose.product_name, dose.batch_number, dose.dose_number) == ("Priorix-Tetra", "TET1", 2)
    assert Consent.objects.get().given_by_name == "Sara Khan"

    nurse.sees("MMRV saved. 6-in-1 still due.", "Consent given: Sara Khan (mother), 6-in-1, MMRV")
    nurse.presses("End the visit")
    nurse.sees("1 to see, 1 done")

    nurse.follows("KHAN, Bilaal")
    nurse.follows("Not given: MMRV")
    nurse.ticks("6-in-1")
    nurse.chooses("Declined")
    nurse.presses("Save")
    nurse.sees("0 to see, 2 done")
    assert not Visit.objects.filter(left_at=None).exists()
    refused = Vaccination.objects.filter(status="not-done")
    assert set(refused.values_list("not_done_reason", "person__first_name")) == {("declined", "Bilaal")}


def agree(nurse: Walker) -> None:
    """The mother agrees to everything that is due, and nothing speaks against it."""
    nurse.chooses("Sara Khan (mother), who is here")
    if nurse.page.get_by_role("radio", name="All of them").count():
        nurse.chooses("All of them")
    nurse.chooses("I have asked. All true")


def a_co_ordinator_counts_and_publishes(planner: Walker, evesham: Evesham) -> None:
    planner.signs_in("cora")
    planner.reads("Evesham town hall clinic")
    planner.sees("KHAN, Amina", "KHAN, Bilaal")
    planner.follows("Totals")
    planner.reads("Totals")
    planner.sees("Everybody who came 2", "1 person was vaccinated.", "Vaccinated 1", "Came but not vaccinated 1")
    planner.sees("Declined 2", "1 person declined.")
    planner.goes(planner.page.get_by_role("link", name="Administration").click)
    planner.goes(planner.page.get_by_role("row").get_by_role("link", name="Clinics", exact=True).click)
    planner.goes(planner.page.get_by_role("link", name="Sun 6 Dec 2026").click)
    planner.goes(planner.page.get_by_role("button", name="Publish").click)
    planner.goes(planner.page.get_by_role("button", name="Yes, publish").click)
    planner.sees("is published")
    assert ClinicSession.objects.get(pk=evesham.following.pk).state == "published"
