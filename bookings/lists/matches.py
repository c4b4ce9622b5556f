"""Who of a list is known to the team already: for certain, perhaps, or on this clinic's list before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bookings.lists.problems import UnreadableList
from bookings.lists.rows import Row
from bookings.models import ListEntry
from clinics.models import ClinicSession
from immunisations.matching import Answer, Match, match_many
from immunisations.models import Person, PersonIdentifier

# Of one list, that somebody has to look at; more cannot be asked on one page.
MOST_QUESTIONS = 150
NEW = "new"
LEAVE = "leave"


@dataclass
class Found:
    """A row that can be added, and whose it is: ``person`` where that is certain, ``likely`` where somebody looks."""

    row: Row
    person: Person | None = None
    likely: list[Match] = field(default_factory=list)
    # On this clinic's list already; or was, and was taken off.
    listed: bool = False

    @property
    def name(self) -> str:
        """The name of the field that asks who it is."""
        return f"who-{self.row.number}"

    @property
    def asks(self) -> bool:
        """Whether somebody has to look."""
        return bool(self.likely)


def find_people(session: ClinicSession, rows: Sequence[Row]) -> list[Found]:
    """Return the rows that are ready, each with whom of the team's people it is.

    Two rows that would be the same person are not two: the second is told so among its problems. Raises UnreadableList
    (``too_many_questions``).
    """
    root = Coalesce("person__merged_into", "person")
    listed = set(ListEntry.objects.filter(session=session).values_list(root, flat=True))
    ready = [row for row in rows if row.ready]
    answers = match_many(session.team, [row.to_match() for row in ready])
    numbers = _prison_numbers(answers)
    found: list[Found] = []
    taken: dict[int, int] = {}
    asked = 0
    for row, answer in zip(ready, answers, strict=True):
        each = Found(row, answer.person, answer.likely)
        if each.person is None:
            same = [
                match.person
                for match in each.likely
                if match.person.pk in listed and _is_row(match.person, row, numbers[match.person.pk])
            ]
            if len(same) == 1:
                # Added with this very list before.
                each = Found(row, same[0])
        if each.person is not None:
            key = each.person.root_id
            if key in taken:
                row.problems.append(_("The same person as in row %(number)s.") % {"number": taken[key]})
                continue
            taken[key] = row.number
            each.listed = key in listed
        asked += each.asks
        found.append(each)
    if asked > MOST_QUESTIONS:
        raise UnreadableList(
            _("%(count)s people of this list may be on record already, too many to look at on one page. Divide it.")
            % {"count": asked},
            code="too_many_questions",
        )
    return found


def _prison_numbers(answers: Sequence[Answer]) -> dict[int, set[str]]:
    """Return the prison numbers of those who may be somebody, by their keys, in one query."""
    people = {match.person.pk for answer in answers for match in answer.likely}
    numbers: dict[int, set[str]] = defaultdict(set)
    rows = PersonIdentifier.objects.filter(kind=PersonIdentifier.Kind.PRISON_NUMBER, person__in=people)
    for key, value in rows.values_list("person_id", "value"):
        numbers[key].add(value.upper())
    return numbers


def _is_row(person: Person, row: Row, numbers: set[str]) -> bool:
    """Whether somebody on the list is who a row says, in every word: the same list sent again."""
    return (
        person.first_name == row.details["first_name"]
        and person.last_name == row.details["last_name"]
        and person.date_of_birth == row.details["date_of_birth"]
        and person.nhs_number == row.details["nhs_number"]
        and (not row.prison_number or not numbers or row.prison_number in numbers)
    )


def decide(found: Sequence[Found], answers: Mapping[str, str]) -> tuple[list[Found], list[Found]]:
    """Return the rows to add, and those that nobody has answered for yet.

    ``answers`` maps the name of a row's field to a person's public id, ``NEW`` or ``LEAVE``.
    """
    ready, open_ones = [], []
    for each in found:
        if each.listed:
            continue
        if not each.asks:
            ready.append(each)
            continue
        said = answers.get(each.name, "")
        match = next((match for match in each.likely if str(match.person.public_id) == said), None)
        if match is not None:
            ready.append(Found(each.row, match.person))
        elif said == NEW:
            ready.append(Found(each.row))
        elif said != LEAVE:
            open_ones.append(each)
    return ready, open_ones
