"""Waiting after a dose, where the clinic asks for it."""

from datetime import timedelta

import pytest

from immunisations import actions
from immunisations.models import Visit
from immunisations.outcomes import Outcome, Recorded, leaving_words, outcome_of
from tests.support.records import AT, Room, make_room

QUARTER = timedelta(minutes=15)
GIVEN = [Recorded("completed")]


@pytest.fixture
def room(db: None) -> Room:
    return make_room(observation_minutes=15, vaccines=["MMR", "MMRV"])


def now_at(visit: Visit, moment) -> Outcome:
    visit.refresh_from_db()
    return outcome_of(visit, GIVEN, now=moment)


def test_whoever_has_had_everything_waits_and_then_has_left_without_anybody_doing_anything(room):
    visit = room.ready()
    room.give(visit)
    assert now_at(visit, AT) == Outcome.WAITING
    assert now_at(visit, AT + QUARTER) == Outcome.VACCINATED
    assert outcome_of(visit, GIVEN) == Outcome.VACCINATED


def test_the_words_say_when_and_then_that_they_may(room):
    visit = room.ready()
    room.give(visit)
    visit.refresh_from_db()
    assert leaving_words(visit, asked=15, now=AT) == "Can leave at 10:15am"
    assert leaving_words(visit, asked=15, now=AT + QUARTER) == "May leave now"
    assert leaving_words(visit, asked=15, now=AT + 3 * QUARTER) == ""
    assert leaving_words(visit, asked=0, now=AT) == ""


def test_a_clinic_that_asks_nothing_ends_the_visit_at_once(db):
    room = make_room(vaccines=["MMR", "MMRV"])
    visit = room.ready()
    room.give(visit)
    assert now_at(visit, AT) == Outcome.VACCINATED and visit.left_at == AT


def test_it_counts_from_the_last_dose_that_stands(db):
    room = make_room(observation_minutes=15)
    visit = room.ready()
    room.give(visit)
    later = AT + timedelta(minutes=4)
    room.give(visit, room.six, series="6IN1", at=later, body_site="right_arm", override_reason="Behind")
    visit.refresh_from_db()
    assert visit.left_at == later + QUARTER


def test_a_dose_written_down_late_is_not_waited_for_again(room):
    visit = room.ready()
    later = AT + timedelta(hours=1)
    room.give(visit, given_at=AT, at=later)
    visit.refresh_from_db()
    assert visit.left_at == later


def test_another_time_on_the_record_moves_the_time_to_leave(room):
    visit = room.ready()
    dose = room.give(visit, at=AT + timedelta(minutes=5))
    actions.correct_vaccination(
        vaccination=dose, changes={"given_at": AT}, reason="Read the clock", by=room.nurse, at=AT + timedelta(minutes=6)
    )
    visit.refresh_from_db()
    assert visit.left_at == AT + QUARTER


def test_a_dose_that_was_an_error_is_not_waited_for(room):
    visit = room.ready()
    dose = room.give(visit)
    soon = AT + timedelta(minutes=2)
    actions.correct_vaccination(vaccination=dose, entered_in_error=True, reason="By mistake", by=room.nurse, at=soon)
    visit.refresh_from_db()
    assert visit.left_at == soon


def test_ending_the_visit_after_a_dose_waits_too_and_having_left_ends_it(db):
    room = make_room(observation_minutes=15)
    visit = room.ready()
    room.give(visit)
    soon = AT + timedelta(minutes=1)
    for _press in range(2):
        actions.end_visit(visit=visit, by=room.nurse, at=soon)
    assert now_at(visit, soon) == Outcome.WAITING
    actions.end_visit(visit=visit, gone=True, by=room.nurse, at=soon)
    assert now_at(visit, soon) == Outcome.VACCINATED and visit.left_at == soon


def test_somebody_who_was_given_nothing_leaves_when_they_leave(room):
    visit = room.ready()
    room.decline(visit)
    visit.refresh_from_db()
    assert visit.left_at == AT
