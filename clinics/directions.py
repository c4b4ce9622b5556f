"""Which directions a team may work under on a day, and what to say where there is none."""

from collections.abc import Sequence
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from clinics.models import Direction
from clinics.vaccines import Vaccine


def directions_for(team_id: int, vaccines: Sequence[str]) -> list[Direction]:
    """Return the team's directions for any of these vaccines, whenever they are in force; the latest to begin first.

    One query, however many there are: a team has a few dozen in ten years.
    """
    wanted = set(vaccines)
    return [
        direction
        for direction in Direction.objects.filter(team=team_id).order_by("-valid_from", "name", "version", "pk")
        if wanted.intersection(direction.vaccines)
    ]


def in_force(directions: Sequence[Direction], vaccine: str, on: date) -> list[Direction]:
    """Return those of the directions that allow a vaccine on a day."""
    return [direction for direction in directions if direction.covers(vaccine) and direction.is_in_force(on)]


def why_none(directions: Sequence[Direction], vaccine: str, on: date) -> str:
    """Return why none of a team's directions allows a vaccine on a day: the last one ended, or begins later, or there
    never was one.
    """
    own = [direction for direction in directions if direction.covers(vaccine)]
    ended = max((each for each in own if each.valid_until < on), key=lambda each: each.valid_until, default=None)
    coming = min((each for each in own if each.valid_from > on), key=lambda each: each.valid_from, default=None)
    if ended is not None:
        return why_not_in_force(ended, on)
    if coming is not None:
        return why_not_in_force(coming, on)
    return _("There is no direction for %(vaccine)s.") % {"vaccine": Vaccine(vaccine).label}


def why_not_in_force(direction: Direction, on: date) -> str:
    """Return that a direction ended before a day, or begins after it: “MMR direction, version 4, ended on 31 October
    2026.”
    """
    begins_later = direction.valid_from > on
    day = direction.valid_from if begins_later else direction.valid_until
    words = {"direction": str(direction), "date": formats.date_format(day, "j F Y")}
    if begins_later:
        return _("%(direction)s, begins on %(date)s.") % words
    return _("%(direction)s, ended on %(date)s.") % words
