"""A co-ordinator and an administrator in a real browser: sign in, plan a clinic in the admin, add a user.

Every page passes axe and raises no complaint of the browser under the strict content policy.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Membership, Role, User
from clinics.models import ClinicSession
from clinics.times import london_day
from tests.integration.walk.admin import PAGES
from tests.integration.walk.world import World, make_world
from tests.support.browser import DESKTOP, NARROWEST, Complaints, axe, fits, judged
from tests.support.factories import PASSWORD, make_team

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def forms_sent_back(complaints: Complaints) -> None:
    """A form sent back with what is wrong answers 422, which Chromium's console mentions."""
    complaints.expect("status of 422")


@pytest.fixture
def world() -> World:
    return make_world("Quokka")


def sign_in(page: Page, username: str) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_pages_of_ones_own_account_pass_axe_and_fit_a_small_screen(world, browsers, javascript):
    user = world.users[Role.DESK]
    Membership.objects.create(user=user, team=make_team("Second team"), role=Role.ANALYST)
    page = browsers(NARROWEST, javascript=javascript)
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Sign in").click()
    assert "Enter your username" in page.content()
    check(page, narrow=True, javascript=javascript)
    sign_in(page, user.username)
    assert page.url.endswith(reverse("account-team"))
    check(page, narrow=True, javascript=javascript)
    page.get_by_label(world.team.name).check()
    page.get_by_role("button", name="Continue").click()
    for name in ("account-home", "account-roles", "account_change_password", "account_logout"):
        page.goto(reverse(name))
        check(page, narrow=True, javascript=javascript)
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    assert page.url.endswith(reverse("account_login"))
    assert "You have signed out" in page.content()


def check(page: Page, *, narrow: bool = False, javascript: bool = True) -> None:
    """The page as it stands is accessible, and fits."""
    if javascript:
        axe(page)
    if narrow:
        fits(page)


def faults(page: Page) -> list[str]:
    """What axe finds wrong with a page of the admin as it stands.

    Without its preload, which reads Django's stylesheets in a way of its own and trips over what they import.
    """
    results = judged(page, preload=False)
    return [f"{page.url}\n{results.generate_report()}"] if results.violations_count else []


def test_every_page_of_the_admin_passes_axe_under_the_content_policy(world, browsers: Callable[..., Page]):
    wrong = []
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        page = browsers(DESKTOP)
        sign_in(page, world.users[role].username)
        page.goto(reverse("admin:index"))
        wrong += faults(page)
        for name, row in PAGES.items():
            if role not in row.roles:
                continue
            addresses = [
                reverse(f"admin:{name}_changelist"),
                reverse(f"admin:{name}_change", args=[row.row(world)]),
                reverse(f"admin:{name}_history", args=[row.row(world)]),
                *([reverse(f"admin:{name}_add")] if row.may_add else []),
            ]
            for address in addresses:
                page.goto(address)
                wrong += faults(page)
    assert not wrong, "\n".join(wrong)


def test_a_co_ordinator_plans_publishes_and_cancels_a_clinic(world, browsers: Callable[..., Page]):
    page = browsers(DESKTOP)
    sign_in(page, world.users[Role.COORDINATOR].username)
    page.goto(reverse("admin:clinics_clinicsession_add"))
    page.get_by_role("combobox", name="Choose venue").click()
    page.locator(".select2-results__option", has_text=world.venue.name).click()
    day = london_day(timezone.now()) + timedelta(days=20)
    page.get_by_label("Date:").fill(f"{day:%d/%m/%Y}")
    page.get_by_label("Name:", exact=True).fill("Saturday clinic")
    page.get_by_label("MMR", exact=True).check()
    page.locator("#id_periods-0-start").fill("10:00")
    page.locator("#id_periods-0-end").fill("09:00")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("A period must end after it starts").first.wait_for()
    assert not faults(page)
    page.locator("#id_periods-0-end").fill("12:00")
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("button", name="Publish").click()
    assert not faults(page)
    page.get_by_role("button", name="Yes, publish").click()
    page.get_by_text("is published").first.wait_for()
    session = ClinicSession.objects.get(name="Saturday clinic")
    assert session.state == "published" and session.places.count() == 12
    page.goto(reverse("admin:clinics_clinicsession_change", args=[session.public_id]))
    page.get_by_role("button", name="Cancel the clinic").click()
    page.get_by_role("button", name="Yes, cancel the clinics").click()
    assert not faults(page)
    page.get_by_label("Reason").fill("The hall is flooded")
    page.get_by_role("button", name="Yes, cancel the clinics").click()
    page.get_by_text("is cancelled").first.wait_for()
    assert not faults(page)


def test_an_administrator_adds_and_deactivates_a_nurse(world, browsers: Callable[..., Page]):
    page = browsers(DESKTOP)
    sign_in(page, world.users[Role.ADMINISTRATOR].username)
    assert page.url.endswith(reverse("admin:index"))
    page.goto(reverse("admin:accounts_user_add"))
    page.get_by_label("Username:").fill("newnurse")
    page.get_by_label("Password:", exact=True).fill(PASSWORD)
    page.get_by_label("Password confirmation:").fill(PASSWORD)
    page.locator("#id_memberships-0-team").select_option(label=world.team.name)
    page.locator("#id_memberships-0-role").select_option("vaccinator")
    page.get_by_role("button", name="Save", exact=True).click()
    assert User.objects.get(username="newnurse").memberships.get().role == Role.VACCINATOR
    nurse = browsers(DESKTOP)
    sign_in(nurse, "newnurse")
    assert "clinic-day" in nurse.url
    page.goto(reverse("admin:accounts_user_changelist"))
    page.get_by_role("row", name="newnurse").get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("deactivate")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Yes, deactivate").click()
    page.get_by_text("has been deactivated").first.wait_for()
    nurse.reload()
    assert reverse("account_login") in nurse.url
