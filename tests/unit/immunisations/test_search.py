"""Reading what was typed, and hearing how names sound."""

from datetime import date

import pytest

from immunisations.search import LONGEST_KEY, fits_name, fold, keys_of, name_words, read_query, sound, sounds_like

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Zoë", "zoe"),
        ("O’Brien", "obrien"),
        ("O'BRIEN", "obrien"),
        ("Smith-Jones", "smith jones"),
        ("Ziółkowska", "ziolkowska"),
        ("Đorđević", "dordevic"),
        ("Çağla I\u015f\u0131k", "cagla isik"),
        ("Weiß", "weiss"),
        ("  van   der Berg ", "van der berg"),
        ("محمد", "محمد"),
        ("\u202emalware\u202c", "malware"),
        ("", ""),
        ("😀", ""),
    ],
)
def test_a_name_is_folded_to_plain_words(typed, folded):
    assert fold(typed) == folded


@pytest.mark.parametrize(
    "spellings",
    [
        "mohammed muhammad mohamed mohammad",
        "aisha ayesha aysha",
        "yusuf yousef youssef",
        "hussein husain hussain",
        "khan kahn",
        "katherine catherine kathryn",
        "smith smyth",
        "philip filip",
        "zainab zaynab",
        "stephen steven",
        "szymon shimon",
    ],
)
def test_spellings_of_one_name_sound_alike(spellings):
    assert len({sound(word) for word in spellings.split()}) == 1


def test_what_has_no_latin_letters_or_hardly_any_has_no_sound():
    assert sound("محمد") == sound("lee") == sound("") == sound("a1") == ""


def test_different_names_sound_different():
    assert len({sound(word) for word in ["khan", "price", "nowak", "popescu", "hart", "adeyemi"]}) == 6


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("14 3 20", date(2020, 3, 14)),
        ("14/03/2020", date(2020, 3, 14)),
        ("14.3.2020", date(2020, 3, 14)),
        ("2020-03-14", date(2020, 3, 14)),
        ("14 mar 2020", date(2020, 3, 14)),
        ("14 March 2020", date(2020, 3, 14)),
        ("14032020", date(2020, 3, 14)),
        ("1 2 27", date(1927, 2, 1)),
    ],
)
def test_a_date_is_read_as_people_say_it(typed, born):
    assert read_query(typed, today=TODAY).dates == (born,)


def test_a_query_is_sorted_in_any_order():
    query = read_query("14 3 20 Khan 999 000 0018 wr11 4bs", today=TODAY)
    assert (query.words, query.dates, query.nhs_number, query.postcode) == (
        ("khan",),
        (date(2020, 3, 14),),
        "9990000018",
        "WR11 4BS",
    )


def test_what_else_has_digits_is_a_code():
    assert read_query("a1234bc", today=TODAY).code == "A1234BC"
    assert read_query("07700 900 982", today=TODAY).code == "07700900982"


@pytest.mark.parametrize("typed", ["31022020", "22112026", "14032120", "140320", "014032020"])
def test_digits_that_are_no_day_of_birth_are_a_number(typed):
    query = read_query(typed, today=TODAY)
    assert (query.dates, query.code) == ((), typed)


def test_the_end_of_a_telephone_number_is_no_date():
    query = read_query("020 31121990", today=TODAY)
    assert (query.dates, query.code) == ((), "02031121990")


@pytest.mark.parametrize("typed", ["", "   ", "😀", "31 2 20", "\u200f"])
def test_what_says_nothing_finds_nothing(typed):
    query = read_query(typed, today=TODAY)
    assert not query.dates and not query.words


def test_a_huge_query_is_cut_and_has_at_most_six_words():
    assert len(read_query("name " * 1000, today=TODAY).words) == 6


def test_keys_are_never_longer_than_their_column():
    assert max(len(key) for _kind, key in keys_of("x" * 100, "y" * 100 + " " + "z" * 100)) <= LONGEST_KEY


def test_a_name_of_several_words_is_found_as_one():
    assert ("name", "vanderberg") in keys_of("Anna", "van der Berg")
    assert fits_name(name_words("alhassan"), "Omar", "Al Hassan")


def test_a_beginning_fits_and_a_sound_is_told_from_a_spelling():
    assert fits_name(["kha", "am"], "Amina", "Khan")
    assert not fits_name(["kahn"], "Amina", "Khan")
    assert sounds_like(["kahn"], "Amina", "Khan")
    assert not sounds_like(["price"], "Amina", "Khan")
