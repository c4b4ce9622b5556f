import pytest

from messaging import texts


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("\U0001f600" * 35, 1),
        ("\U0001f600" * 36, 2),
    ],
)
def test_a_text_is_counted_as_the_networks_count_it(words: str, parts: int) -> None:
    assert texts.parts(words) == parts


def test_the_default_alphabet_has_its_128_characters() -> None:
    # 127 of them here: the 128th is the escape that leads to the extension table.
    assert len(texts._BASIC) == 127
    assert len(texts._EXTENDED) == 10


def test_typewriter_quotes_and_dashes_keep_a_text_short() -> None:
    curly = "\u2018Amina\u2019s\u2019 \u201cclinic\u201d \u2013 10am\u2026\u00a0St\u2014Ann"
    assert not texts.is_gsm(curly)
    assert texts.plain(curly) == "'Amina's' \"clinic\" - 10am... St-Ann"
    assert texts.is_gsm(texts.plain(curly))


def test_a_name_keeps_its_letters_even_where_that_costs_a_second_part() -> None:
    assert texts.plain("Michał  \n Łukasz") == "Michał Łukasz"
