"""Parents on a phone: a family of three, a time that goes meanwhile, a change, an offer of times, a stranger.

In English with the keyboard alone, and in Urdu, which runs from right to left, without JavaScript. Every page they come
to is judged by axe, and has to fit 320 pixels.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override

from bookings.actions import cancel_appointments
from bookings.models import Appointment, Booking, WaitingListEntry
from bookings.waiting_list.joining import token_of
from bookings.waiting_list.offering import offer_times
from tests.journeys.conftest import Evesham
from tests.journeys.test_one_task import Keyboard
from tests.journeys.walker import Walker
from tests.support.browser import PHONE, Browsers, Complaints
from tests.support.factories import book, child, contact, make_session, make_team, make_venue

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class Parent(Walker):
    """A parent who reads one language. What is said of the pages is written in English and looked up in theirs."""

    def __init__(self, page: Any, language: str = "en-gb") -> None:
        super().__init__(page, public=True)
        self.language = language
        self.home = "/" if language == "en-gb" else f"/{language}/"

    def said(self, words: str, **values: Any) -> str:
        """Return words as the parent reads them."""
        with override(self.language):
            found = gettext(words)
        return found % values if values else found

    def link(self, words: str):
        return super().link(self.said(words))

    def button(self, words: str):
        return super().button(self.said(words))

    def radio(self, words: str):
        return super().radio(self.said(words))

    def checkbox(self, words: str):
        return super().checkbox(self.said(words))

    def field(self, label: str):
        return super().field(self.said(label))

    def types(self, label: str, text: str) -> None:
        """Fill the field of this label."""
        self.field(label).fill(text)

    def is_asked(self, words: str, **values: Any) -> None:
        """Find this heading."""
        self.reads(self.said(words, **values))

    def is_told(self, words: str, **values: Any) -> None:
        """Find this sentence."""
        self.sees(" ".join(self.said(words, **values).split()))

    def goes_on(self) -> None:
        self.presses("Continue")

    def names(self, first: str, last: str = "", born: tuple[str, str, str] = ("27", "3", "2023")) -> None:
        """Give a name and a date of birth."""
        self.types("First name", first)
        if last:
            self.types("Last name", last)
        self.goes_on()
        self.is_asked("What is %(name)s’s date of birth?", name=first)
        for part, number in zip(("Day", "Month", "Year"), born, strict=True):
            self.types(part, number)
        self.goes_on()

    def says_no(self) -> None:
        self.chooses("No")
        self.goes_on()


class WithKeyboard(Keyboard, Parent):
    """A parent who uses no mouse and no finger."""

    def follows(self, link: str) -> None:
        self.tabs_to(self.link(link))
        self.goes(lambda: self.page.keyboard.press("Enter"))

    def types(self, label: str, text: str) -> None:
        self.tabs_to(self.field(label))
        self.page.keyboard.type(text)


def asks_for_a_clinic(parent: Parent) -> None:
    parent.opens(parent.home)
    parent.follows("Find a clinic")
    parent.follows("Evesham town hall clinic")
    parent.presses("Book at this clinic")


def comes_to_the_times(parent: Parent, *, several: bool) -> None:
    """From who is coming to the times: what for, which language, which help."""
    parent.ticks("I am not sure. Please check for me")
    if several:
        parent.chooses("Yes")
    parent.goes_on()
    parent.says_no()
    parent.says_no()


def gives_the_rest(parent: Parent, names: list[str], *, email: str) -> None:
    """From the NHS numbers to the check page."""
    for name in names:
        parent.is_asked("Do you know %(name)s’s NHS number?", name=name)
        parent.chooses("No, continue without it")
        parent.goes_on()
    parent.chooses("I would rather not say")
    if len(names) > 1:
        parent.chooses("Yes")
    parent.goes_on()
    parent.chooses("Not sure")
    if len(names) > 1:
        parent.page.locator("input[name=same][value=yes]").check()
    parent.goes_on()
    parent.chooses("Mother")
    parent.page.locator("input[name=parental][value=yes]").check()
    parent.types("Your full name", "Sara Khan")
    parent.goes_on()
    parent.ticks("Email")
    parent.types("Email address", email)
    parent.goes_on()
    parent.is_asked("Check your answers before you book")


@pytest.mark.parametrize("language", ["en-gb", "ur"])
def test_a_family_of_three_books_once_one_after_the_other(
    evesham: Evesham, browsers: Browsers, complaints: Complaints, language: str
) -> None:
    complaints.expect("status of 422")
    if language == "en-gb":
        parent: Parent = WithKeyboard(browsers(PHONE))
    else:
        parent = Parent(browsers(PHONE, javascript=False), language)
    asks_for_a_clinic(parent)
    parent.goes_on()
    parent.is_told("There is a problem")
    parent.names("Amina", "Khan")
    for first, born in (("Bilal", ("2", "5", "2021")), ("Chand", ("9", "9", "2019"))):
        parent.chooses("Yes, add another child or adult")
        parent.goes_on()
        parent.names(first, born=born)
    parent.chooses("No, nobody else")
    parent.goes_on()
    comes_to_the_times(parent, several=True)
    parent.page.locator("input[name=starts_at]").nth(2).check()
    parent.goes_on()
    gives_the_rest(parent, ["Amina", "Bilal", "Chand"], email="sara@example.com")
    parent.presses("Book these appointments")
    parent.is_asked("Appointments booked")
    booking = Booking.objects.get()
    starts = list(booking.appointments.order_by("position").values_list("starts_at", flat=True))
    assert [later - starts[0] for later in starts] == [timedelta(0), timedelta(minutes=10), timedelta(minutes=20)]
    assert booking.language == language
    assert parent.page.locator("html").get_attribute("dir") == ("rtl" if language == "ur" else "ltr")


def test_a_time_that_goes_meanwhile_costs_no_answer(evesham: Evesham, browsers: Browsers) -> None:
    parent = Parent(browsers(PHONE))
    asks_for_a_clinic(parent)
    parent.names("Amina", "Khan")
    parent.chooses("No, nobody else")
    parent.goes_on()
    comes_to_the_times(parent, several=False)
    wanted = parent.page.locator("input[name=starts_at]").first
    at = datetime.fromisoformat(wanted.get_attribute("value") or "").astimezone(UTC)
    wanted.check()
    for _lane in range(evesham.session.periods.get().vaccinators):
        book(evesham.session, child("Zoya", "Other"), starts_at=at, at=timezone.now())
    parent.goes_on()
    parent.is_asked("What time do you want to come?")
    parent.sees("has just been taken. Your answers are saved. Choose another time.", "Nearest times")
    assert not parent.page.locator("input[name=starts_at]:checked").count()
    parent.page.locator("input[name=starts_at]").first.check()
    parent.goes_on()
    gives_the_rest(parent, ["Amina"], email="sara@example.com")
    parent.sees("Amina Khan", "27 March 2023")
    parent.presses("Book this appointment")
    parent.is_asked("Appointment booked")
    assert Appointment.objects.filter(first_name="Amina").get().starts_at != at


def test_a_booking_is_found_and_moved_and_its_old_time_is_kept_until_then(
    evesham: Evesham, browsers: Browsers, complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    booking = book(evesham.session, child("Amina", born=date(2023, 3, 27)), at=timezone.now()).booking
    before = booking.appointments.get()
    parent = Parent(browsers(PHONE, javascript=False), "ur")
    parent.opens(parent.home)
    parent.follows("See, change or cancel your booking")
    parent.types("Booking reference", booking.reference.lower())
    for part, number in zip(("Day", "Month", "Year"), ("27", "3", "2022"), strict=True):
        parent.types(part, number)
    parent.goes_on()
    parent.is_told("We cannot find a booking with this reference and date of birth. Check both and try again")
    parent.types("Year", "2023")
    parent.goes_on()
    parent.is_asked("Your booking")
    parent.presses("Change time or clinic")
    while parent.page.locator("input[name=starts_at]").count() == 0:
        choice = parent.page.locator("main input[type=radio]")
        if choice.count():
            choice.first.check()
            parent.goes_on()
        else:
            parent.follows("Evesham town hall clinic")
    parent.page.locator("input[name=starts_at]").last.check()
    parent.goes_on()
    parent.is_told("You keep the time you have until you press the button.")
    assert Appointment.objects.get(pk=before.pk).starts_at == before.starts_at
    parent.presses("Change this appointment")
    parent.is_told("Appointment changed")
    after = Appointment.objects.get(pk=before.pk)
    assert after.starts_at != before.starts_at and after.version > before.version


def test_a_family_waits_is_offered_a_time_that_frees_and_takes_it(evesham: Evesham, browsers: Browsers) -> None:
    hall = make_venue(make_team("Small team"), name="Broadway Library", town="Broadway", postcode="WR12 7AA")
    small = make_session(venue=hall, slug="broadway", name="Broadway clinic", periods=[(time(10), time(10, 20), 1)])
    first = book(small, child("Zoya", "Other"), at=timezone.now(), contact=contact(email="", phone="")).booking
    book(small, child("Yusuf", "Other"), at=timezone.now(), contact=contact(email="", phone=""))
    parent = Parent(browsers(PHONE))
    parent.opens("/clinics/broadway/")
    parent.sees("All appointments at this clinic are taken.")
    parent.opens("/waiting-list/?clinic=broadway")
    entry = joins(parent)
    cancel_appointments(booking=first, appointments=None, by=None, source="website", at=timezone.now())
    assert offer_times(at=timezone.now()) == 1
    parent.opens(f"/waiting-list/m/{token_of(entry)}/")
    parent.is_asked("We have a time for you")
    parent.presses("Take this time")
    booked = Appointment.objects.get(first_name="Amina")
    assert booked.session == small and booked.state == Appointment.State.BOOKED
    entry.refresh_from_db()
    assert entry.state == WaitingListEntry.State.BOOKED


def joins(parent: Parent) -> WaitingListEntry:
    """Say who is coming and when, and wait."""
    for _page in range(20):
        main = parent.page.get_by_role("main")
        if WaitingListEntry.objects.exists():
            break
        if main.locator("[name=first_name]").count():
            parent.types("First name", "Amina")
        elif main.locator("[name=date_of_birth_day]").count():
            for part, number in zip(("Day", "Month", "Year"), ("27", "3", "2023"), strict=True):
                parent.types(part, number)
        elif main.locator("[name=venues]").count():
            main.locator("[name=venues]").first.check()
            main.locator("[name=weekdays][value=any]").check()
            main.locator("[name=parts][value=any]").check()
        elif main.locator("[name=contact_by]").count() or main.locator("[name=tell_by]").count():
            main.locator("input[type=checkbox][value=email]").check()
            parent.types("Email address", "sara@example.com")
            if main.get_by_label("Your full name").count():
                parent.types("Your full name", "Sara Khan")
        elif "/vaccines/" in parent.page.url:
            parent.ticks("I am not sure. Please check for me")
        elif main.locator("input[type=radio]").count():
            answer = main.locator("input[type=radio][value=no]")
            (answer if answer.count() else main.locator("input[type=radio]")).first.check()
            if main.locator("[name=contact_name]").count():
                parent.types("Your full name", "Sara Khan")
        main.locator("form button, a.nhsuk-button").first.scroll_into_view_if_needed()
        parent.goes(main.locator("form button, a.nhsuk-button").first.click)
    return WaitingListEntry.objects.get()


def test_a_stranger_who_guesses_references_learns_nothing_and_is_stopped(
    evesham: Evesham, browsers: Browsers, complaints: Complaints
) -> None:
    complaints.expect("status of 4(22|29)")
    booking = book(evesham.session, child("Amina", born=date(2023, 3, 27)), at=timezone.now()).booking
    stranger = Parent(browsers(PHONE, javascript=False))
    stranger.opens("/booking/")
    answers = set()
    for reference in (booking.reference, "K7M4XT2PQR", "not a reference", booking.reference):
        stranger.types("Booking reference", reference)
        for part, number in zip(("Day", "Month", "Year"), ("1", "1", "2020"), strict=True):
            stranger.types(part, number)
        stranger.goes_on()
        answers.add(stranger.page.locator(".nhsuk-error-summary").inner_text())
    assert len(answers) == 1
    for _more in range(40):
        if stranger.page.get_by_role("heading", level=1).inner_text() == "Too many tries":
            break
        stranger.types("Booking reference", booking.reference)
        stranger.button("Continue").click()
        stranger.page.wait_for_load_state()
    stranger.reads("Too many tries")
    stranger.look()
