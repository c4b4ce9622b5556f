"""The description of the API: whole, true, and fit to be fuzzed from."""

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings, strategies
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.actions import issue_token
from accounts.models import Role, Team
from config.wsgi import application
from immunisations import actions
from tests.support.factories import MORNING, NOW, book, make_batch, make_session, make_user

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
EXAMPLES = 15


def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_schema_is_valid_and_made_without_a_warning():
    out, err = io.StringIO(), io.StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=out, stderr=err)
    assert out.getvalue().startswith("openapi: 3")
    assert "arning" not in err.getvalue()


def test_every_operation_is_described_with_its_errors():
    found = operations()
    assert len(found) == 24
    for path, method, operation in found:
        assert operation["summary"] and operation["description"].endswith("."), path
        assert "default" in operation["responses"] and "401" in operation["responses"], path
        names = {each["name"] for each in operation.get("parameters", ())}
        creates = method == "post" and not path.endswith("/search/")
        assert ("Idempotency-Key" in names) == creates, path
        for status, response in operation["responses"].items():
            if status in ("400", "401", "403", "404", "409", "422"):
                [content] = response["content"].values()
                assert content["examples"], (path, status)


def test_only_clinics_and_times_may_be_read_without_a_token():
    is_open = {path for path, _method, operation in operations() if {} in operation.get("security", [])}
    assert is_open == {
        "/api/v1/clinic-sessions/",
        "/api/v1/clinic-sessions/{public_id}/",
        "/api/v1/clinic-sessions/{public_id}/times/",
    }


@pytest.mark.django_db
def test_what_is_not_open_is_refused_without_a_token():
    client = Client()
    for path, method, operation in operations():
        if {} not in operation.get("security", []):
            url = path.replace("{public_id}", "0d4f7f0e-58a8-4d8f-9d1b-2f5f6e0f8a11").replace("{reference}", "A")
            url = url.replace("{fact}", "anaphylaxis-measles")
            answer = getattr(client, method)(url)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated"), url


@pytest.mark.django_db
def test_the_schema_is_served_as_yaml_and_json():
    client = Client()
    assert client.get("/api/v1/schema/").content.startswith(b"openapi: 3")
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert json.loads(answer.content)["openapi"].startswith("3")


SCHEMA = schemathesis.openapi.from_dict(description())
SCHEMA.app = application
OPERATIONS = [each.ok() for each in SCHEMA.get_all_operations()]


@pytest.fixture
def world(now: Any, team: Team) -> dict[str, Any]:
    """One of everything on the day of a clinic, and the token of somebody who may do most with it."""
    now.move_to(MORNING)
    user = make_user(team, Role.SENIOR_NURSE)
    session = make_session(team)
    person = actions.add_person(
        team=team,
        first_name="Amina",
        last_name="Khan",
        date_of_birth=date(2023, 3, 27),
        by=None,
        at=NOW,
        source="test",
    )
    make_batch(team, number="AB1234")
    token = issue_token(user=user, by=None, at=NOW, source="test")
    return {
        "session": str(session.public_id),
        "person": str(person.public_id),
        "team": str(team.public_id),
        "reference": book(session).booking.reference,
        "headers": {"Authorization": f"Bearer {token}"},
    }


# What a schema cannot say of a value, such as its check digit or that it lies in the past.
PLAUSIBLE = {
    "date_of_birth": "2022-05-01",
    "starts_at": None,
    "nhs_number": "",
    "postcode": "",
    "phone": "",
    "email": "",
    "practice": "",
    "product": "priorix",
    "batch_number": "AB1234",
    "given_at": "2026-11-21T08:30:00+00:00",
    "given_on": "2024-04-02",
}


def mend(value: Any, known: dict[str, Any]) -> Any:
    """Return a body with every value that ``known`` names in place of what stands there."""
    if isinstance(value, list):
        return [mend(each, known) for each in value]
    if isinstance(value, dict):
        return {name: known[name] if name in known else mend(each, known) for name, each in value.items()}
    return value


def aim(case: schemathesis.Case, world: dict[str, Any]) -> None:
    """Put ids that are there and plausible values in place of random ones, so that a request gets to the action."""
    parameters = case.path_parameters or {}
    if "public_id" in parameters:
        parameters["public_id"] = world["session" if "session" in case.operation.path else "person"]
    if "fact" in parameters:
        parameters["fact"] = "anaphylaxis-measles"
    if "reference" in parameters:
        parameters["reference"] = world["reference"]
    known = PLAUSIBLE | {name: world[name] for name in ("session", "person", "team")}
    if isinstance(case.query, dict) and "person" in case.query:
        case.query["person"] = world["person"]
    case.body = mend(case.body, known)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Let the application work in the test's own transaction, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
@pytest.mark.strict
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(
    "operation",
    [each.ok() for each in SCHEMA.get_all_operations()],
    ids=lambda each: each.definition.raw["operationId"],
)
def test_an_operation_answers_as_its_description_says(operation, mode, world):
    """Sends what the schema allows, or what it forbids, and holds every answer to the schema: never a 5xx."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), aimed=strategies.booleans())
    def send(case: schemathesis.Case, aimed: bool) -> None:
        if aimed:
            aim(case, world)
        with transaction.atomic():
            case.call_and_validate(headers=world["headers"], checks=CHECKS)
            transaction.set_rollback(True)

    try:
        send()
    except Unsatisfiable:
        # Nothing about this operation can be wrong: it takes no more than an id.
        assert mode is GenerationMode.NEGATIVE and not operation.body
