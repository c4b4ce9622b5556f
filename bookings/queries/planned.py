"""What a visit today would best give, as the page of a person says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bookings.queries.person import PersonPage
from clinics.vaccines import Series, Vaccine, series_of
from clinics.words import listed, plain_date
from immunisations.queries import plan_for
from immunisations.schedule import Item


@dataclass(frozen=True)
class PlannedDose:
    """One thing that the plan says, in words."""

    item: Item

    @property
    def name(self) -> str | Promise:
        """The vaccine; of something that is not given, the course."""
        return Vaccine(self.item.vaccine).label if self.item.vaccine else Series(self.item.series[0]).label

    @property
    def reason(self) -> str:
        return self.item.reason


@dataclass(frozen=True)
class Planned:
    """A visit on one day, and those after it."""

    on: date
    give: list[PlannedDose]
    # Due, and not to be given while those who decide disagree.
    stopped: list[PlannedDose]
    elsewhere: list[PlannedDose]
    ask: list[PlannedDose]
    wait: list[PlannedDose]
    following: list[tuple[date, list[PlannedDose]]]

    @property
    def sentence(self) -> str:
        """The plan for today in one sentence, to read aloud."""
        if self.give:
            return _("Give today: %(vaccines)s.") % {"vaccines": _names(self.give)}
        if self.ask:
            return _("Ask a nurse first: %(vaccines)s.") % {"vaccines": _names(self.ask)}
        if self.stopped:
            return _("Do not give: those with parental responsibility disagree about %(vaccines)s.") % {
                "vaccines": _names(self.stopped)
            }
        return _("Nothing that this clinic offers is due today.")

    @property
    def next_sentence(self) -> str:
        """The next visit in one sentence, or "" where none is foreseen."""
        if not self.following:
            return ""
        on, doses = self.following[0]
        return _("Next visit: from %(date)s, for %(vaccines)s.") % {"date": plain_date(on), "vaccines": _names(doses)}


def _names(doses: Sequence[PlannedDose]) -> str:
    return listed([str(dose.name) for dose in doses])


def planned(page: PersonPage) -> Planned | None:
    """Return what a visit on the page's day would best give, with what was recorded on it taken into account; None
    where nothing can be said. No further query."""
    found = plan_for(page.person, page.on, page.outlook, offered=page.session.vaccine_codes())
    if found is None:
        return None
    disputed = {series_of(code).value for code, _consent in page.disagreements}
    due = [(PlannedDose(item), bool(disputed & set(item.series))) for item in found.give]
    return Planned(
        on=found.on,
        give=[dose for dose, is_stopped in due if not is_stopped],
        stopped=[dose for dose, is_stopped in due if is_stopped],
        elsewhere=[PlannedDose(item) for item in found.elsewhere],
        ask=[PlannedDose(item) for item in found.ask],
        wait=[PlannedDose(item) for item in found.wait],
        following=[(visit.on, [PlannedDose(item) for item in visit.give]) for visit in found.next_visits],
    )
