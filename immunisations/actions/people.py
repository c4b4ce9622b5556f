"""Adding a person, and changing what is known of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import Team, User
from clinics.times import london_day
from immunisations.actions.statuses import first_status, first_statuses, refresh_status
from immunisations.models import Person, PersonIdentifier
from immunisations.people import lock_root
from immunisations.search import write_keys, write_keys_of_new
from immunisations.text import tidy

# What may be told of a person besides their name and date of birth; nothing of it is ever required.
OPTIONAL = frozenset(
    {
        "date_of_birth_is_approximate",
        "sex",
        "nhs_number",
        "address",
        "postcode",
        "no_fixed_abode",
        "gp_registration",
        "practice",
        "phone",
        "language",
        "interpreter_needed",
        "note",
    }
)
CHANGEABLE = OPTIONAL | {"first_name", "last_name", "date_of_birth"}
# Kept in the audit as changed, never as written: the record itself is the place for these.
NAMES_ONLY = frozenset({"practice"})
# A letter, four digits, two letters: the form of a prison number in England and Wales.
PRISON_NUMBER = re.compile(r"[A-Z]\d{4}[A-Z]{2}", re.ASCII)
# How many values one query asks for.
MOST_ASKED = 500


def batched(values: Sequence[str]) -> list[Sequence[str]]:
    """Return values in parts that one query can ask for."""
    return [values[start : start + MOST_ASKED] for start in range(0, len(values), MOST_ASKED)]


class PersonRefused(Refused):
    """A person cannot be added or changed like this."""

    code = "person_refused"


def _name(text: str) -> str:
    """Return a first name as it is kept. Raises PersonRefused where there is nothing of it to be seen."""
    name = tidy(text)
    if not name:
        raise PersonRefused(_("Enter a first name."), code="no_name")
    return name


def _check_birth(date_of_birth: date, today: date) -> None:
    if date_of_birth > today:
        raise PersonRefused(_("The date of birth must be today or in the past."), code="born_in_the_future")


def _check_number(team: Team | int, nhs_number: str, *, besides: Person | None = None) -> None:
    """Raise PersonRefused where somebody else of the team, merged rows included, has the NHS number already."""
    others = Person.objects.filter(team=team, nhs_number=nhs_number).select_related("merged_into")
    if besides is not None:
        others = others.exclude(pk=besides.pk).exclude(merged_into=besides.root_id).exclude(pk=besides.root_id)
    other = others.first()
    if other is not None:
        root = other.merged_into or other
        raise PersonRefused(
            _("Somebody with this NHS number is on record already: %(name)s.") % {"name": root.list_name},
            code="nhs_number_taken",
            person=str(root.public_id),
        )


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as the audit keeps them."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) if name in NAMES_ONLY else value
        for name, value in values.items()
    }


@transaction.atomic
def add_person(
    *,
    team: Team,
    first_name: str,
    last_name: str,
    date_of_birth: date,
    by: User | None,
    at: datetime,
    source: str = "staff",
    **details: Any,
) -> Person:
    """Add somebody to a team's people, findable at once. ``details`` are any of OPTIONAL, all optional.

    Raises PersonRefused where there is no first name (``no_name``), they would be born in the future
    (``born_in_the_future``) or another of the team's people has their NHS number (``nhs_number_taken``, with
    ``person``).
    """
    unknown = set(details) - OPTIONAL
    if unknown:
        raise TypeError(f"not facts about a person: {', '.join(sorted(unknown))}")
    _check_birth(date_of_birth, london_day(at))
    if details.get("nhs_number"):
        # Two tablets adding the same number at once take turns here, and the second is told in words.
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        _check_number(team, details["nhs_number"])
    person = Person.objects.create(
        team=team,
        first_name=_name(first_name),
        last_name=tidy(last_name),
        date_of_birth=date_of_birth,
        created_at=at,
        **details,
    )
    write_keys(person)
    first_status(person)
    audit.record(by=by, at=at, source=source, action="add_person", thing=person, team=team, person_id=person.public_id)
    return person


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be added with many others: ``details`` as ``add_person`` takes them, names and date of birth too."""

    details: dict[str, Any]
    prison_number: str = ""


@transaction.atomic
def add_people(
    *, team: Team, people: Sequence[NewPerson], by: User | None, at: datetime, source: str = "staff"
) -> list[Person]:
    """Add many people at once, in their order, each findable and with an audit event of their own: all or none.

    A fixed number of queries, a few more for each thousand. Raises PersonRefused as ``add_person`` does, and for a
    prison number that is none, or that somebody has (``prison_number_taken``, with ``person``).
    """
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    today = london_day(at)
    rows = []
    for each in people:
        unknown = set(each.details) - CHANGEABLE
        if unknown:
            raise TypeError(f"not facts about a person: {', '.join(sorted(unknown))}")
        details = {**each.details, "last_name": tidy(each.details.get("last_name", ""))}
        _check_birth(details["date_of_birth"], today)
        rows.append(Person(team=team, created_at=at, **{**details, "first_name": _name(details["first_name"])}))
    numbers = [row.nhs_number for row in rows if row.nhs_number]
    _check_numbers(numbers, team)
    in_prison = [each.prison_number for each in people if each.prison_number]
    check_prison_numbers(in_prison, team)
    Person.objects.bulk_create(rows)
    write_keys_of_new(rows)
    first_statuses(rows)
    PersonIdentifier.objects.bulk_create(
        PersonIdentifier(person=row, kind=PersonIdentifier.Kind.PRISON_NUMBER, value=each.prison_number)
        for row, each in zip(rows, people, strict=True)
        if each.prison_number
    )
    audit.record_each(by=by, at=at, source=source, action="add_person", people=rows, team=team)
    return rows


def _check_numbers(numbers: Sequence[str], team: Team) -> None:
    """Raise PersonRefused where an NHS number is given twice, or somebody of the team has it."""
    if len(set(numbers)) < len(numbers):
        raise PersonRefused(_("Two people cannot have one NHS number."), code="nhs_number_taken")
    for some in batched(sorted(set(numbers))):
        for number in Person.objects.filter(team=team, nhs_number__in=some).values_list("nhs_number", flat=True)[:1]:
            _check_number(team, number)


def check_prison_numbers(numbers: Sequence[str], team: Team | int) -> None:
    """Raise PersonRefused for a number that is no prison number, is given twice, or that somebody of the team has."""
    if any(not PRISON_NUMBER.fullmatch(number) for number in numbers):
        raise PersonRefused(
            _("A prison number is a letter, 4 digits and 2 letters, like A1234BC."), code="bad_prison_number"
        )
    if len(set(numbers)) < len(numbers):
        raise PersonRefused(_("Two people cannot have one prison number."), code="prison_number_taken")
    for some in batched(sorted(set(numbers))):
        taken = (
            PersonIdentifier.objects.annotate(capitals=Upper("value"))
            .filter(person__team=team, kind=PersonIdentifier.Kind.PRISON_NUMBER, capitals__in=some)
            .select_related("person__merged_into")
            .first()
        )
        if taken is not None:
            root = taken.person.merged_into or taken.person
            raise PersonRefused(
                _("Somebody with this prison number is on record already: %(name)s.") % {"name": root.list_name},
                code="prison_number_taken",
                person=str(root.public_id),
            )


@transaction.atomic
def change_person(*, person: Person, by: User | None, at: datetime, source: str = "staff", **changes: Any) -> Person:
    """Change what is known of a person, with before and after in the audit. ``changes`` are any of CHANGEABLE.

    Raises PersonRefused as ``add_person`` does.
    """
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise TypeError(f"not facts about a person: {', '.join(sorted(unknown))}")
    if "first_name" in changes:
        changes["first_name"] = _name(changes["first_name"])
    if "last_name" in changes:
        changes["last_name"] = tidy(changes["last_name"])
    row = lock_root(person)
    before = {name: getattr(row, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    if not changed:
        return row
    if "date_of_birth" in changed:
        _check_birth(changed["date_of_birth"], london_day(at))
    if changed.get("nhs_number"):
        Team.objects.select_for_update(no_key=True).get(pk=row.team_id)
        _check_number(row.team_id, changed["nhs_number"], besides=row)
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    if {"first_name", "last_name"} & set(changed):
        write_keys(row)
    if {"date_of_birth", "sex"} & set(changed):
        refresh_status(row)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="change_person",
        thing=row,
        team=row.team_id,
        person_id=row.public_id,
        before=_shown({name: before[name] for name in changed}),
        after=_shown(changed),
    )
    return row
