"""Many people at once: found, told apart and added as each alone would be, in few queries."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from immunisations import actions
from immunisations.actions.people import PersonRefused
from immunisations.matching import Details, automatic_match, likely_matches, match_many
from immunisations.models import Person, PersonIdentifier, PersonSearchKey, SeriesStatus
from tests.support.factories import make_team
from tests.support.records import AT, Room, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return make_room()


def details(first: str = "Amina", last: str = "Khan", born: date = date(2023, 3, 27), **more: Any) -> Details:
    return Details(first, last, born, **more)


def test_many_are_told_apart_as_each_alone(room: Room) -> None:
    room.person(nhs_number="9990000018", postcode="WR11 4BS")
    room.person("Bilal", "Khan", date(2021, 5, 2))
    merged = room.person("Aminah", "Kahn", date(2023, 3, 27))
    bilal = Person.objects.get(first_name="Bilal")
    actions.merge_people(keep=bilal, merge=merged, reason="One", by=room.senior, at=AT)
    prisoner = room.person("Sean", "Doyle", date(1979, 11, 12))
    actions.add_prison_number(person=prisoner, number="A2345CD", by=room.nurse, at=AT)
    theirs = actions.add_person(
        team=make_team(), first_name="Amina", last_name="Khan", date_of_birth=date(2023, 3, 27), by=None, at=AT
    )
    many = [
        details(nhs_number="9990000018"),
        details(postcode="WR11 4BS"),
        details("Amena", "Kahn"),
        details("Amina", "Khan", date(2023, 3, 28)),
        details("Amina", "Khan", date(2023, 3, 27), date_of_birth_is_approximate=True),
        details("S", "Doyle", date(1979, 11, 12), prison_number="A2345CD"),
        details("Sean", "Murphy", date(1979, 11, 12), prison_number="A2345CD"),
        details("Nobody", "Like Them", date(1950, 1, 1)),
        details("Bilal", "", date(2021, 5, 2)),
        details("محمد", "", date(2021, 5, 2)),
    ]
    answers = match_many(room.team, many)
    for each, answer in zip(many, answers, strict=True):
        assert answer.person == automatic_match(room.team, each), each
        if answer.person is None:
            alone = likely_matches(room.team, each)
            assert [(m.person, m.score) for m in answer.likely] == [(m.person, m.score) for m in alone], each
    assert theirs not in {match.person for answer in answers for match in answer.likely}
    assert [answer.person is not None for answer in answers[:2]] == [True, True] and answers[5].person == prisoner


def test_many_are_told_apart_in_few_queries(room: Room) -> None:
    many = [details(f"Name{n}", "Other", date(1980, 1, 1 + n % 28), prison_number=f"A{n:04}BC") for n in range(300)]
    with CaptureQueriesContext(connection) as queries:
        match_many(room.team, many)
    assert len(queries) < 12


def new(first: str, last: str = "Khan", prison_number: str = "", **more: Any) -> actions.NewPerson:
    facts = {"first_name": first, "last_name": last, "date_of_birth": date(1990, 1, 2), **more}
    return actions.NewPerson(facts, prison_number)


def test_many_are_added_as_each_alone_would_be(room: Room) -> None:
    alone = room.person("Zoë", " van der Berg ", date(1990, 1, 2), sex="female")
    many = actions.add_people(
        team=room.team,
        people=[new("Zoë", " van der Berg ", sex="female"), new("Ben", prison_number="A1234BC")],
        by=room.nurse,
        at=AT,
    )
    assert [person.list_name for person in many] == ["VAN DER BERG, Zoë", "KHAN, Ben"]
    for model in (PersonSearchKey, SeriesStatus):
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in ("id", "person_id")]
        mine, theirs = (sorted(model.objects.filter(person=who).values_list(*names)) for who in (many[0], alone))
        assert [tuple(map(str, row)) for row in mine] == [tuple(map(str, row)) for row in theirs] and mine
    event, own = (AuditEvent.objects.get(person_id=who.public_id) for who in (many[0], alone))
    for name in ("at", "actor_id", "actor_name", "source", "team_id", "action", "object_type"):
        assert getattr(event, name) == getattr(own, name)
    assert PersonIdentifier.objects.get().person == many[1]


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([new("A"), new("B", nhs_number="9990000018")], "nhs_number_taken"),
        ([new("A", nhs_number="9990000026"), new("B", nhs_number="9990000026")], "nhs_number_taken"),
        ([new("A"), new("B", prison_number="a2345cd")], "bad_prison_number"),
        ([new("A"), new("B", prison_number="A2345CD")], "prison_number_taken"),
        ([new("A", prison_number="A1111AA"), new("B", prison_number="A1111AA")], "prison_number_taken"),
        ([new("A"), new("\u200b")], "no_name"),
        ([new("A"), new("B", date_of_birth=date(2027, 1, 1))], "born_in_the_future"),
    ],
)
def test_one_who_cannot_be_added_keeps_all_away(room: Room, people: list[actions.NewPerson], code: str) -> None:
    there = room.person(nhs_number="9990000018")
    actions.add_prison_number(person=there, number="A2345CD", by=room.nurse, at=AT)
    with pytest.raises(PersonRefused) as refused:
        actions.add_people(team=room.team, people=people, by=room.nurse, at=AT)
    assert refused.value.code == code and Person.objects.count() == 1


def test_a_fact_that_is_none_is_refused(room: Room) -> None:
    with pytest.raises(TypeError):
        actions.add_people(team=room.team, people=[new("A", shoe_size=7)], by=room.nurse, at=AT)


def test_a_prison_number_is_one_persons(room: Room) -> None:
    first, second = room.person(), room.person("Bilal")
    number = actions.add_prison_number(person=first, number="A1234BC", by=room.nurse, at=AT)
    assert actions.add_prison_number(person=first, number="A1234BC", by=room.nurse, at=AT) == number
    for wrong, code in (("a1234bc", "bad_prison_number"), ("A1234BC", "prison_number_taken")):
        with pytest.raises(PersonRefused) as refused:
            actions.add_prison_number(person=second, number=wrong, by=room.nurse, at=AT)
        assert refused.value.code == code
    assert PersonIdentifier.objects.count() == 1
