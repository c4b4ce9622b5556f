"""Golden cases: files that a clinician can read, each with its source, against the forecast."""

import datetime
import json
import tomllib
from pathlib import Path

import pytest

from immunisations.schedule import Dose, forecast, rule

FOLDER = Path(__file__).parent / "cases"


def read_cases():
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for case in content["case"]:
            yield pytest.param(content["series"], case, id=f"{path.stem}: {case['name']}")


def read_dose(text):
    vaccine, given_on, *sources = text.split()
    return Dose(vaccine, given_on, tuple(sources))


def options(case):
    return frozenset(case.get("options", []))


def expected(value):
    return {"none": None, "depends": None}.get(value, value) if isinstance(value, str) else value


def holds_together(result):
    """What must be so in every answer: rules that can be looked up, sentences that can be said, doses numbered on."""
    for said in (result, *result.doses):
        assert rule(said.rule)
        assert "{" not in said.reason and "None" not in said.reason
        json.dumps(dict(said.params))
        # what was said of one of several readings is not said of all
        assert said.code not in {"ask_date", "date_decides", "other_date_decides"} or not said.params
    numbers = [verdict.params["dose"] for verdict in result.doses if verdict.counts and "dose" in verdict.params]
    assert numbers == list(range(1, len(numbers) + 1)) or any(verdict.counts is None for verdict in result.doses)
    for verdict in result.doses:
        for _code, params in verdict.notes:
            json.dumps(dict(params))


@pytest.mark.parametrize(("series", "case"), list(read_cases()))
def test_the_forecast_answers_as_the_case_says(series, case):
    assert case["source"]
    assert set(case) <= {
        "name", "source", "born", "on", "doses", "facts", "options", "expect",
        "counts", "reasons", "dose_rules", "sources", "vaccines", "given",
    }  # fmt: skip
    doses = [read_dose(text) for text in case.get("doses", [])]
    results = forecast(case["born"], doses, case["on"], frozenset(case.get("facts", [])), options=options(case))
    result = next(result for result in results if result.series == series)
    for each in results:
        holds_together(each)
    for name, value in case["expect"].items():
        assert getattr(result, name) == expected(value), (name, result, result.reason)
    for name, field in {
        "counts": "counts", "reasons": "reason", "dose_rules": "rule", "sources": "sources",
        "vaccines": "vaccine", "given": "given_on",
    }.items():  # fmt: skip
        if name in case:
            found = [getattr(verdict, field) for verdict in result.doses]
            wanted = [tuple(value) if isinstance(value, list) else expected(value) for value in case[name]]
            assert found == wanted, (name, result)


def test_there_is_no_case_without_a_day():
    for parameter in read_cases():
        _series, case = parameter.values
        assert type(case["born"]) is type(case["on"]) is datetime.date
