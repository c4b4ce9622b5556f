"""What happens to somebody's answers when a time goes, a clinic closes, a button is pressed twice."""

import re
from datetime import time, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from bookings import drafts
from bookings.actions import cancel_appointments, cancel_session
from bookings.models import Appointment, Booking, Draft
from clinics.actions import close_bookings
from clinics.models import Place, Reservation
from messaging.models import Message
from tests.support.factories import NOW, book, child, make_session, make_team, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session(slug="evesham", name="Evesham clinic", periods=((time(10), time(12), 1),))


def offered(visitor):
    """The times on the page, in words, in order."""
    return re.findall(r'radios__label" for="[^"]+">([^<]+)</label>', visitor.page.content.decode())


def test_a_time_taken_by_somebody_else_keeps_every_answer_and_offers_the_nearest(visitor, session):
    visitor.to_the_times("Amina", slug="evesham")
    wanted = visitor.times[2]
    book(session, child("Quick"), starts_at=session.places.order_by("starts_at")[2].starts_at)
    visitor.answers(starts_at=wanted)
    assert visitor.page.redirect_chain[-1][1] == 302
    assert visitor.heading == "What time do you want to come?"
    assert "10:20am has just been taken. Your answers are saved. Choose another time." in visitor.text
    assert "There is a problem" not in visitor.text
    assert offered(visitor)[:3] == ["10am", "10:10am", "10:30am"]
    assert offered(visitor)[3] == "10:40am"
    assert " checked" not in visitor.page.content.decode()
    visitor.answers(starts_at=visitor.times[0])
    assert visitor.heading == "Do you know Amina’s NHS number?"
    assert "10am" in visitor.text


def test_a_time_lost_after_the_hold_ran_out_leads_back_to_the_times_with_every_answer(visitor, other_visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    with time_machine.travel(NOW + timedelta(minutes=21), tick=False):
        other_visitor.to_the_check("Bilal", slug="evesham")
        assert "10am" in other_visitor.text
        visitor.answers()
        assert "10am has just been taken. Your answers are saved." in visitor.text
        assert "21 November 2026, 10am" not in visitor.text
        assert not Booking.objects.exists()
        visitor.answers(starts_at=visitor.times[0])
        assert visitor.heading == "Check your answers before you book"
        assert "Amina Khan" in visitor.text and "07700 900982" in visitor.text and "10:10am" in visitor.text
        visitor.answers()
    assert visitor.heading == "Appointment booked"


def test_a_hold_that_ran_out_but_is_still_free_is_used_in_silence(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    with time_machine.travel(NOW + timedelta(hours=20), tick=False):
        visitor.answers()
    assert visitor.heading == "Appointment booked"
    assert "10am" in visitor.text


def test_a_time_that_is_kept_is_not_offered_to_others(visitor, other_visitor, session):
    visitor.to_the_times("Amina", slug="evesham")
    visitor.answers(starts_at=visitor.times[0])
    other_visitor.to_the_times("Bilal", slug="evesham")
    assert offered(other_visitor)[0] == "10:10am"


def test_choosing_another_time_gives_the_first_one_back(visitor, session):
    visitor.to_the_times("Amina", slug="evesham")
    times = visitor.path
    visitor.answers(starts_at=visitor.times[0])
    visitor.goes(times).answers(starts_at=visitor.times[3])
    assert Place.objects.filter(reservation__isnull=False).count() == 1
    assert Reservation.objects.count() == 1


def test_a_family_that_fits_nowhere_together_is_offered_the_nearest_split(visitor, session):
    starts = [place.starts_at for place in session.places.order_by("starts_at")]
    for number in (1, 3, 5, 7, 9, 10):
        book(session, child("Other"), starts_at=starts[number])
    visitor.to_the_times("Amina", "Bilal", slug="evesham")
    assert "There are no times one after the other. These are the nearest together." in visitor.text
    assert offered(visitor) == ["10am and 10:20am"]
    visitor.answers(starts_at=visitor.times[0]).answers(known="no").answers(known="no")
    visitor.says_where().answers(relationship="mother", contact_name="S", parental="yes").answers(
        contact_by=["neither"]
    ).answers()
    assert visitor.heading == "Appointments booked"
    assert "Amina: 10am Bilal: 10:20am" in visitor.text


def test_a_family_without_room_is_led_to_another_day(visitor, session):
    starts = [place.starts_at for place in session.places.order_by("starts_at")]
    for start in starts[1:]:
        book(session, child("Other"), starts_at=start)
    visitor.to_the_times("Amina", "Bilal", slug="evesham")
    assert visitor.heading == "There are no times left for 2 people at this clinic on this day"
    assert "Choose another day" in visitor.text


@pytest.mark.parametrize(
    "value",
    [
        "", "x", "10:00", "2026-11-21T10:00:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00",
        "2026-11-22T10:00:00+00:00", "split ", "\x00", "💉", "<script>",
    ],
)  # fmt: skip
def test_a_time_that_nobody_offered_is_asked_for_again(visitor, session, value):
    visitor.to_the_times("Amina", slug="evesham").answers(starts_at=value)
    assert visitor.page.status_code == 422
    assert "Select a time" in visitor.text and "<title>Error: " in visitor.page.content.decode()


def test_a_second_press_makes_no_second_booking(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    check = visitor.path
    visitor.answers()
    first = visitor.text
    visitor.answers(check)
    assert visitor.heading == "Appointment booked"
    assert visitor.text == first
    assert Booking.objects.count() == 1


def test_back_after_booking_says_so_on_every_page(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    draft = Draft.objects.get()
    visitor.answers()
    booked = visitor.path
    for page in ("check", "time", "people", "people/1/name", "contact", "clinic"):
        visitor.goes(f"/book/{draft.public_id}/{page}/")
        assert visitor.heading == "You have already booked"
        assert f'href="{booked}"' in visitor.page.content.decode()
    visitor.answers(f"/book/{draft.public_id}/people/1/name/", first_name="Eve")
    assert visitor.path == booked
    assert Appointment.objects.get().first_name == "Amina"


def test_a_refreshed_confirmation_is_the_same_and_sends_nothing(visitor, session):
    visitor.to_the_check("Amina", slug="evesham").answers()
    owed = Message.objects.count()
    first = visitor.text
    visitor.goes(visitor.path)
    assert visitor.text == first and Message.objects.count() == owed


def test_the_answers_of_another_browser_cannot_be_seen_changed_or_booked(visitor, other_visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    draft = Draft.objects.get()
    other_visitor.starts("evesham").names("Bilal")
    for page in ("check", "people", "people/1/name", "booked", "booked/calendar", "time"):
        other_visitor.goes(f"/book/{draft.public_id}/{page}/")
        assert other_visitor.page.status_code == 404
        assert other_visitor.heading == "We cannot find these answers"
        assert "Amina" not in other_visitor.page.content.decode()
    other_visitor.answers(f"/book/{draft.public_id}/check/")
    assert other_visitor.page.status_code == 404 and not Booking.objects.exists()
    visitor.answers()
    assert other_visitor.goes(f"/book/{draft.public_id}/booked/").page.status_code == 404


@pytest.mark.parametrize("cookie", ["", "x", "x:y:z", "💉".encode().decode("latin-1")])
def test_a_cookie_that_we_did_not_make_opens_nothing(visitor, session, cookie):
    visitor.starts("evesham").names("Amina")
    visitor.client.cookies["answers"] = cookie
    assert visitor.goes(visitor.path).page.status_code == 404


def test_answers_are_kept_for_a_day_after_the_last_one(visitor, session):
    visitor.starts("evesham").names("Amina")
    with time_machine.travel(NOW + timedelta(hours=20), tick=False):
        visitor.answers(another="no")
        assert visitor.page.status_code == 200
    with time_machine.travel(NOW + timedelta(hours=43), tick=False):
        assert visitor.goes(visitor.path).page.status_code == 200
    with time_machine.travel(NOW + timedelta(hours=45), tick=False):
        assert visitor.goes(visitor.path).page.status_code == 404
        assert drafts.forget_expired(at=NOW + timedelta(hours=45)) == 1
    assert not Draft.objects.exists()


def test_tidying_up_forgets_only_what_was_left_for_a_day(visitor, other_visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        other_visitor.starts("evesham").names("Bilal")
        call_command("tidy", stdout=StringIO())
        assert other_visitor.goes(other_visitor.path).page.status_code == 200
    assert Draft.objects.count() == 1 and not Reservation.objects.exists()


def test_clearing_answers_gives_the_times_back_and_leaves_bookings(visitor, session):
    visitor.to_the_check("Amina", slug="evesham").answers()
    booked = visitor.path
    visitor.to_the_check("Bilal", slug="evesham")
    visitor.goes("/book/clear/").answers()
    assert visitor.heading == "Your answers are cleared"
    assert not Draft.objects.exists() and Booking.objects.count() == 1
    assert Place.objects.filter(reservation__isnull=False).count() == 1
    assert visitor.goes(booked).page.status_code == 404


@pytest.mark.parametrize("how", ["cancelled", "closed"])
@pytest.mark.parametrize("where", ["time", "check"])
def test_a_clinic_that_closes_meanwhile_leads_to_the_others_with_every_answer_saved(visitor, session, how, where):
    other = make_session(venue=make_venue(make_team(), town="Pershore", postcode="WR10 1AA"), name="Pershore clinic")
    if where == "time":
        visitor.to_the_times("Amina", slug="evesham")
    else:
        visitor.to_the_check("Amina", slug="evesham")
    sent = {"starts_at": visitor.times[0]} if where == "time" else {}
    if how == "cancelled":
        cancel_session(session=session, reason="Flood", by=None, source="test", at=NOW)
    else:
        close_bookings(session=session, by=None, source="test", at=NOW)
    visitor.answers(**sent)
    assert visitor.heading == "Choose a clinic"
    ending = "is cancelled." if how == "cancelled" else "no longer takes bookings."
    assert f"Evesham clinic on Saturday 21 November 2026 {ending} Your answers are saved." in visitor.text
    assert "Pershore clinic" in visitor.text and "About" in visitor.text
    assert f"1 clinic near {session.venue.name}" in visitor.text
    link = re.search(r'href="(/book/[^"]+/clinic/[^"]+/)"', visitor.page.content.decode())
    assert link is not None
    visitor.goes(link[1]).answers(day=str(other.public_id))
    assert visitor.heading == "What time do you want to come?"
    assert "For Amina" in visitor.text


def test_a_draft_is_not_begun_by_looking(visitor, session):
    visitor.starts("evesham")
    visitor.answers("/book/?clinic=evesham", first_name="")
    assert not Draft.objects.exists()


def test_the_answers_cookie_is_signed_and_out_of_the_reach_of_scripts(visitor, session):
    visitor.starts("evesham").names("Amina")
    cookie = visitor.client.cookies["answers"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    draft = Draft.objects.get()
    assert draft.owner_hash not in cookie.value
    assert "no-store" in visitor.goes(visitor.path).page["Cache-Control"]


def test_a_family_that_would_be_split_is_offered_days_when_all_come_together(visitor, session):
    later = make_session(venue=session.venue, date=session.date + timedelta(days=7), name="Evesham clinic")
    starts = [place.starts_at for place in session.places.order_by("starts_at")]
    for number in (1, 3, 5, 7, 9, 11):
        book(session, child("Other"), starts_at=starts[number])
    visitor.to_the_times("Amina", "Bilal", slug="evesham")
    assert "Other days when all 2 people can come one after the other" in visitor.text
    assert "Saturday 28 November 2026" in visitor.text
    days = visitor.path.replace("/time/", f"/clinic/{session.venue.public_id}/")
    visitor.answers(days, day=str(later.public_id))
    assert visitor.heading == "What times do you want to come?"
    assert "Saturday 28 November 2026" in visitor.text
    assert "10am and 10:10am, one after the other" in offered(visitor)


def test_a_day_says_how_many_times_are_left_only_when_they_are_few(visitor, session):
    starts = [place.starts_at for place in session.places.order_by("starts_at")]
    for start in starts[:9]:
        book(session, child("Other"), starts_at=start)
    visitor.starts("evesham").names("Amina").answers(another="no")
    days = f"/book/{Draft.objects.get().public_id}/clinic/{session.venue.public_id}/"
    assert "Morning. Only 3 times left" in visitor.goes(days).text
    cancel_appointments(booking=Booking.objects.first(), appointments=None, by=None, source="test", at=NOW)
    assert "Only" not in visitor.goes(days).text


def test_the_last_confirmed_of_two_tabs_holds_and_the_check_shows_it_before_booking(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    check, base = visitor.path, visitor.path.removesuffix("check/")
    # Another tab of the same browser, which was open all the while.
    visitor.answers(f"{base}time/", starts_at=visitor.goes(f"{base}time/").times[4])
    visitor.answers(f"{base}people/1/name/", first_name="Aminah", last_name="Khan")
    assert "Aminah Khan" in visitor.goes(check).text and "10:40am" in visitor.text
    visitor.answers(check)
    assert "Aminah: 10:40am" in visitor.text
    assert Appointment.objects.count() == 1 and Place.objects.filter(reservation__isnull=False).count() == 1


def test_whoever_books_the_same_child_again_in_this_browser_is_told_and_nobody_else_is(visitor, other_visitor, session):
    visitor.to_the_check("Amina", slug="evesham").answers()
    booked = visitor.path
    visitor.to_the_check("amina", "Bilal", slug="evesham")
    assert "Amina already has an appointment on Saturday 21 November 2026" in visitor.text
    assert f'href="{booked}"' in visitor.page.content.decode()
    other_visitor.to_the_check("Amina", slug="evesham")
    assert "already has an appointment" not in other_visitor.text
    other_visitor.answers()
    assert other_visitor.heading == "Appointment booked"


def test_every_page_of_the_journey_can_clear_what_was_typed(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    base = visitor.path.removesuffix("check/")
    pages = ("people/1/name/", "people/1/vaccines/", "language/", "time/", "people/1/home/", "contact/", "check/")
    for page in pages:
        assert 'href="/book/clear/"' in visitor.goes(base + page).page.content.decode().rsplit("<footer", 1)[-1], page


def test_without_javascript_every_field_stands_on_the_page_and_what_belongs_to_no_answer_is_ignored(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    base = visitor.path.removesuffix("check/")
    for page, names in {
        "language/": ("spoken_language", "format_words"),
        "people/1/nhs-number/": ("nhs_number",),
        "people/1/home/": ("address", "postcode", "staying_address"),
        "people/1/gp/": ("gp_surgery",),
        "about-you/": ("other",),
        "contact/": ("mobile", "email", "landline", "letter_address"),
    }.items():
        html = visitor.goes(base + page).page.content.decode()
        for name in names:
            assert f'name="{name}"' in html, f"{name} on {page}"
    visitor.answers(base + "people/1/home/", home="none", address="left over", postcode="nonsense")
    assert visitor.heading == "Check your answers before you book" and "No address" in visitor.text
    visitor.answers()
    appointment = Appointment.objects.get()
    assert (appointment.address, appointment.postcode, appointment.no_fixed_abode) == ("", "", True)
