"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """``rounds`` is how often both sides of each ratio take their turn; the rest is what one turn holds."""

    rounds: int
    few: int
    many: int
    bookings_a_client: int
    journeys: int
    pages: int


FULL = Size(rounds=5, few=1_000, many=200_000, bookings_a_client=52, journeys=4, pages=20)
QUICK = Size(rounds=1, few=200, many=400, bookings_a_client=4, journeys=1, pages=2)
