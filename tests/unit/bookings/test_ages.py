"""Who is too young for what a clinic offers."""

from datetime import date

import pytest

from bookings.ages import old_enough_from

ON = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("born", "vaccines", "early", "answer"),
    [
        # On the first birthday itself the measles vaccine is due; a day before, it is not.
        (date(2025, 11, 21), ["MMR"], False, None),
        (date(2025, 11, 22), ["MMR"], False, date(2026, 11, 22)),
        (date(2026, 6, 14), ["MMR", "MMRV"], False, date(2027, 6, 14)),
        # In an outbreak MMR is offered from 6 months.
        (date(2026, 5, 21), ["MMR"], True, None),
        (date(2026, 5, 22), ["MMR"], True, date(2026, 11, 22)),
        # One vaccine that is due is enough to come.
        (date(2026, 6, 14), ["MMR", "6IN1"], False, None),
        # Eight weeks for the 6-in-1.
        (date(2026, 9, 26), ["6IN1"], False, None),
        (date(2026, 9, 27), ["6IN1"], False, date(2026, 11, 22)),
        (date(2026, 10, 30), ["6IN1", "MMR"], False, date(2026, 12, 25)),
        # Older people are never too young; nor is anybody where the clinic says nothing.
        (date(1979, 2, 1), ["MMR"], False, None),
        (date(2026, 11, 1), [], False, None),
        # When a booster is due depends on doses that nobody asked about.
        (date(2024, 6, 14), ["4IN1"], False, None),
    ],
)
def test_the_first_day_that_something_is_due(born, vaccines, early, answer):
    assert old_enough_from(born, vaccines=vaccines, early_doses=early, on=ON) == answer
