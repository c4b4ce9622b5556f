"""The page of what is still to be done, for a team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise

from bookings.privacy import private_people
from immunisations.models import FollowUp, Person, Vaccination
from immunisations.next_steps import when_words
from immunisations.people import root_of
from immunisations.queries import Choice, follow_up_page, given_since


@dataclass(frozen=True)
class FollowUpRow:
    """One follow-up as it is listed: whom it is about, and what has come since."""

    row: FollowUp
    person: Person
    private: bool
    today: date
    # The last dose of the series given here since it was set.
    given: Vaccination | None

    @property
    def when(self) -> str:
        """“by 3 June 2026”."""
        return when_words(self.row.step, self.row.due_on)

    @property
    def overdue(self) -> bool:
        return self.row.state == FollowUp.State.OPEN and self.row.due_on < self.today

    @property
    def due_now(self) -> bool:
        return self.row.state == FollowUp.State.OPEN and self.row.due_on == self.today

    @property
    def because(self) -> str | Promise:
        """Why it was set: the vaccine and the reason that nothing was given. Nothing of it for who asked to keep it so.

        A list may stand open on a desk; the page of the one follow-up says it.
        """
        vaccination = self.row.vaccination
        if vaccination is None or self.private or not vaccination.not_done_reason:
            return ""
        return f"{vaccination.get_series_display()}: {str(vaccination.get_not_done_reason_display()).lower()}"


def follow_up_rows(rows: Sequence[FollowUp], *, today: date) -> list[FollowUpRow]:
    """Return follow-ups as they are listed: three queries, however many there are."""
    roots = {row.pk: root_of(row.person) for row in rows}
    private = private_people({root.pk for root in roots.values()}) if roots else set()
    since = given_since(rows)
    return [FollowUpRow(row, roots[row.pk], roots[row.pk].pk in private, today, since.get(row.pk)) for row in rows]


@dataclass(frozen=True)
class FollowUpList:
    """A page of a team's follow-ups."""

    rows: list[FollowUpRow]
    following: UUID | None


def follow_up_list(team_id: int, choice: Choice, *, after: UUID | None, today: date) -> FollowUpList:
    """Return a page of a team's follow-ups, those overdue first, in a number of queries that does not depend on how
    many there are.
    """
    page = follow_up_page(team_id, choice, after=after)
    return FollowUpList(follow_up_rows(page.rows, today=today), page.following)
