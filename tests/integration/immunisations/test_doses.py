"""When a dose may be recorded, what is kept of it, and that it is recorded once."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import Refused
from accounts.models import AuditEvent, Role
from clinics.actions import finish_session, mark_cancelled, quarantine_batch
from clinics.models import Batch, ClinicSession
from immunisations import actions
from immunisations.models import Vaccination, Visit
from immunisations.policies import DoseRefused, NeedsReason, SessionNotOpen
from tests.support.factories import make_batch, make_team, make_user
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db


def refusal(room, visit, **details):
    """Return the code with which the dose is refused."""
    with pytest.raises(DoseRefused) as refused:
        room.give(visit, **details)
    assert not Vaccination.objects.exists()
    return refused.value.code


def warnings(room, visit, **details):
    """Return the codes of what a reason is asked for."""
    with pytest.raises(NeedsReason) as refused:
        room.give(visit, **details)
    assert not Vaccination.objects.exists()
    return [warning["code"] for warning in refused.value.details["warnings"]]


def test_a_dose_keeps_copies_of_everything_it_rests_on(room):
    visit = room.ready()
    dose = room.give(visit, given_at=AT - timedelta(minutes=3))
    assert (dose.product_name, dose.maker, dose.product_code) == (
        "Priorix-Tetra",
        "GlaxoSmithKline",
        "45525711000001102",
    )
    assert (dose.batch_number, dose.batch_expires_on, str(dose.volume_ml)) == ("TET1", date(2027, 6, 30), "0.50")
    assert (dose.route, dose.legal_mechanism) == ("intramuscular", "PGD")
    assert (dose.legal_mechanism_name, dose.legal_mechanism_version) == ("Childhood vaccines direction", "5")
    assert (dose.consent_by_name, dose.identity_confirmed_by) == ("Sara Khan", "Sara Khan (mother)")
    assert (dose.given_by_name, dose.place_name) == ("Nora Nurse", str(room.session.venue))
    assert (dose.given_at, dose.given_on, dose.recorded_at) == (AT - timedelta(minutes=3), date(2026, 11, 21), AT)
    Batch.objects.filter(pk=room.mmrv.pk).update(number="CHANGED")
    dose.refresh_from_db()
    assert dose.batch_number == "TET1"


def test_a_dose_is_audited_with_who_what_and_why(room):
    visit = room.visit()
    room.consent(visit)
    room.screen(visit)
    dose = room.give(visit, override_reason="No book, mother sure")
    event = AuditEvent.objects.get(action="record_vaccination")
    assert (event.actor_name, event.object_id, event.person_id) == (
        "Nora Nurse",
        dose.public_id,
        visit.person.public_id,
    )
    assert event.after["cautions"] == ["no_record_check"] and event.reason == "No book, mother sure"


def test_the_day_of_a_dose_is_londons(room):
    late = make_room(date=date(2026, 6, 20), at=datetime(2026, 6, 1, tzinfo=UTC))
    # Half past midnight in London on the 20th is still the 19th in UTC.
    moment = datetime(2026, 6, 19, 23, 30, tzinfo=UTC)
    visit = late.visit(arrived_at=moment)
    late.check(visit)
    late.consent(visit)
    late.screen(visit)
    assert late.give(visit, given_at=moment, at=moment).given_on == date(2026, 6, 20)


def test_a_vaccine_that_the_clinic_does_not_offer_is_refused(room):
    visit = room.ready()
    batch = make_batch(room.team, "boostrix-ipv")
    assert refusal(room, visit, batch=batch, series="4IN1") == "not_offered"


def test_a_product_of_another_series_is_refused(room):
    assert refusal(room, room.ready(), batch=room.six) == "other_series"


def test_a_batch_past_its_expiry_is_refused_and_on_its_last_day_is_not(room):
    visit = room.ready()
    expired = make_batch(room.team, "priorix-tetra", expires_on=date(2026, 11, 20))
    assert refusal(room, visit, batch=expired) == "batch_expired"
    last_day = make_batch(room.team, "priorix-tetra", expires_on=date(2026, 11, 21))
    assert room.give(visit, batch=last_day).pk


def test_a_quarantined_batch_is_refused(room):
    quarantine_batch(batch=room.mmrv, reason="Fridge too warm", by=None, at=AT, source="test")
    assert refusal(room, room.ready()) == "batch_quarantined"


def test_another_teams_batch_is_refused(room):
    assert refusal(room, room.ready(), batch=make_batch(make_team(), "priorix-tetra")) == "batch_of_other_team"


def test_without_consent_for_this_vaccine_there_is_no_dose(room):
    visit = room.visit()
    room.check(visit)
    room.screen(visit)
    assert refusal(room, visit) == "no_consent"
    room.consent(visit, "MMR")
    assert refusal(room, visit) == "no_consent"


def test_the_latest_word_on_a_vaccine_holds(room):
    visit = room.ready()
    room.consent(visit, "MMRV", decision="refused")
    assert refusal(room, visit) == "consent_refused"
    room.consent(visit, "MMRV")
    assert room.give(visit).pk


def test_without_the_health_questions_there_is_no_dose(room):
    visit = room.visit()
    room.check(visit)
    room.consent(visit)
    assert refusal(room, visit) == "no_screening"


@pytest.mark.parametrize("fact", [{"immune": ["immunosuppressed"]}, {"neomycin": ["anaphylaxis-neomycin"]}])
def test_a_confirmed_contraindication_has_no_way_on(room, fact):
    visit = room.ready()
    room.screen(visit, fact)
    assert refusal(room, visit, override_reason="All the same") == "blocked"


def test_anaphylaxis_to_gelatine_forbids_the_product_that_contains_it_and_no_other(room):
    visit = room.ready()
    room.screen(visit, {"gelatine": ["anaphylaxis-gelatine"]})
    assert refusal(room, visit, batch=make_batch(room.team, "proquad"), override_reason="No") == "gelatine"
    assert room.give(visit).product_name == "Priorix-Tetra"


def test_somebody_pregnant_is_not_given_mmr(room):
    visit = room.visit(room.person(born=date(1995, 5, 1)))
    room.check(visit)
    actions.record_consent(
        visit=visit, decision="given", route="own", given_by_name="Amina Khan", vaccines=["MMR"], by=room.nurse, at=AT
    )
    room.screen(visit, not_pregnant=False)
    assert refusal(room, visit, batch=room.mmr, override_reason="No") == "blocked"


def test_without_a_record_check_on_this_visit_a_reason_is_needed(room):
    visit = room.visit()
    room.consent(visit)
    room.screen(visit)
    assert warnings(room, visit) == ["no_record_check"]
    assert room.give(visit, override_reason="Book lost").override_reason == "Book lost"


def test_a_reason_is_kept_only_where_there_was_a_warning(room):
    assert room.give(room.ready(), override_reason="Not asked for").override_reason == ""


def test_27_days_after_the_last_dose_a_reason_is_needed_and_28_days_after_it_none(room):
    early = room.ready(room.person("Early"), ("MMRV", "2026-10-25"))
    assert "too_early" in warnings(room, early)
    on_time = room.ready(room.person("Ontime"), ("MMRV", "2026-10-24"))
    assert room.give(on_time).dose_number == 2


def test_a_complete_course_asks_for_a_reason(room):
    visit = room.ready(None, ("MMR", "2024-04-01"), ("MMRV", "2026-08-01"))
    assert "complete" in warnings(room, visit)


def test_mmr_where_the_schedule_advises_mmrv_asks_for_a_reason(room):
    assert warnings(room, room.ready(), batch=room.mmr) == ["other_vaccine"]


def test_gelatine_against_the_familys_wish_asks_for_a_reason(room):
    visit = room.ready()
    pork = make_batch(room.team, "proquad")
    assert warnings(room, visit, batch=pork, gelatine_free=True) == ["gelatine_wish"]
    assert room.give(visit, batch=pork).product_name == "ProQuad"


def test_under_one_year_the_arm_asks_for_a_reason_and_the_thigh_does_not():
    room = make_room(early_doses=True, early_doses_reason="Outbreak in the county")
    visit = room.ready(room.person(born=date(2026, 4, 1)))
    room.consent(visit, "MMR")
    assert "site_under_one" in warnings(room, visit, batch=room.mmr)
    assert "site_under_one" not in warnings(room, visit, batch=room.mmr, body_site="left_thigh")


def test_an_outbreak_dose_before_the_first_birthday_is_recorded_as_one_that_will_not_count():
    room = make_room(early_doses=True, early_doses_reason="Outbreak in the county")
    visit = room.ready(room.person(born=date(2026, 4, 1)))
    assert warnings(room, visit, batch=room.mmr, body_site="left_thigh") == ["will_not_count"]
    dose = room.give(visit, batch=room.mmr, body_site="left_thigh", override_reason="Outbreak")
    assert dose.indication == "outbreak"


def test_site_and_route_must_be_of_this_world(room):
    visit = room.ready()
    assert refusal(room, visit, body_site="buttock") == "no_site"
    assert refusal(room, visit, body_site="mouth") == "site_and_route"
    assert refusal(room, visit, route="nasal") == "no_route"


def test_a_dose_cannot_be_of_the_future_or_of_another_day(room):
    visit = room.ready()
    assert refusal(room, visit, given_at=AT + timedelta(minutes=1)) == "in_the_future"
    assert refusal(room, visit, given_at=AT - timedelta(days=1)) == "other_day"


@pytest.mark.parametrize("state", ["cancelled", "closed_off", "draft"])
def test_nothing_is_recorded_at_a_clinic_that_is_not_open(room, state):
    visit = room.ready()
    ClinicSession.objects.filter(pk=room.session.pk).update(state=state)
    with pytest.raises(SessionNotOpen):
        room.give(visit)
    with pytest.raises(SessionNotOpen):
        room.decline(visit)


def test_after_the_clinic_has_finished_the_last_records_can_still_be_written(room):
    visit = room.ready()
    finish_session(session=room.session, by=None, at=AT, source="test")
    assert room.give(visit).pk


def test_a_cancelled_clinic_takes_no_arrivals(room):
    mark_cancelled(session=room.session, reason="Snow", by=None, at=AT, source="test")
    room.session.refresh_from_db()
    with pytest.raises(SessionNotOpen):
        room.visit()


@pytest.mark.parametrize("role", [Role.DESK, Role.COORDINATOR, Role.ANALYST])
def test_only_those_who_vaccinate_record_a_dose(room, role):
    visit = room.ready()
    somebody = make_user(room.team, role)
    with pytest.raises(PermissionDenied):
        room.give(visit, by=somebody)
    with pytest.raises(PermissionDenied):
        room.decline(visit, by=somebody)


def test_another_teams_nurse_records_nothing_here(room):
    with pytest.raises(PermissionDenied):
        room.give(room.ready(), by=make_room().nurse)


def test_the_same_request_sent_twice_is_one_dose(room):
    visit = room.ready()
    once = uuid.uuid4()
    first = room.give(visit, client_uuid=once)
    again = room.give(visit, client_uuid=once, at=AT + timedelta(minutes=1))
    assert again.pk == first.pk and Vaccination.objects.count() == 1
    assert AuditEvent.objects.filter(action="record_vaccination").count() == 1


def test_a_used_request_id_cannot_name_somebody_elses_dose(room):
    once = uuid.uuid4()
    room.give(room.ready(), client_uuid=once)
    with pytest.raises(Refused) as refused:
        room.give(room.ready(room.person("Bilal")), client_uuid=once)
    assert refused.value.code == "used_before"


def test_a_second_tablet_is_told_who_recorded_the_dose_and_when(room):
    visit = room.ready()
    first = room.give(visit)
    with pytest.raises(Refused) as refused:
        room.give(visit, by=room.senior, at=AT + timedelta(minutes=5))
    assert refused.value.code == "already_recorded" and refused.value.status == 409
    assert refused.value.details["vaccination"] == str(first.public_id)
    assert "MMRV was already recorded by Nora Nurse at 10am on 21 November." in str(refused.value)
    assert Vaccination.objects.count() == 1


def test_a_dose_given_cannot_afterwards_be_said_not_to_have_been(room):
    visit = room.ready()
    room.give(visit)
    with pytest.raises(Refused) as refused:
        room.decline(visit)
    assert refused.value.code == "already_recorded"


def test_a_dose_after_a_decline_on_the_same_day_replaces_it(room):
    visit = room.ready()
    [declined] = room.decline(visit)
    dose = room.give(visit)
    assert dose.replaces == declined
    assert list(Vaccination.objects.current()) == [dose]


def test_a_later_reason_replaces_an_earlier_one(room):
    visit = room.ready()
    [first] = room.decline(visit)
    [second] = room.decline(visit, reason="unwell")
    assert second.replaces == first and list(Vaccination.objects.current()) == [second]


def test_several_series_are_declined_at_once_and_once(room):
    visit = room.ready()
    once = uuid.uuid4()
    rows = room.decline(visit, "MEASLES", "6IN1", client_uuid=once)
    again = room.decline(visit, "MEASLES", "6IN1", client_uuid=once)
    assert [row.pk for row in rows] == [row.pk for row in again]
    assert {row.series for row in rows} == {"MEASLES", "6IN1"}


def test_a_reason_or_series_that_is_not_on_the_list_is_refused(room):
    visit = room.ready()
    for wrong in ({"reason": "bored"}, {"series": ["FLU"]}, {"series": []}):
        with pytest.raises(Refused):
            room.decline(visit, **wrong)


def test_the_visit_ends_by_itself_when_nothing_offered_is_still_due(room):
    visit = room.ready()
    room.give(visit)
    assert Visit.objects.get().left_at is None
    room.decline(visit, "6IN1")
    assert Visit.objects.get().left_at == AT


def test_whoever_left_before_being_seen_has_left(room):
    visit = room.visit()
    room.decline(visit, reason="left")
    assert Visit.objects.get().left_at == AT


@pytest.mark.postgresql
def test_a_dose_locks_the_person(room):
    visit = room.ready()
    with CaptureQueriesContext(connection) as queries:
        room.give(visit)
    locks = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"] or "FOR UPDATE" in query["sql"]]
    assert "immunisations_person" in locks[0]
