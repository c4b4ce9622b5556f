"""Half-known dates: several hundred records whose answers were found by trying every possible day of every dose."""

import datetime
from pathlib import Path

import pytest

from immunisations.schedule import Dose, forecast

WORTH = {True: "yes", False: "no", None: "depends"}


def read_lines():
    lines = (Path(__file__).parent / "cases" / "half_known.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("line", read_lines())
def test_a_half_known_record_is_answered_as_if_every_day_were_tried(line):
    question, _equals, answer = line.partition(" = ")
    series, born, on, *rest = question.split()
    doses = [Dose(*text.split(":")) for text in rest if not text.startswith("+")]
    facts = {text[1:] for text in rest if text.startswith("+")}
    results = forecast(datetime.date.fromisoformat(born), doses, datetime.date.fromisoformat(on), facts)
    result = next(result for result in results if result.series == series)
    worth = [WORTH[verdict.counts] for verdict in result.doses]
    said = [result.status, result.counted, result.due_on or "none", result.earliest_on or "none", *worth]
    assert " ".join(map(str, said)) == answer
