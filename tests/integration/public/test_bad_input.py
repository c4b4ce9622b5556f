"""Every form of the public journey takes anything at all and answers with a sentence."""

from html import escape

import pytest
from django.test import Client

from bookings.models import Draft
from tests.support.factories import make_session

pytestmark = pytest.mark.django_db

ODD = {
    "nothing": "",
    "blanks": "   ",
    "huge": "x" * 20_000,
    "nul": "a\x00b",
    "emoji": "👨‍👩‍👧💉",
    "right to left": "‮أمينة",
    "script": "<script>alert(1)</script>",
    "quotes": "\"'></textarea><b>",
    "number": "99999999999999999999",
}
FIELDS = {
    "people/1/name/": ["first_name", "last_name"],
    "people/1/date-of-birth/": ["date_of_birth_day", "date_of_birth_month", "date_of_birth_year"],
    "people/1/date-of-birth/about/": ["date_of_birth_day", "date_of_birth_month", "date_of_birth_year"],
    "people/": ["another"],
    "clinic/": ["near"],
    "language/": ["interpreter", "spoken_language"],
    "help/": ["wanted", "who"],
    "people/1/help/": ["needs", "words"],
    "help/you/": ["needs", "words"],
    "time/": ["starts_at"],
    "people/1/nhs-number/": ["known", "nhs_number"],
    "about-you/": ["relationship", "other", "contact_name"],
    "contact/": ["contact_by", "mobile", "email", "landline"],
}
CHOICES = {
    "language/": {"interpreter": "yes"},
    "help/": {"wanted": "yes"},
    "people/1/help/": {"needs": "hearing"},
    "help/you/": {"needs": "hearing"},
    "people/1/nhs-number/": {"known": "yes"},
    "about-you/": {"relationship": "other"},
    "contact/": {"contact_by": ["text", "email"]},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_every_question_answers_odd_input_with_a_page(visitor, odd):
    make_session(slug="evesham")
    visitor.to_the_check("Amina", "Bilal", slug="evesham")
    base = f"/book/{Draft.objects.get().public_id}/"
    visitor.answers(base + "help/", wanted="yes", who=["1", "me"]).answers(needs=["hearing"]).answers(needs=["hearing"])
    assert visitor.heading == "Check your answers before you book"
    kept = Draft.objects.values("answers", "session_id", "starts_at").get()
    for page, fields in FIELDS.items():
        for sent in (dict.fromkeys(fields, odd), dict.fromkeys(fields, odd) | CHOICES.get(page, {})):
            Draft.objects.update(**kept)
            visitor.answers(base + page, **sent)
            assert visitor.page.status_code in (200, 422), page
            body = visitor.page.content.decode()
            assert "<script>alert" not in body and "</textarea><b>" not in body and "\x00" not in body
            # Either it was taken, or the same page says what to do.
            if visitor.path == base + page:
                assert "There is a problem" in body and "<title>Error: " in body, page


def test_what_was_typed_wrongly_is_still_there_to_be_put_right(visitor):
    make_session(slug="evesham")
    visitor.to_the_check("Amina", slug="evesham")
    visitor.goes(f"/book/{Draft.objects.get().public_id}/about-you/").answers(contact_name="Sára <Khan>")
    assert "Select your relationship to Amina" in visitor.text
    assert escape("Sára <Khan>") in visitor.page.content.decode()


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_the_first_question_and_the_search_for_a_booking_answer_odd_input_with_a_page(visitor, odd):
    for path, sent in (
        ("/book/", {"first_name": odd, "last_name": odd}),
        (
            "/booking/",
            {"reference": odd, "date_of_birth_day": odd, "date_of_birth_month": odd, "date_of_birth_year": odd},
        ),
        (
            "/booking/",
            {"reference": odd, "date_of_birth_day": "1", "date_of_birth_month": "1", "date_of_birth_year": "2020"},
        ),
    ):
        visitor.answers(path, **sent)
        assert visitor.page.status_code in (200, 422)
        assert "<script>alert" not in visitor.page.content.decode()


def test_names_of_any_script_are_kept_as_typed(visitor):
    make_session(slug="evesham")
    visitor.starts("evesham").names("أمينة", "Żółć-O’Brien")
    assert "أمينة Żółć-O’Brien" in visitor.text


@pytest.mark.parametrize("path", ["/book/?clinic=%00", "/clinics/?near=%00", "/clinics/%00/", "/booking/m/%00/"])
def test_a_nul_in_an_address_is_refused(visitor, path):
    assert visitor.client.get(path).status_code in (400, 404)


@pytest.mark.parametrize("query", ["clinic=%ff%fe", "clinic=" + "x" * 3000, "clinic=<script>", "clinic=%F0%9F%92%89"])
def test_an_odd_clinic_in_the_address_is_as_none(visitor, query):
    visitor.goes(f"/book/?{query}")
    assert visitor.page.status_code == 200 and visitor.heading == "Who is the appointment for?"


@pytest.mark.parametrize("number", ["0", "7", "99999999999999999999999999"])
def test_a_person_who_is_not_there_leads_to_the_next_question(visitor, number):
    make_session(slug="evesham")
    visitor.starts("evesham").names("Amina")
    base = f"/book/{Draft.objects.get().public_id}/people/{number}/"
    for page in ("name", "date-of-birth", "date-of-birth/about", "date-of-birth/check", "remove", "help", "nhs-number"):
        assert visitor.goes(f"{base}{page}/").heading == "People who are coming"
        assert visitor.answers(f"{base}{page}/").heading == "People who are coming"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Enter Amina’s date of birth"),
        ({"day": "27", "year": "2020"}, "Amina’s date of birth must include a month"),
        ({"day": "31", "month": "2", "year": "2020"}, "Amina’s date of birth must be a real date"),
        ({"day": "1", "month": "1", "year": "2030"}, "Amina’s date of birth must be today or in the past"),
        ({"day": "1", "month": "1", "year": "20"}, "Year must include 4 numbers"),
    ],
)
def test_a_date_of_birth_is_put_right_in_the_words_of_the_design_system(visitor, sent, sentence):
    make_session(slug="evesham")
    visitor.starts("evesham").answers("/book/?clinic=evesham", first_name="Amina")
    visitor.answers(**{f"date_of_birth_{part}": value for part, value in sent.items()})
    assert visitor.text.count(sentence) == 2
    assert "<title>Error: " in visitor.page.content.decode()
    for value in sent.values():
        assert f'value="{value}"' in visitor.page.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("999000001", "NHS number must be 10 digits – you entered 9"),
        ("9990000019", "Check the NHS number – one digit may be wrong"),
        ("QQ123456C", "That looks like a National Insurance number"),
        ("999000001A", "NHS number must only include numbers"),
    ],
)
def test_a_wrong_nhs_number_is_never_a_dead_end(visitor, typed, sentence):
    make_session(slug="evesham")
    visitor.to_the_times("Amina", slug="evesham")
    visitor.answers(starts_at=visitor.times[0]).answers(known="yes", nhs_number=typed)
    assert sentence in visitor.text and "No, continue without it" in visitor.text
    visitor.answers(known="no", nhs_number=typed)
    assert visitor.heading == "Where does Amina live?"


def test_a_form_without_its_token_is_refused_kindly(visitor, db):
    answer = Client(enforce_csrf_checks=True).post("/book/", {"first_name": "Amina"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path"), [("put", "/clinics/"), ("delete", "/"), ("post", "/healthz"), ("patch", "/booking/")]
)
def test_a_page_asked_for_in_a_way_that_it_does_not_know_says_so_in_words(client, method, path):
    answer = getattr(client, method)(path)
    assert answer.status_code == 405 and answer["Allow"]
    assert answer["Content-Type"].startswith("text/html")
    assert "We could not understand that request" in answer.content.decode()
