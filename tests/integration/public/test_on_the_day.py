"""How late a clinic runs, the card for the desk, the code, and the calendar when a time moves over a clock change."""

import re
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
import time_machine

from accounts.models import Role
from bookings.actions import change_appointments
from bookings.arrivals import arrive_appointments
from bookings.messages import link_to
from bookings.qr import qr_svg
from bookings.queries.delay import minutes_behind
from bookings.scans import scanned
from immunisations.actions import start_visit
from tests.integration.clinic_day.conftest import signed_in
from tests.support.factories import MORNING, NOW, book, child, contact, make_session, make_team, make_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def opens(visitor, made):
    return visitor.goes(f"/booking/m/{made.link_token}/")


@pytest.fixture
def session():
    return make_session(periods=[(time(9), time(12), 1)])


def seen(session, nurse, delays):
    """People booked from 9am on, who were on time, and whom the nurse saw as many minutes late."""
    for number, delay in enumerate(delays):
        starts_at = MORNING + number * 10 * MINUTE
        made = book(session, child(f"Child{number}"), starts_at=starts_at)
        appointment = made.booking.appointments.get()
        arrive_appointments(session=session, appointments=[appointment], by=nurse, at=starts_at)
        if delay is not None:
            appointment.refresh_from_db()
            start_visit(visit=appointment.visit, by=nurse, at=starts_at + delay * MINUTE)


def test_a_family_sees_how_late_the_clinic_runs_by_those_seen_lately(visitor, session):
    nurse = make_user(session.team, Role.VACCINATOR)
    mine = book(session, child("Amina"), starts_at=MORNING + timedelta(hours=1))
    with time_machine.travel(MORNING + 35 * MINUTE, tick=False):
        seen(session, nurse, [14, 15])
        # Two are too few: that would tell of them, and not of the clinic.
        assert "minutes late" not in opens(visitor, mine).text
    with time_machine.travel(MORNING + 38 * MINUTE, tick=False):
        made = book(session, child("Third"), starts_at=MORNING + 20 * MINUTE, at=NOW)
        appointment = made.booking.appointments.get()
        arrive_appointments(session=session, appointments=[appointment], by=nurse, at=MORNING + 15 * MINUTE)
        # The third waits since 9:20am, and nobody has seen her yet.
        assert "They are running about 15 minutes late." in opens(visitor, mine).text
    assert minutes_behind(session, at=MORNING + timedelta(days=1)) is None


def test_a_clinic_on_time_is_not_said_to_be_late(session):
    seen(session, make_user(session.team, Role.VACCINATOR), [0, 3, 7, 4])
    assert minutes_behind(session, at=MORNING + 40 * MINUTE) is None


def test_somebody_who_came_late_does_not_make_the_clinic_late(session):
    nurse = make_user(session.team, Role.VACCINATOR)
    for number in range(3):
        appointment = book(session, child(f"Late{number}"), starts_at=MORNING + number * 10 * MINUTE).booking
        one = appointment.appointments.get()
        arrive_appointments(session=session, appointments=[one], by=nurse, at=MORNING + 50 * MINUTE)
        one.refresh_from_db()
        start_visit(visit=one.visit, by=nurse, at=MORNING + 52 * MINUTE)
    assert minutes_behind(session, at=MORNING + 55 * MINUTE) is None


def test_the_card_says_which_language_and_asks_for_the_interpreter_with_the_english_beneath(visitor, session):
    made = book(session, child(), child("Bilal"), contact=contact(spoken_language="Polish", interpreter_needed=True))
    opens(visitor, made)
    visitor.goes("/booking/card/")
    assert "I speak Polish." in visitor.text and "We have an appointment for 2 people." in visitor.text
    assert "Please call the interpreter." in visitor.text
    assert visitor.text.count("I speak Polish.") == 1
    page = visitor.page.content.decode()
    assert page.count('class="app-picture"') == 5 and "app-qr" in page
    visitor.goes("/ur/booking/card/")
    page = visitor.page.content.decode()
    assert '<p class="app-card__english" lang="en" dir="ltr">I speak Polish.</p>' in page and "polski" in page
    assert '<p class="app-card__english" lang="en" dir="ltr">Please call the interpreter.</p>' in page
    first = page.split('<ul class="nhsuk-list">')[1].split("</li>")[0]
    assert first.count("،") >= 2 and "," not in first, "the comma of its script"


def test_a_card_for_whoever_speaks_english_asks_for_no_interpreter(visitor, session):
    opens(visitor, book(session, child()))
    assert "call the interpreter" not in visitor.goes("/booking/card/").text
    assert "I speak" not in visitor.text


def test_the_code_on_the_page_is_what_the_desk_scans_and_all_of_the_family_arrive_by_one_press(visitor, session):
    made = book(session, child(), child("Bilal"), starts_at=MORNING + 60 * MINUTE)
    link = link_to(made.booking)
    opens(visitor, made)
    assert str(qr_svg(link, label="QR code of your booking")) in visitor.page.content.decode()
    assert scanned(link, session.team) == made.booking
    with time_machine.travel(MORNING, tick=False):
        desk = signed_in(make_user(session.team, Role.DESK))
        day = f"/clinic-day/{session.public_id}/"
        found = desk.post(f"{day}search/", {"q": link}, follow=True).content.decode()
        both = re.findall(r'name="appointment"[^>]* value="([0-9a-f-]{36})"', found)
        family = {str(each.public_id) for each in made.booking.appointments.all()}
        assert family <= set(both)
        desk.post(f"{day}arrive/", {"appointment": sorted(family)})
    assert made.booking.appointments.filter(visit__isnull=False).count() == 2


# The clocks go forward in the night to Sunday 28 March 2027, and back in the night to Sunday 31 October 2027.
@pytest.mark.parametrize(
    ("before", "after", "utc_before", "utc_after"),
    [(date(2027, 3, 27), date(2027, 3, 28), 10, 9), (date(2027, 10, 30), date(2027, 10, 31), 9, 10)],
)
def test_a_change_over_the_night_of_a_clock_change_moves_the_entry_of_the_calendar(
    visitor, before, after, utc_before, utc_after
):
    team = make_team()
    at = datetime(before.year, before.month, 1, 9, tzinfo=UTC)
    hours = [(time(10), time(11), 1)]
    saturday = make_session(team, date=before, periods=hours, at=at)
    sunday = make_session(team, date=after, periods=hours, at=at)
    with time_machine.travel(at, tick=False):
        made = book(
            saturday, child(), starts_at=datetime(before.year, before.month, before.day, utc_before, tzinfo=UTC), at=at
        )
        opens(visitor, made)
        (first,) = icalendar.Calendar.from_ical(visitor.goes("/booking/calendar/").page.content).walk("VEVENT")
        change_appointments(
            booking=made.booking,
            appointments=list(made.booking.appointments.all()),
            session=sunday,
            starts_at=datetime(after.year, after.month, after.day, utc_after, tzinfo=UTC),
            by=None,
            source="test",
            at=at,
        )
        file = icalendar.Calendar.from_ical(visitor.goes("/booking/calendar/").page.content)
        (second,) = file.walk("VEVENT")
    assert first["uid"] == second["uid"] and int(second["sequence"]) == int(first["sequence"]) + 1
    for event, day, utc in ((first, before, utc_before), (second, after, utc_after)):
        start = event.decoded("dtstart")
        # Ten on the wall of the hall on both days, and the right moment.
        assert (start.date(), start.hour) == (day, 10) and start.astimezone(UTC).hour == utc
        assert event.decoded("dtend") - start == timedelta(minutes=10)
    assert file.walk("VTIMEZONE") and str(file["method"]) == "PUBLISH"


def test_the_cancelled_ones_alone_are_taken_out_of_the_calendar(visitor, session):
    made = book(session, child(), child("Bilal"))
    opens(visitor, made)
    amina = made.booking.appointments.get(position=1)
    visitor.answers(f"/booking/cancel/{amina.public_id}/", reason="time")
    assert "Take cancelled appointments out of your calendar" in visitor.text
    file = icalendar.Calendar.from_ical(visitor.goes("/booking/calendar/?cancelled=1").page.content)
    (event,) = file.walk("VEVENT")
    assert str(file["method"]) == "CANCEL" and str(event["uid"]).startswith(str(amina.public_id))
