"""Another team's record in an emergency: exact facts, one reason, one hour, nothing to change, and leads who hear."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Membership, RecordView, Role, Team, User
from immunisations.actions import (
    FoundDose,
    add_person,
    arrive,
    record_check,
    record_screening,
)
from immunisations.actions.emergency import begin_emergency_access
from immunisations.health_questions import QUESTIONS, answers_of
from immunisations.models import EmergencyAccess, Person, RecordCheck
from messaging.envelope import Envelope, NoLonger
from messaging.models import Message
from messaging.registry import resolver_of
from tests.support.factories import MORNING, make_session, make_team, make_user

FIND = "/clinic-day/emergency/"
NOBODY = "Nobody was found in other teams with exactly these details"
BORN = {"date_of_birth_day": "6", "date_of_birth_month": "5", "date_of_birth_year": "2020"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def team() -> Team:
    return make_team("Vale team")


@pytest.fixture
def elsewhere() -> Team:
    return make_team("Severn team")


@pytest.fixture
def nurse(team: Team) -> User:
    return make_user(team, Role.VACCINATOR, username="nurse", first_name="Nora", last_name="Nurse")


@pytest.fixture
def client(client: Client, nurse: User, clock: time_machine.Traveller) -> Client:
    client.force_login(nurse)
    return client


@pytest.fixture
def dawud(elsewhere: Team, clock: time_machine.Traveller) -> Person:
    """Somebody of another team, with a dose and an anaphylaxis that stands for life."""
    theirs = make_user(elsewhere, Role.SENIOR_NURSE)
    person = add_person(
        team=elsewhere,
        first_name="Dawud",
        last_name="Elsewhere",
        date_of_birth=date(2020, 5, 6),
        nhs_number="9990000018",
        postcode="WR11 4RW",
        by=theirs,
        at=MORNING - timedelta(days=1),
    )
    visit = arrive(session=make_session(elsewhere), person=person, by=theirs, at=MORNING)
    record_check(
        source=RecordCheck.Source.RED_BOOK,
        outcome=RecordCheck.Outcome.DOSES_FOUND,
        finding="One MMR in the red book",
        doses=[FoundDose("MMR", "2021-06-01")],
        visit=visit,
        by=theirs,
        at=MORNING,
    )
    record_screening(
        visit=visit,
        answers=answers_of({"vaccine_reaction": {"details": "To MMR", "facts": ["anaphylaxis-measles"]}}, QUESTIONS),
        well_today=True,
        not_pregnant=None,
        identity_confirmed_by="Parent",
        by=theirs,
        at=MORNING,
    )
    return person


def ask(client: Client, **facts: str) -> Any:
    return client.post(FIND, BORN | {"reason": "Unconscious, and no papers"} | facts)


def by_number(client: Client) -> Any:
    return ask(client, nhs_number="999 000 0018")


def test_a_record_is_found_by_number_and_birth_or_by_name_birth_and_postcode_exactly(client, dawud):
    assert by_number(client).status_code == 302
    whole = {"first_name": "dawud", "last_name": "ELSEWHERE", "postcode": "wr114rw"}
    assert ask(client, **whole).status_code == 302
    for less in (
        {"first_name": "Dawood"},
        {"last_name": ""},
        {"postcode": "WR11 4RX"},
        {"date_of_birth_day": "7"},
        {"nhs_number": "9990000026"},
    ):
        page = ask(client, **whole | less)
        assert page.status_code == 422 and NOBODY in page.content.decode(), less
        assert "Unconscious, and no papers" in page.content.decode(), "what was typed is kept"
    for absent in ({"first_name": ""}, {"postcode": ""}, {"reason": " "}):
        page = ask(client, **whole | absent)
        assert page.status_code == 422 and NOBODY not in page.content.decode()
    assert EmergencyAccess.objects.count() == 2


def test_somebody_of_ones_own_team_is_not_found_here_in_the_same_words(client, team):
    add_person(
        team=team,
        first_name="Own",
        last_name="Child",
        date_of_birth=date(2020, 5, 6),
        nhs_number="9990000018",
        by=None,
        at=MORNING,
    )
    page = by_number(client)
    assert NOBODY in page.content.decode() and not EmergencyAccess.objects.exists()


def test_a_team_whose_totals_alone_one_may_see_counts_as_another(client, dawud, nurse, elsewhere):
    # The team worked for is the first by name.
    Team.objects.filter(pk=elsewhere.pk).update(name="Wye team")
    Membership.objects.create(user=nurse, team=elsewhere, role=Role.ANALYST)
    assert by_number(client).status_code == 302
    assert EmergencyAccess.objects.get().person == dawud


def test_the_record_is_shown_to_read_with_sources_what_is_due_and_what_holds_for_life(client, dawud):
    page = client.get(by_number(client)["Location"])
    said = page.content.decode()
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    for words in ("ELSEWHERE, Dawud", "Severn team", "1 June 2021", "red book", "What is due", "anaphyla", "One MMR"):
        assert words.casefold() in said.casefold(), words
    main = said.split("<main")[1].split("</main>")[0]
    assert "<form" not in main, "nothing can be changed from here"
    assert client.post(page.wsgi_request.path).status_code == 405


def test_every_look_is_written_down_with_the_reason_and_so_is_the_opening(client, dawud, nurse, elsewhere):
    url = by_number(client)["Location"]
    for _look in range(2):
        client.get(url)
    views = RecordView.objects.filter(person_id=dawud.public_id, page="emergency record")
    assert views.count() == 2
    assert {(v.user_id, v.team_id, v.reason) for v in views} == {(nurse.pk, elsewhere.pk, "Unconscious, and no papers")}
    event = AuditEvent.objects.get(action="begin emergency access")
    assert event.person_id == dawud.public_id and event.reason == "Unconscious, and no papers"


def test_it_closes_after_an_hour_and_for_whoever_opened_it_alone(client, dawud, team, clock):
    url = by_number(client)["Location"]
    other = Client()
    other.force_login(make_user(team, Role.SENIOR_NURSE))
    assert other.get(url).status_code == 404
    clock.shift(timedelta(minutes=59, seconds=59))
    assert client.get(url).status_code == 200
    clock.shift(timedelta(seconds=1))
    closed = client.get(url)
    assert closed.status_code == 403 and "The hour is over" in closed.content.decode()
    assert "Dawud" not in closed.content.decode()


def test_it_closes_at_once_for_somebody_who_loses_the_role(client, dawud, nurse):
    url = by_number(client)["Location"]
    nurse.memberships.update(role=Role.DESK)
    assert client.get(url).status_code == 403 and "Dawud" not in client.get(url).content.decode()


def test_the_leads_of_both_teams_are_told_by_email_once_each_and_no_patient_is_named(client, dawud, team, elsewhere):
    ours = make_user(team, Role.PRIVACY_LEAD, email="ours@example.com")
    theirs = make_user(elsewhere, Role.PRIVACY_LEAD, email="theirs@example.com")
    silent = make_user(elsewhere, Role.PRIVACY_LEAD)
    make_user(make_team(), Role.PRIVACY_LEAD, email="others@example.com")
    by_number(client)
    owed = Message.objects.filter(purpose="emergency_access")
    assert {message.subject_version for message in owed} == {ours.pk, theirs.pk, silent.pk}
    resolve = resolver_of("emergency_access")
    envelopes = [resolve(message, MORNING) for message in owed]
    sent = [each for each in envelopes if isinstance(each, Envelope)]
    assert {each.to for each in sent} == {"ours@example.com", "theirs@example.com"}
    for each in sent:
        assert (
            "Nora Nurse of Vale team opened a record of Severn team" in each.body
            and "/accounts/who-looked/" in each.body
        )
        assert "Dawud" not in each.body + each.subject and "9990000018" not in each.body
    [unsent] = [each for each in envelopes if isinstance(each, NoLonger)]
    assert "no email address" in unsent.because
    theirs.memberships.update(role=Role.DESK)
    assert isinstance(resolve(owed.get(subject_version=theirs.pk), MORNING), NoLonger)


def test_leads_read_it_at_the_top_of_their_page_and_only_the_keeping_team_reads_the_name(
    client, dawud, team, elsewhere
):
    by_number(client)
    for of, named in ((elsewhere, True), (team, False)):
        lead = Client()
        lead.force_login(make_user(of, Role.PRIVACY_LEAD))
        said = lead.get(reverse("account-looks")).content.decode()
        assert "Nora Nurse" in said and "Unconscious, and no papers" in said and "Open now" in said
        assert ("ELSEWHERE, Dawud" in said) == named
    other = Client()
    other.force_login(make_user(make_team(), Role.PRIVACY_LEAD))
    assert "Nora Nurse" not in other.get(reverse("account-looks")).content.decode()


def test_leads_are_told_when_there_were_more_emergencies_than_their_page_shows(client, dawud, nurse, team):
    lead = Client()
    lead.force_login(make_user(team, Role.PRIVACY_LEAD))
    for number in range(20):
        begin_emergency_access(people=[dawud], team=team, reason=f"Call {number}", by=nurse, at=MORNING)
        page = lead.get("/accounts/who-looked/").content.decode() if number > 17 else ""
        assert ("These are the latest 20." in page) == (number == 19)


def test_guessing_people_is_stopped(client, dawud):
    for number in range(10):
        assert NOBODY in ask(client, nhs_number="9990000026", date_of_birth_day=str(number + 10)).content.decode()
    page = by_number(client)
    assert page.status_code == 429 and "too many tries" in page.content.decode()
    assert not EmergencyAccess.objects.exists()


def test_two_teams_that_keep_the_same_person_are_both_opened(client, dawud):
    third = make_team("Third team")
    add_person(
        team=third,
        first_name="Dawud",
        last_name="Other",
        date_of_birth=date(2020, 5, 6),
        nhs_number="9990000018",
        by=None,
        at=MORNING,
    )
    said = client.get(by_number(client)["Location"]).content.decode()
    assert "Third team" in said and EmergencyAccess.objects.count() == 2


@pytest.mark.parametrize(
    "typed", ["a\x00b", "💉", "\u202emit", "<script>alert(1)</script>", "x" * 50_000, "' OR 1=1 --"]
)
def test_bad_input_gets_a_sentence_and_is_never_an_error(client, typed):
    for field in ("nhs_number", "first_name", "last_name", "postcode", "reason", "date_of_birth_day"):
        page = client.post(FIND, BORN | {"nhs_number": "9990000018", "reason": "Why"} | {field: typed})
        assert page.status_code in (422, 429) and "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.VACCINATOR, Role.SENIOR_NURSE)])
def test_only_clinical_roles_may(role, team):
    user = Client()
    user.force_login(make_user(team, role))
    assert user.get(FIND).status_code == 403 and user.post(FIND).status_code == 403


def test_an_opening_is_never_changed_or_removed(client, dawud):
    by_number(client)
    from django.db import DatabaseError

    with pytest.raises(DatabaseError), transaction.atomic():
        EmergencyAccess.objects.update(minutes=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        EmergencyAccess.objects.all().delete()
