"""What holds for the public's pages whatever they ask: what stands on them, what never does, and how they speak."""

import re
from datetime import date, time, timedelta
from html import unescape

import pytest
from django.conf import settings

from clinics.guides.files import files
from scripts.words.extract import collect
from scripts.words.public import ROOT, public_files
from tests.integration.public.conftest import Visitor
from tests.support.factories import NOW, make_session, make_team, make_venue

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# “do not”, never “don’t”; of “child’s” and “o’clock” nothing is left out.
CONTRACTION = re.compile(r"\b(?:\w+n[’']t|\w+[’'](?:ll|re|ve|d|m)|(?:it|that|there|here|what|who|let)[’']s)\b", re.I)
BARE_AM_PM = re.compile(r"\b(?:AM|PM|a\.m\.|p\.m\.)(?!\w)")


class Watching(Visitor):
    """A visitor who keeps every page they come by."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, tuple[str, str]] = {}

    def goes(self, path: str) -> "Watching":
        super().goes(path)
        self.pages[self.path] = (self.text, self.page.content.decode())
        return self

    def answers(self, path: str = "", **data: object) -> "Watching":
        super().answers(path, **data)
        self.pages[self.path] = (self.text, self.page.content.decode())
        return self


def test_who_where_and_when_stand_on_every_later_page_of_the_journey() -> None:
    make_session(slug="evesham", name="Evesham clinic")
    visitor = Watching()
    visitor.to_the_check("Amina", slug="evesham")
    addresses = list(visitor.pages)
    for number, address in enumerate(addresses):
        text = visitor.pages[address][0]
        assert "Evesham clinic" in text and "Saturday 21 November 2026" in text, address
        if address.startswith("/book/") and number:
            assert "Amina" in text, address
        if number > next(place for place, each in enumerate(addresses) if each.endswith("/time/")):
            assert "10am" in text, address


def test_no_page_asks_by_a_list_to_open_an_asterisk_a_placeholder_a_tooltip_or_a_map() -> None:
    session = make_session(slug="evesham", drop_in_from=time(9), drop_in_until=time(12))
    visitor = Watching()
    visitor.to_the_check("Amina", "Bilal", slug="evesham").answers()
    for path in (
        "/",
        "/clinics/",
        f"/clinics/{session.slug}/",
        "/what-is-needed/",
        "/drop-in/",
        "/booking/",
        "/tell-me/",
    ):
        visitor.goes(path)
    assert len(visitor.pages) > 20
    for address, (_text, html) in visitor.pages.items():
        assert not re.search(r"<select\b|\bplaceholder=|\stitle=|<iframe|<canvas|<map\b", html), address
        labels = re.findall(r"<(?:label|legend)\b.*?</(?:label|legend)>", html, re.DOTALL)
        assert not [label for label in labels if "*" in unescape(label)], address


def test_what_a_building_has_is_plain_text_that_nobody_takes_for_a_button() -> None:
    team = make_team()
    make_session(team, venue=make_venue(team, step_free=True), slug="evesham")
    visitor = Watching()
    for path in ("/clinics/", "/clinics/evesham/"):
        visitor.goes(path)
        assert "No steps to the room" in visitor.text
        assert "nhsuk-tag" not in visitor.page.content.decode()


def test_ten_days_stand_on_a_page_each_with_its_part_of_the_day_in_words() -> None:
    team = make_team()
    venue = make_venue(team)
    first = NOW.date() + timedelta(days=7)
    for number in range(12):
        make_session(team, venue=venue, slug=f"day-{number}", date=first + timedelta(days=number))
    visitor = Watching()
    visitor.starts().names("Amina").answers(another="no")
    visitor.goes(f"{visitor.path}{venue.public_id}/")
    days = re.findall(r'name="day" type="radio"', visitor.page.content.decode())
    assert len(days) == 10
    assert visitor.text.count("Morning") + visitor.text.count("Afternoon") >= 10
    assert date(2026, 11, 21) == first and "Saturday 21 November" in visitor.text


def test_the_confirmation_says_what_to_bring_and_how_to_change_and_that_no_more_is_needed() -> None:
    make_session(slug="evesham")
    visitor = Watching()
    visitor.to_the_check("Amina", slug="evesham").answers()
    html = visitor.page.content.decode()
    for words in ("What to bring", "red book", "You do not need to do anything else before"):
        assert words in visitor.text, words
    assert "/booked/calendar/" in html and 'href="/booking/appointments/"' in html and 'href="/booking/health/"' in html


def test_nothing_said_to_the_public_is_shortened_and_no_time_is_am_or_pm_alone() -> None:
    said = [words for each in collect(public_files(), ROOT) for words in each.key[1:]]
    said += [each.text.body for each in files() if each.language == settings.LANGUAGE_CODE]
    assert len(said) > 500
    assert CONTRACTION.search("You don’t need it") and not CONTRACTION.search("Amina’s name")
    assert BARE_AM_PM.search("in the PM") and not BARE_AM_PM.search("from 2pm")
    assert not [words for words in said if CONTRACTION.search(words) or BARE_AM_PM.search(words)]


def test_hours_are_said_in_words_and_never_with_a_dash_between() -> None:
    dashed = re.compile(r"\}\}(?:\s*[–—]\s*|\s+-\s+)\{\{")
    assert dashed.search("{{ start|clock }} – {{ end|clock }}")
    pages = [path for path in public_files() if path.suffix == ".html"]
    assert len(pages) > 50
    assert not [path.name for path in pages if dashed.search(path.read_text())]


def test_a_day_and_a_time_stand_with_the_comma_of_their_language() -> None:
    make_session(slug="evesham")
    visitor = Watching()
    visitor.to_the_times("Amina", slug="evesham").answers(starts_at=visitor.times[0])
    assert "Saturday 21 November 2026, 10am" in visitor.text
    visitor.goes(f"/ur{visitor.path}")
    assert re.search("2026، [^,]*10", visitor.text)
