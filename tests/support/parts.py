"""A run in parts: each takes its share of the files, and together they take all."""

from collections.abc import Iterable

# Which part this run is, such as "1/2"; empty for the whole.
PART = "TEST_PART"


def files_of_part(files: Iterable[str], part: str) -> set[str]:
    """Return the files that this part runs: every so manieth in order, or all where ``part`` is empty.

    Raises ValueError for what is no part.
    """
    if not part:
        return set(files)
    number, _slash, of = part.partition("/")
    if not 1 <= int(number) <= int(of):
        raise ValueError(f"{part} is no part of a whole")
    return set(sorted(files)[int(number) - 1 :: int(of)])
