"""What a person's page says about the time after a dose."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from bookings.queries.following_up import FollowUpRow, follow_up_rows
from bookings.queries.person import PersonPage
from bookings.queries.planned import Planned
from bookings.queries.today_record import FORESEEN
from immunisations.models import FollowUp, Reaction, Vaccination
from immunisations.queries import follow_ups_of, reactions_of


@dataclass(frozen=True)
class After:
    """Reactions, what is to be done, and the day from which the next dose is due where nobody has been asked back."""

    reactions: list[Reaction]
    follow_ups: list[FollowUpRow]
    come_back: date | None

    @property
    def come_back_id(self) -> UUID:
        """A fresh id for the one press that sets it."""
        return uuid4()


def after_dose(page: PersonPage, plan: Planned | None) -> After:
    """Return what comes after a dose, for the page of a person; six queries at most, however much there is."""
    rows = follow_ups_of(page.person)
    following = plan.following[0][0] if plan is not None and plan.following else None
    given = page.record is not None and any(
        row.status == Vaccination.Status.COMPLETED for row in page.record.recorded.values()
    )
    asked = any(row.state == FollowUp.State.OPEN and row.step == FollowUp.Step.INVITE_AGAIN for row in rows)
    near = following is not None and page.today < following <= page.today + FORESEEN
    offered = following if given and near and not asked else None
    return After(reactions_of(page.person), follow_up_rows(rows, today=page.today), offered)
