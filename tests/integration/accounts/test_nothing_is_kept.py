"""What staff see is kept by no browser and no proxy, and leaving clears what is there."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from tests.integration.walk import accounts, admin, api, clinic_day
from tests.integration.walk.table import BY_POST, Entry
from tests.integration.walk.world import World, make_world
from tests.support.factories import make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TABLE: dict[str, Entry] = {}
for part in (accounts, admin, clinic_day, api):
    TABLE |= part.TABLE


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A team with everything in it, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world("Numbat")
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", [None, "desk", "senior_nurse", "coordinator", "administrator"])
def test_no_answer_of_staff_pages_the_admin_or_the_api_may_be_kept(world, role):
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(world.users[role])
    kept = []
    for name in sorted(TABLE):
        url = reverse(name.removesuffix(BY_POST), kwargs=TABLE[name].arguments(world))
        for method in ("get", "post"):
            with transaction.atomic():
                response = getattr(client, method)(url)
                transaction.set_rollback(True)
            if "no-store" not in response.get("Cache-Control", ""):
                kept.append(f"{method} {name}: {response.status_code} {response.get('Cache-Control')}")
            if role and name == "account_logout" and method == "post":
                client.force_login(world.users[role])
    assert not kept


def test_signing_out_has_the_browser_clear_what_it_kept(client):
    client.force_login(make_user(make_team(), Role.DESK))
    assert "Clear-Site-Data" not in client.get(reverse("account_logout"))
    left = client.post(reverse("account_logout"))
    assert left["Clear-Site-Data"] == '"cache", "storage"' and "no-store" in left["Cache-Control"]
    assert client.get(reverse("account-home")).status_code == 302
