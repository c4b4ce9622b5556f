"""A language in which every public word is translated, into nonsense: what still reads as English bypasses gettext."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from gettext import GNUTranslations
from html.parser import HTMLParser
from typing import Any

import polib
import pytest
from django.utils.translation import trans_real

from nhsuk import frame
from scripts.words.catalogues import LANGUAGES, compiled, merge
from scripts.words.extract import collect
from scripts.words.public import ROOT, public_files

# What a translation may not change, and what it changes here: every other letter becomes an Arabic one.
KEPT = re.compile(r"(%\(\w+\)[sd]|%\{\w+\}|<[^>]*>|&\w+;|%%)")
LETTER = re.compile(r"[A-Za-z]")
# From a first strong isolate to its end: a name, an address or a number, which no translator touches.
ISOLATED = re.compile("[\u2066\u2068][^\u2066-\u2069]*\u2069")


def nonsense(words: str) -> str:
    """Return words without a Latin letter, with room for the same things."""
    parts = KEPT.split(words)
    return "".join(part if number % 2 else LETTER.sub("ب", part) for number, part in enumerate(parts))


@cache
def _catalogue_of_nonsense(code: str) -> bytes:
    language = LANGUAGES[code]
    catalogue = merge(collect(public_files(), ROOT), polib.POFile(), language)
    for entry in catalogue:
        entry.msgstr = nonsense(entry.msgid) if not entry.msgid_plural else ""
        entry.msgstr_plural = {number: nonsense(entry.msgid_plural) for number in entry.msgstr_plural}
    return compiled(catalogue, language)


@contextmanager
def translated_into_nonsense(code: str) -> Iterator[None]:
    """Have the language ``code`` say every public word in nonsense, compiled as its catalogue is."""
    read = GNUTranslations(io.BytesIO(_catalogue_of_nonsense(code)))
    translation: Any = trans_real.DjangoTranslation(code)
    translation._catalog._catalogs.insert(0, read._catalog)  # type: ignore[attr-defined]
    translation._catalog._plurals.insert(0, read.plural)  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        kept: Any = trans_real
        patch.setitem(kept._translations, code, translation)
        forget()
        yield
    forget()


def forget() -> None:
    """Forget every part of a page that is kept for a language."""
    from clinics import cards

    frame.forget()
    cards._render.cache_clear()


class _Read(HTMLParser):
    """Collects what a page says: its text and the attributes that are read aloud or shown."""

    SPOKEN = ("alt", "aria-label", "title", "placeholder", "content")
    SILENT = ("bdi", "script", "style", "svg")
    VOID = ("br", "hr", "img", "input", "link", "meta", "wbr")

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        # Of each open element, whether what it says is to be left out.
        self.open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        left_out = tag in self.SILENT or ("lang" in has and tag != "html") or has.get("translate") == "no"
        # Telephone numbers and references: the stylesheet keeps them in order.
        left_out = left_out or "nhsuk-u-nowrap" in has.get("class", "")
        if not left_out and not any(self.open) and tag != "meta":
            self.said += [has[name] for name in self.SPOKEN if has.get(name)]
        if tag == "title":
            self.said.append("")
        if tag not in self.VOID:
            self.open.append(left_out)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open) and data.strip():
            self.said.append(" ".join(data.split()))


def still_english(html: str) -> list[str]:
    """Return what a page in nonsense says in Latin letters, but for what is isolated or marked as another language."""
    reader = _Read()
    reader.feed(html)
    return [said for said in reader.said if LETTER.search(_without_isolated(said))]


def _without_isolated(words: str) -> str:
    """Return words without what is isolated in them, one within another too."""
    while words != (less := ISOLATED.sub("", words)):
        words = less
    return words
