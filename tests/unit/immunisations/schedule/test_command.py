"""``manage.py forecast``: asked in words, answered in words or JSON, refused with a sentence."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

ASKED = ("--dob", "2025-02-10", "--on", "2026-11-21")


def run(*arguments):
    out = io.StringIO()
    call_command("forecast", *ASKED, *arguments, stdout=out)
    return out.getvalue()


def test_json_has_one_entry_a_series_with_the_doses_it_read():
    answer = json.loads(run("--dose", "MMR:2026-02-10", "--dose", "6IN1:2025-04-07", "--json"))
    assert answer["on"] == "2026-11-21"
    assert answer["series"][0] == {
        "series": "MEASLES",
        "status": "overdue",
        "counted": 1,
        "next_dose": 2,
        "vaccine": "MMRV",
        "earliest_on": "2026-11-21",
        "due_on": "2026-08-10",
        "reason": "Dose 2 is overdue. It was due on 10 August 2026.",
        "rule": "measles-dose-2-at-18-months",
        "doses": [
            {
                "vaccine": "MMR",
                "given_on": "2026-02-10",
                "counts": True,
                "reason": "Counts as dose 1.",
                "rule": "measles-two-doses",
            }
        ],
    }


def test_text_says_the_status_the_reason_and_each_dose():
    text = run("--dose", "MMR:2026-02-09", "--dose", "6IN1:2025-04")
    assert "MEASLES: overdue" in text
    assert "MMR 9 February 2026: does not count. Given 1 day before the first birthday: does not count." in text
    assert "6IN1 April 2025: counts." in text


def test_a_fact_changes_the_answer():
    answer = json.loads(run("--fact", "pregnant", "--json"))
    assert answer["series"][0]["status"] == "blocked"
    assert answer["series"][0]["earliest_on"] is None


def test_a_dose_that_will_not_count_says_so():
    out = io.StringIO()
    call_command("forecast", "--dob", "2026-03-01", "--on", "2026-11-21", "--fact", "outbreak", "--json", stdout=out)
    assert json.loads(out.getvalue())["series"][0]["counts_if_given"] is False


def test_a_plan_is_added_only_when_asked_for():
    arguments = ("--dose", "MMR:2026-02-10", "--offered", "MMRV", "--json")
    plain, planned = json.loads(run(*arguments)), json.loads(run(*arguments, "--plan"))
    plan = planned.pop("plan")
    assert planned == plain
    assert plan["on"] == "2026-11-21"
    assert plan["give"] == [
        {
            "series": ["MEASLES"],
            "status": "overdue",
            "vaccine": "MMRV",
            "dose": 2,
            "until_on": None,
            "reason": "Dose 2 is overdue. It was due on 10 August 2026.",
            "rule": "measles-dose-2-at-18-months",
        }
    ]
    assert [item["vaccine"] for item in plan["not_offered_here"]] == ["6IN1", "MENB", "PNEUMOCOCCAL"]
    assert plan["ask"] == []
    assert [item["series"] for item in plan["settled"]] == [["ROTAVIRUS"]]
    assert plan["wait"][0]["until_on"] is None
    assert [visit["on"] for visit in plan["next_visits"]] == ["2037-02-10", "2039-02-10"]


def test_an_early_outbreak_dose_says_in_a_plan_that_it_will_not_count():
    out = io.StringIO()
    arguments = (
        "--dob",
        "2026-03-01",
        "--on",
        "2026-11-21",
        "--fact",
        "outbreak",
        "--offered",
        "MMR",
        "--plan",
        "--json",
    )
    call_command("forecast", *arguments, stdout=out)
    assert json.loads(out.getvalue())["plan"]["give"][0]["counts_if_given"] is False


def test_a_plan_in_text_has_a_heading_for_each_part():
    text = run("--plan", "--dose", "YELLOWFEVER:2026-11-20", "--fact", "neuro-change", "--offered", "MENB")
    for line in (
        "A visit on 21 November 2026",
        "Give together:",
        "  MENB (dose 1): Dose 1 is overdue. It was due on 7 April 2025. [menb-dose-1]",
        "Due, but not offered here:",
        "Ask a nurse first:",
        "Wait:",
        "Nothing to give:",
        "  ROTAVIRUS: Not complete, and no longer given: it is given before 26 May 2025. [rotavirus-latest-first]",
        "Next visit, 19 December 2026:",
    ):
        assert line in text.splitlines()


def test_the_clinical_lead_switches_the_early_second_advice_off():
    doses = ("--dose", "MMRV:2026-04-01", "--dose", "MMRV:2026-06-01", "--json")
    advised, not_advised = (json.loads(run(*doses, *more)) for more in ((), ("--option", "no-early-second-advice")))
    assert [answer["series"][0]["next_dose"] for answer in (advised, not_advised)] == [3, None]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--dose", "MMR:2025-02-09"), "The MMR dose of 2025-02-09 is before the date of birth."),
        (("--dose", "MMR:2026-11-22"), "The MMR dose of 2026-11-22 is after the day asked about."),
        (("--dose", "MMR:2025-01"), "The MMR dose of 2025-01 is before the date of birth."),
        (("--dose", "MMR:2026-12"), "The MMR dose of 2026-12 is after the day asked about."),
        (("--dose", "MMR:2024"), "The MMR dose of 2024 is before the date of birth."),
        (("--dose", "MMR"), "'MMR' is not a dose. Write it as MMR:2026-02-10."),
        (("--dose", "MMR:"), "'' is not a date. Write it as 2019-06-01, or 2019-06, or 2019."),
        (("--dose", "MMR:2026-02-30"), "'2026-02-30' is not a day that exists."),
        (("--dose", "MMR:0000"), "'0000' is not a day that exists."),
        (("--dose", "MMR:20260210"), "'20260210' is not a date."),
        (("--dose", "MMR:٢٠٢٦"), "is not a date."),
        (("--dose", "XYZ:2026-02-10"), "'XYZ' is not a vaccine this schedule knows."),
        (("--dose", "mmr:2026-02-10"), "'mmr' is not a vaccine this schedule knows."),
        (("--dose", "OPV:2026-02-10"), "'OPV' is not a vaccine this schedule knows."),
        (("--dose", "MEASLES_ONLY:2026-02-10"), "'MEASLES_ONLY' is not a vaccine this schedule knows."),
        (("--option", "tall"), "'tall' is not an option of this schedule. It has no-early-second-advice."),
        (("--plan", "--offered", "XYZ"), "'XYZ' is not a vaccine this schedule knows."),
        (("--fact", "tall"), "'tall' is not a fact this schedule knows."),
        (("--on", "2025-02-09"), "The day asked about is before the date of birth."),
        (("--on", "2026-11"), "'2026-11' is not a whole date."),
        (("--on", "9999-12-31"), "The year 9999 is too far away."),
        (("--dob", "soon"), "'soon' is not a date."),
        (("--dose", "MMR:2026-02-10") * 21, "At most 20 doses can be read at once."),
    ],
)
def test_a_bad_argument_is_refused_with_a_sentence_and_exit_code_2(arguments, sentence):
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert sentence in str(refused.value)
    assert refused.value.returncode == 2


def test_twenty_doses_are_read():
    arguments = [part for day in range(1, 21) for part in ("--dose", f"MMR:2026-03-{day:02}")]
    assert len(json.loads(run(*arguments, "--json"))["series"][0]["doses"]) == 20
