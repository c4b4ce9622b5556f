"""A real Chromium for the journeys: pages on a phone and on a desktop, with and without JavaScript.

A journey asks for the fixture ``phone`` or ``desktop`` (a playwright page on the running test server), or opens further
ones with ``browsers(...)``. Whatever the browser itself complains about, its console or the content policy, fails the
test. ``axe(page)`` asserts that the page has no accessibility violation.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin
from weakref import WeakKeyDictionary, WeakSet

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.support.not_run import leave_out

NAMES = ("chromium", "chromium-browser", "google-chrome")
PHONE = (375, 812)
DESKTOP = (1280, 900)
NARROWEST = (320, 568)
FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
    # Nothing outside this machine exists for it.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
# Far longer than a page takes: the machine may run another suite and a drill beside this one.
STORY_SECONDS = 60
WITHOUT_JAVASCRIPT: WeakSet[BrowserContext] = WeakSet()
TWINS: WeakKeyDictionary[BrowserContext, Page] = WeakKeyDictionary()


def find_chromium() -> str | None:
    """Return the path of the machine's own Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Complaints:
    """What a browser complained about while a story ran, but for what the story expects."""

    heard: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Say that complaints matching ``pattern`` belong to the story, for example a page that answers 404."""
        self.expected.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        return [one for one in self.heard if not any(pattern.search(one) for pattern in self.expected)]


def listen(page: Page, complaints: Complaints) -> None:
    """Add to ``complaints`` each error of the page's console, scripts, content policy and requests."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.heard.append(f"console on {page.url}: {message.text} ({message.location.get('url', '')})")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.heard.append(f"script on {page.url}: {error}"))
    page.on("crash", lambda crashed: complaints.heard.append(f"crash on {crashed.url}"))


REFRESH = re.compile(r'<meta http-equiv="refresh"[^>]*>', re.IGNORECASE)
SCRIPTS = re.compile(r"<script.*?</script>|</?noscript[^>]*>", re.DOTALL | re.IGNORECASE)


@contextmanager
def scripted_twin(page: Page) -> Iterator[Page]:
    """Yield a page that looks as ``page`` does without JavaScript, but in which the test's own script can run.

    Timers never fire in a document that was loaded with scripts off, and axe waits for one.
    """
    html = SCRIPTS.sub("", page.content())
    if "?refresh=off" in html:
        # The page offers to stop coming again by itself, which is what the rule against it asks for.
        html = REFRESH.sub("", html)
    twin = TWINS.get(page.context)
    if twin is None:
        browser = page.context.browser
        assert browser is not None
        twin = browser.new_context(locale="en-GB").new_page()
        TWINS[page.context] = twin
        # Some page of the same server, so that what the twin shows may fetch its stylesheets under the same policy.
        twin.goto(urljoin(page.url, "/healthz"))
    size = page.viewport_size
    if size is not None and size != twin.viewport_size:
        twin.set_viewport_size(size)
    twin.set_content(html)
    yield twin


def judged(page: Page, *, preload: bool = True) -> AxeResults:
    """Return which of axe's rules the page as it stands breaks.

    Only what breaks a rule is asked for: listing every part that keeps one takes as long again. ``preload`` reads the
    stylesheets a second time, in axe's own way.
    """
    page.evaluate(AXE_SCRIPT)
    options = json.dumps({"resultTypes": ["violations"], "preload": preload})
    return AxeResults(page.evaluate(f"axe.run({options}).then(results => ({{violations: results.violations}}))"))


def axe(page: Page) -> None:
    """Assert that the page as it stands breaks none of axe's rules."""
    with scripted_twin(page) if page.context in WITHOUT_JAVASCRIPT else nullcontext(page) as subject:
        results = judged(subject)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


def fits(page: Page) -> None:
    """Assert that the page need not be scrolled sideways."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= screen, f"{page.url} is {wide} pixels wide on a screen of {screen}"


class Browsers:
    """Opens pages on the test server, each in a profile of its own, as different people would."""

    def __init__(self, browser: Browser, address: str, complaints: Complaints) -> None:
        self.browser = browser
        self.address = address
        self.complaints = complaints
        self.contexts: list[BrowserContext] = []

    def __call__(self, size: tuple[int, int] = PHONE, *, javascript: bool = True) -> Page:
        """Return a new person's page of this size; ``page.goto("/path/")`` goes to the test server."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=javascript,
            has_touch=size != DESKTOP,
            locale="en-GB",
            timezone_id="Europe/London",
            accept_downloads=True,
        )
        context.set_default_timeout(STORY_SECONDS * 1000)
        self.contexts.append(context)
        if not javascript:
            WITHOUT_JAVASCRIPT.add(context)
        page = context.new_page()
        listen(page, self.complaints)
        return page

    def photograph(self, folder: Path) -> None:
        """Keep a picture of every page that is open, for whoever reads why a story failed."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(page for context in self.contexts for page in context.pages):
            try:
                page.screenshot(path=folder / f"{number}.png", full_page=True)
            except Error as error:
                print(f"no picture of {page.url}: {error}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, once for a file of journeys."""
    executable = find_chromium()
    if executable is None:
        leave_out("browser journeys, for want of Chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop running in this thread, which makes Django refuse the test's own queries.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])
        expect.set_options(timeout=STORY_SECONDS * 1000)
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Complaints:
    """What the browser complained about; a story may ``expect`` some of it."""
    return Complaints()


@pytest.fixture
def browsers(
    chromium: Browser, live_server: LiveServer, complaints: Complaints, request: pytest.FixtureRequest
) -> Iterator[Browsers]:
    """Open pages on the running test server: ``browsers(DESKTOP, javascript=False)``."""
    opened = Browsers(chromium, live_server.url, complaints)
    failures = request.session.testsfailed
    yield opened
    if request.session.testsfailed > failures:
        opened.photograph(Path("var/journeys") / connection.vendor / request.node.name)
    for context in opened.contexts:
        if twin := TWINS.pop(context, None):
            twin.context.close()
        context.close()
    assert not complaints.unexpected(), "\n".join(complaints.unexpected())


@pytest.fixture
def phone(browsers: Callable[..., Page]) -> Page:
    """A page on a telephone's screen, 375 pixels wide."""
    return browsers(PHONE)


@pytest.fixture
def desktop(browsers: Callable[..., Page]) -> Page:
    """A page on a desktop's screen, 1280 pixels wide."""
    return browsers(DESKTOP)
