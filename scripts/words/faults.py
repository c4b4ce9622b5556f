"""What is wrong with a translation, as far as a machine can tell."""

import re
from collections import Counter

import polib

from .catalogues import Language

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%\{(\w+)\}")
_TAG = re.compile(r"</?[a-z][^>]*>")
# What a plural form may say in a word: “one child”, “two children”.
COUNTS = {"%(number)s", "%(count)s", "%(counter)s", "%(people)s"}
_STRAY = re.compile(r"%(?!\(\w+\)[sd]|%|\{\w+\})")


def placeholders(words: str) -> set[str]:
    """Return the names that ``words`` leaves room for."""
    return {match[0] for match in _PLACEHOLDER.finditer(words)}


def faults(entry: polib.POEntry, language: Language) -> list[str]:
    """Return what is wrong with an entry's translation; nothing for one that has none.

    Placeholders must be those of the English; a plural form may leave out the number itself, which its words can say.
    """
    if not entry.msgid_plural:
        return _compare(entry.msgstr, entry.msgid, placeholders(entry.msgid)) if entry.msgstr else []
    wanted = range(len(language.forms))
    forms = [entry.msgstr_plural.get(number, "") for number in wanted]
    wrong = [] if set(entry.msgstr_plural) == set(wanted) else ["has other plural forms than its language"]
    if any(forms) and not all(forms):
        wrong.append("lacks plural forms")
    must = placeholders(entry.msgid) & placeholders(entry.msgid_plural)
    for form in filter(None, forms):
        wrong += _compare(form, entry.msgid_plural, must - COUNTS)
    return wrong


def _compare(words: str, english: str, must: set[str]) -> list[str]:
    has, may = placeholders(words), placeholders(english)
    wrong = [f"lacks {name}" for name in sorted(must - has)]
    wrong += [f"has {name}, the English does not" for name in sorted(has - may)]
    if "%(" in english and _STRAY.search(words):
        wrong.append("has a % that is no placeholder: write %%")
    if Counter(_TAG.findall(words)) != Counter(_TAG.findall(english)):
        wrong.append("has other HTML tags than the English")
    if not words.strip():
        wrong.append("is blank")
    elif _edges(words) != _edges(english):
        wrong.append("begins or ends with other white space than the English")
    return wrong


def _edges(words: str) -> tuple[bool, bool]:
    """Return whether words begin, and end, with white space."""
    return words[:1].isspace(), words[-1:].isspace()
