"""Two rows found to be one person, read as one, and parted again."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Refused
from bookings.queries import totals
from immunisations import actions
from immunisations.models import Person, Vaccination, Visit
from immunisations.queries import forecast_for, history, standing_at, visit_record
from immunisations.search import read_query, search_people
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db


def merge(room, keep, other, minutes=0, **details):
    return actions.merge_people(
        **{
            "keep": keep,
            "merge": other,
            "reason": "Same child",
            "by": room.senior,
            "at": AT + timedelta(minutes=minutes),
            **details,
        }
    )


def unmerge(room, person, minutes=30):
    return actions.unmerge_people(
        person=person, reason="Two children", by=room.senior, at=AT + timedelta(minutes=minutes)
    )


def fresh(*people):
    return [Person.objects.select_related("merged_into").get(pk=person.pk) for person in people]


def test_a_merged_record_is_read_through_every_row_and_nothing_moves(room):
    one, other = room.person(), room.person("Aminah")
    room.check(room.visit(one), ("MMR", "2024-04-01"))
    room.check(room.visit(other), ("6IN1", "2023-06-01"))
    merge(room, one, other)
    one, other = fresh(one, other)
    for person in (one, other):
        assert {dose.vaccine for dose in history(person)} == {"MMR", "6IN1"}
    assert other.merged_into == one
    assert Visit.objects.get(person=other).record_checks.count() == 1


def test_the_forecast_counts_the_doses_of_every_row(room):
    one, other = room.person(), room.person("Aminah")
    room.check(room.visit(other), ("MMR", "2024-04-01"))
    assert forecast_for(one, AT.date()).of("MEASLES").counted == 0
    merge(room, one, other)
    assert forecast_for(*fresh(one), AT.date()).of("MEASLES").counted == 1


def test_a_dose_on_one_row_is_found_when_another_tablet_gives_it_on_the_other(room):
    one, other = room.person(), room.person("Aminah")
    here, there = room.ready(one), room.ready(other)
    room.give(here)
    merge(room, one, other)
    with pytest.raises(Refused) as refused:
        room.give(there)
    assert refused.value.code == "already_recorded"


def test_a_merged_person_who_arrives_again_has_the_visit_that_is_there(room):
    one, other = room.person(), room.person("Aminah")
    visit = room.visit(other)
    merge(room, one, other)
    assert room.visit(*fresh(one)) == visit and room.visit(*fresh(other)) == visit


def test_rows_merged_before_come_along_and_always_point_to_the_root(room):
    a, b, c = room.person("Ann"), room.person("Anne"), room.person("Anna")
    merge(room, b, c)
    merge(room, a, b, 5)
    a, b, c = fresh(a, b, c)
    assert (b.merged_into, c.merged_into) == (a, a)


def test_an_unmerge_takes_along_whom_it_brought_and_leaves_the_others(room):
    a, b, c, d = room.person("Ann"), room.person("Anne"), room.person("Anna"), room.person("Anya")
    merge(room, b, c)
    merge(room, a, b, 5)
    merge(room, a, d, 6)
    unmerge(room, b)
    a, b, c, d = fresh(a, b, c, d)
    assert (b.merged_into, c.merged_into, d.merged_into) == (None, b, a)


def test_an_unmerge_after_the_root_was_merged_itself_finds_its_way(room):
    a, b, c = room.person("Ann"), room.person("Anne"), room.person("Anna")
    merge(room, b, c)
    merge(room, a, b, 5)
    unmerge(room, c)
    a, b, c = fresh(a, b, c)
    assert (b.merged_into, c.merged_into) == (a, None)
    merge(room, c, a, 40)
    unmerge(room, b, 50)
    a, b, c = fresh(a, b, c)
    assert (a.merged_into, b.merged_into) == (c, None)


def test_after_an_unmerge_each_has_their_own_doses(room):
    one, other = room.person(), room.person("Aminah")
    visit = room.ready(other)
    merge(room, one, other)
    dose = room.give(Visit.objects.get(pk=visit.pk))
    assert len(history(*fresh(one))) == 1
    unmerge(room, other)
    one, other = fresh(one, other)
    assert history(one) == [] and len(history(other)) == 1
    assert Vaccination.objects.get(pk=dose.pk).person == other


def test_two_nhs_numbers_are_not_one_person(room):
    one, other = room.person(nhs_number="9990000018"), room.person("Aminah", nhs_number="9990000026")
    with pytest.raises(Refused) as refused:
        merge(room, one, other)
    assert refused.value.code == "two_nhs_numbers"


def test_a_number_on_a_merged_row_still_belongs_to_that_person(room):
    one, other = room.person(), room.person("Aminah", nhs_number="9990000018")
    merge(room, one, other)
    with pytest.raises(Refused) as refused:
        room.person("Somebody", nhs_number="9990000018")
    assert refused.value.details["person"] == str(one.public_id)


def test_a_search_finds_a_merged_row_as_the_person_they_are_once(room):
    one, other = room.person("Amina", "Khan"), room.person("Amina", "Kahn")
    merge(room, one, other)
    found = search_people(room.team, read_query("amina khan", today=AT.date()))
    assert [each.person for each in found] == [one]


def test_merging_needs_the_role_a_reason_and_one_team(room):
    one, other = room.person(), room.person("Aminah")
    with pytest.raises(PermissionDenied):
        merge(room, one, other, by=room.nurse)
    with pytest.raises(Refused) as refused:
        merge(room, one, other, reason=" ")
    assert refused.value.code == "no_reason"
    with pytest.raises(Refused) as refused:
        merge(room, one, make_room().person())
    assert refused.value.code == "other_team"
    with pytest.raises(Refused) as refused:
        merge(room, one, one)
    assert refused.value.code == "same_person"
    with pytest.raises(Refused) as refused:
        unmerge(room, one)
    assert refused.value.code == "not_merged"


def test_a_dose_on_one_row_stands_before_a_decline_on_another(room):
    one, other = room.ready(room.person("Amina")), room.ready(room.person("Aminah"))
    room.decline(one)
    room.decline(other)
    actions.merge_people(keep=one.person, merge=other.person, reason="Same child", by=room.senior, at=AT)
    assert [row.status for row in standing_at(room.session)] == ["not-done"]
    dose = room.give(Visit.objects.get(pk=one.pk))
    assert [row.status for row in standing_at(room.session)] == ["completed"]
    assert visit_record(Visit.objects.get(pk=other.pk)).recorded["MEASLES"] == dose
    numbers = totals(room.session)
    assert (numbers.came, numbers.people_vaccinated, numbers.declined, numbers.reasons) == (1, 1, 0, [])
    # Both rows were checked, and they are one person.
    assert numbers.records_checked == 1
