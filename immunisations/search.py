"""Find people by what somebody at a desk says: parts of a name however spelt, a date of birth, a number.

Names are kept in rows of their own (``PersonSearchKey``): each part folded to plain small letters, and how each part
sounds, so that both databases find the same people and one index answers a search.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import phonenumbers
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from immunisations.models import Person, PersonIdentifier, PersonSearchKey

# Letters that do not come apart into a plain letter and a mark.
PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
        "ŋ": "n",
        "ə": "e",
    }
)
# Marks written inside one word: O'Brien, N‘Diaye, D’Souza.
APOSTROPHES = re.compile("['’‘`\u00b4\u02bc\u02bb]")
LONGEST_KEY = 60
MOST_WORDS = 6
MOST_RESULTS = 30


def fold(text: str) -> str:
    """Return the text in small letters without accents or apostrophes, every other mark a blank."""
    decomposed = unicodedata.normalize("NFKD", APOSTROPHES.sub("", text))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().translate(PLAIN)
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def name_words(*names: str) -> list[str]:
    """Return the folded words of the names, in order: "Zoë Smith-Jones" gives zoe, smith and jones."""
    return [word[:LONGEST_KEY] for name in names for word in fold(name).split()]


# How letters sound, the first that fits at each place. A name that people spell in many ways (Mohammed, Muhammad;
# Aisha, Ayesha; Yusuf, Yousef) should have one sound; a few strangers with the same sound do no harm.
SOUNDS: tuple[tuple[str, str], ...] = (
    (r"^(kn|gn|pn|mn)", "n"),
    (r"^wr", "r"),
    (r"^ps", "s"),
    (r"^x", "s"),
    (r"^wh", "w"),
    (r"tch|sch|sh|ch|cz|sz|zh", "x"),
    (r"ph", "f"),
    (r"gh(?=t|$)", ""),
    (r"gh", "g"),
    (r"kh|ck|q", "k"),
    (r"dh|th", "t"),
    (r"dge|dgi", "j"),
    (r"c(?=[eiy])", "s"),
    (r"g(?=[eiy])", "j"),
    (r"c", "k"),
    (r"x", "ks"),
    (r"z", "s"),
    (r"v", "f"),
    (r"d", "t"),
)


def sound(word: str) -> str:
    """Return how a folded word sounds, or "" where it is too short or not in Latin letters to say."""
    if not re.fullmatch(r"[a-z]+", word):
        return ""
    text = word
    for pattern, heard in SOUNDS:
        # Capitals are finished: a later rule does not hear them again.
        text = re.sub(pattern, heard.upper(), text)
    text = re.sub(r"(.)\1+", r"\1", text.lower())
    first = "a" if text[:1] in "aeiou" else text[:1]
    heard = first + re.sub(r"[aeiouywh]", "", text[1:])
    return heard[:LONGEST_KEY] if len(heard) > 1 else ""


def keys_of(first_name: str, last_name: str) -> set[tuple[str, str]]:
    """Return the search keys of a name: pairs of kind and key."""
    keys = set()
    for name in (first_name, last_name):
        words = name_words(name)
        # A name of several words is also found when it is typed as one: van der Berg, Smith-Jones, Al Hassan.
        whole = ["".join(words)[:LONGEST_KEY]] if len(words) > 1 else []
        for word in words + whole:
            keys.add((PersonSearchKey.Kind.NAME.value, word))
            heard = sound(word)
            if heard:
                keys.add((PersonSearchKey.Kind.SOUND.value, heard))
    return keys


def write_keys(person: Person) -> None:
    """Make the person's search keys those of their name as it stands."""
    wanted = keys_of(person.first_name, person.last_name)
    person.search_keys.all().delete()
    PersonSearchKey.objects.bulk_create(
        PersonSearchKey(person=person, team_id=person.team_id, kind=kind, key=key) for kind, key in sorted(wanted)
    )


def write_keys_of_new(people: Sequence[Person]) -> None:
    """Make the search keys of people who were added just now, in one go."""
    PersonSearchKey.objects.bulk_create(
        PersonSearchKey(person=each, team_id=each.team_id, kind=kind, key=key)
        for each in people
        for kind, key in sorted(keys_of(each.first_name, each.last_name))
    )


@dataclass(frozen=True)
class Query:
    """What was typed into the search box, sorted into what it can mean."""

    text: str
    words: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    nhs_number: str = ""
    code: str = ""
    postcode: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.facts)

    @property
    def facts(self) -> int:
        """How many different things about somebody were typed: a name in however many words is one."""
        return sum(map(bool, (self.words, self.dates, self.nhs_number, self.code or self.phone, self.postcode)))


MONTH_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, start=1) for name in names}
PHONE = re.compile(r"(?<!\w)(?:\+\d|0)[\d\s()-]{7,}\d(?!\w)", re.ASCII)
DATE = re.compile(r"(?<![\w])(\d{1,2})[\s./-]+(\d{1,2}|[a-z]{3,9})[\s./-]+(\d{4}|\d{2})(?![\w])", re.ASCII)
ISO_DATE = re.compile(r"(?<![\w])(\d{4})-(\d{2})-(\d{2})(?![\w])", re.ASCII)
NHS_NUMBER = re.compile(r"(?<!\w)(\d{3})[\s-]?(\d{3})[\s-]?(\d{4})(?!\w)", re.ASCII)
POSTCODE = re.compile(r"(?<!\w)([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})(?!\w)", re.ASCII)


def _date(day: str, month: str, year: str, today: date) -> date | None:
    """Return the date of three parts as people say them; a year of two digits is the latest that is not to come."""
    number = int(month) if month.isdigit() else MONTHS.get(month)
    if number is None:
        return None
    full = int(year)
    if len(year) == 2:
        century = today.year // 100 * 100
        full = century + int(year) if century + int(year) <= today.year else century - 100 + int(year)
    try:
        return date(full, number, int(day))
    except ValueError:
        return None


def read_query(text: str, *, today: date) -> Query:
    """Sort what was typed into an NHS number, a date of birth, a postcode, a telephone number, a code and words of a
    name, in any order.

    A code is anything else with digits: a booking reference or a local number, such as a prison number.
    """
    rest = unicodedata.normalize("NFKC", text)[:200].casefold()
    nhs_number = postcode = code = ""
    dates: list[date] = []
    for pattern in (ISO_DATE, DATE):
        for found in pattern.finditer(rest):
            parts = found.groups()
            day, month, year = parts if pattern is DATE else reversed(parts)
            value = _date(day, month, year, today)
            if value is not None:
                dates.append(value)
                rest = rest.replace(found.group(0), " ")
    number = NHS_NUMBER.search(rest)
    if number:
        nhs_number = "".join(number.groups())
        rest = rest.replace(number.group(0), " ")
    place = POSTCODE.search(rest)
    if place:
        postcode = f"{place[1]} {place[2]}".upper()
        rest = rest.replace(place.group(0), " ")
    called = PHONE.search(rest)
    phone = _phone(called.group(0)) if called else ""
    if called:
        code = "".join(c for c in called.group(0) if c.isdigit())
        rest = rest.replace(called.group(0), " ")
    words = []
    for part in rest.split():
        if any(c.isdigit() for c in part):
            code = code or "".join(c for c in part if c.isalnum()).upper()
        else:
            words += name_words(part)
    return Query(text, tuple(words[:MOST_WORDS]), tuple(dates), nhs_number, code, postcode, phone)


def _phone(text: str) -> str:
    """Return a telephone number as it is stored, or "" where it is none."""
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@dataclass(frozen=True)
class Found:
    """A person whom a search found, and in words why."""

    person: Person
    why: tuple[str | Promise, ...] = field(default_factory=tuple)


# After every letter there is: what begins with a word lies between the word and the word with this behind it.
LAST_CHARACTER = "\U0010ffff"
# Four words and every way to take two neighbours of them for one are enough for a name.
MOST_NAME_WORDS = 4

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


def _readings(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return every way to read the words, where two neighbours may be one word of a name: al hassan, alhassan."""
    if not words:
        return [()]
    readings = [(words[0], *rest) for rest in _readings(words[1:])]
    if len(words) > 1:
        readings += [(words[0] + words[1], *rest) for rest in _readings(words[2:])]
    return readings


# The letters of the alphabets that people type names in, by ranges: a slip puts in another letter of the same one.
ALPHABETS = (
    ("a", "z"),
    ("\u03b1", "\u03c9"),
    ("\u0430", "\u044f"),
    ("\u05d0", "\u05ea"),
    ("\u0621", "\u064a"),
)
# Of a shorter word nearly every other is one slip away, and a longer one is no name.
SHORTEST_SLIP, LONGEST_SLIP = 4, 24


def spelt_nearly(word: str) -> set[str]:
    """Return every spelling one slip away from a folded word: a letter wrong, missing, too many, or two swapped.

    Bounded: some 60 for each letter of the word, none for a very short or very long one.
    """
    if not SHORTEST_SLIP <= len(word) <= LONGEST_SLIP:
        return set()
    first, last = next((each for each in ALPHABETS if each[0] <= word[0] <= each[1]), ALPHABETS[0])
    letters = [chr(number) for number in range(ord(first), ord(last) + 1)]
    found = {word[:at] + word[at + 1 :] for at in range(len(word))}
    found |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    found |= {word[:at] + letter + word[at + 1 :] for at in range(len(word)) for letter in letters}
    found |= {word[:at] + letter + word[at:] for at in range(len(word) + 1) for letter in letters}
    return found - {word}


def one_slip_apart(word: str, other: str) -> bool:
    """Whether two folded words differ by one letter wrong, missing or too many, or by two neighbours swapped."""
    if not SHORTEST_SLIP <= len(word) <= LONGEST_SLIP or abs(len(word) - len(other)) > 1:
        return False
    same = 0
    while same < min(len(word), len(other)) and word[same] == other[same]:
        same += 1
    rest, its = word[same:], other[same:]
    return (
        rest[1:] == its[1:]
        or rest[1:] == its
        or rest == its[1:]
        or (len(rest) > 1 and rest[:2] == its[:2][::-1] and rest[2:] == its[2:])
    )


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


def _people_named(team: Team, words: tuple[str, ...], most: int, *, slips: bool = False) -> set[int]:
    """Return the keys of people whose name has all the words, spelt or sounding so; of many, the first in order.

    With ``slips`` each word may also be spelt with one slip.
    """
    people: set[int] = set()
    parts: dict[str, NamePart] = {}
    for reading in _readings(words[:MOST_NAME_WORDS]):
        for word in reading:
            if word not in parts:
                ways = [beginning_with(team, word), sounding_like(team, word)]
                if slips and len(word) >= SHORTEST_SLIP:
                    ways.append(spelt_like(team, word))
                parts[word] = NamePart(*ways)
        people |= people_with_all([parts[word] for word in reading], most)
    return people


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
        people = Person.objects.filter(pk__in=[pk for pk, *name in names if _name_fits(query.words, *name)])
        people = people.select_related("merged_into")
    elif query.words:
        # Only what nobody is called, or sounds like, is taken for a slip.
        named = _people_named(team, query.words, limit * 2) or _people_named(team, query.words, limit * 2, slips=True)
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


def _name_fits(words: tuple[str, ...], first_name: str, last_name: str) -> bool:
    readings = _readings(words[:MOST_NAME_WORDS])
    return any(
        sounds_like(reading, first_name, last_name) or slipped(reading, first_name, last_name) for reading in readings
    )


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


def why_named(words: tuple[str, ...], first_name: str, last_name: str) -> str | Promise | None:
    """Return how a name fits the folded words, the closest way first; None where it does not."""
    readings = _readings(words[:MOST_NAME_WORDS])
    for fits, reason in (
        (fits_name, _("name")),
        (sounds_like, _("name sounds alike")),
        (slipped, _("name spelt nearly so")),
    ):
        if any(fits(reading, first_name, last_name) for reading in readings):
            return reason
    return None


def fits_name(words: Iterable[str], first_name: str, last_name: str) -> bool:
    """Whether each of the folded words begins some word of the name as it is spelt."""
    own = [key for kind, key in keys_of(first_name, last_name) if kind == PersonSearchKey.Kind.NAME]
    return all(any(key.startswith(word) for key in own) for word in words)


def sounds_like(words: Iterable[str], first_name: str, last_name: str) -> bool:
    """Whether each of the folded words begins some word of the name, or sounds like one."""
    own = keys_of(first_name, last_name)
    names = [key for kind, key in own if kind == PersonSearchKey.Kind.NAME]
    heard = {key for kind, key in own if kind == PersonSearchKey.Kind.SOUND}
    return all(any(key.startswith(word) for key in names) or (sound(word) in heard) for word in words)


def slipped(words: Iterable[str], first_name: str, last_name: str) -> bool:
    """Whether each of the folded words begins some word of the name, sounds like one, or is one with a slip."""
    own = keys_of(first_name, last_name)
    names = [key for kind, key in own if kind == PersonSearchKey.Kind.NAME]
    heard = {key for kind, key in own if kind == PersonSearchKey.Kind.SOUND}
    return all(
        any(key.startswith(word) or one_slip_apart(word, key) for key in names) or (sound(word) in heard)
        for word in words
    )
