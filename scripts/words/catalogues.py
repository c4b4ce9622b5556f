"""The catalogues: one a language, in the files that every translator's tools read."""

import copy
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import polib

from nhsuk.language import FIRST_STRONG_ISOLATE, POP_ISOLATE, TAG, numbers_in_order

from .extract import Key, Words
from .public import ROOT

SERVICE = "Pop-up vaccination clinics"


class Language(NamedTuple):
    """A language of the catalogues.

    ``forms`` are its plural forms in order, by their names in Unicode's plural rules, each with numbers that take it;
    ``rule`` is the same as gettext's expression. Counts here are whole numbers.
    """

    code: str
    english: str
    forms: dict[str, str]
    rule: str
    rtl: bool = False


LANGUAGES = {
    language.code: language
    for language in (
        Language(
            "pl",
            "Polish",
            {"one": "1", "few": "2 to 4, 22 to 24", "many": "0, 5 to 21, 25"},
            "(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)",
        ),
        Language(
            "ro",
            "Romanian",
            {"one": "1", "few": "0, 2 to 19, 101 to 119", "other": "20 to 100"},
            "(n==1 ? 0 : n==0 || (n%100>0 && n%100<20) ? 1 : 2)",
        ),
        Language("ur", "Urdu", {"one": "1", "other": "0, 2, 3 and more"}, "(n != 1)", rtl=True),
        Language(
            "ar",
            "Arabic",
            {"zero": "0", "one": "1", "two": "2", "few": "3 to 10", "many": "11 to 99", "other": "100 to 102"},
            "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)",
            rtl=True,
        ),
    )
}


def path_of(code: str, suffix: str = "po", root: Path = ROOT) -> Path:
    """Return where a language's catalogue (``po``), or what is compiled from it (``mo``), stands."""
    return root / "locale" / code / "LC_MESSAGES" / f"django.{suffix}"


def load(code: str, root: Path = ROOT) -> polib.POFile:
    """Return a language's catalogue; an empty one where there is none yet."""
    path = path_of(code, root=root)
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)


def key_of(entry: polib.POEntry) -> Key:
    """Return what an entry is known by."""
    return Key(entry.msgctxt or "", entry.msgid, entry.msgid_plural)


def merge(words: Iterable[Words], old: polib.POFile, language: Language) -> polib.POFile:
    """Return the catalogue of ``words`` with what ``old`` has translated.

    Translations of words that are gone are kept at the end, marked obsolete, and come back with their words. Nothing
    is guessed from words that look alike.
    """
    known = {key_of(entry): entry for entry in old}
    new = polib.POFile(wrapwidth=0)
    new.metadata = _header(language, old)
    for one in words:
        before = known.pop(one.key, None)
        new.append(_entry(one, before, language))
    for entry in known.values():
        if entry.translated() or entry.fuzzy:
            entry.obsolete, entry.occurrences, entry.comment = True, [], ""
            new.append(entry)
    return new


def _entry(words: Words, before: polib.POEntry | None, language: Language) -> polib.POEntry:
    key = words.key
    entry = polib.POEntry(
        msgid=key.id,
        msgctxt=key.context or None,
        comment="\n".join(words.comments),
        occurrences=[(name, "") for name in words.files],
        flags=["python-format"] if "%(" in key.id + key.plural else [],
    )
    if before is not None:
        entry.flags += [flag for flag in before.flags if flag not in entry.flags and flag == "fuzzy"]
        entry.tcomment = before.tcomment
    if key.plural:
        entry.msgid_plural = key.plural
        kept = before.msgstr_plural if before is not None else {}
        entry.msgstr_plural = {number: kept.get(number, "") for number in range(len(language.forms))}
    elif before is not None:
        entry.msgstr = before.msgstr
    return entry


def _header(language: Language, old: polib.POFile) -> dict[str, str]:
    """Return a header that changes only when a person changes it: no dates of the machine's."""
    return {
        "Project-Id-Version": SERVICE,
        "Language": language.code,
        "Language-Team": language.english,
        "Last-Translator": old.metadata.get("Last-Translator", ""),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": f"nplurals={len(language.forms)}; plural={language.rule};",
    }


def save(catalogue: polib.POFile, code: str, root: Path = ROOT) -> None:
    """Write a catalogue and what is compiled from it."""
    path = path_of(code, root=root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(catalogue) + "\n", encoding="utf-8")
    path_of(code, "mo", root).write_bytes(compiled(catalogue, LANGUAGES[code]))


def compiled(catalogue: polib.POFile, language: Language) -> bytes:
    """Return the compiled form: the same bytes for the same catalogue. What is fuzzy or incomplete is left out.

    In a language from right to left what a sentence leaves room for, and numbers and names with numbers that stand
    in it, are isolated: otherwise the parts of “07700 900 982” would be shown in the opposite order.
    """
    if not language.rtl:
        return bytes(catalogue.to_binary())
    shown = copy.deepcopy(catalogue)
    for entry in shown:
        entry.msgstr = isolated(entry.msgstr)
        entry.msgstr_plural = {number: isolated(words) for number, words in entry.msgstr_plural.items()}
    return bytes(shown.to_binary())


_ROOM = re.compile(r"%\((?!link\b|url\b)\w+\)s")


def isolated(words: str) -> str:
    """Return a translation with its placeholders and numbers isolated; addresses and HTML tags are left alone."""
    parts = TAG.split(words)
    shown = (
        part if number % 2 else _ROOM.sub(rf"{FIRST_STRONG_ISOLATE}\g<0>{POP_ISOLATE}", part)
        for number, part in enumerate(parts)
    )
    return numbers_in_order("".join(shown))
