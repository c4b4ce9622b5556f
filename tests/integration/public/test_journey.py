"""The public journey: one question a page, from the clinic to the confirmation."""

import re
from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Appointment, Booking, Draft
from clinics.models import Place
from immunisations.models import Person
from messaging.models import Message
from tests.support.factories import make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session(slug="evesham", name="Evesham town hall clinic")


def test_one_child_is_booked_from_the_clinics_page(visitor, session):
    visitor.goes("/clinics/evesham/")
    assert 'href="/book/?clinic=evesham"' in visitor.page.content.decode()

    visitor.starts("evesham")
    assert visitor.heading == "Who is the appointment for?"
    assert "Evesham town hall clinic" in visitor.text
    visitor.answers("/book/?clinic=evesham", first_name="Amina", last_name="Khan")
    assert visitor.heading == "What is Amina’s date of birth?"
    visitor.answers(date_of_birth_day="27", date_of_birth_month="mar", date_of_birth_year="2023")
    assert visitor.heading == "People who are coming"
    assert "Date of birth 27 March 2023 Change date of birth of Amina" in visitor.text
    visitor.answers(another="no")
    assert visitor.heading == "What is Amina’s appointment for?"
    visitor.answers(vaccines=["MEASLES"])
    assert visitor.heading == "Do you want an interpreter at the clinic?"
    visitor.answers(interpreter="yes", spoken_language="Polish", formats=["large_print"])
    assert visitor.heading == "Do you or Amina need extra help or a longer appointment?"
    visitor.answers(wanted="no")
    assert visitor.heading == "What time do you want to come?"
    assert "10am" in visitor.text and "11:50am" in visitor.text and "Morning" in visitor.text
    visitor.answers(starts_at=visitor.times[2])
    assert visitor.heading == "Do you know Amina’s NHS number?"
    assert "Saturday 21 November 2026, 10:20am" in visitor.text
    visitor.answers(known="yes", nhs_number="999 000 0018")
    assert visitor.heading == "Where does Amina live?"
    visitor.answers(home="ours", address="1 High Street\nEvesham", postcode="wr114bs")
    assert visitor.heading == "Is Amina registered with a GP surgery?"
    visitor.answers(gp="yes", gp_surgery="Merstow Green")
    assert visitor.heading == "About you"
    visitor.answers(relationship="other", other="Aunt", contact_name="Sara Khan", parental="no")
    visitor.answers(contact_by=["text"], mobile="07700 900982")
    assert visitor.heading == "Check your answers before you book"
    for words in (
        "Amina Khan", "27 March 2023", "999 000 0018", "10:20am", "Aunt", "07700 900982", "Polish", "MMR or MMRV",
        "1 High Street", "WR11 4BS", "Merstow Green", "Large print",
    ):  # fmt: skip
        assert words in visitor.text, words
    visitor.answers()

    booking = Booking.objects.get()
    appointment = booking.appointments.get()
    assert visitor.heading == "Appointment booked"
    assert visitor.text.count(f"{booking.reference[:5]}-{booking.reference[5:]}") == 1
    assert (appointment.first_name, appointment.nhs_number) == ("Amina", "9990000018")
    assert (booking.phone, booking.email, booking.relationship) == ("+447700900982", "", "Aunt")
    assert (booking.interpreter_needed, booking.spoken_language) == (True, "Polish")
    assert (booking.parental_responsibility, booking.support_needs) == ("no", "Large print")
    assert appointment.wanted == ["MMR", "MMRV"] and not appointment.gelatine_free
    assert (appointment.address, appointment.postcode) == ("1 High Street\nEvesham", "WR11 4BS")
    assert (appointment.gp_registered, appointment.gp_surgery) == ("yes", "Merstow Green")
    assert "Please have their number with you" in visitor.text
    assert booking.how == Booking.How.WEB
    assert set(Message.objects.values_list("channel", flat=True)) == {Message.Channel.TEXT}
    assert not Person.objects.exists()


def test_three_children_are_booked_one_after_the_other(visitor, session):
    visitor.to_the_times("Amina", "Bilal", "Chand", slug="evesham")
    assert visitor.heading == "What times do you want to come?"
    assert "10am, 10:10am and 10:20am, one after the other" in visitor.text
    visitor.answers(starts_at=visitor.times[1])
    for _child in range(3):
        visitor.answers(known="no")
    visitor.says_where().answers(relationship="mother", contact_name="Sara Khan", parental="yes").answers(
        contact_by=["neither"]
    )
    assert "10:10am Amina, 10:20am Bilal and 10:30am Chand" in visitor.text
    visitor.answers()
    assert visitor.heading == "Appointments booked"
    assert "Amina: 10:10am Bilal: 10:20am Chand: 10:30am" in visitor.text
    assert "Write the reference down" in visitor.text
    booking = Booking.objects.get()
    assert booking.appointments.count() == 3
    assert (booking.phone, booking.email) == ("", "")
    assert not Message.objects.exists()


def test_the_clinic_can_be_chosen_after_who_it_is_for(visitor, session):
    visitor.starts().names("Amina").answers(another="no")
    assert visitor.heading == "Choose a clinic"
    visitor.answers(near="wr11 4bs")
    assert "1 clinic near WR11" in visitor.text
    link = re.search(r'href="(/book/[^"]+/clinic/[^"]+/)"', visitor.page.content.decode())
    assert link is not None
    visitor.goes(link[1])
    assert visitor.heading == "Which day do you want?"
    assert "Saturday 21 November 2026 Morning" in visitor.text
    visitor.answers(day=str(session.public_id))
    assert visitor.heading == "What is Amina’s appointment for?"
    assert "Saturday 21 November 2026" in visitor.text


def test_every_answer_can_be_changed_from_the_check_and_leads_back_to_it(visitor, session):
    visitor.to_the_check("Amina", "Bilal", slug="evesham")
    check = visitor.path
    links = re.findall(r'href="([^"]+)">Change<', visitor.page.content.decode())
    assert len(links) >= 13
    for link in set(links):
        visitor.goes(link)
        assert visitor.page.status_code == 200 and visitor.path == link, link
        if not link.endswith("/clinic/"):
            assert f'href="{check}"' in visitor.page.content.decode(), f"Back of {link} leads to the check"
    name = next(link for link in links if "/people/2/name/" in link)
    visitor.goes(name).answers(first_name="Bilaal", last_name="Khan")
    assert visitor.path == check
    assert "Bilaal Khan" in visitor.text


def test_a_later_page_asks_first_for_what_is_missing(visitor, session):
    visitor.starts("evesham").names("Amina")
    draft = Draft.objects.get()
    for page in ("time", "check", "contact", "language", "people/1/nhs-number"):
        visitor.goes(f"/book/{draft.public_id}/{page}/")
        assert visitor.heading == "People who are coming", page


def test_a_seventh_person_is_not_asked_for(visitor, session):
    visitor.starts("evesham")
    for number, name in enumerate(("Ann", "Ben", "Cat", "Dan", "Eve", "Fay"), start=1):
        visitor.names(name)
        if number < 6:
            visitor.answers(another="yes")
    assert "up to 6 people" in visitor.text
    draft = Draft.objects.get()
    visitor.goes(f"/book/{draft.public_id}/people/7/name/")
    assert visitor.heading == "People who are coming"
    visitor.answers(f"/book/{draft.public_id}/people/")
    assert visitor.heading == "What is Ann’s appointment for?"
    assert "Is it the same for Ben, Cat, Dan, Eve and Fay?" in visitor.text


def test_a_person_can_be_removed_but_not_the_only_one(visitor, session):
    visitor.to_the_check("Amina", "Bilal", slug="evesham")
    draft = Draft.objects.get()
    visitor.goes(f"/book/{draft.public_id}/people/2/remove/")
    assert visitor.heading == "Remove Bilal from this booking?"
    visitor.answers()
    assert visitor.heading == "People who are coming" and "Bilal" not in visitor.text
    visitor.goes(f"/book/{draft.public_id}/people/1/remove/")
    assert "Remove" not in visitor.heading


def test_extra_time_takes_two_places_and_is_asked_for_before_the_times(visitor, session):
    visitor.starts("evesham").names("Amina").answers(another="no").says_what_for().answers(interpreter="no")
    visitor.answers(wanted="yes", who=["1"])
    assert visitor.heading == "What help does Amina need?"
    visitor.answers(needs=["extra_time", "hearing"], words="Signs with BSL")
    assert "10am, for 20 minutes" in visitor.text
    visitor.answers(starts_at=visitor.times[0]).answers(known="no")
    visitor.says_where().answers(relationship="father", contact_name="Ali Khan", parental="yes").answers(
        contact_by=["neither"]
    ).answers()
    appointment = Appointment.objects.get()
    assert (appointment.extra_time, appointment.minutes) == (True, 20)
    assert appointment.support_needs == "A longer appointment. Trouble hearing. Signs with BSL"
    assert Place.objects.filter(reservation=appointment.reservation).count() == 2


def test_whoever_books_can_ask_for_help_and_their_way_of_being_told(visitor, session):
    visitor.starts("evesham").names("Amina").answers(another="no").says_what_for().answers(interpreter="no")
    visitor.answers(wanted="yes")
    assert "Select who needs extra help" in visitor.text
    visitor.answers(wanted="yes", who=["1", "me"]).answers(needs=["needles"])
    assert visitor.heading == "What help do you need?"
    visitor.answers(needs=["hearing", "moving"], words="Please write, do not phone")
    visitor.answers(starts_at=visitor.times[0]).answers(known="no")
    visitor.says_where().answers(relationship="mother", contact_name="Sara", parental="yes").answers(
        contact_by=["neither"]
    )
    assert "Trouble hearing. Trouble moving or walking. Please write, do not phone" in visitor.text
    visitor.answers()
    booking = Booking.objects.get()
    assert booking.support_needs == "Trouble hearing. Trouble moving or walking. Please write, do not phone"
    assert booking.appointments.get().support_needs == "Very afraid of needles"


def test_every_page_costs_few_queries_however_many_times_there_are(visitor, session):
    make_session(slug="large", periods=((time(9), time(17), 10),))
    for slug in ("evesham", "large"):
        visitor.to_the_check("Amina", "Bilal", slug=slug)
        base = visitor.path.removesuffix("check/")
        for page in (
            "people/",
            "people/1/vaccines/",
            "language/",
            "help/",
            "time/",
            "people/2/nhs-number/",
            "people/1/home/",
            "people/1/gp/",
            "about-you/",
            "contact/",
            "check/",
        ):
            with CaptureQueriesContext(connection) as captured:
                assert visitor.client.get(base + page).status_code == 200
            # The check asks besides whether this browser has booked for the same people already.
            most = 3 if page == "check/" else 2
            assert len(captured) <= most, f"{page} of {slug}: {len(captured)} queries"


def test_an_answer_is_written_once_and_read_once(visitor, session):
    def queries(**answers: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert visitor.client.post(visitor.path, answers).status_code == 302
        return len(captured)

    visitor.goes("/book/?clinic=evesham")
    with CaptureQueriesContext(connection) as captured:
        visitor.client.post("/book/?clinic=evesham", {"first_name": "Amina"})
    assert len(captured) == 2, "the clinic, and the new draft with its first answer"
    visitor.starts("evesham").names("Amina")
    assert queries(another="no") == 3, "with it, the vaccines of the clinic: is everybody old enough?"
    assert visitor.goes(visitor.path).answers(another="no").heading == "What is Amina’s appointment for?"
    assert queries(vaccines=["check"]) == 4, "with it, what the clinic offers, and whether gelatine matters there"
    assert visitor.goes(visitor.path).answers(vaccines=["check"]).heading.startswith("Do you want an interpreter")
    assert queries(interpreter="no") == 2


def test_asking_for_extra_time_later_asks_for_another_time(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    draft = Draft.objects.get()
    visitor.goes(f"/book/{draft.public_id}/help/").answers(wanted="yes", who=["1"]).answers(needs=["extra_time"])
    assert visitor.heading == "What time do you want to come?"


def test_an_adult_books_for_themselves_after_the_year_was_checked(visitor, session):
    visitor.starts("evesham").names("Iris", "Old", born="1 2 1979")
    assert visitor.heading == "Check the year – is Iris 47?"
    visitor.answers().answers(another="no").says_what_for().answers(interpreter="no").answers(wanted="no")
    visitor.answers(starts_at=visitor.times[0]).answers(known="no")
    visitor.says_where().answers(relationship="myself").answers(contact_by=["neither"])
    assert visitor.heading == "Check your answers before you book"
    visitor.answers()
    assert visitor.heading == "Appointment booked"
    assert Booking.objects.get().contact_name == ""


def test_a_birth_known_to_the_year_is_enough(visitor, session):
    visitor.starts("evesham").answers("/book/?clinic=evesham", first_name="Noor", last_name="")
    draft = Draft.objects.get()
    about = f"/book/{draft.public_id}/people/1/date-of-birth/about/"
    assert about in visitor.page.content.decode()
    visitor.goes(about).answers(date_of_birth_year="2020")
    assert "about 2020" in visitor.text
    assert f'href="{about}"' in visitor.page.content.decode()
    visitor.answers(another="no").says_what_for().answers(interpreter="no").answers(wanted="no")
    visitor.answers(starts_at=visitor.times[0]).answers(known="no")
    visitor.says_where().answers(relationship="mother", contact_name="X", parental="yes").answers(
        contact_by=["neither"]
    )
    assert f'href="{about}"' in visitor.page.content.decode()
    visitor.answers()
    assert "use 1 January 2020" in visitor.text
    appointment = Appointment.objects.get()
    assert appointment.date_of_birth_is_approximate and str(appointment.date_of_birth) == "2020-01-01"


def test_somebody_too_young_is_told_from_when_and_may_choose_another_clinic(visitor):
    make_session(slug="measles-only", vaccines=("MMR",))
    make_session(slug="for-babies", vaccines=("MMR", "6IN1"))
    visitor.starts("measles-only").names("Amina", born="14 6 2026").answers(another="no")
    assert visitor.heading == "Too young for this clinic on this day"
    assert "Amina can have a vaccine at a clinic like this from 14 June 2027" in visitor.text
    visitor.goes(visitor.path.replace("/age/", "/time/"))
    assert visitor.heading == "Too young for this clinic on this day"
    visitor.starts("for-babies").names("Amina", born="14 6 2026").answers(another="no")
    assert visitor.heading == "What is Amina’s appointment for?"


def test_the_year_that_is_wrong_can_be_put_right_for_a_clinic_too_young_for(visitor):
    make_session(slug="measles-only", vaccines=("MMR",))
    visitor.starts("measles-only").names("Amina", born="14 6 2026").answers(another="no")
    draft = Draft.objects.get()
    visitor.goes(f"/book/{draft.public_id}/people/1/date-of-birth/")
    visitor.answers(date_of_birth_day="14", date_of_birth_month="6", date_of_birth_year="2022")
    assert visitor.heading == "Do you want an interpreter at the clinic?"
