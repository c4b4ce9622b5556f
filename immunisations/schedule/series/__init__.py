"""The series the schedule knows, a module each, in the order they are reported."""

from __future__ import annotations

from .base import Machine, Series
from .measles import Measles
from .six_in_one import SixInOne

SERIES: tuple[type[Series], ...] = (Measles, SixInOne)

__all__ = ["SERIES", "Machine", "Series"]
