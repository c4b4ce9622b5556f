"""The demonstration on an empty database: at any hour of any night, and never where people work."""

from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from accounts.models import Team, User
from clinics.models import ClinicSession
from clinics.times import london_day
from immunisations.models import RecordCheck, Vaccination

pytestmark = pytest.mark.django_db


def load(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        call_command("load_demo", stdout=StringIO())


@pytest.mark.once
def test_nothing_in_it_is_recorded_in_the_future() -> None:
    early = datetime(2026, 11, 21, 0, 10, tzinfo=UTC)
    load(early)
    assert not Vaccination.objects.filter(recorded_at__gt=early).exists()
    assert not RecordCheck.objects.filter(checked_at__gt=early).exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "moment", [datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2026, 10, 24, 23, 30, tzinfo=UTC)]
)
def test_it_loads_on_the_nights_the_clocks_change(moment: datetime) -> None:
    load(moment)
    today = ClinicSession.objects.filter(date=london_day(moment), state=ClinicSession.State.PUBLISHED)
    assert today.count() == 1


def test_it_is_never_loaded_beside_real_teams_nor_where_the_service_is_real(settings: LazySettings) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="DEMONSTRATION=1"):
        load(datetime(2026, 11, 21, 14, 0, tzinfo=UTC))
    settings.DEMONSTRATION = True
    Team.objects.create(name="A real team", organisation="A real trust", ods_code="RX1")
    with pytest.raises(CommandError, match="teams of its own"):
        load(datetime(2026, 11, 21, 14, 0, tzinfo=UTC))
    assert not User.objects.exists()
