"""Whoever leaves, or works as something else, is out at the next request, at every door."""

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.actions import end_sessions, issue_token
from accounts.models import Membership, Role, Team, User
from immunisations.actions import add_person
from tests.support.factories import NOW, make_session, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def leaver(team: Team) -> User:
    return make_user(team, Role.COORDINATOR, username="leaver")


@pytest.fixture
def administrator(team: Team) -> Client:
    client = Client()
    client.force_login(make_user(team, Role.ADMINISTRATOR))
    return client


class Doors:
    """A page, the admin and the API by session and by token, each as the user finds it open."""

    def __init__(self, user: User, team: Team) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.session = make_session(team)
        self.token = issue_token(user=user, by=None, at=NOW, source="test")
        person = add_person(
            team=team, first_name="Amina", last_name="Khan", date_of_birth=date(2020, 5, 6), by=None, at=NOW
        )
        self.record = reverse("api-person", args=[person.public_id])
        self.page = reverse("clinic-day-session", args=[self.session.public_id])

    def answers(self) -> list[int]:
        return [
            self.client.get(self.page).status_code,
            self.client.get(reverse("admin:index")).status_code,
            self.client.get(self.record).status_code,
            Client().get(self.record, headers={"Authorization": f"Token {self.token}"}).status_code,
        ]


OPEN = [200, 200, 200, 200]


def save_user(administrator: Client, user: User, **fields: Any) -> None:
    """Save the user's page in the admin as it stands, with ``fields`` changed."""
    url = reverse("admin:accounts_user_change", args=[user.public_id])
    page = administrator.get(url)
    form = page.context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields}
    data["is_active"] = "on"
    formset = page.context["inline_admin_formsets"][0].formset
    for inline in (formset.management_form, *formset.forms):
        for name, field in inline.fields.items():
            value = inline.get_initial_for_field(field, name)
            data[inline.add_prefix(name)] = "" if value is None or value is False else value
    data |= fields
    saved = administrator.post(url, {name: value for name, value in data.items() if value is not None})
    assert saved.status_code == 302, saved.content.decode()


@pytest.mark.parametrize("how", ["action", "box", "code"])
def test_somebody_deactivated_is_out_and_stays_out_of_what_was_open(team, leaver, administrator, how):
    doors = Doors(leaver, team)
    assert doors.answers() == OPEN
    if how == "action":
        data = {"action": "deactivate", "_selected_action": leaver.pk, "confirmed": "yes"}
        administrator.post(reverse("admin:accounts_user_changelist"), data)
    elif how == "box":
        save_user(administrator, leaver, is_active=None)
    else:
        User.objects.filter(pk=leaver.pk).update(is_active=False)
    assert doors.answers() == [302, 302, 401, 401]
    if how != "code":
        User.objects.filter(pk=leaver.pk).update(is_active=True)
        assert doors.answers()[:3] == [302, 302, 401], "the session ended; the token works for whoever is back"


def test_a_role_taken_away_ends_the_sessions_and_leaves_the_token_nothing(team, leaver, administrator):
    Membership.objects.create(user=leaver, team=make_team(), role=Role.ANALYST)
    root = Client()
    root.force_login(make_user(None, username="root", is_superuser=True))
    doors = Doors(leaver, team)
    assert doors.answers() == OPEN
    first = leaver.memberships.order_by("pk").get(team=team)
    page = root.get(reverse("admin:accounts_user_change", args=[leaver.public_id]))
    forms = page.context["inline_admin_formsets"][0].formset.forms
    [number] = [number for number, form in enumerate(forms) if form.instance.pk == first.pk]
    save_user(root, leaver, **{f"memberships-{number}-DELETE": "on"})
    assert not leaver.memberships.filter(team=team).exists()
    assert doors.answers() == [302, 302, 401, 404]


def test_another_role_ends_the_sessions_and_holds_at_the_next_sign_in(team, leaver, administrator):
    doors = Doors(leaver, team)
    save_user(administrator, leaver, **{"memberships-0-role": Role.ANALYST})
    assert leaver.memberships.get().role == Role.ANALYST
    assert doors.answers() == [302, 302, 401, 403]
    leaver.refresh_from_db()
    doors.client.force_login(leaver)
    assert doors.answers() == [403, 403, 403, 403]


def test_a_role_changed_by_any_other_hand_holds_at_the_next_request(team, leaver):
    doors = Doors(leaver, team)
    assert doors.answers() == OPEN
    Membership.objects.filter(user=leaver).delete()
    assert doors.answers() == [403, 403, 404, 404]


def test_nothing_changed_ends_nothing(team, leaver, administrator):
    doors = Doors(leaver, team)
    save_user(administrator, leaver, first_name="Lee")
    assert doors.answers() == OPEN


def test_ending_sessions_ends_them_all_and_the_password_still_signs_in(team, leaver):
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(leaver)
        assert client.get("/accounts/").status_code == 200
    end_sessions(user=leaver)
    assert [client.get("/accounts/").status_code for client in clients] == [302, 302]
    clients[0].force_login(User.objects.get(pk=leaver.pk))
    assert clients[0].get("/accounts/").status_code == 200
