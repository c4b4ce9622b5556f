"""Whose details these are: without anybody looking only under the strict rule, and never across teams."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from immunisations.matching import Details, automatic_match, likely_matches
from immunisations.models import Person, PersonSearchKey
from immunisations.search import NamePart, keys_of, read_query, search_people
from tests.support.records import AT, BORN, make_room

pytestmark = pytest.mark.django_db
NUMBER = "9990000018"
TODAY = date(2026, 11, 21)


def details(first="Amina", last="Khan", born=BORN, **more):
    return Details(first, last, born, **more)


def names(found):
    return [each.person.first_name for each in found]


def test_nhs_number_birth_date_and_surname_are_enough(room):
    person = room.person(nhs_number=NUMBER)
    assert automatic_match(room.team, details("Mina", nhs_number=NUMBER)) == person


@pytest.mark.parametrize(
    "wrong", [{"last": "Price"}, {"born": date(2023, 3, 28)}, {"nhs_number": "9990000026"}, {"nhs_number": ""}]
)
def test_any_two_of_the_three_are_not(room, wrong):
    room.person(nhs_number=NUMBER)
    assert automatic_match(room.team, details(**{"nhs_number": NUMBER, **wrong})) is None


def test_forename_surname_birth_date_and_postcode_are_enough_however_they_are_written(room):
    person = room.person("Zoë", "O’Brien", postcode="WR11 4BS")
    assert automatic_match(room.team, details("ZOE", "obrien", postcode="WR11 4BS")) == person


@pytest.mark.parametrize(
    "wrong", [{"first": "Aisha"}, {"last": "Price"}, {"born": date(2023, 3, 28)}, {"postcode": "WR1 1AA"}]
)
def test_any_three_of_the_four_are_not(room, wrong):
    room.person(postcode="WR11 4BS")
    assert automatic_match(room.team, details(**{"postcode": "WR11 4BS", **wrong})) is None


def test_two_who_fit_are_told_apart_by_a_person(room):
    room.person(postcode="WR11 4BS")
    room.person(postcode="WR11 4BS")
    assert automatic_match(room.team, details(postcode="WR11 4BS")) is None


def test_two_different_nhs_numbers_at_one_address_are_two_people(room):
    room.person(postcode="WR11 4BS", nhs_number=NUMBER)
    assert automatic_match(room.team, details(postcode="WR11 4BS", nhs_number="9990000026")) is None


def test_a_guessed_date_of_birth_never_matches_by_itself(room):
    room.person(nhs_number=NUMBER)
    assert automatic_match(room.team, details(nhs_number=NUMBER, date_of_birth_is_approximate=True)) is None


def test_matching_and_searching_never_cross_teams(room):
    room.person(nhs_number=NUMBER, postcode="WR11 4BS")
    elsewhere = make_room().team
    typed = details(nhs_number=NUMBER, postcode="WR11 4BS")
    assert automatic_match(elsewhere, typed) is None
    assert likely_matches(elsewhere, typed) == []
    assert search_people(elsewhere, read_query("khan", today=TODAY)) == []


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (details("Something", "Else", date(1990, 1, 1), nhs_number=NUMBER), "same NHS number"),
        (details("Ameena"), "first name alike"),
        (details(), "same date of birth"),
        (details(born=date(2023, 3, 26)), "nearly the same date of birth"),
        (details(last="Kahn"), "same date of birth"),
    ],
)
def test_likely_matches_say_why(room, typed, why):
    room.person(nhs_number=NUMBER)
    [match] = likely_matches(room.team, typed)
    assert why in [str(word) for word in match.why]


def test_day_and_month_swapped_are_recognised(room):
    room.person(born=date(2023, 3, 7))
    [match] = likely_matches(room.team, details(born=date(2023, 7, 3)))
    assert "day and month of birth swapped" in [str(word) for word in match.why]


def test_a_brother_of_the_same_day_or_home_is_no_match(room):
    room.person("Bilal", postcode="WR11 4BS")
    assert likely_matches(room.team, details(postcode="WR11 4BS")) == []


def test_the_likeliest_comes_first(room):
    room.person("Ameena")
    room.person("Amina", nhs_number=NUMBER)
    assert names(likely_matches(room.team, details(nhs_number=NUMBER)))[0] == "Amina"


@pytest.mark.parametrize(
    "typed",
    [
        "khan",
        "amina",
        "kahn amina",
        "Khan Amina 27 3 23",
        "27/3/2023",
        "27032023 khan",
        "999 000 0018",
        "wr11 4bs khan",
        "WR114BS",
        "kha am",
    ],
)
def test_people_are_found_by_any_facts_in_any_order(room, typed):
    person = room.person(nhs_number=NUMBER, postcode="WR11 4BS")
    room.person("Lily", "Price", date(2022, 12, 28))
    assert [found.person for found in search_people(room.team, read_query(typed, today=TODAY))] == [person]


def test_two_words_may_be_one_and_one_may_be_two(room):
    room.person("Omar", "Al Hassan")
    room.person("Ali", "Alhassan")
    for typed in ("al hassan", "alhassan"):
        assert len(search_people(room.team, read_query(typed, today=TODAY))) == 2


def test_a_prison_number_finds_its_person(room):
    person = room.person("Sam", "Ward", date(1990, 1, 1))
    person.identifiers.create(kind="prison_number", value="A1234BC")
    assert names(search_people(room.team, read_query("a1234bc", today=TODAY))) == ["Sam"]


def test_everything_that_was_typed_must_fit(room):
    room.person()
    assert search_people(room.team, read_query("khan 1 1 20", today=TODAY)) == []
    assert AT.date() == TODAY


@pytest.fixture
def many(room):
    """More people of one name than a list is made of."""
    people = Person.objects.bulk_create(
        Person(team=room.team, first_name="Amina", last_name="Khan", date_of_birth=date(2019, 1, 1), created_at=AT)
        for _each in range(NamePart.FEW + 10)
    )
    PersonSearchKey.objects.bulk_create(
        PersonSearchKey(person=person, team=room.team, kind=kind, key=key)
        for person in people
        for kind, key in keys_of("Amina", "Khan")
    )
    return people


@pytest.mark.parametrize("typed", ["amina quill", "ami quil", "amena qwill", "quill", "aminaquill"])
def test_one_of_a_frequent_and_a_rare_name_is_found_among_many(room, many, typed):
    one = room.person("Amina", "Quill") if typed != "aminaquill" else room.person("Amina Quill", "Khan")
    found = search_people(room.team, read_query(typed, today=TODAY))
    assert one in [each.person for each in found]
    assert not {each.person.pk for each in found} & {each.pk for each in many}


def test_of_many_with_one_name_a_page_is_shown(room, many):
    for typed in ("khan", "amina khan", "amina", "aminah kahn"):
        assert len(search_people(room.team, read_query(typed, today=TODAY))) == 30


def test_a_likely_match_is_found_among_many_of_the_same_first_name(room, many):
    one = room.person("Amina", "Quill", date(2023, 3, 27))
    details = Details("Amina", "Quill", date(2023, 3, 28))
    assert [match.person for match in likely_matches(room.team, details)] == [one]


def test_a_search_costs_as_many_queries_for_many_as_for_one(room, django_assert_num_queries):
    room.person("Zed", "Quill")
    with CaptureQueriesContext(connection) as few:
        search_people(room.team, read_query("quill zed", today=TODAY))
    for number in range(20):
        room.person(f"Zed {number}", "Quill")
    with django_assert_num_queries(len(few)):
        search_people(room.team, read_query("quill zed", today=TODAY))


@pytest.mark.postgresql
def test_postgresql_answers_each_way_to_find_somebody_from_an_index(room):
    room.person("Amina", "Quill", nhs_number="9990000018", postcode="WR11 4RW")
    with CaptureQueriesContext(connection) as made:
        for typed in ("quill", "amina quill", "9990000018", "27/3/2023", "WR11 4RW"):
            search_people(room.team, read_query(typed, today=TODAY))
        likely_matches(room.team, Details("Amina", "Quill", date(2023, 3, 28), nhs_number="9990000018"))
    statements = [query["sql"] for query in made]
    with transaction.atomic(), connection.cursor() as cursor:
        # Few rows are quickest read whole; what counts is whether there is another way.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in statements:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
