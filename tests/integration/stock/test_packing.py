"""The pack list is worked out from who is expected, what they need, and what is in the store."""

from datetime import date, timedelta

import pytest

from bookings.models import ListEntry
from bookings.queries.packing import PackLine, pack_list, with_spare
from clinics.actions import quarantine_batch, receive_stock
from tests.support.factories import DAY, book, child, contact, make_batch
from tests.support.records import AT, Room, make_room

pytestmark = pytest.mark.django_db

# On the clinic's day: three years and eight months old, three months old.
TODDLER, BABY = date(2023, 3, 27), date(2026, 8, 15)


def packing(room: Room):
    return pack_list(room.session, today=DAY - timedelta(days=1))


def line(room: Room, vaccine: str) -> PackLine:
    return next(each for each in packing(room).lines if each.vaccine == vaccine)


def store(room: Room, product: str, number: str, expires_on: date, doses: int):
    batch = make_batch(room.team, product, number=number, expires_on=expires_on)
    receive_stock(batch=batch, doses=doses, by=room.nurse, at=AT - timedelta(days=3))
    return batch


@pytest.mark.parametrize(("doses", "packed"), [(0, 0), (1, 3), (10, 12), (20, 22), (25, 28), (100, 110)])
def test_the_spare_is_a_tenth_more_and_at_least_two(doses: int, packed: int):
    assert with_spare(doses) == packed


def test_the_spare_is_a_setting(settings):
    settings.STOCK_SPARE_PERCENT, settings.STOCK_SPARE_LEAST = 50, 1
    assert (with_spare(1), with_spare(10)) == (2, 15)


def test_whoever_is_not_matched_is_counted_for_what_is_due_at_their_age():
    room = make_room()
    book(room.session, child(born=TODDLER), child("Bilal", born=BABY))

    found = {each.vaccine: (each.by_record, each.by_age) for each in packing(room).lines}
    assert found == {"MMR": (0, 0), "MMRV": (0, 1), "6IN1": (0, 2)}
    assert packing(room).unmatched == 2


def test_whoever_is_matched_is_counted_for_what_their_record_lacks():
    room = make_room()
    appointment = book(room.session, child(born=TODDLER)).booking.appointments.get()
    person = room.person(born=TODDLER)
    doses = [("6IN1", day) for day in ("2023-05-27", "2023-06-27", "2023-07-27", "2024-04-27")]
    room.check(room.visit(person), *doses)
    appointment.person = person
    appointment.save(update_fields=["person"])

    found = {each.vaccine: (each.by_record, each.by_age) for each in packing(room).lines}
    assert found["MMRV"] == (1, 0) and found["6IN1"] == (0, 0)


def test_somebody_booked_and_on_the_list_counts_once_and_whoever_was_taken_off_not_at_all():
    room = make_room()
    appointment = book(room.session, child(born=TODDLER)).booking.appointments.get()
    person, gone = room.person(born=TODDLER), room.person("Gone", born=TODDLER)
    appointment.person = person
    appointment.save(update_fields=["person"])
    ListEntry.objects.create(session=room.session, person=person, group="A wing", added_at=AT, added_by_name="Lea")
    ListEntry.objects.create(
        session=room.session,
        person=gone,
        group="A wing",
        added_at=AT,
        added_by_name="Lea",
        taken_off_at=AT,
        taken_off_reason="Moved away",
    )
    assert len(packing(room).people) == 1


def test_batches_are_taken_soonest_to_expire_first_and_never_expired_or_quarantined():
    room = make_room()
    book(room.session, child(born=TODDLER))
    store(room, "priorix-tetra", "OLD", DAY - timedelta(days=1), 50)
    held = store(room, "priorix-tetra", "HELD", DAY + timedelta(days=1), 50)
    quarantine_batch(batch=held, reason="Recalled", by=room.senior, at=AT, source="staff")
    store(room, "priorix-tetra", "LATER", DAY + timedelta(days=90), 50)
    store(room, "priorix-tetra", "SOON", DAY, 2)

    chosen = line(room, "MMRV")
    assert [(each.stock.batch.number, each.doses) for each in chosen.batches] == [("SOON", 2), ("LATER", 1)]
    assert chosen.short == 0


def test_what_is_not_in_the_store_is_said():
    room = make_room()
    book(room.session, child(born=TODDLER))
    assert line(room, "MMRV").short == 3


def test_there_are_doses_without_gelatine_for_those_who_asked():
    room = make_room()
    for number in range(8):
        book(room.session, child(f"Amina {number}", born=TODDLER, gelatine_free=number == 0))
    store(room, "proquad", "WITH", DAY + timedelta(days=10), 50)
    store(room, "priorix-tetra", "WITHOUT", DAY + timedelta(days=90), 50)

    chosen = line(room, "MMRV")
    assert (chosen.needed, chosen.to_pack, chosen.without_gelatine) == (8, 10, 3)
    assert {each.stock.batch.number: each.doses for each in chosen.batches} == {"WITH": 7, "WITHOUT": 3}


def test_interpreters_extra_time_and_support_are_listed_by_time_without_names():
    room = make_room()
    book(
        room.session,
        child(extra_time=True, support_needs="A quiet room"),
        contact=contact(interpreter_needed=True, spoken_language="Romanian"),
    )
    found = packing(room)
    assert [language for language, _times in found.interpreters] == ["Romanian"]
    assert len(found.extra_time) == 1 and [words for _at, words in found.support] == ["A quiet room"]


def test_the_pack_list_of_many_people_costs_as_many_queries_as_that_of_one(django_assert_max_num_queries):
    room = make_room()
    book(room.session)
    listed = room.person("Zoe")
    ListEntry.objects.create(session=room.session, person=listed, added_at=AT, added_by_name="Lea")
    with django_assert_max_num_queries(13) as few:
        packing(room)
    for number in range(20):
        book(room.session, child(f"Amina {number}", born=TODDLER + timedelta(days=number)))
        person = room.person(f"Bilal {number}")
        ListEntry.objects.create(session=room.session, person=person, group="A wing", added_at=AT, added_by_name="Lea")
    with django_assert_max_num_queries(len(few)):
        assert len(packing(room).people) == 42
