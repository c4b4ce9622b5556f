"""Who may decide, for which vaccine and dose; which questions a dose rests on; and a young person's wish."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from immunisations import actions
from immunisations.actions.consents import ScreeningRefused
from immunisations.health_questions import answers_of, questions_for
from immunisations.models import Consent, Screening, Vaccination
from immunisations.models.consent import GILLICK_ANSWERS
from immunisations.policies import ConsentRefused, DoseRefused, may_send_by_itself
from immunisations.queries import facts_for, visit_record
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db
FIFTEEN = date(2011, 9, 2)
SEVENTEEN = date(2009, 9, 2)
LATER = AT + timedelta(minutes=5)


@pytest.fixture
def room(db):
    return make_room()


def knows(**others):
    """The five answers, all yes unless told."""
    return dict.fromkeys(GILLICK_ANSWERS, True) | {f"gillick_knows_{name}": said for name, said in others.items()}


def decide(room, visit, **details):
    return actions.record_consent(
        **{
            "visit": visit,
            "decision": "given",
            "route": "parent_present",
            "given_by_name": "Sara Khan",
            "relationship": "Mother",
            "vaccines": ["MMR", "MMRV", "6IN1"],
            "by": room.nurse,
            "at": AT,
            **details,
        }
    )


def alone(room, visit, **details):
    """A young person of 15 decides."""
    return decide(
        room,
        visit,
        **{"route": "gillick", "given_by_name": "Tom Khan", "relationship": "", "gillick": knows(), **details},
    )


def refused(room, visit, **details):
    with pytest.raises(ConsentRefused) as found:
        decide(room, visit, **details)
    return found.value


def stopped(room, visit, **details):
    with pytest.raises(DoseRefused) as found:
        room.give(visit, **details)
    return found.value


def young(room, born=FIFTEEN):
    """A young person here, with a record checked that shows one MMR."""
    visit = room.visit(room.person("Tom", born=born, sex="male"))
    room.check(visit, ("MMR", "2013-01-01"))
    return visit


# Gillick competence


def test_a_competent_young_person_decides_and_all_five_answers_are_kept(room):
    consent = alone(room, young(room))
    assert [getattr(consent, name) for name in GILLICK_ANSWERS] == [True] * 5


@pytest.mark.parametrize("name", GILLICK_ANSWERS)
def test_one_no_of_the_five_means_no_consent_alone_and_says_what_else_can_be_done(room, name):
    said = refused(room, young(room), route="gillick", given_by_name="Tom Khan", gillick=knows() | {name: False})
    assert said.code == "not_gillick_competent"
    assert "by phone" in str(said) and "Not given" in str(said)
    assert not Consent.objects.exists()


@pytest.mark.parametrize("name", GILLICK_ANSWERS)
def test_one_of_the_five_left_unasked_is_no_consent(room, name):
    answers = knows()
    del answers[name]
    assert refused(room, young(room), route="gillick", given_by_name="Tom", gillick=answers).code == "gillick_not_asked"


def test_the_database_itself_refuses_a_gillick_consent_without_the_five(room):
    row = alone(room, young(room))
    row.pk, row.public_id, row.gillick_knows_disease = None, None, None
    row._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.bulk_create([row])


# By phone, and for adults who cannot decide


def test_a_phone_call_is_kept_with_its_number_and_who_else_heard(room):
    visit = room.visit()
    assert refused(room, visit, route="parent_phone").code == "no_phone"
    consent = decide(room, visit, route="parent_phone", phone="+447700900982", heard_by_name="Dan Desk")
    assert (consent.phone, consent.heard_by_name) == ("+447700900982", "Dan Desk")


def test_best_interests_say_who_was_consulted(room):
    visit = room.visit(room.person("Ann", born=date(1980, 1, 1)))
    assert refused(room, visit, route="best_interests", note=" ").code == "nobody_consulted"
    assert decide(room, visit, route="best_interests", note="Her sister Jo agrees.").note == "Her sister Jo agrees."


# Disagreement


def test_those_who_disagree_stop_the_dose_and_agreeing_later_lets_it_go_on(room):
    visit = room.ready()
    decide(room, visit, decision="disagreed", note="Mother yes, father no", at=LATER)
    assert stopped(room, visit).code == "consent_disagreed"
    decide(room, visit, at=LATER)
    assert room.give(visit, at=LATER).status == Vaccination.Status.COMPLETED
    assert list(visit.consents.values_list("decision", flat=True)) == ["given", "disagreed", "given"]


def test_a_reason_does_not_get_past_a_disagreement(room):
    visit = room.ready()
    decide(room, visit, decision="disagreed", note="Father says no")
    assert stopped(room, visit, override_reason="The mother insists").code == "consent_disagreed"


def test_nobody_disagrees_with_a_young_person_who_decided_alone(room):
    visit = young(room)
    alone(room, visit)
    room.screen(visit)
    for decision in ("disagreed", "refused"):
        assert refused(room, visit, decision=decision, note="Father says no").code == "decided_alone"
    assert room.give(visit, room.mmr).status == Vaccination.Status.COMPLETED


def test_a_young_person_may_decide_after_parents_disagreed(room):
    visit = young(room)
    decide(room, visit, decision="disagreed", note="Father says no")
    alone(room, visit)
    room.screen(visit)
    assert room.give(visit, room.mmr).status == Vaccination.Status.COMPLETED


def test_from_16_nobody_can_disagree_for_them(room):
    visit = young(room, SEVENTEEN)
    assert refused(room, visit, decision="disagreed", note="Father says no").code == "route_for_age"
    assert refused(room, visit, decision="disagreed", route="own", note="?").code == "route_of_disagreement"


# For the vaccine, and for the dose


def test_consent_to_mmr_is_not_consent_to_mmrv(room):
    visit = room.ready()
    other = room.visit(room.person("Bilal"))
    room.check(other)
    decide(room, other, vaccines=["MMR"])
    room.screen(other)
    assert stopped(room, other).code == "no_consent"
    assert room.give(visit).status == Vaccination.Status.COMPLETED


def test_consent_holds_for_the_dose_it_was_given_for(room):
    visit = room.visit()
    room.check(visit, ("MMR", "2024-04-02"))
    consent = decide(room, visit)
    room.screen(visit)
    assert consent.dose_numbers == {"MMR": 2, "MMRV": 2, "6IN1": 1}
    # A second record shows a dose that nobody knew of: it would be one more now.
    room.check(visit, ("6IN1", "2023-05-22"), source="chis")
    said = stopped(room, visit, series="6IN1", batch=room.six, override_reason="Asked for")
    assert said.code == "consent_for_another_dose"
    assert str(said) == "Sara Khan agreed to dose 1 of 6-in-1. It is dose 2 now, so ask again."
    assert room.give(visit, body_site="left_arm").dose_number == 2
    decide(room, visit, vaccines=["6IN1"], at=LATER)
    assert room.give(visit, series="6IN1", batch=room.six, at=LATER).dose_number == 2


def test_what_was_agreed_is_in_the_audit(room):
    decide(room, young(room), vaccines=["MMR"])
    after = AuditEvent.objects.get(action="record_consent").after
    assert (after["vaccines"], after["dose_numbers"]) == (["MMR"], {"MMR": 2})


# The health questions


def test_a_dose_needs_the_questions_for_its_own_vaccine(room):
    visit = room.visit()
    room.check(visit)
    decide(room, visit)
    room.screen(visit, vaccines=["MMRV"])
    said = stopped(room, visit, series="6IN1", batch=room.six)
    assert said.code == "no_screening" and str(said) == "Ask the health questions for 6-in-1 first."
    first = room.give(visit)
    second = room.screen(visit, vaccines=["6IN1"])
    dose = room.give(visit, series="6IN1", batch=room.six)
    assert dose.screening == second and first.screening != second


def test_questions_asked_for_all_cover_every_vaccine(room):
    visit = room.visit()
    room.check(visit)
    decide(room, visit)
    both = room.screen(visit)
    assert {room.give(visit).screening, room.give(visit, series="6IN1", batch=room.six).screening} == {both}


def test_what_was_confirmed_for_one_vaccine_is_not_forgotten_when_another_is_asked_about(room):
    visit = room.visit()
    room.check(visit)
    decide(room, visit)
    room.screen(visit, {"vaccine_reaction": ["anaphylaxis-measles"]}, vaccines=["MMRV", "MMR"])
    room.screen(visit, vaccines=["6IN1"])
    assert facts_for(visit.person, room.session, visit_record(visit).screenings) == {"anaphylaxis-measles"}
    assert stopped(room, visit, override_reason="No").code == "blocked"
    # Asked again for the same vaccines, the latest answers hold.
    room.screen(visit, vaccines=["MMRV", "MMR"])
    assert facts_for(visit.person, room.session, visit_record(visit).screenings) == set()
    assert room.give(visit).status == Vaccination.Status.COMPLETED


def test_questions_for_a_vaccine_that_is_none_are_refused(room):
    with pytest.raises(ScreeningRefused) as found:
        room.screen(room.visit(), vaccines=["FLU"])
    assert found.value.code == "unknown_vaccine"


def test_every_question_that_matters_for_the_vaccines_must_be_answered(room):
    visit = room.visit()
    asked = questions_for(["MMR"], gelatine=False)
    confirmed = {"well_today": True, "not_pregnant": None, "identity_confirmed_by": "Sara Khan"}
    for missing in (asked, *([question] for question in asked)):
        answers = answers_of({}, [question for question in asked if question not in missing])
        with pytest.raises(ScreeningRefused) as found:
            actions.record_screening(
                visit=visit, vaccines=["MMR"], answers=answers, by=room.nurse, at=AT, **confirmed
            )  # fmt: skip
        assert found.value.code == "unanswered"
    # Asked for all vaccines, the questions for one are not enough.
    few = answers_of({}, questions_for(["HPV"], gelatine=False))
    with pytest.raises(ScreeningRefused):
        actions.record_screening(visit=visit, answers=few, by=room.nurse, at=AT, **confirmed)
    assert not Screening.objects.exists()
    actions.record_screening(
        visit=visit, vaccines=["MMR"], answers=answers_of({}, asked), by=room.nurse, at=AT, **confirmed
    )  # fmt: skip


# Parents are not to be told


def test_the_wish_is_kept_on_the_consent_and_copied_on_the_dose(room):
    visit = young(room)
    assert alone(room, visit, parents_not_told=True).parents_not_told
    room.screen(visit)
    dose = room.give(visit, room.mmr)
    assert dose.parents_not_told and not may_send_by_itself(dose)
    told = room.ready()
    assert may_send_by_itself(room.give(told))


def test_the_wish_stands_on_a_reason_why_nothing_was_given_too(room):
    visit = young(room)
    alone(room, visit, parents_not_told=True)
    [row] = room.decline(visit, reason="unwell")
    assert row.parents_not_told and not may_send_by_itself(row)


def test_a_parents_later_word_does_not_lift_the_wish_and_the_young_persons_does(room):
    visit = young(room)
    alone(room, visit, parents_not_told=True)
    decide(room, visit, at=LATER)
    assert visit_record(visit).parents_not_told("MMR")
    alone(room, visit, at=LATER)
    assert not visit_record(visit).parents_not_told("MMR")


def test_the_wish_is_about_the_vaccines_the_young_person_decided_on(room):
    visit = young(room)
    decide(room, visit, vaccines=["6IN1"])
    alone(room, visit, vaccines=["MMR"], parents_not_told=True)
    record = visit_record(visit)
    assert (record.parents_not_told("MMR"), record.parents_not_told("6IN1"), record.parents_not_told()) == (
        True,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("born", "details", "may"),
    [
        (FIFTEEN, {"route": "gillick", "gillick": knows()}, True),
        (SEVENTEEN, {"route": "own"}, True),
        (date(2008, 11, 22), {"route": "own"}, True),
        (date(2008, 11, 21), {"route": "own"}, False),
        (FIFTEEN, {"route": "parent_present"}, False),
    ],
)
def test_only_a_young_person_who_decides_may_ask_it(room, born, details, may):
    visit = young(room, born)
    if may:
        assert decide(room, visit, parents_not_told=True, **details).parents_not_told
    else:
        assert refused(room, visit, parents_not_told=True, **details).code == "wish_of_another"


def test_a_corrected_dose_keeps_the_wish(room):
    visit = young(room)
    alone(room, visit, parents_not_told=True)
    room.screen(visit)
    dose = room.give(visit, room.mmr)
    corrected = actions.correct_vaccination(
        vaccination=dose, changes={"body_site": "right_arm"}, reason="Wrong arm", by=room.nurse, at=LATER
    )
    assert corrected.parents_not_told


def test_a_corrected_record_keeps_the_wish_whoever_agreed_to_the_other_vaccine(room):
    visit = room.visit(room.person(born=FIFTEEN))
    room.check(visit)
    alone(room, visit, vaccines=["MMR"], parents_not_told=True)
    decide(room, visit, vaccines=["MMRV", "6IN1"], at=LATER)
    room.screen(visit, not_pregnant=True)
    dose = room.give(visit, room.mmr, at=LATER)
    fixed = actions.correct_vaccination(
        vaccination=dose, changes={"batch": room.mmrv}, reason="The other box", by=room.senior, at=LATER
    )
    assert (fixed.vaccine, fixed.consent_by_name) == ("MMRV", "Sara Khan")
    assert fixed.parents_not_told and not may_send_by_itself(fixed)
    instead = actions.correct_vaccination(
        vaccination=fixed, given_instead=room.six, reason="It was neither", by=room.senior, at=LATER
    )
    assert instead.vaccine == "6IN1" and instead.parents_not_told


def test_a_dose_that_moves_leaves_the_wish_with_whoever_made_it(room):
    visit = room.visit(room.person(born=FIFTEEN))
    room.check(visit)
    alone(room, visit, vaccines=["MMR"], parents_not_told=True)
    room.screen(visit, not_pregnant=True)
    dose = room.give(visit, room.mmr)
    other = room.visit(room.person("Zed", born=FIFTEEN))
    moved = actions.correct_vaccination(
        vaccination=dose, move_to=other.person, reason="Brother", by=room.senior, at=LATER
    )
    assert not moved.parents_not_told and Vaccination.objects.get(replaces=dose).parents_not_told
    alone(room, other, vaccines=["MMR"], parents_not_told=True)
    back = actions.correct_vaccination(
        vaccination=moved, move_to=visit.person, reason="No, it was right", by=room.senior, at=LATER
    )
    assert back.parents_not_told
