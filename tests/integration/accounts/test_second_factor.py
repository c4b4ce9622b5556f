"""The second factor: set up, asked for at every door, replaced, and reset by an administrator."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import second_factor
from accounts.authentication import make_token
from accounts.middleware import WITHOUT_SECOND_FACTOR
from accounts.models import AuditEvent, Role, User
from tests.integration.walk import accounts, admin, api, clinic_day, public
from tests.integration.walk.table import BY_POST, Entry
from tests.integration.walk.world import World, make_world
from tests.support.factories import NOW, PASSWORD, make_team, make_user
from tests.support.second_factor import SECRET, code_of, give_app, recovery_code_of, sign_in

SET_UP = "/accounts/sign-in-code/"
TABLE: dict[str, Entry] = {}
for part in (public, accounts, admin, clinic_day, api):
    TABLE |= part.TABLE
STAFF = sorted(set(TABLE) - set(public.TABLE))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_of_everybody(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    cache.clear()


@pytest.fixture
def nurse() -> User:
    return make_user(make_team(), Role.VACCINATOR, username="nurse")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A team with everything in it, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world("Numbat")
        transaction.set_rollback(True)


def leads_nowhere(response: Any) -> bool:
    """Whether an answer leads to the set-up, or refuses by the code that says so."""
    if response.status_code == 302:
        return bool(response["Location"] == SET_UP)
    return response.status_code == 403 and response.json()["code"] == second_factor.CODE


@pytest.mark.once
@pytest.mark.parametrize("role", ["superuser", "senior_nurse", "administrator"])
def test_without_a_second_factor_nothing_answers_but_its_set_up(world, role):
    user = (
        make_user(None, username="root", is_superuser=True, is_staff=True) if role == "superuser" else world.users[role]
    )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    answered, walked = [], 0
    for name in STAFF:
        if (plain := name.removesuffix(BY_POST)) in WITHOUT_SECOND_FACTOR:
            continue
        url = reverse(plain, kwargs=TABLE[name].arguments(world))
        for method in ("get", "post"):
            with transaction.atomic():
                response = getattr(client, method)(url)
                transaction.set_rollback(True)
            walked += 1
            if not leads_nowhere(response):
                answered.append(f"{method} {name}: {response.status_code}")
            assert "no-store" in response["Cache-Control"], name
    assert not answered
    assert walked > 200
    for name in WITHOUT_SECOND_FACTOR:
        assert client.get(reverse(name)).status_code == 200, name


def test_the_public_pages_ask_nothing_of_whoever_is_signed_in(nurse):
    client = Client()
    client.force_login(nurse)
    for name in ("start", "clinic-list", "about", "healthz"):
        assert client.get(reverse(name)).status_code == 200


def test_setting_up_takes_a_picture_or_a_key_then_a_code_and_shows_recovery_codes_once(client, nurse):
    client.force_login(nurse)
    page = client.get(SET_UP).content.decode()
    key = re.search(r'app-key">([A-Z2-7 ]+)<', page)
    assert key and "<svg" in page and "data:" not in page
    secret = key[1].replace(" ", "")
    assert key[0] in client.get(SET_UP).content.decode(), "loaded again it is the same"
    wrong = client.post(SET_UP, {"code": "000000" if code_of(secret) != "000000" else "111111"})
    assert wrong.status_code == 422 and "The code is not right" in wrong.content.decode()
    assert not Authenticator.objects.exists()
    done = client.post(SET_UP, {"code": code_of(secret)})
    assert done["Location"] == reverse("account-recovery-codes")
    page = client.get(done["Location"]).content.decode()
    codes = re.findall(r"<code>(\d{4} \d{4})</code>", page)
    assert len(set(codes)) == 10
    saved = client.get(reverse("account-recovery-codes-download"))
    assert all(code in saved.content.decode() for code in codes) and "no-store" in saved["Cache-Control"]
    assert client.post(reverse("account-recovery-codes"))["Location"] == reverse("account-start")
    assert client.get(reverse("account-recovery-codes"))["Location"] == reverse("account-home")
    assert client.get(reverse("account-recovery-codes-download")).status_code == 404
    assert client.get(reverse("account-home")).status_code == 200
    event = AuditEvent.objects.get(action="set up second factor")
    assert secret not in str(event.__dict__)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored and not any(code in stored for code in codes), "unreadable in the database"


def test_signing_in_asks_for_a_code_after_the_password(client, nurse):
    give_app(nurse)
    asked = client.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    assert asked["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("account-home")).status_code == 302, "a password alone opens nothing"
    assert "Enter your sign-in code" in client.get(asked["Location"]).content.decode()
    wrong = client.post(asked["Location"], {"code": "12"})
    assert wrong.status_code == 422 and "The code is not right" in wrong.content.decode()
    right = client.post(asked["Location"], {"code": code_of()})
    assert right["Location"] == reverse("account-start")
    assert client.get(reverse("account-home")).status_code == 200


def test_a_code_that_was_used_is_not_taken_again(client, nurse):
    give_app(nurse)
    code = code_of()
    sign_in(client, nurse, code)
    other = Client()
    other.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    assert other.post("/accounts/login/code/", {"code": code}).status_code == 422


def test_a_clock_half_a_minute_out_is_no_matter_and_two_minutes_are(client, nurse):
    give_app(nurse)
    client.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    assert client.post("/accounts/login/code/", {"code": code_of(steps=-4)}).status_code == 422
    assert client.post("/accounts/login/code/", {"code": code_of(steps=-1)}).status_code == 302


def test_a_recovery_code_stands_in_once(client, nurse):
    give_app(nurse)
    code = recovery_code_of(nurse)
    sign_in(client, nurse, f"{code[:4]} {code[4:]}")
    assert "9 recovery codes are left" in client.get(reverse("account-home")).content.decode()
    other = Client()
    other.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    assert other.post("/accounts/login/code/", {"code": code}).status_code == 422


def test_new_recovery_codes_need_a_code_and_end_the_old_ones(client, nurse):
    give_app(nurse)
    old = second_factor.recovery_codes(nurse)
    sign_in(client, nurse, code_of())
    url = reverse("account-recovery-codes-renew")
    assert client.get(url).status_code == 200
    assert client.post(url, {"code": "nonsense"}).status_code == 422
    assert second_factor.recovery_codes(nurse) == old
    assert client.post(url, {"code": code_of(steps=1)})["Location"] == reverse("account-recovery-codes")
    assert client.get(reverse("account-recovery-codes")).status_code == 200
    assert not set(old) & set(second_factor.recovery_codes(nurse))


@pytest.mark.parametrize(
    "typed", ["", "x" * 100_000, "a\x00b", "💉", "\u202e123456", "<script>alert(1)</script>", "١٢٣٤٥٦"]
)
def test_bad_codes_get_a_sentence_and_are_never_an_error(client, nurse, typed):
    client.force_login(nurse)
    assert client.post(SET_UP, {"code": typed}).status_code == 422
    give_app(nurse)
    other = Client()
    other.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    page = other.post("/accounts/login/code/", {"code": typed})
    assert page.status_code == 422 and "There is a problem" in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_codes_cannot_be_guessed_on_and_on(client, nurse):
    give_app(nurse)
    client.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    for number in range(5):
        client.post("/accounts/login/code/", {"code": f"00000{number}"}, REMOTE_ADDR=f"10.0.0.{number}")
    page = client.post("/accounts/login/code/", {"code": code_of()})
    assert page.status_code == 422 and "too many tries" in page.content.decode()


def test_a_session_from_before_the_factor_was_needed_ends(client, nurse, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(nurse)
    assert client.get(reverse("account-home")).status_code == 200
    give_app(nurse)
    settings.STAFF_SECOND_FACTOR = True
    assert client.get(reverse("account-home"))["Location"].startswith("/accounts/login/")
    settings.STAFF_SECOND_FACTOR = False
    assert client.get(reverse("account-home")).status_code == 302, "it has ended, and does not come back"


def test_an_administrator_resets_a_lost_factor_with_a_reason_and_the_sessions_end(client):
    team = make_team()
    admin_user, nurse = make_user(team, Role.ADMINISTRATOR), make_user(team, Role.VACCINATOR, username="nurse")
    for user in (admin_user, nurse):
        give_app(user)
    theirs = Client()
    sign_in(theirs, nurse)
    sign_in(client, admin_user)
    data = {"action": "reset_codes", "_selected_action": nurse.pk}
    url = reverse("admin:accounts_user_changelist")
    assert "How did you make sure" in client.post(url, data).content.decode()
    client.post(url, data | {"confirmed": "yes"})
    assert second_factor.is_set_up(nurse), "not without a reason"
    client.post(url, data | {"confirmed": "yes", "reason": "She stood before me"})
    assert not second_factor.is_set_up(nurse)
    assert theirs.get(reverse("account-home"))["Location"].startswith("/accounts/login/")
    event = AuditEvent.objects.get(action="reset second factor")
    assert event.actor_id == admin_user.pk and event.reason == "She stood before me"
    theirs.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    assert theirs.get(reverse("account-home"))["Location"] == SET_UP


def test_nobody_resets_their_own_factor_or_that_of_another_teams_user(client):
    team = make_team()
    admin_user, other = make_user(team, Role.ADMINISTRATOR), make_user(make_team(), Role.VACCINATOR)
    for user in (admin_user, other):
        give_app(user)
    sign_in(client, admin_user)
    for user in (admin_user, other):
        data = {"action": "reset_codes", "_selected_action": user.pk, "confirmed": "yes", "reason": "Because"}
        client.post(reverse("admin:accounts_user_changelist"), data)
        assert second_factor.is_set_up(user)


def test_a_token_is_made_and_works_only_for_somebody_with_a_second_factor(client, nurse):
    with pytest.raises(CommandError, match="no sign-in code"):
        call_command("api_token", "nurse")
    header = {"Authorization": f"Token {make_token(user=nurse, at=NOW)}"}
    url = "/api/v1/bookings/NOTHING/"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.authentication.timezone.now", lambda: NOW)
        refused = client.get(url, headers=header)
        assert refused.status_code == 403 and refused.json()["code"] == second_factor.CODE
        give_app(nurse)
        assert client.get(url, headers=header).status_code == 404


def test_the_demonstration_says_that_it_asks_for_no_code(client, nurse, settings):
    settings.STAFF_SECOND_FACTOR = False
    settings.DEMONSTRATION = True
    words = "signs staff in without a code"
    assert words in client.get("/accounts/login/").content.decode()
    client.force_login(nurse)
    assert words in client.get(reverse("account-home")).content.decode()
    settings.STAFF_SECOND_FACTOR = True
    assert words not in Client().get("/accounts/login/").content.decode()


def test_a_secret_under_a_key_that_is_gone_fits_no_code(client, nurse, settings):
    give_app(nurse)
    kept = settings.SECRET_KEY
    settings.SECRET_KEY = "another-secret-for-this-test-0123456789-0123456789"
    client.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    for code in (code_of(), code_of("")):
        assert client.post("/accounts/login/code/", {"code": code}).status_code == 422
    settings.SECRET_KEY_FALLBACKS = [kept]
    client.post("/accounts/login/", {"login": "nurse", "password": PASSWORD})
    assert client.post("/accounts/login/code/", {"code": code_of(SECRET, steps=1)}).status_code == 302
