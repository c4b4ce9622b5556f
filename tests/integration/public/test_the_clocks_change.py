"""Clinics on both sides of the night on which the clocks change: the days and times that the public reads are right."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from clinics.models import Place
from tests.support.factories import make_session, make_team

pytestmark = pytest.mark.django_db
# The clocks go forward in the night to 28 March 2027, and back in the night to 31 October 2027.
NIGHTS = [
    (date(2027, 3, 27), date(2027, 3, 28), "27 March 2027", "28 March 2027", (10, 9)),
    (date(2027, 10, 30), date(2027, 10, 31), "30 October 2027", "31 October 2027", (9, 10)),
]


@pytest.mark.parametrize(("before", "after", "before_words", "after_words", "hours"), NIGHTS)
def test_the_list_and_the_pages_say_the_clock_on_the_wall_on_both_days(
    visitor, before, after, before_words, after_words, hours
):
    team = make_team()
    at = datetime(before.year, before.month, 1, 9, tzinfo=UTC)
    periods = ((time(10), time(12, 20), 1),)
    for day, slug in ((before, "before"), (after, "after")):
        session = make_session(
            team, date=day, slug=slug, periods=periods, at=at, drop_in_from=time(10), drop_in_until=time(16)
        )
        # The moment itself moves by an hour, the clock on the wall does not.
        first = Place.objects.filter(session=session).earliest("starts_at").starts_at
        assert first == datetime(day.year, day.month, day.day, hours[day == after], tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        text = visitor.goes("/clinics/").text
        assert text.count("Appointments in the morning and afternoon. Drop in 10am to 4pm, no booking.") == 2
        assert f"Saturday {before_words}" in text and f"Sunday {after_words}" in text
        for slug, words in (("before", f"Saturday {before_words}"), ("after", f"Sunday {after_words}")):
            visitor.goes(f"/clinics/{slug}/")
            assert words in visitor.text
            assert "Appointments 10am to 12:20pm" in visitor.text
            assert "Drop in without booking 10am to 4pm" in visitor.text


@pytest.mark.parametrize(("before", "after", "before_words", "after_words", "hours"), NIGHTS)
def test_a_clinic_ends_by_the_clock_on_the_wall_on_both_days(visitor, before, after, before_words, after_words, hours):
    team = make_team()
    at = datetime(before.year, before.month, 1, 9, tzinfo=UTC)
    for day, slug in ((before, "before"), (after, "after")):
        make_session(team, date=day, slug=slug, periods=((time(10), time(12), 1),), at=at)
    for day, slug in ((before, "before"), (after, "after")):
        noon = datetime(day.year, day.month, day.day, hours[day == after] + 2, tzinfo=UTC)
        with time_machine.travel(noon, tick=False):
            assert "This clinic is over" in visitor.goes(f"/clinics/{slug}/").text
        with time_machine.travel(noon - timedelta(minutes=1), tick=False):
            assert "This clinic is over" not in visitor.goes(f"/clinics/{slug}/").text


def test_after_4pm_is_after_4pm_in_summer_and_in_winter(visitor):
    team = make_team()
    at = datetime(2027, 10, 20, 9, tzinfo=UTC)
    # The Fridays before and after: 4pm is 3pm in UTC on the first of them.
    for day, slug in ((date(2027, 10, 29), "summer"), (date(2027, 11, 5), "winter")):
        make_session(team, date=day, slug=slug, name=slug, periods=((time(16), time(16, 30), 1),), at=at)
        make_session(team, date=day, slug=f"{slug}-2", name=f"{slug} early", periods=((time(15), time(16), 1),), at=at)
    with time_machine.travel(at, tick=False):
        visitor.goes("/clinics/?only=late")
        page = visitor.page.content.decode()
    for slug in ("summer", "winter"):
        assert f">{slug}</a>" in page and f">{slug} early</a>" not in page


def test_the_next_seven_days_are_counted_in_days_over_that_night(visitor):
    team = make_team()
    at = datetime(2027, 3, 22, 23, 30, tzinfo=UTC)
    make_session(team, date=date(2027, 3, 29), name="Seventh", at=at)
    make_session(team, date=date(2027, 3, 30), name="Eighth", at=at)
    with time_machine.travel(at, tick=False):
        visitor.goes("/clinics/?only=week")
    assert ">Seventh</a>" in visitor.page.content.decode() and ">Eighth</a>" not in visitor.page.content.decode()


def test_what_is_needed_is_judged_by_the_day_it_is_in_england(visitor):
    # Half past midnight in England is still the day before by UTC.
    with time_machine.travel(datetime(2027, 6, 9, 23, 30, tzinfo=UTC), tick=False):
        visitor.answers(
            "/what-is-needed/", date_of_birth_day="10", date_of_birth_month="6", date_of_birth_year="2026", lines="1"
        )
    assert "MMRV: May be due now This would be dose 1. The usual day for it was 10 June 2027." in visitor.text
