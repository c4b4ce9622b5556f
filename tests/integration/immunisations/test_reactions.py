"""What happened after a dose stays with the dose, whatever is put right, and a severe one is known for life."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from accounts.models import AuditEvent, Role
from bookings.queries.reactions import incident_rows
from immunisations import actions
from immunisations.actions.reactions import ReactionRefused
from immunisations.models import Reaction, Vaccination
from immunisations.policies import DoseRefused
from immunisations.queries import facts_for, lasting_facts, reactions_at, reactions_of, visit_record
from tests.support.factories import make_batch, make_session, make_user
from tests.support.records import AT, Room

SOON = AT + timedelta(minutes=10)
NEXT_MONTH = AT + timedelta(days=40)


def react(room: Room, dose: Vaccination, kind: str = "faint", **details) -> Reaction:
    return actions.record_reaction(
        **{
            "vaccination": dose,
            "kind": kind,
            "began_at": AT + timedelta(minutes=3),
            "actions": ["laid_down", "watched"],
            "by": room.nurse,
            "at": SOON,
            **details,
        }
    )


def test_a_reaction_copies_product_and_batch_and_is_audited_with_its_person(room):
    dose = room.give(room.ready())
    row = react(room, dose, note="Pale, well after two minutes")
    assert (row.product_name, row.batch_number, row.actions) == ("Priorix-Tetra", "TET1", ["laid_down", "watched"])
    event = AuditEvent.objects.get(action="record_reaction")
    assert (event.person_id, event.object_id) == (dose.person.public_id, row.public_id)


def test_an_incident_report_says_days_as_they_were_in_england(room):
    dose = room.give(room.ready())
    began, told = datetime(2027, 6, 30, 23, 30, tzinfo=UTC), datetime(2027, 7, 1, 23, 10, tzinfo=UTC)
    row = Reaction.objects.get(pk=react(room, dose, began_at=began, at=told).pk)
    facts = {str(name): text for name, text in incident_rows(row, dose.person)}
    assert facts["Began"] == "1 July 2027, 12:30am"
    assert facts["Recorded by"].endswith("2 July 2027, 12:10am")


def test_sent_twice_it_is_one_reaction_and_somebody_elses_id_is_refused(room):
    dose, once = room.give(room.ready()), uuid.uuid4()
    assert react(room, dose, client_uuid=once) == react(room, dose, client_uuid=once)
    other = room.give(room.ready(room.person("Bilal")))
    with pytest.raises(ReactionRefused) as refused:
        react(room, other, client_uuid=once)
    assert refused.value.code == "used_before" and Reaction.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": "boredom"}, "no_kind"),
        ({"actions": []}, "no_actions"),
        ({"actions": ["sang"]}, "no_actions"),
        ({"actions": ["nothing", "watched"]}, "no_actions"),
        ({"kind": "other", "note": "\u200b"}, "no_note"),
        ({"began_at": AT - timedelta(minutes=2)}, "bad_time"),
        ({"began_at": SOON + timedelta(minutes=1)}, "bad_time"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(room, wrong, code):
    dose = room.give(room.ready())
    with pytest.raises(ReactionRefused) as refused:
        react(room, dose, **wrong)
    assert refused.value.code == code and not Reaction.objects.exists()


def test_there_is_no_reaction_to_a_dose_that_was_not_given(room):
    [row] = room.decline(room.ready())
    with pytest.raises(ReactionRefused) as refused:
        react(room, row)
    assert refused.value.code == "not_given"


def test_the_desk_records_no_reaction(room):
    dose = room.give(room.ready())
    with pytest.raises(PermissionDenied):
        react(room, dose, by=make_user(room.team, Role.DESK))


def test_a_reaction_cannot_be_edited_or_deleted(room):
    row = react(room, room.give(room.ready()))
    for change in (lambda: Reaction.objects.filter(pk=row.pk).update(note="x"), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


class TestSevere:
    def test_it_blocks_the_vaccine_next_time_until_a_senior_nurse_lifts_it(self, room):
        visit = room.ready()
        react(room, room.give(visit), "anaphylaxis", actions=["adrenaline", "ambulance"])
        session = make_session(room.team, date=NEXT_MONTH.date())
        later = actions.arrive(session=session, person=visit.person, by=room.nurse, at=NEXT_MONTH)
        room.check(later)
        room.consent(later, at=NEXT_MONTH)
        room.screen(later, at=NEXT_MONTH)
        with pytest.raises(DoseRefused) as refused:
            room.give(later, at=NEXT_MONTH, override_reason="All the same")
        assert refused.value.code == "blocked"
        actions.lift_fact(
            person=visit.person, fact="anaphylaxis-measles", reason="Ruled out", by=room.senior, at=NEXT_MONTH
        )
        assert room.give(later, at=NEXT_MONTH, override_reason="Agreed").is_given

    def test_it_is_known_for_the_rest_of_the_same_visit(self, room):
        visit = room.ready()
        react(room, room.give(visit, room.six, series="6IN1", override_reason="Late"), "anaphylaxis")
        assert "anaphylaxis-dtp" in facts_for(visit.person, visit.session, visit_record(visit).screenings)

    def test_a_reference_added_after_it_was_lifted_does_not_confirm_it_anew(self, room):
        visit = room.ready()
        row = react(room, room.give(visit), "anaphylaxis")
        actions.lift_fact(person=visit.person, fact="anaphylaxis-measles", reason="No", by=room.senior, at=NEXT_MONTH)
        add_card(room, row, at=NEXT_MONTH + timedelta(days=1))
        assert lasting_facts(visit.person) == []

    def test_put_right_as_a_faint_it_is_known_no_more(self, room):
        visit = room.ready()
        dose = room.give(visit)
        row = react(room, dose, "anaphylaxis")
        react(room, dose, "faint", replaces=row, correction_reason="It was a faint")
        assert lasting_facts(visit.person) == []

    def test_it_goes_with_the_dose_to_the_person_it_belongs_to(self, room):
        wrong, right = room.ready(), room.person("Bilal")
        react(room, dose := room.give(wrong), "anaphylaxis")
        actions.correct_vaccination(vaccination=dose, move_to=right, reason="Wrong child", by=room.senior, at=SOON)
        assert lasting_facts(wrong.person) == []
        assert [fact.code for fact in lasting_facts(right)] == ["anaphylaxis-measles"]


def add_card(room: Room, row: Reaction, **details) -> Reaction:
    return react(
        room,
        row.vaccination,
        row.kind,
        began_at=row.began_at,
        actions=row.actions,
        note=row.note,
        yellow_card_reference="ADR-1",
        replaces=row,
        **details,
    )


class TestPuttingRight:
    def test_a_yellow_card_reference_comes_later_without_a_reason(self, room):
        row = react(room, room.give(room.ready()))
        new = add_card(room, row, at=NEXT_MONTH)
        assert reactions_at(room.session) == [new] and new.replaces == row

    def test_anything_else_needs_a_reason_and_a_change(self, room):
        dose = room.give(room.ready())
        row = react(room, dose)
        with pytest.raises(ReactionRefused) as refused:
            react(room, dose, "fever", replaces=row)
        assert refused.value.code == "no_reason"
        with pytest.raises(ReactionRefused) as refused:
            react(room, dose, replaces=row, correction_reason="Nothing")
        assert refused.value.code == "nothing_changed"

    def test_the_second_tablet_is_told_who_changed_it(self, room):
        row = react(room, room.give(room.ready()))
        add_card(room, row, by=room.senior)
        with pytest.raises(ReactionRefused) as refused:
            add_card(room, row)
        assert refused.value.code == "not_current" and "Sue Senior" in str(refused.value)

    def test_another_batch_on_the_record_is_another_batch_on_the_reaction(self, room):
        dose = room.give(room.ready())
        react(room, dose)
        right = make_batch(room.team, "priorix-tetra", number="TET2")
        new = actions.correct_vaccination(
            vaccination=dose, changes={"batch": right}, reason="Read from the box", by=room.nurse, at=SOON
        )
        [row] = reactions_of(dose.person)
        assert (row.vaccination, row.batch_number) == (new, "TET2") and row.correction_reason == "Read from the box"

    def test_a_whole_clinics_batch_put_right_carries_every_reaction(self, room):
        doses = [room.give(room.ready(room.person(name))) for name in ("Amina", "Bilal")]
        for dose in doses:
            react(room, dose)
        right = make_batch(room.team, "priorix-tetra", number="TET2")
        actions.correct_batch(
            session=room.session,
            wrong=room.mmrv,
            right=right,
            vaccinations=[dose.public_id for dose in doses],
            reason="The box said so",
            by=room.senior,
            at=SOON,
            client_uuid=uuid.uuid4(),
        )
        assert [row.batch_number for row in reactions_at(room.session)] == ["TET2", "TET2"]

    def test_a_record_that_was_an_error_keeps_its_reaction(self, room):
        dose = room.give(room.ready())
        row = react(room, dose)
        actions.correct_vaccination(
            vaccination=dose, entered_in_error=True, reason="Recorded twice", by=room.nurse, at=SOON
        )
        assert reactions_of(dose.person) == [row]


def test_reactions_are_read_over_every_row_of_a_person(room):
    dose = room.give(room.ready())
    row = react(room, dose)
    other = room.person("Amina", "Kahn")
    actions.merge_people(keep=other, merge=dose.person, reason="One person", by=room.senior, at=SOON)
    assert reactions_of(other) == [row]
