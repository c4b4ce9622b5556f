"""Ages, dates as written, and what came of a visit."""

from datetime import UTC, date, datetime

import pytest

from clinics.vaccines import series_of
from immunisations.ages import age_in_words, years_between
from immunisations.health_questions import (
    BY_CODE,
    FACT_VACCINES,
    FACTS,
    QUESTIONS,
    answers_of,
    facts_in,
    facts_to_confirm,
    questions_for,
    yes_first,
)
from immunisations.models import Visit
from immunisations.outcomes import COLOURS, Outcome, Recorded, outcome_of
from immunisations.schedule import FACTS as SCHEDULE_FACTS
from immunisations.schedule import rules
from immunisations.written_dates import date_in_words, span_of

GIVEN = Recorded("completed")
DECLINED = Recorded("not-done", "declined")
TOO_EARLY = Recorded("not-done", "too_early")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2020, 2, 29), date(2025, 2, 28), 4),
        (date(2020, 2, 29), date(2025, 3, 1), 5),
        (date(2020, 3, 27), date(2026, 3, 26), 5),
        (date(2020, 3, 27), date(2026, 3, 27), 6),
    ],
)
def test_years_are_counted_to_the_birthday(born, on, years):
    assert years_between(born, on) == years


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (date(2026, 11, 21), "0 days"),
        (date(2026, 11, 20), "1 day"),
        (date(2026, 9, 25), "8 weeks 1 day"),
        (date(2026, 9, 26), "8 weeks"),
        (date(2025, 11, 22), "11 months"),
        (date(2025, 11, 21), "12 months"),
        (date(2024, 11, 21), "2 years"),
        (date(2021, 5, 1), "5 years 6 months"),
        (date(1990, 1, 1), "36 years"),
        (date(2027, 1, 1), "not born yet"),
    ],
)
def test_an_age_is_said_as_exactly_as_it_matters(born, words):
    assert age_in_words(born, date(2026, 11, 21)) == words


@pytest.mark.parametrize(
    ("written", "first", "last", "words"),
    [
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29), "29 February 2024"),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31), "December 2024"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "2024"),
    ],
)
def test_a_date_is_never_made_more_exact_than_it_is_written(written, first, last, words):
    assert span_of(written) == (first, last) and date_in_words(written) == words


@pytest.mark.parametrize(
    "wrong", ["", "2024-13", "2024-02-30", "24", "2024-2", "\uff12\uff10\uff12\uff14", "2024-00", "2024-02-30x"]
)
def test_what_is_no_date_is_refused(wrong):
    with pytest.raises(ValueError, match=r"not a year|month must be|day is out of range|day must be"):
        span_of(wrong)


@pytest.mark.parametrize(
    ("visit", "recorded", "outcome"),
    [
        ({}, [], Outcome.ARRIVED),
        ({"started_at": NOON}, [], Outcome.IN_PROGRESS),
        ({"started_at": NOON, "paused_at": NOON}, [], Outcome.PAUSED),
        ({}, [GIVEN], Outcome.IN_PROGRESS),
        ({"left_at": NOON}, [GIVEN], Outcome.VACCINATED),
        ({"left_at": NOON}, [GIVEN, TOO_EARLY], Outcome.VACCINATED),
        ({"left_at": NOON}, [GIVEN, DECLINED], Outcome.PARTLY),
        ({"left_at": NOON}, [DECLINED], Outcome.NOT_VACCINATED),
        ({"left_at": NOON}, [], Outcome.NOT_VACCINATED),
        ({"left_at": NOON, "why": "advice"}, [], Outcome.ADVICE_ONLY),
        ({"left_at": NOON, "why": "advice"}, [GIVEN], Outcome.VACCINATED),
        ({"left_at": NOON, "why": "check"}, [], Outcome.CHECK_ONLY),
        ({"left_at": NOON, "why": "check"}, [Recorded("not-done", "already_complete")], Outcome.CHECK_ONLY),
        ({"left_at": NOON, "why": "check"}, [DECLINED], Outcome.NOT_VACCINATED),
    ],
)
def test_what_came_of_a_visit_is_read_from_what_hangs_on_it(visit, recorded, outcome):
    assert outcome_of(Visit(**{"why": "vaccination", "arrived_at": NOON, **visit}), recorded) == outcome


def test_every_word_has_a_colour():
    assert set(COLOURS) == set(Outcome)


def test_the_schedule_knows_every_fact_that_can_be_confirmed():
    assert {fact for question in QUESTIONS for fact in question.facts} == set(FACTS) <= SCHEDULE_FACTS


def asked_for(*vaccines, gelatine=True):
    return {question.code for question in questions_for(vaccines, gelatine=gelatine)}


def test_the_question_about_gelatine_is_asked_only_where_it_is_on_offer():
    assert asked_for("MMR", "6IN1") - asked_for("MMR", "6IN1", gelatine=False) == {"gelatine"}


@pytest.mark.parametrize(
    ("vaccine", "only_for_others"),
    [
        ("MMR", set()),
        ("MMRV", set()),
        ("6IN1", {"gelatine", "blood_products", "recent_live", "immune"}),
        ("4IN1", {"gelatine", "blood_products", "recent_live", "immune"}),
        ("3IN1", {"gelatine", "blood_products", "recent_live", "immune", "neomycin"}),
        ("MENB", {"gelatine", "blood_products", "recent_live", "immune", "neomycin"}),
        ("HPV", {"gelatine", "blood_products", "recent_live", "neomycin"}),
        ("ROTAVIRUS", {"gelatine", "blood_products", "recent_live", "neomycin", "bleeding", "blood_thinners"}),
    ],
)
def test_only_what_matters_for_the_vaccine_is_asked(vaccine, only_for_others):
    assert set(BY_CODE) - asked_for(vaccine) == only_for_others


def test_every_question_has_a_source():
    assert all(question.source.startswith("Green Book chapter") for question in QUESTIONS)


def test_a_fact_is_asked_for_wherever_the_schedule_stops_or_asks_for_it():
    about = {rule.params["fact"]: rule for rule in rules() if "fact" in rule.params}
    for fact in FACTS:
        stopped = {*about[fact].params["blocks"], *about[fact].params["asks"]}
        named = {series_of(vaccine).value for vaccine in FACT_VACCINES[fact]}
        # Gelatine stops products, not a series.
        assert named == (stopped or {"MEASLES"}), fact
        for vaccine in FACT_VACCINES[fact]:
            questions = questions_for([vaccine], gelatine=True)
            assert fact in facts_to_confirm(questions, [vaccine]), (fact, vaccine)


def test_nothing_can_be_confirmed_that_does_not_matter_for_the_vaccines_at_hand():
    assert facts_to_confirm(questions_for(["MENB"], gelatine=True), ["MENB"]) == ("anaphylaxis-menb",)


def test_yes_answers_are_read_first_and_carry_what_was_confirmed():
    answers = answers_of({"immune": {"details": "Steroids", "facts": ["immunosuppressed", "pregnant"]}}, QUESTIONS)
    assert answers["immune"] == {"answer": "yes", "details": "Steroids", "facts": ["immunosuppressed"]}
    assert answers["bleeding"]["answer"] == "no"
    assert yes_first(answers)[0][0] == BY_CODE["immune"]
    assert facts_in(answers) == {"immunosuppressed"}
