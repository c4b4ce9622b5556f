"""Every page that shows somebody's record, or who somebody is, writes down who looked, at whom and when."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import RecordView, Role
from tests.integration.walk import accounts, admin, api, clinic_day, public
from tests.integration.walk.table import BY_POST, ROLES, Entry
from tests.integration.walk.world import World, make_world
from tests.support.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TABLE: dict[str, Entry] = {}
for part in (accounts, admin, clinic_day, api):
    TABLE |= part.TABLE
# The API's own description names people in its examples. The day's list asks by itself whether it is still fresh: the
# look at the page that asks was written down.
NOT_A_LOOK = {"schema", "clinic-day-list"}
ADDRESSES = sorted(set(TABLE) - set(public.TABLE) - NOT_A_LOOK)
SUPERUSER = "superuser"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A team with everything in it, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world("Numbat")
        make_user(None, username="root", is_superuser=True)
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    """Everybody of the team, and a superuser, signed in."""
    found = {}
    for role in ROLES:
        found[role] = Client(raise_request_exception=False)
        found[role].force_login(world.users[role])
    found[SUPERUSER] = Client(raise_request_exception=False)
    found[SUPERUSER].force_login(type(world.users[Role.DESK]).objects.get(username="root"))
    return found


def shown_in(response: Any, world: World) -> set[uuid.UUID]:
    """Return the people whose first names stand in an answer."""
    if response.status_code >= 300 or response.streaming:
        return set()
    said = response.content.decode(errors="replace")
    return {person.public_id for person in (world.person, world.other) if person.first_name in said}


@pytest.mark.parametrize("name", ADDRESSES)
def test_whoever_is_shown_is_written_down(name, world, clients):
    entry = TABLE[name]
    url = reverse(name.removesuffix(BY_POST), kwargs=entry.arguments(world))
    missing, shown = [], set()
    for role, client in clients.items():
        before = RecordView.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with transaction.atomic():
            if name.endswith(BY_POST):
                kind = {"content_type": "application/json"} if url.startswith("/api/") else {}
                headers = {"Idempotency-Key": str(uuid.uuid4())}
                response = client.post(url, entry.sends(world), headers=headers, **kind)
            else:
                response = client.get(url)
            views = list(RecordView.objects.filter(pk__gt=before))
            transaction.set_rollback(True)
        people = shown_in(response, world)
        shown |= people
        by_list = {view.person_id for view in views if view.page == "list"}
        noted = {view.person_id for view in views}
        if people - noted and world.session.public_id not in by_list:
            missing.append(f"shown to {role}: {len(people - noted)} people who are not written down")
    assert not missing, f"{name} ({url})\n" + "\n".join(missing)
    if name in NAMES_PEOPLE:
        assert shown, f"{name} no longer shows anybody: this test looks past it"


# Pages of which it is known that they show people: so that the test above cannot pass by looking at nobody.
NAMES_PEOPLE = {
    "person",
    "show-working",
    "record-of-today",
    "record-check",
    "clinic-day-session",
    "record-move",
    "api-person",
    "admin:immunisations_person_change",
    "admin:immunisations_person_changelist",
    "admin:immunisations_vaccination_change",
    "admin:immunisations_recordcheck_change",
    "account-looks",
}
