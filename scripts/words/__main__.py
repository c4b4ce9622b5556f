"""Usage: python -m scripts.words merge | check | count | give FOLDER [LANGUAGE ...] | take FOLDER [LANGUAGE ...]

merge    bring every catalogue up to date with the source and compile it (``make words``)
check    say whether that is done, and whether the languages that are offered are complete (part of ``make check``)
count    say how much of each language is translated
give     write what wants translating into FOLDER/<language>/NN.json, for translators
take     take the translations of those files into the catalogues
"""

import fcntl
import os
import sys
from pathlib import Path

from . import catalogues, chunks
from .checks import count, problems
from .extract import collect
from .public import ROOT, public_files


def merge() -> int:
    """Bring every catalogue up to date with the source."""
    words = collect(public_files(), ROOT)
    for code, language in catalogues.LANGUAGES.items():
        catalogues.save(catalogues.merge(words, catalogues.load(code), language), code)
    return say_count()


def check() -> int:
    """Say what is wrong, and answer 1 where anything is."""
    found = problems()
    for line in found:
        print(line)
    say_count()
    return 1 if found else 0


def say_count() -> int:
    """Say how much of each language is translated."""
    for code, language in catalogues.LANGUAGES.items():
        counted = count(catalogues.load(code))
        print(
            f"{language.english} ({code}): {counted.translated} of {counted.all} translated, "
            f"{counted.untranslated} untranslated, {counted.fuzzy} fuzzy"
        )
    return 0


def give(folder: Path, codes: list[str]) -> int:
    """Write what wants translating."""
    for code in codes:
        files = chunks.give(catalogues.load(code), catalogues.LANGUAGES[code], folder / code)
        print(f"{code}: {files} files in {folder / code}")
    return 0


def take(folder: Path, codes: list[str]) -> int:
    """Take translations in."""
    refused_any = False
    for code in codes:
        catalogue = catalogues.load(code)
        taken, refused = chunks.take(catalogue, catalogues.LANGUAGES[code], folder / code)
        catalogues.save(catalogue, code)
        print(f"{code}: {taken} taken, {len(refused)} refused")
        for line in refused:
            print(f"  {line}")
        refused_any = refused_any or bool(refused)
    say_count()
    return 1 if refused_any else 0


def main(arguments: list[str]) -> int:
    """Do what was asked, alone: two commands at once would each write over what the other has just taken in."""
    folder = os.open(ROOT / "locale", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        return run(arguments)
    finally:
        os.close(folder)


def run(arguments: list[str]) -> int:
    """Do what was asked; 2 and the usage for anything else."""
    match arguments:
        case ["merge"]:
            return merge()
        case ["check"]:
            return check()
        case ["count"]:
            return say_count()
        case ["give" | "take" as what, folder, *codes] if set(codes) <= set(catalogues.LANGUAGES):
            return (give if what == "give" else take)(Path(folder), codes or list(catalogues.LANGUAGES))
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
