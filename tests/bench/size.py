"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How many appointments the two databases hold, and for each measurement how many turns, and how long one is; how
    many ``people`` there are whose statuses are worked out, and how many come to one clinic, few and many.
    """

    few: int
    many: int
    page_rounds: int
    pages: int
    booking_rounds: int
    bookings_a_client: int
    journey_rounds: int
    journeys: int
    people: int
    forecasts: int
    forecast_rounds: int
    day_few: int
    day_many: int


FULL = Size(
    few=1_000,
    many=200_000,
    page_rounds=9,
    pages=10,
    booking_rounds=5,
    bookings_a_client=40,
    journey_rounds=12,
    journeys=2,
    people=50_000,
    forecasts=4_000,
    forecast_rounds=3,
    day_few=30,
    day_many=300,
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
    people=300,
    forecasts=50,
    forecast_rounds=1,
    day_few=4,
    day_many=8,
)
