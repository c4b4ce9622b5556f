"""Which of a team's people somebody's details belong to. Never across teams."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from immunisations.models import Person, PersonIdentifier, PersonSearchKey
from immunisations.search import NamePart, fold, keys_of, people_with_all

MOST_MATCHES = 6
# How many people one answer is chosen from.
MOST_COMPARED = 200
# How many values one query asks for.
MOST_ASKED = 500


@dataclass(frozen=True)
class Details:
    """What is known of somebody who is to be matched, as it was typed."""

    first_name: str
    last_name: str
    date_of_birth: date
    date_of_birth_is_approximate: bool = False
    nhs_number: str = ""
    postcode: str = ""
    prison_number: str = ""


@dataclass(frozen=True)
class Match:
    """A person whom details may belong to, and in words why."""

    person: Person
    why: tuple[str | Promise, ...]
    score: int


def with_prison_number(team: Team, number: str) -> set[int]:
    """Return the keys of the team's rows that have this prison number, in whatever case it was written."""
    if not number:
        return set()
    found = PersonIdentifier.objects.filter(
        person__team=team, kind=PersonIdentifier.Kind.PRISON_NUMBER, value__iexact=number
    )
    return set(found.values_list("person_id", flat=True))


def _same(one: str, other: str) -> bool:
    return fold(one).replace(" ", "") == fold(other).replace(" ", "")


def automatic_match(team: Team, details: Details) -> Person | None:
    """Return the one person of the team whom the details belong to without anybody looking, or None.

    Only NHS number (or prison number), date of birth and surname together, or forename, surname, date of birth and
    postcode together, are enough; and only if exactly one person fits. A date of birth that is a guess is never enough.
    """
    if details.date_of_birth_is_approximate:
        return None
    same_birth = Person.objects.filter(
        team=team, date_of_birth=details.date_of_birth, date_of_birth_is_approximate=False
    ).select_related("merged_into")
    conditions = Q()
    if details.nhs_number:
        conditions |= Q(nhs_number=details.nhs_number)
    if details.postcode:
        conditions |= Q(postcode=details.postcode)
    in_prison = with_prison_number(team, details.prison_number)
    if in_prison:
        conditions |= Q(pk__in=in_prison)
    return _only_one(same_birth.filter(conditions), details, in_prison) if conditions else None


def strict_match(people: Iterable[Person], details: Details) -> Person | None:
    """Return the one of these people whom ``automatic_match`` would name if there were no others, or None."""
    if details.date_of_birth_is_approximate:
        return None
    born = [
        each for each in people if each.date_of_birth == details.date_of_birth and not each.date_of_birth_is_approximate
    ]
    return _only_one(born, details, set())


def _only_one(same_birth: Iterable[Person], details: Details, in_prison: Collection[int]) -> Person | None:
    """Return the one of these people, all born on the day, whom the details belong to by the strict rule, or None."""
    fitting: dict[int, Person] = {}
    for person in same_birth:
        if not _same(person.last_name, details.last_name):
            continue
        by_number = bool(details.nhs_number) and person.nhs_number == details.nhs_number
        # Two different NHS numbers are two people, whatever else they share.
        differ = bool(details.nhs_number and person.nhs_number and details.nhs_number != person.nhs_number)
        by_number = by_number or (person.pk in in_prison and not differ)
        by_home = (
            bool(details.postcode)
            and person.postcode == details.postcode
            and _same(person.first_name, details.first_name)
            # Twins of one name included.
            and not differ
        )
        if by_number or by_home:
            fitting[person.root_id] = person.merged_into or person
    return next(iter(fitting.values())) if len(fitting) == 1 else None


def _birth(person: Person, details: Details) -> tuple[str | Promise, int] | None:
    """Return how the dates of birth agree, and how much that says; None where they do not."""
    theirs, typed = person.date_of_birth, details.date_of_birth
    if theirs == typed:
        return _("same date of birth"), 3
    if (theirs.year, theirs.month, theirs.day) == (typed.year, typed.day, typed.month):
        return _("day and month of birth swapped"), 2
    guessed = person.date_of_birth_is_approximate or details.date_of_birth_is_approximate
    if guessed and abs(theirs.year - typed.year) <= 1:
        return _("about the same age"), 2
    differing = sum((theirs.year != typed.year, theirs.month != typed.month, theirs.day != typed.day))
    if differing == 1:
        return _("nearly the same date of birth"), 1
    return None


def _compare(person: Person, details: Details, in_prison: Collection[int] = ()) -> Match | None:
    """Return how a person fits the details, or None where they hardly do.

    ``in_prison`` are the keys of the rows with the prison number.
    """
    reasons: list[str | Promise] = []
    score = 0
    if person.pk in in_prison:
        reasons.append(_("same prison number"))
        score += 8
    number = bool(details.nhs_number) and person.nhs_number == details.nhs_number
    if number:
        reasons.append(_("same NHS number"))
        score += 10
    theirs = keys_of(person.first_name, person.last_name)
    typed = keys_of(details.first_name, details.last_name)
    first = _same(person.first_name, details.first_name)
    last = _same(person.last_name, details.last_name)
    if first and last:
        reasons.append(_("same name"))
        score += 4
    elif last:
        reasons.append(_("same last name"))
        score += 1
    alike = bool(
        {key for kind, key in keys_of(person.first_name, "")} & {key for kind, key in keys_of(details.first_name, "")}
    )
    if alike and not first:
        reasons.append(_("first name alike"))
        score += 2
    elif not (first or last) and theirs & typed:
        reasons.append(_("name alike"))
        score += 1
    birth = _birth(person, details)
    if birth:
        reasons.append(birth[0])
        score += birth[1]
    if details.postcode and person.postcode == details.postcode:
        reasons.append(_("same postcode"))
        score += 1
    # A brother or sister shares the last name and the home; that alone is no match.
    named = first or alike or bool(theirs & typed and not last)
    if (
        number
        or person.pk in in_prison
        or (named and birth)
        or (first and last and details.postcode and person.postcode == details.postcode)
    ):
        return Match(person, tuple(reasons), score)
    return None


def likely_matches(team: Team, details: Details, *, limit: int = MOST_MATCHES) -> list[Match]:
    """Return the team's people whom the details may belong to, likeliest first.

    By NHS number, by date of birth with a name alike, or by name with a date of birth that is nearly the same. A
    person found through a merged record appears as who they are, once.
    """
    parts = [
        NamePart(*(PersonSearchKey.objects.filter(team=team, kind=kind, key=key) for kind, key in sorted(keys)))
        for keys in (keys_of(details.first_name, ""), keys_of(details.last_name, ""))
        if keys
    ]
    of_team = Person.objects.filter(team=team).order_by()
    # Each way has its own index; joined by OR, the whole table would be read.
    ways = [of_team.filter(date_of_birth=details.date_of_birth)]
    if details.nhs_number:
        ways.append(of_team.filter(nhs_number=details.nhs_number))
    in_prison = with_prison_number(team, details.prison_number)
    if in_prison:
        ways.append(of_team.filter(pk__in=in_prison))
    if parts:
        ways.append(of_team.filter(pk__in=people_with_all(parts, MOST_COMPARED)))
    first, *others = (way.values("pk") for way in ways)
    likely = Person.objects.filter(pk__in=first.union(*others))
    people = likely.select_related("merged_into").order_by("pk")[:MOST_COMPARED]
    return _best(people, details, in_prison)[:limit]


def _best(people: Iterable[Person], details: Details, in_prison: Collection[int]) -> list[Match]:
    """Return those of these people whom the details may belong to, each once as who they are, likeliest first."""
    best: dict[int, Match] = {}
    for person in people:
        match = _compare(person, details, in_prison)
        if match is None:
            continue
        root = person.merged_into or person
        if root.pk not in best or best[root.pk].score < match.score:
            best[root.pk] = Match(root, match.why, match.score)
    return sorted(best.values(), key=lambda match: (-match.score, match.person.pk))


@dataclass(frozen=True)
class Answer:
    """Whose some details are: a person for certain, or those whom they may be, likeliest first."""

    person: Person | None
    likely: list[Match]


def match_many(team: Team, many: Sequence[Details]) -> list[Answer]:
    """Return for each of many details what ``automatic_match`` and ``likely_matches`` say, the first before the second.

    For lists: a few queries for each thousand, where those two take several for each person. Somebody whose name is
    alike and whose date of birth is nearly the same is found by the sound of both names.
    """
    rows = _Candidates(team, many)
    answers = []
    for details in many:
        in_prison = rows.in_prison.get(details.prison_number, set()) if details.prison_number else set()
        people = rows.of(details, in_prison)
        person = None
        if not details.date_of_birth_is_approximate:
            born = [
                each
                for each in people
                if each.date_of_birth == details.date_of_birth and not each.date_of_birth_is_approximate
            ]
            person = _only_one(born, details, in_prison)
        answers.append(Answer(person, [] if person is not None else _best(people, details, in_prison)[:MOST_MATCHES]))
    return answers


class _Candidates:
    """The people of a team whom any of many details may belong to, read at once."""

    def __init__(self, team: Team, many: Sequence[Details]) -> None:
        self.in_prison: dict[str, set[int]] = defaultdict(set)
        for numbers in _parts({details.prison_number for details in many if details.prison_number}):
            found = (
                PersonIdentifier.objects.annotate(capitals=Upper("value"))
                .filter(person__team=team, kind=PersonIdentifier.Kind.PRISON_NUMBER, capitals__in=numbers)
                .values_list("capitals", "person_id")
            )
            for number, person in found:
                self.in_prison[number].add(person)
        self.by_key: dict[tuple[str, str], set[int]] = defaultdict(set)
        wanted = {key for details in many for key in keys_of(details.first_name, details.last_name)}
        for kind in PersonSearchKey.Kind.values:
            for keys in _parts({key for each, key in wanted if each == kind}):
                rows = PersonSearchKey.objects.filter(team=team, kind=kind, key__in=keys)
                for key, person in rows.values_list("key", "person_id").iterator():
                    self.by_key[kind, key].add(person)
        of_team = Person.objects.filter(team=team).select_related("merged_into").order_by("pk")
        self.people: dict[int, Person] = {}
        self.born: dict[date, list[int]] = defaultdict(list)
        self.numbered: dict[str, list[int]] = defaultdict(list)
        for days in _parts({details.date_of_birth for details in many}):
            self._keep(of_team.filter(date_of_birth__in=days))
        for numbers in _parts({details.nhs_number for details in many if details.nhs_number}):
            self._keep(of_team.filter(nhs_number__in=numbers))
        named = {person for details in many for person in self._named(details)}.union(*self.in_prison.values())
        for people in _parts(named - set(self.people)):
            self._keep(of_team.filter(pk__in=people))

    def _keep(self, people: Iterable[Person]) -> None:
        for person in people:
            if person.pk not in self.people:
                self.people[person.pk] = person
                self.born[person.date_of_birth].append(person.pk)
                if person.nhs_number:
                    self.numbered[person.nhs_number].append(person.pk)

    def _named(self, details: Details) -> list[int]:
        """Return the keys of those whose first and last name are both alike, at most as many as are ever compared."""
        names = (keys_of(details.first_name, ""), keys_of(details.last_name, ""))
        parts = [set().union(*(self.by_key.get(key, set()) for key in keys)) for keys in names if keys]
        return sorted(set.intersection(*parts))[:MOST_COMPARED] if parts else []

    def of(self, details: Details, in_prison: Collection[int]) -> list[Person]:
        """Return whom the details may belong to, for comparing."""
        keys = {*self.born.get(details.date_of_birth, ()), *self.numbered.get(details.nhs_number, ()), *in_prison}
        keys.update(self._named(details))
        return [self.people[key] for key in sorted(keys)[:MOST_COMPARED] if key in self.people]


Value = TypeVar("Value", str, int, date)


def _parts(values: Collection[Value]) -> list[list[Value]]:
    """Return values in parts that one query can ask for."""
    listed = sorted(values)
    return [listed[start : start + MOST_ASKED] for start in range(0, len(listed), MOST_ASKED)]
