"""What is different between two texts of a guide, for people to read."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from clinics.guides.files import FIELDS, GuideText
from clinics.words import plain_date

SAME, REMOVED, ADDED, LEFT_OUT = "same", "removed", "added", "left_out"
NAMES: dict[str, str | Promise] = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("In one sentence"),
    "body": gettext_lazy("Text"),
    "source": gettext_lazy("Source"),
    "reviewed_on": gettext_lazy("Last reviewed"),
    "review_by": gettext_lazy("Next review due"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the text that differs: its name, and its lines with what became of each."""

    name: str
    lines: tuple[tuple[str, str], ...]


def changes(before: GuideText, after: GuideText) -> list[Change]:
    """Return the parts that differ, in the order of the form."""
    found = []
    for field in FIELDS:
        old, new = (_words(getattr(text, field)) for text in (before, after))
        if old != new:
            found.append(Change(str(NAMES[field]), tuple(_lines(old.splitlines(), new.splitlines()))))
    return found


def _words(value: Any) -> str:
    return value if isinstance(value, str) else plain_date(value)


def _lines(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the lines that differ with one line around them; in place of the rest, that something was left out."""
    end = 0
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(1):
        if group[0][1] > end:
            yield LEFT_OUT, ""
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                yield from ((SAME, line) for line in old[old_from:old_to])
            else:
                yield from ((REMOVED, line) for line in old[old_from:old_to] if line.strip())
                yield from ((ADDED, line) for line in new[new_from:new_to] if line.strip())
        end = group[-1][2]
    if end < len(old):
        yield LEFT_OUT, ""
