"""The end of a clinic: its whole report, counted from the records, and what is still open before it can be closed."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from django.db.models import F, Min
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Appointment
from bookings.queries.lists import ListReport, list_report
from bookings.queries.totals import Totals, totals
from clinics.models import ClinicSession, CoolBoxReading, ReadingMoment
from immunisations.models import FollowUp, FollowUpState, FollowUpStep, Person, Reaction, Vaccination, Visit
from immunisations.next_steps import in_sentence
from immunisations.outcomes import STILL_HERE, Outcome, Recorded, outcome_of
from immunisations.people import root_of
from immunisations.queries import ClinicStock, reactions_at, standing_at, stock_of


@dataclass(frozen=True)
class StillHere:
    """Somebody whose visit goes on, or who waits after a dose: who has them, and until when."""

    person: Person
    outcome: Outcome
    with_whom: str
    until: datetime | None


@dataclass(frozen=True)
class NextSteps:
    """What happens next after one reason: doses not given for it, follow-ups set, and how many of them are open."""

    reason: str | Promise
    doses: int
    set_up: int
    still_open: int


@dataclass(frozen=True)
class Timing:
    """From arrival to the first saved dose by the server's clock: how many people, in the middle, and for 9 in 10."""

    people: int
    middle: timedelta
    nine_in_ten: timedelta

    @staticmethod
    def words(length: timedelta) -> str:
        """Return “12 minutes”, “less than a minute”."""
        minutes = int(length.total_seconds() // 60)
        if minutes < 1:
            return _("less than a minute")
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}

    @property
    def middle_words(self) -> str:
        return self.words(self.middle)

    @property
    def nine_in_ten_words(self) -> str:
        return self.words(self.nine_in_ten)


@dataclass
class ClinicReport:
    """Everything that the end of a clinic's day says. Nothing of it is kept: all of it is counted."""

    session: ClinicSession
    totals: Totals
    booked: int
    from_list: int
    still_here: list[StillHere]
    expected: list[Appointment]
    next_steps: list[NextSteps]
    steps: list[tuple[str | Promise, int, int]]
    open_follow_ups: int
    stock: ClinicStock
    reactions: list[Reaction]
    timing: Timing | None
    listed: ListReport | None = None
    without_temperature: list[str] = field(default_factory=list)

    @property
    def waste(self) -> list[tuple[str | Promise, int]]:
        """The doses wasted, by why."""
        counted: Counter[str | Promise] = Counter()
        for line in self.stock.lines:
            for why, doses in line.wasted_why:
                counted[why] += doses
        return list(counted.items())

    @property
    def in_the_way(self) -> list[str]:
        """What must be done before the clinic can be closed, a sentence each; the page names who and what."""
        found = []
        if self.still_here:
            count = len(self.still_here)
            found.append(
                ngettext(
                    "%(count)s person is still here: %(names)s.", "%(count)s people are still here: %(names)s.", count
                )
                % {"count": count, "names": ", ".join(each.person.list_name for each in self.still_here)}
            )
        if self.expected:
            count = len(self.expected)
            found.append(
                ngettext(
                    "%(count)s person is still expected. Mark who did not attend.",
                    "%(count)s people are still expected. Mark who did not attend.",
                    count,
                )
                % {"count": count}
            )
        if self.stock.not_counted_back:
            found.append(
                _("The stock is not counted back: %(batches)s.")
                % {"batches": ", ".join(line.batch.number for line in self.stock.not_counted_back)}
            )
        if self.without_temperature:
            found.append(
                _("The temperature at the end is missing: %(boxes)s.") % {"boxes": ", ".join(self.without_temperature)}
            )
        return found

    @property
    def carried_over(self) -> list[str]:
        """What stays open when the clinic is closed, and is not forgotten."""
        found = []
        if self.open_follow_ups:
            found.append(
                ngettext("%(count)s follow-up is open.", "%(count)s follow-ups are open.", self.open_follow_ups)
                % {"count": self.open_follow_ups}
            )
        found += [
            _("Batch %(batch)s: %(back)s counted back, %(expected)s expected (%(note)s).")
            % {"batch": line.batch.number, "back": line.back, "expected": line.expected, "note": line.back_note}
            for line in self.stock.differences
        ]
        found += [
            _("Batch %(batch)s is in quarantine: say what becomes of it.") % {"batch": line.batch.number}
            for line in self.stock.to_settle
        ]
        unreported = sum(1 for row in self.reactions if not row.yellow_card_reference)
        if unreported:
            found.append(
                ngettext(
                    "%(count)s reaction has no Yellow Card reference yet.",
                    "%(count)s reactions have no Yellow Card reference yet.",
                    unreported,
                )
                % {"count": unreported}
            )
        return found


def clinic_report(session: ClinicSession, *, at: datetime) -> ClinicReport:
    """Return a clinic's report as its records stand at a moment, in a number of queries that does not depend on how
    many came.
    """
    counted = totals(session)
    booked = Appointment.objects.filter(session=session).exclude(state=Appointment.State.CANCELLED).count()
    listed = list_report(session)
    stock = stock_of(session)
    return ClinicReport(
        session=session,
        totals=counted,
        booked=booked,
        from_list=counted.from_list,
        still_here=_still_here(session, at),
        expected=list(
            Appointment.objects.filter(session=session, state=Appointment.State.BOOKED, visit__isnull=True)
            .select_related("booking")
            .order_by("starts_at", "position", "pk")
        ),
        stock=stock,
        reactions=reactions_at(session),
        timing=timing(session),
        listed=listed if listed.rows or listed.taken_off else None,
        without_temperature=_without_temperature(stock.readings),
        **_what_next(session, counted),
    )


def _still_here(session: ClinicSession, at: datetime) -> list[StillHere]:
    recorded: dict[int, list[Recorded]] = {}
    for row in standing_at(session):
        recorded.setdefault(row.visit_id, []).append(Recorded(row.status, row.not_done_reason))
    found = []
    visits = Visit.objects.filter(session=session).select_related("person__merged_into", "started_by")
    for visit in visits.order_by("arrived_at", "pk"):
        outcome = outcome_of(visit, recorded.get(visit.pk, []), now=at)
        if outcome in STILL_HERE or outcome == Outcome.WAITING:
            waits = outcome == Outcome.WAITING
            who = str(visit.started_by) if visit.started_by and outcome != Outcome.ARRIVED else ""
            found.append(StillHere(root_of(visit.person), outcome, who, visit.left_at if waits else None))
    return found


def _what_next(session: ClinicSession, counted: Totals) -> dict[str, Any]:
    """Return the follow-ups of a clinic by the reason that asked for them, and by step."""
    rows = list(FollowUp.objects.filter(session=session).values_list("step", "state", "vaccination__not_done_reason"))
    set_up = Counter(reason or "" for _step, _state, reason in rows)
    still_open = Counter(reason or "" for _step, state, reason in rows if state == FollowUpState.OPEN)
    reasons = {code: doses for code, _label, doses in counted.reasons_by_code}
    shown = [
        NextSteps(Vaccination.Reason(code).label, reasons.get(code, 0), set_up[code], still_open[code])
        for code in Vaccination.Reason.values
        if reasons.get(code) or set_up[code]
    ]
    if set_up[""]:
        shown.append(NextSteps(_("Set by themselves"), 0, set_up[""], still_open[""]))
    steps = Counter(step for step, _state, _reason in rows)
    open_steps = Counter(step for step, state, _reason in rows if state == FollowUpState.OPEN)
    return {
        "next_steps": shown,
        "steps": [
            (in_sentence(str(FollowUpStep(step).label)), steps[step], open_steps[step])
            for step in FollowUpStep
            if steps[step]
        ],
        "open_follow_ups": sum(still_open.values()),
    }


def _without_temperature(readings: list[CoolBoxReading]) -> list[str]:
    """Return the cool boxes that were read at the start and not at the end."""
    began = dict.fromkeys(row.box for row in readings if row.moment == ReadingMoment.START)
    ended = {row.box for row in readings if row.moment == ReadingMoment.END}
    return [box for box in began if box not in ended]


def timing(session: ClinicSession) -> Timing | None:
    """Return how long it took from arrival to the first dose that was saved, whatever was put right later; None where
    nothing was given.

    Whoever is known here only from paper is left out: when they came is no more than the time that is written there.
    """
    rows = (
        Vaccination.objects.filter(session=session, status=Vaccination.Status.COMPLETED, correction_reason="")
        .exclude(visit__arrived_at=F("given_at"), recorded_at__gt=F("given_at"))
        .order_by()
        .values("visit")
        .annotate(first=Min("recorded_at"))
        .values_list("first", "visit__arrived_at")
    )
    lengths = sorted(max(first - arrived, timedelta(0)) for first, arrived in rows)
    if not lengths:
        return None
    seconds = median(length.total_seconds() for length in lengths)
    return Timing(len(lengths), timedelta(seconds=seconds), lengths[ceil(len(lengths) * 0.9) - 1])
