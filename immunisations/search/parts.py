"""The people who have a part of a name, or every part of one, found through the index of search keys."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import models

from accounts.models import Team
from immunisations.models import PersonSearchKey
from immunisations.search.fitting import MOST_NAME_WORDS, readings_of
from immunisations.search.names import sound
from immunisations.search.slips import SHORTEST_SLIP, spelt_nearly

# After every letter there is: what begins with a word lies between the word and the word with this behind it.
LAST_CHARACTER = "\U0010ffff"
Keys = models.QuerySet[PersonSearchKey]


def beginning_with(team: Team, word: str) -> Keys:
    """Return the parts of names that begin with a folded word, in the order of their letters: itself first."""
    return PersonSearchKey.objects.filter(
        team=team, kind=PersonSearchKey.Kind.NAME, key__gte=word, key__lt=word + LAST_CHARACTER
    ).order_by("key", "person")


def sounding_like(team: Team, word: str) -> Keys:
    """Return the parts of names that sound like a folded word."""
    heard = sound(word)
    # Nobody's key is empty: a word that has no sound finds nobody by it.
    return PersonSearchKey.objects.filter(team=team, kind=PersonSearchKey.Kind.SOUND, key=heard).order_by("person")


def spelt_like(team: Team, word: str) -> Keys:
    """Return the parts of names that are one slip away from a folded word."""
    return PersonSearchKey.objects.filter(
        team=team, kind=PersonSearchKey.Kind.NAME, key__in=sorted(spelt_nearly(word))
    ).order_by("key", "person")


class NamePart:
    """A part of a name that people are looked for by, and each way in which a search key can fit it."""

    # Of a part that more people have, no list is made.
    FEW = 200

    def __init__(self, *ways: Keys) -> None:
        self.ways = ways

    def everybody(self) -> Any:
        """Return the keys of the people who have it, for use within a query."""
        first, *others = (way.order_by().values("person") for way in self.ways)
        return first.union(*others, all=True) if others else first

    @cached_property
    def few(self) -> frozenset[int] | None:
        """The keys of the people who have it, or None where they are many."""
        entries = [entry["person"] for entry in self.everybody()[: self.FEW]]
        return frozenset(entries) if len(entries) < self.FEW else None


def people_with_all(parts: Sequence[NamePart], most: int) -> set[int]:
    """Return the keys of people who have every part of a name; where that is many, not all of them.

    What this costs depends on how rare the rarest part is, not on how many people there are: only those who have it
    are asked about the others. Where every part is frequent, entries of the index alone are compared.
    """
    rare = [part.few for part in parts if part.few is not None]
    frequent = [part for part in parts if part.few is None]
    if rare:
        people = set(frozenset.intersection(*rare))
        for part in frequent:
            if people:
                entries = (way.order_by().filter(person__in=people) for way in part.ways)
                people = {person for each in entries for person in each.values_list("person", flat=True)}
        return people
    people = set()
    first, *others = frequent
    for way in first.ways:
        for part in others:
            way = way.filter(person__in=part.everybody())
        people.update(way.values_list("person", flat=True)[:most])
    return people


def people_named(team: Team, words: tuple[str, ...], most: int, *, slips: bool = False) -> set[int]:
    """Return the keys of people whose name has all the words, spelt or sounding so; of many, the first in order.

    With ``slips`` each word may also be spelt with one slip.
    """
    people: set[int] = set()
    parts: dict[str, NamePart] = {}
    for reading in readings_of(words[:MOST_NAME_WORDS]):
        for word in reading:
            if word not in parts:
                ways = [beginning_with(team, word), sounding_like(team, word)]
                if slips and len(word) >= SHORTEST_SLIP:
                    ways.append(spelt_like(team, word))
                parts[word] = NamePart(*ways)
        people |= people_with_all([parts[word] for word in reading], most)
    return people
