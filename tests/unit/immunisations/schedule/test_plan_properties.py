"""What must hold of every plan of a visit, tried on made-up people."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from immunisations.schedule import FACTS, VACCINES, Dose, forecast, plan, rule
from immunisations.schedule.plan import VISITS_AHEAD
from immunisations.schedule.report import plan_as_json, plan_as_text

from .test_properties import people

# Why a dose that is due is left for a later visit.
HELD = {"plan_wait_third_visit", "plan_wait_later_visit"}
vaccines = st.none() | st.frozensets(st.sampled_from(sorted(VACCINES)), max_size=6)
facts = st.frozensets(st.sampled_from(sorted(FACTS)), max_size=2)


def verdict_on(born, doses, item, on, facts):
    """What the forecast says of a planned dose, on the day it is given, in each series it serves."""
    results = {result.series: result for result in forecast(born, doses, on, facts)}
    return [
        next(verdict.counts for verdict in results[name].doses if verdict.given_on == on.isoformat())
        for name in item.series
    ]


@settings(max_examples=120, deadline=None)
@given(people(most=4), facts, vaccines)
def test_whatever_a_plan_gives_counts_on_the_day_it_is_given(person, facts, offered):
    born, doses, on = person
    planned = plan(born, doses, on, facts, offered=offered)
    given = list(doses)
    for day, items in ((on, planned.give), *((visit.on, visit.give) for visit in planned.next_visits)):
        given += [Dose(item.vaccine, day.isoformat()) for item in items]
        for item in items:
            counts = verdict_on(born, given, item, day, facts)
            assert counts == [True] * len(item.series) or not item.counts_if_given, (item, planned)
            assert item.counts_if_given or ("outbreak" in facts and item.vaccine in {"MMR", "MMRV"})


@settings(max_examples=120, deadline=None)
@given(people(most=4), facts, vaccines)
def test_every_series_is_said_once_and_every_visit_lies_ahead(person, facts, offered):
    born, doses, on = person
    planned = plan(born, doses, on, facts, offered=offered)
    assert offered is None or {item.vaccine for item in planned.give} <= offered
    assert len(planned.next_visits) <= VISITS_AHEAD
    days = [on, *(visit.on for visit in planned.next_visits)]
    assert days == sorted(set(days))
    assert all(visit.give for visit in planned.next_visits)
    said = [name for part in (planned.ask, planned.wait, planned.settled) for item in part for name in item.series]
    assert len(said) == len(set(said))
    given = {name for item in (*planned.give, *planned.elsewhere) for name in item.series}
    assert not given & {name for item in (*planned.ask, *planned.settled) for name in item.series}
    for item in planned.wait:
        assert item.until is None or item.until > on
    statuses = {result.series: result.status for result in forecast(born, doses, on, facts)}
    for name, status in statuses.items():
        if status in {"blocked", "complete", "not_needed", "too_old"}:
            assert name not in given
    json.dumps(plan_as_json(planned))
    text = plan_as_text(planned)
    assert "{" not in text
    for item in (*planned.give, *planned.elsewhere, *planned.ask, *planned.wait, *planned.settled):
        assert rule(item.rule)


@settings(max_examples=100, deadline=None)
@given(people(most=4), facts)
def test_what_is_due_and_possible_today_is_given_or_said_to_wait_for_a_reason(person, facts):
    born, doses, on = person
    planned = plan(born, doses, on, facts)
    given = {name for item in planned.give for name in item.series}
    waiting = {name: item for item in planned.wait for name in item.series}
    for result in forecast(born, doses, on, facts):
        if result.status in {"due", "overdue"} and result.earliest_on == on and result.series not in given:
            assert waiting[result.series].code in HELD or result.series in {"4IN1", "3IN1"}
