"""The lock: closes by itself and on a press, opens by PIN or password, and loses nothing."""

from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.forms.pin import easy_to_guess
from accounts.middleware import WHILE_LOCKED
from accounts.models import AuditEvent, Membership, Role, User
from tests.integration.walk import accounts, admin, api, clinic_day, public
from tests.integration.walk.table import BY_POST, Entry
from tests.integration.walk.world import World, make_world
from tests.support.factories import NOW, PASSWORD, make_team, make_user
from tests.support.html_forms import forms_of

PIN = "402917"
TABLE: dict[str, Entry] = {}
for part in (public, accounts, admin, clinic_day, api):
    TABLE |= part.TABLE
HOME = "/accounts/"

pytestmark = pytest.mark.django_db


class Hidden(HTMLParser):
    """The hidden fields of a page's first form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.forms = 0
        # How a browser writes down what it sends of the form.
        self.encoding = "application/x-www-form-urlencoded"
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.forms += tag == "form"
        found = dict(attrs)
        if tag == "form" and self.forms == 1:
            self.encoding = found.get("enctype") or self.encoding
        if tag == "input" and self.forms == 1 and found.get("type") == "hidden":
            self.fields.append((found.get("name") or "", found.get("value") or ""))


def hidden(response: Any) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in Hidden(response.content.decode()).fields:
        fields.setdefault(name, []).append(value)
    return fields


@pytest.fixture(autouse=True)
def after_five_minutes(settings: Any) -> None:
    settings.IDLE_LOCK_MINUTES = 5
    cache.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nurse(client: Client) -> User:
    user = make_user(make_team(), Role.VACCINATOR, username="nurse", first_name="Nora", last_name="Nurse")
    Membership.objects.create(user=user, team=make_team("Zulu"), role=Role.ANALYST)
    return user


@pytest.fixture
def signed_in(client: Client, nurse: User, clock: time_machine.Traveller) -> Client:
    client.force_login(nurse)
    assert client.get(HOME).status_code == 200
    return client


def is_lock(response: Any) -> bool:
    return response.status_code == 403 and "<h1" in response.content.decode() and "Locked" in response.content.decode()


def set_pin(user: User) -> None:
    from accounts.actions import set_pin as keep

    keep(user=user, pin=PIN, at=NOW, source="test")


def test_five_minutes_without_a_request_lock_and_one_in_between_does_not(signed_in, clock):
    clock.shift(timedelta(minutes=4, seconds=59))
    assert signed_in.get(HOME).status_code == 200
    clock.shift(timedelta(minutes=4, seconds=59))
    assert signed_in.get(HOME).status_code == 200
    clock.shift(timedelta(minutes=5))
    page = signed_in.get(HOME)
    assert is_lock(page) and "no-store" in page["Cache-Control"]
    assert "Signed in as Nora Nurse" in page.content.decode()


@pytest.mark.once
def test_the_lock_screen_names_nobody_but_the_user_on_any_page_of_staff(clock, django_db_blocker):
    world: World = make_world("Numbat")
    client = Client(raise_request_exception=False)
    user = world.users["senior_nurse"]
    client.force_login(user)
    client.get(HOME)
    clock.shift(timedelta(minutes=6))
    unlocked = []
    words = [world.venue.name, world.batch.number, world.team.name, "Amina", "Bilal", "Chloe"]
    for name in sorted(set(TABLE) - set(public.TABLE)):
        if (plain := name.removesuffix(BY_POST)) in WHILE_LOCKED:
            continue
        url = reverse(plain, kwargs=TABLE[name].arguments(world))
        for method in ("get", "post"):
            with transaction.atomic():
                response = getattr(client, method)(url)
                transaction.set_rollback(True)
            said = response.content.decode()
            locked = response.json()["code"] == "locked" if url.startswith("/api/") else is_lock(response)
            if not locked or any(word in said for word in words) or "no-store" not in response["Cache-Control"]:
                unlocked.append(f"{method} {name}: {response.status_code}")
    assert not unlocked


def test_what_asks_by_itself_is_answered_and_keeps_nothing_open(signed_in, clock):
    background = {"X-Background": "1"}
    for _minute in range(4):
        clock.shift(timedelta(minutes=1))
        assert signed_in.get(HOME, headers=background).status_code == 200
    clock.shift(timedelta(minutes=1, seconds=1))
    refused = signed_in.get(HOME, headers=background)
    assert refused.status_code == 403 and refused.json()["code"] == "locked"
    assert is_lock(signed_in.get(HOME))


def test_a_page_that_loads_itself_anew_keeps_nothing_open_and_is_shown_the_lock(signed_in, clock):
    for _minute in range(4):
        clock.shift(timedelta(minutes=1))
        assert signed_in.get(HOME + "?refresh=auto").status_code == 200
    clock.shift(timedelta(minutes=1, seconds=1))
    assert is_lock(signed_in.get(HOME + "?refresh=auto"))


@pytest.mark.parametrize("with_pin", [True, False])
def test_the_pin_or_the_password_opens_and_the_page_is_shown(signed_in, nurse, clock, with_pin):
    set_pin(nurse)
    clock.shift(timedelta(minutes=6))
    url = reverse("account-roles") + "?x=1"
    fields = hidden(signed_in.get(url))
    secret = {"unlock_pin": PIN} if with_pin else {"unlock_password": PASSWORD}
    opened = signed_in.post(url, fields | secret)
    assert opened.status_code == 302 and opened["Location"] == url
    assert signed_in.get(url).status_code == 200


def test_what_was_sent_while_locked_is_done_once_after_unlocking(signed_in, nurse, clock):
    clock.shift(timedelta(minutes=6))
    url = reverse("account-team")
    zulu = nurse.memberships.get(team__name="Zulu").team
    screen = signed_in.post(url, {"team": str(zulu.public_id), "note": ["one\ntwo", "“ü💉"], "does": "left"})
    assert is_lock(screen) and "What you sent is kept" in screen.content.decode()
    fields = hidden(screen)
    assert fields["team"] == [str(zulu.public_id)]
    assert [value.replace("\r", "") for value in fields["note"]] == ["one\ntwo", "“ü💉"] and fields["does"] == ["left"]
    wrong = signed_in.post(url, fields | {"unlock_password": "wrong"})
    assert is_lock(wrong) and "That is not right" in wrong.content.decode()
    again = hidden(wrong)
    assert again["note"] == fields["note"], "nothing is lost by a slip"
    done = signed_in.post(url, again | {"unlock_password": PASSWORD})
    assert done["Location"] == reverse("clinic-day")
    assert "You work for Zulu" in signed_in.get(HOME).content.decode()
    signed_in.post(url, {"team": str(nurse.memberships.exclude(team=zulu).get().team.public_id)})
    repeat = signed_in.post(url, again | {"unlock_password": PASSWORD})
    assert repeat["Location"] == reverse("account-start")
    assert "You work for Zulu" not in signed_in.get(HOME).content.decode(), "done once"
    repeat = signed_in.post(url, fields | {"unlock_password": "wrong"})
    assert repeat["Location"] == reverse("account-start"), "the try before it, sent again, does nothing either"


def test_passwords_and_files_are_not_kept_and_files_are_said_to_be_lost(signed_in, clock):
    clock.shift(timedelta(minutes=6))
    screen = signed_in.post(
        reverse("account-team"),
        {
            "team": "x",
            "oldpassword": "s3cret-1",
            "password1": "s3cret-2",
            "pin": "s3cret-3",
            "list": SimpleUploadedFile("a.csv", b"s3cret-4"),
        },
    )
    assert "s3cret" not in screen.content.decode()
    assert "Files are not kept" in screen.content.decode()


def test_a_long_text_that_was_taken_open_is_taken_from_the_lock_too(signed_in, clock):
    """A pasted list of half a megabyte: written as an address is, its commas and line ends would pass the limit."""
    clock.shift(timedelta(minutes=6))
    pasted = "Khan,\u00c9lo\u00efse,1/2/2020\r\n" * 20_000
    screen = signed_in.post(reverse("account-team"), {"team": "x", "pasted": pasted})
    kept = Hidden(screen.content.decode())
    assert dict(kept.fields)["pasted"] and kept.encoding == "multipart/form-data"
    done = signed_in.post(reverse("account-team"), hidden(screen) | {"unlock_password": PASSWORD})
    assert done.status_code == 422, "the page itself answers"


def test_five_wrong_tries_end_the_session_whichever_tab_they_come_from(signed_in, nurse, clock):
    set_pin(nurse)
    clock.shift(timedelta(minutes=6))
    fields = hidden(signed_in.get(HOME))
    tries = [(HOME, fields), (reverse("account-unlock"), {})] * 2
    for url, more in tries:
        assert signed_in.post(url, more | {"unlock_pin": "111222"}).status_code == 403
    ended = signed_in.post(HOME, fields | {"unlock_pin": "111222"})
    assert ended["Location"].startswith("/accounts/login/")
    assert "too many wrong tries" in signed_in.get(ended["Location"]).content.decode()
    assert signed_in.post(HOME, fields | {"unlock_pin": PIN})["Location"].startswith("/accounts/login/")


def test_a_script_unlocks_and_is_told_when_the_session_has_ended(signed_in, nurse, clock):
    set_pin(nurse)
    state, unlock = reverse("account-lock-state"), reverse("account-unlock")
    who = str(nurse.public_id)
    assert signed_in.get(state).json() == {"locked": False, "seconds": 300, "who": who}
    clock.shift(timedelta(minutes=6))
    assert signed_in.get(state).json() == {"locked": True, "seconds": 0, "who": who}
    assert signed_in.post(state).json()["locked"], "typing opens nothing"
    assert signed_in.post(unlock, {"unlock_pin": PIN}).json() == {"locked": False}
    assert signed_in.get(HOME).status_code == 200
    signed_in.post(reverse("account-lock-now"))
    for _try in range(4):
        assert signed_in.post(unlock, {"unlock_pin": "1"}).status_code == 403
    assert signed_in.post(unlock, {"unlock_pin": "1"}).status_code == 401


def test_somebody_who_types_for_long_is_there(signed_in, clock):
    for _minute in range(8):
        clock.shift(timedelta(minutes=1))
        assert not signed_in.post(reverse("account-lock-state"), headers={"X-Background": "1"}).json()["locked"]
    assert signed_in.get(HOME).status_code == 200


def test_lock_now_locks_and_returns_to_the_page_and_never_to_another_site(signed_in):
    url = reverse("account-roles")
    pressed = signed_in.post(reverse("account-lock-now"), {"next": url})
    assert pressed["Location"] == url and is_lock(signed_in.get(url))
    for elsewhere in ("https://example.com/", "//example.com/", "example", "a\x00b", "💉", "-1", "%s", ""):
        pressed = signed_in.post(reverse("account-lock-now"), {"next": elsewhere})
        assert pressed["Location"] == reverse("account-start"), elsewhere


def test_no_password_is_ever_sent_in_an_address(signed_in, nurse):
    for _pin_or_password in range(2):
        asked = [
            form for form in forms_of(signed_in.get(HOME).content.decode(), HOME) if "unlock_password" in form.values
        ]
        assert [(form.method, form.action) for form in asked] == [("post", reverse("account-unlock"))]
        set_pin(nurse)


def test_a_locked_session_can_sign_out_and_reads_the_public_pages(signed_in, clock):
    clock.shift(timedelta(minutes=6))
    assert signed_in.get(reverse("clinic-list")).status_code == 200
    assert signed_in.post(reverse("account_logout")).status_code == 302
    assert signed_in.get(HOME)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("typed", ["", "a\x00b", "💉", "x" * 50_000, "<script>alert(1)</script>", "٤٠٢٩١٧"])
def test_bad_input_at_the_lock_is_never_an_error(signed_in, nurse, clock, typed):
    set_pin(nurse)
    clock.shift(timedelta(minutes=6))
    for field in ("unlock_pin", "unlock_password", "unlock_once", "anything"):
        page = signed_in.post(HOME, {"unlock_method": typed, field: typed})
        assert page.status_code in (302, 403) and "<script>alert" not in page.content.decode()
    assert signed_in.post(HOME, {"unlock_method": "POST", "unlock_once": typed, "unlock_pin": PIN}).status_code in (
        302,
        405,
    )


@pytest.mark.parametrize(
    "pin", ["000000", "123456", "654321", "012345", "567890", "121212", "123123", "112233", "111222", "123321"]
)
def test_pins_that_anybody_would_try_first_are_refused(signed_in, nurse, pin):
    assert easy_to_guess(pin)
    page = signed_in.post(reverse("account-pin"), {"pin": pin, "pin_again": pin, "password": PASSWORD})
    assert page.status_code == 422 and "too easy to guess" in page.content.decode()
    nurse.refresh_from_db()
    assert not nurse.pin_hash


def test_a_pin_is_set_with_the_password_and_kept_as_a_hash_and_taken_away(signed_in, nurse):
    url = reverse("account-pin")
    for wrong in ({"pin": "40291"}, {"pin": "40291a"}, {"pin_again": "402918"}, {"password": "no"}):
        page = signed_in.post(url, {"pin": PIN, "pin_again": PIN, "password": PASSWORD} | wrong)
        assert page.status_code == 422, wrong
    assert signed_in.post(url, {"pin": PIN, "pin_again": PIN, "password": PASSWORD})["Location"] == HOME
    nurse.refresh_from_db()
    assert nurse.check_password(PASSWORD) and PIN not in nurse.pin_hash and nurse.pin_hash
    assert PIN not in str(AuditEvent.objects.get(action="set PIN").__dict__)
    assert not Client().login(username="nurse", password=PIN), "it signs nobody in"
    signed_in.post(url, {"remove": "1"})
    nurse.refresh_from_db()
    assert not nurse.pin_hash


def test_the_password_is_not_guessed_where_a_pin_is_set(signed_in, nurse):
    url = reverse("account-pin")
    for _try in range(5):
        signed_in.post(url, {"pin": PIN, "pin_again": PIN, "password": "wrong"})
    for typed in (PASSWORD, "wrong"):
        page = signed_in.post(url, {"pin": PIN, "pin_again": PIN, "password": typed})
        assert page.status_code == 422 and "too many tries" in page.content.decode()
        assert "password is not right" not in page.content.decode(), "the page does not go on telling right from wrong"
    nurse.refresh_from_db()
    assert not nurse.pin_hash
