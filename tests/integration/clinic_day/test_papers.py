"""What is printed and handed over: the working, the record of today, the rules."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import RecordView
from clinics.models import Product
from immunisations import actions
from immunisations.aftercare import AFTERWARDS, PROTECTS_AGAINST
from immunisations.models import Person
from immunisations.schedule import rules
from tests.integration.clinic_day.conftest import Clinic, words
from tests.support.records import AT, Room, make_room


@pytest.fixture
def checked(clinic: Clinic) -> tuple[Person, Room]:
    """A child whose red book shows a dose one day before the first birthday, and one that counts."""
    room = Room(clinic.team, clinic.session, clinic.nurse, clinic.nurse, clinic.mmr, clinic.mmrv, clinic.six)
    visit = room.visit(room.person("Amina", "Khan", date(2023, 3, 27)))
    room.check(visit, ("MMR", "2024-03-26"), ("MMR", "2024-06-01"))
    return visit.person, room


class TestTheWorking:
    def test_each_dose_says_whether_it_counts_and_by_which_rule_of_which_source(
        self, clinic: Clinic, nurse: Client, checked: tuple[Person, Room]
    ) -> None:
        person, _room = checked
        said = words(nurse.get(clinic.url("show-working", person.public_id)))
        assert "MMR, 26 March 2024" in said
        assert "Does not count. Given 1 day before the first birthday: does not count." in said
        assert "Counts. Counts as dose 1." in said
        assert "Rule measles-first-birthday." in said
        assert "Green Book chapter 21" in said
        assert "Red book: looked at, doses found." in said
        assert "Checked by" in said

    def test_the_days_in_force_of_a_rule_are_said(
        self, clinic: Clinic, nurse: Client, checked: tuple[Person, Room]
    ) -> None:
        person, _room = checked
        assert "In force at all times, until changed. Rule measles-first-birthday." in words(
            nurse.get(clinic.url("show-working", person.public_id))
        )

    def test_what_the_screening_confirmed_is_a_fact_with_who_asked(
        self, clinic: Clinic, nurse: Client, checked: tuple[Person, Room]
    ) -> None:
        person, room = checked
        room.screen(person.visits.get(), {"immune": ["immunosuppressed"]})
        said = words(nurse.get(clinic.url("show-working", person.public_id)))
        assert "Immune system weakened by illness or treatment" in said
        assert "health questions, asked by Nora Nurse" in said
        assert "do not give" in said

    def test_a_dose_before_birth_is_said_to_be_left_out(self, clinic: Clinic, nurse: Client) -> None:
        room = make_room(date=clinic.session.date)
        person = room.person(born=date(2020, 1, 1))
        room.check(room.visit(person), ("MMR", "2021-02-01"))
        Person.objects.filter(pk=person.pk).update(date_of_birth=date(2022, 1, 1))
        client = Client()
        client.force_login(room.nurse)
        url = f"/clinic-day/{room.session.public_id}/people/{person.public_id}/working/"
        assert "Left out: MMR, 1 February 2021 (Red book)" in words(client.get(url))

    def test_where_records_disagree_it_says_so_and_what_was_decided(self, clinic: Clinic, nurse: Client) -> None:
        room = Room(clinic.team, clinic.session, clinic.nurse, clinic.nurse, clinic.mmr, clinic.mmrv, clinic.six)
        visit = room.visit(room.person("Amina", "Khan", date(2020, 3, 27)))
        for source, given_on in (("red_book", "2024-04-03"), ("gp_record", "2024-04-05")):
            room.check(visit, ("MMR", given_on), source=source)
        room.check(visit, source="chis")
        url = clinic.url("show-working", visit.person.public_id)
        said = words(nurse.get(url))
        assert "MMR on 3 and 5 April 2024 from two records: one dose written twice?" in said
        assert "Not in: GP record, CHIS." in said and "Not in: Red book, CHIS." in said
        actions.judge_doses(
            person=visit.person,
            first=("MMR", date(2024, 4, 3)),
            second=("MMR", date(2024, 4, 5)),
            verdict="one_dose",
            holds_on=date(2024, 4, 5),
            reason="The surgery has the batch",
            by=clinic.nurse,
            at=AT,
        )
        said = words(nurse.get(url))
        assert "written twice?" not in said and "Not in: CHIS." in said
        assert "one dose, decided by Nora Nurse, 21 November 2026. The surgery has the batch" in said

    def test_it_is_written_down_that_it_was_looked_at(
        self, clinic: Clinic, nurse: Client, checked: tuple[Person, Room]
    ) -> None:
        person, _room = checked
        nurse.get(clinic.url("show-working", person.public_id))
        assert RecordView.objects.filter(person_id=person.public_id, page="working").exists()

    def test_more_doses_need_no_more_queries(self, clinic: Clinic, nurse: Client, checked: tuple[Person, Room]) -> None:
        _person, room = checked
        counts = []
        for doses in (1, 6):
            person = room.person("Ines", f"Lopez{'x' * doses}", date(2016, 1, 1))
            room.check(room.visit(person), *[("6IN1", f"2016-0{month}-01") for month in range(3, 3 + doses)])
            url = clinic.url("show-working", person.public_id)
            nurse.get(url)
            with CaptureQueriesContext(connection) as queries:
                nurse.get(url)
            counts.append(len(queries))
        assert counts[0] == counts[1]


def test_every_rule_stands_on_the_page_of_rules(clinic: Clinic, desk: Client) -> None:
    said = words(desk.get("/clinic-day/rules/"))
    assert [rule.id for rule in rules() if f"Rule {rule.id}." not in said] == []


class TestTheRecordOfToday:
    def test_says_what_was_given_what_may_follow_and_what_comes_next(
        self, clinic: Clinic, nurse: Client, checked: tuple[Person, Room]
    ) -> None:
        person, room = checked
        room.consent(person.visits.get())
        room.screen(person.visits.get())
        room.give(person.visits.get())
        said = words(nurse.get(clinic.url("record-of-today", person.public_id)))
        assert "Amina Khan, born 27 March 2023" in said
        assert "Priorix-Tetra, GlaxoSmithKline" in said
        assert "TET1" in said
        assert "left upper arm" in said
        assert "measles, mumps, rubella and chickenpox" in said
        assert "fever and a rash like mild measles" in said
        assert "Call 999" in said
        assert "small bruise-like spots" in said

    def test_says_when_the_next_dose_may_be_had(self, clinic: Clinic, nurse: Client) -> None:
        room = Room(clinic.team, clinic.session, clinic.nurse, clinic.nurse, clinic.mmr, clinic.mmrv, clinic.six)
        visit = room.ready(room.person("Bo", "Lee", date(2017, 5, 1)))
        room.give(visit, room.mmr, override_reason="Agreed with the senior nurse.")
        said = words(nurse.get(clinic.url("record-of-today", visit.person.public_id)))
        assert "MMR : from 19 December 2026" in said

    def test_says_why_nothing_was_given_and_no_side_effects(
        self, clinic: Clinic, nurse: Client, checked: tuple[Person, Room]
    ) -> None:
        person, room = checked
        room.decline(person.visits.get(), reason="unwell")
        said = words(nurse.get(clinic.url("record-of-today", person.public_id)))
        assert "No vaccine was given today." in said
        assert "MMR or MMRV: unwell today" in said
        assert "What you may notice" not in said

    def test_before_they_have_come_there_is_none(self, clinic: Clinic, nurse: Client) -> None:
        room = Room(clinic.team, clinic.session, clinic.nurse, clinic.nurse, clinic.mmr, clinic.mmrv, clinic.six)
        person = room.person()
        response = nurse.get(clinic.url("record-of-today", person.public_id))
        assert response["Location"] == clinic.url("person", person.public_id)

    def test_every_vaccine_that_we_hold_has_its_words(self, db: None) -> None:
        held = set(Product.objects.values_list("vaccine", flat=True))
        assert held
        assert held <= set(PROTECTS_AGAINST)
        assert held <= set(AFTERWARDS)


class TestThePlan:
    def test_says_what_to_give_together_what_is_not_offered_and_what_waits(
        self, clinic: Clinic, nurse: Client, checked: tuple[Person, Room]
    ) -> None:
        person, _room = checked
        said = words(nurse.get(clinic.url("person", person.public_id)))
        assert "Give today: MMRV and 6-in-1." in said
        assert "Next visit: from" in said
        assert "To wait:" in said

    def test_after_an_early_second_dose_the_clinical_lead_may_switch_off_the_advice_of_a_third(
        self, clinic: Clinic, nurse: Client
    ) -> None:
        room = Room(clinic.team, clinic.session, clinic.nurse, clinic.nurse, clinic.mmr, clinic.mmrv, clinic.six)
        person = room.person("Ida", "Berg", date(2022, 1, 10))
        # The second counts, at 15 months and 31 days after the first; one at 18 months is still advised.
        room.check(room.visit(person), ("MMR", "2023-03-10"), ("MMR", "2023-04-10"))
        address = clinic.url("person", person.public_id)
        assert "still advised" in words(nurse.get(address))
        clinic.session.advise_18_month_dose = False
        clinic.session.save()
        said = words(nurse.get(address))
        assert "still advised" not in said
        assert "Complete: 2 doses count" in said
        assert "no further one is advised" in words(nurse.get(clinic.url("show-working", person.public_id)))

    def test_nothing_is_said_to_be_given_while_those_who_decide_disagree(
        self, clinic: Clinic, nurse: Client, checked: tuple[Person, Room]
    ) -> None:
        person, room = checked
        room.consent(person.visits.get(), "MMRV", decision="disagreed")
        said = words(nurse.get(clinic.url("person", person.public_id)))
        assert "Give today: 6-in-1." in said
        assert "Not while those with parental responsibility disagree: MMRV" in said
        room.consent(person.visits.get(), "6IN1", decision="disagreed")
        assert "Do not give: those with parental responsibility disagree about MMRV and 6-in-1." in words(
            nurse.get(clinic.url("person", person.public_id))
        )
