"""Consent and the health questions that come along with a dose through the API."""

from datetime import date

import pytest

from immunisations import actions
from immunisations.models import Consent, Person, Screening, Vaccination
from tests.integration.api.test_records import MORNING, a_dose
from tests.support.factories import NOW, make_batch, make_session, make_user

pytestmark = pytest.mark.django_db
FIVE = dict.fromkeys(
    ("knows_vaccination", "knows_disease", "knows_consequences", "knows_procedure", "knows_side_effects"), True
)


@pytest.fixture
def nurse(calling, team, now):
    now.move_to(MORNING)
    return calling(make_user(team))


@pytest.fixture
def session(team):
    make_batch(team, number="AB1234")
    make_batch(team, "infanrix-hexa", number="HEX1")
    return make_session(team)


def add(team, born: date, sex: str = "male") -> Person:
    return actions.add_person(
        team=team,
        first_name="Tom",
        last_name="Khan",
        date_of_birth=born,
        sex=sex,
        by=None,
        at=NOW,
        source="test",
    )


@pytest.fixture
def tom(team):
    return add(team, date(2011, 9, 2))


def alone(**details):
    return {"route": "gillick", "given_by_name": "Tom Khan", "gillick": FIVE, **details}


def test_a_young_person_who_knows_all_five_decides_alone(nurse, tom, session):
    answer = nurse.post("vaccinations/", a_dose(tom, session, consent=alone(parents_not_told=True)))
    assert answer.status_code == 201, answer.content
    assert answer.json()["parents_not_told"] is True
    consent = Consent.objects.get()
    assert consent.gillick_knows_side_effects is True and consent.parents_not_told
    listed = nurse.get(f"vaccinations/?person={tom.public_id}").json()["results"]
    assert [row["parents_not_told"] for row in listed] == [True]


@pytest.mark.parametrize(
    ("consent", "status", "code"),
    [
        (alone(gillick=FIVE | {"knows_disease": False}), 409, "not_gillick_competent"),
        ({"route": "gillick", "given_by_name": "Tom Khan"}, 409, "gillick_not_asked"),
        (alone(gillick={"knows_disease": True}), 400, "invalid"),
        (alone(gillick="yes"), 400, "invalid"),
        ({"route": "parent_phone", "given_by_name": "Sara Khan"}, 409, "no_phone"),
        (
            {"route": "parent_present", "given_by_name": "Sara Khan", "parents_not_told": True},
            409,
            "wish_of_another",
        ),
    ],
)
def test_a_consent_that_cannot_be_is_refused_and_nothing_is_written(nurse, tom, session, consent, status, code):
    answer = nurse.post("vaccinations/", a_dose(tom, session, consent=consent))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Vaccination.objects.exists() and not Consent.objects.exists()


def second(person, session, /, **details):
    """A 6-in-1 after the MMR."""
    return a_dose(person, session, series="6IN1", product="infanrix-hexa", batch_number="HEX1", **details)


def test_a_second_vaccine_needs_its_own_questions_unless_they_were_asked_together(nurse, team, session):
    child = add(team, date(2023, 3, 27))
    assert nurse.post("vaccinations/", a_dose(child, session)).status_code == 201
    body = second(child, session)
    del body["health"]
    refused = nurse.post("vaccinations/", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_screening")
    assert refused.json()["detail"] == "Ask the health questions for 6-in-1 first."
    assert nurse.post("vaccinations/", second(child, session)).status_code == 201
    assert [row.vaccines for row in Screening.objects.order_by("pk")] == [["MMR"], ["6IN1"]]


def test_questions_asked_together_name_their_vaccines(nurse, team, session):
    child = add(team, date(2023, 3, 27))
    together = {"well_today": True, "identity_confirmed_by": "Sara Khan", "vaccines": ["MMR", "6IN1"]}
    nurse.post("vaccinations/", a_dose(child, session, health=together))
    body = second(child, session)
    del body["health"]
    assert nurse.post("vaccinations/", body).status_code == 201
    unknown = nurse.post("vaccinations/", a_dose(child, session, health=together | {"vaccines": ["FLU"]}))
    assert unknown.status_code == 400


def test_where_they_disagree_no_dose_is_taken(nurse, team, tom, session):
    body = a_dose(tom, session)
    visit = actions.arrive(session=session, person=tom, by=make_user(team), at=MORNING)
    actions.record_consent(
        visit=visit,
        decision="disagreed",
        route="parent_present",
        given_by_name="Sara Khan",
        vaccines=["MMR"],
        note="Mother yes, father no",
        by=make_user(team),
        at=MORNING,
    )
    del body["consent"]
    answer = nurse.post("vaccinations/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_disagreed")


def test_a_fact_under_another_question_is_refused_and_not_left_out(nurse, tom, session):
    health = {"well_today": True, "identity_confirmed_by": "Tom", "not_pregnant": None}
    yes = [{"question": "conditions", "facts": ["immunosuppressed"]}]
    sent = a_dose(tom, session, consent=alone(), health={**health, "yes": yes})
    answer = nurse.post("vaccinations/", sent)
    assert answer.status_code == 400 and "immunosuppressed" in answer.content.decode()
    assert not Vaccination.objects.exists() and not Screening.objects.exists()
    yes = [{"question": "immune", "facts": ["immunosuppressed"]}]
    answer = nurse.post("vaccinations/", {**sent, "health": {**health, "yes": yes}})
    assert (answer.status_code, answer.json()["code"]) == (409, "blocked")
