"""The rules as the code reads them: by id, each number in its unit, and a change tried in a book of its own."""

from dataclasses import replace

import pytest

from immunisations.schedule.rulebook import RuleBook

BOOK = RuleBook.read()


def test_a_rule_tried_before_it_is_signed_stands_in_a_book_of_its_own():
    tried = replace(BOOK["measles-two-doses"], params={"doses": 3})
    book = BOOK.with_rule(tried)
    assert book["measles-two-doses"].number("doses") == 3
    assert [entry for entry in book if entry is not tried] == [entry for entry in BOOK if entry.id != tried.id]
    assert BOOK["measles-two-doses"].number("doses") == 2


def test_a_gap_in_months_is_no_number_of_days():
    months = replace(BOOK["measles-gap"], params={"gap": "3 months"})
    with pytest.raises(ValueError, match=r"^measles-gap: gap must be days or weeks$"):
        months.days("gap")
    assert BOOK["measles-gap"].days("gap") == 28
    assert replace(months, params={"gap": "4 weeks"}).days("gap") == 28
