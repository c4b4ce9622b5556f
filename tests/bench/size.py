"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How many appointments the two databases hold, and for each measurement how many turns, and how long one is."""

    few: int
    many: int
    page_rounds: int
    pages: int
    booking_rounds: int
    bookings_a_client: int
    journey_rounds: int
    journeys: int


FULL = Size(
    few=1_000,
    many=200_000,
    page_rounds=9,
    pages=10,
    booking_rounds=5,
    bookings_a_client=40,
    journey_rounds=12,
    journeys=2,
)
QUICK = Size(
    few=200,
    many=400,
    page_rounds=1,
    pages=2,
    booking_rounds=1,
    bookings_a_client=4,
    journey_rounds=1,
    journeys=1,
)
