"""One slip in a name: a letter wrong, missing, too many, or two swapped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from immunisations.search import one_slip_apart, spelt_nearly

NAMES = st.text("abcdefghij", min_size=4, max_size=9)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("smiht", "smith"), ("smth", "smith"), ("smitth", "smith"), ("smich", "smith"), ("иваноа", "иванов")],
)
def test_one_slip_is_forgiven(typed: str, name: str) -> None:
    assert one_slip_apart(typed, name) and name in spelt_nearly(typed)


@pytest.mark.parametrize(
    ("typed", "name"), [("smiths", "smyth"), ("smih", "smiths"), ("ali", "eli"), ("amina", "anima")]
)
def test_two_slips_are_another_name_and_a_short_word_has_none(typed: str, name: str) -> None:
    assert not one_slip_apart(typed, name) and name not in spelt_nearly(typed)


@given(NAMES, NAMES)
def test_both_databases_are_asked_for_just_what_is_one_slip_away(typed: str, name: str) -> None:
    if typed != name:
        assert one_slip_apart(typed, name) == (name in spelt_nearly(typed))


def test_the_spellings_are_few_whatever_is_typed() -> None:
    assert len(spelt_nearly("a" * 24)) < 2000
    assert not spelt_nearly("a" * 25) and not spelt_nearly("abc")
