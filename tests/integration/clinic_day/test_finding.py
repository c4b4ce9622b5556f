"""One box: any facts in any order, slips forgiven, this clinic first, and a QR code in the same box."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RecordView
from bookings.actions import cancel_appointments
from bookings.models import Appointment, Booking, ListEntry, QueueSlip
from bookings.slips import make_slip
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.models import PersonIdentifier, Visit
from tests.integration.clinic_day.conftest import arrive_all, words
from tests.support.factories import MORNING, book, child, contact, make_session, make_team

pytestmark = pytest.mark.django_db
AMINA = child("Amina", "Khan", date(2020, 3, 14), postcode="WR11 4RW", nhs_number="9990000018")


@pytest.fixture
def expected(clinic):
    """Amina Khan, expected; her mother's mobile is 07700 900982."""
    return book(clinic.session, AMINA, child("Zbigniew", "Kowalczyk", date(2021, 7, 1))).booking


def find(client, clinic, text):
    return client.post(clinic.url("clinic-day-search"), {"q": text})


def add(clinic, first_name="Amina", last_name="Khan", born=date(2020, 3, 14), **details):
    return actions.add_person(
        team=clinic.team, first_name=first_name, last_name=last_name, date_of_birth=born, by=None, at=MORNING, **details
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("khan 14 3 20", "date of birth, name"),
        ("14/3/2020 KHAN", "date of birth, name"),
        ("khan amina", "name"),
        ("am kh", "name"),
        ("kha", "name"),
        ("999 000 0018 khan", "NHS number, name"),
        ("khan 07700 900982", "phone, name"),
        ("07700900982 14 3 20", "date of birth, phone"),
        ("wr11 4rw khan", "postcode, name"),
        ("wr114rw 14 mar 20", "date of birth, postcode"),
        ("wr11 khan", "postcode, name"),
        ("Kahn 14.3.20", "date of birth, name sounds alike"),
        ("amima khan", "name spelt nearly so"),
        ("Ámina Khán", "name"),
    ],
)
def test_any_facts_in_any_order_find_who_is_expected_and_say_why(clinic, desk, expected, text, why):
    page = words(find(desk, clinic, text))
    assert "1 person found." in page and "At this clinic" in page and f"Found by {why}" in page, page


@pytest.mark.parametrize(
    "text", ["khan 15 3 20", "smith 14 3 20", "wr11 4rw 15 3 20", "07700900983", "khan 9990000026"]
)
def test_one_fact_that_does_not_fit_finds_nobody(clinic, desk, expected, text):
    assert "0 people found." in words(find(desk, clinic, text))


@pytest.mark.parametrize("slip", ["kowalczik", "kowalcyzk", "kowlczyk", "kowaalczyk", "zbigniev kowalczyk"])
def test_a_slip_finds_the_same_on_the_list_and_among_all_people(clinic, desk, slip):
    book(clinic.session, child("Zbigniew", "Kowalczyk", date(2021, 7, 1)))
    add(clinic, "Zbigniew", "Kowalczyk", date(1980, 1, 1))
    page = words(find(desk, clinic, slip))
    assert "2 people found." in page and "At this clinic" in page and "Among all our people" in page


def test_a_reference_finds_with_or_without_a_name(clinic, desk, expected):
    reference = expected.reference
    for text in (reference, f"{reference[:5]}-{reference[5:]}".lower()):
        page = words(find(desk, clinic, text))
        assert "2 people found." in page and "Found by booking reference" in page


def test_somebody_booked_whose_record_is_known_is_found_once_with_the_way_to_it(clinic, desk):
    book(
        clinic.session,
        child("Amina", "Khan", date(2020, 3, 14), nhs_number="9990000018"),
        child("Bilal", "Khan", date(2020, 3, 14)),
    )
    known = add(clinic, nhs_number="9990000018")
    # Only the name and the day: somebody has to look.
    alike = add(clinic, "Bilal")
    page = find(desk, clinic, "khan 14 3 20")
    assert "3 people found." in words(page)
    html = page.content.decode()
    assert html.count("KHAN, Amina</a>") == 1 and clinic.url("person", known.public_id) in html
    assert html.index("Among all our people") < html.index(clinic.url("person", alike.public_id))
    assert RecordView.objects.filter(person_id=known.public_id, page="search").exists()


def test_a_prison_number_finds_on_the_list_and_among_all(clinic, desk):
    person = add(clinic)
    PersonIdentifier.objects.create(person=person, kind="prison_number", value="A1234BC")
    assert "Among all our people" in words(find(desk, clinic, "a1234bc"))
    ListEntry.objects.create(session=clinic.session, person=person, group="B", added_by_name="x", added_at=MORNING)
    page = words(find(desk, clinic, "a1234bc khan"))
    assert "At this clinic" in page and "Found by number, name" in page


def test_this_clinic_comes_first_then_our_others_with_which_and_when_then_everybody(clinic, desk):
    elsewhere = make_session(clinic.team, name="Malvern clinic", date=date(2026, 11, 28))
    book(clinic.session, child("Amina", "Khan", date(2020, 3, 14)))
    book(elsewhere, child("Bilal", "Khan", date(2020, 3, 14)))
    seen = add(clinic, "Carim", "Khan")
    before = make_session(clinic.team, name="Pershore clinic")
    ClinicSession.objects.filter(pk=before.pk).update(date=date(2026, 10, 3))
    Visit.objects.create(session=before, person=seen, how="walk_in", arrived_at=MORNING - timedelta(days=49))
    listed = add(clinic, "Dina", "Khan")
    ListEntry.objects.create(session=elsewhere, person=listed, group="", added_by_name="x", added_at=MORNING)
    add(clinic, "Esra", "Khan")
    page = words(find(desk, clinic, "khan 14 3 20"))
    here, others, everybody = (page.index(each) for each in ("At this clinic", "At our other", "Among all our"))
    assert here < page.index("KHAN, Amina") < others < page.index("KHAN, Bilal") < everybody
    assert "Booked at Malvern clinic, Saturday 28 November 2026, " in page
    assert "Came to Pershore clinic, Saturday 3 October 2026" in page
    assert "On the list of Malvern clinic, Saturday 28 November 2026" in page
    assert page.index("KHAN, Esra") > everybody


def test_another_teams_people_are_never_found(clinic, desk):
    strange = make_session(make_team())
    made = book(strange, AMINA)
    for text in ("khan 14 3 20", made.booking.reference, "9990000018", made.link_token):
        assert "KHAN" not in words(find(desk, clinic, text))


def test_one_fact_alone_shows_ten_and_asks_for_a_second(clinic, desk):
    for number in range(12):
        add(clinic, f"Child{number}", "Khan")
    page = words(find(desk, clinic, "khan"))
    assert "10 people found. There are more. Add a second fact" in page
    assert "12 people found." in words(find(desk, clinic, "khan 14 3 20"))


@pytest.mark.parametrize("text", ["", "\x00", "x" * 5000, "😀", "<script>", "٣", "\u202ekhan", "%", "_", "' or 1=1"])
def test_strange_words_get_an_answer(clinic, desk, expected, text):
    assert find(desk, clinic, text).status_code in (200, 422)


# --- scanned


def test_a_scanned_booking_leads_straight_to_the_family_ready_to_arrive(clinic, desk):
    made = book(clinic.session, child("Amina"), child("Bilal"))
    for text in (f"http://testserver/booking/m/{made.link_token}/", made.link_token):
        page = find(desk, clinic, text)
        html = page.content.decode()
        assert "2 people found." in words(page) and "Arrive all 2 Khan children" in words(page)
        assert html.count("autofocus") == 1 and made.link_token not in html
    ids = html.split('name="appointment" value="')[1].split('"')[0]
    desk.post(clinic.url("clinic-day-arrive"), {"appointment": ids})
    assert Visit.objects.count() == 2


def test_a_scanned_booking_of_one_has_its_button_ready(clinic, desk):
    made = book(clinic.session)
    html = find(desk, clinic, made.link_token).content.decode()
    assert html.count("autofocus") == 1


def test_a_scanned_booking_that_was_cancelled_is_said_to_be(clinic, desk):
    made = book(clinic.session, child("Amina"), starts_at=MORNING + timedelta(hours=3))
    cancel_appointments(booking=made.booking, appointments=None, by=None, source="public", at=MORNING)
    said = words(find(desk, clinic, made.link_token))
    assert "Cancelled: " in said and "Booked at" not in said
    assert "Cancelled at this clinic" in said and "At our other clinics" not in said


def test_a_scanned_slip_finds_the_family(clinic, desk, nurse, amina):
    visit = Visit.objects.get()
    slip = make_slip(visit=visit, by=clinic.desk, at=MORNING)
    for text in (f"https://clinics.example/queue/{slip.token}/", str(slip.token).upper()):
        page = words(find(desk, clinic, text))
        assert "1 person found." in page and "KHAN, Amina" in page


def test_a_booking_of_another_day_says_where_they_are_booked(clinic, desk):
    elsewhere = make_session(clinic.team, name="Malvern clinic", date=date(2026, 11, 28))
    made = book(elsewhere)
    page = words(find(desk, clinic, made.link_token))
    assert "Booked at Malvern clinic, Saturday 28 November 2026" in page


def test_a_strange_code_says_so_and_looks_for_nobody(clinic, desk, expected):
    page = words(find(desk, clinic, "https://example.org/booking/m/AAAAAAAAAAAAAAAAAAAAAA/"))
    assert "This code belongs to no booking of your team." in page


def test_the_codes_hold_a_random_token_and_nothing_else(clinic, desk, amina):
    visit = Visit.objects.get()
    done = desk.post(clinic.url("clinic-day-slip"), {"visit": str(visit.public_id)})
    page = desk.get(done.url).content.decode()
    slip = QueueSlip.objects.get()
    assert f"/queue/{slip.token}/" in page and "<svg" in page
    main = page.split("<main")[1]
    assert "Khan" not in main and "Amina" not in main


def test_a_search_costs_as_many_queries_whoever_is_found(clinic, desk):
    def cost(text):
        with CaptureQueriesContext(connection) as queries:
            assert find(desk, clinic, text).status_code == 200
        return len(queries)

    elsewhere = make_session(clinic.team, name="Malvern clinic", date=date(2026, 11, 28))

    def grow(people, mark):
        for number in range(people):
            book(clinic.session, child(f"{mark}{number}", "Khan", date(2020, 3, 14)))
            book(elsewhere, child(f"Else{mark}{number}", "Khan", date(2020, 3, 14)))
            person = add(clinic, f"Known{mark}{number}", "Khan")
            ListEntry.objects.create(session=elsewhere, person=person, group="", added_by_name="x", added_at=MORNING)

    grow(2, "A")
    desk.get(clinic.url("clinic-day-session"))
    few = cost("khan 14 3 20")
    grow(7, "B")
    assert cost("khan 14 3 20") == few <= 24
    assert Appointment.objects.count() == 18 and arrive_all(desk, clinic)


def test_phones_are_found_however_they_are_written(clinic, desk):
    book(clinic.session, AMINA, contact=contact(phone="+447700900982"))
    add(clinic, "Bo", "", date(2001, 1, 1), phone="+447700900982")
    for text in ("07700 900 982", "+44 7700 900982", "(07700) 900982"):
        assert "2 people found." in words(find(desk, clinic, text)), text


@pytest.mark.parametrize("reference", ["WD9A7ZT2ZG", "HTFJXRVCCV", "ZAMP3Y38JH", "F77RJMQNEC", "KATEHUNTER"])
def test_a_reference_is_found_whatever_else_its_letters_could_mean(clinic, desk, expected, reference):
    Booking.objects.filter(pk=expected.pk).update(reference=reference)
    for text in (reference, f"{reference[:5]}-{reference[5:].lower()}", f"{reference[:5]} {reference[5:]}"):
        page = words(find(desk, clinic, text))
        assert "2 people found." in page and "Found by booking reference" in page, text


def test_what_is_no_reference_of_ours_keeps_its_other_meaning(clinic, desk):
    book(clinic.session, child("Amina", "Ahmed", postcode="B7 7RJ"))
    assert "Found by postcode, name" in words(find(desk, clinic, "B77RJ ahmed"))
