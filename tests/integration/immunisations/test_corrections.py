"""Putting a record right: the old row stays, the new one stands."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Refused
from accounts.models import AuditEvent
from clinics.actions import quarantine_batch
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.models import Person, Vaccination, Visit
from immunisations.policies import DoseRefused
from immunisations.queries import history
from tests.support.factories import make_batch
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db


def correct(room, row, **details):
    return actions.correct_vaccination(
        **{"vaccination": row, "reason": "A slip", "by": room.nurse, "at": AT + timedelta(minutes=9), **details}
    )


def test_a_corrected_batch_brings_its_product_and_leaves_the_old_row_as_it_was(room):
    dose = room.give(room.ready())
    other = make_batch(room.team, "proquad", number="PQ1")
    new = correct(room, dose, changes={"batch": other})
    assert (new.product_name, new.batch_number, new.replaces, new.correction_reason) == (
        "ProQuad",
        "PQ1",
        dose,
        "A slip",
    )
    assert (new.given_at, new.given_by, new.consent) == (dose.given_at, dose.given_by, dose.consent)
    dose.refresh_from_db()
    assert dose.batch_number == "TET1"
    assert list(Vaccination.objects.current()) == [new]
    event = AuditEvent.objects.get(action="correct_vaccination")
    assert (event.before["batch"], event.after["batch"], event.reason) == ("TET1", "PQ1", "A slip")


def test_a_correction_sent_twice_is_one(room):
    dose = room.give(room.ready())
    once = Vaccination().client_uuid
    first = correct(room, dose, changes={"body_site": "right_arm"}, client_uuid=once)
    assert correct(room, dose, changes={"body_site": "right_arm"}, client_uuid=once) == first
    assert Vaccination.objects.count() == 2


def test_a_row_corrected_already_cannot_be_corrected_again(room):
    dose = room.give(room.ready())
    correct(room, dose, changes={"body_site": "right_arm"})
    with pytest.raises(Refused) as refused:
        correct(room, dose, changes={"body_site": "left_thigh"})
    assert refused.value.code == "not_current"


def test_a_correction_needs_a_reason(room):
    dose = room.give(room.ready())
    with pytest.raises(Refused) as refused:
        correct(room, dose, entered_in_error=True, reason="  ")
    assert refused.value.code == "no_reason"


def test_a_correction_cannot_put_in_what_a_dose_could_not_have(room):
    dose = room.give(room.ready())
    expired = make_batch(room.team, "priorix-tetra", expires_on=date(2026, 11, 1))
    for wrong in ({"batch": expired}, {"body_site": "buttock"}, {"given_at": AT + timedelta(days=1)}):
        with pytest.raises(DoseRefused):
            correct(room, dose, changes=wrong)
    with pytest.raises(Refused) as refused:
        correct(room, dose, changes={"batch": room.six})
    assert refused.value.code == "other_series"


def test_entered_in_error_takes_the_dose_out_of_the_history_and_makes_room_for_another(room):
    visit = room.ready()
    dose = room.give(visit)
    error = correct(room, dose, entered_in_error=True)
    assert (error.status, error.replaces) == ("entered-in-error", dose)
    assert history(visit.person) == []
    again = room.give(visit)
    assert again.replaces == error
    assert [entry.given_on for entry in history(visit.person)] == ["2026-11-21"]


def test_a_dose_on_the_wrong_child_moves_to_the_right_one(room):
    wrong, right = room.ready(), room.person("Bilal")
    dose = room.give(wrong)
    moved = correct(room, dose, move_to=right)
    assert (moved.person, moved.moved_from, moved.batch_number) == (right, dose, "TET1")
    assert moved.visit == Visit.objects.get(person=right)
    assert history(wrong.person) == [] and len(history(right)) == 1
    assert [row.status for row in Vaccination.objects.order_by("pk")] == ["completed", "entered-in-error", "completed"]
    assert list(Vaccination.objects.current()) == [moved]


def test_a_dose_moves_onto_the_other_childs_decline(room):
    dose = room.give(room.ready())
    other = room.ready(room.person("Bilal"))
    [declined] = room.decline(other)
    assert correct(room, dose, move_to=other.person).replaces == declined


def test_a_dose_does_not_move_to_somebody_who_has_one(room):
    dose = room.give(room.ready())
    other = room.ready(room.person("Bilal"))
    room.give(other)
    with pytest.raises(Refused) as refused:
        correct(room, dose, move_to=other.person)
    assert refused.value.code == "already_recorded"
    assert Vaccination.objects.current().count() == 2


def test_a_dose_does_not_move_to_the_person_it_is_on_or_to_another_team(room):
    dose = room.give(room.ready())
    with pytest.raises(Refused) as refused:
        correct(room, dose, move_to=dose.person)
    assert refused.value.code == "same_person"
    with pytest.raises(PermissionDenied):
        correct(room, dose, move_to=make_room().person())


def test_ones_own_record_is_ones_own_only_on_its_day(room):
    dose = room.give(room.ready())
    with pytest.raises(PermissionDenied):
        correct(room, dose, entered_in_error=True, at=AT + timedelta(days=1))
    assert correct(room, dose, entered_in_error=True, at=AT + timedelta(days=1), by=room.senior)


def test_somebody_elses_record_is_for_a_senior_nurse(room):
    dose = room.give(room.ready(), by=room.senior)
    with pytest.raises(PermissionDenied):
        correct(room, dose, entered_in_error=True)
    assert correct(room, dose, entered_in_error=True, by=room.senior)


def test_the_reason_of_a_decline_can_be_put_right(room):
    [declined] = room.decline(room.ready())
    new = correct(room, declined, changes={"not_done_reason": "unwell"})
    assert (new.not_done_reason, new.replaces) == ("unwell", declined)
    with pytest.raises(Refused):
        correct(room, new, changes={"body_site": "left_arm"})


@pytest.mark.parametrize("state", ["closed_off", "cancelled"])
def test_a_record_is_put_right_after_the_clinic_was_closed_off_or_cancelled(room, state):
    doses = [room.give(room.ready(room.person(name))) for name in ("Amina", "Bilal", "Chloe")]
    ClinicSession.objects.filter(pk=room.session.pk).update(state=state)
    other = room.person("Dora")
    later = {"by": room.senior, "at": AT + timedelta(days=9)}
    assert correct(room, doses[0], changes={"body_site": "right_arm"}, **later).body_site == "right_arm"
    assert correct(room, doses[1], entered_in_error=True, **later).status == "entered-in-error"
    moved = correct(room, doses[2], move_to=other, **later)
    assert moved.visit.person == other and moved.visit.arrived_at == doses[2].visit.arrived_at


def test_the_batch_that_was_given_is_put_in_though_it_is_quarantined(room):
    dose = room.give(room.ready())
    real = make_batch(room.team, "priorix-tetra", number="TET2")
    quarantine_batch(batch=real, reason="Fridge too warm", by=None, at=AT, source="test")
    real.refresh_from_db()
    assert correct(room, dose, changes={"batch": real}).batch_number == "TET2"
    with pytest.raises(DoseRefused):
        correct(room, Vaccination.objects.current().get(), changes={"batch": make_batch(make_room().team, "proquad")})


def test_an_id_that_named_another_record_is_refused(room):
    dose, other = room.give(room.ready()), make_room()
    theirs = other.give(other.ready())
    mine = room.give(room.ready(room.person("Bilal")))
    for used in (theirs.client_uuid, mine.client_uuid, dose.client_uuid):
        with pytest.raises(Refused) as refused:
            correct(room, dose, entered_in_error=True, client_uuid=used)
        assert refused.value.code == "used_before"
    assert Vaccination.objects.filter(session=room.session).count() == 2


def test_a_move_sent_twice_is_one(room):
    dose, once = room.give(room.ready()), Vaccination().client_uuid
    right = room.person("Bilal")
    first = correct(room, dose, move_to=right, client_uuid=once)
    assert correct(room, dose, move_to=right, client_uuid=once) == first


def test_a_move_copies_what_was_agreed_to_for_the_person_it_belongs_to(room):
    dose = room.give(room.ready())
    theirs = room.ready(room.person("Bilal", born=date(2021, 1, 1)), ("MMR", "2022-02-01"))
    moved = correct(room, dose, move_to=theirs.person)
    assert (moved.consent, moved.screening, moved.dose_number) == (theirs.consents.get(), theirs.screenings.get(), 2)


WHO_WAS_ASKED = ("consent", "screening", "consent_by_name", "consent_relationship", "identity_confirmed_by")
MISSING = [
    "No consent on record: moved from another person’s record",
    "No health questions on record: moved from another person’s record",
]


def test_a_move_to_somebody_who_was_not_asked_brings_nobody_elses_consent_or_answers(room):
    dose = room.give(room.ready())
    moved = correct(room, dose, move_to=room.person("Bilal"))
    assert all(getattr(dose, name) for name in WHO_WAS_ASKED) and not dose.not_on_record
    assert not any(getattr(moved, name) for name in WHO_WAS_ASKED)
    assert (moved.is_given, moved.batch, moved.not_on_record) == (True, dose.batch, MISSING)


def test_a_refusal_of_the_right_person_is_no_consent_and_their_answers_stay(room):
    dose = room.give(room.ready())
    visit = room.visit(room.person("Bilal"))
    room.consent(visit, "MMRV", decision="refused")
    screening = room.screen(visit)
    moved = correct(room, dose, move_to=visit.person)
    assert (moved.consent, moved.consent_by_name, moved.screening) == (None, "", screening)
    assert (moved.identity_confirmed_by, moved.not_on_record) == (screening.identity_confirmed_by, MISSING[:1])


def test_what_was_moved_without_consent_is_corrected_like_any_other_record(room):
    moved = correct(room, room.give(room.ready()), move_to=room.person("Bilal"))
    fixed = correct(room, moved, changes={"body_site": "right_arm"})
    other = correct(room, fixed, changes={"batch": make_batch(room.team, "priorix", number="PRX9")})
    assert (other.vaccine, other.batch_number, other.not_on_record) == ("MMR", "PRX9", MISSING)
    theirs = room.ready(room.person("Chloe"))
    back = correct(room, other, move_to=theirs.person)
    assert (back.consent, back.screening, back.not_on_record) == (theirs.consents.get(), theirs.screenings.get(), [])
    nothing = correct(room, back, not_given="unwell")
    assert (nothing.consent, nothing.not_on_record) == (None, [])
    assert correct(room, nothing, entered_in_error=True).status == "entered-in-error"


def test_a_dose_does_not_move_to_somebody_born_after_it(room):
    dose = room.give(room.ready())
    unborn = room.person("Nova", born=date(2026, 11, 21))
    actions.change_person(person=unborn, date_of_birth=date(2026, 11, 22), by=room.nurse, at=AT + timedelta(days=2))
    with pytest.raises(DoseRefused) as refused:
        correct(room, dose, move_to=Person.objects.get(pk=unborn.pk))
    assert refused.value.code == "before_birth"


def test_a_dose_that_was_not_given_leaves_nothing_of_a_dose_behind(room):
    dose = room.give(room.ready())
    row = correct(room, dose, not_given="unwell")
    assert (row.status, row.not_done_reason, row.replaces) == ("not-done", "unwell", dose)
    assert not any((row.batch, row.product_name, row.body_site, row.given_at, row.consent, row.legal_mechanism))
    assert history(dose.person) == []
    for wrong in ({"not_given": "unwell"}, {"given_instead": room.six}):
        with pytest.raises(Refused) as refused:
            correct(room, row, **wrong)
        assert refused.value.code == "fixed"


@pytest.mark.parametrize("wrong", [{"not_given": "bored"}, {"changes": {"not_done_reason": "bored"}}])
def test_a_reason_that_is_not_on_the_list_is_refused(room, wrong):
    [declined] = room.decline(room.ready(room.person("Bilal")))
    row = room.give(room.ready()) if "not_given" in wrong else declined
    with pytest.raises(Refused) as refused:
        correct(room, row, **wrong)
    assert refused.value.code == "no_reason_selected"


def test_another_course_is_an_error_here_and_a_dose_there(room):
    dose = room.give(room.ready())
    new = correct(room, dose, given_instead=room.six)
    assert (new.series, new.batch, new.moved_from, new.given_at) == ("6IN1", room.six, dose, dose.given_at)
    assert [row.status for row in Vaccination.objects.filter(series="MEASLES").order_by("pk")] == [
        "completed",
        "entered-in-error",
    ]
    assert [entry.vaccine for entry in history(dose.person)] == ["6IN1"]


def test_another_course_that_has_a_dose_already_is_left_alone(room):
    visit = room.ready()
    dose = room.give(visit)
    room.give(visit, room.six, series="6IN1")
    with pytest.raises(Refused) as refused:
        correct(room, dose, given_instead=room.six)
    assert refused.value.code == "already_recorded" and Vaccination.objects.count() == 2


def test_another_batch_of_the_same_course_is_not_another_course(room):
    dose = room.give(room.ready())
    with pytest.raises(Refused) as refused:
        correct(room, dose, given_instead=room.mmr)
    assert refused.value.code == "same_series"


def test_a_correction_that_changes_nothing_is_refused(room):
    dose = room.give(room.ready())
    for same in ({"body_site": "left_arm"}, {"note": ""}, {"batch": room.mmrv}, {"given_at": dose.given_at}):
        with pytest.raises(Refused) as refused:
            correct(room, dose, changes=same)
        assert refused.value.code == "nothing_changed"


def test_a_correction_is_of_one_kind(room):
    dose = room.give(room.ready())
    for wrong in ({}, {"entered_in_error": True, "not_given": "unwell"}, {"changes": {"person": 1}}):
        with pytest.raises(TypeError):
            correct(room, dose, **wrong)


def test_a_clinics_batch_is_corrected_on_all_the_records_named_or_on_none(room):
    own = room.give(room.ready())
    elsewhere = make_room()
    strange = elsewhere.give(elsewhere.ready(elsewhere.person("Bilal")))
    for other in (strange.public_id, uuid.uuid4()):
        with pytest.raises(Refused) as refused:
            actions.correct_batch(
                session=room.session,
                wrong=room.mmrv,
                right=make_batch(room.team, "priorix-tetra", number=f"TET{other.hex[:4]}"),
                vaccinations=[own.public_id, other],
                reason="The other box",
                by=room.senior,
                at=AT,
                client_uuid=uuid.uuid4(),
            )
        assert refused.value.code == "stale"
    assert Vaccination.objects.count() == 2
