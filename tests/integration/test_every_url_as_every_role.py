"""Walk every address as everybody: not signed in, each role, a superuser, and another team's people.

An address without an entry in ``tests/integration/walk`` fails here: whoever adds a page says who may see it.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.integration.walk import accounts, admin, after, api, clinic_day, guides, messages, public, stock, waiting
from tests.integration.walk.leaks import leaks
from tests.integration.walk.table import ANONYMOUS, BY_POST, ROLES, SUPERUSER, Entry
from tests.integration.walk.world import World, make_world
from tests.support.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TABLE: dict[str, Entry] = {}
for part in (public, accounts, admin, after, clinic_day, guides, api, stock, waiting, messages):
    TABLE |= part.TABLE
# What staff see, and the API: no answer of these may be kept by a browser or a proxy.
STAFF = {name for part in (accounts, admin, clinic_day, api) for name in part.TABLE}


def names_of(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    """Return the name of every address, with its namespace; an address without a name fails, but for catch-alls."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names_of(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}{pattern.name}"
        else:
            # The admin's own: old addresses led on, and everything that is not an address.
            assert namespace == "admin:", pattern


def test_every_address_says_who_may_see_it():
    names = set(names_of(get_resolver().url_patterns))
    assert sorted(names - set(TABLE)) == [], "add these to the table of their part in tests/integration/walk"
    said = {name.removesuffix(BY_POST) for name in TABLE}
    assert sorted(said - names) == [], "these are in the table and lead nowhere"


def session_of(user: Any) -> str:
    """Return the session of somebody who is signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def ask(session: str | None, url: str, method: str = "get", sends: dict[str, Any] | None = None) -> Any:
    """Ask as a browser with that session would, and leave nothing behind. The API is sent JSON."""
    client = Client(raise_request_exception=False)
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        if method == "post" and url.startswith("/api/"):
            headers = {"Idempotency-Key": str(uuid.uuid4())}
            response = client.post(url, sends or {}, content_type="application/json", headers=headers)
        else:
            response = getattr(client, method)(url, sends or {})
        transaction.set_rollback(True)
    return response


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """Two teams with everything in them, made once; the second's clinic is open to its own list only."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world("Quokka"), make_world("Wombat", closed_list=True)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def sessions(worlds: tuple[World, World]) -> dict[tuple[str, str], str | None]:
    """The session of everybody, by team and role."""
    found: dict[tuple[str, str], str | None] = {("", ANONYMOUS): None}
    found["", SUPERUSER] = session_of(make_user(None, username="root", is_superuser=True))
    for world in worlds:
        for role in ROLES:
            found[world.marker, role] = session_of(world.users[role])
    return found


def given_away(page: Any, entry: Entry, marker: str, role: str, ours: World, theirs: World) -> list[str]:
    """Return in which ways an answer about ``ours`` gives away a team to somebody of the other one."""
    if entry.everybodys or not marker:
        return []
    other = theirs if marker == ours.marker else ours
    return [f"{word!r} of {other.marker} shown to {role} of {marker}" for word in leaks(page, other.words)]


def kept(page: Any, name: str, role: str) -> list[str]:
    """Return that an answer of staff's may be kept, if so."""
    if name not in STAFF or "no-store" in page.get("Cache-Control", ""):
        return []
    return [f"what is shown to {role} may be kept: {page.status_code} {page.get('Cache-Control')}"]


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_address_answers_each_role_as_its_table_says(name, worlds, sessions):
    entry = TABLE[name]
    ours, theirs = worlds
    posts = name.endswith(BY_POST)
    url = reverse(name.removesuffix(BY_POST), kwargs=entry.arguments(ours))
    wrong = []
    for (marker, role), session in sessions.items():
        if role == ANONYMOUS:
            expected = entry.anonymous
        elif role == SUPERUSER:
            expected = entry.superuser
        elif marker == ours.marker:
            expected = entry.own[role]
        elif set(entry.own[role]) <= {403, 404}:
            # Those whom their role keeps out in their own team, are kept out here: asked of one of them.
            if role != next(each for each in ROLES if set(entry.own[each]) <= {403, 404}):
                continue
            expected = (403, 404)
        else:
            expected = entry.others
        page = ask(session, url, "post" if posts else "get", entry.sends(ours))
        if page.status_code not in expected:
            wrong.append(f"asked as {role} of {marker or 'no team'}: {page.status_code}, not {expected}")
        wrong += given_away(page, entry, marker, role, ours, theirs)
        wrong += kept(page, name, role)
        if posts:
            continue
        posted = ask(session, url, "post")
        wrong += given_away(posted, entry, marker, f"{role}, by POST", ours, theirs)
        wrong += kept(posted, name, f"{role}, by POST")
        if posted.status_code >= 500:
            wrong.append(f"POST as {role} of {marker or 'no team'}: {posted.status_code}")
        turned_away = set(expected) <= {401, 403, 404} and 405 not in expected
        if turned_away and posted.status_code not in (400, 401, 403, 404, 405):
            wrong.append(f"POST as {role} of {marker or 'no team'}: {posted.status_code}, though GET is {expected}")
    assert not wrong, f"{name} ({url})\n" + "\n".join(wrong)
