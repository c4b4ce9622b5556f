"""What the public is told of the schedule's answer."""

from datetime import date

import pytest

from bookings.needed import ASK, DONE, GUIDES, LATER, NOW, PARTS, PROTECTS, STATUSES, line_of, what_is_needed
from clinics.guides.files import files
from clinics.vaccines import Series
from immunisations.schedule import STATUSES as SCHEDULE_STATUSES
from immunisations.schedule import Dose, SeriesForecast, forecast

pytestmark = pytest.mark.once
ON = date(2026, 11, 14)


def line(series, *, born, doses=(), facts=()):
    results = forecast(born, [Dose(*dose) for dose in doses], ON, facts)
    result = next(each for each in results if each.series == series)
    return result.status, STATUSES[result.status][0], line_of(result)


def test_there_are_words_for_every_status_and_no_other() -> None:
    assert set(STATUSES) == set(SCHEDULE_STATUSES)
    assert {part for part, _word in STATUSES.values()} == set(PARTS)


@pytest.mark.parametrize("status", SCHEDULE_STATUSES)
def test_each_status_is_said_in_a_whole_sentence(status: str) -> None:
    result = SeriesForecast("MEASLES", status, 0, 1, "MMR", ON, ON, "rule", "due_today")
    said = line_of(result)
    assert said.word == str(STATUSES[status][1]) and said.sentence.endswith(".") and "%(" not in said.sentence


def test_every_series_says_what_it_protects_against_and_names_guides_that_are_there() -> None:
    series = {result.series for result in forecast(date(2026, 1, 1), [], ON)}
    assert series == set(map(str, PROTECTS))
    assert set(map(str, GUIDES)) <= set(Series.values)
    assert set(GUIDES.values()) <= {file.slug for file in files()}


@pytest.mark.parametrize(
    ("series", "status", "part", "given", "sentence"),
    [
        ("MEASLES", "due", NOW, {"born": date(2025, 11, 1)}, "This would be dose 1. The usual day for it was 1 N"),
        ("MEASLES", "overdue", NOW, {"born": date(2022, 3, 27)}, "This would be dose 1. The usual day for it was 27 "),
        ("MEASLES", "not_yet", LATER, {"born": date(2026, 9, 1)}, "Dose 1 is usually given from 1 September 2027 on."),
        ("4IN1", "not_yet", LATER, {"born": date(2026, 9, 1)}, "It comes after 3 doses of the 6-in-1 vaccine."),
        (
            "MEASLES",
            "complete",
            DONE,
            {"born": date(2015, 1, 1), "doses": [("MMR", "2016-02-01"), ("MMR", "2018-06-01")]},
            "From what you typed, nothing more is needed.",
        ),
        ("ROTAVIRUS", "too_old", DONE, {"born": date(2022, 3, 27)}, "It is not given at this age."),
        ("HPV", "ask", ASK, {"born": date(2003, 1, 1)}, "We cannot say from what you typed."),
        (
            "HPV",
            "not_needed",
            DONE,
            {"born": date(2003, 1, 1), "facts": ["male"]},
            "From what you typed, it is not needed.",
        ),
        (
            "MEASLES",
            "blocked",
            ASK,
            {"born": date(2015, 1, 1), "facts": ["pregnant"]},
            "We cannot say from what you typed.",
        ),
    ],
)
def test_the_schedules_own_answers_are_said(series, status, part, given, sentence) -> None:
    found, in_part, said = line(series, **given)
    assert (found, in_part) == (status, part)
    assert said.sentence.startswith(sentence)


def test_a_dose_that_does_not_count_says_why() -> None:
    early, late = ("MMR", "2023-03-26"), ("MMR", "2023-03-28")
    said = line("MEASLES", born=date(2022, 3, 27), doses=[early, late, ("MMR", "2023-04-10")])[2]
    assert said.doses == (
        "MMR, 26 March 2023: the child was too young, so this dose does not count.",
        "MMR, 10 April 2023: too soon after the dose before it, so this dose does not count.",
    )
    _status, _part, said = line("MEASLES", born=date(2022, 3, 27), doses=[("MMR", "2023")])
    assert said.doses == ("MMR, 2023: the exact day decides if this dose counts.",)
    _status, _part, said = line("MEASLES", born=date(2015, 1, 1), doses=[("MEASLES_ONLY", "2016-02-01")])
    assert said.doses == ("This vaccine, 1 February 2016: this dose does not count.",)


def test_a_further_dose_after_a_complete_course_is_not_made_a_worry_of() -> None:
    doses = [("MMR", "2016-02-01"), ("MMR", "2018-06-01"), ("MMR", "2019-06-01")]
    assert line("MEASLES", born=date(2015, 1, 1), doses=doses)[2].doses == ()


def test_the_vaccines_that_a_clinic_needs_are_those_of_what_may_be_due() -> None:
    answer = what_is_needed(born=date(2025, 9, 1), doses=[], on=ON)
    assert answer.vaccines == {"MMRV", "6IN1", "MENB", "PNEUMOCOCCAL"}
    assert what_is_needed(born=ON, doses=[], on=ON).vaccines == frozenset()
