"""The search keys of a name: what they are, and writing them beside a person."""

from collections.abc import Sequence

from immunisations.models import Person, PersonSearchKey
from immunisations.search.names import LONGEST_KEY, name_words, sound


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
