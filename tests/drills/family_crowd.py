"""Families with a pace of their own: processes with nothing but a connection to the service, as in ``crowd``."""

import random
import threading
import time
from dataclasses import dataclass, field

from tests.drills.crowd import NOTHING_LEFT, Parent, Try

WAITING_LIST = "/waiting-list/?draft="


class Family(Parent):
    """A family that reads each page for a while, and notes how long each answer took."""

    def __init__(self, address: str, *, family: int, chance: random.Random, pace: tuple[float, float]) -> None:
        super().__init__(address, family=family, chance=chance)
        self.pace = pace
        self.took: list[float] = []
        self.not_offered_to_wait = 0

    def _send(self, url: str, values: dict[str, str] | None = None) -> tuple[int, str, str]:
        if values is not None:
            time.sleep(self.chance.uniform(*self.pace))
        began = time.monotonic()
        status, where, page = super()._send(url, values)
        self.took.append(time.monotonic() - began)
        if NOTHING_LEFT in page and WAITING_LIST not in page:
            self.not_offered_to_wait += 1
        return status, where, page


@dataclass
class Came:
    """What the families of one process met."""

    tries: list[Try] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    not_offered_to_wait: int = 0


def come(address: str, slug: str, *, sizes: list[int], seed: int, pace: tuple[float, float], over: float) -> Came:
    """Be a family of each of ``sizes``, all at the same time, each coming at some moment of ``over`` seconds."""
    chance = random.Random(seed)
    families = [Family(address, family=size, chance=random.Random(chance.random()), pace=pace) for size in sizes]
    starts = [chance.uniform(0, over) for _family in families]

    def go(family: Family, start: float) -> None:
        time.sleep(start)
        family.book(slug)

    threads = [threading.Thread(target=go, args=pair) for pair in zip(families, starts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Came(
        [one for family in families for one in family.tries],
        [seconds for family in families for seconds in family.took],
        sum(family.not_offered_to_wait for family in families),
    )
