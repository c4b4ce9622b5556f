"""Two tablets at one clinic: what is done on one comes to the other, and leaves it as it was otherwise."""

import re
from urllib.parse import urlsplit

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import ViewportSize, expect

from tests.journeys.conftest import Evesham
from tests.journeys.walker import Walker
from tests.support.browser import DESKTOP, NARROWEST, Browsers, axe, fits
from tests.support.factories import MORNING, book, child

pytestmark = [pytest.mark.journey]
TABLET = (600, 960)


def test_a_second_tablet_sees_what_the_first_does(
    evesham: Evesham, browsers: Browsers, clock: time_machine.Traveller
) -> None:
    for number in range(12):
        book(evesham.session, child(f"Child{number:02}"))
    book(evesham.session, child("Amina"), child("Bilal"))
    clock.move_to(MORNING)
    desk, nurse = Walker(browsers(TABLET)), Walker(browsers(DESKTOP))
    for walker in (desk, nurse):
        walker.signs_in("nora")
        walker.opens("/clinic-day/")
    page = nurse.page
    # Half a name typed, a row reached by keyboard, and the page scrolled to it. The row above it is the one that goes.
    page.get_by_role("textbox", name="Find a person").fill("Ami")
    named = re.findall(r"KHAN, (Child\d\d)", page.locator("#day-list").inner_text())
    above, reached = list(dict.fromkeys(named))[-6:-4]
    row = nurse.button(f"Arrived: KHAN, {reached}")
    row.focus()
    row.evaluate("each => each.scrollIntoView({ block: 'center' })")
    top = row.evaluate("each => each.getBoundingClientRect().top")
    desk.presses(f"Arrived: KHAN, {above}")
    desk.sees("Ready now (1)")
    expect(page.get_by_role("heading", name="Ready now (1)")).to_be_visible()
    expect(page.locator("#day-said")).to_have_text(re.compile("^Updated "))
    assert page.get_by_role("textbox", name="Find a person").input_value() == "Ami"
    assert page.evaluate("document.activeElement.innerText").startswith("Arrived")
    # The browser moves the page back when it has drawn it.
    page.wait_for_function(
        "([each, top]) => Math.abs(each.getBoundingClientRect().top - top) < 4", arg=[row.element_handle(), top]
    )
    # Nothing changed: nothing is sent, and nothing on the page is touched.
    page.evaluate("document.querySelector('#day-list li').dataset.mine = 'kept'")
    with page.expect_response(re.compile("/list/$")) as asked:
        pass
    assert asked.value.status == 304
    expect(page.locator("#day-list li[data-mine]")).to_have_count(1)
    axe(page)
    fits(page)
    browsers.complaints.expect("422")
    # What is handed out or printed, and booking for a caller, are looked at too, as at 400% on a laptop.
    desk.page.set_viewport_size(ViewportSize(width=NARROWEST[0], height=900))
    desk.look()
    desk.presses(f"Slip for the queue: KHAN, {above}")
    queue = desk.page.locator(".app-slip__address").inner_text()
    desk.opens(reverse("clinic-day-print", args=[evesham.session.public_id]))
    desk.opens(reverse("phone-bookings"))
    desk.opens(reverse("phone-clinic", args=[evesham.session.public_id]))
    desk.page.locator("input[name=starts_at]").first.check()
    desk.presses("Keep this time")
    desk.presses("Book this appointment")
    desk.sees("There is a problem")
    desk.opens(urlsplit(queue).path)


def test_a_tablet_without_a_connection_says_so(
    evesham: Evesham, browsers: Browsers, clock: time_machine.Traveller
) -> None:
    browsers.complaints.expect("ERR_INTERNET_DISCONNECTED")
    book(evesham.session)
    clock.move_to(MORNING)
    nurse = Walker(browsers(TABLET))
    nurse.signs_in("nora")
    nurse.opens("/clinic-day/")
    nurse.page.context.set_offline(True)
    expect(nurse.page.locator("#day-live")).to_have_text(re.compile("^Not connected, last updated "))
    expect(nurse.page.locator("#day-said")).to_have_text(re.compile("^Not connected"))
    axe(nurse.page)
    nurse.page.context.set_offline(False)
    expect(nurse.page.locator("#day-live")).to_have_text(re.compile("^Updated "))
