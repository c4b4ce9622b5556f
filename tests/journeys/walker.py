"""Somebody with a browser: opens, follows, writes, chooses and presses, and looks at each page they come to.

Looking means: axe finds nothing, and nothing has to be scrolled sideways, on the public pages also at 320 pixels.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.support.browser import NARROWEST, axe, fits, judged
from tests.support.factories import PASSWORD


def begins(words: str) -> re.Pattern[str]:
    """Match names and labels that begin with these words."""
    return re.compile(f"^\\s*{re.escape(words)}")


def holds(words: str) -> re.Pattern[str]:
    """Match names that hold these words. The browser puts a space before what is hidden from sight."""
    return re.compile(r"\s*".join(re.escape(part) for part in re.split(r"\s+|(?=:)", words)))


class Walker:
    """One person and their page. ``taps`` counts what they pressed, ``typed`` what they wrote."""

    def __init__(self, page: Page, *, public: bool = False) -> None:
        self.page = page
        self.public = public
        self.taps = 0
        self.typed = 0
        self.judged: set[tuple[str, bool]] = set()

    def kind(self) -> tuple[str, bool]:
        """What kind of page this is: its address without who it is about, and whether it says what is wrong.

        A question to the public is the same for a second child; of the staff's pages each is judged anew.
        """
        errors = self.page.locator(".nhsuk-error-summary").count() > 0
        return re.sub(r"[0-9a-f-]{36}|(?<=/)\d+(?=/)", "", self.page.url), errors

    def look(self) -> None:
        """Judge the page as it stands."""
        if "/admin/" in self.page.url:
            # Without axe's preload, which trips over what the admin's own stylesheets import.
            results = judged(self.page, preload=False)
            assert not results.violations_count, f"{self.page.url}\n{results.generate_report()}"
            return
        if self.kind() not in self.judged:
            axe(self.page)
        fits(self.page)
        if self.public:
            self.judged.add(self.kind())
        size = self.page.viewport_size
        if self.public and size is not None:
            self.page.set_viewport_size(ViewportSize(width=NARROWEST[0], height=size["height"]))
            fits(self.page)
            self.page.set_viewport_size(size)

    def goes(self, act: Callable[[], object]) -> None:
        """Do what leads to another page, and look at it."""
        with self.page.expect_navigation():
            act()
        self.look()

    def presses_twice(self, words: str, *, ends: str) -> None:
        """Press a button twice at once, and look at the page of this address (a pattern) that comes of it.

        The browser drops the first answer for the second, so no single navigation can be waited for.
        """
        self.button(words).dblclick(no_wait_after=True)
        expect(self.page).to_have_url(re.compile(ends))
        self.page.wait_for_load_state()
        self.look()

    def opens(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def reads(self, heading: str) -> None:
        """Find this heading at the top of the page."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(f"{re.escape(heading)}\\s*$"))

    def sees(self, *words: str) -> None:
        """Find all these words on the page, in whichever lines they stand."""
        text = " ".join(self.page.locator("body").inner_text().split())
        missing = [each for each in words if each not in text]
        assert not missing, f"{missing} on {self.page.url}:\n{text}"

    def link(self, words: str) -> Locator:
        """The link that says just these words; where none does, the one that holds them."""
        links = self.page.get_by_role("main")
        exact = links.get_by_role("link", name=words, exact=True)
        return exact if exact.count() == 1 else links.get_by_role("link", name=holds(words))

    def button(self, words: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("button", name=holds(words))

    def radio(self, words: str) -> Locator:
        return self.page.get_by_role("radio", name=begins(words))

    def checkbox(self, words: str) -> Locator:
        return self.page.get_by_role("checkbox", name=begins(words))

    def field(self, label: str) -> Locator:
        return self.page.get_by_role("main").get_by_label(begins(label.replace("_", " ")))

    def follows(self, link: str) -> None:
        """Press a link."""
        self.taps += 1
        self.goes(self.link(link).click)

    def presses(self, button: str) -> None:
        """Press a button that leads on."""
        self.taps += 1
        self.goes(self.button(button).click)

    def writes(self, **words: str) -> None:
        """Fill fields, named by the first words of their labels: ``First_name="Amina"``."""
        for label, text in words.items():
            self.field(label).fill(text)
            self.typed += len(text)

    def chooses(self, answer: str) -> None:
        """Choose one of several answers."""
        self.taps += 1
        self.radio(answer).check()

    def ticks(self, answer: str) -> None:
        self.taps += 1
        self.checkbox(answer).check()

    def signs_in(self, username: str) -> None:
        self.opens("/accounts/login/")
        self.writes(Username=username, Password=PASSWORD)
        self.presses("Sign in")
