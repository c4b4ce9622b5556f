"""Plans of visits: golden cases that a clinician can read."""

import datetime
import json
import string
import tomllib
from pathlib import Path

import pytest

from immunisations.schedule import TEMPLATES, Dose, ScheduleError, plan, rule
from immunisations.schedule.plan import plan as plan_by

from .test_cases import read_dose

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


def holds_together(item):
    """What must be so of all that is planned: a rule that can be looked up, and a sentence with all it needs."""
    assert rule(item.rule)
    assert "{" not in item.reason and "None" not in item.reason
    for code, params in ((item.code, item.params), *item.notes):
        assert json.loads(json.dumps(dict(params))) == params
        templates = TEMPLATES[code]
        for template in [templates] if isinstance(templates, str) else templates:
            needed = {name for _text, name, *_rest in string.Formatter().parse(template) if name}
            assert needed <= set(params)
            # a sentence of the plan's own carries nothing over from the forecast's
            assert needed == set(params) or not code.startswith("plan_")


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
    later = [item for visit in planned.next_visits for item in visit.give]
    for item in (*planned.give, *planned.elsewhere, *planned.ask, *planned.wait, *planned.settled, *later):
        holds_together(item)
    items = {
        name: item
        for item in (*planned.give, *planned.elsewhere, *planned.wait)
        for name in (item.vaccine, *item.series)
    }
    for name, wanted in case.get("rules", {}).items():
        assert items[name].rule == wanted
    for name, wanted in case.get("reasons", {}).items():
        assert items[name].reason == wanted


def test_a_plan_of_half_known_dates_is_made_soon():
    born, on = datetime.date(2019, 2, 10), datetime.date(2026, 11, 21)
    doses = [Dose(*text.split(":")) for text in ("6IN1:2019", "6IN1:2019", "6IN1:2019", "MMR:2020", "MMR:2022")]
    planned = plan(born, doses, on)
    assert [item.series for item in planned.ask]


def test_a_dose_held_for_company_names_the_visit_at_which_it_is_given():
    doses = [Dose("6IN1", "2026-11-01"), Dose("MENB", "2026-11-20")]
    planned = plan(datetime.date(2026, 7, 20), doses, datetime.date(2026, 11, 21))
    (held,) = [item for item in planned.wait if item.series == ("PNEUMOCOCCAL",)]
    visit = next(each for each in planned.next_visits if any(held.series == item.series for item in each.give))
    assert held.until == visit.on == datetime.date(2026, 12, 18)
    assert held.reason == "Dose 1 is given at the visit from 18 December 2026."


def test_of_an_unknown_vaccine_no_more_is_repeated_than_a_line_holds():
    with pytest.raises(ScheduleError) as refused:
        plan(datetime.date(2025, 1, 1), [], datetime.date(2026, 1, 1), offered=["x" * 50])
    assert refused.value.message == f"'{'x' * 40}' is not a vaccine this schedule knows."


def test_a_plan_is_asked_of_no_more_doses_than_a_forecast():
    doses = [Dose("HPV", f"2025-01-{day:02}") for day in range(1, 22)]
    with pytest.raises(ScheduleError) as refused:
        plan(datetime.date(2020, 1, 1), doses, datetime.date(2026, 1, 1))
    assert refused.value.code == "too_many_doses"


def test_a_plan_may_give_more_than_the_doses_that_can_be_read_at_once():
    born, on = datetime.date(2025, 11, 21), datetime.date(2026, 11, 21)
    doses = [Dose("HPV", (on - datetime.timedelta(n)).isoformat()) for n in range(20)]
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
    assert repr(next(iter(named.values()))[0]) in refused.value.message
