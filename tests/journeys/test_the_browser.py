"""The browser of the journeys: what it must notice, shown on pages that are wrong on purpose."""

import pytest
from playwright.sync_api import Page, Route

from tests.support.browser import DESKTOP, Browsers, Complaints, axe, fits

pytestmark = [pytest.mark.journey, pytest.mark.once]

STRICT = {"Content-Security-Policy": "default-src 'self'"}
GOOD = "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1><p>Words</p></main></html>"


def show(page: Page, html: str) -> None:
    """Show ``html`` at an address of the test server, under the policy of the service."""

    def answer(route: Route) -> None:
        body = html if route.request.resource_type == "document" else ""
        route.fulfill(body=body, headers=STRICT, content_type="text/html")

    page.route("**/*", answer)
    page.goto("/planted/")


def test_a_good_page_passes(phone: Page) -> None:
    show(phone, GOOD)
    axe(phone)
    fits(phone)


def test_a_page_without_javascript_is_checked_too(browsers: Browsers) -> None:
    page = browsers(DESKTOP, javascript=False)
    show(page, GOOD.replace("<p>Words</p>", "<noscript><input type=text></noscript>"))
    with pytest.raises(AssertionError, match="label"):
        axe(page)


def test_an_inline_style_is_a_complaint(phone: Page, complaints: Complaints) -> None:
    complaints.expect("Content Security Policy")
    show(phone, GOOD.replace("<p>", "<p style='color: red'>"))
    assert [one for one in complaints.heard if "Content Security Policy" in one]
    assert not complaints.unexpected()


def test_an_inline_script_is_a_complaint(phone: Page, complaints: Complaints) -> None:
    complaints.expect("Content Security Policy")
    show(phone, GOOD.replace("<p>", "<script>document.title = 'Bad'</script><p>"))
    assert complaints.heard
    assert phone.title() == "Good"


def test_a_missing_label_is_an_accessibility_violation(phone: Page) -> None:
    show(phone, GOOD.replace("<p>", "<input type=text><p>"))
    with pytest.raises(AssertionError, match="label"):
        axe(phone)


def test_a_page_that_is_too_wide_is_noticed(phone: Page) -> None:
    show(phone, GOOD.replace("Words", "w" * 500))
    with pytest.raises(AssertionError, match="pixels wide"):
        fits(phone)


def test_nothing_outside_this_machine_can_be_fetched(phone: Page, complaints: Complaints) -> None:
    # The page at this address is plain text, and names no icon: the browser looks for one by itself.
    complaints.expect("ERR_NAME_NOT_RESOLVED|Content Security Policy|favicon.ico")
    phone.goto("/healthz")
    failed = phone.evaluate("fetch('http://outside.example/', {mode: 'no-cors'}).then(() => false, () => true)")
    assert failed
