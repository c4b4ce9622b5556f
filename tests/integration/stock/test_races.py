"""A quarantine and a dose of the same batch at the same moment take turns, on a database that lets them meet."""

import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.errors import Refused
from clinics.actions import quarantine_batch, take_stock
from clinics.models import StockMovement
from immunisations.actions import count_back, record_reading
from immunisations.actions.stock import ReadingMade
from immunisations.models import Vaccination
from tests.support.processes import environment
from tests.support.records import AT, Room, make_room

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

WAITS = 0.5


class Meanwhile:
    """A call on a connection of its own, begun at once; ``result`` is what it returned, or the code of a refusal."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.result: object = None
        self._thread = threading.Thread(target=self._run, args=(call,))
        self._thread.start()

    def _run(self, call: Callable[[], object]) -> None:
        try:
            self.result = call()
        except Refused as refusal:
            self.result = refusal.code
        finally:
            connection.close()

    def is_waiting(self) -> bool:
        self._thread.join(WAITS)
        return self._thread.is_alive()

    def end(self) -> object:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.result


def stocked() -> Room:
    room = make_room()
    take_stock(session=room.session, counts={room.mmrv: 20}, by=room.nurse, at=AT, confirmed=True)
    return room


def cold(room: Room, **details: object) -> object:
    return record_reading(
        **{
            "session": room.session,
            "box": "Box 1",
            "moment": "start",
            "celsius": Decimal("5"),
            "by": room.nurse,
            "at": AT,
            **details,
        }
    )


def too_warm(room: Room) -> object:
    return record_reading(
        session=room.session, box="Box 1", moment="during", celsius=Decimal("12"), by=room.nurse, at=AT
    )


def test_a_dose_waits_for_a_quarantine_under_way_and_is_refused():
    room = stocked()
    visit = room.ready()
    with transaction.atomic():
        too_warm(room)
        dose = Meanwhile(lambda: room.give(visit))
        assert dose.is_waiting()
    assert dose.end() == "batch_held_here"
    assert not Vaccination.objects.exists()


def test_a_quarantine_waits_for_a_dose_under_way_and_counts_it():
    room = stocked()
    visit = room.ready()
    with transaction.atomic():
        room.give(visit)
        reading = Meanwhile(lambda: too_warm(room))
        assert reading.is_waiting()
    reading.end()
    assert StockMovement.objects.get(kind="quarantined").doses == 19


def test_a_dose_waits_for_the_quarantine_of_its_whole_batch():
    room = stocked()
    visit = room.ready()
    with transaction.atomic():
        quarantine_batch(batch=room.mmrv, reason="Recalled", by=room.senior, at=AT, source="staff")
        dose = Meanwhile(lambda: room.give(visit))
        assert dose.is_waiting()
    assert dose.end() == "batch_quarantined"


def test_a_count_back_waits_for_a_dose_under_way_and_expects_one_less():
    room = stocked()
    visit = room.ready()
    with transaction.atomic():
        room.give(visit)
        count = Meanwhile(lambda: count_back(session=room.session, counts={room.mmrv: 20}, by=room.nurse, at=AT))
        assert count.is_waiting()
    assert count.end() == "note_needed"


def test_a_cold_reading_does_not_wait_for_a_dose():
    room = stocked()
    visit = room.ready()
    with transaction.atomic():
        room.give(visit)
        reading = Meanwhile(
            lambda: record_reading(
                session=room.session, box="Box 1", moment="start", celsius=Decimal("4"), by=room.nurse, at=AT
            )
        )
        assert not reading.is_waiting()


TABLET = """
import sys
import django
django.setup()
from decimal import Decimal
from accounts.errors import Refused
from accounts.models import User
from clinics.models import Batch, ClinicSession
from immunisations.actions import record_reading, record_vaccination
from immunisations.models import Visit
from tests.support.records import AT

what, who, *rest = sys.argv[1:]
user = User.objects.get(pk=who)
print("ready", flush=True)
sys.stdin.readline()
if what == "reading":
    record_reading(session=ClinicSession.objects.get(pk=rest[0]), box="Box 1", moment="during", celsius=Decimal("12"),
                   by=user, at=AT)
else:
    batch = Batch.objects.get(pk=rest[0])
    for visit in rest[1:]:
        try:
            record_vaccination(visit=Visit.objects.get(pk=visit), series="MEASLES", batch=batch, body_site="left_arm",
                               by=user, at=AT)
        except Refused as refusal:
            assert refusal.code == "batch_held_here", refusal
"""


def test_no_dose_slips_past_a_quarantine_that_counted_what_was_left():
    """Four tablets give doses while a fifth finds the cool box too warm: the count of what is held is exact."""
    room = stocked()
    visits = [room.ready(room.person(f"Amina {number}")) for number in range(12)]
    nurse = str(room.nurse.pk)
    calls = [["dose", nurse, str(room.mmrv.pk), *(str(visit.pk) for visit in visits[number::4])] for number in range(4)]
    calls.append(["reading", nurse, str(room.session.pk)])
    tablets = [
        subprocess.Popen(
            [sys.executable, "-c", TABLET, *call],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for call in calls
    ]
    for tablet in tablets:
        assert tablet.stdout is not None and tablet.stdout.readline() == "ready\n"
    for tablet in tablets:
        tablet.communicate("go\n", timeout=60)
    assert [tablet.returncode for tablet in tablets] == [0] * 5
    given = Vaccination.objects.given().count()
    assert StockMovement.objects.get(kind="quarantined").doses == 20 - given


def test_a_reading_sent_twice_at_once_is_one_reading() -> None:
    room, once = stocked(), uuid.uuid4()
    with transaction.atomic():
        first = cold(room, client_uuid=once)
        second = Meanwhile(lambda: cold(room, client_uuid=once))
        assert second.is_waiting()
    again = second.end()
    assert isinstance(first, ReadingMade) and isinstance(again, ReadingMade) and again.reading == first.reading


def test_of_two_who_put_one_reading_right_at_once_the_second_is_told() -> None:
    room = stocked()
    wrong = cold(room)
    assert isinstance(wrong, ReadingMade)
    with transaction.atomic():
        cold(room, celsius=Decimal("4"), replaces=wrong.reading)
        second = Meanwhile(lambda: cold(room, celsius=Decimal("6"), replaces=wrong.reading))
        assert second.is_waiting()
    assert second.end() == "already_put_right"
