"""Administrators add, change and deactivate users, and cannot make themselves or others more than they are."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, AuditEvent, Membership, Role, User
from tests.integration.walk.world import make_world
from tests.support.factories import make_team, make_user

pytestmark = pytest.mark.django_db

ADD = "/admin/accounts/user/add/"
LIST = "/admin/accounts/user/"
PASSWORD = "four purple quiet lorries"


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def administrator(team):
    return make_user(team, Role.ADMINISTRATOR, username="boss")


@pytest.fixture
def client(administrator):
    client = Client()
    client.force_login(administrator)
    return client


def new_user(team, role: str = Role.DESK, **answers):
    return {
        "username": "newcomer",
        "first_name": "New",
        "last_name": "Comer",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-team": team.pk,
        "memberships-0-role": role,
        **answers,
    }


def page_of(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.public_id])


def changed(user: User, *roles: tuple[Membership | None, object, str], **answers):
    data = {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": "",
        "is_active": "on",
        "memberships-TOTAL_FORMS": str(len(roles)),
        "memberships-INITIAL_FORMS": str(sum(membership is not None for membership, _team, _role in roles)),
    }
    for number, (membership, team, role) in enumerate(roles):
        data |= {
            f"memberships-{number}-id": membership.pk if membership else "",
            f"memberships-{number}-user": user.pk,
            f"memberships-{number}-team": team.pk,
            f"memberships-{number}-role": role,
        }
    return data | answers


def test_a_user_is_added_with_a_team_and_a_role_and_can_sign_in(client, team, administrator):
    assert client.get(ADD).status_code == 200
    response = client.post(ADD, new_user(team))
    assert response.status_code == 302, response.context["errors"]
    user = User.objects.get(username="newcomer")
    assert user.memberships.get().role == Role.DESK and not user.is_superuser and not user.is_staff
    assert Client().login(username="newcomer", password=PASSWORD)
    event = AuditEvent.objects.get(action="add user")
    assert event.actor_id == administrator.pk and event.source == "admin" and event.object_id == user.public_id
    assert PASSWORD not in str(event.after) and event.after["membership"] == [
        {"team": str(team.public_id), "role": "desk"}
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"memberships-TOTAL_FORMS": "0"}, "Give the user a role in at least one team"),
        ({"memberships-0-team": "", "memberships-0-role": ""}, "Give the user a role in at least one team"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"username": "boss"}, "already exists"),
        ({"username": "a\x00b"}, "Null characters are not allowed"),
        ({"username": "x" * 5000}, "at most 150 characters"),
        ({"memberships-0-role": "superuser"}, "not one of the available choices"),
    ],
)
def test_a_user_without_a_team_or_with_wrong_answers_is_not_added(client, team, wrong, sentence):
    response = client.post(ADD, new_user(team, **wrong))
    assert response.status_code == 422 and sentence in response.content.decode()
    assert User.objects.count() == 1


def test_a_user_cannot_be_added_to_another_team(client):
    response = client.post(ADD, new_user(make_team("Wombat team")))
    assert response.status_code == 422 and "Select a valid choice" in response.content.decode()
    assert User.objects.count() == 1


def test_nobody_becomes_a_superuser_through_an_administrator(client, team, administrator):
    user = make_user(team, Role.DESK)
    hacked = {"is_superuser": "on", "is_staff": "on", "groups": "1", "user_permissions": "1"}
    client.post(ADD, new_user(team, **hacked))
    client.post(page_of(user), changed(user, (user.memberships.get(), team, Role.DESK), **hacked))
    client.post(page_of(administrator), changed(administrator, **hacked))
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(is_staff=True).exists()
    assert "is_superuser" not in client.get(page_of(user)).content.decode()


def test_an_administrator_gives_roles_to_others_and_not_to_themselves(client, team, administrator):
    user = make_user(team, Role.DESK)
    client.post(page_of(user), changed(user, (user.memberships.get(), team, Role.SENIOR_NURSE)))
    assert user.memberships.get().role == Role.SENIOR_NURSE
    event = AuditEvent.objects.get(action="change user")
    assert event.before["membership"][0]["role"] == "desk" and event.after["membership"][0]["role"] == "senior_nurse"
    own = administrator.memberships.get()
    client.post(page_of(administrator), changed(administrator, (own, team, Role.SENIOR_NURSE), is_active=""))
    administrator.refresh_from_db()
    assert administrator.memberships.get().role == Role.ADMINISTRATOR and administrator.is_active


def test_a_role_in_one_of_several_teams_is_ended_and_the_last_one_is_not(client, team, administrator):
    second = make_team()
    Membership.objects.create(user=administrator, team=second, role=Role.ADMINISTRATOR)
    user = make_user(team, Role.DESK)
    Membership.objects.create(user=user, team=second, role=Role.ANALYST)
    first, other = user.memberships.order_by("id")
    rows = [(first, team, Role.DESK), (other, second, Role.ANALYST)]
    client.post(page_of(user), changed(user, *rows, **{"memberships-1-DELETE": "on"}))
    assert list(user.memberships.all()) == [first]
    event = AuditEvent.objects.get(action="change user")
    assert event.after["membership"] == [{"removed": True}]
    refused = client.post(page_of(user), changed(user, rows[0], **{"memberships-0-DELETE": "on"}))
    assert refused.status_code == 422 and "clear “active” instead" in refused.content.decode()
    assert user.memberships.count() == 1


def test_a_user_of_two_teams_is_not_changed_by_the_administrator_of_one(client, team):
    """A password set here would open the other team's records."""
    user = make_user(team, Role.DESK)
    Membership.objects.create(user=user, team=make_team("Wombat team"), role=Role.SENIOR_NURSE)
    page = client.get(page_of(user))
    assert page.status_code == 200 and "View " in page.context["title"]
    assert client.post(page_of(user), changed(user)).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[user.public_id])
    assert client.post(password, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 403
    data = {"action": "deactivate", "_selected_action": user.pk, "confirmed": "yes"}
    assert client.post(LIST, data).status_code == 403
    assert User.objects.get(pk=user.pk).is_active


def test_a_superuser_in_the_team_is_not_changed_by_its_administrator(client, team):
    root = make_user(team, Role.DESK, is_superuser=True)
    assert client.post(page_of(root), changed(root)).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.public_id])
    assert client.get(password).status_code == 403


def test_a_password_is_set_for_a_user_and_written_down_without_it(client, team):
    user = make_user(team, Role.DESK)
    url = reverse("admin:auth_user_password_change", args=[user.public_id])
    assert client.get(url).status_code == 200
    response = client.post(url, {"password1": PASSWORD, "password2": PASSWORD})
    assert response.status_code == 302 and client.get(response["Location"], follow=True).status_code == 200
    assert Client().login(username=user.username, password=PASSWORD)
    event = AuditEvent.objects.get(action="change user")
    assert PASSWORD not in str(event.__dict__) and event.after == {"credentials": "changed"}


def test_deactivating_asks_first_and_ends_access_at_the_next_request(client, team):
    user = make_user(team, Role.ANALYST)
    theirs = Client()
    theirs.force_login(user)
    data = {"action": "deactivate", "_selected_action": user.pk}
    assert "Deactivate these users?" in client.post(LIST, data).content.decode()
    assert theirs.get("/accounts/").status_code == 200
    client.post(LIST, data | {"confirmed": "yes"})
    assert theirs.get("/accounts/").status_code == 302
    assert AuditEvent.objects.get(action="deactivate user").object_id == user.public_id
    client.post(LIST, {**data, "action": "reactivate", "confirmed": "yes"})
    assert theirs.get("/accounts/").status_code == 302, "what was open before stays ended"
    user.refresh_from_db()
    theirs.force_login(user)
    assert theirs.get("/accounts/").status_code == 200


def test_an_administrator_does_not_deactivate_themselves(client, administrator):
    client.post(LIST, {"action": "deactivate", "_selected_action": administrator.pk, "confirmed": "yes"})
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_token_is_ended_here_and_its_hash_is_never_shown():
    world = make_world("Quokka")
    client = Client()
    client.force_login(world.users["administrator"])
    url = reverse("admin:accounts_apitoken_changelist")
    pages = [client.get(url), client.get(reverse("admin:accounts_apitoken_change", args=[world.token.public_id]))]
    assert all(world.token.token_hash not in page.content.decode() for page in pages)
    client.post(url, {"action": "end", "_selected_action": world.token.pk, "confirmed": "yes"})
    assert ApiToken.objects.get(pk=world.token.pk).revoked_at
    assert AuditEvent.objects.get(action="revoke token").source == "admin"


def test_a_role_in_one_team_opens_nothing_of_another_team_of_the_same_person():
    ours, theirs = make_world("Quokka"), make_world("Wombat")
    user = make_user(ours.team, Role.COORDINATOR)
    Membership.objects.create(user=user, team=theirs.team, role=Role.DESK)
    client = Client()
    client.force_login(user)
    page = client.get(reverse("admin:immunisations_person_changelist")).content.decode()
    assert "QUOKKA" in page and "WOMBAT" not in page
    assert client.get(reverse("admin:immunisations_person_change", args=[theirs.person.public_id])).status_code == 404


def test_the_admin_is_not_open_to_django_staff_status_alone():
    client = Client()
    client.force_login(make_user(make_team(), Role.DESK, is_staff=True))
    assert client.get("/admin/").status_code == 403
