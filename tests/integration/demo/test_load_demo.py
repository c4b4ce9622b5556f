"""The demonstration: loaded once, kept afterwards, and with a clinic on whatever day it is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import nhs_number
import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, Team, User
from bookings.demo.staff import PASSWORD
from bookings.models import Appointment, Booking
from bookings.queries.report import clinic_report
from clinics.directions import directions_for, in_force
from clinics.models import ClinicSession, StockMovement
from clinics.times import london_day
from clinics.vaccines import Vaccine
from immunisations.models import FollowUp, Person, Reaction, RecordCheck, Vaccination
from immunisations.queries import stock_of

pytestmark = pytest.mark.django_db

SATURDAY = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


def load(at: datetime) -> str:
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("load_demo", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What the command printed that loaded the demonstration of a Saturday, once for all that look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load(SATURDAY)
        transaction.set_rollback(True)


def clinics_on(at: datetime) -> int:
    return ClinicSession.objects.filter(date=london_day(at), state=ClinicSession.State.PUBLISHED).count()


@pytest.mark.once
def test_it_has_a_clinic_today_a_sign_in_for_each_role_and_people_in_every_state(loaded: str) -> None:
    assert PASSWORD in loaded
    for username in ("coordinator", "nurse", "senior", "desk", "analyst", "admin", "privacy"):
        assert f"  {username} " in loaded
        assert User.objects.get(username=username).check_password(PASSWORD)
    assert set(User.objects.values_list("memberships__role", flat=True)) == set(Role.values)
    assert clinics_on(SATURDAY) == 1
    assert set(Appointment.objects.values_list("state", flat=True)) == {"booked", "cancelled", "did_not_attend"}
    assert set(Vaccination.objects.values_list("status", flat=True)) == {"completed", "not-done"}
    assert {"red_book", "gp_record", "overseas", "none"} <= set(RecordCheck.objects.values_list("source", flat=True))
    assert Person.objects.filter(no_fixed_abode=True).exists()
    assert Person.objects.filter(interpreter_needed=True).exists()


@pytest.mark.once
def test_another_team_keeps_somebody_whom_a_nurse_finds_in_an_emergency(loaded: str, client: Client) -> None:
    client.force_login(User.objects.get(username="nurse"))
    with time_machine.travel(SATURDAY, tick=False):
        asked = {"nhs_number": "999 000 9996", "reason": "Unconscious"}
        born = {"date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "2020"}
        answer = client.post(reverse("emergency"), asked | born)
        assert answer.status_code == 302
        page = client.get(answer["Location"]).content.decode()
        assert "Owen" in page and "2 April 2021" in page
        # Nobody of that team can sign in, and the public hears of none of its clinics.
        assert not User.objects.get(username="wye-nurse").has_usable_password()
        assert "Leominster" not in client.get(reverse("clinic-list")).content.decode()


@pytest.mark.once
def test_the_clinic_of_today_has_taken_stock_and_was_cold_and_a_second_run_adds_nothing_to_it(loaded: str) -> None:
    session = ClinicSession.objects.get(date=london_day(SATURDAY), state=ClinicSession.State.PUBLISHED)
    stock = stock_of(session)
    assert stock.taken and [reading.moment for reading in stock.readings] == ["start"]
    assert not any(line.given_without_taking or line.held for line in stock.lines)
    before = StockMovement.objects.count()
    load(SATURDAY + timedelta(hours=1))
    assert StockMovement.objects.count() == before


@pytest.mark.once
def test_every_nhs_number_in_it_is_valid_and_was_never_issued(loaded: str) -> None:
    numbers = {*Person.objects.values_list("nhs_number", flat=True)} | {
        *Appointment.objects.values_list("nhs_number", flat=True)
    }
    numbers.discard("")
    assert len(numbers) > 10
    for number in numbers:
        assert number.startswith("999")
        assert nhs_number.is_valid(number)


def test_loading_it_again_on_the_same_day_changes_nothing(loaded: str) -> None:
    before = (Booking.objects.count(), Person.objects.count(), ClinicSession.objects.count())
    assert "kept" in load(SATURDAY + timedelta(hours=2))
    assert (Booking.objects.count(), Person.objects.count(), ClinicSession.objects.count()) == before


def test_on_another_day_it_keeps_what_is_there_and_has_a_clinic_today(loaded: str) -> None:
    before = set(Booking.objects.values_list("pk", flat=True))
    later = SATURDAY + timedelta(days=45)
    load(later)
    assert clinics_on(later) == 1
    one_direction_for_every_vaccine(later)
    assert before < set(Booking.objects.values_list("pk", flat=True))
    assert ClinicSession.objects.bookable(london_day(later)).count() > 5


@pytest.mark.once
@pytest.mark.parametrize("days", [0, 520, 2000])
def test_whatever_the_day_one_direction_is_in_force_for_every_vaccine(loaded: str, days: int) -> None:
    later = SATURDAY + timedelta(days=days)
    load(later)
    one_direction_for_every_vaccine(later)


def one_direction_for_every_vaccine(later: datetime) -> None:
    # The neighbours have people and no clinic to come.
    team = Team.objects.get(sessions__date=london_day(later))
    for vaccine in Vaccine.values:
        known = directions_for(team.pk, [vaccine])
        assert len(in_force(known, vaccine, london_day(later))) == 1


@pytest.mark.once
def test_last_week_s_clinics_are_closed_with_a_report_an_open_follow_up_and_a_reaction(loaded: str) -> None:
    closed = ClinicSession.objects.filter(state=ClinicSession.State.CLOSED_OFF)
    assert closed.count() == 2 and all(each.closed_off_by_name and each.closing_note for each in closed)
    for session in closed:
        report = clinic_report(session, at=SATURDAY)
        assert not report.in_the_way and report.timing and report.totals.came
    assert Reaction.objects.get().kind == "faint"
    assert FollowUp.objects.filter(state="open", session__in=closed).exists()
    assert ClinicSession.objects.filter(observation_minutes=15).count() == 1
