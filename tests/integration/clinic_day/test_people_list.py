"""A list of people for a clinic: sent, checked, added whole or not at all; changed; and what is said of it."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, RecordView, Role
from bookings.lists import actions as lists
from bookings.lists.problems import MOST_BYTES
from bookings.models import ListEntry, ListImport
from bookings.queries import list_report
from clinics.models import ClinicSession, Venue
from immunisations import actions
from immunisations.models import Offer, Person, PersonIdentifier
from tests.integration.clinic_day.conftest import Clinic, signed_in, words
from tests.support.factories import MORNING, make_session, make_team, make_user
from tests.support.records import Room, make_room
from tests.support.workbooks import formula_cell, number_cell, workbook

PASTED = (
    "Surname\tForename\tDOB\tNHS no\tPrison number\tWing\tCell\tStaff\n"
    "Archer\tBen\t4/5/1988\t9990000018\tA1234BC\tB wing\tB2-14\tno\n"
    "Doyle\tSean\t12/11/1979\t\tA2345CD\tB wing\tB2-15\tno\n"
    "Mensah\tKofi\t30/1/1995\t\tA3456DE\tC wing\tC1-02\tno\n"
    "Reed\tJoan\t9/9/1970\t\t\tGate\t\tyes\n"
)


@pytest.fixture
def prison(clinic: Clinic) -> Clinic:
    """The clinic is in a prison, for those on its list."""
    Venue.objects.filter(pk=clinic.session.venue_id).update(kind=Venue.Kind.PRISON)
    ClinicSession.objects.filter(pk=clinic.session.pk).update(who_may_book=ClinicSession.WhoMayBook.CLOSED_LIST)
    clinic.session.refresh_from_db()
    return clinic


@pytest.fixture
def planner(prison: Clinic) -> Client:
    return signed_in(make_user(prison.team, Role.COORDINATOR, first_name="Cora", last_name="Planner"))


def hidden(response: HttpResponse) -> dict[str, str]:
    """Return what a page carries to the next in hidden fields."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def chosen(response: HttpResponse) -> dict[str, str]:
    """Return what is chosen on the page of the columns."""
    form = response.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields if form[name].value()}


def send(client: Client, clinic: Clinic, pasted: str = PASTED, **data: Any) -> HttpResponse:
    """Paste a list, and go on to the page that shows its columns."""
    return client.post(clinic.url("people-list-add"), {"pasted": pasted, **data})


def check(client: Client, clinic: Clinic, pasted: str = PASTED, **changes: str) -> HttpResponse:
    """Paste a list, leave its columns as they were read, and go on to the check."""
    page = send(client, clinic, pasted)
    return client.post(clinic.url("people-list-add"), {**hidden(page), **chosen(page), **changes, "does": "check"})


def add(client: Client, clinic: Clinic, pasted: str = PASTED, **answers: str) -> HttpResponse:
    """Add a list."""
    page = check(client, clinic, pasted)
    return client.post(clinic.url("people-list-add"), {**hidden(page), **answers, "does": "add"})


def test_a_list_is_pasted_checked_and_added(planner: Client, prison: Clinic) -> None:
    page = send(planner, prison)
    assert page.status_code == 200 and "4 rows were read." in words(page)
    assert [field.initial for name, field in page.context["form"].fields.items() if name.startswith("column")] == [
        "last_name", "first_name", "date_of_birth", "nhs_number", "prison_number", "group", "location", "is_staff",
    ]  # fmt: skip
    page = check(planner, prison)
    assert "4 people are ready to be added" in words(page)
    # Nothing is kept before it is confirmed.
    assert not Person.objects.exists() and not ListEntry.objects.exists() and not ListImport.objects.exists()
    done = planner.post(prison.url("people-list-add"), {**hidden(page), "does": "add"}, follow=True)
    assert "4 people added to the list." in words(done)
    assert "4 on the list: 3 residents, 1 staff" in words(done)
    rows = ListEntry.objects.select_related("person").order_by("position")
    assert [(row.person.list_name, row.group, row.location, row.is_staff) for row in rows] == [
        ("ARCHER, Ben", "B wing", "B2-14", False),
        ("DOYLE, Sean", "B wing", "B2-15", False),
        ("MENSAH, Kofi", "C wing", "C1-02", False),
        ("REED, Joan", "Gate", "", True),
    ]
    assert set(PersonIdentifier.objects.values_list("value", flat=True)) == {"A1234BC", "A2345CD", "A3456DE"}
    made = ListImport.objects.get()
    assert (made.rows, made.added, made.by_name) == (4, 4, "Cora Planner")
    assert AuditEvent.objects.filter(action="add_list").get().after["added"] == 4
    assert AuditEvent.objects.filter(action="add_person").count() == 4


def test_pressing_twice_adds_once(planner: Client, prison: Clinic) -> None:
    page = check(planner, prison)
    for _press in range(2):
        answer = planner.post(prison.url("people-list-add"), {**hidden(page), "does": "add"})
        assert answer.status_code == 302
    assert (ListImport.objects.count(), ListEntry.objects.count(), Person.objects.count()) == (1, 4, 4)


def test_adding_the_list_again_adds_only_who_is_new(planner: Client, prison: Clinic) -> None:
    add(planner, prison)
    page = check(planner, prison, PASTED + "New\tNed\t1/1/1991\t\t\tB wing\t\tno\n")
    assert "4 people are on the list already" in words(page) or "4 people is on" in words(page)
    assert "1 person is ready to be added" in words(page)
    planner.post(prison.url("people-list-add"), {**hidden(page), "does": "add"})
    assert (Person.objects.count(), ListEntry.objects.count()) == (5, 5)
    assert list(ListImport.objects.order_by("pk").values_list("added", flat=True)) == [4, 1]


def test_a_spreadsheet_is_uploaded(planner: Client, prison: Clinic) -> None:
    data = workbook(
        [
            ["HMP Hewell, list of the day"],
            ["First name", "Last name", "DOB", "NHS number", "Wing"],
            ["Ben", "Archer", "4/5/1988", number_cell("9990000018"), "B"],
            ["Sean", formula_cell("A1"), "12/11/1979", number_cell("9.99E+9"), "B"],
        ]
    )
    page = planner.post(prison.url("people-list-add"), {"file": SimpleUploadedFile("hewell.xlsx", data)})
    assert "2 rows were read." in words(page) and "Some cells hold formulas." in words(page)
    page = planner.post(prison.url("people-list-add"), {**hidden(page), **chosen(page), "does": "check"})
    said = words(page)
    assert "1 person is ready to be added" in said and "1 row cannot be taken" in said
    assert "Row 4, Sean: Last name is a formula. Type the value instead." in said
    assert "its last digits are lost" in said
    planner.post(prison.url("people-list-add"), {**hidden(page), "does": "add"})
    assert ListImport.objects.get().name == "hewell.xlsx"


@pytest.mark.once
def test_the_columns_can_be_changed(planner: Client, prison: Clinic) -> None:
    text = "Doe\tAnn\t1/2/1990\tB\nRoe\tBob\t3/4/1980\tB"
    page = send(planner, prison, text)
    own = {"column0": "last_name", "column1": "first_name", "column2": "date_of_birth", "column3": ""}
    checked = planner.post(prison.url("people-list-add"), {**hidden(page), **own, "group": "Roadside", "does": "check"})
    assert "2 people are ready" in words(checked)
    back = planner.post(prison.url("people-list-add"), {**hidden(checked), "does": "columns"})
    assert chosen(back) == {
        "column0": "last_name",
        "column1": "first_name",
        "column2": "date_of_birth",
        "group": "Roadside",
    }
    planner.post(prison.url("people-list-add"), {**hidden(checked), "does": "add"})
    assert set(ListEntry.objects.values_list("group", flat=True)) == {"Roadside"}


@pytest.mark.strict
@pytest.mark.parametrize(
    ("changes", "words_of_it"),
    [
        ({"column2": ""}, "Select which column is the date of birth"),
        ({"column0": "", "column1": ""}, "Select which column is the name"),
        ({"column0": "first_name"}, "Two columns cannot both be “First name”"),
        ({"column0": "shoe size"}, "Select what this column is"),
        ({"group": "x" * 61}, "must be 60 characters or fewer"),
    ],
)
def test_columns_that_make_no_list_are_asked_again(
    planner: Client, prison: Clinic, changes: dict[str, str], words_of_it: str
) -> None:
    page = check(planner, prison, **changes)
    assert page.status_code == 422 and words_of_it in words(page)


@pytest.mark.once
def test_rejected_rows_are_explained_and_downloaded_harmless(planner: Client, prison: Clinic) -> None:
    text = PASTED + "=HYPERLINK(1)\tEve\t31/2/1990\t12345\t\tB wing\t\tno\n"
    page = check(planner, prison, text)
    assert "is not a real date" in words(page) and "NHS number must be 10 digits" in words(page)
    file = planner.post(prison.url("people-list-add"), {**hidden(page), "does": "rejected"})
    assert file["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0][0] == "Row" and rows[0][-1] == "Why it was not taken"
    assert len(rows) == 2 and rows[1][0] == "6" and rows[1][1] == "'=HYPERLINK(1)"
    assert not ListEntry.objects.exists()


def test_somebody_known_for_certain_is_not_added_twice(planner: Client, prison: Clinic) -> None:
    known = actions.add_person(
        team=prison.team,
        first_name="Benjamin",
        last_name="Archer",
        date_of_birth=date(1988, 5, 4),
        nhs_number="9990000018",
        by=prison.nurse,
        at=MORNING,
    )
    by_prison_number = actions.add_person(
        team=prison.team,
        first_name="S",
        last_name="Doyle",
        date_of_birth=date(1979, 11, 12),
        by=prison.nurse,
        at=MORNING,
    )
    actions.add_prison_number(person=by_prison_number, number="A2345CD", by=prison.nurse, at=MORNING)
    assert "Known to the team already" in words(check(planner, prison))
    add(planner, prison)
    people = set(ListEntry.objects.values_list("person", flat=True))
    assert {known.pk, by_prison_number.pk} <= people and Person.objects.count() == 4


def test_somebody_who_may_be_known_is_asked_about(planner: Client, prison: Clinic) -> None:
    like = actions.add_person(
        team=prison.team,
        first_name="Kofi",
        last_name="Mensa",
        date_of_birth=date(1995, 1, 30),
        by=prison.nurse,
        at=MORNING,
    )
    page = check(planner, prison)
    assert "1 person may be on record already" in words(page) and "MENSA, Kofi" in words(page)
    assert RecordView.objects.filter(person_id=like.public_id, page="people-list-add").exists()
    unanswered = planner.post(prison.url("people-list-add"), {**hidden(page), "does": "add"})
    assert unanswered.status_code == 422 and "Select who MENSAH, Kofi is" in words(unanswered)
    assert not ListEntry.objects.exists() and Person.objects.count() == 1
    again = {**hidden(unanswered), "does": "add", "who-4": str(like.public_id)}
    planner.post(prison.url("people-list-add"), again)
    assert Person.objects.count() == 4 and ListEntry.objects.filter(person=like).exists()


@pytest.mark.parametrize(("said", "people", "entries"), [("new", 5, 4), ("leave", 4, 3)])
def test_somebody_who_may_be_known_can_be_new_or_left_out(
    planner: Client, prison: Clinic, said: str, people: int, entries: int
) -> None:
    actions.add_person(
        team=prison.team,
        first_name="Kofi",
        last_name="Mensa",
        date_of_birth=date(1995, 1, 30),
        by=prison.nurse,
        at=MORNING,
    )
    assert add(planner, prison, **{"who-4": said}).status_code == 302
    assert (Person.objects.count(), ListEntry.objects.count()) == (people, entries)


def test_another_teams_people_are_never_matched(planner: Client, prison: Clinic) -> None:
    other = make_team()
    theirs = actions.add_person(
        team=other,
        first_name="Ben",
        last_name="Archer",
        date_of_birth=date(1988, 5, 4),
        nhs_number="9990000018",
        by=None,
        at=MORNING,
    )
    actions.add_prison_number(person=theirs, number="A1234BC", by=None, at=MORNING)
    page = check(planner, prison)
    assert "4 people are ready to be added" in words(page) and "Known to the team" not in words(page)
    add(planner, prison)
    assert Person.objects.filter(team=prison.team).count() == 4


def test_an_answer_that_names_a_stranger_is_no_answer(planner: Client, prison: Clinic) -> None:
    actions.add_person(
        team=prison.team,
        first_name="Kofi",
        last_name="Mensa",
        date_of_birth=date(1995, 1, 30),
        by=prison.nurse,
        at=MORNING,
    )
    stranger = actions.add_person(
        team=make_team(), first_name="X", last_name="Y", date_of_birth=date(1990, 1, 1), by=None, at=MORNING
    )
    assert add(planner, prison, **{"who-4": str(stranger.public_id)}).status_code == 422
    assert not ListEntry.objects.exists()


def test_one_row_that_cannot_be_stored_stores_none(planner: Client, prison: Clinic) -> None:
    page = check(planner, prison)
    # Somebody else was given this number since the page was shown.
    other = actions.add_person(
        team=prison.team,
        first_name="Zed",
        last_name="Zulu",
        date_of_birth=date(1950, 1, 1),
        by=prison.nurse,
        at=MORNING,
    )
    actions.add_prison_number(person=other, number="A3456DE", by=prison.nurse, at=MORNING)
    answer = planner.post(prison.url("people-list-add"), {**hidden(page), "does": "add", "who-4": "new"})
    assert answer.status_code in (409, 422)
    answer = planner.post(prison.url("people-list-add"), {**hidden(answer), "does": "add", "who-4": "new"})
    assert answer.status_code == 409 and "Somebody with this prison number is on record already" in words(answer)
    assert Person.objects.count() == 1 and not ListEntry.objects.exists() and not ListImport.objects.exists()


def test_a_list_sealed_for_another_clinic_user_or_day_is_not_taken(
    planner: Client, prison: Clinic, this_morning: Any
) -> None:
    page = check(planner, prison)
    sent = {**hidden(page), "does": "add"}
    somebody_else = signed_in(make_user(prison.team, Role.COORDINATOR))
    assert "was lost on the way" in words(somebody_else.post(prison.url("people-list-add"), sent))
    changed = {**sent, "list": sent["list"][:-3] + "abc"}
    answer = planner.post(prison.url("people-list-add"), changed)
    assert answer.status_code == 422 and "was lost on the way" in words(answer)
    this_morning.move_to(MORNING + timedelta(hours=9))
    assert "is too old" in words(planner.post(prison.url("people-list-add"), sent))
    assert not ListEntry.objects.exists()


@pytest.mark.strict
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Paste the list, or choose a file"),
        ({"pasted": "x" * 700_001}, "The list must be 700000 characters or fewer"),
        ({"pasted": "a\x00b"}, "character that cannot be saved"),
        ({"pasted": "Surname\tDOB"}, "no rows below the header"),
        ({"pasted": "First name\tDOB\n" + "A\t1/1/1990\n" * 2_001}, "more than 2,000 rows"),
        ({"pasted": PASTED, "file": ("a.csv", b"First name,DOB\nA,1/1/1990")}, "not both"),
        ({"file": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99)}, "old spreadsheet (.xls)"),
        ({"file": ("a.csv", b"")}, "The selected file is empty"),
        ({"file": ("a.pdf", b"%PDF-1.4")}, "This file is not a list"),
        ({"file": ("a.csv", b"x," * (MOST_BYTES // 2 + 1))}, "must be smaller than 3MB"),
    ],
    ids=["nothing", "long", "nul", "header", "many", "both", "xls", "empty", "pdf", "large"],
)
def test_what_is_no_list_is_refused_with_a_sentence(
    planner: Client, prison: Clinic, data: dict[str, Any], sentence: str
) -> None:
    sent = {
        name: SimpleUploadedFile(value[0], value[1]) if isinstance(value, tuple) else value
        for name, value in data.items()
    }
    answer = planner.post(prison.url("people-list-add"), sent)
    assert answer.status_code == 422 and sentence in words(answer)
    assert not ListImport.objects.exists()


def test_an_upload_far_too_large_is_refused_before_it_is_read(planner: Client, prison: Clinic) -> None:
    answer = planner.post(prison.url("people-list-add"), {"file": SimpleUploadedFile("a.csv", b"x" * 6_000_000)})
    assert answer.status_code == 413 and "too large" in words(answer)


def test_who_may_not_add_lists_is_refused(prison: Clinic, nurse: Client, desk: Client) -> None:
    for client in (nurse, desk):
        assert client.get(prison.url("people-list")).status_code == 200
        assert client.get(prison.url("people-list-add")).status_code == 403
        assert client.post(prison.url("people-list-add"), {"pasted": PASTED}).status_code == 403
        assert client.get(prison.url("people-list-one")).status_code == 403


def test_a_list_is_shown_in_a_fixed_number_of_queries(planner: Client, prison: Clinic) -> None:
    add(planner, prison)
    planner.get(prison.url("people-list"))
    with CaptureQueriesContext(connection) as few:
        planner.get(prison.url("people-list"))
    many = "First name\tDOB\tWing\n" + "".join(f"Person{n}\t1/1/19{n}\tD{n % 3}\n" for n in range(40, 90))
    add(planner, prison, many)
    planner.get(prison.url("people-list"))
    with CaptureQueriesContext(connection) as more:
        page = planner.get(prison.url("people-list"))
    assert len(more) == len(few)
    assert "54 on the list" in words(page)


# One more, one less


def test_one_person_is_added_and_taken_off_with_a_reason(planner: Client, prison: Clinic) -> None:
    person = {
        "first_name": "Ned",
        "last_name": "Late",
        "date_of_birth_day": "1",
        "date_of_birth_month": "2",
        "date_of_birth_year": "1990",
        "group": "B wing",
        "prison_number": "a9999zz",
    }
    planner.post(prison.url("people-list-one"), person)
    entry = ListEntry.objects.get()
    assert (entry.person.list_name, entry.group) == ("LATE, Ned", "B wing")
    assert entry.person.identifiers.get().value == "A9999ZZ"
    # The same again: shown who is like them, and nothing is doubled.
    again = planner.post(prison.url("people-list-one"), person)
    assert "This is them" in words(again)
    planner.post(prison.url("people-list-one"), {**person, "is": str(entry.person.public_id)})
    assert ListEntry.objects.count() == 1
    off = prison.url("people-list-off", entry.public_id)
    assert planner.get(off).status_code == 200
    assert planner.post(off, {"reason": " "}).status_code == 422
    planner.post(off, {"reason": "Moved to HMP Birmingham"})
    entry.refresh_from_db()
    assert entry.taken_off_reason == "Moved to HMP Birmingham" and entry.taken_off_by_name == "Cora Planner"
    page = words(planner.get(prison.url("people-list")))
    assert "0 on the list" in page and "Moved to HMP Birmingham" in page
    planner.post(prison.url("people-list-one"), {**person, "is": str(entry.person.public_id)})
    entry.refresh_from_db()
    assert entry.taken_off_at is None
    actions_of = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"add_to_list", "take_off_list", "add_identifier"} <= actions_of


def test_whoever_has_a_record_here_stays_on_the_list(room: Room) -> None:
    entry = on_list(room, "Ann")
    room.decline(room.visit(entry.person))
    with pytest.raises(lists.ListRefused) as refused:
        lists.take_off_list(entry=entry, reason="Moved", by=room.senior, at=MORNING)
    assert refused.value.code == "has_record"


# What is said of the list


@pytest.fixture
def room(db: None) -> Room:
    return make_room()


def on_list(room: Room, name: str, group: str = "B wing", **details: Any) -> ListEntry:
    """Put somebody on the list."""
    person = room.person(name, name.upper())
    return lists.add_to_list(
        session=room.session,
        listed=lists.Listed(details={}, person=person, group=group, **details),
        by=room.senior,
        at=MORNING,
    )


def test_everyone_was_offered_only_where_that_is_so(room: Room) -> None:
    assert list_report(room.session).sentence == "Nobody is on the list."
    ann, bob, cat = on_list(room, "Ann"), on_list(room, "Bob"), on_list(room, "Cat", "Gate", is_staff=True)
    report = list_report(room.session)
    assert [row.person.first_name for row in report.to_ask] == ["Ann", "Bob", "Cat"]
    room.give(room.ready(ann.person))
    room.decline(room.visit(bob.person))
    report = list_report(room.session)
    assert not report.everyone_offered
    assert report.sentence == "Not everyone on the list was vaccinated or declined: 1 not yet offered."
    assert (report.residents.offered, report.residents.vaccinated, report.residents.declined) == (2, 1, 1)
    assert (report.staff.listed, report.staff.offered) == (1, 0)
    visit = room.visit(cat.person)
    room.decline(visit, reason="not_produced")
    report = list_report(room.session)
    assert "1 not produced, or not here" in report.sentence and report.to_ask == []
    # Offered in the cell later, and declined: an offer counts without a visit.
    actions.record_offer(
        session=room.session, person=cat.person, vaccines=["MMR"], answer="declined", by=room.nurse, at=MORNING
    )
    report = list_report(room.session)
    assert report.everyone_offered
    assert report.sentence == (
        "Everyone on the list was offered vaccination; all were vaccinated unless they chose to decline."
    )
    assert {group.name: (group.listed, group.offered) for group in report.groups} == {"B wing": (2, 2), "Gate": (1, 1)}


def test_a_dose_that_was_not_given_for_another_reason_keeps_the_sentence_away(room: Room) -> None:
    ann = on_list(room, "Ann")
    room.decline(room.visit(ann.person), reason="unwell")
    report = list_report(room.session)
    assert report.sentence == "Not everyone on the list was vaccinated or declined: 1 unwell today."
    assert not report.rows[0].offered


def test_an_offer_is_recorded_once_and_only_of_what_the_clinic_offers(room: Room) -> None:
    person = room.person()
    details: dict[str, Any] = {"session": room.session, "person": person, "by": room.nurse, "at": MORNING}
    sent = {**details, "vaccines": ["MMR", "MMR"], "answer": "undecided", "client_uuid": room.session.public_id}
    first = actions.record_offer(**sent)
    assert actions.record_offer(**sent) == first and first.vaccines == ["MMR"]
    for wrong, code in (
        ({"vaccines": ["HPV"], "answer": "declined"}, "not_offered"),
        ({"vaccines": [], "answer": "declined"}, "not_offered"),
        ({"vaccines": ["MMR"], "answer": "perhaps"}, "no_answer"),
        ({"vaccines": ["MMR"], "answer": "declined", "person": person_of_another_team()}, "other_team"),
        ({**sent, "person": room.person("Bilal")}, "used_before"),
    ):
        with pytest.raises(actions.offers.OfferRefused) as refused:
            actions.record_offer(**{**details, **wrong})
        assert refused.value.code == code
    assert Offer.objects.count() == 1


def person_of_another_team() -> Person:
    return actions.add_person(
        team=make_team(), first_name="X", last_name="Y", date_of_birth=date(1990, 1, 1), by=None, at=MORNING
    )


def test_the_report_is_a_page_and_a_file_that_agree(planner: Client, prison: Clinic) -> None:
    add(planner, prison)
    page = words(planner.get(prison.url("people-list-report")))
    assert "Not everyone on the list was vaccinated or declined: 4 not yet offered." in page
    assert "ARCHER, Ben, B wing, B2-14" in page and "REED, Joan, Gate (staff)" in page
    file = planner.get(prison.url("people-list-file"))
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    numbers = {row[0]: row[1:] for row in rows[:12] if len(row) == 11}
    assert numbers["B wing"][:3] == ["2", "2", "0"] and numbers["Everybody"][:3] == ["4", "3", "1"]
    assert [row[2] for row in rows[-4:]] == ["Archer", "Doyle", "Mensah", "Reed"]


def test_the_next_clinics_list_of_people_who_are_known_is_added_in_a_fixed_number_of_queries(prison: Clinic) -> None:
    planner = make_user(prison.team, Role.COORDINATOR)

    def add_again(residents: list[Person]) -> int:
        session = make_session(prison.team, venue=prison.session.venue)
        people = [
            lists.Listed({}, person, prison_number=person.identifiers.get().value, group="B wing")
            for person in residents
        ]
        with CaptureQueriesContext(connection) as made:
            lists.add_list(session=session, people=people, rows=len(people), by=planner, at=MORNING)
        assert session.list_entries.count() == len(people)
        return len(made)

    new = [
        actions.NewPerson(
            {"first_name": f"Person{n}", "last_name": "Resident", "date_of_birth": date(1980, 1, n + 1)},
            prison_number=f"A{n:04}BC",
        )
        for n in range(12)
    ]
    known = actions.add_people(team=prison.team, people=new, by=planner, at=MORNING)
    few = add_again(known[:3])
    assert add_again(known) <= few
    assert PersonIdentifier.objects.count() == 12
