"""What came of a visit, in the words that every screen and report uses."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinics.words import clock
from immunisations.models import Vaccination, Visit


class Outcome(models.TextChoices):
    """What came of somebody's coming, or not coming, to a clinic."""

    BOOKED = "booked", _("Booked")
    ARRIVED = "arrived", _("Arrived")
    IN_PROGRESS = "in_progress", _("In progress")
    PAUSED = "paused", _("Paused")
    WAITING = "waiting", _("Waiting after the dose")
    VACCINATED = "vaccinated", _("Vaccinated")
    PARTLY = "partly", _("Partly vaccinated")
    NOT_VACCINATED = "not_vaccinated", _("Came but not vaccinated")
    ADVICE_ONLY = "advice_only", _("Advice only")
    CHECK_ONLY = "check_only", _("Record checked only")
    NOT_PRODUCED = "not_produced", _("Not produced")
    DID_NOT_ATTEND = "did_not_attend", _("Did not attend")
    CANCELLED = "cancelled", _("Cancelled")


# Colours of the design system's tag, each word beside it: colour alone never says anything.
COLOURS: dict[str, str] = {
    Outcome.BOOKED: "white",
    Outcome.ARRIVED: "blue",
    Outcome.IN_PROGRESS: "purple",
    Outcome.PAUSED: "yellow",
    Outcome.WAITING: "aqua-green",
    Outcome.VACCINATED: "green",
    Outcome.PARTLY: "aqua-green",
    Outcome.NOT_VACCINATED: "orange",
    Outcome.ADVICE_ONLY: "grey",
    Outcome.CHECK_ONLY: "grey",
    Outcome.NOT_PRODUCED: "pink",
    Outcome.DID_NOT_ATTEND: "pink",
    Outcome.CANCELLED: "grey",
}
STILL_HERE = frozenset({Outcome.ARRIVED, Outcome.IN_PROGRESS, Outcome.PAUSED})

# Not given because there was nothing to give: this makes nobody "partly" vaccinated.
NOTHING_TO_GIVE = frozenset({Vaccination.Reason.ALREADY_COMPLETE, Vaccination.Reason.TOO_EARLY})


class Recorded(NamedTuple):
    """The two columns of a vaccination that stands which decide what came of a visit."""

    status: str
    not_done_reason: str = ""


class Moments(Protocol):
    """What a visit has that decides what came of it: the visit itself, or a row of these columns."""

    @property
    def why(self) -> str: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def left_at(self) -> datetime | None: ...


# How long "May leave now" stands on the list after somebody may.
SAID_FOR = timedelta(minutes=15)


def waits(visit: Moments, now: datetime) -> bool:
    """Whether everything is done and the person waits after a dose: the visit ends later."""
    return visit.left_at is not None and visit.left_at > now


def leaving_words(visit: Visit | None, *, asked: int, now: datetime) -> str:
    """Return “Can leave at 11:05am” for somebody who waits, for a while “May leave now”, and then nothing more.

    ``asked`` is how many minutes the clinic asks people to wait after a dose.
    """
    if visit is None or visit.left_at is None or not asked:
        return ""
    if waits(visit, now):
        return gettext("Can leave at %(time)s") % {"time": clock(visit.left_at)}
    return gettext("May leave now") if now - visit.left_at < SAID_FOR else ""


def outcome_of(visit: Moments, recorded: Iterable[Recorded], *, now: datetime | None = None) -> Outcome:
    """Return what came of the visit; ``recorded`` are the vaccinations of it that stand.

    With ``now``, whoever still waits after a dose is said to; without, they count as what they will be.

    Vaccinated: at least one dose given, and none that should have been given was not. Partly: some given, some not.
    Until the visit has ended, it is still going on unless a dose was given. Whoever a prison did not produce never
    came: the visit is only what that word hangs on.
    """
    rows = list(recorded)
    given = any(row.status == Vaccination.Status.COMPLETED for row in rows)
    withheld = any(
        row.status == Vaccination.Status.NOT_DONE and row.not_done_reason not in NOTHING_TO_GIVE for row in rows
    )
    if visit.left_at is None and not rows:
        if visit.paused_at:
            return Outcome.PAUSED
        return Outcome.IN_PROGRESS if visit.started_at else Outcome.ARRIVED
    if visit.left_at is None:
        # Something is recorded and something is still to do.
        return Outcome.PAUSED if visit.paused_at else Outcome.IN_PROGRESS
    if given and now is not None and waits(visit, now):
        return Outcome.WAITING
    if given:
        return Outcome.PARTLY if withheld else Outcome.VACCINATED
    if rows and all(row.not_done_reason == Vaccination.Reason.NOT_PRODUCED for row in rows):
        return Outcome.NOT_PRODUCED
    if not rows and visit.why == Visit.Why.ADVICE:
        return Outcome.ADVICE_ONLY
    if not withheld and visit.why == Visit.Why.CHECK:
        return Outcome.CHECK_ONLY
    return Outcome.NOT_VACCINATED
