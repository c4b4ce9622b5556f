"""Finding a booking again, cancelling, and the file for calendars."""

import re
from datetime import date, timedelta

import icalendar
import pytest
import time_machine

from accounts.models import Role
from bookings.actions import cancel_session, mark_did_not_attend
from bookings.models import Appointment, Booking, LookUpAttempts
from clinics.models import Place
from immunisations.models import Person, Visit
from messaging.models import Message
from tests.support.factories import MORNING, NOW, book, child, make_session, make_user

pytestmark = pytest.mark.django_db
NOT_FOUND = "We cannot find a booking with this reference and date of birth. Check both and try again"


@pytest.fixture
def session():
    return make_session(name="Evesham clinic")


@pytest.fixture
def made(session):
    return book(session, child(), child("Bilal", born=date(2021, 5, 6)), starts_at=MORNING + timedelta(hours=1))


def finds(visitor, reference, born="27 3 2023"):
    """Look a booking up."""
    day, month, year = born.split()
    return visitor.answers(
        "/booking/", reference=reference, date_of_birth_day=day, date_of_birth_month=month, date_of_birth_year=year
    )


def test_a_booking_is_found_by_its_reference_in_any_form_and_anybodys_date_of_birth(visitor, other_visitor, made):
    reference = made.booking.reference
    finds(visitor, f" {reference[:5].lower()}-{reference[5:].lower()} ")
    assert visitor.heading.endswith("Your booking")
    assert "Amina Khan Booked Saturday 21 November 2026, 10am" in visitor.text
    assert reference not in visitor.path
    finds(other_visitor, reference, born="6 5 2021")
    assert "Bilal Khan Booked Saturday 21 November 2026, 10:10am" in other_visitor.text


def test_an_auditor_finds_what_the_public_did_by_the_door_it_came_through(visitor, session, client):
    visitor.to_the_check("Amina", slug=session.slug).answers()
    finds(visitor, Booking.objects.get().reference)
    visitor.answers("/booking/cancel/")
    client.force_login(make_user(session.team, Role.ADMINISTRATOR))
    found = client.get("/admin/accounts/auditevent/?source=public").context["cl"].result_list
    assert {event.action for event in found} >= {"make_booking", "cancel_appointments"}


def test_a_wrong_pair_gets_the_same_words_whichever_half_is_wrong(visitor, other_visitor, made):
    wrong_date = finds(visitor, made.booking.reference, born="1 1 2020").text
    wrong_reference = finds(other_visitor, "2222222222").text
    assert NOT_FOUND in wrong_date and wrong_date == wrong_reference
    assert f'value="{made.booking.reference}"' in visitor.page.content.decode()


def test_a_reference_can_be_tried_with_5_wrong_dates_in_a_quarter_of_an_hour(visitor, other_visitor, made):
    reference = made.booking.reference
    for day in range(1, 6):
        assert finds(visitor, reference, born=f"{day} 1 2020").page.status_code == 422
    assert finds(visitor, reference).page.status_code == 429
    assert "Wait 15 minutes and try again" in visitor.text
    assert finds(other_visitor, reference).page.status_code == 429
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert finds(visitor, reference).page.status_code == 200
        assert visitor.path == "/booking/appointments/"


def test_one_address_cannot_try_many_references(visitor, made):
    for number in range(30):
        assert finds(visitor, f"22222222{number:02}").page.status_code == 422
    assert finds(visitor, made.booking.reference).page.status_code == 429


def test_the_counters_of_tries_name_nobody(visitor, made):
    finds(visitor, made.booking.reference, born="1 1 2020")
    rows = str(list(LookUpAttempts.objects.values_list("key", "count")))
    assert len(LookUpAttempts.objects.all()) == 2
    assert made.booking.reference not in rows and "127.0.0.1" not in rows


def test_one_appointment_is_cancelled_and_its_place_given_back(visitor, session, made):
    finds(visitor, made.booking.reference)
    amina = made.booking.appointments.get(position=1)
    visitor.goes(f"/booking/cancel/{amina.public_id}/")
    assert (
        visitor.heading == "Cancel this appointment?" and "Amina Khan" in visitor.text and "Bilal" not in visitor.text
    )
    assert Appointment.objects.filter(state="cancelled").count() == 0
    visitor.answers()
    assert "Appointment cancelled" in visitor.text
    assert "Amina Khan Cancelled" in visitor.text and "Bilal Khan Booked" in visitor.text
    assert Place.objects.filter(reservation__isnull=False).count() == 1
    assert Message.objects.filter(purpose="appointment_cancelled").count() == 2
    visitor.answers(f"/booking/cancel/{amina.public_id}/")
    assert "Amina Khan Cancelled" in visitor.text and "There is a problem" not in visitor.text
    assert Message.objects.filter(purpose="appointment_cancelled").count() == 2


def test_a_child_that_was_cancelled_comes_after_all_under_the_same_reference_and_is_asked_nothing_anew(
    visitor, session
):
    zed = child(
        "Zed",
        extra_time=True,
        support_needs="A longer appointment. Trouble hearing. Likes trains",
        nhs_number="9991234560",
        address="1 High Street",
        gp_registered="yes",
        gp_surgery="Merstow Green",
        wanted=("6IN1",),
    )
    made = book(session, child(), zed, starts_at=MORNING + timedelta(hours=1))
    finds(visitor, made.booking.reference)
    before = made.booking.appointments.get(position=2)
    visitor.answers(f"/booking/cancel/{before.public_id}/")
    assert "Book another time" in visitor.text
    visitor.answers("/booking/add/", again=str(before.public_id))
    assert visitor.heading == "What time do you want to come?" and "For Zed" in visitor.text
    visitor.answers(starts_at=visitor.times[0])
    assert "Name Zed Khan" in visitor.text
    assert "Extra help A longer appointment. Trouble hearing. Likes trains" in visitor.text
    visitor.answers()
    assert "Zed has an appointment" in visitor.text and "Book another time" not in visitor.text
    after = made.booking.appointments.get(position=3)
    fields = [each.attname for each in Appointment._meta.concrete_fields]
    changed = {name for name in fields if getattr(after, name) != getattr(before, name)}
    assert changed == {"id", "public_id", "position", "reservation_id"}, "the time beside his sister is free again"
    assert (after.state, after.minutes) == ("booked", 20)
    # Pressed once more, or for somebody who comes anyway, it adds nobody.
    amina = made.booking.appointments.get(position=1)
    for appointment in (before, amina):
        visitor.answers("/booking/add/", again=str(appointment.public_id))
        assert visitor.path == "/booking/appointments/"


def test_all_are_cancelled_at_once(visitor, made):
    finds(visitor, made.booking.reference)
    visitor.goes("/booking/cancel/")
    assert visitor.heading == "Cancel these appointments?"
    visitor.answers()
    assert "Appointments cancelled" in visitor.text
    assert set(Appointment.objects.values_list("state", flat=True)) == {"cancelled"}
    assert visitor.goes("/booking/cancel/").path == "/booking/appointments/"
    assert "Cancel all" not in visitor.text and "Book another time" in visitor.text


def test_the_page_says_truly_what_became_of_each(visitor, session, made):
    finds(visitor, made.booking.reference)
    amina, bilal = made.booking.appointments.order_by("position")
    with time_machine.travel(MORNING + timedelta(hours=5), tick=False):
        finds(visitor, made.booking.reference)
        assert visitor.text.count("In the past") == 2 and "Cancel" not in visitor.text
        mark_did_not_attend(appointments=[bilal], by=None, source="test", at=MORNING + timedelta(hours=5))
        person = Person.objects.create(
            team=session.team, first_name="Amina", last_name="Khan", date_of_birth="2023-03-27", created_at=NOW
        )
        amina.person = person
        amina.visit = Visit.objects.create(person=person, session=session, how="booked", arrived_at=MORNING)
        amina.save()
        visitor.goes("/booking/appointments/")
        assert "Amina Khan Came to the clinic" in visitor.text
        assert "Bilal Khan Missed: we did not see them at the clinic" in visitor.text
        assert visitor.text.count("Book another time") == 1


def test_a_cancelled_clinic_is_named_as_the_reason(visitor, session, made):
    cancel_session(session=session, reason="Flood", by=None, source="test", at=NOW)
    finds(visitor, made.booking.reference)
    assert visitor.text.count("Cancelled: this clinic is cancelled") == 2
    assert "/clinics/?near=Evesham" in visitor.page.content.decode()


def test_another_bookings_appointment_cannot_be_cancelled(visitor, session, made):
    other = book(session, child("Zed", born=date(2020, 1, 1))).booking.appointments.get()
    finds(visitor, made.booking.reference)
    visitor.answers(f"/booking/cancel/{other.public_id}/")
    other.refresh_from_db()
    assert other.state == "booked"


def test_without_a_booking_found_every_page_asks_for_the_reference(visitor, made):
    appointment = made.booking.appointments.first()
    for path in (
        "/booking/appointments/",
        "/booking/calendar/",
        "/booking/cancel/",
        f"/booking/cancel/{appointment.public_id}/",
    ):
        assert visitor.goes(path).path == "/booking/"
        assert visitor.answers(path).path == "/booking/"
    assert Appointment.objects.filter(state="cancelled").count() == 0


def test_what_was_found_is_forgotten_after_half_an_hour(visitor, made):
    finds(visitor, made.booking.reference)
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        assert visitor.goes("/booking/appointments/").path == "/booking/"


def test_the_private_link_opens_the_booking_and_leaves_the_address(visitor, made):
    visitor.goes(f"/booking/m/{made.link_token}/")
    assert visitor.path == "/booking/appointments/" and "Amina Khan" in visitor.text


@pytest.mark.parametrize("token", ["x", "A" * 22, "💉", "A" * 2000])
def test_a_link_that_is_not_ours_says_so(visitor, made, token):
    visitor.goes(f"/booking/m/{token}/")
    assert visitor.page.status_code == 404 and visitor.heading == "This link does not work"


def test_only_the_reference_is_no_way_in_through_the_cookie(visitor, made):
    visitor.client.cookies["found"] = str(made.booking.public_id)
    assert visitor.goes("/booking/appointments/").path == "/booking/"


def events(page):
    """Return the file's method and its events."""
    assert page["Content-Type"].startswith("text/calendar") and "attachment" in page["Content-Disposition"]
    file = icalendar.Calendar.from_ical(page.content)
    return str(file["method"]), list(file.walk("VEVENT")), file


def test_the_file_for_calendars_is_neutral_and_in_the_time_of_england(visitor, session, made):
    finds(visitor, made.booking.reference)
    method, found, file = events(visitor.goes("/booking/calendar/").page)
    assert method == "PUBLISH" and len(found) == 2
    first = found[0]
    assert str(first["summary"]) == "Clinic appointment"
    assert first["dtstart"].params["TZID"] == "Europe/London"
    assert f"{first.decoded('dtstart'):%Y-%m-%d %H:%M}" == "2026-11-21 10:00"
    assert int(first["sequence"]) == 1
    assert "WR11 4RW" in str(first["location"])
    assert [alarm.decoded("trigger") for alarm in first.walk("VALARM")] == [timedelta(days=-1)]
    assert file.walk("VTIMEZONE")
    for personal in (b"Amina", b"Khan", b"MMR", made.booking.reference.encode()):
        assert personal not in visitor.page.content


def test_a_cancelled_appointment_leaves_the_calendar_under_the_same_id(visitor, made):
    finds(visitor, made.booking.reference)
    before = {str(event["uid"]): int(event["sequence"]) for event in events(visitor.goes("/booking/calendar/").page)[1]}
    amina = made.booking.appointments.get(position=1)
    visitor.answers(f"/booking/cancel/{amina.public_id}/")
    assert len(events(visitor.goes("/booking/calendar/").page)[1]) == 1
    visitor.answers("/booking/cancel/")
    assert "Take cancelled appointments out of your calendar" in visitor.goes("/booking/appointments/").text
    method, found, _file = events(visitor.goes("/booking/calendar/?cancelled=1").page)
    assert method == "CANCEL"
    assert visitor.goes("/booking/calendar/").page["Content-Type"].startswith("text/calendar")
    assert {str(event["uid"]) for event in found} == set(before)
    for event in found:
        assert int(event["sequence"]) > before[str(event["uid"])] and str(event["status"]) == "CANCELLED"


def test_the_confirmation_has_the_file_too(visitor, session):
    session.slug = "evesham"
    session.save()
    visitor.to_the_check("Amina", slug="evesham").answers()
    link = re.search(r'href="(/book/[^"]+/booked/calendar/)"', visitor.page.content.decode())
    assert link is not None
    assert len(events(visitor.goes(link[1]).page)[1]) == 1
    assert Booking.objects.count() == 1
