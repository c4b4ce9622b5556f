"""What a dose is given under, by whom, and which warnings a reason speaks of."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent, Role
from clinics.models import Direction
from immunisations.models import Vaccination
from immunisations.policies import ARRIVAL_SLACK, DoseRefused, NeedsReason, PatientDirection, cautions
from tests.support.factories import DAY, make_batch, make_direction, make_team, make_user
from tests.support.records import AT

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
    return [warning["code"] for warning in refused.value.details["warnings"]]


def test_a_direction_counts_on_its_first_and_last_day_and_not_a_day_outside(room):
    visit = room.ready()
    for begins, ends in [
        (DAY - timedelta(days=9), DAY - timedelta(days=1)),
        (DAY + timedelta(days=1), date(2099, 1, 1)),
    ]:
        Direction.objects.update(valid_from=begins, valid_until=ends)
        assert refusal(room, visit) == "no_direction"
        assert refusal(room, visit, direction=Direction.objects.get()) == "direction_not_in_force"
    Direction.objects.update(valid_from=DAY, valid_until=DAY)
    assert room.give(visit).legal_mechanism_valid_until == DAY


def test_a_direction_for_other_vaccines_is_none(room):
    Direction.objects.update(vaccines=["6IN1", "MMR"])
    visit = room.ready()
    assert refusal(room, visit) == "no_direction"
    assert refusal(room, visit, direction=Direction.objects.get()) == "direction_of_other_vaccine"


def test_another_teams_direction_is_no_help(room):
    theirs = make_direction(make_team())
    assert refusal(room, room.ready(), direction=theirs) == "direction_of_other_team"
    Direction.objects.filter(team=room.team).delete()
    assert refusal(room, room.ready()) == "no_direction"


def test_a_reason_does_not_help_where_there_is_no_direction(room):
    Direction.objects.all().delete()
    assert refusal(room, room.ready(), override_reason="All the same") == "no_direction"


@pytest.mark.parametrize("wrong", [{"name": "\u200b"}, {"version": " "}])
def test_a_direction_for_the_person_names_its_prescriber_and_version(room, wrong):
    own = PatientDirection(**{"name": "Dr Fox", "version": "1", "valid_until": DAY, **wrong})
    assert refusal(room, room.ready(), patient_direction=own) == "no_direction"


def test_a_direction_for_the_person_counts_on_its_last_day(room):
    visit = room.ready()
    ended = PatientDirection("Dr Fox", "1", DAY - timedelta(days=1))
    assert refusal(room, visit, patient_direction=ended) == "direction_not_in_force"
    dose = room.give(visit, patient_direction=PatientDirection(" Dr Fox ", "1", DAY))
    assert (dose.legal_mechanism, dose.legal_mechanism_name, dose.direction) == ("PSD", "Dr Fox", None)


def test_the_kind_tells_several_apart_and_an_unknown_kind_is_refused(room):
    visit = room.ready()
    make_direction(room.team, kind="VGD")
    assert refusal(room, visit) == "several_directions"
    assert refusal(room, visit, legal_mechanism="LAW") == "no_legal_mechanism"
    assert room.give(visit, legal_mechanism="PGD").legal_mechanism == "PGD"


def test_the_database_keeps_no_dose_under_a_direction_that_had_ended(room):
    dose = room.give(room.ready())
    columns = {
        field.name: getattr(dose, field.name)
        for field in dose._meta.concrete_fields
        if field.name not in ("id", "public_id", "client_uuid", "replaces")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Vaccination.objects.create(
            **columns | {"replaces": dose, "legal_mechanism_valid_until": DAY - timedelta(days=1)}
        )


def test_who_gave_and_who_supplied_it_are_copied_and_audited(room):
    desk = make_user(room.team, Role.DESK, first_name="Dan", last_name="Desk")
    dose = room.give(room.ready(), given_by=room.senior, supplied_by=desk)
    assert (dose.given_by_name, dose.supplied_by_name, dose.recorded_by_name) == (
        "Sue Senior",
        "Dan Desk",
        "Nora Nurse",
    )
    after = AuditEvent.objects.get(action="record_vaccination").after
    assert after["given_by"] == "Sue Senior" and after["direction"] == "PGD Childhood vaccines direction, 5"


def test_only_an_active_vaccinator_of_the_team_gave_it_and_only_a_member_supplied_it(room):
    visit = room.ready()
    for nobody in (
        make_user(room.team, Role.DESK),
        make_user(make_team(), Role.VACCINATOR),
        make_user(room.team, Role.VACCINATOR, is_active=False),
    ):
        assert refusal(room, visit, given_by=nobody) == "no_vaccinator"
    assert refusal(room, visit, supplied_by=make_user(make_team(), Role.VACCINATOR)) == "no_supplier"


def test_a_reason_speaks_only_of_the_warnings_its_writer_was_shown(room):
    visit = room.visit()
    room.consent(visit)
    room.screen(visit)
    assert warnings(room, visit, override_reason="Book lost", cautions_seen=[]) == ["no_record_check"]
    with pytest.raises(NeedsReason) as shown:
        room.give(visit, batch=room.mmr)
    assert [each["code"] for each in shown.value.details["warnings"]] == ["no_record_check", "other_vaccine"]
    dose = room.give(visit, override_reason="Book lost")
    assert dose.cautions == ["no_record_check"]


def test_a_dose_up_to_a_quarter_of_an_hour_before_they_were_marked_as_arrived_is_not_asked_about(room):
    visit = room.ready()
    assert warnings(room, visit, given_at=AT - ARRIVAL_SLACK - timedelta(minutes=1)) == ["before_arrival"]
    assert room.give(visit, given_at=AT - ARRIVAL_SLACK).cautions == []


def test_a_product_for_another_age_is_asked_about(room):
    visit = room.ready(room.person(born=date(2016, 11, 21)))
    assert "too_old_for_product" in warnings(room, visit, series="6IN1", batch=room.six)
    baby = room.ready(room.person(born=date(2026, 2, 22)))
    assert "too_young_for_product" in warnings(room, baby, batch=make_batch(room.team, "proquad"))


def test_the_devices_clock_decides_nothing(room):
    dose = room.give(room.ready(), device_at=AT + timedelta(days=400))
    assert (dose.given_at, dose.recorded_at, dose.device_at) == (AT, AT, AT + timedelta(days=400))


def test_a_vaccine_that_is_injected_is_not_swallowed_without_a_word(room):
    visit = room.visit()
    room.check(visit)
    room.consent(visit)
    room.screen(visit)
    with pytest.raises(NeedsReason) as refused:
        room.give(visit, body_site="mouth", route="oral")
    assert [each["code"] for each in refused.value.details["warnings"]] == ["route_for_product"]
    assert room.give(visit, body_site="mouth", route="oral", override_reason="It happened").route == "oral"


def test_a_vaccine_that_is_swallowed_is_not_injected_without_a_word(room):
    rotarix = make_batch(room.team, "rotarix").product
    [caution] = [
        each.message
        for each in cautions(
            person=room.person(),
            product=rotarix,
            body_site="left_thigh",
            on=AT.date(),
            was_checked=True,
            verdict=None,
            gelatine_free=False,
            route="intramuscular",
        )
        if each.code == "route_for_product"
    ]
    assert caution == "Rotarix is swallowed."
