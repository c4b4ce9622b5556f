"""Who may put a record right."""

from datetime import date

from accounts.models import User
from accounts.permissions import Permission, may
from clinics.times import london_day
from immunisations.models import Vaccination


def can_correct(vaccination: Vaccination, user: User, on: date) -> bool:
    """Whether the user may correct a record: one's own on the day it was written, or any with that permission."""
    team = vaccination.session.team_id
    if may(user, Permission.CORRECT_RECORDS, team):
        return True
    own = vaccination.recorded_by_id == user.pk and london_day(vaccination.recorded_at) == on
    return own and may(user, Permission.VACCINATE, team)
