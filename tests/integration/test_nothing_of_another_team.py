"""Questions that could reach across teams: searches, filters, lists to choose from, and files. None is answered.

Both teams have people of the same first names and dates of birth, so that whatever one finds the other's has, too.
"""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from tests.integration.walk import api
from tests.integration.walk.leaks import leaks
from tests.integration.walk.table import BY_POST, ROLES, nothing
from tests.integration.walk.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
# Facts that people of both teams share.
SHARED = ("Bilal 3 2 2021", "Amina", "Chloe 6 5 2020", "Sara", "priorix")


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """Two teams with everything in them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world("Quokka"), make_world("Wombat")
        transaction.set_rollback(True)


def browser(world: World, role: str) -> Client:
    """Somebody of a team, signed in; every answer is given, whatever goes wrong."""
    client = Client(raise_request_exception=False)
    client.force_login(world.users[role])
    return client


def nothing_of(world: World, page: Any, what: str) -> list[str]:
    """Say what an answer gives away of a team, and that it failed where it did."""
    failed = [f"{what}: {page.status_code}"] if page.status_code >= 500 else []
    return failed + [f"{what}: {word!r}" for word in leaks(page, world.words)]


@pytest.mark.parametrize("role", ROLES)
def test_no_search_finds_somebody_of_another_team(worlds, role):
    ours, theirs = worlds
    client, wrong, found = browser(ours, role), [], 0
    theirs_number = theirs.booking.reference
    for question in (*SHARED, theirs_number, str(theirs.person.public_id)):
        page = client.post(reverse("clinic-day-search", args=[ours.session.public_id]), {"q": question})
        # What was asked for is shown in the box again; it says nothing.
        echoed = page.content.decode(errors="replace").replace(theirs_number, "")
        wrong += [f"{question}: {word!r}" for word in theirs.words if word in echoed]
        found += ours.marker in echoed
        page = client.post(reverse("clinic-day-search", args=[theirs.session.public_id]), {"q": question})
        wrong += nothing_of(theirs, page, f"{question} at their clinic") if page.status_code == 200 else []
        assert page.status_code in (302, 403, 404)
    assert not wrong
    if role in (Role.DESK, Role.VACCINATOR):
        assert found, "the search finds our own, or this test would show nothing"


@pytest.mark.parametrize("role", ROLES)
def test_no_search_of_the_api_finds_somebody_of_another_team(worlds, role):
    ours, theirs = worlds
    client, wrong = browser(ours, role), []
    for facts in (
        {"first_name": "Bilal", "date_of_birth": "2021-02-03"},
        {"last_name": theirs.marker, "date_of_birth": "2021-02-03"},
        {"q": "Bilal 3 2 2021"},
    ):
        answer = client.post(reverse("api-people-search"), json.dumps(facts), content_type="application/json")
        assert answer.status_code < 500
        shown = json.dumps(answer.json()) if answer.content else ""
        wrong += [word for word in theirs.words if word in shown and word not in facts.values()]
    for name, entry in api.TABLE.items():
        if name.endswith(BY_POST) or entry.everybodys or entry.arguments is not nothing:
            continue
        for query in ({"person": theirs.person.public_id}, {"session": theirs.session.public_id}, {"person": "x"}):
            wrong += nothing_of(theirs, client.get(reverse(name), query), f"{name} {query}")
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_no_list_of_the_admin_gives_another_team_away_however_it_is_filtered(worlds, role):
    ours, theirs = worlds
    client, wrong, answered = browser(ours, role), [], 0
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        fields = {field.name for field in model._meta.get_fields()}
        queries: list[dict[str, Any]] = [{"q": question} for question in ("Bilal", "Sara", "Hall", "2021-02-03")]
        queries += [{"all": ""}, {"o": "-1"}]
        queries += [{f"{field}__id__exact": theirs.team.pk} for field in ("team",) if field in fields]
        queries += [{f"{field}__public_id": theirs.session.public_id} for field in ("session",) if field in fields]
        for query in queries:
            page = client.get(reverse(name), query)
            answered += page.status_code == 200
            wrong += nothing_of(theirs, page, f"{name} {query}")
    assert not wrong
    assert answered or role not in (Role.COORDINATOR, Role.ADMINISTRATOR, Role.PRIVACY_LEAD)


@pytest.mark.parametrize("role", ROLES)
def test_no_field_offers_what_is_another_teams_while_one_writes(worlds, role):
    ours, theirs = worlds
    client, wrong, offered = browser(ours, role), [], []
    for model, model_admin in admin.site._registry.items():
        for field in model_admin.autocomplete_fields:
            for term in ("", "Hall", "prio", theirs.marker[:3]):
                asked = {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name,
                    "field_name": field,
                    "term": term,
                }
                page = client.get(reverse("admin:autocomplete"), asked)
                wrong += nothing_of(theirs, page, f"{model.__name__}.{field} {term!r}")
                offered += page.json()["results"] if page.status_code == 200 else []
    assert not wrong
    assert (bool(offered)) is (role == Role.COORDINATOR), "the field is asked for by its real name, or nothing is shown"


def test_a_leak_is_found_wherever_it_stands():
    word = ["Wombat"]
    book = BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("sheet1.xml", "<c>Wombat</c>")
    named = HttpResponse("")
    named["Content-Disposition"] = "attachment; filename*=UTF-8''Wo%6Dbat.csv"
    for answer in (
        HttpResponse("<p>Wombat</p>"),
        HttpResponse(b"Wo&#109;bat"),
        HttpResponse('{"name": "Wo\\u006dbat"}', content_type="application/json"),
        HttpResponse(status=302, headers={"Location": "/find/?q=Wombat"}),
        StreamingHttpResponse(iter([b"a,b\n", b"Wombat,1\n"])),
        HttpResponse(book.getvalue()),
        named,
    ):
        assert leaks(answer, word) == word
    assert leaks(HttpResponse("Quokka"), word) == []
