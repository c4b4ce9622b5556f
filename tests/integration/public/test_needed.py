"""“Check what my child may need”: no names, nothing kept, the schedule's answer, and the clinics that may help."""

import logging

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.support.factories import make_session, make_team, make_venue

pytestmark = pytest.mark.django_db
PATH = "/what-is-needed/"
BORN = {"date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "2022"}


def dose(number, vaccine, given_on):
    return {f"dose{number}-vaccine": vaccine, f"dose{number}-given_on": given_on}


def test_a_date_of_birth_and_doses_are_answered_in_plain_words(visitor):
    visitor.goes(PATH)
    assert visitor.heading == "Check what your child may need"
    visitor.answers(PATH, **BORN, lines="4", **dose(1, "Infanrix hexa", "25/5/2022"), **dose(2, "mmr", "1 April 2023"))
    assert visitor.page.status_code == 200 and visitor.path == PATH
    assert visitor.heading == "What your child may need"
    assert "A nurse always checks the record with you before any vaccine is given" in visitor.text
    assert "MMRV: May be due now This would be dose 2. The usual day for it was 27 July 2025." in visitor.text
    assert "6-in-1: May be due now This would be dose 2." in visitor.text
    assert "HPV: Later Dose 1 is usually given from 27 March 2034 on." in visitor.text
    assert "Rotavirus: Not given at this age" in visitor.text
    # What was typed stays, to be changed.
    page = visitor.page.content.decode()
    assert 'value="Infanrix hexa"' in page and 'value="1 April 2023"' in page and 'value="2022"' in page


def test_nothing_of_it_is_kept_sent_back_in_an_address_or_logged(caplog, settings):
    client = Client(enforce_csrf_checks=True)
    with caplog.at_level(logging.DEBUG, logger="django.request"), CaptureQueriesContext(connection) as queries:
        answer = client.post(PATH, {**BORN, "lines": "4", **dose(1, "MMR", "1 April 2023")})
    assert answer.status_code == 200
    assert not answer.cookies and not Session.objects.exists()
    assert "no-store" in answer["Cache-Control"]
    assert all(query["sql"].startswith("SELECT") for query in queries)
    assert "2022" not in caplog.text and "2023" not in caplog.text


def test_a_wrong_line_says_what_is_wrong_and_keeps_what_was_typed(visitor):
    visitor.answers(
        PATH,
        **{**BORN, "date_of_birth_day": "31", "date_of_birth_month": "2"},
        lines="4",
        **dose(1, "men", "1/2/23"),
        **dose(2, "Nonsense", ""),
        **dose(3, "", "2023"),
        near="Atlantis",
    )
    assert visitor.page.status_code == 422
    assert "<title>Error: " in visitor.page.content.decode()
    for words in (
        "The child’s date of birth must be a real date",
        "Type more of the name. It could be Hib/MenC, MenACWY, MenB",
        "Check the name of the vaccine. If it is not in the list above, leave it out",
        "Enter when dose 2 was given",
        "Enter the vaccine of dose 3",
        "We cannot find “Atlantis” – check it, or try a nearby town or a postcode",
    ):
        assert visitor.text.count(words) == 2, words
    for typed in ('value="men"', 'value="Nonsense"', 'value="Atlantis"'):
        assert typed in visitor.page.content.decode()


@pytest.mark.once
@pytest.mark.parametrize(
    ("given_on", "words"),
    [
        ("1/2/2021", "This is before the person was born"),
        ("1/2/2030", "This is in the future"),
        ("yesterday", "Write the date like 3/2/2021, Feb 2021 or 2021"),
        ("\x00", "The date includes a character that cannot be saved"),
        ("9" * 5000, "The date must be 60 characters or fewer"),
        ("💉", "Write the date like 3/2/2021, Feb 2021 or 2021"),
    ],
)
def test_a_date_that_cannot_be_is_refused_with_a_sentence(visitor, given_on, words):
    visitor.answers(PATH, **BORN, lines="4", **dose(1, "MMR", given_on))
    assert visitor.page.status_code == 422 and words in visitor.text


@pytest.mark.once
@pytest.mark.parametrize("lines", ["", "0", "-3", "9999999999", "x", "²"])
def test_any_number_of_lines_gets_a_page(visitor, lines):
    assert visitor.answers(PATH, **BORN, lines=lines).page.status_code == 200


def test_more_lines_are_given_without_a_word_of_what_is_wrong_up_to_twenty(visitor):
    typed = {"date_of_birth_day": "x", **dose(1, "M", "soon"), "near": "Evesham"}
    visitor.answers(PATH, lines="4", more="yes", **typed)
    page = visitor.page.content.decode()
    assert visitor.page.status_code == 200 and "There is a problem" not in page
    assert 'name="dose8-vaccine"' in page and 'name="dose9-vaccine"' not in page
    for value in ("x", "M", "soon", "Evesham"):
        assert f'value="{value}"' in page
    visitor.answers(PATH, lines="20", more="yes", **typed)
    assert 'name="dose20-vaccine"' in visitor.page.content.decode() and "Add more lines" not in visitor.text


def test_a_vaccine_that_changes_nothing_is_named_and_left_out(visitor):
    visitor.answers(PATH, **BORN, lines="4", **dose(1, "BCG", ""), **dose(2, "MMR 3/4/23", ""))
    assert "These do not change the answer: BCG." in visitor.text
    assert "MMRV: May be due now This would be dose 2" in visitor.text


def test_the_clinics_are_those_that_have_what_may_be_due_nearest_first(visitor):
    team = make_team()
    make_session(venue=make_venue(team, town="Evesham", postcode="WR11 4RW"), slug="evesham", vaccines=["MMRV"])
    make_session(
        venue=make_venue(team, town="Worcester", postcode="WR1 2EY"), slug="worcester", vaccines=["MMRV", "HPV"]
    )
    make_session(venue=make_venue(team, town="Redditch", postcode="B97 6QS"), slug="redditch", vaccines=["HPV"])
    visitor.answers(PATH, **BORN, lines="4", near="wr1 2ey")
    page = visitor.page.content.decode()
    assert "Clinics near WR1 that may help" in visitor.text
    assert page.index("/clinics/worcester/") < page.index("/clinics/evesham/") and "/clinics/redditch/" not in page
    visitor.answers(PATH, **BORN, lines="4")
    assert "Next clinics that may help" in visitor.text


def test_a_place_of_several_names_says_which(visitor):
    team = make_team()
    for town in ("Great Malvern", "Malvern Link"):
        make_session(venue=make_venue(team, town=town, postcode="WR14 1AB"))
    visitor.answers(PATH, **BORN, lines="4", near="malvern")
    assert "There is more than one place with this name. Type one of: Great Malvern, Malvern Link" in visitor.text


def test_without_such_a_clinic_the_page_says_what_to_do(visitor):
    visitor.answers(PATH, **BORN, lines="4")
    assert "There is no clinic with these vaccines at the moment. Ask your GP surgery" in visitor.text


def test_the_answer_costs_as_many_queries_for_thirty_clinics_as_for_three(visitor):
    team = make_team()

    def queries():
        visitor.answers(PATH, **BORN, lines="4", near="WR11")
        with CaptureQueriesContext(connection) as captured:
            visitor.answers(PATH, **BORN, lines="4", near="WR11")
        assert visitor.page.status_code == 200
        return len(captured)

    for number in range(3):
        make_session(venue=make_venue(team, town=f"Town {number}"))
    few = queries()
    for number in range(3, 30):
        make_session(venue=make_venue(team, town=f"Town {number}"))
    assert queries() == few <= 4
