"""A severe reaction that was confirmed at one clinic is not forgotten at the next."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from immunisations import actions
from immunisations.models import FactLifted, Person, Visit
from immunisations.policies import DoseRefused
from immunisations.queries import facts_for, forecast_for, lasting_facts, visit_record
from tests.support.factories import make_session
from tests.support.records import AT, Room

LATER = AT + timedelta(days=14)
REACTION = {"vaccine_reaction": ["anaphylaxis-measles"]}


@pytest.fixture
def later(room: Room) -> Visit:
    """Somebody with a confirmed reaction to a measles vaccine comes to a clinic a fortnight later."""
    first = room.visit()
    room.screen(first, REACTION)
    session = make_session(room.team, date=LATER.date())
    return actions.arrive(session=session, person=first.person, by=room.nurse, at=LATER)


def facts_at(visit: Visit) -> set[str]:
    return facts_for(visit.person, visit.session, visit_record(visit).screenings)


def answer_no(room: Room, visit: Visit) -> None:
    room.screen(visit, at=LATER)


def test_it_still_blocks_the_vaccine_though_the_questions_are_answered_no(room: Room, later: Visit) -> None:
    answer_no(room, later)
    outlook = forecast_for(later.person, later.session.date, facts_at(later))
    assert outlook.of("MEASLES").status == "blocked"
    room.check(later)
    room.consent(later, "MMR", "MMRV", at=LATER)
    with pytest.raises(DoseRefused) as refused:
        room.give(later, at=LATER)
    assert refused.value.code == "blocked"


def test_what_is_about_a_time_is_not_carried_to_the_next_clinic(room: Room) -> None:
    first = room.visit()
    room.screen(first, {"immune": ["immunosuppressed"], "blood_products": ["blood-products"]})
    assert lasting_facts(first.person) == []


def test_the_same_clinic_s_second_answers_replace_its_first(room: Room) -> None:
    visit = room.visit()
    room.screen(visit, REACTION)
    room.screen(visit)
    assert lasting_facts(visit.person) == []


def test_it_is_known_of_the_person_whichever_row_it_was_written_on(room: Room, later: Visit) -> None:
    other = room.person("Amina", "Kahn")
    actions.merge_people(keep=other, merge=later.person, reason="One person.", by=room.senior, at=LATER)
    assert [fact.code for fact in lasting_facts(Person.objects.get(pk=other.pk))] == ["anaphylaxis-measles"]


class TestLifting:
    def test_a_senior_nurse_says_why_it_does_not_hold(self, room: Room, later: Visit) -> None:
        actions.lift_fact(
            person=later.person, fact="anaphylaxis-measles", reason="Ruled out by tests.", by=room.senior, at=LATER
        )
        assert facts_at(later) == set()
        event = AuditEvent.objects.get(action="lift_fact")
        assert (event.after, event.reason) == ({"fact": "anaphylaxis-measles"}, "Ruled out by tests.")

    def test_it_no_longer_holds_on_the_visit_it_was_confirmed_on_either(self, room: Room) -> None:
        visit = room.ready()
        room.screen(visit, REACTION)
        assert "anaphylaxis-measles" in facts_at(visit)
        actions.lift_fact(
            person=visit.person, fact="anaphylaxis-measles", reason="Ticked the wrong box.", by=room.senior, at=AT
        )
        assert facts_at(visit) == set()
        assert room.give(visit).status == "completed"

    def test_confirmed_anew_it_holds_again(self, room: Room, later: Visit) -> None:
        actions.lift_fact(
            person=later.person, fact="anaphylaxis-measles", reason="Ruled out.", by=room.senior, at=AT + timedelta(1)
        )
        room.screen(later, REACTION, at=LATER)
        assert [fact.confirmed_at for fact in lasting_facts(later.person)] == [LATER]

    def test_a_vaccinator_may_not(self, room: Room, later: Visit) -> None:
        with pytest.raises(PermissionDenied):
            actions.lift_fact(person=later.person, fact="anaphylaxis-measles", reason="No.", by=room.nurse, at=LATER)

    def test_pressed_twice_it_is_lifted_once(self, room: Room, later: Visit) -> None:
        for _press in range(2):
            actions.lift_fact(
                person=later.person, fact="anaphylaxis-measles", reason="Ruled out.", by=room.senior, at=LATER
            )
        assert FactLifted.objects.count() == 1

    @pytest.mark.parametrize("wrong", [{"reason": "​ "}, {"fact": ""}])
    def test_the_database_wants_a_fact_and_a_reason(self, room: Room, later: Visit, wrong: dict[str, str]) -> None:
        row = {"fact": "scid", "reason": "Because.", **wrong}
        with pytest.raises(IntegrityError), transaction.atomic():
            FactLifted.objects.create(
                person=later.person, lifted_by=room.senior, lifted_by_name="Sue", lifted_at=LATER, **row
            )

    def test_on_the_page_it_is_an_alert_until_it_is_lifted(self, room: Room, later: Visit) -> None:
        client = Client()
        client.force_login(room.senior)
        page = reverse("person", args=[later.session.public_id, later.person.public_id])
        address = reverse("lift-fact", args=[later.session.public_id, later.person.public_id, "anaphylaxis-measles"])
        assert "Alert:" in client.get(page).content.decode()
        missing = client.post(address, {"reason": " "})
        assert missing.status_code == 422
        assert client.post(address, {"reason": "Ruled out by tests."}).status_code == 302
        assert "Alert:" not in client.get(page).content.decode()
        assert client.get(address).status_code == 302
