"""What the database itself never stores, and never changes."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from accounts.models import AuditEvent, RecordView
from immunisations import actions
from immunisations.models import Consent, DoseSeen, Person, PersonMerge, RecordCheck, Screening, Vaccination
from tests.support.records import AT

pytestmark = pytest.mark.django_db


def broken(row, **changes):
    """Return the name of what refuses the row with these changes, written as a second one would be."""
    for name, value in changes.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row.save(force_insert=True)
    return str(refused.value)


@pytest.fixture
def copy(room):
    """A dose given, ready to be written again on another person's visit."""
    dose = room.give(room.ready())
    other = room.visit(room.person("Bilal"))
    dose.pk = dose.id = None
    dose.public_id, dose.client_uuid = type(dose)().public_id, type(dose)().client_uuid
    dose.person, dose.visit = other.person, other
    return dose


def test_the_copy_itself_is_whole(copy):
    copy.save(force_insert=True)


@pytest.mark.parametrize(
    "field", ["product_name", "batch_number", "body_site", "route", "given_by_name", "legal_mechanism", "vaccine"]
)
def test_a_dose_given_without_a_needed_word_is_refused(copy, field):
    assert "vaccination_given_is_whole" in broken(copy, **{field: ""})


@pytest.mark.parametrize(
    "field", ["product", "batch", "batch_expires_on", "given_at", "given_on", "given_by", "volume_ml"]
)
def test_a_dose_given_without_a_needed_fact_is_refused(copy, field):
    assert "vaccination_given_is_whole" in broken(copy, **{field: None})


# A space, a space that does not break, a space of no width, a tab, a filler of Hangul, a blank of Braille.
BLANKS = ["  ", "\u00a0", "\u200b", "\t", "\u3164", "\u2800"]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("field", ["product_name", "batch_number", "given_by_name", "place_name"])
def test_a_needed_word_that_nobody_can_see_is_refused(copy, field, blank):
    assert f"vaccination_{field}_is_visible" in broken(copy, **{field: blank})


def test_a_dose_without_a_place_is_refused(copy):
    assert "vaccination_place_name_is_visible" in broken(copy, place_name="")


@pytest.mark.parametrize("name", ["Ł", "中", "ياسمين", "3", "\u0301e", "👶🏽"])
def test_every_letter_can_be_seen(copy, name):
    copy.given_by_name = name
    copy.save(force_insert=True)


@pytest.mark.parametrize(
    "field", ["status", "series", "vaccine", "body_site", "route", "legal_mechanism", "not_done_reason", "indication"]
)
def test_a_value_that_is_on_no_list_is_refused(copy, field):
    message = broken(copy, **{field: "nonsense"[: copy._meta.get_field(field).max_length]})
    assert f"vaccination_{field}_known" in message or "not_given_has_a_reason" in message


@pytest.mark.parametrize("field", ["consent", "screening"])
def test_a_dose_given_without_what_it_rests_on_is_refused(copy, field):
    assert "vaccination_given_is_whole" in broken(copy, **{field: None})


@pytest.mark.parametrize("field", ["consent", "screening"])
def test_a_correction_and_another_vaccine_of_the_same_person_need_what_they_rest_on(copy, field):
    first = Vaccination.objects.get()
    for link in ({"replaces": first, "correction_reason": "Wrong arm"}, {"moved_from": first}):
        assert "vaccination_given_is_whole" in broken(copy, **{field: None}, **link)


def test_only_what_was_moved_from_another_person_may_do_without(copy):
    assert "vaccination_moved_here_from_somewhere" in broken(copy, consent=None, screening=None, moved_here=True)
    copy.moved_from = Vaccination.objects.get()
    copy.save(force_insert=True)
    assert copy.not_on_record


@pytest.mark.parametrize("blank", ["", *BLANKS])
def test_a_person_without_a_name_that_can_be_seen_is_refused(room, blank):
    nameless = Person(team=room.team, first_name=blank, date_of_birth=date(2020, 1, 1), created_at=AT)
    assert "person_has_a_name" in broken(nameless)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"source": "hearsay"}, "record_check_source_known"),
        ({"outcome": "maybe"}, "record_check_outcome_known"),
        *(({"finding": blank}, "record_check_has_a_finding") for blank in ("", *BLANKS)),
    ],
)
def test_a_record_check_of_no_source_or_with_nothing_to_read_is_refused(room, changes, rule):
    check = room.check(room.visit())
    check.pk = check.id = None
    check.public_id, check.client_uuid = RecordCheck().public_id, RecordCheck().client_uuid
    assert rule in broken(check, **changes)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"route": "horoscope"}, "consent_route_known"),
        ({"decision": "perhaps"}, "consent_decision_known"),
        *(({"given_by_name": blank}, "consent_has_a_name") for blank in ("", *BLANKS)),
    ],
)
def test_a_consent_of_nobody_is_refused(room, changes, rule):
    consent = room.consent(room.visit())
    consent.pk = consent.id = None
    consent.public_id = Consent().public_id
    assert rule in broken(consent, **changes)


def test_a_batch_that_had_expired_is_refused(copy):
    assert "vaccination_batch_was_in_date" in broken(copy, batch_expires_on=date(2026, 11, 20))


def test_a_dose_of_the_future_is_refused(copy):
    assert "vaccination_not_in_the_future" in broken(copy, given_at=AT + timedelta(minutes=1))


def test_not_given_without_a_reason_is_refused(copy):
    assert "vaccination_not_given_has_a_reason" in broken(copy, status="not-done")


def test_given_with_a_reason_for_not_giving_is_refused(copy):
    assert "vaccination_not_given_has_a_reason" in broken(copy, not_done_reason="declined")


def test_an_error_that_does_not_say_of_what_is_refused(copy):
    assert "vaccination_error_says_of_what_and_why" in broken(copy, status="entered-in-error")


def test_the_same_series_twice_at_one_clinic_is_refused(copy):
    first = Vaccination.objects.get()
    message = broken(copy, person=first.person, visit=first.visit)
    assert "vaccination_once_a_session" in message or "session_id" in message


def test_a_row_is_replaced_once(room, copy):
    first = Vaccination.objects.get()
    actions.correct_vaccination(
        vaccination=first, changes={"body_site": "right_arm"}, reason="Wrong arm", by=room.nurse, at=AT
    )
    assert "replaces" in broken(copy, person=first.person, visit=first.visit, replaces=first)


def test_a_dose_seen_has_a_date_of_its_form(room):
    check = room.check(room.visit(), ("MMR", "2024"))
    assert "dose_seen_date_form" in broken(DoseSeen(record_check=check, vaccine="MMR", given_on="last year"))
    assert "dose_seen_vaccine_known" in broken(DoseSeen(record_check=check, vaccine="FLU", given_on="2024"))


def test_no_record_anywhere_shows_no_doses(room):
    check = room.check(room.visit())
    check.pk = check.id = None
    check.public_id, check.client_uuid = RecordCheck().public_id, RecordCheck().client_uuid
    assert "no_record_anywhere_shows_no_doses" in broken(check, source="none", outcome="doses_found")


def test_one_nhs_number_belongs_to_one_person_of_a_team(room):
    room.person(nhs_number="9990000018")
    other = Person(
        team=room.team, first_name="B", date_of_birth=date(2020, 1, 1), nhs_number="9990000018", created_at=AT
    )
    message = broken(other)
    assert "person_nhs_number_once_a_team" in message or "nhs_number" in message


@pytest.fixture
def rows(room) -> dict[type[models.Model], models.Model]:
    """One row of each table to which rows are only added."""
    one, other = room.person(), room.person("Aminah")
    visit = room.ready(one, ("MMR", "2024-04-01"))
    room.give(visit)
    actions.merge_people(keep=one, merge=other, reason="Same child", by=room.senior, at=AT)
    RecordView.objects.create(
        at=AT, user_id=1, user_name="Nora", team_id=room.team.pk, person_id=one.public_id, page="person"
    )
    kinds = (Vaccination, RecordCheck, DoseSeen, Consent, Screening, PersonMerge, AuditEvent, RecordView)
    return {kind: kind._default_manager.order_by("pk")[0] for kind in kinds}


KINDS = ["Vaccination", "RecordCheck", "DoseSeen", "Consent", "Screening", "PersonMerge", "AuditEvent", "RecordView"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_a_record_is_never_changed_or_removed(rows, kind):
    model, row = next((model, row) for model, row in rows.items() if model.__name__ == kind)
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id WHERE id = %s", f"DELETE FROM {table} WHERE id = %s"):
        with (
            pytest.raises(DatabaseError, match="never changed or removed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [row.pk])
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_a_record_is_not_replaced_under_its_own_key(rows, kind):
    model, row = next((model, row) for model, row in rows.items() if model.__name__ == kind)
    table = model._meta.db_table
    with (
        pytest.raises(DatabaseError, match="never changed or removed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = %s", [row.pk])
    assert model._default_manager.filter(pk=row.pk).exists()
