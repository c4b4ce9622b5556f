"""A morning in Evesham, from the first arrival to the clinic's end, on a telephone's screen and on a desktop's."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from bookings.models import Appointment
from clinics.actions import receive_stock, take_stock
from clinics.models import ClinicSession, VaccineOffer
from clinics.vaccines import Vaccine
from immunisations.models import FollowUp, Vaccination, Visit
from tests.journeys.conftest import Evesham
from tests.journeys.test_a_wrong_batch import Senior as Keys
from tests.journeys.walker import Walker
from tests.support.browser import DESKTOP, PHONE, Browsers, Complaints
from tests.support.factories import MORNING, NOW, book, child, contact, make_batch, make_user
from tests.support.statuses import assert_statuses_are_right

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def morning(evesham: Evesham, clock) -> Evesham:
    """Measles is about, so that babies may come early. Four are booked; one speaks Urdu, one will not come."""
    ClinicSession.objects.filter(pk=evesham.session.pk).update(
        early_doses=True, early_doses_reason="Measles in two schools of the county"
    )
    VaccineOffer.objects.filter(session=evesham.session, vaccine=Vaccine.SIX_IN_ONE).delete()
    evesham.session.refresh_from_db()
    make_batch(evesham.team, "priorix-tetra", number="TET2")
    make_user(evesham.team, Role.SENIOR_NURSE, username="sue", first_name="Sue", last_name="Senior")
    starts = list(evesham.session.places.values_list("starts_at", flat=True).order_by("starts_at").distinct())
    urdu = contact(language="ur", spoken_language="Urdu", interpreter_needed=True)
    for number, (who, family) in enumerate(
        (
            (child("Amina"), urdu),
            (child("Chloe", "Novak", date(2022, 9, 1)), contact(name="Eva Novak")),
            (child("Dara", "Silva", date(2026, 3, 20)), contact(name="Rui Silva", relationship="Father")),
            (child("Efe", "Jones", date(2022, 1, 5)), contact(name="Ann Jones")),
        )
    ):
        book(evesham.session, who, contact=family, starts_at=starts[number])
    nurse, taken = evesham.nurse, list(evesham.team.batches.filter(product__code__startswith="priorix"))
    for batch in taken:
        receive_stock(batch=batch, doses=20, note="", by=nurse, at=NOW)
    take_stock(session=evesham.session, counts=dict.fromkeys(taken, 5), by=nurse, at=MORNING)
    clock.move_to(MORNING)
    return evesham


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["375 pixels", "1280 pixels"])
def test_a_morning_in_evesham(
    morning: Evesham, clock, browsers: Browsers, complaints: Complaints, size: tuple[int, int]
) -> None:
    complaints.expect("status of 422")
    page = browsers(size)
    nurse, keys = Walker(page), Keys(page)
    nurse.signs_in("nora")
    a_booked_child_with_an_interpreter(nurse)
    a_sibling_who_walked_in(nurse, keys)
    a_wrong_batch_is_noticed(nurse)
    a_family_that_declines(nurse, keys)
    a_baby_who_comes_early(nurse)
    clock.move_to(MORNING + timedelta(hours=4))
    the_end(Walker(browsers(size)), morning)
    assert_statuses_are_right()


def back_to_the_list(nurse: Walker) -> None:
    nurse.goes(nurse.page.get_by_role("link", name="Today’s clinic").click)
    nurse.reads("Evesham town hall clinic")


def a_booked_child_with_an_interpreter(nurse: Walker) -> None:
    nurse.sees("Interpreter", "Urdu")
    nurse.presses("Arrived: KHAN, Amina")
    nurse.follows("KHAN, Amina")
    nurse.sees("Interpreter", "Urdu", "No record has been checked on this visit yet.")
    nurse.presses("Check a record")
    nurse.page.get_by_role("group", name="Red book", exact=True).get_by_label("Doses found").check()
    row = nurse.page.get_by_role("group", name="Dose 1", exact=True)
    row.get_by_label("Vaccine").fill("MMR")
    row.get_by_label("Date given").fill("10/4/24")
    nurse.presses("Continue")
    nurse.presses("Save record check")
    nurse.chooses("Sara Khan (mother), who is here")
    nurse.chooses("I have asked. All true")
    nurse.presses("Save and give the dose")
    nurse.chooses("Priorix-Tetra, TET1")
    nurse.chooses("Left upper arm")
    nurse.presses("Save dose")
    nurse.sees("MMRV saved for KHAN, Amina.")


def a_sibling_who_walked_in(nurse: Walker, keys: Keys) -> None:
    """The sister's page copies what they share; the dose is given with the keyboard alone."""
    nurse.follows("KHAN, Amina")
    nurse.follows("Add a brother or sister")
    expect(nurse.field("Last name")).to_have_value("Khan")
    nurse.writes(First_name="Bilal", Day="2", Month="5", Year="2021")
    if not nurse.page.locator("[name=here]:checked").count():
        nurse.radio("Yes").check()
    nurse.presses("Add and arrive")
    if "/people/" not in nurse.page.url:
        nurse.follows("KHAN, Bilal")
    nurse.sees("Interpreter", "Priorix-Tetra (MMRV), TET1", "You chose it for the rest of this clinic.")
    keys.chooses("Red book: nothing recorded")
    decides = nurse.page.locator("[name=decides]").first
    keys.chooses(" ".join(nurse.page.locator(f"label[for={decides.get_attribute('id')}]").inner_text().split()))
    keys.chooses("I have asked. All true")
    keys.chooses("Left upper arm")
    keys.presses("Save dose")
    if nurse.page.locator("[id^=id_name_]:visible").count():
        # Nobody was named at the desk: whoever decides is asked for, and nothing else is lost.
        nurse.page.locator("[id^=id_name_]:visible").first.fill("Sara Khan")
        keys.presses("Save dose")
    nurse.sees("MMRV saved for KHAN, Bilal.")
    dose = Vaccination.objects.get(person__first_name="Bilal")
    assert (dose.batch_number, dose.cautions, dose.visit.how) == ("TET1", [], Visit.How.WALK_IN)
    assert dose.visit.person.interpreter_needed


def a_wrong_batch_is_noticed(nurse: Walker) -> None:
    """The box in the hand says another number than the page did."""
    nurse.follows("KHAN, Bilal")
    nurse.follows("Correct this record")
    nurse.follows("The batch")
    nurse.chooses("Priorix-Tetra (MMRV), TET2")
    nurse.writes(Why_is_it_corrected="Took it from the second box")
    nurse.presses("Continue")
    nurse.sees("TET1", "TET2", "Took it from the second box")
    nurse.presses("Save correction")
    nurse.sees("The record was corrected.")
    expect(nurse.page.locator("s.app-struck").first).to_contain_text("TET1")
    assert Vaccination.objects.given().get(person__first_name="Bilal").batch_number == "TET2"


def a_family_that_declines(nurse: Walker, keys: Keys) -> None:
    """With the keyboard alone; what happens next is set with the reason."""
    back_to_the_list(nurse)
    nurse.presses("Arrived: NOVAK, Chloe")
    nurse.follows("NOVAK, Chloe")
    keys.follows("Not given: MMRV")
    keys.chooses("Declined")
    keys.presses("Save")
    nurse.sees("Saved: not given.")
    step = FollowUp.objects.get(person__first_name="Chloe")
    assert step.vaccination is not None and step.vaccination.not_done_reason == "declined"


def a_baby_who_comes_early(nurse: Walker) -> None:
    """Eight months old: the dose is offered because of the outbreak, does not count, and needs a reason."""
    back_to_the_list(nurse)
    nurse.presses("Arrived: SILVA, Dara")
    nurse.follows("SILVA, Dara")
    nurse.presses("Check a record")
    nurse.page.get_by_role("group", name="Red book", exact=True).get_by_label("Nothing recorded").check()
    nurse.presses("Continue")
    nurse.presses("Save record check")
    nurse.chooses("Rui Silva (father), who is here")
    nurse.chooses("I have asked. All true")
    nurse.presses("Save and give the dose")
    nurse.chooses("Priorix, PRX1")
    nurse.chooses("Left thigh")
    nurse.presses("Save dose")
    nurse.reads("Stop and check")
    nurse.sees("This dose will be recorded and will not count.")
    nurse.writes(**{"Why_do_you_give_it_all_the_same?": "A case at the nursery"})
    nurse.presses("Give anyway")
    nurse.sees("MMR saved for SILVA, Dara.")
    early = Vaccination.objects.get(person__first_name="Dara")
    assert (early.indication, early.override_reason) == ("outbreak", "A case at the nursery")


def the_end(senior: Walker, morning: Evesham) -> None:
    """Who did not come is marked, everything is filled in already, and the clinic is closed."""
    senior.signs_in("sue")
    senior.follows("End of clinic")
    senior.reads("End of clinic")
    senior.sees("JONES, Efe", "Vaccinated 3", "Came but not vaccinated 1", "Everybody who came 4", "Declined 1")
    senior.presses("Mark the rest as did not attend")
    senior.sees("Did not attend 1", "Still expected 0")
    assert Appointment.objects.get(first_name="Efe").state == Appointment.State.DID_NOT_ATTEND
    for number in ("PRX1", "TET1", "TET2"):
        # Five of each were taken, and one given.
        senior.page.get_by_label(re.compile(rf"Counted back\s*: {number}")).fill("4")
    senior.presses("Save the count")
    senior.sees("Nothing is in the way.")
    senior.presses("Close the clinic")
    senior.sees("Closed at")
    morning.session.refresh_from_db()
    assert morning.session.state == ClinicSession.State.CLOSED_OFF
