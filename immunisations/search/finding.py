"""Finding a team's people who fit everything that was typed, best first, and saying why."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from immunisations.models import Person, PersonIdentifier
from immunisations.search.fitting import fits_somehow, why_named
from immunisations.search.names import name_words
from immunisations.search.parts import people_named
from immunisations.search.typed import Query

MOST_RESULTS = 30


@dataclass(frozen=True)
class Found:
    """A person whom a search found, and in words why."""

    person: Person
    why: tuple[str | Promise, ...] = field(default_factory=tuple)


def search_people(team: Team, query: Query, *, limit: int = MOST_RESULTS) -> list[Found]:
    """Return the team's people who fit everything in the query, best first, each person once.

    Somebody found through a record that was merged into another appears as the person they are.
    """
    if not query:
        return []
    people = Person.objects.filter(team=team).select_related("merged_into")
    if query.dates:
        people = people.filter(date_of_birth__in=query.dates)
    if query.nhs_number:
        people = people.filter(nhs_number=query.nhs_number)
    if query.postcode:
        people = people.filter(postcode=query.postcode)
    if query.code:
        own = PersonIdentifier.objects.filter(person__team=team, value__iexact=query.code).values("person")
        people = people.filter(Q(phone=query.phone) | Q(pk__in=own)) if query.phone else people.filter(pk__in=own)
    narrowed = query.dates or query.nhs_number or query.postcode or query.code
    if query.words and narrowed:
        # Few have that number, day or home: their names are read rather than everybody's of that name.
        names = people.order_by().values_list("pk", "first_name", "last_name")
        people = Person.objects.filter(pk__in=[pk for pk, *name in names if fits_somehow(query.words, *name)])
        people = people.select_related("merged_into")
    elif query.words:
        # Only what nobody is called, or sounds like, is taken for a slip.
        named = people_named(team, query.words, limit * 2) or people_named(team, query.words, limit * 2, slips=True)
        people = people.filter(pk__in=named)
    rows = list(people.order_by("last_name", "first_name", "pk")[: limit * 2])
    found: dict[int, Found] = {}
    for row in rows:
        found.setdefault(row.root_id, Found(row.merged_into or row, why(row, query)))
    exact = set(query.words)
    return sorted(
        found.values(),
        key=lambda each: len(exact - set(name_words(each.person.first_name, each.person.last_name))),
    )[:limit]


def why(person: Person, query: Query) -> tuple[str | Promise, ...]:
    """Return why a person was found, in words."""
    reasons: list[str | Promise] = []
    if query.nhs_number:
        reasons.append(_("NHS number"))
    if query.phone and person.phone == query.phone:
        reasons.append(_("phone"))
    elif query.code:
        reasons.append(_("number"))
    if query.dates:
        reasons.append(_("date of birth"))
    if query.postcode:
        reasons.append(_("postcode"))
    if query.words:
        reasons.append(why_named(query.words, person.first_name, person.last_name) or _("name"))
    if person.merged_into_id:
        reasons.append(_("a record merged with theirs"))
    return tuple(reasons)
