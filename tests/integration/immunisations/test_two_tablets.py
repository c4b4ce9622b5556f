"""Two tablets at the same moment, on a database that lets them."""

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.errors import Refused
from immunisations import actions
from immunisations.models import Person, RecordSent, Vaccination
from tests.support.factories import make_batch
from tests.support.records import AT, make_room

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Make the calls at the same moment, each on a connection of its own; return results or refusals."""
    start = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        start.wait()
        try:
            results[number] = call()
        except Refused as refusal:
            results[number] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_tablets_record_one_dose():
    room = make_room()
    visit = room.ready()
    results = at_once(*[lambda: room.give(visit)] * 4)
    assert results.count("already_recorded") == 3 and Vaccination.objects.count() == 1


def test_two_tablets_on_two_rows_of_one_person_record_one_dose():
    # No constraint can see that the two rows are one person: only the lock on the root can.
    room = make_room()
    one, other = room.person(), room.person("Aminah")
    here, there = room.ready(one), room.ready(other)
    actions.merge_people(keep=one, merge=other, reason="Same child", by=room.senior, at=AT)
    results = at_once(lambda: room.give(here), lambda: room.give(there))
    assert results.count("already_recorded") == 1 and Vaccination.objects.count() == 1


def test_one_request_sent_by_two_threads_is_one_dose_for_both():
    room = make_room()
    visit = room.ready()
    once = Vaccination().client_uuid
    first, second = at_once(*[lambda: room.give(visit, client_uuid=once)] * 2)
    assert first == second and Vaccination.objects.count() == 1


def test_two_arrivals_are_one_visit():
    room = make_room()
    person = room.person()
    first, second = at_once(*[lambda: room.visit(person)] * 2)
    assert first == second


def test_two_tablets_adding_one_nhs_number_add_one_person():
    room = make_room()
    results = at_once(*[lambda: room.person(nhs_number="9990000018")] * 2)
    assert results.count("nhs_number_taken") == 1 and Person.objects.count() == 1


def test_two_who_correct_one_record_are_one_correction_and_the_other_is_told():
    room = make_room()
    dose = room.give(room.ready())
    results = at_once(
        *[
            lambda site=site: actions.correct_vaccination(
                vaccination=dose, changes={"body_site": site}, reason="Side", by=room.senior, at=AT
            )
            for site in ("right_arm", "left_thigh", "right_thigh")
        ]
    )
    assert results.count("not_current") == 2 and Vaccination.objects.count() == 2


def test_a_batch_put_right_by_two_at_once_is_put_right_once():
    room = make_room()
    doses = [room.give(room.ready(room.person(name))) for name in ("Amina", "Bilal", "Chloe")]
    right = make_batch(room.team, "priorix-tetra", number="TET9")

    def put_right(ids: list[uuid.UUID]) -> object:
        return actions.correct_batch(
            session=room.session,
            wrong=room.mmrv,
            right=right,
            vaccinations=ids,
            reason="The fridge list was wrong",
            by=room.senior,
            at=AT,
            client_uuid=uuid.uuid4(),
        )

    ids = [dose.public_id for dose in doses]
    results = at_once(lambda: put_right(ids), lambda: put_right(ids[::-1]))
    assert results.count("stale") == 1 and Vaccination.objects.count() == 6


def test_a_record_corrected_while_the_clinics_batch_is_put_right_is_corrected_once():
    room = make_room()
    doses = [room.give(room.ready(room.person(name))) for name in ("Amina", "Bilal")]
    right = make_batch(room.team, "priorix-tetra", number="TET9")
    results = at_once(
        lambda: actions.correct_batch(
            session=room.session,
            wrong=room.mmrv,
            right=right,
            vaccinations=[dose.public_id for dose in doses],
            reason="The fridge list was wrong",
            by=room.senior,
            at=AT,
            client_uuid=uuid.uuid4(),
        ),
        lambda: actions.correct_vaccination(
            vaccination=doses[1], entered_in_error=True, reason="Twice", by=room.senior, at=AT
        ),
    )
    assert ("stale" in results) != ("not_current" in results)
    assert Vaccination.objects.count() in (3, 4)


def test_the_same_records_marked_as_sent_by_two_at_once_are_marked_once():
    room = make_room()
    dose = room.give(room.ready())
    at_once(
        *[
            lambda: actions.mark_sent(
                session=room.session, vaccinations=[dose.public_id], to="chis", by=room.senior, at=AT
            )
        ]
        * 3
    )
    assert RecordSent.objects.count() == 1
