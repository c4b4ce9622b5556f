"""The rules as a clinical lead reads and signs them: TOML files in ``rules/``, one a subject.

A rule has an id, the sentence that is signed, its source, the dates it is in force and its numbers. Code never
repeats a number: it reads it from here, so that changing a rule is changing the file that was reviewed.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .dates import Span

RULES_FOLDER = Path(__file__).parent / "rules"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``in_force_from`` and ``in_force_to`` are the first and last day of visits or births it
    governs (``applies_by`` says which); None where the source names no day."""

    id: str
    text: str
    source: str
    subject: str
    applies_by: str = "visit"
    in_force_from: datetime.date | None = None
    in_force_to: datetime.date | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def span(self, name: str) -> Span:
        return Span.parse(self.params[name])

    def days(self, name: str) -> int:
        """A gap that the rule states in days or weeks."""
        span = self.span(name)
        if span.months:
            raise ValueError(f"{self.id}: {name} must be days or weeks")
        return span.days

    def number(self, name: str) -> int:
        return int(self.params[name])

    def date(self, name: str) -> int:
        return self.params[name].toordinal()

    @property
    def begins(self) -> int:
        """The first day in force, as an ordinal."""
        return (self.in_force_from or datetime.date.min).toordinal()

    @property
    def ends(self) -> int:
        """The last day in force, as an ordinal."""
        return (self.in_force_to or datetime.date.max).toordinal()


class RuleBook:
    """All rules by id, in the order they are written."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = dict(rules)

    @classmethod
    def read(cls, folder: Path = RULES_FOLDER) -> RuleBook:
        rules: dict[str, Rule] = {}
        for path in sorted(folder.glob("*.toml")):
            with path.open("rb") as file:
                content = tomllib.load(file)
            for entry in content["rule"]:
                rule = Rule(subject=path.stem, **entry)
                if rule.id in rules:
                    raise ValueError(f"the rule {rule.id} is written twice")
                rules[rule.id] = rule
        return cls(rules)

    def with_rule(self, rule: Rule) -> RuleBook:
        """A book that differs in one rule: for trying a change before it is signed."""
        return RuleBook({**self._rules, rule.id: rule})

    def __getitem__(self, rule_id: str) -> Rule:
        return self._rules[rule_id]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)
