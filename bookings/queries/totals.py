"""What a clinic’s day came to, counted from the records."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Appointment
from clinics.models import ClinicSession
from clinics.vaccines import Vaccine
from immunisations.models import RecordCheck, Vaccination, Visit
from immunisations.outcomes import STILL_HERE, Outcome, Recorded, outcome_of
from immunisations.queries import (
    standing_at,
)


@dataclass(frozen=True)
class DoseCount:
    """How often a vaccine was given as which dose."""

    vaccine: str | Promise
    dose_number: int | None
    count: int
    code: str


@dataclass
class Totals:
    """A clinic's numbers, counted from its records: each person who came stands in just one of the groups.

    Whoever a prison did not produce did not come; they are counted apart.
    """

    session: ClinicSession
    came: int
    vaccinated: int
    partly: int
    not_vaccinated: int
    advice_only: int
    check_only: int
    not_produced: int
    still_here: int
    walked_in: int
    from_list: int
    did_not_attend: int
    expected: int
    cancelled: int
    doses: list[DoseCount]
    # Code, words and how many doses.
    reasons_by_code: list[tuple[str, str | Promise, int]]
    declined: int
    records_checked: int

    @property
    def reasons(self) -> list[tuple[str | Promise, int]]:
        """Why doses were not given, in words, and how many."""
        return [(label, count) for _code, label, count in self.reasons_by_code]

    @property
    def people_vaccinated(self) -> int:
        """Everybody who was given at least one dose."""
        return self.vaccinated + self.partly

    @property
    def sentence(self) -> str:
        """The clinic in one sentence."""
        first = ngettext(
            "%(count)s person was vaccinated", "%(count)s people were vaccinated", self.people_vaccinated
        ) % {"count": self.people_vaccinated}
        parts = []
        if self.advice_only:
            parts.append(
                ngettext("%(count)s came for advice", "%(count)s came for advice", self.advice_only)
                % {"count": self.advice_only}
            )
        if self.check_only:
            parts.append(
                ngettext(
                    "%(count)s to have their record checked", "%(count)s to have their record checked", self.check_only
                )
                % {"count": self.check_only}
            )
            if not self.advice_only:
                parts[-1] = _("%(count)s came to have their record checked") % {"count": self.check_only}
        if not parts:
            return _("%(first)s.") % {"first": first}
        return _("%(first)s; %(rest)s.") % {"first": first, "rest": _(" and ").join(parts)}


def totals(session: ClinicSession) -> Totals:
    """Return the numbers of a clinic. Two visits of one person, found later to be one, count once."""
    recorded: dict[int, list[Recorded]] = defaultdict(list)
    doses: Counter[tuple[str, int | None]] = Counter()
    reasons: Counter[str] = Counter()
    for row in standing_at(session):
        recorded[row.visit_id].append(Recorded(row.status, row.not_done_reason))
        if row.status == Vaccination.Status.COMPLETED:
            doses[row.vaccine, row.dose_number] += 1
        else:
            reasons[row.not_done_reason] += 1
    people: dict[int, list[Outcome]] = defaultdict(list)
    walked_in = from_list = 0
    declined: set[int] = set()
    for visit in Visit.objects.filter(session=session).select_related("person"):
        root = visit.person.root_id
        rows = recorded[visit.pk]
        outcome = outcome_of(visit, rows)
        if outcome in STILL_HERE and any(each.status == Vaccination.Status.COMPLETED for each in rows):
            # Whoever had a dose was vaccinated, even if nobody ended the visit because more was due.
            outcome = Outcome.PARTLY
        people[root].append(outcome)
        walked_in += visit.how == Visit.How.WALK_IN
        from_list += visit.how == Visit.How.LIST and outcome != Outcome.NOT_PRODUCED
        if any(each.not_done_reason == Vaccination.Reason.DECLINED for each in rows):
            declined.add(root)
    groups = Counter(_foremost(outcomes) for outcomes in people.values())
    states = Counter(Appointment.objects.filter(session=session, visit__isnull=True).values_list("state", flat=True))
    order = list(Vaccine)
    return Totals(
        session=session,
        came=len(people) - groups[Outcome.NOT_PRODUCED],
        not_produced=groups[Outcome.NOT_PRODUCED],
        vaccinated=groups[Outcome.VACCINATED],
        partly=groups[Outcome.PARTLY],
        not_vaccinated=groups[Outcome.NOT_VACCINATED],
        advice_only=groups[Outcome.ADVICE_ONLY],
        check_only=groups[Outcome.CHECK_ONLY],
        still_here=sum(groups[outcome] for outcome in STILL_HERE),
        walked_in=walked_in,
        from_list=from_list,
        did_not_attend=states[Appointment.State.DID_NOT_ATTEND],
        expected=states[Appointment.State.BOOKED],
        cancelled=states[Appointment.State.CANCELLED],
        doses=[
            DoseCount(Vaccine(vaccine).label, number, count, vaccine)
            for (vaccine, number), count in sorted(
                doses.items(), key=lambda item: (order.index(Vaccine(item[0][0])), item[0][1] or 0)
            )
        ],
        reasons_by_code=[(reason, Vaccination.Reason(reason).label, count) for reason, count in reasons.most_common()],
        declined=len(declined),
        records_checked=RecordCheck.objects.filter(visit__session=session)
        .aggregate(people=Count(Coalesce("visit__person__merged_into", "visit__person"), distinct=True))
        .get("people", 0),
    )


_ORDER = (
    Outcome.VACCINATED,
    Outcome.PARTLY,
    Outcome.IN_PROGRESS,
    Outcome.PAUSED,
    Outcome.ARRIVED,
    Outcome.NOT_VACCINATED,
    Outcome.ADVICE_ONLY,
    Outcome.CHECK_ONLY,
    Outcome.NOT_PRODUCED,
)


def _foremost(outcomes: Iterable[Outcome]) -> Outcome:
    return min(outcomes, key=_ORDER.index)
