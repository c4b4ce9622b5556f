"""Counting what somebody does in a browser, and judging it.

The page itself counts, from events that only a real hand (or a driver that acts as one) causes: a pointer put down, a
key that presses something, a key that writes. Text that a script puts into a field counts for nothing, so tasks write
with keys.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from playwright.sync_api import Page

# Seconds, as keystroke-level models have them: a character, a tap, and thinking of each fact that is asked for.
A_CHARACTER, A_TAP, A_FACT = 0.5, 1.1, 2.0

LISTEN = """
(() => {
  const writes = (node) => node instanceof HTMLTextAreaElement
    || (node instanceof HTMLInputElement && !["radio", "checkbox", "submit", "button"].includes(node.type));
  addEventListener("pointerdown", (event) => { if (event.isTrusted && !writes(event.target)) counted("tap"); }, true);
  addEventListener("keydown", (event) => {
    if (!event.isTrusted || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || (event.key === " " && !writes(event.target)) ||
        (event.key.startsWith("Arrow") && !writes(event.target))) counted("tap");
    else if (event.key.length === 1 && writes(event.target)) counted("character");
  }, true);
})();
"""


@dataclass
class Effort:
    """What a task took so far. ``facts`` is how many things had to be known and entered, for the estimate alone."""

    taps: int = 0
    characters: int = 0
    pages: int = 0
    facts: int = 0

    @property
    def seconds(self) -> float:
        """How long somebody who is practised takes, by the keystroke-level estimate."""
        return self.characters * A_CHARACTER + self.taps * A_TAP + self.facts * A_FACT


class Counter:
    """Counts on one browser's page from when it is made; ``begin`` starts anew."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._effort = Effort()
        page.expose_function("counted", self._counted)
        page.add_init_script(LISTEN)
        page.on("load", self._loaded)

    def begin(self, *, facts: int = 0) -> None:
        """Count from nothing."""
        self._settle()
        self._effort = Effort(facts=facts)

    @property
    def effort(self) -> Effort:
        """What was counted since ``begin``."""
        self._settle()
        return replace(self._effort)

    def _settle(self) -> None:
        """Wait until the page's word on everything done so far has come."""
        self.page.evaluate("new Promise((done) => setTimeout(done, 20))")

    def _counted(self, what: str) -> None:
        if what == "tap":
            self._effort.taps += 1
        else:
            self._effort.characters += 1

    def _loaded(self, _page: Page) -> None:
        self._effort.pages += 1


@dataclass(frozen=True)
class Target:
    """The most that a task may take; None is no limit. ``must`` are acts that none may leave out to reach it."""

    task: str
    taps: int | None = None
    characters: int | None = None
    pages: int | None = None
    seconds: float | None = None
    must: tuple[str, ...] = ()

    def words(self) -> str:
        """The target for a table."""
        parts = [
            f"{limit:g} {unit}"
            for limit, unit in (
                (self.taps, "taps"),
                (self.characters, "characters"),
                (self.pages, "page loads"),
                (self.seconds, "s"),
            )
            if limit is not None
        ]
        return "at most " + ", ".join(parts)

    def missed(self, effort: Effort, done: Iterable[str] = ()) -> list[str]:
        """Return in which ways an effort misses the target."""
        found = [
            f"{self.task}: {measured:g} {unit}, at most {limit:g}"
            for measured, limit, unit in (
                (effort.taps, self.taps, "taps"),
                (effort.characters, self.characters, "characters"),
                (effort.pages, self.pages, "page loads"),
                (effort.seconds, self.seconds, "seconds"),
            )
            if limit is not None and measured > limit
        ]
        left_out = [act for act in self.must if act not in done]
        return found + [f"{self.task}: left out {act}" for act in left_out]


KNOWN_CHILD = Target(
    "Known child, one vaccine, batch set: from the list to the saved dose",
    taps=6,
    characters=0,
    pages=2,
    must=("open the person", "the record check’s finding", "consent", "health", "the site", "save"),
)
SECOND_VACCINE = Target("Second vaccine, same child", taps=3, characters=0, must=("the site", "save"))
CHANGE_BATCH = Target("Change batch", taps=3, characters=0)
FAMILY = Target("Arrive a family of three", taps=1, characters=0)
WALK_IN = Target("Walk-in, not known: four facts on one page", pages=2, seconds=60)
SIBLING = Target("Add a brother or sister: two facts", pages=2, seconds=15)
FIND = Target("Find a child", characters=4, pages=1)
NOT_GIVEN = Target("Not given, with its follow-up", taps=3, characters=0)
CORRECT = Target("Correct a batch the next day, beside the reason", taps=5)
TARGETS = (KNOWN_CHILD, SECOND_VACCINE, CHANGE_BATCH, FAMILY, WALK_IN, SIBLING, FIND, NOT_GIVEN, CORRECT)


@dataclass
class Table:
    """What was measured, task by task."""

    rows: list[tuple[Target, Effort]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, target: Target, effort: Effort, done: Iterable[str] = ()) -> None:
        """Take down one task."""
        self.rows.append((target, effort))
        self.missed += target.missed(effort, done)

    def __str__(self) -> str:
        lines = [
            "| Task | Target | Taps | Characters | Page loads | Estimate |",
            "| --- | --- | --: | --: | --: | --: |",
        ]
        lines += [
            f"| {target.task} | {target.words()} | {effort.taps} | {effort.characters} | {effort.pages} | "
            f"{effort.seconds:.0f} s |"
            for target, effort in self.rows
        ]
        return "\n".join([*lines, *(f"MISSED: {words}" for words in self.missed)])
