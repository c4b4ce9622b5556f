"""The rules: whole, signed for, and none without a case that would notice if it were changed."""

import datetime
import re
from dataclasses import replace

import pytest

from immunisations.schedule import FACTS, TEMPLATES, Dose, ScheduleError, forecast, rule, rules, say
from immunisations.schedule.dates import Span
from immunisations.schedule.engine import Schedule
from immunisations.schedule.person import Verdict, too_young
from immunisations.schedule.rulebook import RuleBook

from . import test_duplicates
from .test_cases import expected, options, read_cases, read_dose
from .test_plans import is_as_planned, read_plans

BOOK = RuleBook.read()
LENGTH = re.compile(r"(\d+) (day|week|month|year)")
CASES = [(parameter.id.split(":")[0], *parameter.values) for parameter in read_cases()]
PLANS = [parameter.values[0] for parameter in read_plans()]


def test_every_rule_has_an_id_a_sentence_and_a_source():
    for entry in rules():
        assert re.fullmatch(r"[a-z0-9-]+", entry.id)
        assert entry.text.endswith(".")
        assert entry.source
        assert entry.applies_by in {"visit", "birth"}
        assert entry.begins < entry.ends
        assert rule(entry.id) is entry


def test_a_rule_written_twice_is_refused(tmp_path):
    entry = '[[rule]]\nid = "a"\ntext = "One – two."\nsource = "b"\n'
    (tmp_path / "one.toml").write_text(entry, encoding="utf-8")
    (read,) = RuleBook.read(tmp_path)
    assert (read.subject, read.text, len(RuleBook.read(tmp_path))) == ("one", "One – two.", 1)
    (tmp_path / "two.toml").write_text(entry, encoding="utf-8")
    with pytest.raises(ValueError, match="the rule a is written twice"):
        RuleBook.read(tmp_path)


def test_a_question_that_cannot_be_answered_says_why():
    with pytest.raises(ScheduleError) as refused:
        forecast(datetime.date(2020, 1, 1), [Dose("MMR", "2021")] * 21, datetime.date(2026, 1, 1))
    assert str(refused.value) == refused.value.message == "At most 20 doses can be read at once."
    assert (refused.value.code, refused.value.params) == ("too_many_doses", {"most": 20})


BORN, ASKED = datetime.date(2025, 2, 28), datetime.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("dose", "on", "facts", "options", "sentence"),
    [
        (None, "2025-02-27", [], [], "The day asked about is before the date of birth."),
        (None, "9001-01-01", [], [], "The year 9001 is too far away."),
        ("MMR 2025-02-27", "2026-11-21", [], [], "The MMR dose of 2025-02-27 is before the date of birth."),
        ("MMR 2026-12", "2026-11-21", [], [], "The MMR dose of 2026-12 is after the day asked about."),
        (
            "MUMPS 2026-01-01", "2026-11-21", [], [],
            "'MUMPS' is not a vaccine this schedule knows. It knows MMR, MMRV, 6IN1, 5IN1, 4IN1, 3IN1, MENB,"
            " PNEUMOCOCCAL, ROTAVIRUS, HPV, MENACWY, HIBMENC, VARICELLA, YELLOWFEVER.",
        ),
        (
            None, "2026-11-21", ["tall"], [],
            f"'tall' is not a fact this schedule knows. It knows {', '.join(sorted(FACTS))}.",
        ),
        (
            None, "2026-11-21", [], ["tall"],
            "'tall' is not an option of this schedule. It has no-early-second-advice.",
        ),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_says_what_is_wrong_with_it(dose, on, facts, options, sentence):
    doses = [Dose(*dose.split())] if dose else []
    with pytest.raises(ScheduleError) as refused:
        forecast(BORN, doses, datetime.date.fromisoformat(on), facts, options=options)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ((BORN, [], datetime.date(2025, 2, 27)), "asked_before_birth"),
        ((BORN, [], datetime.date(9001, 1, 1)), "bad_date"),
        ((BORN, [Dose("MMR", "2026-02-30")], ASKED), "bad_date"),
        ((BORN, [Dose("MMR", "9001")], ASKED), "bad_date"),
        ((BORN, [Dose("MMR", "soon")], ASKED), "bad_date"),
        ((BORN, [Dose("MMR", "2025-02-27")], ASKED), "before_birth"),
        ((BORN, [Dose("MMR", "2025-01")], ASKED), "before_birth"),
        ((BORN, [Dose("MMR", "2026-11-22")], ASKED), "after_day_asked"),
        ((BORN, [Dose("OTHER", "2026-01-01")], ASKED), "unknown_vaccine"),
        ((BORN, [], ASKED, {"tall"}), "unknown_fact"),
    ],
)
def test_each_refusal_has_its_code(asked, code):
    with pytest.raises(ScheduleError) as refused:
        forecast(*asked)
    assert refused.value.code == code


def test_a_dose_in_the_month_of_birth_and_on_the_days_of_birth_and_of_asking_can_be_read():
    doses = [Dose("MMR", "2025-02"), Dose("MMRV", "2025-02-28"), Dose("MMR", "2026-11-21"), Dose("MMR", "2026-11")]
    # the month of birth is one day here, and the two of that day are one
    assert len(forecast(BORN, doses, ASKED)[0].doses) == 3


@pytest.mark.parametrize(
    ("age", "code", "said"),
    [
        ("6 weeks", "before_weeks", {"weeks": 6}),
        ("15 months", "before_months", {"months": 15}),
        ("23 months", "before_months", {"months": 23}),
        ("25 months", "before_years_months", {"years": 2, "months": 1}),
        ("3 years 4 months", "before_years_months", {"years": 3, "months": 4}),
        ("12 months", "before_birthday_1", {}),
        ("3 years", "before_birthday_3", {}),
        ("10 years", "before_birthday_10", {}),
        ("5 years", "before_birthday", {"years": 5}),
    ],
)
def test_every_age_below_which_a_dose_may_not_count_can_be_said(age, code, said):
    verdict = too_young(BOOK["overdue"], Span.parse(age), 2)
    assert verdict == Verdict(False, "overdue", code, {"days": 2, **said})
    assert "{" not in say(verdict.code, verdict.params)


def test_the_last_year_that_can_be_asked_about_is_9000():
    results = forecast(BORN, [Dose("MMR", "9000-12-31"), Dose("MMRV", "9000")], datetime.date(9000, 12, 31))
    assert {result.series for result in results} >= {"MEASLES", "HPV"}


def test_too_many_half_known_doses_are_a_question_for_a_nurse():
    doses = [Dose(("6IN1", "4IN1", "3IN1")[n % 3], str(2024 + n % 2)) for n in range(20)]
    results = {result.series: result for result in forecast(datetime.date(2008, 2, 10), doses, ASKED)}
    booster = results["3IN1"]
    assert (booster.status, booster.rule, booster.code, dict(booster.params)) == (
        "ask", "unclear-date", "ask_dates_too_many", {},
    )  # fmt: skip
    assert booster.due_on is booster.earliest_on is booster.possible_from is None
    assert {(verdict.vaccine, verdict.counts, verdict.code) for verdict in booster.doses} == {
        ("3IN1", None, "date_decides")
    }


def test_every_fact_has_its_rule():
    assert {entry.params["fact"] for entry in rules() if "fact" in entry.params} == FACTS


def test_every_template_can_be_said():
    values = dict.fromkeys(["dose", "doses", "days", "needs", "weeks", "months", "years", "counted"], 1)
    names = ("from_on", "due_on", "before_on", "until_on", "first_on", "second_on")
    days = dict.fromkeys(names, "2026-11-21")
    for code in TEMPLATES:
        for number in (1, 2):
            assert "{" not in say(code, {**values, **days, "days": number, "facts": ["pregnant"]})


def test_an_unknown_rule_is_none():
    with pytest.raises(KeyError):
        rule("no-such-rule")


def changes():
    """Each rule with each of its numbers, lists and dates in force a little different."""
    for entry in BOOK:
        for name, value in entry.params.items():
            for index, changed in enumerate(changed_values(value)):
                yield pytest.param(
                    replace(entry, params={**entry.params, name: changed}), id=f"{entry.id}: {name} {index}"
                )
        for name in ("in_force_from", "in_force_to"):
            day = getattr(entry, name)
            if day and entry.id not in NOT_READ:
                for step in (-1, 1):
                    changed = replace(entry, **{name: day + datetime.timedelta(step)})
                    yield pytest.param(changed, id=f"{entry.id}: {name} {step:+}")


# Where two rules share an edge only one of them is read; the other end is said for the reader.
NOT_READ = frozenset(
    {
        "measles-dose-2-at-3-years-4-months",
        "6in1-hib-booster",
        "menb-dose-2-before-july-2025",
        "pcv-dose-1-before-july-2025",
    }
)


def changed_values(value):
    if isinstance(value, str):
        if LENGTH.match(value):
            # the last number of "3 years 4 months" and the like, one more and one less
            for step in (1, -1):
                yield re.sub(r"\d+(?=\D*$)", lambda found, step=step: str(int(found[0]) + step), value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        if value > 1:
            yield value - 1
    elif isinstance(value, datetime.date):
        yield value + datetime.timedelta(1)
        yield value - datetime.timedelta(1)
    elif isinstance(value, list) and value and LENGTH.match(value[0]):
        for index, part in enumerate(value):
            for changed in changed_values(part):
                yield [*value[:index], changed, *value[index + 1 :]]
    elif isinstance(value, list):
        for index in range(len(value)):
            yield value[:index] + value[index + 1 :]


def passes(schedule, series, case):
    doses = [read_dose(text) for text in case.get("doses", [])]
    results = schedule.forecast(
        case["born"], doses, case["on"], frozenset(case.get("facts", [])), options=options(case)
    )
    result = next(result for result in results if result.series == series)
    if any(getattr(result, name) != expected(value) for name, value in case["expect"].items()):
        return False
    counts = [verdict.counts for verdict in result.doses]
    if "counts" in case and counts != [expected(value) for value in case["counts"]]:
        return False
    return "reasons" not in case or [verdict.reason for verdict in result.doses] == case["reasons"]


def noticed_by_a_case(schedule, subject):
    # the cases of the rule's own subject first, since one that fails is enough
    cases = sorted(CASES, key=lambda case: case[0] != subject)
    return (
        not all(passes(schedule, series, case) for _subject, series, case in cases)
        or not test_duplicates.holds(schedule)
        or not all(is_as_planned(schedule, case) for case in PLANS)
    )


def test_the_rules_as_they_are_fail_no_case():
    assert not noticed_by_a_case(Schedule(BOOK), "")


@pytest.mark.parametrize("changed", list(changes()))
def test_a_changed_rule_fails_a_case(changed):
    try:
        noticed = noticed_by_a_case(Schedule(BOOK.with_rule(changed)), changed.subject)
    except (ValueError, IndexError):
        noticed = True  # a rule that makes no sense is noticed, too
    assert noticed, f"no case depends on {changed.id}: {changed.params}"


def test_the_forecast_uses_the_rules_of_the_files():
    assert forecast(datetime.date(2020, 1, 1), [Dose("MMR", "2021-01-01")], datetime.date(2026, 1, 1))[0].rule in {
        entry.id for entry in BOOK
    }
