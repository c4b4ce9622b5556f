"""Closing a clinic and recording at it at the same moment take turns, on a database that lets them meet."""

import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.errors import Refused
from bookings.arrivals import undo_arrival
from bookings.closing import close_clinic
from bookings.queries.report import clinic_report
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.models import Vaccination, Visit
from tests.support.processes import environment
from tests.support.records import AT, Room, make_room

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

WAITS = 0.5


class Meanwhile:
    """A call on a connection of its own, begun at once; ``result`` is what it returned, or what refused it."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.result: object = None
        self._thread = threading.Thread(target=self._run, args=(call,))
        self._thread.start()

    def _run(self, call: Callable[[], object]) -> None:
        try:
            self.result = call()
        except Refused as refusal:
            self.result = refusal
        finally:
            connection.close()

    def is_waiting(self) -> bool:
        self._thread.join(WAITS)
        return self._thread.is_alive()

    def end(self) -> object:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.result


def close(room: Room) -> ClinicSession:
    return close_clinic(session=room.session, by=room.senior, at=AT, source="staff")


def ended(room: Room, name: str = "Amina") -> Visit:
    visit = room.ready(room.person(name))
    actions.end_visit(visit=visit, by=room.nurse, at=AT)
    return visit


@pytest.mark.parametrize("what", ["dose", "not given", "arrival", "record check"])
def test_whoever_records_while_the_clinic_is_closed_waits_and_is_told_who_closed_it(what: str) -> None:
    room = make_room()
    visit, other = ended(room), room.person("Bilal")
    calls: dict[str, Callable[[], object]] = {
        "dose": lambda: room.give(visit),
        "not given": lambda: room.decline(visit),
        "arrival": lambda: room.visit(other),
        "record check": lambda: room.check(visit),
    }
    with transaction.atomic():
        close(room)
        late = Meanwhile(calls[what])
        assert late.is_waiting()
    refused = late.end()
    assert isinstance(refused, Refused) and (refused.code, refused.status) == ("clinic_not_open", 409)
    assert "by Sue Senior" in str(refused)
    assert not Vaccination.objects.exists() and Visit.objects.count() == 1


def test_an_arrival_undone_while_the_clinic_is_closed_waits_and_stays_counted() -> None:
    room = make_room()
    visit = room.visit()
    actions.end_visit(visit=visit, why=Visit.Why.ADVICE, by=room.nurse, at=AT)
    with transaction.atomic():
        close(room)
        late = Meanwhile(lambda: undo_arrival(visit=visit, by=room.nurse, at=AT))
        assert late.is_waiting()
    refused = late.end()
    assert isinstance(refused, Refused) and refused.code == "clinic_not_open"
    assert Visit.objects.get() == visit


def test_closing_waits_for_a_dose_under_way_and_then_asks_for_its_batch() -> None:
    room = make_room()
    visit = ended(room)
    with transaction.atomic():
        room.give(visit)
        actions.end_visit(visit=visit, by=room.nurse, at=AT)
        closing = Meanwhile(lambda: close(room))
        assert closing.is_waiting()
    refused = closing.end()
    assert isinstance(refused, Refused) and refused.code == "not_ready" and "TET1" in str(refused)


def test_two_who_close_it_close_it_once() -> None:
    room = make_room()
    with transaction.atomic():
        close(room)
        second = Meanwhile(lambda: close(room))
        assert second.is_waiting()
    refused = second.end()
    assert isinstance(refused, Refused) and "was closed at" in str(refused)


TABLET = """
import sys
import django

django.setup()
from accounts.errors import Refused
from accounts.models import User
from clinics.models import Batch, ClinicSession
from immunisations import actions
from immunisations.models import Visit
from tests.support.records import AT
from bookings.closing import close_clinic

kind, by, *keys = sys.argv[1:]
user = User.objects.get(pk=by)
sys.stdin.readline()
for key in keys:
    try:
        if kind == "close":
            close_clinic(session=ClinicSession.objects.get(pk=key), by=user, at=AT, source="staff")
        else:
            visit = Visit.objects.get(pk=key)
            [row] = actions.record_not_given(visit=visit, series=["MEASLES"], reason="declined", by=user, at=AT)
            actions.end_visit(visit=visit, by=user, at=AT)
        print("done", flush=True)
    except Refused as refusal:
        print(refusal.code, flush=True)
"""


def test_what_was_acknowledged_before_closing_is_in_the_report_and_nothing_after_it() -> None:
    room = make_room()
    visits = [ended(room, f"Child{number}") for number in range(12)]
    session, senior = str(room.session.pk), str(room.senior.pk)
    work = [
        ["record", str(room.nurse.pk), *(str(visit.pk) for visit in visits[:6])],
        ["record", str(room.nurse.pk), *(str(visit.pk) for visit in visits[6:])],
        ["close", senior, *[session] * 40],
    ]
    tablets = [
        subprocess.Popen(
            [sys.executable, "-c", TABLET, *each],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for each in work
    ]
    said = []
    for tablet in tablets:
        assert tablet.stdin is not None
        tablet.stdin.write("go\n")
        tablet.stdin.flush()
    for tablet in tablets:
        out, _nothing = tablet.communicate(timeout=60)
        assert tablet.returncode == 0
        said.append(out.split())
    recorded = sum(words.count("done") for words in said[:2])
    assert {"done", "clinic_not_open"} >= {word for words in said[:2] for word in words}
    assert said[2].count("done") == 1
    report = clinic_report(ClinicSession.objects.get(pk=room.session.pk), at=AT)
    assert sum(count for _reason, count in report.totals.reasons) == recorded == Vaccination.objects.count()
    assert report.totals.still_here == 0
