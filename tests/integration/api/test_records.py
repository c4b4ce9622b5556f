"""People, record checks, doses and forecasts through the API."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, Membership, RecordView, Role
from immunisations import actions
from immunisations.models import Consent, Person, Practice, RecordCheck, Screening, Vaccination, Visit
from tests.support.factories import NOW, make_batch, make_session, make_team, make_user

MORNING = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)


@pytest.fixture
def nurse(calling, team, now):
    now.move_to(MORNING)
    return calling(make_user(team, Role.VACCINATOR, first_name="Rosa", last_name="Lane"))


@pytest.fixture
def amina(team):
    return actions.add_person(
        team=team,
        first_name="Amina",
        last_name="Khan",
        date_of_birth=date(2023, 3, 27),
        nhs_number="9990000018",
        by=None,
        at=NOW,
        source="test",
    )


@pytest.fixture
def session(team):
    return make_session(team)


@pytest.fixture
def batch(team):
    return make_batch(team, number="AB1234")


def a_check(person, /, **details):
    return {
        "person": str(person.public_id),
        "source": "red_book",
        "outcome": "doses_found",
        "finding": "One MMR, stamped.",
        "doses": [{"vaccine": "MMR", "given_on": "2024-04-02"}],
        **details,
    }


def a_dose(person, session, /, **details):
    return {
        "person": str(person.public_id),
        "session": str(session.public_id),
        "status": "completed",
        "series": "MEASLES",
        "product": "priorix",
        "batch_number": "ab1234",
        "body_site": "left_arm",
        "consent": {"route": "parent_present", "given_by_name": "Sara Khan", "relationship": "mother"},
        "health": {"well_today": True, "identity_confirmed_by": "Sara Khan, mother"},
        "override_reason": "The record will be checked tomorrow.",
        **details,
    }


def not_given(person, session, /, **details):
    return {
        "person": str(person.public_id),
        "session": str(session.public_id),
        "status": "not-done",
        "series": "MEASLES",
        "reason": "unwell",
        **details,
    }


# People


def test_a_person_needs_no_more_than_a_first_name_and_a_date_of_birth(nurse, team):
    answer = nurse.post("people/", {"first_name": "Noah", "date_of_birth": "2025-01-02"})
    assert answer.status_code == 201, answer.content
    assert answer.json() == {
        "id": str(Person.objects.get().public_id),
        "team": str(team.public_id),
        "first_name": "Noah",
        "last_name": "",
        "date_of_birth": "2025-01-02",
        "date_of_birth_is_approximate": False,
        "sex": "",
        "nhs_number": "",
        "address": "",
        "postcode": "",
        "no_fixed_abode": False,
        "gp_registration": "unknown",
        "practice": "",
        "phone": "",
        "language": "",
        "interpreter_needed": False,
        "note": "",
    }
    assert AuditEvent.objects.get(action="add_person").source == "api"


def test_a_person_with_everything_is_kept_as_written(nurse):
    Practice.objects.create(ods_code="M81001", name="Abbey surgery")
    body = {
        "first_name": "Zoë",
        "last_name": "O’Brien",
        "date_of_birth": "2020-02-29",
        "date_of_birth_is_approximate": True,
        "sex": "female",
        "nhs_number": "999-000 0018",
        "address": "1 High Street",
        "postcode": "wr114bs",
        "gp_registration": "registered",
        "practice": "m81001",
        "phone": "07700 900982",
        "language": "Polish",
        "interpreter_needed": True,
        "note": "Anxious about needles",
    }
    shown = nurse.post("people/", body).json()
    expected = body | {
        "nhs_number": "9990000018",
        "postcode": "WR11 4BS",
        "practice": "M81001",
        "phone": "+447700900982",
    }
    assert expected.items() <= shown.items()


def test_an_nhs_number_of_somebody_known_is_refused_with_who_has_it(nurse, amina):
    answer = nurse.post("people/", {"first_name": "Amina", "date_of_birth": "2023-03-27", "nhs_number": "9990000018"})
    assert answer.status_code == 409 and answer.json()["code"] == "nhs_number_taken"
    assert answer.json()["details"] == {"person": str(amina.public_id)}


def test_a_person_sent_twice_under_one_key_is_added_once(nurse):
    body = {"first_name": "Noah", "date_of_birth": "2025-01-02"}
    first, again = nurse.post("people/", body, key="k"), nurse.post("people/", body, key="k")
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert Person.objects.count() == 1
    other = nurse.post("people/", body | {"first_name": "Leo"}, key="k")
    assert other.status_code == 422 and Person.objects.count() == 1


def test_a_key_belongs_to_one_kind_of_request(nurse, amina):
    assert nurse.post("people/", {"first_name": "Noah", "date_of_birth": "2025-01-02"}, key="k").status_code == 201
    assert nurse.post("record-checks/", a_check(amina), key="k").status_code == 422
    assert not RecordCheck.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_name": ""},
        {"sex": "x"},
        {"sex": 1},
        {"practice": "A1\x00"},
        {"practice": "NOWHERE"},
        {"gp_registration": ""},
        {"nhs_number": "9990000019"},
        {"date_of_birth": "2026-11-22"},
        {"team": "me"},
        {"merged_into": 5},
    ],
)
def test_a_wrong_fact_about_a_person_is_named(nurse, wrong):
    answer = nurse.post("people/", {"first_name": "Noah", "date_of_birth": "2025-01-02"} | wrong)
    assert answer.status_code == 400 and list(answer.json()["fields"]) == list(wrong)
    assert not Person.objects.exists()


def test_somebody_in_two_teams_says_which(calling, team, now):
    user, other = make_user(team), make_team()
    Membership.objects.create(user=user, team=other, role=Role.DESK)
    caller = calling(user)
    body = {"first_name": "Noah", "date_of_birth": "2025-01-02"}
    assert list(caller.post("people/", body).json()["fields"]) == ["team"]
    assert caller.post("people/", body | {"team": str(other.public_id)}).json()["team"] == str(other.public_id)
    assert caller.post("people/", body | {"team": str(make_team().public_id)}).status_code == 404
    assert caller.post("people/search/", {"text": "Noah", "team": str(other.public_id)}).json()["results"]


def test_people_are_found_by_what_is_known_and_each_look_is_kept(nurse, amina, team):
    other = make_team()
    actions.add_person(
        team=other, first_name="Amina", last_name="Khan", date_of_birth=NOW.date(), by=None, at=NOW, source="test"
    )
    answer = nurse.post("people/search/", {"text": "ameena khan 27/3/2023"})
    assert [each["id"] for each in answer.json()["results"]] == [str(amina.public_id)]
    assert answer.json()["results"][0]["why"]
    assert RecordView.objects.get().person_id == amina.public_id
    for nothing in ("Xanthippe", "'; --", "👶", "%", "1" * 200):
        answer = nurse.post("people/search/", {"text": nothing})
        assert answer.status_code == 200 and answer.json() == {"results": []}
    for wrong in ({}, {"text": ""}, {"text": 5}, {"text": "x" * 201}, {"text": "a\x00b"}, {"q": "Khan"}):
        assert nurse.post("people/search/", wrong).status_code == 400


def test_looking_at_somebody_is_written_down(nurse, amina):
    pages = {
        f"people/{amina.public_id}/": "api person",
        f"people/{amina.public_id}/forecast/": "api forecast",
        f"record-checks/?person={amina.public_id}": "api record checks",
        f"vaccinations/?person={amina.public_id}": "api vaccinations",
    }
    for path, page in pages.items():
        assert nurse.get(path).status_code == 200
        view = RecordView.objects.first()
        assert (view.person_id, view.page, view.user_name) == (amina.public_id, page, "Rosa Lane")
    assert RecordView.objects.count() == 4


def test_a_merged_record_leads_to_the_person_it_belongs_to(nurse, amina, team):
    double = actions.add_person(
        team=team, first_name="Ameena", last_name="Khan", date_of_birth=NOW.date(), by=None, at=NOW, source="test"
    )
    senior = make_user(team, Role.SENIOR_NURSE)
    nurse.post("record-checks/", a_check(amina))
    actions.merge_people(keep=amina, merge=double, reason="The same", by=senior, at=MORNING)
    assert nurse.get(f"people/{double.public_id}/").json()["id"] == str(amina.public_id)
    [check] = nurse.get("record-checks/", person=str(double.public_id)).json()["results"]
    assert check["person"] == str(amina.public_id)


PERSON_PATHS = ["people/{id}/", "people/{id}/forecast/", "record-checks/?person={id}", "vaccinations/?person={id}"]


@pytest.mark.parametrize("path", PERSON_PATHS)
def test_a_person_is_nobody_for_another_team_and_refused_to_the_wrong_role(calling, anybody, amina, team, path):
    path = path.format(id=amina.public_id)
    assert anybody.get(path).status_code == 401
    assert calling(make_user(make_team(), Role.SENIOR_NURSE)).get(path).status_code == 404
    assert calling(make_user(team, Role.ANALYST)).get(path).status_code == 403
    assert calling(make_user(None)).get(path).status_code == 404
    assert calling(make_user(team, Role.DESK)).get(path).status_code == 200
    assert RecordView.objects.count() == 1


@pytest.mark.parametrize("role", [Role.DESK, Role.COORDINATOR, Role.ANALYST, Role.ADMINISTRATOR])
def test_only_vaccinators_write_records(calling, amina, session, batch, team, role):
    caller = calling(make_user(team, role))
    for path, body in (
        ("record-checks/", a_check(amina)),
        ("vaccinations/", a_dose(amina, session)),
        ("vaccinations/", not_given(amina, session)),
    ):
        answer = caller.post(path, body)
        assert answer.status_code == 403 and answer.json()["code"] == "permission_denied"
    assert not RecordCheck.objects.exists() and not Vaccination.objects.exists()


def test_records_cannot_be_written_about_another_teams_person(calling, amina, now):
    now.move_to(MORNING)
    theirs = make_session()
    stranger = calling(make_user(theirs.team, Role.SENIOR_NURSE))
    assert stranger.post("record-checks/", a_check(amina)).status_code == 404
    assert stranger.post("vaccinations/", not_given(amina, theirs)).status_code == 404


def test_a_dose_cannot_be_given_at_another_teams_clinic(nurse, amina, batch):
    assert nurse.post("vaccinations/", a_dose(amina, make_session())).status_code == 404


# Record checks


def test_a_check_is_written_with_its_doses_and_listed(nurse, amina):
    answer = nurse.post("record-checks/", a_check(amina, how_seen="The book itself"))
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert shown == {
        "id": str(RecordCheck.objects.get().public_id),
        "person": str(amina.public_id),
        "source": "red_book",
        "source_name": "",
        "round": None,
        "outcome": "doses_found",
        "finding": "One MMR, stamped.",
        "how_seen": "The book itself",
        "checked_by": "Rosa Lane",
        "checked_at": "2026-11-21T10:30:00+00:00",
        "doses": [{"vaccine": "MMR", "given_on": "2024-04-02", "as_written": "", "country": "", "batch_number": ""}],
    }
    assert nurse.get("record-checks/", person=str(amina.public_id)).json() == {"results": [shown]}
    assert not Visit.objects.exists()


def test_a_source_is_named_exactly_and_a_vaccine_as_it_is_written(nurse, amina):
    doses = [
        {"vaccine": "OTHER", "given_on": "2023-04", "as_written": "BCG", "country": "Romania"},
        {"vaccine": "OPV", "given_on": "2023-05", "as_written": "VPO"},
        {"vaccine": "MEASLES_ONLY", "given_on": "2024"},
    ]
    wanted = {"source": "other", "source_name": "Prison health record", "doses": doses}
    shown = nurse.post("record-checks/", a_check(amina, **wanted)).json()
    assert (shown["source"], shown["source_name"]) == ("other", "Prison health record")
    assert [(dose["vaccine"], dose["as_written"]) for dose in shown["doses"]] == [
        ("OTHER", "BCG"),
        ("OPV", "VPO"),
        ("MEASLES_ONLY", ""),
    ]
    forecast = nurse.get(f"people/{amina.public_id}/forecast/").json()
    assert forecast["problem"] == "" and "Prison health record" in str(forecast["series"])
    school = nurse.post("record-checks/", a_check(amina, source="school", outcome="nothing_recorded", doses=[]))
    assert school.status_code == 201


def test_a_check_made_at_a_clinic_belongs_to_the_visit_there(nurse, amina, session):
    assert nurse.post("record-checks/", a_check(amina, session=str(session.public_id))).status_code == 201
    assert RecordCheck.objects.get().visit == Visit.objects.get(session=session, person=amina)


def test_a_check_sent_twice_is_written_once(nurse, amina, team):
    mine = str(uuid.uuid4())
    first, again = (nurse.post("record-checks/", a_check(amina, client_uuid=mine)) for _number in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    by_key = [nurse.post("record-checks/", a_check(amina), key="k") for _number in range(2)]
    assert [each.status_code for each in by_key] == [201, 200]
    assert RecordCheck.objects.count() == 2


def test_an_id_of_ones_own_that_named_another_persons_record_is_refused(nurse, calling, amina, session, batch, team):
    mine = str(uuid.uuid4())
    bilal = nurse.post("people/", {"first_name": "Bilal", "date_of_birth": "2023-01-01"}).json()["id"]
    other = make_team()
    stranger = calling(make_user(other))
    theirs = stranger.post("people/", {"first_name": "Leo", "date_of_birth": "2023-01-01"}).json()["id"]
    nurse.post("record-checks/", a_check(amina, client_uuid=mine))
    nurse.post("vaccinations/", a_dose(amina, session, client_uuid=mine))
    for caller, person in ((nurse, bilal), (stranger, theirs)):
        answer = caller.post("record-checks/", a_check(amina, client_uuid=mine) | {"person": person})
        assert answer.status_code == 409 and answer.json()["code"] == "used_before"
    answer = nurse.post("vaccinations/", a_dose(amina, session, client_uuid=mine) | {"person": bilal})
    assert answer.status_code == 409 and answer.json()["code"] == "used_before"
    assert RecordCheck.objects.count() == Vaccination.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"doses": []}, 409, "no_doses"),
        ({"outcome": "nothing_recorded"}, 409, "doses_without_outcome"),
        ({"doses": [{"vaccine": "MMR", "given_on": "2020-01-01"}]}, 409, "before_birth"),
        ({"doses": [{"vaccine": "MMR", "given_on": "2027"}]}, 409, "in_the_future"),
        ({"doses": [{"vaccine": "MMR", "given_on": "2024-13"}]}, 400, "invalid"),
        ({"doses": [{"vaccine": "MMR", "given_on": "2024-00-10"}]}, 400, "invalid"),
        ({"doses": [{"vaccine": "MMR", "given_on": "2024-00"}]}, 400, "invalid"),
        ({"doses": [{"vaccine": "MMR", "given_on": "9999-12"}]}, 400, "invalid"),
        ({"doses": [{"vaccine": "MMR", "given_on": "0000"}]}, 400, "invalid"),
        ({"doses": [{"vaccine": "MMR", "given_on": 2024}]}, 400, "invalid"),
        ({"doses": [{"vaccine": "FLU", "given_on": "2024"}]}, 400, "invalid"),
        ({"doses": [{"vaccine": "OTHER", "given_on": "2024"}]}, 400, "invalid"),
        ({"source_name": "x" * 101}, 400, "invalid"),
        ({"doses": [{"vaccine": "MMR", "given_on": "2024"}] * 41}, 400, "invalid"),
        ({"doses": {"vaccine": "MMR"}}, 400, "invalid"),
        ({"finding": ""}, 400, "invalid"),
        ({"finding": "x" * 501}, 400, "invalid"),
        ({"source": "gossip"}, 400, "invalid"),
        ({"person": "Amina"}, 400, "invalid"),
        ({"person": str(uuid.UUID(int=5))}, 404, "not_found"),
        ({"session": str(uuid.UUID(int=5))}, 404, "not_found"),
    ],
)
def test_a_check_that_cannot_be_right_is_refused(nurse, amina, wrong, status, code):
    answer = nurse.post("record-checks/", a_check(amina, **wrong))
    assert (answer.status_code, answer.json()["code"]) == (status, code) and answer.json()["detail"]
    assert not RecordCheck.objects.exists() and not Visit.objects.exists()


# Doses


def test_a_dose_is_recorded_with_its_consent_and_health_questions(nurse, amina, session, batch):
    answer = nurse.post("vaccinations/", a_dose(amina, session))
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    row = Vaccination.objects.get()
    assert shown == {
        "id": str(row.public_id),
        "person": str(amina.public_id),
        "session": str(session.public_id),
        "status": "completed",
        "current": True,
        "series": "MEASLES",
        "vaccine": "MMR",
        "dose_number": 1,
        "reason": "",
        "product_name": "Priorix",
        "batch_number": "AB1234",
        "batch_expires_on": "2027-06-30",
        "body_site": "left_arm",
        "route": "intramuscular",
        "legal_mechanism": "PGD",
        "direction": str(session.team.directions.get().public_id),
        "direction_name": "Childhood vaccines direction",
        "direction_version": "5",
        "direction_valid_until": "2099-12-31",
        "given_at": "2026-11-21T10:30:00+00:00",
        "given_on": "2026-11-21",
        "given_by": "Rosa Lane",
        "supplied_by": "",
        "place_name": row.place_name,
        "warnings": ["no_record_check", "other_vaccine"],
        "override_reason": "The record will be checked tomorrow.",
        "note": "",
        "parents_not_told": False,
        "not_on_record": [],
        "recorded_by": "Rosa Lane",
        "recorded_at": "2026-11-21T10:30:00+00:00",
        "device_at": None,
        "replaces": None,
        "replaced_by": None,
    }
    assert Consent.objects.get().vaccines == ["MMR"]
    assert set(Screening.objects.get().answers["bleeding"].values()) >= {"no"}
    assert AuditEvent.objects.get(action="record_vaccination").source == "api"
    assert nurse.get("vaccinations/", person=str(amina.public_id)).json() == {"results": [shown]}


def test_a_warning_asks_for_a_reason_and_nothing_is_half_written(nurse, amina, session, batch):
    answer = nurse.post("vaccinations/", a_dose(amina, session, override_reason=""))
    assert answer.status_code == 409 and answer.json()["code"] == "needs_reason"
    assert "no_record_check" in [each["code"] for each in answer.json()["details"]["warnings"]]
    for model in (Vaccination, Consent, Screening, Visit):
        assert not model.objects.exists()
    nurse.post("record-checks/", a_check(amina, session=str(session.public_id), outcome="nothing_recorded", doses=[]))
    answer = nurse.post("vaccinations/", a_dose(amina, session, override_reason=""))
    assert "no_record_check" not in str(answer.json())


def test_the_same_dose_sent_twice_is_one_record(nurse, amina, session, batch):
    mine = str(uuid.uuid4())
    first, again = (nurse.post("vaccinations/", a_dose(amina, session, client_uuid=mine)) for _number in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert Vaccination.objects.count() == Consent.objects.count() == 1


def test_the_same_dose_under_the_same_key_is_one_record(nurse, amina, session, batch):
    first, again = (nurse.post("vaccinations/", a_dose(amina, session), key="k") for _number in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()


def test_a_second_tablet_is_told_who_recorded_the_dose_and_when(nurse, calling, amina, session, batch, team):
    first = nurse.post("vaccinations/", a_dose(amina, session)).json()
    other = calling(make_user(team, Role.SENIOR_NURSE))
    answer = other.post("vaccinations/", a_dose(amina, session, client_uuid=str(uuid.uuid4())))
    assert answer.status_code == 409
    refused = answer.json()
    assert refused["code"] == "already_recorded" and "Rosa Lane" in refused["detail"]
    assert refused["details"] == {
        "vaccination": first["id"],
        "recorded_by": "Rosa Lane",
        "recorded_at": "2026-11-21T10:30:00+00:00",
    }
    assert Vaccination.objects.count() == Consent.objects.count() == 1


def test_a_dose_that_was_not_given_says_why_and_may_be_given_later(nurse, amina, session, batch):
    mine = str(uuid.uuid4())
    first, again = (nurse.post("vaccinations/", not_given(amina, session, client_uuid=mine)) for _number in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert (first.json()["status"], first.json()["reason"]) == ("not-done", "unwell")
    given = nurse.post("vaccinations/", a_dose(amina, session)).json()
    assert given["replaces"] == first.json()["id"]
    rows = nurse.get("vaccinations/", person=str(amina.public_id)).json()["results"]
    assert [row["current"] for row in rows] == [False, True] and rows[0]["replaced_by"] == given["id"]


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"batch_number": "ZZ9"}, 400, "invalid"),
        ({"product": "mmrvaxpro"}, 400, "invalid"),
        ({"product": ""}, 400, "invalid"),
        ({"body_site": None}, 400, "invalid"),
        ({"reason": "unwell"}, 400, "invalid"),
        ({"series": "FLU"}, 400, "invalid"),
        ({"series": "6IN1"}, 409, "other_series"),
        ({"body_site": "mouth"}, 409, "site_and_route"),
        ({"given_at": "2026-11-21T12:00:00+00:00"}, 409, "in_the_future"),
        ({"given_at": "2026-11-20T12:00:00+00:00"}, 409, "other_day"),
        ({"given_at": "2026-11-21T12:00:00"}, 400, "invalid"),
        ({"given_at": "9999-12-31T23:59:59Z"}, 400, "invalid"),
        ({"consent": {"route": "own", "given_by_name": "Amina"}}, 409, "route_for_age"),
        ({"consent": {"route": "parent_present"}}, 400, "invalid"),
        ({"health": {"well_today": "yes", "identity_confirmed_by": "x"}}, 400, "invalid"),
        (
            {"health": {"well_today": True, "identity_confirmed_by": "x", "yes": [{"question": "none"}]}},
            400,
            "invalid",
        ),
        (
            {
                "health": {
                    "well_today": True,
                    "identity_confirmed_by": "x",
                    "yes": [{"question": "immune", "facts": ["immunosuppressed"]}],
                }
            },
            409,
            "blocked",
        ),
        ({"client_uuid": 5}, 400, "invalid"),
        ({"note": "\ud800"}, 400, "invalid"),
    ],
)
def test_a_dose_that_may_not_be_recorded_is_refused_whole(nurse, amina, session, batch, wrong, status, code):
    answer = nurse.post("vaccinations/", a_dose(amina, session, **wrong))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    for model in (Vaccination, Consent, Screening, Visit):
        assert not model.objects.exists()


def test_consent_and_health_questions_recorded_before_need_not_be_sent(nurse, amina, session, batch):
    body = a_dose(amina, session)
    del body["consent"], body["health"]
    assert nurse.post("vaccinations/", body).json()["code"] == "no_consent"


@pytest.mark.parametrize("extra", [{"product": "priorix"}, {"body_site": "left_arm"}, {"reason": None}])
def test_a_reason_and_a_dose_cannot_be_one_record(nurse, amina, session, extra):
    answer = nurse.post("vaccinations/", not_given(amina, session, **extra))
    assert answer.status_code == 400 and list(answer.json()["fields"]) == list(extra)


# Forecast


def test_a_forecast_says_what_is_due_and_why_to_the_day(nurse, amina):
    nurse.post("record-checks/", a_check(amina, doses=[{"vaccine": "MMR", "given_on": "2024-03-26"}]))
    shown = nurse.get(f"people/{amina.public_id}/forecast/").json()
    assert shown["on"] == "2026-11-21" and shown["problem"] == "" and shown["impossible"] == []
    measles = next(each for each in shown["series"] if each["series"] == "MEASLES")
    assert measles["counted"] == 0 and measles["status"] in ("due", "overdue")
    [dose] = measles["doses"]
    assert dose["counts"] is False and dose["code"] == "before_birthday_1" and dose["params"]["days"] == 1
    assert dose["reason"] == "Given 1 day before the first birthday: does not count."
    assert dose["sources"] == ["Red book"]


def test_a_forecast_takes_a_day_and_facts(nurse, amina):
    path = f"people/{amina.public_id}/forecast/?on=2026-01-01&facts=immunosuppressed&facts=pregnant"
    shown = nurse.get(path).json()
    assert shown["on"] == "2026-01-01" and shown["facts"] == ["immunosuppressed", "pregnant"]
    assert next(each for each in shown["series"] if each["series"] == "MEASLES")["status"] == "blocked"


@pytest.mark.parametrize(
    "query",
    ["on=tomorrow", "on=1899-01-01", "on=", "on=9999-12-31", "facts=male", "facts=nonsense", "facts=", "facts=%F0%9F"],
)
def test_a_forecast_asked_for_wrongly_is_refused(nurse, amina, query):
    answer = nurse.get(f"people/{amina.public_id}/forecast/?{query}")
    assert answer.status_code == 400 and answer.json()["code"] == "invalid"


@pytest.mark.parametrize("on", ["1900-01-01", "2023-03-26", "2023-03-27", "2199-12-31"])
def test_a_forecast_for_any_day_answers(nurse, amina, on):
    nurse.post("record-checks/", a_check(amina))
    assert nurse.get(f"people/{amina.public_id}/forecast/", on=on).status_code == 200


@pytest.mark.parametrize("query", ["", "person=", "person=5", "person=Amina%20Khan", "person=%F0%9F%91%B6"])
def test_whose_records_must_be_said(nurse, query):
    for path in ("record-checks/", "vaccinations/"):
        answer = nurse.get(f"{path}?{query}")
        assert answer.status_code == 400 and list(answer.json()["fields"]) == ["person"]


def test_lists_ask_the_same_number_of_queries_however_long_they_are(nurse, amina, team, batch):
    paths = [
        ("get", "record-checks/", {"person": str(amina.public_id)}),
        ("get", "vaccinations/", {"person": str(amina.public_id)}),
        ("get", f"people/{amina.public_id}/forecast/", {}),
        ("post", "people/search/", {"text": "khan"}),
    ]

    def queries() -> list[int]:
        counts = []
        for method, path, data in paths:
            with CaptureQueriesContext(connection) as captured:
                answer = nurse.post(path, data) if method == "post" else nurse.get(path, **data)
            assert answer.status_code == 200
            counts.append(len([q for q in captured if "django_cache" not in q["sql"] and "SAVEPOINT" not in q["sql"]]))
        return counts

    def one_more(number: int) -> None:
        nurse.post("record-checks/", a_check(amina))
        session = make_session(team, periods=[(time(10), time(10, 10), 1)])
        assert nurse.post("vaccinations/", not_given(amina, session)).status_code == 201
        actions.add_person(
            team=team,
            first_name=f"Khan {number}",
            last_name="Khan",
            date_of_birth=date(2020, 1, 1) + timedelta(days=number),
            by=None,
            at=NOW,
            source="test",
        )

    one_more(1)
    few = queries()
    for number in range(2, 6):
        one_more(number)
    assert queries() == few
    # The forecast asks most: who it is, what every record shows and what was decided, what is known for life, reactions
    # among it.
    assert max(few) <= 12


def test_a_code_that_is_none_is_refused_with_the_codes_there_are(nurse, amina, session, batch):
    answer = nurse.post("vaccinations/", a_dose(amina, session, body_site="elbow"))
    assert answer.status_code == 400
    assert answer.json()["fields"]["body_site"] == [
        "This is not one of the codes that this field takes: left_arm, right_arm, left_thigh, right_thigh, mouth."
    ]
    assert "elbow" not in answer.content.decode()
