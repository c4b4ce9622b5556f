"""Record checks, consent, screening, visits and the history they make."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Refused
from accounts.models import Role
from immunisations import actions
from immunisations.health_questions import QUESTIONS, answers_of
from immunisations.models import Consent, DoseSeen, RecordCheck, Screening, Visit
from immunisations.models.consent import GILLICK_ANSWERS
from immunisations.queries import facts_for, forecast_for, history
from immunisations.search import read_query, search_people
from tests.support.factories import make_user
from tests.support.records import AT, BORN, make_room

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 21)


def check(room, visit, *doses, **details):
    return actions.record_check(
        **{
            "visit": visit,
            "source": "red_book",
            "outcome": "doses_found" if doses else "nothing_recorded",
            "finding": "Found.",
            "doses": [actions.FoundDose(*dose) for dose in doses],
            "by": room.nurse,
            "at": AT,
            **details,
        }
    )


def test_a_check_and_its_doses_are_written_together(room):
    made = check(room, room.visit(), ("MMR", "2024-04-01", "Poland", "B7"), ("6IN1", "2023-06"))
    assert [(d.vaccine, d.given_on, d.country, d.batch_number) for d in made.doses.all()] == [
        ("6IN1", "2023-06", "", ""),
        ("MMR", "2024-04-01", "Poland", "B7"),
    ]
    assert (made.checked_by_name, made.checked_at, made.source) == ("Nora Nurse", AT, "red_book")


def test_a_check_sent_twice_is_one(room):
    visit, once = room.visit(), uuid.uuid4()
    first = check(room, visit, ("MMR", "2024"), client_uuid=once)
    assert check(room, visit, ("MMR", "2024"), client_uuid=once) == first
    assert RecordCheck.objects.count() == 1 and DoseSeen.objects.count() == 1


@pytest.mark.parametrize(
    ("doses", "code"),
    [
        ([("MMR", "2022-12-31")], "before_birth"),
        ([("MMR", "2026-11-22")], "in_the_future"),
        ([("MMR", "2024-02-30")], "bad_date"),
        ([("MMR", "soon")], "bad_date"),
        ([("FLU", "2024")], "unknown_vaccine"),
        ([("MMR", "2024")] * 41, "too_many"),
    ],
)
def test_a_dose_that_cannot_be_is_refused_and_nothing_is_written(room, doses, code):
    with pytest.raises(Refused) as refused:
        check(room, room.visit(), *doses)
    assert refused.value.code == code and not RecordCheck.objects.exists()


def test_a_month_that_holds_the_birth_or_today_can_be(room):
    assert check(room, room.visit(), ("MMR", "2023-03"), ("MMR", "2026-11"), ("MMR", "2026")).doses.count() == 3


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"finding": " "}, "no_finding"),
        ({"outcome": "doses_found"}, "no_doses"),
        ({"doses": [actions.FoundDose("MMR", "2024")]}, "doses_without_outcome"),
        ({"source": "none", "outcome": "doses_found", "doses": [actions.FoundDose("MMR", "2024")]}, "none_shows_none"),
    ],
)
def test_a_check_that_contradicts_itself_is_refused(room, details, code):
    with pytest.raises(Refused) as refused:
        check(room, room.visit(), **details)
    assert refused.value.code == code


def test_no_record_anywhere_is_written_down_as_such(room):
    made = check(room, room.visit(), source="none", outcome="not_available", finding="Treat as not vaccinated.")
    assert made.source == "none" and forecast_for(made.person, ON).of("MEASLES").status == "overdue"


def test_a_check_is_for_those_who_may_check(room):
    with pytest.raises(PermissionDenied):
        check(room, room.visit(), by=make_user(room.team, Role.DESK))


def test_same_day_entries_of_two_records_are_one_dose_with_two_sources(room):
    visit = room.visit()
    check(room, visit, ("MMR", "2024-04-01"))
    check(room, visit, ("MMR", "2024-04-01"), source="gp_record")
    [dose] = history(visit.person)
    assert dose.sources == ("Red book", "GP record") and dose.disagreement == ""


def test_records_that_name_different_vaccines_on_a_day_are_one_dose_and_the_difference_is_said(room):
    visit = room.visit()
    check(room, visit, ("MMR", "2024-04-01"))
    check(room, visit, ("MMRV", "2024-04-01"), source="gp_record")
    [dose] = history(visit.person)
    assert dose.disagreement == "The records name different vaccines: MMR, MMRV."
    assert forecast_for(visit.person, ON).of("MEASLES").counted == 1


def test_a_month_in_one_record_and_a_day_in_another_are_one_dose_and_both_are_shown(room):
    visit = room.visit()
    check(room, visit, ("MMR", "2024-04"))
    check(room, visit, ("MMR", "2024-04-01"), source="gp_record")
    [dose] = history(visit.person)
    assert dose.given_on == "2024-04-01"
    assert "April 2024 (Red book)" in dose.disagreement


def test_two_lines_of_one_record_are_two_doses(room):
    visit = room.visit()
    check(room, visit, ("MMR", "2024-04"), ("MMR", "2024-04-20"))
    assert len(history(visit.person)) == 2


def test_a_vague_date_that_fits_two_doses_stays_by_itself(room):
    visit = room.visit()
    check(room, visit, ("MMR", "2024-04-01"), ("MMR", "2024-08-01"))
    check(room, visit, ("MMR", "2024"), source="verbal")
    assert len(history(visit.person)) == 3


def test_a_dose_given_here_stands_in_the_history_with_where(room):
    visit = room.ready()
    room.give(visit)
    [dose] = history(visit.person)
    assert dose.sources == (f"Given here: {room.session.venue}",)
    assert forecast_for(visit.person, ON).of("MEASLES").counted == 1


def test_a_dose_made_impossible_by_a_corrected_birth_date_is_left_out_and_named(room):
    visit = room.visit()
    check(room, visit, ("MMR", "2023-04-01"))
    actions.change_person(person=visit.person, date_of_birth=date(2023, 6, 1), by=room.nurse, at=AT)
    visit.person.refresh_from_db()
    outlook = forecast_for(visit.person, ON)
    assert [dose.given_on for dose in outlook.impossible] == ["2023-04-01"] and outlook.of("MEASLES").counted == 0


def test_more_doses_than_can_be_read_are_said_and_not_guessed(room):
    visit = room.visit()
    check(room, visit, *[("MMR", f"2024-{month:02}-{day:02}") for month in range(1, 12) for day in (1, 15)])
    assert "At most 20 doses" in forecast_for(visit.person, ON).problem


def test_facts_come_from_sex_the_clinic_and_the_screening():
    room = make_room(early_doses=True, early_doses_reason="Outbreak")
    visit = room.visit(room.person(sex="female"))
    screening = room.screen(visit, {"immune": ["immunosuppressed"]}, well_today=False)
    assert facts_for(visit.person, room.session, screening) == {"female", "outbreak", "immunosuppressed", "unwell"}


@pytest.mark.parametrize(
    ("born", "route", "fits"),
    [
        (date(2010, 11, 21), "own", True),
        (date(2010, 11, 22), "own", False),
        (date(2012, 1, 1), "gillick", True),
        (date(2022, 1, 1), "gillick", False),
        (date(2022, 1, 1), "best_interests", False),
        (date(1990, 1, 1), "parent_present", False),
    ],
)
def test_who_may_decide_goes_by_age(room, born, route, fits):
    visit = room.visit(room.person(born=born))
    details = {
        "visit": visit,
        "decision": "given",
        "route": route,
        "given_by_name": "Somebody",
        "vaccines": ["MMR"],
        "by": room.nurse,
        "at": AT,
        **({"gillick": dict.fromkeys(GILLICK_ANSWERS, True)} if route == "gillick" else {}),
    }
    if fits:
        assert actions.record_consent(**details).route == route
    else:
        with pytest.raises(Refused) as refused:
            actions.record_consent(**details)
        assert refused.value.code == "route_for_age"


def test_a_consent_without_name_or_vaccine_is_refused(room):
    visit = room.visit()
    for wrong in ({"given_by_name": " "}, {"vaccines": []}, {"vaccines": ["FLU"]}):
        with pytest.raises(Refused):
            actions.record_consent(
                **{
                    "visit": visit,
                    "decision": "given",
                    "route": "parent_present",
                    "given_by_name": "Sara",
                    "vaccines": ["MMR"],
                    "by": room.nurse,
                    "at": AT,
                    **wrong,
                }
            )
    assert not Consent.objects.exists()


def test_a_second_press_writes_consent_and_screening_once(room):
    visit = room.visit()
    room.consent(visit)
    room.consent(visit)
    room.screen(visit)
    room.screen(visit)
    assert (Consent.objects.count(), Screening.objects.count()) == (1, 1)


def test_pregnancy_is_asked_of_everybody_of_12_and_over_who_could_be(room):
    asked = room.visit(room.person("Ada", born=date(2014, 11, 21)))
    with pytest.raises(Refused) as refused:
        room.screen(asked)
    assert refused.value.code == "pregnancy_not_asked"
    assert room.screen(asked, not_pregnant=True).pk
    assert room.screen(room.visit(room.person("Bea", born=date(2014, 11, 22)))).pk
    assert room.screen(room.visit(room.person("Cal", born=date(1990, 1, 1), sex="male"))).pk


def test_a_screening_takes_only_known_questions_and_what_they_ask(room):
    visit = room.visit()
    for answers in (
        {"shoe_size": {"answer": "no"}},
        {"immune": {"answer": "maybe"}},
        {"immune": {"answer": "yes", "facts": ["pregnant"]}},
    ):
        with pytest.raises(Refused) as refused:
            actions.record_screening(
                visit=visit,
                answers=answers_of({}, QUESTIONS) | answers,
                well_today=True,
                not_pregnant=None,
                identity_confirmed_by="Sara",
                by=room.nurse,
                at=AT,
            )
        assert refused.value.code == "bad_answers"


def test_arriving_twice_is_one_visit(room):
    person = room.person()
    assert room.visit(person) == room.visit(person)


def test_an_arrival_is_undone_only_while_nothing_hangs_on_it(room):
    empty = room.visit()
    actions.undo_arrival(visit=empty, by=room.nurse, at=AT)
    assert not Visit.objects.exists()
    checked = room.visit()
    room.check(checked)
    with pytest.raises(Refused) as refused:
        actions.undo_arrival(visit=checked, by=room.nurse, at=AT)
    assert refused.value.code == "has_records"


def test_a_visit_starts_pauses_ends_and_is_taken_up_again(room):
    visit = room.visit()
    later = AT + timedelta(minutes=5)
    visit = actions.start_visit(visit=visit, by=room.nurse, at=AT)
    visit = actions.pause_visit(visit=visit, by=room.nurse, at=AT)
    assert (visit.started_at, visit.paused_at) == (AT, AT)
    visit = actions.end_visit(visit=visit, why="advice", by=room.nurse, at=later)
    assert (visit.why, visit.left_at, visit.paused_at) == ("advice", later, None)
    with pytest.raises(Refused):
        actions.pause_visit(visit=visit, by=room.nurse, at=later)
    assert actions.start_visit(visit=visit, by=room.nurse, at=later).left_at is None


def test_a_person_of_another_team_does_not_arrive_here(room):
    with pytest.raises(Refused) as refused:
        room.visit(make_room().person())
    assert refused.value.code == "other_team"


def test_a_changed_name_is_found_by_the_new_name_alone(room):
    person = room.person("Amina", "Khan")
    actions.change_person(person=person, last_name="Ziółkowska", by=room.nurse, at=AT)
    assert search_people(room.team, read_query("ziolkowska", today=ON))
    assert not search_people(room.team, read_query("khan", today=ON))


def test_nobody_is_born_tomorrow(room):
    with pytest.raises(Refused) as refused:
        room.person(born=date(2026, 11, 22))
    assert refused.value.code == "born_in_the_future"
    assert BORN < ON


def test_an_id_that_named_somebody_elses_check_is_refused(room):
    theirs, mine = room.check(room.visit()), room.visit(room.person("Bilal"))
    elsewhere = make_room()
    for used in (theirs.client_uuid, elsewhere.check(elsewhere.visit()).client_uuid):
        with pytest.raises(Refused) as refused:
            actions.record_check(
                visit=mine,
                source="red_book",
                outcome="nothing_recorded",
                finding="Empty",
                client_uuid=used,
                by=room.nurse,
                at=AT,
            )
        assert refused.value.code == "used_before"


@pytest.mark.parametrize("blank", ["", "  ", "\u200b", "\u00a0"])
def test_a_person_has_a_first_name(room, blank):
    person = room.person("Amina")
    with pytest.raises(Refused) as refused:
        room.person(blank)
    assert refused.value.code == "no_name"
    with pytest.raises(Refused) as refused:
        actions.change_person(person=person, first_name=blank, by=room.nurse, at=AT)
    assert refused.value.code == "no_name"
    changed = actions.change_person(person=person, first_name=" Aminah\u200b ", last_name=" Khan", by=room.nurse, at=AT)
    assert (changed.first_name, changed.last_name) == ("Aminah", "Khan")


@pytest.mark.parametrize("days", [-7, -1, 1])
def test_nobody_arrives_on_another_day_than_the_clinics(room, days):
    with pytest.raises(Refused) as refused:
        actions.arrive(session=room.session, person=room.person(), by=room.nurse, at=AT + timedelta(days=days))
    assert refused.value.code == "other_day" and not Visit.objects.exists()


def test_whoever_is_here_already_is_found_on_any_day(room):
    visit = room.visit()
    again = actions.arrive(session=room.session, person=visit.person, by=room.nurse, at=AT + timedelta(days=1))
    assert again == visit


def test_the_clinics_day_is_londons():
    summer = make_room(date=date(2026, 6, 20), at=datetime(2026, 6, 1, tzinfo=UTC))
    # Half past midnight in London on the 20th is still the 19th in UTC.
    first = datetime(2026, 6, 19, 23, 30, tzinfo=UTC)
    assert actions.arrive(session=summer.session, person=summer.person(), by=None, at=first).pk
    with pytest.raises(Refused):
        actions.arrive(session=summer.session, person=summer.person("B"), by=None, at=first + timedelta(days=1))


def test_after_an_arrival_was_undone_nothing_is_recorded_on_it(room):
    visit = room.visit()
    actions.undo_arrival(visit=Visit.objects.get(pk=visit.pk), by=room.nurse, at=AT)
    for press in (
        lambda: actions.undo_arrival(visit=visit, by=room.nurse, at=AT),
        lambda: room.give(visit),
        lambda: room.decline(visit),
        lambda: room.check(visit),
        lambda: room.consent(visit),
        lambda: room.screen(visit),
    ):
        with pytest.raises(Refused) as refused:
            press()
        assert refused.value.code == "undone"


def test_a_vaccinator_with_two_long_names_can_record(room):
    room.nurse = make_user(room.team, Role.SENIOR_NURSE, first_name="A" * 150, last_name="B" * 150)
    assert len(room.give(room.ready()).given_by_name) == 200
