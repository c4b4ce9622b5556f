"""From what people type to a place on the map."""

import pytest

from clinics.finder import find, venue_position
from clinics.postcodes import Position, outward_codes, outward_part, position_of

TOWNS = {
    "Evesham": Position(52.09, -1.95),
    "Great Malvern": Position(52.11, -2.33),
    "Malvern Link": Position(52.13, -2.32),
    "St John’s": Position(52.19, -2.24),
    "Ely": Position(52.4, 0.26),
    "Bewdley": Position(52.38, -2.32),
}


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("WR11 4BS", "WR11"),
        ("wr114bs", "WR11"),
        ("wr11", "WR11"),
        ("WR11 4", "WR11"),
        ("wr114", "WR11"),
        ("WR1 2EY", "WR1"),
        ("wr1", "WR1"),
        ("WR1-2EY", "WR1"),
        ("\uff37\uff32\uff11\uff11 \uff14\uff22\uff33", "WR11"),
        ("\u200bWR11\u00a04BS", "WR11"),
        ("EC1A 1BB", "EC1A"),
        ("M1 1AA", "M1"),
        ("M11AA", "M1"),
        ("1 Market Place, Evesham, WR11 4RW.", "WR11"),
        ("Evesham WR11", "WR11"),
        ("WR", "WR"),
        ("b", "B"),
        ("EC1", "EC1"),
    ],
)
def test_a_postcode_is_cut_to_its_outward_code_however_it_is_written(typed, part):
    assert outward_part(typed) == part
    assert position_of(part) is not None


@pytest.mark.parametrize("typed", ["", "Evesham", "12", "WR11 4BS Evesham road", "4BS", "💉", "W R 1 1 4 B S X"])
def test_what_holds_no_postcode_is_none(typed):
    assert outward_part(typed) is None


@pytest.mark.parametrize("part", ["XX9", "ZZ99", "QQ", "X"])
def test_a_part_that_does_not_exist_has_no_position(part):
    assert position_of(part) is None


def test_a_shorter_part_lies_in_the_middle_of_those_it_stands_for():
    worcester = position_of("WR")
    assert worcester is not None
    inside = [position for code, position in outward_codes().items() if code.startswith("WR")]
    assert min(p.latitude for p in inside) < worcester.latitude < max(p.latitude for p in inside)
    # “W” is West London and not Worcester, Warrington or Wigan.
    west_london = position_of("W")
    assert west_london is not None and west_london.miles_to(Position(51.51, -0.19)) < 3


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("evesham", "Evesham"),
        (" EVESHAM ", "Evesham"),
        ("Évesham, Worcs", "Evesham"),
        ("eve", "Evesham"),
        ("link", "Malvern Link"),
        ("saint johns", "St John’s"),
        ("St. John's", "St John’s"),
        ("Ely", "Ely"),
        ("wr11 4bs", "WR11"),
        ("be", "Bewdley"),
    ],
)
def test_a_place_is_found_by_its_name_or_part_of_it(typed, name):
    found = find(typed, TOWNS)
    assert found.where is not None and found.where.name == name


def test_a_name_that_several_places_share_gives_the_choice():
    assert find("malvern", TOWNS).choices == ("Great Malvern", "Malvern Link")


@pytest.mark.parametrize("typed", ["", "  ", "XX9", "Atlantis", "x" * 101, "\u202e", "!!!", "💉"])
def test_anything_else_is_not_found(typed):
    found = find(typed, TOWNS)
    assert found.where is None and found.choices == ()


def test_a_venue_without_a_position_lies_in_the_middle_of_its_outward_code():
    assert venue_position(52.0, -2.0, "WR11 4RW") == Position(52.0, -2.0)
    assert venue_position(None, None, "wr11 4rw") == position_of("WR11")
    assert venue_position(None, None, "") is None


def test_distances_are_right_to_the_mile():
    evesham, malvern = position_of("WR11"), position_of("WR14")
    assert evesham is not None and malvern is not None
    assert 16 < evesham.miles_to(malvern) < 17.5
    assert evesham.miles_to(evesham) == 0
