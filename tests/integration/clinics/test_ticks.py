"""What venues said in words so far is ticked when the ticks come."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from tests.support.factories import make_team, make_venue

pytestmark = pytest.mark.django_db


def test_a_venue_that_said_it_has_no_steps_is_ticked_and_no_other() -> None:
    team = make_team()
    said = make_venue(team, access="Free parking outside\n no steps to the room ")
    others = [make_venue(team, access=access) for access in ("", "No steps to the room but two", "Lift")]
    import_module("clinics.migrations.0007_tick_no_steps").tick(apps, SimpleNamespace(connection=connection))
    for venue in (said, *others):
        venue.refresh_from_db()
    assert said.step_free and not any(venue.step_free for venue in others)
    assert said.access_facts == ["No steps to the room", "Free parking outside"]
