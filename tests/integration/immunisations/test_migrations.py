"""What was written by an earlier version survives the migrations after it."""

import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from immunisations.models import Consent
from immunisations.models.consent import GILLICK_ANSWERS
from tests.support.factories import NOW, make_session, make_team, make_user

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = ("immunisations", "0001_initial")


@pytest.fixture
def version_1() -> Iterator[MigrationExecutor]:
    """The tables of the record as version 0001 made them; afterwards everything is as it was."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate([FIRST])
    try:
        yield MigrationExecutor(connection)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(newest)
        call_command("migrate", verbosity=0)


def test_a_gillick_consent_of_version_1_says_all_five_afterwards(version_1: MigrationExecutor) -> None:
    team = make_team()
    session, nurse = make_session(team), make_user(team)
    old = version_1.loader.project_state([FIRST]).apps
    person = old.get_model("immunisations", "Person").objects.create(
        team_id=team.pk, first_name="Tom", last_name="Khan", date_of_birth=date(2011, 9, 2), created_at=NOW
    )
    visit = old.get_model("immunisations", "Visit").objects.create(
        person=person, session_id=session.pk, how="booked", arrived_at=NOW
    )
    kept = {}
    for route, decision in (("gillick", "given"), ("gillick", "refused"), ("parent_present", "given")):
        row = old.get_model("immunisations", "Consent").objects.create(
            public_id=uuid.uuid4(),
            visit=visit,
            decision=decision,
            route=route,
            given_by_name="Tom Khan",
            vaccines=["MMR"],
            recorded_by_id=nurse.pk,
            recorded_by_name="Nora Nurse",
            at=NOW,
        )
        kept[route, decision] = row.public_id
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert _five(kept["gillick", "given"]) == [True] * 5
    assert _five(kept["gillick", "refused"]) == _five(kept["parent_present", "given"]) == [None] * 5
    row = Consent.objects.get(public_id=kept["gillick", "given"])
    assert (row.parents_not_told, row.phone, row.dose_numbers, row.vaccines) == (False, "", {}, ["MMR"])


def _five(public_id: uuid.UUID) -> list[bool | None]:
    row = Consent.objects.get(public_id=public_id)
    return [getattr(row, name) for name in GILLICK_ANSWERS]
