"""Names with a slip of spelling: every spelling one slip away, and whether two words are."""

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
