"""How each language writes dates, lists and numbers, and how what is written the other way round is kept together.

Dates, times, telephone numbers and references have Western digits in every language: they are compared, character by
character, with letters, signs and clocks in England, and Urdu and Arabic readers in this country use them daily.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi

# By style, in the letters of Django's date formats. Source of each order: Unicode's Common Locale Data Repository, the
# full and long dates of the language. E is the month's name as it stands in a date (“marca”), F by itself (“marzec”).
_ENGLISH = {
    "day": "l j F Y",
    "plain": "j F Y",
    "month": "F Y",
    "short": "D j M",
    "brief": "j M",
    "brief_year": "j M Y",
}
_DATES = {
    "pl": _ENGLISH | {"day": "l, j E Y", "plain": "j E Y", "short": "D, j b"},
    "ro": _ENGLISH | {"day": "l, j F Y", "short": "D, j b"},
    "ur": _ENGLISH | {"day": "l، j F Y"},
    "ar": _ENGLISH | {"day": "l، j F Y", "short": "l j F"},
}
# Days and months have small letters there; Django's own catalogues name them as headings.
_SMALL_LETTERS = frozenset({"pl", "ro"})
_COMMAS = {"ur": "، ", "ar": "، "}
_DECIMAL_COMMAS = frozenset({"pl", "ro"})
_24_HOURS = frozenset({"pl", "ro"})

# A stretch whose direction is that of its own first letter, whatever stands around it (Unicode Standard Annex 9).
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
# One that runs from left to right.
_LEFT_TO_RIGHT_ISOLATE = "\u2066"
TAG = re.compile(r"(<[^>]*>)")
# Telephone and NHS numbers; names such as 6-in-1, and references, which would otherwise read “in-1-6”.
_NUMBERS = re.compile(
    r"\+?\d{3,5}(?: \d{3,6}){1,3}"
    r"|(?<![\w%(-])(?=[\w/-]*\d)(?=[\w/-]*[A-Za-z])[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)+",
    re.ASCII,
)


def date_words(on: date, style: str = "plain") -> str:
    """Return a date in the page's language.

    ``style`` is ``day`` for “Saturday 14 March 2026”, ``plain`` for “14 March 2026”, ``month`` for “March 2026”,
    ``short`` for “Sat 14 Mar”, ``brief`` for “14 Mar” or ``brief_year`` for “14 Mar 2026”.
    """
    return _date_words(on, style, get_language())


@lru_cache(maxsize=2000)
def _date_words(on: date, style: str, language: str | None) -> str:
    # Kept, because lists say the same few days again and again; a date’s words depend on nothing else.
    words = date_format(on, _DATES.get(language or "", _ENGLISH)[style])
    return words.lower() if language in _SMALL_LETTERS else words


def counts_24_hours() -> bool:
    """Whether the page's language writes 14:20 and not 2:20pm."""
    return get_language() in _24_HOURS


def with_commas(words: Sequence[str]) -> str:
    """Return the words with the language's comma between them."""
    return _COMMAS.get(get_language() or "", ", ").join(words)


def decimal(number: float) -> str:
    """Return a number with the language's decimal sign and no needless zeros: “2.5”, “2,5”, “12”."""
    text = f"{number:g}"
    return text.replace(".", ",") if get_language() in _DECIMAL_COMMAS else text


def in_language(address: str, code: str) -> str:
    """Return the address, within the site, of the same page in the language ``code``: only what it begins with differs.

    ``address`` is that of a page in the language that is active; its query stays.
    """
    root = get_script_prefix()
    rest = address.removeprefix(root)
    active = get_language()
    if active != settings.LANGUAGE_CODE and rest.partition("?")[0].split("/")[0] == active:
        rest = rest.removeprefix(f"{active}/")
    return f"{root}{rest}" if code == settings.LANGUAGE_CODE else f"{root}{code}/{rest}"


def isolate(words: str) -> str:
    """Return a name, an address or a number so that a page from right to left neither mirrors nor reorders it.

    Elsewhere it is returned as it is. In words that are translated the catalogue has done this already.
    """
    return f"{FIRST_STRONG_ISOLATE}{words}{POP_ISOLATE}" if words and get_language_bidi() else words


def numbers_in_order(words: str) -> str:
    """Return words of a right-to-left language with the numbers, and names with numbers, that stand in them isolated.

    HTML tags are left alone.
    """
    marked = rf"{_LEFT_TO_RIGHT_ISOLATE}\g<0>{POP_ISOLATE}"
    return "".join(part if number % 2 else _NUMBERS.sub(marked, part) for number, part in enumerate(TAG.split(words)))


def unmarked(words: str) -> str:
    """Return words without the marks of ``isolate``, for a program that reads them, such as one that finds a place."""
    return words.replace(FIRST_STRONG_ISOLATE, "").replace(POP_ISOLATE, "")
