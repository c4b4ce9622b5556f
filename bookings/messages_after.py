"""What is said after a visit: what was given, what may be felt, when to get help, and when the next dose is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from clinics.vaccines import Series
from immunisations.aftercare import PROTECTS_AGAINST, aftercare
from immunisations.models import SeriesStatus, Vaccination, Visit
from immunisations.models.status import StatusState
from immunisations.policies import asks_about_pregnancy


@dataclass(frozen=True)
class NextDose:
    """A further dose of a course of which one was given, and from which day."""

    name: str | Promise
    on: date


def after_visit_words(visit: Visit, given: Sequence[Vaccination], courses: Sequence[SeriesStatus]) -> dict[str, Any]:
    """Return what templates say after a visit at which ``given`` was given; ``courses`` say where each course stands.

    A next dose is named where its day is certain and no nurse has to decide about it.
    """
    on = visit.session.date
    care = aftercare([row.vaccine for row in given], could_be_pregnant=asks_about_pregnancy(visit.person, on))
    touched = {row.series for row in given}
    following = [
        NextDose(Series(status.series).label, status.due_on)
        for status in courses
        if status.series in touched
        and status.state == StatusState.OPEN
        and status.due_on is not None
        and status.due_on > on
        and not status.uncertain
        and not status.nurse_decides
    ]
    return {
        "given": list(given),
        "protects": [(row, PROTECTS_AGAINST[row.vaccine]) for row in given],
        "on": on,
        "following": following,
        "next_on": following[0].on if following else None,
        "afterwards": care.afterwards,
        "get_help": care.get_help,
    }
