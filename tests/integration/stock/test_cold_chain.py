"""A cool box outside +2 to +8 °C puts what is at the clinic in quarantine, until somebody takes advice."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from bookings.models import ListEntry
from clinics.actions import StockRefused, note_added_at_clinic, receive_stock, release_at_clinic, take_stock
from clinics.models import CoolBoxReading, StockMovement
from clinics.policies import ClinicRefused
from clinics.stock import batches_for, ledger
from immunisations.actions import correct_vaccination, count_back, destroy_held, record_reading
from immunisations.policies import DoseRefused
from immunisations.queries import stock_of
from tests.support.factories import make_batch, make_session
from tests.support.records import AT, Room, make_room

pytestmark = pytest.mark.django_db


def read(room: Room, celsius: str, **details):
    return record_reading(
        **{
            "session": room.session,
            "box": "Box 1",
            "moment": "during",
            "celsius": Decimal(celsius),
            "by": room.nurse,
            "at": AT,
            **details,
        }
    )


def take(room: Room, **details):
    return take_stock(
        session=room.session,
        counts={room.mmrv: 10, room.mmr: 10},
        by=room.nurse,
        at=AT,
        confirmed=True,
        **details,
    )


@pytest.mark.parametrize("celsius", ["2.0", "8.0", "5.5"])
def test_a_reading_from_two_to_eight_degrees_holds_nothing(celsius: str):
    room = make_room()
    take(room)
    assert read(room, celsius).held == []
    room.give(room.ready())


@pytest.mark.parametrize("celsius", ["1.9", "8.1", "-3", "21"])
def test_a_reading_outside_holds_everything_taken_to_the_clinic_at_once(celsius: str):
    room = make_room()
    take(room)
    visit = room.ready()

    assert set(read(room, celsius).held) == {room.mmr, room.mmrv}

    with pytest.raises(DoseRefused) as refused:
        room.give(visit)
    assert refused.value.code == "batch_held_here"
    line = next(line for line in stock_of(room.session).lines if line.batch == room.mmrv)
    assert line.held and line.held_doses == 10
    assert AuditEvent.objects.filter(action="hold_stock").count() == 2


def test_the_same_batch_may_be_given_at_another_clinic():
    room = make_room()
    take(room)
    read(room, "12")
    other = make_session(room.team)

    usable, held = batches_for(session=other, vaccines=["MMRV"], on=other.date)
    assert (usable, held) == ([room.mmrv], [])
    usable, held = batches_for(session=room.session, vaccines=["MMRV"], on=room.session.date)
    assert usable == [] and [batch for batch, _why in held] == [room.mmrv]


def test_what_was_given_here_without_being_taken_is_held_too():
    room = make_room()
    room.give(room.ready())
    assert read(room, "12").held == [room.mmrv]


def test_after_an_excursion_a_batch_that_nobody_took_here_is_refused_until_it_is_taken():
    room = make_room()
    read(room, "12")
    visit = room.ready()

    with pytest.raises(DoseRefused) as refused:
        room.give(visit)
    assert refused.value.code == "batch_not_taken_here"

    take_stock(session=room.session, counts={room.mmrv: 5}, by=room.nurse, at=AT, confirmed=True)
    room.give(visit)


def test_a_batch_found_at_the_clinic_after_an_excursion_stays_held():
    room = make_room()
    read(room, "12")
    assert note_added_at_clinic(session=room.session, batch=room.mmrv, by=room.nurse, at=AT) is None
    usable, held = batches_for(session=room.session, vaccines=["MMRV"], on=room.session.date)
    assert usable == [] and [batch for batch, _why in held] == [room.mmrv]


def test_a_held_batch_is_not_taken_again_to_the_same_clinic():
    room = make_room()
    take(room)
    read(room, "12")
    with pytest.raises(ClinicRefused) as refused:
        take(room)
    assert refused.value.code == "batch_held_here"


def test_a_release_with_the_advice_taken_lets_it_be_given_again():
    room = make_room()
    take(room)
    read(room, "8.4")
    visit = room.ready()

    with pytest.raises(StockRefused):
        release_at_clinic(session=room.session, batch=room.mmrv, note="  ", by=room.senior, at=AT)
    release_at_clinic(
        session=room.session, batch=room.mmrv, note="Makers: stable for 4 hours at 9 °C", by=room.senior, at=AT
    )

    room.give(visit)
    assert [line.batch for line in stock_of(room.session).held] == [room.mmr]


def test_a_second_excursion_holds_what_was_released():
    room = make_room()
    take(room)
    read(room, "8.4")
    release_at_clinic(session=room.session, batch=room.mmrv, note="Advice taken", by=room.senior, at=AT)
    assert read(room, "9.0").held == [room.mmrv]


def test_a_mistyped_reading_is_put_right_and_what_it_held_stays_held():
    room = make_room()
    take(room)
    wrong = read(room, "55").reading

    read(room, "5.5", replaces=wrong)

    assert [reading.celsius for reading in stock_of(room.session).readings] == [Decimal("5.5")]
    assert len(stock_of(room.session).held) == 2
    with pytest.raises(StockRefused) as refused:
        read(room, "5.4", replaces=wrong)
    assert refused.value.code == "already_put_right"


def test_a_reading_sent_twice_is_written_once():
    room = make_room()
    take(room)
    sent = uuid.uuid4()
    assert read(room, "12", client_uuid=sent).reading == read(room, "12", client_uuid=sent).reading
    assert CoolBoxReading.objects.count() == 1
    assert StockMovement.objects.filter(kind="quarantined").count() == 2


@pytest.mark.parametrize("celsius", ["-41", "61", "NaN", "Infinity"])
def test_what_no_thermometer_shows_is_refused(celsius: str):
    with pytest.raises(StockRefused):
        read(make_room(), celsius)


def test_what_was_held_and_counted_back_cannot_be_taken_from_the_store():
    room = make_room()
    receive_stock(batch=room.mmrv, doses=12, by=room.nurse, at=AT)
    take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)
    read(room, "12")
    count_back(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)
    store = ledger([room.mmrv])[room.mmrv.pk]
    assert (store.in_store, store.held_in_store, store.free) == (12, 10, 2)

    other = make_session(room.team)
    with pytest.raises(StockRefused) as refused:
        take_stock(session=other, counts={room.mmrv: 3}, by=room.nurse, at=AT, confirmed=True)
    assert refused.value.code == "held_in_store"
    take_stock(session=other, counts={room.mmrv: 2}, by=room.nurse, at=AT)


def test_destroying_what_is_held_settles_it_before_and_after_it_is_counted_back():
    room = make_room()
    take(room)
    read(room, "12")
    count_back(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT)

    for batch in (room.mmr, room.mmrv):
        destroy_held(session=room.session, batch=batch, note="Advice of the pharmacist", by=room.senior, at=AT)

    stock = stock_of(room.session)
    assert stock.to_settle == [] and stock.differences == []
    assert {(line.wasted, line.back or 0) for line in stock.lines} == {(10, 0)}
    assert ledger([room.mmrv])[room.mmrv.pk].in_store == -10


def test_a_dose_that_was_given_from_a_held_batch_is_still_corrected():
    room = make_room()
    take(room)
    right = make_batch(room.team, "priorix-tetra", number="TET2", expires_on=date(2027, 6, 30))
    take_stock(session=room.session, counts={right: 1}, by=room.nurse, at=AT, confirmed=True)
    row = room.give(room.ready())
    read(room, "12")

    corrected = correct_vaccination(
        vaccination=row,
        changes={"batch": right},
        reason="Read from the box",
        by=room.senior,
        at=AT + timedelta(hours=1),
    )
    assert corrected.batch == right


def test_fast_entry_and_the_list_offer_nothing_that_is_held(client):
    room = make_room()
    take(room)
    ListEntry.objects.create(session=room.session, person=room.person(), added_at=AT, added_by_name="Lea")
    client.force_login(room.nurse)
    url = reverse("fast", args=[room.session.public_id])
    with time_machine.travel(AT, tick=False):
        assert "TET1" in client.get(url).content.decode()
        read(room, "12")
        page = client.get(url).content.decode()
    # Only for what was given before, and is entered from paper.
    batches = page.split('name="batch"')[1].split("</select>")[0]
    assert "Choose a batch" in batches and "TET1" not in batches and "PRX1" not in batches


def test_what_is_held_and_nobody_counted_is_still_to_be_settled():
    room = make_room()
    room.give(room.ready())
    read(room, "12")
    assert [line.batch for line in stock_of(room.session).to_settle] == [room.mmrv]
    count_back(session=room.session, counts={room.mmrv: 0}, notes={room.mmrv: "None left"}, by=room.nurse, at=AT)
    assert stock_of(room.session).to_settle == []
