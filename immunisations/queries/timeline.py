"""A person's doses beside what the schedule makes of them, and the checks of their records round by round."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from immunisations.models import DoseSeen, RecordCheck
from immunisations.queries.history import HistoryDose, Look, Mention, look_at, mentions_of
from immunisations.queries.outlook import Forecast
from immunisations.schedule import DoseVerdict
from immunisations.sources import LOOKED_AT, source_words


def verdicts_on(dose: HistoryDose, outlook: Forecast) -> list[tuple[str, DoseVerdict]]:
    """Return what each series makes of a dose, with the series' code."""
    named = {mention.vaccine for mention in dose.mentions} | {dose.vaccine}
    # The schedule says of a 5-in-1 what it says of a 6-in-1.
    named |= {"6IN1"} if "5IN1" in named else set()
    return [
        (result.series, verdict)
        for result in outlook.series
        for verdict in result.doses
        if verdict.given_on == dose.given_on and verdict.vaccine in named
    ]


@dataclass(frozen=True)
class CheckRound:
    """The sources looked at in one go, with their finding. A single look that came alone is a round of its own."""

    checks: tuple[RecordCheck, ...]

    @property
    def first(self) -> RecordCheck:
        """Any of the checks: who, when and the finding are the same in all."""
        return self.checks[0]

    @property
    def rows(self) -> list[tuple[str, RecordCheck]]:
        """Each check with what its source is called; that there is no record anywhere is said by the finding."""
        return [
            (source_words(check.source, check.source_name), check)
            for check in self.checks
            if check.source != RecordCheck.Source.NONE
        ]

    @property
    def not_asked(self) -> list[str]:
        """The sources that nobody asked for; unknown of a look that came alone."""
        if self.first.round is None:
            return []
        return not_asked(check.source for check in self.checks)


def not_asked(asked: Iterable[str]) -> list[str]:
    """Return the names of the sources that are not among those asked for."""
    there = set(asked)
    return [source_words(source) for source in LOOKED_AT if source not in there and source != RecordCheck.Source.OTHER]


def check_rounds(checks: Iterable[RecordCheck]) -> list[CheckRound]:
    """Return record checks, newest first, grouped by the round they belong to."""
    rounds: dict[object, list[RecordCheck]] = {}
    for check in checks:
        rounds.setdefault(check.round or check.pk, []).append(check)
    return [CheckRound(tuple(sorted(each, key=lambda check: check.pk))) for each in rounds.values()]


def unsaved_mentions(
    source: str, source_name: str, at: datetime, doses: Iterable[DoseSeen]
) -> tuple[Look, list[Mention]]:
    """Return a look at a source that is about to be written down, and what it shows."""
    check = RecordCheck(source=source, source_name=source_name, checked_at=at)
    return look_at(source, source_name, at), mentions_of(check, doses)
