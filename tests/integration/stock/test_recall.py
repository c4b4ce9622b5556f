"""A batch recall lists everybody who had it by their records as they stand, and nobody twice."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import RecordView, Role
from bookings.queries.recall import recall_list
from immunisations.actions import correct_vaccination, merge_people, record_consent
from immunisations.models.consent import GILLICK_ANSWERS
from tests.support.factories import book, make_batch, make_session, make_user
from tests.support.records import AT, Room, make_room

LATER = AT + timedelta(hours=1)

pytestmark = pytest.mark.django_db


def names(people) -> list[str]:
    return [each.person.first_name for each in people]


def given(room: Room, name: str, last_name: str = "Khan"):
    return room.give(room.ready(room.person(name, last_name)))


def ask(room: Room, url_name: str, role: str = Role.SENIOR_NURSE):
    client = Client()
    client.force_login(make_user(room.team, role))
    with time_machine.travel(AT, tick=False):
        return client.get(reverse(url_name, args=[room.mmrv.public_id]))


def test_everybody_who_had_it_at_any_clinic_of_the_team_is_listed():
    room = make_room()
    given(room, "Amina")
    room.session = make_session(room.team)
    given(room, "Bilal")
    other = make_room()
    given(other, "Zoe")

    assert names(recall_list(room.mmrv).had) == ["Amina", "Bilal"]


def test_whoever_had_another_batch_after_all_is_listed_apart():
    room = make_room()
    row = given(room, "Amina")
    right = make_batch(room.team, "priorix-tetra", number="TET2")
    correct_vaccination(
        vaccination=row,
        changes={"batch": right},
        reason="Read from the box",
        by=room.senior,
        at=AT + timedelta(hours=1),
    )

    people = recall_list(room.mmrv)
    assert (names(people.had), names(people.corrected)) == ([], ["Amina"])
    assert names(recall_list(right).had) == ["Amina"]


def test_a_record_corrected_in_something_else_is_listed_once():
    room = make_room()
    row = given(room, "Amina")
    correct_vaccination(
        vaccination=row,
        changes={"body_site": "right_arm"},
        reason="The other arm",
        by=room.senior,
        at=AT + timedelta(hours=1),
    )
    people = recall_list(room.mmrv)
    assert (names(people.had), people.corrected, people.doses) == (["Amina"], [], 1)


def test_a_dose_moved_to_whoever_had_it_leaves_the_other_listed_apart():
    room = make_room()
    row = given(room, "Amina")
    other = room.person("Bilal")
    room.visit(other)
    correct_vaccination(
        vaccination=row, move_to=other, reason="Her brother had it", by=room.senior, at=AT + timedelta(hours=1)
    )
    people = recall_list(room.mmrv)
    assert (names(people.had), names(people.corrected)) == (["Bilal"], ["Amina"])


def test_people_who_were_merged_are_one():
    room = make_room()
    first = given(room, "Amina")
    room.session = make_session(room.team)
    second = given(room, "Aminah")
    merge_people(keep=first.person, merge=second.person, reason="Same child", by=room.senior, at=AT)

    people = recall_list(room.mmrv)
    assert names(people.had) == ["Amina"] and people.doses == 2


def test_the_list_costs_as_many_queries_for_twenty_people_as_for_one(django_assert_num_queries):
    room = make_room()
    given(room, "Amina")
    with django_assert_num_queries(3):
        recall_list(room.mmrv)
    for number in range(20):
        given(room, f"Amina {number}")
    with django_assert_num_queries(3):
        assert len(recall_list(room.mmrv).had) == 21


@pytest.mark.parametrize("url_name", ["batch-recall", "batch-recall-file"])
def test_each_look_at_each_person_is_written_down(url_name: str):
    room = make_room()
    people = {given(room, "Amina").person.public_id, given(room, "Bilal").person.public_id}
    assert ask(room, url_name).status_code == 200
    looked = RecordView.objects.filter(page=url_name).values_list("person_id", flat=True)
    assert set(looked) == people and len(looked) == 2


@pytest.mark.parametrize("role", [Role.DESK, Role.VACCINATOR, Role.ANALYST, Role.ADMINISTRATOR])
def test_only_those_who_may_recall_see_it(role: str):
    room = make_room()
    given(room, "Amina")
    assert ask(room, "batch-recall", role).status_code == 403
    assert not RecordView.objects.filter(page="batch-recall").exists()


def test_the_file_runs_no_formula():
    room = make_room()
    given(room, "=HYPERLINK(1)", "+Khan")
    text = ask(room, "batch-recall-file").content.decode("utf-8-sig")
    header, row = list(csv.reader(io.StringIO(text)))
    assert (row[header.index("First name")], row[header.index("Last name")]) == ("'=HYPERLINK(1)", "'+Khan")
    assert row[header.index("Batch")] == "TET1"


def test_a_young_persons_own_wish_keeps_their_parents_number_off_the_list():
    room = make_room()
    appointment = book(room.session).booking.appointments.get()
    appointment.person = room.person("Young", born=AT.date() - timedelta(days=365 * 15))
    appointment.save(update_fields=["person"])
    visit = room.visit(appointment.person)
    room.check(visit)
    room.screen(visit, not_pregnant=True)

    def consents(**details):
        record_consent(
            visit=visit,
            decision="given",
            given_by_name=str(visit.person),
            vaccines=["MMRV"],
            by=room.nurse,
            at=AT,
            **details,
        )

    consents(route="parent_present")
    room.give(visit, override_reason="Agreed with the senior nurse")
    (listed,) = recall_list(room.mmrv).had
    assert listed.phones == ["+447700900982"] and not listed.private

    consents(route="gillick", gillick=dict.fromkeys(GILLICK_ANSWERS, True), parents_not_told=True)
    (listed,) = recall_list(room.mmrv).had
    assert listed.private and listed.phones == [] and listed.booking is None
    page = ask(room, "batch-recall").content.decode()
    assert "contact only the person themselves" in page and "Sara Khan" not in page
