"""What is kept of a series says on every later day what the forecast of that day says."""

import dataclasses
import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immunisations.schedule import VACCINES, Dose, ScheduleError, forecast
from immunisations.schedule.rulebook import RuleBook
from immunisations.schedule.standing import standing, version_of

DAY = datetime.timedelta(days=1)
# Births around which rules change, and ages in days near which something does.
EDGES = [datetime.date.fromisoformat(text) for text in (
    "1969-12-31", "1970-01-01", "2006-08-31", "2006-09-01", "2016-02-29", "2019-12-31", "2020-01-01", "2020-02-29",
    "2022-08-31", "2022-09-01", "2024-02-29", "2024-06-30", "2024-07-01", "2024-08-31", "2024-12-31", "2025-01-01",
)]  # fmt: skip
AGES = [0, 35, 42, 56, 84, 104, 112, 167, 183, 274, 365, 456, 548, 640, 730, 1095, 1217, 3287, 3652, 4383, 5113, 9131]
births = st.sampled_from(EDGES) | st.dates(datetime.date(1960, 1, 1), datetime.date(2026, 6, 1))
ages = st.builds(lambda age, more: max(0, age + more), st.sampled_from(AGES), st.integers(-4, 4)) | st.integers(0, 9500)
gaps = st.sampled_from([0, 1, 20, 21, 27, 28, 29, 60, 90, 92, 365, 366, 1826, 1827])
sexes = st.sampled_from(["", "female", "male", "other"])


@st.composite
def records(draw, vaccines=tuple(VACCINES), most=7):
    """(date of birth, whole-date doses, several days from the last dose on)."""
    born = draw(births)
    days = []
    for _ in range(draw(st.integers(0, most))):
        if days and draw(st.booleans()):
            days.append(draw(st.sampled_from(days)) + draw(gaps))
        else:
            days.append(draw(ages))
    doses = [Dose(draw(st.sampled_from(vaccines)), (born + day * DAY).isoformat()) for day in days]
    last = max(days, default=0)
    later = draw(st.lists(ages | gaps.map(lambda gap: last + gap), min_size=1, max_size=4))
    return born, doses, [born + max(last, day) * DAY for day in later]


def near(*days):
    """The days, the one before and the one after each."""
    return [day + step for day in days if day for step in (-DAY, 0 * DAY, DAY)]


def facts_of(sex):
    return frozenset({sex} & {"male", "female"})


def check_agrees(born, doses, days, sex):
    kept = standing(born, doses, sex)
    last = max([born, *(datetime.date.fromisoformat(dose.given_on) for dose in doses)])
    edges = [near(row.due_on, row.due_on and row.due_on + 28 * DAY, row.closes_on, row.possible_from) for row in kept]
    for day in {*days, *(edge for each in edges for edge in each)}:
        if day < last or day.year > 2150:
            continue
        for row, then in zip(kept, forecast(born, doses, day, facts_of(sex)), strict=True):
            assert row.series == then.series
            assert row.status_on(day) == then.status, (row, then)
            assert row.counted == then.counted
            assert not row.uncertain
            if then.next_dose is None:
                continue
            assert row.next_dose == then.next_dose
            assert row.vaccine in ("", then.vaccine)
            # Under ten, the teenage booster is forecast for the age of those who lack no other dose.
            if row.series != "3IN1" or then.status != "not_yet":
                assert row.due_on == then.due_on
            # On the very day of a chickenpox vaccine a measles vaccine may be given too.
            if then.earliest_on and (day > last or "VARICELLA" not in {dose.vaccine for dose in doses}):
                assert max(row.possible_from, day) == then.earliest_on, (row, then)


@settings(max_examples=500, deadline=None)
@given(records(), sexes)
def test_the_status_read_from_what_is_kept_is_that_of_the_forecast_on_every_day(record, sex):
    check_agrees(*record, sex)


@settings(max_examples=300, deadline=None)
@given(records(vaccines=("6IN1", "4IN1", "3IN1", "HIBMENC")), sexes)
def test_the_same_holds_of_long_courses_against_diphtheria_tetanus_and_polio(record, sex):
    check_agrees(*record, sex)


@settings(max_examples=300, deadline=None)
@given(records(vaccines=("MMR", "MMRV", "VARICELLA", "YELLOWFEVER")), sexes)
def test_the_same_holds_of_measles_and_other_live_vaccines(record, sex):
    check_agrees(*record, sex)


@st.composite
def half_known(draw):
    """(date of birth, doses of which some are known to the month or year, days from when all are over)."""
    born = draw(st.sampled_from(EDGES[4:]) | st.dates(datetime.date(2010, 1, 1), datetime.date(2025, 1, 1)))
    doses = []
    for _ in range(draw(st.integers(1, 3))):
        day = born + draw(ages) * DAY
        length = draw(st.sampled_from([4, 7, 10]))
        vaccine = draw(st.sampled_from(["MMR", "MMRV", "6IN1", "4IN1", "3IN1", "MENB", "HIBMENC", "VARICELLA"]))
        doses.append(Dose(vaccine, day.isoformat()[:length]))
    over = datetime.date(max(int(dose.given_on[:4]) for dose in doses) + 1, 1, 1)
    return born, doses, [over + draw(ages) * DAY for _ in range(2)]


@settings(max_examples=300, deadline=None)
@given(half_known())
def test_a_half_known_date_is_kept_as_carefully_as_it_is_forecast(record):
    born, doses, days = record
    kept = standing(born, doses)
    for day in days:
        for row, then in zip(kept, forecast(born, doses, day), strict=True):
            said = row.status_on(day)
            if not row.uncertain and "ask" not in (said, then.status):
                assert {said, then.status} <= {"due", "overdue"} or said == then.status, (row, then)
            if then.next_dose is not None:
                assert row.counted == then.counted


@settings(max_examples=100, deadline=None)
@given(records(), st.randoms())
def test_the_order_in_which_doses_were_entered_makes_no_difference(record, random):
    born, doses, _days = record
    shuffled = list(doses)
    random.shuffle(shuffled)
    assert standing(born, doses) == standing(born, shuffled)


def of(series, born, *doses, sex=""):
    pairs = [Dose(*dose.split(":")) for dose in doses]
    return next(row for row in standing(datetime.date.fromisoformat(born), pairs, sex) if row.series == series)


def test_dates_are_not_raised_to_any_day():
    row = of("MEASLES", "2018-03-27", "MMR:2019-04-02")
    assert (row.counted, row.next_dose) == (1, 2)
    assert row.due_on == datetime.date(2021, 7, 27)
    assert row.possible_from == datetime.date(2019, 7, 2)
    assert row.vaccine == "MMR"


def test_a_vaccine_that_depends_on_the_day_of_the_visit_is_left_open():
    # Born from 2020: MMR at visits in 2025, MMRV from 2026.
    assert of("MEASLES", "2020-05-01", "MMR:2021-05-01").vaccine == ""
    assert of("MEASLES", "2025-05-01").vaccine == "MMRV"


def test_what_becomes_of_a_series_that_is_not_finished_in_time_is_kept_beside_its_dates():
    pneumococcal = of("PNEUMOCOCCAL", "2024-01-10")
    assert (pneumococcal.closes_on, pneumococcal.closes_as) == (datetime.date(2026, 1, 10), "too_old")
    # A fourth 6-in-1 is for Hib, and not needed from the tenth birthday.
    six = of("6IN1", "2019-01-10", "6IN1:2019-03-10", "6IN1:2019-04-10", "6IN1:2019-05-10")
    assert (six.next_dose, six.closes_on, six.closes_as) == (4, datetime.date(2029, 1, 10), "complete")


def test_a_teenage_booster_is_kept_with_the_day_on_which_it_will_be_due_if_nothing_else_is_given():
    row = of("3IN1", "2019-01-10")
    assert (row.due_on, row.status_on(datetime.date(2028, 12, 31))) == (datetime.date(2029, 1, 10), "not_yet")
    assert row.status_on(datetime.date(2029, 1, 10)) == "due"


def test_a_nurse_decides_about_those_born_before_1970_and_where_the_sex_matters_and_is_not_known():
    day = datetime.date(2026, 11, 21)
    assert of("MEASLES", "1969-12-31").status_on(day) == "ask"
    assert of("MEASLES", "1970-01-01").status_on(day) == "overdue"
    assert of("HPV", "2004-01-10").status_on(day) == "ask"
    assert of("HPV", "2004-01-10", sex="male").status_on(day) == "not_needed"
    assert of("HPV", "2004-01-10", sex="female").status_on(day) == "overdue"


def test_a_year_that_leaves_open_whether_a_dose_counts_is_kept_as_uncertain_with_the_fewest_doses():
    row = of("MEASLES", "2023-03-27", "MMR:2024")
    assert (row.counted, row.uncertain, row.last_given_on) == (0, True, datetime.date(2024, 12, 31))
    assert row.status_on(datetime.date(2026, 11, 21)) == "ask"
    assert not of("MEASLES", "2023-03-27", "MMR:2024-04").uncertain


SIX = ("6IN1:2018-03-07", "6IN1:2018-04-04", "6IN1:2018-05-02")


@pytest.mark.parametrize(
    ("series", "born", "doses", "last_given_on"),
    [
        ("MEASLES", "2018-03-27", ["MMR:2019-04-02", "VARICELLA:2019-06-01"], "2019-04-02"),
        ("MEASLES", "2018-03-27", ["MMR:2019-04-02", "MMR:2021-08-01"], "2021-08-01"),
        # counting or not
        ("MEASLES", "2018-03-27", ["MMR:2019-04-02", "MMR:2019-04-10"], "2019-04-10"),
        ("MEASLES", "2018-03-27", ["MMR:2018-03-27"], "2018-03-27"),
        ("MEASLES", "2018-03-27", ["MMR:2019-04", "MMR:2019-04-10"], "2019-04-30"),
        # a 6-in-1 is one of the 4-in-1 course only where it serves as the booster
        ("4IN1", "2018-01-10", SIX, None),
        ("4IN1", "2018-01-10", [*SIX, "6IN1:2021-06-10"], "2021-06-10"),
        ("4IN1", "2018-01-10", [*SIX, "6IN1:2021-06"], "2021-06-30"),
        ("4IN1", "2018-01-10", [*SIX, "6IN1:2018-07"], None),
        ("3IN1", "2005-01-10", ["6IN1:2005-03-10", "3IN1:2016-02-01", "6IN1:2016-05-01"], "2016-02-01"),
    ],
)
def test_the_last_day_of_a_dose_of_the_series_is_kept(series, born, doses, last_given_on):
    row = of(series, born, *doses)
    assert row.last_given_on == (last_given_on and datetime.date.fromisoformat(last_given_on))


@pytest.mark.parametrize(
    ("doses", "possible_from"),
    [
        # before the first birthday in any case
        (["VARICELLA:2024-02-01"], "2025-01-10"),
        (["VARICELLA:2026-05-25"], "2026-06-22"),
        (["YELLOWFEVER:2026-05-25", "VARICELLA:2026-05-01"], "2026-06-22"),
        (["VARICELLA:2026-05"], "2026-06-28"),
        (["MMR:2026-05-25", "VARICELLA:2026-06-20"], "2026-07-18"),
        (["MMR:2026-05-25", "VARICELLA:2026-04-20"], "2026-06-22"),
    ],
)
def test_the_day_from_which_measles_vaccine_is_possible_is_kept_after_other_live_vaccines(doses, possible_from):
    assert of("MEASLES", "2024-01-10", *doses).possible_from == datetime.date.fromisoformat(possible_from)


def test_dates_that_a_half_known_day_leaves_open_are_kept_at_their_latest():
    row = of("MEASLES", "2023-03-27", "MMR:2025-06")
    assert not row.uncertain
    assert (row.due_on, row.possible_from) == (datetime.date(2025, 7, 28), datetime.date(2025, 7, 28))
    row = of("MEASLES", "2023-03-27", "MMR:2024-12")
    assert (row.due_on, row.possible_from) == (datetime.date(2026, 7, 27), datetime.date(2025, 1, 28))
    assert row.vaccine == "MMRV"


def test_what_a_half_known_day_leaves_open_is_kept_as_the_careful_reading():
    hpv = of("HPV", "2010-06-10", "HPV:2019")
    assert (hpv.state, hpv.counted, hpv.next_dose, hpv.vaccine, hpv.uncertain) == ("open", 0, 1, "HPV", True)
    # which vaccine the booster is depends on whether Hib/MenC was given from the first birthday
    booster = of("4IN1", "2018-01-10", *SIX, "HIBMENC:2019-01")
    assert (booster.vaccine, booster.uncertain) == ("", False)
    assert of("4IN1", "2018-01-10", *SIX, "HIBMENC:2019-02").vaccine == "4IN1"
    hib = of("6IN1", "2018-01-10", *SIX, "HIBMENC:2019-01")
    assert (hib.state, hib.next_dose, hib.uncertain) == ("open", 4, True)


def test_a_series_that_is_finished_holds_nothing_of_a_next_dose():
    row = of("MEASLES", "2018-03-27", "MMR:2019-04-02", "MMR:2021-08-01")
    assert row == (
        "MEASLES", "complete", 2, None, "", None, None, None, "", False, False, datetime.date(2021, 8, 1)
    )  # fmt: skip
    assert of("HPV", "2004-01-10", sex="male").state == "not_needed"


def test_more_half_known_days_than_can_be_followed_are_kept_as_uncertain_without_dates():
    row = of("3IN1", "2008-02-10", *(f"{('6IN1', '4IN1', '3IN1')[n % 3]}:{2024 + n % 2}" for n in range(20)))
    assert (row.state, row.counted, row.next_dose, row.uncertain) == ("open", 0, 1, True)
    assert (row.due_on, row.possible_from, row.last_given_on) == (None, None, datetime.date(2025, 12, 31))
    assert row.status_on(datetime.date(2031, 1, 1)) == "ask"


def test_what_no_series_reads_and_doses_before_birth_are_passed_over():
    born = datetime.date(2023, 3, 27)
    passed_over = [Dose("OTHER", "2024-03-27"), Dose("MMR", "2023-03-26")]
    assert standing(born, passed_over) == standing(born, [])
    assert standing(born, [*passed_over, Dose("MMR", "2024-03-27")]) == standing(born, [Dose("MMR", "2024-03-27")])


def test_more_doses_than_a_forecast_reads_at_once_are_read():
    born = datetime.date(2020, 3, 27)
    doses = [Dose("6IN1", (born + (60 + 30 * number) * DAY).isoformat()) for number in range(30)]
    assert next(row for row in standing(born, doses) if row.series == "6IN1").state == "complete"


def test_a_rule_that_is_changed_gives_the_rules_another_name_and_one_that_is_reworded_does_not():
    book = RuleBook.read()
    rule = book["measles-gap"]
    assert version_of(book) == version_of(book.with_rule(dataclasses.replace(rule, text="Said in other words.")))
    assert version_of(book) != version_of(book.with_rule(dataclasses.replace(rule, params={"gap": "27 days"})))
    for name in ("in_force_from", "in_force_to"):
        assert version_of(book) != version_of(
            book.with_rule(dataclasses.replace(rule, **{name: datetime.date(2026, 1, 1)}))
        )


@pytest.mark.parametrize("text", ["", "2019-13-01", "yesterday"])
def test_a_date_that_is_none_is_refused(text):
    with pytest.raises(ScheduleError):
        standing(datetime.date(2019, 1, 1), [Dose("MMR", text)])
