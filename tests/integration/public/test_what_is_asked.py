"""What families are asked about vaccines, home, GP surgery and how to reach them; and who sees the answers."""

import pytest
import time_machine
from django.utils.translation import override

from accounts.models import Role
from bookings.arrivals import arrive_appointments
from bookings.models import Appointment, Booking
from bookings.queries.rows import flags_of
from immunisations.models import Person, Practice
from tests.support.factories import MORNING, book, child, contact, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session(slug="evesham", name="Evesham clinic")


def test_the_first_answers_hold_for_the_others_unless_they_differ(visitor, session):
    visitor.starts("evesham").names("Amina").answers(another="yes").names("Bilal").answers(another="no")
    assert "Is it the same for Bilal?" in visitor.text
    visitor.answers(vaccines=["MEASLES"])
    assert "Select yes if it is the same for Bilal" in visitor.text
    visitor.answers(vaccines=["MEASLES"], same="no")
    assert visitor.heading == "What is Bilal’s appointment for?" and "The same as Amina" in visitor.text
    visitor.answers(vaccines=["6IN1"]).answers(interpreter="no").answers(wanted="no")
    visitor.answers(starts_at=visitor.times[0]).answers(known="no").answers(known="no")
    visitor.answers(home="ours", address="1 High Street", postcode="WR11 4BS", same="yes")
    visitor.answers(gp="yes", gp_surgery="Merstow Green", same="no")
    assert visitor.heading == "Is Bilal registered with a GP surgery?"
    visitor.answers(gp="no").answers(relationship="mother", contact_name="Sara", parental="yes")
    visitor.answers(contact_by=["neither"]).answers()
    amina, bilal = Appointment.objects.order_by("position")
    assert (amina.wanted, bilal.wanted) == (["MMR", "MMRV"], ["6IN1"])
    assert amina.address == bilal.address == "1 High Street" and amina.postcode == bilal.postcode == "WR11 4BS"
    assert (amina.gp_registered, amina.gp_surgery) == ("yes", "Merstow Green")
    assert (bilal.gp_registered, bilal.gp_surgery) == ("no", "")
    assert "Anyone in England can register with a GP surgery" in visitor.text


def test_one_of_three_may_differ_later_and_the_third_stays_as_the_first(visitor, session):
    visitor.to_the_check("Amina", "Bilal", "Chand", slug="evesham")
    base = visitor.path.removesuffix("check/")
    visitor.goes(f"{base}people/2/home/").answers(home="staying", staying_postcode="wr1 1aa")
    assert visitor.heading == "Check your answers before you book"
    visitor.goes(f"{base}people/3/home/")
    assert 'value="same" checked' in visitor.page.content.decode()
    visitor.goes(f"{base}check/").answers()
    assert list(Appointment.objects.order_by("position").values_list("postcode", flat=True)) == ["", "WR1 1AA", ""]


def test_a_clinic_with_one_thing_to_offer_does_not_ask_what_for(visitor):
    make_session(slug="evesham", vaccines=("MMR", "MMRV"))
    visitor.starts("evesham").names("Amina").answers(another="no")
    assert visitor.heading == "Do you want an interpreter at the clinic?"


@pytest.mark.once
def test_what_for_is_asked_at_a_clinic_with_several_after_one_with_a_single_vaccine(visitor, session):
    single = make_session(slug="single", vaccines=("MMR",), name="Single clinic")
    visitor.starts("single").names("Amina").answers(another="yes").names("Bilal").answers(another="no")
    assert visitor.heading == "Do you want an interpreter at the clinic?"
    visitor.answers(interpreter="no")
    base = visitor.path.removesuffix("help/")

    def goes_to(clinic):
        return visitor.answers(f"{base}clinic/{clinic.venue.public_id}/", day=str(clinic.public_id))

    assert goes_to(session).heading == "What is Amina’s appointment for?"
    assert "Is it the same for Bilal?" in visitor.text and "checked" not in visitor.page.content.decode()
    visitor.answers(vaccines=["check"], same="yes")
    # What was answered holds at every clinic that has it.
    for clinic in (single, session):
        assert goes_to(clinic).heading == "Does anybody need extra help or a longer appointment?"


def test_what_another_clinic_does_not_give_is_asked_again(visitor, session):
    other = make_session(vaccines=("MMR", "MENB"), name="Other clinic")
    visitor.starts("evesham").names("Amina").answers(another="no").answers(vaccines=["6IN1"])
    days = visitor.path.replace("/language/", f"/clinic/{other.venue.public_id}/")
    visitor.answers(days, day=str(other.public_id))
    assert visitor.heading == "What is Amina’s appointment for?" and "6-in-1" not in visitor.text


def test_no_parent_keeps_the_booking_and_the_desk_is_told_to_phone(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    visitor.goes(visitor.path.replace("/check/", "/about-you/"))
    assert "The nurse will need to speak to them by phone" in visitor.text
    visitor.answers(relationship="foster_carer", contact_name="Jo")
    assert "Select yes if someone with parental responsibility can come" in visitor.text
    visitor.answers(relationship="foster_carer", contact_name="Jo", parental="no").answers()
    assert "Please have their number with you" in visitor.text
    appointment = Appointment.objects.select_related("booking").get()
    words = [str(flag.words) for flag in flags_of(appointment, None)]
    assert "Phone a parent: nobody with parental responsibility comes" in words


def test_nobody_asks_an_adult_about_parental_responsibility(visitor, session):
    visitor.starts("evesham").names("Iris", born="1 2 2005").answers(another="no").says_what_for()
    visitor.answers(interpreter="no").answers(wanted="no").answers(starts_at=visitor.times[0]).answers(known="no")
    visitor.says_where()
    assert visitor.heading == "About you" and "parental" not in visitor.text
    visitor.answers(relationship="myself")
    assert visitor.heading == "How should we send you the details of your booking?"


def test_whoever_books_for_themselves_and_for_others_is_known_by_name(visitor, session):
    """By the name it is known of whom they may be told."""
    visitor.starts("evesham").names("Iris", born="1 2 2005").answers(another="yes").names("Tom", born="1 2 2012")
    visitor.answers(another="no").says_what_for().answers(interpreter="no").answers(wanted="no")
    visitor.answers(starts_at=visitor.times[0]).answers(known="no").answers(known="no").says_where()
    visitor.answers(relationship="myself", parental="yes")
    assert "Enter your full name" in visitor.text
    visitor.answers(relationship="myself", contact_name="Iris Khan", parental="yes").answers(contact_by=["neither"])
    assert visitor.heading == "Check your answers before you book"


def test_who_books_is_asked_again_once_nobody_is_left_who_could_book_for_themselves(visitor, session):
    visitor.starts("evesham").names("Iris", born="1 2 2005").answers(another="yes").names("Tom", born="1 2 2012")
    visitor.answers(another="no").says_what_for().answers(interpreter="no").answers(wanted="no")
    visitor.answers(starts_at=visitor.times[0]).answers(known="no").answers(known="no").says_where()
    visitor.answers(relationship="myself", contact_name="Iris Khan", parental="yes").answers(contact_by=["neither"])
    visitor.answers(visitor.path.replace("/check/", "/people/1/remove/")).answers(another="no")
    visitor.answers(starts_at=visitor.times[0])
    assert visitor.heading == "About you" and "I am booking for myself" not in visitor.text


def test_an_email_address_that_looks_mistyped_is_asked_about_once_and_never_refused(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    page = visitor.path.replace("/check/", "/contact/")
    visitor.answers(page, contact_by=["email"], email="sara@homtail.com")
    assert visitor.path == page and "There is a problem" not in visitor.text
    assert "You entered sara@homtail.com . Did you mean sara@hotmail.com ?" in visitor.text
    visitor.answers(contact_by=["email"], email="sara@homtail.com")
    assert visitor.heading == "Check your answers before you book"
    visitor.answers()
    assert Booking.objects.get().email == "sara@homtail.com"


def test_whoever_has_neither_mobile_nor_email_may_have_a_letter_to_the_address_given(visitor, session):
    visitor.to_the_times("Amina", slug="evesham").answers(starts_at=visitor.times[0]).answers(known="no")
    visitor.answers(home="ours", address="1 High Street\nEvesham", postcode="WR11 4BS").answers(gp="not_sure")
    visitor.answers(relationship="mother", contact_name="Sara", parental="yes")
    assert "1 High Street\nEvesham\nWR11 4BS" in visitor.page.content.decode()
    visitor.answers(contact_by=["neither"], letter_address="1 High Street\nEvesham\nWR11 4BS")
    assert "1 High Street, Evesham, WR11 4BS" in visitor.text
    visitor.answers()
    assert "in a letter to 1 High Street, Evesham, WR11 4BS" in visitor.text
    booking = Booking.objects.get()
    assert booking.letters and booking.address == "1 High Street\nEvesham\nWR11 4BS"


def test_an_address_left_in_the_form_of_whoever_has_a_mobile_is_no_letter(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    page = visitor.path.replace("/check/", "/contact/")
    visitor.answers(page, contact_by=["text"], mobile="07700 900982", letter_address="1 High Street").answers()
    assert not Booking.objects.get().letters


def test_what_staff_read_is_written_in_their_language_whichever_the_pages_were_in(visitor, session):
    visitor.to_the_check("Amina", slug="evesham")
    base = visitor.path.removesuffix("check/")
    visitor.answers(f"{base}language/", interpreter="yes", spoken_language="Urdu", formats=["large_print"])
    visitor.answers(f"{base}help/", wanted="yes", who=["1"]).answers(needs=["hearing"])
    with override("ur"):
        visitor.answers(f"/ur{base}check/")
    appointment = Appointment.objects.select_related("booking").get()
    assert (appointment.support_needs, appointment.booking.support_needs) == ("Trouble hearing", "Large print")
    assert (appointment.booking.relationship, appointment.booking.language) == ("Mother", "ur")


def test_the_row_of_the_clinic_day_says_all_that_was_told(session):
    details = child(wanted=("MMR", "MMRV", "6IN1"), gelatine_free=True, support_needs="Trouble hearing")
    made = book(
        session,
        details,
        contact=contact(
            interpreter_needed=True,
            spoken_language="Urdu",
            support_needs="Large print",
            parental_responsibility="not_sure",
        ),
    )
    appointment = made.appointments[0]
    appointment.running_late_at = MORNING
    words = [str(flag.words) for flag in flags_of(appointment, None)]
    assert words == [
        "Running late, said at 9am",
        "Interpreter: Urdu",
        "Gelatine-free",
        "Not sure that somebody with parental responsibility comes",
        "Asked for MMR or MMRV, 6-in-1",
        "Large print",
        "Trouble hearing",
    ]


def test_the_persons_page_says_home_and_surgery_as_the_booking_has_them(client, session):
    made = book(session, child(address="1 High Street", postcode="WR11 4BS", gp_registered="yes", gp_surgery="Merstow"))
    nurse = make_user(session.team, Role.VACCINATOR)
    arrive_appointments(session=session, appointments=made.appointments, by=nurse, at=MORNING)
    with time_machine.travel(MORNING, tick=False):
        client.force_login(nurse)
        page = client.get(f"/clinic-day/{session.public_id}/people/{Person.objects.get().public_id}/")
    assert "Home: 1 High Street, WR11 4BS. GP surgery: Merstow" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "found"),
    [("merstow green  medical practice", True), ("wr114bs", True), ("De Montfort", False), ("WR9 8DS", False)],
)
def test_whoever_arrives_new_has_the_home_and_surgery_they_gave(session, typed, found):
    practice = Practice.objects.create(ods_code="M81001", name="Merstow Green Medical Practice", postcode="WR11 4BS")
    for number in (2, 3):
        Practice.objects.create(ods_code=f"M8100{number}", name=f"Corbett {number}", postcode="WR9 8DS")
    details = child(address="1 High Street", postcode="WR11 4BS", gp_registered="yes", gp_surgery=typed)
    made = book(session, details)
    desk = make_user(session.team, Role.DESK)
    arrive_appointments(session=session, appointments=made.appointments, by=desk, at=MORNING)
    person = Person.objects.get()
    assert (person.address, person.postcode) == ("1 High Street", "WR11 4BS")
    assert person.gp_registration == Person.GPRegistration.REGISTERED
    assert person.practice == (practice if found else None)


def test_a_date_of_birth_is_played_back_as_it_is_written_in_the_language(visitor):
    visitor.goes("/pl/book/").names("Amina", born="27 3 2023")
    assert "27 marca 2023" in visitor.text
