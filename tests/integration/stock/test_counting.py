"""Stock is counted: received, taken to clinics, given by the records, wasted, and counted back."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import AuditEvent
from clinics.actions import (
    StockRefused,
    close_off_session,
    finish_session,
    note_added_at_clinic,
    put_count_right,
    quarantine_batch,
    receive_stock,
    release_batch,
    take_stock,
    waste_stock,
)
from clinics.models import StockMovement
from clinics.policies import ClinicRefused
from clinics.stock import ledger
from immunisations.actions import correct_vaccination, count_back
from immunisations.queries import StockLine, stock_of
from tests.support.factories import make_batch, make_session
from tests.support.records import AT, Room, make_room

pytestmark = pytest.mark.django_db


def line_of(room: Room, batch: object) -> StockLine:
    return next(line for line in stock_of(room.session).lines if line.batch == batch)


def test_what_should_come_back_is_what_was_taken_less_what_was_given_and_wasted():
    room = make_room()
    receive_stock(batch=room.mmrv, doses=40, by=room.nurse, at=AT)
    take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)
    room.give(room.ready())
    waste_stock(batch=room.mmrv, session=room.session, doses=2, reason="dropped", by=room.nurse, at=AT)

    line = line_of(room, room.mmrv)

    assert (line.taken, line.given, line.wasted, line.expected) == (10, 1, 2, 7)
    assert [(str(word), doses) for word, doses in line.wasted_why] == [("Dropped or broken", 2)]
    assert line.back is None and line.difference is None
    assert ledger([room.mmrv])[room.mmrv.pk].in_store == 30


def test_a_dose_whose_batch_is_corrected_is_counted_for_the_right_batch():
    room = make_room()
    take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT, confirmed=True)
    right = make_batch(room.team, "priorix-tetra", number="TET2")
    row = room.give(room.ready())

    correct_vaccination(
        vaccination=row,
        changes={"batch": right},
        reason="Read from the box",
        by=room.senior,
        at=AT + timedelta(hours=1),
    )

    assert (line_of(room, room.mmrv).given, line_of(room, right).given) == (0, 1)
    assert line_of(room, right).given_without_taking


def test_a_count_that_differs_needs_a_note_and_the_next_count_replaces_it():
    room = make_room()
    take_stock(session=room.session, counts={room.mmrv: 10, room.six: 5}, by=room.nurse, at=AT, confirmed=True)

    with pytest.raises(StockRefused) as refused:
        count_back(session=room.session, counts={room.mmrv: 9, room.six: 5}, by=room.nurse, at=AT)
    assert refused.value.code == "note_needed"
    assert refused.value.details["batches"] == [str(room.mmrv.public_id)]
    assert not StockMovement.objects.filter(kind="back").exists()

    count_back(
        session=room.session,
        counts={room.mmrv: 9, room.six: 5},
        notes={room.mmrv: "One is missing"},
        by=room.nurse,
        at=AT,
    )
    line = line_of(room, room.mmrv)
    assert (line.back, line.difference, line.back_note) == (9, -1, "One is missing")

    count_back(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)
    line = line_of(room, room.mmrv)
    assert (line.back, line.difference) == (10, 0)
    assert StockMovement.objects.filter(kind="back", batch=room.mmrv).count() == 2


def test_a_count_that_says_nothing_new_writes_nothing():
    room = make_room()
    take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT, confirmed=True)
    first = count_back(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)

    assert count_back(session=room.session, counts={room.mmrv: 10}, by=room.senior, at=AT) == first


def test_the_same_request_sent_twice_is_written_once():
    room = make_room()
    sent = uuid.uuid4()
    for _each in range(2):
        receive_stock(batch=room.mmrv, doses=40, by=room.nurse, at=AT, client_uuid=sent)
        take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT, client_uuid=sent)

    store = ledger([room.mmrv])[room.mmrv.pk]
    assert (store.received, store.taken, store.in_store) == (40, 10, 30)


def test_more_than_the_list_knows_of_is_taken_once_it_is_confirmed_and_the_difference_is_shown():
    room = make_room()
    receive_stock(batch=room.mmrv, doses=5, by=room.nurse, at=AT)

    with pytest.raises(StockRefused) as refused:
        take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)
    assert refused.value.code == "more_than_in_store"
    take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT, confirmed=True)

    assert ledger([room.mmrv])[room.mmrv.pk].in_store == -5


@pytest.mark.parametrize("doses", [0, -1, 10_001])
def test_a_count_that_nobody_can_have_counted_is_refused(doses: int):
    room = make_room()
    with pytest.raises(StockRefused):
        receive_stock(batch=room.mmrv, doses=doses, by=room.nurse, at=AT)


def test_an_expired_or_quarantined_batch_is_not_taken():
    room = make_room()
    old = make_batch(room.team, "priorix", expires_on=room.session.date - timedelta(days=1))
    last_day = make_batch(room.team, "priorix", expires_on=room.session.date)
    quarantine_batch(batch=room.mmrv, reason="Recalled", by=room.senior, at=AT, source="staff")

    for batch, code in ((old, "batch_expired"), (room.mmrv, "batch_quarantined")):
        with pytest.raises(ClinicRefused) as refused:
            take_stock(session=room.session, counts={batch: 1}, by=room.nurse, at=AT, confirmed=True)
        assert refused.value.code == code
    take_stock(session=room.session, counts={last_day: 1}, by=room.nurse, at=AT, confirmed=True)

    release_batch(batch=room.mmrv, note="The maker says that it is safe", by=room.senior, at=AT)
    take_stock(session=room.session, counts={room.mmrv: 1}, by=room.nurse, at=AT, confirmed=True)


def test_another_teams_batch_is_not_taken_wasted_or_counted():
    room = make_room()
    theirs = make_batch(make_session().team)
    for attempt in (
        lambda: take_stock(session=room.session, counts={theirs: 1}, by=room.nurse, at=AT, confirmed=True),
        lambda: count_back(session=room.session, counts={theirs: 1}, notes={theirs: "x"}, by=room.nurse, at=AT),
    ):
        with pytest.raises(StockRefused) as refused:
            attempt()
        assert refused.value.code == "batch_of_other_team"


def test_a_wrong_count_is_put_right_by_a_further_row_with_a_reason():
    room = make_room()
    row = receive_stock(batch=room.mmrv, doses=400, by=room.nurse, at=AT)

    with pytest.raises(StockRefused):
        put_count_right(movement=row, doses=40, note=" ", by=room.nurse, at=AT)
    put_count_right(movement=row, doses=40, note="One nought too many", by=room.nurse, at=AT)

    assert ledger([room.mmrv])[room.mmrv.pk].received == 40
    assert StockMovement.objects.get(pk=row.pk).doses == 400
    with pytest.raises(StockRefused) as refused:
        put_count_right(movement=row, doses=41, note="Again", by=room.nurse, at=AT)
    assert refused.value.code == "already_put_right"
    event = AuditEvent.objects.filter(action="put_count_right").get()
    assert (event.before["doses"], event.after["doses"], event.reason) == (400, 40, "One nought too many")


def test_stock_of_a_closed_clinic_is_only_put_right_and_by_a_senior_nurse():
    room = make_room()
    (row,) = take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT, confirmed=True)
    finish_session(session=room.session, by=room.senior, at=AT, source="staff")
    room.session = close_off_session(session=room.session, by=room.senior, at=AT, source="staff")

    with pytest.raises(ClinicRefused):
        take_stock(session=room.session, counts={room.mmrv: 1}, by=room.nurse, at=AT, confirmed=True)
    with pytest.raises(ClinicRefused):
        waste_stock(batch=room.mmrv, session=room.session, doses=1, reason="dropped", by=room.nurse, at=AT)
    with pytest.raises(ClinicRefused):
        count_back(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)
    # A nurse's page from before the clinic was closed is still open.
    assert row.session is not None and row.session.state != room.session.state
    with pytest.raises(PermissionDenied):
        put_count_right(movement=row, doses=8, note="Miscounted", by=room.nurse, at=AT)
    put_count_right(movement=row, doses=9, note="Miscounted", by=room.senior, at=AT)
    assert line_of(room, room.mmrv).taken == 9


def test_a_batch_found_at_the_clinic_is_noted_once_and_takes_nothing_from_the_store():
    room = make_room()
    note_added_at_clinic(session=room.session, batch=room.mmrv, by=room.nurse, at=AT)
    assert note_added_at_clinic(session=room.session, batch=room.mmrv, by=room.nurse, at=AT) is None

    line = line_of(room, room.mmrv)
    assert line.not_counted_out and not line.given_without_taking
    assert ledger([room.mmrv])[room.mmrv.pk].in_store == 0


def test_the_stock_of_a_clinic_costs_as_many_queries_with_twenty_batches_as_with_one(django_assert_num_queries):
    room = make_room()
    room.give(room.ready())
    with django_assert_num_queries(4):
        stock_of(room.session)
    counts = {make_batch(room.team): 5 for _each in range(20)}
    take_stock(session=room.session, counts=counts, by=room.nurse, at=AT, confirmed=True)
    with django_assert_num_queries(4):
        assert len(stock_of(room.session).lines) == 21
