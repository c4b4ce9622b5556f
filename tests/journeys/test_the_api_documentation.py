"""The documentation of the API in a real browser: drawn from the schema, under its own content policy."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_an_integrator_reads_the_documentation_and_tries_an_operation(desktop: Page) -> None:
    desktop.goto("/api/v1/docs/")
    expect(desktop.get_by_role("heading", name="Pop-up vaccination clinics")).to_be_visible()
    desktop.locator("#operations-Clinics-list_clinic_sessions").get_by_role("button").first.click()
    desktop.get_by_role("button", name="Try it out").click()
    desktop.get_by_role("button", name="Execute").click()
    answer = desktop.locator(".live-responses-table")
    expect(answer).to_contain_text('"count": 0')
    desktop.locator("#operations-Bookings-create_booking").get_by_role("button").first.click()
    expect(desktop.get_by_text("times_taken").first).to_be_visible()
