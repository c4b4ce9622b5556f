"""Signing in and out, as whole requests."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Membership, Role
from tests.support.factories import PASSWORD, make_team, make_user

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_tries_counted_yet() -> None:
    cache.clear()


def sign_in(client: Client, username: str, password: str = PASSWORD, **extra: str):
    return client.post(LOGIN, {"login": username, "password": password, **extra}, follow=False)


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.DESK, "clinic-day"),
        (Role.VACCINATOR, "clinic-day"),
        (Role.SENIOR_NURSE, "clinic-day"),
        (Role.COORDINATOR, "clinic-day"),
        (Role.ANALYST, "clinic-day"),
        (Role.ADMINISTRATOR, "admin:index"),
        (Role.PRIVACY_LEAD, "account-looks"),
    ],
)
def test_signing_in_leads_to_a_page_that_the_role_may_see(client, role, page):
    make_user(make_team(), role, username="staff")
    response = sign_in(client, "staff")
    assert response.status_code == 302 and response["Location"] == reverse("account-start")
    response = client.get(response["Location"])
    assert response.status_code == 302 and response["Location"] == reverse(page)
    assert client.get(response["Location"]).status_code in (200, 302)


def test_signing_in_returns_to_the_page_that_was_asked_for(client):
    make_user(make_team(), Role.ADMINISTRATOR, username="staff")
    asked = client.get(reverse("account-roles"))
    assert asked.status_code == 302 and asked["Location"].startswith(f"{LOGIN}?next=")
    page = client.get(asked["Location"])
    assert 'name="next"' in page.content.decode()
    assert sign_in(client, "staff", next=reverse("account-roles"))["Location"] == reverse("account-roles")


def test_signing_in_never_leads_to_another_site(client):
    make_user(make_team(), Role.DESK, username="staff")
    assert sign_in(client, "staff", next="https://example.com/")["Location"] == reverse("account-start")


def test_a_wrong_password_and_an_unknown_username_get_the_same_plain_sentence(client):
    make_user(make_team(), Role.DESK, username="staff")
    pages = [sign_in(client, "staff", "wrong"), sign_in(client, "nobody", "wrong")]
    for page in pages:
        assert page.status_code == 422
        assert "The username or the password is not right" in page.content.decode()
        assert page.content.decode().count("<title>Error: ") == 1
    assert 'value="staff"' in pages[0].content.decode()
    assert "wrong" not in pages[0].content.decode().split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    "typed", ["", "x" * 100_000, "a\x00b", "💉", "\u202emit", "<script>alert(1)</script>", "' OR 1=1 --"]
)
def test_bad_input_gets_a_sentence_and_is_never_an_error(client, typed):
    response = sign_in(client, typed, typed)
    assert response.status_code == 422
    page = response.content.decode()
    assert "There is a problem" in page
    assert "<script>alert" not in page and "\x00" not in page


def test_too_many_wrong_tries_are_stopped_for_one_username_and_not_for_another(client):
    team = make_team()
    make_user(team, Role.DESK, username="staff")
    make_user(team, Role.DESK, username="other")
    for _try in range(5):
        assert "is not right" in sign_in(client, "staff", "wrong").content.decode()
    assert "too many tries" in sign_in(client, "staff").content.decode()
    assert sign_in(client, "other").status_code == 302


def test_signing_out_needs_a_press_and_ends_the_session(client):
    make_user(make_team(), Role.ANALYST, username="staff")
    sign_in(client, "staff")
    asked = client.get(reverse("account_logout"))
    assert asked.status_code == 200 and client.get(reverse("account-home")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("account-home")).status_code == 302
    # Nothing of the old session is left: only the sentence that says so.
    assert set(client.session.keys()) <= {"_messages"}


def test_staff_pages_are_never_kept_by_a_browser(client):
    client.force_login(make_user(make_team(), Role.ANALYST, username="staff"))
    for name in ("account-home", "account-roles", "account_change_password", "account_logout"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"], name


def test_nobody_signs_up(client):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/accounts/signup/", {"username": "me", "password1": PASSWORD}).status_code == 404


def test_a_deactivated_user_cannot_sign_in_and_is_told_why_only_with_the_right_password(client):
    make_user(make_team(), Role.DESK, username="staff", is_active=False)
    assert "is not right" in sign_in(client, "staff", "wrong").content.decode()
    response = sign_in(client, "staff")
    assert response["Location"] == reverse("account_inactive")
    assert "deactivated" in client.get(response["Location"]).content.decode()
    assert client.get(reverse("account-home")).status_code == 302


def test_deactivating_ends_a_session_at_the_next_request(client):
    user = make_user(make_team(), Role.ANALYST, username="staff")
    client.force_login(user)
    assert client.get(reverse("account-home")).status_code == 200
    user.is_active = False
    user.save()
    assert client.get(reverse("account-home")).status_code == 302


def test_somebody_in_several_teams_chooses_one_first(client):
    first, second, other = make_team("Alpha"), make_team("Bravo"), make_team("Charlie")
    user = make_user(first, Role.DESK, username="staff")
    Membership.objects.create(user=user, team=second, role=Role.ANALYST)
    client.force_login(user)
    assert client.get(reverse("account-start"))["Location"] == reverse("account-team")
    page = client.get(reverse("account-team")).content.decode()
    assert "Alpha" in page and "Bravo" in page and "Charlie" not in page
    refused = client.post(reverse("account-team"), {"team": str(other.public_id)})
    assert refused.status_code == 422 and "Select a team" in refused.content.decode()
    client.post(reverse("account-team"), {"team": str(second.public_id)})
    assert "You work for Bravo" in client.get(reverse("account-home")).content.decode()
    assert client.get(reverse("account-start"))["Location"] == reverse("clinic-day")


def test_somebody_in_no_team_is_told_whom_to_ask(client):
    client.force_login(make_user(None, username="staff"))
    assert client.get(reverse("account-start"))["Location"] == reverse("account-home")
    assert "You are not in a team yet" in client.get(reverse("account-home")).content.decode()


def test_a_changed_password_is_audited_and_ends_the_other_sessions(client):
    user = make_user(make_team(), Role.DESK, username="staff")
    elsewhere = Client()
    client.force_login(user)
    elsewhere.force_login(user)
    url = reverse("account_change_password")
    new = "four purple quiet lorries"
    wrong = client.post(url, {"oldpassword": "no", "password1": "short", "password2": "other"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "The current password is not right" in page and "too short" in page
    response = client.post(url, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert response["Location"] == reverse("account-home")
    assert "Your password has been changed" in client.get(reverse("account-home")).content.decode()
    assert elsewhere.get(reverse("account-home")).status_code == 302
    event = AuditEvent.objects.get(action="change password")
    assert event.actor_id == user.pk and new not in str(event.after)


def test_the_table_of_roles_says_what_the_code_allows(client):
    client.force_login(make_user(make_team(), Role.DESK, username="staff"))
    page = client.get(reverse("account-roles")).content.decode()
    assert "Record consent, health checks and doses" in page
    for role in Role:
        assert str(role.label) in page
