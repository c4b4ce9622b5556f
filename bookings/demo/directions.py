"""The patient group directions of the demonstration."""

from datetime import date, timedelta

from bookings.demo.stage import Stage
from clinics.directions import directions_for, in_force
from clinics.models import Direction
from clinics.vaccines import Vaccine


def keep_directions(stage: Stage) -> None:
    """Make sure that exactly one direction is in force for every vaccine, today and for weeks to come."""
    measles = [Vaccine.MMR.value, Vaccine.MMRV.value]
    others = [code for code in Vaccine.values if code not in measles]
    for name, version, vaccines in [
        ("MMR and MMRV patient group direction", 4, measles),
        ("Routine vaccines patient group direction", 2, others),
    ]:
        known = directions_for(stage.team.pk, vaccines)
        now, later = (in_force(known, vaccines[0], stage.today + timedelta(days=days)) for days in (0, 30))
        if now and later:
            continue
        # The first time, an earlier version that has ended is kept too, as a team would.
        begins = max([each.valid_until for each in now], default=stage.today - timedelta(days=200)) + timedelta(1)
        if not known:
            _add(stage, name, version - 1, vaccines, begins - timedelta(days=730), begins - timedelta(days=1))
        _add(stage, name, version + max(len(known) - 1, 0), vaccines, begins, begins + timedelta(days=729))


def _add(stage: Stage, name: str, version: int, vaccines: list[str], begins: date, ends: date) -> None:
    Direction.objects.create(
        team=stage.team,
        kind=Direction.Kind.PGD,
        name=name,
        version=str(version),
        vaccines=vaccines,
        valid_from=begins,
        valid_until=ends,
    )
