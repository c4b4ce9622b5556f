"""A person with a browser on the public pages: answers one question after the other, as its forms ask."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from tests.support.factories import NOW


@pytest.fixture(autouse=True)
def a_week_before() -> Iterator[None]:
    """It is a week before the clinics of the tests."""
    with time_machine.travel(NOW, tick=False):
        yield


class Visitor:
    """One browser. ``page`` is the last answer, its redirects followed; ``path`` where that is."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=False)
        self.page: Any = None
        self.path = ""

    def goes(self, path: str) -> "Visitor":
        """Open an address."""
        self.page = self.client.get(path, follow=True)
        chain = self.page.redirect_chain
        self.path = urlsplit(chain[-1][0]).path if chain else path
        return self

    def answers(self, path: str = "", **data: Any) -> "Visitor":
        """Send the form of the page they are on (or of ``path``)."""
        target = path or self.path
        self.page = self.client.post(target, data, follow=True)
        chain = self.page.redirect_chain
        self.path = urlsplit(chain[-1][0]).path if chain else target
        return self

    @property
    def text(self) -> str:
        """The words of the page, without its markup."""
        body = self.page.content.decode().split('id="maincontent"', 1)[-1].split("<footer", 1)[0]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def heading(self) -> str:
        """The page's only h1."""
        (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", self.page.content.decode(), re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())

    @property
    def times(self) -> list[str]:
        """The values of the times offered."""
        return re.findall(r'name="starts_at" type="radio" value="([^"]+)"', self.page.content.decode())

    def names(self, first_name: str, last_name: str = "Khan", born: str = "27 3 2023") -> "Visitor":
        """Give a name and a date of birth."""
        self.answers(
            self.path + (f"?{self.query}" if self.path == "/book/" and self.query else ""),
            first_name=first_name,
            last_name=last_name,
        )
        day, month, year = born.split()
        return self.answers(date_of_birth_day=day, date_of_birth_month=month, date_of_birth_year=year)

    query = ""

    def starts(self, slug: str = "") -> "Visitor":
        """Open the first question, with a clinic chosen already or without."""
        self.query = f"clinic={slug}" if slug else ""
        return self.goes("/book/" + (f"?{self.query}" if slug else ""))

    def to_the_times(self, *people: str, slug: str) -> "Visitor":
        """Answer everything up to the times: several people, nobody needs help."""
        self.starts(slug)
        for number, name in enumerate(people, start=1):
            self.names(name)
            self.answers(another="yes" if number < len(people) else "no")
        return self.says_what_for().answers(interpreter="no").answers(wanted="no")

    def says_what_for(self) -> "Visitor":
        """Ask us to check what everybody needs, where the clinic offers more than one thing."""
        return self.answers(vaccines=["check"], same="yes") if self.path.endswith("/vaccines/") else self

    def says_where(self) -> "Visitor":
        """Say neither where they live nor with which GP surgery they are."""
        return self.answers(home="unsaid", same="yes").answers(gp="not_sure", same="yes")

    def to_the_check(self, *people: str, slug: str, time: str = "") -> "Visitor":
        """Answer everything up to the check, at the first time offered unless one is given."""
        self.to_the_times(*people, slug=slug)
        self.answers(starts_at=time or self.times[0])
        for _name in people:
            self.answers(known="no")
        self.says_where()
        self.answers(relationship="mother", contact_name="Sara Khan", parental="yes")
        return self.answers(contact_by=["text", "email"], mobile="07700 900982", email="sara@example.com")


@pytest.fixture
def visitor(db: None) -> Visitor:
    return Visitor()


@pytest.fixture
def other_visitor(db: None) -> Visitor:
    return Visitor()
