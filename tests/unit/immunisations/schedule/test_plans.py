"""Plans of visits: golden cases that a clinician can read, and what must hold of every plan."""

import datetime
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immunisations.schedule import FACTS, VACCINES, Dose, ScheduleError, forecast, plan, rule
from immunisations.schedule.plan import VISITS_AHEAD
from immunisations.schedule.plan import plan as plan_by
from immunisations.schedule.report import plan_as_json, plan_as_text

from .test_cases import read_dose
from .test_properties import DAY, people, possible_days

FOLDER = Path(__file__).parent / "plans"


def read_plans():
    for path in sorted(FOLDER.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


def told(item):
    """An item in the words of the case files."""
    own = (item.vaccine,) if item.vaccine not in ("MMR", "MMRV") else ("MEASLES",)
    serves = "" if item.series == own else f" for {'+'.join(item.series)}"
    return f"{item.vaccine} {item.dose}{serves}"


def in_words_of_case(planned):
    return {
        "give": [told(item) for item in planned.give],
        "elsewhere": [told(item) for item in planned.elsewhere],
        "ask": ["+".join(item.series) for item in planned.ask],
        "wait": [f"{'+'.join(item.series)} {item.dose} {item.until or 'later'}" for item in planned.wait],
        "settled": [f"{'+'.join(item.series)} {item.status}" for item in planned.settled],
        "next": [f"{visit.on}: {', '.join(map(told, visit.give))}" for visit in planned.next_visits],
    }


def question(case):
    """The arguments of a case: of ``plan``, with all vaccines offered where the case names none."""
    doses = [read_dose(text) for text in case.get("doses", [])]
    asked = (case["born"], doses, case["on"], frozenset(case.get("facts", [])))
    return asked, {"offered": case.get("offered"), "options": frozenset(case.get("options", []))}


def is_as_planned(schedule, case):
    """Whether a schedule plans as the case says."""
    asked, named = question(case)
    found = in_words_of_case(plan_by(schedule, *asked, **named))
    return all(found[part] == case.get(part, []) for part in found)


@pytest.mark.parametrize("case", list(read_plans()))
def test_a_visit_is_planned_as_the_case_says(case):
    assert case["source"]
    asked, named = question(case)
    planned = plan(*asked, **named)
    found = in_words_of_case(planned)
    assert set(case) <= {
        "name",
        "source",
        "born",
        "on",
        "doses",
        "facts",
        "offered",
        "options",
        "rules",
        "reasons",
        *found,
    }
    assert found == {part: case.get(part, []) for part in found}
    items = {name: item for item in (*planned.give, *planned.wait) for name in (item.vaccine, *item.series)}
    for name, wanted in case.get("rules", {}).items():
        assert items[name].rule == wanted
    for name, wanted in case.get("reasons", {}).items():
        assert items[name].reason == wanted


vaccines = st.none() | st.frozensets(st.sampled_from(sorted(VACCINES)), max_size=6)
facts = st.frozensets(st.sampled_from(sorted(FACTS)), max_size=2)


def verdict_on(born, doses, item, on, facts):
    """What the forecast says of a planned dose, on the day it is given, in each series it serves."""
    results = {result.series: result for result in forecast(born, doses, on, facts)}
    return [
        next(verdict.counts for verdict in results[name].doses if verdict.given_on == on.isoformat())
        for name in item.series
    ]


@settings(max_examples=200, deadline=None)
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


@settings(max_examples=200, deadline=None)
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
            assert waiting[result.series].code == "plan_wait_third_visit" or result.series in {"4IN1", "3IN1"}


def test_a_plan_of_half_known_dates_is_made_soon():
    born, on = datetime.date(2019, 2, 10), datetime.date(2026, 11, 21)
    doses = [Dose(*text.split(":")) for text in ("6IN1:2019", "6IN1:2019", "6IN1:2019", "MMR:2020", "MMR:2022")]
    planned = plan(born, doses, on)
    assert [item.series for item in planned.ask]
    assert all(possible_days(dose.given_on, born, on) for dose in doses)


def test_a_plan_may_give_more_than_the_doses_that_can_be_read_at_once():
    born, on = datetime.date(2025, 11, 21), datetime.date(2026, 11, 21)
    doses = [Dose("HPV", (on - n * DAY).isoformat()) for n in range(20)]
    assert len(plan(born, doses, on).give) == 4


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"offered": ["XYZ"]}, "unknown_vaccine"),
        ({"offered": ["OPV"]}, "unknown_vaccine"),
        ({"options": ["x"]}, "unknown_option"),
    ],
)  # fmt: skip
def test_an_unknown_vaccine_or_option_is_refused(named, code):
    with pytest.raises(ScheduleError) as refused:
        plan(datetime.date(2025, 1, 1), [], datetime.date(2026, 1, 1), **named)
    assert refused.value.code == code
