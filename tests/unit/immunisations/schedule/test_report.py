"""A forecast asked for in text, and answered in text or as JSON: the whole answer, word for word."""

import json

import pytest

from immunisations.schedule import ScheduleError
from immunisations.schedule.report import as_json, as_text, ask, ask_plan, plan_as_json, plan_as_text

ASKED = ("2025-02-10", "2026-11-21", ["MMR:2026-02-09", "6IN1:2025-04", "6IN1:2025-05-10"], ["female"])
OFFERED = ["MMR", "MMRV", "6IN1"]

TEXT = """\
On 21 November 2026

MEASLES: overdue
  Dose 1 is overdue. It was due on 10 February 2026. [measles-dose-1]
  Next: dose 1, MMRV, due 10 February 2026, can be given from 21 November 2026
  MMR 9 February 2026: does not count. Given 1 day before the first birthday: does not count. [measles-first-birthday]

6IN1: overdue
  Dose 2 is overdue. It was due on 7 June 2025. [6in1-primary]
  Next: dose 2, 6IN1, due 7 June 2025, can be given from 21 November 2026
  6IN1 April 2025: counts. Counts as dose 1. [6in1-primary]
  6IN1 10 May 2025: not clear. Whether it counts depends on another dose whose day is not fully known. [unclear-date]

4IN1: not yet
  Not yet: three doses of the 6-in-1 vaccine that count come first. [4in1-after-primary]
  Next: dose 1, 6IN1

3IN1: not yet
  Dose 1 is not due yet. It is due on 10 February 2039. [3in1-teenage]
  Next: dose 1, 3IN1, due 10 February 2039, can be given from 10 February 2035

MENB: overdue
  Dose 1 is overdue. It was due on 7 April 2025. [menb-dose-1]
  Next: dose 1, MENB, due 7 April 2025, can be given from 21 November 2026

PNEUMOCOCCAL: overdue
  Dose 1 is overdue. It was due on 5 May 2025. [pcv-dose-1-before-july-2025]
  Next: dose 1, PNEUMOCOCCAL, due 5 May 2025, can be given from 21 November 2026

ROTAVIRUS: too old
  Not complete, and no longer given: it is given before 26 May 2025. [rotavirus-latest-first]

HPV: not yet
  Dose 1 is not due yet. It is due on 10 February 2037. [hpv-dose]
  Next: dose 1, HPV, due 10 February 2037, can be given from 10 February 2036

MENACWY: not yet
  Dose 1 is not due yet. It is due on 10 February 2039. [menacwy-dose]
  Next: dose 1, MENACWY, due 10 February 2039, can be given from 10 February 2035
"""

PLAN = """\
A visit on 21 November 2026

Give together:
  MMRV (dose 1): Dose 1 is overdue. It was due on 10 February 2026. [measles-dose-1]
  6IN1 (dose 2): Dose 2 is overdue. It was due on 7 June 2025. [6in1-primary]

Due, but not offered here:
  MENB (dose 1): Dose 1 is overdue. It was due on 7 April 2025. [menb-dose-1]
  PNEUMOCOCCAL (dose 1): Dose 1 is overdue. It was due on 5 May 2025. [pcv-dose-1-before-july-2025]

Wait:
  MMRV (dose 2): Dose 2 is not due before 19 December 2026. [measles-dose-2-at-18-months]
  4IN1 (dose 1): Dose 1 is not due before 10 June 2028. [4in1-booster]
  3IN1 (dose 1): Dose 1 is not due before 10 February 2039. [3in1-teenage]
  HPV (dose 1): Dose 1 is not due before 10 February 2037. [hpv-dose]
  MENACWY (dose 1): Dose 1 is not due before 10 February 2039. [menacwy-dose]

Nothing to give:
  ROTAVIRUS: Not complete, and no longer given: it is given before 26 May 2025. [rotavirus-latest-first]

Next visit, 19 December 2026:
  MMRV (dose 2): Dose 2, due on 19 December 2026. [measles-dose-2-at-18-months]

Next visit, 10 February 2037:
  3IN1 (dose 1): Dose 1, due on 10 February 2035. [3in1-primary]
  HPV (dose 1): Dose 1, due on 10 February 2037. [hpv-dose]

Next visit, 10 February 2039:
  MENACWY (dose 1): Dose 1, due on 10 February 2039. [menacwy-dose]
"""

# The measles and 6-in-1 parts of the same as JSON.
SERIES = """
[
  {
    "series": "MEASLES",
    "status": "overdue",
    "counted": 0,
    "next_dose": 1,
    "vaccine": "MMRV",
    "earliest_on": "2026-11-21",
    "due_on": "2026-02-10",
    "reason": "Dose 1 is overdue. It was due on 10 February 2026.",
    "rule": "measles-dose-1",
    "doses": [
      {
        "vaccine": "MMR",
        "given_on": "2026-02-09",
        "counts": false,
        "reason": "Given 1 day before the first birthday: does not count.",
        "rule": "measles-first-birthday"
      }
    ]
  },
  {
    "series": "6IN1",
    "status": "overdue",
    "counted": 1,
    "next_dose": 2,
    "vaccine": "6IN1",
    "earliest_on": "2026-11-21",
    "due_on": "2025-06-07",
    "reason": "Dose 2 is overdue. It was due on 7 June 2025.",
    "rule": "6in1-primary",
    "doses": [
      {
        "vaccine": "6IN1",
        "given_on": "2025-04",
        "counts": true,
        "reason": "Counts as dose 1.",
        "rule": "6in1-primary"
      },
      {
        "vaccine": "6IN1",
        "given_on": "2025-05-10",
        "counts": null,
        "reason": "Whether it counts depends on another dose whose day is not fully known.",
        "rule": "unclear-date"
      }
    ]
  }
]
"""

PLAN_PARTS = """
{
  "give": [
    {
      "series": [
        "MEASLES"
      ],
      "status": "overdue",
      "vaccine": "MMRV",
      "dose": 1,
      "until_on": null,
      "reason": "Dose 1 is overdue. It was due on 10 February 2026.",
      "rule": "measles-dose-1"
    }
  ],
  "not_offered_here": [
    {
      "series": [
        "MENB"
      ],
      "status": "overdue",
      "vaccine": "MENB",
      "dose": 1,
      "until_on": null,
      "reason": "Dose 1 is overdue. It was due on 7 April 2025.",
      "rule": "menb-dose-1"
    }
  ],
  "wait": [
    {
      "series": [
        "MEASLES"
      ],
      "status": "not_yet",
      "vaccine": "MMRV",
      "dose": 2,
      "until_on": "2026-12-19",
      "reason": "Dose 2 is not due before 19 December 2026.",
      "rule": "measles-dose-2-at-18-months"
    }
  ],
  "settled": [
    {
      "series": [
        "ROTAVIRUS"
      ],
      "status": "too_old",
      "vaccine": null,
      "dose": null,
      "until_on": null,
      "reason": "Not complete, and no longer given: it is given before 26 May 2025.",
      "rule": "rotavirus-latest-first"
    }
  ],
  "next_visits": [
    {
      "on": "2026-12-19",
      "give": [
        {
          "series": [
            "MEASLES"
          ],
          "status": "due",
          "vaccine": "MMRV",
          "dose": 2,
          "until_on": null,
          "reason": "Dose 2, due on 19 December 2026.",
          "rule": "measles-dose-2-at-18-months"
        }
      ]
    }
  ]
}
"""


def test_a_forecast_in_text():
    assert as_text(*ask(*ASKED)) + "\n" == TEXT


def test_a_plan_in_text():
    assert plan_as_text(ask_plan(*ASKED, offered=OFFERED)) + "\n" == PLAN


def test_a_forecast_as_json():
    answer = as_json(*ask(*ASKED))
    assert list(answer) == ["on", "series"]
    assert answer["on"] == "2026-11-21"
    assert answer["series"][:2] == json.loads(SERIES)


def test_a_plan_as_json():
    answer = plan_as_json(ask_plan(*ASKED, offered=OFFERED))
    assert list(answer) == ["on", "give", "not_offered_here", "ask", "wait", "settled", "next_visits"]
    assert answer["on"] == "2026-11-21"
    assert answer["ask"] == []
    for part, first in json.loads(PLAN_PARTS).items():
        assert answer[part][:1] == first


def test_a_dose_that_will_not_count_says_so_and_no_other_does():
    asked = ("2026-03-01", "2026-11-21", [], ["outbreak"])
    answer = as_json(*ask(*asked))
    assert [one.get("counts_if_given", "not said") for one in answer["series"]] == [False, *["not said"] * 8]
    planned = plan_as_json(ask_plan(*asked))
    assert [one.get("counts_if_given", "not said") for one in planned["give"]] == [False, *["not said"] * 2]


def test_what_a_nurse_is_asked_about_has_a_heading():
    text = plan_as_text(ask_plan("2025-02-10", "2026-11-21", [], ["low-platelets"]))
    asked = "  MMRV (dose 1): Due, but ask a nurse first: a low platelet count. [fact-low-platelets]"
    assert f"\n\nAsk a nurse first:\n{asked}\n" in text
    answer = plan_as_json(ask_plan("2025-02-10", "2026-11-21", [], ["low-platelets"]))
    assert [(one["series"], one["status"], one["dose"]) for one in answer["ask"]] == [(["MEASLES"], "ask", 1)]


def test_the_early_second_advice_is_switched_off_in_both():
    asked = ("2025-02-10", "2026-11-21", ["MMRV:2026-04-01", "MMRV:2026-06-01"], ["female"], ["no-early-second-advice"])
    assert ask(*asked)[1][0].status == "complete"
    assert ask_plan(*asked).settled[0].series == ("MEASLES",)


def test_a_status_is_said_in_words():
    _on, results = ask("2002-02-10", "2026-11-21", [], ["pregnant", "male"])
    text = as_text(_on, results)
    assert "MEASLES: do not give" in text
    assert "HPV: not needed" in text
    _on, results = ask("2002-02-10", "2026-11-21", ["MENACWY:2020-01-01"], ["low-platelets"])
    text = as_text(_on, results)
    assert "MEASLES: ask a nurse" in text
    assert "MENACWY: complete" in text
    assert "MENB: too old" in text
    assert "  Next: dose 1, MMR, due 10 February 2003, can be given from 21 November 2026" in text
    assert "MEASLES: due\n" in as_text(*ask("2025-11-21", "2026-11-21", [], []))


@pytest.mark.parametrize(
    ("asked", "code", "sentence"),
    [
        (("2025-02", "2026-11-21", [], []), "bad_date", "'2025-02' is not a whole date. Write it as 2025-02-10."),
        (
            ("2025-02-10", "x" * 50, [], []),
            "bad_date",
            f"'{'x' * 40}' is not a date. Write it as 2019-06-01, or 2019-06, or 2019.",
        ),
        (
            ("2025-02-10", "2026-11-21", ["x" * 50], []),
            "bad_dose",
            f"'{'x' * 40}' is not a dose. Write it as MMR:2026-02-10.",
        ),
        (
            ("2025-02-10", "2026-11-21", ["MMR:2026:02"], []),
            "bad_date",
            "'2026:02' is not a date. Write it as 2019-06-01, or 2019-06, or 2019.",
        ),
        (
            ("2025-02-10", "2026-11-21", ["x" * 50 + ":2026"], []),
            "unknown_vaccine",
            f"'{'x' * 40}' is not a vaccine this schedule knows. It knows MMR, MMRV, 6IN1, 5IN1, 4IN1, 3IN1, MENB,"
            " PNEUMOCOCCAL, ROTAVIRUS, HPV, MENACWY, HIBMENC, VARICELLA, YELLOWFEVER.",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(asked, code, sentence):
    with pytest.raises(ScheduleError) as refused:
        ask(*asked)
    assert (refused.value.code, refused.value.message) == (code, sentence)
    with pytest.raises(ScheduleError):
        ask_plan(*asked)
