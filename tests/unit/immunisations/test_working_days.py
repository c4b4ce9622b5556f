"""Working days leave out weekends and England's bank holidays; the days are those that gov.uk lists for these years."""

from datetime import date

import pytest

from immunisations.working_days import bank_holidays, easter_sunday, is_working_day, working_days_after

pytestmark = pytest.mark.once

LISTED = {
    # Christmas Day on a Saturday, on a Sunday, on a Friday; New Year's Day on a Saturday, on a Sunday.
    2021: "2021-01-01 2021-04-02 2021-04-05 2021-05-03 2021-05-31 2021-08-30 2021-12-27 2021-12-28",
    2016: "2016-01-01 2016-03-25 2016-03-28 2016-05-02 2016-05-30 2016-08-29 2016-12-26 2016-12-27",
    2026: "2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28",
    2017: "2017-01-02 2017-04-14 2017-04-17 2017-05-01 2017-05-29 2017-08-28 2017-12-25 2017-12-26",
    2028: "2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26",
}


@pytest.mark.parametrize("year", LISTED)
def test_the_bank_holidays_of_a_year_are_those_that_are_listed(year):
    listed = {date.fromisoformat(day) for day in LISTED[year].split()}
    assert {day for day in bank_holidays(year) if day.weekday() < 5} == listed


@pytest.mark.parametrize("sunday", ["2008-03-23", "2011-04-24", "2038-04-25", "2049-04-18", "2076-04-19", "2285-03-22"])
def test_easter_is_right_at_its_earliest_and_latest(sunday):
    assert easter_sunday(int(sunday[:4])) == date.fromisoformat(sunday)


def test_working_days_leave_out_easter_and_christmas():
    assert not is_working_day(date(2026, 4, 3)) and is_working_day(date(2026, 4, 7))
    assert working_days_after(date(2026, 4, 2), 2) == date(2026, 4, 8)
    assert working_days_after(date(2026, 12, 24), 1) == date(2026, 12, 29)
    assert working_days_after(date(2026, 12, 31), 1) == date(2027, 1, 4)
