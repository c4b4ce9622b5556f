"""Whether the catalogues are what the source asks for, and the languages that are offered are complete."""

from pathlib import Path
from typing import NamedTuple

import polib

from config.languages import OFFERED

from .catalogues import LANGUAGES, Language, compiled, key_of, load, path_of
from .extract import Key, collect
from .faults import faults
from .public import ROOT, public_files


class Count(NamedTuple):
    """How much of a catalogue is translated."""

    all: int
    translated: int
    untranslated: int
    fuzzy: int


def count(catalogue: polib.POFile) -> Count:
    """Count a catalogue's entries; those of words that are gone count for nothing."""
    entries = [entry for entry in catalogue if not entry.obsolete]
    translated = sum(entry.translated() for entry in entries)
    fuzzy = sum(entry.fuzzy for entry in entries)
    return Count(len(entries), translated, len(entries) - translated - fuzzy, fuzzy)


def problems(root: Path = ROOT, offered: tuple[str, ...] = OFFERED) -> list[str]:
    """Return a line for each thing that is wrong with the catalogues; none when all is well."""
    keys = {words.key for words in collect(public_files(root), root)}
    found = []
    for code, language in LANGUAGES.items():
        catalogue = load(code, root)
        found += [f"{code}: {line}" for line in _stale(catalogue, keys)]
        mo = path_of(code, "mo", root)
        if not mo.exists() or mo.read_bytes() != compiled(catalogue, language):
            found.append(f"{code}: what is compiled is not this catalogue: run make words")
        found += [f"{code}: {line}" for line in _wrong(catalogue, language)]
        if code in offered:
            found += [f"{code}: {line}" for line in _incomplete(catalogue)]
    return found


def _stale(catalogue: polib.POFile, keys: set[Key]) -> list[str]:
    has = {key_of(entry) for entry in catalogue if not entry.obsolete}
    lines = [f"not in the catalogue, run make words: {key.id!r}" for key in sorted(keys - has)]
    return lines + [f"no longer in the source, run make words: {key.id!r}" for key in sorted(has - keys)]


def _wrong(catalogue: polib.POFile, language: Language) -> list[str]:
    rule = f"nplurals={len(language.forms)}; plural={language.rule};"
    lines = [] if catalogue.metadata.get("Plural-Forms") == rule else ["counts by another rule, run make words"]
    for entry in catalogue:
        if not entry.obsolete:
            lines += [f"the translation of {entry.msgid!r} {fault}" for fault in faults(entry, language)]
    return lines


def _incomplete(catalogue: polib.POFile) -> list[str]:
    """A language that is offered is complete: half a language is worse than none."""
    entries = [entry for entry in catalogue if not entry.obsolete]
    lines = [f"to be looked at again (fuzzy): {entry.msgid!r}" for entry in entries if entry.fuzzy]
    return lines + [
        f"not translated: {entry.msgid!r}" for entry in entries if not entry.translated() and not entry.fuzzy
    ]
