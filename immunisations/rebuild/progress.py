"""How far a long piece of work is: a line that is written over on a screen, a few plain lines elsewhere."""

from collections.abc import Callable
from time import monotonic
from typing import Any

WIDTH = 30
SECONDS_BETWEEN = 0.2
TENTHS = 10


class Progress:
    """A bar of ``total`` things. ``out`` is where it goes; on a screen (``out.isatty()``) it is one line."""

    def __init__(self, out: Any, total: int, *, noun: str, clock: Callable[[], float] = monotonic) -> None:
        self.out, self.total, self.noun, self.clock = out, total, noun, clock
        self.on_a_screen = bool(out.isatty())
        self.began = clock()
        self.shown_at, self.shown_tenth, self.before = 0.0, 0, 0

    def begin_at(self, done: int) -> None:
        """So many were done before: they do not count as this run's work."""
        self.before = done
        self.shown_tenth = self._tenth(done)

    def show(self, done: int) -> None:
        """So many are done."""
        now = self.clock()
        if self.on_a_screen:
            if now - self.shown_at >= SECONDS_BETWEEN or done >= self.total:
                self.shown_at = now
                filled = WIDTH * min(done, self.total) // max(self.total, 1)
                self.out.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {self._words(done, now)}  ", ending="")
                self.out.flush()
        elif self._tenth(done) > self.shown_tenth:
            self.shown_tenth = self._tenth(done)
            self.out.write(self._words(done, now))

    def end(self) -> None:
        """Leave the line."""
        if self.on_a_screen and self.shown_at:
            self.out.write("")

    def _tenth(self, done: int) -> int:
        return TENTHS * done // max(self.total, 1)

    def _words(self, done: int, now: float) -> str:
        rate = (done - self.before) / max(now - self.began, 0.001)
        minutes, seconds = divmod(round(max(self.total - done, 0) / rate) if rate else 0, 60)
        return (
            f"{100 * done // max(self.total, 1)}%: {done:,} of {self.total:,} {self.noun}, "
            f"{rate:,.0f} a second, {minutes} min {seconds:02} s left"
        )
