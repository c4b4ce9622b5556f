"""A nurse sets up her sign-in code, is called away in the middle of a form, and finds everything as it was."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Evesham
from tests.journeys.walker import Walker
from tests.support.browser import DESKTOP, PHONE, Complaints
from tests.support.factories import MORNING, PASSWORD
from tests.support.second_factor import code_of

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]
PIN = "402917"


@pytest.fixture(autouse=True)
def as_in_a_real_service(settings, complaints: Complaints) -> None:
    settings.STAFF_SECOND_FACTOR = True
    settings.IDLE_LOCK_MINUTES = 5
    cache.clear()
    complaints.expect("status of 403|status of 422")


def sets_up(page: Page, username: str) -> Walker:
    """Sign in for the first time, set up the code, keep the recovery codes and set a PIN."""
    staff = Walker(page)
    staff.opens("/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    staff.goes(lambda: page.get_by_role("button", name="Sign in").click())
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your sign-in code")
    key = (page.locator(".app-key").text_content() or "").replace(" ", "")
    page.get_by_label("Code", exact=True).fill(code_of(key))
    staff.goes(lambda: page.get_by_role("button", name="Continue").click())
    expect(page.locator(".app-codes li")).to_have_count(10)
    with page.expect_navigation():
        page.get_by_role("button", name="I have kept them").click()
    staff.opens("/accounts/pin/")
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_label("PIN again").fill(PIN)
    page.get_by_label("Your password").fill(PASSWORD)
    staff.goes(lambda: page.get_by_role("button", name="Save PIN").click())
    return staff


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_open_page_is_covered_and_comes_back_as_it_was(
    browsers: Callable[..., Page], evesham: Evesham, clock: time_machine.Traveller, size: tuple[int, int]
) -> None:
    clock.move_to(MORNING)
    page = browsers(size)
    staff = sets_up(page, "nora")
    staff.opens(f"/clinic-day/{evesham.session.public_id}/walk-in/")
    page.get_by_label("First name").fill("Zo\u00eb")
    address = page.url
    page.get_by_role("button", name="Lock now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Locked")
    expect(page.get_by_label("First name")).to_be_hidden()
    staff.look()
    page.get_by_label("PIN").fill("000001")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("That is not right. Try again.")
    page.get_by_label("PIN").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.get_by_label("First name")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Zo\u00eb")
    assert page.url == address
    page.wait_for_load_state("networkidle")
    # Idle: the server locks by itself, and the page learns of it when somebody looks at it again.
    clock.shift(timedelta(minutes=6))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("heading", level=1)).to_have_text("Locked")
    page.get_by_text("Use your password instead").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_label("First name")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Zo\u00eb")


@pytest.mark.parametrize("javascript", [True, False])
def test_what_was_sent_while_locked_is_saved_once_unlocked(
    browsers: Callable[..., Page], evesham: Evesham, clock: time_machine.Traveller, javascript: bool
) -> None:
    clock.move_to(MORNING)
    page = browsers(DESKTOP, javascript=javascript)
    staff = sets_up(page, "nora")
    staff.opens(f"/clinic-day/{evesham.session.public_id}/walk-in/")
    page.get_by_label("First name").fill("Zo\u00eb")
    clock.shift(timedelta(minutes=6))
    staff.goes(
        lambda: (
            page.locator("main form").last.evaluate("form => form.submit()")
            if javascript
            else page.keyboard.press("Enter")
        )
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Locked")
    assert re.search("What you sent is kept", page.content())
    page.get_by_label("PIN").fill(PIN)
    staff.goes(lambda: page.get_by_role("button", name="Unlock").click())
    expect(page.get_by_label("First name")).to_have_value("Zo\u00eb")
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()


def test_after_signing_out_the_back_button_shows_nothing(
    desktop: Page, evesham: Evesham, clock: time_machine.Traveller
) -> None:
    clock.move_to(MORNING)
    staff = sets_up(desktop, "nora")
    staff.opens("/accounts/")
    staff.goes(lambda: desktop.get_by_role("button", name="Sign out").click())
    desktop.go_back()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert "Nora" not in desktop.content()


def test_a_covered_page_is_not_opened_for_whoever_signs_in_after_its_user(
    desktop: Page, evesham: Evesham, clock: time_machine.Traveller, settings
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    clock.move_to(MORNING)
    staff = Walker(desktop)
    staff.signs_in("nora")
    staff.opens(f"/clinic-day/{evesham.session.public_id}/walk-in/")
    desktop.get_by_label("First name").fill("Zo\u00eb")
    desktop.get_by_role("button", name="Lock now").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Locked")
    desktop.wait_for_load_state("networkidle")
    other = desktop.context.new_page()
    other.goto("/accounts/")
    with other.expect_navigation():
        other.get_by_role("button", name="Sign out").click()
    second = Walker(other)
    second.signs_in(evesham.co_ordinator.username)
    with desktop.expect_navigation():
        desktop.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(desktop.get_by_label("First name")).to_have_count(0)
    assert "walk-in" not in desktop.url
