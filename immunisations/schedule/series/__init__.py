"""The series the schedule knows, a module each, in the order they are reported."""

from __future__ import annotations

from .base import Machine, Series
from .four_in_one import FourInOne
from .measles import Measles
from .menb import MenB
from .pneumococcal import Pneumococcal
from .rotavirus import Rotavirus
from .six_in_one import SixInOne
from .teenage import HPV, MenACWY
from .three_in_one import ThreeInOne

SERIES: tuple[type[Series], ...] = (
    Measles,
    SixInOne,
    FourInOne,
    ThreeInOne,
    MenB,
    Pneumococcal,
    Rotavirus,
    HPV,
    MenACWY,
)

__all__ = ["SERIES", "Machine", "Series"]
