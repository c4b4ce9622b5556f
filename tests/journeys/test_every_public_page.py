"""Every page of the public side in each language but English: nothing that axe finds, nothing wider than 320 pixels.

A page at 400% zoom on a screen of 1280 pixels is laid out in 320, so one width shows both. The answers are given by
requests, which take no time; a browser with the same cookies then opens every page that they led past. How the pages
work, and what they say when an answer is wrong, is walked in a browser by test_parents.py.
"""

import re
from datetime import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from bookings.models import Booking, OpeningAlert
from clinics.times import london_day
from tests.integration.public.conftest import Visitor
from tests.journeys.conftest import Evesham
from tests.support.browser import NARROWEST, Browsers, Complaints, fits, judged
from tests.support.factories import book, child, make_session, make_team, make_venue

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]

WITHOUT_ANSWERS = [
    "start",
    "about",
    "clinic-list",
    "guide-list",
    "what-is-needed",
    "drop-in",
    "booking-find",
    "opening-alert-join",
    "answers-clear",
    "answers-cleared",
]
BORN = {"date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "2023"}
# A form takes what it asks for and leaves the rest.
ANSWERS: dict[str, Any] = {
    "first_name": "Amina",
    "last_name": "Khan",
    **BORN,
    "another": "no",
    "vaccines": ["check"],
    "interpreter": "no",
    "wanted": "no",
    "known": "no",
    "home": "unsaid",
    "gp": "not_sure",
    "same": "yes",
    "relationship": "mother",
    "parental": "yes",
    "contact_name": "Sara Khan",
    "contact_by": ["email"],
    "tell_by": ["email"],
    "email": "sara@example.com",
    "weekdays": ["any"],
    "parts": ["any"],
    "near": "Evesham",
    "first_name_1": "Amina",
    **{f"{name}_1": value for name, value in BORN.items()},
}


class Passing(Visitor):
    """A visitor who notes the address of every page they come by."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.seen: dict[str, None] = {}

    def starts(self, slug: str = "") -> "Passing":
        super().starts(slug)
        return self

    def goes(self, path: str) -> "Passing":
        super().goes(path if path.startswith(f"/{self.language}/") else f"/{self.language}{path}")
        return self.notes()

    def answers(self, path: str = "", **data: Any) -> "Passing":
        super().answers(path, **data)
        return self.notes()

    def notes(self) -> "Passing":
        if self.page.status_code == 200:
            self.seen.setdefault(self.path)
        return self

    def goes_on(self, *, until: str, **data: Any) -> None:
        """Answer page after page, with the first of what is offered, until the address ends so."""
        for _page in range(25):
            if re.search(until, self.path):
                return
            html = self.page.content.decode()
            offered = {
                name: found[1]
                for name in ("day", "starts_at", "venues")
                if (found := re.search(rf'name="{name}" type="(?:radio|checkbox)" value="([^"]+)"', html))
            }
            self.answers(**ANSWERS | offered | data)
        raise AssertionError(f"no page {until} after {list(self.seen)}: {self.text}")


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE])
def test_every_public_page_is_clean_and_fits(
    evesham: Evesham, browsers: Browsers, complaints: Complaints, language: str
) -> None:
    complaints.expect("status of 404")
    now = timezone.now()
    hall = make_venue(make_team("Small team"), name="Broadway Library", town="Broadway", postcode="WR12 7AA")
    full = make_session(venue=hall, slug="broadway", name="Broadway clinic", periods=[(time(10), time(10, 10), 1)])
    book(full, child("Zoya", "Other"), at=now)
    drop_in = make_session(
        venue=hall, slug="open", name="Open day", date=london_day(now), drop_in_from=time(0), drop_in_until=time(23, 59)
    )
    with override(language):
        addresses = [reverse(name) for name in WITHOUT_ANSWERS]
    with override(None):
        visitor = Passing(language)
        journeys(visitor, drop_in.slug)
    addresses += [
        f"/{language}/clinics/?near=WR11",
        f"/{language}/clinics/{evesham.session.slug}/",
        f"/{language}/clinics/{full.slug}/",
        f"/{language}/guides/at-the-clinic/",
        f"/{language}/nowhere/",
        *visitor.seen,
    ]
    page = browsers(NARROWEST)
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": browsers.address}
            for name, morsel in visitor.client.cookies.items()
            if morsel.value
        ]
    )
    # Of a page that comes again for another answer, or another child, one is enough.
    kinds = {re.sub(r"[0-9a-f-]{36}|(?<=/)\d+(?=/)|\?clinic=.*", "", address): address for address in addresses}
    for address in kinds.values():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == (404 if address.endswith("/nowhere/") else 200), address
        assert urlsplit(page.url).path == address.split("?")[0], "the page leads elsewhere"
        assert page.locator("html").get_attribute("lang") == language, address
        fits(page)
        # Without what only the orientation of a screen needs, which reads every stylesheet a second time.
        results = judged(page, preload=False)
        assert not results.violations_count, f"{address}\n{results.generate_report()}"


def journeys(visitor: Passing, drop_in: str) -> None:
    """Come by every page that stands behind an answer."""
    visitor.starts("evesham").goes_on(until="/check/$")
    draft = re.search(r"/book/([0-9a-f-]{36})/", visitor.path)
    assert draft
    for path in ("people/1/date-of-birth/about/", "people/1/help/", "help/you/", "clinic/"):
        visitor.goes(f"/book/{draft[1]}/{path}")
    visitor.starts().goes_on(until="/clinic/$")
    visitor.starts("evesham").goes_on(until="/booked/$", first_name="Bilal")
    booking = Booking.objects.get(appointments__first_name="Bilal")
    visitor.goes("/booking/").answers(reference=booking.reference, **BORN)
    person = str(booking.appointments.get().public_id)
    for path in ("late/", "card/", "contact/", "cancel/", f"cancel/{person}/", "reminders/", "change/"):
        visitor.goes(f"/booking/{path}")
    visitor.goes("/booking/health/").goes_on(until="/health/.*/check/$", appointment=person, answer="no", agrees="yes")
    visitor.goes("/booking/change/").goes_on(until="/new/.*/check/$", people=[person])
    visitor.answers(f"/{visitor.language}/booking/add/").goes_on(until="/help/$", first_name="Chand")
    visitor.goes("/waiting-list/?clinic=broadway")
    visitor.starts("broadway").goes_on(until="/time/$")
    waiting = re.search(r"/book/([0-9a-f-]{36})/", visitor.path)
    assert waiting
    visitor.goes(f"/waiting-list/?draft={waiting[1]}").goes_on(until="/waiting-list/m/")
    visitor.goes("/tell-me/").answers(**ANSWERS)
    visitor.goes(f"/drop-in/{drop_in}/ticket/").answers(**ANSWERS)
    visitor.goes("/what-is-needed/").answers(lines="4", **BORN)
    assert OpeningAlert.objects.exists(), visitor.text
