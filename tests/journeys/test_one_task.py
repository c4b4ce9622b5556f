"""Short stories of one task each: a booking cancelled, a dose in six taps, a list on a small screen and on paper."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from bookings.models import Appointment, Booking
from clinics.vaccines import Vaccine
from immunisations.models import Vaccination
from tests.journeys.conftest import Evesham
from tests.journeys.walker import Walker
from tests.support.browser import DESKTOP, PHONE, Browsers, Complaints
from tests.support.factories import MORNING, book, child, make_batch, make_session, make_team, make_user

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]

SMALL_TABLET = (600, 900)
TABLET = (768, 1024)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_parent_finds_the_booking_and_cancels_one_child(
    evesham: Evesham, browsers: Browsers, complaints: Complaints, javascript: bool
) -> None:
    complaints.expect("status of 422")
    booking = book(evesham.session, child("Amina"), child("Bilal", born=date(2021, 5, 2))).booking
    parent = Walker(browsers(PHONE, javascript=javascript), public=True)
    parent.opens("/")
    parent.follows("See, change or cancel your booking")
    typed = f"{booking.reference[:5]} {booking.reference[5:]}".lower()
    parent.writes(Booking_reference=typed, Day="28", Month="3", Year="2023")
    parent.presses("Continue")
    parent.sees("We cannot find a booking with this reference and date of birth. Check both and try again")
    expect(parent.page.get_by_label("Booking reference")).to_have_value(typed)
    parent.writes(Day="27")
    parent.presses("Continue")
    parent.reads("Your booking")
    assert booking.reference not in parent.page.url
    parent.follows("Cancel this appointment Bilal Khan")
    parent.reads("Cancel this appointment?")
    parent.presses("Cancel appointment")
    parent.reads("Your booking")
    parent.sees("Bilal Khan Cancelled", "Amina Khan Booked")
    states = dict(booking.appointments.values_list("first_name", "state"))
    assert states == {"Amina": Appointment.State.BOOKED, "Bilal": Appointment.State.CANCELLED}


def test_a_parent_books_one_child_with_the_keyboard_alone(
    evesham: Evesham, browsers: Browsers, complaints: Complaints
) -> None:
    parent = Keyboard(browsers(DESKTOP), public=True)
    parent.opens("/clinics/evesham/")
    parent.page.keyboard.press("Tab")
    expect(parent.page.get_by_role("link", name="Skip to main content")).to_be_focused()
    parent.presses("Book at this clinic")
    parent.writes(First_name="Amina", Last_name="Khan")
    parent.submits()
    parent.writes(Day="27", Month="3", Year="2023")
    parent.submits()
    parent.reads("People who are coming")
    parent.chooses("No, nobody else")
    parent.presses("Continue")
    parent.ticks("I am not sure. Please check for me")
    parent.presses("Continue")
    for question in (
        "Do you want an interpreter at the clinic?",
        "Do you or Amina need extra help or a longer appointment?",
    ):
        parent.reads(question)
        parent.chooses("No")
        parent.presses("Continue")
    parent.chooses("10:20am")
    parent.presses("Continue")
    parent.chooses("No, continue without it")
    parent.presses("Continue")
    parent.chooses("I would rather not say")
    parent.presses("Continue")
    parent.chooses("Not sure")
    parent.presses("Continue")
    parent.chooses("Mother")
    parent.writes(Your_full_name="Sara Khan")
    parent.chooses("Yes")
    parent.presses("Continue")
    parent.ticks("Text message")
    parent.writes(Mobile_number="07700 900982")
    parent.presses("Continue")
    parent.reads("Check your answers before you book")
    parent.presses("Book this appointment")
    parent.reads("Appointment booked")
    assert Booking.objects.get().phone == "+447700900982"


class Keyboard(Walker):
    """Somebody who has no mouse: Tab, the arrows, Space, Enter and letters."""

    MOST_TABS = 60

    def tabs_to(self, locator) -> None:
        """Press Tab until this has the focus; it must then be in sight."""
        locator = locator.first
        expect(locator).to_be_attached()
        for _press in range(self.MOST_TABS):
            if locator.evaluate("element => element === document.activeElement"):
                expect(locator).to_be_in_viewport()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{locator} is not reached with Tab on {self.page.url}")

    def presses(self, button: str) -> None:
        self.tabs_to(self.button(button))
        self.goes(lambda: self.page.keyboard.press("Enter"))

    def submits(self) -> None:
        """Send the form from the field where the keyboard is."""
        self.goes(lambda: self.page.keyboard.press("Enter"))

    def writes(self, **words: str) -> None:
        for label, text in words.items():
            self.tabs_to(self.field(label))
            self.page.keyboard.type(text)

    def chooses(self, answer: str) -> None:
        """Enter the group of answers with Tab, and go through it with the arrows."""
        wanted = self.radio(answer)
        self.tabs_to(self.page.locator(f"[name='{wanted.get_attribute('name')}']"))
        self.page.keyboard.press("Space")
        for _press in range(self.MOST_TABS):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{answer} is not reached with the arrows on {self.page.url}")

    def ticks(self, answer: str) -> None:
        self.tabs_to(self.checkbox(answer))
        self.page.keyboard.press("Space")


def test_a_known_child_is_vaccinated_in_six_taps_and_no_typing(clock, transactional_db, browsers: Browsers) -> None:
    team = make_team()
    session = make_session(team, vaccines=(Vaccine.MMR, Vaccine.MMRV))
    make_batch(team, "priorix-tetra", number="TET1")
    user = make_user(team, username="nora")
    book(session, child("Amina"), child("Bilal", born=date(2021, 5, 2)))
    clock.move_to(MORNING)
    nurse = Walker(browsers(TABLET))
    nurse.signs_in(user.username)
    nurse.presses("Arrive all 2 Khan children")
    # The first child of the day: the batch is chosen, once.
    check_the_red_book(nurse, "KHAN, Amina")
    vaccinate(nurse, batch="Priorix-Tetra, TET1")
    nurse.taps = nurse.typed = 0
    check_the_red_book(nurse, "KHAN, Bilal")
    to_check = nurse.taps
    nurse.opens("/clinic-day/")
    nurse.taps = nurse.typed = 0
    nurse.follows("KHAN, Bilal")
    vaccinate(nurse)
    print(f"From the list to the saved dose: {nurse.taps} taps, {nurse.typed} characters.")
    print(f"To open a child and check a red book without doses: {to_check} taps.")
    assert Vaccination.objects.filter(batch_number="TET1", status="completed").count() == 2
    assert nurse.taps <= 6 and nurse.typed == 0


def check_the_red_book(nurse: Walker, name: str) -> None:
    """Open a child from the list and see that the red book shows nothing."""
    nurse.follows(name)
    nurse.presses("Check a record")
    nurse.taps += 1
    nurse.page.get_by_role("group", name="Red book", exact=True).get_by_label("Nothing recorded").check()
    nurse.presses("Continue")
    nurse.presses("Save record check")


def vaccinate(nurse: Walker, *, batch: str = "") -> None:
    """From the child's page to the saved dose: with a batch in use, on that page alone."""
    nurse.chooses("Sara Khan (mother), who is here")
    nurse.chooses("I have asked. All true")
    if batch:
        nurse.presses("Save and give the dose")
        nurse.chooses(batch)
    nurse.chooses("Left upper arm")
    nurse.presses("Save dose")
    nurse.sees("MMRV saved for KHAN,")


def test_the_list_of_the_day_fits_a_small_tablet_and_paper(evesham: Evesham, clock, browsers: Browsers) -> None:
    for number, (first, last) in enumerate([("Maximiliana-Theodora", "Featherstonehaugh-Cholmondeley"), ("Ng", "")]):
        starts_at = evesham.session.places.order_by("starts_at")[number * 2].starts_at
        book(evesham.session, child(first, last, support_needs="Trouble hearing. " * 8), starts_at=starts_at)
    clock.move_to(MORNING - timedelta(minutes=5))
    nurse = Walker(browsers(SMALL_TABLET))
    nurse.signs_in("nora")
    nurse.sees("2 to see, 0 done")
    nurse.page.get_by_role("button", name="Arrived").first.click()
    nurse.sees("1 person marked as arrived.")
    nurse.look()
    nurse.page.emulate_media(media="print")
    nurse.look()
    nurse.sees("FEATHERSTONEHAUGH-CHOLMONDELEY, Maximiliana-Theodora")
    after = nurse.page.locator("main a").first.evaluate("link => getComputedStyle(link, '::after').content")
    assert after in ("none", "normal"), "addresses within the service are not printed"
    for role in ("search", "button", "navigation"):
        useless = nurse.page.get_by_role(role).filter(visible=True)
        assert useless.count() == 0, f"what cannot be used on paper is not printed: {useless.all()}"
