"""What was sent to GP practices and CHIS, what is to be sent, and what is to be sent again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import Refused
from accounts.models import AuditEvent, Role
from immunisations import actions
from immunisations.models import RecordSent, Vaccination
from immunisations.queries import Sending, sending_at
from tests.integration.clinic_day.conftest import signed_in, words
from tests.support.factories import make_batch, make_user
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=30)


@pytest.fixture
def room(this_morning):
    this_morning.move_to(LATER)
    return make_room()


@pytest.fixture
def dose(room):
    return room.give(room.ready())


@pytest.fixture
def co_ordinator(room):
    return signed_in(make_user(room.team, Role.COORDINATOR))


def sent_url(room, to="chis"):
    return reverse("clinic-day-sent", args=[room.session.public_id]) + f"?to={to}"


def mark(room, *rows, to="chis", **details):
    return actions.mark_sent(
        session=room.session,
        vaccinations=[row.public_id for row in rows],
        to=to,
        **{"by": room.senior, "at": LATER, **details},
    )


def correct(room, row, **details):
    return actions.correct_vaccination(vaccination=row, reason="A slip", by=room.senior, at=LATER, **details)


def states(room, to="chis"):
    return {each.row.pk: each.state for each in sending_at(room.session, to)}


def test_a_dose_is_to_be_sent_until_it_was_to_each_receiver_for_itself(room, dose):
    assert states(room) == states(room, "gp") == {dose.pk: Sending.TO_SEND}
    mark(room, dose)
    assert states(room) == {dose.pk: Sending.SENT} and states(room, "gp") == {dose.pk: Sending.TO_SEND}


def test_what_was_corrected_after_it_was_sent_is_to_be_sent_again(room, dose):
    mark(room, dose)
    new = correct(room, dose, changes={"body_site": "right_arm"})
    assert states(room) == {new.pk: Sending.RESEND}
    mark(room, new)
    assert states(room) == {new.pk: Sending.SENT}


def test_what_was_sent_and_was_an_error_is_taken_back_once(room, dose):
    mark(room, dose)
    error = correct(room, dose, entered_in_error=True)
    [standing] = sending_at(room.session, "chis")
    assert (standing.row, standing.state, standing.taken_back) == (error, Sending.RESEND, True)
    mark(room, error)
    assert states(room) == {error.pk: Sending.SENT}
    again = room.give(dose.visit)
    assert states(room) == {again.pk: Sending.TO_SEND}


def test_an_error_that_was_never_sent_is_nobodys_business(room, dose):
    correct(room, dose, entered_in_error=True)
    room.decline(room.ready(room.person("Bilal")))
    assert states(room) == {}


def test_a_dose_not_given_after_all_is_taken_back(room, dose):
    mark(room, dose)
    row = correct(room, dose, not_given="unwell")
    assert states(room) == {row.pk: Sending.RESEND}


def test_a_moved_dose_is_taken_back_there_and_to_send_here(room, dose):
    mark(room, dose)
    moved = correct(room, dose, move_to=room.visit(room.person("Bilal")).person)
    error = Vaccination.objects.get(replaces=dose)
    assert states(room) == {error.pk: Sending.RESEND, moved.pk: Sending.TO_SEND}


def test_marking_twice_keeps_the_first_and_writes_one_event(room, dose):
    assert len(mark(room, dose, how=" By secure email ")) == 1
    assert mark(room, dose, at=LATER + timedelta(hours=1)) == []
    row = RecordSent.objects.get()
    assert (row.sent_at, row.how, row.sent_by) == (LATER, "By secure email", room.senior)
    event = AuditEvent.objects.get(action="mark_sent")
    assert event.after == {"to": "chis", "how": "By secure email", "vaccinations": [str(dose.public_id)]}


def test_what_left_before_it_was_corrected_did_leave(room, dose):
    new = correct(room, dose, changes={"body_site": "right_arm"})
    assert len(mark(room, dose)) == 1
    assert states(room) == {new.pk: Sending.RESEND}


def test_only_doses_of_the_clinic_can_be_marked(room, dose):
    [declined] = room.decline(room.ready(room.person("Bilal")))
    elsewhere = make_room()
    theirs = elsewhere.give(elsewhere.ready())
    for rows, to, code in (
        ([declined], "chis", "not_sendable"),
        ([theirs], "chis", "not_sendable"),
        ([], "chis", "none_selected"),
        ([dose], "school", "unknown_receiver"),
    ):
        with pytest.raises(Refused) as refused:
            mark(room, *rows, to=to)
        assert refused.value.code == code
    assert not RecordSent.objects.exists()


def test_the_page_marks_the_ticked_ones_and_says_how_many(room, dose, co_ordinator):
    other = room.give(room.ready(room.person("Bilal")))
    page = co_ordinator.get(sent_url(room))
    assert "To send (2)" in words(page) and page.content.decode().count(" checked>") == 2
    done = co_ordinator.post(sent_url(room), {"record": [str(dose.public_id)], "how": "By secure email"})
    page = words(co_ordinator.get(done.url))
    assert "1 record marked as sent." in page and "To send (1)" in page and "Sent (1)" in page
    assert "By secure email" in page
    assert not RecordSent.objects.filter(vaccination=other).exists()
    assert "To send (2)" in words(co_ordinator.get(sent_url(room, "gp")))


def test_the_page_shows_what_is_to_be_sent_again_and_why(room, dose, co_ordinator):
    mark(room, dose)
    correct(room, dose, entered_in_error=True)
    page = words(co_ordinator.get(sent_url(room)))
    assert "To resend: changed since it was sent (1)" in page
    assert "Say that it does not hold any more. A slip" in page


def test_where_parents_are_not_told_nothing_leaves_by_itself(room, dose, co_ordinator):
    # As a young person's consent has it copied onto the record.
    with_wish = room.ready(room.person("Gina"))
    row = room.give(with_wish)
    facts = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}
    facts |= {"id": None, "public_id": Vaccination().public_id, "client_uuid": Vaccination().client_uuid}
    private = Vaccination.objects.create(
        **facts | {"replaces": row, "parents_not_told": True, "correction_reason": "Her wish"}
    )
    page = co_ordinator.get(sent_url(room))
    assert "Not sent by itself: decide first (1)" in words(page) and page.content.decode().count(" checked>") == 1
    assert f'value="{private.public_id}">' in page.content.decode()


@pytest.mark.parametrize("sent", [{"how": "x" * 61}, {"how": "\x00"}, {"record": []}])
def test_a_mistake_is_shown_again_with_the_ticks(room, dose, co_ordinator, sent):
    page = co_ordinator.post(sent_url(room), {"record": [str(dose.public_id)], "how": "", **sent})
    assert page.status_code in (409, 422) and "There is a problem" in words(page)
    assert page.content.decode().count(" checked>") == (0 if "record" in sent else 1)
    assert not RecordSent.objects.exists()


def test_receivers_and_ids_that_are_none_are_not_there(room, dose, co_ordinator):
    assert co_ordinator.get(sent_url(room, "school")).status_code == 404
    assert co_ordinator.post(sent_url(room), {"record": ["\x00"]}).status_code == 404


def test_the_persons_page_says_when_it_was_sent_and_what_is_to_be_sent_again(room, dose):
    mark(room, dose)
    senior = signed_in(room.senior)
    address = reverse("person", args=[room.session.public_id, dose.person.public_id])
    assert "Sent to CHIS 21 November 2026 by Sue Senior." in words(senior.get(address))
    correct(room, dose, changes={"body_site": "right_arm"})
    assert "To resend to CHIS" in words(senior.get(address))


def test_the_page_asks_as_many_questions_however_many_records_there_are(room, dose, co_ordinator):
    counts = []
    for name in ("Bilal", "Chloe", "Dora"):
        mark(room, room.give(room.ready(room.person(name))))
        with CaptureQueriesContext(connection) as asked:
            co_ordinator.get(sent_url(room))
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


def test_the_corrections_of_two_weeks_are_listed_for_co_ordinator_and_senior_nurse(room, dose, co_ordinator):
    other = room.give(room.ready(room.person("Bilal")))
    correct(room, dose, changes={"batch": make_batch(room.team, "priorix-tetra", number="TET9")})
    moved = correct(room, other, move_to=room.visit(room.person("Chloe")).person)
    page = words(co_ordinator.get(reverse("corrections")))
    assert "Batch : KHAN, Amina MMRV: Given, Priorix-Tetra TET1" in page and "Priorix-Tetra TET9" in page
    assert "Moved from another person : KHAN, Chloe" in page and "Reason: A slip" in page
    # A move is one thing, not two.
    assert page.count("Reason:") == 2
    assert moved.person.first_name == "Chloe"
    assert signed_in(room.nurse).get(reverse("corrections")).status_code == 403


def test_corrections_older_than_two_weeks_and_of_other_teams_are_not_listed(room, dose, this_morning):
    correct(room, dose, entered_in_error=True)
    elsewhere = make_room()
    correct(elsewhere, elsewhere.give(elsewhere.ready()), entered_in_error=True)
    senior = signed_in(room.senior)
    assert words(senior.get(reverse("corrections"))).count("Reason:") == 1
    this_morning.move_to(LATER + timedelta(days=15))
    assert "Nothing was corrected." in words(signed_in(room.senior).get(reverse("corrections")))
