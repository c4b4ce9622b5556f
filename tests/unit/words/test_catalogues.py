"""Catalogues follow the source without losing a translation, and what is wrong with one is said."""

import json
from pathlib import Path

import polib
import pytest

from scripts.words import checks
from scripts.words.catalogues import LANGUAGES, compiled, isolated, load, merge, path_of, save
from scripts.words.chunks import give, take
from scripts.words.extract import Key, Words
from scripts.words.faults import faults

POLISH, ARABIC = LANGUAGES["pl"], LANGUAGES["ar"]
CHILDREN = Key("", "%(number)s child", "%(number)s children")


def entry(id: str, translation: str = "", **more: object) -> polib.POEntry:
    return polib.POEntry(msgid=id, msgstr=translation, **more)


def words(*ids: str) -> list[Words]:
    return [Words(Key("", id, ""), ["a.html"]) for id in ids]


def test_a_translation_stays_with_its_words_and_comes_back_with_them() -> None:
    first = merge(words("One", "Two"), polib.POFile(), POLISH)
    first.find("One").msgstr = "Jeden"
    without = merge(words("Two", "Three"), first, POLISH)
    assert [(each.msgid, each.obsolete) for each in without] == [("Two", False), ("Three", False), ("One", True)]
    again = merge(words("One"), without, POLISH)
    assert (again.find("One").msgstr, again.find("One").obsolete) == ("Jeden", False)


def test_nothing_is_guessed_from_words_that_look_alike() -> None:
    first = merge(words("Enter your name"), polib.POFile(), POLISH)
    first.find("Enter your name").msgstr = "Wpisz"
    assert not merge(words("Enter your names"), first, POLISH).find("Enter your names").translated()


def test_every_language_has_its_plural_forms() -> None:
    for language in LANGUAGES.values():
        (made,) = merge([Words(CHILDREN)], polib.POFile(), language)
        assert set(made.msgstr_plural) == set(range(len(language.forms)))
    assert [len(language.forms) for language in LANGUAGES.values()] == [3, 3, 2, 6]


@pytest.mark.parametrize(
    ("english", "translation", "wrong"),
    [
        ("Dear %(name)s", "%(name)s", []),
        ("Dear %(name)s", "Drogi", ["lacks %(name)s"]),
        ("Dear", "Drogi %(name)s", ["has %(name)s, the English does not"]),
        ("%{count} left", "zostało", ["lacks %{count}"]),
        ("%(a)s", "%(a)s 5%", ["has a % that is no placeholder: write %%"]),
        ('<a href="%(url)s">See</a>', '<a href="%(url)s">Zobacz</a>', []),
        ("<b>See</b>", "Zobacz", ["has other HTML tags than the English"]),
        ("One ", "Jeden", ["begins or ends with other white space than the English"]),
        ("One", " ", ["is blank"]),
    ],
)
def test_what_a_machine_sees_wrong_is_said(english: str, translation: str, wrong: list[str]) -> None:
    assert faults(entry(english, translation), POLISH) == wrong


def test_a_plural_needs_every_form_and_may_say_the_number_in_a_word() -> None:
    (made,) = merge([Words(CHILDREN)], polib.POFile(), POLISH)
    assert not faults(made, POLISH)
    made.msgstr_plural = {0: "jedno dziecko", 1: "%(number)s dzieci", 2: ""}
    assert faults(made, POLISH) == ["lacks plural forms"]
    made.msgstr_plural[2] = "%(number)s dzieci"
    assert not faults(made, POLISH)


def test_translators_get_what_is_missing_in_files_and_what_they_fill_is_taken(tmp_path: Path) -> None:
    catalogue = merge([*words("One", "Two", "Three %(n)s"), Words(CHILDREN)], polib.POFile(), POLISH)
    catalogue.find("One").msgstr = "Jeden"
    assert give(catalogue, POLISH, tmp_path, size=2) == 2
    first, second = (json.loads((tmp_path / name).read_text()) for name in ("01.json", "02.json"))
    assert [row["id"] for row in first + second] == ["Two", "Three %(n)s", "%(number)s child"]
    assert second[0]["translation"] == {"one": "", "few": "", "many": ""}
    first[0]["translation"], first[1]["translation"] = "Dwa", "Trzy"
    second[0]["translation"] = {"one": "dziecko", "few": "%(number)s dzieci", "many": "%(number)s dzieci"}
    for name, rows in (("01.json", first), ("02.json", [*second, {"id": "Gone", "translation": "Nie ma"}])):
        (tmp_path / name).write_text(json.dumps(rows))
    taken, refused = take(catalogue, POLISH, tmp_path)
    assert taken == 2
    assert refused == ["01.json: 'Three %(n)s' lacks %(n)s", "02.json: 'Gone' is no longer in the source"]
    assert catalogue.find("Two").msgstr == "Dwa"
    assert not catalogue.find("Three %(n)s").msgstr
    assert catalogue.find("%(number)s child").msgstr_plural[0] == "dziecko"


def test_names_and_telephone_numbers_are_isolated_where_words_run_from_right_to_left() -> None:
    shown = isolated('هاتف <a href="%(url)s">%(name)s</a> 07700 900 982 في 27 3 2020 %(link)s')
    assert shown == ('هاتف <a href="%(url)s">\u2068%(name)s\u2069</a> \u206607700 900 982\u2069 في 27 3 2020 %(link)s')
    assert isolated("لقاح 6-in-1 أو Hib/MenC") == "لقاح \u20666-in-1\u2069 أو Hib/MenC"
    catalogue = merge(words("%(name)s"), polib.POFile(), ARABIC)
    catalogue.find("%(name)s").msgstr = "%(name)s"
    assert "\u2068".encode() in compiled(catalogue, ARABIC)
    assert "\u2068".encode() not in compiled(catalogue, POLISH)


def test_the_check_sees_what_is_stale_not_compiled_or_missing_in_an_offered_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "LANGUAGES", {"pl": POLISH})
    page = tmp_path / "templates" / "public" / "a.html"
    page.parent.mkdir(parents=True)
    page.write_text('{% translate "One" %}{% translate "Two" %}')
    save(merge(words("One", "Old"), polib.POFile(), POLISH), "pl", tmp_path)
    assert checks.problems(tmp_path, ("en-gb",)) == [
        "pl: not in the catalogue, run make words: 'Two'",
        "pl: no longer in the source, run make words: 'Old'",
    ]
    save(merge(words("One", "Two"), polib.POFile(), POLISH), "pl", tmp_path)
    assert not checks.problems(tmp_path, ("en-gb",))
    catalogue = load("pl", tmp_path)
    catalogue.find("One").msgstr = "Jeden"
    catalogue.find("One").flags.append("fuzzy")
    path_of("pl", root=tmp_path).write_text(str(catalogue))
    assert checks.problems(tmp_path, ("en-gb", "pl")) == [
        "pl: to be looked at again (fuzzy): 'One'",
        "pl: not translated: 'Two'",
    ]
    catalogue.find("One").flags.remove("fuzzy")
    path_of("pl", root=tmp_path).write_text(str(catalogue))
    assert checks.problems(tmp_path, ()) == ["pl: what is compiled is not this catalogue: run make words"]
