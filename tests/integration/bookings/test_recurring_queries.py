"""Queries whose SQL is made once answer as the same query does when it is written out."""

import threading
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection, connections, models
from django.test.utils import CaptureQueriesContext

from accounts.recurring import Recurring
from bookings import drafts
from bookings.drafts import keeping
from bookings.models import Draft
from clinics import queries
from clinics.models import ClinicSession
from clinics.times import LONDON, london_day
from tests.support.factories import NOW, make_session, make_team, make_venue

MOMENT = {"at": NOW, "today": london_day(NOW), "now": NOW.astimezone(LONDON).time()}


@pytest.fixture
def county(db: None) -> list[ClinicSession]:
    """Clinics at two venues: two to come, one of them with a drop-in, and one that is over."""
    team = make_team()
    evesham, malvern = make_venue(team, town="Evesham"), make_venue(team, town="Malvern", name="Hall")
    return [
        make_session(venue=evesham, slug="first"),
        make_session(venue=evesham, slug="second", drop_in_from=time(10), drop_in_until=time(12)),
        make_session(venue=malvern, slug="over", date=london_day(NOW) - timedelta(days=3), at=NOW - timedelta(days=30)),
    ]


def all_recurring(sessions: list[ClinicSession]) -> list[tuple[Recurring[Any], dict[str, Any]]]:
    """Return every recurring query, each with values that it has rows for."""
    draft = drafts.start(secret="x", session=sessions[0], at=NOW)
    keys = dict.fromkeys(queries._KEYS, 0) | {"key_0": sessions[0].pk, "key_7": sessions[1].pk}
    return [
        *((query, {"public_id": draft.public_id, "at": NOW}) for query in keeping._OPEN.values()),
        (queries._TOWNS, MOMENT),
        (queries._ALL_TO_COME, MOMENT),
        (queries._LISTED, {"at": NOW, **keys}),
        (queries._HOURS, {"at": NOW, "session": sessions[0].pk}),
        (queries._WITH_SLUG, {"slug": "second"}),
    ]


def with_relations(row: Any) -> Any:
    """Return a row with everything in it, and in what was read with it."""
    if not isinstance(row, models.Model):
        return row
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return [values, {name: with_relations(each) for name, each in row._state.fields_cache.items()}]


def test_each_answers_as_the_query_written_out_in_one_statement(
    county: list[ClinicSession],
) -> None:
    for query, values in all_recurring(county):
        for _run in range(3):
            with CaptureQueriesContext(connection) as captured:
                plain = list(query.build(**values))
                rows = query.all(**values)
            assert rows
            assert [with_relations(row) for row in rows] == [with_relations(row) for row in plain]
            assert len(captured) == 2


def test_no_two_runs_share_their_values(county: list[ClinicSession]) -> None:
    for slug in ("first", "second", "first"):
        found = queries._WITH_SLUG.one(slug=slug)
        assert found is not None
        assert found.slug == slug
    assert queries._WITH_SLUG.one(slug="nowhere") is None
    assert queries._TOWNS.all(**MOMENT)
    later = {**MOMENT, "today": MOMENT["today"] + timedelta(days=300), "at": NOW + timedelta(days=300)}
    assert queries._TOWNS.all(**later) == []


def test_the_query_set_is_built_once_and_each_row_is_new(county: list[ClinicSession]) -> None:
    built = []

    def build(slug: Any) -> "models.QuerySet[ClinicSession]":
        built.append(slug)
        return ClinicSession.objects.filter(slug=slug)

    query = Recurring(build, slug=models.CharField())
    first, again = query.one(slug="first"), query.one(slug="first")
    assert first == again
    assert first is not again
    assert len(built) == 1
    assert query.one(slug="second") != first
    assert len(built) == 1


def test_a_missing_value_and_a_second_row_are_said_aloud(county: list[ClinicSession]) -> None:
    with pytest.raises(KeyError):
        keeping._OPEN["session"].all(at=NOW)
    with pytest.raises(ValueError, match="2 rows"):
        Recurring(lambda: ClinicSession.objects.filter(name__gt="").exclude(slug="over")).one()


@pytest.mark.django_db(transaction=True)
def test_threads_run_it_on_their_own_connections() -> None:
    sessions = [make_session(make_team(), slug="first")]
    ids = [drafts.start(secret="x", session=sessions[0], at=NOW).public_id for _number in range(4)]
    query = keeping._open("session")
    found: dict[uuid.UUID, list[uuid.UUID]] = {each: [] for each in ids}

    def work(public_id: uuid.UUID) -> None:
        try:
            for _run in range(20):
                found[public_id] += [row.public_id for row in query.all(public_id=public_id, at=NOW)]
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {each: [each] * 20 for each in ids}
    assert Draft.objects.count() == 4
