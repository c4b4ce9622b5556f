"""Doses that may be one dose written down twice: asked, never decided."""

import datetime

import pytest

from immunisations.schedule import Dose, ScheduleError, forecast, near_duplicates
from immunisations.schedule.duplicates import near_duplicates as near_duplicates_by

from .test_cases import read_dose

# Doses as "vaccine date source...", and the pairs that are asked about.
CASES = {
    "a day apart in two records": (["MMR 2021-06-01 gp", "MMR 2021-06-02 chis"], [(0, 1)]),
    "seven days apart": (["MMR 2021-06-01 gp", "MMR 2021-06-08 chis"], [(0, 1)]),
    "eight days apart": (["MMR 2021-06-01 gp", "MMR 2021-06-09 chis"], []),
    "on one day they are one dose anyway": (["MMR 2021-06-01 gp", "MMR 2021-06-01 chis"], []),
    "in one record they are two": (["MMR 2021-06-01 gp", "MMR 2021-06-03 gp"], []),
    "one record holds both": (["MMR 2021-06-01 gp", "MMR 2021-06-03 gp chis"], []),
    "without a source nothing is asked": (["MMR 2021-06-01", "MMR 2021-06-03 chis"], []),
    "MMR and MMRV are of one course": (["MMR 2026-06-01 gp", "MMRV 2026-06-03 chis"], [(0, 1)]),
    "5-in-1 and 6-in-1 are of one course": (["5IN1 2016-06-01 gp", "6IN1 2016-06-03 chis"], [(0, 1)]),
    "6-in-1 and 4-in-1 are not": (["6IN1 2016-06-01 gp", "4IN1 2016-06-03 chis"], []),
    "Hib/MenC has a course of its own": (["HIBMENC 2016-06-01 gp", "HIBMENC 2016-06-03 chis"], [(0, 1)]),
    "written in the other order": (["MMR 2021-06-03 chis", "MMR 2021-06-01 gp"], [(1, 0)]),
    "others between them": (
        ["MMR 2021-06-01 gp", "6IN1 2021-06-02 gp", "MMR 2021-06-02 gp", "MMR 2021-06-03 chis"], [(0, 3), (2, 3)],
    ),
    "a month that holds the day": (["MMR 2021-06 verbal", "MMR 2021-06-03 chis"], [(0, 1)]),
    "a month that does not": (["MMR 2021-06 verbal", "MMR 2021-07-01 chis"], []),
    "a month after the day": (["MMR 2021-05-31 verbal", "MMR 2021-06 chis"], []),
    "a month whose last day it is": (["MMR 2021-06 verbal", "MMR 2021-06-30 chis"], [(0, 1)]),
    "a month and the day after its last": (["MMR 2021-06-30 chis", "MMR 2021-07 verbal"], []),
    "the same month twice": (["MMR 2021-06 chis", "MMR 2021-06 verbal"], [(0, 1)]),
    "three records, three pairs": (
        ["MMR 2021-06-01 gp", "MMR 2021-06-03 chis", "MMR 2021-06-05 verbal"], [(0, 1), (0, 2), (1, 2)],
    ),
}  # fmt: skip


def pairs(found, doses):
    return [(doses.index(pair.first), doses.index(pair.second)) for pair in found]


def holds(schedule):
    """Whether all cases are answered so by a schedule."""
    for texts, wanted in CASES.values():
        doses = [read_dose(text) for text in texts]
        if pairs(near_duplicates_by(schedule.book, schedule.courses, doses), doses) != wanted:
            return False
    return True


@pytest.mark.parametrize(("texts", "wanted"), CASES.values(), ids=CASES)
def test_doses_that_may_be_one_are_named(texts, wanted):
    doses = [read_dose(text) for text in texts]
    assert pairs(near_duplicates(doses), doses) == wanted


def test_the_question_says_the_days_and_the_rule():
    (pair,) = near_duplicates([Dose("MMR", "2021-06-01", ("gp",)), Dose("MMR", "2021-06-03", ("chis",))])
    assert pair.reason == (
        "1 June 2021 and 3 June 2021 are 2 days apart, in different records. Is it one dose written down twice?"
    )
    assert (pair.rule, pair.code) == ("near-duplicate", "near_duplicate")
    (pair,) = near_duplicates([Dose("MMR", "2021-06-01", ("gp",)), Dose("MMR", "2021", ("chis",))])
    assert pair.first.given_on == "2021"
    assert (pair.rule, pair.code) == ("near-duplicate", "near_duplicate_unclear")
    assert (
        pair.reason
        == "2021 and 1 June 2021, in different records, may be the same day. Is it one dose written down twice?"
    )


def test_no_forecast_takes_them_into_account():
    doses = [Dose("MMR", "2021-06-01", ("gp",)), Dose("MMR", "2021-06-03", ("chis",))]
    result = forecast(datetime.date(2020, 1, 1), doses, datetime.date(2026, 11, 21))[0]
    assert [(verdict.given_on, verdict.counts) for verdict in result.doses] == [
        ("2021-06-01", True), ("2021-06-03", False),
    ]  # fmt: skip


def test_a_date_that_is_none_is_refused():
    with pytest.raises(ScheduleError):
        near_duplicates([Dose("MMR", "soon")])
