"""Hand the words that want translating to people in small files, and take them back."""

import json
from pathlib import Path
from typing import Any

import polib

from .catalogues import Language, key_of
from .extract import Key
from .faults import faults

SIZE = 80


def give(catalogue: polib.POFile, language: Language, folder: Path, size: int = SIZE) -> int:
    """Write what is not translated yet into ``folder`` as 01.json, 02.json, ... and return how many files it took."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_row(entry, language) for entry in catalogue if not entry.obsolete and not entry.translated()]
    files = [rows[start : start + size] for start in range(0, len(rows), size)]
    for number, part in enumerate(files, start=1):
        text = json.dumps(part, ensure_ascii=False, indent=1) + "\n"
        (folder / f"{number:02}.json").write_text(text, encoding="utf-8")
    return len(files)


def _row(entry: polib.POEntry, language: Language) -> dict[str, Any]:
    row: dict[str, Any] = {"id": entry.msgid}
    if entry.msgid_plural:
        row["plural"] = entry.msgid_plural
    if entry.msgctxt:
        row["context"] = entry.msgctxt
    if entry.comment:
        row["comment"] = entry.comment
    row["where"] = [name for name, _line in entry.occurrences]
    if entry.msgid_plural:
        row["numbers"] = language.forms
        row["translation"] = {name: entry.msgstr_plural.get(at, "") for at, name in enumerate(language.forms)}
    else:
        row["translation"] = entry.msgstr
    return row


def take(catalogue: polib.POFile, language: Language, folder: Path) -> tuple[int, list[str]]:
    """Take the translations of the files in ``folder`` into the catalogue.

    Returns how many were taken, and a line for each that was not, with the reason. What is left empty is left alone.
    """
    entries = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    taken, refused = 0, []
    for path in sorted(folder.glob("*.json")):
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            refused.append(f"{path}: cannot be read: {error}")
            continue
        for row in rows:
            translation = row.get("translation")
            if not translation or (isinstance(translation, dict) and not any(translation.values())):
                continue
            where = f"{path.name}: {row['id'][:70]!r}"
            entry = entries.get(Key(row.get("context", ""), row["id"], row.get("plural", "")))
            if entry is None:
                refused.append(f"{where} is no longer in the source")
                continue
            wrong = _put(entry, translation, language)
            if wrong:
                refused.append(f"{where} {'; '.join(wrong)}")
            else:
                taken += 1
    return taken, refused


def _put(entry: polib.POEntry, translation: object, language: Language) -> list[str]:
    """Set an entry's translation, or return what is wrong with it and leave the entry as it was."""
    before = entry.msgstr, dict(entry.msgstr_plural)
    if entry.msgid_plural:
        if not isinstance(translation, dict) or set(translation) != set(language.forms):
            return [f"needs the forms {', '.join(language.forms)}"]
        entry.msgstr_plural = {at: translation[name].strip() for at, name in enumerate(language.forms)}
    else:
        if not isinstance(translation, str):
            return ["needs one translation"]
        entry.msgstr = _spaced_like(entry.msgid, translation)
    wrong = faults(entry, language)
    if wrong:
        entry.msgstr, entry.msgstr_plural = before
    elif entry.fuzzy:
        entry.flags.remove("fuzzy")
    return wrong


def _spaced_like(english: str, translation: str) -> str:
    """Return the translation with the white space around it that the English has."""
    body = english.strip()
    before, _body, after = english.partition(body)
    return before + translation.strip() + after
