"""Another time or clinic, one more person, other contact details, running late: from the page of the booking."""

import re
from datetime import date, time, timedelta
from html import unescape

import pytest
import time_machine

from accounts.models import AuditEvent
from bookings import limits
from bookings.actions import cancel_session
from bookings.models import Appointment, Booking, Draft
from clinics.models import Place, Reservation
from clinics.vaccines import Vaccine
from messaging.models import Message
from tests.support.factories import DAY, MORNING, NOW, book, child, make_session, make_team, make_venue

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def session(team):
    return make_session(team, name="Evesham clinic")


@pytest.fixture
def made(session):
    return book(session, child(), child("Bilal", born=date(2021, 5, 6)), starts_at=MORNING + HOUR)


@pytest.fixture
def parent(visitor, made):
    """A parent who has opened the link in our message."""
    return visitor.goes(f"/booking/m/{made.link_token}/")


def taken() -> int:
    return Place.objects.filter(reservation__isnull=False).count()


def changes(parent, *appointments, at: str):
    """Choose whose appointments move, the same day, and the first time whose words begin with ``at``."""
    parent.answers("/booking/change/", people=[str(each.public_id) for each in appointments])
    return picks(parent.answers(day=re.findall(r'name="day" type="radio" value="([^"]+)"', source(parent))[0]), at)


def picks(parent, at: str):
    choices = re.findall(r'value="([^"]+)">\s*<label[^>]*>([^<]+)<', source(parent))
    (value,) = [value for value, words in choices if words.startswith(at)][:1]
    return parent.answers(starts_at=value)


def source(parent) -> str:
    return parent.page.content.decode()


def test_a_family_changes_its_time_and_keeps_the_old_one_until_the_button(parent, made):
    appointments = list(made.booking.appointments.order_by("position"))
    changes(parent, *appointments, at="11am")
    assert parent.heading == "Check the new times before you change them"
    assert "Amina 11am Now: Saturday 21 November 2026, 10am, Evesham clinic" in parent.text
    # Four places: the two they have and the two kept for them.
    assert taken() == 4
    assert Reservation.objects.filter(kind="swap").count() == 2
    assert [each.starts_at for each in made.booking.appointments.order_by("position")] == [
        each.starts_at for each in appointments
    ]
    check = parent.path
    parent.answers()
    assert "Appointments changed" in parent.text and "Amina Khan Booked Saturday 21 November 2026, 11am" in parent.text
    moved = list(made.booking.appointments.order_by("position"))
    assert [each.starts_at - MORNING for each in moved] == [2 * HOUR, 2 * HOUR + timedelta(minutes=10)]
    assert [each.version for each in moved] == [2, 2] and taken() == 2
    assert Message.objects.filter(purpose="booking_changed").count() == 2
    parent.answers(check)
    assert Message.objects.filter(purpose="booking_changed").count() == 2
    assert [each.version for each in made.booking.appointments.all()] == [2, 2]


def test_one_child_moves_to_another_clinic_and_the_other_stays(parent, made, team):
    other = make_session(team, name="Malvern clinic", venue=make_venue(team, town="Malvern", postcode="WR14 2AB"))
    bilal = made.booking.appointments.get(position=2)
    parent.answers("/booking/change/", people=[str(bilal.public_id)])
    parent.goes(parent.path.replace("/day/", "/clinic/"))
    assert "Malvern clinic" in parent.text and "Evesham clinic" in parent.text
    day = parent.path.replace("/clinic/", "/day/")
    parent.answers(f"{day}?venue={other.venue.public_id}", day=str(other.public_id))
    picks(parent, "10:20am")
    parent.answers()
    bilal.refresh_from_db()
    assert bilal.session == other and bilal.reservation.session == other
    assert made.booking.appointments.get(position=1).session != other
    event = AuditEvent.objects.get(action="change_appointments")
    assert event.after["appointments"][0][1] == str(other.public_id)
    assert parent.client.get(f"/booking/m/{made.link_token}/", follow=True).status_code == 200


def follows(parent, words):
    """Press the link with these words, its query included."""
    (address,) = re.findall(rf'<a[^>]*href="([^"]+)"[^>]*>\s*{words}\s*</a>', source(parent))
    return parent.goes(unescape(address))


@pytest.mark.once
def test_back_from_the_other_clinics_leads_to_the_page_they_came_from(parent, made, session, team):
    other = make_session(team, name="Malvern clinic", venue=make_venue(team, town="Malvern", postcode="WR14 2AB"))
    parent.answers("/booking/change/", people=[str(made.booking.appointments.first().public_id)])
    day = parent.path
    follows(parent, "Choose another clinic")
    assert parent.heading == "Choose a clinic"
    assert follows(parent, "Back").path == day
    follows(follows(parent, "Choose another clinic"), "Malvern clinic")
    assert "Malvern" in parent.text and "Evesham" not in parent.text
    follows(follows(parent, "Choose another clinic"), "Back")
    assert "Malvern" in parent.text and parent.heading == "Which day do you want?", "the days of the same venue"
    assert follows(parent, "Back").heading == "Choose a clinic"
    assert follows(parent, "Back").path == "/booking/appointments/"
    time = parent.answers(day, day=str(session.public_id)).path
    assert follows(follows(parent, "Choose another clinic"), "Back").path == time
    # Whoever was led there because a venue has no day left is not sent back to it.
    cancel_session(session=other, reason="no nurse", by=None, source="test", at=NOW)
    parent.goes(f"{day}?venue={other.venue.public_id}")
    assert parent.heading == "Choose a clinic" and follows(parent, "Back").path == "/booking/appointments/"


def test_only_the_teams_own_clinics_are_offered(parent, made):
    elsewhere = make_session(name="Another team’s clinic")
    parent.answers("/booking/change/", people=[str(made.booking.appointments.first().public_id)])
    day = parent.path
    assert "Another team" not in parent.goes(day.replace("/day/", "/clinic/")).text
    assert parent.goes(f"{day}?venue={elsewhere.venue.public_id}").page.status_code == 404
    assert parent.goes(f"{day}?venue=nothing").page.status_code == 200


def test_a_time_taken_meanwhile_leaves_the_booking_as_it_was_and_the_nearest_are_offered(parent, made, session):
    bilal = made.booking.appointments.get(position=2)
    changes(parent, bilal, at="11am")
    check = parent.path
    with time_machine.travel(NOW + timedelta(minutes=25), tick=False):
        parent.goes(f"/booking/m/{made.link_token}/")
        for lane in ("one", "two"):
            book(session, child(lane), starts_at=MORNING + 2 * HOUR, at=NOW + timedelta(minutes=25))
        parent.answers(check)
        assert "11am has just been taken. Your answers are saved" in parent.text and "Nearest times" in parent.text
    again = made.booking.appointments.get(position=2)
    assert (again.starts_at, again.version, again.reservation_id) == (bilal.starts_at, 1, bilal.reservation_id)
    assert not Message.objects.filter(purpose="booking_changed").exists()


def test_a_clinic_cancelled_meanwhile_leaves_the_booking_as_it_was(parent, made, team):
    other = make_session(team, name="Malvern clinic", date=DAY + timedelta(days=1))
    amina = made.booking.appointments.get(position=1)
    parent.answers("/booking/change/", people=[str(amina.public_id)])
    parent.answers(f"{parent.path}?venue={other.venue.public_id}", day=str(other.public_id))
    parent.answers(starts_at=(MORNING + timedelta(days=1, hours=1)).isoformat())
    cancel_session(session=other, reason="no nurse", by=None, source="test", at=NOW)
    parent.answers()
    assert "This clinic no longer takes bookings. Your booking is as it was." in parent.text
    assert made.booking.appointments.get(position=1).starts_at == amina.starts_at


def test_an_appointment_cancelled_in_another_tab_cannot_be_changed(parent, made):
    amina = made.booking.appointments.get(position=1)
    changes(parent, amina, at="11am")
    check = parent.path
    parent.answers(f"/booking/cancel/{amina.public_id}/")
    parent.answers(check)
    assert "This appointment is cancelled already." in parent.text
    assert Place.objects.filter(reservation__kind="appointment").count() == 1


def test_a_change_opens_only_for_whoever_found_that_booking(parent, other_visitor, made, session):
    changes(parent, made.booking.appointments.first(), at="11am")
    check = parent.path
    assert other_visitor.goes(check).path == "/booking/"
    stranger = book(session, child("Carla"))
    other_visitor.goes(f"/booking/m/{stranger.link_token}/")
    assert other_visitor.goes(check).page.status_code == 404
    assert other_visitor.answers(check).page.status_code == 404
    draft = Draft.objects.get(about=made.booking)
    assert other_visitor.goes(f"/book/{draft.public_id}/people/").page.status_code == 404


def test_what_another_clinic_gives_is_said_before_the_change(parent, made, session, team):
    other = make_session(team, date=DAY + timedelta(days=7), vaccines=(Vaccine.MMR,), venue=session.venue)
    amina = made.booking.appointments.get(position=1)
    changes(parent, amina, at="11am")
    assert "The vaccines at this clinic are" not in parent.text
    parent.answers("/booking/change/", people=[str(amina.public_id)]).answers(day=str(other.public_id))
    picks(parent, "11am")
    assert "The vaccines at this clinic are: MMR." in parent.text


@pytest.mark.once
def test_a_child_too_young_for_another_day_is_told_from_when(parent, session, team):
    early = make_session(team, date=DAY - timedelta(days=3), vaccines=(Vaccine.MMR,), venue=session.venue)
    baby = book(session, child("Zed", born=DAY - timedelta(days=366)))
    parent.goes(f"/booking/m/{baby.link_token}/")
    parent.answers("/booking/change/", people=[str(baby.booking.appointments.get().public_id)])
    day = parent.answers(day=str(early.public_id)).path
    said = "Zed is too young for this clinic on this day."
    assert f"{said} The next day that you can choose here is Saturday 21 November 2026" in parent.text
    # No day is named as one to choose on which nobody can come.
    cancel_session(session=session, reason="no nurse", by=None, source="test", at=NOW)
    stays = book(early, child("Yan", born=date(2020, 1, 2)), child("Zed", born=DAY - timedelta(days=366)))
    parent.goes(f"/booking/m/{stays.link_token}/")
    parent.answers("/booking/change/", people=[str(each.public_id) for each in stays.booking.appointments.all()])
    parent.answers(day=str(early.public_id))
    assert parent.path != day and "you can choose here" not in parent.text
    assert f"{said} Zed can have a vaccine at a clinic like this from 20 November 2026" in parent.text


def test_a_brother_is_added_under_the_same_reference_beside_the_others(parent, made, session):
    parent.answers("/booking/add/")
    assert parent.heading == "Who do you want to add?" and 'value="Khan"' in source(parent)
    parent.answers(first_name="Idris", last_name="Khan")
    parent.answers(date_of_birth_day="1", date_of_birth_month="2", date_of_birth_year="2022")
    parent.answers(needs="none")
    assert "Nearest times" in parent.text
    picks(parent, "10:20am")
    assert "Idris 10:20am" in parent.text and "The other appointments stay as they are." in parent.text
    check = parent.path
    parent.answers()
    assert "Idris has an appointment" in parent.text
    parent.answers(check)
    idris = made.booking.appointments.get(position=3)
    assert (str(idris), idris.starts_at - MORNING) == ("Idris Khan", HOUR + timedelta(minutes=20))
    assert Booking.objects.count() == 1 and Appointment.objects.count() == 3 and taken() == 3
    assert Message.objects.filter(purpose="booking_changed").count() == 2


@pytest.mark.once
@pytest.mark.parametrize("about", [False, True], ids=["a full date", "about a year"])
def test_a_surprising_year_of_birth_of_somebody_added_is_asked_about_once(parent, made, about):
    birth = parent.answers("/booking/add/").answers(first_name="Idris", last_name="").path
    given = {"date_of_birth_year": "1922"}
    given |= {} if about else {"date_of_birth_day": "1", "date_of_birth_month": "2"}
    parent.answers(f"{birth}?about=1" if about else birth, **given)
    assert parent.heading == "Check the year – is Idris 104?"
    check = parent.path
    helps = birth.replace("/date-of-birth/", "/help/")
    for page in (helps, helps.replace("/help/", "/time/").replace("/add/", "/new/")):
        assert parent.goes(page).path == check, "nothing else comes before it"
    assert follows(parent, "Change the date of birth").path == birth
    assert parent.answers(check).path == helps
    assert parent.answers(f"{birth}?about=1" if about else birth, **given).path == helps, "the same date is right still"
    parent.answers(birth, date_of_birth_day="1", date_of_birth_month="2", date_of_birth_year="1921")
    assert parent.heading == "Check the year – is Idris 105?"
    parent.answers(birth, date_of_birth_day="1", date_of_birth_month="2", date_of_birth_year="2022")
    assert parent.path == helps


@pytest.mark.once
def test_what_is_known_of_somebody_added_is_shown_before_the_button_and_can_be_changed(parent, made):
    parent.answers("/booking/add/").answers(first_name="Idirs", last_name="Khan")
    parent.answers(f"{parent.path}?about=1", date_of_birth_year="2019").answers(needs="hearing")
    parent.answers(starts_at=parent.times[0])
    check = parent.path
    assert "Name Idirs Khan Change name of Idirs Date of birth about 2019 Change" in parent.text
    assert "Extra help Trouble hearing Change extra help for Idirs" in parent.text
    changes_to = {
        "name of Idirs": {"first_name": "Idris", "last_name": "Khan"},
        "date of birth of Idris": {"date_of_birth_year": "2018"},
        "extra help for Idris": {"needs": "none"},
    }
    for hidden, given in changes_to.items():
        (path,) = re.findall(rf'href="([^"]+)"[^>]*>Change<span[^>]*> {hidden}', source(parent))
        assert follows(parent.goes(path), "Back").path == check
        assert parent.answers(path, **given).path == check
    assert "Idris Khan" in parent.text and "about 2018" in parent.text and "Extra help None" in parent.text
    parent.answers()
    idris = made.booking.appointments.get(position=3)
    assert (str(idris), idris.date_of_birth, idris.support_needs) == ("Idris Khan", date(2018, 1, 1), "")


def test_the_help_that_somebody_added_needs_is_noted_in_english_whatever_the_page_speaks(parent, made):
    parent.answers("/pl/booking/add/").answers(first_name="Idris", last_name="")
    parent.answers(date_of_birth_day="1", date_of_birth_month="2", date_of_birth_year="2022").answers(needs="hearing")
    parent.answers(starts_at=parent.times[0])
    assert "Trouble hearing" not in parent.text
    parent.answers()
    assert made.booking.appointments.get(position=3).support_needs == "Trouble hearing"


def test_no_time_at_which_a_brother_is_at_another_desk_is_among_the_nearest(parent, made):
    parent.answers("/booking/add/").answers(first_name="Idris", last_name="")
    parent.answers(date_of_birth_day="1", date_of_birth_month="2", date_of_birth_year="2022").answers(
        needs="extra_time"
    )
    # The others come at 10:00 and 10:10.
    nearest = [each.replace("T", " ")[11:16] for each in parent.times[:3]]
    assert nearest == ["10:20", "10:30", "10:40"]
    assert parent.times[3].replace("T", " ")[11:16] == "10:00", "it can be chosen still"


def test_somebody_who_needs_longer_is_added_with_twice_the_time(parent, made):
    parent.answers("/booking/add/").answers(first_name="Idris", last_name="")
    parent.goes(f"{parent.path}?about=1")
    parent.answers(f"{parent.path}?about=1", date_of_birth_year="2019")
    parent.answers(needs="extra_time")
    picks(parent, "10:20am, for 20 minutes")
    parent.answers()
    idris = made.booking.appointments.get(position=3)
    assert (idris.minutes, idris.extra_time, idris.date_of_birth_is_approximate) == (20, True, True)
    assert taken() == 4


def test_a_baby_too_young_for_the_clinic_of_the_others_is_not_added_there(parent, session, team):
    later = make_session(team, date=DAY + timedelta(days=60), venue=session.venue, vaccines=(Vaccine.MMR,))
    session.offers.exclude(vaccine=Vaccine.MMR).delete()
    parent.answers("/booking/add/").answers(first_name="Zed", last_name="")
    born = DAY - timedelta(days=330)
    parent.answers(date_of_birth_day=born.day, date_of_birth_month=born.month, date_of_birth_year=born.year)
    parent.answers(needs="none")
    assert parent.heading == "Which day do you want?"
    assert "Zed is too young for this clinic on this day. The next day that you can choose here is" in parent.text
    draft = parent.path.replace("/day/", "")
    assert parent.answers(f"{draft}/time/", starts_at=(MORNING + HOUR * 2).isoformat()).path == f"{draft}/day/"
    assert taken() == 2
    parent.goes(f"{draft}/day/").answers(day=str(later.public_id))
    assert parent.heading == "What time do you want to come?"


def test_the_confirmation_seen_again_says_where_the_details_go_now(visitor, session):
    visitor.to_the_check("Amina", slug=session.slug).answers()
    confirmation = visitor.path
    assert "We are sending these details to 07700 900982 and sara@example.com" in visitor.text
    visitor.answers("/booking/contact/", contact_by=["text"], mobile="07700 900 111")
    assert "We are sending these details to 07700900111, with a link" in visitor.goes(confirmation).text


def test_a_seventh_person_is_not_added(parent, session):
    six = book(session, *(child(f"Child{number}") for number in range(6)))
    parent.goes(f"/booking/m/{six.link_token}/")
    assert "Add a brother or sister" not in parent.text
    assert parent.answers("/booking/add/").path == "/booking/appointments/"
    assert not Draft.objects.filter(purpose="add").exists()


def test_new_contact_details_get_the_booking_sent_again_and_the_audit_holds_no_address(parent, made):
    Message.objects.all().delete()
    parent.goes("/booking/contact/")
    assert 'value="07700900982"' in source(parent) and "sara@example.com" in source(parent)
    parent.answers(contact_by=["email"], email="new@example.com")
    assert "Your contact details are changed" in parent.text
    booking = Booking.objects.get()
    assert (booking.email, booking.phone, booking.texts) == ("new@example.com", "", False)
    assert [each.channel for each in Message.objects.filter(purpose="booking_confirmation")] == ["email"]
    assert "example.com" not in str(AuditEvent.objects.get(action="change_contact").after)
    parent.answers("/booking/contact/", contact_by=["email"], email="new@example.com")
    assert "Nothing has changed" in parent.text
    assert Message.objects.filter(purpose="booking_confirmation").count() == 1
    parent.answers("/booking/contact/", contact_by=["email"], email="not an address")
    assert parent.page.status_code == 422 and "not an address" in source(parent)


def test_contact_details_that_are_changed_again_and_again_are_left_as_they_are(parent, made, monkeypatch):
    monkeypatch.setattr(limits, "CONTACTS_OF_BOOKING", limits.Limit("contacts", 1, timedelta(days=1)))
    parent.answers("/booking/contact/", contact_by=["email"], email="new@example.com")
    told = Message.objects.count()
    parent.answers("/booking/contact/", contact_by=["email"], email="newer@example.com")
    assert parent.page.status_code == 429 and "changed many times today" in parent.text
    assert "newer@example.com" in source(parent), "nothing typed is lost"
    assert Booking.objects.get().email == "new@example.com" and Message.objects.count() == told


def test_one_press_tells_the_clinic_that_a_family_is_late(parent, made):
    assert "We are running late" not in parent.text
    with time_machine.travel(MORNING + timedelta(minutes=50), tick=False):
        parent.goes(f"/booking/m/{made.link_token}/")
        assert "Your appointment is today." in parent.text
        parent.answers("/booking/late/")
        assert "You told us at 9:50am that you are running late" in parent.text
        said = set(Appointment.objects.values_list("running_late_at", flat=True))
        assert said == {MORNING + timedelta(minutes=50)}
    with time_machine.travel(MORNING + timedelta(minutes=55), tick=False):
        parent.answers("/booking/late/")
    assert set(Appointment.objects.values_list("running_late_at", flat=True)) == said
    assert AuditEvent.objects.filter(action="say_running_late").count() == 1


def test_a_week_before_nobody_can_be_late(parent, made):
    parent.answers("/booking/late/")
    assert set(Appointment.objects.values_list("running_late_at", flat=True)) == {None}


NASTY = ["", "x" * 20_000, "a\x00b", "💉", "\u202eabc", "<script>alert(1)</script>", "2026-13-45", "[]", "-1"]


def test_whatever_is_sent_to_the_pages_of_a_booking_is_answered_with_a_page_and_changes_nothing(parent, made):
    parent.answers("/booking/change/", people=[str(made.booking.appointments.first().public_id)])
    day = parent.path
    parent.answers("/booking/add/")
    name = parent.path
    parent.answers(first_name="Idris", last_name="").answers(
        date_of_birth_day="1", date_of_birth_month="2", date_of_birth_year="2022"
    )
    helps = parent.path
    parent.answers("/booking/health/", appointment=str(made.booking.appointments.first().public_id))
    question = parent.path
    before = list(Appointment.objects.values().order_by("id")), list(Booking.objects.values())
    pages = {
        "/booking/change/": ["people"],
        day: ["day"],
        f"{day}?venue=%00&page=%F0%9F%92%89": ["day"],
        day.replace("/day/", "/time/"): ["starts_at"],
        day.replace("/day/", "/check/"): ["unasked"],
        "/booking/contact/": ["contact_by", "mobile", "email", "landline", "letter_address"],
        "/booking/health/": ["appointment"],
        question: ["answer", "details"],
        helps: ["needs", "words"],
        name: ["first_name", "last_name"],
        helps.replace("/help/", "/date-of-birth/"): [f"date_of_birth_{part}" for part in ("day", "month", "year")],
    }
    for path, fields in pages.items():
        for nasty in NASTY:
            parent.answers(path, **dict.fromkeys(fields, nasty))
            assert parent.page.status_code in (200, 400, 404, 422), (path, nasty[:20])
            assert "<script>alert" not in source(parent)
    assert (list(Appointment.objects.values().order_by("id")), list(Booking.objects.values())) == before


def test_the_times_they_have_are_not_offered_as_new_ones(parent, made):
    """Another vaccinator is free in the same minutes: a change to nothing, which would be told as a change."""
    first, second = made.booking.appointments.order_by("position")
    parent.answers("/booking/change/", people=[str(first.public_id), str(second.public_id)])
    parent.answers(day=re.findall(r'name="day" type="radio" value="([^"]+)"', source(parent))[0])
    assert Place.objects.filter(starts_at=first.starts_at, reservation__isnull=True).exists()
    assert parent.times and first.starts_at.isoformat() not in parent.times
    # One of them alone may come when the other does.
    parent.answers("/booking/change/", people=[str(second.public_id)])
    parent.answers(day=re.findall(r'name="day" type="radio" value="([^"]+)"', source(parent))[0])
    assert first.starts_at.isoformat() in parent.times


def test_a_family_moves_by_ten_minutes_onto_a_place_of_its_own(visitor, team):
    """With one vaccinator the second child's old time is the first one's new one."""
    session = make_session(team, name="Small clinic", periods=[(time(10), time(10, 30), 1)])
    made = book(session, child(), child("Bilal", born=date(2021, 5, 6)), starts_at=MORNING + HOUR)
    visitor.goes(f"/booking/m/{made.link_token}/")
    visitor.answers("/booking/change/", people=[str(each.public_id) for each in made.booking.appointments.all()])
    visitor.answers(day=str(session.public_id))
    assert visitor.times == [(MORNING + HOUR + timedelta(minutes=10)).isoformat()]
    visitor.answers(starts_at=visitor.times[0])
    assert "Amina 10:10am Now: Saturday 21 November 2026, 10am" in visitor.text and taken() == 3
    visitor.answers()
    assert "Appointments changed" in visitor.text and taken() == 2
    starts = [each.starts_at - MORNING - HOUR for each in made.booking.appointments.order_by("position")]
    assert starts == [timedelta(minutes=10), timedelta(minutes=20)]
