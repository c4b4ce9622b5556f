"""Bookings made, read and cancelled by other systems."""

import pytest

from accounts.models import AuditEvent, IdempotencyKey, Membership, RecordView, Role
from bookings.models import Appointment, Booking
from clinics.models import ClinicSession, Place
from immunisations.actions import add_person
from messaging.models import Message
from tests.support.factories import NOW, make_session, make_team, make_user

TEN = "2026-11-21T10:00:00+00:00"


@pytest.fixture
def desk(calling, team):
    return calling(make_user(team, Role.DESK))


@pytest.fixture
def session(team):
    return make_session(team)


def family(session, /, *names, **details):
    return {
        "session": str(session.public_id),
        "starts_at": TEN,
        "contact": {
            "name": "Sara Khan",
            "relationship": "mother",
            "phone": "07700 900 982",
            "email": "sara@example.com",
        },
        "people": [
            {"first_name": name, "last_name": "Khan", "date_of_birth": "2022-05-01"} for name in names or ("Amina",)
        ],
        **details,
    }


def test_a_family_is_booked_from_its_first_minute(desk, session):
    answer = desk.post("bookings/", family(session, "Amina", "Bilal"))
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    booking = Booking.objects.get(reference=shown["reference"])
    assert booking.how == Booking.How.API and booking.phone == "+447700900982"
    assert shown["state"] == "booked" and shown["session"]["id"] == str(session.public_id)
    assert [(each["first_name"], each["starts_at"]) for each in shown["appointments"]] == [
        ("Amina", "2026-11-21T10:00:00+00:00"),
        ("Bilal", "2026-11-21T10:10:00+00:00"),
    ]
    event = AuditEvent.objects.get(action="make_booking")
    assert event.source == "api" and event.actor_id is not None
    assert {message.channel for message in Message.objects.all()} == {"email", "text"}


def test_a_booking_needs_no_more_than_a_first_name_and_a_date_of_birth(desk, session):
    body = {
        "session": str(session.public_id),
        "people": [{"first_name": "Noah", "date_of_birth": "2022-05-01", "nhs_number": None, "postcode": ""}],
    }
    assert desk.post("bookings/", body).status_code == 201
    assert not Message.objects.exists()


def test_the_same_key_and_body_make_one_booking(desk, session):
    first = desk.post("bookings/", family(session), key="k1")
    # The same body in another order of names and with other spaces.
    again = desk.post("bookings/", dict(reversed(family(session).items())), key="k1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Booking.objects.count() == 1 and Place.objects.filter(reservation__isnull=False).count() == 1


def test_a_key_that_made_something_else_is_refused(desk, session):
    desk.post("bookings/", family(session), key="k1")
    answer = desk.post("bookings/", family(session, "Bilal"), key="k1")
    assert answer.status_code == 422 and answer.json()["code"] == "idempotency_key_reused"
    assert Booking.objects.count() == 1


def test_a_request_that_was_refused_leaves_its_key_unused(desk, session):
    assert desk.post("bookings/", family(session, starts_at="2026-11-21T03:00:00Z"), key="k1").status_code == 409
    assert desk.post("bookings/", family(session), key="k1").status_code == 201


def test_two_teams_may_use_the_same_key(desk, session, calling):
    other = make_session()
    assert desk.post("bookings/", family(session), key="k1").status_code == 201
    assert calling(make_user(other.team)).post("bookings/", family(other), key="k1").status_code == 201
    assert IdempotencyKey.objects.count() == Booking.objects.count() == 2


def test_without_a_key_each_request_is_a_new_booking(desk, session):
    references = {desk.post("bookings/", family(session)).json()["reference"] for _number in range(2)}
    assert len(references) == 2 and not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["", "   ", "x" * 256, "kéy"])
def test_a_key_that_cannot_be_kept_is_refused(desk, session, key):
    answer = desk.post("bookings/", family(session), key=key)
    assert answer.status_code == 400 and answer.json()["code"] == "idempotency_key"
    assert not Booking.objects.exists()


def test_what_is_kept_of_a_key_names_nobody(desk, session):
    desk.post("bookings/", family(session), key="k1")
    row = IdempotencyKey.objects.values().get()
    assert not any(word in str(row) for word in ("Amina", "Khan", "2022-05-01"))


def test_a_taken_time_is_refused_with_the_nearest_others(desk, session):
    for _number in range(2):
        assert desk.post("bookings/", family(session)).status_code == 201
    answer = desk.post("bookings/", family(session))
    assert answer.status_code == 409
    refused = answer.json()
    assert refused["code"] == "times_taken" and refused["detail"]
    assert refused["details"]["nearest"][0] == "2026-11-21T10:10:00+00:00"
    assert desk.post("bookings/", family(session, starts_at=refused["details"]["nearest"][0])).status_code == 201


def test_the_same_moment_may_be_given_with_any_offset(desk, session):
    answer = desk.post("bookings/", family(session, starts_at="2026-11-21T12:00:00+02:00"))
    assert answer.json()["appointments"][0]["starts_at"] == TEN


def test_a_clinic_that_takes_no_bookings_says_so(desk, team):
    draft = make_session(team, published=False)
    answer = desk.post("bookings/", family(draft))
    assert answer.status_code == 409 and answer.json()["code"] == "not_taking_bookings"


def test_staff_may_book_at_their_closed_list(desk, team):
    closed = make_session(team, who_may_book=ClinicSession.WhoMayBook.CLOSED_LIST)
    assert desk.post("bookings/", family(closed)).status_code == 201


def test_nobody_books_without_a_token_or_with_the_wrong_role_or_for_another_team(anybody, calling, team, session):
    answer = anybody.post("bookings/", family(session))
    assert answer.status_code == 401 and answer.json()["code"] == "not_authenticated"
    answer = calling(make_user(team, Role.ANALYST)).post("bookings/", family(session))
    assert answer.status_code == 403 and answer.json()["code"] == "permission_denied"
    answer = calling(make_user(make_team())).post("bookings/", family(session))
    assert answer.status_code == 404 and answer.json()["code"] == "not_found"
    assert not Booking.objects.exists()


def test_a_deactivated_user_and_an_unknown_token_are_refused_at_once(calling, team, session):
    user = make_user(team)
    caller = calling(user)
    assert caller.get("clinic-sessions/").status_code == 200
    user.is_active = False
    user.save()
    for answer in (caller.get("clinic-sessions/"), caller.post("bookings/", family(session))):
        assert answer.status_code == 401 and answer.json()["code"] == "authentication_failed"


def test_a_session_needs_the_token_of_its_forms(client, now, team, session):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(team))
    answer = strict.post("/api/v1/bookings/", family(session), content_type="application/json")
    assert answer.status_code == 403 and answer.json()["code"] == "permission_denied"
    assert not Booking.objects.exists()
    strict.get("/accounts/login/")
    relaxed = Client()
    relaxed.force_login(make_user(team))
    assert relaxed.post("/api/v1/bookings/", family(session), content_type="application/json").status_code == 201


WRONG = [
    ("starts_at", "2026-11-21T10:00:00", "offset"),
    ("starts_at", "2026-11-21", "ISO 8601"),
    ("starts_at", 1790000000, "ISO 8601"),
    ("starts_at", "0001-01-01T00:00:00+14:00", "year"),
    ("starts_at", "9999-12-31T23:59:59-14:00", "year"),
    ("session", 5, ""),
    ("session", "not-an-id", ""),
    ("session", None, ""),
    ("session", {"id": 1}, ""),
    ("people", [], ""),
    ("people", "Amina", ""),
    ("people", None, ""),
    ("people", [None], ""),
    ("people", [[]], ""),
    ("people", [{"first_name": "A", "date_of_birth": "2022-05-01"}] * 7, ""),
    ("contact", "Sara", ""),
    ("contact", None, ""),
    ("split", "yes", ""),
    ("nonsense", 1, "no field"),
    ("\ud800", 1, "no field"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_wrong_value_is_named_with_its_field(desk, session, name, value, sentence):
    answer = desk.post("bookings/", family(session, **{name: value}))
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "invalid" and answer.json()["detail"]
    assert sentence in str(answer.json()["fields"])
    assert not Booking.objects.exists()


WRONG_PEOPLE = [
    {"first_name": ""},
    {"first_name": "   "},
    {"first_name": "\u200b\u200e"},
    {"first_name": None},
    {"first_name": 7},
    {"first_name": True},
    {"first_name": ["Amina"]},
    {"first_name": "A\x00B"},
    {"first_name": "\ud83d"},
    {"first_name": "x" * 101},
    {"first_name": "x" * 100_000},
    {"date_of_birth": "2026-11-15"},
    {"date_of_birth": "1899-12-31"},
    {"date_of_birth": "20220501"},
    {"date_of_birth": "2022-W10-1"},
    {"date_of_birth": "01/05/2022"},
    {"date_of_birth": "2022-02-30"},
    {"date_of_birth": 2022},
    {"date_of_birth": "\N{FULLWIDTH DIGIT TWO}022-05-01"},
    {"date_of_birth": None},
    {"nhs_number": "9990000019"},
    {"nhs_number": "QQ123456C"},
    {"nhs_number": 9990000018},
    {"nhs_number": "9" * 5000},
    {"postcode": "nowhere"},
    {"extra_time": 1},
    {"gelatine_free": "no"},
    {"support_needs": "x" * 501},
    {"surname": "Khan"},
]


@pytest.mark.parametrize("wrong", WRONG_PEOPLE)
def test_wrong_details_of_a_person_are_refused_and_nothing_is_booked(desk, session, wrong):
    body = family(session)
    body["people"][0] |= wrong
    answer = desk.post("bookings/", body)
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["fields"]["people"]["0"]) == list(wrong)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"phone": "12"}, {"email": "not an address"}, {"email": 5}, {"language": "xx"}, {"language": "\udfff"}]
)
def test_wrong_details_of_the_contact_are_refused(desk, session, wrong):
    body = family(session)
    body["contact"] |= wrong
    answer = desk.post("bookings/", body)
    assert answer.status_code == 400 and list(answer.json()["fields"]["contact"]) == list(wrong)


@pytest.mark.parametrize("name", ["Zoë", "O’Brien", "محمد", "李", "D'Arcy <b>", "👶", "א" * 100])
def test_names_are_kept_as_people_write_them(desk, session, name):
    body = family(session, name)
    answer = desk.post("bookings/", body)
    assert answer.status_code == 201
    assert answer.json()["appointments"][0]["first_name"] == Appointment.objects.get().first_name == name


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "parse_error"),
        (b"", "application/json", 400, "invalid"),
        (b"null", "application/json", 400, "invalid"),
        (b"[]", "application/json", 400, "invalid"),
        (b"5", "application/json", 400, "invalid"),
        (b'"x"', "application/json", 400, "invalid"),
        (b'{"session": NaN}', "application/json", 400, "parse_error"),
        (b'{"session": ' + b"9" * 5000 + b"}", "application/json", 400, "parse_error"),
        (b"[" * 200_000, "application/json", 400, "parse_error"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "application/json", 400, "parse_error"),
        (b"\xff\xfe\x00", "application/json", 400, "parse_error"),
        (b"{}", "application/json; charset=utf-16", 400, "invalid"),
        (b"{}", "application/json; charset=bz2_codec", 400, "invalid"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"x", "text/plain", 415, "unsupported_media_type"),
        (b"{}", "", 415, "unsupported_media_type"),
        (b'"' + b"x" * 1_100_000 + b'"', "application/json", 413, "too_large"),
    ],
)
def test_a_body_that_is_not_right_json_gets_a_sentence(desk, body, content_type, status, code):
    answer = desk.raw("bookings/", body, content_type)
    assert answer.status_code == status, answer.content
    assert answer.json()["code"] == code and answer.json()["detail"]


def test_a_method_or_type_that_is_not_offered_is_refused(desk, session):
    assert desk.get("bookings/").status_code == 405
    answer = desk.client.get("/api/v1/clinic-sessions/", headers=desk.headers | {"Accept": "text/csv"})
    assert answer.status_code == 406 and answer.json()["code"] == "not_acceptable"


def test_a_booking_is_found_by_its_reference_however_it_is_written(desk, session):
    shown = desk.post("bookings/", family(session)).json()
    reference = shown["reference"]
    for written in (reference, reference.lower(), shown["printed_reference"], f"{reference[:3]} {reference[3:]}"):
        answer = desk.get(f"bookings/{written}/")
        assert answer.status_code == 200 and answer.json() == shown


def test_a_booking_of_another_team_is_not_found(desk, session, calling, team):
    reference = desk.post("bookings/", family(session)).json()["reference"]
    stranger = calling(make_user(make_team()))
    assert stranger.get(f"bookings/{reference}/").status_code == 404
    assert stranger.delete(f"bookings/{reference}/").status_code == 404
    assert calling(make_user(team, Role.ANALYST)).get(f"bookings/{reference}/").status_code == 403
    for unknown in ("AAAAAAAAAA", "x", "9" * 3000, "👶", "a'b"):
        assert desk.get(f"bookings/{unknown}/").status_code == 404
    assert Appointment.objects.get().state == "booked"


def test_looking_at_a_booking_is_a_look_at_the_people_it_is_joined_to(desk, session, team):
    reference = desk.post("bookings/", family(session, "Amina", "Bilal")).json()["reference"]
    desk.get(f"bookings/{reference}/")
    assert not RecordView.objects.exists()
    person = add_person(
        team=team, first_name="Amina", last_name="Khan", date_of_birth=NOW.date(), by=None, at=NOW, source="test"
    )
    Appointment.objects.filter(first_name="Amina").update(person=person)
    desk.get(f"bookings/{reference}/")
    view = RecordView.objects.get()
    assert view.person_id == person.public_id and view.page == "api booking"


def test_cancelling_gives_the_places_back_once(desk, session):
    reference = desk.post("bookings/", family(session, "Amina", "Bilal")).json()["reference"]
    first, again = desk.delete(f"bookings/{reference}/"), desk.delete(f"bookings/{reference}/")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json() and first.json()["state"] == "cancelled"
    assert not Place.objects.filter(reservation__isnull=False).exists()
    assert Message.objects.filter(purpose="appointment_cancelled").count() == 2
    assert AuditEvent.objects.filter(action="cancel_appointments").count() == 1


def test_a_repeat_of_a_booking_that_was_cancelled_returns_it_as_it_is(desk, session):
    reference = desk.post("bookings/", family(session), key="k").json()["reference"]
    desk.delete(f"bookings/{reference}/")
    again = desk.post("bookings/", family(session), key="k")
    assert again.status_code == 200 and again.json()["state"] == "cancelled"


def test_somebody_in_two_teams_books_for_each_with_the_role_there(calling, team, session):
    user = make_user(team, Role.DESK)
    other = make_session()
    Membership.objects.create(user=user, team=other.team, role=Role.ANALYST)
    caller = calling(user)
    assert caller.post("bookings/", family(session)).status_code == 201
    assert caller.post("bookings/", family(other)).status_code == 403
