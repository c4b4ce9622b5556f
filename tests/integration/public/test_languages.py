"""The public's pages and messages in every language: the address says which, and no page mixes two."""

import re
from datetime import time, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django.fixtures import Settings

from bookings.models import Booking
from messaging.models import Message
from tests.integration.public.conftest import Visitor
from tests.support.factories import MORNING, book, child, make_session
from tests.support.pseudo import still_english, translated_into_nonsense

pytestmark = [pytest.mark.django_db, pytest.mark.once]

OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
RIGHT_TO_LEFT = {"ur", "ar"}
# Pages that need nobody's answers; those of the journey are walked below.
PAGES = [
    "start",
    "about",
    "clinic-list",
    "guide-list",
    "what-is-needed",
    "drop-in",
    "booking-find",
    "answers-clear",
    "answers-cleared",
]


def html_of(page: Any) -> tuple[str, str]:
    """Return the language and the direction that a page says it has."""
    found = re.search(r'<html lang="([^"]+)" dir="([^"]+)">', page.content.decode())
    assert found
    return found[1], found[2]


@pytest.mark.parametrize("code", [settings.LANGUAGE_CODE, *OTHERS])
def test_every_page_is_there_in_every_language_and_says_which_way_it_runs(code: str, client: Client) -> None:
    session = make_session()
    with override(code):
        addresses = [reverse(name) for name in PAGES]
        addresses.append(reverse("clinic-detail", kwargs={"slug": session.slug}))
    for address in addresses:
        page = client.get(address, follow=True)
        assert page.status_code == 200, address
        assert html_of(page) == (code, "rtl" if code in RIGHT_TO_LEFT else "ltr"), address
        mirrored = "nhsuk-frontend-rtl.min.css" in page.content.decode()
        assert mirrored == (code in RIGHT_TO_LEFT), address


def test_the_address_alone_decides_and_never_the_browser_or_what_was_read_before(client: Client) -> None:
    assert html_of(client.get("/pl/"))[0] == "pl"
    assert html_of(client.get("/", headers={"accept-language": "ur"}))[0] == "en-gb"
    assert html_of(client.get("/nowhere/", headers={"accept-language": "ur"}))[0] == "en-gb"
    assert html_of(client.get("/ar/nowhere/"))[0] == "ar"


def test_staff_screens_are_english_whatever_a_browser_asks_for(client: Client) -> None:
    page = client.get("/accounts/login/", headers={"accept-language": "pl"})
    assert html_of(page) == ("en-gb", "ltr")
    for address in ("/pl/accounts/login/", "/ur/clinic-day/", "/ar/admin/", "/ro/coordinate/"):
        assert client.get(address).status_code == 404


def test_each_page_offers_itself_in_the_languages_that_are_complete(client: Client, settings: Settings) -> None:
    settings.LANGUAGES_OFFERED = ("en-gb", "pl", "ur")
    html = client.get("/pl/clinics/?only=drop-in").content.decode()
    assert '<strong aria-current="true" lang="pl">Polski</strong>' in html
    assert '<a href="/clinics/?only=drop-in" lang="en-gb" hreflang="en-gb">English</a>' in html
    assert '<a href="/ur/clinics/?only=drop-in" lang="ur" hreflang="ur" dir="rtl">اردو</a>' in html
    assert "/ro/" not in html
    assert f'<link rel="alternate" hreflang="ur" href="{settings.PUBLIC_URL}/ur/clinics/">' in html
    assert f'hreflang="x-default" href="{settings.PUBLIC_URL}/clinics/"' in html


def test_every_link_of_a_page_stays_in_its_language(client: Client) -> None:
    session = make_session()
    for address in ("/ur/", "/ur/clinics/", f"/ur/clinics/{session.slug}/", "/ur/booking/"):
        html = client.get(address).content.decode()
        main = html.split("app-languages", 1)[0] + html.split('id="maincontent"', 1)[-1]
        links = re.findall(r'<(?:a|form)\b[^>]*?(?:href|action)="(/[^"]*)"', main)
        assert len(links) > 3
        assert not [link for link in links if not link.startswith("/ur/")], address


class Reader(Visitor):
    """A visitor who reads Urdu, and notes what of each page is still English."""

    def __init__(self) -> None:
        super().__init__()
        self.english: dict[str, str] = {}

    def note(self) -> "Reader":
        """Note what the page says in Latin letters."""
        assert self.page.status_code < 500
        assert html_of(self.page) == ("ur", "rtl"), self.path
        for said in still_english(self.page.content.decode()):
            self.english.setdefault(said, re.sub(r"[0-9a-f-]{36}", "...", self.path))
        return self

    def goes(self, path: str) -> "Reader":
        super().goes(path if path.startswith("/ur/") else f"/ur{path}")
        return self.note()

    def answers(self, path: str = "", **data: Any) -> "Reader":
        super().answers(path, **data)
        return self.note()

    def changes(self, path: str, **data: Any) -> "Reader":
        """Go on from a page by its form, first without an answer and then with one."""
        self.answers(f"/ur{path}" if path else "")
        return self.answers(f"/ur{path}" if path else "", **data)

    def first(self, name: str) -> str:
        """Return the first choice of a question."""
        return re.findall(rf'name="{name}" type="(?:radio|checkbox)" value="([^"]+)"', self.page.content.decode())[0]


def test_no_page_of_the_journey_mixes_languages_and_the_booking_keeps_its_language() -> None:
    session = make_session(periods=[(time(9), time(17), 2)])
    reader = Reader()
    with translated_into_nonsense("ur"):
        # The guides have translators of their own, who write MMR as it is written on packets.
        for name in PAGES:
            if name != "guide-list":
                reader.goes(reverse(name))
        for address in (f"/clinics/{session.slug}/", "/clinics/?near=WR11", "/clinics/?near=nowhere", "/nowhere/"):
            reader.goes(address)
        reader.goes("/booking/").answers(reference="x")
        # Each question is first sent without an answer: what is wrong is said in the language, too.
        reader.starts(session.slug).answers()
        reader.names("Amina").answers()
        reader.goes(reader.path)
        reader.to_the_check("Amina", "Bilal", slug=session.slug)
        assert reader.path.endswith("/check/")
        reader.answers()
        assert reader.path.endswith("/booked/")
    assert not reader.english
    assert Booking.objects.get().language == "ur"
    assert {message.language for message in Message.objects.all()} == {"ur"}


def test_no_page_after_the_booking_mixes_languages() -> None:
    session = make_session(periods=[(time(9), time(17), 2)])
    made = book(session, child(), child("Bilal"), starts_at=MORNING + timedelta(hours=1))
    amina = str(made.booking.appointments.get(position=1).public_id)
    reader = Reader()
    with translated_into_nonsense("ur"):
        reader.goes(f"/booking/m/{made.link_token}/")
        for path in (
            "appointments/",
            "late/",
            "card/",
            "contact/",
            "health/",
            "cancel/",
            f"cancel/{amina}/",
            "change/",
        ):
            reader.goes(f"/booking/{path}")
        reader.changes("/booking/contact/", contact_by=["email"], email="sara@example.com")
        reader.changes("/booking/health/", appointment=amina).answers()
        reader.answers(answer="yes", details="x").answers(answer="no")
        reader.changes("/booking/change/", people=[amina])
        reader.answers().answers(day=reader.first("day")).answers().answers(starts_at=reader.first("starts_at"))
        reader.answers("/ur/booking/add/").answers().answers(first_name="Idris", last_name="Khan")
        reader.answers(date_of_birth_day="1", date_of_birth_month="2", date_of_birth_year="2022").answers()
        reader.answers(f"/ur/booking/cancel/{amina}/")
    assert not reader.english


def test_no_page_for_those_who_have_not_booked_mixes_languages() -> None:
    make_session(drop_in_from=time(9), drop_in_until=time(17))
    reader = Reader()
    born = {"date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "2023"}
    wrong = {"dose1-vaccine": "?", "dose1-given_on": "1 13 2023"}
    with translated_into_nonsense("ur"):
        reader.changes("/what-is-needed/", lines="4", near="WR11", **born)
        reader.answers("/ur/what-is-needed/", lines="4", **born, **wrong)
        for path in ("/waiting-list/", "/waiting-list/earlier/", "/tell-me/", "/drop-in/", "/clinics/?only=drop-in"):
            reader.goes(path)
    assert not reader.english
