"""How many forecasts one core answers, and how long the hardest ones take. Needs no database."""

import datetime
from collections.abc import Callable, Iterator
from random import Random
from time import process_time

from immunisations.schedule import Dose, forecast, plan
from tests.bench.cpu import yardstick_ms
from tests.bench.report import Line, at_least, at_most

A_SECOND = 2_000
MS_SIX_YEARS = 50
ON = datetime.date(2026, 11, 21)

# The childhood of England before July 2025, by the age in days at which each vaccine is given.
CHILDHOOD = (
    ("6IN1", 56), ("MENB", 56), ("ROTAVIRUS", 56), ("6IN1", 84), ("PNEUMOCOCCAL", 84), ("ROTAVIRUS", 84), ("6IN1", 112),
    ("MENB", 112), ("MMR", 366), ("HIBMENC", 366), ("PNEUMOCOCCAL", 366), ("MENB", 366), ("MMR", 1220), ("4IN1", 1220),
    ("HPV", 4500), ("3IN1", 5115), ("MENACWY", 5115),
)  # fmt: skip
# Mixes of six that are hard where only years are known: what one dose is worth depends on all the others.
HARD = (
    ("6IN1", "6IN1", "6IN1", "6IN1", "4IN1", "4IN1"),
    ("6IN1", "6IN1", "6IN1", "4IN1", "3IN1", "3IN1"),
    ("6IN1", "6IN1", "6IN1", "MMR", "MMR", "4IN1"),
    ("MMR", "MMR", "MMRV", "MMRV", "VARICELLA", "YELLOWFEVER"),
    ("MENB", "MENB", "MENB", "PNEUMOCOCCAL", "PNEUMOCOCCAL", "ROTAVIRUS"),
    ("6IN1", "6IN1", "6IN1", "6IN1", "6IN1", "6IN1"),
    ("MMR", "MMR", "MMR", "MMRV", "MMRV", "MMRV"),
)

Person = tuple[datetime.date, list[Dose], datetime.date]


def children(number: int) -> list[Person]:
    """Children and young people, most of them small, with up to a month's delay and a dose in twenty missing."""
    chance = Random(4)
    people = []
    for _ in range(number):
        age = int(chance.triangular(0, 18 * 365, 3 * 365))
        born = ON - datetime.timedelta(age)
        days = [(vaccine, day + chance.randint(0, 25)) for vaccine, day in CHILDHOOD if chance.random() < 0.95]
        doses = [Dose(vaccine, f"{born + datetime.timedelta(day)}") for vaccine, day in days if day <= age]
        people.append((born, doses, ON))
    return people


def by_year(number: int) -> list[Person]:
    """People of whose six doses only the years are known, in neighbouring years."""
    chance = Random(7)
    people = []
    for index in range(number):
        born = datetime.date(chance.randint(2006, 2025), chance.randint(1, 12), chance.randint(1, 28))
        first = chance.randint(born.year, ON.year)
        years = [min(ON.year, first + chance.choice((0, 0, 1, 1, 2, 3))) for _ in range(6)]
        people.append((born, [Dose(*dose) for dose in zip(HARD[index % len(HARD)], map(str, years), strict=True)], ON))
    return people


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Processor time of the quickest round."""
    spent = []
    for _ in range(rounds):
        began = process_time()
        work()
        spent.append(process_time() - began)
    return min(spent) * 1000


def forecasts(people: int, rounds: int) -> Iterator[Line]:
    """Measure forecasts, plans and half-known dates."""
    records = children(people)
    doses = sum(len(given) for _born, given, _on in records) / people
    all_ms = milliseconds(lambda: [forecast(*record) for record in records], rounds)
    yardstick = min(yardstick_ms() for _ in range(rounds + 2))
    rate = people / all_ms * 1000
    yield at_least(
        "Forecasts on one core",
        f"{rate:,.0f} a second of records with {doses:.0f} doses each; the yardstick takes as long as "
        f"{yardstick / (all_ms / people):.0f} of them",
        rate,
        A_SECOND,
        f"at least {A_SECOND:,} a second",
    )
    plan_ms = milliseconds(lambda: [plan(*record) for record in records[: people // 10]], rounds) / (people // 10)
    yield Line("Plans of a visit", f"{plan_ms:.1f} ms each")
    hard = sorted(milliseconds(lambda person=person: forecast(*person), rounds) for person in by_year(people // 10))
    within = sum(spent <= MS_SIX_YEARS for spent in hard)
    yield at_most(
        "Forecasts with six doses known by their year",
        f"99 in 100 within {hard[int(len(hard) * 0.99)]:.1f} ms, the longest {hard[-1]:.1f} ms, "
        f"{within} of {len(hard)} within {MS_SIX_YEARS}",
        hard[-1],
        MS_SIX_YEARS,
        f"at most {MS_SIX_YEARS} ms",
    )
