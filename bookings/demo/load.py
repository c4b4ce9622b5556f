"""Load the demonstration, and on any later day make sure that a clinic is today."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Team, User
from bookings.demo import neighbours
from bookings.demo.clinics import add_upcoming
from bookings.demo.directions import keep_directions
from bookings.demo.past import add_past
from bookings.demo.places import CLINICS, add_places
from bookings.demo.staff import TEAM, add_people, add_team
from bookings.demo.stage import SOURCE, Stage
from bookings.demo.stock import keep_batches
from clinics.models import ClinicSession
from immunisations.models import Person


class NotADemonstration(Exception):
    """The database holds something real: the demonstration does not go there."""


@transaction.atomic
def load_demonstration(now: datetime) -> bool:
    """Load everything into an empty database, or only what today needs. Returns whether it was empty.

    Raises NotADemonstration where there are teams other than the demonstration's two.
    """
    if Team.objects.exclude(name__in=[TEAM, neighbours.TEAM]).exists():
        raise NotADemonstration("This database has teams of its own. Load the demonstration into an empty one.")
    fresh = not Team.objects.exists()
    if fresh:
        team = add_team()
        add_places(team)
    else:
        team = Team.objects.get(name=TEAM)
    add_people(team)
    users = {user.username: user for user in User.objects.filter(memberships__team=team)}
    # Well past every number that was given out on an earlier day.
    serial = Person.objects.count() * 3
    stage = Stage(now=now, team=team, nurse=users["nurse"], coordinator=users["coordinator"], serial=serial)
    keep_batches(stage)
    keep_directions(stage)
    neighbours.add_neighbours(today=stage.today, source=SOURCE)
    if fresh:
        add_past(stage)
        for days, venue, details in CLINICS:
            add_upcoming(stage, days, venue, details)
    elif not _is_clinic_today(stage):
        add_upcoming(stage, *CLINICS[0])
        # What the public can book runs out as days go by: the weeks ahead are filled up again.
        for days, venue, details in CLINICS[1:]:
            if not ClinicSession.objects.filter(date=stage.today + timedelta(days=days)).exists():
                add_upcoming(stage, days, venue, details)
    return fresh


def _is_clinic_today(stage: Stage) -> bool:
    sessions = ClinicSession.objects.filter(
        team=stage.team, date=stage.today, who_may_book=ClinicSession.WhoMayBook.PUBLIC
    )
    return sessions.exclude(state=ClinicSession.State.CANCELLED).exists()
